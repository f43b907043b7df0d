"""AL301: rules that only the browser knows."""

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
    domain,
    graph,
    judge,
    only,
    pattern,
    places,
    present,
    site,
    span,
    table,
    trigger,
    write,
)

from archlint.model.finding import Severity
from archlint.model.predicate import Compared, Interval, Numbers
from archlint.model.rule import Kind
from archlint.model.schema import Constraint
from archlint.model.source import Layer

AMOUNT = table("loans", column("amount", "numeric", 4), column("note"), security=True)
STATE = table("loans", column("state", "text", 5), security=True)


def test_the_form_alone_knows_the_limit():
    rule = bound(high="600", path=FORM, line=8)
    found = only(graph(rule, tables=(AMOUNT,), writes=(write("loans", "amount", line=14),)), "AL301")
    assert places(found) == {(FORM, 8): "guards", (FORM, 14): "writes", (SQL, 4): "accepts"}
    assert found.severity is Severity.WARNING
    assert "only LoanForm.tsx asks for at most 600" in found.message


def test_the_words_of_a_free_text():
    rule = domain("new", "old", path=FORM, line=3)
    assert codes(graph(rule, tables=(STATE,), writes=(write("loans", "state"),))) == ["AL301"]


@pytest.mark.parametrize("path", [SQL, FUNCTION, SERVICE])
def test_a_trusted_layer_asks_as_well(path):
    here, there = bound(high="600", path=FORM), bound(high="600", path=path)
    assert codes(graph(here, there, tables=(AMOUNT,), writes=(write("loans", "amount"),))) == []


def test_another_limit_behind_the_browser_is_drift():
    here, there = bound(high="600", path=FORM), bound(high="900")
    assert codes(graph(here, there, tables=(AMOUNT,), writes=(write("loans", "amount"),))) == ["AL201"]


def test_an_upper_limit_beside_a_lower_one_in_the_database():
    here, there = bound(high="10", path=FORM), bound("0", is_open=True)
    assert codes(graph(here, there, tables=(AMOUNT,), writes=(write("loans", "amount"),))) == ["AL301"]


def test_a_table_that_is_known_from_use_only():
    known_by_use = table("loans", column("amount", "numeric"), known=False)
    rule = bound(high="600", path=FORM)
    assert codes(graph(rule, tables=(known_by_use,), writes=(write("loans", "amount"),))) == []


def test_nobody_writes_the_column():
    rule = bound(high="600", path=FORM)
    assert codes(graph(rule, tables=(AMOUNT,))) == []
    assert codes(graph(rule, tables=(AMOUNT,), writes=(write("loans", "note"),))) == []
    assert codes(graph(rule, tables=(AMOUNT,), writes=(write("loans", "amount", reachable=False),))) == []


def test_an_enum_type_or_a_key_lists_the_words():
    keyed = Constraint(kind="foreign", name="k", span=span(), columns=("state",), target="states")
    rule, stored = domain("new", "old", path=FORM), domain("new", "old", library="enum")
    writes = (write("loans", "state"),)
    assert codes(graph(rule, stored, tables=(STATE,), writes=writes)) == []
    listed = table("loans", column("state"), constraints=(keyed,), security=True)
    assert codes(graph(rule, tables=(listed,), writes=writes)) == []
    numbered = bound("1", path=FORM, about="loans.state")
    assert codes(graph(numbered, tables=(listed,), writes=writes)) == []


def test_the_length_of_a_text_is_a_nicety():
    rule = site(Kind.LENGTH, "loans.note", Numbers((Interval(None, "80"),)), FORM)
    free = table("loans", column("note"), security=True)
    found = only(graph(rule, tables=(free,), writes=(write("loans", "note"),)), "AL301")
    assert found.severity is Severity.INFO
    sized = table("loans", column("note", "varchar", size=(80,)), security=True)
    assert codes(graph(rule, tables=(sized,), writes=(write("loans", "note"),))) == []


def test_something_must_be_entered_is_no_rule_of_length():
    rule = site(Kind.LENGTH, "loans.note", Numbers((Interval("1", None),)), FORM)
    free = table("loans", column("note"), security=True)
    assert codes(graph(rule, tables=(free,), writes=(write("loans", "note"),))) == []


def test_that_it_is_a_whole_number_is_no_limit():
    rule = site(Kind.BOUND, "loans.amount", Numbers((Interval(),), "1"), FORM)
    assert codes(graph(rule, tables=(AMOUNT,), writes=(write("loans", "amount"),))) == []


def test_the_type_of_a_column_has_its_own_form():
    writes = (write("loans", "zip"),)
    rule = pattern(r"^\d{4}$", FORM)
    assert codes(graph(rule, tables=(table("loans", column("zip"), security=True),), writes=writes)) == ["AL301"]
    assert codes(graph(rule, tables=(table("loans", column("zip", "uuid"), security=True),), writes=writes)) == []


def test_fields_compared_in_the_form_only():
    dates = table("loans", column("starts_on", "date"), column("ends_on", "date"), security=True)
    writes = (write("loans", "starts_on", "ends_on"),)
    assert codes(graph(compared(">", FORM), tables=(dates,), writes=writes)) == ["AL301"]
    assert codes(graph(compared(">", FORM), compared(">"), tables=(dates,), writes=writes)) == []


def test_a_balance_that_may_not_fall_below_zero_covers_the_comparison_with_it():
    wallets = table("wallets", column("balance", "integer"), column("amount", "integer"), security=True)
    here = site(Kind.COMPARISON, "wallets.amount, balance", Compared("amount", "<=", "balance"), FORM)
    writes = (write("wallets", "balance", operation="update", path=SQL, layer=Layer.TRIGGER, entrance="rpc send(int)"),)
    assert codes(graph(here, tables=(wallets,), writes=writes)) == ["AL301"]
    floor = bound("0", about="wallets.balance")
    assert codes(graph(here, floor, tables=(wallets,), writes=writes)) == []


def test_an_input_held_against_the_column_that_the_action_writes():
    wallets = table("wallets", column("balance", "integer"), security=True)
    here = site(Kind.COMPARISON, "wallets.amount, balance", Compared("amount", "<=", "balance"), FORM, confidence=0.6)
    send = {"operation": "update", "path": SQL, "layer": Layer.TRIGGER, "entrance": "rpc send(int)"}
    through = write("wallets", "balance", guards=(here.id,), **send)
    assert codes(graph(here, tables=(wallets,), writes=(through,))) == ["AL301"]
    assert codes(graph(here, tables=(wallets,), writes=(write("wallets", "balance", **send),))) == []


@pytest.mark.parametrize("effect", ["redirect", "hint", "hide", "assign"])
def test_what_refuses_nothing_is_no_rule(effect):
    rule = bound(high="600", path=FORM, effect=effect)
    assert codes(graph(rule, tables=(AMOUNT,), writes=(write("loans", "amount"),))) == []


def test_a_routine_that_may_check_the_same_field_makes_it_unsure():
    here, there = bound(high="600", path=FORM), bound(high="600", path=SERVICE, about="~.amount")
    writes = (write("loans", "amount"),)
    assert codes(graph(here, there, tables=(AMOUNT,), writes=writes)) == []
    assert codes(graph(here, there, tables=(AMOUNT,), writes=writes), 0.5) == ["AL301"]


def test_a_count_before_a_new_row():
    quota = site(Kind.QUOTA, "loans.count", Numbers((Interval(None, "3"),)), FORM)
    guarded = site(Kind.QUOTA, "loans.count", Numbers((Interval(None, "3"),)), SQL, layer=Layer.TRIGGER, symbol="f")
    assert codes(graph(quota, tables=(AMOUNT,), writes=(write("loans", "amount"),))) == ["AL301"]
    assert codes(graph(quota, tables=(AMOUNT,), writes=(write("loans", "amount", operation="update"),))) == []
    with_trigger = graph(
        quota, guarded, tables=(AMOUNT,), triggers=(trigger("loans"),), writes=(write("loans", "amount"),)
    )
    assert codes(with_trigger) == []


def test_a_value_that_is_asked_for_in_some_state_only():
    reasons = table("loans", column("state"), column("reason"), security=True)
    writes = (write("loans", "state", "reason", operation="update"),)
    asked = {"nulls": "fail", "about": "loans.reason", "guard": "loans.state = refused"}
    found = only(graph(present(path=FORM, **asked), tables=(reasons,), writes=writes), "AL301")
    assert "asks for a value where loans.state = refused" in found.message
    both = graph(present(path=FORM, **asked), present(**asked), tables=(reasons,), writes=writes)
    assert codes(both) == []


def _length(field: str, most: str, line: int, path: str = FORM):
    return site(Kind.LENGTH, f"loans.{field}", Numbers((Interval(None, most),)), path, line)


COLUMNS = (column("note", line=4), column("title", line=5), column("amount", "numeric", line=6))
TEXTS = table("loans", *COLUMNS, security=True)
WRITES = (write("loans", "note", "title", "amount", line=30),)


def test_the_lengths_of_one_form_are_one_finding():
    lengths = _length("title", "40", 9), _length("note", "80", 8)
    found = only(graph(*lengths, tables=(TEXTS,), writes=WRITES), "AL301")
    assert found.message == (
        "loans: 2 limits of LoanForm.tsx are asked for by the browser only, and "
        f"LoanForm.tsx ({FORM}:30) writes without them: "
        "note at most 80 characters; title at most 40 characters"
    )
    assert places(found) == {
        (FORM, 8): "guards",
        (FORM, 9): "guards",
        (FORM, 30): "writes",
        (SQL, 4): "accepts",
        (SQL, 5): "accepts",
    }
    assert found.severity is Severity.INFO
    assert found.rule == ""


def test_forms_and_amounts_stay_apart():
    apart = _length("title", "40", 9), _length("note", "80", 8, "src/Other.tsx")
    assert codes(graph(*apart, tables=(TEXTS,), writes=WRITES)) == ["AL301", "AL301"]
    both = _length("title", "40", 9), bound(high="600", path=FORM, about="loans.amount")
    found = judge(graph(*both, tables=(TEXTS,), writes=WRITES))
    assert sorted(item.rule for item in found) == ["loans.amount:bound", "loans.title:length"]


def test_many_limits_are_counted():
    fields = [f"note_{number}" for number in range(8)]
    texts = table("loans", *map(column, fields), security=True)
    lengths = [_length(field, "80", number) for number, field in enumerate(fields, 1)]
    found = only(graph(*lengths, tables=(texts,), writes=(write("loans", *fields, line=30),)), "AL301")
    assert found.message.startswith("loans: 8 limits of LoanForm.tsx")
    assert found.message.endswith("note_5 at most 80 characters; 2 more")


def test_a_schema_among_the_browser_s_files_that_the_server_applies():
    for enforced, found in (((), ["AL301"]), ((Layer.FRONTEND,), ["AL301"]), ((Layer.SERVICE,), [])):
        rule = bound(high="600", path=FORM, enforced=enforced)
        assert codes(graph(rule, tables=(AMOUNT,), writes=(write("loans", "amount"),))) == found


def test_an_input_that_is_typed_twice_and_stored_once():
    """Nothing behind the screen is given the second one, so that nothing else could compare them."""
    here = site(Kind.COMPARISON, "accounts.code, code_again", Compared("code", "=", "code_again"), FORM)
    stored = table("accounts", column("code"), security=True)
    writes = (write("accounts", "code", guards=(here.id,)),)
    assert codes(graph(here, tables=(stored,), writes=writes)) == []
    both = table("accounts", column("code"), column("code_again"), security=True)
    assert codes(graph(here, tables=(both,), writes=writes)) == ["AL301"]
