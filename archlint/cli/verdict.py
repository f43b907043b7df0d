"""How a scan ends: the exit code, and the words for it."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from archlint.cli.exit import Exit
from archlint.model.finding import Severity
from archlint.model.report import Report

LEVELS = (*(level.value for level in Severity), "never")


def _level(name: str | None) -> str | None:
    if name and name not in LEVELS:
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(LEVELS)}")
    return name


FailOnFlag = Annotated[
    str | None,
    typer.Option(
        "--fail-on",
        callback=_level,
        autocompletion=lambda: list(LEVELS),
        metavar="LEVEL",
        help=f"Exit 1 from this severity on: {', '.join(LEVELS)}.  [default: warning]",
        show_default=False,
    ),
]


class Verdict(msgspec.Struct, frozen=True):
    """The exit code, why, and the severities that fail the run."""

    code: Exit
    why: str
    failing: tuple[Severity, ...]


def judge(report: Report, path: Path, fail_on: str, exit_zero: bool) -> Verdict:
    """What a report means for whoever asked for it."""
    levels = tuple(Severity)
    failing = levels[: LEVELS.index(fail_on) + 1] if fail_on != "never" else ()
    count = sum(finding.severity in failing for finding in report.findings)
    code = Exit.FINDINGS if count and not exit_zero else Exit.CLEAN
    owed = "" if code else _owed(report)
    return Verdict(code, _why(report, path, fail_on, count, exit_zero) + owed, failing)


def _why(report: Report, path: Path, fail_on: str, count: int, exit_zero: bool) -> str:
    if not report.summary.files:
        return f"no source files that archlint reads in {path}"
    if fail_on == "never":
        return f"{_findings(len(report.findings))}, and none may fail the run"
    if count:
        return f'{_findings(count)} at or above "{fail_on}"' + (", ignored by --exit-zero" if exit_zero else "")
    below = f", {_findings(len(report.findings))} below" if report.findings else ""
    return f'nothing at or above "{fail_on}"{below}'


def _owed(report: Report) -> str:
    """What is known, and that some of it was paid, which is worth saying wherever the run is seen."""
    gone, smaller, left = report.summary.stale, report.summary.smaller, report.summary.known
    if not gone and not smaller:
        return f"; {_known(left)}" if left else ""
    told = [f"{_known(gone)} {_is(gone)} gone"] if gone else []
    if smaller:
        told.append(f"{_known(smaller)} {_is(smaller)} smaller")
    return f"; {', '.join(told)} and {left} {_is(left)} left (archlint baseline prune)"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _known(count: int) -> str:
    return f"{count} known finding{'' if count == 1 else 's'}"


def _findings(count: int) -> str:
    return f"{count} finding{'' if count == 1 else 's'}"
