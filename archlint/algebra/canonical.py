"""One text for all ways of writing the same expression, as far as order and direction go."""

from archlint.algebra.quantities import parse, show
from archlint.model.expression import (
    Boolean,
    Call,
    Duration,
    Expression,
    Fields,
    Items,
    Lambda,
    Null,
    Number,
    Opaque,
    Operation,
    Pattern,
    Ref,
    Row,
    Text,
)

COMMUTATIVE = frozenset({"and", "or", "=", "!=", "+", "*", "distinct", "overlaps"})
FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}
_INFIX = frozenset({"and", "or", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "in", "matches"})
_UNORDERED_CALLS = frozenset({"minimum", "maximum"})


def canonical(expression: Expression) -> str:
    """A stable text: operands of commutative operators sorted, `a > b` as `b < a`, numbers normalised."""
    kind = type(expression)
    if kind is Ref:
        return ".".join((expression.name, *expression.path))  # type: ignore[union-attr]
    if isinstance(expression, Operation):
        return _operation(expression)
    if isinstance(expression, Call):
        arguments = [canonical(item) for item in expression.arguments]
        if expression.function in _UNORDERED_CALLS:
            arguments.sort()
        name = expression.function if expression.callee is None else canonical(expression.callee)
        return f"{name}({', '.join(arguments)})"
    return _plain(expression)


def _operation(expression: Operation) -> str:
    operator = expression.operator
    operands = [canonical(item) for item in expression.operands]
    if operator in (">", ">=") and len(operands) == 2:
        operator = FLIPPED[operator]
        operands.reverse()
    elif operator in ("and", "or", "+", "*"):
        operands = sorted(text for item in expression.operands for text in _same(item, operator))
    elif operator in COMMUTATIVE:
        operands.sort()
    if operator in ("and", "or"):
        operands = list(dict.fromkeys(operands))
        if len(operands) == 1:
            return operands[0]
    if operator in _INFIX and len(operands) > 1:
        return f"({f' {operator} '.join(operands)})"
    return f"{operator}({', '.join(operands)})"


def _same(item: Expression, operator: str) -> list[str]:
    if isinstance(item, Operation) and item.operator == operator:
        return [text for inner in item.operands for text in _same(inner, operator)]
    return [canonical(item)]


def _plain(expression: Expression) -> str:
    if isinstance(expression, Text):
        return quoted(expression.value)
    if isinstance(expression, Number):
        return numeral(expression.value)
    if isinstance(expression, Boolean):
        return "true" if expression.value else "false"
    if isinstance(expression, Null):
        return "null"
    if isinstance(expression, Row):
        return ".".join((f"row#{expression.access}", *expression.path))
    if isinstance(expression, Duration):
        return f"duration({expression.months} months, {numeral(expression.seconds)} seconds)"
    if isinstance(expression, Pattern):
        whole = " whole" if expression.whole else ""
        return f"/{expression.source}/{''.join(sorted(expression.flags))} {expression.dialect}{whole}"
    if isinstance(expression, Items):
        return f"[{', '.join(canonical(item) for item in expression.items)}]"
    if isinstance(expression, Fields):
        entries = sorted(f"{name}: {canonical(value)}" for name, value in expression.entries)
        return f"{{{', '.join([*entries, *('...' + canonical(item) for item in expression.spreads)])}}}"
    if isinstance(expression, Lambda):
        return f"lambda#{expression.scope}"
    if isinstance(expression, Opaque):
        return f"`{' '.join(expression.text.split())}`"
    raise TypeError(f"not an expression: {expression!r}")


def quoted(text: str) -> str:
    """A text between double quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def numeral(text: str) -> str:
    """A number in its shortest decimal text; anything else unchanged."""
    number = parse(text)
    return text if number is None else show(number)


def children(expression: Expression) -> tuple[Expression, ...]:
    """The expressions directly inside one."""
    if isinstance(expression, Operation):
        return expression.operands
    if isinstance(expression, Call):
        return expression.arguments
    if isinstance(expression, Items):
        return expression.items
    if isinstance(expression, Fields):
        return (*(value for _, value in expression.entries), *expression.spreads)
    return ()


def first_reference(expression: Expression) -> Expression | None:
    """The first name or row that an expression reads, from left to right."""
    if isinstance(expression, (Ref, Row)):
        return expression
    return next((found for item in children(expression) if (found := first_reference(item)) is not None), None)


def mentions(expression: Expression, part: Expression) -> bool:
    """Whether an expression contains another."""
    return expression == part or any(mentions(item, part) for item in children(expression))
