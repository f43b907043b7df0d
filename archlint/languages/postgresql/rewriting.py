"""Statements of other databases in the words of PostgreSQL's grammar; every piece keeps its place and its length."""

import re
from functools import cache
from typing import Any

from archlint.languages.postgresql.slicing import sliced

_TEXT = re.compile(rb"'(?:[^']|'')*'")
_KEYS = re.compile(
    rb"\s*(?:ADD\s+)?(?:(?:FULLTEXT|SPATIAL)\b|(?:KEY|INDEX)\b|PERIOD\s+FOR\b)|\s*(?:ENGINE|AUTO_INCREMENT|"
    rb"ROW_FORMAT|CONVERT|ORDER\s+BY|ENABLE\s+KEYS|DISABLE\s+KEYS|DROP\s+(?:KEY|INDEX|PRIMARY)|ALGORITHM|LOCK|"
    rb"(?:DEFAULT\s+)?(?:CHARSET|CHARACTER|COLLATE)|COMMENT|RENAME\s+(?:KEY|INDEX))\b",
    re.IGNORECASE,
)
_CONSTRAINT = re.compile(
    rb"\s*(?:ADD\s+)?(?:CONSTRAINT\b(?:\s+\"?[\w$]+\"?)?\s*)?(?:UNIQUE|PRIMARY|FOREIGN|CHECK)\b", re.IGNORECASE
)
_UNIQUE = re.compile(
    rb"\b(?P<kind>UNIQUE|PRIMARY\s+KEY|FOREIGN\s+KEY)(?P<rest>(?:\s+(?:KEY|INDEX|(?:NON)?CLUSTERED))*"
    rb"(?:\s+\"?[\w$]+\"?)?(?:\s+USING\s+\w+)?)\s*\(",
    re.IGNORECASE,
)
_CHOICE = re.compile(rb"\b(ENUM|SET)\s*\((?=\s*')", re.IGNORECASE)
_VIEW = re.compile(rb"\s*CREATE(?P<between>(?:\s+(?!VIEW\b)\S+)*?)\s+VIEW\b", re.IGNORECASE)
_CHANGED = re.compile(rb"\s*(?P<verb>MODIFY|CHANGE)(?P<column>\s+COLUMN)?\s+(?P<old>\"?[\w$]+\"?)", re.IGNORECASE)
_OTHER_WORDS = (
    (re.compile(rb"\bVIRTUAL\b", re.IGNORECASE), b"STORED"),
    (re.compile(rb"\b(?:REGEXP|RLIKE)\b", re.IGNORECASE), b"~"),
    (re.compile(rb"<=>"), b"="),
    (re.compile(rb"\bDROP\s+FOREIGN\s+KEY\b", re.IGNORECASE), b"DROP CONSTRAINT"),
)
_DEFAULT_FOR = re.compile(
    rb"(?P<head>\s*ADD\s+(?:CONSTRAINT\s+\"?[\w$]+\"?\s+)?)DEFAULT\b[\s\S]*?(?P<for>\bFOR\s+(?P<column>\"?[\w$]+\"?)\s*)",
    re.IGNORECASE,
)
_OWNER = re.compile(rb"\"dbo\"\s*\.", re.IGNORECASE)


class Notes:
    """What the words that were taken out had said, by where they stood."""

    def __init__(self) -> None:
        self.counts: list[tuple[int, int]] = []
        self.natural: list[tuple[tuple[int, int], tuple[int, int]]] = []
        self.choices: list[tuple[int, int]] = []
        self.changed: set[int] = set()


def rewrite(plain: bytearray, start: int, end: int, table: dict[str, Any], notes: Notes) -> bool:
    """Rewrites a statement where it stands; tells whether there is anything in it to read."""
    for found in _OWNER.finditer(bytes(plain[start:end])):
        blank(plain, start + found.start(), start + found.end())
    words = sliced(plain, start, end).words
    if words[:2] == ("create", "table"):
        return _table(plain, start, end, table, notes)
    if words[:2] == ("alter", "table"):
        return _alterations(plain, start, end, table, notes)
    if words[:1] == ("insert",):
        return _insert(plain, start, end)
    if words[:1] == ("create",) and (view := _VIEW.match(plain, start, end)) is not None:
        blank(plain, *view.span("between"))
        return True
    if words[:1] == ("create",):
        for index in _UNIQUE.finditer(bytes(plain[start:end])):
            blank(plain, start + index.start("rest"), start + index.start("rest"))
        return "index" in words[:3] and words[1:2] == ("unique",)
    return words[:1] in (("drop",), ("update",)) and words[1:2] in (("table",), ("view",))


def _table(plain: bytearray, start: int, end: int, table: dict[str, Any], notes: Notes) -> bool:
    masked = mask(plain, start, end)
    opening = masked.find(b"(")
    closing = closed(masked, opening)
    if opening < 0 or closing < 0:
        return opening >= 0
    blank(plain, start + closing + 1, end)
    parts = _parts(masked, opening + 1, closing)
    _without(plain, start, [part for part in parts if _KEYS.match(masked, *part)], parts)
    for first, last in parts:
        if not _KEYS.match(masked, first, last):
            _part(plain, start + first, start + last, table, notes)
    return True


def _alterations(plain: bytearray, start: int, end: int, table: dict[str, Any], notes: Notes) -> bool:
    masked = mask(plain, start, end)
    head = re.match(
        rb"\s*ALTER\s+TABLE\s+(?:ONLY\s+|IF\s+EXISTS\s+)*(?:\"?[\w$]+\"?\s*\.\s*)?\"?[\w$]+\"?", masked, re.I
    )
    if head is None:
        return False
    checked = re.match(rb"\s+WITH\s+(?:NO)?CHECK\b", masked[head.end() :], re.IGNORECASE)
    if checked is not None:
        blank(plain, start + head.end(), start + head.end() + checked.end())
    parts = _parts(masked, head.end() + (checked.end() if checked else 0), len(masked))
    silent = [part for part in parts if _KEYS.match(masked, *part)]
    _without(plain, start, silent, parts)
    for first, last in parts:
        if (first, last) in silent:
            continue
        if found := _CHANGED.match(masked, first, last):
            _change(plain, start, found, masked, last, notes)
        _default_for(plain, start + first, masked[first:last])
        _part(plain, start + first, start + last, table, notes)
    return len(silent) < len(parts)


def _default_for(plain: bytearray, start: int, masked: bytes) -> None:
    """`ADD CONSTRAINT d DEFAULT (0) FOR total` sets the default of a column, where there is room to say so."""
    found = _DEFAULT_FOR.fullmatch(masked)
    if found is None:
        return
    said = b" ALTER " + bytes(plain[start + found.start("column") : start + found.end("column")]) + b" SET "
    if len(said) <= found.end("head"):
        plain[start : start + found.end("head")] = said.ljust(found.end("head"))
        blank(plain, start + found.start("for"), start + len(masked))


def _change(plain: bytearray, start: int, found: re.Match[bytes], masked: bytes, last: int, notes: Notes) -> None:
    """`MODIFY a int` and `CHANGE a a int` declare a column once more; a new name is not followed."""
    verb, old = found.span("verb"), found.span("old")
    if found.group("verb").upper() == b"CHANGE":
        following = re.match(rb"\s+\"?[\w$]+\"?", masked[old[1] : last])
        if following is None or following.group().strip().strip(b'"') != found.group("old").strip(b'"'):
            return
        blank(plain, start + old[0], start + old[1])
    plain[start + verb[0] : start + verb[1]] = b"ADD".ljust(verb[1] - verb[0])
    notes.changed.add(start + verb[0])


def _insert(plain: bytearray, start: int, end: int) -> bool:
    masked = mask(plain, start, end)
    for pattern in (
        rb"\bINSERT(\s+(?:OR\s+)?(?:IGNORE|REPLACE|DELAYED|LOW_PRIORITY))\b",
        rb"(\bON\s+DUPLICATE\s+KEY\b[\s\S]*)",
    ):
        if found := re.search(pattern, masked, re.IGNORECASE):
            blank(plain, start + found.start(1), start + found.end(1))
    return re.match(rb"\s*INSERT\s+INTO\b", plain[start:end], re.IGNORECASE) is not None


def _part(plain: bytearray, start: int, end: int, table: dict[str, Any], notes: Notes) -> None:
    """A column, a constraint, or one command of an ALTER."""
    masked = mask(plain, start, end)
    if _CONSTRAINT.match(masked):
        if found := _UNIQUE.search(masked):
            blank(plain, start + found.start("rest"), start + found.end("rest"))
            inner = masked[found.end() : closed(masked, found.end() - 1)]
            for extra in re.finditer(rb"\(\s*\d+\s*\)|\b(?:ASC|DESC)\b", inner, re.IGNORECASE):
                blank(plain, start + found.end() + extra.start(), start + found.end() + extra.end())
    else:
        if table["counts"] and _pattern(table["counts"]).search(masked):
            notes.counts.append((start, end))
        if table["natural"] and (found := _pattern(table["natural"]).search(masked)):
            notes.natural.append(((start, end), (start + found.start(), start + found.end())))
        if found := _CHOICE.search(masked):
            first = start + found.start()
            if found.group(1).upper() == b"SET":
                plain[first : first + 3] = b"txt"
            else:
                notes.choices.append((first, start + closed(masked, found.end() - 1) + 1))
    for pattern in table["nothing"]:
        for found in _pattern(pattern).finditer(masked):
            blank(plain, start + found.start(found.lastindex or 0), start + found.end(found.lastindex or 0))
    for expression, word in _OTHER_WORDS:
        for found in expression.finditer(masked):
            plain[start + found.start() : start + found.end()] = word.ljust(found.end() - found.start())


# Pieces ------------------------------------------------------------------------------------------------------


@cache
def _pattern(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode(), re.IGNORECASE | re.MULTILINE)


def mask(plain: bytearray, start: int, end: int) -> bytes:
    """The text with nothing inside of its texts that could be taken for syntax."""
    return _TEXT.sub(lambda found: b"'" + b"x" * (len(found.group()) - 2) + b"'", bytes(plain[start:end]))


def blank(plain: bytearray, start: int, end: int) -> None:
    """Takes a piece out; its line breaks stay."""
    plain[start:end] = re.sub(rb"[^\n]", b" ", bytes(plain[start:end]))


def closed(masked: bytes, opening: int) -> int:
    """Where a bracket is closed, or -1."""
    depth = 0
    for found in re.finditer(rb"[()]", masked[opening:] if opening >= 0 else b""):
        depth += 1 if found.group() == b"(" else -1
        if depth == 0:
            return opening + found.start()
    return -1


def _parts(masked: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """What stands between the commas, without what is in brackets."""
    found, depth, first = [], 0, start
    for mark in re.finditer(rb"[(),]", masked[start:end]):
        sign, at = mark.group(), start + mark.start()
        depth += (sign == b"(") - (sign == b")")
        if sign == b"," and depth == 0:
            found.append((first, at))
            first = at + 1
    return [*found, (first, end)]


def _without(plain: bytearray, start: int, silent: list[tuple[int, int]], parts: list[tuple[int, int]]) -> None:
    """Takes parts out, each with the comma that would be left over."""
    kept = [part for part in parts if part not in silent]
    for first, last in silent:
        before = any(part[1] < first for part in kept)
        blank(
            plain,
            start + first - (1 if before else 0),
            start + last + (0 if before or (first, last) == parts[-1] else 1),
        )
