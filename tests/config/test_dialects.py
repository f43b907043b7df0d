"""Which database SQL files are written for: what the team says, and what nobody reads."""

import json

import pytest

LEND = """import { supabase } from '../supabase';
export async function lend(amount: number) {
  if (amount > 10000) throw new Error('too much');
  await supabase.from('loans').insert({ amount });
}
"""
# Nothing of it tells by itself which database it is for, but for the quotes that only one of them reads as a text.
SCHEMA = (
    'create table loans (id int primary key, amount decimal(9, 2), check (amount <= 5000), kind text default "a");\n'
)


@pytest.fixture
def scanned(archlint, tree):
    def of(settings, **files):
        root = tree(
            {"src/lend.ts": LEND, "db/1.sql": SCHEMA, "db/old/0.sql": SCHEMA.replace("loans", "coins"), **files}
        )
        tree({"archlint.toml": settings})
        done = archlint("scan", root, "--format", "json")
        assert done.returncode in (0, 1), done.stderr
        return json.loads(done.stdout)

    return of


def test_a_dialect_that_is_told_is_read(scanned):
    assert not [item for item in scanned('[dialects]\n"db/" = "MariaDB"\n')["findings"] if item["code"] == "AL902"]
    drift = [item for item in scanned('[dialects]\n"db/" = "mysql"\n')["findings"] if item["code"] == "AL201"]
    assert {site["path"] for site in drift[0]["sites"]} == {"src/lend.ts", "db/1.sql"}


def test_what_a_file_seems_to_be_gives_way_to_what_is_told(scanned):
    backquoted = {"db/1.sql": "create table `loans` (id int primary key, amount numeric check (amount <= 5000));\n"}
    assert scanned("", **backquoted)["problems"] == []
    assert [item["path"] for item in scanned('[dialects]\n"**" = "postgresql"\n', **backquoted)["problems"]] == [
        "db/1.sql"
    ]


def test_what_nobody_reads_is_said_and_not_misread(scanned):
    report = scanned('[dialects]\n"db/" = "postgresql"\n"db/old/" = "oracle"\n"src/" = "oracle"\n')
    told = [(item["path"], item["reason"]) for item in report["problems"] if "Oracle" in item["reason"]]
    assert told == [("db/old/0.sql", "nothing reads the SQL of Oracle yet; the file was not read")]
    assert [item for item in report["findings"] if item["code"] == "AL902" and "Oracle" in item["message"]]
    assert "coins" not in {rule["subject"].partition(".")[0] for rule in report["rules"]}
    assert report["summary"]["files"] == 2


def test_a_name_that_no_database_has(archlint, tree):
    done = archlint("scan", tree({"archlint.toml": '[dialects]\n"db/" = "orcale"\n', "a.ts": "let a = 1;\n"}))
    assert done.returncode == 2
    told = "archlint.toml:2: dialects: the database 'orcale' is not known; did you mean 'oracle'?"
    assert told in done.stderr


def test_another_dialect_is_seen_although_the_files_are_cached(archlint, tree):
    root = tree({"db/1.sql": SCHEMA, "archlint.toml": '[dialects]\n"db/" = "mysql"\n'})
    assert "Oracle" not in archlint("scan", root).stdout
    tree({"archlint.toml": '[dialects]\n"db/" = "oracle"\n'})
    assert "Oracle" in archlint("scan", root).stdout
