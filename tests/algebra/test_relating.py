"""How predicates of one subject relate, example by example."""

import pytest

from archlint.algebra import comparison, relate, requirements
from archlint.model.expression import Call, Expression, Number, Operation, Ref, Text
from archlint.model.predicate import Anything, Constant, Interval, Numbers, Predicate, Words
from archlint.model.rule import Kind, Relation

X = Ref("x@1")


def bound(low: str | None = None, high: str | None = None, *, open_low: bool = False, open_high: bool = False,
          step: str | None = None, unit: str = "") -> Predicate:  # fmt: skip
    return Predicate(Numbers((Interval(low, high, open_low, open_high),), step, unit))


def allowed(*words: str, excluded: bool = False, fold: bool = False) -> Predicate:
    return Predicate(Words(tuple(sorted(words)), excluded, fold))


@pytest.mark.parametrize(
    ("left", "right", "relation", "witness", "accepted_by"),
    [
        (bound(high="5000"), bound(high="10000"), Relation.STRICTER, "7500", "right"),
        (bound("1", "20"), bound("1", "50"), Relation.STRICTER, "35", "right"),
        (bound("1", "20"), bound("5", "50"), Relation.OVERLAPPING, "3", "left"),
        (bound(high="5"), bound("7"), Relation.DISJOINT, "5", "left"),
        (bound("0", open_low=True), bound("0"), Relation.BOUNDARY, "0", "right"),
        (bound("0", "10000"), bound("0", "1000000"), Relation.UNIT, "505000", "right"),
        (bound("1", "100", step="10"), bound("1", "100", step="5"), Relation.STRICTER, "5", "right"),
        (bound("8", unit="characters"), bound("12", unit="characters"), Relation.LOOSER, "10", "left"),
        (bound("216", unit="months"), bound("252", unit="months"), Relation.LOOSER, "18 years", "left"),
        (bound(high="900", unit="seconds"), bound(high="1800", unit="seconds"),
         Relation.STRICTER, "20 minutes", "right"),
        (allowed("draft", "paid"), allowed("canceled", "draft", "paid"), Relation.STRICTER, '"canceled"', "right"),
        (allowed("a", "b"), allowed("b", "c"), Relation.OVERLAPPING, '"a"', "left"),
        (allowed("a"), allowed("b"), Relation.DISJOINT, '"a"', "left"),
        (allowed("a", fold=True), allowed("a"), Relation.LOOSER, '"A"', "left"),
        (allowed("1", "2"), bound("1", "2"), Relation.STRICTER, "1.5", "right"),
    ],
)  # fmt: skip
def test_two_sets(left: Predicate, right: Predicate, relation: Relation, witness: str, accepted_by: str) -> None:
    verdict = relate(left, right)
    assert (verdict.relation, verdict.witness, verdict.accepted_by) == (relation, witness, accepted_by)
    assert relate(right, left) == verdict.mirrored()


def test_whole_numbers_know_no_open_bounds() -> None:
    assert relate(bound("0", open_low=True), bound("1"), integer=True).relation is Relation.EQUAL
    assert relate(bound(high="100", open_high=True), bound(high="99.99"), decimals=2).relation is Relation.EQUAL
    assert relate(allowed("1", "2"), bound("1", "2"), integer=True).relation is Relation.EQUAL


def test_missing_values_count_only_where_nothing_else_differs() -> None:
    required, optional = Predicate(Anything(), "fail"), Predicate(Anything(), "pass")
    verdict = relate(required, optional)
    assert (verdict.relation, verdict.witness, verdict.accepted_by) == (Relation.NULLS, "null", "right")
    assert relate(required, Predicate(Anything())).relation is Relation.EQUAL
    blank = relate(Predicate(Anything(), "fail", "fail"), Predicate(Anything(), "fail", "pass"))
    assert (blank.relation, blank.witness) == (Relation.NULLS, '""')


def test_months_against_seconds_is_decided_only_where_the_length_of_a_month_cannot_matter() -> None:
    year = bound("12", unit="months")
    assert relate(year, bound(str(365 * 86400), unit="seconds")).relation is Relation.UNKNOWN
    assert relate(year, bound(str(30 * 86400), unit="seconds")).relation is Relation.STRICTER


def test_comparisons_of_dates_in_days_and_seconds() -> None:
    one_night = comparison("check_out", ">=", "check_in", "86400", "seconds")
    two_nights = comparison("check_out", ">=", "check_in", "2")
    verdict = relate(one_night, two_nights, integer=True)
    assert (verdict.relation, verdict.witness) == (Relation.LOOSER, "check_out = check_in + 1")
    assert relate(comparison("b", ">", "a"), comparison("a", "<=", "b", "-1"), integer=True).relation is Relation.EQUAL
    assert relate(comparison("a", "<", "b"), comparison("a", "<", "c")).relation is Relation.UNKNOWN


def test_single_values() -> None:
    five, precise = Predicate(Constant("5", "number")), Predicate(Constant("5.00", "number"))
    assert relate(five, precise).relation is Relation.EQUAL
    assert relate(five, Predicate(Constant("7.5", "number"))).witness == "5 / 7.5"
    text = Predicate(Constant("5", "text"))
    assert relate(five, text, kind=Kind.DEFAULT).relation is Relation.EQUAL
    assert relate(five, text).relation is Relation.OVERLAPPING


def only(condition: Expression, dialect: str = "") -> Predicate:
    found = requirements(condition, dialect)
    assert len(found) == 1
    return found[0].predicate


def test_an_age_reads_the_same_in_code_and_in_sql() -> None:
    code = only(Operation(">=", (Call("years between", (Call("now", ()), X)), Number("21"))), "javascript")
    grown = Operation("-", (Call("today", ()), Operation("*", (Number("21"), Number("1")))))
    assert relate(code, code).relation is Relation.EQUAL
    assert only(Operation("<=", (X, grown)), "postgresql") == only(
        Operation("<=", (X, Operation("-", (Call("today", ()), Number("21"))))), "postgresql"
    )


def test_a_word_in_another_case_is_another_word() -> None:
    exact = only(Operation("=", (X, Text("open"))))
    folded = only(Operation("=", (Call("lower", (X,)), Text("open"))))
    assert relate(folded, exact).relation is Relation.LOOSER
