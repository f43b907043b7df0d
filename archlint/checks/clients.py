"""AL301: rules that the browser enforces, and no trusted layer behind it."""

from collections.abc import Iterator, Sequence

import msgspec

from archlint.checks._columns import known_table
from archlint.checks._common import NICETIES, advice, certainty, distinct, layers_of, of_clients, place, writing
from archlint.checks._enforcement import Enforcement, applied, by_type, fields_known, spoken_of, trivial
from archlint.checks._found import Found
from archlint.checks._words import admits, at, listed, short, speakers, who
from archlint.model.finding import Place, Severity
from archlint.model.graph import Graph, WritePath
from archlint.model.predicate import Compared
from archlint.model.rule import BusinessRule, Kind, Site
from archlint.model.schema import Table
from archlint.model.source import Layer

# A missing value is the business of optionality, unless it is asked for in some state only; sizes of files may be
# limited where no file of a repository says so.
_JUDGED = frozenset(
    {
        Kind.BOUND, Kind.LENGTH, Kind.DOMAIN, Kind.PATTERN, Kind.COMPARISON, Kind.CONDITIONAL, Kind.WINDOW,
        Kind.GATE, Kind.TRANSITION, Kind.QUOTA, Kind.UNIQUE, Kind.PRESENCE,
    }
)  # fmt: skip
_HELD_AGAINST = 0.78
_SHOWN = 0.7
_TOLD = 6
_OF_REQUEST = 0.9
_HASHED = "hashed"
_GENTLE = frozenset({"clamp", "warn"})
# What sends a visitor elsewhere, shows or hides something, or only declares, refuses no value.
_NO_REFUSAL = frozenset({"redirect", "hint", "hide", "assign", "", "skip", "silent-skip"})


_SHOWING = frozenset({"disable", "hide"})


class _Gap(msgspec.Struct, frozen=True):
    """A rule that only the browser asks for: the sites that ask, and the write paths that nobody guards.

    `less` are trusted sites that ask something else of the field.
    """

    rule: BusinessRule
    table: Table
    sites: tuple[Site, ...]
    first: Site
    ways: tuple[WritePath, ...]
    less: tuple[Site, ...]
    sure: float


def client_only(graph: Graph) -> Iterator[Found]:
    """AL301: one finding per rule; the niceties of one form that lead to one write are one."""
    enforcement = Enforcement(graph)
    niceties: dict[tuple[object, ...], list[_Gap]] = {}
    single: list[_Gap] = []
    for rule in graph.rules:
        if rule.subject.of_request:
            yield from _sent(rule, enforcement)
            continue
        table = known_table(graph, rule.subject.entity)
        if rule.kind not in _JUDGED or table is None:
            continue
        if rule.kind is not Kind.QUOTA and not fields_known(table, rule.subject, rule.kind):
            continue
        gap = _judged(rule, table, enforcement)
        if gap is None:
            continue
        if rule.kind in NICETIES:
            key = (table.name, gap.first.path, gap.ways[0].path, gap.ways[0].span, gap.sure >= _SHOWN)
            niceties.setdefault(key, []).append(gap)
        else:
            single.append(gap)
    yield from (_found(gap) for gap in single if not _said_twice(gap, single))
    for gaps in niceties.values():
        yield _found(gaps[0]) if len(gaps) == 1 else _together(gaps)


def _sent(rule: BusinessRule, enforcement: Enforcement) -> Iterator[Found]:
    """A limit of a field that is sent where the server looks at the field, and asks only for it to be there.

    A number is used as it is; a text may only be looked up, as whoever logs in sends it, unless its hash is kept.
    """
    sites = [site for site in applied(rule) if of_clients(site) and Layer.FRONTEND in layers_of(site)]
    sites = [site for site in sites if site.effect not in _NO_REFUSAL | _GENTLE and not trivial(site)]
    sites = [
        site for site in sites if site.kind is Kind.BOUND or (site.kind is Kind.LENGTH and _HASHED in site.evidence)
    ]
    less = enforcement.about(rule.subject)
    if not sites or not less or any(site.kind is not Kind.PRESENCE for site in less):
        return
    if any(enforcement.counterparts(site) or enforcement.perhaps(site) for site in sites):
        return
    asks = "asks" if len({who(site) for site in sites}) == 1 else "ask"
    yield Found(
        message=(
            f"{rule.subject}: only {speakers(sites)} {asks} for {_asked(sites)}; "
            f"{speakers(less)} only {'asks' if len({who(site) for site in less}) == 1 else 'ask'} for it to be there"
        ),
        places=distinct((*(place(site, "guards") for site in sites), *(place(site, "asks for less") for site in less))),
        subject=str(rule.subject),
        rule=rule.id,
        kind=rule.kind,
        severity=Severity.INFO if rule.kind in NICETIES else None,
        confidence=max(map(certainty, sites)) * _OF_REQUEST,
    )


def _said_twice(gap: _Gap, others: list[_Gap]) -> bool:
    """Whether a missing value is refused by the very tests that refuse the wrong ones (`!x || x <= 0`)."""
    if gap.rule.kind is not Kind.PRESENCE:
        return False
    places = {(site.path, site.span.line) for site in gap.sites}
    return any(
        other is not gap
        and other.rule.subject == gap.rule.subject
        and places <= {(site.path, site.span.line) for site in other.sites}
        for other in others
    )


def _judged(rule: BusinessRule, table: Table, enforcement: Enforcement) -> _Gap | None:
    sites = [site for site in applied(rule) if of_clients(site) and Layer.FRONTEND in layers_of(site)]
    sites = [
        site for site in sites if site.effect not in _NO_REFUSAL and (rule.kind is not Kind.PRESENCE or site.guard)
    ]
    sites = [site for site in sites if not trivial(site) and not _busy(site) and not _covered(site, table, enforcement)]
    sites = [site for site in sites if not enforcement.of_another_act(site) and not _repeated(site, table)]
    if not sites:
        return None
    first = max(sites, key=lambda site: (_sureness(site, enforcement), -site.id))
    ways = _nearest(first, enforcement.ways(first))
    if not ways:
        return None
    less = tuple(enforcement.about(rule.subject)[:_TOLD])
    return _Gap(rule, table, tuple(sites), first, tuple(ways), less, _sureness(first, enforcement))


def _busy(site: Site) -> bool:
    """`disabled={saving === order.id}`: which of several things the screen is busy with."""
    form = site.predicate.form
    return isinstance(form, Compared) and form.operator in ("=", "!=") and site.effect in _SHOWING


def _repeated(site: Site, table: Table) -> bool:
    """`password === repeated`: an input that is typed twice and stored once is held against itself, on the screen."""
    form = site.predicate.form
    same = site.kind is Kind.COMPARISON and isinstance(form, Compared) and form.operator == "="
    return same and not all(
        table.column(field) is not None for entity, field in spoken_of(site.subject) if entity == table.name
    )


def _found(gap: _Gap) -> Found:
    rule, sites, first = gap.rule, gap.sites, gap.first
    one = len({who(site) for site in sites}) == 1
    return Found(
        message=(
            f"{rule.subject}: only {speakers(sites)} {'asks' if one else 'ask'} for {_asked(sites)}; "
            f"{_way(gap.ways[0])} writes it and nothing behind the browser checks it"
        ),
        places=(*_guarding([gap]), *_declared(gap.table, rule)),
        subject=str(rule.subject),
        rule=rule.id,
        kind=rule.kind,
        mark=(first.guard,),
        severity=Severity.INFO if rule.kind in NICETIES else None,
        confidence=gap.sure,
        fix=advice(rule).replace("Decide which one is meant, state it once", "State it")
        if rule.kind not in NICETIES
        else "",
    )


def _together(gaps: list[_Gap]) -> Found:
    """The lengths and patterns of one form that end in one write."""
    gaps.sort(key=lambda gap: (gap.rule.subject.field, gap.rule.id))
    first = gaps[0]
    told = [f"{gap.rule.subject.field} {_asked(gap.sites)}" for gap in gaps]
    return Found(
        message=(
            f"{first.table.name}: {len(gaps)} limits of {who(first.first)} are asked for by the browser only, and "
            f"{_way(first.ways[0])} writes without them: {'; '.join(told[:_TOLD])}"
            + (f"; {len(told) - _TOLD} more" if len(told) > _TOLD else "")
        ),
        places=(*_guarding(gaps), *(place for gap in gaps for place in _declared(gap.table, gap.rule))),
        subject=first.table.name,
        kind=first.rule.kind,
        mark=tuple(gap.rule.id for gap in gaps),
        severity=Severity.INFO,
        confidence=min(gap.sure for gap in gaps),
    )


def _guarding(gaps: list[_Gap]) -> tuple[Place, ...]:
    """The sites that ask, then what is written without being asked."""
    sites = [site for gap in gaps for site in gap.sites]
    ways = [way for gap in gaps for way in gap.ways if not _inside(way, sites)]
    less = [site for gap in gaps for site in gap.less]
    return distinct(
        (
            *(place(site, "guards") for site in sites),
            *map(writing, ways),
            *(place(site, "asks for less") for site in less),
        )
    )


def _covered(site: Site, table: Table, enforcement: Enforcement) -> bool:
    if enforcement.counterparts(site):
        return True
    return any(by_type(table, field, site) for entity, field in spoken_of(site.subject) if entity == table.name)


def _sureness(site: Site, enforcement: Enforcement) -> float:
    sure = certainty(site)
    ways = enforcement.ways(site)
    if not any(site.id in way.guards or way.path == site.path for way in ways):
        sure *= 0.85
    elif site.kind is Kind.COMPARISON and any(site.id in way.guards for way in ways):
        # An input held against the very column that the action behind it writes.
        sure = max(sure, _HELD_AGAINST)
    if enforcement.perhaps(site):
        sure *= 0.7
    if site.effect in _GENTLE:
        sure *= 0.8
    return sure


def _nearest(site: Site, ways: list[WritePath]) -> list[WritePath]:
    """The write paths that lead through the site, else all."""
    through = [way for way in ways if site.id in way.guards or way.path == site.path]
    return (through or ways)[:6]


def _asked(sites: Sequence[Site]) -> str:
    """What the browser asks for, each thing once; a longer and a shorter form are told by the first."""
    told = dict.fromkeys(_admitted(site) for site in sites)
    return listed(list(told)[:3])


def _admitted(site: Site) -> str:
    told = admits(site)
    if site.kind is Kind.PRESENCE:
        told = f"{told} in some cases" if "|" in site.guard else f"{told} where {site.guard}"
    return told if len(told) <= 60 else told[:59] + "…"


def _way(way: WritePath) -> str:
    if way.entrance.startswith("rpc "):
        return f"the routine {way.entrance[4:].partition('(')[0]}"
    return f"{short(way.path)} ({at(way.path, way.span.line)})"


def _inside(way: WritePath, sites: Sequence[Site]) -> bool:
    return any(site.path == way.path and site.span == way.span for site in sites)


def _declared(table: Table, rule: BusinessRule) -> tuple[Place, ...]:
    """The columns as they are declared, without the rule."""
    return tuple(
        Place(column.path, column.span, Layer.DATABASE, "accepts", f"{column.name} {column.type}")
        for entity, field in spoken_of(rule.subject)
        if entity == table.name and (column := table.column(field)) is not None and column.path
    )
