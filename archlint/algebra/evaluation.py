"""Formulas tried at fixed points, to see whether two compute the same."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import acos, asin, atan2, cos, isfinite, sin, tan
from typing import NamedTuple

import msgspec

from archlint.algebra.quantities import floor, parse, show, truncate
from archlint.algebra.spans import BETWEEN
from archlint.algebra.verdict import EQUAL, UNKNOWN, Verdict
from archlint.model.predicate import Formula
from archlint.model.rule import Relation

Value = Fraction | str | bool | None
Tree = list[object]
_POINTS = 64
_ENOUGH = 16
_PLAIN = ("100", "10", "5", "3", "7", "20", "2", "50", "4", "12")
_MIXED = (
    "0", "1", "2.5", "0.005", "1.005", "33.335", "99.99", "19.99", "250", "1000", "12.345", "7", "3", "60", "0.1",
    "999999.99", "1000000", "15", "8.125", "40", "-5", "-0.75", "-120.255",
)  # fmt: skip
_WRITTEN_OUT = frozenset({"n", "t", "b", "0"})
_TOLERANCE = Fraction(1, 10**9)
_ANGLES: dict[str, Callable[..., float]] = {
    "sine": sin,
    "cosine": cos,
    "tangent": tan,
    "arcsine": asin,
    "arccosine": acos,
    "arctangent": lambda rise, run=1.0: atan2(rise, run),
}


class _Undefined(Exception):
    """The formula has no value at this point."""


def relate_formulas(left: Formula, right: Formula) -> Verdict:
    """Equal forms or equal values everywhere they were tried; otherwise the first point with both values."""
    if left.canonical == right.canonical:
        return EQUAL
    if set(left.leaves) != set(right.leaves):
        return UNKNOWN
    one, other = _decoded(left), _decoded(right)
    if one is None or other is None:
        return UNKNOWN
    tried, excused = 0, False
    for point in _points(left.leaves, one, other):
        values = [_value(tree, point) for tree in (one, other)]
        if None in values:
            continue
        mine, theirs = (outcome for outcome in values if outcome is not None)
        tried += 1
        if not _differ(mine.value, theirs.value):
            continue
        if mine.replaced or theirs.replaced:
            # Whether zero is meant to be replaced by the fallback is not ours to say.
            excused = True
            continue
        shown = ", ".join(f"{name}={_shown(point[name])}" for name in left.leaves)
        return Verdict(Relation.OVERLAPPING, f"{shown}: {_shown(mine.value)} / {_shown(theirs.value)}")
    return EQUAL if tried >= _ENOUGH and not excused else UNKNOWN


def _decoded(form: Formula) -> Tree | None:
    if not form.tree:
        return None
    try:
        found = msgspec.json.decode(form.tree)
    except msgspec.DecodeError:
        return None
    return found if isinstance(found, list) else None


def _differ(left: Value, right: Value) -> bool:
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return abs(left - right) > _TOLERANCE * max(Fraction(1), abs(left), abs(right))
    return left != right


def _shown(value: Value) -> str:
    if isinstance(value, Fraction):
        text = show(value)
        return text if "/" not in text and len(text) < 16 else f"{float(value):.6g}"
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else f'"{value}"'


# Points --------------------------------------------------------------------------------------------------------


def _points(leaves: tuple[str, ...], *trees: Tree) -> Iterator[dict[str, Value]]:
    """Plain amounts first, then mixtures of zero, large and half-cent values and what the formulas compare with."""
    special: dict[str, list[Value]] = {name: [] for name in leaves}
    for tree in trees:
        _collect(tree, special)
    mixed: list[Value] = [parse(text) for text in _MIXED]
    pools = {
        name: [*found, *mixed] if not _textual(found) else [*found, "something else"] for name, found in special.items()
    }
    yield {name: _plain(index, special[name]) for index, name in enumerate(leaves)}
    for turn in range(_POINTS):
        yield {
            name: pools[name][(turn * (2 * index + 1) + index * 7 + turn // 5) % len(pools[name])]
            for index, name in enumerate(leaves)
        }
    for name in leaves:
        yield {other: None if other == name else _plain(index, special[other]) for index, other in enumerate(leaves)}


def _plain(index: int, special: list[Value]) -> Value:
    return special[0] if _textual(special) else parse(_PLAIN[index % len(_PLAIN)])


def _textual(values: list[Value]) -> bool:
    return any(isinstance(value, str) for value in values)


def _collect(tree: Tree, special: dict[str, list[Value]]) -> None:
    """The literals that leaves are compared with, and what lies beside them."""
    operator, arguments = tree[0], [item for item in tree[1:] if isinstance(item, list)]
    if operator in ("=", "!=", "<", "<=", ">", ">=") and len(arguments) == 2:
        for leaf, literal in (arguments, arguments[::-1]):
            if leaf[0] == "v" and literal[0] in ("n", "t"):
                value = literal[1] if literal[0] == "t" else parse(str(literal[1]))
                found = special.get(str(leaf[1]))
                if found is not None and isinstance(value, (str, Fraction)):
                    found.append(value)
                    if isinstance(value, Fraction):
                        found.extend((value - Fraction(1, 100), value + Fraction(1, 100)))
    for item in arguments:
        _collect(item, special)


# Values --------------------------------------------------------------------------------------------------------


class _Outcome(NamedTuple):
    """What a formula is at a point, and whether a fallback took the place of a zero or an empty text there."""

    value: Value
    replaced: bool


def _value(tree: Tree, point: dict[str, Value]) -> _Outcome | None:
    run = _Run(point)
    try:
        return _Outcome(run.evaluate(tree), run.replaced)
    except (_Undefined, ZeroDivisionError, OverflowError, ValueError):
        return None


class _Run:
    """Evaluates a formula at one point."""

    def __init__(self, point: dict[str, Value]) -> None:
        self._point = point
        self.replaced = False

    def evaluate(self, tree: Tree) -> Value:
        """The value of a tree."""
        operator = str(tree[0])
        if operator == "v":
            return self._point[str(tree[1])]
        if operator == "n":
            return parse(str(tree[1]))
        if operator == "t":
            return str(tree[1])
        if operator == "b":
            return bool(tree[1])
        arguments = [item for item in tree[1:] if isinstance(item, list)]
        if operator in ("if", "coalesce", "fallback", "and", "or", "not", "is null"):
            return self._lazily(operator, arguments)
        if operator == "0":
            return None
        values = [self.evaluate(item) for item in arguments]
        if operator in ("=", "!=", "<", "<=", ">", ">="):
            return _compared(operator, values)
        numbers = [value for value in values if isinstance(value, Fraction)]
        if len(numbers) != len(values) or not numbers:
            raise _Undefined
        return _numeric(operator, numbers)

    def _lazily(self, operator: str, arguments: list[Tree]) -> Value:
        if operator == "if":
            chosen = arguments[1 if self._truth(arguments[0]) else 2]
            # Where a value is missing or no number to count with, something must be shown.
            self.replaced |= chosen[0] in _WRITTEN_OUT and _asks_for_a_value(arguments[0])
            return self.evaluate(chosen)
        if operator == "not":
            return not self._truth(arguments[0])
        if operator == "is null":
            return self.evaluate(arguments[0]) is None
        if operator in ("and", "or"):
            return (any if operator == "or" else all)(self._truth(item) for item in arguments)
        value: Value = None
        for item in arguments:
            value = self.evaluate(item)
            if value is None:
                continue
            if operator == "coalesce" or value or item is arguments[-1]:
                return value
            self.replaced = True
        return value

    def _truth(self, tree: Tree) -> bool:
        return bool(self.evaluate(tree))


def _asks_for_a_value(tree: Tree) -> bool:
    """Whether a condition only asks whether values are there and lie on one side of zero."""
    arguments = [item for item in tree[1:] if isinstance(item, list)]
    if tree[0] in ("and", "or", "not", "is null"):
        return all(item[0] == "v" if tree[0] == "is null" else _asks_for_a_value(item) for item in arguments)
    if tree[0] in ("=", "!=", "<", "<=", ">", ">="):
        kinds = sorted(str(item[0]) for item in arguments)
        zero = any(item[0] == "0" or (item[0] == "n" and parse(str(item[1])) == 0) for item in arguments)
        return zero and kinds[-1] == "v"
    return tree[0] == "v"


def _compared(operator: str, values: list[Value]) -> bool:
    left, right = values
    if isinstance(left, str) and isinstance(right, str):
        return _ordered(operator, (left > right) - (left < right))
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return _ordered(operator, (left > right) - (left < right))
    if operator in ("=", "!=") and left is not None and right is not None:
        return (left == right) == (operator == "=")
    raise _Undefined


def _ordered(operator: str, sign: int) -> bool:
    return {"=": sign == 0, "!=": sign != 0, "<": sign < 0, "<=": sign <= 0, ">": sign > 0, ">=": sign >= 0}[operator]


def _numeric(operator: str, numbers: list[Fraction]) -> Fraction:
    first = numbers[0]
    if operator in ("+", "*", "-", "/", "%"):
        result = first
        for item in numbers[1:]:
            result = _pair(operator, result, item)
        return result
    if operator in ("minimum", "maximum"):
        return min(numbers) if operator == "minimum" else max(numbers)
    if operator == "power":
        return _power(first, numbers[1])
    if operator == "round":
        scale = Fraction(10) ** (int(numbers[1]) if len(numbers) > 1 else 0)
        half = floor(abs(first) * scale + Fraction(1, 2)) / scale
        return half if first >= 0 else -half
    if operator in BETWEEN:
        return Fraction(truncate(first - numbers[1]))
    if operator == "sqrt":
        return _finite(float(first) ** 0.5) if first >= 0 else _undefined()
    if operator in _ANGLES:
        return _finite(_ANGLES[operator](*map(float, numbers)))
    return {
        "negate": -first,
        "abs": abs(first),
        "floor": Fraction(floor(first)),
        "ceil": Fraction(-floor(-first)),
        "truncate": Fraction(truncate(first)),
    }.get(operator) or _zero_or_undefined(operator)


def _zero_or_undefined(operator: str) -> Fraction:
    if operator in ("negate", "abs", "floor", "ceil", "truncate"):
        return Fraction(0)
    return _undefined()


def _undefined() -> Fraction:
    raise _Undefined


def _pair(operator: str, left: Fraction, right: Fraction) -> Fraction:
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    return left / right if operator == "/" else left - right * truncate(left / right)


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator == 1 and abs(exponent) <= 60 and len(str(base)) < 20:
        return base ** int(exponent)
    return _finite(float(base) ** float(exponent)) if base >= 0 else _undefined()


def _finite(number: float) -> Fraction:
    return Fraction(number) if isfinite(number) else _undefined()
