"""Asks git, without letting the repository's own settings start programs or reach the network."""

import os
import subprocess
from pathlib import Path

from archlint.model.errors import ArchlintError

_OPTIONS = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=", "-c", "core.quotePath=false")
# A hook's environment names the repository that is committed to, which need not be the scanned one.
_HOOK_VARIABLES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")
_REMEDY = (
    "the clone is shallow: fetch the whole history "
    "(git fetch --unshallow; GitHub: fetch-depth: 0; GitLab: GIT_DEPTH: 0)"
)


class Git:
    """The repository around a folder; paths are relative to that folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._environment = {key: value for key, value in os.environ.items() if key not in _HOOK_VARIABLES}
        self._environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
        folder = self.ask("rev-parse", "--absolute-git-dir")
        if folder is None:
            raise ArchlintError(f"{root} is not in a git repository, so nothing is known of changes")
        self._keep_index(folder.strip())

    def _keep_index(self, folder: str) -> None:
        """A commit of some files only has an index of its own, which the hook is about."""
        index = os.environ.get("GIT_INDEX_FILE")
        if index and Path(index).resolve().is_relative_to(Path(folder).resolve()):
            self._environment["GIT_INDEX_FILE"] = str(Path(index).resolve())

    def ask(self, *arguments: str) -> str | None:
        """What git prints, or None where it refuses."""
        raw = self.raw(*arguments)
        return None if raw is None else os.fsdecode(raw)

    def raw(self, *arguments: str, given: bytes = b"") -> bytes | None:
        """What git prints, in bytes, or None where it refuses."""
        command = ["git", *_OPTIONS, "-C", str(self._root), *arguments]
        try:
            done = subprocess.run(command, input=given, capture_output=True, env=self._environment, check=False)
        except OSError as error:
            raise ArchlintError("git is not on the path, and without it nothing is known of changes") from error
        return done.stdout if done.returncode == 0 else None

    def top(self) -> Path:
        """The folder of the whole working tree."""
        return Path((self.ask("rev-parse", "--show-toplevel") or str(self._root)).removesuffix("\n")).resolve()

    def commit(self, reference: str) -> str:
        """The commit that a name means."""
        if not reference.startswith("-"):
            found = self.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}")
            if found:
                return found.strip()
        if self.shallow():
            raise ArchlintError(f"git does not know {reference!r}; {_REMEDY}")
        raise ArchlintError(f"git does not know {reference!r}")

    def common(self, reference: str) -> str:
        """The last commit that this state and another have in common."""
        commit = self.commit(reference)
        found = self.ask("merge-base", commit, "HEAD")
        if found:
            return found.strip()
        if self.shallow():
            raise ArchlintError(f"the common base with {reference!r} is not in this clone; {_REMEDY}")
        raise ArchlintError(f"this state has no common base with {reference!r}")

    def shallow(self) -> bool:
        """Whether the history is cut off."""
        return (self.ask("rev-parse", "--is-shallow-repository") or "").strip() == "true"

    def knows(self, reference: str) -> bool:
        """Whether a name means a commit."""
        return bool(self.ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}"))
