"""What would change the verdict: single answers, weights, and weights at random."""

import random
from collections import Counter

import msgspec

from archlint.advisor.answers import Answer, Answers
from archlint.advisor.questions import AXES, Catalogue
from archlint.advisor.scoring import Axis, Verdict, judge


class Flip(msgspec.Struct, frozen=True, kw_only=True):
    """A single answer that changes the verdict. `answered` is false where nobody answered the question yet."""

    question: str
    choice: str
    becomes: str
    answered: bool


class WeightChange(msgspec.Struct, frozen=True, kw_only=True):
    """The smallest change of one weight that brings its axis to the middle."""

    question: str
    axis: str
    weight: float
    change: float

    @property
    def relative(self) -> float:
        """The change as a share of the weight."""
        return self.change / self.weight


class Sensitivity(msgspec.Struct, frozen=True, kw_only=True):
    """How stable the verdict is. `shares` are (result, share of the draws), largest first."""

    flips: tuple[Flip, ...]
    weights: tuple[WeightChange, ...]
    shares: tuple[tuple[str, float], ...]
    draws: int
    seed: int
    noise: float


def examine(answers: Answers, catalogue: Catalogue, verdict: Verdict) -> Sensitivity:
    """All that would change this verdict."""
    scoring = catalogue.scoring
    return Sensitivity(
        flips=flips(answers, catalogue, verdict),
        weights=tuple(change for axis in (verdict.core, verdict.edges) for change in weight_changes(axis)),
        shares=shares(verdict, catalogue),
        draws=scoring.draws,
        seed=scoring.seed,
        noise=scoring.noise,
    )


def described(verdict: Verdict) -> str:
    """The verdict in a few words."""
    if verdict.outcome == "no-option":
        return "no option fits"
    if verdict.outcome == "not-enough":
        return "not enough answers"
    if verdict.outcome == "too-close":
        if verdict.between == ("hybrid",):
            return "hybrid; the home of its core is too close to call"
        return f"too close to call between {' and '.join(verdict.between)}"
    return named(verdict.architecture, verdict.home)


def named(architecture: str, home: str) -> str:
    """The architecture, and for a hybrid the home of its core."""
    where = {"database": "the database", "services": "services"}.get(home, "")
    return f"hybrid with its core in {where}" if architecture == "hybrid" and where else architecture


def flips(answers: Answers, catalogue: Catalogue, verdict: Verdict) -> tuple[Flip, ...]:
    """Each single answer that changes the verdict: those that were given first, in the order of the questions."""
    found: list[Flip] = []
    before = described(verdict)
    gates = {gate.question for gate in catalogue.gates}
    for question in catalogue.questions:
        if not question.axis and question.id not in gates:
            continue
        given = answers.get(question.id)
        known = given is not None and question.choice(given.value) is not None and given.source != "default"
        for choice in question.choices:
            if known and given is not None and choice.id == given.value:
                continue
            after = described(judge({**answers, question.id: Answer(value=choice.id)}, catalogue))
            if after != before:
                found.append(Flip(question=question.id, choice=choice.id, becomes=after, answered=known))
    return tuple(sorted(found, key=lambda flip: not flip.answered))


def weight_changes(axis: Axis) -> tuple[WeightChange, ...]:
    """For each criterion the weight change that ties the axis, where a weight of zero or more can; smallest first."""
    if not axis.known:
        return ()
    total = sum(item.points for item in axis.contributions)
    found: list[WeightChange] = []
    for item in axis.contributions:
        if item.score and item.weight > 0 and total:
            change = -total / item.score
            if item.weight + change >= 0:
                found.append(WeightChange(question=item.question, axis=axis.name, weight=item.weight, change=change))
    return tuple(sorted(found, key=lambda change: (abs(change.relative), change.question)))


def shares(verdict: Verdict, catalogue: Catalogue) -> tuple[tuple[str, float], ...]:
    """How often each result wins when every weight is drawn anew around its value."""
    scoring = catalogue.scoring
    if verdict.outcome in ("no-option", "not-enough"):
        return ()
    chance = random.Random(scoring.seed)
    wins: Counter[str] = Counter()
    axes = dict(zip(AXES, (verdict.core, verdict.edges), strict=True))
    for _ in range(scoring.draws):
        sides = {name: _drawn(axis, chance, scoring.noise) for name, axis in axes.items()}
        home = verdict.home if verdict.excluded else "database" if sides["core"] > 0 else "services"
        split = axes["edges"].known and sides["edges"] > 0
        plain = "database-first" if home == "database" else "logic-first"
        wins[named("hybrid", home) if split else plain] += 1
    counted = sorted(wins.items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple((name, count / scoring.draws) for name, count in counted)


def _drawn(axis: Axis, chance: random.Random, noise: float) -> float:
    return sum(item.score * item.weight * (1 + noise * (2 * chance.random() - 1)) for item in axis.contributions)
