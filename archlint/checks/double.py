"""AL403: one effect that two layers have on the same event, so that it happens twice."""

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import msgspec

from archlint import algebra
from archlint.checks._common import distinct, writing
from archlint.checks._firing import ROWS, Event, Firings, of_rows, parts_of, place_of, told
from archlint.checks._found import Found
from archlint.checks._words import an, listed, short
from archlint.model.expression import Boolean, Expression, Number, Operation, Ref, Text
from archlint.model.graph import Act, Graph, Run, WritePath
from archlint.model.rule import Kind
from archlint.model.schema import Trigger
from archlint.model.source import Layer

_LITERALS = (Text, Number, Boolean)
_SAME_ROW, _SOME_ROW = 0.92, 0.76
# What a variable decides may exclude what a trigger waits for.
_PERHAPS = 0.85
_MOST = 6


class _Done(NamedTuple):
    """A write of a run, with its values and its condition in the words of the run."""

    write: WritePath
    act: Act
    values: dict[str, Expression]
    where: tuple[Expression, ...]


class _Twice(msgspec.Struct, frozen=True):
    """An effect of a trigger, the write that sets it off, and the write that does the same once more."""

    trigger: Trigger
    operation: str
    effect: WritePath
    column: str
    sign: str
    event: WritePath
    again: WritePath
    sure: float


def double(graph: Graph) -> Iterator[Found]:
    """AL403: one finding for each effect of a trigger that the code, or another trigger, has as well."""
    found: dict[tuple[str, str, str, str], list[_Twice]] = {}
    firings = Firings(graph)
    behind = {(item.path, item.span) for item in graph.schema.routines if item.returns == "trigger"}
    for run in graph.runs:
        if (run.path, run.span) not in behind:
            for twice in _twice(run, firings, graph):
                key = (twice.trigger.table, twice.trigger.name, twice.effect.entity, twice.column)
                found.setdefault(key, []).append(twice)
    for key in sorted(found):
        yield _found(found[key])
    yield from _by_two_triggers(graph, firings)


def _twice(run: Run, firings: Firings, graph: Graph) -> Iterator[_Twice]:
    acts = [(firings.writes[act.write], act) for act in run.acts]
    known: dict[int, _Done] = {}

    def done(number: int) -> _Done:
        if number not in known:
            known[number] = _done(*acts[number])
        return known[number]

    for number, (write, act) in enumerate(acts):
        for trigger, what, awaited in firings.fired(write, act):
            for caused, sure in firings.acts(trigger, what):
                target = firings.writes[caused.write]
                others = [
                    other
                    for other, (again, _) in enumerate(acts)
                    if again.entity == target.entity and again.id != write.id
                ]
                if not others:
                    continue
                event = done(number)
                effect = _seen_from(_done(target, caused), event)
                for again in map(done, others):
                    if not _together(event.act, again.act):
                        continue
                    for column, sign, confidence in _same(effect, again, event, graph):
                        confidence *= 1.0 if sure and awaited else _PERHAPS
                        yield _Twice(
                            trigger, what.operation, effect.write, column, sign, event.write, again.write, confidence
                        )


def _done(write: WritePath, act: Act) -> _Done:
    values = {column: told(value, act) for column, value in write.sources}
    return _Done(write, act, values, tuple(parts_of(told(write.where, act))) if write.where is not None else ())


def _seen_from(effect: _Done, event: _Done) -> _Done:
    """What a trigger does in the words of the run that set it off: its row is what that run wrote."""

    def lookup(ref: Ref) -> Expression | None:
        return event.values.get(ref.path[0]) if ref.name == "$new" and len(ref.path) == 1 else None

    values = {column: algebra.fold(value, lookup) for column, value in effect.values.items()}
    return effect._replace(values=values, where=tuple(algebra.fold(part, lookup) for part in effect.where))


def _together(one: Act, other: Act) -> bool:
    """Whether no branch tells two writes of a run apart: what decides about one decides about the other as well."""
    mine, theirs = set(map(repr, one.conditions)), set(map(repr, other.conditions))
    return mine <= theirs or theirs <= mine


def _same(effect: _Done, again: _Done, event: _Done, graph: Graph) -> Iterator[tuple[str, str, float]]:
    """The columns that both move, or the row that both add (an empty column), and how sure that is."""
    if effect.write.entity != again.write.entity:
        return
    if effect.write.operation == again.write.operation == "insert":
        sure = _same_row_added(effect, again, graph)
        if sure:
            yield "", "", sure
        return
    for mine in effect.write.counts:
        for theirs in again.write.counts:
            if (mine.column, mine.sign) != (theirs.column, theirs.sign):
                continue
            if isinstance(mine.by, _LITERALS) and isinstance(theirs.by, _LITERALS) and mine.by != theirs.by:
                continue
            rows = _same_row_moved(effect, again, event)
            if rows is not False:
                yield mine.column, mine.sign, _SAME_ROW if rows else _SOME_ROW


def _same_row_moved(effect: _Done, again: _Done, event: _Done) -> bool | None:
    """Whether two updates pick the same row; None where that is not known."""
    mine, theirs = _picked(effect), _picked(again)
    said: bool | None = None
    for column in mine.keys() & theirs.keys():
        if mine[column] == theirs[column]:
            said = True
        elif theirs[column] in event.values.values() or _apart(mine[column], theirs[column]):
            # It is another one of the rows that the event speaks of: the seller's, not the buyer's.
            return False
    return said


def _picked(done: _Done) -> dict[str, Expression]:
    """The columns by which rows are picked, with what they equal."""
    found: dict[str, Expression] = {}
    for part in done.where:
        if isinstance(part, Operation) and part.operator == "=" and len(part.operands) == 2:
            left, right = part.operands
            if isinstance(right, Ref) and right.name == "$row":
                left, right = right, left
            if isinstance(left, Ref) and left.name == "$row" and len(left.path) == 1:
                found[left.path[0]] = right
    return found


def _apart(one: Expression, other: Expression) -> bool:
    return isinstance(one, _LITERALS) and isinstance(other, _LITERALS) and one != other


def _same_row_added(effect: _Done, again: _Done, graph: Graph) -> float:
    """How sure it is that two inserts add the same row; 0 where they do not, or where the table takes it once only."""
    shared = effect.values.keys() & again.values.keys()
    if effect.write.sparing or again.write.sparing or _only_once(effect.write.entity, shared, graph):
        return 0.0
    words = alike = 0
    for column in shared:
        mine, theirs = effect.values[column], again.values[column]
        if _apart(mine, theirs):
            return 0.0
        if mine == theirs:
            words += isinstance(mine, Text)
            alike += not isinstance(mine, _LITERALS) and _says_who(mine)
        elif _says_who(mine) and _says_who(theirs) and not _of_the_event(mine):
            return 0.0
    if alike and words:
        return _SAME_ROW
    return _SOME_ROW if alike or words else 0.0


def _says_who(value: Expression) -> bool:
    """Whether a value is a name that one run gives to one thing."""
    return isinstance(value, Ref)


def _of_the_event(value: Expression) -> bool:
    """Whether a value is a column of the event's row that the run did not write itself, such as its key."""
    return isinstance(value, Ref) and value.name in ROWS


def _only_once(entity: str, columns: set[str], graph: Graph) -> bool:
    table = graph.schema.tables.get(entity)
    return table is not None and any(
        item.kind in ("unique", "primary") and item.columns and set(item.columns) <= columns
        for item in table.constraints
    )


def _found(twice: list[_Twice]) -> Found:
    best = max(twice, key=lambda item: (item.sure, item.again.path, item.again.span))
    trigger = best.trigger
    others = list(dict.fromkeys(_who(item.again) for item in sorted(twice, key=lambda item: -item.sure)))
    return Found(
        message=(
            f"{best.event.entity}: on {an(best.operation)}, the trigger {trigger.name} and {listed(others[:_MOST])} "
            f"{'each' if len(others) > 1 else 'both'} {_what(best)}: it happens twice"
        ),
        places=distinct(
            (
                place_of(trigger),
                writing(best.effect),
                *(writing(item.event, "sets off") for item in twice[:_MOST]),
                *(writing(item.again, "writes again") for item in twice[:_MOST]),
            )
        ),
        subject=f"{best.effect.entity}.{best.column}" if best.column else best.effect.entity,
        kind=Kind.FORMULA if best.column else None,
        mark=(trigger.table, best.operation, best.effect.entity, best.column, *sorted(others)),
        confidence=best.sure,
    )


def _what(twice: _Twice) -> str:
    if not twice.column:
        return f"add the row to {twice.effect.entity}"
    return f"{'raise' if twice.sign == '+' else 'lower'} {twice.effect.entity}.{twice.column}"


def _who(write: WritePath) -> str:
    if write.layer is Layer.TRIGGER and write.symbol:
        return f"the routine {write.symbol}"
    return short(write.path)


# Two triggers ---------------------------------------------------------------------------------------------------


def _by_two_triggers(graph: Graph, firings: Firings) -> Iterator[Found]:
    """Two triggers of one table that do the very same on the same event, such as one that was created anew."""
    tables = sorted({trigger.table for trigger in graph.schema.triggers})
    for table in tables:
        for one, other in combinations(sorted(firings.triggers(table), key=lambda item: item.name), 2):
            operations = [name for name in one.events if name in other.events]
            if one.condition != other.condition or not (_meet(one, other) and operations):
                continue
            for effect, sure in _effects(one, operations[0], firings):
                if any(_alike(effect, again, graph) for again, _ in _effects(other, operations[0], firings)):
                    yield _both(one, other, operations[0], effect, sure)
                    break


def _meet(one: Trigger, other: Trigger) -> bool:
    return not one.columns or not other.columns or bool(set(one.columns) & set(other.columns))


def _effects(trigger: Trigger, operation: str, firings: Firings) -> Iterator[tuple[_Done, bool]]:
    for act, sure in firings.acts(trigger, Event(operation)):
        done = _done(firings.writes[act.write], act)
        known = done.values.values() if done.write.operation == "insert" else (item.by for item in done.write.counts)
        if all(of_rows(told(value, act)) for value in known) and done.values:
            yield done, sure


def _alike(one: _Done, other: _Done, graph: Graph) -> bool:
    if one.write.entity != other.write.entity or (one.act.conditions and one.write.id != other.write.id):
        return False
    if one.write.operation == other.write.operation == "insert":
        columns = set(one.values)
        once = one.write.sparing or other.write.sparing or _only_once(one.write.entity, columns, graph)
        return not once and one.values == other.values
    return bool(one.write.counts) and (one.values, one.where) == (other.values, other.where)


def _both(one: Trigger, other: Trigger, operation: str, effect: _Done, sure: bool) -> Found:
    count = effect.write.counts[0] if effect.write.counts else None
    column = count.column if count is not None else ""
    twice = _Twice(one, operation, effect.write, column, count.sign if count else "", effect.write, effect.write, 0.9)
    return Found(
        message=(
            f"{one.table}: on {an(operation)}, the triggers {one.name} and {other.name} both {_what(twice)}: "
            "it happens twice"
        ),
        places=distinct((place_of(one), place_of(other), writing(effect.write))),
        subject=f"{effect.write.entity}.{column}" if column else effect.write.entity,
        mark=(one.table, operation, effect.write.entity, column, one.name, other.name),
        confidence=0.9 if sure else 0.9 * _PERHAPS,
        fix="Drop one of the two triggers.",
    )
