"""Sites before they have their numbers, and what is said of a file, ready to be kept until the next run."""

from collections.abc import Iterable

import msgspec

from archlint.model.graph import Word
from archlint.model.predicate import Predicate
from archlint.model.rule import Site, Subject
from archlint.resolve.arrows import Place
from archlint.resolve.work import Codec


class Told(msgspec.Struct, frozen=True, array_like=True):
    """A site without a number, the place that it is about, and the file and index of its statement.

    `once` where several statements tell of the site, so that only the first of them counts.
    """

    site: Site
    place: Place
    statement: tuple[str, int] | None = None
    once: bool = False


class Said(msgspec.Struct, frozen=True, array_like=True):
    """What the statements and accesses of one file say."""

    told: list[Told]
    words: list[Word]


class Numbered:
    """Gives sites their numbers, in the order in which they come."""

    def __init__(self) -> None:
        self.places_of: dict[int, Place] = {}
        self.statement_of: dict[int, tuple[str, int]] = {}
        self._known: set[tuple[str, Subject, Predicate]] = set()
        self._last = 0

    def sites(self, told: Iterable[Told]) -> list[Site]:
        """The sites with their numbers, without those that were told before."""
        found: list[Site] = []
        for item in told:
            site = item.site
            if item.once:
                mark = (site.origin, site.subject, site.predicate)
                if mark in self._known:
                    continue
                self._known.add(mark)
            self._last += 1
            self.places_of[self._last] = item.place
            if item.statement is not None:
                self.statement_of[self._last] = item.statement
            found.append(msgspec.structs.replace(site, id=self._last))
        return found


_ENCODE = msgspec.msgpack.Encoder().encode
SAID = Codec(_ENCODE, msgspec.msgpack.Decoder(Said).decode)
TOLD = Codec(_ENCODE, msgspec.msgpack.Decoder(list[Told]).decode)
LOST = Codec(_ENCODE, msgspec.msgpack.Decoder(list[list[Told]]).decode)
