"""What a scan is held against: the baseline of the folder, and the change that was asked about."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import msgspec

from archlint.config import Instead, is_file, named_for_settings
from archlint.model.configuration import Baseline, Changes, Configuration, Past
from archlint.model.errors import ArchlintError


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asks about. `changed` is None, a name, or empty where archlint should find the base."""

    baseline: Path | None = None
    no_baseline: bool = False
    from_ref: str = ""
    changed: str | None = None
    staged: bool = False
    stdin_filename: Path | None = None


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """How the index differs from the working tree, where the index is what counts.

    `contents` are by path below the scanned folder, `instead` by absolute path.
    """

    contents: dict[str, bytes] = {}
    instead: dict[Path, bytes | None] = {}
    left_out: frozenset[str] = frozenset()


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What to scan in place of the files on the disk, and what to hold it against."""

    leave_out: frozenset[str] = frozenset()
    given: dict[str, bytes] = {}
    staged: dict[str, bytes] = {}
    changes: Changes | None = None
    past: Callable[[], Past] | None = None
    baseline: Baseline | None = None


def in_ci() -> bool:
    """Whether nobody is there to look at what a command writes."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def baseline_file(root: Path, configuration: Configuration, chosen: Path | None = None) -> Path:
    """Where the baseline of a folder lies, or would."""
    from archlint.baseline import NAME

    return chosen or root / (configuration.baseline or NAME)


def load_baseline(
    root: Path, configuration: Configuration, chosen: Path | None = None, instead: Instead | None = None
) -> Baseline | None:
    """The baseline of a folder; one that was asked for by name must be there.

    `instead` are contents of files that count in place of those on the disk.
    """
    file = baseline_file(root, configuration, chosen)
    place, top, contents = file.resolve(), root.resolve(), instead or {}
    there = is_file(place, contents)
    if not there and chosen is None and not configuration.baseline:
        return None
    if not there:
        raise ArchlintError(f"the baseline {file} does not exist; archlint baseline create makes it")
    from archlint import baseline as known

    path = place.relative_to(top).as_posix() if place.is_relative_to(top) else ""
    staged = contents.get(place)
    return known.read(file, path) if staged is None else known.parse(staged, str(file), path)


def staged_state(root: Path, asked: Asked) -> Index:
    """What the index holds in place of the working tree; nothing where the question is not about the index."""
    if not asked.staged or asked.changed is not None or asked.stdin_filename is not None or not root.is_dir():
        return Index()
    from archlint.changes import BETWEEN, Git, past, untracked

    if os.environ.get(BETWEEN, ""):
        return Index()
    # Settings may lie above the scanned folder.
    git = Git(root)
    top = git.top()
    unstaged = past(Git(top), "", lambda path: _wanted(path) or named_for_settings(path))
    below = root.resolve()

    def inner(path: str) -> str | None:
        place = top / path
        return place.relative_to(below).as_posix() if place.is_relative_to(below) else None

    contents = {path: raw for told, raw in unstaged.contents.items() if (path := inner(told)) and _wanted(path)}
    left_out = frozenset(path for told in unstaged.added if (path := inner(told)))
    instead: dict[Path, bytes | None] = {top / path: raw for path, raw in unstaged.contents.items()}
    return Index(contents=contents, instead=instead, left_out=left_out | untracked(git))


@contextmanager
def held(root: Path, asked: Asked, configuration: Configuration, index: Index) -> Iterator[Held]:
    """What a scan is held against, with the folders it needs for as long as it needs them."""
    if asked.staged and asked.changed is not None:
        raise ArchlintError("--staged and --changed exclude each other")
    if asked.stdin_filename is not None:
        if asked.staged or asked.changed is not None:
            raise ArchlintError("--stdin-filename asks about one file, not about a change")
        yield _given(root, asked, configuration)
        return
    if not root.is_dir() or not (asked.staged or asked.changed is not None or asked.from_ref):
        baseline = None if asked.no_baseline else load_baseline(root, configuration, asked.baseline)
        yield Held(baseline=baseline)
        return
    # Most runs ask for no change, and need not wait for what looks into one.
    import tempfile

    from archlint.changes import BETWEEN, Git, changed_since, find_base, past, staged

    if asked.staged and os.environ.get(BETWEEN, ""):
        # The hooks are run over what lies between two commits, and nothing of it is staged.
        asked = msgspec.structs.replace(asked, staged=False, changed="")
    with ExitStack() as stack:
        git = Git(root)
        baseline = None if asked.no_baseline else load_baseline(root, configuration, asked.baseline, index.instead)
        if asked.from_ref:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="archlint-")))
            baseline = _joined(baseline, _at(root, asked.from_ref, folder, configuration))
        if asked.changed is not None:
            base = find_base(git, asked.changed)
            changes = changed_since(git, base, asked.changed or base[:12])
            yield Held(changes=changes, past=partial(past, git, base, _wanted), baseline=baseline)
        elif asked.staged:
            changes = staged(git)
            if in_ci() and not changes.lines and not changes.gone:
                # A CI job that runs the hooks over all files commits nothing; an answer about nothing would pass it.
                yield Held(baseline=baseline)
                return
            before = partial(past, git, "--cached", _wanted)
            left_out, contents = index.left_out, index.contents
            yield Held(leave_out=left_out, staged=contents, changes=changes, past=before, baseline=baseline)
        else:
            yield Held(baseline=baseline)


def _given(root: Path, asked: Asked, configuration: Configuration) -> Held:
    """One file as an editor has it: what is told has a place in it."""
    file = (asked.stdin_filename or root).resolve()
    if not file.is_relative_to(root.resolve()):
        raise ArchlintError(f"{asked.stdin_filename} does not lie in {root}")
    path = file.relative_to(root.resolve()).as_posix()
    baseline = None if asked.no_baseline else load_baseline(root, configuration, asked.baseline)
    changes = Changes(base="", lines={path: None}, whole=True)
    return Held(given={path: sys.stdin.buffer.read()}, changes=changes, baseline=baseline)


def _wanted(path: str) -> bool:
    """Whether a file's content matters to a scan: sources, and manifests."""
    from archlint.languages import language_of

    return language_of(path) is not None or path.endswith((".json", ".jsonc"))


def _at(root: Path, reference: str, folder: Path, configuration: Configuration) -> Baseline:
    """All findings of another state, as known ones."""
    from archlint import pipeline
    from archlint.baseline import entries_of
    from archlint.changes import Git, write_tree

    git = Git(root)
    commit = git.commit(reference)
    write_tree(git, commit, folder, _wanted)
    options = pipeline.Options(everything=True, configuration=configuration, suppress=False)
    return Baseline(origin=reference, entries=entries_of(pipeline.scan(folder, options).findings))


def _joined(first: Baseline | None, second: Baseline) -> Baseline:
    """What either knows. What another state knew, and this one has mended, is nobody's to prune."""
    entries = list(first.entries) if first else []
    there = {entry.fingerprint for entry in entries}
    entries += [entry for entry in second.entries if entry.fingerprint not in there]
    return Baseline(origin=second.origin, entries=tuple(entries), kept=False)
