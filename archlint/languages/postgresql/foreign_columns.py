"""What columns of other databases say in words that PostgreSQL has not: lists of words, numbers without a sign."""

import msgspec

from archlint.languages.postgresql.dialects import Foreign
from archlint.languages.postgresql.node import Node
from archlint.languages.postgresql.sheet import Sheet
from archlint.languages.postgresql.words import literal
from archlint.model.expression import Boolean, Expression, Items, Number, Operation, Ref, Text
from archlint.model.schema import Column

_NUMBERS = frozenset({"smallint", "integer", "bigint", "numeric", "decimal", "double precision", "real"})


def kinds_of(sheet: Sheet, foreign: Foreign, node: Node, subject: Ref) -> list[int]:
    """`ENUM('a', 'b')` takes only these words; UNSIGNED is never negative."""
    found = []
    symbol = f"{subject.name.removeprefix('table:')}.{subject.path[0]}"
    for start, end in foreign.notes.choices:
        if node.start <= start < node.end:
            words = Items(
                tuple(Text(literal(sheet.text(item))) for item in node.walk("string_literal") if item.end <= end)
            )
            condition = Operation("in", (subject, words))
            found.append(sheet.state("require", (start, end), condition=condition, source="type", symbol=symbol))
    for (first, last), place in foreign.notes.natural:
        if first <= node.start < last:
            condition = Operation(">=", (subject, Number("0")))
            found.append(sheet.state("require", place, condition=condition, source="type", symbol=symbol))
    return found


def default_of(value: Expression, kind: str) -> Expression:
    """`DEFAULT '0'` of a number is a number."""
    if isinstance(value, (Text, Number)) and kind == "boolean" and value.value in ("0", "1"):
        return Boolean(value.value == "1")
    if isinstance(value, Text) and kind in _NUMBERS and value.value.replace(".", "", 1).lstrip("-").isdigit():
        return Number(value.value)
    return value


def again(sheet: Sheet, table: str, node: Node, column: Column) -> None:
    """A column that is declared once more has only what is said now."""
    name = column.name
    sheet.change("set type", node, table=table, name=name, columns=(column,), statements=column.statements)
    bare = msgspec.structs.replace(column, statements=())
    sheet.change("set required" if column.required else "drop required", node, table=table, name=name)
    if column.default is None:
        sheet.change("drop default", node, table=table, name=name)
    else:
        sheet.change("set default", node, table=table, name=name, columns=(bare,))
