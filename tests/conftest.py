"""What several tests need: trees of files, and the program itself."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

Tree = Callable[[Mapping[str, str | bytes]], Path]
Program = Callable[..., "subprocess.CompletedProcess[str]"]
Query = Callable[..., list[tuple[str | None, ...]]]

_FIELD, _RECORD, _NULL = "\x1f", "\x1e", "\x1d"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Texts that are made from the program are compared with it, or written anew."""
    parser.addoption("--regenerate", action="store_true", help="write what is made from the program, do not compare")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Write files below a fresh folder and return it."""

    def write(files: Mapping[str, str | bytes]) -> Path:
        root = tmp_path / "repository"
        root.mkdir(exist_ok=True)
        for path, content in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode() if isinstance(content, str) else content)
        return root

    return write


@pytest.fixture
def archlint(tmp_path: Path) -> Program:
    """Start the real program with a cache of its own, as a user would."""

    def run(*arguments: str | Path, **settings: str) -> "subprocess.CompletedProcess[str]":
        ours = ("NO_COLOR", "FORCE_COLOR", "CI")
        environment = {
            key: value for key, value in os.environ.items() if key not in ours and not key.startswith("ARCHLINT_")
        }
        environment |= {"ARCHLINT_CACHE_DIR": str(tmp_path / "cache"), **settings}
        command = [sys.executable, "-m", "archlint", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, timeout=60, check=False)

    return run


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Query]:
    """A real server with a life as long as the session; gives `query(sql, database="postgres")`.

    Any number of statements may stand in one query; the rows are those of all that give any.
    """
    control, psql = shutil.which("pg_ctl"), shutil.which("psql")
    if control is None or psql is None:
        pytest.skip("needs pg_ctl and psql of PostgreSQL on the path")
    owner = _unprivileged()
    if owner is None:
        pytest.skip("a PostgreSQL server does not run as root, and there is no user postgres or nobody")
    with tempfile.TemporaryDirectory(prefix="archlint-") as folder:
        os.chown(folder, owner.pw_uid, owner.pw_gid)

        def run(*command: str) -> None:
            asked = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
            done = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, timeout=120, check=False, **asked
            )
            assert done.returncode == 0, done.stdout + done.stderr

        data, log = f"{folder}/data", f"{folder}/log"
        run(control, "initdb", "-s", "-D", data, "-o", "-U postgres -A trust -E UTF8 --no-locale --no-sync")
        settings = f"-k {folder} -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=20"
        run(control, "start", "-w", "-s", "-D", data, "-l", log, "-o", settings)

        def query(sql: str, database: str = "postgres") -> list[tuple[str | None, ...]]:
            command = [psql, "-X", "-q", "-A", "-t", "-h", folder, "-U", "postgres", "-d", database]
            command += ["-F", _FIELD, "-R", _RECORD, "-P", f"null={_NULL}", "-v", "ON_ERROR_STOP=1"]
            done = subprocess.run(command, input=sql, capture_output=True, encoding="utf-8", timeout=60, check=False)
            assert done.returncode == 0, done.stderr
            rows = [row for row in done.stdout.strip("\n").replace("\n", _RECORD).split(_RECORD) if row]
            return [tuple(None if item == _NULL else item for item in row.split(_FIELD)) for row in rows]

        try:
            yield query
        finally:
            run(control, "stop", "-m", "immediate", "-s", "-D", data)


def _unprivileged() -> pwd.struct_passwd | None:
    """Whoever may run a server: this user, unless it is root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None
