"""Everyday words that the checks must not take for knowledge of a business: `rules/vocabulary.toml`."""

from archlint import data


def words(name: str) -> frozenset[str]:
    """One list, by its name there."""
    return data.words("vocabulary", name)
