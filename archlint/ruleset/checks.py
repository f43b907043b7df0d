"""Reads `rules/checks/*.toml`: what each check is called, why it exists, what to do, and its examples."""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import tomli

from archlint import data
from archlint.model.errors import ArchlintError
from archlint.model.finding import Check, Example


@cache
def load_checks() -> dict[str, Check]:
    """All checks by code, in the order of their codes."""
    return read_checks(data.folder() / "checks")


def read_checks(folder: Path) -> dict[str, Check]:
    """The checks of a folder; a mistake in a file is named with the file and the field."""
    found = {}
    for path in sorted(folder.glob("*.toml")):
        check = _check(path)
        if check.code != path.stem:
            raise ArchlintError(f"{path.name}: code is {check.code!r}, but the file is called {path.stem!r}")
        found[check.code] = check
    return found


def _check(path: Path) -> Check:
    try:
        raw = tomli.loads(path.read_text("utf-8"))
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ArchlintError(f"{path.name}: not readable as TOML: {error}") from error
    _known(path, raw, Check, "")
    for number, example in enumerate(raw.get("examples", ())):
        if isinstance(example, dict):
            _known(path, example, Example, f"examples[{number}].")
    try:
        check = msgspec.convert(raw, Check)
    except msgspec.ValidationError as error:
        raise ArchlintError(f"{path.name}: {_told(error)}") from error
    for number, example in enumerate(check.examples):
        if not example.files:
            raise ArchlintError(f"{path.name}: examples[{number}].files is empty")
    return check


def _known(path: Path, raw: dict[str, Any], kind: type[msgspec.Struct], where: str) -> None:
    for field in raw:
        if field not in kind.__struct_fields__:
            known = ", ".join(kind.__struct_fields__)
            raise ArchlintError(f"{path.name}: {where}{field} is not a field (known: {known})")


def _told(error: msgspec.ValidationError) -> str:
    return str(error).replace("$.", "").replace("`", "")
