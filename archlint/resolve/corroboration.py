"""Names alone prove little; that a place states just what a sure one states proves that both mean the same field."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from archlint.model.predicate import Numbers, Shape, Words
from archlint.model.rule import Kind, Site, Subject
from archlint.resolve.draft import unresolved
from archlint.resolve.flow import Place

_SURE = 0.9
_WEAK = 0.7
_RAISED = 0.8
_ENOUGH = 2
_NAME_ONLY = 0.5
_COMMON_ENDS = frozenset({"0", "1"})


def corroborated(sites: Iterable[Site]) -> list[Site]:
    """The sites, those more certain whose owner repeats what is known of the field: two odd limits, or three words."""
    listed = list(sites)
    sure: set[tuple[Subject, Kind, str, str]] = set()
    for site in listed:
        if site.confidence >= _SURE:
            sure |= {(site.subject, site.kind, site.guard, mark) for mark in _marks(site)}
    repeated: dict[tuple[str, Subject], set[str]] = defaultdict(set)
    for site in listed:
        if site.confidence < _WEAK:
            known = {mark for mark in _marks(site) if (site.subject, site.kind, site.guard, mark) in sure}
            repeated[site.place, site.subject] |= {f"{site.kind.value} {mark}" for mark in known}
    return [_raised(site) if _weight(repeated.get((site.place, site.subject))) >= _ENOUGH else site for site in listed]


def with_partners(sites: Iterable[Site], places: Mapping[int, Place]) -> list[Site]:
    """The sites; a field of a request of which one file alone says something has nothing but its name.

    `places` tell, by the numbers of the sites, what each is about.
    """
    listed = list(sites)
    speaking: dict[Subject, set[str]] = defaultdict(set)
    for site in listed:
        if site.subject.of_request:
            speaking[site.subject].add(site.path)
    return [
        _named(site, places[site.id]) if site.subject.of_request and len(speaking[site.subject]) < 2 else site
        for site in listed
    ]


def _named(site: Site, place: Place) -> Site:
    return msgspec.structs.replace(
        site,
        subject=unresolved(place),
        confidence=min(site.confidence, _NAME_ONLY),
        evidence=("name only",),
    )


def _raised(site: Site) -> Site:
    if site.confidence >= _WEAK:
        return site
    return msgspec.structs.replace(site, confidence=_RAISED, evidence=(*site.evidence, "states the same"))


def _weight(marks: set[str] | None) -> int:
    """Each limit counts once, a set of words or a pattern twice."""
    return sum(1 if mark.split(" ", 1)[1].startswith(("<", ">")) else 2 for mark in marks or ())


def _marks(site: Site) -> list[str]:
    """What of a site's statement is odd enough to be recognised."""
    form = site.predicate.form
    if isinstance(form, Numbers) and len(form.intervals) == 1:
        low, high = form.intervals[0].low, form.intervals[0].high
        ends = [f">{low}"] if low is not None and low not in _COMMON_ENDS else []
        return ends + ([f"<{high}"] if high is not None and high not in _COMMON_ENDS else [])
    if isinstance(form, Words) and len(form.words) > 2 and not form.excluded:
        return ["=" + " ".join(form.words)]
    if isinstance(form, Shape) and form.patterns and len(form.patterns[0][0]) > 8:
        return ["~" + form.patterns[0][0]]
    return []
