"""What is in force after a fold, what was superseded and by whom."""

from collections.abc import Mapping

from archlint import catalog
from archlint.languages import postgresql as reader
from archlint.model.expression import Number, Text
from archlint.model.facts import FileFacts
from archlint.model.schema import Schema, Superseded


class Fold:
    """Migrations that were numbered in the order in which they are given."""

    def __init__(self, *migrations: str) -> None:
        named: Mapping[str, str] = {f"migrations/{number + 1}.sql": sql for number, sql in enumerate(migrations)}
        self.files: dict[str, FileFacts] = {path: reader.read(path, sql.encode()) for path, sql in named.items()}
        self.schema: Schema = catalog.build(self.files)

    def live(self) -> list[str]:
        """The texts of the statements in force."""
        return [
            statement.text
            for path, facts in self.files.items()
            for index, statement in enumerate(facts.statements)
            if index in self.schema.live[path]
        ]

    def gone(self, kind: str) -> list[tuple[str, str, str, list[str]]]:
        """Name, file, the file that superseded it, and the texts that went with it."""
        return [
            (item.name, item.path, item.by_path, self.texts(item))
            for item in self.schema.superseded
            if item.kind == kind
        ]

    def texts(self, item: Superseded) -> list[str]:
        return [self.files[item.path].statements[index].text for index in item.statements]


def test_a_replaced_limit_is_no_longer_in_force():
    fold = Fold(
        "CREATE TABLE loans (amount int CHECK (amount <= 10));",
        "ALTER TABLE loans DROP CONSTRAINT loans_amount_check, ADD CONSTRAINT loans_amount_check CHECK (amount <= 20);",
    )
    assert fold.live() == ["amount <= 20"]
    assert fold.gone("constraint") == [
        ("loans_amount_check", "migrations/1.sql", "migrations/2.sql", ["amount <= 10"]),
    ]


def test_the_successor_and_not_the_drop_is_what_supersedes():
    fold = Fold(
        "CREATE TABLE t (a int); CREATE POLICY p ON t USING (a > 1);",
        "DROP POLICY p ON t;\n\nCREATE POLICY p ON t USING (a > 2);",
    )
    (gone,) = fold.schema.superseded
    assert (gone.kind, gone.table, gone.by_path, gone.by_span.line) == ("policy", "t", "migrations/2.sql", 3)
    assert fold.live() == ["a > 2"]


def test_a_replaced_function_takes_its_body_along_and_an_overload_stays():
    body = "CREATE OR REPLACE FUNCTION f({}) RETURNS void LANGUAGE plpgsql AS $$ {} $$;"
    limit = "BEGIN IF n > {} THEN RAISE EXCEPTION 'no'; END IF; END"
    fold = Fold(
        body.format("n int", limit.format(1)) + body.format("n text", limit.format(7)),
        body.format("n integer", limit.format(2)),
    )
    assert fold.live() == ["n > 7", "n > 2"]
    assert [routine.signature for routine in fold.schema.routines] == [("integer",), ("text",)]
    assert [len(scopes) for scopes in fold.schema.live_scopes.values()] == [1, 1]
    (gone,) = fold.schema.superseded
    assert (gone.kind, gone.name, gone.scope, gone.by_path) == ("function", "f", 1, "migrations/2.sql")


def test_creating_a_table_again_if_it_does_not_exist_does_nothing():
    fold = Fold(
        "CREATE TABLE t (a int NOT NULL CHECK (a > 1));",
        "CREATE TABLE IF NOT EXISTS t (a int CHECK (a > 2), b int NOT NULL DEFAULT 3);",
    )
    assert fold.live() == ["int NOT NULL", "a > 1"]
    assert [column.name for column in fold.schema.tables["t"].columns] == ["a"]
    assert fold.schema.superseded == ()


def test_a_default_and_its_successor():
    fold = Fold(
        "CREATE TABLE fees (rate numeric NOT NULL DEFAULT 3);",
        "ALTER TABLE fees ALTER COLUMN rate SET DEFAULT 5;",
    )
    column = fold.schema.tables["fees"].column("rate")
    assert column is not None
    assert (column.default, column.required, column.path) == (Number("5"), True, "migrations/1.sql")
    assert fold.live() == ["numeric NOT NULL", "5"]
    assert fold.gone("column") == [("rate", "migrations/1.sql", "migrations/2.sql", ["3"])]


def test_what_is_no_longer_required():
    fold = Fold("CREATE TABLE t (a int NOT NULL);", "ALTER TABLE t ALTER a DROP NOT NULL;")
    assert fold.live() == []
    assert fold.gone("column") == [("a", "migrations/1.sql", "migrations/2.sql", ["int NOT NULL"])]


def test_a_longer_text_is_another_limit():
    fold = Fold("CREATE TABLE t (a varchar(10));", "ALTER TABLE t ALTER a TYPE varchar(20);")
    assert fold.live() == ["varchar(20)"]
    column = fold.schema.tables["t"].column("a")
    assert column is not None and column.size == (20,)


def test_a_dropped_column_takes_what_is_said_of_it():
    fold = Fold(
        "CREATE TABLE t (a int CHECK (a > 1) DEFAULT 3, b int, CHECK (a < b), CHECK (b > 0));",
        "ALTER TABLE t DROP COLUMN a;",
    )
    assert fold.live() == ["b > 0"]
    assert {name for name, *_ in fold.gone("constraint")} == {"t_a_check", "t_check"}


def test_a_table_that_is_only_altered_is_not_known():
    fold = Fold("ALTER TABLE orders ADD COLUMN paid boolean NOT NULL; ALTER TABLE orders ADD CHECK (total > 0);")
    table = fold.schema.tables["orders"]
    assert not table.known
    assert [column.name for column in table.columns] == ["paid"]
    assert fold.live() == ["boolean NOT NULL", "total > 0"]


def test_words_know_where_they_were_stated():
    fold = Fold(
        "CREATE TYPE mood AS ENUM ('calm', 'cross');",
        "ALTER TYPE mood ADD VALUE 'glad' BEFORE 'cross';",
        "ALTER TYPE mood RENAME VALUE 'calm' TO 'quiet';",
    )
    enum = fold.schema.enums["mood"]
    assert enum.words == ("quiet", "glad", "cross")
    assert [path for path, _ in enum.places] == ["migrations/3.sql", "migrations/2.sql", "migrations/1.sql"]
    assert fold.gone("word") == [("calm", "migrations/1.sql", "migrations/3.sql", [])]


def test_one_condition_of_a_policy_is_altered():
    fold = Fold(
        "CREATE TABLE t (a int, b int); CREATE POLICY p ON t FOR UPDATE USING (a > 1) WITH CHECK (b > 1);",
        "ALTER POLICY p ON t USING (a > 5);",
    )
    assert sorted(fold.live()) == ["a > 5", "b > 1"]
    assert fold.gone("policy") == [("p", "migrations/1.sql", "migrations/2.sql", ["a > 1"])]
    (policy,) = fold.schema.policies
    assert (policy.command, policy.path) == ("update", "migrations/2.sql")


def test_a_disabled_trigger_is_superseded_and_an_enabled_one_is_not():
    create = """
        CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
        CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"""
    off = "ALTER TABLE t DISABLE TRIGGER g;"
    fold = Fold(create, off)
    assert fold.schema.triggers == ()
    assert fold.gone("trigger") == [("g", "migrations/1.sql", "migrations/2.sql", [])]
    assert len(Fold(create, off, "ALTER TABLE t ENABLE TRIGGER ALL;").schema.triggers) == 1


def test_rights_are_given_and_taken():
    fold = Fold(
        "CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';"
        "GRANT SELECT, UPDATE ON t TO anon; GRANT INSERT (a) ON t TO anon; GRANT EXECUTE ON FUNCTION f() TO anon;",
        "REVOKE UPDATE ON t FROM anon; REVOKE ALL ON FUNCTION f() FROM public;",
        "REVOKE INSERT ON ALL TABLES IN SCHEMA public FROM guest;",
    )
    assert fold.schema.tables["t"].grants == (
        ("anon", "", ("select", "-update")),
        ("anon", "a", ("insert",)),
        ("guest", "", ("-insert",)),
    )
    assert fold.schema.grants == (
        ("function", "f", "anon", ("execute",)),
        ("function", "f", "public", ("-execute",)),
        ("schema", "public", "guest", ("-insert",)),
    )


def test_seeds_of_live_tables():
    fold = Fold(
        "CREATE TABLE settings (name text, value int);"
        "INSERT INTO settings (name, value) VALUES ('limit', 5), ('fee', 2);"
        "CREATE TABLE old (a int); INSERT INTO old (a) VALUES (1);",
        "DROP TABLE old;",
    )
    assert [(table, path, row.get("name"), row.get("value")) for table, path, _, row in fold.schema.seeds] == [
        ("settings", "migrations/1.sql", Text("limit"), Number("5")),
        ("settings", "migrations/1.sql", Text("fee"), Number("2")),
    ]


def test_statements_of_a_dropped_view_are_not_in_force():
    fold = Fold(
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT CASE WHEN a > 5 THEN 'big' ELSE 'small' END AS size FROM t;",
        "CREATE OR REPLACE VIEW v AS SELECT CASE WHEN a > 6 THEN 'big' ELSE 'small' END AS size FROM t;",
        "CREATE VIEW w AS SELECT size FROM v;",
    )
    assert [text for text in fold.live() if "CASE" in text] == ["CASE WHEN a > 6 THEN 'big' ELSE 'small' END"]
    assert [name for name, *_ in fold.gone("view")] == ["v"]
    assert fold.schema.tables["w"].view


def test_folding_is_the_same_for_any_order_of_reading():
    files = Fold(
        "CREATE TABLE t (a int CHECK (a > 1)); CREATE TYPE e AS ENUM ('x');",
        "ALTER TABLE t DROP CONSTRAINT t_a_check; CREATE TABLE s (b e REFERENCES t);",
    ).files
    backwards = dict(reversed(files.items()))
    assert catalog.build(backwards) == catalog.build(files)
    assert list(catalog.build(backwards).tables) == list(catalog.build(files).tables)


def test_a_bucket_has_the_limit_that_was_said_last():
    insert = "INSERT INTO storage.buckets (id, name, file_size_limit) VALUES ('docs', 'docs', {}) {};"
    fold = Fold(
        insert.format(100, "") + insert.format(7, "").replace("docs", "pics"),
        insert.format(200, "ON CONFLICT (id) DO NOTHING"),
        "UPDATE storage.buckets SET file_size_limit = 300 WHERE id = 'docs';",
    )
    assert fold.live() == ["7", "300"]
    assert fold.gone("seed") == [("storage.buckets.docs", "migrations/1.sql", "migrations/3.sql", ["100"])]


def test_what_a_file_speaks_of_has_other_names_later():
    fold = Fold(
        "CREATE TABLE guests (seats int CHECK (seats > 0), age int); CREATE TABLE fresh (x int CHECK (x > 5));",
        "ALTER TABLE guests RENAME COLUMN seats TO places; ALTER TABLE guests RENAME TO visitors;",
        "ALTER TABLE visitors RENAME COLUMN places TO chairs; ALTER TABLE visitors RENAME COLUMN age TO years;",
        "ALTER TABLE fresh RENAME TO guests; ALTER TABLE guests ADD CHECK (x < 9);",
    )
    later = {"fresh": "guests", "guests": "visitors", "guests.age": "visitors.years", "guests.seats": "visitors.chairs"}
    assert fold.schema.renamed["migrations/1.sql"] == later
    assert "guests" not in fold.schema.renamed["migrations/4.sql"]


def test_a_table_of_the_same_name_made_later_in_the_file_is_that_one():
    fold = Fold("CREATE TABLE t (a int); ALTER TABLE t RENAME TO old; CREATE TABLE t (a int CHECK (a > 1));")
    assert fold.schema.renamed == {}


def test_a_trigger_waits_for_a_column_under_its_later_name():
    fold = Fold("""
        CREATE TABLE t (a int, b int);
        CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
        CREATE TRIGGER g AFTER UPDATE OF a ON t FOR EACH ROW WHEN (OLD.a IS DISTINCT FROM NEW.a AND NEW.b > 0)
          EXECUTE FUNCTION f();
        ALTER TABLE t RENAME COLUMN a TO c;
    """)
    (trigger,) = fold.schema.triggers
    assert trigger.columns == ("c",)
    changed, above = trigger.condition.operands
    assert [item.path for item in changed.operands] == [("c",), ("c",)]
    assert above.operands[0].path == ("b",)


def test_a_table_that_is_there_is_not_created_again():
    fold = Fold(
        "CREATE TABLE t (a int, b int); CREATE TABLE IF NOT EXISTS u (a int);",
        "CREATE TABLE IF NOT EXISTS t (a int, b text, c int, d int); CREATE TABLE IF NOT EXISTS u (a int);",
        "ALTER TABLE t ADD COLUMN d int;",
    )
    assert [column.name for column in fold.schema.tables["t"].columns] == ["a", "b", "d"]
    assert [(item.table, item.path, item.columns) for item in fold.schema.passed_over] == [
        ("t", "migrations/2.sql", ("c", "d"))
    ]


def test_the_last_comment_of_a_column_counts():
    fold = Fold(
        "CREATE TABLE loans (state text); COMMENT ON COLUMN loans.state IS 'state (open, lent)';",
        "COMMENT ON COLUMN loans.state IS 'state (open, lent, back)';",
    )
    assert fold.live() == ["'state (open, lent, back)'"]


def test_a_comment_goes_with_its_column():
    fold = Fold(
        "CREATE TABLE loans (state text); COMMENT ON COLUMN loans.state IS 'state (open, lent)';",
        "ALTER TABLE loans DROP COLUMN state; COMMENT ON COLUMN others.state IS 'state (open, lent)';",
    )
    assert fold.live() == []
