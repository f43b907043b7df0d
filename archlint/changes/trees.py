"""Writes the files of another state into a folder, as git stored them: no filter runs and nothing is fetched."""

from collections.abc import Callable, Iterator
from pathlib import Path

from archlint.changes.git import Git
from archlint.model.configuration import Past
from archlint.model.errors import ArchlintError

_PLAIN = ("100644", "100755")
_BATCH = 1000
# What is stored is tracked, whatever ignore files say.
_NOT_WRITTEN = ".gitignore"

Wanted = Callable[[str], bool]


def write_tree(git: Git, commit: str, folder: Path, wanted: Wanted) -> None:
    """The files of a commit; those that nobody wants to read stay empty."""
    listed = git.ask("ls-tree", "-r", "-z", commit)
    if listed is None:
        raise ArchlintError(f"the files of {commit} cannot be listed")
    rows = []
    for row in listed.split("\0"):
        head, _, path = row.partition("\t")
        if path:
            mode, _, name = head.split(" ")
            rows.append((mode, name, path))
    _write(git, rows, folder, wanted)


def _write(git: Git, rows: list[tuple[str, str, str]], folder: Path, wanted: Wanted) -> None:
    files = [(name, path) for mode, name, path in rows if mode in _PLAIN and path.rpartition("/")[2] != _NOT_WRITTEN]
    for _, path in files:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
    asked = [(name, path) for name, path in files if wanted(path)]
    for start in range(0, len(asked), _BATCH):
        batch = asked[start : start + _BATCH]
        for (_, path), content in zip(batch, _given(git, [name for name, _ in batch]), strict=True):
            (folder / path).write_bytes(content)
    kept = {path for _, path in asked}
    for _, path in files:
        if path not in kept:
            (folder / path).touch()


def _given(git: Git, names: list[str]) -> list[bytes]:
    """The contents of objects."""
    answer = git.raw("cat-file", "--batch", given="".join(f"{name}\n" for name in names).encode()) if names else b""
    if answer is None:
        raise ArchlintError("git cannot give the files of another state")
    return list(_contents(answer))


def _contents(answer: bytes) -> Iterator[bytes]:
    place = 0
    while place < len(answer):
        end = answer.index(b"\n", place)
        head = answer[place:end].split(b" ")
        if len(head) != 3:
            raise ArchlintError("a file of another state is not in this clone; fetch the whole history")
        size = int(head[2])
        yield answer[end + 1 : end + 1 + size]
        place = end + size + 2


def past(git: Git, against: str, wanted: Wanted) -> Past:
    """What was there before a change: since a commit, `--cached` for what is staged, or empty for what is not."""
    compared = ("diff", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--relative")
    listed = git.ask(*compared, "--ignore-submodules", *([against] if against else []), "--")
    if listed is None:
        raise ArchlintError("git could not compare the files")
    rows = listed.split("\0")
    added, changed = set[str](), []
    for told, path in zip(rows[::2], rows[1::2], strict=False):
        mode, _, name, _, _ = told.removeprefix(":").split(" ")
        if mode not in _PLAIN:
            added.add(path)
        elif wanted(path):
            changed.append((name, path))
    contents = _given(git, [name for name, _ in changed])
    fresh = frozenset(added) if against == "--cached" else untracked(git) | added
    return Past(contents={path: raw for (_, path), raw in zip(changed, contents, strict=True)}, added=fresh)


def untracked(git: Git) -> frozenset[str]:
    """Files that the next commit will not hold."""
    listed = git.ask("ls-files", "-z", "--others", "--exclude-standard") or ""
    return frozenset(path for path in listed.split("\0") if path)
