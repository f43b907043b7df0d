"""The folded schema is that of a real server to which the same files were applied."""

import re
from collections.abc import Callable

import pytest
from stories import STORIES

from archlint import catalog
from archlint.languages import postgresql as reader
from archlint.model.schema import Schema

Query = Callable[..., list[tuple[str | None, ...]]]
Facts = dict[str, set[tuple[object, ...]]]

# What hosts bring along; no file of a story creates it.
PRELUDE = """
CREATE SCHEMA auth;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid';
DO $$ BEGIN CREATE ROLE anon; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE authenticated; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
"""
OWN = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'auth', 'pg_toast')"
NAME = "CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END"
# An extension's own objects are no work of the files.
OF_NO_EXTENSION = "NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = {} AND e.deptype = 'e')"

ASKED = {
    "columns": f"""
        SELECT {NAME} || c.relname, a.attname, format_type(a.atttypid, NULL), a.attnotnull,
               a.atthasdef OR a.attidentity <> ''
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {OWN} AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped""",
    "views": f"""
        SELECT {NAME} || c.relname, a.attname
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {OWN} AND c.relkind IN ('v', 'm') AND a.attnum > 0 AND NOT a.attisdropped""",
    "security": f"""
        SELECT {NAME} || c.relname, c.relrowsecurity FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {OWN} AND c.relkind IN ('r', 'p')""",
    "constraints": f"""
        SELECT {NAME} || c.relname, k.conname, 'is ' || k.contype::text, coalesce(f.relname, ''),
               'on ' || trim(k.confdeltype::text)
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_class f ON f.oid = k.confrelid WHERE {OWN} AND k.contype <> 't'""",
    "indexes": f"""
        SELECT {NAME} || c.relname, i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
        JOIN pg_class c ON c.oid = x.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {OWN} AND x.indisunique""",
    "words": f"""
        SELECT {NAME} || t.typname, string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder)
        FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE {OWN} GROUP BY 1""",
    "domains": f"""
        SELECT {NAME} || t.typname, format_type(t.typbasetype, NULL), t.typnotnull, t.typdefault IS NOT NULL,
               (SELECT string_agg(k.conname, ',' ORDER BY k.conname) FROM pg_constraint k WHERE k.contypid = t.oid)
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE {OWN} AND t.typtype = 'd'""",
    "policies": """
        SELECT tablename, policyname, lower(cmd), permissive = 'PERMISSIVE', array_to_string(roles, ','),
               qual IS NOT NULL, with_check IS NOT NULL
        FROM pg_policies""",
    "triggers": """
        SELECT c.relname, t.tgname, p.proname, t.tgtype & 1 = 1,
               CASE WHEN t.tgtype & 2 = 2 THEN 'before' WHEN t.tgtype & 64 = 64 THEN 'instead' ELSE 'after' END,
               concat_ws(',', CASE WHEN t.tgtype & 8 = 8 THEN 'delete' END,
                         CASE WHEN t.tgtype & 4 = 4 THEN 'insert' END,
                         CASE WHEN t.tgtype & 16 = 16 THEN 'update' END),
               (SELECT string_agg(a.attname, ',' ORDER BY a.attname) FROM pg_attribute a
                WHERE a.attrelid = t.tgrelid AND a.attnum = ANY (t.tgattr))
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'""",
    "routines": f"""
        SELECT p.proname, (SELECT string_agg(format_type(x, NULL), ', ' ORDER BY nr)
                           FROM unnest(p.proargtypes) WITH ORDINALITY AS y(x, nr)), p.prosecdef
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE {OWN} AND {OF_NO_EXTENSION.format("p.oid")}""",
}
KINDS = {"check": "is c", "unique": "is u", "primary": "is p", "foreign": "is f", "exclude": "is x"}
DELETIONS = {"": "on a", "no action": "on a", "restrict": "on r", "cascade": "on c", "set null": "on n"}
SERIAL = {"serial": "integer", "bigserial": "bigint"}


def asked(query: Query, database: str) -> Facts:
    """What the server says."""
    found: Facts = {}
    for name, sql in ASKED.items():
        rows = query(sql, database)
        found[name] = {tuple({"t": True, "f": False}.get(item or "", item or "") for item in row) for row in rows}
    return found


def folded(schema: Schema, official: Callable[[str], str]) -> Facts:
    """What the catalog says, in the same words."""
    tables = [table for table in schema.tables.values() if not table.view]
    plain = [(table, item) for table in tables for item in table.constraints]
    return {
        "columns": {
            (
                table.name,
                column.name,
                official(column.type) + ("[]" if column.array else ""),
                column.required,
                column.default is not None or column.identity,
            )
            for table in tables
            for column in table.columns
        },
        "views": {(view.name, column.name) for view in schema.tables.values() if view.view for column in view.columns},
        "security": {(table.name, table.security) for table in tables},
        "constraints": {
            (
                table.name,
                item.name,
                KINDS[item.kind],
                item.target,
                DELETIONS[item.on_delete] if item.kind == "foreign" else "on ",
            )
            for table, item in plain
        },
        "indexes": {(table.name, item.name) for table, item in plain if item.kind in ("unique", "primary")},
        "words": {(name, ",".join(enum.words)) for name, enum in schema.enums.items()},
        "domains": {
            (
                name,
                official(domain.type),
                domain.required,
                domain.default is not None,
                ",".join(sorted(item.name for item in domain.constraints)),
            )
            for name, domain in schema.domains.items()
        },
        "policies": {
            (
                policy.table,
                policy.name,
                policy.command,
                policy.permissive,
                ",".join(policy.roles) or "public",
                policy.using is not None,
                policy.check is not None,
            )
            for policy in schema.policies
        },
        "triggers": {
            (
                trigger.table,
                trigger.name,
                trigger.function,
                trigger.for_each == "row",
                trigger.timing,
                ",".join(sorted(trigger.events)),
                ",".join(sorted(trigger.columns)),
            )
            for trigger in schema.triggers
        },
        "routines": {(item.name, ", ".join(item.signature), item.definer) for item in schema.routines},
    }


@pytest.mark.parametrize("name", STORIES)
def test_a_fold_is_what_the_server_has(name: str, postgresql: Query):
    story = STORIES[name]
    database = re.sub(r"\W+", "_", name)
    postgresql(f"CREATE DATABASE {database} TEMPLATE template0")
    postgresql(PRELUDE, database)
    for path, sql in story.items():
        if not path.endswith(".down.sql"):
            postgresql(sql, database)
    files = {path: reader.read(path, sql.encode()) for path, sql in sorted(story.items())}
    schema = catalog.build(files)

    def official(kind: str) -> str:
        quoted = f'"{kind}"' if kind != kind.lower() else SERIAL.get(kind, kind)
        return str(postgresql(f"SELECT format_type('{quoted}'::regtype, NULL)", database)[0][0])

    server = asked(postgresql, database)
    # A unique index without a constraint is one to the server, and a rule of the same kind to us.
    constraints = {row[:2] for row in server["constraints"]}
    server["constraints"] |= {(*row, "is u", "", "on ") for row in server["indexes"] if row not in constraints}
    ours = folded(schema, official)
    assert {what: ours[what] - server[what] for what in ours} == {what: set() for what in ours}, "too much"
    assert {what: server[what] - ours[what] for what in ours} == {what: set() for what in ours}, "too little"
