"""AL304: what owners may write into their own row."""

import pytest
from graphs import SQL, bound, column, domain, graph, judge, places, site, table, write
from guarded import asks, extended, fired, guard, owner, pinned, policy

from archlint.model.expression import Text
from archlint.model.predicate import Anything
from archlint.model.rule import Kind
from archlint.model.source import Layer

COLUMNS = (column("id", "uuid", 2), column("nickname", line=3), column("role", line=4))
MEMBERS = table("members", *COLUMNS, security=True)
OWN = policy("edit own", "members", "update", using=owner("id"), check=owner("id"), line=16)
OWNERS = asks(OWN, ("owner(id)",))
ADMINS = guard(
    SQL,
    9,
    ("role=admin",),
    layer=Layer.POLICY,
    symbol="admins remove",
    source="policy",
    before=("threads:delete",),
    decided=("members.role",),
)


def told(knowledge, floor=0.7):
    return [item for item in judge(knowledge, floor) if item.code == "AL304"]


def members(*sites, columns=COLUMNS, own=OWN, guards=(OWNERS, ADMINS), triggers=(), writes=(), **more):
    base = graph(
        *sites,
        tables=(table("members", *columns, security=True, **more),),
        triggers=triggers,
        writes=writes,
    )
    return extended(base, policies=(own,), guards=guards)


def test_the_role_that_a_policy_looks_at():
    found = told(members())
    assert [places(item) for item in found] == [{(SQL, 16): "lets", (SQL, 4): "decides", (SQL, 9): "reads"}]
    assert found[0].confidence > 0.9
    assert found[0].subject == "members.role"


def test_the_column_of_another_name_that_a_guard_looks_at():
    columns = (column("id", "uuid"), column("funktion"))
    decided = guard("server/x.ts", 3, ("role=chef",), layer=Layer.SERVICE, decided=("members.funktion",))
    assert len(told(members(columns=columns, guards=(OWNERS, decided)))) == 1
    hidden = guard("src/x.tsx", 3, ("role=chef",), soft=True, decided=("members.funktion",))
    assert told(members(columns=columns, guards=(OWNERS, hidden))) == []


def test_a_policy_without_with_check_uses_its_condition():
    own = policy("edit own", "members", "update", using=owner("id"))
    assert len(told(members(own=own, guards=(asks(own, ("owner(id)",)), ADMINS)))) == 1


def test_the_new_row_is_pinned():
    own = policy("edit own", "members", "update", using=owner("id"), check=pinned("role"))
    assert told(members(own=own, guards=(asks(own, ("owner(id)",)), ADMINS))) == []


def test_a_trigger_keeps_the_role():
    frozen = site(Kind.IMMUTABILITY, "members.role", Anything(), SQL, 30, layer=Layer.TRIGGER, symbol="freeze")
    assert told(members(frozen, triggers=(fired("freeze", "members"),))) == []
    assert len(told(members(frozen, triggers=(fired("other", "members"),)))) == 1
    assert told(members(triggers=(fired("freeze", "members", "role"),))) == []
    asking = guard(SQL, 31, ("role=admin",), layer=Layer.TRIGGER, symbol="freeze", text="new.role <> old.role")
    assert told(members(guards=(OWNERS, ADMINS, asking), triggers=(fired("freeze", "members"),))) == []


@pytest.mark.parametrize(
    ("grants", "count"),
    [
        ((("authenticated", "", ("-update",)), ("authenticated", "nickname", ("update",))), 0),
        ((("authenticated", "nickname", ("update",)),), 0),
        ((("authenticated", "role", ("-update",)),), 0),
        ((("authenticated", "", ("-update",)), ("authenticated", "role", ("update",))), 1),
        ((("authenticated", "", ("update",)),), 1),
        ((("service_role", "", ("-update",)),), 1),
        ((("anon", "", ("-select",)),), 1),
    ],
)
def test_rights_on_columns(grants, count):
    assert len(told(members(grants=grants))) == count


def test_not_every_owner():
    admins_only = asks(OWN, ("owner(id)", "role=admin"))
    assert told(members(guards=(admins_only, ADMINS))) == []
    unread = asks(OWN)
    assert told(members(guards=(unread, ADMINS))) == []


def test_without_row_security_policies_mean_nothing():
    base = graph(tables=(table("members", *COLUMNS),))
    assert told(extended(base, policies=(OWN,), guards=(OWNERS, ADMINS))) == []


def test_a_table_that_is_declared_elsewhere_needs_a_guard_that_looks_at_it():
    elsewhere = graph(tables=(table("members", column("id"), known=False),))
    assert len(told(extended(elsewhere, policies=(OWN,), guards=(OWNERS, ADMINS)))) == 1
    assert told(extended(elsewhere, policies=(OWN,), guards=(OWNERS,))) == []


def test_a_name_needs_something_beside_it():
    plain = members(guards=(OWNERS,))
    assert told(plain) == []
    assert len(told(plain, 0.5)) == 1
    listed = domain("member", "admin", about="members.role")
    assert len(told(members(listed, guards=(OWNERS,)))) == 1
    offered = (write("members", "role", operation="update"),)
    assert told(members(listed, guards=(OWNERS,), writes=offered)) == []


def test_a_balance_that_a_function_relies_on():
    columns = (column("id"), column("balance", "integer"))
    relied = bound("0", about="members.balance", layer=Layer.TRIGGER, symbol="pay", stored=False)
    found = told(members(relied, columns=columns, guards=(OWNERS,)))
    assert [item.subject for item in found] == ["members.balance"]


def test_when_something_was_approved_is_no_approval():
    default = Text("x")
    columns = (column("id"), column("verified_at", "timestamptz", default=default))
    assert told(members(columns=columns, guards=(OWNERS,)), 0.0) == []
    flag = (column("id"), column("is_verified", "boolean", default=default))
    assert len(told(members(columns=flag, guards=(OWNERS,)))) == 1
