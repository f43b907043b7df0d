"""Reads differences into the changed lines of the new text."""

import re

from archlint.changes.git import Git
from archlint.model.configuration import Changes
from archlint.model.errors import ArchlintError

_DIFF = (
    "diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--find-renames", "--relative",
    "--src-prefix=a/", "--dst-prefix=b/", "--ignore-submodules",
)  # fmt: skip
_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)")
_ESCAPES = {b"t": b"\t", b"n": b"\n", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v"}

Lines = tuple[tuple[int, int], ...]


def changed_since(git: Git, base: str, told: str) -> Changes:
    """What differs in the working tree, with files that git does not know yet."""
    new, gone = _lines(git, base)
    lines: dict[str, Lines | None] = dict(new)
    for path in _names(git, "ls-files", "-z", "--others", "--exclude-standard"):
        lines[path] = None
    return Changes(base=told, lines=lines, gone=gone)


def staged(git: Git) -> Changes:
    """What the next commit would change."""
    if _names(git, "ls-files", "-z", "--unmerged"):
        raise ArchlintError("files are not merged yet; resolve the conflicts first")
    lines, gone = _lines(git, "--cached")
    return Changes(base="the last commit", lines=dict(lines), gone=gone)


def _lines(git: Git, against: str) -> tuple[dict[str, Lines], dict[str, Lines]]:
    text = git.raw(*_DIFF, against, "--")
    if text is None:
        raise ArchlintError("git could not compare the files")
    return parse(text.decode("utf-8", "surrogateescape"))


def parse(text: str) -> tuple[dict[str, Lines], dict[str, Lines]]:
    """The changed lines by path, and the old lines by old path.

    Where lines were only taken out, those on both sides of the gap are changed.
    """
    found: dict[str, list[tuple[int, int]]] = {}
    gone: dict[str, list[tuple[int, int]]] = {}
    path = old = ""
    expected = 0
    for line in text.split("\n"):
        if expected and line[:1] in ("+", "-", "\\"):
            # A line of the text may look like a header.
            expected -= line[0] != "\\"
        elif line.startswith("--- "):
            old = _path(line[4:], "a/")
        elif line.startswith("+++ "):
            path = _path(line[4:], "b/")
        elif hunk := _HUNK.match(line):
            before, less, first, count = int(hunk[1]), int(hunk[2] or 1), int(hunk[3]), int(hunk[4] or 1)
            expected = count + less
            if path:
                found.setdefault(path, []).append((first, first + count - 1) if count else (first, first + 1))
            if old and less:
                gone.setdefault(old, []).append((before, before + less - 1))
    return _frozen(found), _frozen(gone)


def _frozen(found: dict[str, list[tuple[int, int]]]) -> dict[str, Lines]:
    return {path: tuple(hunks) for path, hunks in found.items()}


def _path(told: str, prefix: str) -> str:
    """The path of a header; empty where there is no such file on that side."""
    told = told.removesuffix("\t")
    if told == "/dev/null":
        return ""
    if told.startswith('"'):
        raw = _ESCAPE.sub(_unescaped, told[1:-1].encode("utf-8", "surrogateescape"))
        told = raw.decode("utf-8", "surrogateescape")
    return told.removeprefix(prefix)


def _unescaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8)]) if len(code) == 3 else _ESCAPES.get(code, code)


def _names(git: Git, *arguments: str) -> list[str]:
    return [name for name in (git.ask(*arguments) or "").split("\0") if name]
