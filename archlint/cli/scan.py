"""`archlint scan`: judge a folder and write the report."""

from pathlib import Path
from typing import Annotated

import typer

from archlint.cli.exit import leave
from archlint.cli.gating import Asked, held, staged_state
from archlint.cli.output import FormatFlag, OutputFlag, Style, read_outputs, write_reports
from archlint.cli.progress import Progress
from archlint.cli.settings import ConfigFlag, IsolatedFlag, settings
from archlint.cli.verdict import FailOnFlag, judge


def scan(
    path: Annotated[Path, typer.Argument(help="The folder that holds the whole system.", show_default=False)] = Path(),
    form: FormatFlag = "text",
    output: OutputFlag = None,
    select: Annotated[
        list[str] | None,
        typer.Option("--select", metavar="CHECK", help="Only these checks, by code or name; repeat or use commas."),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option("--ignore", metavar="CHECK", help="Not these checks, by code or name; repeat or use commas."),
    ] = None,
    fail_on: FailOnFlag = None,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit 0 even with findings.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Also show what archlint is less sure of, and checks that are off by default.")
    ] = False,
    min_confidence: Annotated[
        float | None,
        typer.Option(
            min=0.0, max=1.0, metavar="NUMBER", help="Show findings from this confidence on.", show_default=False
        ),
    ] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, metavar="NUMBER", help="Processes to read with; 0: one per processor.")
    ] = 0,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Neither use nor fill the cache.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Findings only: no summary, no progress.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show all sites, evidence and problems.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colour; NO_COLOR does the same.")] = False,
    config: ConfigFlag = None,
    isolated: IsolatedFlag = False,
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", metavar="FILE", help="The file of known findings, where it is another one."),
    ] = None,
    no_baseline: Annotated[bool, typer.Option("--no-baseline", help="Show what the baseline knows, too.")] = False,
    baseline_from_ref: Annotated[
        str, typer.Option(metavar="REF", help="What is found in that state of the repository is known.")
    ] = "",
    changed: Annotated[
        str | None,
        typer.Option(
            metavar="[REF]", help="Only findings with a place that changed since REF, or since the usual base."
        ),
    ] = None,
    staged: Annotated[
        bool, typer.Option("--staged", help="Only what the next commit changes, as it is staged.")
    ] = False,
    stdin_filename: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Read FILE from the standard input, as an editor has it, and tell what touches it."
        ),
    ] = None,
) -> int:
    """Find business rules that live in several places, and say which copies disagree.

    Exit code 0: nothing at or above the failing level; 1: findings; 2: the job could not be done; 130: interrupted.
    """
    from archlint import pipeline

    outputs = read_outputs(form, output)
    asked = Asked(
        baseline=baseline,
        no_baseline=no_baseline,
        from_ref=baseline_from_ref,
        changed=changed,
        staged=staged,
        stdin_filename=stdin_filename,
    )
    index = staged_state(path, asked)
    configuration = settings(path, config, isolated, index.instead).configuration
    chosen = _codes(select) or frozenset(configuration.select)
    left_out = _codes(ignore) | frozenset(configuration.ignore)
    style = Style(root=path, detailed=verbose or everything, brief=quiet, plain=no_color)
    with held(path, asked, configuration, index) as against:
        with Progress(enabled=not quiet) as progress:
            options = pipeline.Options(
                leave_out=against.leave_out,
                given=against.given,
                staged=against.staged,
                changes=against.changes,
                past=against.past,
                baseline=against.baseline,
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
        ended = judge(report, path, fail_on or configuration.fail_on or "warning", exit_zero)
        write_reports(outputs, report, ended, style, path)
    return leave(ended.code, ended.why)


def _codes(asked: list[str] | None) -> frozenset[str]:
    """Codes of checks from codes and names in any spelling."""
    words = [word.strip() for item in asked or () for word in item.split(",") if word.strip()]
    if not words:
        return frozenset()
    from archlint.cli.checks import find_check

    return frozenset(find_check(word).code for word in words)
