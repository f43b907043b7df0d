"""AL201, of what is saved and not heeded: a reader replaces what lies beyond a limit that nobody asks of a writer."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from archlint.checks._common import advice, certainty, ends, layers_of, place
from archlint.checks._found import Found
from archlint.checks._words import admits, at, speakers, who
from archlint.model.finding import Severity
from archlint.model.graph import Graph
from archlint.model.predicate import Numbers
from archlint.model.rule import BusinessRule, Kind, Site
from archlint.model.source import TRUSTED

_LEAST_SURE = 0.7
_DOUBT = 0.95
_OTHER = {"low": "high", "high": "low"}


def ignored(graph: Graph) -> Iterator[Found]:
    """One finding per rule: who checks one end before saving lets through what is replaced at the other one."""
    for rule in graph.rules:
        if rule.kind not in (Kind.BOUND, Kind.LENGTH) or rule.subject.entity.startswith("~"):
            continue
        readers = [site for site in rule.sites if _replaces(site)]
        others = [site for site in rule.sites if site not in readers]
        for end in ("high", "low"):
            found = _beyond(rule, end, [site for site in readers if end in ends(site.predicate)], others)
            if found is not None:
                yield found
                break


def _replaces(site: Site) -> bool:
    """Whether something trusted takes another value where the stored one lies outside of a range."""
    decides = bool(layers_of(site) & TRUSTED) and site.confidence >= _LEAST_SURE
    return decides and site.effect == "clamp" and "read" in site.evidence


def _refuses(site: Site) -> bool:
    return (
        site.effect == "reject"
        and "written" in site.evidence
        and "read" not in site.evidence
        and site.confidence >= _LEAST_SURE
    )


def _beyond(rule: BusinessRule, end: str, readers: Sequence[Site], others: Sequence[Site]) -> Found | None:
    limits = {limit for site in readers if (limit := _limit(site, end)) is not None}
    if len(limits) != 1 or any(end in ends(site.predicate) for site in others):
        return None
    savers = [site for site in others if _refuses(site) and _OTHER[end] in ends(site.predicate)]
    if not savers or {site.path for site in savers} & {site.path for site in readers}:
        return None
    text, is_open = next(iter(limits))
    witness = text if is_open else str(Fraction(text) + (1 if end == "high" else -1))
    if "/" in witness:
        return None
    reader, saver = readers[0], savers[0]
    return Found(
        message=(
            f"{rule.subject}: {who(reader)} takes another value unless it is {admits(reader)}, "
            f"but {speakers(savers)} asks for {admits(saver)} only and saves {witness}"
        ),
        places=(*(place(site, "refuses") for site in readers), *(place(site, "accepts") for site in savers)),
        subject=str(rule.subject),
        rule=rule.id,
        kind=rule.kind,
        severity=Severity.WARNING,
        mark=("ignored", end, text),
        confidence=max(map(certainty, readers)) * max(map(certainty, savers)) * _DOUBT,
        witness=witness,
        witness_words=(
            f"{witness} is saved ({at(saver.path, saver.span.line)}) and replaced when it is read "
            f"({at(reader.path, reader.span.line)})"
        ),
        fix=advice(rule),
    )


def _limit(site: Site, end: str) -> tuple[str, bool] | None:
    form = site.predicate.form
    if not isinstance(form, Numbers) or not form.intervals:
        return None
    interval = form.intervals[-1] if end == "high" else form.intervals[0]
    text, is_open = (interval.high, interval.high_open) if end == "high" else (interval.low, interval.low_open)
    return None if text is None else (text, is_open)
