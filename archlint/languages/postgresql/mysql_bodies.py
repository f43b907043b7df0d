"""Triggers and stored routines of MySQL, written in place as the grammar of PL/pgSQL has them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from archlint.languages.postgresql.rewriting import blank, closed, mask

_NAME = rb"(?:\"[^\"]+\"|[\w$]+)(?:\s*\.\s*(?:\"[^\"]+\"|[\w$]+))?"
_TRIGGER = re.compile(
    rb"\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:DEFINER\s*=\s*\S+\s+)?TRIGGER\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>"
    + _NAME
    + rb")\s+(?P<timing>BEFORE|AFTER)\s+(?P<event>INSERT|UPDATE|DELETE)\s+ON\s+(?P<table>"
    + _NAME
    + rb")\s+FOR\s+EACH\s+ROW\s+(?:(?:FOLLOWS|PRECEDES)\s+\S+\s+)?",
    re.IGNORECASE,
)
_ROUTINE = re.compile(
    rb"\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:DEFINER\s*=\s*\S+\s+)?(?P<kind>PROCEDURE|FUNCTION)\s+"
    rb"(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>" + _NAME + rb")\s*\(",
    re.IGNORECASE,
)
_RETURNS = re.compile(rb"\s*RETURNS\s+(?P<type>\w+(?:\s*\([^)]*\))?(?:\s+UNSIGNED)?)", re.IGNORECASE)
_TRAITS = re.compile(
    rb"\s*(?:NOT\s+DETERMINISTIC|DETERMINISTIC|NO\s+SQL|CONTAINS\s+SQL|READS\s+SQL\s+DATA|MODIFIES\s+SQL\s+DATA|"
    rb"LANGUAGE\s+SQL|SQL\s+SECURITY\s+(?:DEFINER|INVOKER)|COMMENT\s*'[^']*'|CHARSET\s+\w+|CHARACTER\s+SET\s+\w+|"
    rb"COLLATE\s+\w+)",
    re.IGNORECASE,
)
_PARAMETER = re.compile(
    rb"\s*(?:(?P<way>INOUT|IN|OUT)\s+)?(?P<name>\"[^\"]+\"|[\w$]+)\s+(?P<type>[\w]+(?:\s*\([^)]*\))?)", re.IGNORECASE
)
_BEGINS = re.compile(rb"\s*(?:[\w$]+\s*:\s*)?BEGIN\b", re.IGNORECASE)
_DECLARED = re.compile(
    rb"\bDECLARE\s+(?P<names>[\w$\"]+(?:\s*,\s*[\w$\"]+)*)\s+(?P<type>\w+(?:\s*\([^)]*\))?(?:\s+UNSIGNED)?"
    rb"(?:\s+(?:CHARSET|CHARACTER\s+SET|COLLATE)\s+\w+)*)\s*(?:(?P<default>DEFAULT)\b)?",
    re.IGNORECASE,
)
_HANDLER = re.compile(
    rb"\bDECLARE\s+(?:CONTINUE|EXIT|UNDO)\s+HANDLER\b|\bDECLARE\s+[\w$]+\s+(?:CURSOR|CONDITION)\b", re.IGNORECASE
)
_SIGNAL = re.compile(
    rb"\bSIGNAL\s+SQLSTATE\s+(?:VALUE\s+)?(?P<state>'x*')(?P<set>\s*SET\s+MESSAGE_TEXT\s*=\s*)?(?P<text>'x*')?",
    re.IGNORECASE,
)
_BARE_SIGNAL = re.compile(rb"\b(?:RESIGNAL|SIGNAL)\b(?!\s+SQLSTATE)[^;]*", re.IGNORECASE)
_SET = re.compile(
    rb"(?:^|;|\bTHEN\b|\bELSE\b|\bBEGIN\b|\bDO\b|\bLOOP\b|\bREPEAT\b)\s*(?P<set>SET)\s+(?=@*[\w.\"$]+\s*:?=)",
    re.IGNORECASE,
)
_LABEL = re.compile(rb"(?P<label>\b[\w$]+\s*:)\s*(?P<word>LOOP|WHILE|REPEAT|BEGIN)\b", re.IGNORECASE)
_LEAVE = re.compile(rb"\b(?P<word>LEAVE|ITERATE)\s+(?P<label>[\w$]+)", re.IGNORECASE)
_END = re.compile(rb"\bEND\s+(?P<what>LOOP|WHILE|REPEAT)(?P<label>\s+(?!;)[\w$]+)?", re.IGNORECASE)
_DO = re.compile(rb"\bDO(?P<space>\s{2,})", re.IGNORECASE)
_UNTIL = re.compile(rb"\bUNTIL\b[\s\S]*?(?=\bEND\s+REPEAT\b)", re.IGNORECASE)
_BEGIN = b"BEGIN "


class MysqlRoutine(NamedTuple):
    """A routine or trigger: what its head says, and where its body stands.

    `wrapped` is true where the body is one statement, so that BEGIN and END have to be thought around it.
    """

    kind: str
    name: str
    start: int
    end: int
    body: int
    wrapped: bool
    parameters: tuple[tuple[str, str, str], ...] = ()
    returns: str = ""
    table: str = ""
    timing: str = ""
    event: str = ""
    variables: tuple[str, ...] = ()


def mysql_routine(plain: bytearray, start: int, end: int) -> MysqlRoutine | None:
    """Reads the head of a routine, and rewrites its body where it stands."""
    text = mask(plain, start, end)
    trigger = _TRIGGER.match(text)
    if trigger is not None:
        body = start + trigger.end()
        found = MysqlRoutine(
            kind="trigger",
            name=_plain(trigger.group("name")),
            start=start,
            end=end,
            body=body,
            wrapped=_BEGINS.match(plain, body, end) is None,
            table=_plain(trigger.group("table")),
            timing=trigger.group("timing").decode().lower(),
            event=trigger.group("event").decode().lower(),
        )
    else:
        head = _ROUTINE.match(text)
        last = closed(text, head.end() - 1) if head is not None else -1
        if head is None or last < 0:
            return None
        position, returns = last + 1, ""
        if (given := _RETURNS.match(text, position)) is not None:
            position, returns = given.end(), given.group("type").decode().lower()
        while (trait := _TRAITS.match(text, position)) is not None:
            position = trait.end()
        found = MysqlRoutine(
            kind=head.group("kind").decode().lower(),
            name=_plain(head.group("name")),
            start=start,
            end=end,
            body=start + position,
            wrapped=_BEGINS.match(plain, start + position, end) is None,
            parameters=tuple(_parameters(text[head.end() : last])),
            returns=returns,
        )
    return found._replace(variables=tuple(_rewritten(plain, found.body, end)))


def body_of(content: bytes, routine: MysqlRoutine) -> tuple[bytes, int]:
    """The text of a body for the grammar, and where it starts."""
    text = content[routine.body : routine.end]
    if routine.wrapped:
        return _BEGIN + text + b"; END", routine.body - len(_BEGIN)
    return text, routine.body


def _plain(name: bytes) -> str:
    return re.sub(rb"[\s\"]", b"", name).decode("utf-8", "replace").rpartition(".")[2]


def _parameters(text: bytes) -> Iterator[tuple[str, str, str]]:
    position = 0
    while (found := _PARAMETER.match(text, position)) is not None:
        way = (found.group("way") or b"in").decode().lower()
        yield way, _plain(found.group("name")), found.group("type").decode().lower()
        comma = text.find(b",", found.end())
        if comma < 0:
            return
        position = comma + 1


# Bodies ------------------------------------------------------------------------------------------------------


def _rewritten(plain: bytearray, start: int, end: int) -> list[str]:
    """Rewrites a body; gives the variables that it declares."""
    blocks = {
        found.group("label").split(b":")[0].strip()
        for found in _LABEL.finditer(mask(plain, start, end))
        if found.group("word").upper() == b"BEGIN"
    }
    variables = _declarations(plain, start, end)
    for found in _SIGNAL.finditer(mask(plain, start, end)):
        _raise(plain, start, end, found)
    for found in _BARE_SIGNAL.finditer(mask(plain, start, end)):
        _put(plain, start + found.start(), start + found.end(), b"RAISE")
    for found in _SET.finditer(mask(plain, start, end)):
        _assigned(plain, start, end, start + found.start("set"))
    text = mask(plain, start, end)
    for found in _LABEL.finditer(text):
        blank(plain, start + found.start("label"), start + found.end("label"))
    for found in _LEAVE.finditer(text):
        leaves = found.group("word").upper() == b"LEAVE"
        word = (b"RETURN" if found.group("label") in blocks else b"EXIT") if leaves else b"CONTINUE"
        if len(word) <= found.end() - found.start():
            _put(plain, start + found.start(), start + found.end(), word)
    for found in _DO.finditer(text):
        plain[start + found.start() : start + found.end()] = _looped(found.group("space"))
    for found in _UNTIL.finditer(text):
        blank(plain, start + found.start(), start + found.end())
    for found in _END.finditer(text):
        _put(plain, start + found.start(), start + found.end(), b"END LOOP")
    for found in re.finditer(rb"\bREPEAT\b(?!\s*\()", mask(plain, start, end), re.IGNORECASE):
        _put(plain, start + found.start(), start + found.end(), b"LOOP")
    for found in re.finditer(rb"@+(?=\w)", mask(plain, start, end)):
        plain[start + found.start() : start + found.end()] = b"_" * (found.end() - found.start())
    for found in re.finditer(rb"<=>", mask(plain, start, end)):
        plain[start + found.start() : start + found.end()] = b" = "
    return variables


def _looped(space: bytes) -> bytes:
    """LOOP in the place of DO and the white space behind it, which keeps its line breaks where it has the room."""
    breaks = space.count(b"\n")
    rest = len(space) - 2
    return b"LOOP" + (b"\n" * breaks + b" " * (rest - breaks) if rest >= breaks else space[2:])


def _declarations(plain: bytearray, start: int, end: int) -> list[str]:
    """Variables are declared where they please; here they are given their first value, or nothing."""
    for found in _HANDLER.finditer(mask(plain, start, end)):
        blank(plain, start + found.start(), _statement_end(plain, start + found.end(), end) + 1)
    variables: list[str] = []
    for found in _DECLARED.finditer(mask(plain, start, end)):
        names = [_plain(name) for name in found.group("names").split(b",")]
        variables.extend(names)
        if found.group("default") is None or len(names) != 1:
            blank(plain, start + found.start(), _statement_end(plain, start + found.end(), end) + 1)
            continue
        blank(plain, start + found.start(), start + found.start("names"))
        blank(plain, start + found.start("type"), start + found.end("type"))
        _put(plain, start + found.start("default"), start + found.end("default"), b":=")
    return variables


def _statement_end(plain: bytearray, position: int, end: int) -> int:
    """The semicolon that ends a statement, behind the block that it may hold."""
    text = mask(plain, position, end)
    depth = 0
    for found in re.finditer(
        rb"\b(?P<open>BEGIN|CASE)\b|\bEND\b(?!\s+(?:IF|LOOP|WHILE|REPEAT))|;", text, re.IGNORECASE
    ):
        if found.group() == b";":
            if depth == 0:
                return position + found.start()
        else:
            depth += 1 if found.group("open") else -1
            if depth < 0:
                return position + found.start() - 1
    return end - 1


def _raise(plain: bytearray, start: int, end: int, found: re.Match[bytes]) -> None:
    """`SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'` raises an exception."""
    last = _statement_end(plain, start + found.end(), end)
    kept = "text" if found.group("text") is not None else "state"
    first, until = start + found.start(kept), start + found.end(kept)
    blank(plain, until, last)
    _put(plain, start + found.start(), first, b"RAISE EXCEPTION")


def _assigned(plain: bytearray, start: int, end: int, position: int) -> None:
    """`SET a = 1, b = 2;` are two assignments."""
    last = _statement_end(plain, position, end)
    blank(plain, position, position + 3)
    text = mask(plain, position, last)
    depth = 0
    for found in re.finditer(rb"[(),]", text):
        depth += (found.group() == b"(") - (found.group() == b")")
        if found.group() == b"," and depth == 0:
            plain[position + found.start()] = ord(";")


def _put(plain: bytearray, start: int, end: int, word: bytes) -> None:
    """Writes a word in the place of a piece; what is left of it is blank, its line breaks stay."""
    blank(plain, start, end)
    plain[start : start + len(word)] = word
