"""AL207 and AL210: values that may be missing, and writes that do not fit their table."""

import msgspec
import pytest
from graphs import (
    FORM,
    FUNCTION,
    SERVICE,
    SQL,
    codes,
    column,
    domain,
    graph,
    judge,
    only,
    places,
    present,
    read,
    table,
    trigger,
    word,
    write,
)

from archlint.model.expression import Fields, Number, Text
from archlint.model.finding import Severity
from archlint.model.schema import PassedOver, Routine
from archlint.model.source import Layer, Span

PHONE = column("phone", line=4, required=True)
LOANS = table("loans", column("id", identity=True, required=True), PHONE)


def optional(path=FUNCTION, **more):
    return present("pass", path, 6, library="zod", **more)


def test_optional_in_the_request_and_mandatory_in_the_table():
    found = only(graph(optional(), tables=(LOANS,)), "AL207")
    assert found.message == ("loans.phone: lend/index.ts lets it be absent, the column is NOT NULL and has no default")
    assert found.witness == "null"
    assert places(found) == {(SQL, 4): "refuses", (FUNCTION, 6): "accepts"}
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize(
    "filled",
    [
        {"default": Text("none")},
        {"generated": Text("none")},
        {"identity": True},
        {"type": "bigserial"},
        {"required": False},
    ],
)
def test_a_column_that_fills_itself_may_be_left_out(filled):
    phone = column("phone", **({"required": True} | filled))
    assert codes(graph(optional(), tables=(table("loans", phone),))) == []


def test_a_trigger_may_give_the_value():
    assert codes(graph(optional(), tables=(LOANS,), triggers=(trigger("loans"),))) == []
    assert codes(graph(optional(), tables=(LOANS,), triggers=(trigger("loans", "update"),))) == ["AL207"]


@pytest.mark.parametrize(
    "site",
    [
        optional(operation="update"),
        present("pass", FUNCTION, library="type"),
        present("pass", FUNCTION, library="zod", stored=False),
        present("fail", FUNCTION, library="zod"),
        optional(confidence=0.5),
    ],
)
def test_what_does_not_let_a_missing_value_into_the_table(site):
    assert codes(graph(site, tables=(LOANS,))) == []


def test_a_later_demand_of_the_same_schema_counts():
    demanded = present("fail", FUNCTION, library="zod")
    assert codes(graph(optional(), demanded, tables=(LOANS,))) == []


def test_a_change_leaves_what_it_does_not_name():
    site = optional()
    changing = write("loans", "phone", operation="update", path=FUNCTION, guards=(site.id,))
    adding = write("loans", "phone", path=FUNCTION, guards=(site.id,))
    assert codes(graph(site, tables=(LOANS,), writes=(changing,))) == []
    assert codes(graph(site, tables=(LOANS,), writes=(changing, adding))) == ["AL207"]


def test_an_unknown_table_demands_nothing():
    assert codes(graph(optional(), tables=(table("loans", PHONE, known=False),))) == []


def test_a_form_that_asks_for_more_than_the_table_is_a_candidate():
    asked = graph(present("fail", FORM, library="jsx"), tables=(table("loans", column("phone")),))
    assert codes(asked) == []
    found = only(asked, "AL207", floor=0.5)
    assert found.severity is Severity.INFO
    assert found.witness == "null"


def test_a_column_that_is_not_there():
    loans = table("loans", column("course", line=4))
    found = only(graph(tables=(loans,), writes=(write("loans", "course_title", line=9),)), "AL210")
    assert found.message == "loans has no column course_title, which LoanForm.tsx writes; did you mean course?"
    assert places(found) == {(FORM, 9): "writes", (SQL, 4): "states"}
    assert found.severity is Severity.ERROR


def test_all_writes_of_one_missing_column_are_one_finding():
    writes = write("loans", "kind"), write("loans", "kind", operation="update", path=FUNCTION)
    found = only(graph(tables=(table("loans", column("course")),), writes=writes), "AL210")
    assert set(places(found)) == {(FORM, 1), (FUNCTION, 1), (SQL, 1)}


def test_a_mandatory_column_that_is_left_out():
    found = only(graph(tables=(LOANS,), writes=(write("loans", "id", line=9),)), "AL210")
    assert found.message == "loans: phone must have a value and has no default, and LoanForm.tsx leaves it out"
    assert places(found) == {(FORM, 9): "writes", (SQL, 4): "states"}
    assert found.witness == "null"


@pytest.mark.parametrize(
    "path",
    [
        write("loans", "phone"),
        write("loans", "id", operation="update"),
        write("loans", "id", operation="delete"),
        write("loans", "id", complete=False),
        write("loans"),
        write("loans", "id", path=SQL, layer=Layer.DATABASE),
        write("guests", "nothing"),
        write("loans", "phone", "author", sources=(("author", Fields((("connect", Number("1")),))),)),
    ],
)
def test_writes_that_fit_or_prove_nothing(path):
    assert codes(graph(tables=(LOANS,), writes=(path,))) == []


@pytest.mark.parametrize("more", [{"known": False}, {"view": True}])
def test_views_and_unknown_tables_are_silent(more):
    loans = table("loans", PHONE, **more)
    assert codes(graph(tables=(loans,), writes=(write("loans", "kind"),))) == []


def test_a_trigger_may_give_what_a_write_leaves_out():
    path = write("loans", "id")
    assert codes(graph(tables=(LOANS,), writes=(path,), triggers=(trigger("loans"),))) == []
    assert codes(graph(tables=(LOANS,), writes=(path,), triggers=(trigger("loans", timing="after"),))) == ["AL210"]


def test_all_that_a_table_does_not_have_is_one_finding():
    writes = write("loans", "phone", "kind"), write("loans", "phone", "note", path=FUNCTION)
    found = only(graph(tables=(LOANS,), writes=writes), "AL210")
    assert found.message == "loans has no columns kind and note, which LoanForm.tsx and lend/index.ts write"
    assert found.subject == "loans"


def test_a_key_that_was_followed_is_less_sure_than_one_that_stands_in_the_write():
    stands, followed = (
        only(
            graph(tables=(LOANS,), writes=(msgspec.structs.replace(write("loans", "phone", "kind"), text=text),)),
            "AL210",
        )
        for text in ("insert({ kind })", "insert(values)")
    )
    assert stands.confidence > followed.confidence


def test_what_is_written_and_what_is_left_out_of_one_table_is_one_finding():
    loans = table("loans", PHONE, column("course", line=5, required=True))
    found = only(graph(tables=(loans,), writes=(write("loans", "title", "kind", line=9),)), "AL210")
    assert found.message == (
        "loans has no columns kind and title, which LoanForm.tsx writes; "
        "course and phone must have values and have no default, and LoanForm.tsx leaves them out"
    )
    assert places(found) == {(FORM, 9): "writes", (SQL, 1): "states", (SQL, 4): "states", (SQL, 5): "states"}


def test_a_column_that_is_asked_for_and_one_that_is_filtered_by():
    asked = read("loans", "id", "role", line=3)
    picked = read("loans", "id", filters=("due_on",), path=SERVICE, line=7)
    found = only(graph(tables=(LOANS,), reads=(asked, picked)), "AL210")
    assert found.message == "loans has no columns due_on and role, which lend.ts and lend/index.ts use"
    assert places(found) == {(FUNCTION, 3): "reads", (SERVICE, 7): "filters", (SQL, 1): "states"}
    assert found.severity is Severity.ERROR


def test_a_change_picks_its_rows_by_a_column_that_is_not_there():
    path = write("loans", "phone", operation="update", complete=False, filters=("guest",), line=5)
    found = only(graph(tables=(LOANS,), writes=(path,)), "AL210")
    assert found.message == "loans has no column guest, which LoanForm.tsx filters by"
    assert places(found) == {(FORM, 5): "filters", (SQL, 1): "states"}


@pytest.mark.parametrize(
    "path",
    [
        read("loans", "id", "phone", filters=("phone",)),
        read("loans", "*", "count(id)"),
        read("loans", "guest", own=False),
        read("guests", "nothing"),
    ],
)
def test_reads_that_fit_or_prove_nothing(path):
    assert codes(graph(tables=(LOANS,), reads=(path,))) == []


def test_a_function_over_the_row_is_asked_for_like_a_column():
    routine = Routine(name="full_name", signature=("loans",), path=SQL, span=Span(1, 1, 1, 2), scope=1)
    known = graph(tables=(LOANS,), reads=(read("loans", "full_name"),))
    assert codes(known) == ["AL210"]
    known = msgspec.structs.replace(known, schema=msgspec.structs.replace(known.schema, routines=(routine,)))
    assert codes(known) == []


def test_the_column_that_is_meant_alone_knows_the_words_that_are_asked_for():
    people = table("people", column("id"), column("kind", line=4), column("state", line=5))
    asked = word("admin", "compares", FUNCTION, 6, about="people.role")
    elsewhere = word("admin", "compares", SERVICE, 8, about="people.role")
    stated = domain("admin", "guest", line=4, about="people.kind"), domain("new", "old", line=5, about="people.state")
    known = graph(*stated, tables=(people,), reads=(read("people", "role", line=2),), words=(asked, elsewhere))
    found = only(known, "AL210")
    assert found.message == "people has no column role, which lend/index.ts reads; did you mean kind?"
    assert places(found) == {(FUNCTION, 2): "reads", (FUNCTION, 6): "compares", (SQL, 4): "states"}


def again(*columns, line=30):
    """The loans as a later file would create them, if they were not there already."""
    passed = PassedOver(table="loans", path=SQL, span=Span(line, 1, line, 20), columns=columns)
    knowledge = graph(tables=(LOANS,), writes=(write("loans", "phone", "kind", line=9),))
    return msgspec.structs.replace(knowledge, schema=msgspec.structs.replace(knowledge.schema, passed_over=(passed,)))


def test_a_column_stands_only_where_the_server_passes_over_it():
    found = only(again("kind"), "AL210")
    assert "(1_loans.sql creates the table once more, with what is missing, which does nothing)" in found.message
    assert places(found)[SQL, 30] == "is passed over"


def test_a_second_creation_that_nobody_counts_on_is_told_to_those_who_ask():
    found = [item for item in judge(again("weight"), 0.5) if item.code == "AL210"]
    assert [item.confidence for item in found] == [0.95, 0.6]
    assert found[1].message.startswith(
        "loans: 1_loans.sql creates it once more, if it does not exist, and knows weight"
    )
    assert [item.code for item in judge(again("phone"), 0)] == ["AL210"]


def test_a_schema_that_is_known_to_stand_before_no_insert_may_be_one_for_changes():
    loose = optional(confidence=0.88)
    before = write("loans", "phone", path=FUNCTION, line=9, guards=(loose.id,))
    assert codes(graph(loose, tables=(LOANS,))) == []
    assert codes(graph(loose, tables=(LOANS,), writes=(before,))) == ["AL207"]


def test_a_schema_for_changes_lets_go_what_the_one_for_new_rows_asks_for():
    loose, strict = optional(confidence=0.88), present("fail", SERVICE, 4, library="zod", strength="hard")
    before = write("loans", "phone", path=FUNCTION, line=9, guards=(loose.id,))
    assert codes(graph(loose, strict, tables=(LOANS,), writes=(before,))) == []
