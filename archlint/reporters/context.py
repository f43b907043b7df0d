"""What a reporter may know besides the report."""

from collections.abc import Callable
from typing import Protocol

import msgspec

from archlint.model.report import Report


def _no_lines(_path: str) -> tuple[str, ...]:
    return ()


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """How to render: `lines` gives the source lines of a file (none where it cannot be read).

    `width` is that of the terminal, 0 where the text goes elsewhere and must not be wrapped or cut. `detailed` asks
    for all evidence; `brief` for the findings alone.
    """

    lines: Callable[[str], tuple[str, ...]] = _no_lines
    width: int = 0
    colour: bool = False
    detailed: bool = False
    brief: bool = False
    target: str = ""


class Reporter(Protocol):
    """A format: the whole text that is written, with its final newline."""

    def __call__(self, report: Report, context: Context) -> str:
        """Render the report."""
        ...
