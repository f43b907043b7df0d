"""Parses a file, and answers small questions about its syntax tree."""

import re
from collections.abc import Callable, Iterator
from functools import cache

import tree_sitter_dart_orchard
from tree_sitter import Language, Node, Parser

from archlint import trees
from archlint.languages.dart.precedence import Spot, first, last
from archlint.model.source import Span
from archlint.trees import errors

_SHOWN = 160
_MOST = 50
_CALLED_TWICE = re.compile(rb"(?<=\))\(([^()'\",;{}]*)\)")
_ASSERTED_CALL = re.compile(rb"(?<=[\w\])])!(?=\()")
_COMMENTS = frozenset({"comment", "documentation_comment"})
_WRAPPERS = frozenset({"parenthesized_expression", "null_assertion_expression", "argument", "await_expression"})
FUNCTIONS = frozenset({"function_expression"})
# What is called: `f(x)`, `new Foo(x)`, `const Foo(x)`, `Foo<int>.named(x)`.
CALLS = frozenset({"method_invocation", "new_expression", "const_object_expression", "constructor_invocation"})
SELECTORS = frozenset({"unconditional_assignable_selector", "conditional_assignable_selector"})


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_dart_orchard.language()))


class Source:
    """The bytes of one file and its tree; columns count characters."""

    def __init__(self, path: str, content: bytes) -> None:
        self.path = path
        self.content = content
        self.lines = content.count(b"\n") + (0 if content.endswith(b"\n") or not content else 1)
        self._plain = content.isascii()
        self._starts: list[int] | None = None
        self.root = self._parsed()

    def _parsed(self) -> Node:
        """The tree, with what the grammar does not know written otherwise in the same places.

        `callback!(x)` is read as `callback (x)`, `rule(a)(b)` as `rule(a)[b]`, and `column()()` as `column()`.
        """
        root = _parser().parse(self.content).root_node
        if not root.has_error:
            return root
        mended = _CALLED_TWICE.sub(_once, _ASSERTED_CALL.sub(b" ", self.content))
        if mended == self.content:
            return root
        other = _parser().parse(mended).root_node
        return other if len(list(errors(other, _MOST))) <= len(list(errors(root, _MOST))) else root

    def text(self, node: Node) -> str:
        """What a node spans."""
        return self.content[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def snippet(self, node: Spot, end: Spot | None = None) -> str:
        """The same, or all to the end of another node, with its white space collapsed, cut to what is shown of it."""
        start, stop = first(node).start_byte, last(end or node).end_byte
        raw = self.content[start : min(stop, start + 4 * _SHOWN)]
        text = " ".join(raw.decode("utf-8", "replace").split())
        return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"

    def span(self, node: Spot, end: Spot | None = None) -> Span:
        """The place of a node, or from one node to the end of another."""
        row, column = first(node).start_point
        end_row, end_column = last(end or node).end_point
        if not self._plain:
            column = self._characters(row, column)
            end_column = self._characters(end_row, end_column)
        return Span(row + 1, column + 1, end_row + 1, end_column + 1)

    def _characters(self, row: int, column: int) -> int:
        if self._starts is None:
            starts, position = [0], self.content.find(b"\n")
            while position >= 0:
                starts.append(position + 1)
                position = self.content.find(b"\n", position + 1)
            self._starts = starts
        start = self._starts[row]
        return len(self.content[start : start + column].decode("utf-8", "replace"))


# The child of a field; asked so often that a function around it would be felt.
field: Callable[[Node, str], Node | None] = Node.child_by_field_name


def _once(match: re.Match[bytes]) -> bytes:
    """The second call as an index; one that is given nothing as nothing."""
    inner = match.group(1)
    return b"[" + inner + b"]" if inner.strip() else b" " * len(match.group())


def parts(node: Node) -> list[Node]:
    """The named children without comments."""
    found = node.named_children
    return [child for child in found if child.type not in _COMMENTS] if found else found


def unwrapped(node: Node, casts: bool = True) -> Node:
    """The expression inside parentheses, an awaiting, a `!`, an argument and, unless they matter, casts."""
    while True:
        kind = node.type
        if kind in _WRAPPERS or (casts and kind == "type_cast_expression"):
            inner = next((child for child in node.named_children if child.type not in _COMMENTS), None)
        elif kind == "unary_expression":
            inner = node.named_children[0] if node.named_children else None
            if inner is None or inner.type != "await_expression":
                return node
        else:
            return node
        if inner is None:
            return node
        node = inner


def child(node: Node, *kinds: str) -> Node | None:
    """The first child of one of these kinds."""
    return next((item for item in node.named_children if item.type in kinds), None)


def descendants(node: Node, kinds: frozenset[str], into: frozenset[str] = FUNCTIONS) -> Iterator[Node]:
    """The nodes of some kinds below a node in order, not looking into nested functions."""
    return trees.descendants(node, kinds, into)
