"""AL305: what a later version no longer asks."""

import pytest
from graphs import SQL, bound, column, graph, judge, places, site, table, write
from guarded import LATER, dropped, extended, guard, replaced, routine

from archlint.model.predicate import Compared, Principals
from archlint.model.rule import Kind
from archlint.model.source import Layer

GIFTS = table("gifts", column("amount", "integer", 4), security=True)
GIVE = routine("give", "integer")


def told(knowledge, floor=0.7):
    return [item for item in judge(knowledge, floor) if item.code == "AL305"]


def old_guard(**more):
    settings = {"line": 6, "layer": Layer.TRIGGER, "symbol": "give", "library": "routine", "about": "gifts.amount"}
    return bound("1", **(settings | more))


def given(*columns, line=5):
    return write(
        "gifts", *columns, path=LATER, line=line, layer=Layer.TRIGGER, client="definer", entrance="rpc give(integer)"
    )


def after(*sites, lost=None, routines=(GIVE,), gone=None, writes=None, tables=(GIFTS,), guards=()):
    return extended(
        graph(*sites, tables=tables, writes=(given("amount"),) if writes is None else writes),
        routines=routines,
        superseded=(gone or replaced("give", GIVE),),
        lost=(lost or old_guard(),),
        guards=guards,
    )


def test_the_new_body_dropped_the_guard():
    found = told(after())
    assert [places(item) for item in found] == [{(SQL, 6): "lost", (LATER, 3): "dropped", (LATER, 5): "writes"}]
    assert "no longer asks for at least 1" in found[0].message


def test_the_guard_moved_to_a_check():
    assert told(after(bound("1", about="gifts.amount"))) == []


def test_the_guard_was_moved_or_loosened_on_purpose():
    assert told(after(bound("0", about="gifts.amount"))) == []
    assert told(after(old_guard(path=LATER, line=4))) == []


@pytest.mark.parametrize(("still_asked", "count"), [("gifts.spent", 1), ("gifts.given", 0)])
def test_only_a_lower_end_of_the_larger_field_bounds_the_smaller_one(still_asked, count):
    table_of_gifts = table("gifts", column("spent", "integer"), column("given", "integer"), security=True)
    settings = {"layer": Layer.TRIGGER, "symbol": "give", "library": "routine"}
    old = site(Kind.COMPARISON, "gifts.spent, given", Compared("spent", "<=", "given"), SQL, 6, **settings)
    still = bound("0", about=still_asked, path=LATER, line=4, **settings)
    knowledge = after(still, lost=old, tables=(table_of_gifts,), writes=(given("spent"),))
    assert len(told(knowledge)) == count


def test_a_routine_whose_subject_is_not_known_may_have_taken_it():
    helper = bound("1", about="~.amount", path=LATER, layer=Layer.TRIGGER, symbol="check_amount")
    assert told(after(helper)) == []


def test_the_routine_or_the_column_is_gone():
    assert told(after(routines=())) == []
    assert told(after(tables=(table("gifts", column("sum"), security=True),))) == []
    assert told(after(tables=())) == []


def test_the_new_body_no_longer_writes_the_column():
    assert told(after(writes=())) == []
    note = table("gifts", column("amount"), column("note"), security=True)
    assert told(after(writes=(given("note"),), tables=(note,))) == []


def test_an_overload_may_still_carry_it():
    assert told(after(routines=(GIVE, routine("give", "integer", "text", line=20)))) == []


def test_an_older_version_was_judged_when_it_was_replaced():
    between = routine("give", "integer", path="supabase/migrations/1b.sql", line=1)
    assert told(after(gone=replaced("give", between))) == []


def test_a_constraint_that_was_dropped():
    check = bound("5", about="gifts.amount", line=4)
    found = told(after(lost=check, gone=dropped("gifts_minimum", "gifts"), routines=()))
    assert [places(item) for item in found] == [{(SQL, 4): "lost", (LATER, 2): "dropped"}]
    assert told(after(bound("2", about="gifts.amount"), lost=check, gone=dropped("m", "gifts"))) == []


def question(*clauses):
    form = Principals(clauses)
    return site(Kind.AUTHORIZATION, "give.", form, SQL, 6, layer=Layer.TRIGGER, symbol="give", library="routine")


def test_the_caller_is_no_longer_asked():
    found = told(after(lost=question(("role=admin",))))
    assert [item.subject for item in found] == ["give"]
    assert "role=admin" in found[0].message


@pytest.mark.parametrize("clause", [("role=admin",), ("authenticated",)])
def test_the_new_body_asks_something_of_the_caller(clause):
    asked = guard(LATER, 4, clause, layer=Layer.TRIGGER, symbol="give", before=("rpc give",))
    assert told(after(lost=question(("role=admin",)), guards=(asked,))) == []


def test_a_question_that_was_not_understood_is_not_missed():
    assert told(after(lost=question(("opaque(x)",)))) == []
