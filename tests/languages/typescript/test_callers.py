"""Conditions about who is calling, and those that only mention a person."""

import pytest
from reading import facts, statements


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("!user", "current user()"),
        ("!session?.user", "current user()"),
        ("user.role !== 'admin'", 'not(("admin" != user@0.role))'),
        ("req.user.role !== 'admin'", 'not(("admin" != $caller.role))'),
        ("order.user_id !== user.id", "not((current user() != order@0.user_id))"),
        ("order.ownerId !== userId", "not((current user() != order@0.ownerId))"),
        ("!['admin', 'clerk'].includes(user.role)", '(user@0.role in ["admin", "clerk"])'),
        ("!hasRole('admin')", 'hasRole@0("admin")'),
        ("!can('update', order)", 'can@0("update", order@0)'),
        ("!isAdmin", "isAdmin@0"),
        ("!user.is_admin", "user@0.is_admin"),
        ("user.app_metadata?.tier !== 'gold'", 'not(("gold" != user@0.app_metadata.tier))'),
    ],
)
def test_a_refusal_of_the_caller_is_authorization(condition, wanted):
    text = f"function f(req) {{ if ({condition}) throw new Error('x') }}"
    assert statements(text, "require", "authorize") == [f"authorize | {wanted}"]


@pytest.mark.parametrize(
    "condition",
    [
        "order.status !== 'draft'",
        "order.type === 'admin'",
        "user.age < 18",
        "user.email !== order.email",
        "member.role !== 'owner'",
        "user.role !== 'admin' && order.amount > 5",
        "order.role !== 'x'",
        "!order",
        "order.user_id !== other.user_id",
        "order.app_metadata.tier !== 'gold'",
    ],
)
def test_a_refusal_of_data_is_none(condition):
    text = f"function f(order, other, member) {{ if ({condition}) throw new Error('x') }}"
    assert statements(text, "authorize") == []


def test_a_user_that_was_looked_up_by_another_key_is_data():
    text = """
        async function f(id) {
          const user = await prisma.user.findUnique({ where: { id } })
          if (user.role === 'owner') throw new Error('The owner stays')
        }
    """
    assert statements(text, "authorize") == []
    assert len(statements(text, "require")) == 1


def test_a_profile_that_was_looked_up_by_the_callers_id_is_the_caller():
    text = """
        async function f() {
          const { data: { user } } = await supabase.auth.getUser()
          const { data: row } = await supabase.from('profiles').select('role').eq('id', user.id).single()
          if (row.role !== 'admin') throw new Error('x')
        }
    """
    assert len(statements(text, "authorize")) == 1
    assert facts(text).accesses[0].where is not None


@pytest.mark.parametrize(
    "source",
    [
        "const { user } = useAuth()",
        "const user = await currentUser()",
        "const { user } = await getServerSession(authOptions)",
        "const { data: { user } } = await supabase.auth.getUser(token)",
        "const { data } = await supabase.auth.getUser(); const user = data.user",
        "const session = await auth(); const user = session.user",
    ],
)
def test_what_tells_the_caller_gives_its_id(source):
    text = f"async function f() {{ {source}; await supabase.from('orders').insert({{ owner: user.id }}) }}"
    (access,) = [item for item in facts(text).accesses if item.kind == "insert"]
    assert "current user" in str(access.payload)


def test_a_user_asked_for_by_an_id_is_not_the_caller():
    text = "const user = useUser(id); save({ owner: user.id })"
    assert "current user" not in str(facts(text).invocations)


@pytest.mark.parametrize(
    ("call", "wanted"),
    [
        ("await requireRole('admin')", '("admin" = current role())'),
        ("assertAdmin(user)", '("admin" = current role())'),
        ("await requireAuth(req)", "current user()"),
        ("await checkPermission('orders.delete')", 'checkPermission("orders.delete")'),
    ],
)
def test_a_demand_is_authorization(call, wanted):
    assert statements(f"async function f(req, user) {{ {call}; go() }}", "authorize") == [f"authorize | {wanted}"]


@pytest.mark.parametrize("call", ["requireField(form)", "ensureIndex(x)", "checkStock(order)", "assertEquals(a, b)"])
def test_a_demand_of_data_is_none(call):
    assert statements(f"function f() {{ {call}; go() }}", "authorize") == []


def test_a_component_that_shows_nothing_asks_softly():
    text = "function Panel() { const { user } = useUser(); if (user.role !== 'admin') return null; return 1 }"
    (found,) = [item for item in facts(text).statements if item.kind == "authorize"]
    assert (found.effect, found.strength) == ("hide", "soft")


def test_a_flag_that_was_taken_out_of_the_caller_is_still_its_flag():
    text = "function f() { const { isAdmin } = useAuth(); if (!isAdmin) throw new Error('x'); go() }"
    assert statements(text, "authorize") == ["authorize | $caller.isAdmin"]


def test_a_question_to_the_caller_may_have_a_name():
    text = "function f(user) { const refused = user.role !== 'admin'; if (refused) throw new Error('x'); go() }"
    assert len(statements(text, "authorize")) == 1
    data = "function f(order) { const refused = order.amount > 5; if (refused) throw new Error('x'); go() }"
    assert statements(data, "authorize") == []
