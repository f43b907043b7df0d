"""AL304: columns that decide rights, money or approval, and that the owner of the row may write."""

from collections.abc import Iterator

import msgspec

from archlint.checks._common import distinct, place, writing, written
from archlint.checks._found import Found
from archlint.checks._policies import Policies
from archlint.checks._privileges import Deciding, Privileges
from archlint.checks._words import at, listed, quoted
from archlint.model.finding import Place, Severity
from archlint.model.graph import Graph
from archlint.model.rule import Kind, Subject
from archlint.model.schema import Policy, Table
from archlint.model.source import Layer

_SHOWN = 0.7
_MOST = 12
_DECIDES = {
    "rights": "decides who may do what",
    "money": "is money",
    "approval": "is an approval",
    "plan": "decides what was paid for",
}


class _Case(msgspec.Struct, frozen=True):
    """A table, the policies under which owners write it, the columns that decide, and the role that was no obstacle."""

    table: Table
    policies: tuple[Policy, ...]
    free: tuple[Deciding, ...]
    through: Subject | None = None


def self_granted(graph: Graph) -> Iterator[Found]:
    """AL304: one finding per table."""
    judge = _Judge(graph)
    first = {name: case for name in sorted(graph.schema.tables) if (case := judge.case(name, frozenset())) is not None}
    granted = frozenset(
        Subject(name, item.field)
        for name, case in first.items()
        for item in case.free
        if item.guard is not None and item.sure >= _SHOWN
    )
    for name in sorted(graph.schema.tables):
        # Who may give themselves a role is stopped by no policy that asks for it.
        case = first.get(name) or (judge.case(name, granted) if granted else None)
        if case is not None:
            yield _found(case)


class _Judge:
    """Asks what owners may write, table by table."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._policies = Policies(graph)
        self._privileges = Privileges(graph)

    def case(self, name: str, granted: frozenset[Subject]) -> _Case | None:
        """What is wrong with a table; `granted` are the columns that everybody can give themselves."""
        table = self._graph.schema.tables[name]
        if table.view or (table.known and not table.security) or self._policies.restricted(name, "update"):
            return None
        own = [policy for policy in self._policies.of(name, "update") if self._own_row(policy, granted)]
        deciding = self._privileges.of(table, self._policies) if own else []
        if not table.known:
            # Its declaration lies elsewhere; what code of the same repository looks at is still true of the column.
            deciding = [
                msgspec.structs.replace(item, sure=item.sure * 0.85) for item in deciding if item.guard or item.site
            ]
        letting = [
            (policy, item)
            for item in deciding
            for policy in own
            if _free(self._policies, policy, table, item) and not _for_others(self._policies, policy, table, item)
        ]
        if not letting:
            return None
        return _Case(
            table,
            tuple({(policy.path, policy.span): policy for policy, _ in letting}.values()),
            tuple(dict.fromkeys(item for _, item in letting)),
            next(iter(sorted(granted)), None),
        )

    def _own_row(self, policy: Policy, granted: frozenset[Subject]) -> bool:
        """Whether owning the row is enough."""
        clauses = self._policies.open_clauses(policy)
        if granted:
            clauses = self._policies.given_to_oneself(policy, granted)
        return any(any(atom.startswith("owner(") for atom in clause) for clause in clauses)


def _free(policies: Policies, policy: Policy, table: Table, item: Deciding) -> bool:
    """Whether neither the policy, nor a trigger, nor a right keeps the owner from the column."""
    return (
        not policies.pins(policy, table.name, item.field)
        and not policies.frozen(table, item.field)
        and not _owner_column(policies, policy, item.field)
    )


def _for_others(policies: Policies, policy: Policy, table: Table, item: Deciding) -> bool:
    """Whether owners let somebody else in to what is theirs: the row names another person, and leads to its owner."""
    owners = {Subject(table.name, column) for column in _owners(policies, policy)}
    about = [guard for guard in item.guards if any(subject.entity == table.name for subject in guard.named_by)]
    return (
        bool(owners)
        and bool(about)
        and all(owners.isdisjoint(guard.named_by) and not owners.isdisjoint(guard.led_by) for guard in about)
    )


def _owners(policies: Policies, policy: Policy) -> set[str]:
    atoms = {atom for clause in policies.clauses(policy) for atom in clause}
    return {atom[len("owner(") : -1] for atom in atoms if atom.startswith("owner(")}


def _owner_column(policies: Policies, policy: Policy, field: str) -> bool:
    """The column that makes somebody the owner is no privilege."""
    return any(atom == f"owner({field})" for clause in policies.clauses(policy) for atom in clause)


def _found(case: _Case) -> Found:
    table, policy = case.table, case.policies[0]
    told = [item for item in case.free if item.sure >= _SHOWN] or list(case.free)
    first = told[0]
    shown = [place for item in told for place in _shown(item)]
    more = f"; {len(shown) - 1} more places rely on it" if len(shown) > _MOST else ""
    through = f" (the role it asks for is theirs to choose: {case.through})" if case.through else ""
    return Found(
        message=(
            f"{table.name}: the policy “{policy.name}” lets owners update every column of their row{through}, "
            f"also {listed([item.field for item in told])}: {first.field} {_why(first)}{more}"
        ),
        places=distinct(
            (
                *(Place(item.path, item.span, Layer.POLICY, "lets", item.name) for item in case.policies),
                *(column for item in told for column in _columns(table, item)),
                *shown,
            )
        ),
        subject=f"{table.name}.{first.field}",
        mark=(policy.name, *(item.field for item in told)),
        kind=Kind.AUTHORIZATION,
        severity=Severity.WARNING if all(item.shown is not None for item in told) else None,
        confidence=first.sure,
        fix=(
            f"Let a trusted function write {listed([item.field for item in told])}: revoke UPDATE on the column, "
            "pin it in WITH CHECK, or let a BEFORE UPDATE trigger refuse the change."
        ),
    )


def _why(item: Deciding) -> str:
    if item.guard is not None:
        speaker = f"the policy “{item.guard.symbol}”" if item.guard.layer is Layer.POLICY else item.guard.symbol
        return f"is what {speaker or 'a guard'} looks at ({at(item.guard.path, item.guard.span.line)})"
    if item.site is not None:
        return f"is what {at(item.site.path, item.site.span.line)} relies on"
    if item.shown is not None:
        pin = item.shown.pins[0]
        return (
            f"must be {quoted(item.shown.words)} for others to see the row, "
            f'and {at(pin.path, pin.span.line)} writes "{dict(pin.columns)[item.field]}"'
        )
    return _DECIDES[item.what]


def _columns(table: Table, item: Deciding) -> tuple[Place, ...]:
    column = table.column(item.field)
    if column is None or not column.path:
        return ()
    return (Place(column.path, column.span, Layer.DATABASE, "decides", f"{column.name} {column.type}"),)


def _shown(item: Deciding) -> tuple[Place, ...]:
    """Every place that relies on the column."""
    if item.shown is not None:
        return (
            *(Place(policy.path, policy.span, Layer.POLICY, "reads", policy.name) for policy in item.shown.policies),
            *(writing(path, "pins") for path in item.shown.pins),
            *(written(word, "reads") for word in item.shown.tests if word.layer is not Layer.POLICY),
        )
    guards = (Place(guard.path, guard.span, guard.layer, "reads", guard.text) for guard in item.guards)
    return (*guards, *(place(site, "reads") for site in item.sites))
