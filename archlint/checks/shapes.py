"""AL210: a write names a column that its table does not have, or leaves out one that it must have."""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterator

from archlint.checks._columns import filled, known_table, perhaps_filled
from archlint.checks._common import writing
from archlint.checks._found import Found
from archlint.checks._words import at, listed, short
from archlint.model.expression import Fields, Items
from archlint.model.finding import Place
from archlint.model.graph import Graph, WritePath
from archlint.model.rule import Kind
from archlint.model.schema import Column, Table
from archlint.model.source import Layer

_WRITING = frozenset({"insert", "update", "upsert"})
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# A key that was followed through a schema is less sure than one that stands in the write.
_FOLLOWED = 0.75
_SURE = 0.95
_DOUBTFUL = 0.6


def mismatch(graph: Graph) -> Iterator[Found]:
    """AL210, one finding per table for what it does not have, and one for what it misses."""
    unknown: dict[str, dict[str, list[WritePath]]] = defaultdict(lambda: defaultdict(list))
    omitted: dict[str, dict[str, list[WritePath]]] = defaultdict(lambda: defaultdict(list))
    for path in graph.writes:
        table = known_table(graph, path.entity)
        if table is None or not path.complete or path.operation not in _WRITING or _historic(path):
            continue
        for name in _unknown(table, path):
            unknown[table.name][name].append(path)
        if path.operation == "insert":
            for column in _omitted(graph, table, path):
                omitted[table.name][column.name].append(path)
    for entity in sorted(unknown):
        # What stands in a write is sure; what was followed there is told apart, so that it takes nothing from the rest.
        for sure in (True, False):
            columns = {
                name: paths
                for name, paths in sorted(unknown[entity].items())
                if any(_stands(path, name) for path in paths) == sure
            }
            if columns:
                yield _no_such_column(graph.schema.tables[entity], columns, sure)
    for entity in sorted(omitted):
        yield _left_out(graph, graph.schema.tables[entity], dict(sorted(omitted[entity].items())))


def _historic(path: WritePath) -> bool:
    """A statement of a migration met the schema of its day, not today's."""
    return path.layer is Layer.DATABASE


def _unknown(table: Table, path: WritePath) -> list[str]:
    values = dict(path.sources)
    return [
        name
        for name, _ in path.columns
        # An object under an unknown name is a relation to another table, which some libraries write along.
        if _NAME.fullmatch(name) and table.column(name) is None and not isinstance(values.get(name), (Fields, Items))
    ]


def _omitted(graph: Graph, table: Table, path: WritePath) -> list[Column]:
    names = {name for name, _ in path.columns}
    if not names:
        return []
    return [
        column
        for column in table.columns
        if column.required and column.name not in names and not filled(graph, table.name, column)
    ]


def _stands(path: WritePath, name: str) -> bool:
    """Whether the text of the write itself names the column, as far as the text was kept."""
    return path.text.endswith("…") or name.lower().replace("_", "") in path.text.lower().replace("_", "")


def _no_such_column(table: Table, columns: dict[str, list[WritePath]], sure: bool) -> Found:
    paths = _all(columns)
    first = paths[0]
    return Found(
        message=(
            f"{table.name} has no column{'s' * (len(columns) > 1)} {listed(columns)}, which {_who(paths)} "
            f"{'writes' if _one(paths) else 'write'}{_meant(table, columns)}"
        ),
        places=(*(writing(path) for path in paths), *_declaration(table, _near(table, next(iter(columns))))),
        subject=_subject(table, columns),
        kind=Kind.PRESENCE,
        mark=("unknown", *columns),
        confidence=_SURE if sure else _FOLLOWED,
        witness_words=f"the {first.operation} at {at(first.path, first.span.line)} fails every time it runs",
        fix=f"Name columns that {table.name} has, or add {listed(columns)} in a migration.",
    )


def _all(columns: dict[str, list[WritePath]]) -> list[WritePath]:
    """The writes of all columns, each once, in the order of their places."""
    found = {path.id: path for paths in columns.values() for path in paths}
    return sorted(found.values(), key=lambda path: (path.path, path.span))


def _subject(table: Table, columns: dict[str, list[WritePath]]) -> str:
    return f"{table.name}.{next(iter(columns))}" if len(columns) == 1 else table.name


def _near(table: Table, name: str) -> str:
    return next(iter(difflib.get_close_matches(name, [column.name for column in table.columns], 1, 0.6)), "")


def _meant(table: Table, columns: dict[str, list[WritePath]]) -> str:
    near = _near(table, next(iter(columns))) if len(columns) == 1 else ""
    return f"; did you mean {near}?" if near else ""


def _left_out(graph: Graph, table: Table, columns: dict[str, list[WritePath]]) -> Found:
    paths = _all(columns)
    declared = tuple(place for name in columns for place in _declaration(table, name))
    first = paths[0]
    have = "must have a value and has no default" if len(columns) == 1 else "must have values and have no default"
    return Found(
        message=(
            f"{table.name}: {listed(columns)} {have}, and {_who(paths)} "
            f"{'leaves' if _one(paths) else 'leave'} {'it' if len(columns) == 1 else 'them'} out"
        ),
        places=(*(writing(path) for path in paths), *declared),
        subject=_subject(table, columns),
        kind=Kind.PRESENCE,
        mark=("omitted", *columns),
        confidence=_DOUBTFUL if perhaps_filled(graph, table.name) else 0.9,
        witness="null",
        witness_words=(
            f"the insert at {at(first.path, first.span.line)} fails on NOT NULL"
            + (f" ({at(declared[0].path, declared[0].span.line)})" if declared else "")
        ),
        fix=f"Write {listed(columns)} as well, or give defaults.",
    )


def _who(paths: list[WritePath]) -> str:
    return listed(dict.fromkeys(short(path.path) for path in paths))


def _one(paths: list[WritePath]) -> bool:
    return len({short(path.path) for path in paths}) == 1


def _declaration(table: Table, name: str) -> tuple[Place, ...]:
    """The column's own declaration, or the table's."""
    column = table.column(name) if name else None
    if column is not None and column.path:
        return (Place(column.path, column.span, Layer.DATABASE, "states", f"{column.name} {column.type}"),)
    if table.path and table.span is not None:
        return (Place(table.path, table.span, Layer.DATABASE, "states", f"table {table.name}"),)
    return ()
