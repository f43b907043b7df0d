"""Lists the files of a tree, as git sees them where there is git, else by walking with nested ignore files."""

import os
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from archlint.model.source import Problem

# Repository configuration must not make git run a program of the scanned repository, and a hook's environment must
# not point git at another index.
_GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=", "-c", "core.quotePath=false")
_HOOK_VARIABLES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")
_IGNORE_FILE = ".gitignore"


# By folder, outermost last: the patterns of its ignore file, and one that matches where any of them does.
_Ignores = tuple[tuple[str, Any, re.Pattern[str] | None], ...]


class Tree(msgspec.Struct, frozen=True):
    """POSIX paths relative to the root, sorted. `pruned` are folders not entered; `links` are symbolic links."""

    paths: tuple[str, ...]
    pruned: tuple[str, ...]
    links: tuple[str, ...]
    problems: tuple[Problem, ...]


def list_tree(root: str, prune: Callable[[str], bool]) -> Tree:
    """All files below `root` that no ignore file excludes; `prune` says by name which folders not to enter."""
    listed = _list_with_git(root)
    # An empty answer may mean that an outer repository ignores this very folder; the user asked for it all the same.
    return _split(root, listed, prune) if listed else _Walk(root, prune).run()


def _list_with_git(root: str) -> list[str]:
    environment = {key: value for key, value in os.environ.items() if key not in _HOOK_VARIABLES}
    environment["GIT_OPTIONAL_LOCKS"] = "0"
    command = [*_GIT, "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, env=environment, check=False)
    except OSError:
        return []
    return [os.fsdecode(path) for path in done.stdout.split(b"\0") if path] if done.returncode == 0 else []


def _split(root: str, listed: list[str], prune: Callable[[str], bool]) -> Tree:
    """git names a nested repository and a submodule as one entry, and a symbolic link as a file."""
    paths: set[str] = set()
    links: list[str] = []
    problems: list[Problem] = []
    for path in listed:
        name = path.rpartition("/")[2]
        # Only an entry that looks like a folder or has no suffix can be one of the rare kinds; the rest costs no call.
        if name and "." in name[1:]:
            paths.add(path)
            continue
        full = os.path.join(root, path)
        if os.path.islink(full):
            links.append(path)
        elif os.path.isdir(full):
            folder = path.rstrip("/")
            nested = list_tree(full, prune) if os.path.exists(os.path.join(full, ".git")) else _EMPTY
            paths.update(f"{folder}/{inner}" for inner in nested.paths)
            links.extend(f"{folder}/{inner}" for inner in nested.links)
            problems.extend(nested.problems)
        else:
            paths.add(path)
    return Tree(tuple(sorted(paths)), (), tuple(sorted(links)), tuple(problems))


_EMPTY = Tree((), (), (), ())


class _Walk:
    """One walk; ignore files of outer folders hold below until an inner one says otherwise."""

    def __init__(self, root: str, prune: Callable[[str], bool]) -> None:
        self._root = root
        self._prune = prune
        self._paths: list[str] = []
        self._pruned: list[str] = []
        self._links: list[str] = []
        self._problems: list[Problem] = []

    def run(self) -> Tree:
        pending: list[tuple[str, _Ignores]] = [("", ())]
        while pending:
            folder, ignores = pending.pop()
            pending.extend(self._enter(folder, ignores))
        return Tree(
            tuple(sorted(self._paths)), tuple(sorted(self._pruned)), tuple(sorted(self._links)), tuple(self._problems)
        )

    def _enter(self, folder: str, ignores: _Ignores) -> Iterator[tuple[str, _Ignores]]:
        try:
            with os.scandir(os.path.join(self._root, folder) if folder else self._root) as found:
                entries = list(found)
        except OSError as error:
            self._problems.append(Problem(folder or ".", 1, f"the folder cannot be listed: {reason_of(error)}"))
            return
        before = f"{folder}/" if folder else ""
        if any(entry.name == _IGNORE_FILE for entry in entries):
            ignores = self._with_ignore_file(before, ignores)
        for entry in entries:
            path = before + entry.name
            if entry.is_symlink():
                self._links.append(path)
            elif entry.is_dir(follow_symlinks=False):
                if self._prune(entry.name):
                    self._pruned.append(path)
                elif not _ignored(path + "/", ignores):
                    yield path, ignores
            elif entry.is_file(follow_symlinks=False) and not _ignored(path, ignores):
                self._paths.append(path)

    def _with_ignore_file(self, before: str, ignores: _Ignores) -> _Ignores:
        # Imported only where an ignore file is read: most scans have git to ask.
        from pathspec import GitIgnoreSpec

        try:
            with open(os.path.join(self._root, before, _IGNORE_FILE), encoding="utf-8", errors="replace") as lines:
                spec = GitIgnoreSpec.from_lines(lines)
                return ((before, spec, _any_of(spec.patterns)), *ignores)
        except (OSError, ValueError) as error:
            self._problems.append(Problem(before + _IGNORE_FILE, 1, f"the ignore file cannot be read: {error}"))
            return ignores


def _ignored(path: str, ignores: _Ignores) -> bool:
    """Whether the innermost ignore file with an opinion excludes the path."""
    for folder, spec, any_of in ignores:
        below = path[len(folder) :]
        if any_of is not None and any_of.search(below) is None:
            continue
        verdict = spec.check_file(below).include
        if verdict is not None:
            return bool(verdict)
    return False


def _any_of(patterns: Iterable[Any]) -> re.Pattern[str] | None:
    """One pattern for many: most paths match none, and are spared the question to each of them."""
    written = [pattern.regex.pattern for pattern in patterns if pattern.include is not None]
    try:
        # A group's name may stand only once in a pattern.
        return re.compile("|".join(f"(?:{re.sub(r'[?]P<[^>]*>', '?:', text)})" for text in written) or r"(?!)")
    except re.error:
        return None


def reason_of(error: OSError) -> str:
    """What the system said, without the path of this machine."""
    return (error.strerror or type(error).__name__).lower()
