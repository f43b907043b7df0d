"""AL201, AL202, AL203, AL208: places of one rule that admit different values."""

import pytest
from graphs import (
    FORM,
    FUNCTION,
    SERVICE,
    SQL,
    bound,
    codes,
    column,
    compared,
    default,
    domain,
    graph,
    judge,
    only,
    pattern,
    places,
    site,
    table,
    tiers,
    trigger,
    unique,
)

from archlint.model.finding import Severity
from archlint.model.predicate import Compared, Interval, Numbers
from archlint.model.rule import Kind
from archlint.model.source import Layer

OTHER_FORM = "src/components/QuickLoan.tsx"


def test_a_form_that_lends_more_than_the_table():
    found = only(graph(bound(high="10000", path=FORM, line=8), bound(high="5000", line=3)), "AL201")
    assert found.message == "loans.amount: LoanForm.tsx admits at most 10000, the CHECK at most 5000"
    assert found.witness == "7500"
    assert found.witness_words == (f"7500 passes LoanForm.tsx ({FORM}:8) and is refused by the CHECK ({SQL}:3)")
    assert places(found) == {(FORM, 8): "accepts", (SQL, 3): "refuses"}
    assert found.severity is Severity.ERROR
    assert found.rule == "loans.amount:bound"


@pytest.mark.parametrize(
    ("accepts", "refuses", "kind", "severity"),
    [
        (FORM, SQL, Kind.BOUND, Severity.ERROR),
        (SQL, FORM, Kind.BOUND, Severity.WARNING),
        (FUNCTION, SQL, Kind.BOUND, Severity.ERROR),
        (FUNCTION, SQL, Kind.LENGTH, Severity.ERROR),
        (FORM, SQL, Kind.LENGTH, Severity.WARNING),
        (SQL, FORM, Kind.LENGTH, Severity.INFO),
        (FORM, OTHER_FORM, Kind.BOUND, Severity.WARNING),
    ],
)
def test_direction_and_trust_decide_how_loud_drift_is(accepts, refuses, kind, severity):
    found = only(graph(bound(high="900", path=accepts, kind=kind), bound(high="700", path=refuses, kind=kind)), "AL201")
    assert found.severity is severity
    assert places(found) == {(accepts, 1): "accepts", (refuses, 1): "refuses"}


def test_one_rule_is_one_finding_with_all_its_places():
    found = only(
        graph(
            bound(high="50", path=FORM, line=4),
            bound(high="50", path=OTHER_FORM, line=5),
            bound(high="20", path=FUNCTION, line=6),
            bound(high="30", line=7),
        ),
        "AL201",
    )
    assert set(places(found)) == {(FORM, 4), (OTHER_FORM, 5), (FUNCTION, 6), (SQL, 7)}
    assert found.message.startswith("loans.amount: 3 different rules: ")
    assert "LoanForm.tsx and QuickLoan.tsx: at most 50" in found.message


def test_the_other_end_of_a_range_is_no_other_opinion():
    found = only(
        graph(
            bound(low="1", path=FORM, line=4),
            bound(high="50", path=FORM, line=5),
            bound(high="20", line=7),
        ),
        "AL201",
    )
    assert found.message == "loans.amount: LoanForm.tsx admits at most 50, the CHECK at most 20"
    assert (FORM, 4) not in places(found)


def test_who_states_one_end_only_agrees_with_who_states_both():
    assert codes(graph(bound(high="50", path=FORM), bound(low="1", high="50"))) == []


def test_equal_copies_in_a_form_and_a_table_are_silent():
    assert codes(graph(bound(high="5000", path=FORM), bound(high="5000"))) == []


def test_places_of_one_origin_are_one_statement():
    shared = "shared/limits.ts|LIMIT"
    sites = [
        bound(high=high, path=path, origin=shared) for high, path in (("9", FORM), ("8", FUNCTION), ("7", SERVICE))
    ]
    assert codes(graph(*sites)) == []


@pytest.mark.parametrize(
    ("left", "right", "told"),
    [
        ("insert", "update", []),
        ("insert", "any", ["AL201"]),
        ("upsert", "update", ["AL201"]),
        ("update", "", ["AL201"]),
    ],
)
def test_an_insert_is_not_held_against_an_update(left, right, told):
    sites = bound(high="9", path=FUNCTION, operation=left), bound(high="8", operation=right)
    assert codes(graph(*sites)) == told


def test_policies_are_alternatives_to_each_other():
    sites = [
        bound(high=high, layer=Layer.POLICY, symbol=name, library="policy")
        for high, name in (("10", "members"), ("1000", "staff"))
    ]
    assert codes(graph(*sites)) == []


def test_two_forms_side_by_side_in_one_file_differ_on_purpose():
    sites = bound(high="9", path=FORM, line=3, place="a"), bound(high="8", path=FORM, line=30, place="b")
    assert codes(graph(*sites)) == []
    assert codes(graph(*sites), floor=0.5) == ["AL201"]


def test_unsure_places_stay_candidates():
    sites = bound(high="9", path=FORM, confidence=0.7), bound(high="8")
    assert codes(graph(*sites)) == []
    assert codes(graph(*sites), floor=0.5) == ["AL201"]


def test_sure_places_are_told_without_the_unsure_ones():
    found = only(
        graph(bound(high="9", path=FORM), bound(high="8"), bound(high="3", path=FUNCTION, confidence=0.6)), "AL201"
    )
    assert set(places(found)) == {(FORM, 1), (SQL, 1)}


def test_the_limit_itself_on_one_side_only():
    found = only(graph(bound(high="20", path=FORM), bound(high="20", is_open=True)), "AL203")
    assert found.witness == "20"
    assert found.message.endswith("they part at exactly 20")
    assert places(found) == {(FORM, 1): "accepts", (SQL, 1): "refuses"}
    assert found.severity is Severity.WARNING


def test_under_21_is_up_to_20_where_the_column_holds_whole_numbers():
    loans = table("loans", column("amount", "integer"))
    assert codes(graph(bound(high="20", path=FORM), bound(high="21", is_open=True), tables=(loans,))) == []


@pytest.mark.parametrize(("low", "high"), [("25", "25000"), ("99", "9900"), ("2", "120")])
def test_limits_apart_by_a_factor_of_units(low, high):
    found = only(graph(bound(high=low, path=FORM), bound(high=high)), "AL208")
    assert found.message.endswith("one of them seems to speak another unit")
    assert found.severity is Severity.WARNING


def test_limits_apart_by_any_other_factor_have_drifted():
    assert codes(graph(bound(high="25", path=FORM), bound(high="75"))) == ["AL201"]


def test_no_value_for_both():
    found = only(graph(bound("10", "20", path=FUNCTION), bound("30", "40")), "AL202")
    assert found.severity is Severity.ERROR
    assert found.message.endswith("no value satisfies both")


def test_a_default_outside_its_own_constraint():
    limit = bound("1", "5", about="reviews.rating", line=3)
    found = only(graph(default("0", about="reviews.rating", line=3), limit), "AL202")
    assert found.witness == "0"
    assert found.message == "reviews.rating: the column default is 0, and the CHECK admits 1 to 5 only"


def test_a_default_word_outside_the_domain_is_quoted():
    words = domain("open", "closed", about="reviews.state", line=9)
    found = only(graph(default("new", about="reviews.state", of="text", line=3), words), "AL202")
    assert found.witness == '"new"'
    assert set(places(found)) == {(SQL, 3), (SQL, 9)}


def test_two_limits_without_a_common_value_that_names_alone_bring_together():
    named = {"evidence": ("only column of that name",), "confidence": 0.85}
    one, other = (
        Numbers((Interval("32", "32"),), None, "characters"),
        Numbers((Interval("64", "64"),), None, "characters"),
    )
    parted = [site(Kind.LENGTH, "loans.code", one, FUNCTION), site(Kind.LENGTH, "loans.code", other, SERVICE)]
    unsure = [
        site(Kind.LENGTH, "loans.code", one, FUNCTION, **named),
        site(Kind.LENGTH, "loans.code", other, SERVICE, **named),
    ]
    assert codes(graph(*parted)) == ["AL202"]
    assert codes(graph(*unsure)) == []


@pytest.mark.parametrize(("function", "found"), [("f", ["AL202"]), ("refund", [])])
def test_a_default_meets_the_trigger_of_its_table_but_no_procedure_that_is_given_a_value(function, found):
    limit = bound("1", about="gifts.refunded", line=9, layer=Layer.TRIGGER, symbol=function, library="routine")
    told = judge(graph(default("0", about="gifts.refunded", line=3), limit, triggers=(trigger("gifts"),)))
    assert [item.code for item in told] == found


@pytest.mark.parametrize(
    "limit",
    [
        bound("0", "5", about="reviews.rating"),
        bound("1", "5", about="reviews.rating", guard="state = open"),
        bound("1", "5", about="reviews.rating", layer=Layer.TRIGGER, operation="update"),
        bound("1", "5", about="reviews.rating", path=FUNCTION),
    ],
)
def test_a_default_that_its_constraint_lets_through(limit):
    assert codes(graph(default("0", about="reviews.rating"), limit)) == []


def test_a_fallback_for_reading_breaks_nothing():
    fallback = default("0", about="reviews.rating", path=FORM, stored=False)
    assert codes(graph(fallback, bound("1", "5", about="reviews.rating"))) == []


def test_a_pattern_with_a_text_as_witness():
    found = only(graph(pattern("^[0-9]{5}$", path=FORM), pattern("^[0-9]{5}(-[0-9]{4})?$")), "AL201")
    assert found.witness.startswith('"')
    assert found.witness.endswith('"')
    assert places(found) == {(SQL, 1): "accepts", (FORM, 1): "refuses"}
    assert found.severity is Severity.INFO


def test_two_formats_that_cannot_be_told_apart_are_silent():
    assert codes(graph(pattern("(?<=a)b", path=FORM), pattern("^b+$"))) == []


def test_fields_that_are_compared_the_other_way():
    found = only(graph(compared(">=", path=FUNCTION), compared(">")), "AL203")
    assert places(found) == {(FUNCTION, 1): "accepts", (SQL, 1): "refuses"}
    assert codes(graph(compared(">", path=FORM), compared(">"))) == []


def test_unique_over_other_columns():
    found = only(graph(unique("email", path=FUNCTION), unique("club", "email")), "AL201")
    assert places(found) == {(SQL, 1): "accepts", (FUNCTION, 1): "refuses"}


def test_tiers_with_another_cut():
    here = tiers((None, "100", "small"), ("100", None, "large"), path=FORM)
    there = tiers((None, "200", "small"), ("200", None, "large"))
    found = only(graph(here, there), "AL201")
    assert set(places(found)) == {(FORM, 1), (SQL, 1)}
    same = tiers((None, "200", "small"), ("200", None, "large"), path=FORM)
    assert codes(graph(same, there)) == []


def test_gates_that_lead_to_nothing_known_stay_candidates():
    def gate(high, path, guard):
        return bound(high=high, path=path, kind=Kind.GATE, guard=guard, stored=False)

    assert codes(graph(gate("3", FUNCTION, "→ lent"), gate("5", SERVICE, "→ lent"))) == ["AL201"]
    assert codes(graph(gate("3", FUNCTION, ""), gate("5", SERVICE, ""))) == []


def test_rows_that_are_read_back_may_be_guarded_for_two_acts():
    def window(days, path, symbol):
        form = Compared("created_at", ">=", "now", f"-{days}", "seconds")
        return site(Kind.WINDOW, "loans.created_at", form, path, stored=False, symbol=symbol)

    refund = window("1209600", FUNCTION, "refundLoan")
    assert codes(graph(refund, window("86400", SERVICE, "refundWindow"))) == ["AL201"]
    assert codes(graph(refund, window("86400", "server/editing.ts", "editComment"))) == []


def test_a_fingerprint_outlives_moved_lines():
    first, second = (
        judge(graph(bound(high="9", path=FORM, line=line), bound(high="8", line=line)))[0].fingerprint
        for line in (3, 70)
    )
    other = judge(graph(bound(high="9", path=FORM), bound(high="7")))[0].fingerprint
    assert first == second != other


def test_a_button_that_looks_at_a_state_limits_no_value():
    left_out = Numbers((Interval(None, "0", high_open=True), Interval("0", None, low_open=True)))
    shown = site(
        Kind.BOUND,
        "loans.copies",
        left_out,
        FORM,
        7,
        effect="disable",
        evidence=("assigned", "named after loans"),
        confidence=0.85,
    )
    typed = site(Kind.BOUND, "loans.copies", left_out, FORM, 7, effect="reject", evidence=("written",), confidence=0.85)
    stored = site(Kind.BOUND, "loans.copies", Numbers((Interval("0", None),)), SQL, 3, evidence=("declared",))
    assert [item.code for item in judge(graph(shown, stored))] == []
    assert [item.code for item in judge(graph(typed, stored))] == ["AL201"]


def test_a_text_that_is_cut_to_be_shown_limits_nothing_that_is_stored():
    length = {"about": "loans.note", "kind": Kind.LENGTH}
    stored = bound(None, "5000", FORM, 3, **length)
    assert codes(graph(bound(None, "155", SERVICE, 9, effect="clamp", stored=False, **length), stored)) == []
    cut = bound(None, "155", SERVICE, 9, effect="clamp", evidence=("named after loans",), **length)
    assert codes(graph(cut, stored)) == []
    kept = bound(None, "155", SERVICE, 9, effect="clamp", evidence=("written",), **length)
    assert codes(graph(kept, stored)) == ["AL201"]


def test_a_key_of_another_service_is_called_a_key_too():
    length = {"about": "projects.api_key", "kind": Kind.LENGTH}
    stored = bound(None, "128", SQL, 3, evidence=("declared",), confidence=0.99, **length)
    named = bound(None, "50", SERVICE, 9, evidence=("only column of that name",), confidence=0.85, **length)
    followed = bound(None, "50", SERVICE, 9, evidence=("written",), confidence=0.85, **length)
    assert codes(graph(named, stored)) == []
    assert codes(graph(followed, stored)) == ["AL201"]


def test_one_function_may_take_a_thing_apart_for_two_ends():
    def asked(cut, first, second, line, symbol):
        cuts = (None, cut, first), (cut, None, second)
        return tiers(*cuts, path=SQL, line=line, layer=Layer.TRIGGER, symbol=symbol, confidence=0.99)

    fee = asked("100", "small", "large", 3, "fee_of")
    assert codes(graph(fee, asked("100", "large", "huge", 9, "fee_of"))) == []
    assert codes(graph(fee, asked("200", "small", "large", 9, "band_of"))) == ["AL201"]


def test_one_format_of_which_one_place_lets_an_empty_text_through():
    """Whether something must be there is asked beside the format, by a rule of its own."""
    here, there = (pattern("^[0-9]{5}$", path=path, empty=says) for path, says in ((FORM, "pass"), (SERVICE, "fail")))
    assert codes(graph(here, there)) == []
