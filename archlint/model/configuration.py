"""What a team may decide about a scan, and what it has accepted."""

import msgspec

from archlint.model.finding import Place
from archlint.model.rule import Site
from archlint.model.source import Layer, Span

ARCHITECTURES = ("database-first", "logic-first", "hybrid")
OFF = "off"


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one scan; empty means that archlint decides.

    Patterns are those of ignore files, relative to the folder of the file that states them; `prefix` is the path of the
    scanned root in that folder. The last pattern of `layers` that matches wins.
    `homes` maps a subject, an entity or a kind of rule to a layer. `severity` maps codes to a level or `off`.
    `dialects` says which database SQL files are written for, as `layers` does.
    `declared` are sites of rules that stand outside of the repository. `idioms` are absolute paths.
    """

    prefix: str = ""
    architecture: str = ""
    layers: tuple[tuple[str, Layer], ...] = ()
    dialects: tuple[tuple[str, str], ...] = ()
    homes: tuple[tuple[str, Layer], ...] = ()
    severity: tuple[tuple[str, str], ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fail_on: str = ""
    min_confidence: float | None = None
    aliases: tuple[tuple[str, str], ...] = ()
    declared: tuple[Site, ...] = ()
    idioms: tuple[str, ...] = ()
    baseline: str = ""


class Unused(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A suppression or a baseline entry that does nothing, and why."""

    place: Place
    reason: str
    mark: tuple[str, ...] = ()


class Entry(msgspec.Struct, frozen=True, kw_only=True, order=True, omit_defaults=True):
    """One known finding of a baseline; `count` where several are alike.

    `parts` tell less of the same from something new. What is not a key of it is for the reader.
    """

    check: str
    subject: str
    fingerprint: str
    parts: tuple[str, ...] = ()
    count: int = 1
    message: str = ""
    paths: tuple[str, ...] = ()
    reason: str = ""
    owner: str = ""


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """The known findings, and where they were read from (for messages); `path` is relative to the root, or empty.

    `kept` is false where no file holds them, so that none can be taken out.
    """

    origin: str
    entries: tuple[Entry, ...]
    path: str = ""
    kept: bool = True


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What changed since `base`, by path: the changed lines of the new text as (first, last), or None for all of it.

    A deletion touches the lines around it. `gone` are the lines of the old text that are not in the new one, by their
    old path. `whole` is true where files are meant and no change: then nothing is said of copies that were not changed
    together.
    """

    base: str
    lines: dict[str, tuple[tuple[int, int], ...] | None]
    gone: dict[str, tuple[tuple[int, int], ...]] = {}
    whole: bool = False

    def touch(self, place: Place | Site) -> bool:
        """Whether a place lies in the change."""
        if place.path not in self.lines:
            return False
        lines = self.lines[place.path]
        return lines is None or _meet(lines, place.span)

    def took(self, path: str, span: Span) -> bool:
        """Whether a place of the old text is not in the new one, or not as it was."""
        return _meet(self.gone.get(path, ()), span)


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """What a tree was before a change: the old `contents` of what was changed or taken away, and what was `added`."""

    contents: dict[str, bytes]
    added: frozenset[str] = frozenset()


def _meet(lines: tuple[tuple[int, int], ...], span: Span) -> bool:
    return any(first <= span.end_line and span.line <= last for first, last in lines)
