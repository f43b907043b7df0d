"""AL302, by the function: what it asks of a row that row security lets clients change without being asked."""

from collections import defaultdict
from collections.abc import Iterator

from archlint.checks._columns import known_table
from archlint.checks._common import certainty, homes, place, trusted, writing
from archlint.checks._enforcement import Enforcement
from archlint.checks._found import Found
from archlint.checks._policies import Policies
from archlint.checks._words import admits, listed, short
from archlint.model.finding import Place
from archlint.model.graph import Graph, WritePath
from archlint.model.predicate import Compared
from archlint.model.rule import BusinessRule, Kind, Site
from archlint.model.schema import Policy, Table
from archlint.model.source import Layer

_SHARE = 0.82
_MOMENTS = ("timestamp", "date")
_MOST = 6
_TOLD = 3


def shortcuts(graph: Graph) -> Iterator[Found]:
    """One finding per table: what the functions that change its rows ask of a row first."""
    enforcement, policies = Enforcement(graph), Policies(graph)
    asked = {
        site.id: (rule, site)
        for rule in graph.rules
        if _asks_the_row(rule)
        for site in rule.sites
        if trusted(site) and not enforcement.bound_to_table(site)
    }
    grouped: dict[str, list[WritePath]] = defaultdict(list)
    for way in graph.writes:
        if way.operation == "update" and way.layer in (Layer.SERVICE, Layer.FUNCTION) and way.entrance:
            grouped[way.entity].append(way)
    for entity, ways in sorted(grouped.items()):
        table = known_table(graph, entity)
        if table is not None:
            yield from _judged(table, ways, asked, enforcement, policies)


def _asks_the_row(rule: BusinessRule) -> bool:
    """A state that a step starts from, or an age that a row must not have passed."""
    if rule.subject.entity.startswith(("~", "bucket:")):
        return False
    return rule.kind is Kind.WINDOW or (rule.kind is Kind.GATE and "→" in rule.id)


def _judged(
    table: Table,
    ways: list[WritePath],
    asked: dict[int, tuple[BusinessRule, Site]],
    enforcement: Enforcement,
    policies: Policies,
) -> Iterator[Found]:
    found: dict[int, tuple[BusinessRule, Site]] = {}
    guarded = []
    for way in ways:
        if _only_stamps(way, table):
            continue
        mine = {number: asked[number] for number in way.guards if number in asked}
        mine = {number: item for number, item in mine.items() if item[0].subject.entity == table.name}
        mine = {n: item for n, item in mine.items() if not _kept_below(item[1], enforcement)}
        if mine:
            guarded.append(way)
            found |= mine
    columns = sorted({column for way in guarded for column, _ in way.columns if column != "*"})
    letting = [policy for policy in policies.letting(table, "update") if _lets(policy, table, columns, policies)]
    if found and letting:
        yield _told(table, [found[number] for number in sorted(found)], guarded, letting)


def _only_stamps(way: WritePath, table: Table) -> bool:
    """Whether a write only keeps when something was done, which is not done to the row."""
    columns = [table.column(name) for name, _ in way.columns]
    return bool(columns) and all(column is not None and column.type.startswith(_MOMENTS) for column in columns)


def _kept_below(site: Site, enforcement: Enforcement) -> bool:
    """Whether the table itself asks for the same; which words there are says nothing of the step between them."""
    steps = {Kind.GATE, Kind.TRANSITION} if site.kind is Kind.GATE else set(Kind)
    return any(enforcement.bound_to_table(other) and other.kind in steps for other in enforcement.counterparts(site))


def _lets(policy: Policy, table: Table, columns: list[str], policies: Policies) -> bool:
    """Whether a client may change some of what the function changes."""
    free = [name for name in columns if not policies.frozen(table, name)]
    return bool(free) and not all(policies.pins(policy, table.name, name) for name in free)


def _told(table: Table, asked: list[tuple[BusinessRule, Site]], ways: list[WritePath], letting: list[Policy]) -> Found:
    surest = max(asked, key=lambda item: (certainty(item[1]), -item[1].id))
    told = list(dict.fromkeys(_asked(rule, site) for rule, site in asked))
    said = listed(told if len(told) <= _TOLD else [*told[:_TOLD], f"{len(told) - _TOLD} more"])
    files = list(dict.fromkeys(short(way.path) for way in ways))
    who = f"{listed(files[:2])} and {len(files) - 2} more" if len(files) > 2 else listed(files)
    names = listed([f"“{policy.name}”" for policy in letting[:2]])
    return Found(
        message=(
            f"{table.name}: {who} {'change' if len(files) > 1 else 'changes'} a row only if {said}; "
            f"the policy {names} lets clients change it directly, without that"
        ),
        places=(
            *(place(site, "guards") for _, site in asked),
            *(Place(policy.path, policy.span, Layer.POLICY, "bypasses", policy.name) for policy in letting[:4]),
            *(writing(way, "guarded") for way in ways[:_MOST]),
        ),
        subject=table.name,
        rule=surest[0].id,
        kind=surest[0].kind,
        mark=("shortcut", *sorted({site.normal for _, site in asked})),
        confidence=certainty(surest[1]) * _SHARE,
        fix=f"Ask the same in {homes(surest[0])}, or let the policy refuse what only the function may do.",
    )


def _asked(rule: BusinessRule, site: Site) -> str:
    """A comparison names its fields itself; other forms are told of their field."""
    return admits(site) if isinstance(site.predicate.form, Compared) else f"{rule.subject.field} is {admits(site)}"
