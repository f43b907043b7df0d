"""AL304: a column that a trigger keeps in step with a guarded table, and that others may write directly."""

from collections.abc import Iterator

import msgspec

from archlint.checks._common import distinct, writing
from archlint.checks._found import Found
from archlint.checks._policies import Policies, plain
from archlint.checks._privileges import Privileges, named
from archlint.checks._words import at, listed
from archlint.model.expression import Call, Expression
from archlint.model.finding import Place, Severity
from archlint.model.graph import Graph, WritePath
from archlint.model.rule import Kind
from archlint.model.schema import Policy, Table, Trigger
from archlint.model.source import Layer

_ROLE = "role="
_SURE = 0.85
_BY_TRIGGER_ALONE = 0.6
_WRITES = ("insert", "update")


class _Kept(msgspec.Struct, frozen=True):
    """A column of `table` that `trigger`, fired by another table, writes at `path`."""

    table: Table
    field: str
    trigger: Trigger
    path: WritePath


def kept_in_step(graph: Graph) -> Iterator[Found]:
    """AL304: whoever may not write the source must not write the copy either."""
    policies = Policies(graph)
    privileges = Privileges(graph)
    for kept in _kept(graph):
        asked = _roles(graph, policies, kept.trigger)
        if not asked:
            continue
        letting = [
            (policy, roles)
            for policy in policies.of(kept.table.name, "update")
            if (roles := _beyond(policies, policy, kept, asked))
        ]
        if letting and not policies.frozen(kept.table, kept.field) and not _restricted(policies, kept):
            deciding = {item.field for item in privileges.of(kept.table, policies)}
            sure = _SURE if named(kept.field) or kept.field in deciding else _BY_TRIGGER_ALONE
            yield _found(policies, kept, letting, asked, sure)


def _kept(graph: Graph) -> Iterator[_Kept]:
    """The columns by table and trigger, each once; a stamp of the time is no copy of anything."""
    triggers = {trigger.function.rsplit(".", 1)[-1]: trigger for trigger in graph.schema.triggers}
    told: set[tuple[str, str, str]] = set()
    for path in graph.writes:
        trigger = triggers.get(path.symbol.rsplit(".", 1)[-1])
        table = graph.schema.tables.get(path.entity)
        if trigger is None or table is None or path.operation != "update" or trigger.table == path.entity:
            continue
        if not table.known or not table.security:
            continue
        for field, value in path.sources:
            key = (table.name, field, trigger.name)
            if key not in told and not _stamp(value):
                told.add(key)
                yield _Kept(table, field, trigger, path)


def _stamp(value: Expression) -> bool:
    return isinstance(value, Call) and value.function == "now"


def _roles(graph: Graph, policies: Policies, trigger: Trigger) -> frozenset[str]:
    """The roles of which one is needed for whatever fires the trigger; empty where something else suffices."""
    table = graph.schema.tables.get(trigger.table)
    if table is None or not table.known or not table.security:
        return frozenset()
    needed: set[str] = set()
    for event in _WRITES:
        for policy in policies.of(trigger.table, event) if event in trigger.events else ():
            clauses = policies.clauses(policy)
            asked = [{atom for atom in clause if atom.startswith(_ROLE)} for clause in clauses]
            if not clauses or not all(asked):
                return frozenset()
            needed |= set().union(*asked)
    return frozenset(needed)


def _beyond(policies: Policies, policy: Policy, kept: _Kept, asked: frozenset[str]) -> tuple[str, ...]:
    """The roles, or `` for everybody of the row, that the policy lets in and the source does not."""
    if policies.pins(policy, kept.table.name, kept.field):
        return ()
    found = set()
    for clause in policies.clauses(policy):
        roles = {atom for atom in clause if atom.startswith(_ROLE)}
        if roles & asked or not all(plain(atom) or atom in roles for atom in clause):
            continue
        found.add(" and ".join(sorted(atom.removeprefix(_ROLE) for atom in roles)))
    return tuple(sorted(found))


def _restricted(policies: Policies, kept: _Kept) -> bool:
    return policies.restricted(kept.table.name, "update") or policies.restricted(kept.trigger.table, "update")


def _found(
    policies: Policies,
    kept: _Kept,
    letting: list[tuple[Policy, tuple[str, ...]]],
    asked: frozenset[str],
    sure: float,
) -> Found:
    """Told at the policy that is too wide, with the source's policies beside it."""
    table, trigger, policy = kept.table, kept.trigger, letting[0][0]
    others = sorted({role for _, roles in letting for role in roles})
    whom = "everybody whose row it is" if "" in others else f"the role {listed(others)}"
    guarding = [guard for event in _WRITES if event in trigger.events for guard in policies.of(trigger.table, event)]
    needed = listed(sorted(role.removeprefix(_ROLE) for role in asked))
    column = table.column(kept.field)
    declared = (
        (Place(column.path, column.span, Layer.DATABASE, "decides", f"{column.name} {column.type}"),)
        if column is not None and column.path
        else ()
    )
    return Found(
        message=(
            f"{table.name}.{kept.field} follows {trigger.table} by the trigger “{trigger.name}” "
            f"({at(kept.path.path, kept.path.span.line)}), and {trigger.table} takes writes of {needed} only; "
            f"the policy “{policy.name}” lets {whom} write {kept.field} directly"
        ),
        places=distinct(
            (
                *(Place(item.path, item.span, Layer.POLICY, "lets", item.name) for item, _ in letting),
                *declared,
                writing(kept.path, "keeps"),
                *(Place(item.path, item.span, Layer.POLICY, "guards", item.name) for item in guarding),
            )
        ),
        subject=f"{table.name}.{kept.field}",
        mark=("kept", trigger.name, policy.name),
        kind=Kind.AUTHORIZATION,
        severity=Severity.WARNING,
        confidence=sure,
        fix=(
            f"Let only the trigger write {kept.field}: revoke UPDATE on the column, pin it in WITH CHECK, "
            f"or ask in “{policy.name}” for the same role as {trigger.table}."
        ),
    )
