"""`archlint checks` and `archlint explain`: what archlint judges, and what to do about it."""

import difflib
import shutil
import sys
import textwrap
from pathlib import Path
from typing import Annotated

import typer

from archlint.cli.settings import ConfigFlag
from archlint.cli.subjects import told
from archlint.model.errors import ArchlintError
from archlint.model.finding import Check, Example


def checks() -> None:
    """List all checks."""
    known = _all()
    width = max((len(check.name) for check in known), default=0)
    for check in known:
        off = "" if check.default else "  (off by default)"
        print(f"{check.code}  {check.name:<{width}}  {check.severity.value:<7}  {check.title}{off}")
    print("\narchlint explain CODE says why a check exists and what to do about it.")


def explain(
    what: Annotated[
        str,
        typer.Argument(metavar="CHECK|SUBJECT", help="A check (AL201, drifted-rule), or a field (orders.discount)."),
    ],
    path: Annotated[Path, typer.Argument(help="The folder to look for the field in.", show_default=False)] = Path(),
    config: ConfigFlag = None,
) -> None:
    """Explain a check, with an example; or a field: every place that states its rules, and which of them disagree."""
    if "." in what:
        print(told(what, path, config))
    else:
        print(page(find_check(what), shutil.get_terminal_size().columns if sys.stdout.isatty() else 0))


def find_check(word: str) -> Check:
    """The check of a code or name, whatever its case."""
    known = _all()
    wanted = word.strip().lower()
    for check in known:
        if wanted in (check.code.lower(), check.name.lower()):
            return check
    spellings = {spelling.lower(): spelling for check in known for spelling in (check.code, check.name)}
    near = difflib.get_close_matches(wanted, spellings, 1)
    hint = f"; did you mean {spellings[near[0]]}?" if near else ""
    raise ArchlintError(f"there is no check {word!r}{hint} (archlint checks lists all)")


def page(check: Check, width: int) -> str:
    """The check as a page of text; paragraphs are wrapped only where there is a terminal."""
    parts = [f"{check.code} {check.name} ({check.severity.value})", check.title, "Why", _told(check.why, width)]
    parts += ["What to do", _told(check.fix, width)]
    broken = next((example for example in check.examples if example.broken), None)
    if broken:
        parts += [f"Example that breaks it: {broken.name}", _example(broken)]
    kept = next((example for example in check.examples if not example.broken), None)
    if kept:
        parts += [f"Example that keeps it: {kept.name}", _example(kept)]
    return "\n\n".join(parts)


def _told(text: str, width: int) -> str:
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n")]
    if not width:
        return "\n\n".join(f"  {paragraph}" for paragraph in paragraphs)
    wrapper = textwrap.TextWrapper(width=min(width, 100), initial_indent="  ", subsequent_indent="  ")
    return "\n\n".join(wrapper.fill(paragraph) for paragraph in paragraphs)


def _example(example: Example) -> str:
    files = [f"  {path}\n{textwrap.indent(text.rstrip(), '    ')}" for path, text in sorted(example.files.items())]
    return "\n\n".join(files)


def _all() -> list[Check]:
    # The checks are read from data, which --help does not need.
    from archlint.ruleset import load_checks

    return [check for _, check in sorted(load_checks().items())]
