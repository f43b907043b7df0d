"""Other databases' SQL, rewritten in place into what the grammar of PostgreSQL reads."""

import re
from functools import cache
from typing import Any, NamedTuple

from archlint import data
from archlint.languages.postgresql.mysql_bodies import MysqlRoutine, mysql_routine
from archlint.languages.postgresql.node import Node
from archlint.languages.postgresql.rewriting import Notes, blank, mask, rewrite
from archlint.languages.postgresql.slicing import Slice, sliced

HOME = "postgresql"
_MARKED_WITHIN = 400_000
_ROUTINE = re.compile(
    rb"\s*CREATE\s+(?:OR\s+(?:REPLACE|ALTER)\s+)?(?:DEFINER\s*=\s*\S+\s+)?(?:AGGREGATE\s+|TEMP(?:ORARY)?\s+)?"
    rb"(?:TRIGGER|PROC(?:EDURE)?|FUNCTION|EVENT)\b",
    re.IGNORECASE,
)
_BLOCKS = re.compile(rb"\b(?:(begin|case)|(end)(?!\s+(?:if|loop|while|repeat)))\b", re.IGNORECASE)
_QUOTES = re.compile(rb"\\\\?'")
_COMMENT = rb"(?P<comment>--[^\n]*|/\*(?!!)(?:(?!\*/)[\s\S])*\*/)"
_PLAIN_TEXT = rb"(?P<text>'(?:[^']|'')*')"
# MySQL wants a blank behind two dashes; who generates migrations parts statements by `--> statement-breakpoint`.
_TOKENS = {
    "mysql": rb"(?P<comment>--(?=[\s>])[^\n]*|--\Z|\#[^\n]*|/\*(?!!)(?:(?!\*/)[\s\S])*\*/)|(?P<hint>/\*!\d*|\*/)"
    rb"|(?P<text>'(?:[^'\\]|\\[\s\S]|'')*'|\"(?:[^\"\\]|\\[\s\S]|\"\")*\")|(?P<name>`(?:[^`]|``)*`)"
    rb"|(?P<delimiter>^[ \t]*DELIMITER[ \t]+(?P<mark>\S+)[^\n]*)",
    "sqlite": _COMMENT + rb"|" + _PLAIN_TEXT + rb"|(?P<name>`(?:[^`]|``)*`|\[[^\]\n]*\]|\"[^\"]*\")",
    "tsql": _COMMENT + rb"|" + _PLAIN_TEXT + rb"|(?P<name>\[[^\]\n]*\]|\"[^\"]*\")|(?P<go>^[ \t]*GO[ \t\r]*$)"
    rb"|(?P<anew>^(?=(?:CREATE|ALTER|DROP|INSERT|GRANT|SET|PRINT|EXEC)\s))",
}


class Foreign(NamedTuple):
    """A file of another database as the grammar takes it: of the same length, cut into statements.

    `routines` are triggers and stored routines; `unread` those that nobody here understands.
    """

    dialect: str
    name: str
    content: bytes
    pieces: tuple[Slice, ...]
    routines: tuple[MysqlRoutine, ...]
    unread: tuple[tuple[int, int], ...]
    notes: Notes
    types: dict[str, str]

    def kind(self, name: str, size: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
        """A type and its numbers as PostgreSQL calls them."""
        full = f"{name}({','.join(map(str, size))})"
        return (self.types[full], ()) if full in self.types else (self.types.get(name, name), size)

    def counts(self, node: Node) -> bool:
        """Whether a column counts by itself."""
        return any(start <= node.start < end for start, end in self.notes.counts)


def foreign(content: bytes, told: str = "") -> Foreign | None:
    """The file rewritten, if it is plainly written for another database, or the team says so."""
    dialect = told or _recognised(content[:_MARKED_WITHIN])
    if dialect in ("", HOME):
        return None
    table = data.table("idioms/sql_dialects")[dialect]
    plain, cuts = _neutral(content, dialect)
    _spans(plain, cuts)
    notes = Notes()
    pieces: list[Slice] = []
    routines: list[MysqlRoutine] = []
    unread: list[tuple[int, int]] = []
    for start, end in cuts:
        if _ROUTINE.match(plain, start, end):
            start = end - len(plain[start:end].lstrip())
            routine = mysql_routine(plain, start, end) if dialect == "mysql" else None
            if routine is not None:
                routines.append(routine)
            else:
                unread.append((start, end))
        elif rewrite(plain, start, end, table, notes):
            pieces.append(sliced(plain, start, end))
    return Foreign(
        dialect, table["name"], bytes(plain), tuple(pieces), tuple(routines), tuple(unread), notes, table["types"]
    )


def _recognised(head: bytes) -> str:
    for dialect, marks in _marks():
        if any(mark.search(head) for mark in marks):
            return dialect
    return ""


@cache
def _marks() -> tuple[tuple[str, tuple[re.Pattern[bytes], ...]], ...]:
    tables: dict[str, Any] = data.table("idioms/sql_dialects")
    return tuple(
        (dialect, tuple(re.compile(mark.encode(), re.IGNORECASE | re.MULTILINE) for mark in table["marks"]))
        for dialect, table in tables.items()
    )


# Spans of time -------------------------------------------------------------------------------------------------

# As long as the words that they replace, once the number stands between quotes.
_SPAN = re.compile(rb"\bINTERVAL\s+(?P<number>\d+)\s+(?P<unit>SECOND|MINUTE|HOUR|DAY|WEEK|MONTH|YEAR)\b", re.IGNORECASE)
_SHORT = {b"MINUTE": b"min", b"MONTH": b"mon"}


def _spans(plain: bytearray, cuts: list[tuple[int, int]]) -> None:
    """`INTERVAL 5 DAY`, which PostgreSQL writes `INTERVAL '5d'`."""
    for start, end in cuts:
        for found in _SPAN.finditer(mask(plain, start, end)):
            unit = found.group("unit").upper()
            text = b"INTERVAL '" + found.group("number") + _SHORT.get(unit, unit[:1].lower()) + b"'"
            first, last = start + found.start(), start + found.end()
            blank(plain, first, last)
            plain[first : first + len(text)] = text


# Marks of names, texts and ends ------------------------------------------------------------------------------


@cache
def _token(dialect: str, end: bytes) -> re.Pattern[bytes]:
    return re.compile(_TOKENS[dialect] + rb"|(?P<end>" + re.escape(end) + rb")", re.IGNORECASE | re.MULTILINE)


def _neutral(content: bytes, dialect: str) -> tuple[bytearray, list[tuple[int, int]]]:
    """The bytes with names in double quotes, texts without escapes and comments blank; and the statements in them."""
    plain = bytearray(content)
    cuts: list[tuple[int, int]] = []
    mark, first, position = b";", 0, 0
    while found := _token(dialect, mark).search(content, position):
        position = max(found.end(), found.start() + 1)
        kind, (start, end) = found.lastgroup, found.span()
        if kind in ("comment", "hint"):
            _blank(plain, start, end)
        elif kind == "text":
            plain[start:end] = _text(found.group(), dialect)
        elif kind == "name":
            inner = found.group()[1:-1].replace(b'"', b"_")
            plain[start:end] = b'"' + inner + b'"'
        elif kind in ("delimiter", "mark"):
            mark = found.group("mark")
            _blank(plain, start, end)
            first = end
        elif kind in ("go", "anew") or not _open(plain, first, start, dialect, mark):
            if kind == "anew" and _ROUTINE.match(plain, first, start):
                continue
            _blank(plain, start, end)
            cuts.append((first, start))
            first = end
    cuts.append((first, len(plain)))
    return plain, [(start, end) for start, end in cuts if not plain[start:end].isspace() and end > start]


def _blank(plain: bytearray, start: int, end: int) -> None:
    """Takes out a piece; its line breaks stay."""
    plain[start:end] = re.sub(rb"[^\n]", b" ", bytes(plain[start:end]))


def _text(written: bytes, dialect: str) -> bytes:
    """A text of the same length in which only doubled quotes mean anything."""
    inner = written[1:-1]
    if dialect == "mysql":
        if written[:1] == b'"':
            inner = _QUOTES.sub(lambda found: b"''" if len(found.group()) == 2 else b"`", inner)
        inner = inner.replace(b"\\'", b"''")
    return b"'" + inner + b"'"


def _open(plain: bytearray, start: int, end: int, dialect: str, mark: bytes) -> bool:
    """Whether a semicolon stands inside of a trigger or routine."""
    if mark != b";" or not _ROUTINE.match(plain, start, end):
        return False
    if dialect == "tsql":
        return True
    depth = 0
    for found in _BLOCKS.finditer(plain, start, end):
        depth += 1 if found.group(1) else -1
    return depth > 0
