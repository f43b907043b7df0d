"""Columns that a write moves on from where they stand, so that doing it twice is not doing it once."""

from collections.abc import Iterator, Mapping

from archlint.model.expression import Call, Expression, Operation, Ref
from archlint.model.graph import Count
from archlint.model.rule import Subject
from archlint.resolve.places import Places

_CHANGES = frozenset({"update", "upsert"})
# What limits or rounds a result leaves it the step that it was.
_AROUND = frozenset({"maximum", "minimum", "round", "floor", "ceil", "truncate", "number", "integer", "abs"})
_INSTEAD = frozenset({"coalesce", "fallback"})
_READ_BACK = 0.7


class Counting:
    """Tells steps from results."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def counts(self, entity: str, operation: str, values: Mapping[str, Expression]) -> tuple[Count, ...]:
        """The columns of a write whose new value is their old one and something more or less."""
        if operation not in _CHANGES:
            return ()
        found = []
        for column, value in sorted(values.items()):
            for sign, own, by in _steps(value):
                if self._stands_for(own, Subject(entity, column)):
                    found.append(Count(column, sign, by))
                    break
        return tuple(found)

    def _stands_for(self, value: Expression, column: Subject) -> bool:
        """Whether a value is what the column holds."""
        while isinstance(value, Call) and value.function in _AROUND and value.arguments:
            value = value.arguments[0]
        if isinstance(value, Operation) and value.operator in _INSTEAD:
            value = value.operands[0]
        if not isinstance(value, Ref) or not value.path:
            return False
        if value.name == f"table:{column.entity}":
            return value.path == (column.field,)
        return any(
            item.subject == column and (item.read or not item.stored) and item.confidence >= _READ_BACK
            for item in self._places.columns((value.name, value.path))
        )


def _steps(value: Expression) -> Iterator[tuple[str, Expression, Expression]]:
    """The ways to read a value as a step: the sign, what it may set out from, and how far it goes."""
    if isinstance(value, Call) and value.function in _AROUND:
        for item in value.arguments:
            yield from _steps(item)
    elif isinstance(value, Operation) and value.operator in _INSTEAD:
        yield from _steps(value.operands[0])
    elif isinstance(value, Operation) and value.operator in ("+", "-") and len(value.operands) == 2:
        left, right = value.operands
        yield value.operator, left, right
        if value.operator == "+":
            yield "+", right, left
