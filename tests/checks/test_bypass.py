"""AL302: rules that hold on one way to the data only."""

import msgspec
import pytest
from graphs import (
    FORM,
    FUNCTION,
    SERVICE,
    SQL,
    bound,
    column,
    formula,
    graph,
    judge,
    places,
    steps,
    table,
    trigger,
    write,
)
from guarded import LATER, YES, asks, extended, owner, pinned, policy

from archlint.model.expression import Operation, Ref
from archlint.model.graph import Edge
from archlint.model.source import Layer

AMOUNT = table("loans", column("amount", "numeric", 4), column("note"), column("state"), security=True)
OTHER = "supabase/functions/correct/index.ts"


def told(knowledge, floor=0.7):
    return [item for item in judge(knowledge, floor) if item.code == "AL302"]


def by(path, site=None, *columns, line=9, entrance="function lend", given=("amount",), **more):
    """A write behind a function, guarded by a site where one is given."""
    return write(
        "loans",
        *(columns or ("amount",)),
        path=path,
        line=line,
        entrance=entrance,
        layer=more.pop("layer", Layer.FUNCTION),
        guards=(site.id,) if site else (),
        given=given,
        client="service",
        **more,
    )


def test_two_functions_of_which_one_asks():
    limit = bound(high="10", path=FUNCTION, line=6)
    ways = (by(FUNCTION, limit), by(OTHER, line=5, entrance="function correct", operation="update"))
    found = told(graph(limit, tables=(AMOUNT,), writes=ways))
    assert [places(item) for item in found] == [
        {(FUNCTION, 6): "guards", (OTHER, 5): "bypasses", (FUNCTION, 9): "guarded"}
    ]
    assert "correct/index.ts:5) writes it without asking" in found[0].message


def test_two_overloads_of_a_routine():
    limit = bound(high="6", line=13, layer=Layer.TRIGGER, symbol="book", library="routine")
    routine = {"layer": Layer.TRIGGER}
    ways = (
        by(SQL, limit, entrance="rpc book(integer)", **routine),
        by(LATER, line=4, entrance="rpc book(integer, text)", **routine),
    )
    found = told(graph(limit, tables=(AMOUNT,), writes=ways))
    assert len(found) == 1
    assert "the routine book(integer, text)" in found[0].message


def test_a_routine_that_only_a_server_calls_may_be_guarded_there():
    limit = bound(high="6", path=FUNCTION)
    ways = (by(FUNCTION, limit), by(LATER, entrance="rpc book(integer)", layer=Layer.TRIGGER))
    base = graph(limit, tables=(AMOUNT,), writes=ways)
    for caller, layer, count in ((SERVICE, Layer.SERVICE, 0), (FORM, Layer.FRONTEND, 1)):
        edges = (Edge(f"{caller}:save", "calls", "routine:book"),)
        assert len(told(msgspec.structs.replace(base, edges=edges, layers={caller: layer}))) == count


def test_both_ask():
    here, there = bound(high="10", path=FUNCTION), bound(high="10", path=OTHER, layer=Layer.FUNCTION)
    ways = (by(FUNCTION, here), by(OTHER, there, entrance="function correct"))
    assert told(graph(here, there, tables=(AMOUNT,), writes=ways)) == []


def test_a_check_or_a_trigger_holds_for_all_ways():
    limit = bound(high="10", path=FUNCTION)
    ways = (by(FUNCTION, limit), by(OTHER, entrance="function correct"))
    assert told(graph(limit, bound(high="10"), tables=(AMOUNT,), writes=ways)) == []
    fired = bound(high="10", layer=Layer.TRIGGER, symbol="f", library="trigger")
    triggers = (trigger("loans"),)
    assert told(graph(limit, fired, tables=(AMOUNT,), triggers=triggers, writes=ways)) == []


def test_a_routine_that_no_trigger_runs_holds_for_none():
    limit = bound(high="10", path=FUNCTION)
    uncalled = bound(high="10", layer=Layer.TRIGGER, symbol="g", library="routine")
    ways = (by(FUNCTION, limit), by(OTHER, entrance="function correct"))
    assert len(told(graph(limit, uncalled, tables=(AMOUNT,), writes=ways))) == 1


def test_the_other_way_writes_another_column():
    limit = bound(high="10", path=FUNCTION)
    ways = (by(FUNCTION, limit), by(OTHER, None, "note", entrance="function note", given=("note",)))
    assert told(graph(limit, tables=(AMOUNT,), writes=ways)) == []


def test_the_other_way_writes_what_is_admitted():
    limit = bound(high="10", path=FUNCTION)
    ways = (by(FUNCTION, limit), by(OTHER, None, "amount=5", entrance="function reset", given=()))
    assert told(graph(limit, tables=(AMOUNT,), writes=ways)) == []


def test_the_other_way_computes_the_value_itself():
    limit = bound(high="10", path=FUNCTION)
    ways = (by(FUNCTION, limit), by(OTHER, entrance="function sum", given=()))
    assert told(graph(limit, tables=(AMOUNT,), writes=ways)) == []


def test_the_other_way_is_a_script_or_closed():
    limit = bound(high="10", path=FUNCTION)
    ways = (by(FUNCTION, limit), by(OTHER, entrance=""))
    assert told(graph(limit, tables=(AMOUNT,), writes=ways)) == []
    ways = (by(FUNCTION, limit), by(OTHER, entrance="rpc x()", reachable=False))
    assert told(graph(limit, tables=(AMOUNT,), writes=ways)) == []


def test_a_flow_that_one_route_checks():
    flow = steps(("open", "lent"), ("lent", "back"), path=SERVICE, line=3)
    ways = (
        by(SERVICE, flow, "state", operation="update", entrance="PATCH /loans/:id", given=("state",)),
        by(OTHER, None, "state", operation="update", entrance="POST /desk/:id", given=("state",)),
    )
    assert len(told(graph(flow, tables=(AMOUNT,), writes=ways))) == 1
    first_state = by(OTHER, None, "state", operation="insert", entrance="POST /loans", given=("state",))
    assert told(graph(flow, tables=(AMOUNT,), writes=(ways[0], first_state))) == []
    fixed = by(OTHER, None, "state=back", operation="update", entrance="POST /back", given=())
    assert told(graph(flow, tables=(AMOUNT,), writes=(ways[0], fixed))) == []


def test_the_browser_writes_the_column_beside_the_function():
    limit = bound(high="10", path=FUNCTION, line=6)
    direct = write("loans", "amount", path=FORM, line=3, given=("amount",), client="anon")
    base = graph(limit, tables=(AMOUNT,), writes=(by(FUNCTION, limit), direct))
    assert told(base) == [], "no policy lets anybody in"
    own = policy("own", "loans", "insert", check=owner("owner", "loans"))
    found = told(extended(base, policies=(own,), guards=(asks(own, ("owner(owner)",)),)))
    assert [(FORM, 3) in places(item) for item in found] == [True]


def test_a_policy_opens_the_table_beside_the_function():
    limit = bound(high="10", path=FUNCTION, line=6)
    base = graph(limit, tables=(AMOUNT,), writes=(by(FUNCTION, limit),))
    own = policy("own", "loans", "insert", check=owner("owner", "loans"), line=12)
    found = told(extended(base, policies=(own,), guards=(asks(own, ("owner(owner)",)),)))
    assert [places(item)[SQL, 12] for item in found] == ["bypasses"]
    admins = asks(own, ("role=admin",))
    assert told(extended(base, policies=(own,), guards=(admins,))) == []
    fixed = policy("own", "loans", "insert", check=pinned("amount", "loans", "5"))
    assert told(extended(base, policies=(fixed,), guards=(asks(fixed, ("owner(owner)",)),))) == []
    machine = policy("all", "loans", "all", using=YES, roles=("service_role",))
    assert told(extended(base, policies=(machine,), guards=(asks(machine, ()),))) == []


def test_a_column_that_no_migration_has_is_not_said_to_be_writable():
    limit = bound(high="10", path=FUNCTION, line=6, about="loans.sum")
    base = graph(limit, tables=(AMOUNT,), writes=(by(FUNCTION, limit, "sum"),))
    own = policy("own", "loans", "insert", check=owner("owner", "loans"), line=12)
    (found,) = told(extended(base, policies=(own,), guards=(asks(own, ("owner(owner)",)),)))
    assert found.message.endswith("lets clients write the table directly, without it (no migration has sum)")


@pytest.mark.parametrize(("effect", "count"), [("reject", 1), ("assign", 0)])
def test_a_total_that_a_function_holds_to_its_computation(effect, count):
    total = formula(
        Operation("*", (Ref("price"), Ref("units"))), FUNCTION, 6, about="loans.amount", effect=effect, stored=False
    )
    base = graph(total, tables=(AMOUNT,), writes=(by(FUNCTION, total),))
    own = policy("own", "loans", "insert", check=owner("owner", "loans"), line=12)
    found = told(extended(base, policies=(own,), guards=(asks(own, ("owner(owner)",)),)))
    assert [(places(item)[FUNCTION, 6], places(item)[SQL, 12]) for item in found] == [("guards", "bypasses")] * count


def test_that_an_amount_is_not_negative_keeps_nonsense_out_only():
    for limit, count in ((bound("0", path=FUNCTION), 0), (bound("0", path=FUNCTION, is_open=True), 1)):
        ways = (by(FUNCTION, limit), by(OTHER, line=5, entrance="function correct", operation="update"))
        assert len(told(graph(limit, tables=(AMOUNT,), writes=ways), 0.0)) == count
