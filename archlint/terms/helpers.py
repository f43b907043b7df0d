"""What remembers things of one file while it is read, and is let go afterwards."""

from collections.abc import Callable
from typing import Any, TypeVar

Helper = TypeVar("Helper")


class Helpers:
    """The readers of one file that are made when they are first asked for; each knows the reader of the file."""

    def __init__(self) -> None:
        self._helpers: dict[Callable[[Any], Any], Any] = {}

    def helper(self, kind: Callable[[Any], Helper]) -> Helper:
        """The one helper of a kind."""
        found: Helper | None = self._helpers.get(kind)
        if found is None:
            found = self._helpers[kind] = kind(self)
        return found

    def part(self) -> None:
        """Let go of the readers of the parts, which know this one: without circles memory is free at once."""
        self.__dict__.clear()
