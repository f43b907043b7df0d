"""What a routine refuses, found on its way through branches, and the statements that this makes."""

from typing import NamedTuple

from archlint.languages.postgresql.callers import about_caller
from archlint.languages.postgresql.conditions import (
    changed,
    joined,
    negated,
    parts_of,
    within,
    without_operation,
)
from archlint.languages.postgresql.scope import Scope
from archlint.languages.postgresql.sheet import Sheet, mapped
from archlint.languages.postgresql.transitions import steps
from archlint.model.expression import Expression, Fields, Items, Operation, Ref, Row

Place = tuple[int, int]


class Refusal(NamedTuple):
    """A place where a routine gives up: the branches around it, and in the end the condition that leads there.

    `guards` come outermost first. `own` is the last condition, under which it refuses, at `place`; where several
    things are allowed before everything else is refused, `allowed` are these instead.
    """

    guards: tuple[Expression, ...]
    own: Expression | None
    place: Place
    message: str = ""
    effect: str = "reject"
    allowed: tuple[tuple[Expression, Place], ...] = ()

    @property
    def all(self) -> list[Expression]:
        """Everything that must hold for it to be reached."""
        whole = list(self.guards)
        if self.own is not None:
            whole.extend(parts_of(self.own))
        whole.extend(negated(condition) for condition, _ in self.allowed)
        return whole


def state_refusals(sheet: Sheet, scope: Scope, refusals: list[Refusal], source: str) -> None:
    """Writes down what the refusals of one routine demand."""
    taken: set[int] = set()
    tables = {
        item.target.name: item.value
        for item in sheet.bindings
        if item.kind == "constant" and item.scope == scope.number and isinstance(item.value, (Fields, Items))
    }

    def known(item: Ref | Row) -> Expression:
        return tables.get(item.name, item) if isinstance(item, Ref) and not item.path else item

    for found in steps([[mapped(each, known) for each in item.all] for item in refusals]):
        members = [refusals[number] for number in found.members]
        if found.closed:
            taken.update(found.members)
        place = (min(item.place[0] for item in members), max(item.place[1] for item in members))
        sheet.state(
            "transition",
            place,
            scope=scope.number,
            symbol=scope.symbol,
            subject=Ref(f"new@{scope.number}", (found.column,)),
            edges=found.edges,
            operation="update",
            message=next((item.message for item in members if item.message), ""),
            effect=members[0].effect,
            source=source,
            related=tuple(sheet.source.span(*item.place) for item in members) if len(members) > 1 else (),
        )
    for number, item in enumerate(refusals):
        if number not in taken:
            _state(sheet, scope, item, source)


def _state(sheet: Sheet, scope: Scope, item: Refusal, source: str) -> None:
    operation, guards = _guards(item.guards)
    common = {
        "scope": scope.number,
        "symbol": scope.symbol,
        "message": item.message,
        "effect": item.effect,
        "strength": "hard" if item.effect == "reject" else "soft",
        "source": source,
    }
    if item.allowed:
        whole = joined("or", [condition for condition, _ in item.allowed])
        if whole is None or any(without_operation(condition)[1] is None for condition, _ in item.allowed):
            return
        place = (item.allowed[0][1][0], item.allowed[-1][1][1])
        kind = "authorize" if about_caller(whole, sheet.accesses) else "require"
        sheet.state(kind, place, condition=whole, guards=guards, operation=operation, **common)
        return
    if item.own is None:
        return
    said, own = without_operation(item.own)
    operation = said or operation
    frozen = _frozen(guards, own)
    if frozen is not None:
        column, when = frozen
        sheet.state(
            "immutable",
            item.place,
            subject=Ref(f"new@{scope.number}", column),
            condition=when,
            operation="update",
            **common,
        )
        return
    if own is None:
        return
    condition = Operation("not", (own,))
    kind = "authorize" if about_caller(own, sheet.accesses) else "require"
    sheet.state(kind, item.place, condition=condition, guards=_telling(guards), operation=operation, **common)


def _guards(guards: tuple[Expression, ...]) -> tuple[str, tuple[Expression, ...]]:
    """The guards without what they say of the operation, and that operation."""
    operation, kept = "any", []
    for guard in guards:
        said, rest = without_operation(guard)
        operation = said or operation
        if rest is not None:
            kept.append(rest)
    return operation, tuple(kept)


def _telling(guards: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """A branch that only asks whether something has changed is no condition of the rule inside it."""
    return tuple(guard for guard in guards if changed(guard) is None)


def _frozen(guards: tuple[Expression, ...], own: Expression | None) -> tuple[tuple[str, ...], Expression | None] | None:
    """The column that may not change, and when; None where the refusal is about something else."""
    parts = [part for guard in guards for part in parts_of(guard)] + (parts_of(own) if own is not None else [])
    columns = [column for part in parts if (column := changed(part))]
    if len(columns) != 1 or (own is not None and changed(own) is None and not any(map(changed, parts_of(own)))):
        return None
    rest = [part for part in parts if changed(part) is None]
    for part in rest:
        for item in within(part):
            if isinstance(item, Ref) and item.path == columns[0] and item.name.startswith("new@"):
                return None
    return columns[0], joined("and", rest)
