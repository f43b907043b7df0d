"""All that the advisor has to say, as one value for the writers of text, JSON and records."""

from collections.abc import Mapping

import msgspec

from archlint import data
from archlint.advisor.answers import Answer, Answers, with_presets
from archlint.advisor.edges import CoreAndEdges, core_and_edges
from archlint.advisor.evidence import blind_spots, collect
from archlint.advisor.homes import Home, Move, code_layer, homes, moves
from archlint.advisor.questions import UNKNOWN, Catalogue
from archlint.advisor.scoring import Contribution, Verdict, judge
from archlint.advisor.seen import BlindSpot, Evidence, Seen
from archlint.advisor.sensitivity import Sensitivity, examine

STRONGEST = 5
NOTHING = CoreAndEdges(core=(), edges=())


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """A person and the scan say different things."""

    question: str
    said: str
    scanned: str


class Platform(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Facts on one platform; nothing ranks it."""

    name: str
    fits: tuple[str, ...]
    rules: str
    clients: str
    scannable: str
    source: str


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict with everything that it rests on."""

    version: str
    catalogue: Catalogue
    answers: dict[str, Answer]
    verdict: Verdict
    sensitivity: Sensitivity
    evidence: dict[str, Evidence] = {}
    blind_spots: tuple[BlindSpot, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    homes: tuple[Home, ...] = ()
    moves: tuple[Move, ...] = ()
    core: CoreAndEdges = NOTHING
    code_layer: str = "service"


def evidence_of(seen: Seen | None, catalogue: Catalogue) -> dict[str, Evidence]:
    """The evidence by question; none without a scan."""
    return collect(seen, catalogue) if seen else {}


def accepted(evidence: Mapping[str, Evidence], catalogue: Catalogue) -> dict[str, Answer]:
    """The answers that the scan gives where its trust is high; never to a question on what people want."""
    found: dict[str, Answer] = {}
    for question in catalogue.questions:
        item = evidence.get(question.id)
        if item and item.proposes and item.trust == "high" and not question.value_question:
            found[question.id] = from_scan(item, item.proposes)
    return found


def from_scan(item: Evidence, value: str) -> Answer:
    """An answer that rests on a piece of evidence."""
    return Answer(
        value=value, source="scan", trust=item.trust, says=item.says, numbers=item.numbers, places=item.places
    )


def advise(
    answers: Answers,
    catalogue: Catalogue,
    version: str,
    seen: Seen | None = None,
    evidence: Mapping[str, Evidence] | None = None,
) -> Advice:
    """The advice for some answers."""
    filled = with_presets(answers, catalogue)
    verdict = judge(filled, catalogue)
    found = homes(seen, verdict) if seen else ()
    shown = dict(evidence or {})
    return Advice(
        version=version,
        catalogue=catalogue,
        answers=filled,
        verdict=verdict,
        sensitivity=examine(filled, catalogue, verdict),
        evidence=shown,
        blind_spots=blind_spots(seen, shown) if seen else (),
        conflicts=_conflicts(filled, shown),
        homes=found,
        moves=moves(found),
        core=core_and_edges(seen) if seen else NOTHING,
        code_layer=code_layer(seen).value if seen else "service",
    )


def reasons(advice: Advice) -> tuple[tuple[Contribution, ...], tuple[Contribution, ...]]:
    """The strongest contributions for the verdict, and those against it."""
    signs = {"core": _sign(advice, "core"), "edges": _sign(advice, "edges")}
    # An axis of which too little is known gives no reasons; its scores are still shown on request.
    known = [axis for axis in (advice.verdict.core, advice.verdict.edges) if axis.known]
    scored = [(item, item.points * signs[axis.name]) for axis in known for item in axis.contributions if item.points]
    scored.sort(key=lambda entry: (-abs(entry[1]), entry[0].question))
    return (
        tuple(item for item, points in scored if points > 0)[:STRONGEST],
        tuple(item for item, points in scored if points < 0)[:STRONGEST],
    )


def _sign(advice: Advice, axis: str) -> int:
    """Which way the verdict lies on an axis; where it lies on neither side, positive counts as for."""
    if axis == "core":
        home = advice.verdict.home or advice.verdict.core.side
        return -1 if home == "services" else 1
    return -1 if advice.verdict.edges.position < 0 else 1


def _conflicts(answers: Answers, evidence: Mapping[str, Evidence]) -> tuple[Conflict, ...]:
    found: list[Conflict] = []
    for question, answer in answers.items():
        item = evidence.get(question)
        said = answer.source == "person" and answer.value not in (UNKNOWN, "not-applicable")
        if item and item.proposes and said and item.proposes != answer.value:
            found.append(Conflict(question=question, said=answer.value, scanned=item.proposes))
    return tuple(found)


def platforms() -> tuple[Platform, ...]:
    """All platforms in alphabetical order."""
    found = msgspec.convert(data.table("advisor/platforms")["platform"], tuple[Platform, ...])
    return tuple(sorted(found, key=lambda platform: platform.name.lower()))


def fitting(verdict: Verdict) -> tuple[Platform, ...]:
    """The platforms that offer the home of the verdict, and those for processes beside it."""
    if not verdict.home:
        return platforms()
    wanted = {verdict.home, "processes"}
    if verdict.split == "yes":
        wanted = {"database", "services", "processes"}
    return tuple(platform for platform in platforms() if wanted & set(platform.fits))
