"""Which files count, in which order, and for which database."""

from collections.abc import Mapping

import msgspec
import pytest

from archlint import catalog
from archlint.languages import postgresql as reader
from archlint.model.schema import Schema


def build(files: Mapping[str, str]) -> Schema:
    return catalog.build({path: reader.read(path, sql.encode()) for path, sql in files.items()})


def checks(schema: Schema, table: str = "bids") -> set[str]:
    return {item.name for item in schema.tables[table].constraints if item.kind == "check"}


def live_texts(files: Mapping[str, str], schema: Schema) -> set[str]:
    facts = {path: reader.read(path, sql.encode()) for path, sql in files.items()}
    return {facts[path].statements[index].text for path, indexes in schema.live.items() for index in indexes}


CREATE = "CREATE TABLE bids (id int, amount int, CONSTRAINT first CHECK (amount < 10));"
SECOND = "ALTER TABLE bids DROP CONSTRAINT first; ALTER TABLE bids ADD CONSTRAINT second CHECK (amount < 20);"
THIRD = "ALTER TABLE bids DROP CONSTRAINT second; ALTER TABLE bids ADD CONSTRAINT third CHECK (amount < 30);"


@pytest.mark.parametrize(
    "names",
    [
        ("migrations/20240101000000_z.sql", "migrations/20240102_y.sql", "migrations/20250101000000_x.sql"),
        ("migrations/1_z.sql", "migrations/2_y.sql", "migrations/10_x.sql"),
        ("migrations/001.sql", "migrations/2.sql", "migrations/0010.sql"),
        ("db/V1__z.sql", "db/V2__y.sql", "db/V10__x.sql"),
        ("db/V1.2__z.sql", "db/V1_9__y.sql", "db/V1.10__x.sql"),
        ("db/V1__z.sql", "db/V2__y.sql", "db/R__always.sql"),
        ("flyway/migration/2023/V1__z.sql", "flyway/migration/2022/V2__y.sql", "flyway/migration/2024/V3__x.sql"),
        ("migrations/202301_z/migration.sql", "migrations/202302_y/migration.sql", "migrations/202401_x/migration.sql"),
        ("drizzle/0000_z.sql", "drizzle/0001_y.sql", "drizzle/0010_x.sql"),
        ("migrations/2023-01-02-03_z/up.sql", "migrations/2023-01-10-0_y/up.sql", "migrations/2023-11-01-0_x/up.sql"),
        ("db/committed/000001.sql", "db/committed/000002-y.sql", "db/current/1-x.sql"),
        ("migrations/afterReset.sql", "migrations/committed/000001.sql", "migrations/current.sql"),
        ("schema/bids.sql", "supabase/migrations/20240101000000_y.sql", "supabase/migrations/20240102000000_x.sql"),
        ("sql/1-create.sql", "sql/2-change.sql", "sql/11-change.sql"),
        ("migrations/migration_1.sql", "migrations/migration_2.sql", "migrations/migration_10.sql"),
        ("migrations/1699999999999-z.sql", "migrations/1700000000000-y.sql", "migrations/1700000000001-x.sql"),
    ],
)  # fmt: skip
def test_files_are_applied_in_the_order_of_their_numbers(names: tuple[str, str, str]):
    texts = dict(zip(names, (CREATE, SECOND, THIRD), strict=True))
    schema = build({name: texts[name] for name in sorted(names)})
    assert checks(schema) == {"third"}
    assert schema.tables["bids"].known
    assert schema.mirrors == ()


def test_what_undoes_a_migration_does_not_count():
    schema = build(
        {
            "db/1.up.sql": CREATE,
            "db/1.down.sql": "DROP TABLE bids;",
            "sqitch/deploy/extra.sql": "CREATE TABLE extra (id int);",
            "sqitch/revert/extra.sql": "DROP TABLE extra;",
            "sqitch/verify/extra.sql": "CREATE TABLE extra (id int, more int);",
            "fly/V1__a.sql": "CREATE TABLE flown (id int);",
            "fly/U1__a.sql": "DROP TABLE flown;",
            "diesel/migrations/2024-01-01-000000_a/up.sql": "CREATE TABLE made (id int);",
            "diesel/migrations/2024-01-01-000000_a/down.sql": "DROP TABLE made;",
        }
    )
    assert set(schema.tables) == {"bids", "extra", "flown", "made"}
    assert schema.live["db/1.down.sql"] == frozenset()
    assert "sqitch/verify/extra.sql" in schema.mirrors


def test_a_dump_beside_migrations_is_a_mirror():
    files = {
        "migrations/1.sql": CREATE,
        "migrations/2.sql": SECOND,
        "schema.sql": "-- PostgreSQL database dump\nCREATE TABLE public.bids (id int, amount int CHECK (amount < 5));"
        "CREATE FUNCTION stale() RETURNS int LANGUAGE sql AS 'SELECT 1';",
    }
    schema = build(files)
    assert schema.mirrors == ("schema.sql",)
    assert checks(schema) == {"second"}
    assert schema.routines == ()
    assert schema.live["schema.sql"] == frozenset()
    assert schema.live_scopes["schema.sql"] == frozenset()


def test_a_dump_alone_is_the_schema():
    schema = build({"db/structure.sql": "-- PostgreSQL database dump\n" + CREATE})
    assert checks(schema) == {"first"}
    assert schema.mirrors == ()


def test_a_file_that_makes_other_tables_is_a_base():
    schema = build({"schema.sql": "CREATE TABLE people (id int);" + CREATE, "migrations/1.sql": SECOND})
    assert set(schema.tables) == {"people", "bids"}
    assert checks(schema) == {"second"}
    assert schema.mirrors == ()


def test_a_second_statement_of_the_same_tables_is_a_mirror_of_the_first():
    schema = build({"sql/schema.sql": CREATE, "sql/schema_v2.sql": CREATE.replace("first", "other")})
    assert checks(schema) == {"first"}
    assert schema.mirrors == ("sql/schema_v2.sql",)


def test_plain_files_follow_those_that_make_what_they_alter():
    schema = build({"db/a_rules.sql": SECOND, "db/z_tables.sql": CREATE})
    assert checks(schema) == {"second"}
    assert schema.tables["bids"].known


def test_a_loose_patch_comes_after_the_migrations():
    schema = build({"fix.sql": SECOND, "migrations/1.sql": CREATE})
    assert checks(schema) == {"second"}


def test_two_databases_do_not_fold_into_each_other():
    files = {
        "apps/a/migrations/1.sql": "CREATE TABLE bids (id int NOT NULL, amount int NOT NULL, a int);",
        "apps/a/migrations/2.sql": "ALTER TABLE bids ADD CONSTRAINT a CHECK (amount < 1);",
        "apps/b/migrations/1.sql": "CREATE TABLE bids (id int NOT NULL, amount int, b int NOT NULL);",
        "apps/b/migrations/2.sql": "ALTER TABLE bids ADD CONSTRAINT b CHECK (amount < 2);"
        "ALTER TABLE bids DROP COLUMN id;",
        "apps/b/seeds/bids.sql": "INSERT INTO bids (b) VALUES (1);",
    }
    schema = build(files)
    table = schema.tables["bids"]
    assert table.path == "apps/a/migrations/1.sql"
    assert [column.name for column in table.columns] == ["id", "amount", "a", "b"]
    # Only one database knows or demands these: nothing can be said of a writer.
    assert [column.name for column in table.columns if column.required] == []
    assert checks(schema) == {"a", "b"}
    assert {"amount < 1", "amount < 2"} <= live_texts(files, schema)
    assert schema.mirrors == ()
    assert [(seed[0], seed[1]) for seed in schema.seeds] == [("bids", "apps/b/seeds/bids.sql")]


def test_folders_without_a_table_in_common_are_one_database():
    schema = build({"a/migrations/1.sql": CREATE, "b/migrations/1.sql": SECOND})
    assert checks(schema) == {"second"}


def test_a_folder_named_like_a_backup_is_a_mirror():
    schema = build({"migrations/1.sql": CREATE, "migrations_old/1.sql": CREATE.replace("first", "old")})
    assert checks(schema) == {"first"}
    assert schema.mirrors == ("migrations_old/1.sql",)


def test_files_that_only_query_state_nothing_away():
    schema = build({"migrations/1.sql": CREATE, "queries/report.sql": "SELECT * FROM bids;"})
    assert schema.mirrors == ()
    assert set(schema.live) == {"migrations/1.sql", "queries/report.sql"}


def test_no_files_make_an_empty_schema():
    schema = build({})
    assert (schema.tables, schema.routines, schema.live) == ({}, (), {})


def test_a_folder_without_numbers_is_applied_as_it_needs_to_be():
    schema = build(
        {
            "sqitch/deploy/add_limit.sql": SECOND + "ALTER TYPE kind ADD VALUE 'b';",
            "sqitch/deploy/bids.sql": CREATE,
            "sqitch/deploy/kinds.sql": "CREATE TYPE kind AS ENUM ('a');",
        }
    )
    assert checks(schema) == {"second"}
    assert schema.enums["kind"].words == ("a", "b")


def test_a_half_read_table_is_not_known():
    schema = build({"schema.sql": "CREATE TABLE bids (id int, amount int CHECK (amount > ), note text);"})
    assert not schema.tables["bids"].known


def test_code_that_declares_tables_counts_where_no_sql_creates_them():
    declared = msgspec.structs.replace(reader.read("schema.ts", CREATE.encode()), language="typescript")
    alone = catalog.build({"schema.ts": declared})
    assert checks(alone) == {"first"}
    beside = catalog.build({"schema.ts": declared, "m.sql": reader.read("m.sql", (CREATE + SECOND).encode())})
    assert checks(beside) == {"second"}
    assert "schema.ts" not in beside.live
    assert beside.mirrors == ()


@pytest.mark.parametrize(
    ("strangers", "known"), [((), True), (("auth.users", "storage.objects"), True), (("a", "b"), False)]
)
def test_a_history_with_many_gaps_proves_nothing(strangers: tuple[str, ...], known: bool):
    altered = "".join(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;" for name in strangers)
    schema = build({"migrations/1.sql": CREATE, "migrations/2.sql": altered})
    assert schema.tables["bids"].known is known
    assert {name for name, table in schema.tables.items() if not table.known} == set(strangers) | (
        set() if known else {"bids"}
    )
