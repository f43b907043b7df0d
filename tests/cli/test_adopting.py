"""From the first run to a gate: `init`, `doctor`, `explain` of a field, and a file as an editor has it."""

import json
import os
import re
import subprocess
import sys

import pytest
import tomli

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
LENDING = {"src/loans/lend.ts": FORM, "db/1.sql": SCHEMA}


def test_init_shows_what_it_would_write_and_writes_nothing(archlint, tree):
    root = tree(LENDING)
    before = sorted(root.rglob("*"))
    done = archlint("init", root, "--hook", "--ci", "github", "--baseline")
    assert done.returncode == 0
    assert '"src/" = "frontend"' in done.stdout
    assert "uses: archlint/archlint@" in done.stdout
    assert "archlint init --yes writes" in done.stderr
    assert sorted(root.rglob("*")) == before


def test_init_writes_what_lets_only_new_findings_fail(archlint, tree):
    root = tree(LENDING)
    assert archlint("scan", root).returncode == 1
    done = archlint("init", root, "--hook", "--ci", "gitlab", "--baseline", "--yes")
    assert done.returncode == 0, done.stderr
    settings = tomli.loads((root / "archlint.toml").read_text("utf-8"))
    assert settings == {"layers": {}}
    assert "- id: archlint" in (root / ".pre-commit-config.yaml").read_text("utf-8")
    assert "archlint ci" in (root / ".gitlab-ci.yml").read_text("utf-8")
    assert archlint("scan", root).returncode == 0
    tree({"src/loans/lend.ts": FORM.replace("10000", "12000")})
    assert archlint("scan", root).returncode == 1


@pytest.mark.parametrize(
    ("flags", "hooks"),
    [
        (["--hook"], ["archlint"]),
        (["--hook", "--yes"], ["archlint"]),
        (["--hook", "push"], ["archlint-push"]),
        (["--hook=both", "--yes"], ["archlint", "archlint-push"]),
    ],
)
def test_the_hook_comes_when_the_team_wants_it(archlint, tree, flags, hooks):
    done = archlint("init", tree(LENDING), *flags)
    assert done.returncode == 0, done.stderr
    assert re.findall(r"- id: (\S+)", done.stdout) == hooks
    assert ("next: pre-commit install" in done.stderr) == ("--yes" in flags)


def test_a_large_system_is_judged_before_a_push(archlint, tree):
    long = "create table filler (id int primary key);\n" + "\n" * 260_000
    done = archlint("init", tree({**LENDING, "db/2.sql": long}), "--hook")
    assert re.findall(r"- id: (\S+)", done.stdout) == ["archlint-push"]


def test_a_hook_at_another_time_is_not_known(archlint, tree):
    done = archlint("init", tree(LENDING), "--hook=merge")
    assert done.returncode == 2
    assert "'merge' is not one of commit, push, both" in done.stderr


def test_init_writes_over_nothing(archlint, tree):
    mine = {
        "archlint.toml": 'fail-on = "error"\n',
        ".pre-commit-config.yaml": "repos: []\n",
        ".gitlab-ci.yml": "stages: []\n",
    }
    root = tree({**LENDING, **mine})
    done = archlint("init", root, "--hook", "--ci", "gitlab", "--yes")
    assert done.returncode == 0
    assert "nothing is written over" in done.stderr
    assert done.stdout.count("there already") == 3
    assert {path: (root / path).read_text("utf-8") for path in mine} == mine


def test_a_folder_of_several_layers_is_told_by_its_parts(archlint, tree):
    server = FORM.replace("'../supabase'", "'./db'").replace(
        "supabase.from('loans').insert({ amount })", "pool.query('insert into loans (amount) values ($1)', [amount])"
    )
    root = tree(
        {
            "app/web/components/Lend.tsx": FORM,
            "app/server/lend.ts": server.replace("supabase", "pool"),
            "db/1.sql": SCHEMA,
        }
    )
    shown = archlint("init", root).stdout
    layers = tomli.loads(shown.partition("\n")[2].replace('# "', '"'))["layers"]
    assert layers == {"app/web/": "frontend", "app/server/": "service"}


def test_doctor_says_what_it_stands_on_and_what_it_cannot_see(archlint, tree):
    root = tree({**LENDING, "src/a.rb": "puts 1\n"})
    done = archlint("doctor", root)
    assert done.returncode == 0
    rows = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert "tree-sitter-postgres" in rows["parsers"]
    assert "no reader for .rb 1" in rows["blind"]
    assert "none" in rows["settings"]
    assert "is not in a git repository" in rows["git"]
    subprocess.run(["git", "init", "-q", root], check=True)
    archlint("init", root, "--baseline", "--yes")
    rows = {line.split()[0]: line for line in archlint("doctor", root).stdout.splitlines()}
    assert "archlint.toml" in rows["settings"]
    # The limit that drifted, and the file that nobody reads.
    assert "2 known findings" in rows["baseline"]
    assert "the whole history is here" in rows["git"]


def test_a_field_is_explained_by_all_its_places(archlint, tree):
    root = tree(LENDING)
    done = archlint("explain", "loans.amount", root)
    assert done.returncode == 0
    for told in ("src/loans/lend.ts:4:7", "value <= 10000", "db/1.sql:3:", "value <= 5000", "error AL201", "7500"):
        assert told in done.stdout
    missed = archlint("explain", "loan.amount", root)
    assert (missed.returncode, missed.stdout) == (2, "")
    assert "did you mean loans.amount?" in missed.stderr


@pytest.fixture
def edited(tree, tmp_path):
    """Scan the lending files, with a file as an editor has it."""
    root = tree(LENDING)

    def run(content, file="src/loans/lend.ts", *arguments):
        environment = os.environ | {"ARCHLINT_CACHE_DIR": str(tmp_path / "cache")}
        command = [sys.executable, "-m", "archlint", "scan", root, "--format", "json", "--stdin-filename", root / file]
        command = [*map(str, command), *arguments]
        return subprocess.run(command, input=content, env=environment, capture_output=True, text=True, check=False)

    return run


def test_a_file_as_an_editor_has_it(edited, archlint, tree):
    for content, limit in (
        (FORM.replace("10000", "7000"), "7000"),
        (FORM, "10000"),
        (FORM.replace("10000", "8000"), "8000"),
    ):
        report = json.loads(edited(content).stdout)
        (found,) = report["findings"]
        assert f"at most {limit}" in found["message"]
        assert "this change" not in found["message"]
    assert json.loads(edited(FORM.replace("10000", "5000")).stdout)["findings"] == []
    on_disk = archlint("scan", tree({}), "--format", "json")
    assert "at most 10000" in json.loads(on_disk.stdout)["findings"][0]["message"]
    assert json.loads(edited(SCHEMA, "db/1.sql").stdout)["findings"] != []


def test_a_file_that_was_never_saved(edited, archlint, tree):
    report = json.loads(edited(FORM.replace("10000", "9000"), "src/loans/lend_more.ts").stdout)
    assert {site["path"] for item in report["findings"] for site in item["sites"]} >= {"src/loans/lend_more.ts"}
    on_disk = json.loads(archlint("scan", tree({}), "--format", "json").stdout)
    assert "src/loans/lend_more.ts" not in {site["path"] for item in on_disk["findings"] for site in item["sites"]}


@pytest.mark.parametrize(
    ("file", "arguments", "told"),
    [
        ("src/notes.txt", (), "is not among the files that are scanned"),
        ("node_modules/lend/lend.ts", (), "is not among the files that are scanned"),
        ("../else.ts", (), "does not lie in"),
        ("src/loans/lend.ts", ("--staged",), "asks about one file, not about a change"),
    ],
)
def test_a_file_that_cannot_be_judged(edited, file, arguments, told):
    done = edited(FORM, file, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


@pytest.mark.parametrize(("words", "offered"), [("archlint sc", "scan"), ("archlint baseline pr", "prune")])
def test_a_shell_is_told_how_a_word_goes_on(words, offered):
    completing = {"_ARCHLINT_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    program = [sys.executable, "-c", "from archlint.__main__ import main; main()"]
    done = subprocess.run(program, env=os.environ | completing, capture_output=True, text=True, check=False)
    assert done.stdout.split() == [offered]
