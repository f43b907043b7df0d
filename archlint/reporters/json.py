"""The JSON contract, schema 1: stable keys in a stable order, nothing of the clock or the machine."""

from typing import Any

import msgspec

from archlint.model.finding import Finding, Place
from archlint.model.report import Report
from archlint.model.rule import BusinessRule, Site
from archlint.reporters.context import Context


def render(report: Report, context: Context) -> str:
    """The report as indented JSON; keys may be added, those here keep their names and meaning."""
    value = {
        "schema": 1,
        "tool": {"name": "archlint", "version": report.version},
        "summary": {
            "files": report.summary.files,
            "lines": report.summary.lines,
            "rules": report.summary.rules,
            "findings": report.summary.findings,
            "by_layer": report.summary.by_layer,
            "skipped": report.summary.skipped,
            "candidates": report.summary.candidates,
        },
        "rules": [_rule(rule) for rule in report.rules],
        "findings": [_finding(finding) for finding in report.findings],
        "problems": [{"path": item.path, "line": item.line, "reason": item.reason} for item in report.problems],
    }
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


def _rule(rule: BusinessRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "subject": str(rule.subject),
        "kind": rule.kind.value,
        "relation": rule.relation,
        "home": rule.home,
        "sites": [_site(site) for site in rule.sites],
    }


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


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "rule": finding.rule,
        "subject": finding.subject,
        "fingerprint": finding.fingerprint,
        "confidence": round(finding.confidence, 2),
        "witness": finding.witness,
        "witness_words": finding.witness_words,
        "sites": [_place(place) for place in finding.places],
        "fix": finding.fix,
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
