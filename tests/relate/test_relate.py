"""Sites that state one business rule meet, in the units in which they hold, and differ with a witness."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archlint import algebra
from archlint.algebra import comparison, describe
from archlint.model.predicate import (
    Anything,
    Constant,
    Form,
    Formula,
    Interval,
    Numbers,
    Predicate,
    Shape,
    Undecided,
    Words,
)
from archlint.model.rule import BusinessRule, Kind, Relation, Site, Subject
from archlint.model.schema import Column, Domain, Schema, Table
from archlint.model.source import Layer, Span
from archlint.relate import relate

EMPTY = Schema(tables={}, enums={}, domains={}, routines=(), triggers=(), policies=())
AMOUNT = Subject("loans", "amount")
COUNT = itertools.count(1)


def bound(low: str | None = None, high: str | None = None, **more: bool) -> Numbers:
    return Numbers((Interval(low, high, **more),))


def site(form: Form | Predicate, path: str = "service.ts", layer: Layer = Layer.SERVICE, **more: object) -> Site:
    number = next(COUNT)
    predicate = form if isinstance(form, Predicate) else Predicate(form)
    settings: dict[str, object] = {"kind": Kind.BOUND, "subject": AMOUNT, "symbol": "", "text": "", "place": path}
    return Site(
        id=number,
        path=path,
        span=Span(number, 1, number, 9),
        layer=layer,
        normal=describe(predicate),
        predicate=predicate,
        **(settings | more),  # type: ignore[arg-type]
    )


def stored(form: Form | Predicate, **more: object) -> Site:
    return site(form, "schema.sql", Layer.DATABASE, **more)


def schema(entity: str = "loans", *columns: Column, domains: dict[str, Domain] | None = None) -> Schema:
    return Schema(
        tables={entity: Table(name=entity, columns=columns)}, enums={}, domains=domains or {}, routines=(), triggers=(),
        policies=(),
    )  # fmt: skip


def column(name: str, kind: str, *size: int) -> Column:
    return Column(name=name, type=kind, size=size, span=Span(1, 1, 1, 2))


def only(*sites: Site, by: Schema = EMPTY) -> BusinessRule:
    found = relate(sites, by)
    assert len(found) == 1
    return found[0]


def test_copies_that_agree_are_one_group() -> None:
    rule = only(stored(bound("0", "5000")), site(bound("0", "5000"), "form.tsx", Layer.FRONTEND))
    assert (rule.relation, rule.id, rule.home, len(rule.groups)) == ("equal", "loans.amount:bound", "database", 1)
    assert rule.differences == ()
    assert only(stored(bound("0"))).relation == "single"


def test_copies_that_disagree_differ_with_a_witness() -> None:
    server, client = stored(bound(high="5000")), site(bound(high="10000"), "form.tsx", Layer.FRONTEND)
    rule = only(client, server)
    [difference] = rule.differences
    assert rule.relation == "drifted"
    assert (difference.witness, difference.accepted_by) == ("7500", client.id)
    assert (difference.left, difference.right, difference.relation) == (server.id, client.id, Relation.STRICTER)


@pytest.mark.parametrize(
    ("left", "right", "name"),
    [
        (bound("0", low_open=True), bound("0"), "boundary-only"),
        (bound("0", "100"), bound("0", "10000"), "unit-suspect"),
        (bound("10"), bound(high="5"), "contradicting"),
        (Predicate(bound("0"), "pass"), Predicate(bound("0"), "fail"), "null-only"),
        (bound("0", "10"), bound("0", "11"), "drifted"),
    ],
)
def test_names_of_relations(left: Form | Predicate, right: Form | Predicate, name: str) -> None:
    assert only(stored(left), site(right)).relation == name


def test_a_lower_and_an_upper_limit_of_one_declaration_are_one_unit() -> None:
    low, high = site(bound("1"), place="schema.quantity"), site(bound(high="20"), place="schema.quantity")
    whole = stored(bound("1", "20"))
    assert only(low, high, whole).relation == "equal"
    assert only(low, high).relation == "single"
    wider = stored(bound("1", "50"))
    [difference] = only(low, high, wider).differences
    # The site that speaks of the upper end is the one that differs.
    assert {difference.left, difference.right} == {high.id, wider.id}
    assert (difference.witness, difference.accepted_by) == ("35", wider.id)


def test_who_states_one_end_says_nothing_about_the_other() -> None:
    low, narrow, wide = site(bound("0"), "a.ts"), site(bound("0", "50"), "b.ts"), site(bound("0", "80"), "c.ts")
    for order in itertools.permutations((low, narrow, wide)):
        rule = only(*order)
        assert len(rule.groups) == 2
        [difference] = rule.differences
        assert {difference.left, difference.right} == {narrow.id, wide.id}
    assert only(low, narrow).relation == "equal"
    assert only(site(bound("0"), "a.ts"), site(bound(high="9"), "b.ts")).relation == "unknown"


def test_all_constraints_of_a_column_hold_together() -> None:
    rule = only(stored(bound("0")), stored(bound(high="100")), site(bound("0", "100")))
    assert rule.relation == "equal"
    words = [
        stored(Words(("a", "b", "c")), kind=Kind.DOMAIN),
        stored(Words(("c",), True), kind=Kind.DOMAIN),
        site(Words(("a", "b")), kind=Kind.DOMAIN),
    ]
    assert only(*words).relation == "equal"
    torn = only(stored(bound("10")), stored(bound(high="5")))
    assert torn.relation == "contradicting"


def test_routines_of_one_file_are_units_of_their_own() -> None:
    one = site(bound(high="10"), "f.sql", Layer.TRIGGER, symbol="approve", place="table:loans.amount")
    other = site(bound(high="20"), "f.sql", Layer.TRIGGER, symbol="request", place="table:loans.amount")
    assert only(one, other).relation == "drifted"


def test_what_is_clamped_is_not_what_is_refused() -> None:
    refused = site(bound(high="10"), place="p")
    clamped = site(bound(high="20"), place="p", effect="clamp", strength="soft")
    assert only(refused, clamped).relation == "drifted"


def test_other_subjects_kinds_and_guards_never_meet() -> None:
    found = relate(
        [
            site(bound(high="1")),
            site(bound(high="2"), subject=Subject("loans", "fee")),
            site(bound(high="3"), kind=Kind.QUOTA),
            site(bound(high="4"), guard='(loans.kind = "car")'),
            site(bound(high="5"), confidence=0.3),
        ],
        EMPTY,
    )
    assert [rule.relation for rule in found] == ["single"] * 4
    assert 'loans.amount:bound [(loans.kind = "car")]' in [rule.id for rule in found]
    assert [rule.id for rule in found] == sorted(rule.id for rule in found)


def test_types_decide_what_an_open_limit_means() -> None:
    more, least = stored(bound("0", low_open=True)), site(bound("1"))
    assert only(more, least).relation == "drifted"
    assert only(more, least, by=schema("loans", column("amount", "integer"))).relation == "equal"
    domain = Domain(name="units", type="integer", size=(), path="d.sql", span=Span(1, 1, 1, 2))
    assert (
        only(more, least, by=schema("loans", column("amount", "units"), domains={"units": domain})).relation == "equal"
    )
    below, most = stored(bound(high="100", high_open=True)), site(bound(high="99.99"))
    assert only(below, most, by=schema("loans", column("amount", "numeric", 10, 2))).relation == "equal"
    assert only(below, most, by=schema("loans", column("amount", "numeric", 10, 3))).relation == "drifted"
    assert only(below, site(bound(high="99")), by=schema("loans", column("amount", "numeric", 8))).relation == "equal"


def test_only_texts_can_be_empty() -> None:
    given, filled = (Predicate(Anything(), "fail", empty) for empty in ("pass", "fail"))
    sites = stored(given, kind=Kind.PRESENCE), site(filled, kind=Kind.PRESENCE)
    for kind, relation in (("text", "null-only"), ("uuid", "equal"), ("integer", "equal")):
        assert only(*sites, by=schema("loans", column("amount", kind))).relation == relation
    assert only(*sites).relation == "null-only"


def test_dates_are_compared_in_days() -> None:
    subject = Subject("stays", "check_in, check_out")
    more = stored(comparison("check_out", ">", "check_in"), subject=subject, kind=Kind.COMPARISON)
    night = site(comparison("check_out", ">=", "check_in", "86400", "seconds"), subject=subject, kind=Kind.COMPARISON)
    dated = schema("stays", column("check_in", "date"), column("check_out", "date"))
    timed = schema("stays", column("check_in", "timestamptz"), column("check_out", "timestamptz"))
    assert only(more, night, by=dated).relation == "equal"
    assert only(more, night, by=timed).relation == "drifted"


def test_the_site_that_turns_a_text_away_is_named() -> None:
    start, end = (Shape(((source, "", "javascript", False),)) for source in ("^a", "b$"))
    pieces = [site(form, place="field", kind=Kind.PATTERN) for form in (start, end)]
    other = stored(start, kind=Kind.PATTERN)
    [difference] = only(*pieces, other).differences
    assert {difference.left, difference.right} == {pieces[1].id, other.id}
    assert difference.accepted_by == other.id


def test_what_cannot_be_told_is_unknown() -> None:
    rule = only(stored(Undecided("f(x)"), kind=Kind.CONDITIONAL), site(Undecided("g(x)"), kind=Kind.CONDITIONAL))
    assert (rule.relation, len(rule.groups), rule.differences) == ("unknown", 2, ())
    same = only(stored(Undecided("f(x)"), kind=Kind.CONDITIONAL), site(Undecided("f(x)"), kind=Kind.CONDITIONAL))
    assert same.relation == "equal"


def test_single_values_differ_without_a_side() -> None:
    five, seven = (Constant(value, "number") for value in ("5", "7"))
    [difference] = only(stored(five, kind=Kind.DEFAULT), site(seven, kind=Kind.DEFAULT)).differences
    assert (difference.witness, difference.accepted_by) == ("5 / 7", -1)


def test_one_place_read_twice_is_one_site() -> None:
    first = site(bound("0"), confidence=0.6)
    again = site(bound("0"), confidence=0.9)
    twice = Site(**{name: getattr(again, name) for name in again.__struct_fields__} | {"span": first.span})
    rule = only(first, twice)
    assert [item.id for item in rule.sites] == [again.id]


def formula(name: str, path: str, canonical: str, operands: int) -> Site:
    tree = '["+"' + ',["v","a"]' * operands + "]"
    form = Formula(canonical, canonical, ("a",), (), tree)
    return site(form, path, kind=Kind.FORMULA, subject=Subject("~", name))


def test_one_long_computation_under_two_names_is_told() -> None:
    long = [formula("total", "a.ts", "a + b + c + d", 4), formula("gross", "b.ts", "a + b + c + d", 4)]
    assert any(rule.id.endswith("[same computation]") and len(rule.sites) == 2 for rule in relate(long, EMPTY))
    short = [formula("total", "a.ts", "a*b", 2), formula("gross", "b.ts", "a*b", 2)]
    assert len(relate(short, EMPTY)) == 2
    beside = [formula("total", "a.ts", "a + b + c + d", 4), formula("gross", "a.ts", "a + b + c + d", 4)]
    assert len(relate(beside, EMPTY)) == 2


def test_order_and_number_of_sites_do_not_matter() -> None:
    sites = [site(bound("0", str(50 + number % 3)), f"{number}.ts") for number in range(9)]
    sites.append(stored(Predicate(Anything(), "fail"), kind=Kind.PRESENCE))
    assert relate(sites, EMPTY) == relate(sites[::-1], EMPTY)
    assert len(relate(sites, EMPTY)[0].differences) == 3


def test_effort_grows_with_the_number_of_sites_not_with_its_square(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0
    real = algebra.relate

    def counted(*arguments: Predicate, **options: Any) -> algebra.Verdict:
        nonlocal asked
        asked += 1
        return real(*arguments, **options)

    monkeypatch.setattr(algebra, "relate", counted)
    sites = [site(Words((f"w{index}",)), f"{index}.ts", kind=Kind.DOMAIN) for index in range(2000)]
    sites += [site(bound("0", str(index % 7)), f"{index}.ts") for index in range(2000)]
    assert len(relate(sites, EMPTY)) == 2
    assert asked < len(sites)


@pytest.mark.parametrize(
    ("low", "high", "told"), [("1", "30", "value <= 30"), ("-5", "20", "value >= -5")], ids=["upper", "lower"]
)
def test_the_piece_of_a_declaration_that_lets_the_witness_through_is_told(low, high, told):
    pieces = site(bound(low)), site(bound(high=high))
    rule = relate((*pieces, stored(bound("1", "20"))), schema())[0]
    difference = rule.differences[0]
    found = {piece.id: piece.normal for piece in rule.sites}
    assert found[difference.accepted_by] == told


def _pattern(source: str, dialect: str = "javascript") -> Shape:
    return Shape(((source, "", dialect, False),))


def test_a_witness_of_a_pattern_has_a_length_that_both_sides_admit() -> None:
    """The form asks for two letters elsewhere, so that a single one is no witness against the table."""
    form = site(_pattern("^[a-z]+-?$"), kind=Kind.PATTERN)
    table = stored(_pattern("^[a-z]([a-z]+)$", "postgresql"), kind=Kind.PATTERN)
    least = site(bound("2"), kind=Kind.LENGTH)

    def witness(*sites: Site) -> list[str]:
        rules = relate(sites, EMPTY)
        return [item.witness for rule in rules if rule.kind is Kind.PATTERN for item in rule.differences]

    assert witness(form, table) == ['"a"']
    assert witness(form, table, least) == ['"a-"']
    elsewhere = site(bound("2"), "other.ts", kind=Kind.LENGTH)
    assert witness(form, table, elsewhere) == ['"a"']


def test_of_several_patterns_those_are_told_that_differ() -> None:
    form = [site(_pattern(source), "form.ts", kind=Kind.PATTERN) for source in ("[A-Z]", "[!?]")]
    service = [site(_pattern(source), "service.ts", kind=Kind.PATTERN) for source in ("[A-Z]", "[!?_]")]
    (rule,) = relate((*form, *service), EMPTY)
    named = {item.id: item.normal for item in rule.sites}
    (difference,) = rule.differences
    assert {difference.left, difference.right} == {form[1].id, service[1].id}
    assert named[difference.accepted_by] == service[1].normal


def test_patterns_that_differ_outside_of_the_length_only_are_no_drift() -> None:
    short, long = site(_pattern("^[a-z]+$"), kind=Kind.PATTERN), stored(_pattern("^[a-z]{2,}$"), kind=Kind.PATTERN)
    assert [rule.differences != () for rule in relate((short, long), EMPTY)] == [True]
    rules = relate((short, long, site(bound("2", "9"), kind=Kind.LENGTH)), EMPTY)
    assert [rule.differences for rule in rules] == [(), ()]


def test_what_only_an_empty_text_tells_apart_stays_so_beside_a_length() -> None:
    filled = site(Predicate(_pattern("^[a-z]+$"), "pass", "fail"), kind=Kind.PATTERN)
    loose = stored(Predicate(_pattern("^[a-z]+$"), "pass", "pass"), kind=Kind.PATTERN)
    rules = relate((filled, loose, site(bound("2", "9"), kind=Kind.LENGTH)), EMPTY)
    assert [item.relation for rule in rules for item in rule.differences] == [Relation.NULLS]


def test_a_number_left_out_that_the_other_side_refuses_by_an_end_parts_nothing() -> None:
    left_out = Numbers((Interval(None, "0", high_open=True), Interval("0", None, low_open=True)))
    rule = only(site(bound("1", "5"), "1.sql", Layer.DATABASE), site(left_out, "Review.tsx", Layer.FRONTEND))
    assert rule.differences == ()
    rule = only(site(bound("-1", "5"), "1.sql", Layer.DATABASE), site(left_out, "Review.tsx", Layer.FRONTEND))
    assert [item.witness for item in rule.differences] == ["0"]


NUMBERS = st.integers(-3, 3).map(str)


@st.composite
def numbers(draw: st.DrawFn) -> Numbers:
    """Limits of one or both sides, or all numbers but one."""
    if draw(st.booleans()):
        hole = draw(NUMBERS)
        return Numbers((Interval(None, hole, high_open=True), Interval(hole, None, low_open=True)))
    low, high = sorted((draw(st.integers(-3, 3)), draw(st.integers(-3, 3))))
    return bound(
        draw(st.sampled_from([None, str(low)])),
        draw(st.sampled_from([None, str(high)])),
        low_open=low < high and draw(st.booleans()),
        high_open=low < high and draw(st.booleans()),
    )


@given(numbers(), numbers())
def test_a_witness_is_taken_by_one_side_and_refused_by_the_other(left: Numbers, right: Numbers) -> None:
    rule = only(site(left, "1.sql", Layer.DATABASE), site(right, "form.tsx", Layer.FRONTEND))
    for item in rule.differences:
        if item.witness and item.accepted_by >= 0:
            value = Constant(item.witness, "number")
            sides = {entry.id: algebra.accepts(entry.predicate, value) for entry in rule.sites}
            assert sides.pop(item.accepted_by) is True
            assert list(sides.values()) == [False]


def test_what_one_function_asks_in_two_steps_holds_together() -> None:
    gate = {"kind": Kind.GATE, "symbol": "undo", "subject": Subject("assets", "state")}
    there, sold = Predicate(Anything(), nulls="fail"), Words(("sold",))
    assert only(site(there, "1.sql", **gate), site(sold, "1.sql", **gate)).differences == ()
    other = gate | {"symbol": "sell"}
    assert len(only(site(Words(("kept",)), "1.sql", **other), site(sold, "1.sql", **gate)).differences) == 1
