"""Finds the steps that a state column may take, by trying out all pairs of states against what is refused."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from archlint.languages.postgresql.conditions import OPERATION, within
from archlint.model.expression import (
    Boolean,
    Call,
    Expression,
    Fields,
    Items,
    Null,
    Operation,
    Ref,
    Text,
)
from archlint.model.facts import ANY_OTHER

_STATES_LIMIT = 60
# States that no condition mentions; two, so that a step between them can be told from staying.
_OTHERS = ("\0one", "\0two")
# Of how many states it must be said where they lead, where others may lead anywhere.
_FEWEST_STARTS = 2


class Steps(NamedTuple):
    """The steps of a column that refusals with these numbers leave allowed.

    It is `closed` where no state but those that are named takes part.
    """

    column: str
    edges: tuple[tuple[str, str], ...]
    members: tuple[int, ...]
    closed: bool


def steps(refused: Sequence[Sequence[Expression]]) -> Iterator[Steps]:
    """The lists of steps among the refusals of one routine, each given as all that leads to it."""
    by_column: dict[str, list[int]] = {}
    ends: dict[str, list[int]] = {}
    for number, conditions in enumerate(refused):
        column, sides = _column(conditions)
        if sides == {"old", "new"}:
            by_column.setdefault(column, []).append(number)
        elif sides == {"old"}:
            ends.setdefault(column, []).append(number)
    for column, members in by_column.items():
        # States that may not be left at all close a list too, and are a rule of their own besides.
        edges = _allowed(column, [refused[number] for number in sorted((*members, *ends.get(column, ())))])
        if edges:
            yield Steps(column, edges, tuple(members), all(ANY_OTHER not in edge for edge in edges))


def _column(conditions: Sequence[Expression]) -> tuple[str, set[str]]:
    """The only column that the conditions compare with words, and whether its old or new value; empty for more."""
    found: dict[str, set[str]] = {}
    for condition in conditions:
        for item in within(condition):
            if isinstance(item, Ref):
                if item == OPERATION:
                    continue
                name = item.name.partition("@")[0]
                if name not in ("old", "new") or len(item.path) != 1:
                    return "", set()
                found.setdefault(item.path[0], set()).add(name)
            elif not isinstance(item, (Operation, Text, Items, Fields, Boolean, Null)) and not _harmless(item):
                return "", set()
    return next(iter(found.items())) if len(found) == 1 else ("", set())


def _harmless(item: Expression) -> bool:
    return isinstance(item, Call) and item.callee is None and item.function in ("text", "contains", "lower")


def _allowed(column: str, refused: Sequence[Sequence[Expression]]) -> tuple[tuple[str, str], ...]:
    states = sorted({text for conditions in refused for text in _states(conditions)})
    if not states or len(states) > _STATES_LIMIT:
        return ()
    edges: set[tuple[str, str]] = set()
    everything = (*states, *_OTHERS)
    for before in everything:
        ends = []
        for after in everything:
            if before == after:
                continue
            trial = _Trial(column, before, after)
            verdicts = [trial.all(conditions) for conditions in refused]
            if None in verdicts:
                return ()
            if not any(verdicts):
                ends.append(after)
        if len(ends) < len(everything) - 1 and not set(_OTHERS).isdisjoint(ends):
            # It only says where this state does not lead.
            return ()
        edges.update((_named(before), _named(after)) for after in ends)
    starts = {before for before, after in edges if (before, ANY_OTHER) not in edges}
    if any(ANY_OTHER in edge for edge in edges) and len(starts) < _FEWEST_STARTS:
        return ()
    return tuple(sorted(edges))


def _named(state: str) -> str:
    return ANY_OTHER if state in _OTHERS else state


def _states(conditions: Sequence[Expression]) -> Iterator[str]:
    for condition in conditions:
        for item in within(condition):
            if isinstance(item, Text):
                yield item.value
            elif isinstance(item, Fields):
                yield from (key for key, _ in item.entries)
            elif isinstance(item, Operation) and OPERATION in item.operands:
                continue


class _Trial:
    """Evaluates conditions for one step. None stands for what cannot be told."""

    def __init__(self, column: str, before: str, after: str) -> None:
        self._states = {"old": before, "new": after}
        self._column = column

    def all(self, conditions: Sequence[Expression]) -> bool | None:
        verdicts = [self.truth(condition) for condition in conditions]
        if False in verdicts:
            return False
        return None if None in verdicts else True

    def truth(self, condition: Expression) -> bool | None:
        value = self._value(condition)
        return value if isinstance(value, bool) else None

    def _value(self, item: Expression) -> object:
        if isinstance(item, Text):
            return item.value
        if isinstance(item, Boolean):
            return item.value
        if isinstance(item, Ref):
            return "UPDATE" if item == OPERATION else self._states[item.name.partition("@")[0]]
        if isinstance(item, Items):
            return tuple(self._value(each) for each in item.items)
        if isinstance(item, Fields):
            return {key: self._value(value) for key, value in item.entries}
        if isinstance(item, Call):
            return self._call(item)
        return self._operation(item) if isinstance(item, Operation) else None

    def _call(self, call: Call) -> object:
        values = [self._value(item) for item in call.arguments]
        if call.function == "contains" and len(values) == 2 and isinstance(values[0], tuple):
            wanted = values[1] if isinstance(values[1], tuple) else (values[1],)
            return set(wanted) <= set(values[0])
        return values[0] if values and call.function == "text" else None

    def _operation(self, item: Operation) -> object:
        name = item.operator
        if name in ("and", "or"):
            verdicts = [self.truth(each) for each in item.operands]
            decisive = name == "or"
            if decisive in verdicts:
                return decisive
            return None if None in verdicts else not decisive
        values = [self._value(each) for each in item.operands]
        if name == "not":
            return not values[0] if isinstance(values[0], bool) else None
        if name == "case":
            return self._case(item)
        if name == "coalesce":
            return next((value for value in values if value is not None), None)
        if name == "is null":
            return values[0] is None
        if name == "lookup":
            table, key = values
            return table.get(key) if isinstance(table, dict) else None
        if name == "concat":
            return "".join(str(value) for value in values) if None not in values else None
        return _related(name, values)

    def _case(self, item: Operation) -> object:
        for number in range(0, len(item.operands) - 1, 2):
            verdict = self.truth(item.operands[number])
            if verdict is None:
                return None
            if verdict:
                return self._value(item.operands[number + 1])
        return self._value(item.operands[-1])


def _related(name: str, values: list[object]) -> object:
    if len(values) != 2:
        return None
    left, right = values
    if name == "in":
        if isinstance(right, (tuple, dict)):
            return left in right
        # A state that the table does not list may go nowhere.
        return False if right is None else None
    if left is None or right is None:
        return None
    if name == "=":
        return left == right
    return left != right if name in ("!=", "distinct") else None
