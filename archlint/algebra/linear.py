"""Sums of names: what a comparison looks like with everything moved to one side."""

from dataclasses import dataclass, field
from fractions import Fraction

from archlint.algebra.canonical import canonical
from archlint.algebra.quantities import parse
from archlint.model.expression import Call, Duration, Expression, Number, Operation, Ref, Row

AGGREGATES = frozenset({"count", "sum", "average", "largest", "smallest"})
CLOCK = frozenset({"now", "today"})
_CONVERSIONS = frozenset({"number", "integer", "text", "date"})


@dataclass(slots=True)
class Term:
    """One name of a sum with its factor; `dated` where the source reads it as a moment, `length` etc. as aspect."""

    core: Expression
    factor: Fraction
    aspect: str = "value"
    trimmed: bool = False
    dated: bool = False


@dataclass(slots=True)
class Linear:
    """Terms by name, a plain number, and durations in months and seconds."""

    terms: dict[str, Term] = field(default_factory=dict)
    plain: Fraction = Fraction(0)
    months: Fraction = Fraction(0)
    seconds: Fraction = Fraction(0)

    def times(self, factor: Fraction) -> "Linear":
        """The sum multiplied by a number."""
        terms = {
            key: Term(item.core, item.factor * factor, item.aspect, item.trimmed, item.dated)
            for key, item in self.terms.items()
        }
        return Linear(terms, self.plain * factor, self.months * factor, self.seconds * factor)

    def plus(self, other: "Linear", sign: int) -> "Linear":
        """The sum or difference of two."""
        terms = dict(self.terms)
        for key, item in other.terms.items():
            known = terms.get(key)
            factor = sign * item.factor + (known.factor if known else 0)
            if factor:
                dated = item.dated or (known is not None and known.dated)
                terms[key] = Term(item.core, factor, item.aspect, item.trimmed, dated)
            else:
                del terms[key]
        return Linear(
            terms,
            self.plain + sign * other.plain,
            self.months + sign * other.months,
            self.seconds + sign * other.seconds,
        )

    @property
    def constant(self) -> bool:
        """Whether no name is left."""
        return not self.terms

    @property
    def number(self) -> Fraction | None:
        """The value, where it is a plain number."""
        return self.plain if not self.terms and not self.months and not self.seconds else None


def linear(expression: Expression) -> Linear | None:
    """The expression as a sum of names; None where it is not one."""
    if isinstance(expression, Number):
        number = parse(expression.value)
        return None if number is None else Linear(plain=number)
    if isinstance(expression, Duration):
        seconds = parse(expression.seconds)
        return None if seconds is None else Linear(months=Fraction(expression.months), seconds=seconds)
    if isinstance(expression, (Ref, Row)):
        return _single(expression)
    if isinstance(expression, Operation):
        return _operation(expression)
    return _call(expression) if isinstance(expression, Call) else None


def _single(core: Expression, aspect: str = "value", trimmed: bool = False, dated: bool = False) -> Linear:
    key = f"{'trimmed ' if trimmed else ''}{aspect} {canonical(core)}"
    return Linear({key: Term(core, Fraction(1), aspect, trimmed, dated)})


def _operation(expression: Operation) -> Linear | None:
    operator, operands = expression.operator, expression.operands
    if operator in ("coalesce", "fallback") and len(operands) == 2 and isinstance(operands[1], Number):
        # A fallback replaces zero, too.
        return linear(operands[0]) if operator == "coalesce" or parse(operands[1].value) == 0 else None
    if operator not in ("+", "-", "*", "/", "negate") or not operands:
        return None
    parts = [linear(item) for item in operands]
    result = parts[0]
    if operator == "negate":
        return None if result is None else result.times(Fraction(-1))
    for part in parts[1:]:
        if result is None or part is None:
            return None
        result = _combine(operator, result, part)
    return result


def _combine(operator: str, left: Linear, right: Linear) -> Linear | None:
    if operator in ("+", "-"):
        return left.plus(right, 1 if operator == "+" else -1)
    factor = right.number
    if operator == "/":
        return left.times(1 / factor) if factor else None
    if factor is not None:
        return left.times(factor)
    factor = left.number
    return None if factor is None else right.times(factor)


def _call(expression: Call) -> Linear | None:
    function, arguments = expression.function, expression.arguments
    if expression.callee is not None:
        return None
    if function in CLOCK:
        return _single(Call("now", ()), dated=True)
    if function in AGGREGATES and arguments and _counts_rows(arguments[0]):
        return _single(expression, function)
    if len(arguments) != 1:
        return _validated(expression)
    if function in ("length", "size", "count"):
        core, trimmed, _ = peel(arguments[0])
        if not isinstance(core, (Ref, Row)):
            return None
        return _single(core, "size" if function == "size" else "length", trimmed)
    if function in _CONVERSIONS:
        inner = arguments[0]
        if isinstance(inner, Call) and inner.function == "trim" and inner.callee is None:
            inner = inner.arguments[0]
        result = linear(inner)
        if result is not None and function == "date":
            for term in result.terms.values():
                term.dated = True
        return result
    return None


def _counts_rows(argument: Expression) -> bool:
    return isinstance(argument, Row) or (isinstance(argument, Ref) and "|row:" in argument.name)


def _validated(expression: Call) -> Linear | None:
    if expression.function == "validated" and len(expression.arguments) == 2:
        return linear(expression.arguments[1])
    return None


def _stands_in(operator: str, value: Expression) -> bool:
    """Whether a literal takes the place of missing and empty values only."""
    if isinstance(value, Number):
        return operator == "coalesce" or parse(value.value) == 0
    return not isinstance(value, (Ref, Row, Call, Operation))


def peel(expression: Expression) -> tuple[Expression, bool, str]:
    """The name inside conversions, whether it is trimmed, and into which case it is folded (if it is)."""
    trimmed, folded = False, ""
    while True:
        if isinstance(expression, Call) and expression.callee is None and expression.arguments:
            function = expression.function
            if function == "validated" and len(expression.arguments) == 2:
                expression = expression.arguments[1]
                continue
            if function not in ("trim", "lower", "upper", *_CONVERSIONS) or len(expression.arguments) != 1:
                return expression, trimmed, folded
            trimmed |= function == "trim"
            if function in ("lower", "upper") and not folded:
                folded = function
            expression = expression.arguments[0]
        elif isinstance(expression, Operation) and expression.operator in ("coalesce", "fallback"):
            if len(expression.operands) != 2 or not _stands_in(expression.operator, expression.operands[1]):
                return expression, trimmed, folded
            expression = expression.operands[0]
        else:
            return expression, trimmed, folded
