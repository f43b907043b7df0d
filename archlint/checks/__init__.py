"""What archlint judges: each check is a function of the graph."""

from collections.abc import Callable, Iterable, Mapping

from archlint.checks import (
    authorization,
    bypass,
    cascades,
    claims,
    clients,
    contradictions,
    counters,
    defaults,
    domains,
    double,
    drift,
    foregone,
    given_totals,
    hidden,
    homes,
    ignored,
    kept,
    lost,
    maps,
    presence,
    privileges,
    scattered,
    security,
    shapes,
    shortcuts,
    shown,
    siblings,
    steps,
    unread,
    unused,
)
from archlint.checks._found import Found, complete, ordered
from archlint.model.configuration import Unused
from archlint.model.finding import Check, Finding
from archlint.model.graph import Graph

_Judge = Callable[[Graph], Iterable[Found]]


def _all(*judges: _Judge) -> _Judge:
    """Several ways to break one check."""
    return lambda graph: [found for judge in judges for found in judge(graph)]


CHECKS: dict[str, _Judge] = {
    "AL101": _all(scattered.scattered, shown.shown_alike),
    "AL102": scattered.duplicated,
    "AL103": scattered.constants,
    "AL201": _all(drift.drifted, ignored.ignored, claims.read_elsewhere),
    "AL202": _all(contradictions.contradicting, foregone.foregone),
    "AL203": drift.boundary,
    "AL204": domains.drifted,
    "AL205": _all(steps.formula, maps.maps),
    "AL206": steps.transition,
    "AL207": presence.mismatch,
    "AL208": drift.unit,
    "AL209": defaults.drifted,
    "AL210": shapes.mismatch,
    "AL301": _all(clients.client_only, given_totals.given_totals),
    "AL302": _all(bypass.bypassable, shortcuts.shortcuts, siblings.unguarded),
    "AL303": authorization.client_only_authorization,
    "AL304": _all(privileges.self_granted, kept.kept_in_step),
    "AL305": lost.lost,
    "AL401": hidden.hidden,
    "AL402": cascades.cascades,
    "AL403": _all(double.double, counters.raised_at_two_steps),
    "AL501": security.frontend_writes,
    "AL502": security.row_security,
    "AL503": homes.sql_outside_home,
    "AL902": unread.unread,
}


def run(graph: Graph, checks: Mapping[str, Check]) -> tuple[Finding, ...]:
    """All findings, worst first. `checks` are the texts by code; a check without a text is not made."""
    return ordered(
        complete(checks[code], found) for code, judge in CHECKS.items() if code in checks for found in judge(graph)
    )


def run_last(check: Check, comments: Iterable[Unused], entries: Iterable[Unused]) -> tuple[Finding, ...]:
    """The findings of `LAST`, about comments and baseline entries that accept nothing."""
    return ordered(complete(check, found) for found in unused.unused(comments, entries))


# Judged after the others: it looks at findings, and not at the graph.
LAST = "AL901"

__all__ = ["CHECKS", "LAST", "run", "run_last"]
