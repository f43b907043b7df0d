"""AL304: columns that decide rights, money or approval, and that the owner of the row may write."""

from collections.abc import Iterator

import msgspec

from archlint.checks._common import place
from archlint.checks._found import Found
from archlint.checks._policies import Policies
from archlint.checks._privileges import Deciding, Privileges
from archlint.checks._words import at, listed
from archlint.model.finding import Place
from archlint.model.graph import Graph
from archlint.model.rule import Kind
from archlint.model.schema import Policy, Table
from archlint.model.source import Layer

_SHOWN = 0.7
_DECIDES = {
    "rights": "decides who may do what",
    "money": "is money",
    "approval": "is an approval",
    "plan": "decides what was paid for",
}


def self_granted(graph: Graph) -> Iterator[Found]:
    """AL304."""
    policies, privileges = Policies(graph), Privileges(graph)
    for name in sorted(graph.schema.tables):
        table = graph.schema.tables[name]
        if table.view or (table.known and not table.security):
            continue
        own = [policy for policy in policies.letting(table, "update") if _own_row(policies, policy)]
        deciding = privileges.of(table) if own else []
        if not table.known:
            # Its declaration lies elsewhere; what guards of the same repository look at is still true of the column.
            deciding = [msgspec.structs.replace(item, sure=item.sure * 0.85) for item in deciding if item.guard]
        for policy in own:
            free = [item for item in deciding if _free(policies, policy, table, item)]
            if free:
                yield _found(table, policy, free)
                break


def _own_row(policies: Policies, policy: Policy) -> bool:
    """Whether owning the row is enough."""
    return any(any(atom.startswith("owner(") for atom in clause) for clause in policies.open_clauses(policy))


def _free(policies: Policies, policy: Policy, table: Table, item: Deciding) -> bool:
    """Whether neither the policy, nor a trigger, nor a right keeps the owner from the column."""
    return (
        not policies.pins(policy, table.name, item.field)
        and not policies.frozen(table, item.field)
        and not _owner_column(policies, policy, item.field)
    )


def _owner_column(policies: Policies, policy: Policy, field: str) -> bool:
    """The column that makes somebody the owner is no privilege."""
    return any(atom == f"owner({field})" for clause in policies.clauses(policy) for atom in clause)


def _found(table: Table, policy: Policy, free: list[Deciding]) -> Found:
    best = free[0].sure
    told = [item for item in free if item.sure >= _SHOWN] or free
    first = told[0]
    return Found(
        message=(
            f"{table.name}: the policy “{policy.name}” lets owners update every column of their row, "
            f"also {listed([item.field for item in told])}: {first.field} {_why(first)}"
        ),
        places=(
            Place(policy.path, policy.span, Layer.POLICY, "lets", policy.name),
            *(column for item in told for column in _columns(table, item)),
            *(shown for item in told for shown in _shown(item)),
        ),
        subject=f"{table.name}.{first.field}",
        mark=(policy.name, *(item.field for item in told)),
        kind=Kind.AUTHORIZATION,
        confidence=best,
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
    return _DECIDES[item.what]


def _columns(table: Table, item: Deciding) -> tuple[Place, ...]:
    column = table.column(item.field)
    if column is None or not column.path:
        return ()
    return (Place(column.path, column.span, Layer.DATABASE, "decides", f"{column.name} {column.type}"),)


def _shown(item: Deciding) -> tuple[Place, ...]:
    if item.guard is not None:
        return (Place(item.guard.path, item.guard.span, item.guard.layer, "reads", item.guard.text),)
    return (place(item.site, "reads"),) if item.site is not None else ()
