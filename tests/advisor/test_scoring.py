"""Verdicts: kinds of systems, mirrors, hard limits, honest outcomes, and what would change them."""

import random

import pytest
from archetypes import ALL, DATABASE, LOGIC, OURS, RESEARCH, answers_of

from archlint.advisor import Answer, advise, described, judge, load, markdown, text, to_json
from archlint.advisor.advice import reasons
from archlint.advisor.sensitivity import examine

CATALOGUE = load()


def mirrored(answers):
    """The same system with the opposite answer to every question on where the core lives."""
    found = {}
    for key, answer in answers.items():
        question = CATALOGUE.find(key)
        if question.axis != "core":
            found[key] = answer
            continue
        index = [choice.id for choice in question.choices].index(answer.value)
        other = CATALOGUE.find(question.opposite) if question.opposite else question
        choices = other.choices if question.opposite else other.choices[::-1]
        found[other.id] = Answer(value=choices[index].id)
    return found


def swapped(words):
    pairs = (("database-first", "logic-first"), ("core in the database", "core in services"))
    for first, second in pairs:
        if first in words or second in words:
            return words.replace(first, "<>").replace(second, first).replace("<>", second)
    return words


def test_as_many_of_ours_are_of_each_kind():
    assert len(RESEARCH) == 11 and len(OURS) >= 9
    verdicts = [verdict for verdict, _ in OURS.values()]
    assert verdicts.count(DATABASE) == verdicts.count(LOGIC)


@pytest.mark.parametrize("name", ALL)
def test_a_kind_of_system_gets_its_verdict_and_keeps_it_under_other_weights(name):
    answers = answers_of(name)
    verdict = judge(answers, CATALOGUE)
    assert described(verdict) == ALL[name][0]
    shares = dict(examine(answers, CATALOGUE, verdict).shares)
    assert shares[ALL[name][0]] >= 0.9
    assert sum(shares.values()) == pytest.approx(1)


@pytest.mark.parametrize("name", ALL)
def test_mirrored_answers_give_the_mirrored_verdict(name):
    answers = answers_of(name)
    verdict, other = judge(answers, CATALOGUE), judge(mirrored(answers), CATALOGUE)
    assert other.core.position == pytest.approx(-verdict.core.position)
    assert described(other) == swapped(described(verdict))
    assert other.confidence == verdict.confidence


def test_mirrors_hold_for_any_answers_at_all():
    chance = random.Random(20)
    asked = [question for question in CATALOGUE.questions if question.axis]
    outcomes = set()
    for _ in range(200):
        chosen = [question for question in asked if chance.random() < 0.6]
        answers = {question.id: Answer(value=chance.choice(question.choices).id) for question in chosen}
        verdict, other = judge(answers, CATALOGUE), judge(mirrored(answers), CATALOGUE)
        assert other.core.position == pytest.approx(-verdict.core.position)
        outcomes.add(verdict.outcome)
        if verdict.outcome == other.outcome and verdict.architecture and not verdict.excluded:
            assert described(other) == swapped(described(verdict))
    assert {"clear", "too-close"} <= outcomes


def test_the_order_of_answers_does_not_matter_to_a_byte():
    answers = answers_of("marketplace")
    turned = dict(reversed(answers.items()))
    for render in (text, markdown, to_json):
        assert render(advise(answers, CATALOGUE, "1")) == render(advise(turned, CATALOGUE, "1"))


def test_too_little_known_is_said():
    verdict = judge({}, CATALOGUE)
    assert (verdict.outcome, verdict.architecture) == ("not-enough", "")
    one = judge({"C1": Answer(value="many")}, CATALOGUE)
    assert one.outcome == "not-enough"
    told = text(advise({}, CATALOGUE, "1"))
    assert "Not enough answers" in told and "answer A1, A2, A3" in told


def test_too_close_to_call_is_said():
    values = {"A1": "most", "A2": "many", "A3": "some", "B1": "two", "B10": "either", "C3": "some", "J3": "both"}
    verdict = judge({key: Answer(value=value) for key, value in values.items()}, CATALOGUE)
    assert described(verdict) == "too close to call between database-first and logic-first"


def test_a_close_call_on_edges_leaves_the_core_clear():
    answers = {**answers_of("internal dashboard"), "I2": Answer(value="some"), "E2": Answer(value="rules")}
    verdict = judge(answers, CATALOGUE)
    assert verdict.between == ("database-first", "hybrid")
    assert verdict.home == "database"


@pytest.mark.parametrize(
    ("name", "limit", "expected"),
    [
        ("logistics", {"K1": "no-server"}, "database-first"),
        ("internal dashboard", {"K1": "no-database-logic"}, "logic-first"),
        ("logistics", {"J7": "writes"}, "database-first"),
        ("internal dashboard", {"J5": "several"}, "logic-first"),
        ("logistics", {"K1": "neither"}, "no option fits"),
        ("internal dashboard", {"J7": "writes", "J5": "several"}, "no option fits"),
    ],
)
def test_hard_limits_come_before_scores(name, limit, expected):
    answers = {**answers_of(name), **{key: Answer(value=value) for key, value in limit.items()}}
    advice = advise(answers, CATALOGUE, "1")
    assert described(advice.verdict) == expected
    assert "hard limit: " in text(advice)


def test_what_does_not_apply_is_not_missing_and_what_is_unknown_is():
    answers = answers_of("logistics")
    whole = judge(answers, CATALOGUE).core.answered
    unknown = judge({**answers, "C1": Answer(value="unknown")}, CATALOGUE).core.answered
    reason = Answer(value="not-applicable", na_reason="nothing is outside")
    assert whole == 1 > unknown
    assert judge({**answers, "C1": reason}, CATALOGUE).core.answered == 1


def test_a_weight_change_ties_its_axis():
    answers = answers_of("laboratory results") | {"F1": Answer(value="flexibility"), "E2": Answer(value="interfaces")}
    verdict = judge(answers, CATALOGUE)
    found = examine(answers, CATALOGUE, verdict).weights
    assert {change.axis for change in found} == {"core", "edges"}
    sizes = [abs(change.relative) for change in found if change.axis == "core"]
    assert sizes == sorted(sizes)
    for change in found:
        weights = {change.question: change.weight + change.change}
        assert weights[change.question] >= 0
        tied = judge(answers, CATALOGUE.weighted(weights))
        assert getattr(tied, change.axis).position == pytest.approx(0, abs=1e-9)


def test_a_flip_flips():
    answers = answers_of("content management")
    verdict = judge(answers, CATALOGUE)
    found = examine(answers, CATALOGUE, verdict).flips
    assert found
    for flip in found:
        after = judge({**answers, flip.question: Answer(value=flip.choice)}, CATALOGUE)
        assert described(after) == flip.becomes != described(verdict)


def test_confidence_shrinks_with_each_of_its_parts():
    answers = answers_of("logistics")
    sure = judge(answers, CATALOGUE).confidence
    fewer = judge({key: answers[key] for key in list(answers)[:9]}, CATALOGUE).confidence
    weaker = judge(
        {key: Answer(value=item.value, source="preset") for key, item in answers.items()}, CATALOGUE
    ).confidence
    assert sure.level == "high"
    assert fewer.answered < sure.answered
    assert weaker.quality < sure.quality and weaker.level != "high"


def test_a_preset_fills_only_what_nobody_answered():
    advice = advise({"A5": Answer(value="finance"), "A1": Answer(value="most")}, CATALOGUE, "1")
    assert advice.answers["A1"] == Answer(value="most")
    assert (advice.answers["A2"].value, advice.answers["A2"].source) == ("many", "preset")
    assert "preset of the kind of product" in text(advice)


def test_an_axis_of_which_too_little_is_known_gives_no_reasons():
    answers = {key: item for key, item in answers_of("logistics").items() if key not in ("I2", "E2")}
    advice = advise({**answers, "D9": Answer(value="yes")}, CATALOGUE, "1")
    assert (advice.verdict.split, advice.verdict.architecture) == ("unknown", "logic-first")
    assert not any(item.axis == "edges" for side in reasons(advice) for item in side)
    assert "Volatile edges are best … not known" in text(advice)
