"""Lists of requirements that a screen ticks off: `{ label: '8+ characters', met: password.length >= 8 }`."""

from tree_sitter import Node

from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import field, parts
from archlint.model.expression import Expression, Fields, Operation, Text
from archlint.terms.idioms import words
from archlint.terms.neutral import COMPARISONS
from archlint.terms.scope import Scope

_TESTS = COMPARISONS | {"matches", "in"}
_LEAST = 2


def state(reader: Reader, nodes: list[Node], items: list[Expression], scope: Scope) -> None:
    """States each requirement of a list where all of its objects have a text and a test under a word for `met`."""
    if len(items) < _LEAST or not all(isinstance(item, Fields) and not item.spreads for item in items):
        return
    rows = [item for item in items if isinstance(item, Fields)]
    key = next((key for key, _ in rows[0].entries if key in words("ui", "met")), "")
    if not key or not all(_ticked(row, key) for row in rows):
        return
    for node, row in zip(nodes, rows, strict=True):
        place = _value(reader, node, key)
        if place is not None:
            reader.sheet.state("require", place, scope, condition=row.get(key), effect="hint", strength="soft")


def _ticked(row: Fields, key: str) -> bool:
    test = row.get(key)
    told = any(isinstance(value, Text) for name, value in row.entries if name != key)
    return told and isinstance(test, Operation) and test.operator in _TESTS


def _value(reader: Reader, node: Node, key: str) -> Node | None:
    for pair in parts(node):
        name = field(pair, "key")
        if name is not None and reader.source.text(name).strip("'\"") == key:
            return field(pair, "value")
    return None
