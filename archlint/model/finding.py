"""Checks, and what they report."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from archlint.model.source import Layer, Span

# What a part begins with that is a number of places.
COUNT = "#"


class Severity(StrEnum):
    """How bad a finding is, worst first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Place(msgspec.Struct, frozen=True, order=True):
    """One site of a finding and its part in it.

    `role` is `accepts`, `refuses`, `writes`, `states`, `lost`, `guards`, `reads`, …
    `pieces` are the parts of `normal`, which stay the same however a range is written.
    """

    path: str
    span: Span
    layer: Layer
    role: str
    text: str = ""
    normal: str = ""
    pieces: tuple[str, ...] = ()


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A check broken here. `confidence` below the default threshold keeps it out of the default report.

    `parts` stand for what makes up the fingerprint, as `layer:value`, and `COUNT` with a number.
    """

    code: str
    name: str
    severity: Severity
    message: str
    places: tuple[Place, ...]
    rule: str = ""
    subject: str = ""
    fingerprint: str = ""
    parts: tuple[str, ...] = ()
    confidence: float = 1.0
    witness: str = ""
    witness_words: str = ""
    fix: str = ""
    weight: float = 0.0

    def less_than(self, parts: Iterable[str]) -> bool:
        """Whether it is less of the same: no part that was not there, or fewer values in no more places."""
        mine, counted = _told(self.parts)
        there, most = _told(parts)
        if not mine or counted > most:
            return False
        return mine <= there or (_values(mine) < _values(there) and len(mine) <= len(there))


def _told(parts: Iterable[str]) -> tuple[set[str], int]:
    told = set(parts)
    counts = {part for part in told if part.startswith(COUNT)}
    return told - counts, max((int(part[len(COUNT) :]) for part in counts), default=0)


def _values(parts: set[str]) -> set[str]:
    return {part.rpartition(":")[2] for part in parts}


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """A small repository that keeps or breaks a check."""

    name: str
    files: dict[str, str]
    broken: tuple[str, ...] = ()


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """What archlint judges, as `rules/checks/CODE.toml` states it."""

    code: str
    name: str
    title: str
    severity: Severity
    why: str
    fix: str
    examples: tuple[Example, ...] = ()
    default: bool = True
