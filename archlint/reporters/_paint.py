"""Styled text: built once, written plain or in colour."""

import io
import unicodedata
from collections.abc import Iterable

# A piece of a line: its text and its style (of `_STYLES`, or empty).
Piece = tuple[str, str]
Line = tuple[Piece, ...]

_STYLES = {
    "error": "bold red",
    "warning": "bold yellow",
    "info": "bold blue",
    "head": "bold",
    "path": "bold",
    "code": "cyan",
    "faint": "dim",
    "witness": "bold magenta",
    "frontend": "bright_cyan",
    "service": "bright_blue",
    "function": "bright_magenta",
    "contract": "bright_white",
    "database": "bright_green",
    "trigger": "green",
    "policy": "bright_yellow",
    "automation": "yellow",
    "shared": "white",
}


def paint(lines: Iterable[Line], colour: bool) -> str:
    """The lines as text; nothing is wrapped or cut here."""
    if not colour:
        return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in lines)
    # Only a terminal needs Rich, and importing it takes longer than rendering most reports.
    from rich.console import Console
    from rich.text import Text

    console = Console(file=io.StringIO(), force_terminal=True, highlight=False, markup=False, emoji=False, width=10_000)
    with console.capture() as capture:
        for line in lines:
            text = Text.assemble(*((text, _STYLES.get(style, style)) for text, style in line))
            text.rstrip()
            console.print(text, soft_wrap=True)
    return capture.get()


def shown(text: str) -> str:
    """Source text made harmless: tabs become spaces, and what would steer a terminal becomes visible."""
    if text.isprintable():
        return text
    text = text.replace("\t", "    ").rstrip("\r\n")
    return "".join(letter if letter.isprintable() or letter == "\u00a0" else "\N{MIDDLE DOT}" for letter in text)


def cells(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(letter) for letter in text)


def _cells_of(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def cut(text: str, room: int) -> str:
    """At most `room` columns of the text, with an ellipsis where something is missing; 0 is no limit."""
    if not room or cells(text) <= room:
        return text
    taken, used = [], 0
    for letter in text:
        used += _cells_of(letter)
        if used > room - 1:
            break
        taken.append(letter)
    return "".join(taken) + "…"


def wrap(text: str, room: int) -> list[str]:
    """The words of the text in lines of at most `room` columns; 0 is no limit."""
    words = shown(" ".join(text.split())).split(" ")
    lines: list[str] = []
    for word in words:
        if lines and (not room or cells(lines[-1]) + 1 + cells(word) <= room):
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines
