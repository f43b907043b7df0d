"""Checks, and what they report."""

from enum import StrEnum

import msgspec

from archlint.model.source import Layer, Span


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
    """A check broken here. `confidence` below the default threshold keeps it out of the default report."""

    code: str
    name: str
    severity: Severity
    message: str
    places: tuple[Place, ...]
    rule: str = ""
    subject: str = ""
    fingerprint: str = ""
    confidence: float = 1.0
    witness: str = ""
    witness_words: str = ""
    fix: str = ""
    weight: float = 0.0


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
