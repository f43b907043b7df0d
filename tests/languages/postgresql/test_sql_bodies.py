"""What routines and triggers demand, compute and do."""

import pytest
from telling import read, shown, statements

ROUTINE = "CREATE FUNCTION f(n int, s text) RETURNS jsonb LANGUAGE plpgsql AS $$ {} $$;"
TRIGGER = (
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ {} $$;"
    "CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();"
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("BEGIN IF n > 10 THEN RAISE EXCEPTION 'many'; END IF; END", ["require (not (n > 10))"]),
        (
            "BEGIN IF n IS NULL OR n <= 0 THEN RAISE EXCEPTION 'a'; ELSIF s = '' THEN RAISE EXCEPTION 'b'; END IF; END",
            ["require (not (is null(n)))", "require (not (n <= 0))", "require (not (s = ''))"],
        ),
        (
            "BEGIN IF s = 'vip' THEN IF n > 50 THEN RAISE EXCEPTION 'x'; END IF;"
            " ELSIF n > 5 THEN RAISE EXCEPTION 'y'; END IF; END",
            ["require (not (n > 50)) if s = 'vip'", "require (not (n > 5)) if not (s = 'vip')"],
        ),
        ("BEGIN IF n > 10 THEN RAISE NOTICE 'many'; END IF; END", []),
        ("BEGIN ASSERT n < 7, 'seven'; END", ["require (n < 7)"]),
        (
            "BEGIN CASE s WHEN 'a' THEN n := 1; WHEN 'b' THEN n := 2; ELSE RAISE EXCEPTION 'bad'; END CASE; END",
            ["require ((s = 'a') or (s = 'b'))"],
        ),
        (
            "BEGIN IF n > 5 THEN RETURN jsonb_build_object('success', false, 'error', 'no'); END IF; RETURN '{}'; END",
            ["require (not (n > 5))"],
        ),
        (
            "BEGIN IF auth.uid() IS NULL THEN RAISE EXCEPTION 'a'; END IF;"
            " IF NOT is_admin() THEN RAISE EXCEPTION 'b'; END IF; END",
            ["authorize (not (is null(current user())))", "authorize (is_admin())"],
        ),
        (
            "BEGIN IF NOT EXISTS (SELECT 1 FROM members WHERE user_id = auth.uid())"
            " THEN RAISE EXCEPTION 'a'; END IF; END",
            ["authorize (exists(row0))"],
        ),
        (
            "BEGIN UPDATE orders SET status = 'paid' WHERE id = n AND status = 'open';"
            " IF NOT FOUND THEN RAISE EXCEPTION 'gone'; END IF; END",
            ["require (exists(row0))"],
        ),
        (
            "BEGIN UPDATE orders SET total = price * (1 - COALESCE(discount, 0.1)) WHERE id = n; END",
            [
                "default orders.discount = 0.1",
                "derive orders.total = orders.price * (1 - coalesce(orders.discount, 0.1))",
            ],
        ),
        # A booking moves an amount; it does not say what a balance is.
        ("BEGIN UPDATE wallets SET balance = balance - n; UPDATE wallets w SET balance = w.balance + n; END", []),
    ],
)
def test_what_a_routine_states(body: str, expected: list[str]):
    assert statements(ROUTINE.format(body)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "BEGIN IF NEW.total > 9 AND NEW.kind = 'x' THEN RAISE EXCEPTION 'big'; END IF; RETURN NEW; END",
            ["require (not ((new.total > 9) and (new.kind = 'x')))"],
        ),
        ("BEGIN IF NEW.x > 3 THEN RETURN NULL; END IF; RETURN NEW; END", ["require (not (new.x > 3))"]),
        (
            "BEGIN IF TG_OP = 'UPDATE' AND NEW.owner IS DISTINCT FROM OLD.owner THEN RAISE EXCEPTION 'o'; END IF;"
            " NEW.id := OLD.id; RETURN NEW; END",
            ["immutable new.id", "immutable new.owner"],
        ),
        (
            "BEGIN IF OLD.status = 'done' AND NEW.status <> OLD.status THEN RAISE EXCEPTION 'd'; END IF;"
            " RETURN NEW; END",
            ["immutable new.status (old.status = 'done')"],
        ),
        (
            "BEGIN NEW.price := LEAST(GREATEST(NEW.price, 1), 100); NEW.status := COALESCE(NEW.status, 'draft');"
            " NEW.kind := CASE WHEN NEW.total >= 1000 THEN 'gold' ELSE 'none' END; RETURN NEW; END",
            [
                "clamp new.price ((new.price <= 100) and (new.price >= 1))",
                "default new.status = 'draft'",
                "classify new.kind new.total >= 1000 -> 'gold' true -> 'none'",
            ],
        ),
        ("BEGIN NEW.total := NEW.qty * NEW.price; RETURN NEW; END", ["derive new.total = new.qty * new.price"]),
        (
            "BEGIN SELECT sum(qty * price) INTO NEW.total FROM lines WHERE order_id = NEW.id; RETURN NEW; END",
            ["derive new.total = sum(row0.qty * row0.price)"],
        ),
        ("BEGIN NEW.stock := OLD.stock - NEW.taken; RETURN NEW; END", []),
        (
            "BEGIN IF EXISTS (SELECT 1 FROM t WHERE t.code = NEW.code AND t.id <> NEW.id)"
            " THEN RAISE EXCEPTION 'd'; END IF;"
            " RETURN NEW; END",
            ["require (not (exists(row0)))"],
        ),
    ],
)
def test_what_a_trigger_states(body: str, expected: list[str]):
    assert statements(TRIGGER.format(body)) == expected


@pytest.mark.parametrize(
    "body",
    [
        "BEGIN IF NOT ((OLD.s = 'a' AND NEW.s = 'b') OR (OLD.s = 'b' AND NEW.s = 'c'))"
        " THEN RAISE EXCEPTION 'x'; END IF; END",
        "BEGIN IF (OLD.s, NEW.s) NOT IN (('a', 'b'), ('b', 'c')) THEN RAISE EXCEPTION 'x'; END IF; END",
        "BEGIN IF OLD.s = 'a' AND NEW.s = 'b' THEN RETURN NEW; END IF;"
        " IF OLD.s = 'b' AND NEW.s = 'c' THEN RETURN NEW; END IF; RAISE EXCEPTION 'x'; END",
        'DECLARE allowed jsonb := \'{"a": ["b"], "b": ["c"]}\';'
        " BEGIN IF NOT (allowed -> OLD.s ? NEW.s) THEN RAISE EXCEPTION 'x'; END IF; RETURN NEW; END",
    ],
)
def test_steps_in_any_notation(body: str):
    assert statements(TRIGGER.format(body), "transition") == ["transition new.s a>b b>c"]


def test_steps_that_a_case_lists():
    body = """BEGIN CASE OLD.s WHEN 'a' THEN IF NEW.s NOT IN ('b') THEN RAISE EXCEPTION 'x'; END IF;
        WHEN 'b' THEN IF NEW.s NOT IN ('c', 'a') THEN RAISE EXCEPTION 'x'; END IF;
        ELSE RAISE EXCEPTION 'end'; END CASE; RETURN NEW; END"""
    assert statements(TRIGGER.format(body), "transition") == ["transition new.s a>b b>a b>c"]


def test_steps_that_are_listed_for_some_states_leave_the_others_open():
    body = """BEGIN IF OLD.s = 'a' AND NEW.s NOT IN ('b') THEN RAISE EXCEPTION 'x'; END IF;
        IF OLD.s = 'b' AND NEW.s NOT IN ('c', 'a') THEN RAISE EXCEPTION 'x'; END IF;
        IF OLD.s = 'c' THEN RAISE EXCEPTION 'end'; END IF; RETURN NEW; END"""
    found = [item for item in statements(TRIGGER.format(body)) if item.startswith("transition")]
    assert found == ["transition new.s a>b b>a b>c …>a …>b …>c …>…"]


def test_one_state_of_which_it_is_said_where_it_leads_makes_no_list():
    body = "BEGIN IF OLD.s = 'a' AND NEW.s <> 'b' THEN RAISE EXCEPTION 'x'; END IF; RETURN NEW; END"
    assert statements(TRIGGER.format(body), "transition") == []


def test_steps_that_are_only_partly_limited_are_no_list():
    body = "BEGIN IF OLD.s = 'done' AND NEW.s = 'open' THEN RAISE EXCEPTION 'x'; END IF; RETURN NEW; END"
    assert statements(TRIGGER.format(body), "transition") == []


def test_accesses_know_their_rows_guards_and_rights():
    facts = read(
        ROUTINE.format(
            "DECLARE cnt int; BEGIN SELECT count(*) INTO cnt FROM bids b WHERE b.owner = auth.uid();"
            " IF n > 3 THEN INSERT INTO bids (amount, kind) VALUES (n, 'late'); END IF;"
            " DELETE FROM bids WHERE id = n; END"
        ).replace("AS $$", "SECURITY DEFINER AS $$")
    )
    count, insert, delete = facts.accesses
    assert (count.kind, count.target, count.aggregate, count.client) == ("select", "bids", "count", "definer")
    assert count.where is not None and shown(count.where) == "$row.owner = current user()"
    assert insert.payload is not None and shown(insert.payload) == "{amount: n, kind: 'late'}"
    assert [shown(guard) for guard in insert.guards] == ["n > 3"]
    assert (delete.kind, delete.guards) == ("delete", ())


def test_dynamic_sql_is_told():
    (problem,) = read(ROUTINE.format("BEGIN EXECUTE format('DELETE FROM %I', s); END")).problems
    assert "dynamic SQL" in problem.reason


def test_messages_are_kept():
    facts = read(
        ROUTINE.format(
            "BEGIN IF n > 1 THEN RAISE EXCEPTION 'too many: %', n; END IF;"
            " IF n < 0 THEN RAISE EXCEPTION USING MESSAGE = 'too few'; END IF; END"
        )
    )
    assert [item.message for item in facts.statements] == ["too many: %", "too few"]


def test_a_quoted_body_is_read_like_a_dollar_quoted_one():
    sql = "CREATE FUNCTION f(n int) RETURNS int LANGUAGE plpgsql AS 'BEGIN IF n > 3 THEN RAISE ''no''; END IF; END';"
    assert statements(sql) == ["require (not (n > 3))"]
