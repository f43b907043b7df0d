"""What tables, types, views, policies and rows state."""

import pytest
from telling import read, shown, statements


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "CREATE TABLE t (a int NOT NULL DEFAULT 3 CHECK (a > 0 AND a <= 10));",
            ["require (not (is null(t.a)))", "default t.a = 3", "require (t.a > 0)", "require (t.a <= 10)"],
        ),
        (
            "CREATE TABLE t (a varchar(80), b numeric(8,2), c text UNIQUE, d int GENERATED ALWAYS AS (b * 2) STORED);",
            ["require (length(t.a) <= 80)", "unique t.c", "derive t.d = t.b * 2"],
        ),
        (
            "CREATE TABLE t (s text CHECK (s IN ('a', 'b')), u text CHECK (u = ANY (ARRAY['a'::text, 'b'::text])));",
            ["require (t.s in ['a', 'b'])", "require (t.u in ['a', 'b'])"],
        ),
        (
            "CREATE TABLE t (a date, b date, CHECK (a < b), CHECK (a IS NULL OR b IS NOT NULL));",
            ["require (t.a < t.b)", "require (is null(t.a) or not (is null(t.b)))"],
        ),
        (
            "CREATE TABLE t (b date CHECK (b <= now() + interval '14 days'));",
            ["require (t.b <= (now() + 0 months 1209600 s))"],
        ),
        (
            "CREATE TABLE t (c text CHECK (c ~ '^[A-Z]+$'), d text CHECK (d !~* 'x'), e text CHECK (e LIKE 'a%'));",
            [
                "require (t.c matches /^[A-Z]+$/)",
                "require (not (t.d matches /x/i))",
                "require (t.e matches /a%/ whole)",
            ],
        ),
        (
            "CREATE TABLE t (f text CHECK (f SIMILAR TO 'A_%.'), g text CHECK (regexp_like(g, '^a')));",
            [r"require (t.f matches /A..*\./ whole)", "require (t.g matches /^a/)"],
        ),
        (
            "CREATE TABLE t (c text CHECK (char_length(trim(c)) BETWEEN 3 AND 50),"
            " d text[] CHECK (cardinality(d) < 6));",
            ["require ((length(trim(t.c)) >= 3) and (length(trim(t.c)) <= 50))", "require (length(t.d) < 6)"],
        ),
        (
            "CREATE TABLE t (k text, n int, CHECK (CASE WHEN k = 'z' THEN n > 10 ELSE true END));",
            ["require (case(t.k = 'z', t.n > 10, true))"],
        ),
        (
            "CREATE TABLE t (room int, span tsrange, EXCLUDE (room WITH =));",
            ["unique t.room"],
        ),
        (
            "CREATE UNIQUE INDEX ON t (lower(email), org) WHERE deleted_at IS NULL;",
            ["unique (is null(t.deleted_at)) lower(t.email), t.org"],
        ),
        (
            "ALTER TABLE t ALTER a SET NOT NULL, ALTER b SET DEFAULT 'x', ADD CHECK (c < 3), ALTER d TYPE varchar(9);",
            ["require (not (is null(t.a)))", "default t.b = 'x'", "require (t.c < 3)", "require (length(t.d) <= 9)"],
        ),
        (
            "CREATE DOMAIN pct AS numeric NOT NULL DEFAULT 5 CHECK (VALUE >= 0 AND VALUE <= 100);",
            [
                "require (not (is null($value)))",
                "default $value = 5",
                "require ($value >= 0)",
                "require ($value <= 100)",
            ],
        ),
        ("ALTER DOMAIN pct SET DEFAULT 7;", ["default $value = 7"]),
        ("CREATE TYPE mood AS ENUM ('calm', 'it''s');", ["""values type:mood (['calm', "it's"])"""]),
        (
            "CREATE VIEW v AS SELECT CASE WHEN o.n > 9 THEN 'big' ELSE 'small' END AS size, COALESCE(o.p, 5) AS p,"
            " o.n * 2 AS twice FROM orders o;",
            [
                "classify v.size orders.n > 9 -> 'big' true -> 'small'",
                "default orders.p = 5",
                "derive v.twice = orders.n * 2",
            ],
        ),
        (
            "CREATE POLICY p ON notes FOR UPDATE USING (status = 'draft' AND owner = auth.uid())"
            " WITH CHECK (status IN ('draft', 'sent'));",
            [
                "require (notes.status = 'draft')",
                "authorize (notes.owner = current user())",
                "require (notes.status in ['draft', 'sent'])",
            ],
        ),
        (
            "CREATE POLICY p ON notes USING (EXISTS (SELECT 1 FROM members m WHERE m.org = notes.org"
            " AND m.user_id = (SELECT auth.uid())));",
            ["authorize (exists(row0))"],
        ),
        (
            "CREATE POLICY p ON notes FOR DELETE USING ((auth.jwt() -> 'app_metadata' ->> 'role') = 'admin');",
            ["authorize (current role('app_metadata', 'role') = 'admin')"],
        ),
        (
            "INSERT INTO storage.buckets (id, name, file_size_limit, allowed_mime_types)"
            " VALUES ('a', 'a', 5 * 1024, '{image/png}'), ('b', 'b', NULL, NULL);",
            ["require (size(bucket:a) <= (5 * 1024))", "values bucket:a.type (['image/png'])"],
        ),
        (
            "UPDATE storage.buckets SET file_size_limit = 900 WHERE id = 'a'; UPDATE t SET a = 3 WHERE id = 'a';",
            ["require (size(bucket:a) <= 900)"],
        ),
    ],
)
def test_what_a_declaration_states(sql: str, expected: list[str]):
    assert statements(sql) == expected
    assert read(sql).problems == ()


def test_a_policy_denies_what_is_there_and_rejects_what_comes():
    facts = read("CREATE POLICY p ON t FOR UPDATE TO anon USING (a > 1) WITH CHECK (b > 2);")
    assert [(item.effect, item.operation, item.source) for item in facts.statements] == [
        ("deny", "update", "policy"),
        ("reject", "update", "policy"),
    ]
    (change,) = facts.changes
    assert (change.command, change.roles, change.permissive) == ("update", ("anon",), True)


def test_a_site_is_the_condition_and_not_the_statement_around_it():
    facts = read("CREATE TABLE t (\n  a int,\n  b int CHECK (b > 0\n    AND b <= 5)\n);")
    first, second = facts.statements
    assert (first.span.line, first.span.column, first.text) == (3, 16, "b > 0")
    assert (second.span.line, second.text) == (4, "b <= 5")


def test_columns_count_characters_and_not_bytes():
    facts = read("CREATE TABLE t (ä text DEFAULT 'ß', b int CHECK (b > 0));")
    check = facts.statements[-1]
    assert (check.text, check.span.column) == ("b > 0", 50)


def test_settings_are_seeds():
    (change,) = read("INSERT INTO settings (key, value) VALUES ('limit', '50'), ('fee', 0.05);").changes
    assert (change.action, change.table) == ("seed", "settings")
    assert [shown(row) for row in change.rows] == ["{key: 'limit', value: '50'}", "{key: 'fee', value: 0.05}"]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "CREATE TABLE t (a int CHECK (a > 0) CHECK (a < 9), b int, CHECK (a < b));",
            ["t_a_check", "t_a_check1", "t_check"],
        ),
        ("CREATE TABLE t (a int PRIMARY KEY, b int UNIQUE REFERENCES u);", ["t_pkey", "t_b_key", "t_b_fkey"]),
        ("CREATE UNIQUE INDEX ON t (lower(a), b);", ["t_lower_b_idx"]),
        ("CREATE TABLE t (a text, CONSTRAINT mine CHECK (a SIMILAR TO 'x'));", ["mine"]),
        ("CREATE TABLE t (a text, CHECK (a IS JSON OR b @@ a));", ["t_a_check"]),
    ],
)
def test_constraints_have_the_names_that_the_server_gives_them(sql: str, expected: list[str]):
    (change,) = read(sql).changes
    assert [item.name for item in change.constraints] == expected


def test_names_are_folded_and_keep_their_schema():
    facts = read('CREATE TABLE Public.Orders ("Id" int, Total int); CREATE TABLE auth.Users (id int);')
    assert [change.table for change in facts.changes] == ["orders", "auth.users"]
    assert [column.name for column in facts.changes[0].columns] == ["Id", "total"]


def test_temporary_tables_are_no_part_of_the_schema():
    assert read("CREATE TEMP TABLE t (a int CHECK (a > 0)); CREATE TEMPORARY TABLE u (a int);").changes == ()


@pytest.mark.parametrize(
    ("path", "sql", "hints"),
    [
        ("db/structure.sql", "--\n-- PostgreSQL database dump\n--\nCREATE TABLE t (a int);", ("dump",)),
        ("db/1.down.sql", "DROP TABLE t;", ("down",)),
        ("db/rollback/1.sql", "DROP TABLE t;", ("down",)),
        ("db/U2__x.sql", "DROP TABLE t;", ("down",)),
        ("db/1.up.sql", "CREATE TABLE t (a int);", ()),
        ("db/downtown.sql", "CREATE TABLE t (a int);", ()),
    ],
)
def test_dumps_and_rollbacks_are_marked(path: str, sql: str, hints: tuple[str, ...]):
    assert read(sql, path).hints == hints


def test_what_a_trigger_waits_for_knows_its_two_rows():
    found = read("""
        CREATE TRIGGER t AFTER UPDATE ON loans FOR EACH ROW
          WHEN (OLD.amount IS DISTINCT FROM NEW.amount AND pg_trigger_depth() = 0) EXECUTE FUNCTION f();
    """)
    assert shown(found.changes[0].using) == "($old.amount distinct $new.amount) and ($depth = 0)"
    assert found.invocations == ()


def test_an_insert_that_spares_what_is_there():
    found = read("""
        CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$
          INSERT INTO loans (id) VALUES (1) ON CONFLICT (id) DO NOTHING;
          INSERT INTO loans (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET amount = 2;
          INSERT INTO loans (id) VALUES (1);
        $$;
    """)
    assert [(item.kind, item.sparing) for item in found.accesses] == [
        ("insert", True), ("upsert", False), ("update", False), ("insert", False),
    ]  # fmt: skip
