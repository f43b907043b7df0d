"""Annotations for GitHub: workflow commands, which a runner shows at the lines of a pull request."""

from collections.abc import Iterator

from archlint.model.finding import Finding, Place, Severity
from archlint.model.report import Report
from archlint.model.source import Span
from archlint.reporters._saying import flat, part, ranked, where
from archlint.reporters.context import Context

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report, context: Context) -> str:
    """A command for each finding, worst first, because GitHub shows only the first ten of a level.

    The other places of an error or a warning follow as notices, so that whoever edits one of them meets the rest.
    """
    return "".join(f"{line}\n" for finding in ranked(report.findings) for line in _finding(finding, context.prefix))


def _finding(finding: Finding, prefix: str) -> Iterator[str]:
    title = f"{finding.code} {finding.name}"
    others = finding.places[1:]
    told = [finding.message, finding.witness_words and f"Witness: {finding.witness_words}"]
    told += [f"Also {where(place, prefix)} ({part(place)})" for place in others]
    told += [finding.fix and f"Fix: {finding.fix}"]
    first = finding.places[0] if finding.places else None
    text = "\n".join(flat(line) for line in told if line)
    yield _command(_COMMANDS[finding.severity], first, title, text, prefix)
    if first and finding.severity is not Severity.INFO:
        seen = {(first.path, first.span.line)}
        for place in others:
            if (place.path, place.span.line) not in seen:
                seen.add((place.path, place.span.line))
                words = f"{flat(finding.message)}\nSee {where(first, prefix)}"
                yield _command("notice", place, f"{title}: {part(place)}", words, prefix)


def _command(level: str, place: Place | None, title: str, text: str, prefix: str) -> str:
    fields = [("file", prefix + place.path), *_range(place.span)] if place else []
    told = ",".join(f"{key}={_field(str(value))}" for key, value in (*fields, ("title", title)))
    return f"::{level} {told}::{_text(text)}"


def _range(span: Span) -> list[tuple[str, int]]:
    """GitHub takes columns only of a range on one line."""
    lines = [("line", span.line), ("endLine", span.end_line)]
    if span.end_line != span.line:
        return lines
    return [*lines, ("col", span.column), ("endColumn", span.end_column)]


def _text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _field(text: str) -> str:
    return _text(text).replace(":", "%3A").replace(",", "%2C")
