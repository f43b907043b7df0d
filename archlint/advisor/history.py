"""What git remembers: which files changed together, how often, and by whom."""

import os
import subprocess
from pathlib import Path

import msgspec

# Neither the repository's settings nor a hook's environment may make git run anything or look elsewhere.
_GIT = (
    "git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=", "-c", "core.quotePath=false",
    "-c", "log.showSignature=false", "--no-pager",
)  # fmt: skip
_VARIABLES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")
_START, _FIELD = "\x1e", "\x1f"


class Commit(msgspec.Struct, frozen=True):
    """One commit: its author, its message in lower case, and the files it touched, relative to the scanned root."""

    author: str
    message: str
    paths: tuple[str, ...]


class History(msgspec.Struct, frozen=True):
    """The commits of the last year before the newest, newest first; `reason` says why they prove nothing."""

    commits: tuple[Commit, ...] = ()
    reason: str = ""


def read_history(root: Path, days: int, least: int) -> History:
    """The history of a folder. Time is counted from the newest commit, so the same tree gives the same answer."""
    inside = _git(root, "rev-parse", "--show-prefix", "--is-shallow-repository")
    if inside is None:
        return History(reason="there is no git history")
    prefix, shallow = ([*inside.split("\n"), "", ""])[:2]
    newest = _git(root, "log", "-1", "--format=%ct", "--", ".")
    if not newest or not newest.strip().isdigit():
        return History(reason="there is no git history")
    since = int(newest) - days * 86_400
    text = _git(
        root, "log", "--no-merges", "--no-ext-diff", "--no-textconv", f"--since={since}", "--name-only", "-z",
        f"--format={_START}%ae{_FIELD}%B{_FIELD}", "--", ".",
    )  # fmt: skip
    commits = tuple(commit for part in (text or "").split(_START) if (commit := _commit(part, prefix.strip())))
    if shallow.strip() == "true":
        return History(commits, "the clone is shallow, so its history is cut off")
    if len(commits) < least:
        return History(commits, f"the history is too short: {len(commits)} commits in a year, and {least} are needed")
    return History(commits)


def _commit(part: str, prefix: str) -> Commit | None:
    author, _, rest = part.partition(_FIELD)
    message, separator, names = rest.partition(_FIELD)
    if not separator:
        return None
    paths = [name.strip("\n") for name in names.split("\0")]
    below = sorted({path[len(prefix) :] for path in paths if path and path.startswith(prefix)})
    return Commit(author.strip().lower(), message.lower(), tuple(below))


def _git(root: Path, *arguments: str) -> str | None:
    environment = {key: value for key, value in os.environ.items() if key not in _VARIABLES}
    environment["GIT_OPTIONAL_LOCKS"] = "0"
    command = [*_GIT, "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, env=environment, check=False)
    except OSError:
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
