"""The normal form of a CHECK predicts what a real PostgreSQL answers to its text."""

import itertools
from collections.abc import Iterator
from decimal import Decimal

import pytest
from predicting import Row, Value, column, predicted, words_in

from archlint.algebra import requirements
from archlint.languages.postgresql import read
from archlint.model.expression import Expression, Items

# The columns, and CHECK texts over them.
CHECKS: dict[str, tuple[str, ...]] = {
    "a integer": (
        "a > 0",
        "a >= 1 AND a <= 20",
        "a BETWEEN 1 AND 20",
        "a NOT BETWEEN 5 AND 10",
        "NOT (a < 3 OR a > 7)",
        "20 >= a AND 1 <= a",
        "a IN (1, 2, 3, 5)",
        "a NOT IN (4, 13)",
        "a = ANY (ARRAY[10, 20, 30])",
        "a <> ALL (ARRAY[0, 7])",
        "a IS NULL OR a > 0",
        "a IS NOT NULL AND a > 0",
        "COALESCE(a, 0) >= 0",
        "COALESCE(a, 5) > 7",
        "COALESCE(a, -1) <> 0",
        "a <> 0",
        "a % 5 = 0",
        "a % 5 = 0 AND a > 0",
        "a * 2 <= 10",
        "-a <= 5",
        "10 - a > 2",
        "(a - 32) / 2 >= 1 OR a < 0",
        "a IS DISTINCT FROM 3",
        "a IS NOT DISTINCT FROM 3",
        "a > 5 OR a < -5",
        "a = 1 OR a = 2 OR (a >= 10 AND a < 20)",
        "NOT (NOT (a > 3))",
        "(a > 3) IS TRUE",
        "(a > 3) IS NOT FALSE",
        "CASE WHEN a IS NULL THEN false ELSE a > 3 END",
        "abs(a) <= 5",
        "a::numeric / 100 <= 0.5",
        "true",
        "a >= 1 AND a >= 3 AND a < 9 AND a <> 5",
    ),
    "n numeric(10,2)": (
        "n > 0 AND n <= 5000",
        "n >= 0.01",
        "n < 100",
        "n BETWEEN 0.5 AND 99.5",
        "n = round(n, 1)",
        "n = round(n)",
        "round(n) <= 10",
        "floor(n) >= 3",
        "ceil(n) <= 3",
        "trunc(n) < 3",
        "n * 100 >= 50",
        "n <= 1e3",
        "0 <= n AND n < 1",
        "NOT n > 7.5",
        "COALESCE(n, 0) >= 0.5",
        "n IN (0.5, 1, 1.50)",
        "mod(n, 0.5) = 0",
        "n % 0.25 = 0",
        "(n IS NULL) OR (n >= 0 AND n <= 100)",
    ),
    "s text": (
        "s IN ('draft', 'paid', 'canceled')",
        "s NOT IN ('deleted', '')",
        "s = ANY (ARRAY['a'::text, 'b'::text])",
        "s = 'x'",
        "s <> 'x'",
        "s <> ''",
        "s IS DISTINCT FROM ''",
        "s = '' OR s = 'x'",
        "lower(s) IN ('a', 'b')",
        "lower(s) = 'Draft'",
        "upper(s) = 'DRAFT'",
        "upper(s) = 'draft'",
        "s = lower(s)",
        "lower(s) = s AND s <> ''",
        "char_length(s) BETWEEN 3 AND 6",
        "length(s) > 0",
        "length(s) <= 5",
        "length(trim(s)) > 0",
        "length(trim(s)) >= 3",
        "trim(s) <> ''",
        "btrim(s) IN ('a', 'b')",
        "length(s) = 4 OR s IS NULL",
        "length(s) IN (2, 4)",
        "length(s) NOT IN (2, 4)",
        "length(s) <> 3",
        "s ~ '^[A-Z]{2}[0-9]+$'",
        "s ~* '^ab'",
        "s !~ '[0-9]'",
        "s ~ '^(draft|paid)$'",
        "s ~ '^[a-z]+$' OR s = 'X1'",
        "s ~ '^[a-z0-9_]{3,6}$' AND s !~ '__'",
        "lower(s) ~ '^[a-z]+$'",
        "upper(s) ~ '^[A-Z]{2}'",
        "s LIKE 'ab%'",
        "s LIKE '%@%.%'",
        "s NOT LIKE '% %'",
        "s ILIKE 'ab_'",
        "s LIKE 'abc'",
        "s LIKE 'a\\_%'",
        "starts_with(s, 'ab')",
        "COALESCE(s, '') <> ''",
        "COALESCE(s, 'draft') IN ('draft', 'paid')",
        "COALESCE(trim(s), '') <> ''",
        "NULLIF(trim(s), '') IS NOT NULL",
        "s IS NOT NULL",
        "s IS NULL",
        "s IS NOT NULL AND s IN ('a', 'b')",
        "NOT (s IN ('a', 'b'))",
        "NOT (s = 'a' OR s = 'b')",
        "CASE s WHEN 'a' THEN true WHEN 'b' THEN true ELSE false END",
        "CASE WHEN s = 'a' THEN false ELSE true END",
        "(s)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])",
        "length(s) >= 2 AND length(s) <= 4 AND s ~ '^[a-z]+$'",
        "s ~ '^\\d{3}$'",
        "s ~ '\\S'",
        "octet_length(s) <= 4",
    ),
    "v varchar(5)": ("v <> 'abc'", "length(v) >= 2"),
    "f boolean": (
        "f",
        "NOT f",
        "f = true",
        "f IS TRUE",
        "f IS NOT TRUE",
        "f IS FALSE",
        "f IS NOT NULL",
        "f OR f IS NULL",
        "COALESCE(f, false)",
        "NOT COALESCE(f, false)",
        "f <> false",
    ),
    "a integer, b integer": (
        "a < b",
        "a <= b + 2",
        "a - b >= 1",
        "b > a AND a > 0",
        "a IS NULL OR b IS NULL OR a < b",
        "a <> b",
        "a = b",
        "a * 2 <= b * 2",
        "a IS NOT NULL OR b IS NOT NULL",
        "a IS NULL OR b IS NOT NULL",
        "a IS DISTINCT FROM b",
        "COALESCE(b, 0) >= COALESCE(a, 0)",
        "b IS NULL OR b >= a",
        "CASE WHEN a > 5 THEN b IS NOT NULL ELSE true END",
        "a <> 3 OR b > 2",
    ),
    "k text, x text": (
        "k <> 'card' OR x IS NOT NULL",
        "k = 'card' OR x IS NULL",
        "CASE WHEN k = 'card' THEN x IS NOT NULL ELSE true END",
        "k IN ('a', 'b') AND (k <> 'a' OR x IN ('p', 'q'))",
        "(k = 'a' AND x IS NOT NULL) OR (k = 'b' AND x IS NULL)",
        "(k = 'a' AND length(x) > 2) OR k = 'b'",
        "NOT (k = 'a' AND x = 'p')",
        "NOT (k = 'a' AND x IS NULL)",
        "k IS NULL OR x IS NULL OR k <> x",
        "k = 'a' OR x = 'p' OR x = 'q'",
        "CASE k WHEN 'a' THEN x = 'p' WHEN 'b' THEN x = 'q' ELSE false END",
        "COALESCE(k, x) IS NOT NULL",
        "(k IS NULL OR k = 'a') AND (x IS NULL OR k IS NOT NULL)",
    ),
    "f boolean, n numeric": (
        "NOT f OR n > 0",
        "f OR n IS NULL",
        "f IS NOT TRUE OR n >= 10",
        "CASE WHEN f THEN n > 0 ELSE n = 0 END",
    ),
}
# Shapes that the normal form leaves open in part or whole; what it does say must be right here, too.
ODD: dict[str, tuple[str, ...]] = {
    "a integer": (
        "CASE WHEN a > 10 THEN a % 10 = 0 ELSE a >= 0 END",
        "power(a, 2) < 50",
        "greatest(a, 3) <= 10",
        "least(a, 10) >= 3",
        "sign(a) = 1",
        "NULLIF(a, 0) > -3",
        "a IN (1, NULL)",
        "a NOT IN (1, NULL)",
        "a > NULL",
    ),
    "s text": (
        "lower(s) ~ '^[A-Z]+$'",
        "s IS NULL OR s = ''",
        "s >= 'b'",
        "s > 'a' AND s < 'c'",
        "position('@' in s) > 1",
        "s ~ '^a' OR length(s) > 4",
    ),
    "a integer, b integer": (
        "(a IS NULL) = (b IS NULL)",
        "num_nonnulls(a, b) = 1",
        "a > 5 OR b > 5",
        "a + b <= 10",
        "a = 3 AND b > 2 OR a = 4 AND b > 5",
    ),
    "k text, x text": (
        "(k IS NOT NULL AND x IS NULL) OR (k IS NULL AND x IS NOT NULL)",
        "lower(k) = lower(x)",
    ),
    "f boolean, n numeric": ("f = (n > 0)",),
}
CASES = [(columns, text) for source in (CHECKS, ODD) for columns, texts in source.items() for text in texts]
ORDINARY = {f"{columns}: {text}" for columns, texts in CHECKS.items() for text in texts}
_SAMPLES = {
    "ab", "abc", "Abc", "ABC", "AB12", "ab1", "a_b", "a__b", "123", "a b", " ab ", "  ", "a@b.co", "aé", "X1",
    "ééé", "Draft", "p", "q", "zz", "a", "B",
}  # fmt: skip
_DECIDED = 0.9
_ASK = """
CREATE FUNCTION pg_temp.ask(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer boolean;
BEGIN EXECUTE query INTO answer; RETURN answer; EXCEPTION WHEN OTHERS THEN RETURN 'error'; END $$;
"""


def _typed(columns: str) -> dict[str, str]:
    return {item.split()[0]: " ".join(item.split()[1:]) for item in columns.replace("(10,2)", "(10;2)").split(", ")}


def _values(kind: str, condition: Expression, few: bool) -> list[Value]:
    texts, numbers = words_in(condition)
    if kind == "boolean":
        return [None, True, False]
    if kind == "integer" or kind.startswith("numeric"):
        small = Decimal(1) if kind == "integer" else Decimal("0.01")
        around = {number + shift for number in {*numbers, Decimal(0)} for shift in (-small, Decimal(0), small)}
        around |= {-number for number in numbers}
        if kind != "integer" and not few:
            around |= {
                number + shift for number in numbers for shift in (Decimal("-0.5"), Decimal("0.5"), Decimal("0.49"))
            }
        known = sorted(number for number in around if kind != "integer" or number == int(number))
        return [None, *(number for number in known if abs(number) < 10**6)]
    longest = int(kind[8:-1]) if kind.startswith("varchar") else 80
    words = {*texts, *(word.upper() for word in texts), *(word.lower() for word in texts), ""}
    words |= {f" {word} " for word in texts if not few}
    words |= {
        "x" * count
        for number in numbers
        for count in (int(number) - 1, int(number), int(number) + 1)
        if 0 <= count < 80
    }
    words |= {"zz", "  "} if few else _SAMPLES
    return [None, *sorted(word for word in words if len(word) <= longest)]


def _rows(columns: str, condition: Expression) -> Iterator[Row]:
    typed = _typed(columns)
    few = len(typed) > 1
    pools = [[(name, value) for value in _values(kind, condition, few)] for name, kind in typed.items()]
    return (dict(pairs) for pairs in itertools.product(*pools))


def _query(columns: str, text: str, row: Row) -> str:
    typed = {name: kind.replace(";", ",") for name, kind in _typed(columns).items()}
    listed = ", ".join(f"{_sql(row[name])}::{kind} AS {name}" for name, kind in typed.items())
    return f"SELECT {text} FROM (SELECT {listed}) AS row"


def _sql(value: Value) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else f"'{value:f}'"


def _conditions(columns: str, text: str) -> tuple[Expression, list[Expression]]:
    facts = read("schema.sql", f"CREATE TABLE t ({columns}, CHECK ({text}));".encode())
    assert not facts.problems
    found = [item for item in facts.statements if item.source == "check"]
    assert {item.kind for item in found} == {"require"}
    assert {item.dialect for item in found} == {"postgresql"}
    conditions = [item.condition for item in found if item.condition is not None]
    return Items(tuple(conditions)), conditions


@pytest.mark.parametrize("passes_unknown", [True, False], ids=["check", "policy"])
def test_predictions(postgresql, passes_unknown: bool) -> None:
    wrong: list[str] = []
    asked: list[tuple[str, str, Row, bool | None]] = []
    for columns, text in CASES:
        whole, conditions = _conditions(columns, text)
        found = [item for each in conditions for item in requirements(each, "postgresql", passes_unknown)]
        for row in _rows(columns, whole):
            asked.append((columns, text, row, predicted(found, row, column, passes_unknown)))
    queries = [_query(columns, text, row).replace("'", "''") for columns, text, row, _ in asked]
    answers = postgresql(_ASK + "".join(f"SELECT pg_temp.ask('{query}');" for query in queries))
    decided: dict[str, list[bool]] = {}
    for (columns, text, row, guess), (answer,) in zip(asked, answers, strict=True):
        if answer == "error":
            continue
        passes = answer == "true" or (answer is None and passes_unknown)
        decided.setdefault(f"{columns}: {text}", []).append(guess is not None)
        if guess is not None and guess != passes:
            wrong.append(f"{text} with {row}: predicted {guess}, the server says {answer or 'null'}")
    assert not wrong, f"{len(wrong)} wrong:\n" + "\n".join(wrong[:60])
    assert len(decided) == len(CASES)
    shares = {name: sum(found) / len(found) for name, found in decided.items() if name in ORDINARY}
    share = sum(shares.values()) / len(shares)
    listed = "\n".join(f"{found:.2f} {name}" for name, found in shares.items() if found < 1)
    assert share >= _DECIDED, f"{share:.3f} of {len(asked)} probes decided; not:\n{listed}"
