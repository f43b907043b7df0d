"""What a change takes away leaves no place behind, and is told all the same."""

import json

import pytest

FORM = """import { useState } from 'react';
export function JarForm() {
  const [litres, setLitres] = useState(0);
  async function submit() {
    if (litres > 40) { alert('too much'); return; }
    await fetch('/api/jars', { method: 'POST', body: JSON.stringify({ litres }) });
  }
  return <form onSubmit={submit}><input value={litres} onChange={e => setLitres(Number(e.target.value))} /></form>;
}
"""
FILL = """import express from 'express';
import { pool } from './pool';
const app = express();
app.post('/api/jars', async (request, response) => {
  const { litres } = request.body;
  await pool.query('insert into jars (litres) values ($1)', [litres]);
  response.json({});
});
"""
GUARDED = FILL.replace(
    "  await",
    "  if (litres > 40) {\n    return response.status(400).json({ error: 'too much' });\n  }\n"
    "  const stamp = new Date();\n  console.log(stamp);\n\n  await",
)
REFILL = GUARDED.replace("'/api/jars'", "'/api/jars/again'")
POOL = "import { Pool } from 'pg';\nexport const pool = new Pool();\n"
JARS = """create table jars (
  id int generated always as identity primary key,
  litres numeric not null
);
"""
LIMIT = "alter table jars add constraint jars_litres check (litres <= 40);\n"
BASE = {"src/JarForm.tsx": FORM, "server/pool.ts": POOL, "db/1_jars.sql": JARS}


@pytest.fixture
def told(archlint, tree, repository):
    """What is said of a change from some files to others (None takes a file away), staged and not."""

    def of(before, after, *arguments):
        git = repository({**BASE, **before})
        for path, text in after.items():
            if text is None:
                (git.root / path).unlink()
            else:
                tree({path: text})
        first = _findings(archlint("scan", git.root, "--changed=HEAD", "--format", "json", *arguments))
        git("add", "-A")
        assert _findings(archlint("scan", git.root, "--staged", "--format", "json", *arguments)) == first
        return first

    return of


def _findings(done):
    assert done.returncode in (0, 1), done.stderr
    return {item["code"]: item["message"] for item in json.loads(done.stdout)["findings"]}


def test_a_file_with_the_only_trusted_copy_is_deleted(told):
    found = told({"server/fill.ts": FILL, "db/2_limit.sql": LIMIT}, {"db/2_limit.sql": None})
    assert set(found) == {"AL301"}
    assert "; this change takes away db/2_limit.sql:1 (value <= 40) and leaves src/JarForm.tsx:5" in found["AL301"]


def test_a_guard_is_deleted_and_its_sibling_left(told):
    found = told({"server/fill.ts": GUARDED, "server/refill.ts": REFILL}, {"server/fill.ts": FILL})
    assert "this change takes away server/fill.ts:6 (value <= 40)" in found["AL302"]
    assert found["AL302"].endswith("leaves server/refill.ts:6 as it was")


def test_a_line_far_from_what_it_guards_is_deleted(told):
    less = GUARDED.replace(
        "  if (litres > 40) {\n    return response.status(400).json({ error: 'too much' });\n  }\n", ""
    )
    found = told({"server/fill.ts": GUARDED, "server/refill.ts": REFILL}, {"server/fill.ts": less})
    assert "this change takes away server/fill.ts:6 (value <= 40)" in found["AL302"]


def test_an_added_statement_that_drops_the_copy(told):
    dropped = {"db/3_drop.sql": "alter table jars drop constraint jars_litres;\n"}
    found = told({"server/fill.ts": FILL, "db/2_limit.sql": LIMIT}, dropped)
    assert {"AL301", "AL305"} <= set(found)
    assert "; this change takes away db/2_limit.sql:1 (value <= 40) and leaves src/JarForm.tsx:5" in found["AL301"]


def test_what_was_there_before_is_not_told(told):
    assert (
        told({"server/fill.ts": FILL, "server/pool.ts": POOL + "\nconst unused = 1;\n"}, {"server/pool.ts": POOL}) == {}
    )


def test_a_guard_that_moves_is_not_taken_away(told):
    asked = "export function fits(litres: number) {\n  return litres <= 40;\n}\n"
    moved = GUARDED.replace("litres > 40", "!fits(litres)").replace(
        "import { pool", "import { fits } from './fits';\nimport { pool"
    )
    assert told({"server/fill.ts": GUARDED}, {"server/fill.ts": moved, "server/fits.ts": asked}) == {}


def test_a_renamed_file_takes_nothing_away(told):
    assert told({"server/fill.ts": GUARDED}, {"server/fill.ts": None, "server/filling.ts": GUARDED}) == {}


def test_a_copy_less_is_no_new_finding(told):
    drifted = REFILL.replace("litres > 40", "litres > 50")
    before = {"server/fill.ts": GUARDED, "server/refill.ts": drifted, "db/2_limit.sql": LIMIT}
    assert told(before, {"server/fill.ts": None}) == {}


ACCEPTED = f"// archlint: ignore-file[AL301] the shop asks again\n\n\n{FORM}"


def test_what_a_comment_accepts_is_accepted_in_a_change(told):
    assert told({"server/fill.ts": FILL, "src/JarForm.tsx": ACCEPTED}, {"server/pool.ts": POOL + "\n"}) == {}


def test_a_comment_that_accepted_a_finding_is_deleted(told):
    bare = ACCEPTED.partition("\n")[2]
    assert set(told({"server/fill.ts": FILL, "src/JarForm.tsx": ACCEPTED}, {"src/JarForm.tsx": bare})) == {"AL301"}


def test_a_comment_that_is_not_needed_any_more_is_told_with_the_change(told):
    found = told({"server/fill.ts": FILL, "src/JarForm.tsx": ACCEPTED}, {"db/2_limit.sql": LIMIT})
    assert set(found) == {"AL901"}
    assert found["AL901"].endswith("; it was not there before this change")


def test_paid_debt_is_no_finding_of_a_change(archlint, tree, repository):
    git = repository({**BASE, "server/fill.ts": FILL})
    assert archlint("baseline", "create", git.root).returncode == 0
    git("add", "-A")
    git("commit", "-q", "-m", "two")
    tree({"db/2_limit.sql": LIMIT})
    done = archlint("scan", git.root, "--changed=HEAD", "-q")
    assert (done.returncode, done.stdout) == (0, "")
    assert "1 known finding is gone" in done.stderr


def test_the_state_before_is_judged_in_a_folder_of_a_repository_too(archlint, tree, repository):
    files = {f"shop/{path}": text for path, text in {**BASE, "server/fill.ts": FILL, "db/2_limit.sql": LIMIT}.items()}
    git = repository({**files, "other/readme.ts": "export const nothing = 1;\n"})
    (git.root / "shop/db/2_limit.sql").unlink()
    assert set(_findings(archlint("scan", git.root / "shop", "--changed=HEAD", "--format", "json"))) == {"AL301"}
    git("add", "-A")
    tree({"other/readme.ts": "export const nothing = 2;\n", "shop/server/pool.ts": POOL + "\n"})
    assert set(_findings(archlint("scan", git.root / "shop", "--staged", "--format", "json"))) == {"AL301"}
