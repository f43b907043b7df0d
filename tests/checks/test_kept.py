"""AL304: columns that a trigger keeps in step with a guarded table."""

import msgspec
from graphs import SQL, column, graph, judge, places, table, write
from guarded import asks, extended, policy

from archlint.model.expression import Call, Ref
from archlint.model.schema import Trigger
from archlint.model.source import Layer, Span

CLUBS = table("clubs", column("id", "bigint"), column("plan", line=4), column("seen_at", "timestamptz"), security=True)
CONTRACTS = table("contracts", column("club_id", "bigint"), column("plan"), security=True)
WIDE = policy("chairs", "clubs", "update", line=12)
NARROW = policy("operators", "contracts", "all", line=15)
SIGNED = Trigger(
    name="copy",
    table="contracts",
    path=SQL,
    span=Span(30, 1, 30, 9),
    timing="after",
    events=("insert", "update"),
    function="copy_plan",
)


def told(wide=(("member(staff)", "role=chair"), ("role=operator",)), narrow=(("role=operator",),), **more):
    value = more.pop("value", Ref("new@1", ("plan",)))
    path = write(
        "clubs", "plan", operation="update", path=SQL, line=20, layer=Layer.TRIGGER, sources=(("plan", value),)
    )
    path = msgspec.structs.replace(path, symbol="copy_plan")
    base = graph(tables=(CLUBS, CONTRACTS), triggers=(SIGNED,), writes=(path,), **more)
    knowledge = extended(base, policies=(WIDE, NARROW), guards=(asks(WIDE, *wide), asks(NARROW, *narrow)))
    return [item for item in judge(knowledge) if item.code == "AL304" and "follows" in item.message]


def test_a_lesser_role_writes_the_copy():
    found = told()
    assert [places(item) for item in found] == [
        {(SQL, 12): "lets", (SQL, 4): "decides", (SQL, 20): "keeps", (SQL, 15): "guards"}
    ]
    assert "takes writes of operator only" in found[0].message


def test_everybody_of_the_row_writes_the_copy():
    assert "everybody whose row it is" in told(wide=(("owner(owner_id)",),))[0].message


def test_the_same_role_is_asked_for():
    assert told(wide=(("member(staff)", "role=operator"),)) == []


def test_an_alternative_that_could_not_be_read_proves_nothing():
    assert told(wide=(("opaque(hidden)", "role=chair"),)) == []


def test_a_source_that_others_write_too_is_no_guard():
    assert told(narrow=(("role=operator",), ("owner(visitor)",))) == []
    assert told(narrow=()) == []


def test_a_stamp_of_the_time_is_no_copy():
    assert told(value=Call("now", (), None)) == []
