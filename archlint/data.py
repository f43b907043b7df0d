"""Finds and reads the data under `rules/`: beside the package in a checkout, inside it in an installed wheel."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import tomli

_PACKAGE = Path(__file__).resolve().parent


@cache
def folder() -> Path:
    """The folder `rules`."""
    inside = _PACKAGE / "rules"
    return inside if inside.is_dir() else _PACKAGE.parent / "rules"


@cache
def table(name: str) -> dict[str, Any]:
    """One TOML file of `rules/`, by its path without suffix: `discover`, `checks/AL201`; with what a project adds."""
    whole = tomli.loads((folder() / f"{name}.toml").read_text("utf-8"))
    for file in _added:
        if f"idioms/{Path(file).stem}" == name:
            whole = _joined(whole, tomli.loads(Path(file).read_text("utf-8")))
    return whole


def words(name: str, key: str) -> frozenset[str]:
    """One list of words of a file of `rules/`."""
    return frozenset(table(name)[key])


_added: list[str] = []


def add(files: Sequence[str]) -> None:
    """Let a project's idioms add to the files of the same name; in each process before the first table is read."""
    if list(files) != _added:
        _added[:] = files
        table.cache_clear()


def _joined(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Tables key by key, lists one after the other, anything else as the second says."""
    joined = dict(first)
    for key, value in second.items():
        before = joined.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            joined[key] = _joined(before, value)
        elif isinstance(before, list) and isinstance(value, list):
            joined[key] = [*before, *value]
        else:
            joined[key] = value
    return joined
