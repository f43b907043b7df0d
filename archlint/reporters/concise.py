"""One line for each finding, for `grep`, editors and small logs."""

from archlint.model.finding import Finding
from archlint.model.report import Report
from archlint.reporters._saying import flat, where
from archlint.reporters.context import Context


def render(report: Report, context: Context) -> str:
    """`path:line:column: severity CODE message`, then the other places of the finding."""
    return "".join(f"{_finding(finding)}\n" for finding in report.findings)


def _finding(finding: Finding) -> str:
    first = f"{where(finding.places[0])}: " if finding.places else ""
    others = ", ".join(where(place) for place in finding.places[1:])
    also = f" [also {others}]" if others else ""
    return f"{first}{finding.severity.value} {finding.code} {flat(finding.message)}{also}"
