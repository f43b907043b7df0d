"""`archlint baseline`: freeze what is known, and see it shrink."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from archlint.cli.exit import Exit, leave
from archlint.cli.gating import baseline_file, in_ci, load_baseline
from archlint.cli.progress import Progress
from archlint.cli.settings import ConfigFlag, IsolatedFlag, settings
from archlint.model.configuration import Baseline, Configuration, Entry
from archlint.model.errors import ArchlintError
from archlint.model.finding import Finding

baseline = typer.Typer(no_args_is_help=True, help="Freeze the findings there are, so that only new ones fail.")

_Root = Annotated[Path, typer.Argument(help="The folder that holds the whole system.", show_default=False)]
_File = Annotated[Path | None, typer.Option("--file", help="The file, where it is another one.", show_default=False)]
_Grow = Annotated[bool, typer.Option("--force", help="Also where CI is set, where a baseline never grows unseen.")]


@baseline.command()
def create(
    path: _Root = Path(),
    file: _File = None,
    config: ConfigFlag = None,
    isolated: IsolatedFlag = False,
    force: _Grow = False,
) -> int:
    """Write down all findings there are; never over a baseline that is there."""
    from archlint.baseline import entries_of

    configuration = settings(path, config, isolated).configuration
    target = baseline_file(path, configuration, file)
    if target.exists():
        raise ArchlintError(f"{target} is there already; archlint baseline update brings it up to date")
    _refuse_in_ci(force)
    entries = entries_of(_found(path, configuration))
    _write(target, entries)
    return leave(Exit.CLEAN, f"{_findings(entries)} written to {target}; only what is new fails from now on")


@baseline.command()
def update(
    path: _Root = Path(),
    file: _File = None,
    config: ConfigFlag = None,
    isolated: IsolatedFlag = False,
    force: _Grow = False,
) -> int:
    """Add what is new and take out what is gone; reasons and owners stay."""
    from archlint.baseline import entries_of, merged

    configuration = settings(path, config, isolated).configuration
    found = _found(path, configuration)
    former, smaller = _with_smaller(_there(path, configuration, file), found)
    entries = merged(entries_of(found), former)
    added, removed = _beyond(entries, former), _beyond(former, entries)
    if added:
        _refuse_in_ci(force)
    _tell(added, "+")
    _tell(smaller, "~")
    _tell(removed, "-")
    _write(baseline_file(path, configuration, file), entries)
    return leave(Exit.CLEAN, f"{_findings(added)} added, {_findings(removed)} taken out, {_findings(entries)} known")


@baseline.command()
def prune(path: _Root = Path(), file: _File = None, config: ConfigFlag = None, isolated: IsolatedFlag = False) -> int:
    """Take out what is gone, and add nothing."""
    from archlint.baseline import entries_of

    configuration = settings(path, config, isolated).configuration
    found = _found(path, configuration)
    former, smaller = _with_smaller(_there(path, configuration, file), found)
    counts = {entry.fingerprint: entry.count for entry in entries_of(found)}
    kept = _limited(former, counts)
    removed = _beyond(former, kept)
    _tell(smaller, "~")
    _tell(removed, "-")
    _write(baseline_file(path, configuration, file), kept)
    less = f"{_findings(smaller)} smaller, " if smaller else ""
    return leave(Exit.CLEAN, f"{_findings(removed)} taken out, {less}{_findings(kept)} known")


@baseline.command()
def show(path: _Root = Path(), file: _File = None, config: ConfigFlag = None, isolated: IsolatedFlag = False) -> int:
    """List what is known, without a scan."""
    known = _there(path, settings(path, config, isolated).configuration, file)
    for entry in known.entries:
        times = f" ({entry.count} times)" if entry.count > 1 else ""
        print(f"{entry.check}  {entry.message}{times}")
        for name, text in (("reason", entry.reason), ("owner", entry.owner)):
            if text:
                print(f"       {name}: {text}")
    return leave(Exit.CLEAN, f"{_findings(known.entries)} known in {known.origin}")


def _found(path: Path, configuration: Configuration) -> list[Finding]:
    """All findings that a scan would show, but those that are about the baseline itself."""
    from archlint import pipeline
    from archlint.checks import LAST

    with Progress(enabled=True) as progress:
        options = pipeline.Options(
            min_confidence=configuration.min_confidence,
            select=frozenset(configuration.select),
            ignore=frozenset(configuration.ignore),
            configuration=configuration,
            watch=progress.show,
        )
        report = pipeline.scan(path, options)
    return [finding for finding in report.findings if finding.code != LAST]


def _with_smaller(baseline: Baseline, found: list[Finding]) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """The entries with what is left of them, and those of which only a part is left, as they are now."""
    import msgspec

    from archlint.baseline import entries_of, hold

    entries, smaller = list(baseline.entries), []
    for entry, finding in hold(found, baseline).smaller:
        (fresh,) = entries_of([finding])
        left = msgspec.structs.replace(fresh, reason=entry.reason, owner=entry.owner)
        entries.remove(entry)
        if entry.count > 1:
            entries.append(msgspec.structs.replace(entry, count=entry.count - 1))
        entries.append(left)
        smaller.append(left)
    return tuple(entries), tuple(smaller)


def _there(path: Path, configuration: Configuration, file: Path | None) -> Baseline:
    found = load_baseline(path, configuration, baseline_file(path, configuration, file))
    if found is None:
        raise ArchlintError("there is no baseline")
    return found


def _refuse_in_ci(force: bool) -> None:
    if in_ci() and not force:
        raise ArchlintError("CI is set, and there a baseline never grows; run this on your machine, or use --force")


def _limited(entries: Iterable[Entry], counts: dict[str, int]) -> tuple[Entry, ...]:
    import msgspec

    kept = []
    left = dict(counts)
    for entry in entries:
        count = min(entry.count, left.get(entry.fingerprint, 0))
        if count:
            left[entry.fingerprint] -= count
            kept.append(msgspec.structs.replace(entry, count=count))
    return tuple(kept)


def _beyond(entries: Iterable[Entry], others: Iterable[Entry]) -> tuple[Entry, ...]:
    """What of the entries is not covered by the others."""
    import msgspec

    counts: dict[str, int] = {}
    for other in others:
        counts[other.fingerprint] = counts.get(other.fingerprint, 0) + other.count
    found = []
    for entry in entries:
        covered = min(entry.count, counts.get(entry.fingerprint, 0))
        counts[entry.fingerprint] = counts.get(entry.fingerprint, 0) - covered
        if entry.count > covered:
            found.append(msgspec.structs.replace(entry, count=entry.count - covered))
    return tuple(found)


def _tell(entries: Iterable[Entry], mark: str) -> None:
    for entry in entries:
        print(f"{mark} {entry.check}  {entry.message}" + (f" ({entry.count} times)" if entry.count > 1 else ""))


def _write(target: Path, entries: tuple[Entry, ...]) -> None:
    from archlint.baseline import written

    try:
        target.write_bytes(written(entries))
    except OSError as error:
        raise ArchlintError(f"{target} cannot be written: {(error.strerror or 'error').lower()}") from error


def _findings(entries: Iterable[Entry]) -> str:
    count = sum(entry.count for entry in entries)
    return f"{count} finding{'' if count == 1 else 's'}"
