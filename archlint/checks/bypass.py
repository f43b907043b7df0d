"""AL302: rules that hold on one way to the data and not on another."""

import re
from collections.abc import Iterator

from archlint.checks._columns import known_table, of_platform
from archlint.checks._common import NICETIES, by_end, certainty, homes, layers_of, place, trusted, writing
from archlint.checks._enforcement import Enforcement, admitted, applied, by_type, spoken_of, trivial
from archlint.checks._found import Found
from archlint.checks._policies import Policies
from archlint.checks._vocabulary import words
from archlint.checks._words import admits, at, listed, short, who
from archlint.model.finding import Place, Severity
from archlint.model.graph import Graph, WritePath
from archlint.model.predicate import Compared, Numbers, Shape
from archlint.model.rule import BusinessRule, Kind, Site
from archlint.model.schema import Policy, Table
from archlint.model.source import TRUSTED, Layer

_JUDGED = frozenset(
    {
        Kind.BOUND, Kind.LENGTH, Kind.DOMAIN, Kind.PATTERN, Kind.COMPARISON, Kind.TRANSITION, Kind.QUOTA,
        Kind.FORMULA,
    }
)  # fmt: skip
_KEYS = frozenset({"uuid"})
# What asks the same and stands before no write that is known may stand before any of them.
_ELSEWHERE = 0.7
_STATEFUL = frozenset({Kind.TRANSITION, Kind.GATE})
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_SORTS = words("sorts")


def bypassable(graph: Graph) -> Iterator[Found]:
    """AL302."""
    enforcement = Enforcement(graph)
    policies = Policies(graph)
    for rule in graph.rules:
        if rule.kind in _JUDGED and not rule.subject.entity.startswith(("~", "bucket:")):
            found = _judged(rule, graph, enforcement, policies)
            if found is not None:
                yield found


def _judged(rule: BusinessRule, graph: Graph, enforcement: Enforcement, policies: Policies) -> Found | None:
    guards = [
        site
        for site in applied(rule)
        if _stands_on_a_path(site, enforcement) and not _sanity(site) and not _picks(site)
        if not enforcement.of_another_act(site)
    ]
    if not guards:
        return None
    first = max(guards, key=lambda site: (certainty(site), -site.id))
    table = graph.schema.tables.get(rule.subject.entity)
    if table is not None and by_type(table, rule.subject.field, first):
        return None
    known = known_table(graph, rule.subject.entity)
    if any(enforcement.bound_to_table(site) for site in enforcement.counterparts(first)):
        return None
    ways = [way for way in enforcement.ways(first) if way.operation != "insert" or not _of_own_key(first, table)]
    guarded = [way for way in ways if _guarded(way, first, enforcement, graph)]
    if not guarded:
        return None
    entities = {way.entity for way in guarded}
    asking = frozenset((guard.path, guard.symbol) for guard in graph.access_guards if not guard.soft)
    open_ways = [
        way
        for way in ways
        if way not in guarded
        and way.entity in entities
        and _free(way, first, policies, asking)
        and not _of_another_sort(way, guarded)
    ]
    if open_ways:
        # What a server calls may be guarded by the server, in ways that were not followed.
        straight = [way for way in open_ways if not _behind_servers(way, graph)]
        share = 1.0 if straight else 0.7
        told = straight or open_ways
        letting = _direct(rule, first, graph, policies) if any(way.layer is Layer.FRONTEND for way in told) else ()
        return _found(rule, first, guards, guarded, told, letting, enforcement, known, share)
    admitting = _direct(rule, first, graph, policies)
    return _found(rule, first, guards, guarded, [], admitting, enforcement, known) if admitting else None


def _missing(rule: BusinessRule, table: Table | None, used: set[str]) -> list[str]:
    """The columns that the table does not have: the writes fail, but what they were to keep is asked on one way."""
    if table is None or rule.kind is Kind.QUOTA:
        return []
    fields = [field for entity, field in spoken_of(rule.subject) if entity == table.name]
    return [field for field in fields if field in used and table.column(field) is None]


def _sanity(site: Site) -> bool:
    """What refuses nothing, or only keeps nonsense out: something was entered, it is a number, it is not negative."""
    form = site.predicate.form
    if trivial(site) or (site.kind is Kind.FORMULA and site.effect != "reject"):
        # A computation alone refuses nothing.
        return True
    if isinstance(form, Shape) and form.format in _KEYS:
        # A key leads to a row or it does not.
        return True
    if not isinstance(form, Numbers) or len(form.intervals) != 1:
        return False
    only = form.intervals[0]
    return only.high is None and only.low == "0" and not only.low_open


def _picks(site: Site) -> bool:
    """`if (order.shopId !== shopId) throw`: which row it is, and whose, limits nothing that is written into others."""
    form = site.predicate.form
    if not isinstance(form, Compared) or form.operator not in ("=", "!="):
        return False
    return "read" in site.evidence or (form.operator == "=" and "." in site.subject.field)


def _of_own_key(site: Site, table: Table | None) -> bool:
    """`if (parentId === id) throw`: a row that is not there yet has no key to be confused with."""
    form = site.predicate.form
    if not isinstance(form, Compared) or form.operator != "!=" or table is None:
        return False
    known = [table.column(field.rpartition(".")[2]) is not None for field in site.subject.field.split(", ")]
    return not all(known)


def _stands_on_a_path(site: Site, enforcement: Enforcement) -> bool:
    """A guard of a server or of a routine that is called: it holds where it stands, and nowhere else."""
    return trusted(site) and not enforcement.bound_to_table(site) and not layers_of(site) & {Layer.CONTRACT}


def _guarded(way: WritePath, first: Site, enforcement: Enforcement, graph: Graph) -> bool:
    """Whether a trusted site about the same thing stands before the write, at least as strict as the first."""
    if first.id in way.guards:
        return True
    known = {site.id: site for site in enforcement.counterparts(first)}
    return any(number in known for number in way.guards)


def _asked_elsewhere(first: Site, enforcement: Enforcement) -> bool:
    """Whether another schema speaks of the field whose values were not followed into any write."""
    known = {number for way in enforcement.writes.get(first.subject.entity, ()) for number in way.guards}
    return any(
        site.id not in known and site.strength == "hard" and site.layer is not Layer.DATABASE
        for site in enforcement.counterparts(first)
    )


def _free(way: WritePath, first: Site, policies: Policies, asking: frozenset[tuple[str, str]]) -> bool:
    """Whether a caller decides what this way writes into the field. `asking` are functions that ask who calls."""
    if not way.entrance and way.layer is not Layer.FRONTEND:
        return False
    if way.layer is Layer.FRONTEND and (of_platform(way.entity) or not policies.writable(way.entity, way.operation)):
        # What an auth service asks of accounts is no matter of the repository's own code.
        return False
    if first.kind is Kind.QUOTA:
        return True
    columns = dict(way.columns)
    fields = [field for _, field in spoken_of(first.subject) if field in columns]
    for field in fields:
        word = columns[field]
        if word is not None and (first.kind in _STATEFUL or admitted(first, word)):
            return False
    if first.kind is Kind.COMPARISON and any(field in way.lowered for field in fields):
        return (way.path, way.symbol) not in asking
    return any(field in way.given for field in fields)


def _of_another_sort(way: WritePath, guarded: list[WritePath]) -> bool:
    """Whether a way writes rows of another sort: a literal says so in a column for that (`type: 'refund'`)."""
    mine = {name: word for name, word in way.columns if word is not None and _last_word(name) in _SORTS}
    for name, word in mine.items():
        theirs = [dict(other.columns).get(name) for other in guarded]
        if all(other is not None and other != word for other in theirs):
            return True
    return False


def _last_word(name: str) -> str:
    """`source` of `entry_source` and `entrySource`."""
    return _WORD.findall(name)[-1].lower() if _WORD.search(name) else ""


def _behind_servers(way: WritePath, graph: Graph) -> bool:
    """Whether a routine is called in this repository, and by servers only."""
    if not way.entrance.startswith("rpc "):
        return False
    target = f"routine:{way.entrance[4:].partition('(')[0]}"
    callers = [edge.source.rpartition(":")[0] for edge in graph.edges if (edge.kind, edge.target) == ("calls", target)]
    layers = {graph.layers.get(path, Layer.SHARED) for path in callers}
    return bool(layers) and layers <= {Layer.SERVICE, Layer.FUNCTION}


def _direct(rule: BusinessRule, first: Site, graph: Graph, policies: Policies) -> tuple[Policy, ...]:
    """The policies that let clients write the column without any function in between."""
    table = known_table(graph, rule.subject.entity)
    if table is None or not layers_of(first) & TRUSTED:
        return ()
    commands = (
        ("update",) if rule.kind in _STATEFUL else ("insert",) if rule.kind is Kind.QUOTA else ("insert", "update")
    )
    found = [policy for command in commands for policy in policies.letting(table, command)]
    fields = [field for entity, field in spoken_of(rule.subject) if entity == table.name]
    if len(fields) < len(list(spoken_of(rule.subject))):
        return ()
    if rule.kind is not Kind.QUOTA:
        found = [policy for policy in found if not any(policies.pins(policy, table.name, field) for field in fields)]
        found = [policy for policy in found if not all(policies.frozen(table, field) for field in fields)]
    return tuple({(policy.path, policy.span): policy for policy in found}.values())


def _found(
    rule: BusinessRule,
    first: Site,
    guards: list[Site],
    guarded: list[WritePath],
    open_ways: list[WritePath],
    admitting: tuple[Policy, ...],
    enforcement: Enforcement,
    table: Table | None,
    share: float = 1.0,
) -> Found:
    confidence = certainty(first) * share
    if open_ways and first.kind in NICETIES and _asked_elsewhere(first, enforcement):
        confidence *= _ELSEWHERE
    missing = _missing(rule, table, {column for way in (*guarded, *open_ways) for column, _ in way.columns})
    if open_ways:
        other = _way(open_ways[0])
        message = f"{rule.subject}: {who(first)} admits {admits(first)}; {other} writes it without asking"
        if all(way.layer is first.layer or way.layer in TRUSTED for way in open_ways) and enforcement.perhaps(first):
            confidence *= 0.75
    else:
        names = ", ".join(f"“{policy.name}”" for policy in admitting[:2])
        what = "add rows" if rule.kind is Kind.QUOTA else "write the table" if missing else "write the column"
        message = (
            f"{rule.subject}: {who(first)} admits {admits(first)}; "
            f"the policy {names} lets clients {what} directly, without it"
        )
        confidence *= (
            0.8
            if rule.kind in (Kind.QUOTA, Kind.FORMULA)
            else 0.75
            if rule.kind in (Kind.TRANSITION, Kind.BOUND, Kind.COMPARISON)
            else 0.6
        )
    role = "lets" if open_ways else "bypasses"
    return Found(
        message=message + (f" (no migration has {listed(missing)})" if missing else ""),
        places=(
            place(first, "guards"),
            *(writing(way, "bypasses") for way in open_ways[:6]),
            *(Place(item.path, item.span, Layer.POLICY, role, item.name) for item in admitting[:4]),
            *(writing(way, "guarded") for way in guarded[:2]),
        ),
        subject=str(rule.subject),
        rule=rule.id,
        kind=rule.kind,
        severity=Severity.WARNING if rule.kind in NICETIES else None,
        stated=tuple(sorted({f"{site.layer}:{text}" for site in _beside(first, guards) for text in _asked(site)})),
        mark=tuple(sorted({way.entrance or way.symbol for way in open_ways})),
        confidence=confidence,
        fix=f"State the rule in {homes(rule)}, where every write passes, or close the other way.",
    )


def _beside(first: Site, guards: list[Site]) -> list[Site]:
    """The guards of the same function: a range may be asked for in one condition or in two."""
    return [site for site in guards if (site.path, site.symbol) == (first.path, first.symbol)]


def _asked(site: Site) -> list[str]:
    """What a guard says, but for what only keeps nonsense out."""
    said = by_end(site)
    form = site.predicate.form
    if isinstance(form, Numbers) and form.intervals[0].low == "0" and not form.intervals[0].low_open and len(said) > 1:
        said.pop("low", None)
    return list(said.values())


def _way(way: WritePath) -> str:
    if way.entrance.startswith("rpc "):
        return f"the routine {way.entrance[4:]} ({at(way.path, way.span.line)})"
    return f"{short(way.path)} ({at(way.path, way.span.line)})"
