"""Parses a file, and answers small questions about its syntax tree."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from archlint import trees
from archlint.model.source import Span

_SHOWN = 160
_AMPERSAND = re.compile(rb"(?<!&)&(?!&|=|#?\w+;)")
_WRAPPERS = frozenset(
    {
        "parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression", "type_assertion",
        "await_expression",
    }
)  # fmt: skip
FUNCTIONS = frozenset(
    {
        "arrow_function", "function_expression", "function_declaration", "generator_function",
        "generator_function_declaration", "method_definition", "function",
    }
)  # fmt: skip


@cache
def _parser(grammar: str) -> Parser:
    if grammar == "javascript":
        return Parser(Language(tree_sitter_javascript.language()))
    if grammar == "tsx":
        return Parser(Language(tree_sitter_typescript.language_tsx()))
    return Parser(Language(tree_sitter_typescript.language_typescript()))


def _without_ampersands(content: bytes, grammar: str) -> bytes:
    """The content with another sign for each `&` between tags and in attributes: text, but not to the grammar.

    `Terms & Conditions` is told from `flags & mask` by how the rest reads once all of them are gone.
    """
    found = [match.start() for match in _AMPERSAND.finditer(content)]
    if not found:
        return content
    root = _parser(grammar).parse(_masked(content, found)).root_node
    nodes = [root.descendant_for_byte_range(place, place + 1) for place in found]
    texts = [place for place, node in zip(found, nodes, strict=True) if node is not None and _is_text(node)]
    return _masked(content, texts)


def _is_text(node: Node) -> bool:
    """Whether a node is text between tags or the text of an attribute."""
    if node.type == "jsx_text":
        return True
    while node.parent is not None and node.type in ("string_fragment", "string"):
        node = node.parent
    return node.type == "jsx_attribute"


def _masked(content: bytes, places: Iterable[int]) -> bytes:
    masked = bytearray(content)
    for place in places:
        masked[place : place + 1] = b"+"
    return bytes(masked)


class Source:
    """The bytes of one file and its tree; columns count characters."""

    def __init__(self, path: str, content: bytes, grammar: str = "") -> None:
        self.path = path
        self.content = content
        self.lines = content.count(b"\n") + (0 if content.endswith(b"\n") or not content else 1)
        self._plain = content.isascii()
        self._starts: list[int] | None = None
        self.root = self._parse(grammar or _grammar(path))

    def _parse(self, grammar: str) -> Node:
        root = _parser(grammar).parse(self.content).root_node
        if not root.has_error or grammar == "typescript":
            return root
        content = _without_ampersands(self.content, grammar)
        if content != self.content:
            root = _parser(grammar).parse(content).root_node
        if root.has_error and grammar == "javascript":
            # Flow types and decorators of JavaScript files read better as TypeScript.
            other = _parser("tsx").parse(content).root_node
            if not other.has_error:
                return other
        return root

    def text(self, node: Node) -> str:
        """What a node spans."""
        return self.content[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def snippet(self, node: Node) -> str:
        """The same with its white space collapsed, cut to what is shown of it."""
        raw = self.content[node.start_byte : min(node.end_byte, node.start_byte + 4 * _SHOWN)]
        text = " ".join(raw.decode("utf-8", "replace").split())
        return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"

    def excerpt(self, span: Span) -> str:
        """What stands at a place, as `snippet` shows it."""
        lines = self.content.decode("utf-8", "replace").split("\n")[span.line - 1 : span.end_line]
        if lines:
            lines[-1] = lines[-1][: span.end_column - 1]
            lines[0] = lines[0][span.column - 1 :]
        text = " ".join(" ".join(lines).split())
        return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"

    def span(self, node: Node, last: Node | None = None) -> Span:
        """The place of a node, or from one node to the end of another."""
        row, column = node.start_point
        end_row, end_column = (last or node).end_point
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


def _grammar(path: str) -> str:
    suffix = path.rsplit(".", 1)[-1].lower()
    return "tsx" if suffix == "tsx" else "typescript" if suffix in ("ts", "mts", "cts") else "javascript"


def unwrapped(node: Node) -> Node:
    """The expression inside parentheses, type assertions and awaits."""
    while node.type in _WRAPPERS:
        inner = next((child for child in node.named_children if child.type != "comment"), None)
        if node.type == "type_assertion":
            inner = node.named_children[-1] if node.named_children else None
        if inner is None:
            return node
        node = inner
    return node


# The child of a field; asked so often that a function around it would be felt.
field: Callable[[Node, str], Node | None] = Node.child_by_field_name


def parts(node: Node) -> list[Node]:
    """The named children without comments."""
    return [child for child in node.named_children if child.type != "comment"]


def descendants(node: Node, kinds: frozenset[str], into: frozenset[str] = FUNCTIONS) -> Iterator[Node]:
    """The nodes of some kinds below a node in order, not looking into nested functions."""
    return trees.descendants(node, kinds, into)
