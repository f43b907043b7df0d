"""Cuts a file into statements without parsing them, so that a broken one costs only itself."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    rb"""--[^\n]*
    |(?P<block>/\*)
    |(?<![\w$])[eE]'(?:[^'\\]|\\.|'')*'
    |'[^']*'
    |"[^"]*"
    |(?<![\w$\x80-\xff])(?P<tag>\$(?:[A-Za-z_\x80-\xff][\w\x80-\xff]*)?\$)
    |(?<![\w$])(?P<atomic>[bB][eE][gG][iI][nN]\s+[aA][tT][oO][mM][iI][cC])\b
    |(?P<meta>\\[^\n]*)
    |(?P<end>;)
    """,
    re.VERBOSE | re.DOTALL,
)
_SPACE = re.compile(rb"(?:\s+|--[^\n]*|/\*(?:(?!\*/)[\s\S])*\*/)*")
_COPY = re.compile(rb"copy\b[\s\S]*\bfrom\s+stdin\b", re.IGNORECASE)
_COMMENT_ENDS = re.compile(rb"/\*|\*/")
_BLOCK_WORDS = re.compile(rb"\b(case|begin|end)\b", re.IGNORECASE)
_WORDS = re.compile(rb"\s*(?:--[^\n]*\s*)*([A-Za-z_]+)")


class Slice(NamedTuple):
    """A statement between two byte offsets, without its semicolon; `words` are its first five words in lower case."""

    start: int
    end: int
    words: tuple[str, ...]


def slices(content: bytes, start: int = 0, end: int | None = None) -> Iterator[Slice]:
    """The statements of a file in order. Comments, psql commands and the data of COPY are left out."""
    limit = len(content) if end is None else end
    first = _skip(content, start, limit)
    position = first
    while position < limit:
        found = _TOKEN.search(content, position, limit)
        if found is None:
            break
        position = found.end()
        kind = found.lastgroup
        if kind == "tag":
            closing = content.find(found.group(), position, limit)
            position = limit if closing < 0 else closing + len(found.group())
        elif kind == "block":
            position = _after_comment(content, position, limit)
        elif kind == "atomic":
            position = _after_block(content, position, limit)
        elif kind == "meta":
            # psql runs its commands at once; what was typed before one is still waiting for its semicolon.
            if found.start() == first:
                first = position = _skip(content, position, limit)
        elif kind == "end":
            if found.start() > first:
                yield sliced(content, first, found.start())
                if _COPY.match(content, first, found.start()):
                    position = _after_data(content, position, limit)
            first = position = _skip(content, position, limit)
    if first < limit:
        yield sliced(content, first, limit)


def sliced(content: bytes | bytearray, start: int, end: int) -> Slice:
    """The statement between two offsets."""
    words = []
    position = start
    for _ in range(5):
        found = _WORDS.match(content, position, end)
        if found is None:
            break
        words.append(found.group(1).decode().lower())
        position = found.end()
    return Slice(start, end, tuple(words))


def _skip(content: bytes, position: int, limit: int) -> int:
    found = _SPACE.match(content, position, limit)
    return found.end() if found else position


def _after_comment(content: bytes, position: int, limit: int) -> int:
    """Comments nest."""
    depth = 1
    for found in _COMMENT_ENDS.finditer(content, position, limit):
        depth += 1 if found.group() == b"/*" else -1
        if depth == 0:
            return found.end()
    return limit


def _after_block(content: bytes, position: int, limit: int) -> int:
    """The end of a `BEGIN ATOMIC` body, whose statements end in semicolons of their own."""
    depth = 1
    for found in _BLOCK_WORDS.finditer(content, position, limit):
        depth += -1 if found.group().lower() == b"end" else 1
        if depth == 0:
            return found.end()
    return limit


def _after_data(content: bytes, position: int, limit: int) -> int:
    closing = content.find(b"\n\\.", position, limit)
    return limit if closing < 0 else closing + 3
