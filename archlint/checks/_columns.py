"""What checks ask about tables and columns: what is known, who writes it, and what fills it by itself."""

from archlint.checks._vocabulary import words
from archlint.model.graph import Graph, WritePath
from archlint.model.rule import Kind, Subject
from archlint.model.schema import Column, Table
from archlint.model.source import Layer

WRITING = frozenset({"insert", "update", "upsert"})


def column_of(graph: Graph, entity: str, field: str) -> Column | None:
    """The column of a subject, where its table is known."""
    table = graph.schema.tables.get(entity)
    return table.column(field) if table else None


_PLATFORM = words("platform_schemas")


def of_platform(entity: str) -> bool:
    """Whether a platform keeps the table, in a schema of its own."""
    return "." in entity and entity.partition(".")[0] in _PLATFORM


def known_table(graph: Graph, entity: str) -> Table | None:
    """The table, if its declaration was read, so that what it lacks is really missing.

    None for what a platform keeps: a stand-in for tests declares it at most in part.
    """
    if of_platform(entity):
        return None
    table = graph.schema.tables.get(entity)
    return table if table is not None and table.known and not table.view and table.columns else None


def client_writes(graph: Graph, entity: str) -> list[WritePath]:
    """The write paths of a table that a client can trigger."""
    return [path for path in graph.writes if path.entity == entity and path.reachable and path.operation in WRITING]


def filled(graph: Graph, entity: str, column: Column) -> bool:
    """Whether the database gives the column a value where a write leaves it out."""
    return (
        column.default is not None
        or column.generated is not None
        or column.identity
        or "serial" in column.type
        or assigned(graph, entity, column.name)
    )


def perhaps_filled(graph: Graph, entity: str) -> bool:
    """Whether a trigger runs before a row is inserted, whose body may assign what was not understood."""
    return any(
        trigger.table == entity and trigger.timing == "before" and "insert" in trigger.events
        for trigger in graph.schema.triggers
    )


def assigned(graph: Graph, entity: str, field: str) -> bool:
    """Whether a live trigger computes the column before a row is inserted."""
    triggers = [
        trigger
        for trigger in graph.schema.triggers
        if trigger.table == entity and trigger.timing == "before" and "insert" in trigger.events
    ]
    if not triggers:
        return False
    return any(
        site.layer is Layer.TRIGGER
        for rule in graph.rules
        if rule.subject == Subject(entity, field) and rule.kind in (Kind.FORMULA, Kind.DEFAULT, Kind.CLASSIFICATION)
        for site in rule.sites
    )
