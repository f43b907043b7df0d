"""A repository with a real git, for tests of changes."""

import os
import subprocess

import pytest

from archlint.changes.base import BRANCHES, COMMITS


@pytest.fixture
def repository(tree, monkeypatch):
    """Commits files as the first state of all; gives a function that runs git there."""
    for name in (*COMMITS, *BRANCHES):
        monkeypatch.delenv(name, raising=False)

    def made(files):
        root = tree(files)

        def run(*arguments, folder=root, **settings):
            environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"} | settings
            named = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main"]
            command = ["git", *named, "-C", str(folder), *arguments]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            return done.stdout.strip()

        run("init", "-q")
        run("add", "-A")
        run("commit", "-q", "-m", "one")
        run.root = root
        return run

    return made
