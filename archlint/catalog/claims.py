"""What stands inside of which change of a file."""

from bisect import bisect_right
from collections import defaultdict
from typing import NamedTuple

from archlint.model.facts import Access, FileFacts
from archlint.model.schema import SchemaChange
from archlint.model.source import Span


class Claims(NamedTuple):
    """The statements of a file that hang on some change; by a change's number, what merely stands inside of it."""

    named: frozenset[int]
    statements: dict[int, tuple[int, ...]]
    accesses: dict[int, tuple[Access, ...]]


def claims(facts: FileFacts) -> Claims:
    """Finds for everything outside of routines the change that it belongs to."""
    named = {index for change in facts.changes for index in _listed(change)}
    places = _Places(facts.changes)
    statements: dict[int, list[int]] = defaultdict(list)
    for index, statement in enumerate(facts.statements):
        if index not in named and not statement.scope and (number := places.around(statement.span)) is not None:
            statements[number].append(index)
            named.add(index)
    accesses: dict[int, list[Access]] = defaultdict(list)
    for access in facts.accesses:
        if not access.scope and (number := places.around(access.span)) is not None:
            accesses[number].append(access)
    return Claims(
        frozenset(named),
        {number: tuple(found) for number, found in statements.items()},
        {number: tuple(found) for number, found in accesses.items()},
    )


def _listed(change: SchemaChange) -> set[int]:
    """The statements that a change says are its own."""
    return {
        *change.statements,
        *(index for column in change.columns for index in column.statements),
        *(index for constraint in change.constraints for index in constraint.statements),
    }


class _Places:
    """Changes in the order of the text; none stands inside of another."""

    def __init__(self, changes: tuple[SchemaChange, ...]) -> None:
        placed = sorted((change.span, -number) for number, change in enumerate(changes))
        self._spans = [span for span, _ in placed]
        self._numbers = [-number for _, number in placed]

    def around(self, span: Span) -> int | None:
        """The number of the change that a place lies in; of several at the same place, the first."""
        at = bisect_right(self._spans, (span.line, span.column), key=lambda item: (item.line, item.column)) - 1
        if at < 0:
            return None
        outer = self._spans[at]
        inside = (span.end_line, span.end_column) <= (outer.end_line, outer.end_column)
        return self._numbers[at] if inside else None
