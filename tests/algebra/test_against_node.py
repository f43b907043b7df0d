"""The normal form of a guard predicts what the real JavaScript does with its text."""

import itertools
import json
import shutil
import subprocess
from collections.abc import Iterator
from decimal import Decimal

import pytest
from predicting import Value, predicted, variable, words_in

from archlint.algebra import requirements
from archlint.languages.typescript import read
from archlint.model.expression import Expression, Items
from archlint.model.rule import Kind

# Parameters (n, m: numbers; s, k: texts; f: boolean; a: array), and conditions under which they are refused.
GUARDS: dict[str, tuple[str, ...]] = {
    "n": (
        "n <= 0 || n > 5000",
        "n < 1 || n > 20",
        "!(n >= 1 && n <= 20)",
        "!(n > 0) || !(n <= 100)",
        "5000 < n",
        "0 >= n",
        "n >= 10",
        "n < 0",
        "n === 0",
        "n !== 3",
        "n == 3",
        "n === 1 || n === 2",
        "![1, 2, 3].includes(n)",
        "[4, 13].includes(n)",
        "!n",
        "!n || n <= 0",
        "!n || n > 10",
        "n && n > 10",
        "n && (n < 5 || n > 10)",
        "n != null && n > 10",
        "n == null || n > 10",
        "n === null || n > 10",
        "n === undefined || n > 10",
        "n !== undefined && n > 10",
        "n == null",
        "n === undefined",
        "n === null",
        "n === null || n === undefined",
        "n !== null && n !== undefined && n < 3",
        "(n ?? 0) < 1",
        "(n ?? 5) > 7",
        "(n || 0) < 1",
        "Math.abs(n) > 5",
        "Math.abs(n) <= 5",
        "Math.abs(n - 10) > 2",
        "!Number.isInteger(n)",
        "!Number.isInteger(n) || n < 1",
        "!Number.isInteger(n) || n < 1 || n > 10",
        "n % 5 !== 0",
        "n % 5",
        "n % 0.5 !== 0",
        "n * 2 > 10",
        "n / 100 > 0.5",
        "-n > 5",
        "10 - n < 2",
        "Math.floor(n) > 3",
        "Math.ceil(n) > 3",
        "Math.round(n) > 10",
        "Math.round(n) < 3",
        "Math.trunc(n) < 3",
        "Number(n) <= 0",
        "isNaN(n) || n < 0",
        "Number.isNaN(n) || n < 0",
        "!Number.isFinite(n) || n <= 0",
        "typeof n !== 'number' || n > 10",
        "n > 1_000",
        "n > 5 * 10",
        "n < 3 || n > 7 && n < 10",
        "!(n < 3) && !(n > 7)",
        "!!n && n < 2",
        "!(n < 5 || n > 10)",
        "n < 1 ? true : n > 20",
        "n > 0 === false",
        "parseInt(n) > 10",
        "parseFloat(n) > 10",
        "!(Number(n) > 0)",
        "n < 0 || !(n < 1)",
    ),
    "s": (
        "!s",
        "!s.trim()",
        "!s?.trim()",
        "s === ''",
        "s.trim() === ''",
        "s == null || s === ''",
        "s !== 'draft'",
        "s !== 'draft' && s !== 'paid'",
        "s === 'deleted'",
        "!['draft', 'paid'].includes(s)",
        "['deleted', 'gone'].includes(s)",
        "s && !['draft', 'paid'].includes(s)",
        "!s || !['draft', 'paid'].includes(s)",
        "s.length < 3",
        "s.length > 5",
        "s.length < 3 || s.length > 5",
        "s.length === 0",
        "!s.length",
        "s.length !== 4",
        "s && s.length > 5",
        "s?.length > 5",
        "!s || s.length < 3",
        "!s || s.trim().length < 3",
        "s.trim().length === 0",
        "!(s.length >= 3)",
        "(s ?? '').length > 5",
        "(s || '').length < 3",
        "(s ?? '').trim() === ''",
        "!(s || '').trim()",
        "!/^[A-Z]{2}\\d+$/.test(s)",
        "!/^ab/i.test(s)",
        "/\\d/.test(s)",
        "/[^a-z]/.test(s)",
        "!/^(draft|paid)$/.test(s)",
        "s && !/^[a-z]+$/.test(s)",
        "!s || !/^[a-z]+$/.test(s)",
        "!/@.+\\./.test(s)",
        "!/^\\S+$/.test(s)",
        "!/ab?c/.test(s)",
        "!/^[a-z0-9_]{3,6}$/.test(s) || s.includes('__')",
        "!s.match(/^a/)",
        "!s.startsWith('ab')",
        "s.endsWith('c')",
        "!s.includes('@')",
        "s.toLowerCase() !== 'draft'",
        "s.toUpperCase() !== 'DRAFT'",
        "s.toLowerCase() === 'Draft'",
        "!['a', 'b'].includes(s.toLowerCase())",
        "s.trim() !== 'a'",
        "s !== s.toLowerCase()",
        "s === null",
        "s === undefined",
        "s == null",
        "typeof s !== 'string'",
        "typeof s !== 'string' || s.length > 5",
        "!new Set(['a', 'b']).has(s)",
        "!/^a.c$/s.test(s)",
        "!/^(?=.*[a-z])(?=.*\\d).{3,}$/.test(s)",
        "!(s === 'a' || s === 'b')",
        "!(s !== 'a' && s !== 'b')",
    ),
    "f": (
        "!f",
        "f === true",
        "f === false",
        "f !== true",
        "f == null",
        "!(f ?? false)",
    ),
    "n, m": (
        "n > m",
        "n >= m + 2",
        "n - m < 1",
        "m < n || n <= 0",
        "n != null && m != null && n > m",
        "n && m && n > m",
        "n === m",
        "n !== m",
        "n * 2 > m * 2",
        "!n && !m",
        "n > 5 && m === undefined",
        "n > 5 && !m",
        "n === 3 && m <= 2",
    ),
    "k, s": (
        "k === 'card' && !s",
        "k === 'a' && !['p', 'q'].includes(s)",
        "(k === 'a' && s.length < 3) || !k",
        "!k || !s",
        "!k && !s",
        "k === 'a' ? !s : s !== 'x'",
        "k !== 'a' && k !== 'b' || k === 'a' && s === 'p'",
        "k === s",
        "!(k === 'a' || s === 'p')",
        "!['a', 'b'].includes(k) || (k === 'a' && !s)",
    ),
    "f, n": (
        "f && n <= 0",
        "!f && n > 10",
        "f ? n < 0 : n > 0",
        "f === true && n == null",
        "f && !n",
    ),
}
# Shapes that the normal form leaves open in part or whole; what it does say must be right here, too.
ODD: dict[str, tuple[str, ...]] = {
    "n": (
        "(n || 5) > 7",
        "Math.max(n, 3) > 10",
        "Math.min(n, 10) < 3",
    ),
    "s": ("s > 'b'",),
    "f": (
        "f",
        "!!f",
    ),
    "n, m": (
        "n > 5 && m > 5",
        "n + m > 10",
    ),
    "k, s": (
        "k.toLowerCase() === s.toLowerCase()",
        "k !== 'card' && s",
    ),
}
CASES = [(names, text) for source in (GUARDS, ODD) for names, texts in source.items() for text in texts]
ORDINARY = {f"{names}: {text}" for names, texts in GUARDS.items() for text in texts}
_TEXTS = {
    "ab",
    "abc",
    "Abc",
    "ABC",
    "AB12",
    "ab1",
    "a_b__",
    "123",
    "a b",
    " ab ",
    "  ",
    "a@b.co",
    "Draft",
    "zz",
    "a",
    "B",
}
_UNDEFINED = {"undefined": True}
_DECIDED = 0.9
_SCRIPT = """
const fs = require("fs");
const take = value => (value !== null && typeof value === "object" ? undefined : value);
const answers = JSON.parse(fs.readFileSync(0, "utf-8")).map(([names, text, rows]) => {
  const refuses = new Function(...names, `return (${text}) ? true : false;`);
  return rows.map(row => {
    try { return refuses(...row.map(take)) ? "refused" : "passed"; } catch { return "thrown"; }
  });
});
console.log(JSON.stringify(answers));
"""


def _values(name: str, condition: Expression, few: bool) -> list[object]:
    texts, numbers = words_in(condition)
    if name == "f":
        return [None, _UNDEFINED, True, False]
    if name in "nm":
        shifts = (-1, 0, 1) if few else (-1, Decimal("-0.5"), Decimal("-0.01"), 0, Decimal("0.01"), Decimal("0.5"), 1)
        around = {number + shift for number in {*numbers, Decimal(0)} for shift in shifts}
        return [None, _UNDEFINED, *sorted({*around, *(-number for number in numbers)})]
    words = {*texts, *(word.upper() for word in texts), *(word.lower() for word in texts), ""}
    lengths = {int(number) + shift for number in numbers for shift in (-1, 0, 1)}
    words |= {"x" * count for count in lengths if 0 <= count < 80} | ({"zz", "  "} if few else _TEXTS)
    return [None, _UNDEFINED, *sorted(words)]


def _rows(names: list[str], condition: Expression) -> Iterator[tuple[object, ...]]:
    return itertools.product(*(_values(name, condition, len(names) > 1) for name in names))


def _known(value: object) -> Value:
    return None if value is _UNDEFINED else value  # type: ignore[return-value]


def _written(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value


def _conditions(names: str, text: str) -> list[Expression]:
    facts = read("guards.js", f"export function check({names}) {{\n  if ({text}) throw new Error('no');\n}}".encode())
    assert not facts.problems
    found = [item for item in facts.statements if item.kind == "require"]
    assert all(item.dialect == "javascript" and not item.guards for item in found)
    return [item.condition for item in found if item.condition is not None]


def _beyond(text: str, names: list[str], values: tuple[object, ...], kinds: set[tuple[str, Kind]]) -> bool:
    """What the normal form does not speak of.

    Absence is one thing to it, so a text that tells null and undefined apart is tried with the one that it names; a
    conversion to a whole number is tried with whole numbers. A required presence speaks of missing and empty values
    only: zero and false are not told from others where a text asks `!x`.
    """
    if ("=== null" in text) != ("=== undefined" in text):
        other = _UNDEFINED if "=== null" in text else None
        if any(value is other for value in values):
            return True
    if "parseInt" in text and any(isinstance(value, Decimal) and value != int(value) for value in values):
        return True
    zeros = {name for name, value in zip(names, values, strict=True) if value is False or value == 0}
    return bool(zeros & {name for name, kind in kinds if kind is Kind.PRESENCE}) or bool(zeros and "n && m &&" in text)


def test_predictions() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine")
    asked, guesses = [], []
    for listed, text in CASES:
        names = listed.split(", ")
        conditions = _conditions(listed, text)
        pieces = [requirements(each, "javascript") for each in conditions]
        found = [item for piece in pieces for item in piece]
        typed = not all(pieces)
        kinds = {(variable(item.subject) or "", item.kind) for item in found or ()}
        rows = list(_rows(names, Items(tuple(conditions))))
        asked.append((names, text, [[_written(value) for value in row] for row in rows]))
        for values in rows:
            row = {name: _known(value) for name, value in zip(names, values, strict=True)}
            # A test of the type alone requires nothing of values that have it.
            beyond = not found or _beyond(text, names, values, kinds) or (typed and None in row.values())
            guess = None if beyond else predicted(found or (), row, variable, coerces=True)
            guesses.append((f"{listed}: {text}", values, guess))
    done = subprocess.run([node, "-e", _SCRIPT], input=json.dumps(asked), capture_output=True, text=True, check=True)
    answers = [answer for each in json.loads(done.stdout) for answer in each]
    wrong: list[str] = []
    decided: dict[str, list[bool]] = {}
    for (name, values, guess), answer in zip(guesses, answers, strict=True):
        # A missing value is often left open, because null and undefined fare differently.
        if None not in values and _UNDEFINED not in values:
            decided.setdefault(name, []).append(guess is not None)
        if guess is not None and guess != (answer == "passed"):
            wrong.append(f"{name} with {values}: predicted {guess}, really {answer}")
    assert not wrong, f"{len(wrong)} wrong:\n" + "\n".join(wrong[:80])
    shares = {name: sum(found) / len(found) for name, found in decided.items() if name in ORDINARY}
    share = sum(shares.values()) / len(shares)
    open_ones = "\n".join(f"{found:.2f} {name}" for name, found in shares.items() if found < 1)
    assert share >= _DECIDED, f"{share:.3f} of {len(guesses)} probes decided; not:\n{open_ones}"
