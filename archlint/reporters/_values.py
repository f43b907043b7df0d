"""The plain values of the JSON contract, schema 1, for the formats that write them."""

from typing import Any

from archlint.model.finding import Finding, Place
from archlint.model.report import Accepted, Report
from archlint.model.rule import BusinessRule, Site
from archlint.model.source import Problem

SCHEMA = 1


def tool(report: Report) -> dict[str, Any]:
    """Who wrote the report."""
    return {"name": "archlint", "version": report.version}


def summary(report: Report) -> dict[str, Any]:
    """The counts of the scan."""
    counts = report.summary
    return {
        "files": counts.files,
        "lines": counts.lines,
        "rules": counts.rules,
        "findings": counts.findings,
        "by_layer": counts.by_layer,
        "skipped": counts.skipped,
        "candidates": counts.candidates,
        "suppressed": counts.suppressed,
        "known": counts.known,
        "stale": counts.stale,
        "smaller": counts.smaller,
        "unchanged": counts.unchanged,
    }


def rule(item: BusinessRule) -> dict[str, Any]:
    """One business rule with its sites."""
    return {
        "id": item.id,
        "subject": str(item.subject),
        "kind": item.kind.value,
        "relation": item.relation,
        "home": item.home,
        "sites": [_site(site) for site in item.sites],
    }


def finding(item: Finding) -> dict[str, Any]:
    """One finding with its places."""
    return {
        "code": item.code,
        "name": item.name,
        "severity": item.severity.value,
        "message": item.message,
        "rule": item.rule,
        "subject": item.subject,
        "fingerprint": item.fingerprint,
        "confidence": round(item.confidence, 2),
        "witness": item.witness,
        "witness_words": item.witness_words,
        "sites": [_place(place) for place in item.places],
        "fix": item.fix,
    }


def accepted(item: Accepted) -> dict[str, Any]:
    """A finding that fails nobody, and why."""
    comment = {"path": item.path, "line": item.line} if item.by == "comment" else None
    why = {"by": item.by, "reason": item.reason, "owner": item.owner, "comment": comment}
    return {**finding(item.finding), "accepted": why}


def problem(item: Problem) -> dict[str, Any]:
    """Something archlint could not read."""
    return {"path": item.path, "line": item.line, "reason": item.reason}


def _site(site: Site) -> dict[str, Any]:
    return {
        "path": site.path,
        "line": site.span.line,
        "column": site.span.column,
        "end_line": site.span.end_line,
        "end_column": site.span.end_column,
        "layer": site.layer.value,
        "symbol": site.symbol,
        "text": site.text,
        "normal": site.normal,
        "effect": site.effect,
        "strength": site.strength,
        "confidence": round(site.confidence, 2),
        "evidence": list(site.evidence),
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "path": place.path,
        "line": place.span.line,
        "column": place.span.column,
        "end_line": place.span.end_line,
        "end_column": place.span.end_column,
        "layer": place.layer.value,
        "role": place.role,
        "text": place.text,
        "normal": place.normal,
    }
