"""Changed code: the whole is analysed, and told is what the change touches; with a real git."""

import json
import subprocess

import pytest

from archlint.changes.diff import parse

LEND = """import { supabase } from '../supabase';
export async function lend(amount: number) {
  if (amount > 10000) throw new Error('too much');
  await supabase.from('loans').insert({ amount });
}
"""
SCHEMA = """create table loans (
  id int generated always as identity primary key,
  amount numeric not null check (amount <= 5000)
);
create table visits (
  id int generated always as identity primary key,
  guests int not null check (guests <= 9)
);
"""
VISIT = """import { supabase } from '../supabase';
export async function visit(guests: number) {
  if (guests > 9) throw new Error('too many');
  await supabase.from('visits').insert({ guests });
}
"""
FILES = {"src/lend.ts": LEND, "src/visit.ts": VISIT, "db/1.sql": SCHEMA}
CI_VARIABLES = ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_DIFF_BASE_SHA", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME")


@pytest.fixture
def git(repository):
    """A repository whose first commit holds one drifted rule."""
    return repository(FILES)


@pytest.fixture
def subjects(archlint, git):
    """The subjects of drift that a scan tells, with its summary."""

    def of(*arguments, **settings):
        done = archlint("scan", git.root, "--format", "json", *arguments, **settings)
        assert done.returncode in (0, 1), done.stderr
        report = json.loads(done.stdout)
        of.findings = [item for item in report["findings"] if item["code"] == "AL201"]
        return {item["subject"] for item in of.findings}, report["summary"]

    return of


def drifted(tree, more="12"):
    tree({"src/visit.ts": VISIT.replace("> 9", f"> {more}")})


def test_what_the_change_does_not_touch_is_only_counted(subjects, tree):
    told, summary = subjects("--changed")
    assert (told, summary["unchanged"]) == (set(), 1)
    drifted(tree)
    assert subjects()[0] == {"loans.amount", "visits.guests"}
    told, summary = subjects("--changed")
    assert (told, summary["unchanged"]) == ({"visits.guests"}, 1)
    assert subjects("--changed=HEAD")[0] == told


def test_a_change_of_the_other_copy_counts_as_well(subjects, tree):
    tree({"db/1.sql": SCHEMA.replace("guests <= 9", "guests <= 8")})
    assert subjects("--changed")[0] == {"visits.guests"}


def test_copies_that_were_not_changed_together_are_told_apart(subjects, tree):
    drifted(tree)
    subjects("--changed")
    told = "; this change touches src/visit.ts:3 and leaves db/1.sql:7 as it was"
    assert subjects.findings[0]["message"].endswith(told)


def test_new_files_that_git_does_not_know_are_part_of_the_change(subjects, tree):
    tree({"src/again.ts": VISIT.replace("> 9", "> 30")})
    assert subjects("--changed")[0] == {"visits.guests"}


def test_a_commit_since_the_base_is_part_of_the_change(subjects, tree, git):
    git("checkout", "-q", "-b", "wider")
    drifted(tree)
    git("commit", "-q", "-a", "-m", "two")
    assert subjects("--changed")[0] == {"visits.guests"}
    assert subjects("--changed=HEAD")[0] == set()
    assert subjects("--changed=main")[0] == {"visits.guests"}


@pytest.mark.parametrize("name", CI_VARIABLES)
def test_the_base_is_what_the_ci_system_says(subjects, tree, git, name):
    base = git("rev-parse", "HEAD") if name.endswith("SHA") else "main"
    git("checkout", "-q", "-b", "wider")
    drifted(tree)
    git("commit", "-q", "-a", "-m", "two")
    git("update-ref", "refs/remotes/origin/main", "main")
    assert subjects("--changed", CI="true", **{name: base})[0] == {"visits.guests"}


def test_a_moved_or_reformatted_file_is_no_change_of_a_rule(subjects, git, tree):
    (git.root / "src/lend.ts").rename(git.root / "src/lending.ts")
    git("add", "-A")
    assert subjects("--staged")[0] == set()
    assert subjects("--changed")[0] == set()


def test_the_index_is_read_and_not_the_working_tree(subjects, git, tree):
    drifted(tree)
    git("add", "-A")
    assert subjects("--staged")[0] == {"visits.guests"}
    tree({"src/visit.ts": VISIT})
    assert subjects("--staged")[0] == {"visits.guests"}
    git("add", "-A")
    assert subjects("--staged")[0] == set()
    drifted(tree)
    assert subjects("--staged")[0] == set()


def test_a_staged_file_that_the_disk_has_no_more_is_read(subjects, git, tree):
    drifted(tree)
    git("add", "-A")
    (git.root / "src/visit.ts").unlink()
    assert subjects("--staged")[0] == {"visits.guests"}
    git("add", "-A")
    assert subjects("--staged")[0] == set()


def test_settings_count_as_they_are_staged(subjects, git, tree):
    tree({"archlint.toml": 'ignore = ["AL201"]\n'})
    git("add", "-A")
    drifted(tree)
    git("add", "-A")
    assert subjects("--staged")[0] == set()
    # What is mended or spoilt on the disk alone is not committed.
    tree({"archlint.toml": "no settings at all"})
    assert subjects("--staged")[0] == set()
    git("commit", "-q", "-m", "two")
    tree({"archlint.toml": "", "src/visit.ts": VISIT.replace("> 9", "> 30")})
    git("add", "-A")
    tree({"archlint.toml": 'ignore = ["AL201"]\n'})
    assert subjects("--staged")[0] == {"visits.guests"}
    assert subjects("--changed", "HEAD")[0] == set()


def test_settings_above_the_scanned_folder_count_as_they_are_staged(archlint, repository, tree):
    git = repository({**{f"app/{path}": text for path, text in FILES.items()}, "archlint.toml": ""})
    tree({"app/src/visit.ts": VISIT.replace("> 9", "> 12")})
    git("add", "-A")
    tree({"archlint.toml": 'ignore = ["AL201"]\n'})
    assert "visits.guests" in archlint("scan", git.root / "app", "--staged").stdout
    git("add", "-A")
    assert "visits.guests" not in archlint("scan", git.root / "app", "--staged").stdout


def test_the_baseline_counts_as_it_is_staged(archlint, subjects, git, tree):
    drifted(tree)
    git("add", "-A")
    archlint("baseline", "create", git.root)
    git("add", "-A")
    assert subjects("--staged")[0] == set()
    tree({".archlint-baseline.json": '{"version": 1, "entries": [\n]}\n'})
    assert subjects("--staged")[0] == set()
    git("add", "-A")
    archlint("baseline", "update", git.root)
    assert subjects("--staged")[0] == {"visits.guests"}


def test_hooks_that_are_run_over_commits_are_about_those(subjects, git, tree):
    drifted(tree)
    git("commit", "-q", "-a", "-m", "two")
    assert subjects("--staged")[0] == set()
    told, summary = subjects("--staged", PRE_COMMIT_FROM_REF="HEAD~1")
    assert (told, summary["unchanged"]) == ({"visits.guests"}, 1)


def test_hooks_that_are_run_over_all_files_in_ci_are_about_all(subjects, git, tree):
    assert subjects("--staged", CI="true")[0] == {"loans.amount"}
    drifted(tree)
    git("add", "-A")
    assert subjects("--staged", CI="true")[0] == {"visits.guests"}


def test_what_is_not_tracked_is_not_staged(subjects, git, tree):
    tree({"src/again.ts": VISIT.replace("> 9", "> 30")})
    assert subjects("--staged")[0] == set()
    git("add", "src/again.ts")
    assert subjects("--staged")[0] == {"visits.guests"}


def test_a_commit_of_some_files_has_an_index_of_its_own(subjects, git, tree, tmp_path):
    drifted(tree)
    index = git.root / ".git" / "next-index"
    git("read-tree", "HEAD", GIT_INDEX_FILE=str(index))
    git("add", "src/visit.ts", GIT_INDEX_FILE=str(index))
    assert subjects("--staged")[0] == set()
    assert subjects("--staged", GIT_INDEX_FILE=str(index))[0] == {"visits.guests"}


def test_the_first_commit_of_all(archlint, tree, tmp_path):
    root = tree(FILES)
    subprocess.run(["git", "init", "-q", root], check=True)
    subprocess.run(["git", "-C", root, "add", "-A"], check=True)
    done = archlint("scan", root, "--staged", "-q")
    assert done.returncode == 1
    assert "loans.amount" in done.stdout


def test_a_folder_of_a_repository(archlint, git, tree):
    drifted(tree, "11")
    done = archlint("scan", git.root / "src", "--changed", "--format", "json")
    assert done.returncode in (0, 1), done.stderr
    assert json.loads(done.stdout)["summary"]["files"] == 2


def test_what_is_found_at_another_state_is_known(subjects, git, tree):
    told, summary = subjects("--baseline-from-ref", "HEAD")
    assert (told, summary["known"], summary["stale"]) == (set(), 1, 0)
    drifted(tree)
    assert subjects("--baseline-from-ref", "HEAD")[0] == {"visits.guests"}
    tree({"src/lend.ts": LEND.replace("10000", "5000"), "src/visit.ts": VISIT})
    told, summary = subjects("--baseline-from-ref", "HEAD")
    assert (told, summary["stale"]) == (set(), 0)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--changed=nowhere"], "git does not know 'nowhere'"),
        (["--changed=--output=x"], "git does not know"),
        (["--baseline-from-ref", "nowhere"], "git does not know 'nowhere'"),
        (["--staged", "--changed"], "--staged and --changed exclude each other"),
        (["--changed"], "this CI system does not say what the change is compared with"),
    ],
)
def test_a_question_that_git_cannot_answer(archlint, git, arguments, told):
    settings = {"CI": "true"} if arguments == ["--changed"] else {}
    done = archlint("scan", git.root, *arguments, **settings)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr.splitlines()[-1]


def test_without_a_repository_nothing_is_known_of_changes(archlint, tree):
    done = archlint("scan", tree(FILES), "--changed")
    assert (done.returncode, done.stdout) == (2, "")
    assert "is not in a git repository" in done.stderr


def test_a_shallow_clone_says_what_to_do(archlint, git, tree, tmp_path):
    drifted(tree)
    git("commit", "-q", "-a", "-m", "two")
    first = git("rev-parse", "HEAD~1")
    clone = tmp_path / "clone"
    git("clone", "-q", "--depth", "1", f"file://{git.root}", str(clone), folder=tmp_path)
    done = archlint("scan", clone, f"--changed={first}")
    assert (done.returncode, done.stdout) == (2, "")
    assert "fetch-depth: 0" in done.stderr.splitlines()[-1]
    assert archlint("scan", clone, "--changed=HEAD").returncode == 0


def test_files_that_are_not_merged(archlint, git, tree):
    git("checkout", "-q", "-b", "other")
    drifted(tree, "12")
    git("commit", "-q", "-a", "-m", "two")
    git("checkout", "-q", "main")
    drifted(tree, "13")
    git("commit", "-q", "-a", "-m", "three")
    with pytest.raises(AssertionError):
        git("merge", "-q", "other")
    done = archlint("scan", git.root, "--staged")
    assert done.returncode == 2
    assert "resolve the conflicts first" in done.stderr


def test_a_difference_is_read_by_lines():
    text = (
        "diff --git a/a b.ts b/a b.ts\n--- a/a b.ts\t\n+++ b/a b.ts\t\n@@ -1 +1,2 @@ f\n-x\n+++ y\n+z\n"
        "@@ -9,2 +10,0 @@\n-p\n--- q\n"
        "diff --git a/gone.ts b/gone.ts\n--- a/gone.ts\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
        'diff --git "a/q\\".ts" "b/q\\".ts"\n--- "a/q\\".ts"\n+++ "b/q\\".ts"\n@@ -0,0 +1 @@\n+x\n'
        "\\ No newline at end of file\n"
    )
    new, gone = parse(text)
    assert new == {"a b.ts": ((1, 2), (10, 11)), 'q".ts': ((1, 1),)}
    assert gone == {"a b.ts": ((1, 1), (9, 10)), "gone.ts": ((1, 1),)}
