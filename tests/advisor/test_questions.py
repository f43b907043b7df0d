"""The questionnaire itself: complete, balanced, and free of what a vendor would write."""

import re

import pytest

from archlint import data
from archlint.advisor import load
from archlint.advisor.evidence import MEASURES
from archlint.advisor.homes import sorts
from archlint.model.rule import Kind

CATALOGUE = load()
SCORED = [question for question in CATALOGUE.questions if question.axis]
NAMES = [question.id for question in CATALOGUE.questions]


def words(lines):
    return sum(len(line.split()) for line in lines)


def test_every_criterion_is_asked_once_and_fourteen_make_the_short_questionnaire():
    assert len(set(NAMES)) == len(NAMES) == 68
    assert len({question.name for question in CATALOGUE.questions}) == len(NAMES)
    assert sum(question.use == "core" for question in CATALOGUE.questions) == 14
    assert {question.use for question in CATALOGUE.questions} == {"core", "deep", "shown", "report", "gate"}


@pytest.mark.parametrize("question", CATALOGUE.questions, ids=NAMES)
def test_a_question_is_whole(question):
    identities = [choice.id for choice in question.choices]
    assert len(set(identities)) == len(identities) >= 2
    assert question.ask.endswith("?") and question.help.endswith(".")
    assert set(question.source) <= set(CATALOGUE.sources)
    assert not question.evidence or question.evidence in MEASURES
    assert {band.choice for band in question.bands} - {""} <= set(identities)
    if question.bands:
        limits = [band.below for band in question.bands]
        assert limits[-1] is None and limits[:-1] == sorted(limits[:-1])
    if question.axis:
        assert question.weight > 0
        assert all(-2 <= choice.score <= 2 and choice.because for choice in question.choices)
    else:
        assert question.weight == 0 and not any(choice.score for choice in question.choices)
    assert not (question.value_question and question.bands), "what people want is never proposed"
    for choice in question.choices:
        for key, value in choice.preset.items():
            assert CATALOGUE.find(key).choice(value), (choice.id, key, value)


@pytest.mark.parametrize("question", [item for item in SCORED if item.axis == "core"], ids=lambda item: item.id)
def test_every_answer_on_where_the_core_lives_has_its_opposite(question):
    scores = [choice.score for choice in question.choices]
    if question.opposite:
        other = CATALOGUE.find(question.opposite)
        assert other.opposite == question.id
        assert (other.axis, other.weight, other.use) == (question.axis, question.weight, question.use)
        assert [-choice.score for choice in other.choices] == scores
    else:
        assert [-score for score in reversed(scores)] == scores


def test_the_hard_limits_exclude_each_home_as_often():
    excluded = [gate.excludes for gate in CATALOGUE.gates]
    assert excluded.count("database") == excluded.count("services")
    for gate in CATALOGUE.gates:
        assert CATALOGUE.find(gate.question).choice(gate.choice)


def test_splitting_off_edges_can_win_as_clearly_as_not():
    edges = [question for question in SCORED if question.axis == "edges" and question.use == "core"]
    best = sum(question.weight * max(choice.score for choice in question.choices) for question in edges)
    worst = sum(question.weight * min(choice.score for choice in question.choices) for question in edges)
    assert best == -worst


def test_pros_and_cons_are_balanced():
    options = data.table("advisor/texts")["options"]
    assert set(options) == {"database-first", "logic-first", "hybrid"}
    totals = {}
    for name, option in options.items():
        assert len(option["good"]) == len(option["bad"]) == 3
        totals[name] = words(option["good"]) + words(option["bad"])
    first, second = options["database-first"], options["logic-first"]
    for side in ("good", "bad"):
        assert abs(words(first[side]) - words(second[side])) <= 5
    assert max(totals.values()) <= 1.25 * min(totals.values())


def test_no_reason_names_a_vendor():
    platforms = data.table("advisor/platforms")["platform"]
    names = {word for item in platforms for word in re.findall(r"[A-Za-z]{4,}", item["name"])}
    names |= {"stripe", "lovable", "copilot", "claude", "postgres"}
    texts = [choice.because for question in CATALOGUE.questions for choice in question.choices]
    texts += [question.ask + question.help for question in CATALOGUE.questions]
    texts += [line for sort in sorts() for line in sort.why.values()]
    texts += [
        line for option in data.table("advisor/texts")["options"].values() for line in option["good"] + option["bad"]
    ]
    found = [(name, text) for name in names for text in texts if name.lower() in text.lower()]
    assert found == []


def test_platforms_are_facts_in_alphabetical_order():
    platforms = data.table("advisor/platforms")["platform"]
    names = [item["name"].lower() for item in platforms]
    assert names == sorted(names) and len(names) == 14
    assert all(item["source"] and not {"score", "rank", "rating"} & set(item) for item in platforms)


def test_every_kind_of_rule_has_a_home_under_every_verdict():
    verdicts = {"database-first", "logic-first", "hybrid-database", "hybrid-services"}
    kinds = [kind for sort in sorts() for kind in sort.kinds]
    assert sorted(kinds) == sorted(kind.value for kind in Kind)
    assert all(set(sort.home) == set(sort.why) == verdicts for sort in sorts())
