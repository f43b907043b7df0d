"""`archlint ci`: a scan that finds out by itself where it runs, what to compare with and what to write."""

import os
from pathlib import Path
from typing import Annotated

import typer

from archlint.cli.output import OutputFlag
from archlint.cli.scan import scan
from archlint.cli.settings import ConfigFlag
from archlint.cli.verdict import FailOnFlag

# Where GitLab's job template looks for it.
_CODE_QUALITY = "gl-code-quality-report.json"


def ci(
    path: Annotated[Path, typer.Argument(help="The folder that holds the whole system.", show_default=False)] = Path(),
    output: OutputFlag = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="Judge everything, in a pull or merge request too, not only its changes.")
    ] = False,
    fail_on: FailOnFlag = None,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit 0 even with findings.")] = False,
    config: ConfigFlag = None,
) -> int:
    """Scan in a CI job, with format and base as they fit there.

    In a pull or merge request only findings with a place in its changes count; elsewhere all that the baseline does not
    know. GitHub: annotations, and the summary of the step. GitLab: text, and gl-code-quality-report.json. Elsewhere:
    text; -o junit=FILE is what most other systems show. Exit codes are those of scan.
    """
    from archlint.changes import merging

    form, beside = _written()
    return scan(
        path,
        form=form,
        output=[*beside, *(output or ())],
        fail_on=fail_on,
        exit_zero=exit_zero,
        config=config,
        changed="" if merging() and not whole else None,
    )


def _written() -> tuple[str, list[str]]:
    """The format of the standard output, and the reports beside it."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        summary = os.environ.get("GITHUB_STEP_SUMMARY")
        return "github", [f"markdown={summary}"] if summary else []
    if os.environ.get("GITLAB_CI"):
        return "text", [f"gitlab={_CODE_QUALITY}"]
    return "text", []
