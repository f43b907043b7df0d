"""AL303: questions that only a screen asks."""

import pytest
from graphs import FORM, SQL, column, graph, judge, places, table, word, write
from guarded import asks, button, extended, fired, guard, owner, policy

from archlint.model.source import Layer

RECIPES = table("recipes", column("id"), column("kitchen"), security=True)
REFUND = "supabase/functions/refund/index.ts"
DELETE = policy("staff delete", "recipes", "delete", owner("kitchen", "recipes"), line=18)


def told(knowledge, floor=0.7):
    return [item for item in judge(knowledge, floor) if item.code == "AL303"]


def recipes(*guards, triggers=()):
    return extended(graph(tables=(RECIPES,), triggers=triggers), policies=(DELETE,), guards=guards)


def test_every_member_may_delete_what_only_owners_see():
    found = told(recipes(button("owner", "recipes:delete"), asks(DELETE, ("member(staff)",))))
    assert [places(item) for item in found] == [{(FORM, 11): "guards", (SQL, 18): "lets"}]
    assert 'asks for the role "owner"' in found[0].message


@pytest.mark.parametrize(
    "clauses",
    [(("role=owner",),), (("owner(kitchen)",),), (("call(may_delete)",),), (("member(staff)", "opaque(x)"),), ()],
)
def test_the_policy_asks_for_more_or_is_not_understood(clauses):
    assert told(recipes(button("owner", "recipes:delete"), asks(DELETE, *clauses))) == []


def test_anybody_beside_the_owner():
    anybody = asks(DELETE, ("role=owner",), ("authenticated",))
    assert len(told(recipes(button("owner", "recipes:delete"), anybody))) == 1


def test_no_policy_lets_anybody():
    base = extended(graph(tables=(RECIPES,)), guards=(button("owner", "recipes:delete"),))
    assert told(base) == []


def test_a_trigger_asks():
    asking = guard(SQL, 30, ("role=owner",), layer=Layer.TRIGGER, symbol="f", before=("rpc f",))
    everyone = asks(DELETE, ("member(staff)",))
    triggers = (fired("f", "recipes", event="delete"),)
    assert told(recipes(button("owner", "recipes:delete"), everyone, asking, triggers=triggers)) == []


def test_a_screen_that_asks_for_no_role():
    signed_in = guard(FORM, 11, ("authenticated",), before=("recipes:delete",), soft=True)
    assert told(recipes(signed_in, asks(DELETE, ("member(staff)",)))) == []
    either = guard(FORM, 11, ("role=owner",), ("call(opened)",), before=("recipes:delete",), soft=True)
    assert told(recipes(either, asks(DELETE, ("member(staff)",)))) == []


@pytest.mark.parametrize(
    ("clause", "count"), [(("authenticated",), 1), ((), 1), (("owner(kitchen)",), 0), (("member(staff)",), 0)]
)
def test_a_screen_that_asks_for_the_owner_of_the_row(clause, count):
    own = guard(FORM, 11, ("owner(kitchen)",), before=("recipes:delete",), soft=True)
    found = told(recipes(own, asks(DELETE, clause)))
    assert ["asks for its owner" in item.message for item in found] == [True] * count


def test_a_flag_of_the_caller():
    flag = guard(FORM, 11, ("flag(is_admin)",), before=("recipes:delete",), soft=True)
    found = told(recipes(flag, asks(DELETE, ("member(staff)",))))
    assert ['asks for "is_admin"' in item.message for item in found] == [True]
    signed_in = guard(FORM, 11, ("flag(is_signed_in)",), before=("recipes:delete",), soft=True)
    assert told(recipes(signed_in, asks(DELETE, ("member(staff)",)))) == []


def refund(*guards, client="service", words=(), reachable=True):
    way = write(
        "orders",
        "refunded=true",
        operation="update",
        path=REFUND,
        line=12,
        layer=Layer.FUNCTION,
        client=client,
        entrance="function refund",
        reachable=reachable,
    )
    base = graph(tables=(table("orders", column("refunded"), security=True),), writes=(way,), words=words)
    return extended(base, guards=(button("manager", "function refund", line=6), *guards))


def asked(*clauses):
    return guard(REFUND, 7, *clauses, layer=Layer.FUNCTION, before=("function refund",))


def test_a_function_that_asks_for_a_sign_in_only():
    found = told(refund(asked(("authenticated",))))
    assert [places(item) for item in found] == [{(FORM, 6): "guards", (REFUND, 12): "unguarded"}]
    assert len(told(refund())) == 1


@pytest.mark.parametrize("clause", [("role=manager",), ("owner(shop)",), ("flag(allowed)",), ("opaque(x)",)])
def test_a_function_that_asks_for_something(clause):
    assert told(refund(asked(clause))) == []


def test_a_question_that_could_not_be_read():
    assert told(refund(asked())) == []


def test_the_function_speaks_of_the_role():
    looked_at = word("manager", "compares", REFUND, layer=Layer.FUNCTION, about="people.role")
    assert told(refund(words=(looked_at,))) == []


def test_the_function_writes_with_the_rights_of_its_caller():
    assert told(refund(client="anon")) == []


def test_a_routine_that_clients_may_not_call():
    assert told(refund(reachable=False)) == []
