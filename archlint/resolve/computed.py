"""Conditions on what is computed: `abs(total - price * quantity) > 0.01`, `min(50, round(count))`."""

from archlint.model.expression import Call, Expression, Number, Operation, Ref

_ROUNDING = frozenset({"round", "floor", "ceil", "truncate"})
_ARITHMETIC = frozenset({"+", "-", "*", "/"})


def compared_with_computation(condition: Expression) -> tuple[Ref, Expression] | None:
    """The name that a required condition holds to a computation, and the computation; None for any other condition."""
    positive = True
    while isinstance(condition, Operation) and condition.operator == "not":
        condition, positive = condition.operands[0], not positive
    if not isinstance(condition, Operation) or len(condition.operands) != 2:
        return None
    left, right = condition.operands
    if condition.operator == ("=" if positive else "!="):
        return _sides(left, right)
    if condition.operator in (("<", "<=") if positive else (">", ">=")) and isinstance(right, Number):
        return _distance(left)
    if condition.operator in ((">", ">=") if positive else ("<", "<=")) and isinstance(left, Number):
        return _distance(right)
    return None


def _distance(value: Expression) -> tuple[Ref, Expression] | None:
    if not (isinstance(value, Call) and value.callee is None and value.function == "abs" and value.arguments):
        return None
    inner = value.arguments[0]
    if isinstance(inner, Operation) and inner.operator == "-" and len(inner.operands) == 2:
        return _sides(*inner.operands)
    return None


def _sides(left: Expression, right: Expression) -> tuple[Ref, Expression] | None:
    for name, other in ((left, right), (right, left)):
        if isinstance(name, Ref) and isinstance(other, Operation) and other.operator in _ARITHMETIC:
            return name, other
    return None


def of_result(condition: Expression) -> Expression:
    """What a range asks of the value that comes out of it: of `min(50, round(count))` whole numbers up to 50."""
    if not isinstance(condition, Operation):
        return condition
    if condition.operator in ("and", "or", "not"):
        return Operation(condition.operator, tuple(map(of_result, condition.operands)))
    value, *rest = condition.operands
    if not (isinstance(value, Call) and value.callee is None and value.function in _ROUNDING and value.arguments):
        return condition
    rounded = Operation(condition.operator, (value.arguments[0], *rest))
    if len(value.arguments) > 1:
        return rounded
    return Operation("and", (rounded, Call("is integer", (value.arguments[0],))))


def is_of_computed(condition: Expression) -> bool:
    """Whether a range is asked of something that is computed from a value, and not of the value."""
    if not isinstance(condition, Operation):
        return False
    if condition.operator in ("and", "or", "not"):
        return any(map(is_of_computed, condition.operands))
    value = condition.operands[0]
    while isinstance(value, Call) and value.callee is None and value.arguments:
        value = value.arguments[0]
    return isinstance(value, Operation) and value.operator in _ARITHMETIC
