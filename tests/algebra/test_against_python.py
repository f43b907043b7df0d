"""The normal form of a guard predicts what the real Python does with its text."""

import itertools
import re
from collections.abc import Iterator
from decimal import Decimal

from predicting import Value, predicted, variable, words_in

from archlint.algebra import requirements
from archlint.languages.python import read
from archlint.model.expression import Expression, Items
from archlint.model.rule import Kind

# Parameters (n, m: numbers; s, k: texts; f: boolean), and conditions under which they are refused.
GUARDS: dict[str, tuple[str, ...]] = {
    "n": (
        "n <= 0 or n > 5000",
        "n < 1 or n > 20",
        "not (n >= 1 and n <= 20)",
        "not 1 <= n <= 20",
        "not 0 < n < 100",
        "not (n > 0) or not (n <= 100)",
        "5000 < n",
        "0 >= n",
        "n >= 10",
        "n == 0",
        "n != 3",
        "n == 1 or n == 2",
        "n not in (1, 2, 3)",
        "n not in [1, 2, 3]",
        "n in {4, 13}",
        "n not in frozenset({1, 2})",
        "not n",
        "not n or n <= 0",
        "not n or n > 10",
        "n and n > 10",
        "n and (n < 5 or n > 10)",
        "n is not None and n > 10",
        "n is None or n > 10",
        "n is None",
        "n == None",
        "n is not None and not 3 <= n",
        "(n or 0) < 1",
        "abs(n) > 5",
        "abs(n) <= 5",
        "abs(n - 10) > 2",
        "n % 5 != 0",
        "n % 5",
        "n * 2 > 10",
        "-n > 5",
        "10 - n < 2",
        "math.floor(n) > 3",
        "math.ceil(n) > 3",
        "n > 1_000",
        "n > 5 * 10",
        "n < 3 or n > 7 and n < 10",
        "not (n < 3) and not (n > 7)",
        "bool(n) and n < 2",
        "not (n < 5 or n > 10)",
        "n < 0 or not (n < 1)",
        "Decimal(n) <= 0",
        "not isinstance(n, Decimal) or n > 10",
        "True if n < 1 else n > 20",
    ),
    "s": (
        "not s",
        "not s.strip()",
        "s == ''",
        "s.strip() == ''",
        "s is None or s == ''",
        "s != 'draft'",
        "s != 'draft' and s != 'paid'",
        "s == 'deleted'",
        "s not in ('draft', 'paid')",
        "s in {'deleted', 'gone'}",
        "s and s not in ['draft', 'paid']",
        "not s or s not in ('draft', 'paid')",
        "len(s) < 3",
        "len(s) > 5",
        "not 3 <= len(s) <= 5",
        "len(s) < 3 or len(s) > 5",
        "len(s) == 0",
        "not len(s)",
        "len(s) != 4",
        "s and len(s) > 5",
        "s is not None and len(s) > 5",
        "not s or len(s) < 3",
        "not s or len(s.strip()) < 3",
        "len(s.strip()) == 0",
        "len(s or '') > 5",
        "not (s or '').strip()",
        "not re.match(r'[A-Z]{2}\\d+$', s)",
        "not re.match(r'^[A-Z]{2}\\d+$', s)",
        "not re.match('ab', s)",
        "not re.match('ab|zz', s)",
        "not re.fullmatch('[a-z]+', s)",
        "not re.fullmatch('draft|paid', s)",
        "not re.fullmatch(r'[a-z0-9_]{3,6}', s)",
        "not re.search('b', s)",
        "not re.search(r'^ab', s, re.IGNORECASE)",
        "re.search(r'\\d', s)",
        "re.search('[^a-z]', s) is not None",
        "re.fullmatch('[a-z]+', s) is None",
        "s and not re.match('^[a-z]+$', s)",
        "not s or not re.match('^[a-z]+$', s)",
        "not s.startswith('ab')",
        "s.endswith('c')",
        "'@' not in s",
        "s.lower() != 'draft'",
        "s.upper() != 'DRAFT'",
        "s.lower() not in ('a', 'b')",
        "s.strip() != 'a'",
        "s is None",
        "not isinstance(s, str) or len(s) > 5",
        "not (s == 'a' or s == 'b')",
        "not (s != 'a' and s != 'b')",
        "not re.match(r'(?=.*[a-z])(?=.*\\d).{3,}$', s)",
    ),
    "f": (
        "not f",
        "f is True",
        "f is False",
        "f == True",
        "f is None",
    ),
    "n, m": (
        "n > m",
        "n >= m + 2",
        "n - m < 1",
        "m < n or n <= 0",
        "n is not None and m is not None and n > m",
        "n == m",
        "n != m",
        "n * 2 > m * 2",
        "not n and not m",
        "n == 3 and m <= 2",
        "not m <= n",
    ),
    "k, s": (
        "k == 'card' and not s",
        "k == 'a' and s not in ('p', 'q')",
        "not k or not s",
        "not k and not s",
        "k == s",
        "not (k == 'a' or s == 'p')",
        "k not in ('a', 'b') or (k == 'a' and not s)",
    ),
    "f, n": (
        "f and n <= 0",
        "not f and n > 10",
        "f is True and n is None",
        "f and not n",
    ),
}
# Shapes that the normal form leaves open in part or whole; what it does say must be right here, too.
ODD: dict[str, tuple[str, ...]] = {
    "n": ("(n or 5) > 7", "max(n, 3) > 10", "min(n, 10) < 3", "round(n) > 10", "int(n) > 3", "n // 2 > 3"),
    "s": ("s > 'b'", "s[0] == 'a'", "s != s.lower()", "not s.isdigit()", "not re.match(r'\\w+\\Z', s)"),
    "f": ("f", "bool(f)"),
    "n, m": ("n > 5 and m > 5", "n + m > 10", "0 < n < m", "n and m and n > m"),
    "k, s": ("k.lower() == s.lower()", "k != 'card' and s"),
}
CASES = [(names, text) for source in (GUARDS, ODD) for names, texts in source.items() for text in texts]
ORDINARY = {f"{names}: {text}" for names, texts in GUARDS.items() for text in texts}
_TEXTS = {
    "ab",
    "abc",
    "Abc",
    "ABC",
    "AB12",
    "AB1x",
    "ab1",
    "a_b",
    "123",
    "a b",
    " ab ",
    "  ",
    "a@b.co",
    "Draft",
    "zz",
    "a",
}
_DECIDED = 0.9
_NAMES = {"re": re, "math": __import__("math"), "Decimal": Decimal}


def _values(name: str, condition: Expression, few: bool) -> list[Value]:
    texts, numbers = words_in(condition)
    if name == "f":
        return [None, True, False]
    if name in "nm":
        shifts = (-1, 0, 1) if few else (-1, Decimal("-0.5"), Decimal("-0.01"), 0, Decimal("0.01"), Decimal("0.5"), 1)
        around = {number + shift for number in {*numbers, Decimal(0)} for shift in shifts}
        return [None, *sorted({*around, *(-number for number in numbers)})]
    words = {*texts, *(word.upper() for word in texts), *(word.lower() for word in texts), ""}
    lengths = {int(number) + shift for number in numbers for shift in (-1, 0, 1)}
    words |= {"x" * count for count in lengths if 0 <= count < 80} | ({"zz", "  "} if few else _TEXTS)
    return [None, *sorted(words)]


def _rows(names: list[str], condition: Expression) -> Iterator[tuple[Value, ...]]:
    return itertools.product(*(_values(name, condition, len(names) > 1) for name in names))


def _conditions(names: str, text: str) -> list[Expression]:
    opening = "import math, re\nfrom decimal import Decimal\n"
    facts = read("guards.py", f"{opening}\ndef check({names}):\n    if {text}:\n        raise ValueError\n".encode())
    assert not facts.problems
    found = [item for item in facts.statements if item.kind == "require"]
    assert all(item.dialect == "python" and not item.guards for item in found)
    return [item.condition for item in found if item.condition is not None]


def _answer(text: str, row: dict[str, Value]) -> str:
    """What Python does; the texts are our own."""
    try:
        return "refused" if eval(text, dict(_NAMES), dict(row)) else "passed"
    except (TypeError, AttributeError, ArithmeticError, IndexError, ValueError):
        return "raised"


def _beyond(text: str, row: dict[str, Value], kinds: set[tuple[str, Kind]]) -> bool:
    """What the normal form does not speak of.

    Where a text asks `not x`, zero and false are not told from others; a conversion to a whole number is tried with
    whole numbers.
    """
    if "int(n)" in text and isinstance(row["n"], Decimal) and row["n"] != int(row["n"]):
        return True
    zeros = {name for name, value in row.items() if value is False or value == 0}
    return bool(zeros & {name for name, kind in kinds if kind is Kind.PRESENCE}) or bool(
        zeros and "n and m and" in text
    )


def test_predictions() -> None:
    wrong: list[str] = []
    decided: dict[str, list[bool]] = {}
    for listed, text in CASES:
        names, conditions = listed.split(", "), _conditions(listed, text)
        pieces = [requirements(each, "python") for each in conditions]
        found = [item for piece in pieces for item in piece]
        kinds = {(variable(item.subject) or "", item.kind) for item in found}
        for values in _rows(names, Items(tuple(conditions))):
            row = dict(zip(names, values, strict=True))
            # A test of the type alone requires nothing of values that have it.
            beyond = not found or _beyond(text, row, kinds) or (not all(pieces) and None in values)
            guess = None if beyond else predicted(found, row, variable, coerces=True)
            answer = _answer(text, row)
            if None not in values:
                decided.setdefault(f"{listed}: {text}", []).append(guess is not None)
            if guess is not None and guess != (answer == "passed"):
                wrong.append(f"{listed}: {text} with {values}: predicted {guess}, really {answer}")
    assert not wrong, f"{len(wrong)} wrong:\n" + "\n".join(wrong[:80])
    shares = {name: sum(found) / len(found) for name, found in decided.items() if name in ORDINARY}
    share = sum(shares.values()) / len(shares)
    open_ones = "\n".join(f"{found:.2f} {name}" for name, found in shares.items() if found < 1)
    assert share >= _DECIDED, f"{share:.3f} decided; not:\n{open_ones}"
