"""Tables of numbers that several files write down: the same steps with the same values, whatever they are called."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from archlint import algebra
from archlint.model.expression import Fields, Items, Number, Ref
from archlint.model.facts import FileFacts
from archlint.model.predicate import Constant, Predicate
from archlint.model.rule import Kind, Subject
from archlint.model.source import Span
from archlint.resolve.draft import Draft, identifier
from archlint.resolve.names import key

# So many steps that agree are no accident; where a few of them differ, one of the tables was changed.
_LEAST = 5
_AGREEING = 0.75


class Written(NamedTuple):
    """A table as one file writes it: by the names of two columns, each step with its value and its place."""

    path: str
    name: str
    columns: tuple[str, str]
    steps: dict[str, tuple[Constant, Span, str]]


def tables(files: Mapping[str, FileFacts]) -> Iterator[tuple[str, Span, str, str, Draft]]:
    """Path, place, name, text and draft of each row of tables that have a twin in another file."""
    found = [item for path, facts in sorted(files.items()) for item in _written(path, facts)]
    taken: set[tuple[str, str]] = set()
    for number, table in enumerate(found):
        if (table.path, table.name) in taken:
            continue
        twins = [other for other in found[number + 1 :] if other.path != table.path and _alike(table, other)]
        if not twins:
            continue
        word = key(table.name)
        for twin in (table, *twins):
            if (twin.path, twin.name) in taken:
                continue
            taken.add((twin.path, twin.name))
            for step, (value, span, text) in twin.steps.items():
                yield twin.path, span, twin.name, text, _row(word, step, value, twin)


def _written(path: str, facts: FileFacts) -> Iterator[Written]:
    for statement in facts.statements:
        if (
            statement.kind != "table"
            or not isinstance(statement.subject, Ref)
            or not isinstance(statement.value, Items)
        ):
            continue
        rows = [item for item in statement.value.items if isinstance(item, Fields)]
        if len(rows) != len(statement.related):
            continue
        columns: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            for name, value in row.entries:
                if isinstance(value, Number):
                    columns[name].append(value.value)
        whole = [name for name, values in columns.items() if len(values) == len(rows)]
        for first in whole:
            if not _steps(columns[first]):
                continue
            for second in whole:
                if second != first and len(set(columns[second])) >= _LEAST - 1:
                    steps = {}
                    for row, place, step in zip(rows, statement.related, columns[first], strict=True):
                        held = row.get(second)
                        constant = algebra.constant(held) if isinstance(held, Number) else None
                        if constant is not None:
                            steps[step] = (constant, place, f"{first}: {step}, {second}: {constant.value}")
                    yield Written(path, identifier(statement.subject.name), (first, second), steps)


def _steps(values: list[str]) -> bool:
    """Whether numbers go up (or down) from row to row, so that they tell the rows apart."""
    numbers = [float(value) for value in values]
    return len(set(numbers)) == len(numbers) and numbers in (sorted(numbers), sorted(numbers, reverse=True))


def _alike(one: Written, other: Written) -> bool:
    shared = one.steps.keys() & other.steps.keys()
    if len(shared) < _LEAST:
        return False
    equal = [step for step in shared if one.steps[step][0] == other.steps[step][0]]
    varied = {one.steps[step][0].value for step in equal}
    return len(equal) >= _AGREEING * len(shared) and len(varied) >= _LEAST - 1


def _row(word: str, step: str, value: Constant, table: Written) -> Draft:
    return Draft(
        kind=Kind.CONSTANT,
        subject=Subject("~", f"{word}.{step.replace('.', '_')}"),
        predicate=Predicate(value),
        confidence=0.9,
        evidence=("table",),
        place=(f"{table.path}|{table.name}@0", (step,)),
        value=Number(value.value),
    )
