"""Text that is made from pieces of a file, and the way back from it to the file."""

from bisect import bisect_right

from archlint.model.source import Span

_SHOWN = 160
HOLE = "\ufffc"


class Draft:
    """Lowered text in the making: what is copied keeps its place, what is put in stands for a stretch of the file.

    `source` may be replaced by a text of the same length, in which what is no markup has been blanked out; `holes` is
    such a text too, with `HOLE` where nobody knows what stands there.
    `expressions` are the stretches that were taken for code of the template; those in `dropped` are left out. `broken`
    says what could not be read.
    """

    def __init__(self, source: str, dropped: frozenset[int] = frozenset()) -> None:
        self.source = self.real = source
        self.holes = ""
        self.dropped = dropped
        self.expressions: list[tuple[int, int]] = []
        self.broken: list[tuple[int, str]] = []
        self._pieces: list[str] = []
        self._length = 0
        self._starts: list[int] = []
        self._ranges: list[tuple[int, int, bool]] = []

    def copy(self, start: int, end: int) -> None:
        """A stretch of the file as it is."""
        self._add(self.source[start:end], start, end, True)

    def put(self, text: str, start: int, end: int | None = None) -> None:
        """Text of our own, which stands for a stretch of the file."""
        self._add(text, start, start if end is None else end, False)

    def _add(self, text: str, start: int, end: int, copied: bool) -> None:
        if not text:
            return
        self._pieces.append(text)
        self._starts.append(self._length)
        self._ranges.append((start, end, copied))
        self._length += len(text)

    def finished(self) -> "Origin":
        """The text with the way back."""
        return Origin(self.real, "".join(self._pieces), self._starts, self._ranges, self.holes)


class Origin:
    """Where in the real file each place of the lowered text comes from."""

    def __init__(
        self, source: str, text: str, starts: list[int], ranges: list[tuple[int, int, bool]], holes: str
    ) -> None:
        self.source = source
        self._holes = holes
        self.text = text
        self._starts = starts
        self._ranges = ranges
        self._lines = _line_starts(text)
        self._real_lines = _line_starts(source)

    def span(self, span: Span) -> Span:
        """A place of the lowered text in the real file."""
        return self._place(*self.stretch(span))

    def stretch(self, span: Span) -> tuple[int, int]:
        """The same as offsets in the real file."""
        first = self._lines[min(span.line, len(self._lines)) - 1] + span.column - 1
        last = self._lines[min(span.end_line, len(self._lines)) - 1] + span.end_column - 1
        start, end = self._start(first), self._end(max(last, first))
        return start, max(start, end)

    def certain(self, span: Span) -> bool:
        """Whether all that stands at a place of the lowered text is known."""
        if not self._holes:
            return True
        start, end = self.stretch(span)
        return HOLE not in self._holes[start:end]

    def line(self, line: int) -> int:
        """The line of the real file that a line of the lowered text begins on."""
        start = self._start(self._lines[min(line, len(self._lines)) - 1])
        return bisect_right(self._real_lines, start)

    def real_line(self, offset: int) -> int:
        """The line of an offset in the real file."""
        return bisect_right(self._real_lines, offset)

    def shown(self, span: Span) -> str | None:
        """What the real file says at a place, cut to what is shown; None where nothing was put in between."""
        first = self._lines[min(span.line, len(self._lines)) - 1] + span.column - 1
        last = self._lines[min(span.end_line, len(self._lines)) - 1] + span.end_column - 1
        if self._whole(first, last):
            return None
        start, end = self.stretch(span)
        text = " ".join(self.source[start : min(end, start + 4 * _SHOWN)].split())
        return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"

    def _whole(self, first: int, last: int) -> bool:
        index = self._index(first)
        after = self._starts[index + 1] if index + 1 < len(self._starts) else len(self.text)
        return bool(self._ranges) and self._ranges[index][2] and last <= after

    def _index(self, offset: int) -> int:
        return max(0, bisect_right(self._starts, offset) - 1)

    def _start(self, offset: int) -> int:
        if not self._ranges:
            return 0
        index = self._index(offset)
        start, end, copied = self._ranges[index]
        return min(start + offset - self._starts[index], end) if copied else start

    def _end(self, offset: int) -> int:
        if not self._ranges:
            return 0
        index = self._index(max(0, offset - 1))
        start, end, copied = self._ranges[index]
        return min(start + offset - self._starts[index], end) if copied else end

    def _place(self, start: int, end: int) -> Span:
        line, end_line = bisect_right(self._real_lines, start), bisect_right(self._real_lines, end)
        return Span(line, start - self._real_lines[line - 1] + 1, end_line, end - self._real_lines[end_line - 1] + 1)


def _line_starts(text: str) -> list[int]:
    starts, position = [0], text.find("\n")
    while position >= 0:
        starts.append(position + 1)
        position = text.find("\n", position + 1)
    return starts
