"""AL205, AL206, AL209: computations, flows of states and fallbacks in two versions."""

import pytest
from graphs import (
    FORM,
    FUNCTION,
    SERVICE,
    SQL,
    codes,
    column,
    default,
    domain,
    formula,
    graph,
    judge,
    only,
    places,
    steps,
    table,
    write,
)

from archlint.model.expression import Call, Number, Operation, Ref
from archlint.model.finding import Severity

OTHER = "src/components/Basket.tsx"


def times(*factors):
    return Operation("*", tuple(Ref(item) if item[0].isalpha() else Number(item) for item in factors))


def test_another_rate():
    here = formula(times("quantity", "price", "1.19"), FORM, 5, text="quantity * price * 1.19")
    there = formula(times("quantity", "price", "1.16"), line=13, text="new.quantity * new.price * 1.16")
    found = only(graph(here, there), "AL205")
    assert "(1.16 against 1.19)" in found.message
    assert "they part at price=100, quantity=10" in found.message
    assert places(found) == {(FORM, 5): "computes", (SQL, 13): "computes"}
    assert found.severity is Severity.ERROR


def test_the_same_in_another_order():
    assert codes(graph(formula(times("quantity", "price"), FORM), formula(times("price", "quantity")))) == []


def test_other_inputs_are_another_business():
    here, there = formula(times("trays", "30"), FORM), formula(times("nights", "30"))
    assert codes(graph(here, there)) == []


def test_equal_copies_beside_a_drifted_one_are_named():
    sites = [formula(times("quantity", "price", rate), path) for rate, path in (("2", FORM), ("2", OTHER), ("3", SQL))]
    found = only(graph(*sites), "AL205")
    assert set(places(found)) == {(FORM, 1), (OTHER, 1), (SQL, 1)}


def test_a_name_alone_is_no_result():
    here, there = (
        formula(times("days", rate), path, about="~.fee", confidence=0.8)
        for rate, path in (("2", FORM), ("3", SERVICE))
    )
    assert codes(graph(here, there)) == []


@pytest.mark.parametrize(("name", "count"), [("late_fee", 1), ("share", 0), ("a_0", 0)])
def test_a_name_of_one_word_says_too_little_of_what_is_computed(name, count):
    here, there = (
        formula(times("days", "weight", rate), path, about=f"~.{name}", confidence=0.8)
        for rate, path in (("2", FORM), ("3", SERVICE))
    )
    assert codes(graph(here, there)) == ["AL205"] * count


def test_a_step_that_only_one_machine_knows():
    here = steps(("open", "lent"), ("lent", "back"), ("lent", "lost"), path=FORM, line=3)
    there = steps(("open", "lent"), ("lent", "back"), line=10)
    found = only(graph(here, there), "AL206")
    assert found.witness == "lent → lost"
    assert found.message == "loans.state: LoanForm.tsx allows lent → lost, the CHECK does not"
    assert places(found) == {(FORM, 3): "accepts", (SQL, 10): "refuses"}


def test_steps_that_each_machine_has_for_itself():
    here = steps(("open", "lent"), ("lent", "lost"), path=FORM)
    there = steps(("open", "lent"), ("lent", "back"))
    found = only(graph(here, there), "AL206")
    assert "allows lent → back" in found.message
    assert "allows lent → lost" in found.message


def test_who_takes_a_step_does_not_define_the_flow():
    flow = steps(("open", "lent"), ("lent", "back"))
    assert codes(graph(flow, steps(("open", "lent"), path=FUNCTION, partial=True))) == []
    assert codes(graph(flow, steps(("open", "lost"), path=FUNCTION, partial=True))) == []


def test_the_same_flow_in_another_order():
    edges = (("open", "lent"), ("lent", "back"))
    assert codes(graph(steps(*edges, path=FORM), steps(*reversed(edges)))) == []


def test_two_fallbacks_of_one_parameter():
    found = only(graph(default("3", FORM, 5, stored=False), default("5", line=9)), "AL209")
    assert found.message == "loans.fee falls back to 2 different values: 3 in LoanForm.tsx; 5 in 1_loans.sql"
    assert found.witness == "3 / 5"
    assert set(places(found)) == {(FORM, 5), (SQL, 9)}
    assert found.severity is Severity.ERROR


def test_fallbacks_that_only_a_browser_knows_are_a_warning():
    assert only(graph(default("3", FORM), default("5", OTHER)), "AL209").severity is Severity.WARNING


def test_the_same_number_written_in_two_ways():
    assert codes(graph(default("5.0", FORM), default("5"))) == []


def test_nothing_in_place_of_a_parameter_is_no_second_opinion():
    assert codes(graph(default("0", FORM), default("5"))) == []


def test_what_a_form_begins_with_is_a_suggestion():
    assert codes(graph(default("1", FORM, strength="hint"), default("5"))) == []


def test_labels_for_what_is_missing_are_no_parameters():
    labels = default("Unknown", FORM, of="text"), default("n/a", OTHER, of="text")
    assert codes(graph(*labels)) == []


def test_where_a_program_listens_differs_on_purpose():
    ports = [default(port, path, about="environment.http_port") for port, path in (("80", SERVICE), ("90", FUNCTION))]
    assert codes(graph(*ports)) == []


def test_a_short_name_alone_is_no_parameter():
    fees = [default(fee, path, about="~.fee", confidence=0.5) for fee, path in (("3", SERVICE), ("5", FUNCTION))]
    assert codes(graph(*fees)) == []


def test_a_name_that_one_file_uses_twice_is_no_drift():
    here, there = (
        formula(times("width", "share", rate), OTHER, line, about="~.left", confidence=0.8)
        for rate, line in (("2", 4), ("3", 40))
    )
    assert codes(graph(here, there)) == []


def test_adding_to_one_row_and_taking_from_another_are_two_steps():
    less, more = (
        formula(Operation(sign, (Ref("balance"), Ref("amount"))), path, about="wallets.balance")
        for sign, path in (("-", SQL), ("+", FUNCTION))
    )
    assert codes(graph(less, more)) == []


def test_words_are_parameters_where_the_schema_has_a_word_in_it():
    service, function = default("EUR", SERVICE, of="text"), default("CHF", FUNCTION, of="text")
    assert codes(graph(service, function)) == []
    assert codes(graph(service, function, default("EUR", of="text"))) == ["AL209"]
    assert codes(graph(default("eur", SERVICE, of="text"), default("EUR", of="text"))) == []
    assert codes(graph(default("unknown", SERVICE, of="text"), default("EUR", of="text"))) == []
    assert codes(graph(default("No currency given", SERVICE, of="text"), default("EUR", of="text"))) == []


def test_words_that_a_query_shows_declare_nothing():
    shown = [
        default("Colleague", FORM, of="text", about="staff.name"),
        default("Helper", OTHER, of="text", about="staff.name"),
    ]
    query = default("Somebody", of="text", about="staff.name", strength="soft", library="coalesce")
    assert codes(graph(*shown, query)) == []


def test_how_high_something_is_drawn_is_no_computation_of_the_business():
    def drawn(least, path):
        return formula(
            Call("maximum", (Operation("*", (Ref("minutes"), Ref("row"))), Number(least))), path, about="~.height"
        )

    assert codes(graph(drawn("80", FORM), drawn("50", OTHER))) == []


def test_a_text_in_the_place_of_a_number_is_what_people_are_shown():
    dashes = default("---", FORM, of="text", about="loans.copies")
    assert codes(graph(dashes, default("1", about="loans.copies"))) == []
    written = default("0.15", SERVICE, of="text", about="loans.copies")
    found = only(graph(dashes, written, default("0.12", about="loans.copies")), "AL209")
    assert set(places(found)) == {(SERVICE, 1), (SQL, 1)}


@pytest.mark.parametrize(("other", "count"), [("EUR", 0), ("USD", 1)])
def test_a_helper_of_two_tables_falls_back_to_what_one_of_them_does(other, count):
    words = {"of": "text"}
    loans = (
        default("CHF", about="loans.currency", **words),
        default("CHF", FUNCTION, 5, about="loans.currency", **words),
    )
    gifts = default(other, line=9, about="gifts.currency", **words)
    helper = [default("EUR", SERVICE, 7, about=f"{table}.currency", **words) for table in ("loans", "gifts")]
    found = graph(*loans, gifts, *helper)
    told = [item.subject for item in judge(found) if item.code == "AL209"]
    assert told.count("loans.currency") == count


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        ("kind=flight", "kind=room", 0),
        ("kind=flight", "kind=flight", 1),
        ("kind=flight", "kind", 1),
        ("kind", "kind", 1),
    ],
)
def test_two_sorts_of_rows_may_begin_in_two_ways(first, second, count):
    words = {"of": "text", "about": "loans.state"}
    ways = (
        write("loans", "state", first, path=FUNCTION, line=5),
        write("loans", "state", second, path=SERVICE, line=7),
    )
    declared = default("open", line=2, **words)
    sites = default("open", FUNCTION, 5, **words), default("lent", SERVICE, 7, **words)
    assert codes(graph(declared, *sites, writes=ways)).count("AL209") == count


def test_where_a_page_begins_is_counted_in_two_ways_on_purpose():
    first = formula(times("page", "page_size"), FORM, about="~.first")
    second = formula(
        Operation("*", (Operation("-", (Ref("page"), Number("1"))), Ref("page_size"))), OTHER, about="~.first"
    )
    assert codes(graph(first, second)) == []


def test_a_fallback_of_a_row_that_always_has_a_value_never_happens():
    kept = table("loans", column("fee", "numeric", line=9, required=True))
    mapped = default("3", FORM, 5, stored=False, library="fallback", text="row.fee ?? 3")
    missing = default("3", FORM, 5, stored=False, library="fallback", text="row?.fee ?? 3")
    assert codes(graph(mapped, default("5", line=9), tables=(kept,))) == []
    assert codes(graph(missing, default("5", line=9), tables=(kept,))) == ["AL209"]


@pytest.mark.parametrize(("closed", "count"), [(True, 0), (False, 1)])
def test_the_state_without_any_row_is_not_that_of_a_new_one(closed, count):
    kept = table("loans", column("state", line=9, required=True))
    missing = default(
        "open", FORM, 5, about="loans.state", stored=False, library="fallback", text="row?.state ?? 'open'"
    )
    listed = [domain("open", "lent", line=3)] if closed else []
    assert (
        codes(graph(missing, default("lent", about="loans.state", line=9), *listed, tables=(kept,)))
        == ["AL209"] * count
    )
