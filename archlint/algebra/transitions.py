"""How two sets of allowed steps of a state field lie to each other."""

from archlint.algebra.verdict import EQUAL, UNKNOWN, Verdict, by_witnesses
from archlint.model.predicate import Steps
from archlint.model.rule import Relation

Edge = tuple[str, str]
_ANOTHER = "another state"


def relate_steps(left: Steps, right: Steps) -> Verdict:
    """The verdict; a site that only takes some steps differs where it takes one that the other does not allow."""
    known = {state for edge in (*left.edges, *right.edges) for state in edge} - {"*"}
    verdict = _relate(left, right, known)
    if verdict is EQUAL and _relate(left, right, known | {_ANOTHER}) is not EQUAL:
        # They agree about the states that they name, and there may be more.
        return UNKNOWN
    return verdict


def _relate(left: Steps, right: Steps, states: set[str]) -> Verdict:
    one, other = _expanded(left, states), _expanded(right, states)
    if left.partial and right.partial:
        return EQUAL if one == other else UNKNOWN
    left_only, right_only = _first(one - other), _first(other - one)
    if left.partial or right.partial:
        found, side = (left_only, "left") if left.partial else (right_only, "right")
        if found is None:
            return EQUAL
        disjoint = not one & other
        relation = Relation.DISJOINT if disjoint else Relation.OVERLAPPING
        return Verdict(relation, found, side)
    return by_witnesses(left_only, right_only, not one & other)


def _expanded(form: Steps, states: set[str]) -> set[Edge]:
    result: set[Edge] = set()
    for start, end in form.edges:
        if "*" not in (start, end):
            result.add((start, end))
            continue
        for one in states if start == "*" else (start,):
            result.update((one, other) for other in (states if end == "*" else (end,)) if other != one)
    return result


def _first(edges: set[Edge]) -> str | None:
    return shown_edge(min(edges)) if edges else None


def shown_edge(edge: Edge) -> str:
    """A step as a witness shows it."""
    return f"{edge[0]} → {edge[1]}"
