"""What the patterns of a configuration say about files: which are left out, and which layer others belong to."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from archlint.model.configuration import Configuration
from archlint.model.source import Layer

Value = TypeVar("Value")


class Globs:
    """Patterns as in ignore files, asked about paths below the scanned root."""

    def __init__(self, patterns: Sequence[str], prefix: str) -> None:
        # Imported only where there are patterns: it costs as much as finding the files.
        from pathspec import GitIgnoreSpec

        self._spec: Any = GitIgnoreSpec.from_lines(patterns)
        self._prefix = f"{prefix}/" if prefix else ""

    def match(self, path: str) -> bool:
        """Whether the last pattern that fits a path is none of exception."""
        return bool(self._spec.match_file(self._prefix + path))


def excluded(configuration: Configuration) -> Callable[[str], bool] | None:
    """What tells whether a file is left out; None where nothing is."""
    return Globs(configuration.exclude, configuration.prefix).match if configuration.exclude else None


def pinned(configuration: Configuration, paths: Iterable[str]) -> dict[str, Layer]:
    """The files whose layer the team has said."""
    return last_of(configuration.layers, configuration.prefix, paths)


def last_of(table: Sequence[tuple[str, Value]], prefix: str, paths: Iterable[str]) -> dict[str, Value]:
    """What a table of patterns says of paths; the last pattern that matches wins."""
    if not table:
        return {}
    rows = [(Globs([pattern], prefix), value) for pattern, value in reversed(table)]
    found = {}
    for path in paths:
        value = next((value for globs, value in rows if globs.match(path)), None)
        if value is not None:
            found[path] = value
    return found
