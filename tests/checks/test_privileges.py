"""AL304: what owners may write into their own row."""

import pytest
from graphs import FORM, SERVICE, SQL, bound, column, domain, formula, graph, judge, places, site, table, word, write
from guarded import asks, extended, fired, guard, owner, pinned, policy

from archlint.model.expression import Items, Operation, Ref, Text
from archlint.model.finding import Severity
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


def test_all_that_look_at_the_role_are_named_and_many_are_counted_too():
    screen = guard(FORM, 5, ("role=admin",), soft=True, decided=("members.role",))
    asking = [
        guard(f"server/{number}.ts", number, ("role=admin",), layer=Layer.SERVICE, decided=("members.role",))
        for number in range(1, 15)
    ]
    (found,) = told(members(guards=(OWNERS, ADMINS, *asking, screen)))
    read = [place for place in found.places if place.role == "reads"]
    assert len(read) == 16
    assert {place.layer for place in read} == {Layer.POLICY, Layer.SERVICE, Layer.FRONTEND}
    assert found.message.endswith("15 more places rely on it")
    (few,) = told(members(guards=(OWNERS, ADMINS, *asking[:2], screen)))
    assert {place.path for place in few.places if place.role == "reads"} == {SQL, FORM, "server/1.ts", "server/2.ts"}
    assert "more places" not in few.message


STATE = (column("id", "uuid", 2), column("state", line=5))
OPEN = Operation("=", (Ref("table:members", ("state",)), Text("approved")))
PENDING = write("members", "state=pending", path=SERVICE, line=30)


def shown(using=OPEN, writes=(PENDING,), words=(), columns=STATE, own=OWN):
    visible = policy("approved are shown", "members", "select", using=using, line=18)
    base = graph(tables=(table("members", *columns, security=True),), writes=writes, words=words)
    return extended(base, policies=(own, visible), guards=(asks(own, ("owner(id)",)),))


def test_the_column_that_decides_whether_others_see_the_row():
    tested = word("approved", "filters", SQL, 40, about="members.state", layer=Layer.TRIGGER)
    (found,) = told(shown(words=(tested,)))
    assert places(found) == {
        (SQL, 16): "lets",
        (SQL, 5): "decides",
        (SQL, 18): "reads",
        (SERVICE, 30): "pins",
        (SQL, 40): "reads",
    }
    assert found.severity is Severity.WARNING
    assert 'state must be "approved" for others to see the row, and server/lend.ts:30 writes "pending"' in found.message


@pytest.mark.parametrize(
    "using",
    [
        Operation("or", (owner("id"), OPEN)),
        Operation("and", (OPEN, Operation("is null", (Ref("table:members", ("left_at",)),)))),
        Operation("in", (Ref("$row", ("state",)), Items((Text("approved"),)))),
    ],
)
def test_ways_to_show_a_row(using):
    assert len(told(shown(using))) == 1


@pytest.mark.parametrize(
    "using",
    [
        None,
        owner("id"),
        Operation("and", (owner("id"), OPEN)),
        Operation("!=", (Ref("table:members", ("state",)), Text("hidden"))),
        Operation("=", (Ref("table:clubs", ("state",)), Text("approved"))),
    ],
)
def test_ways_not_to_show_a_row_to_others(using):
    assert told(shown(using), 0.0) == []


@pytest.mark.parametrize(
    "writes",
    [
        (),
        (write("members", "state=approved", path=SERVICE),),
        (write("members", "state", path=SERVICE),),
        (write("members", "state=pending", path=SQL),),
        (PENDING, write("members", "state=approved")),
        (PENDING, write("members", "state", operation="update")),
    ],
)
def test_a_state_that_nobody_pins_or_that_owners_are_offered(writes):
    assert told(shown(writes=writes), 0.0) == []


def test_a_pinned_state_stays():
    own = policy("edit own", "members", "update", using=owner("id"), check=pinned("state", word="pending"))
    assert told(shown(own=own), 0.0) == []


BALANCE = (column("owner_id", "uuid"), column("balances", "integer", line=6))
SELLERS = policy("sellers edit", "purses", "update", using=owner("owner_id", "purses"), line=22)


def purse(decided="members.role", own=OWN, guards=(OWNERS,), balance=True):
    spent = formula(Operation("-", (Ref("balance"), Ref("amount"))), SERVICE, 12, "purses.balances", stored=False)
    base = graph(
        *((spent,) if balance else ()),
        tables=(MEMBERS, table("purses", *BALANCE, known=False)),
    )
    sellers = asks(SELLERS, ("owner(owner_id)", "role=seller"), decided=(decided,) if decided else ())
    return extended(base, policies=(own, SELLERS), guards=(*guards, sellers))


def test_a_role_that_everybody_can_give_themselves_keeps_nobody_out():
    found = told(purse())
    assert sorted(item.subject for item in found) == ["members.role", "purses.balances"]
    (money,) = (item for item in found if item.subject == "purses.balances")
    assert places(money) == {(SQL, 22): "lets", (SQL, 6): "decides", (SERVICE, 12): "reads"}
    assert "(the role it asks for is theirs to choose: members.role)" in money.message


def test_a_role_that_is_not_free_keeps_others_out():
    kept = policy("edit own", "members", "update", using=owner("id"), check=pinned("role"))
    for knowledge in (
        purse(own=kept, guards=(asks(kept, ("owner(id)",)),)),
        purse(decided=""),
        purse(decided="clubs.role"),
        purse(balance=False),
    ):
        assert [item.subject for item in told(knowledge) if item.subject.startswith("purses")] == []
