"""What a reporter may know besides the report."""

from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec

from archlint.model.finding import Check, Severity
from archlint.model.report import Report


def _no_lines(_path: str) -> tuple[str, ...]:
    return ()


def _no_checks() -> Mapping[str, Check]:
    return {}


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """How to render: `lines` gives the source lines of a file (none where it cannot be read), `checks` the texts.

    `width` is that of the terminal, 0 where the text goes elsewhere and must not be wrapped or cut. `detailed` asks
    for all evidence; `brief` for the findings alone. `prefix` is the path of the scanned folder in its repository, with
    a slash at its end where it is not the whole: what is read by a code host names files from the repository's root.
    `failing` are the severities that fail the run, `exit_code` and `outcome` how it ends and why.
    """

    lines: Callable[[str], tuple[str, ...]] = _no_lines
    checks: Callable[[], Mapping[str, Check]] = _no_checks
    width: int = 0
    colour: bool = False
    detailed: bool = False
    brief: bool = False
    target: str = ""
    prefix: str = ""
    failing: tuple[Severity, ...] = (Severity.ERROR, Severity.WARNING)
    exit_code: int = 0
    outcome: str = ""


class Reporter(Protocol):
    """A format: the whole text that is written, with its final newline."""

    def __call__(self, report: Report, context: Context) -> str:
        """Render the report."""
        ...
