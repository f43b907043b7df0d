"""Functions that bring a value into a range: what lies outside of it is replaced, not refused."""

import re

from tree_sitter import Node

from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import FUNCTIONS, field, parts, unwrapped
from archlint.model.expression import Expression, Number, Operation, Ref
from archlint.terms.neutral import negated, within
from archlint.terms.scope import Scope

_ORDERS = frozenset({"<", "<=", ">", ">="})
_SETTING = re.compile(r"[A-Z][A-Z0-9_]*$")

Tested = tuple[tuple[Node, Expression], ...]


def normalised(reader: Reader, node: Node, chosen: Node, tested: Tested, scope: Scope) -> None:
    """`if (n < 2 || n > 99) return DEFAULT; … return n;` and `if (n >= 2 && n <= 99) limit = n;`."""
    statements = parts(chosen) if chosen.type == "statement_block" else [chosen]
    if len(statements) != 1:
        return
    only = statements[0]
    if only.type == "return_statement":
        given = parts(only)
        name = _returned(node)
        if given and name and _fixed(reader, unwrapped(given[0])):
            for part, condition in tested:
                _state(reader, part, condition, name, False, scope)
    elif only.type == "expression_statement":
        inner = unwrapped(parts(only)[0]) if parts(only) else only
        left, right = field(inner, "left"), field(inner, "right")
        named = left is not None and right is not None and left.type == right.type == "identifier"
        if inner.type == "assignment_expression" and named and right is not None and len(tested) == 1:
            _state(reader, tested[0][0], tested[0][1], reader.source.text(right), True, scope)


def _returned(node: Node) -> str:
    """The name that the function around gives back in the end, as it is or through another function."""
    outer: Node | None = node.parent
    if outer is None or outer.type != "statement_block" or outer.parent is None or outer.parent.type not in FUNCTIONS:
        return ""
    last = parts(outer)[-1]
    given = parts(last) if last.type == "return_statement" else []
    inner = unwrapped(given[0]) if given else None
    if inner is not None and inner.type == "call_expression":
        listed = field(inner, "arguments")
        arguments = parts(listed) if listed is not None else []
        inner = unwrapped(arguments[0]) if len(arguments) == 1 else None
    text = inner.text if inner is not None and inner.type == "identifier" else None
    return text.decode() if text is not None else ""


def _fixed(reader: Reader, node: Node) -> bool:
    """A number, or a name that is written like a setting."""
    return node.type == "number" or (node.type == "identifier" and bool(_SETTING.match(reader.source.text(node))))


def _state(reader: Reader, node: Node, condition: Expression, name: str, wanted: bool, scope: Scope) -> None:
    place = Ref(scope.lookup(name) or "")
    if not place.name or not _about(condition, place):
        return
    reader.sheet.state(
        "clamp", node, scope, subject=place, condition=condition if wanted else negated(condition),
        effect="clamp", strength="soft",
    )  # fmt: skip


def _about(condition: Expression, place: Ref) -> bool:
    """Whether a condition holds one value against numbers, and asks of nothing else."""
    names = [item for item in within(condition) if isinstance(item, Ref)]
    if any(item != place and not _SETTING.match(item.name.split("@", 1)[0]) for item in names) or place not in names:
        return False
    return any(
        isinstance(item, Operation) and item.operator in _ORDERS and place in item.operands
        and any(isinstance(side, Number) or (isinstance(side, Ref) and side != place) for side in item.operands)
        for item in within(condition)
    )  # fmt: skip
