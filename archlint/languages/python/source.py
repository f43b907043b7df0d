"""Parses a file: tree-sitter the whole of it, libcst the definitions that are read; knows where each node stands."""

import bisect
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

import libcst as cst
import tree_sitter_python
from tree_sitter import Language, Node, Parser

from archlint.languages.python.measuring import offsets
from archlint.model.source import Problem, Span

_SHOWN = 160
# A method stands deeper than its file; under a condition that always holds it keeps its lines and columns.
_OPENING = "if 1:\n"
# The parser of libcst recurses in C, where nothing can be caught.
_DEEPEST = 90
_MOST_LEVELS = 1000
# Below this many characters no chain of calls is long enough to matter.
_LONG = 4000
# Statements that have clauses of their own, and those that may have.
_BRANCHED = frozenset({"try_statement", "decorated_definition", "ERROR"})
_BRANCHING = frozenset({"if_statement", "for_statement", "while_statement"})
_FOREIGN = frozenset({"ERROR", "print_statement", "exec_statement"})
_BYTES = re.compile(rb"\bdef[ ]+(\w+)\([^()]*\)\s*->\s*bytes\b")
_NEWLINES = re.compile(r"\r\n?|\n")
_BRACKETS = re.compile(r"[()\[\]{}]")


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_python.language()))


class Cut:
    """A text cut from a file, and where its characters stand there; pieces of it may have been left out."""

    def __init__(self, text: str, line: int, column: int, gaps: Sequence[tuple[int, int]]) -> None:
        self.text = text
        self._line = line
        # How many characters stand before the text in its first line.
        self._column = column
        # Behind which characters something was left out, and how many lines.
        self._gaps = gaps
        self._starts: list[int] = []

    def place(self, offset: int) -> tuple[int, int]:
        """The line and column of a character."""
        starts = self._rows()
        row = bisect.bisect_right(starts, offset) - 1
        line = self._line + row
        for behind, lines in self._gaps:
            if offset <= behind:
                break
            line += lines
        return line, offset - starts[row] + 1 + (self._column if row == 0 else 0)

    def row(self, number: int) -> int:
        """The line of a row of the text, counted from one."""
        starts = self._rows()
        return self.place(starts[min(number, len(starts)) - 1])[0]

    def _rows(self) -> list[int]:
        if not self._starts:
            self._starts = [0, *(found.end() for found in _NEWLINES.finditer(self.text))]
        return self._starts


class Slice:
    """A run of whole lines that libcst has parsed."""

    def __init__(self, cut: Cut, module: cst.Module, nested: bool) -> None:
        self.text = cut.text
        self.module = module
        # Whether a condition was put around it.
        self.nested = nested
        self._cut = cut
        self._offsets: dict[int, tuple[int, int]] | None = None

    def offsets(self, node: cst.CSTNode) -> tuple[int, int]:
        """Where a node begins and ends in the text."""
        if self._offsets is None:
            self._offsets = offsets(self.module)
        return self._offsets.get(id(node), (0, 0))

    def span(self, node: cst.CSTNode) -> Span:
        """The place of a node in its file."""
        start, end = self.offsets(node)
        return Span(*self._cut.place(start), *self._cut.place(end))


class Source:
    """The bytes of one file, its tree, and the slice of it that is being read."""

    def __init__(self, path: str, content: bytes) -> None:
        self.path = path
        self.content = content
        self.lines = content.count(b"\n") + (0 if content.endswith(b"\n") or not content else 1)
        self._plain = content.isascii()
        self.root = _parser().parse(content).root_node
        self.problems: list[Problem] = []
        # The functions of the file that are declared to give back bytes.
        self.bytes_makers = {found.decode("utf-8", "replace") for found in _BYTES.findall(content)}
        self.seen = 0
        self._slice: Slice | None = None
        # The function that is being read, whole.
        self.around = b""

    # What tree-sitter sees -------------------------------------------------------------------------------

    def raw(self, node: Node) -> str:
        """What a node of the tree spans."""
        return self.content[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def read(self, node: Node, without: Sequence[Node] = (), named: bool = False) -> Slice | None:
        """A definition or statement as libcst reads it; None where it cannot be read.

        Some of its parts may be left out; where they are `named`, a name stands for each of them.
        """
        start = self.content.rfind(b"\n", 0, node.start_byte) + 1
        column = len(self.content[start : node.start_byte].decode("utf-8", "replace"))
        nested = column > 0 and _several(node) and not self.content[start : node.start_byte].strip(b" \t")
        cut = self._cut(node, start if nested else node.start_byte, without, named, nested, 0 if nested else column)
        text, line = cut.text, node.start_point[0] + 1
        if _depth(text) > _DEEPEST or (len(text) > _LONG and _levels(node) > _MOST_LEVELS):
            self.problem(line, "a piece of code is nested too deeply")
            return None
        try:
            module = cst.parse_module(text)
        except cst.ParserSyntaxError as error:
            # Where the parser gave up lies behind what it stumbled over.
            place = next(troubles(node, 1, deep=True), None)
            self.problem(
                place if place is not None else cut.row(error.raw_line), "a piece of code is not read (syntax error)"
            )
            return None
        except (RecursionError, ValueError, cst.CSTValidationError):
            self.problem(line, "a piece of code is not read")
            return None
        self.seen += len(text) - len(_OPENING) * nested
        return Slice(cut, module, nested)

    def _cut(self, node: Node, start: int, without: Sequence[Node], named: bool, nested: bool, column: int) -> Cut:
        """The text of a node without some of its parts; one that is `nested` stands below a condition."""
        pieces, gaps = [_OPENING] if nested else [], []
        length, position = len(_OPENING) * nested, start
        for part in without:
            piece = self.content[position : part.start_byte].decode("utf-8", "replace")
            pieces.append(piece + (part_name(part) if named else "pass"))
            length += len(pieces[-1])
            gaps.append((length, part.end_point[0] - part.start_point[0]))
            position = part.end_byte
        pieces.append(self.content[position : node.end_byte].decode("utf-8", "replace") + "\n")
        return Cut("".join(pieces), node.start_point[0] + 1 - nested, column, gaps)

    def problem(self, line: int, reason: str) -> None:
        """Remembers a piece of code that is not read, once for each line."""
        found = Problem(self.path, line, reason)
        if found not in self.problems:
            self.problems.append(found)

    @contextmanager
    def within(self, piece: Slice) -> Iterator[None]:
        """While a slice is being read, its nodes are the ones asked about."""
        outer, self._slice = self._slice, piece
        try:
            yield
        finally:
            self._slice = outer

    # What libcst sees ------------------------------------------------------------------------------------

    def span(self, node: cst.CSTNode | Node, last: cst.CSTNode | None = None) -> Span:
        """The place of a node, or from one node to the end of another."""
        if isinstance(node, Node):
            return self._placed(node)
        if self._slice is None:
            return Span(1, 1, 1, 1)
        first, end = self._slice.span(node), self._slice.span(last if last is not None else node)
        return Span(first.line, first.column, end.end_line, end.end_column)

    def text(self, node: cst.CSTNode) -> str:
        """What a node spans."""
        if self._slice is None:
            return ""
        start, end = self._slice.offsets(node)
        return self._slice.text[start:end]

    def keyed(self, name: str) -> bool:
        """Whether members of this name are read by their keys somewhere around: `data["days"]`, `data.get("days")`."""
        read = rf"\b{re.escape(name)}(?:\[[furb]*[\"']|\.get\([\"'])"
        text = self._slice.text if self._slice is not None and not self.around else ""
        return re.search(read, text) is not None or re.search(read.encode(), self.around) is not None

    def snippet(self, node: cst.CSTNode | Node, last: cst.CSTNode | None = None) -> str:
        """The same with its white space collapsed, cut to what is shown of it."""
        if isinstance(node, Node):
            raw = self.content[node.start_byte : min(node.end_byte, node.start_byte + 4 * _SHOWN)]
            return _shown(raw.decode("utf-8", "replace"))
        if self._slice is None:
            return ""
        start, end = self._slice.offsets(node)[0], self._slice.offsets(last if last is not None else node)[1]
        return _shown(self._slice.text[start : min(end, start + 4 * _SHOWN)])

    def _placed(self, node: Node) -> Span:
        (row, column), (end_row, end_column) = node.start_point, node.end_point
        if not self._plain:
            column = self._characters(node.start_byte, column)
            end_column = self._characters(node.end_byte, end_column)
        return Span(row + 1, column + 1, end_row + 1, end_column + 1)

    def _characters(self, end: int, column: int) -> int:
        """How many characters the bytes before a place in its line are."""
        return len(self.content[end - column : end].decode("utf-8", "replace"))


def part_name(node: Node) -> str:
    """The name that stands for a part that is left out."""
    return f"_part_{node.start_byte}_"


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def statements(piece: Slice) -> tuple[cst.BaseStatement, ...]:
    """The statements of a slice, without what was put around them."""
    body = tuple(piece.module.body)
    if piece.nested and len(body) == 1 and isinstance(body[0], cst.If):
        inner = body[0].body
        return tuple(item for item in inner.body if isinstance(item, cst.BaseStatement))
    return body


def _several(node: Node) -> bool:
    """Whether a statement has more than one line that stands as deep as it does."""
    return node.type in _BRANCHED or (node.type in _BRANCHING and node.child_by_field_name("alternative") is not None)


def troubles(root: Node, most: int, deep: bool = False) -> Iterator[int]:
    """The lines of the first places that the grammar could not read, or that belong to another Python."""
    stack = [root]
    while stack and most:
        item = stack.pop()
        if item.type in _FOREIGN or item.is_missing:
            most -= 1
            yield item.start_point[0] + 1
        elif item.has_error or deep:
            stack.extend(reversed(item.children))


def _levels(node: Node) -> int:
    """How deep a tree is."""
    cursor = node.walk()
    deepest = depth = 0
    while True:
        if cursor.goto_first_child():
            depth += 1
            deepest = max(deepest, depth)
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return deepest
            depth -= 1


def _depth(text: str) -> int:
    """How deep brackets are nested, at most."""
    if len(text) < _DEEPEST:
        return 0
    deepest = depth = 0
    for found in _BRACKETS.finditer(text):
        depth += 1 if found.group() in "([{" else -1
        deepest = max(deepest, depth)
    return deepest
