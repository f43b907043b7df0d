"""What several tests need: trees of files, and the program itself."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from postgresql import postgresql

__all__ = ["archlint", "postgresql", "tree"]

Tree = Callable[[Mapping[str, str | bytes]], Path]
Program = Callable[..., "subprocess.CompletedProcess[str]"]


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
        environment = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR", "CI")}
        environment |= {"ARCHLINT_CACHE_DIR": str(tmp_path / "cache"), **settings}
        command = [sys.executable, "-m", "archlint", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, timeout=60, check=False)

    return run
