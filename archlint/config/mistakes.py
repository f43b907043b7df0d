"""Collects what is wrong with a file of settings, so that all of it is told at once."""

import difflib
from collections.abc import Iterable
from pathlib import Path

from archlint.config.lines import Path as Keys
from archlint.config.lines import line_of, lines_of
from archlint.model.errors import ArchlintError


class Source:
    """One file of settings: where its keys stand, and what is wrong with them."""

    def __init__(self, file: Path, text: str, above: tuple[str, ...], shown: str) -> None:
        self.file = file
        self.shown = shown
        self._lines = lines_of(text)
        self._above = above
        self.mistakes: list[tuple[int, str]] = []

    def line(self, keys: Keys) -> int:
        """The line of a key."""
        return line_of(self._lines, (*self._above, *keys))

    def spell(self, keys: Keys, word: str) -> None:
        """Let a key be found by another spelling of its last part, too."""
        self._lines.setdefault((*self._above, *keys[:-1], word), self.line(keys))

    def where(self, keys: Keys) -> str:
        """A key's place as `file:line`."""
        return f"{self.shown}:{self.line(keys)}"

    def wrong(self, keys: Keys, told: str) -> None:
        """Note a mistake."""
        self.mistakes.append((self.line(keys), f"{self.where(keys)}: {told}"))

    def unknown(self, keys: Keys, what: str, word: str, known: Iterable[str]) -> None:
        """Note a word that is not one of those known, with the nearest that is."""
        self.wrong(keys, f"{what} {word!r} is not known{nearest(word, known)}")


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint at the word that was probably meant, else the words there are."""
    spellings = {item.lower(): item for item in known}
    near = difflib.get_close_matches(word.lower(), spellings, 1)
    if near:
        return f"; did you mean {spellings[near[0]]!r}?"
    return f" (known: {', '.join(spellings.values())})" if len(spellings) <= 15 else ""


def tell(sources: Iterable[Source]) -> None:
    """Fail with all mistakes of all files, if there are any."""
    found = [told for source in sources for _, told in sorted(source.mistakes, key=lambda item: item[0])]
    if len(found) == 1:
        raise ArchlintError(found[0])
    if found:
        raise ArchlintError(f"{len(found)} mistakes in the configuration", tuple(found))
