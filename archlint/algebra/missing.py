"""What a condition says about a missing or an empty value, in the semantics of its language."""

from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from archlint.algebra.quantities import parse
from archlint.algebra.shapes import shape_accepts
from archlint.model.expression import (
    FUNCTIONS,
    Boolean,
    Call,
    Expression,
    Items,
    Null,
    Number,
    Operation,
    Pattern,
    Text,
)
from archlint.model.predicate import Shape


class Mark(Enum):
    """Values that are not literals."""

    NULL = "null"
    UNDEFINED = "undefined"
    NAN = "not a number"
    ERROR = "error"
    UNKNOWN = "unknown"


Value = Mark | Fraction | str | bool
_MISSING = (Mark.NULL, Mark.UNDEFINED)


class Semantics(NamedTuple):
    """How a language treats missing values: are they coerced, does null spread, which marks stand for missing.

    Where missing and empty values are false but never turn into numbers, `weighs` is true and `coerces` is not.
    """

    coerces: bool
    spreads: bool
    missing: tuple[Mark, ...]
    weighs: bool = False


SEMANTICS = {
    "javascript": Semantics(coerces=True, spreads=False, missing=(Mark.NULL, Mark.UNDEFINED)),
    "python": Semantics(coerces=False, spreads=False, missing=(Mark.NULL,), weighs=True),
    # What a declared field demands is not asked of a missing value; whether it may be missing is said apart.
    "declared": Semantics(coerces=False, spreads=False, missing=()),
    "postgresql": Semantics(coerces=False, spreads=True, missing=(Mark.NULL,)),
}
_NEUTRAL = Semantics(coerces=False, spreads=False, missing=(Mark.NULL,))
_STRICT = frozenset({"+", "-", "*", "/", "%", "negate", "concat"})
# The others skip what is missing, or nothing is known about them.
_STRICT_FUNCTIONS = FUNCTIONS - {"minimum", "maximum", "validated"}
_TEXTUAL = frozenset({"trim", "lower", "upper", "text"})


def admitted(
    condition: Expression, subjects: tuple[Expression, ...], dialect: str, unknown_passes: bool
) -> tuple[str, str]:
    """Whether a required condition lets a missing and an empty subject through: pass, fail or unknown, each."""
    semantics = SEMANTICS.get(dialect, _NEUTRAL)
    outcomes = {_outcome(condition, subjects, mark, semantics, unknown_passes) for mark in semantics.missing}
    nulls = outcomes.pop() if len(outcomes) == 1 else "unknown"
    return nulls, _outcome(condition, subjects, "", semantics, unknown_passes)


def _outcome(
    condition: Expression, subjects: tuple[Expression, ...], value: Value, semantics: Semantics, unknown_passes: bool
) -> str:
    result = _Trial(subjects, value, semantics).truth(condition)
    if result is Mark.NULL:
        return "pass" if unknown_passes else "fail"
    if isinstance(result, bool):
        return "pass" if result else "fail"
    return "fail" if result is Mark.ERROR else "unknown"


class _Trial:
    """Evaluates a condition with the subject bound to one value and every other name unknown."""

    def __init__(self, subjects: tuple[Expression, ...], value: Value, semantics: Semantics) -> None:
        self._subjects = subjects
        self._value = value
        self._semantics = semantics

    def truth(self, expression: Expression) -> bool | Mark:
        """True, False, NULL (three-valued logic), ERROR or UNKNOWN."""
        value = self._evaluate(expression)
        if isinstance(value, bool) or value in (Mark.UNKNOWN, Mark.ERROR):
            return value  # type: ignore[return-value]
        if self._semantics.spreads:
            return Mark.NULL if value is Mark.NULL else Mark.UNKNOWN
        if self._semantics.coerces or self._semantics.weighs or value in _MISSING:
            return not (value in _MISSING or value is Mark.NAN or value == "" or value == 0)
        return Mark.UNKNOWN

    def _evaluate(self, expression: Expression) -> Value:
        if expression in self._subjects:
            return self._value
        if isinstance(expression, Operation):
            return self._operation(expression.operator, expression.operands)
        if isinstance(expression, Call):
            return self._call(expression)
        if isinstance(expression, Number):
            number = parse(expression.value)
            return Mark.UNKNOWN if number is None else number
        if isinstance(expression, (Text, Boolean)):
            return expression.value
        return Mark.NULL if isinstance(expression, Null) else Mark.UNKNOWN

    def _operation(self, operator: str, operands: tuple[Expression, ...]) -> Value:
        if operator in ("and", "or"):
            return self._connective(operator == "or", operands)
        if operator == "not" or operator == "truthy":
            inner = self.truth(operands[0])
            return not inner if isinstance(inner, bool) and operator == "not" else inner
        if operator == "is null":
            value = self._evaluate(operands[0])
            return value if value in (Mark.UNKNOWN, Mark.ERROR) else value in _MISSING
        if operator in ("coalesce", "fallback"):
            return self._first(operator == "fallback", operands)
        if operator in ("if", "case"):
            return self._choice(operands)
        if operator == "matches" and isinstance(operands[1], Pattern):
            return self._match(operands[0], operands[1])
        if operator == "in" and len(operands) == 2:
            return self._member(operands[0], operands[1])
        if len(operands) != 2:
            return self._spread(operands) if operator in _STRICT else Mark.UNKNOWN
        left, right = self._evaluate(operands[0]), self._evaluate(operands[1])
        return self._binary(operator, left, right)

    def _choice(self, operands: tuple[Expression, ...]) -> Value:
        while len(operands) > 1:
            chosen = self.truth(operands[0])
            if chosen in (Mark.UNKNOWN, Mark.ERROR):
                return chosen
            if chosen is True:
                return self._evaluate(operands[1])
            operands = operands[2:]
        return self._evaluate(operands[0]) if operands else Mark.NULL

    def _binary(self, operator: str, left: Value, right: Value) -> Value:
        if Mark.ERROR in (left, right):
            return Mark.ERROR
        if operator == "distinct":
            return _distinct(left, right)
        if self._semantics.spreads and Mark.NULL in (left, right):
            return Mark.NULL
        if operator in ("=", "!="):
            same = self._same(left, right)
            return same if isinstance(same, Mark) else same == (operator == "=")
        if operator in ("<", "<=", ">", ">="):
            return self._ordered(operator, left, right)
        return Mark.UNKNOWN

    def _connective(self, either: bool, operands: tuple[Expression, ...]) -> Value:
        result: bool | Mark = not either
        for item in operands:
            value = self.truth(item)
            if value is Mark.ERROR or value is either:
                # An earlier unknown operand may have decided already, never the other way.
                return value if isinstance(result, bool) or value is either else Mark.UNKNOWN
            if isinstance(value, Mark) and result is not Mark.UNKNOWN:
                result = value
        return result

    def _first(self, truthy: bool, operands: tuple[Expression, ...]) -> Value:
        for item in operands[:-1]:
            value = self._evaluate(item)
            if value in (Mark.UNKNOWN, Mark.ERROR):
                return value
            missing = value in _MISSING or (truthy and (value is Mark.NAN or value == "" or value == 0))
            if not missing:
                return value
        return self._evaluate(operands[-1])

    def _member(self, needle: Expression, collection: Expression) -> Value:
        value = self._evaluate(needle)
        if value in (Mark.UNKNOWN, Mark.ERROR):
            return value
        if self._semantics.spreads and value is Mark.NULL:
            return Mark.NULL
        if not isinstance(collection, Items):
            return Mark.UNKNOWN
        results = [self._same(value, self._evaluate(item)) for item in collection.items]
        if True in results:
            return True
        return next((item for item in results if isinstance(item, Mark)), False)

    def _match(self, text: Expression, pattern: Pattern) -> Value:
        value = self._evaluate(text)
        if value is Mark.NULL and self._semantics.spreads:
            return Mark.NULL
        if not isinstance(value, str):
            return value if value is Mark.ERROR else Mark.UNKNOWN
        if pattern.whole and pattern.dialect != "like" and not value:
            # A pattern that its language anchors belongs to a form field, and those let the empty text through.
            return True
        found = shape_accepts(Shape(((pattern.source, pattern.flags, pattern.dialect, False),)), value)
        return Mark.UNKNOWN if found is None else found

    def _same(self, left: Value, right: Value) -> bool | Mark:
        if self._semantics.weighs:
            # Equality never fails: values of different types are different.
            return Mark.UNKNOWN if Mark.UNKNOWN in (left, right) else type(left) is type(right) and left == right
        if Mark.UNKNOWN in (left, right):
            if self._semantics.coerces or not self._semantics.spreads:
                return Mark.UNKNOWN
            return Mark.NULL if Mark.NULL in (left, right) else Mark.UNKNOWN
        if not (self._semantics.coerces or self._semantics.spreads) and (left in _MISSING or right in _MISSING):
            return Mark.UNKNOWN
        if Mark.NAN in (left, right):
            return False
        if left in _MISSING and right in _MISSING:
            # `=== null` and `=== undefined` are told apart by the source, not here.
            return Mark.UNKNOWN if left is not right else True
        if isinstance(left, str) != isinstance(right, str) and not (left in _MISSING or right in _MISSING):
            return False if self._semantics.coerces else Mark.ERROR
        return type(left) is type(right) and left == right

    def _ordered(self, operator: str, left: Value, right: Value) -> Value:
        if Mark.UNKNOWN in (left, right):
            # undefined never compares; null and '' are numbers whose order with an unknown value is open.
            return False if Mark.UNDEFINED in (left, right) or Mark.NAN in (left, right) else Mark.UNKNOWN
        if isinstance(left, str) and isinstance(right, str):
            return _compare(operator, left, right)
        if isinstance(left, Fraction) and isinstance(right, Fraction):
            return _compare(operator, left, right)
        if not self._semantics.coerces:
            return Mark.UNKNOWN
        one, other = _as_number(left), _as_number(right)
        if one is None or other is None:
            return False
        return _compare(operator, one, other)

    def _call(self, expression: Call) -> Value:
        if expression.callee is not None or expression.function not in _STRICT_FUNCTIONS:
            return Mark.UNKNOWN
        if len(expression.arguments) != 1:
            return self._spread(expression.arguments)
        value = self._evaluate(expression.arguments[0])
        if value in (Mark.UNKNOWN, Mark.ERROR):
            return value
        if self._semantics.spreads and value is Mark.NULL:
            return Mark.NULL
        function = expression.function
        if function in ("is text", "is number") and not self._semantics.spreads:
            if value in _MISSING:
                # Whether null is a number depends on who is asked.
                return Mark.UNKNOWN if function == "is number" and value is Mark.NULL else False
            return isinstance(value, str) if function == "is text" else Mark.UNKNOWN
        if function in ("number", "integer", "date") and self._semantics.coerces:
            if function != "number":
                return Mark.UNKNOWN if function == "date" else Mark.NAN if value in (*_MISSING, "") else value
            number = _as_number(value)
            return Mark.NAN if number is None else number
        if isinstance(value, str):
            if function in _TEXTUAL:
                return value.strip() if function == "trim" else value
            return Fraction(len(value)) if function in ("length", "size") else Mark.UNKNOWN
        return Mark.UNKNOWN

    def _spread(self, operands: tuple[Expression, ...]) -> Value:
        if not self._semantics.spreads or not operands:
            return Mark.UNKNOWN
        return Mark.NULL if self._evaluate(operands[0]) is Mark.NULL else Mark.UNKNOWN


def _distinct(left: Value, right: Value) -> Value:
    if Mark.UNKNOWN in (left, right):
        return Mark.UNKNOWN
    return left != right


def _as_number(value: Value) -> Fraction | None:
    if value is Mark.NULL:
        return Fraction(0)
    if isinstance(value, Mark):
        return None
    if isinstance(value, str):
        return parse(value) if value.strip() else Fraction(0)
    return Fraction(value)


def _compare(operator: str, left: Fraction | str, right: Fraction | str) -> bool:
    if operator == "<":
        return left < right  # type: ignore[operator]
    if operator == "<=":
        return left <= right  # type: ignore[operator]
    return left > right if operator == ">" else left >= right  # type: ignore[operator]
