"""Judges a file by its bytes: what cannot be source, and what form the readers are given."""

import re
from functools import cache

import msgspec

from archlint import data

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_BINARY_WITHIN = 8192


class Content(msgspec.Struct, frozen=True):
    """UTF-8 bytes without a byte order mark; or why the file is left out (`skip`); and what is doubtful (`problem`).

    `hints` are what words of the file say about its layer.
    """

    source: bytes
    skip: str = ""
    problem: str = ""
    line: int = 1
    hints: tuple[str, ...] = ()


def prepare(language: str, raw: bytes) -> Content:
    """Turn the bytes of a file into what its language's reader takes."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _judge(language, _decoded(raw[len(mark) :], encoding))
    if b"\0" in raw[:_BINARY_WITHIN]:
        return Content(b"", "binary")
    return _judge(language, _decoded(raw, "utf-8"))


def _decoded(raw: bytes, encoding: str) -> Content:
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        name = "UTF-8" if encoding == "utf-8" else "UTF-16"
        told = f"byte {raw[error.start]:#04x} is not {name}; the file was read as if written in Windows-1252"
        return Content(raw.decode("cp1252", "replace").encode(), problem=told, line=line)
    return Content(raw if encoding == "utf-8" else text.encode())


def _judge(language: str, content: Content) -> Content:
    source = content.source
    if not source or source.isspace():
        return Content(b"", "empty")
    rules = _rules()
    if language in rules.languages:
        if len(source) > rules.minified_bytes and len(source) > rules.minified_line * (source.count(b"\n") + 1):
            return Content(b"", "minified")
        if language == "python" and rules.migrations.search(source):
            return Content(b"", "migrations in code")
        head = _opening_comments(source[: rules.generated_within].decode("utf-8", "replace"))
        if head and rules.generated.search(head):
            return Content(b"", "generated")
        hints = [hint for hint, opening, pattern in rules.words if pattern.search(head.encode() if opening else source)]
        return msgspec.structs.replace(content, hints=tuple(hints)) if hints else content
    return content


class _Rules(msgspec.Struct, frozen=True):
    languages: frozenset[str]
    generated: re.Pattern[str]
    generated_within: int
    migrations: re.Pattern[bytes]
    minified_line: int
    minified_bytes: int
    words: tuple[tuple[str, bool, re.Pattern[bytes]], ...]


@cache
def _rules() -> _Rules:
    table = data.table("discover")["content"]
    return _Rules(
        frozenset(table["languages"]),
        re.compile(table["generated"]),
        table["generated_within"],
        re.compile(table["migrations"].encode()),
        table["minified_line"],
        table["minified_bytes"],
        tuple(
            (row["hint"], row["opening"], re.compile(row["pattern"].encode())) for row in data.table("layers")["word"]
        ),
    )


_COMMENTS = re.compile(
    r"(?:\s+|<!--(?:(?!-->)[\s\S])*(?:-->)?|//[^\n]*|/\*(?:(?!\*/)[\s\S])*(?:\*/)?|#[^\n]*|['\"]use \w+['\"];?)*"
)


def _opening_comments(head: str) -> str:
    """The comments before the first code: what is said further down is not about the whole file."""
    found = _COMMENTS.match(head)
    return found.group() if found else ""
