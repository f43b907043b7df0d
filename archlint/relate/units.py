"""Sites that hold together: the pieces in which one declaration states one rule."""

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from archlint import algebra
from archlint.model.predicate import Numbers, Predicate, Shape, Undecided, Words
from archlint.model.rule import Kind, Site
from archlint.model.source import Layer

_DATABASE = ("database",)
# Automata of longer repetitions are large, and hardly a pattern depends on them.
_DIGITS = 4
_JOINED = frozenset({Kind.BOUND, Kind.LENGTH, Kind.SIZE, Kind.PATTERN, Kind.DOMAIN, Kind.QUOTA})


class Unit(msgspec.Struct, frozen=True):
    """One statement of a rule: a lower and an upper bound of one schema field are two sites, one unit."""

    sites: tuple[Site, ...]
    predicate: Predicate


def units(sites: Sequence[Site], kind: Kind) -> list[Unit]:
    """The sites grouped by who states them together, each group with the conjunction of its predicates."""
    if kind not in _JOINED:
        return [Unit((site,), site.predicate) for site in sites]
    groups: dict[tuple[str, ...], list[Site]] = defaultdict(list)
    for site in sites:
        groups[holder(site)].append(site)
    found = []
    for name, group in groups.items():
        found.extend(_conjoined(group, name == _DATABASE))
    return found


def holder(site: Site) -> tuple[str, ...]:
    """Who states it: what one holder states about a field holds together."""
    if site.layer is Layer.DATABASE:
        return _DATABASE
    if site.layer is Layer.POLICY:
        return ("policy", site.symbol)
    effect = site.effect if site.effect in ("clamp", "disable", "hide") else ""
    # Routines of one file speak of one row by one name.
    return (site.path, site.place, effect, site.symbol if site.layer is Layer.TRIGGER else "")


def _conjoined(group: list[Site], enforced: bool) -> list[Unit]:
    """One unit where the pieces fit; an undecided piece stands alone beside the rest.

    So does a set of words, unless all of them are `enforced` together: code that looks for other words elsewhere does.
    """
    if len(group) == 1:
        return [Unit((group[0],), group[0].predicate)]
    if len({site.predicate for site in group}) == 1:
        return [Unit((site,), site.predicate) for site in group]
    joinable = [site for site in group if not isinstance(site.predicate.form, Undecided)]
    alone = [Unit((site,), site.predicate) for site in group if isinstance(site.predicate.form, Undecided)]
    if not joinable:
        return alone
    forms = {type(site.predicate.form) for site in joinable}
    words = [site.predicate.form for site in joinable if isinstance(site.predicate.form, Words)]
    apart = forms == {Words} and not enforced and not all(form.excluded for form in words)
    if len(forms) == 1 and forms <= {Numbers, Shape, Words} and not apart:
        whole = algebra.conjoin(site.predicate for site in joinable)
        if not isinstance(whole.form, Undecided) and algebra.empty(whole) is not True:
            return [*alone, Unit(tuple(joinable), whole)]
    return [*alone, *(Unit((site,), site.predicate) for site in joinable)]


def lengths(sites: Sequence[Site]) -> dict[tuple[str, ...], Predicate]:
    """The lengths of a field by who states them, as patterns of texts."""
    found = {}
    for unit in units(sites, Kind.LENGTH):
        form = unit.predicate.form
        if isinstance(form, Numbers) and len(form.intervals) == 1:
            only = form.intervals[0]
            low, high = _whole(only.low, only.low_open), _whole(only.high, only.high_open)
            if low is not None and high is not None and (low or high):
                source = f"^[\\s\\S]{{{low or 0},{high}}}$"
                found[holder(unit.sites[0])] = Predicate(Shape(((source, "", "javascript", False),)))
    return found


def _whole(end: str | None, is_open: bool) -> str | None:
    """An end as a regular expression counts; None where it cannot."""
    if end is None:
        return ""
    return end if end.isdigit() and len(end) < _DIGITS and not is_open else None
