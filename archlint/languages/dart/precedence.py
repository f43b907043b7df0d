"""Puts conditions together as the language binds them: the grammar hangs `a && b || c` from the wrong operator."""

from typing import NamedTuple

from tree_sitter import Node

# By how strongly they bind, weakest first; a choice binds weakest of all.
_LEVELS = ("??", "||", "&&")
_OPERATORS = {"if_null_expression": "??", "logical_or_expression": "||", "logical_and_expression": "&&"}
LOOSE = frozenset({*_OPERATORS, "conditional_expression"})
_TOKENS = frozenset({"logical_or_operator", "logical_and_operator", "??", "?", ":"})
_COMMENTS = frozenset({"comment", "documentation_comment"})


class Bound(NamedTuple):
    """An operation as it binds: `operator` is `??`, `||`, `&&` or `?`; what it is over are nodes or operations."""

    operator: str
    operands: tuple["Spot", ...]


# What an expression is read from.
Spot = Node | Bound


def bound(node: Node) -> Spot:
    """The operation that a node of `LOOSE` stands for; any other node is itself."""
    if node.type not in LOOSE:
        return node
    try:
        return _Reading(_flat(node)).choice()
    except _Broken:
        return node


def first(item: Spot) -> Node:
    """The node that an operation begins with."""
    return first(item.operands[0]) if isinstance(item, Bound) else item


def last(item: Spot) -> Node:
    """The node that it ends with."""
    return last(item.operands[-1]) if isinstance(item, Bound) else item


def alternatives(item: Spot) -> list[Spot]:
    """The parts of a condition of which any makes it true."""
    if isinstance(item, Node):
        inner = item
        while inner.type == "parenthesized_expression":
            kept = [child for child in inner.named_children if child.type not in _COMMENTS]
            if len(kept) != 1:
                return [item]
            inner = kept[0]
        item = bound(inner)
    if isinstance(item, Bound) and item.operator == "||":
        return [found for operand in item.operands for found in alternatives(operand)]
    return [item]


def _flat(node: Node) -> list[Node | str]:
    """Operands and operators in the order in which they are written."""
    found: list[Node | str] = []
    for child in node.children:
        if child.type in LOOSE:
            found.extend(_flat(child))
        elif child.type in _TOKENS:
            found.append(_OPERATORS.get(node.type, child.type) if child.type not in ("?", ":") else child.type)
        elif child.is_named and child.type not in _COMMENTS:
            found.append(child)
    return found


class _Broken(Exception):
    """An operand is missing, as in code that does not compile."""


class _Reading:
    """Reads operands and operators by their binding strength."""

    def __init__(self, items: list[Node | str]) -> None:
        self._items = items
        self._position = 0

    def choice(self) -> Spot:
        """`test ? chosen : other`, or less."""
        test = self._level(0)
        if self._next() != "?":
            return test
        self._position += 1
        chosen = self.choice()
        if self._next() != ":":
            raise _Broken
        self._position += 1
        return Bound("?", (test, chosen, self.choice()))

    def _level(self, level: int) -> Spot:
        if level == len(_LEVELS):
            item = self._next()
            if item is None or isinstance(item, str):
                raise _Broken
            self._position += 1
            return item
        found = [self._level(level + 1)]
        while self._next() == _LEVELS[level]:
            self._position += 1
            found.append(self._level(level + 1))
        return found[0] if len(found) == 1 else Bound(_LEVELS[level], tuple(found))

    def _next(self) -> Node | str | None:
        return self._items[self._position] if self._position < len(self._items) else None
