"""Reads `rules/idioms/*.toml`: what the calls of libraries mean."""

from functools import cache
from typing import Any

from archlint import data


@cache
def table(name: str) -> dict[str, Any]:
    """One file of idioms."""
    return data.table(f"idioms/{name}")


@cache
def words(name: str, *keys: str) -> frozenset[str]:
    """A list of a file of idioms, as a set."""
    found: Any = table(name)
    for key in keys:
        found = found.get(key, {})
    return frozenset(found)
