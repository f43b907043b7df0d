"""A real PostgreSQL server for tests that compare with what it answers."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

_PLACES = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin")


class Server:
    """A running server, spoken to with its own program `psql`."""

    def __init__(self, psql: str, socket: Path) -> None:
        self._command = [psql, "-X", "-q", "-A", "-t", "-h", str(socket), "-U", "postgres", "-d", "postgres"]

    def run(self, script: str) -> "subprocess.CompletedProcess[str]":
        """What the server says to a script, going on after errors."""
        return subprocess.run(
            [*self._command, "-f", "-"], input=script, capture_output=True, encoding="utf-8", timeout=60, check=False
        )

    def ask(self, expressions: Sequence[str], prelude: str = "") -> list[str]:
        """What each expression is: `t`, `f`, `` for null, `error`; asked one by one in one session."""
        mark = "~answer~"
        lines = [prelude, r"\pset null ''"]
        for expression in expressions:
            lines += [f"\\echo {mark}", f"SELECT ({expression});"]
        answers = self.run("\n".join(lines)).stdout.split(f"{mark}\n")[1:]
        assert len(answers) == len(expressions)
        return [answer.removesuffix("\n") if answer else "error" for answer in answers]


def _program(name: str) -> str | None:
    found = shutil.which(name)
    if found is not None and Path(found).resolve().parent.joinpath("initdb").exists():
        return str(Path(found).resolve())
    folders = sorted((path for place in _PLACES for path in Path("/").glob(place[1:])), reverse=True)
    return next((str(folder / name) for folder in folders if (folder / name).exists()), None)


def _as_other_user() -> list[str]:
    """The server refuses to run as root; then an unprivileged user runs it."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return []
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        if shutil.which("setpriv"):
            return ["setpriv", f"--reuid={name}", "--clear-groups", "--"]
    pytest.skip("PostgreSQL refuses to run as root, and there is no other user to run it")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A fresh server for this test run, on a socket of its own."""
    programs = {name: _program(name) for name in ("initdb", "pg_ctl", "psql")}
    if None in programs.values():
        pytest.skip("no PostgreSQL server on this machine")
    prefix = _as_other_user()
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        if prefix:
            shutil.chown(place, prefix[1].removeprefix("--reuid="))
        data = str(place / "data")
        options = f"-c listen_addresses= -c fsync=off -k {place}"
        _run(
            [*prefix, str(programs["initdb"]), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]
        )
        log = str(place / "log")
        _run([*prefix, str(programs["pg_ctl"]), "-D", data, "-l", log, "-o", options, "-w", "start"])
        try:
            yield Server(str(programs["psql"]), place)
        finally:
            _run([*prefix, str(programs["pg_ctl"]), "-D", data, "-m", "immediate", "stop"])


def _run(command: list[str]) -> None:
    # The server keeps what it inherits open, so its output must not be a pipe that somebody waits for.
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{command[-1]} of {Path(command[-2]).name} failed"
