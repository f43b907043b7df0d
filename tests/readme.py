"""Makes the parts of the README that nobody writes by hand: what commands print, and tables of what there is."""

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from archlint import data
from archlint.config.environment import variable
from archlint.languages import LANGUAGES
from archlint.reporters import REPORTERS
from archlint.ruleset import load_checks

PROJECT = Path(__file__).resolve().parent.parent
README = PROJECT / "README.md"

_SESSION = re.compile(r"^```console\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_PART = re.compile(r"(?P<begin><!-- (?P<name>\w+): begin -->\n).*?(?P<end><!-- (?P=name): end -->)", re.DOTALL)


def generated(text: str) -> str:
    """The text with every session run again and every marked part made again."""
    text = _PART.sub(lambda part: part["begin"] + PARTS[part["name"]]() + part["end"], text)
    return _SESSION.sub(lambda session: f"```console\n{_run_again(session['body'])}```", text)


def commands(text: str) -> list[str]:
    """The commands of all sessions."""
    return [line[2:] for session in _SESSION.finditer(text) for line in session["body"].splitlines() if _asks(line)]


def _run_again(body: str) -> str:
    return "\n".join(f"$ {line[2:]}\n{output(line[2:])}" for line in body.splitlines() if _asks(line))


def _asks(line: str) -> bool:
    return line.startswith("$ ")


def output(command: str) -> str:
    """What a command of archlint prints to a pipe, started in the project's folder."""
    program, *arguments = shlex.split(command)
    assert program == "archlint", f"the README shows {program!r}, but only archlint can be run again"
    with tempfile.TemporaryDirectory() as cache:
        environment = {key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "COLUMNS")}
        done = subprocess.run(
            [sys.executable, "-m", "archlint", *arguments],
            cwd=PROJECT,
            env=environment | {"ARCHLINT_CACHE_DIR": cache},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    assert done.returncode in (0, 1), done.stderr
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def _languages() -> str:
    rows = ["| language | files |", "|---|---|"]
    for module in dict.fromkeys(LANGUAGES.values()):
        names = " ".join(f"`{suffix}`" for suffix in module.SUFFIXES)
        rows.append(
            f"| {(module.__doc__ or '').partition(':')[0].removeprefix('The reader of ').rstrip('.')} | {names} |"
        )
    unread = " ".join(f"`{suffix}`" for suffix in sorted(data.table("discover")["no_reader"]))
    rows.append(f"| nobody yet; each scan says how many there are (AL902) | {unread} |")
    return "\n".join(rows) + "\n"


def _settings() -> str:
    """The keys of the settings, as the schema for editors describes them."""
    schema = json.loads((data.folder() / "schemas" / "archlint.schema.json").read_text("utf-8"))
    rows = ["| key | variable | what it says |", "|---|---|---|"]
    for key, row in schema["properties"].items():
        name = "" if key in ("extend", "declared") else f"`{variable(key)}`"
        rows.append(f"| `{key}` | {name} | {row['description']} |")
    return "\n".join(rows) + "\n"


def _libraries() -> str:
    """The files of idioms, each with the sentence it opens with."""
    rows = ["| file | what it says |", "|---|---|"]
    for path in sorted((data.folder() / "idioms").glob("*.toml")):
        opening = re.match(r"(?:# ?[^\n]*\n)+", path.read_text("utf-8"))
        assert opening, f"{path.name} does not open with a comment that says what is in it"
        sentence = " ".join(opening.group().replace("#", " ").split()).partition(". ")[0].rstrip(".")
        sentence = re.split(r"[:;] see ", sentence)[0]
        rows.append(f"| `{path.name}` | {sentence} |")
    return "\n".join(rows) + "\n"


def _checks() -> str:
    rows = ["| code | name | level | what it says |", "|---|---|---|---|"]
    for code, check in load_checks().items():
        rows.append(f"| {code} | {check.name} | {check.severity.value} | {check.title} |")
    return "\n".join(rows) + "\n"


def _formats() -> str:
    """The formats of reports, each with the sentence its module opens with."""
    rows = ["| format | what it is |", "|---|---|"]
    for form, module in REPORTERS.items():
        opening = (import_module(module).__doc__ or "").partition("\n")[0].rstrip(".")
        rows.append(f"| `{form}` | {opening} |")
    return "\n".join(rows) + "\n"


PARTS: dict[str, Callable[[], str]] = {
    "settings": _settings,
    "languages": _languages,
    "libraries": _libraries,
    "checks": _checks,
    "formats": _formats,
}
