"""Words that several formats say alike: places on one line, the rank of a finding, a text without line ends."""

from collections.abc import Iterable

from archlint.model.finding import Finding, Place, Severity
from archlint.reporters._paint import shown


def ranked(findings: Iterable[Finding]) -> list[Finding]:
    """Worst first; findings of one severity keep their order."""
    levels = list(Severity)
    return sorted(findings, key=lambda finding: levels.index(finding.severity))


def flat(text: str) -> str:
    """The text on one line, harmless to a terminal."""
    return shown(" ".join(text.split()))


def where(place: Place, prefix: str = "") -> str:
    """The path, line and column of a place, as editors and terminals open it."""
    return f"{shown(prefix + place.path)}:{place.span.line}:{place.span.column}"


def part(place: Place) -> str:
    """What a place says and which part it plays: `database refuses: value <= 5000`."""
    said = flat(place.normal or place.text)
    return f"{place.layer.value} {place.role}".strip() + (f": {said}" if said else "")


def count(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number:,} {noun}{'' if number == 1 or noun == 'info' else 's'}"
