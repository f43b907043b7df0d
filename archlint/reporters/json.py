"""The JSON contract, schema 1: stable keys in a stable order, nothing of the clock or the machine."""

import msgspec

from archlint.model.report import Report
from archlint.reporters import _values
from archlint.reporters.context import Context


def render(report: Report, context: Context) -> str:
    """The report as indented JSON; keys may be added, those here keep their names and meaning."""
    value = {
        "schema": _values.SCHEMA,
        "tool": _values.tool(report),
        "summary": _values.summary(report),
        "rules": [_values.rule(rule) for rule in report.rules],
        "findings": [_values.finding(finding) for finding in report.findings],
        "problems": [_values.problem(problem) for problem in report.problems],
        "accepted": [_values.accepted(item) for item in report.accepted],
        "base": report.base,
    }
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"
