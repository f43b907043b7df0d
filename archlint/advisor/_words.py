"""Phrases that several writers of the advice share."""

from archlint import data
from archlint.advisor.advice import Advice
from archlint.advisor.answers import Answer
from archlint.advisor.questions import NOT_APPLICABLE, Question
from archlint.advisor.scoring import Axis, Contribution, Verdict
from archlint.advisor.sensitivity import Flip, WeightChange, described

SIDES = {
    "database": "the database",
    "services": "services",
    "split": "split off",
    "whole": "in one piece",
    "": "neither",
}


def headline(verdict: Verdict) -> str:
    """The recommendation in one line."""
    text = described(verdict)
    return text[0].upper() + text[1:]


def axis_line(axis: Axis) -> str:
    """One axis: its side, margin and how much was answered."""
    what = "The core's rules belong in" if axis.name == "core" else "Volatile edges are best"
    share = f"{axis.answered:.0%} of the weight answered"
    if not axis.contributions:
        return f"{what} … not known: nothing was answered"
    if not axis.known:
        return f"{what} … not known: only {share}"
    where = f"{what} {SIDES[axis.side]}" if axis.strength != "too close" else f"{what} … too close to call"
    return f"{where} (margin {axis.margin:.2f}, {axis.strength}; {share})"


def confidence_line(advice: Advice) -> str:
    """The confidence with its three parts, and how the answers came about."""
    sure = advice.verdict.confidence
    scanned = sum(item.source == "scan" for item in contributions(advice))
    parts = (
        f"answered {sure.answered:.0%} x margin {sure.margin:.0%} x evidence {sure.quality:.0%}"
        f" · {scanned} of {len(contributions(advice))} scored answers from the scan"
    )
    conflicts = len(advice.conflicts)
    return f"{sure.level} ({parts} · {conflicts} conflict{'' if conflicts == 1 else 's'})"


def contributions(advice: Advice) -> tuple[Contribution, ...]:
    """The contributions on both axes."""
    return (*advice.verdict.core.contributions, *advice.verdict.edges.contributions)


def points(item: Contribution, sign: int = 1) -> str:
    """Points with a sign: `+6`, `-2`."""
    return f"{sign * abs(item.points):+g}"


def origin(item: Contribution, advice: Advice) -> str:
    """Where an answer comes from: the places of the scan, or who said it."""
    answer = advice.answers[item.question]
    if answer.source == "scan":
        return shown_places(answer)
    return {"person": "you answered this", "preset": "preset of the kind of product"}.get(answer.source, "by default")


def shown_places(answer: Answer) -> str:
    """The first place, and how many more are known."""
    says = answer.says
    if not answer.places:
        return says
    more = f" +{len(answer.places) - 1}" if len(answer.places) > 1 else ""
    return f"{says} · {answer.places[0]}{more}"


def value_words(question: Question, value: str) -> str:
    """An answer as people read it."""
    if value == NOT_APPLICABLE:
        return "not applicable"
    choice = question.choice(value)
    return choice.text if choice else "not known"


def flip_line(flip: Flip, advice: Advice) -> str:
    """One answer that would change the verdict."""
    question = next(item for item in advice.catalogue.questions if item.id == flip.question)
    state = "were" if flip.answered else "is answered"
    return f"if {question.id} {question.name} {state} “{value_words(question, flip.choice)}” → {flip.becomes}"


def weight_line(change: WeightChange) -> str:
    """One weight that would tie its axis."""
    sign = "+" if change.change > 0 else "-"
    what = "where the core lives" if change.axis == "core" else "whether edges are split off"
    return f"weight of {change.question} {sign}{abs(change.relative):.0%} → a tie on {what}"


def stability_line(advice: Advice) -> str:
    """How often each result wins under random weights."""
    found = advice.sensitivity
    if not found.shares:
        return ""
    listed = ", ".join(f"{name} {share:.0%}" for name, share in found.shares)
    return f"weights at random by ±{found.noise:.0%}: {listed} of {found.draws} draws (seed {found.seed})"


def texts() -> dict[str, dict[str, dict[str, object]]]:
    """The shared texts."""
    return data.table("advisor/texts")


def options() -> dict[str, dict[str, object]]:
    """The options with what they bring and cost."""
    return texts()["options"]


def lines_of(value: object) -> list[str]:
    """A list of texts from the data."""
    return [str(item) for item in value] if isinstance(value, list) else []


def layer_words(layer: str) -> str:
    """A layer as people call it."""
    return str(data.table("advisor/texts")["layers"].get(layer, layer))
