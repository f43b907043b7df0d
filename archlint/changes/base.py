"""Finds what a change is compared with: what the CI system says, else the branch that everybody starts from."""

import os

from archlint.changes.git import Git
from archlint.model.errors import ArchlintError

# Variables that hold a commit, and variables that hold the name of a branch.
BETWEEN = "PRE_COMMIT_FROM_REF"
COMMITS = (BETWEEN, "CI_MERGE_REQUEST_DIFF_BASE_SHA")
BRANCHES = (
    "GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "BITBUCKET_PR_DESTINATION_BRANCH",
    "SYSTEM_PULLREQUEST_TARGETBRANCH", "BUILDKITE_PULL_REQUEST_BASE_BRANCH", "CHANGE_TARGET",
)  # fmt: skip
_USUAL = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


def merging() -> bool:
    """Whether the CI system says that what it runs for is to be merged into something."""
    return any(os.environ.get(name, "").strip("0") for name in (*COMMITS, *BRANCHES))


def find_base(git: Git, asked: str = "") -> str:
    """The commit that a change starts from; `asked` is a name, or empty where archlint should find it."""
    if asked:
        return git.common(asked)
    for name in COMMITS:
        # A branch that is new has only zeros before it.
        if os.environ.get(name, "").strip("0"):
            return git.common(os.environ[name])
    for name in BRANCHES:
        if value := os.environ.get(name, ""):
            return git.common(_known_branch(git, value.removeprefix("refs/heads/")))
    if os.environ.get("CI", "").lower() not in ("", "0", "false"):
        raise ArchlintError("this CI system does not say what the change is compared with; name it: --changed=REF")
    for name in _USUAL:
        if git.knows(name):
            return git.common(name)
    if git.knows("HEAD"):
        return git.commit("HEAD")
    raise ArchlintError("there is no commit yet to compare with")


def _known_branch(git: Git, branch: str) -> str:
    """A branch under the name that this clone has for it."""
    return next((name for name in (f"origin/{branch}", branch) if git.knows(name)), f"origin/{branch}")
