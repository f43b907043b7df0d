"""The law of the house: who may import whom, how long a file may be, and that tables name all that there is."""

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import archlint
from archlint.reporters import REPORTERS, reporter

PACKAGE = Path(archlint.__file__).parent
PROJECT = Path(__file__).resolve().parent.parent
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 650


def name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def test_imports_keep_their_direction():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_opens_with_one_line_and_ends_before_it_is_too_long(path):
    source = path.read_text("utf-8")
    assert source.count("\n") <= LONGEST
    opening = ast.get_docstring(ast.parse(source))
    assert opening, "no docstring"
    first, _, rest = opening.partition("\n")
    assert first.strip().endswith((".", "?", ":")), "the first line is a sentence"
    assert not rest or rest.startswith("\n"), "the first line stands alone"


@pytest.mark.parametrize("folder", ["reporters", "checks"])
def test_neighbours_share_only_what_is_marked_as_shared(folder):
    """Checks and reporters do not know each other; what several need begins with an underscore."""
    sibling = re.compile(rf"^\s*(?:from|import) archlint\.{folder}(?:\.| import )(?!_|context\b)", re.MULTILINE)
    modules = [path for path in (PACKAGE / folder).glob("*.py") if path.name != "__init__.py"]
    assert [name(path) for path in modules if sibling.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_types_need_no_imports_of_their_own(path):
    """Where there is no circle, no import has to hide from the interpreter."""
    assert "TYPE_CHECKING" not in path.read_text("utf-8")


def test_nothing_prints_but_the_command_line():
    printing = re.compile(r"(?<![\w.])(?:print|input)\(|sys\.exit\(")
    allowed = (PACKAGE / "cli", PACKAGE / "__main__.py")
    guilty = [name(path) for path in MODULES if printing.search(path.read_text("utf-8"))]
    assert [path for path in guilty if not any((PACKAGE / path).is_relative_to(place) for place in allowed)] == []


def parts(folder: str) -> set[str]:
    """The modules of a folder that a table must name; helpers begin with an underscore."""
    return {
        path.stem for path in (PACKAGE / folder).iterdir() if path.suffix == ".py" and not path.stem.startswith("_")
    }


def test_every_reporter_is_in_the_table():
    assert {path.rpartition(".")[2] for path in REPORTERS.values()} == parts("reporters") - {"context"}
    assert all(callable(reporter(form)) for form in REPORTERS)


def test_every_language_is_in_the_table():
    languages = import_module("archlint.languages").LANGUAGES
    folders = {path.name for path in (PACKAGE / "languages").iterdir() if (path / "__init__.py").exists()}
    assert {row.__name__.rpartition(".")[2] for row in languages.values()} == folders


def test_every_check_has_its_text_and_every_text_its_check():
    known = import_module("archlint.ruleset").load_checks()
    texts = {path.stem for path in (PROJECT / "rules" / "checks").glob("*.toml")}
    checks = import_module("archlint.checks")
    assert set(known) == texts == {*checks.CHECKS, checks.LAST}
