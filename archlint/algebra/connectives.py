"""What connects conditions: negations pushed in, conjunctions and disjunctions taken apart."""

from archlint.algebra.calculation import calculate
from archlint.algebra.canonical import NEGATED
from archlint.model.expression import Boolean, Expression, Null, Operation, Ref, Row

Signed = tuple[Expression, bool]
_COMPARISONS = frozenset({"<", "<=", ">", ">=", "=", "!="})
_LOGICAL = frozenset({"and", "or", "not", "in", "matches", "is null", "distinct", "exists", "truthy"}) | _COMPARISONS


def conjuncts(condition: Expression, positive: bool) -> list[Signed]:
    """The parts that must all hold, each with its sign."""
    return _parts(condition, positive, "and")


def disjuncts(condition: Expression, positive: bool) -> list[Signed]:
    """The parts of which one must hold, each with its sign."""
    return _parts(condition, positive, "or")


def _parts(condition: Expression, positive: bool, operator: str) -> list[Signed]:
    condition, positive, neither = _stripped(condition, positive)
    parts = _split(condition, positive, operator)
    return parts if neither is None else [_settled(*part, neither) for part in parts]


def _settled(condition: Expression, positive: bool, neither: bool) -> Signed:
    """A part that counts as `neither` where it is neither true nor false."""
    return Operation("coalesce", (condition, Boolean(neither == positive))), positive


def _split(condition: Expression, positive: bool, operator: str) -> list[Signed]:
    if isinstance(condition, Boolean) and (condition.value == positive) == (operator == "and"):
        return []
    if not isinstance(condition, Operation):
        return [(condition, positive)]
    own, operands = condition.operator, condition.operands
    if own == (operator if positive else {"and": "or", "or": "and"}[operator]):
        return [part for item in operands for part in _parts(item, positive, operator)]
    if own in ("if", "case") and operator == "and":
        return _choice(own, operands, positive)
    return [(condition, positive)]


def _choice(own: str, operands: tuple[Expression, ...], positive: bool) -> list[Signed]:
    """`if test then chosen else otherwise` as two conditions; a test that is neither true nor false is not met."""
    if own == "case" and len(operands) > 3:
        otherwise: Expression = Operation("case", operands[2:])
    elif len(operands) == 3:
        otherwise = operands[2]
    else:
        return [(Operation(own, operands), positive)]
    test = Operation("coalesce", (operands[0], Boolean(False)))
    parts: list[Signed] = []
    for guard, value in ((Operation("not", (test,)), operands[1]), (test, otherwise)):
        wanted = value if positive else calculate(Operation("not", (value,)))
        parts.extend(_parts(calculate(Operation("or", (guard, wanted))), True, "and"))
    return parts


def bare(condition: Expression, positive: bool) -> Signed:
    """A condition without what only turns it round."""
    return _stripped(condition, positive)[:2]


def _stripped(condition: Expression, positive: bool) -> tuple[Expression, bool, bool | None]:
    """A condition without what only turns it round, and what it counts as where it is neither true nor false."""
    neither: bool | None = None
    while isinstance(condition, Operation) and condition.operands:
        operator, operands = condition.operator, condition.operands
        if operator == "not":
            condition, positive = operands[0], not positive
        elif operator == "truthy" and _logical(operands[0]):
            condition = operands[0]
        elif operator == "fallback":
            condition = Operation("or", operands)
        elif operator == "is null" and (opened := _opened(operands[0])):
            condition = opened
        elif operator == "coalesce" and len(operands) == 2 and (settled := _with_fallback(*operands)):
            condition, value = settled
            neither = value == positive
        elif operator in ("=", "!=", "distinct") and len(operands) == 2 and (found := _boolean_side(operands)):
            condition, value = found
            neither = positive if operator == "distinct" else neither
            positive = positive == ((operator == "=") == value)
        else:
            break
    return condition, positive, neither


def _opened(value: Expression) -> Expression | None:
    """When a value that is chosen among several is null."""
    if not isinstance(value, Operation):
        return None
    if value.operator == "coalesce":
        return Operation("and", tuple(Operation("is null", (item,)) for item in value.operands))
    if value.operator in ("if", "case") and len(value.operands) == 3 and value.operands[1] == Null():
        test = Operation("coalesce", (value.operands[0], Boolean(False)))
        return Operation("or", (test, Operation("is null", (value.operands[2],))))
    return None


def _with_fallback(value: Expression, literal: Expression) -> Signed | None:
    if isinstance(literal, Boolean) and (_logical(value) or isinstance(value, (Ref, Row))):
        return value, literal.value
    return None


def _boolean_side(operands: tuple[Expression, ...]) -> Signed | None:
    for value, literal in (operands, operands[::-1]):
        if isinstance(literal, Boolean) and _logical(value):
            return value, literal.value
    return None


def _logical(expression: Expression) -> bool:
    return isinstance(expression, Operation) and expression.operator in _LOGICAL


def signed(part: Signed) -> Expression:
    """A part as one expression, with the sign pushed into a comparison where that is the same thing."""
    expression, positive = part
    if positive:
        if isinstance(expression, Operation) and expression.operator in ("and", "or", "not"):
            operands = expression.operands
            if expression.operator == "not":
                return signed((operands[0], False))
            return Operation(expression.operator, tuple(signed((item, True)) for item in operands))
        return expression
    if isinstance(expression, Operation):
        if expression.operator in _COMPARISONS:
            return Operation(NEGATED[expression.operator], expression.operands)
        if expression.operator in ("and", "or"):
            swapped = "or" if expression.operator == "and" else "and"
            return Operation(swapped, tuple(signed((item, False)) for item in expression.operands))
        if expression.operator == "not":
            return signed((expression.operands[0], True))
    return Operation("not", (expression,))


def literally(part: Signed) -> Expression:
    """A part as one expression, as it is written."""
    return part[0] if part[1] else Operation("not", (part[0],))
