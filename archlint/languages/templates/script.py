"""Finds its way in JavaScript without a grammar: brackets, texts, and what stands at the top of an expression."""

import re

_CLOSING = {"(": ")", "[": "]", "{": "}"}
_TOKEN = re.compile(r"""["'`()\[\]{}]|//[^\n]*|/\*(?:(?!\*/)[\s\S])*\*/|/""")
_TEXT = {'"': re.compile(r'"(?:\\[\s\S]|[^"\\\n])*"'), "'": re.compile(r"'(?:\\[\s\S]|[^'\\\n])*'")}
_REGEX = re.compile(r"/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/[a-z]*")
_BEFORE_REGEX = re.compile(r"(?:^|[(,=:\[!&|?{};+\-*%<>~^]|\breturn|\btypeof)\s*$")
_TEMPLATE = re.compile(r"(?:\\[\s\S]|(?!\$\{)[^`\\])*")


def closing(text: str, start: int, limit: int | None = None) -> int:
    """The offset behind the bracket that closes the one at `start`, or -1."""
    stack: list[str] = []
    position, limit = start, len(text) if limit is None else limit
    while position < limit:
        found = _TOKEN.search(text, position, limit)
        if found is None:
            return -1
        mark, position = found.group(), found.end()
        if mark in _CLOSING:
            stack.append(_CLOSING[mark])
        elif mark in ")]}":
            if not stack or stack.pop() != mark:
                return -1
            if not stack:
                return position
        else:
            position = _behind(text, found.start(), mark, limit)
            if position < 0:
                return -1
    return -1


def _behind(text: str, start: int, mark: str, limit: int) -> int:
    """The offset behind a text, a comment or a pattern."""
    if mark in _TEXT:
        found = _TEXT[mark].match(text, start, limit)
        return found.end() if found else -1
    if mark == "`":
        return _behind_template(text, start, limit)
    if mark == "/":
        found = _REGEX.match(text, start, limit)
        return found.end() if found and _BEFORE_REGEX.search(text[max(0, start - 40) : start]) else start + 1
    return start + len(mark)


def _behind_template(text: str, start: int, limit: int) -> int:
    position = start + 1
    while position < limit:
        found = _TEMPLATE.match(text, position, limit)
        position = found.end() if found else position
        if text.startswith("`", position):
            return position + 1
        if not text.startswith("${", position):
            return -1
        position = closing(text, position + 1, limit)
        if position < 0:
            return -1
    return -1


def balanced(text: str, start: int, end: int) -> bool:
    """Whether every bracket and text of a stretch is closed in it."""
    return all(mark not in ")]}" for _, mark in marks(text, start, end, ")]}")) and _closed(text, start, end)


def _closed(text: str, start: int, end: int) -> bool:
    position = start
    while found := _TOKEN.search(text, position, end):
        mark = found.group()
        if mark in _CLOSING:
            position = closing(text, found.start(), end)
        elif mark in ")]}":
            return False
        else:
            position = _behind(text, found.start(), mark, end)
        if position < 0:
            return False
    return True


def marks(text: str, start: int, end: int, wanted: str) -> list[tuple[int, str]]:
    """Where single characters stand outside of brackets, texts and comments."""
    found: list[tuple[int, str]] = []
    position, pattern = start, re.compile(rf"[{re.escape(wanted)}]|{_TOKEN.pattern}")
    while hit := pattern.search(text, position, end):
        mark = hit.group()
        if mark in wanted:
            found.append((hit.start(), mark))
            position = hit.end()
            continue
        position = closing(text, hit.start(), end) if mark in _CLOSING else _behind(text, hit.start(), mark, end)
        if position < 0 or mark in (")", "]", "}"):
            break
    return found


def piped(text: str, start: int, end: int) -> int:
    """Where the filters of an expression begin (`price | currency`), or its end."""
    for position, _ in marks(text, start, end, "|"):
        if text[position - 1 : position] != "|" and text[position + 1 : position + 2] != "|":
            return position
    return end
