"""AL201: one right of the caller that is looked up in different parts of the token."""

from collections import defaultdict
from collections.abc import Iterator

from archlint.checks._found import Found
from archlint.checks._words import listed, short
from archlint.model.finding import Place
from archlint.model.graph import Claim, Graph
from archlint.model.rule import Kind
from archlint.model.source import Layer

_SURE = 0.8


def read_elsewhere(graph: Graph) -> Iterator[Found]:
    """AL201."""
    by_place: dict[tuple[str, object], list[Claim]] = defaultdict(list)
    for claim in graph.claims:
        by_place[claim.path, claim.span].append(claim)
    found: dict[str, dict[tuple[str, ...], list[Claim]]] = defaultdict(dict)
    for claims in by_place.values():
        for claim in claims:
            # Who looks in several parts of the token knows of them.
            if sum(item.claim[-1] == claim.claim[-1] for item in claims) == 1:
                found[claim.claim[-1]].setdefault(claim.claim[:-1], []).append(claim)
    if any(_fills(routine.name, routine.returns) for routine in graph.schema.routines):
        return
    for name, parts in sorted(found.items()):
        layers = {claim.layer for claims in parts.values() for claim in claims}
        if len(parts) > 1 and layers & {Layer.POLICY, Layer.TRIGGER, Layer.SERVICE, Layer.FUNCTION}:
            yield _told(name, parts)


def _fills(name: str, returns: str) -> bool:
    """Whether a routine may copy claims from one part of the token to another when it is issued."""
    return returns.lower() == "jsonb" and ("hook" in name or "token" in name)


def _told(name: str, parts: dict[tuple[str, ...], list[Claim]]) -> Found:
    said = [f"{_where(part)} by {_who(claims)}" for part, claims in sorted(parts.items())]
    return Found(
        message=f"{name} of the caller is looked up in {len(parts)} parts of the token: {listed(said)}",
        places=tuple(
            Place(claim.path, claim.span, claim.layer, f"reads {'.'.join(claim.claim)}", claim.symbol, ".".join(part))
            for part, claims in sorted(parts.items())
            for claim in claims
        ),
        subject=name,
        kind=Kind.AUTHORIZATION,
        mark=("claim", *sorted(".".join(part) for part in parts)),
        confidence=_SURE,
        witness_words=f"whoever has {name} in one part only passes one of the places and is refused by the other",
        fix=f"Keep {name} in one part of the token, one that users cannot write themselves, and read it there only.",
    )


def _where(part: tuple[str, ...]) -> str:
    return f"in {'.'.join(part)}" if part else "at its root"


def _who(claims: list[Claim]) -> str:
    names = {
        Layer.POLICY: "the policy “{0.symbol}”",
        Layer.TRIGGER: "the routine {0.symbol}",
    }
    told = [names[item.layer].format(item) if item.layer in names else short(item.path) for item in claims]
    return listed(list(dict.fromkeys(told))[:3])
