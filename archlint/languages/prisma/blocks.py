"""Cuts a Prisma schema into blocks, fields and attributes."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from archlint.model.source import Span

_OPENING = re.compile(r"^[ \t]*(model|enum|view|type|datasource|generator)[ \t]+(\w+)[ \t]*\{", re.MULTILINE)
_FIELD = re.compile(r"[ \t]*(\w+)[ \t]+(Unsupported\(\"[^\"]*\"\)|\w+)(\[\])?(\?)?(?=\s|$)")
_WORD = re.compile(r"[ \t]*(\w+)(?=\s|$)")
_ATTRIBUTE = re.compile(r"@@?([\w.]+)(\()?")
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')


class Attribute(NamedTuple):
    """`@default(now())`: its name and what stands in its brackets."""

    name: str
    arguments: str
    span: Span
    text: str


class Field(NamedTuple):
    """A field of a model."""

    name: str
    type: str
    list: bool
    optional: bool
    attributes: tuple[Attribute, ...]
    span: Span
    text: str


class Block(NamedTuple):
    """A model, an enum or another block; `lines` are those between its braces, with their numbers."""

    kind: str
    name: str
    span: Span
    lines: tuple[tuple[int, str], ...]


def blocks(text: str) -> tuple[list[Block], int]:
    """The blocks of a file, and the line of one that is not closed (or 0)."""
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    plain = _TEXT.sub(lambda found: '"' + "x" * (len(found.group()) - 2) + '"', text)
    plain = re.sub(r"//[^\n]*", lambda found: " " * len(found.group()), plain)
    found: list[Block] = []
    for opening in _OPENING.finditer(plain):
        closing = plain.find("}", opening.end())
        following = _OPENING.search(plain, opening.end())
        first = bisect_right(starts, opening.start(1))
        if closing < 0 or (following is not None and following.start() < closing):
            return found, first
        last = bisect_right(starts, closing)
        inner = text[opening.end() : closing].split("\n")
        lines = tuple((bisect_right(starts, opening.end()) + number, line) for number, line in enumerate(inner))
        column = opening.start(1) - starts[first - 1] + 1
        span = Span(first, column, last, closing - starts[last - 1] + 2)
        found.append(Block(opening.group(1), opening.group(2), span, lines))
    return found, 0


def fields(block: Block) -> Iterator[Field]:
    """The fields of a model."""
    for number, line in block.lines:
        code = _without_comment(line)
        found = _FIELD.match(code)
        if found is None or code.lstrip().startswith("@@"):
            continue
        end = len(code.rstrip()) + 1
        yield Field(
            name=found.group(1),
            type=found.group(2),
            list=found.group(3) is not None,
            optional=found.group(4) is not None,
            attributes=tuple(_attributes(code, number, found.end())),
            span=Span(number, found.start(1) + 1, number, end),
            text=" ".join(code.split()),
        )


def words_of(block: Block) -> Iterator[str]:
    """The values of an enum: as code has them, and as the database has them where that is another word."""
    for number, line in block.lines:
        code = _without_comment(line)
        found = _WORD.match(code)
        if found is None:
            continue
        mapped = next((item for item in _attributes(code, number, found.end()) if item.name == "map"), None)
        yield found.group(1)
        if mapped is not None:
            yield mapped.arguments.strip().strip('"')


def attributes(block: Block) -> Iterator[Attribute]:
    """What is said of a whole block: `@@map("orders")`."""
    for number, line in block.lines:
        code = _without_comment(line)
        if code.lstrip().startswith("@@"):
            yield from _attributes(code, number, 0)


def _attributes(code: str, number: int, start: int) -> Iterator[Attribute]:
    position = start
    while found := _ATTRIBUTE.search(code, position):
        end = found.end()
        arguments = ""
        if found.group(2):
            end = _closing(code, found.end())
            arguments = code[found.end() : end - 1]
        yield Attribute(
            found.group(1), arguments, Span(number, found.start() + 1, number, end + 1), code[found.start() : end]
        )
        position = max(end, found.end())


def _closing(code: str, position: int) -> int:
    depth = 1
    while position < len(code) and depth:
        text = _TEXT.match(code, position)
        if text is not None:
            position = text.end()
            continue
        depth += (code[position] == "(") - (code[position] == ")")
        position += 1
    return position


def _without_comment(line: str) -> str:
    plain = _TEXT.sub(lambda found: "x" * len(found.group()), line)
    at = plain.find("//")
    return line if at < 0 else line[:at]
