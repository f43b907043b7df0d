"""The hooks as a team meets them: the real pre-commit installs archlint, and git asks it before a commit and a push."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
INSTALLED = ("archlint", "rules", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", ".pre-commit-hooks.yaml")

FORM = """
import { supabase } from '../supabase';
export async function lend(amount: number) {
  if (amount > 5000) throw new Error('too much');
  await supabase.from('loans').insert({ amount });
}
"""
SCHEMA = """
create table loans (
  id bigint generated always as identity primary key,
  amount numeric not null check (amount <= 5000)
);
alter table loans enable row level security;
create policy "staff lend" on loans for all using (auth.uid() is not null);
"""
SETTINGS = """
default_install_hook_types: [pre-commit, pre-push]
repos:
  - repo: {tool}
    rev: {commit}
    hooks:
      - id: archlint
      - id: archlint-push
"""


class Team:
    """A repository with the hooks installed, and one that it is pushed to."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "lending"
        # A hook or a CI job in which these tests run has variables of git and pre-commit that are about another place.
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PRE_COMMIT", "CI"))}
        self._environment = kept | {
            "PRE_COMMIT_HOME": str(folder / "pre-commit"),
            "ARCHLINT_CACHE_DIR": str(folder / "cache"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }
        for person in ("AUTHOR", "COMMITTER"):
            self._environment |= {f"GIT_{person}_NAME": "Ada", f"GIT_{person}_EMAIL": "ada@example.org"}

    def run(self, *command: str | Path, where: Path | None = None) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(word) for word in command],
            cwd=where or self.root,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )

    def done(self, *command: str | Path, where: Path | None = None) -> str:
        finished = self.run(*command, where=where)
        assert finished.returncode == 0, finished.stdout
        return finished.stdout

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")

    def commit(self, *flags: str) -> "subprocess.CompletedProcess[str]":
        return self.run("git", "commit", "-m", "work", *flags)

    def head(self) -> str:
        return self.done("git", "rev-parse", "HEAD").strip()


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    folder = tmp_path_factory.mktemp("hooks")
    team = Team(folder)
    if shutil.which("git") is None:
        pytest.skip("needs git")
    asked = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "--no-cache-dir",
        "-d",
        folder / "w",
        "hatchling",
    ]
    if team.run(*asked, where=folder).returncode != 0:
        pytest.skip("needs a package index, and pip to ask it")
    tool = folder / "archlint"
    tool.mkdir()
    for name in INSTALLED:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, tool / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tool / name)
    for place in (tool, team.root):
        place.mkdir(exist_ok=True)
        team.done("git", "init", "-q", "-b", "main", where=place)
    team.done("git", "add", ".", where=tool)
    team.done("git", "commit", "-q", "-m", "archlint", where=tool)
    rev = team.done("git", "rev-parse", "HEAD", where=tool).strip()
    team.write(".pre-commit-config.yaml", SETTINGS.format(tool=tool, commit=rev))
    team.done(sys.executable, "-m", "pre_commit", "install", "--install-hooks")
    team.done("git", "init", "-q", "--bare", folder / "origin.git")
    team.done("git", "remote", "add", "origin", folder / "origin.git")
    team.write("src/loans/lend.ts", FORM)
    team.write("supabase/migrations/001_loans.sql", SCHEMA)
    team.done("git", "add", ".")
    return team


def test_a_team_is_told_before_copies_of_a_rule_part(team: Team):
    # Copies that agree are no reason to stop anybody.
    first = team.commit()
    assert first.returncode == 0, first.stdout
    assert "Passed" in first.stdout
    pushed = team.run("git", "push", "-q", "-u", "origin", "main")
    assert pushed.returncode == 0, pushed.stdout

    # A drift that is staged is refused, with both places and the value that tells them apart.
    before = team.head()
    team.write("src/loans/lend.ts", FORM.replace("5000", "10000"))
    team.done("git", "add", ".")
    refused = team.commit()
    assert refused.returncode == 1
    assert team.head() == before
    for told in ("AL201", "src/loans/lend.ts:4", "supabase/migrations/001_loans.sql:4", "witness", "(exit 1)"):
        assert told in refused.stdout

    # What counts is what is committed, not what lies in the folder.
    team.write("src/loans/lend.ts", FORM)
    assert team.commit().returncode == 1
    team.done("git", "add", ".")
    team.write("src/loans/lend.ts", FORM.replace("5000", "10000"))
    team.write("README.md", "# Lending\n")
    team.done("git", "add", "README.md")
    aside = team.commit()
    assert aside.returncode == 0, aside.stdout

    # Whoever goes round the first hook meets the second one.
    team.done("git", "add", ".")
    assert team.commit("--no-verify").returncode == 0
    stopped = team.run("git", "push", "-q")
    assert stopped.returncode == 1
    for told in ("AL201", "src/loans/lend.ts:4", "supabase/migrations/001_loans.sql:4"):
        assert told in stopped.stdout

    # The same change on both sides is a change of the rule, and goes through.
    team.write("supabase/migrations/001_loans.sql", SCHEMA.replace("5000", "10000"))
    team.done("git", "add", ".")
    agreed = team.commit()
    assert agreed.returncode == 0, agreed.stdout
    after = team.run("git", "push", "-q")
    assert after.returncode == 0, after.stdout
