"""Which SQL files make up a database, and in which order they have been applied."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import IntEnum
from typing import NamedTuple

_FOLDER = re.compile(
    r"(?:^|[._-])migrations?$|^(?:migrate|drizzle|deploy|changelogs?|patches|versions)$", re.IGNORECASE
)
_SEED = re.compile(r"(?:^|[._-])seeds?(?:[._-]|$)|^(?:fixtures|sample_?data|demo_?data)$", re.IGNORECASE)
_FLYWAY = re.compile(r"^(?:[VBU]\d[\w.]*?__|R__)")
_STAMPED = re.compile(r"^\d{12,}[._-]")
_UNDO = re.compile(r"^U\d[\w.]*?__")
_LEADING = re.compile(r"^[vVbB]?(\d+(?:[._-]\d+)*)")
_NUMBERED = re.compile(r"^(?:[vVbB]?\d|R__)")
_DATED = re.compile(r"^(\d{4})-(\d\d)-(\d\d)(?:[-_T](\d{4,6}))?(?=\D|$)")
_ENDING = re.compile(r"(?:\.(?:up|do|forward))?\.(?:sql|pgsql)$", re.IGNORECASE)
_TOKENS = re.compile(r"(\d+)")
_FIRST = re.compile(r"^(?:after_?reset|before_?migrate|before_?reset)", re.IGNORECASE)
_LAST = re.compile(r"^(?:after|current\b)", re.IGNORECASE)
_STAMP_DIGITS = 20

Key = tuple[tuple[int, int, str], ...]


class Role(IntEnum):
    """What a file is for, in the order in which files are applied."""

    PLAIN = 0
    MIGRATION = 1
    SEED = 2


class Unit(NamedTuple):
    """Files that are applied one after another: a folder of migrations, of plain schema files or of seeds.

    `numbered`: their names say in which order (some of migrations suffice, all of others).
    """

    root: str
    role: Role
    paths: tuple[str, ...]
    numbered: bool


def set_aside(path: str, hints: Iterable[str], paths: frozenset[str]) -> bool:
    """Whether a file undoes or proves what another one does, instead of building anything."""
    folder, _, name = path.rpartition("/")
    if "down" in hints or _UNDO.match(name):
        return True
    # sqitch keeps three folders side by side.
    head, _, last = folder.rpartition("/")
    deploy = f"{head}/deploy/{name}" if head else f"deploy/{name}"
    return last in ("revert", "verify") and deploy in paths


def units(paths: Iterable[str]) -> list[Unit]:
    """The files in groups that belong together, each in its order; groups by role and path."""
    placed = {path: _place(path) for path in sorted(paths)}
    stamped = {root for role, root in placed.values() if role is Role.MIGRATION}
    grouped: dict[tuple[Role, str], list[str]] = defaultdict(list)
    for path, (role, root) in placed.items():
        # One name with a time stamp makes a sequence of all numbered files beside it.
        if role is Role.PLAIN and root in stamped and _LEADING.match(path.rpartition("/")[2]):
            role = Role.MIGRATION
        grouped[role, root].append(path)
    found = []
    for (role, root), members in sorted(grouped.items()):
        ordered = _ordered(root, members)
        bearing = [_NUMBERED.match(_position(_below(root, path))[1]) is not None for path in members]
        numbered = any(bearing) if role is Role.MIGRATION else all(bearing)
        found.append(Unit(root, role, tuple(ordered), numbered))
    return found


def _place(path: str) -> tuple[Role, str]:
    """The role of a file and the folder whose sequence it is part of."""
    *folders, name = path.split("/")
    for number, folder in enumerate(folders):
        if _FOLDER.search(folder):
            return Role.MIGRATION, "/".join(folders[: number + 1])
    if folders and folders[-1] in ("committed", "current"):
        return Role.MIGRATION, "/".join(folders[:-1])
    if _FLYWAY.match(name) or _STAMPED.match(name):
        return Role.MIGRATION, "/".join(folders)
    stem = _ENDING.sub("", name)
    if _SEED.search(stem) or any(_SEED.search(folder) for folder in folders):
        return Role.SEED, "/".join(folders)
    return Role.PLAIN, "/".join(folders)


def _below(root: str, path: str) -> list[str]:
    """The parts of a path below its root."""
    rest = path[len(root) + 1 :] if root else path
    return rest.split("/")


def _ordered(root: str, paths: list[str]) -> list[str]:
    """The files of one sequence in the order of their numbers."""
    placed = {path: _position(_below(root, path)) for path in paths}
    numbers: dict[str, set[str]] = defaultdict(set)
    for folder, named in placed.values():
        if found := _LEADING.match(named):
            numbers[found.group(1)].add(folder)
    # Numbers that occur in several subfolders belong to sequences of their own; otherwise all form one.
    apart = any(len(folders) > 1 for folders in numbers.values())

    def key(path: str) -> tuple[int, Key, Key, Key]:
        folder, named = placed[path]
        return _phase(_below(root, path)), _natural(folder) if apart else (), _natural(named), _natural(path)

    return sorted(paths, key=key)


def _position(parts: list[str]) -> tuple[str, str]:
    """The subfolder that a file's number counts in, and the name that bears the number: the file's or a folder's."""
    names = [*parts[:-1], _ENDING.sub("", parts[-1])]
    bearer = next((at for at in reversed(range(len(names))) if _NUMBERED.match(names[at])), len(names) - 1)
    return "/".join(parts[:bearer]), names[bearer]


def _phase(parts: list[str]) -> int:
    """Callbacks run before or after all migrations, repeatable ones after the versioned, current work last."""
    name = parts[-1]
    if _FIRST.match(name):
        return 0
    if name.startswith("R__"):
        return 2
    if parts[0] == "current" or _LAST.match(name):
        return 4 if name.lower().startswith("after") else 3
    return 1


def _natural(text: str) -> Key:
    """Compares numbers by value; what begins like a date is a time stamp, however many digits it has."""
    dated = _DATED.match(text)
    if dated:
        text = "".join(part or "" for part in dated.groups()) + text[dated.end() :]
    if _FLYWAY.match(text):
        version, _, rest = text[1:].partition("__")
        text = f"{version.replace('_', '.')}.{rest}"
    found: list[tuple[int, int, str]] = []
    for token in _TOKENS.split(text):
        if token.isdigit():
            stamp = len(token) >= 8 and token[:2] in ("19", "20")
            found.append((0, int(token.ljust(_STAMP_DIGITS, "0")) if stamp else int(token), ""))
        elif token:
            found.append((1, 0, token.lower()))
    return tuple(found)


def nearest(unit: Unit, homes: Mapping[int, list[Unit]], candidates: list[int]) -> int:
    """Among databases, the one that lies closest in the tree; the first where several do."""

    def shared(number: int) -> int:
        return max((_common(unit.root, other.root) for other in homes[number]), default=0)

    return max(candidates, key=lambda number: (shared(number), -number))


def _common(first: str, second: str) -> int:
    count = 0
    for one, other in zip(first.split("/"), second.split("/"), strict=False):
        if one != other:
            break
        count += 1
    return count
