"""The file: JSON with one entry a line, sorted, so that a change of it can be read and merged."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from archlint.model.configuration import Baseline, Entry
from archlint.model.errors import ArchlintError

NAME = ".archlint-baseline.json"
_VERSION = 1
_HEAD = '{"version": 1, "entries": ['


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    entries: tuple[Entry, ...]


def read(file: Path, path: str = "") -> Baseline:
    """The baseline in a file; `path` is the file's path below the scanned root."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise ArchlintError(f"the baseline {file} cannot be read: {(error.strerror or 'error').lower()}") from error
    return parse(raw, str(file), path)


def parse(raw: bytes, origin: str, path: str = "") -> Baseline:
    """The baseline in the bytes of a file."""
    try:
        found = msgspec.json.decode(raw, type=_File)
    except msgspec.DecodeError as error:
        raise ArchlintError(f"the baseline {origin} is not valid: {error}") from error
    if found.version != _VERSION:
        raise ArchlintError(f"the baseline {origin} has version {found.version}; this archlint reads {_VERSION}")
    return Baseline(origin=origin, entries=found.entries, path=path)


def written(entries: Iterable[Entry]) -> bytes:
    """The text of a baseline."""
    lines = [msgspec.json.format(msgspec.json.encode(entry), indent=0).decode() for entry in sorted(entries)]
    lines = [f"  {_spaced(line)}" for line in lines]
    body = ",\n".join(lines)
    return (f"{_HEAD}\n{body}\n]}}\n" if lines else f"{_HEAD}]}}\n").encode()


def _spaced(line: str) -> str:
    """One line; the formatter writes spaces behind commas and colons only where it breaks lines."""
    return line.replace("\n", "")


def line_of(number: int) -> int:
    """The line on which an entry stands, by its number from 0."""
    return number + 2
