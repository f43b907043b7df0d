"""How long something lasts: a time that is written or defaults to now and a span."""

from collections.abc import Mapping
from fractions import Fraction

from archlint.algebra import fold
from archlint.model.expression import Call, Duration, Expression, Number, Operation, Ref
from archlint.model.predicate import Constant, Predicate

# How many of what a clock counts make a second.
_TICKS = {"javascript": 1000, "python": 1}
_FALLBACKS = frozenset({"coalesce", "fallback"})
_PASSING = frozenset({"date", "text", "number"})


def lifetime(value: Expression, dialect: str) -> Predicate | None:
    """The span of `now + span`, in seconds or months; a bare number counts what the language's clock counts."""
    span = _after_now(value)
    return None if span is None else _span(span, dialect)


def lasts(value: Expression) -> bool:
    """Whether a value is now and something more, known or not."""
    return _after_now(value) is not None


def _after_now(value: Expression) -> Expression | None:
    value = _bare(fold(value))
    if not (isinstance(value, Operation) and value.operator == "+" and len(value.operands) == 2):
        return None
    return next((span for start, span in (value.operands, value.operands[::-1]) if _now(_bare(start))), None)


def unless_told(value: Expression, usual: Mapping[str, Expression]) -> Expression:
    """The value where nobody says otherwise: parameters by their defaults, and fallbacks for what is missing."""
    if isinstance(value, Ref):
        return usual.get(value.name, value) if not value.path else value
    if isinstance(value, Operation):
        if value.operator in _FALLBACKS and isinstance(value.operands[-1], Number):
            return value.operands[-1]
        return Operation(value.operator, tuple(unless_told(item, usual) for item in value.operands))
    if isinstance(value, Call) and value.callee is None:
        return Call(value.function, tuple(unless_told(item, usual) for item in value.arguments))
    return value


def _bare(value: Expression) -> Expression:
    while isinstance(value, Call) and value.callee is None and value.function in _PASSING and value.arguments:
        value = value.arguments[0]
    return value


def _now(value: Expression) -> bool:
    return isinstance(value, Call) and value.callee is None and value.function == "now"


def _span(span: Expression, dialect: str) -> Predicate | None:
    if isinstance(span, Duration):
        if span.months and Fraction(span.seconds) == 0:
            return Predicate(Constant(str(span.months), "duration", "months"))
        return None if span.months else Predicate(Constant(span.seconds, "duration", "seconds"))
    if isinstance(span, Number) and dialect in _TICKS:
        seconds = Fraction(span.value) / _TICKS[dialect]
        if seconds.denominator == 1 and seconds >= 60:
            return Predicate(Constant(str(seconds.numerator), "duration", "seconds"))
    return None
