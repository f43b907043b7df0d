"""All that a reporter may see."""

import msgspec

from archlint.model.finding import Finding
from archlint.model.rule import BusinessRule
from archlint.model.source import Problem


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of one scan. `by_layer` counts sites; `skipped` counts files by reason.

    `suppressed` and `known` findings are those in `Report.accepted`, by an ignore comment and by the baseline. `stale`
    is how many entries of the baseline nothing matches any more, `smaller` of how many only a part is left; `unchanged`
    is how many findings lie outside of the change that was asked about.
    """

    files: int
    lines: int
    rules: int
    findings: int
    by_layer: dict[str, int]
    skipped: dict[str, int]
    candidates: int = 0
    suppressed: int = 0
    known: int = 0
    stale: int = 0
    smaller: int = 0
    unchanged: int = 0


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """A finding that fails nobody. `by` is `comment` or `baseline`; `line` and `path` are those of the comment."""

    finding: Finding
    by: str
    reason: str = ""
    owner: str = ""
    path: str = ""
    line: int = 0


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One scan, ready to be rendered; the same input gives the same report to the byte.

    `base` names what the report was narrowed to: the state before the change; empty where all is shown.
    """

    version: str
    summary: Summary
    rules: tuple[BusinessRule, ...]
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    accepted: tuple[Accepted, ...] = ()
    base: str = ""
