"""The files for CI systems: by the schemas of those systems, and run as their runners would."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from archlint import __version__
from archlint.cli import proposal

PROJECT = Path(__file__).resolve().parent.parent
ACTION = yaml.safe_load((PROJECT / "action.yml").read_text("utf-8"))
TEMPLATE = yaml.safe_load((PROJECT / "ci" / "gitlab.yml").read_text("utf-8"))
HOOKS = yaml.safe_load((PROJECT / ".pre-commit-hooks.yaml").read_text("utf-8"))
BLOCKS = [
    yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", (PROJECT / "README.md").read_text(), re.DOTALL)
]

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
LENDING = {"src/loans/lend.ts": FORM, "supabase/migrations/001_loans.sql": SCHEMA}


def accepted(schema, *arguments):
    program = Path(sys.executable).with_name("check-jsonschema")
    done = subprocess.run(
        [program, "--builtin-schema", f"vendor.{schema}", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def block(key):
    """The one block of the README that has a key."""
    (found,) = [content for content in BLOCKS if key in content]
    return found


def test_the_action_and_the_template_are_what_their_systems_accept():
    accepted("github-actions", PROJECT / "action.yml")
    accepted("gitlab-ci", "--data-transform", "gitlab-ci", PROJECT / "ci" / "gitlab.yml")


def test_the_hooks_are_what_pre_commit_accepts(tmp_path):
    settings = tmp_path / "settings.yaml"
    settings.write_text(yaml.safe_dump(block("repos")), "utf-8")
    for command, file in (("validate-manifest", PROJECT / ".pre-commit-hooks.yaml"), ("validate-config", settings)):
        done = subprocess.run([sys.executable, "-m", "pre_commit", command, file], capture_output=True, check=False)
        assert done.returncode == 0, done.stdout


def test_the_examples_of_the_readme_are_accepted_and_name_what_there_is(tmp_path):
    for key, schema, more in (
        ("jobs", "github-workflows", []),
        ("include", "gitlab-ci", ["--data-transform", "gitlab-ci"]),
    ):
        file = tmp_path / f"{key}.yml"
        # YAML reads the key `on` as a truth; quotes keep it a word.
        file.write_text(yaml.safe_dump(block(key)).replace("true:", '"on":'), "utf-8")
        accepted(schema, *more, file)
    (repository,) = block("repos")["repos"]
    assert {hook["id"] for hook in repository["hooks"]} <= {hook["id"] for hook in HOOKS}
    assert repository["rev"] == f"v{__version__}"
    (step,) = [step for step in block("jobs")["jobs"]["archlint"]["steps"] if "archlint" in step["uses"]]
    assert step["uses"].endswith(f"@v{__version__}")
    assert set(step["with"]) <= set(ACTION["inputs"])
    assert block("include")["include"][0]["remote"].endswith(f"/v{__version__}/ci/gitlab.yml")
    assert TEMPLATE["archlint"]["variables"]["ARCHLINT_PACKAGE"].endswith(f"@v{__version__}")


def test_what_init_proposes_is_accepted_and_names_what_there_is(tmp_path):
    proposed = {}
    for system, schema, more in (
        ("github", "github-workflows", []),
        ("gitlab", "gitlab-ci", ["--data-transform", "gitlab-ci"]),
    ):
        file = tmp_path / f"{system}.yml"
        file.write_text(proposal.job(system), "utf-8")
        accepted(schema, *more, file)
        proposed[system] = yaml.safe_load(file.read_text("utf-8"))
    action = block("jobs")["jobs"]["archlint"]["steps"][-1]["uses"]
    assert proposed["github"]["jobs"]["archlint"]["steps"][-1]["uses"] == action
    # Without rules, GitLab starts no job for a merge request, and nothing is compared.
    for key in ("rules", "artifacts", "image"):
        assert proposed["gitlab"]["archlint"][key] == TEMPLATE["archlint"][key]
    assert TEMPLATE["archlint"]["variables"]["ARCHLINT_PACKAGE"] in proposal.job("gitlab")
    proposed_hooks = {}
    for when in ("commit", "push", "both"):
        file = yaml.safe_load(proposal.hook(when))
        (hooks,) = file["repos"]
        assert (hooks["repo"], hooks["rev"]) == tuple(block("repos")["repos"][0][key] for key in ("repo", "rev"))
        proposed_hooks[when] = [hook["id"] for hook in hooks["hooks"]]
        # What nobody installs never runs: pre-commit alone installs only what comes before a commit.
        stages = {stage for hook in HOOKS if hook["id"] in proposed_hooks[when] for stage in hook["stages"]}
        assert stages <= set(file.get("default_install_hook_types", ["pre-commit"]))
    assert proposed_hooks == {
        "commit": ["archlint"],
        "push": ["archlint-push"],
        "both": ["archlint", "archlint-push"],
    }


class Runner:
    """As much of GitHub's runner as the action needs: inputs, files of variables, bash."""

    def __init__(self, folder, workspace):
        self.workspace = workspace
        self._variables = folder / "variables"
        self._variables.touch()
        (folder / "temp").mkdir()
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "CI"))}
        self.environment |= {
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(PROJECT),
            "GITHUB_ENV": str(self._variables),
            "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
            "RUNNER_TEMP": str(folder / "temp"),
            "ARCHLINT_CACHE_DIR": str(folder / "cache"),
        }

    def step(self, name, **inputs):
        (step,) = [step for step in ACTION["runs"]["steps"] if step["name"].startswith(name)]
        given = {key: value["default"] for key, value in ACTION["inputs"].items()} | inputs
        assert "${{" not in step["run"], "what a workflow passes must not become a part of a script"
        words = {key: given[re.fullmatch(r"\$\{\{ inputs\.(\w+) \}\}", text)[1]] for key, text in step["env"].items()}
        kept = dict(line.split("=", 1) for line in self._variables.read_text("utf-8").splitlines())
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.workspace,
            env=self.environment | kept | words,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )


@pytest.fixture
def runner(tmp_path, tree):
    if shutil.which("bash") is None or shutil.which("git") is None:
        pytest.skip("needs bash and git")
    return Runner(tmp_path, tree(LENDING))


def git(folder, *arguments):
    settings = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *settings, *arguments], cwd=folder, capture_output=True, check=True)


def test_the_action_judges_and_writes_what_it_is_asked_for(runner):
    runner.environment["ARCHLINT"] = str(Path(sys.executable).with_name("archlint"))
    done = runner.step("Judge", sarif="a report.sarif", args="--fail-on error --whole")
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=src/loans/lend.ts,line=4,")
    report = json.loads((runner.workspace / "a report.sarif").read_text("utf-8"))
    assert report["runs"][0]["results"][0]["ruleId"] == "AL201"
    assert runner.step("Judge", args="--fail-on never").returncode == 0


def test_the_action_fetches_what_a_pull_request_is_compared_with(runner, tmp_path):
    origin = runner.workspace
    git(origin, "init", "-q", "-b", "main")
    git(origin, "add", ".")
    git(origin, "commit", "-q", "-m", "loans")
    git(origin, "switch", "-q", "-c", "work")
    (origin / "README.md").write_text("# Loans\n", "utf-8")
    git(origin, "add", ".")
    git(origin, "commit", "-q", "-m", "more")
    git(tmp_path, "clone", "-q", "--depth", "1", "--branch", "work", origin.as_uri(), "checkout")
    runner.workspace = tmp_path / "checkout"
    runner.environment |= {"GITHUB_BASE_REF": "main", "ARCHLINT": str(Path(sys.executable).with_name("archlint"))}
    assert runner.step("Judge").returncode == 2
    fetched = runner.step("Fetch")
    assert fetched.returncode == 0, fetched.stderr
    # The drift was there before this request.
    assert runner.step("Judge").returncode == 0
    assert runner.step("Judge", args="--whole").returncode == 1


def test_the_action_installs_itself_beside_what_the_job_has(runner, tmp_path):
    asked = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "--no-cache-dir",
        "-d",
        tmp_path / "w",
        "hatchling",
    ]
    if subprocess.run(asked, capture_output=True, check=False).returncode != 0:
        pytest.skip("needs a package index, and pip to ask it")
    installed = runner.step("Install")
    assert installed.returncode == 0, installed.stdout + installed.stderr
    assert runner.step("Judge").stdout.startswith("::error file=src/loans/lend.ts,line=4,")


def test_the_job_of_gitlab_leaves_the_reports_that_it_names(tree, tmp_path):
    root = tree(LENDING)
    job = TEMPLATE["archlint"]
    variables = {key: value for key, value in os.environ.items() if not key.startswith(("CI", "GITHUB_"))}
    variables |= {"GITLAB_CI": "true", "CI": "true", "ARCHLINT_CACHE_DIR": str(tmp_path / "cache"), **job["variables"]}
    variables["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), variables["PATH"]))
    judging = [line for line in job["script"] if line.startswith("archlint ")]
    done = subprocess.run(
        ["bash", "-ec", "\n".join(judging)], cwd=root, env=variables, capture_output=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert {path for path in job["artifacts"]["reports"].values() if (root / path).stat().st_size} == {
        "gl-code-quality-report.json",
        "archlint-junit.xml",
    }
