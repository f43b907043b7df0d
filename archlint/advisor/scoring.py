"""From answers to a verdict: hard limits first, then one weighted mean on each of two axes."""

import msgspec

from archlint.advisor.answers import Answers
from archlint.advisor.questions import AXES, Catalogue, Question

HOMES = ("database", "services")
ARCHITECTURES = ("database-first", "logic-first", "hybrid")


class Contribution(msgspec.Struct, frozen=True, kw_only=True):
    """What one answer adds on its axis: its score times its weight."""

    question: str
    axis: str
    choice: str
    score: int
    weight: float
    because: str
    source: str

    @property
    def points(self) -> float:
        """The score times the weight."""
        return self.score * self.weight


class Axis(msgspec.Struct, frozen=True, kw_only=True):
    """One axis: its position from -2 to +2, and what share of the questions' weight was answered."""

    name: str
    position: float
    answered: float
    known: bool
    side: str
    strength: str
    contributions: tuple[Contribution, ...]

    @property
    def margin(self) -> float:
        """How far from the middle."""
        return abs(self.position)


class Confidence(msgspec.Struct, frozen=True, kw_only=True):
    """How sure the verdict is, and the three parts that it is made of."""

    level: str
    answered: float
    margin: float
    quality: float


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome.

    `outcome`: `clear`, `too-close` (between the architectures in `between`), `no-option` (every home is ruled out) or
    `not-enough` (too little was answered). `home` is where the core's rules belong; `split` whether volatile edges are
    split off it: `yes`, `no`, `too-close` or `unknown`.
    """

    outcome: str
    architecture: str
    home: str
    split: str
    between: tuple[str, ...]
    core: Axis
    edges: Axis
    limits: tuple[str, ...]
    excluded: tuple[str, ...]
    confidence: Confidence
    conditions: tuple[str, ...] = ()


def judge(answers: Answers, catalogue: Catalogue) -> Verdict:
    """The verdict of some answers."""
    core, edges = (_axis(name, answers, catalogue) for name in AXES)
    gates = [gate for gate in catalogue.gates if (given := answers.get(gate.question)) and given.value == gate.choice]
    excluded = tuple(home for home in HOMES if any(gate.excludes == home for gate in gates))
    limits = tuple(dict.fromkeys(gate.text for gate in gates))
    left = [home for home in HOMES if home not in excluded]
    split = _split(edges)
    home = _home(core, left)
    outcome, between = _outcome(core, split, left)
    architecture = _architecture(home, split) if outcome == "clear" else ""
    return Verdict(
        outcome=outcome,
        architecture=architecture,
        home=home,
        split=split,
        between=between,
        core=core,
        edges=edges,
        limits=limits,
        excluded=excluded,
        confidence=_confidence(core, edges, answers, catalogue, decided=len(left) == 1),
        conditions=_conditions(answers, catalogue),
    )


def asked(question: Question) -> bool:
    """Whether a question belongs to the short questionnaire's scores."""
    return question.use == "core" and bool(question.axis)


def _axis(name: str, answers: Answers, catalogue: Catalogue) -> Axis:
    found: list[Contribution] = []
    expected = answered = 0.0
    for question in catalogue.questions:
        if question.axis != name:
            continue
        given = answers.get(question.id)
        choice = question.choice(given.value) if given else None
        if given is None or choice is None:
            # What does not apply is not missing.
            expected += question.weight if asked(question) and not (given and given.na_reason) else 0
            continue
        expected += question.weight
        answered += question.weight
        found.append(
            Contribution(
                question=question.id,
                axis=name,
                choice=choice.id,
                score=choice.score,
                weight=question.weight,
                because=choice.because,
                source=given.source,
            )
        )
    position = sum(item.points for item in found) / answered if answered else 0.0
    share = answered / expected if expected else 0.0
    scoring = catalogue.scoring
    least = scoring.least_answered_core if name == "core" else scoring.least_answered_edges
    return Axis(
        name=name,
        position=position,
        answered=share,
        known=bool(answered) and share >= least,
        side=_side(name, position),
        strength=_strength(abs(position), catalogue),
        contributions=tuple(found),
    )


def _side(name: str, position: float) -> str:
    sides = {"core": HOMES, "edges": ("split", "whole")}[name]
    return sides[0] if position > 0 else sides[1] if position < 0 else ""


def _strength(margin: float, catalogue: Catalogue) -> str:
    scoring = catalogue.scoring
    if margin < scoring.close:
        return "too close"
    if margin < scoring.clear:
        return "thin"
    return "clear" if margin < scoring.strong else "strong"


def _split(edges: Axis) -> str:
    if not edges.known:
        return "unknown"
    if edges.strength == "too close":
        return "too-close"
    return "yes" if edges.position > 0 else "no"


def _home(core: Axis, left: list[str]) -> str:
    if len(left) == 1:
        return left[0]
    if not left or not core.known or core.strength == "too close":
        return ""
    return core.side


def _outcome(core: Axis, split: str, left: list[str]) -> tuple[str, tuple[str, ...]]:
    if not left:
        return "no-option", ()
    if len(left) > 1 and not core.known:
        return "not-enough", ()
    if len(left) > 1 and core.strength == "too close":
        return "too-close", ("hybrid",) if split == "yes" else ("database-first", "logic-first")
    home = _home(core, left)
    if split == "too-close":
        return "too-close", (_architecture(home, "no"), "hybrid")
    return "clear", ()


def _architecture(home: str, split: str) -> str:
    if split == "yes":
        return "hybrid"
    return "database-first" if home == "database" else "logic-first"


def _confidence(core: Axis, edges: Axis, answers: Answers, catalogue: Catalogue, decided: bool) -> Confidence:
    """Answered share, margin and quality of the evidence, each from 0 to 1, multiplied."""
    margin = 1.0 if decided else min(1.0, core.margin / catalogue.scoring.strong)
    if edges.known:
        margin = min(margin, min(1.0, edges.margin / catalogue.scoring.strong))
    weighed = [(item.weight, _quality(item.question, answers, catalogue)) for item in core.contributions]
    total = sum(weight for weight, _ in weighed)
    quality = sum(weight * share for weight, share in weighed) / total if total else 0.0
    product = core.answered * margin * quality
    level = next((name for name in ("high", "medium") if product >= catalogue.confidence[name]), "low")
    return Confidence(level=level, answered=core.answered, margin=margin, quality=quality)


def _quality(question: str, answers: Answers, catalogue: Catalogue) -> float:
    answer = answers[question]
    key = f"scan {answer.trust or 'high'}" if answer.source == "scan" else answer.source
    return catalogue.quality.get(key, catalogue.quality["default"])


def _conditions(answers: Answers, catalogue: Catalogue) -> tuple[str, ...]:
    """What the verdict takes for granted because nobody answered it."""
    open_gates = []
    for question in catalogue.questions:
        given = answers.get(question.id)
        if question.use == "gate" and (given is None or given.source == "default" or not question.choice(given.value)):
            open_gates.append(f"no hard limit applies ({question.id} was not answered)")
    return tuple(open_gates)
