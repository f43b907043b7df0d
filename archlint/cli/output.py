"""Where reports go: one on the standard output or in a file, and any number of files beside it."""

import difflib
import os
import re
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from archlint.cli.verdict import Verdict
from archlint.model.errors import ArchlintError
from archlint.model.finding import Check
from archlint.model.report import Report
from archlint.reporters import REPORTERS, Context, reporter


def _format(name: str) -> str:
    if name not in REPORTERS:
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(REPORTERS)}")
    return name


FormatFlag = Annotated[
    str,
    typer.Option(
        "--format",
        "-f",
        callback=_format,
        autocompletion=lambda: list(REPORTERS),
        metavar="FORMAT",
        help=f"How to write it: {', '.join(REPORTERS)}.",
    ),
]
OutputFlag = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        "-o",
        metavar="[FORMAT=]FILE",
        help="Write the report to FILE; FORMAT=FILE writes another one beside it, as in sarif=report.sarif. Repeat.",
        show_default=False,
    ),
]


class Output(msgspec.Struct, frozen=True):
    """A format, and the file it goes to; no file is the standard output."""

    form: str
    file: Path | None = None


def read_outputs(form: str, asked: Sequence[str] | None) -> tuple[Output, ...]:
    """What to write where, from `--format` and all `--output`."""
    main: list[Output] = []
    beside: list[Output] = []
    for text in asked or ():
        named = re.match(r"([a-z]+)=(.+)", text)
        if named:
            beside.append(Output(_known(named[1], text), Path(named[2])))
        else:
            main.append(Output(form, Path(text)))
    if len(main) > 1:
        told = " and ".join(str(output.file) for output in main)
        raise ArchlintError(f"--output names two files for one report, {told}; write FORMAT=FILE for another report")
    files = [output.file for output in (*main, *beside)]
    for file in files:
        if files.count(file) > 1:
            raise ArchlintError(f"two reports cannot be written to one file, {file}")
    return (*(main or [Output(form)]), *beside)


def _known(form: str, text: str) -> str:
    if form in REPORTERS:
        return form
    near = difflib.get_close_matches(form, REPORTERS, 1)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(REPORTERS)}"
    raise ArchlintError(f"--output {text}: {form!r} is not a format; {hint} (a file of that name: ./{text})")


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """How reports of a folder are to look."""

    root: Path
    detailed: bool = False
    brief: bool = False
    plain: bool = False


def write_reports(outputs: Sequence[Output], report: Report, ended: Verdict, style: Style, sources: Path) -> None:
    """Render and write every report, files first: a reader of the standard output may leave early.

    `sources` is the folder whose lines are shown: what is staged may lie in another one.
    """
    lines = _source_lines(sources)
    for output in sorted(outputs, key=lambda output: output.file is None):
        terminal = output.file is None and sys.stdout.isatty()
        context = Context(
            lines=lines,
            checks=_checks,
            width=shutil.get_terminal_size().columns if terminal else 0,
            colour=output.file is None and not style.plain and _wants_colour(terminal),
            detailed=style.detailed,
            brief=style.brief,
            target="" if style.root == Path() else str(style.root),
            prefix=_prefix(style.root),
            failing=ended.failing,
            exit_code=ended.code.value,
            outcome=ended.why,
        )
        _write(reporter(output.form)(report, context), output.file)


def _checks() -> Mapping[str, Check]:
    # Most formats need no texts of checks.
    from archlint.ruleset import load_checks

    return load_checks()


def _prefix(root: Path) -> str:
    """The path of the scanned folder in its repository, with a slash at the end; empty for the whole of it."""
    place = root.resolve()
    top = next((folder for folder in (place, *place.parents) if (folder / ".git").exists()), place)
    return "" if top == place else f"{place.relative_to(top).as_posix()}/"


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
    # All steps of a job share the page of their summaries.
    mode = "ab" if str(output) == os.environ.get("GITHUB_STEP_SUMMARY") else "wb"
    try:
        with output.open(mode) as file:
            file.write(text.encode())
    except OSError as error:
        raise ArchlintError(
            f"the report cannot be written to {output}: {(error.strerror or 'error').lower()}"
        ) from error
