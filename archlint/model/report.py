"""All that a reporter may see."""

import msgspec

from archlint.model.finding import Finding
from archlint.model.rule import BusinessRule
from archlint.model.source import Problem


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of one scan. `by_layer` counts sites; `skipped` counts files by reason."""

    files: int
    lines: int
    rules: int
    findings: int
    by_layer: dict[str, int]
    skipped: dict[str, int]
    candidates: int = 0


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One scan, ready to be rendered; the same input gives the same report to the byte."""

    version: str
    summary: Summary
    rules: tuple[BusinessRule, ...]
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
