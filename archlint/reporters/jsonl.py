"""JSON Lines: what the JSON report says, one value on each line, for programs that read as it comes."""

from collections.abc import Iterator
from typing import Any

import msgspec

from archlint.model.report import Report
from archlint.reporters import _values
from archlint.reporters.context import Context


def render(report: Report, context: Context) -> str:
    """The summary, then every finding, business rule and problem; `type` says what a line is."""
    encoder = msgspec.json.Encoder()
    return "".join(encoder.encode(value).decode() + "\n" for value in _values_of(report))


def _values_of(report: Report) -> Iterator[dict[str, Any]]:
    head = {"type": "summary", "schema": _values.SCHEMA, "tool": _values.tool(report), "base": report.base}
    yield head | _values.summary(report)
    for finding in report.findings:
        yield {"type": "finding"} | _values.finding(finding)
    for item in report.accepted:
        yield {"type": "accepted"} | _values.accepted(item)
    for rule in report.rules:
        yield {"type": "rule"} | _values.rule(rule)
    for problem in report.problems:
        yield {"type": "problem"} | _values.problem(problem)
