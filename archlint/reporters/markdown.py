"""Markdown for a comment on a pull request and for the summary of a CI step: a table, and details that unfold."""

import re
from collections.abc import Iterator

from archlint.model.finding import Finding, Place, Severity
from archlint.model.report import Report
from archlint.reporters._saying import count, flat, ranked, where
from archlint.reporters.context import Context

# Code hosts cut or refuse a comment beyond 65,536 characters; what is left out is counted, never silent.
_ROOM = 60_000
# By this line a script finds the comment that it wrote before.
_MARK = "<!-- archlint -->\n"


def render(report: Report, context: Context) -> str:
    """Counts, a table with a line for each finding, and every finding with its places and its fix."""
    head = [_MARK, f"### archlint: {_verdict(report)}\n\n"]
    findings = ranked(report.findings)
    rows = [_row(finding, context.prefix) for finding in findings]
    details = [_details(finding, context.prefix) for finding in findings]
    foot = "".join(_foot(report, context))
    if rows:
        head.append("| | check | what | where |\n|---|---|---|---|\n")
    room = _ROOM - sum(map(len, head)) - len(foot)
    kept_rows = _fitting(rows, room)
    kept_details = _fitting(details, room - sum(map(len, kept_rows)))
    text = "".join([*head, *kept_rows]) + ("\n" if rows else "")
    if len(kept_rows) < len(rows):
        text += f"{count(len(rows) - len(kept_rows), 'more finding')} in the whole report.\n\n"
    text += "".join(kept_details)
    if len(kept_details) < len(details):
        text += f"The details of {count(len(details) - len(kept_details), 'finding')} are only in the whole report.\n\n"
    return text + foot


def _verdict(report: Report) -> str:
    levels = [(level.value, sum(finding.severity is level for finding in report.findings)) for level in Severity]
    return ", ".join(count(number, level) for level, number in levels if number) or "nothing found"


def _fitting(parts: list[str], room: int) -> list[str]:
    kept: list[str] = []
    for part in parts:
        room -= len(part)
        if room < 0:
            break
        kept.append(part)
    return kept


def _row(finding: Finding, prefix: str) -> str:
    first = _code(where(finding.places[0], prefix)) if finding.places else ""
    others = f" and {len(finding.places) - 1} more" if len(finding.places) > 1 else ""
    cells = (finding.severity.value, f"{finding.code} {finding.name}", _prose(finding.message), first + others)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def _details(finding: Finding, prefix: str) -> str:
    subject = _prose(finding.subject or finding.message)
    lines = [f"<details><summary>{finding.code} {finding.name}: {subject}</summary>\n"]
    lines += [_prose(finding.message) + "\n"]
    lines += [_place(place, prefix) for place in finding.places]
    lines += [f"\n**Witness** {_prose(finding.witness_words or finding.witness)}"] if finding.witness else []
    lines += [f"\n**Fix** {_prose(finding.fix)}"] if finding.fix else []
    return "\n".join([*lines, f"\n`archlint explain {finding.code}`\n\n</details>\n\n"])


def _place(place: Place, prefix: str) -> str:
    said = flat(place.normal or place.text)
    return f"* {place.layer.value} {place.role} {_code(where(place, prefix))}" + (f" {_code(said)}" if said else "")


def _foot(report: Report, context: Context) -> Iterator[str]:
    if context.brief:
        return
    summary = report.summary
    told = [f"{count(summary.files, 'file')} and {count(summary.lines, 'line')} read"]
    told += [f"{count(len(report.problems), 'problem')} in reading"] if report.problems else []
    told += [f"{summary.known:,} known in the baseline"] if summary.known else []
    told += [f"{summary.suppressed:,} suppressed by a comment"] if summary.suppressed else []
    told += [f"{summary.unchanged:,} outside of this change"] if summary.unchanged else []
    yield f"<sub>{', '.join(told)}.</sub>\n"


def _prose(text: str) -> str:
    """Text of the scanned system must not become markup, a link, a mention or a command."""
    plain = flat(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]~#@])", _harmless, plain)


def _harmless(letter: re.Match[str]) -> str:
    # A backslash does not stop a code host from linking `@name` or `#12`; a reference to the character does.
    return f"&#{ord(letter[1])};"


def _code(text: str) -> str:
    """A code span with a fence longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"
