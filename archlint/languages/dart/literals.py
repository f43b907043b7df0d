"""Texts as they are written: raw, in one or three quotes, side by side."""

import re

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}
_PIECE = re.compile(
    r"""(r?)('''|\"\"\"|'|")""",
)
_ESCAPE = re.compile(r"\\(u\{[0-9A-Fa-f]+\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)", re.DOTALL)


def string(source: str) -> str:
    """What a literal without anything put into it says."""
    quote = source[:1]
    if quote in ("'", '"') and "\\" not in source and source.count(quote) == 2 and source.endswith(quote):
        return source[1:-1]
    return "".join(text for text, _ in pieces(source))


def pieces(source: str, holes: tuple[tuple[int, int], ...] = ()) -> list[tuple[str, int]]:
    """The texts between the holes, which are (start, end) within the source; with the number of the hole behind each.

    The number is -1 behind the last text.
    """
    found: list[tuple[str, int]] = []
    position, hole, text = 0, 0, ""
    while position < len(source):
        opening = _PIECE.match(source, position)
        if opening is None:
            position += 1
            continue
        raw, quotes = bool(opening.group(1)), opening.group(2)
        position = opening.end()
        start = position
        while position < len(source) and not source.startswith(quotes, position):
            if hole < len(holes) and position == holes[hole][0]:
                found.append((text + _said(source[start:position], raw), hole))
                text, position, hole = "", holes[hole][1], hole + 1
                start = position
                continue
            position += 2 if source[position] == "\\" and not raw else 1
        text += _said(source[start:position], raw)
        position += len(quotes)
    found.append((text, -1))
    return found


def _said(text: str, raw: bool) -> str:
    return text if raw or "\\" not in text else _ESCAPE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    mark = match.group(1)
    if mark[0] in "ux" and len(mark) > 1:
        return chr(int(mark[1:].strip("{}"), 16))
    return _ESCAPES.get(mark, mark)
