"""AL302, by the function: what it asks of a row that row security lets clients change without being asked."""

from graphs import FUNCTION, column, domain, graph, judge, places, site, table, write
from guarded import asks, extended, owner, policy

from archlint.model.predicate import Compared, Words
from archlint.model.rule import Kind

LOANS = table("loans", column("state"), column("created_at", "timestamptz"), security=True)
GATE = site(
    Kind.GATE,
    "loans.state",
    Words(("open",)),
    FUNCTION,
    5,
    guard="→ lent",
    stored=False,
    symbol="lend",
    confidence=0.95,
)
WINDOW = site(
    Kind.WINDOW,
    "loans.created_at",
    Compared("created_at", ">=", "now", "-86400", "seconds"),
    FUNCTION,
    6,
    stored=False,
    symbol="lend",
)
MINE = policy("Owners change their loans", "loans", "update", using=owner("user_id", "loans"), line=30)


def changes(*guards, columns=("state",)):
    return write(
        "loans",
        *columns,
        operation="update",
        path=FUNCTION,
        line=9,
        guards=tuple(item.id for item in guards),
        entrance="function lend",
        client="service",
    )


def told(*sites, writes, policies=(MINE,)):
    knowledge = extended(
        graph(*sites, tables=(LOANS,), writes=writes),
        policies=policies,
        guards=tuple(asks(item, ("owner(user_id)",)) for item in policies),
    )
    return [item for item in judge(knowledge) if item.code == "AL302"]


def test_the_state_that_a_function_starts_from():
    (found,) = told(GATE, writes=(changes(GATE),))
    assert found.subject == "loans"
    assert found.message == (
        'loans: lend/index.ts changes a row only if state is "open"; '
        "the policy “Owners change their loans” lets clients change it directly, without that"
    )
    assert {(path, line): role for (path, line), role in places(found).items() if path == FUNCTION} == {
        (FUNCTION, 5): "guards",
        (FUNCTION, 9): "guarded",
    }
    assert ("bypasses", 30) in {(role, line) for (_, line), role in places(found).items()}


def test_all_that_is_asked_of_one_row_is_one_finding():
    (found,) = told(GATE, WINDOW, writes=(changes(GATE, WINDOW),))
    assert 'state is "open"' in found.message
    assert {(FUNCTION, 5), (FUNCTION, 6)} <= set(places(found))


def test_nobody_but_the_function_may_change_rows():
    assert told(GATE, writes=(changes(GATE),), policies=()) == []


def test_a_guard_of_another_write_is_not_asked_here():
    assert told(GATE, writes=(changes(),)) == []


def test_the_list_of_words_that_the_table_keeps_is_no_step():
    assert len(told(GATE, domain("open", "lent"), writes=(changes(GATE),))) == 1
