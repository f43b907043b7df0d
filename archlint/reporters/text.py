"""The report for people: families of findings, worst first, each with its code, then what was and was not read."""

import shlex
from collections.abc import Iterable, Iterator

from archlint.model.finding import Finding, Place, Severity
from archlint.model.report import Report
from archlint.model.rule import BusinessRule
from archlint.model.source import Span
from archlint.reporters._frames import frame, heading
from archlint.reporters._paint import Line, cells, cut, paint, shown, wrap
from archlint.reporters.context import Context

_PROBLEMS_SHOWN = 5
_TEXT_WIDTH = 110
_PLACES = 10
_EXPLAINED = 3
_WORDS_AT_LEAST = 12


def render(report: Report, context: Context) -> str:
    """The report as text; the same words wherever it goes, wrapped and coloured only on a terminal."""
    return paint(_lines(report, context), context.colour)


def _lines(report: Report, context: Context) -> Iterator[Line]:
    rules = {rule.id: rule for rule in report.rules}
    families = _families(report.findings)
    for family in families:
        yield from _family(family, rules.get(family[0].rule), context)
    if not context.brief:
        yield from _next(families, report.summary.candidates, context.target)
        yield from _summary(report, context)


def _families(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings about one rule (else one subject) stand together; what weighs most comes first."""
    families: dict[str, list[Finding]] = {}
    for finding in findings:
        families.setdefault(finding.rule or finding.subject or finding.fingerprint, []).append(finding)
    for family in families.values():
        family.sort(key=_rank)
    return sorted(families.values(), key=lambda family: _rank(family[0]))


def _rank(finding: Finding) -> tuple[int, float, str]:
    return list(Severity).index(finding.severity), -finding.weight, finding.code


def _family(family: list[Finding], rule: BusinessRule | None, context: Context) -> Iterator[Line]:
    title = shown(f"{rule.subject} {rule.kind.value}" if rule else family[0].subject or family[0].name)
    size = f"  {_size(family, rule)}"
    yield (("── ", "faint"), (title, "head"), (size, "faint"))
    seen: set[tuple[str, Span]] = set()
    for finding in family:
        yield ()
        yield from _finding(finding, seen, context)
    if rule and rule.home and len({place.layer for finding in family for place in finding.places}) > 1:
        if not (family[-1].fix or family[-1].witness):
            yield ()
        yield from _told("home", rule.home, context)
    yield ()


def _size(family: list[Finding], rule: BusinessRule | None) -> str:
    places = {(place.path, place.span) for finding in family for place in finding.places}
    values = {place.normal for finding in family for place in finding.places if place.normal}
    if rule:
        places |= {(site.path, site.span) for site in rule.sites}
        values |= {site.normal for site in rule.sites if site.normal}
    parts = [_count(1, "rule")] if rule else []
    parts.append(_count(len(places), "place"))
    if len(values) > 1:
        parts.append(_count(len(values), "value"))
    return ", ".join(parts)


def _finding(finding: Finding, seen: set[tuple[str, Span]], context: Context) -> Iterator[Line]:
    level = finding.severity.value
    doubt = f"  confidence {finding.confidence:.2f}" if context.detailed else ""
    yield ((level, level), (f" {finding.code} ", "code"), (finding.name, "head"), (doubt, "faint"))
    for text in wrap(finding.message, _room(context, 2)):
        yield (("  " + text, ""),)
    yield ()
    yield from _places(finding, seen, context)
    if finding.witness_words or finding.witness or finding.fix:
        yield ()
    if finding.witness_words or finding.witness:
        yield from _told("witness", finding.witness_words or finding.witness, context, "witness")
    if finding.fix:
        yield from _told("fix", finding.fix, context)


def _places(finding: Finding, seen: set[tuple[str, Span]], context: Context) -> Iterator[Line]:
    """A frame for each statement of its own; a place that says the same again takes one line."""
    framed: set[tuple[str, str]] = set()
    most = len(finding.places) if context.detailed or len(finding.places) <= _PLACES + 2 else _PLACES
    for place in finding.places[:most]:
        said, where = (place.normal, place.role), (place.path, place.span)
        if where in seen:
            yield (*heading(place), ("  as above", "faint"))
        elif place.normal and said in framed and not context.detailed:
            yield (*heading(place), (f"  the same{_snippet(place, context)}", "faint"))
        else:
            framed.add(said)
            yield from frame(place, context.lines, finding.severity.value, context.width)
        seen.add(where)
    if most < len(finding.places):
        yield ((f"  … and {len(finding.places) - most} more places; --verbose shows them", "faint"),)


def _snippet(place: Place, context: Context) -> str:
    """What stands there, where the line still has room for a word or two of it."""
    said = shown(place.text or place.normal)
    room = _room(context, cells("".join(text for text, _ in heading(place))) + len("  the same: "))
    if context.width and room < min(_WORDS_AT_LEAST, cells(said)):
        return ""
    return f": {cut(said, room)}"


def _told(name: str, text: str, context: Context, style: str = "") -> Iterator[Line]:
    for number, line in enumerate(wrap(text, _room(context, 11))):
        label = name if number == 0 else ""
        yield ((f"  {label:<8} ", "faint"), (line, style))


def _room(context: Context, taken: int) -> int:
    return min(context.width, _TEXT_WIDTH) - taken if context.width else 0


def _next(families: list[list[Finding]], candidates: int, target: str) -> Iterator[Line]:
    """What to type next."""
    codes = {finding.code: finding.name for family in families for finding in family}
    commands = [(f"archlint explain {code}", f"why {name} matters and what to do") for code, name in codes.items()]
    chosen = commands[:_EXPLAINED]
    if candidates:
        again = " ".join(["archlint scan", *([shlex.quote(target)] if target else []), "--all"])
        chosen.append((again, f"also {_count(candidates, 'finding')} that archlint is less sure of"))
    width = max((len(command) for command, _ in chosen), default=0)
    for number, (command, what) in enumerate(chosen):
        yield ((f"{'' if number else 'next':<10}", "head"), (f"{command:<{width}}  ", "code"), (what, "faint"))
    if chosen:
        yield ()


def _summary(report: Report, context: Context) -> Iterator[Line]:
    summary = report.summary
    places = sum(summary.by_layer.values())
    yield from _row("read", f"{_count(summary.files, 'file')}, {_count(summary.lines, 'line')}", context)
    layers = ", ".join(f"{layer} {number:,}" for layer, number in summary.by_layer.items())
    rules = f"{_count(summary.rules, 'rule')} in {_count(places, 'place')}"
    yield from _row("rules", f"{rules}: {layers}" if layers else rules, context)
    levels = [(level.value, sum(finding.severity is level for finding in report.findings)) for level in Severity]
    told = ", ".join(_count(number, level) for level, number in levels if number)
    yield from _row("findings", f"{summary.findings:,}: {told}" if told else f"{summary.findings:,}", context)
    if accepted := _accepted(report):
        yield from _row("accepted", accepted, context)
    skipped = ", ".join(f"{reason} {number:,}" for reason, number in summary.skipped.items())
    yield from _row("left out", skipped or "nothing", context)
    yield from _row("unread", _count(len(report.problems), "problem") if report.problems else "nothing", context)
    limit = len(report.problems) if context.detailed else _PROBLEMS_SHOWN
    for problem in report.problems[:limit]:
        yield (("  ", ""), (f"{shown(problem.path)}:{problem.line}", "path"), (f"  {shown(problem.reason)}", ""))
    if len(report.problems) > limit:
        yield ((f"  … and {len(report.problems) - limit:,} more; --verbose lists them", "faint"),)


def _accepted(report: Report) -> str:
    """What is not shown on purpose: known debt, comments, and what the change did not touch."""
    summary = report.summary
    told = [f"{summary.known:,} known"] if summary.known else []
    if summary.stale:
        told.append(f"{summary.stale:,} known but gone (archlint baseline prune)")
    if summary.smaller:
        told.append(f"{summary.smaller:,} known and smaller now (archlint baseline prune)")
    if summary.suppressed:
        told.append(f"{summary.suppressed:,} by comment")
    if summary.unchanged:
        where = f"outside of the change since {report.base}" if report.base else "in other files"
        told.append(f"{summary.unchanged:,} {where}")
    return ", ".join(told)


def _row(name: str, text: str, context: Context) -> Iterator[Line]:
    for number, line in enumerate(wrap(text, _room(context, 10))):
        yield ((f"{'' if number else name:<10}", "head"), (line, ""))


def _count(number: int, noun: str) -> str:
    plural = noun if number == 1 or noun == "info" else f"{noun}s"
    return f"{number:,} {plural}"
