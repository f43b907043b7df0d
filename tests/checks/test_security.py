"""AL501 and AL502: what stands between clients and tables."""

from graphs import FORM, SQL, column, graph, judge, only, places, table, write
from guarded import YES, asks, extended, owner, policy, read

from archlint.model.source import Layer

OPEN = table("visits", column("day", "date", 3))
LOCKED = table("visits", column("day", "date", 3), security=True)


def told(knowledge, floor=0.7):
    return [item.code for item in judge(knowledge, floor) if item.code in ("AL501", "AL502")]


def under(*policies, **more):
    return extended(graph(tables=(LOCKED,)), policies=policies, guards=tuple(asks(item) for item in policies), **more)


def test_the_browser_writes_a_table_without_row_security():
    found = only(graph(tables=(OPEN,), writes=(write("visits", "day", line=7, client="anon"),)), "AL501")
    assert places(found) == {(FORM, 7): "writes", (SQL, 1): "unprotected"}


def test_row_security_makes_it_a_matter_of_policies():
    assert told(graph(tables=(LOCKED,), writes=(write("visits", "day", client="anon"),))) == []


def test_only_the_server_writes_it():
    service = write("visits", "day", path="server/x.ts", layer=Layer.SERVICE, client="service")
    assert told(graph(tables=(OPEN,), writes=(service,))) == []


def test_a_table_that_no_file_creates():
    unknown = table("visits", column("day"), known=False)
    assert told(graph(tables=(unknown,), writes=(write("visits", "day", client="anon"),))) == []


def test_a_local_database_of_the_device():
    assert told(graph(tables=(OPEN,), writes=(write("visits", "day", client=""),))) == []


def test_the_browser_reads_a_table_without_row_security():
    assert told(extended(graph(tables=(OPEN,)), reads=(read("visits"),))) == ["AL502"]
    server = read("visits", "server/x.ts", client="service", layer=Layer.SERVICE)
    assert told(extended(graph(tables=(OPEN,)), reads=(server,))) == []


def test_a_policy_for_all_that_is_always_true():
    found = only(under(policy("all of it", "visits", "all", YES, YES, roles=(), line=11)), "AL502")
    assert places(found) == {(SQL, 11): "open"}
    assert "everybody may read and change any row" in found.message


def test_signed_in_people_may_change_any_row():
    assert told(under(policy("p", "visits", "update", YES, YES))) == ["AL502"]
    assert told(under(policy("p", "visits", "delete", YES))) == ["AL502"]


def test_closed_is_fine():
    assert told(under(), 0.0) == []


def test_that_everybody_reads_is_often_meant():
    assert told(under(policy("p", "visits", "select", YES, roles=())), 0.0) == []


def test_that_everybody_adds_is_a_candidate():
    adds = under(policy("p", "visits", "insert", check=YES, roles=("anon",)))
    assert told(adds) == []
    assert told(adds, 0.5) == ["AL502"]


def test_a_policy_for_the_service_that_forgot_to_name_it():
    adds = policy("service adds", "visits", "insert", check=YES, roles=())
    served = write("visits", "day", path="server/x.ts", layer=Layer.SERVICE, client="service")
    browser = write("visits", "day", client="anon")
    for writes, expected in (((served,), ["AL502"]), ((served, browser), []), ((), [])):
        base = graph(tables=(LOCKED,), writes=writes)
        assert told(extended(base, policies=(adds,), guards=(asks(adds, ()),))) == expected


def test_for_the_service_only():
    assert told(under(policy("p", "visits", "all", YES, roles=("service_role",))), 0.0) == []


def test_the_new_row_is_asked_for():
    assert told(under(policy("p", "visits", "update", YES, owner("person", "visits"))), 0.0) == []


def test_a_restrictive_policy_narrows_it():
    wide = policy("p", "visits", "update", YES, YES)
    narrow = policy("q", "visits", "update", owner("person", "visits"), permissive=False)
    assert told(under(wide, narrow), 0.0) == []


def test_a_policy_on_a_table_without_row_security_is_not_in_force():
    wide = policy("p", "visits", "all", YES, YES)
    assert told(extended(graph(tables=(OPEN,)), policies=(wide,), guards=(asks(wide),)), 0.0) == []
