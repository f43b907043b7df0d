"""The stable core and the dynamic edges: what must always hold, and what changes all the time."""

import msgspec

from archlint.advisor.core import CoreRule, core_rules
from archlint.advisor.evidence.changes import churn_by_part, core_follows
from archlint.advisor.seen import SHOWN_PLACES, Seen


class Edge(msgspec.Struct, frozen=True):
    """A part that changes: how often one of its files did in a year."""

    part: str
    changes: float
    files: int


class CoreAndEdges(msgspec.Struct, frozen=True, kw_only=True):
    """The proposed core, the parts that churn, and whether changes at the edges touched the core.

    `touched` of `edge_commits` did; `history` says why nothing is known about changes.
    """

    core: tuple[CoreRule, ...]
    edges: tuple[Edge, ...]
    edge_commits: int = 0
    touched: int = 0
    history: str = ""


def core_and_edges(seen: Seen) -> CoreAndEdges:
    """The core, the edges, and how they changed together."""
    churn = churn_by_part(seen)
    numbers = dict(evidence.numbers) if (evidence := core_follows(seen)) else {}
    return CoreAndEdges(
        core=core_rules(seen),
        edges=tuple(Edge(part, round(count, 2), files) for part, count, files in churn[:SHOWN_PLACES]),
        edge_commits=int(numbers.get("edges", 0)),
        touched=int(numbers.get("both", 0)),
        history=seen.history.reason,
    )
