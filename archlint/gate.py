"""What becomes of findings: severities, comments, the baseline, and the narrowing to what was asked for."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from archlint import baseline as known
from archlint import suppressions
from archlint.model.configuration import OFF, Baseline, Changes, Configuration, Unused
from archlint.model.facts import Suppression
from archlint.model.finding import Finding, Place, Severity
from archlint.model.report import Accepted, Report
from archlint.model.source import Layer

DEFAULT_CONFIDENCE = 0.7
# Checks about copies that disagree.
_DRIFT = "AL2"


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


def narrow(judged: Judged, gate: Gate) -> Report:
    """The report as it was asked for; findings that are not shown are counted."""
    report = judged.report
    findings = _settled(report.findings, dict(gate.configuration.severity))
    accepted: list[Accepted] = []
    idle: list[Unused] = []
    stale: list[Unused] = []
    if gate.suppress:
        today = date.today().isoformat()
        matched = suppressions.match(findings, judged.comments, judged.names, judged.layers, today)
        findings, accepted, idle = matched.findings, matched.accepted, matched.unused
    if gate.baseline is not None:
        held = known.hold(findings, gate.baseline)
        findings, accepted, stale = held.findings, [*accepted, *held.known], held.unused
    findings = _with_last(findings, idle, stale, gate.configuration)
    chosen = [finding for finding in findings if _asked_for(finding, gate)]
    shown = [finding for finding in chosen if _sure(finding, judged, gate)]
    candidates = len(chosen) - len(shown)
    accepted = [item for item in accepted if _asked_for(item.finding, gate) and _sure(item.finding, judged, gate)]
    unchanged = 0
    if gate.changes is not None:
        touched = [finding for finding in shown if any(gate.changes.touch(place) for place in finding.places)]
        unchanged, shown = len(shown) - len(touched), [_divergent(finding, gate.changes) for finding in touched]
    summary = msgspec.structs.replace(
        report.summary,
        findings=len(shown),
        candidates=candidates,
        suppressed=sum(item.by == "comment" for item in accepted),
        known=sum(item.by == "baseline" for item in accepted),
        stale=len(stale),
        unchanged=unchanged,
    )
    base = gate.changes.base if gate.changes else ""
    return msgspec.structs.replace(report, findings=tuple(shown), summary=summary, accepted=tuple(accepted), base=base)


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


def _divergent(finding: Finding, changes: Changes) -> Finding:
    """A finding about copies that were not changed together says which were and which were not."""
    stated = [place for place in finding.places if place.normal]
    touched = [place for place in stated if changes.touch(place)]
    left = [place for place in stated if not changes.touch(place)]
    if changes.whole or not finding.code.startswith(_DRIFT) or not touched or not left:
        return finding
    told = f"{finding.message}; this change touches {_at(touched)} and leaves {_at(left)} as it was"
    return msgspec.structs.replace(finding, message=told)


def _at(places: Sequence[Place]) -> str:
    more = f" and {len(places) - 1} more" if len(places) > 1 else ""
    return f"{places[0].path}:{places[0].span.line}{more}"


def _asked_for(finding: Finding, gate: Gate) -> bool:
    return finding.code not in gate.ignore and (not gate.select or finding.code in gate.select)


def _sure(finding: Finding, judged: Judged, gate: Gate) -> bool:
    floor = gate.min_confidence
    if floor is None:
        floor = 0.0 if gate.everything else DEFAULT_CONFIDENCE
    off = finding.code in judged.off and finding.code not in gate.select and not gate.everything
    return finding.confidence >= floor and not off
