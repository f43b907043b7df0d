"""What the patterns of a configuration say about files: which are left out, and which layer others belong to."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from archlint.model.configuration import Configuration
from archlint.model.source import Layer


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
    if not configuration.layers:
        return {}
    rows = [(Globs([pattern], configuration.prefix), layer) for pattern, layer in reversed(configuration.layers)]
    found = {}
    for path in paths:
        layer = next((layer for globs, layer in rows if globs.match(path)), None)
        if layer is not None:
            found[path] = layer
    return found
