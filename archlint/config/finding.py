"""Finds the file that a scan is configured by: the nearest one upwards, and never more than one."""

from pathlib import Path

import tomli

from archlint.model.errors import ArchlintError

NAME = "archlint.toml"
_SHARED = "pyproject.toml"


def find_file(root: Path) -> Path | None:
    """The nearest file with settings, from the scanned folder up to the root of its repository."""
    folder = root.resolve()
    while True:
        if (folder / NAME).is_file():
            return folder / NAME
        shared = folder / _SHARED
        if shared.is_file() and _speaks(shared):
            return shared
        if (folder / ".git").exists() or folder.parent == folder:
            return None
        folder = folder.parent


def _speaks(shared: Path) -> bool:
    """Whether a file that belongs to many tools speaks to this one."""
    try:
        raw = shared.read_bytes()
        if b"archlint" not in raw:
            return False
        return "archlint" in tomli.loads(raw.decode("utf-8")).get("tool", {})
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError):
        # It may be broken for reasons that are none of ours.
        return False


def settings_of(file: Path) -> tuple[dict[str, object], str, tuple[str, ...]]:
    """The table of settings, the text it was read from, and the keys above it."""
    try:
        text = file.read_text("utf-8-sig")
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
