"""Refusals of a value that is not what it should compute to: `abs(total - price * quantity) > 0.01`."""

from archlint.model.expression import Call, Expression, Number, Operation, Ref

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
