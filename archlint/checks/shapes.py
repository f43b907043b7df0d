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
_DOUBTFUL = 0.6


def mismatch(graph: Graph) -> Iterator[Found]:
    """AL210, one finding per column."""
    unknown: dict[tuple[str, str], list[WritePath]] = defaultdict(list)
    omitted: dict[tuple[str, str], list[WritePath]] = defaultdict(list)
    for path in graph.writes:
        table = known_table(graph, path.entity)
        if table is None or not path.complete or path.operation not in _WRITING or _historic(path):
            continue
        for name in _unknown(table, path):
            unknown[table.name, name].append(path)
        if path.operation == "insert":
            for column in _omitted(graph, table, path):
                omitted[table.name, column.name].append(path)
    for (entity, name), paths in sorted(unknown.items()):
        yield _no_such_column(graph.schema.tables[entity], name, paths)
    for (entity, name), paths in sorted(omitted.items()):
        yield _left_out(graph, graph.schema.tables[entity], name, paths)


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


def _no_such_column(table: Table, name: str, paths: list[WritePath]) -> Found:
    near = difflib.get_close_matches(name, [column.name for column in table.columns], 1, 0.6)
    meant = f"; did you mean {near[0]}?" if near else ""
    first = paths[0]
    return Found(
        message=f"{table.name} has no column {name}, which {_who(paths)} writes{meant}",
        places=(*(writing(path) for path in paths), *_declaration(table, near[0] if near else "")),
        subject=f"{table.name}.{name}",
        kind=Kind.PRESENCE,
        mark=("unknown",),
        confidence=max(_sure(path, name) for path in paths),
        witness_words=f"the {first.operation} at {at(first.path, first.span.line)} fails every time it runs",
        fix=f"Name a column that {table.name} has, or add {name} in a migration.",
    )


def _sure(path: WritePath, name: str) -> float:
    written = path.text.lower().replace("_", "")
    return 0.95 if name.lower().replace("_", "") in written else _FOLLOWED


def _left_out(graph: Graph, table: Table, name: str, paths: list[WritePath]) -> Found:
    column = table.column(name)
    place = _declaration(table, name)
    first = paths[0]
    doubt = perhaps_filled(graph, table.name)
    return Found(
        message=f"{table.name}.{name} must have a value and has no default, and {_who(paths)} leaves it out",
        places=(*(writing(path) for path in paths), *place),
        subject=f"{table.name}.{name}",
        kind=Kind.PRESENCE,
        mark=("omitted", column.type if column else ""),
        confidence=_DOUBTFUL if doubt else 0.9,
        witness="null",
        witness_words=(
            f"the insert at {at(first.path, first.span.line)} gives no {name} and fails on NOT NULL"
            + (f" ({at(place[0].path, place[0].span.line)})" if place else "")
        ),
        fix=f"Write {name} as well, or give the column a default.",
    )


def _who(paths: list[WritePath]) -> str:
    return listed(dict.fromkeys(short(path.path) for path in paths))


def _declaration(table: Table, name: str) -> tuple[Place, ...]:
    """The column's own declaration, or the table's."""
    column = table.column(name) if name else None
    if column is not None and column.path:
        return (Place(column.path, column.span, Layer.DATABASE, "states", f"{column.name} {column.type}"),)
    if table.path and table.span is not None:
        return (Place(table.path, table.span, Layer.DATABASE, "states", f"table {table.name}"),)
    return ()
