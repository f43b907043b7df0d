"""SARIF 2.1.0, for code scanning and everything else that collects results of several tools."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from archlint.model.finding import Check, Finding, Place, Severity
from archlint.model.report import Accepted, Report
from archlint.model.source import Problem, Span
from archlint.reporters._saying import flat, part
from archlint.reporters.context import Context

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_URGENCY = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}


def render(report: Report, context: Context) -> str:
    """One run with every check as a rule; accepted findings are results with their suppression."""
    checks = context.checks()
    places = {code: number for number, code in enumerate(checks)}
    shown = [_result(finding, places, context.prefix) for finding in report.findings]
    accepted = [_accepted(item, places, context.prefix) for item in report.accepted]
    run = {
        "tool": {"driver": _driver(report, checks)},
        "automationDetails": {"id": "archlint/"},
        # What a column counts; ranges were measured on decoded text.
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "invocations": [_invocation(report, context)],
        "results": [*shown, *accepted],
    }
    value = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


def _driver(report: Report, checks: Mapping[str, Check]) -> dict[str, Any]:
    return {
        "name": "archlint",
        "semanticVersion": report.version,
        "shortDescription": {"text": "Finds business rules that live in several places, and which copies disagree."},
        "rules": [_rule(check) for check in checks.values()],
    }


def _rule(check: Check) -> dict[str, Any]:
    why, fix = _told(check.why), _told(check.fix)
    return {
        "id": check.code,
        "name": check.name,
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": why},
        "help": {
            "text": f"Why\n\n{why}\n\nWhat to do\n\n{fix}",
            "markdown": f"## Why\n\n{why}\n\n## What to do\n\n{fix}",
        },
        "defaultConfiguration": {"enabled": check.default, "level": _LEVELS[check.severity]},
        "properties": {"problem.severity": _URGENCY[check.severity], "tags": ["architecture", "business-rules"]},
    }


def _told(text: str) -> str:
    """Paragraphs without the line ends that a file of texts has."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))


def _result(finding: Finding, rules: Mapping[str, int], prefix: str) -> dict[str, Any]:
    value: dict[str, Any] = {"ruleId": finding.code}
    if finding.code in rules:
        value["ruleIndex"] = rules[finding.code]
    value |= {"level": _LEVELS[finding.severity], "message": {"text": _message(finding)}}
    value["locations"] = [_location(place, prefix) for place in finding.places[:1]]
    value["relatedLocations"] = _related(finding.places, prefix)
    value["partialFingerprints"] = {"archlint/v1": finding.fingerprint}
    value["rank"] = round(finding.confidence * 100, 1)
    value["properties"] = {
        "subject": finding.subject,
        "businessRule": finding.rule,
        "witness": finding.witness,
        "confidence": round(finding.confidence, 2),
    }
    return value


def _accepted(item: Accepted, rules: Mapping[str, int], prefix: str) -> dict[str, Any]:
    suppression: dict[str, Any] = {"kind": "inSource" if item.by == "comment" else "external", "status": "accepted"}
    if item.reason:
        suppression["justification"] = item.reason
    if item.by == "comment":
        place = {"artifactLocation": _artifact(item.path, prefix), "region": {"startLine": max(item.line, 1)}}
        suppression["location"] = {"physicalLocation": place}
    if item.owner:
        suppression["properties"] = {"owner": item.owner}
    return _result(item.finding, rules, prefix) | {"suppressions": [suppression]}


def _message(finding: Finding) -> str:
    told = [finding.message]
    told += [f"Witness: {finding.witness_words}"] if finding.witness_words else []
    told += [f"Fix: {finding.fix}"] if finding.fix else []
    return "\n".join(flat(text) for text in told)


def _related(places: Sequence[Place], prefix: str) -> list[dict[str, Any]]:
    """Every place, the first too: a reader of related locations alone sees who says what."""
    return [
        {"id": number, "message": {"text": part(place)}} | _location(place, prefix)
        for number, place in enumerate(places, 1)
    ]


def _location(place: Place, prefix: str) -> dict[str, Any]:
    return {
        "physicalLocation": {"artifactLocation": _artifact(place.path, prefix), "region": _region(place.span)},
    }


def _region(span: Span) -> dict[str, int]:
    """A range; one without width means its line."""
    if (span.line, span.column) == (span.end_line, span.end_column):
        return {"startLine": span.line}
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _artifact(path: str, prefix: str) -> dict[str, str]:
    return {"uri": quote(prefix + path, safe="/"), "uriBaseId": "%SRCROOT%"}


def _invocation(report: Report, context: Context) -> dict[str, Any]:
    value: dict[str, Any] = {"executionSuccessful": True, "exitCode": context.exit_code}
    if context.outcome:
        value["exitCodeDescription"] = context.outcome
    value["toolExecutionNotifications"] = [_notification(problem, context.prefix) for problem in report.problems]
    return value


def _notification(problem: Problem, prefix: str) -> dict[str, Any]:
    place = {"artifactLocation": _artifact(problem.path, prefix), "region": {"startLine": max(problem.line, 1)}}
    return {
        "level": "warning",
        "message": {"text": f"Not read: {flat(problem.reason)}"},
        "locations": [{"physicalLocation": place}],
    }
