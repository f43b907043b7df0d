"""Finds the file that a scan is configured by: the nearest one upwards, and never more than one."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import tomli

from archlint.model.errors import ArchlintError

NAME = "archlint.toml"
_SHARED = "pyproject.toml"

Instead = Mapping[Path, bytes | None]
"""Contents of files that count in place of those on the disk; None where there is to be no such file."""

_AS_ON_DISK: Instead = MappingProxyType({})


def named_for_settings(path: str) -> bool:
    """Whether a file may hold settings by its name."""
    return path.endswith(".toml")


def is_file(file: Path, instead: Instead = _AS_ON_DISK) -> bool:
    """Whether there is such a file."""
    return instead[file] is not None if file in instead else file.is_file()


def find_file(root: Path, instead: Instead = _AS_ON_DISK) -> Path | None:
    """The nearest file with settings, from the scanned folder up to the root of its repository."""
    folder = root.resolve()
    while True:
        if is_file(folder / NAME, instead):
            return folder / NAME
        shared = folder / _SHARED
        if is_file(shared, instead) and _speaks(shared, instead):
            return shared
        if (folder / ".git").exists() or folder.parent == folder:
            return None
        folder = folder.parent


def _speaks(shared: Path, instead: Instead) -> bool:
    """Whether a file that belongs to many tools speaks to this one."""
    try:
        raw = _content(shared, instead)
        if b"archlint" not in raw:
            return False
        return "archlint" in tomli.loads(raw.decode("utf-8")).get("tool", {})
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError):
        # It may be broken for reasons that are none of ours.
        return False


def _content(file: Path, instead: Instead) -> bytes:
    raw = instead.get(file)
    return file.read_bytes() if raw is None else raw


def settings_of(file: Path, instead: Instead = _AS_ON_DISK) -> tuple[dict[str, object], str, tuple[str, ...]]:
    """The table of settings, the text it was read from, and the keys above it."""
    try:
        # As a file that is opened for its text gives it.
        text = _content(file, instead).decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except OSError as error:
        raise ArchlintError(f"{file} cannot be read: {(error.strerror or 'error').lower()}") from error
    except UnicodeDecodeError as error:
        raise ArchlintError(f"{file} is not UTF-8") from error
    try:
        table = tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise ArchlintError(f"{file} is not valid TOML: {error}") from error
    if file.name != _SHARED:
        return table, text, ()
    tool = table.get("tool", {})
    return (tool.get("archlint", {}) if isinstance(tool, dict) else {}), text, ("tool", "archlint")
