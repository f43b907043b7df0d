"""AL305: guards that a later body or schema dropped, and that no trusted layer took over."""

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from archlint.checks._columns import known_table
from archlint.checks._common import certainty, homes, place, within, writing
from archlint.checks._enforcement import Enforcement, by_type, fields_known, spoken_of, trivial
from archlint.checks._found import Found
from archlint.checks._policies import plain
from archlint.checks._words import admits, at
from archlint.model.finding import Place
from archlint.model.graph import Graph, WritePath
from archlint.model.predicate import Principals, Undecided
from archlint.model.rule import BusinessRule, Kind, Site
from archlint.model.schema import Routine, Superseded, Table
from archlint.model.source import Layer

_JUDGED = frozenset(
    {
        Kind.BOUND, Kind.LENGTH, Kind.DOMAIN, Kind.PATTERN, Kind.COMPARISON, Kind.CONDITIONAL, Kind.WINDOW, Kind.GATE,
        Kind.TRANSITION, Kind.QUOTA, Kind.UNIQUE, Kind.IMMUTABILITY,
    }
)  # fmt: skip


class _Lost(msgspec.Struct, frozen=True):
    """A guard that is gone, with the change that took it away."""

    site: Site
    gone: Superseded


def lost(graph: Graph) -> Iterator[Found]:
    """AL305: one finding for each change that lost something, and each thing that it lost."""
    enforcement = Enforcement(graph)
    losses = _Losses(graph)
    seen: set[tuple[object, ...]] = set()
    for item in losses.all():
        mark = (item.site.subject, item.site.kind, item.gone.name)
        if mark in seen:
            continue
        if item.site.kind is Kind.AUTHORIZATION:
            found = _authorization(graph, item, losses)
        else:
            found = _rule(graph, item, enforcement, losses)
        if found is not None:
            seen.add(mark)
            yield found


class _Losses:
    """The lost sites of a graph with what superseded them, latest version first."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._by_path: dict[str, list[Superseded]] = defaultdict(list)
        for gone in graph.schema.superseded:
            self._by_path[gone.path].append(gone)
        self.routines: dict[str, list[Routine]] = defaultdict(list)
        for routine in graph.schema.routines:
            self.routines[routine.name].append(routine)

    def all(self) -> Iterator[_Lost]:
        for site in self._graph.lost:
            gone = self._of(site)
            if gone is not None:
                yield _Lost(site, gone)

    def _of(self, site: Site) -> Superseded | None:
        found = [gone for gone in self._by_path[site.path] if within(site.span, gone.span)]
        return min(found, key=lambda gone: gone.span.end_line - gone.span.line) if found else None

    def columns_went(self, item: _Lost, table: Table) -> bool:
        """Whether a column went with its rule: one that was made later under the same name is another one."""
        wanted = {field for entity, field in spoken_of(item.site.subject) if entity == table.name}
        return any(
            gone.kind == "column" and gone.table == table.name and gone.name in wanted
            and (column := table.column(gone.name)) is not None
            and gone.by_path == column.path > item.gone.by_path and within(column.span, gone.by_span)
            for gone in self._graph.schema.superseded
        )  # fmt: skip

    def successor(self, gone: Superseded) -> Routine | None:
        """The routine that lives in place of a superseded body; None where an overload may still carry the guard."""
        found = self.routines.get(gone.name, [])
        return found[0] if len(found) == 1 else None

    def last(self, item: _Lost) -> bool:
        """Whether the body just before the living one had the guard; older ones were judged when they were replaced."""
        routine = self.successor(item.gone)
        return routine is not None and (item.gone.by_path, item.gone.by_span) == (routine.path, routine.span)


# Rules of data --------------------------------------------------------------------------------------------------


def _rule(graph: Graph, item: _Lost, enforcement: Enforcement, losses: _Losses) -> Found | None:
    site, gone = item.site, item.gone
    table = known_table(graph, site.subject.entity)
    if table is None or site.kind not in _JUDGED or site.strength != "hard" or trivial(site):
        return None
    if not fields_known(table, site.subject, site.kind) and site.kind is not Kind.QUOTA:
        return None
    if isinstance(site.predicate.form, Undecided) or enforcement.counterparts(site):
        return None
    if any(by_type(table, field, site) for entity, field in spoken_of(site.subject) if entity == table.name):
        return None
    later = _later(item, enforcement, losses, table)
    if later is None or losses.columns_went(item, table) or _put_in_its_place(item, table):
        return None
    confidence = certainty(site) * (0.6 if enforcement.perhaps(site) else 0.95)
    rule = BusinessRule(
        id=f"{site.subject}:{site.kind.value}", subject=site.subject, kind=site.kind, sites=(), relation="", home="",
        groups=(),
    )  # fmt: skip
    return Found(
        message=f"{site.subject}: {_told(gone)} no longer asks for {admits(site)}, and nothing else does",
        places=(place(site, "lost"), Place(gone.by_path, gone.by_span, site.layer, "dropped", gone.name), *later),
        subject=str(site.subject),
        rule=rule.id,
        kind=site.kind,
        mark=(gone.kind, gone.name, site.normal),
        confidence=confidence,
        fix=f"Bring it back in {homes(rule)}, or say in an ignore comment that it was dropped on purpose.",
    )


def _put_in_its_place(item: _Lost, table: Table) -> bool:
    """Whether the change that dropped what made rows unique also says, of the same table, what does so now."""
    return item.site.kind is Kind.UNIQUE and any(
        constraint.kind in ("unique", "primary") and constraint.path == item.gone.by_path
        for constraint in table.constraints
    )


def _told(gone: Superseded) -> str:
    if gone.kind == "function":
        return f"the new body of {gone.name} ({at(gone.by_path, gone.by_span.line)})"
    return f"since {gone.name} was dropped ({at(gone.by_path, gone.by_span.line)}) the database"


def _later(item: _Lost, enforcement: Enforcement, losses: _Losses, table: Table) -> tuple[Place, ...] | None:
    """What can be written now without the guard; None where nothing can, or where it was not simply lost."""
    site, gone = item.site, item.gone
    if gone.kind == "function":
        if not losses.last(item):
            return None
        routine = losses.successor(gone)
        ways = _writes_of(routine, enforcement, table) if routine is not None else []
        wanted = {field for _, field in spoken_of(site.subject)}
        ways = [way for way in ways if site.kind is Kind.QUOTA or not way.complete or wanted & dict(way.columns).keys()]
        return tuple(writing(way) for way in ways) or None
    if gone.kind == "constraint":
        return ()
    return None


def _writes_of(routine: Routine, enforcement: Enforcement, table: Table) -> list[WritePath]:
    return [
        way
        for way in enforcement.writes.get(table.name, ())
        if way.path == routine.path and within(way.span, routine.span)
    ]


# Questions to the caller ----------------------------------------------------------------------------------------


def _authorization(graph: Graph, item: _Lost, losses: _Losses) -> Found | None:
    site, gone = item.site, item.gone
    routine = losses.successor(gone)
    form = site.predicate.form
    if routine is None or not losses.last(item) or not isinstance(form, Principals) or site.strength != "hard":
        return None
    if not form.clauses or any(_unclear(atom) for clause in form.clauses for atom in clause):
        return None
    if _asks_still(graph, routine) or not routine.definer or _closed(graph, routine):
        return None
    ways = [way for way in graph.writes if way.path == routine.path and within(way.span, routine.span)]
    if not ways:
        return None
    return Found(
        message=(
            f"{routine.name}: the new body ({at(gone.by_path, gone.by_span.line)}) no longer asks the caller for "
            f"{site.normal}, and runs with the rights of its owner"
        ),
        places=(
            place(site, "lost"),
            Place(routine.path, routine.span, Layer.TRIGGER, "dropped", routine.name),
            *(writing(way) for way in ways[:4]),
        ),
        subject=routine.name,
        kind=Kind.AUTHORIZATION,
        mark=(gone.name, site.normal),
        confidence=0.85,
        fix="Bring the question back, or take the right to execute from clients.",
    )


def _unclear(atom: str) -> bool:
    return "opaque(" in atom


def _asks_still(graph: Graph, routine: Routine) -> bool:
    """Whether the living body asks anything of the caller, itself or through what it calls."""
    if any(not guard.soft and f"rpc {routine.name}" in guard.guards for guard in graph.access_guards):
        return True
    return any(
        guard.path == routine.path and within(guard.span, routine.span) and not all(map(plain, guard.principals))
        for guard in graph.access_guards
    )


def _closed(graph: Graph, routine: Routine) -> bool:
    ways = [way for way in graph.writes if way.path == routine.path and within(way.span, routine.span)]
    return bool(ways) and not any(way.reachable for way in ways)
