"""Exact calculation with literals; what is not literal stays as it is."""

from fractions import Fraction

from archlint.algebra.quantities import ceil, decimals, exact, floor, parse, show, truncate
from archlint.model.expression import (
    Boolean,
    Call,
    Duration,
    Expression,
    Fields,
    Items,
    Null,
    Number,
    Operation,
    Text,
)

_LITERALS = (Text, Number, Boolean, Null, Duration)


def calculate(operation: Operation) -> Expression:
    """The value of an operator over literals, or the operation unchanged."""
    operator, operands = operation.operator, operation.operands
    if operator in ("+", "-", "*", "/", "%", "negate"):
        return _arithmetic(operator, operands) or operation
    if operator == "concat":
        return _concat(operands) or operation
    if operator in ("and", "or", "not"):
        return _logic(operation)
    if operator in ("if", "case"):
        return _choice(operation)
    if operator in ("coalesce", "fallback"):
        return _fallback(operation)
    if operator == "lookup" and len(operands) == 2:
        return _lookup(operands[0], operands[1]) or operation
    if operator in ("=", "!=") and len(operands) == 2:
        same = equal(operands[0], operands[1])
        return operation if same is None else Boolean(same == (operator == "="))
    return operation


def equal(left: Expression, right: Expression) -> bool | None:
    """Whether two literals of one kind are the same value."""
    if isinstance(left, Number) and isinstance(right, Number):
        one, other = parse(left.value), parse(right.value)
        return None if one is None or other is None else one == other
    comparable = isinstance(left, (Text, Boolean)) and type(left) is type(right)
    return left == right if comparable else None


def number_of(expression: Expression) -> Fraction | None:
    """The number of a number literal."""
    return parse(expression.value) if isinstance(expression, Number) else None


def _literal(number: Fraction) -> Number | None:
    return None if decimals(number) is None else Number(show(number))


def _arithmetic(operator: str, operands: tuple[Expression, ...]) -> Expression | None:
    if operator == "negate":
        if len(operands) != 1:
            return None
        if isinstance(operands[0], Duration):
            return _duration("*", operands[0], Number("-1"))
        number = number_of(operands[0])
        return None if number is None else _literal(-number)
    if not operands:
        return None
    result = operands[0]
    for item in operands[1:]:
        combined = _pair(operator, result, item)
        if combined is None:
            return None
        result = combined
    return result if isinstance(result, (Number, Text, Duration)) else None


def _pair(operator: str, left: Expression, right: Expression) -> Expression | None:
    one, other = number_of(left), number_of(right)
    if one is not None and other is not None:
        result = _numbers(operator, one, other)
        return None if result is None else _literal(result)
    if isinstance(left, Duration) or isinstance(right, Duration):
        return _duration(operator, left, right)
    if operator == "+" and (isinstance(left, Text) or isinstance(right, Text)):
        return _concat((left, right))
    return None


def _numbers(operator: str, left: Fraction, right: Fraction) -> Fraction | None:
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    if right == 0:
        return None
    return left / right if operator == "/" else left - right * truncate(left / right)


def _duration(operator: str, left: Expression, right: Expression) -> Duration | None:
    if isinstance(left, Duration) and isinstance(right, Duration):
        if operator not in ("+", "-"):
            return None
        sign = 1 if operator == "+" else -1
        return Duration(left.months + sign * right.months, show(exact(left.seconds) + sign * exact(right.seconds)))
    if isinstance(right, Duration):
        left, right = right, left
        if operator != "*":
            return None
    factor = number_of(right)
    if not isinstance(left, Duration) or factor is None or operator not in ("*", "/"):
        return None
    if operator == "/" and not factor:
        return None
    factor = 1 / factor if operator == "/" else factor
    months, seconds = left.months * factor, exact(left.seconds) * factor
    if months.denominator != 1 or decimals(seconds) is None:
        return None
    return Duration(int(months), show(seconds))


def _concat(operands: tuple[Expression, ...]) -> Expression | None:
    if operands and all(isinstance(item, Items) for item in operands):
        return Items(tuple(inner for item in operands if isinstance(item, Items) for inner in item.items))
    texts = [_shown(item) for item in operands]
    known = [text for text in texts if text is not None]
    return Text("".join(known)) if len(known) == len(texts) and known else None


def _shown(expression: Expression) -> str | None:
    if isinstance(expression, (Text, Number)):
        return expression.value
    if isinstance(expression, Boolean):
        return "true" if expression.value else "false"
    return None


def _logic(operation: Operation) -> Expression:
    if operation.operator == "not":
        inner = operation.operands[0] if operation.operands else None
        return Boolean(not inner.value) if isinstance(inner, Boolean) else operation
    neutral = operation.operator == "and"
    rest = [item for item in operation.operands if item != Boolean(neutral)]
    if Boolean(not neutral) in rest:
        return Boolean(not neutral)
    if not rest:
        return Boolean(neutral)
    if len(rest) == len(operation.operands):
        return operation
    return rest[0] if len(rest) == 1 else Operation(operation.operator, tuple(rest))


def _choice(operation: Operation) -> Expression:
    operands = operation.operands
    if len(operands) >= 2 and isinstance(operands[0], Boolean):
        if operands[0].value:
            return operands[1]
        rest = operands[2:]
        if len(rest) == 1:
            return rest[0]
        return _choice(Operation(operation.operator, rest)) if rest else operation
    return operation


def _fallback(operation: Operation) -> Expression:
    rest = list(operation.operands)
    truthy = operation.operator == "fallback"
    while len(rest) > 1 and isinstance(rest[0], _LITERALS) and _missing(rest[0], truthy):
        rest.pop(0)
    if rest and isinstance(rest[0], (*_LITERALS, Items, Fields)) and (len(rest) == 1 or not _missing(rest[0], truthy)):
        return rest[0]
    return operation if len(rest) == len(operation.operands) else _shorter(operation.operator, rest)


def _shorter(operator: str, rest: list[Expression]) -> Expression:
    return rest[0] if len(rest) == 1 else Operation(operator, tuple(rest))


def _missing(value: Expression, truthy: bool) -> bool:
    if isinstance(value, Null):
        return True
    return truthy and (value in (Text(""), Boolean(False)) or number_of(value) == 0)


def _lookup(table: Expression, key: Expression) -> Expression | None:
    if isinstance(table, Fields) and isinstance(key, (Text, Number, Boolean)):
        return table.get(_shown(key) or "")
    index = number_of(key)
    if isinstance(table, Items) and index is not None and index.denominator == 1 and 0 <= index < len(table.items):
        return table.items[int(index)]
    return None


def call(expression: Call) -> Expression:
    """The value of a neutral function over literals, or the call unchanged."""
    if expression.callee is not None or not expression.arguments:
        return expression
    first = expression.arguments[0]
    if isinstance(first, Number):
        return _of_number(expression) or expression
    if isinstance(first, Text):
        return _of_text(expression.function, first.value, len(expression.arguments)) or expression
    if isinstance(first, Items) and expression.function in ("length", "count"):
        spliced = any(isinstance(item, Operation) and item.operator == "concat" for item in first.items)
        return expression if spliced else Number(str(len(first.items)))
    if isinstance(first, Items) and expression.function == "keys" and len(expression.arguments) == 1:
        return _firsts(first) or expression
    if isinstance(first, Fields) and not first.spreads:
        if expression.function == "keys":
            return Items(tuple(Text(name) for name in dict(first.entries)))
        if expression.function == "values":
            return Items(tuple(dict(first.entries).values()))
    return expression


def _firsts(items: Items) -> Items | None:
    """The keys of a list of pairs, as choices are often written: a value and its label, or the value alone."""
    found: list[Expression] = []
    for item in items.items:
        key = item.items[0] if isinstance(item, Items) and item.items else item
        if not isinstance(key, (Text, Number, Boolean, Null)):
            return None
        found.append(key)
    return Items(tuple(found))


def _of_text(function: str, text: str, arguments: int) -> Expression | None:
    if arguments != 1:
        return None
    if function == "length":
        return Number(str(len(text)))
    if function in ("lower", "upper", "trim"):
        return Text({"lower": text.lower, "upper": text.upper, "trim": text.strip}[function]())
    if function == "text":
        return Text(text)
    number = parse(text)
    if number is None or "/" in text:
        return None
    if function == "number":
        return _literal(number)
    return Number(str(truncate(number))) if function == "integer" else None


def _of_number(expression: Call) -> Expression | None:
    numbers = [number_of(item) for item in expression.arguments]
    known = [number for number in numbers if number is not None]
    if len(known) != len(numbers):
        return None
    result = _numeric(expression.function, known)
    if result is None:
        return Text(show(known[0])) if expression.function == "text" and len(known) == 1 else None
    return _literal(result)


def _numeric(function: str, values: list[Fraction]) -> Fraction | None:
    value = values[0]
    if function in ("minimum", "maximum"):
        return min(values) if function == "minimum" else max(values)
    if function == "power" and len(values) == 2:
        small = values[1].denominator == 1 and abs(values[1]) <= 64 and (value != 0 or values[1] >= 0)
        return Fraction(value ** int(values[1])) if small else None
    if function == "round" and len(values) == 2 and values[1].denominator == 1 and abs(values[1]) <= 30:
        scale = Fraction(10) ** int(values[1])
        whole = _numeric("round", [value * scale])
        return None if whole is None else whole / scale
    if len(values) != 1:
        return None
    if function == "number":
        return value
    if function == "round":
        # Languages round a negative half differently.
        half = value < 0 and value.denominator == 2
        return None if half else Fraction(floor(value + Fraction(1, 2)))
    if function == "abs":
        return abs(value)
    whole_number = {"floor": floor, "ceil": ceil, "truncate": truncate, "integer": truncate}.get(function)
    return None if whole_number is None else Fraction(whole_number(value))
