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


def predicted(
    found: Sequence[Requirement], row: Row, name_of: NameOf, unknown_passes: bool = True, coerces: bool = False
) -> bool | None:
    """Whether a row gets through all requirements; None where that is not predicted.

    `coerces` is the logic of JavaScript, in which everything is true or false.
    """
    results = [_one(requirement, row, name_of, unknown_passes, coerces) for requirement in found]
    if False in results:
        return False
    return None if None in results else True


def _one(requirement: Requirement, row: Row, name_of: NameOf, unknown_passes: bool, coerces: bool) -> bool | None:
    try:
        logic = Logic(row, name_of, coerces)
        guards = [logic.truth(guard) for guard in requirement.guards]
        name = name_of(requirement.subject)
        if name is None or name not in row:
            return None
        admitted = _admitted(requirement, row[name], row, name_of)
    except Unknown:
        return None
    if False in guards or admitted is True:
        return True
    if admitted is None:
        return None
    # A condition that is neither true nor false: guarded, the requirement is neither kept nor broken.
    return unknown_passes if None in guards else False


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


class Logic:
    """A condition over a row: in three-valued logic, or in that of JavaScript."""

    def __init__(self, row: Row, name_of: NameOf, coerces: bool) -> None:
        self._row = row
        self._name_of = name_of
        self._coerces = coerces

    def truth(self, expression: Expression) -> bool | None:
        """True, False, or None for neither."""
        value = self._value(expression)
        if self._coerces and not isinstance(value, bool):
            return value is not None and value != "" and value != 0
        if value is None or isinstance(value, bool):
            return value
        raise Unknown

    def _value(self, expression: Expression) -> Value:
        name = self._name_of(expression)
        if name is not None:
            if name not in self._row:
                raise Unknown
            return self._row[name]
        if isinstance(expression, Number):
            return Decimal(expression.value)
        if isinstance(expression, (Text, Boolean)):
            return expression.value
        if isinstance(expression, Null):
            return None
        if isinstance(expression, Operation):
            return self._operation(expression.operator, expression.operands)
        if isinstance(expression, Call) and expression.function == "lower":
            value = self._value(expression.arguments[0])
            return value.lower() if isinstance(value, str) else value
        raise Unknown

    def _operation(self, operator: str, operands: tuple[Expression, ...]) -> Value:
        if operator in ("and", "or"):
            values = [self.truth(item) for item in operands]
            decisive = operator == "or"
            return decisive if decisive in values else None if None in values else not decisive
        if operator in ("not", "truthy"):
            inner = self.truth(operands[0])
            return inner if inner is None or operator == "truthy" else not inner
        if operator == "is null":
            return self._value(operands[0]) is None
        if operator == "if":
            return self._value(operands[1] if self.truth(operands[0]) else operands[2])
        if operator == "coalesce":
            values = [self._value(item) for item in operands]
            return next((value for value in values if value is not None), None)
        if operator == "in" and isinstance(operands[1], Items):
            return self._operation("or", tuple(Operation("=", (operands[0], item)) for item in operands[1].items))
        if operator in ("distinct", "=", "!=", "<", "<=", ">", ">="):
            left, right = (self._value(item) for item in operands)
            return self._compared(operator, left, right)
        raise Unknown

    def _compared(self, operator: str, left: Value, right: Value) -> bool | None:
        if operator == "distinct":
            return left != right
        if left is None or right is None:
            if not self._coerces:
                return None
            if operator not in ("=", "!="):
                raise Unknown
            return (left is right) == (operator == "=")
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


def column(expression: Expression) -> str | None:
    """The name of a column of the table `t`."""
    if isinstance(expression, Ref) and expression.name == "table:t" and len(expression.path) == 1:
        return expression.path[0]
    return None


def variable(expression: Expression) -> str | None:
    """The name of a variable or parameter."""
    if isinstance(expression, Ref) and "@" in expression.name and not expression.path:
        return expression.name.split("@")[0]
    return None
