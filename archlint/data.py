"""Finds and reads the data under `rules/`: beside the package in a checkout, inside it in an installed wheel."""

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
    """One TOML file of `rules/`, by its path without suffix: `discover`, `checks/AL201`."""
    return tomli.loads((folder() / f"{name}.toml").read_text("utf-8"))
