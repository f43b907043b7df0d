"""Patterns mean to the algebra what they mean to the engines of their languages."""

import json
import shutil
import subprocess

import pytest

from archlint.algebra import accepts
from archlint.model.predicate import Constant, Predicate, Shape

SHARED = (
    "", "a", "^a", "a$", "^a$", "^a|b$", "(^|,)a(,|$)", "^(a|b)+$", "a.c", "[ab]", "[^ab]", "[a-c]", "[a-]", "[-a]",
    "[a\\-c]", "[\\]]", "[.]", "\\.", "a{2}", "a{2,}", "^a{1,2}$", "a*", "a+?", "(?:ab)+", "\\d", "\\D", "\\w", "\\W",
    "\\s", "\\S", "[\\d.]", "[\\w.-]+@", "a$b", "$^", "^$", "()", "a||b", "^(?=.*a)(?=.*b)", "^(?!ab).", "a(?=b)",
    "\\bab\\b", "(a)\\1", "^\\+?[0-9 ]+$", "^[A-Z][a-z]*$", "x|^y", "^.{3}$", "[+--]", "[%-*]",
)  # fmt: skip
JAVASCRIPT = (
    *SHARED,
    "[]a]",
    "[^]",
    "a{,2}",
    "a{",
    "\\u0061",
    "\\x41",
    "\\/",
    "(?<n>a)",
    "(?<=a)b",
    "\\cA",
    "[\\b]",
    "\\-",
)
POSTGRESQL = (
    *SHARED,
    "[]a]",
    "[^]a]",
    "[[:alpha:]]",
    "[^[:digit:]]",
    "\\Aa",
    "a\\Z",
    "\\ya",
    "\\mab\\M",
    "(?i)ab",
    "[[=a=]]",
)
TEXTS = (
    "", "a", "b", "c", "A", "ab", "aa", "aab", "abc", "a,b", ",a", "a b", " ", "a.c", "axc", "-", "]", ".", "1", "12",
    "x@y.z", "+49 1", "Ab", "_", "y", "xy", "{", "a{", "a{,2}", "/", "\t", "%", "*", ",", "é", "aé", "ABC",
)  # fmt: skip
_SCRIPT = """
const [patterns, texts] = JSON.parse(require("fs").readFileSync(0, "utf-8"));
console.log(JSON.stringify(patterns.map(([source, flags]) => texts.map(text => new RegExp(source, flags).test(text)))));
"""
_DECIDED = 0.8


def compare(dialect: str, patterns: list[tuple[str, str]], answers: list[list[bool | None]]) -> None:
    """No answer of the algebra is another than the engine's, and most are given."""
    given, wrong = 0, []
    for (source, flags), results in zip(patterns, answers, strict=True):
        form = Predicate(Shape(((source, flags, dialect, False),)))
        for text, result in zip(TEXTS, results, strict=True):
            guess = accepts(form, Constant(text, "text"))
            given += guess is not None
            if guess is not None and guess != result:
                wrong.append(f"/{source}/{flags} on {text!r}: {guess}, the engine says {result}")
    assert not wrong, "\n".join(wrong)
    assert given >= _DECIDED * len(patterns) * len(TEXTS)


def test_javascript() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine")
    patterns = [(source, flags) for source in JAVASCRIPT for flags in ("", "i")]
    asked = json.dumps([patterns, TEXTS])
    done = subprocess.run(
        [node, "-e", _SCRIPT], input=asked, capture_output=True, text=True, check=True, encoding="utf-8"
    )
    compare("javascript", patterns, json.loads(done.stdout))


def test_postgresql(postgresql) -> None:
    patterns = [(source, flags) for source in POSTGRESQL for flags in ("", "i")]
    compare("postgresql", patterns, _asked(postgresql, patterns, {"": "~", "i": "~*"}))


def test_like(postgresql) -> None:
    sources = ("a%", "%a", "%a%", "a_", "_", "%", "", "a\\%", "%\\_%", "A%", "a.c", "[ab]", "%@%.%")
    patterns = [(source, flags) for source in sources for flags in ("", "i")]
    compare("like", patterns, _asked(postgresql, patterns, {"": "LIKE", "i": "ILIKE"}))


def _asked(postgresql, patterns: list[tuple[str, str]], operators: dict[str, str]) -> list[list[bool | None]]:
    queries = [
        f"SELECT {_quoted(text)} {operators[flags]} {_quoted(source)};" for source, flags in patterns for text in TEXTS
    ]
    found = [{"t": True, "f": False}.get(row[0] or "") for row in postgresql("".join(queries))]
    return [found[at : at + len(TEXTS)] for at in range(0, len(found), len(TEXTS))]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
