"""What `archlint explain` says of a field: every place that states one of its rules, and which of them disagree."""

import difflib
from collections.abc import Iterator
from pathlib import Path

from archlint.cli.settings import settings
from archlint.model.errors import ArchlintError
from archlint.model.finding import Finding
from archlint.model.report import Report
from archlint.model.rule import BusinessRule


def told(subject: str, path: Path, config: Path | None) -> str:
    """The rules of a field, as a page of text."""
    from archlint import pipeline

    options = pipeline.Options(everything=True, configuration=settings(path, config).configuration)
    report = pipeline.scan(path, options)
    rules = [rule for rule in report.rules if str(rule.subject).lower() == subject.lower()]
    if not rules:
        raise ArchlintError(f"nothing states a rule of {subject!r} in {path}{_near(subject, report)}")
    return "\n\n".join("\n".join(_lines(rule, report)) for rule in rules)


def _near(subject: str, report: Report) -> str:
    known = {str(rule.subject).lower(): str(rule.subject) for rule in report.rules if rule.subject.field}
    near = difflib.get_close_matches(subject.lower(), known, 3)
    return f"; did you mean {' or '.join(known[name] for name in near)}?" if near else ""


def _lines(rule: BusinessRule, report: Report) -> Iterator[str]:
    yield f"{rule.id}  ({rule.relation}; home: {rule.home})"
    width = max(len(site.layer.value) for site in rule.sites)
    for site in rule.sites:
        where = f"{site.path}:{site.span.line}:{site.span.column}"
        doubt = f"  confidence {site.confidence:.2f}" if site.confidence < 0.9 else ""
        yield f"  {site.layer.value:<{width}}  {where}  {site.normal}{doubt}"
    for finding in _about(rule, report):
        yield f"  {finding.severity.value} {finding.code}  {finding.message}"
        if finding.witness_words or finding.witness:
            yield f"    witness  {finding.witness_words or finding.witness}"


def _about(rule: BusinessRule, report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.rule == rule.id]
