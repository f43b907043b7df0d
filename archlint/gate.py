"""What becomes of findings: severities, comments, the baseline, and the narrowing to what was asked for."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import msgspec

from archlint import baseline as known
from archlint import suppressions
from archlint.model.configuration import OFF, Baseline, Changes, Configuration, Unused
from archlint.model.facts import Suppression
from archlint.model.finding import Finding, Severity
from archlint.model.report import Accepted, Report
from archlint.model.source import Layer

DEFAULT_CONFIDENCE = 0.7


class Judged(msgspec.Struct, frozen=True):
    """A report with all candidates, and what is needed to narrow it.

    `off` are the codes of checks that are off by default, `names` the codes by every spelling in lower case.
    """

    report: Report
    off: frozenset[str]
    comments: dict[str, tuple[Suppression, ...]]
    names: dict[str, str]
    layers: dict[str, Layer]


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """What to show. `select` and `ignore` are codes; `everything` shows candidates and checks off by default.

    `suppress` is false where comments are not to count.
    """

    everything: bool = False
    min_confidence: float | None = None
    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    configuration: Configuration = Configuration()
    baseline: Baseline | None = None
    changes: Changes | None = None
    suppress: bool = True


def narrow(judged: Judged, gate: Gate, before: Callable[[], Judged] | None = None) -> Report:
    """The report as it was asked for; findings that are not shown are counted.

    `before` judges the state before the change that was asked about.
    """
    report = judged.report
    findings = _settled(report.findings, dict(gate.configuration.severity))
    accepted: list[Accepted] = []
    idle: list[Unused] = []
    stale: list[Unused] = []
    smaller = 0
    if gate.suppress:
        today = date.today().isoformat()
        matched = suppressions.match(findings, judged.comments, judged.names, judged.layers, today)
        findings, accepted, idle = matched.findings, matched.accepted, matched.unused
    if gate.baseline is not None:
        held = known.hold(findings, gate.baseline)
        findings, accepted, stale = held.findings, [*accepted, *held.known], held.unused
        smaller = len(held.smaller) if gate.baseline.kept else 0
    findings = _with_last(findings, idle, stale, gate.configuration)
    chosen = [finding for finding in findings if _asked_for(finding, gate)]
    shown = [finding for finding in chosen if _sure(finding, judged, gate)]
    candidates = len(chosen) - len(shown)
    accepted = [item for item in accepted if _asked_for(item.finding, gate) and _sure(item.finding, judged, gate)]
    unchanged = 0
    if gate.changes is not None:
        of_change = _of_change(shown, gate, report, before)
        unchanged, shown = len(shown) - len(of_change), of_change
    summary = msgspec.structs.replace(
        report.summary,
        findings=len(shown),
        candidates=candidates,
        suppressed=sum(item.by == "comment" for item in accepted),
        known=sum(item.by == "baseline" for item in accepted),
        stale=len(stale),
        smaller=smaller,
        unchanged=unchanged,
    )
    base = gate.changes.base if gate.changes else ""
    return msgspec.structs.replace(report, findings=tuple(shown), summary=summary, accepted=tuple(accepted), base=base)


def _of_change(shown: list[Finding], gate: Gate, report: Report, before: Callable[[], Judged] | None) -> list[Finding]:
    """The findings that belong to the change that was asked about."""
    # Most runs ask about no change, and need not wait for what looks into one.
    from archlint.changes import narrowed

    def earlier() -> Report:
        assert before is not None
        found = narrow(before(), msgspec.structs.replace(gate, baseline=None, changes=None))
        # That debt was paid is said in other words, and holds nobody up.
        paid = (
            item
            for item in shown
            if gate.baseline and item.places[0].path in (gate.baseline.path, gate.baseline.origin)
        )
        return msgspec.structs.replace(found, findings=(*found.findings, *paid))

    assert gate.changes is not None
    return list(narrowed(shown, gate.changes, report, earlier if before else None))


def _settled(findings: Sequence[Finding], levels: Mapping[str, str]) -> list[Finding]:
    """The findings with the severities that the team gave their checks, worst first again."""
    if not levels:
        return list(findings)
    settled = [
        msgspec.structs.replace(finding, severity=Severity(levels[finding.code])) if finding.code in levels else finding
        for finding in findings
        if levels.get(finding.code) != OFF
    ]
    return sorted(settled, key=lambda finding: list(Severity).index(finding.severity))


def _with_last(
    findings: list[Finding], idle: list[Unused], stale: list[Unused], configuration: Configuration
) -> list[Finding]:
    """The findings with those about comments and entries that do nothing."""
    if not idle and not stale:
        return findings
    # Texts of checks are data that most runs over an unchanged tree need not read.
    from archlint import checks, ruleset

    last = checks.run_last(ruleset.load_checks()[checks.LAST], idle, stale)
    settled = _settled(last, dict(configuration.severity))
    levels = list(Severity)
    return sorted([*findings, *settled], key=lambda finding: levels.index(finding.severity))


def _asked_for(finding: Finding, gate: Gate) -> bool:
    return finding.code not in gate.ignore and (not gate.select or finding.code in gate.select)


def _sure(finding: Finding, judged: Judged, gate: Gate) -> bool:
    floor = gate.min_confidence
    if floor is None:
        floor = 0.0 if gate.everything else DEFAULT_CONFIDENCE
    off = finding.code in judged.off and finding.code not in gate.select and not gate.everything
    return finding.confidence >= floor and not off
