"""Migrations that are written with the schema builder of knex."""

import pytest

from archlint.pipeline import Options, scan, survey

ALL = Options(jobs=1, cache=False)
FIRST = """
exports.up = (knex) => knex.schema
  .createTable('berths', (t) => {
    t.increments('id');
    t.string('label', 40).notNullable();
    t.enu('state', ['free', 'let']).notNullable().defaultTo('free');
    t.integer('metres').notNullable().checkBetween([4, 30]);
    t.decimal('fee', 10, 2);
    t.timestamps(true, true);
  })
  .createTable('keepers', (table) => {
    table.uuid('id').primary();
    table.string('email').notNullable().unique();
  });
exports.down = (knex) => knex.schema.dropTable('keepers').dropTable('berths');
"""
SECOND = """
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('berths', (t) => {
    t.string('owner', 60).notNullable();
    t.dropColumn('fee');
    t.renameColumn('label', 'name');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('berths', (t) => {
    t.dropColumn('owner');
    t.dropColumn('state');
  });
}
"""
CODE = """
const knex = require('./knex');
exports.add = (name, metres) => {
  if (metres > %s) throw new Error('too long');
  return knex('berths').insert({ name, metres, owner: %s });
};
"""


def repository(tree, most="30", owner="'club'", second=SECOND):
    files = {"migrations/20240101_first.js": FIRST, "migrations/20240202_second.ts": second}
    return tree({**files, "src/add.js": CODE % (most, owner), "src/knex.js": "module.exports = require('knex')({});"})


def columns(table):
    return {column.name: (column.type, column.size, column.required) for column in table.columns}


def test_tables_are_made_and_changed_in_order(tree):
    schema = survey(repository(tree), ALL).graph.schema
    assert columns(schema.tables["berths"]) == {
        "id": ("integer", (), True),
        "name": ("varchar", (40,), True),
        "state": ("text", (), True),
        "metres": ("integer", (), True),
        "created_at": ("timestamp", (), True),
        "updated_at": ("timestamp", (), True),
        "owner": ("varchar", (60,), True),
    }
    assert columns(schema.tables["keepers"]) == {"id": ("uuid", (), True), "email": ("varchar", (), True)}


def found(root):
    return {(finding.code, finding.subject) for finding in scan(root, ALL).findings if finding.code != "AL101"}


def test_what_code_asks_is_held_against_the_migrations(tree):
    assert found(repository(tree)) == set()
    assert found(repository(tree, most="40")) == {("AL201", "berths.metres")}


def test_a_value_that_must_be_there(tree):
    root = repository(tree)
    (root / "src/add.js").write_text((CODE % ("30", "'club'")).replace(", owner: 'club'", ""))
    assert found(root) == {("AL210", "berths.owner")}


@pytest.mark.parametrize(
    ("line", "count"), [("", 1), ("for (const name of NAMES) t.text(name);", 0), ("stamped(t);", 0)]
)
def test_columns_that_a_loop_or_a_helper_makes_are_not_known(tree, line, count):
    made = FIRST.replace("t.timestamps(true, true);", line)
    code = "const knex = require('./knex');\nknex('berths').insert({ label: 'a', metres: 5, colour: 'red' });"
    root = tree({"migrations/1.js": made, "src/add.js": code, "src/knex.js": "module.exports = require('knex')({});"})
    assert [code for code, _ in found(root)] == ["AL210"] * count


@pytest.mark.parametrize("text", ["cart.schema.table('x')", "ajv.schema.createTable(name, (t) => t)"])
def test_what_is_no_change(tree, text):
    assert survey(tree({"a.js": text}), ALL).graph.schema.tables == {}
