"""`archlint ci`: what it writes where, and what it compares with, by the variables of CI systems."""

import json
import os
import subprocess
import sys

import pytest

FORM = """
import { supabase } from '../supabase';
export async function lend(amount: number) {
  if (amount > 10000) throw new Error('too much');
  await supabase.from('loans').insert({ amount });
}
"""
SCHEMA = """
create table loans (id serial primary key, amount numeric not null check (amount <= 5000));
alter table loans enable row level security;
create policy "staff lend" on loans for all using (auth.uid() is not null);
"""
DRIFTED = {"src/loans/lend.ts": FORM, "supabase/migrations/001_loans.sql": SCHEMA}
AGREED = {**DRIFTED, "src/loans/lend.ts": FORM.replace("10000", "5000")}

# Whatever runs these tests may be a CI job itself.
NOWHERE = dict.fromkeys(
    (
        "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_BASE_REF", "GITLAB_CI", "CI_MERGE_REQUEST_DIFF_BASE_SHA",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "PRE_COMMIT_FROM_REF", "BITBUCKET_PR_DESTINATION_BRANCH",
        "SYSTEM_PULLREQUEST_TARGETBRANCH", "BUILDKITE_PULL_REQUEST_BASE_BRANCH", "CHANGE_TARGET",
    ),
    "",
)  # fmt: skip


@pytest.fixture
def ci(archlint, tree, monkeypatch):
    """Run `archlint ci` in a tree with the variables of a CI system."""

    def run(*arguments, **variables):
        monkeypatch.chdir(tree({}))
        return archlint("ci", *arguments, **{**NOWHERE, "PYTHONPATH": os.pathsep.join(sys.path), **variables})

    return run


def git(root, *arguments):
    settings = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *settings, *arguments], cwd=root, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def committed(tree, files):
    """Write the files and commit them; the answer is the commit."""
    root = tree(files)
    if not (root / ".git").exists():
        git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "work")
    return git(root, "rev-parse", "HEAD")


def test_github_gets_annotations_and_a_summary_of_the_step(ci, tree, tmp_path):
    tree(DRIFTED)
    page = tmp_path / "summary.md"
    page.write_text("another step\n", "utf-8")
    done = ci(GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(page))
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=src/loans/lend.ts,line=4,")
    assert all(line.startswith("::") for line in done.stdout.splitlines())
    assert done.stderr == 'archlint: 1 finding at or above "warning" (exit 1)\n'
    told = page.read_text("utf-8")
    assert told.startswith("another step\n<!-- archlint -->\n### archlint: 1 error")


def test_gitlab_gets_text_and_a_code_quality_report(ci, tree):
    root = tree(DRIFTED)
    done = ci(GITLAB_CI="true")
    assert done.returncode == 1
    assert "error AL201 drifted-rule" in done.stdout
    (finding,) = json.loads((root / "gl-code-quality-report.json").read_text("utf-8"))
    assert finding["location"]["path"] == "src/loans/lend.ts"


def test_elsewhere_text_and_what_is_asked_for(ci, tree):
    root = tree(DRIFTED)
    done = ci("--output", "junit=report.xml", "--output", "sarif=report.sarif", "--exit-zero")
    assert done.returncode == 0
    assert "error AL201 drifted-rule" in done.stdout
    assert "<testsuites" in (root / "report.xml").read_text("utf-8")
    run = json.loads((root / "report.sarif").read_text("utf-8"))["runs"][0]
    assert run["invocations"][0]["exitCode"] == 0
    assert "--exit-zero" in run["invocations"][0]["exitCodeDescription"]
    assert [result["ruleId"] for result in run["results"]] == ["AL201"]


@pytest.mark.parametrize("system", ["github", "gitlab", "jenkins"])
def test_a_request_to_merge_is_judged_by_its_changes(ci, tree, system):
    base = committed(tree, DRIFTED)
    variables = {
        "github": {"GITHUB_ACTIONS": "true", "GITHUB_BASE_REF": "main"},
        "gitlab": {"GITLAB_CI": "true", "CI_MERGE_REQUEST_DIFF_BASE_SHA": base},
        "jenkins": {"CHANGE_TARGET": "main"},
    }[system] | {"CI": "true"}
    git(tree({}), "switch", "-q", "-c", "work")
    committed(tree, {"README.md": "# Loans\n"})
    # What was there before is nobody's fault now, but it is not forgotten.
    assert ci(**variables).returncode == 0
    assert ci("--whole", **variables).returncode == 1
    committed(tree, {"src/loans/lend.ts": FORM.replace("10000", "9000")})
    assert ci(**variables).returncode == 1


def test_a_push_is_judged_as_a_whole(ci, tree):
    committed(tree, DRIFTED)
    assert ci(CI="true", GITHUB_ACTIONS="true").returncode == 1


def test_a_shallow_clone_is_told_what_to_do(ci, tree, tmp_path, monkeypatch):
    committed(tree, AGREED)
    root = tree({})
    git(root, "switch", "-q", "-c", "work")
    committed(tree, {"README.md": "# Loans\n"})
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "-q", "--depth", "1", "--branch", "work", root.as_uri(), shallow)
    done = ci(shallow, CI="true", GITHUB_ACTIONS="true", GITHUB_BASE_REF="main")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "fetch-depth: 0" in done.stderr


def test_paths_are_those_of_the_repository_and_not_of_the_folder(ci, tree):
    root = tree({f"services/lending/{path}": text for path, text in DRIFTED.items()})
    git(root, "init", "-q")
    done = ci("services/lending", GITHUB_ACTIONS="true")
    assert "file=services/lending/src/loans/lend.ts," in done.stdout
