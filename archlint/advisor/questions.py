"""The questionnaire and the model of scoring, as `rules/advisor/` states them."""

from functools import cache
from typing import Any

import msgspec

from archlint import data

AXES = ("core", "edges")
UNKNOWN = "unknown"
NOT_APPLICABLE = "not-applicable"


class Choice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One possible answer. `preset` fills questions that nobody answered."""

    id: str
    text: str
    score: int = 0
    because: str = ""
    preset: dict[str, str] = {}


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Numbers below `below` propose `choice`; without a choice they propose nothing."""

    choice: str = ""
    below: float | None = None


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question.

    `use`: `core` is asked in the short questionnaire, `deep` in the long one, `gate` in both; `shown` is answered by
    the scan; `report` is an item of the checklist. Only questions with an axis are scored. A `value_question` is about
    what people want, so nothing is ever pre-selected. `opposite` is the question whose answers push the other way.
    """

    id: str
    name: str
    ask: str
    help: str
    source: tuple[str, ...]
    use: str
    choices: tuple[Choice, ...]
    axis: str = ""
    weight: float = 0
    evidence: str = ""
    value_question: bool = False
    opposite: str = ""
    default: str = ""
    bands: tuple[Band, ...] = ()
    group: str = ""
    title: str = ""

    def choice(self, identity: str) -> Choice | None:
        """The choice of that id."""
        return next((choice for choice in self.choices if choice.id == identity), None)


class Gate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer that rules out a home for the core."""

    question: str
    choice: str
    excludes: str
    text: str


class Scoring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The thresholds of a verdict and the settings of the test with random weights."""

    close: float
    clear: float
    strong: float
    least_answered_core: float
    least_answered_edges: float
    draws: int
    seed: int
    noise: float


class Catalogue(msgspec.Struct, frozen=True):
    """All questions in the order in which they are asked, and how they are scored."""

    version: str
    questions: tuple[Question, ...]
    gates: tuple[Gate, ...]
    scoring: Scoring
    sources: dict[str, str]
    quality: dict[str, float]
    confidence: dict[str, float]

    def find(self, word: str) -> Question | None:
        """The question of an id (`A1`) or name (`crud_share`), in any case."""
        wanted = word.strip().lower().replace("-", "_")
        return next((item for item in self.questions if wanted in (item.id.lower(), item.name)), None)

    def weighted(self, weights: dict[str, float]) -> "Catalogue":
        """The same catalogue with other weights."""
        changed = (msgspec.structs.replace(item, weight=weights.get(item.id, item.weight)) for item in self.questions)
        return msgspec.structs.replace(self, questions=tuple(changed))


@cache
def load() -> Catalogue:
    """The catalogue that archlint ships."""
    model = data.table("advisor/model")
    questions: list[Question] = []
    for path in sorted((data.folder() / "advisor" / "questions").glob("*.toml")):
        group: dict[str, Any] = data.table(f"advisor/questions/{path.stem}")
        for entry in group["question"]:
            questions.append(msgspec.convert({**entry, "group": group["group"], "title": group["title"]}, Question))
    return Catalogue(
        version=model["version"],
        questions=tuple(questions),
        gates=msgspec.convert(model["gate"], tuple[Gate, ...]),
        scoring=msgspec.convert(model["scoring"], Scoring),
        sources=model["sources"],
        quality=model["quality"],
        confidence=model["confidence"],
    )
