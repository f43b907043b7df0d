"""`archlint doctor`: what archlint stands on here, and what it cannot see."""

import platform
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from archlint import __version__
from archlint.cli.exit import Exit, leave
from archlint.cli.gating import baseline_file, load_baseline
from archlint.cli.settings import ConfigFlag, settings
from archlint.model.configuration import Configuration
from archlint.model.errors import ArchlintError

_PARSERS = re.compile(r"(?:tree-sitter[\w-]*|sqlglot|libcst|interegular)")


def doctor(
    path: Annotated[Path, typer.Argument(help="The folder that holds the whole system.", show_default=False)] = Path(),
    config: ConfigFlag = None,
) -> int:
    """Check the installation and the folder: parsers, git, settings, cache, and what nobody reads."""
    loaded = settings(path, config)
    rows = [
        ("archlint", f"{__version__}, Python {platform.python_version()}, {sys.platform}"),
        *_parsers(),
        ("settings", loaded.file or "none; archlint init proposes some"),
        ("baseline", _baseline(path, loaded.configuration)),
        ("git", _git(path)),
        ("cache", _cache()),
        *_scan(path, loaded.configuration),
    ]
    for name, text in rows:
        print(f"{name:<10}{text}")
    missing = [name for name, text in rows if text == "not installed"]
    if missing:
        return leave(Exit.FAILED, "a parser is not installed")
    return leave(Exit.CLEAN, "archlint can work here")


def _parsers() -> Iterator[tuple[str, str]]:
    from importlib.metadata import PackageNotFoundError, requires, version

    found = []
    try:
        needed = requires("archlint") or []
    except PackageNotFoundError:
        yield ("parsers", "archlint runs without being installed, so nobody knows what it needs")
        return
    for name in sorted(match[0] for item in needed if (match := _PARSERS.match(item))):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            yield (name, "not installed")
    yield ("parsers", ", ".join(found))


def _baseline(path: Path, configuration: Configuration) -> str:
    try:
        known = load_baseline(path, configuration)
    except ArchlintError as error:
        return str(error)
    if known is None:
        return "none; archlint baseline create makes one"
    count = sum(entry.count for entry in known.entries)
    return f"{baseline_file(path, configuration)}, {count} known finding{'' if count == 1 else 's'}"


def _git(path: Path) -> str:
    from archlint.changes import Git

    try:
        git = Git(path)
    except ArchlintError as error:
        return str(error)
    told = (git.ask("--version") or "").strip().removeprefix("git ")
    if git.shallow():
        return f"{told}; the history is cut off, so --changed may not find its base (fetch-depth: 0)"
    return f"{told}; the whole history is here"


def _cache() -> str:
    from archlint.cache import cache_folder

    try:
        file = cache_folder() / "cache.sqlite"
    except RuntimeError:
        return "none: this user has no home; set ARCHLINT_CACHE_DIR"
    return f"{file}, {file.stat().st_size / 1e6:.1f} MB" if file.exists() else f"{file}, empty"


def _scan(path: Path, configuration: Configuration) -> Iterator[tuple[str, str]]:
    from archlint import pipeline

    report = pipeline.scan(path, pipeline.Options(configuration=configuration))
    summary = report.summary
    yield ("read", f"{summary.files:,} files, {summary.lines:,} lines, {summary.rules:,} rules")
    blind = {reason: count for reason, count in summary.skipped.items() if reason.startswith("no reader")}
    yield ("blind", ", ".join(f"{reason} {count:,}" for reason, count in blind.items()) or "no language is left unread")
    left = {reason: count for reason, count in summary.skipped.items() if reason not in blind}
    yield ("left out", ", ".join(f"{reason} {count:,}" for reason, count in left.items()) or "nothing")
    yield (
        "unread",
        f"{len(report.problems):,} problems; archlint scan --verbose lists them" if report.problems else "nothing",
    )
