"""Evidence: what the scan can say for each question, with the places it comes from."""

from collections.abc import Callable

import msgspec

from archlint.advisor.evidence import changes, clients, operations, rules, surroundings, trust
from archlint.advisor.questions import Catalogue, Question
from archlint.advisor.seen import SERVING, BlindSpot, Evidence, Seen, many
from archlint.model.source import Layer

Measure = Callable[[Seen], Evidence | None]

MEASURES: dict[str, Measure] = {
    **rules.MEASURES,
    **clients.MEASURES,
    **operations.MEASURES,
    **trust.MEASURES,
    **surroundings.MEASURES,
    **changes.MEASURES,
}


def collect(seen: Seen, catalogue: Catalogue) -> dict[str, Evidence]:
    """The evidence by question, in the order of the questions."""
    found: dict[str, Evidence] = {}
    if not seen.files:
        return found
    for question in catalogue.questions:
        measure = MEASURES.get(question.evidence)
        evidence = measure(seen) if measure else None
        if evidence:
            found[question.id] = msgspec.structs.replace(evidence, proposes=_proposed(question, evidence))
    return found


def _proposed(question: Question, evidence: Evidence) -> str:
    if evidence.proposes or evidence.value is None:
        return evidence.proposes
    for band in question.bands:
        if band.below is None or evidence.value < band.below:
            return band.choice
    return ""


def blind_spots(seen: Seen, evidence: dict[str, Evidence]) -> tuple[BlindSpot, ...]:
    """What the scan cannot see, said every time."""
    texts = ["flows of automation tools outside of the repository"]
    if seen.graph.schema.tables:
        texts.append("policies, triggers and functions that were edited in a dashboard and never exported")
    if count := _uncreated(seen):
        noun = many(count, "table that is", "tables that are")
        texts.append(f"{noun} written or altered but created nowhere in the repository")
    for reason, count in sorted(seen.skipped.items()):
        if reason.startswith("no reader"):
            texts.append(f"{count} files of {reason.removeprefix('no reader for ')}, for which archlint has no reader")
    if seen.history.reason:
        texts.append(f"changes over time: {seen.history.reason}")
    if not seen.files:
        texts.append("everything: no source file that archlint reads was found")
    texts.append("marks of machine-written code are removed by many, so their absence proves nothing")
    return tuple(BlindSpot(text) for text in texts)


def _uncreated(seen: Seen) -> int:
    """Tables that no file creates, where files create any. That a known one may have more columns is another matter."""
    tables = seen.graph.schema.tables
    if not any(table.path for table in tables.values()):
        return 0
    programs = SERVING | {Layer.FRONTEND}
    written = {item.entity for item in seen.graph.writes if item.layer in programs} - set(tables)
    named = {name for name, table in tables.items() if not table.path and not table.view}
    return len((written | named) - seen.accounts)


__all__ = ["MEASURES", "blind_spots", "collect"]
