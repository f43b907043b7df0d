"""What normal forms say about a row, for comparison with what a real evaluator says about the original text."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from archlint.algebra import Requirement, accepts
from archlint.model.expression import Boolean, Call, Expression, Items, Null, Number, Operation, Pattern, Ref, Text
from archlint.model.predicate import Compared, Constant, Predicate

Value = Decimal | str | bool | None
Row = Mapping[str, Value]
NameOf = Callable[[Expression], str | None]


class Unknown(Exception):
    """Nothing is predicted here."""


def predicted(found: Sequence[Requirement], row: Row, name_of: NameOf, admits_null_guard: bool = True) -> bool | None:
    """Whether a row gets through all requirements; None where that is not predicted."""
    results = [_one(requirement, row, name_of, admits_null_guard) for requirement in found]
    if False in results:
        return False
    return None if None in results else True


def _one(requirement: Requirement, row: Row, name_of: NameOf, admits_null_guard: bool) -> bool | None:
    try:
        guards = [evaluated(guard, row, name_of) for guard in requirement.guards]
        name = name_of(requirement.subject)
        if name is None or name not in row:
            return None
        admitted = _admitted(requirement, row[name], row, name_of)
    except Unknown:
        return None
    if False in guards or admitted is True:
        return True
    if admitted is None or "open" in guards:
        return None
    # A condition that is neither true nor false: guarded, the requirement is neither kept nor broken.
    return admits_null_guard if None in guards else False


def _admitted(requirement: Requirement, value: Value, row: Row, name_of: NameOf) -> bool | None:
    predicate = requirement.predicate
    if not requirement.exact:
        return None
    if requirement.trimmed and isinstance(value, str):
        value = value.strip()
    if value is not None and isinstance(predicate.form, Compared):
        return _compared(requirement, value, row, name_of)
    return accepts(predicate, constant(value))


def _compared(requirement: Requirement, value: Value, row: Row, name_of: NameOf) -> bool | None:
    name = None if requirement.other is None else name_of(requirement.other)
    if name is None or requirement.unit or name not in row:
        return None
    other = row[name]
    if other is None:
        return None
    if isinstance(value, Decimal) and isinstance(other, Decimal):
        return ordered(requirement.operator, Fraction(value), Fraction(other) + Fraction(requirement.offset))
    if isinstance(value, str) and isinstance(other, str) and requirement.offset == "0":
        if requirement.fold_case:
            value, other = value.lower(), other.lower()
        return ordered(requirement.operator, value, other)
    return None


def constant(value: Value) -> Constant | None:
    """A value of a row as the algebra takes it."""
    if value is None:
        return None
    if isinstance(value, bool):
        return Constant("true" if value else "false", "boolean")
    return Constant(value, "text") if isinstance(value, str) else Constant(f"{value:f}", "number")


def accepted(predicate: Predicate, value: Value) -> bool | None:
    """Whether a predicate lets a value through."""
    return accepts(predicate, constant(value))


def ordered(operator: str, left: Fraction | str, right: Fraction | str) -> bool:
    """Whether `left operator right` holds of two numbers or two texts."""
    return {
        "=": left == right,
        "!=": left != right,
        "<": left < right,  # type: ignore[operator]
        "<=": left <= right,  # type: ignore[operator]
        ">": left > right,  # type: ignore[operator]
        ">=": left >= right,  # type: ignore[operator]
    }[operator]


def evaluated(expression: Expression, row: Row, name_of: NameOf) -> bool | None:
    """A condition over a row in three-valued logic."""
    value = _value(expression, row, name_of)
    if value is None or isinstance(value, bool):
        return value
    raise Unknown


def _value(expression: Expression, row: Row, name_of: NameOf) -> Value:
    name = name_of(expression)
    if name is not None:
        if name not in row:
            raise Unknown
        return row[name]
    if isinstance(expression, Number):
        return Decimal(expression.value)
    if isinstance(expression, (Text, Boolean)):
        return expression.value
    if isinstance(expression, Null):
        return None
    if isinstance(expression, Operation):
        return _operation(expression.operator, expression.operands, row, name_of)
    if isinstance(expression, Call) and expression.function == "lower":
        value = _value(expression.arguments[0], row, name_of)
        return value.lower() if isinstance(value, str) else value
    raise Unknown


def _operation(operator: str, operands: tuple[Expression, ...], row: Row, name_of: NameOf) -> Value:
    if operator in ("and", "or"):
        values = [evaluated(item, row, name_of) for item in operands]
        decisive = operator == "or"
        return decisive if decisive in values else None if None in values else not decisive
    if operator == "not":
        inner = evaluated(operands[0], row, name_of)
        return None if inner is None else not inner
    if operator == "is null":
        return _value(operands[0], row, name_of) is None
    if operator == "coalesce":
        values = [_value(item, row, name_of) for item in operands]
        return next((value for value in values if value is not None), None)
    if operator == "in" and isinstance(operands[1], Items):
        equals = tuple(Operation("=", (operands[0], item)) for item in operands[1].items)
        return _operation("or", equals, row, name_of)
    if operator in ("distinct", "=", "!=", "<", "<=", ">", ">="):
        left, right = (_value(item, row, name_of) for item in operands)
        if operator == "distinct":
            return left != right
        if left is None or right is None:
            return None
        if isinstance(left, bool) and isinstance(right, bool):
            return (left == right) == (operator == "=")
        if isinstance(left, Decimal) and isinstance(right, Decimal):
            return ordered(operator, Fraction(left), Fraction(right))
        if isinstance(left, str) and isinstance(right, str):
            return ordered(operator, left, right)
    raise Unknown


def words_in(expression: Expression) -> tuple[set[str], set[Decimal]]:
    """The texts and numbers that a condition names: where its outcome may change."""
    texts: set[str] = set()
    numbers: set[Decimal] = set()
    stack = [expression]
    while stack:
        item = stack.pop()
        if isinstance(item, Text):
            texts.add(item.value)
        elif isinstance(item, Number):
            numbers.add(Decimal(item.value))
        elif isinstance(item, Pattern):
            texts.update(part for part in item.source.replace("%", " ").strip("^$").split() if part)
        elif isinstance(item, Operation):
            stack.extend(item.operands)
        elif isinstance(item, Call):
            stack.extend(item.arguments)
        elif isinstance(item, Items):
            stack.extend(item.items)
    return texts, numbers


def reference(prefix: str) -> NameOf:
    """The names of one table's columns, or of one scope's variables."""

    def name_of(expression: Expression) -> str | None:
        if not isinstance(expression, Ref):
            return None
        if expression.name == prefix and len(expression.path) == 1:
            return expression.path[0]
        return None

    return name_of
