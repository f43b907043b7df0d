"""The bytes of one file, and where in it a piece stands."""

from bisect import bisect_right
from itertools import accumulate

from archlint.languages.postgresql.node import Node
from archlint.model.source import Span

_SHOWN = 160


class Source:
    """Bytes with line numbers; columns count characters."""

    def __init__(self, path: str, content: bytes, shown: bytes | None = None) -> None:
        self.path = path
        self.content = content
        # What was rewritten for the grammar is shown as it was written.
        self._shown = content if shown is None else shown
        self._starts = [0, *accumulate(len(line) for line in content.split(b"\n"))]
        self._starts = [start + number for number, start in enumerate(self._starts)][:-1]
        self._plain = content.isascii()

    @property
    def lines(self) -> int:
        """How many lines the file has."""
        return len(self._starts) - (1 if self.content.endswith(b"\n") else 0)

    def line(self, offset: int) -> int:
        """The line of a byte offset."""
        return bisect_right(self._starts, offset)

    def span(self, start: int, end: int) -> Span:
        """The place between two byte offsets."""
        first, last = self.line(start), self.line(end)
        return Span(first, self._column(first, start), last, self._column(last, end))

    def _column(self, line: int, offset: int) -> int:
        start = self._starts[line - 1]
        if self._plain:
            return offset - start + 1
        return len(self.content[start:offset].decode("utf-8", "replace")) + 1

    def text(self, node: Node) -> str:
        """What a node spans."""
        return self.content[node.start : node.end].decode("utf-8", "replace")

    def snippet(self, start: int, end: int) -> str:
        """A piece with its white space collapsed, cut to what is shown of it."""
        text = " ".join(self._shown[start : min(end, start + 4 * _SHOWN)].decode("utf-8", "replace").split())
        return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
