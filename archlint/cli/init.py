"""`archlint init`: from the first run to a gate, without writing over anything."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from archlint.cli.exit import Exit, leave
from archlint.cli.gating import baseline_file
from archlint.cli.progress import Progress
from archlint.cli.settings import settings
from archlint.model.errors import ArchlintError

# When a hook judges: before each commit, before a push, or both.
HOOKS = ("commit", "push", "both")


class _Planned(msgspec.Struct, frozen=True):
    """A file to write, or (`there` being why not) to show only."""

    file: Path
    text: str
    there: str = ""
    shown: bool = True


def _system(name: str | None) -> str | None:
    from archlint.cli.proposal import CI

    if name and name not in CI:
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(CI)}")
    return name


def _stage(name: str | None) -> str | None:
    if name and name not in HOOKS:
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(HOOKS)}")
    return name


def init(
    path: Annotated[Path, typer.Argument(help="The folder that holds the whole system.", show_default=False)] = Path(),
    hook: Annotated[
        str | None,
        typer.Option(
            "--hook",
            callback=_stage,
            metavar="[STAGE]",
            help=f"Also a hook of pre-commit: {', '.join(HOOKS)}; alone it goes by the size of the system.",
            show_default=False,
        ),
    ] = None,
    ci: Annotated[
        str | None, typer.Option("--ci", callback=_system, metavar="SYSTEM", help="Also a job of github or gitlab.")
    ] = None,
    baseline: Annotated[bool, typer.Option("--baseline", help="Also a baseline of all findings there are.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write what is shown.")] = False,
) -> int:
    """Propose settings from a scan, and show what would be written; with --yes, write what is not there yet."""
    from archlint.cli import proposal

    planned = _plan(path, hook, ci, baseline)
    for item in planned:
        print(f"── {item.file.as_posix()}{f'  ({item.there})' if item.there else ''}")
        print(item.text if item.shown else _first_lines(item.text))
    fresh = [item for item in planned if not item.there]
    told = ", ".join(item.file.as_posix() for item in fresh)
    if not fresh:
        return leave(Exit.CLEAN, "all of it is there already; nothing is written over")
    if not yes:
        return leave(Exit.CLEAN, f"nothing is written yet; archlint init --yes writes {told}")
    for item in fresh:
        _write(item)
    following = "; next: pre-commit install" if path / proposal.HOOK in [item.file for item in fresh] else ""
    return leave(Exit.CLEAN, f"written: {told}{following}")


def _plan(path: Path, hook: str | None, ci: str | None, baseline: bool) -> list[_Planned]:
    from archlint import pipeline
    from archlint.baseline import entries_of, written
    from archlint.checks import LAST
    from archlint.cli import proposal

    loaded = settings(path)
    with Progress(enabled=True) as progress:
        options = pipeline.Options(configuration=loaded.configuration, watch=progress.show)
        report = pipeline.scan(path, options)
    planned = [_settings(path, proposal.settings_text(report), loaded.file)]
    if hook is not None:
        text = proposal.hook(hook or proposal.stage(report.summary.lines))
        planned.append(_planned(path / proposal.HOOK, text, "add this to it"))
    if ci:
        planned.append(_planned(path / proposal.CI[ci], proposal.job(ci), "add this to it"))
    if baseline:
        entries = entries_of(finding for finding in report.findings if finding.code != LAST)
        item = _planned(baseline_file(path, loaded.configuration), written(entries).decode(), "update it")
        planned.append(msgspec.structs.replace(item, shown=False))
    return planned


def _settings(path: Path, text: str, there: str) -> _Planned:
    if there:
        return _Planned(path / there, text, "there already, and stays as it is; this is what the scan suggests")
    return _Planned(path / "archlint.toml", text)


def _planned(file: Path, text: str, otherwise: str) -> _Planned:
    return _Planned(file, text, f"there already, and stays as it is; {otherwise}" if file.exists() else "")


def _first_lines(text: str) -> str:
    lines = text.splitlines()
    more = len(lines) - 5
    return "\n".join([*lines[:5], f"… {more} more lines" if more > 0 else ""])


def _write(item: _Planned) -> None:
    try:
        item.file.parent.mkdir(parents=True, exist_ok=True)
        # Whoever made the file in the meantime keeps it.
        with item.file.open("xb") as file:
            file.write(item.text.encode())
    except OSError as error:
        raise ArchlintError(f"{item.file} cannot be written: {(error.strerror or 'error').lower()}") from error
