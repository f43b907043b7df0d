"""What fires which trigger: writes held against the events, columns and conditions of the triggers of their table."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

import msgspec

from archlint import algebra
from archlint.checks._common import within
from archlint.model.expression import Boolean, Call, Expression, Items, Null, Number, Operation, Ref, Text
from archlint.model.finding import Place
from archlint.model.graph import Act, Graph, ReadPath, Run, WritePath
from archlint.model.schema import Routine, Trigger
from archlint.model.source import Layer

_LITERALS = (Text, Number, Boolean, Null)
ROWS = frozenset({"$new", "$old"})
_EVENTS = {"upsert": ("insert", "update")}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


class Event(msgspec.Struct, frozen=True):
    """One event of a table, and what is known of its rows: the values by column where a write is behind it.

    `kept` is true where a column that is not among the values has the same value in both rows. `deep` is true where
    another trigger is behind the event. With `step`, a written column is taken to have had another value before.
    """

    operation: str
    values: Mapping[str, Expression] = {}
    kept: bool = False
    deep: bool = False
    step: bool = False


class Firings:
    """The triggers of a graph, and what their functions write."""

    def __init__(self, graph: Graph) -> None:
        self.writes = {write.id: write for write in graph.writes}
        self._triggers: dict[str, list[Trigger]] = defaultdict(list)
        for trigger in graph.schema.triggers:
            if trigger.timing != "instead":
                self._triggers[trigger.table].append(trigger)
        self._reads: dict[str, list[ReadPath]] = defaultdict(list)
        for read in graph.reads:
            self._reads[read.path].append(read)
        self._runs = {(run.path, run.span): run for run in graph.runs}
        self._routines: dict[str, list[Routine]] = defaultdict(list)
        for routine in graph.schema.routines:
            if routine.returns == "trigger":
                self._routines[routine.name].append(routine)

    def triggers(self, table: str) -> list[Trigger]:
        """The triggers of a table."""
        return self._triggers.get(table, [])

    def run(self, trigger: Trigger) -> Run | None:
        """What the function of a trigger writes; None where it writes nothing that is known."""
        found = self._routines.get(trigger.function, ())
        return self._runs.get((found[0].path, found[0].span)) if len(found) == 1 else None

    def reads_within(self, write: WritePath) -> bool:
        """Whether a query inside of a write says what, or whether anything, is written."""
        return any(within(read.span, write.span) for read in self._reads.get(write.path, ()))

    def acts(self, trigger: Trigger, event: Event) -> Iterator[tuple[Act, bool]]:
        """What a trigger writes on an event, each with whether nothing else decides about it."""
        run = self.run(trigger)
        for act in run.acts if run is not None else ():
            said = holds(act.conditions, event)
            if said is not False:
                yield act, said is True

    def fired(self, write: WritePath, act: Act, deep: bool = False) -> Iterator[tuple[Trigger, Event, bool]]:
        """The triggers that a write of a run fires, each with whether no condition of theirs decides about it.

        `deep` says that the run is one of another trigger.
        """
        triggers = self.triggers(write.entity)
        for event in events(write, act, deep) if triggers else ():
            for trigger in triggers:
                said = awaits(trigger, event, write)
                if said is not False:
                    yield trigger, event, said is True


def events(write: WritePath, act: Act, deep: bool = False) -> tuple[Event, ...]:
    """What a write is for the triggers of its table."""
    values = {column: told(value, act) for column, value in write.sources}
    for column, _ in write.columns:
        values.setdefault(column, Ref("?"))
    return tuple(
        Event(operation, values, operation == "update" and write.complete, deep, not deep)
        for operation in _EVENTS.get(write.operation, (write.operation,))
    )


def awaits(trigger: Trigger, event: Event, write: WritePath | None = None) -> bool | None:
    """Whether a trigger runs on an event; None where its condition depends on more than is known."""
    if event.operation not in trigger.events:
        return False
    if event.operation == "update" and trigger.columns and write is not None:
        if not write.complete:
            return None
        if not set(trigger.columns) & event.values.keys():
            return False
    return holds((trigger.condition,), event, before=True) if trigger.condition is not None else True


def told(value: Expression, act: Act) -> Expression:
    """A value in the words of the run's beginning."""
    given = dict(act.given)
    return algebra.fold(value, lambda ref: given.get(ref.name) if not ref.path else None)


def holds(conditions: Iterable[Expression], event: Event, before: bool = False) -> bool | None:
    """Whether conditions over the rows of an event hold; None where that is not known.

    `before` is true for what is asked before the trigger runs, when it does not count among those that run.
    """
    depth = (1 if event.deep else 0) + (0 if before else 1)
    answers = [_answer(algebra.fold(_deep(item, depth, event), _rows(event)), event) for item in conditions]
    if False in answers:
        return False
    return None if None in answers else True


def _rows(event: Event) -> algebra.Lookup:
    def lookup(ref: Ref) -> Expression | None:
        if ref.name == "$operation" and not ref.path:
            return Text(event.operation.upper())
        if ref.name not in ("$new", "$old") or len(ref.path) != 1:
            return None
        if (ref.name, event.operation) in (("$old", "insert"), ("$new", "delete")):
            return Null()
        if ref.name == "$new" and event.operation == "update":
            value = event.values.get(ref.path[0])
            if value is None and event.kept:
                return Ref("$old", ref.path)
        else:
            value = event.values.get(ref.path[0]) if ref.name == "$new" else None
        return value if isinstance(value, _LITERALS) else None

    return lookup


def _deep(condition: Expression, depth: int, event: Event) -> Expression:
    """The condition with what it says of the number of running triggers decided, as far as that is known."""
    if isinstance(condition, Operation):
        if condition.operator in _TURNED and len(condition.operands) == 2:
            left, right = condition.operands
            operator = condition.operator
            if right == Ref("$depth"):
                left, right, operator = right, left, _TURNED[operator]
            if left == Ref("$depth") and isinstance(right, Number):
                said = _at_depth(operator, depth, Fraction(right.value), event.deep)
                return condition if said is None else Boolean(said)
        return Operation(condition.operator, tuple(_deep(item, depth, event) for item in condition.operands))
    return condition


def _at_depth(operator: str, depth: int, limit: Fraction, at_least: bool) -> bool | None:
    """A comparison of the depth, which is exactly so where no trigger is behind the event, else at least so."""
    now = _compared(operator, Fraction(depth), limit)
    # What deeper levels do to a comparison: they make it true from some level on, or false for good.
    later = _compared(operator, max(Fraction(depth), limit) + 1, limit)
    return now if not at_least or (now == later and not (operator in ("=", "!=") and depth < limit)) else None


def _compared(operator: str, left: Fraction, right: Fraction) -> bool:
    return {
        "=": left == right, "!=": left != right, "<": left < right, "<=": left <= right, ">": left > right,
        ">=": left >= right,
    }[operator]  # fmt: skip


def _answer(condition: Expression, event: Event) -> bool | None:
    """The truth of a condition whose known names are replaced; what is unknown in it stays unknown."""
    if isinstance(condition, Boolean):
        return condition.value
    if isinstance(condition, Null):
        return False
    if not isinstance(condition, Operation):
        return None
    answers = [_answer(item, event) for item in condition.operands]
    if condition.operator == "and":
        return False if False in answers else None if None in answers else True
    if condition.operator == "or":
        return True if True in answers else None if None in answers else False
    if condition.operator == "not":
        return None if answers[0] is None else not answers[0]
    said = _test(condition)
    return _stepped(condition, event) if said is None and event.step else said


def _stepped(condition: Operation, event: Event) -> bool | None:
    """A comparison of what a column was with what it becomes, where it is taken to change."""
    if condition.operator not in ("=", "!=", "distinct") or len(condition.operands) != 2:
        return None
    old, new = sorted(condition.operands, key=lambda item: not (isinstance(item, Ref) and item.name == "$old"))
    if not isinstance(old, Ref) or old.name != "$old" or len(old.path) != 1 or old.path[0] not in event.values:
        return None
    if new in (event.values[old.path[0]], Ref("$new", old.path)):
        return condition.operator != "="
    return None


def _test(condition: Operation) -> bool | None:
    """A value held against itself, or one literal against others. What a missing value makes of `=` is left open."""
    operator, operands = condition.operator, condition.operands
    if operator == "is null":
        return isinstance(operands[0], Null) if isinstance(operands[0], _LITERALS) else None
    if len(operands) != 2 or (Null() in operands and operator != "distinct"):
        return None
    left, right = operands
    if operator == "in" and isinstance(left, _LITERALS) and isinstance(right, Items):
        return True if left in right.items else False if all(isinstance(x, _LITERALS) for x in right.items) else None
    if operator in ("=", "!=", "distinct"):
        same = left == right and not isinstance(left, Call)
        if same or (isinstance(left, _LITERALS) and isinstance(right, _LITERALS)):
            return same if operator == "=" else not same
    if operator in _TURNED and isinstance(left, Number) and isinstance(right, Number):
        return _compared(operator, Fraction(left.value), Fraction(right.value))
    return None


def of_rows(value: Expression) -> bool:
    """Whether a value is made of literals and the trigger's rows alone, so that no query decides about it."""
    if isinstance(value, Ref):
        return value.name in ROWS
    if isinstance(value, (Operation, Call)):
        return all(map(of_rows, value.operands if isinstance(value, Operation) else value.arguments))
    return isinstance(value, _LITERALS)


def parts_of(condition: Expression) -> list[Expression]:
    """The parts of a condition that must all hold."""
    if isinstance(condition, Operation) and condition.operator == "and":
        return [part for item in condition.operands for part in parts_of(item)]
    return [condition]


def place_of(trigger: Trigger, role: str = "fires") -> Place:
    """A trigger as a place of a finding."""
    text = f"{trigger.name} on {trigger.table}"
    return Place(trigger.path, trigger.span, Layer.TRIGGER, role, text, text)
