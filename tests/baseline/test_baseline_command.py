"""`archlint baseline`: a team freezes what there is, and sees it shrink."""

import json

import pytest

FORM = """
import { supabase } from '../supabase';
export async function lend(amount: number) {
  if (amount > 10000) throw new Error('too much');
  await supabase.from('loans').insert({ amount });
}
"""
SCHEMA = """create table loans (
  id int generated always as identity primary key,
  amount numeric not null check (amount <= 5000)
);
"""
LENDING = {"src/lend.ts": FORM, "db/1.sql": SCHEMA}
NAME = ".archlint-baseline.json"


@pytest.fixture
def frozen(archlint, tree):
    """A repository with one drifted rule, which is known."""
    root = tree(LENDING)
    done = archlint("baseline", "create", root)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "1 finding written" in done.stderr
    return root


def scanned(archlint, root, *arguments):
    done = archlint("scan", root, "--format", "json", *arguments)
    return done, json.loads(done.stdout)


def test_what_is_known_fails_nobody(archlint, frozen):
    done, report = scanned(archlint, frozen)
    assert (done.returncode, report["findings"], report["summary"]["known"]) == (0, [], 1)
    assert [item["code"] for item in report["accepted"]] == ["AL201"]
    assert scanned(archlint, frozen, "--no-baseline")[0].returncode == 1


def test_the_file_has_one_sorted_entry_a_line(archlint, tree):
    more = {"src/lend.ts": FORM + FORM.replace("amount", "months").replace("lend", "wait").replace("import", "// ")}
    schema = SCHEMA.replace("\n);", ",\n  months int not null check (months <= 9)\n);")
    root = tree({**LENDING, **more, "db/1.sql": schema})
    archlint("baseline", "create", root)
    lines = (root / NAME).read_text("utf-8").splitlines()
    entries = json.loads((root / NAME).read_text("utf-8"))["entries"]
    assert len(lines) == len(entries) + 2
    assert len(entries) >= 2
    assert [(entry["check"], entry["subject"]) for entry in entries] == sorted(
        (entry["check"], entry["subject"]) for entry in entries
    )
    assert "line" not in entries[0]


def test_moved_code_is_known_and_another_value_is_new(archlint, frozen, tree):
    (frozen / "src/lend.ts").rename(frozen / "src/lending.ts")
    tree({"src/lending.ts": "\n\n// moved\n" + FORM.replace("too much", "That is too much.")})
    assert scanned(archlint, frozen)[0].returncode == 0
    tree({"src/lending.ts": FORM.replace("10000", "9000")})
    done, report = scanned(archlint, frozen)
    assert (done.returncode, report["summary"]["known"], report["summary"]["stale"]) == (1, 0, 1)


def test_paid_debt_is_told_and_taken_out(archlint, frozen, tree):
    tree({"src/lend.ts": FORM.replace("10000", "5000")})
    done = archlint("scan", frozen)
    assert done.returncode == 0
    assert "1 known finding is gone and 0 are left (archlint baseline prune)" in done.stderr
    assert "AL901" in done.stdout
    done = archlint("baseline", "prune", frozen)
    assert done.returncode == 0
    assert done.stdout.startswith("- AL201")
    assert json.loads((frozen / NAME).read_text("utf-8"))["entries"] == []
    assert "AL901" not in archlint("scan", frozen).stdout


SERVICE = FORM.replace("10000", "8000")


def test_a_copy_mended_of_several_leaves_less_of_the_same(archlint, tree):
    root = tree({**LENDING, "server/lend.ts": SERVICE})
    assert archlint("baseline", "create", root).returncode == 0
    text = (root / NAME).read_text("utf-8")
    (root / NAME).write_text(text.replace('"message"', '"reason": "the bank decides", "message"'), "utf-8")
    tree({"server/lend.ts": SERVICE.replace("8000", "5000")})
    done, report = scanned(archlint, root)
    drift = [item for item in report["accepted"] if item["code"] == "AL201"]
    assert (done.returncode, len(drift), report["summary"]["smaller"]) == (0, 1, 1)
    assert "1 known finding is smaller" in done.stderr
    done = archlint("baseline", "prune", root)
    assert "~ AL201" in done.stdout
    assert "reason: the bank decides" in archlint("baseline", "show", root).stdout
    assert scanned(archlint, root)[1]["summary"]["smaller"] == 0
    # What was mended is no part of the debt any more.
    tree({"server/lend.ts": SERVICE})
    assert scanned(archlint, root)[0].returncode == 1


@pytest.mark.parametrize(
    ("after", "value"),
    [("the other copy is wrong now", ("5000", "10000")), ("one copy more is wrong", ("10000", "10000"))],
)
def test_another_place_with_the_wrong_value_is_new(archlint, tree, after, value):
    root = tree({**LENDING, "server/lend.ts": SERVICE.replace("8000", "5000")})
    archlint("baseline", "create", root)
    tree({"src/lend.ts": FORM.replace("10000", value[0]), "server/lend.ts": SERVICE.replace("8000", value[1])})
    assert scanned(archlint, root)[0].returncode == 1, after


def test_an_update_keeps_what_people_wrote(archlint, frozen, tree):
    text = (frozen / NAME).read_text("utf-8")
    (frozen / NAME).write_text(text.replace('"message"', '"reason": "asked for", "owner": "ada", "message"'), "utf-8")
    schema = (
        SCHEMA
        + "create table visits (id int generated always as identity primary key, guests int check (guests <= 9));\n"
    )
    form = FORM.replace("amount", "guests").replace("loans", "visits")
    tree({"db/1.sql": schema, "src/visit.ts": form})
    done = archlint("baseline", "update", frozen)
    assert done.returncode == 0
    assert [line[:7] for line in done.stdout.splitlines()] == ["+ AL201"]
    shown = archlint("baseline", "show", frozen)
    assert "reason: asked for" in shown.stdout
    assert "owner: ada" in shown.stdout
    assert scanned(archlint, frozen)[0].returncode == 0


def test_in_ci_it_never_grows_unseen(archlint, frozen, tree):
    before = (frozen / NAME).read_bytes()
    tree({"src/again.ts": FORM.replace("10000", "9000")})
    done = archlint("baseline", "update", frozen, CI="true")
    assert (done.returncode, done.stdout) == (2, "")
    assert "a baseline never grows" in done.stderr
    assert (frozen / NAME).read_bytes() == before
    tree({"src/again.ts": "export {};\n", "src/lend.ts": FORM.replace("10000", "5000")})
    assert archlint("baseline", "prune", frozen, CI="true").returncode == 0
    (frozen / NAME).unlink()
    assert archlint("baseline", "create", frozen, CI="true").returncode == 2
    assert archlint("baseline", "create", frozen, "--force", CI="true").returncode == 0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "is not valid"),
        ('{"version": 2, "entries": []}', "has version 2"),
        ('{"version": 1, "entries": [{"check": "AL201"}]}', "is not valid"),
    ],
)
def test_a_damaged_file_stops_the_run(archlint, tree, content, told):
    root = tree({**LENDING, NAME: content})
    for command in (["scan", root], ["baseline", "show", root], ["baseline", "prune", root]):
        done = archlint(*command)
        assert (done.returncode, done.stdout) == (2, "")
        assert told in done.stderr.splitlines()[-1]


def test_never_over_one_that_is_there_and_never_without_one(archlint, frozen):
    assert archlint("baseline", "create", frozen).returncode == 2
    (frozen / NAME).unlink()
    for command in ("update", "prune", "show"):
        done = archlint("baseline", command, frozen)
        assert done.returncode == 2
        assert "archlint baseline create makes it" in done.stderr
    assert archlint("scan", frozen, "--baseline", frozen / "gone.json").returncode == 2


def test_two_alike_are_two(archlint, frozen, tree):
    entries = json.loads((frozen / NAME).read_text("utf-8"))
    entries["entries"][0]["count"] = 2
    (frozen / NAME).write_text(json.dumps(entries), "utf-8")
    report = scanned(archlint, frozen)[1]
    assert (report["summary"]["known"], report["summary"]["stale"]) == (1, 1)
