"""The code quality report of GitLab, which a merge request shows as a widget and in its changes."""

from typing import Any

import msgspec

from archlint.model.finding import Finding, Severity
from archlint.model.report import Report
from archlint.reporters._saying import flat, where
from archlint.reporters.context import Context

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}


def render(report: Report, context: Context) -> str:
    """A JSON list; GitLab tells new from known by the fingerprint, which survives moved code."""
    value = [_finding(finding, context.prefix) for finding in report.findings if finding.places]
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


def _finding(finding: Finding, prefix: str) -> dict[str, Any]:
    first, *others = finding.places
    told = [finding.message, finding.witness_words]
    if others:
        told.append(f"Also {', '.join(where(place, prefix) for place in others)}")
    return {
        "description": " ".join(_sentence(flat(text)) for text in told if text),
        "check_name": f"{finding.code} {finding.name}",
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": prefix + first.path, "lines": {"begin": first.span.line, "end": first.span.end_line}},
    }


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
