"""`archlint scan`: judge a folder and write the report."""

import os
import shutil
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import typer

from archlint.cli.exit import Exit, leave
from archlint.cli.progress import Progress
from archlint.cli.settings import ConfigFlag, IsolatedFlag, settings
from archlint.model.errors import ArchlintError
from archlint.model.finding import Severity
from archlint.model.report import Report
from archlint.reporters import REPORTERS, Context, reporter

_LEVELS = (*(level.value for level in Severity), "never")


def _one_of(name: str, choices: tuple[str, ...]) -> str:
    if name not in choices:
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(choices)}")
    return name


def _format(name: str) -> str:
    return _one_of(name, tuple(REPORTERS))


def _level(name: str | None) -> str | None:
    return name and _one_of(name, _LEVELS)


def scan(
    path: Annotated[Path, typer.Argument(help="The folder that holds the whole system.", show_default=False)] = Path(),
    form: Annotated[
        str, typer.Option("--format", "-f", callback=_format, metavar="FORMAT", help=f"{', '.join(REPORTERS)}.")
    ] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the report to this file.")] = None,
    select: Annotated[
        list[str] | None, typer.Option("--select", help="Only these checks, by code or name; repeat or use commas.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", help="Not these checks, by code or name; repeat or use commas.")
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            callback=_level,
            metavar="LEVEL",
            help=f"Exit 1 from this severity on: {', '.join(_LEVELS)}.  [default: warning]",
            show_default=False,
        ),
    ] = None,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit 0 even with findings.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Also show what archlint is less sure of, and checks that are off by default.")
    ] = False,
    min_confidence: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="Show findings from this confidence on.", show_default=False)
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=0, help="Processes to read with; 0: one per processor.")] = 0,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Neither use nor fill the cache.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Findings only: no summary, no progress.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show all sites, evidence and problems.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colour; NO_COLOR does the same.")] = False,
    config: ConfigFlag = None,
    isolated: IsolatedFlag = False,
) -> int:
    """Find business rules that live in several places, and say which copies disagree.

    Exit code 0: nothing at or above the failing level; 1: findings; 2: the job could not be done; 130: interrupted.
    """
    from archlint import pipeline

    configuration = settings(path, config, isolated).configuration
    chosen = _codes(select) or frozenset(configuration.select)
    left_out = _codes(ignore) | frozenset(configuration.ignore)
    with Progress(enabled=not quiet) as progress:
        options = pipeline.Options(
            jobs=jobs,
            cache=not no_cache,
            everything=everything,
            min_confidence=configuration.min_confidence if min_confidence is None else min_confidence,
            configuration=configuration,
            select=chosen,
            ignore=left_out,
            watch=progress.show,
        )
        report = pipeline.scan(path, options)
    terminal = output is None and sys.stdout.isatty()
    context = Context(
        lines=_source_lines(path),
        width=shutil.get_terminal_size().columns if terminal else 0,
        colour=output is None and not no_color and _wants_colour(terminal),
        detailed=verbose or everything,
        brief=quiet,
        target="" if path == Path() else str(path),
    )
    _write(reporter(form)(report, context), output)
    return _leave(report, path, fail_on or configuration.fail_on or "warning", exit_zero)


def _codes(asked: list[str] | None) -> frozenset[str]:
    """Codes of checks from codes and names in any spelling."""
    words = [word.strip() for item in asked or () for word in item.split(",") if word.strip()]
    if not words:
        return frozenset()
    from archlint.cli.checks import find_check

    return frozenset(find_check(word).code for word in words)


def _source_lines(root: Path) -> Callable[[str], tuple[str, ...]]:
    @lru_cache(maxsize=64)
    def lines(path: str) -> tuple[str, ...]:
        try:
            text = (root / path).read_text("utf-8-sig", "replace")
        except (OSError, ValueError):
            return ()
        return tuple(text.split("\n"))

    return lines


def _wants_colour(terminal: bool) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (terminal and os.environ.get("TERM") != "dumb")


def _write(text: str, output: Path | None) -> None:
    """Bytes, so that no system changes the line ends of a report."""
    if output is None:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
        return
    try:
        output.write_bytes(text.encode())
    except OSError as error:
        raise ArchlintError(
            f"the report cannot be written to {output}: {(error.strerror or 'error').lower()}"
        ) from error


def _leave(report: Report, path: Path, fail_on: str, exit_zero: bool) -> int:
    levels = [level.value for level in Severity]
    failing = levels[: levels.index(fail_on) + 1] if fail_on in levels else []
    count = sum(finding.severity in failing for finding in report.findings)
    if not report.summary.files:
        return leave(Exit.CLEAN, f"no source files that archlint reads in {path}")
    if fail_on == "never":
        return leave(Exit.CLEAN, f"{_findings(len(report.findings))}, and none may fail the run")
    if count and not exit_zero:
        return leave(Exit.FINDINGS, f'{_findings(count)} at or above "{fail_on}"')
    if count:
        return leave(Exit.CLEAN, f'{_findings(count)} at or above "{fail_on}", ignored by --exit-zero')
    below = f", {_findings(len(report.findings))} below" if report.findings else ""
    return leave(Exit.CLEAN, f'nothing at or above "{fail_on}"{below}')


def _findings(count: int) -> str:
    return f"{count} finding{'' if count == 1 else 's'}"
