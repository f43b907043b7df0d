"""Reads the settings of a platform: which of them ask something of a value is told by `rules/idioms/settings.toml`."""

from collections.abc import Iterator
from typing import Any

import tomli

from archlint.model.expression import Call, Expression, Number, Operation, Pattern, Ref
from archlint.model.facts import FileFacts, Statement
from archlint.model.source import Problem, Span
from archlint.terms.idioms import table


def read(path: str, content: bytes) -> FileFacts:
    """What the settings of one file ask for; a file that is no TOML is a problem."""
    text = content.decode("utf-8-sig", "replace")
    lines = text.splitlines()
    try:
        settings = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        return FileFacts(
            path=path, language="settings", lines=len(lines), problems=(Problem(path, 1, f"not read: {error}"),)
        )
    statements = tuple(
        Statement(kind="require", span=span, text=lines[span.line - 1].strip(), condition=condition, source="setting")
        for row in table("settings")["setting"]
        if f"/{path}".endswith(f"/{row['file']}") and (span := _place(lines, row["key"])) is not None
        for condition in _asked(row, settings)
    )
    return FileFacts(path=path, language="settings", lines=len(lines), statements=statements)


def _asked(row: dict[str, Any], settings: dict[str, Any]) -> Iterator[Expression]:
    value: Any = settings
    for key in row["key"].split("."):
        value = value.get(key) if isinstance(value, dict) else None
    entity, field = row["subject"]
    subject = Ref(f"table:{entity}", (field,))
    if row["asks"] == "length" and isinstance(value, int) and not isinstance(value, bool):
        yield Operation("<=", (Number(str(value)), Call("length", (subject,))))
    if row["asks"] == "patterns":
        for pattern in row["patterns"].get(value, ()):
            yield Operation("matches", (subject, Pattern(pattern, "", "javascript")))


def _place(lines: list[str], key: str) -> Span | None:
    """Where a key is set: tables of TOML may be written as headers only, as its generators do."""
    inside, name = key.rpartition(".")[::2]
    current = ""
    for number, line in enumerate(lines, 1):
        stripped = line.strip()
        if stripped.startswith("["):
            current = stripped.split("#")[0].strip(" []")
        elif current == inside and stripped.partition("=")[0].strip() == name:
            start = len(line) - len(line.lstrip()) + 1
            return Span(number, start, number, len(line.rstrip()) + 1)
    return None
