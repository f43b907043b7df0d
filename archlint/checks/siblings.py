"""AL302, by the route: handlers with everybody's rights that ask nothing where their siblings ask for a role."""

import re
from collections import defaultdict
from collections.abc import Iterator

from archlint.checks._common import distinct, writing
from archlint.checks._found import Found
from archlint.checks._policies import plain
from archlint.checks._words import at, counted, listed
from archlint.model.finding import Place
from archlint.model.graph import AccessGuard, Graph, WritePath
from archlint.model.rule import Kind
from archlint.model.source import Layer

_SERVERS = frozenset({Layer.SERVICE, Layer.FUNCTION})
_VERSION = re.compile(r"v\d+|api", re.IGNORECASE)
# Where frameworks keep what runs before every handler: what is asked there may be asked for all of them.
_BEFORE_ALL = re.compile(r"(?:^|[/._-])(?:middlewares?|proxy|hooks|plugins?|guards?)(?:[/._-]|$)", re.IGNORECASE)
_MOST = 12
_SCREENS = 2


def unguarded(graph: Graph) -> Iterator[Found]:
    """One finding per part of an interface whose handlers do not all ask."""
    asking, everywhere = _asking(graph)
    if everywhere:
        return
    parts: dict[str, list[WritePath]] = defaultdict(list)
    for way in graph.writes:
        part = _part(way.entrance)
        if part and way.client == "service" and way.reachable and way.layer in _SERVERS:
            parts[part].append(way)
    for part, ways in sorted(parts.items()):
        if _names_a_table(part, ways):
            continue
        guards = [guard for way in ways for guard in asking.get(way.entrance, ()) if _role(guard)]
        bare = [way for way in ways if not asking.get(way.entrance) and not asking.get(way.path)]
        if guards and bare:
            yield _found(part, guards, bare, graph)


def _asking(graph: Graph) -> tuple[dict[str, list[AccessGuard]], bool]:
    """The questions of servers by the route and by the file; and whether one may stand before all routes."""
    found: dict[str, list[AccessGuard]] = defaultdict(list)
    everywhere = False
    for guard in graph.access_guards:
        if guard.layer not in _SERVERS or guard.source == "policy":
            continue
        for target in guard.guards:
            found[target].append(guard)
        found[guard.path].append(guard)
        everywhere |= not guard.guards and _BEFORE_ALL.search(guard.path) is not None
    return found, everywhere


def _part(entrance: str) -> str:
    """The part of an interface that a route belongs to: `/api/admin` of `PUT /api/admin/products/[id]`."""
    _, _, path = entrance.partition(" ")
    segments = [segment for segment in path.split("/") if segment]
    named = next((number for number, segment in enumerate(segments) if not _VERSION.fullmatch(segment)), None)
    if not path.startswith("/") or not named or len(segments) < named + 2:
        # The first segment of a path alone is too little in common.
        return ""
    return "/" + "/".join(segments[: named + 1])


def _names_a_table(part: str, ways: list[WritePath]) -> bool:
    """A part that is about one thing has open and closed handlers on purpose."""
    entities = {way.entity.rsplit(".", 1)[-1].lower() for way in ways}
    name = part.rsplit("/", 1)[-1].lower().replace("-", "_")
    return len(entities) < 2 or any(name.removesuffix("s") == entity.removesuffix("s") for entity in entities)


def _role(guard: AccessGuard) -> bool:
    """Whether every way in asks for a role or a right."""
    clauses = guard.clauses
    return bool(clauses) and not guard.soft and all(any(_special(atom) for atom in clause) for clause in clauses)


def _special(atom: str) -> bool:
    return not plain(atom) and atom.startswith(("role=", "flag("))


def _found(part: str, guards: list[AccessGuard], bare: list[WritePath], graph: Graph) -> Found:
    first, guard = bare[0], guards[0]
    routes = sorted({way.entrance for way in bare})
    asked = listed(sorted({atom for item in guards for atom in item.principals if _special(atom)}), "or")
    shown = bare[:_MOST]
    return Found(
        message=(
            f"{part}: {guard.symbol or guard.path} asks for {_told(asked)}; {counted(routes, 4)} "
            f"{'asks' if len(routes) == 1 else 'ask'} nobody and {'writes' if len(routes) == 1 else 'write'} "
            f"with the rights of the service ({at(first.path, first.span.line)})"
        ),
        places=distinct(
            (
                *(Place(item.path, item.span, item.layer, "guards", item.text) for item in guards[:_MOST]),
                *(writing(way, "bypasses") for way in shown),
                *_screens(guards, graph),
            )
        ),
        subject=part,
        kind=Kind.AUTHORIZATION,
        mark=tuple(routes),
        confidence=0.85,
        fix=f"Ask the caller before every handler of {part}, in one place that all of them pass.",
    )


def _told(asked: str) -> str:
    return re.sub(r"role=(\w+)", r'the role "\1"', re.sub(r"flag\((\w+)\)", r"\1", asked))


def _screens(guards: list[AccessGuard], graph: Graph) -> list[Place]:
    """Where screens ask the same: there it is known what the handlers are for."""
    wanted = {atom for item in guards for atom in item.principals if _special(atom)}
    return [
        Place(item.path, item.span, item.layer, "hides", item.text)
        for item in graph.access_guards
        if item.layer is Layer.FRONTEND and wanted & set(item.principals)
    ][:_SCREENS]
