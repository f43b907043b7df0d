"""Small makers of neutral expressions, and questions about them."""

import re
from collections.abc import Iterator

from archlint.model.expression import (
    Boolean,
    Call,
    Duration,
    Expression,
    Fields,
    Items,
    Null,
    Number,
    Opaque,
    Operation,
    Ref,
    Row,
    Text,
)
from archlint.terms.idioms import words

_HALF = re.compile("[\ud800-\udfff]")
LITERALS = (Text, Number, Boolean)
COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
LOGICAL = COMPARISONS | {"and", "or", "not", "in", "matches", "is null", "exists", "truthy"}
ARITHMETIC = frozenset({"+", "-", "*", "/", "%"})
_DATES = frozenset({"date", "now"})
MEASURES = frozenset({"length", "count", "size"})
# Who is calling; members are read from it, and its id is the neutral function of that name.
CALLER = Ref("$caller")


def negated(condition: Expression) -> Expression:
    """The opposite of a condition."""
    if isinstance(condition, Operation) and condition.operator == "not":
        return condition.operands[0]
    if isinstance(condition, Boolean):
        return Boolean(not condition.value)
    return Operation("not", (condition,))


def dated(expression: Expression) -> bool:
    """Whether it is a date by what makes it: the present time, or something read as a date."""
    return isinstance(expression, Call) and expression.callee is None and expression.function in _DATES


def both(conditions: tuple[Expression, ...]) -> Expression:
    """All of the conditions."""
    return conditions[0] if len(conditions) == 1 else Operation("and", conditions)


def within(expression: Expression) -> Iterator[Expression]:
    """Every node of an expression, outermost first."""
    stack = [expression]
    while stack:
        item = stack.pop()
        yield item
        if isinstance(item, Operation):
            stack.extend(reversed(item.operands))
        elif isinstance(item, Call):
            stack.extend(reversed(item.arguments))
        elif isinstance(item, Items):
            stack.extend(reversed(item.items))
        elif isinstance(item, Fields):
            stack.extend(value for _, value in reversed(item.entries))
            stack.extend(reversed(item.spreads))


def below(value: Expression, name: str) -> Expression | None:
    """A member of a value, where it has a name."""
    if isinstance(value, Ref):
        if value.name == CALLER.name and name in words("callers", "ids"):
            return Call("current user", ())
        asked = not value.path and name in words("callers", "members")
        if asked and value.name.split("@", 1)[0] in words("callers", "requests"):
            return Call("current user", ()) if name in words("callers", "ids") else CALLER
        return Ref(value.name, (*value.path, name))
    if isinstance(value, Row):
        return Row(value.access, (*value.path, name))
    if isinstance(value, Fields):
        return value.get(name)
    return None


_TYPES = frozenset({"is text", "is number", "is integer"})
_CONVERSIONS = frozenset({"trim", "lower", "upper", "text", "number", "integer", "round", "date", "boolean"})
_NOTHING = (Text(""), Null(), Boolean(False))


def of_its_type(condition: Expression, chosen: Expression, other: Expression) -> Expression | None:
    """`typeof x === 'string' ? x.trim() : ''` is x where it has the type that is asked for, and nothing else."""
    tests = condition.operands if isinstance(condition, Operation) and condition.operator == "and" else (condition,)
    asked = {item.arguments[0] for item in tests if isinstance(item, Call) and item.function in _TYPES}
    if len(asked) != 1 or not all(isinstance(item, Call) and item.function in _TYPES for item in tests):
        return None
    (place,) = asked
    if not isinstance(place, (Ref, Row)) or converted(chosen) != place:
        return None
    if other in _NOTHING:
        return chosen
    if converted(other) == place:
        return Call("number", (place,)) if isinstance(other, Call) and other.function == "number" else chosen
    return Operation("coalesce", (chosen, other)) if isinstance(other, LITERALS) else None


def converted(value: Expression) -> Expression:
    """What a value is made of by changing nothing but its form."""
    while isinstance(value, Call) and value.function in _CONVERSIONS and value.callee is None and value.arguments:
        value = value.arguments[0]
    return value


def numeral(text: str) -> Expression:
    """A number literal as exact decimal text."""
    plain = text.replace("_", "").rstrip("n")
    try:
        if plain[:2].lower() in ("0x", "0o", "0b"):
            return Number(str(int(plain, 0)))
        if "e" in plain.lower():
            from decimal import Decimal

            return Number(format(Decimal(plain), "f"))
    except (ValueError, ArithmeticError):
        return Opaque(text)
    if plain.startswith("."):
        plain = "0" + plain
    return Number(plain.rstrip(".") or "0")


def whole(text: str) -> str:
    """A text in which halves of characters, as escapes may write them, are joined or replaced."""
    if text.isascii() or not _HALF.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def tells(condition: Expression) -> bool:
    """Whether a condition compares something with a literal or a named set, so that it may state a rule."""
    for item in within(condition):
        if not isinstance(item, Operation):
            continue
        if item.operator in COMPARISONS and any(isinstance(side, (Text, Number, Duration)) for side in item.operands):
            return True
        if item.operator in ("in", "matches"):
            return True
    return False


def is_formula(value: Expression) -> bool:
    """Whether a value is computed in a way that somebody decided: not a counter, not a plain copy."""
    if isinstance(value, (Fields, Items)) or _glued(value):
        return False
    operations = [item for item in within(value) if isinstance(item, Operation) and item.operator in ARITHMETIC]
    leaves = {item for item in within(value) if isinstance(item, (Ref, Row))}
    if not operations or not leaves:
        return False
    if any(item.operator in ("*", "/", "%") for item in operations):
        return True
    return len(leaves) > 1


def _glued(value: Expression) -> bool:
    """Texts put together, or a choice or comparison rather than a number."""
    if not isinstance(value, Operation):
        return not (isinstance(value, Call) and value.callee is None)
    return (
        value.operator in LOGICAL
        or value.operator in ("concat", "fallback", "coalesce", "lookup")
        or any(isinstance(item, Operation) and item.operator == "concat" for item in within(value))
    )


def labelled(value: Expression) -> tuple[tuple[Expression, Expression], ...]:
    """The cases of nested choices whose results are literals; empty where it is something else."""
    cases: list[tuple[Expression, Expression]] = []
    while isinstance(value, Operation) and value.operator == "if":
        test, chosen, value = value.operands
        if not isinstance(chosen, LITERALS):
            return ()
        cases.append((test, chosen))
    if len(cases) < 2 and not (cases and isinstance(value, LITERALS)):
        return ()
    if isinstance(value, LITERALS):
        cases.append((Boolean(True), value))
    elif not isinstance(value, (Null, Opaque)):
        return ()
    return tuple(cases) if len({label for _, label in cases}) > 1 else ()


def edges(value: Expression) -> tuple[tuple[str, str], ...]:
    """The steps that a map of states to the states after them allows; empty where it is something else."""
    if not isinstance(value, Fields) or value.spreads or len(value.entries) < 2:
        return ()
    states = {name for name, _ in value.entries}
    edges: list[tuple[str, str]] = []
    for name, after in value.entries:
        if not isinstance(after, Items):
            return ()
        for item in after.items:
            if not isinstance(item, Text):
                return ()
            edges.append((name, item.value))
    reached = {after for _, after in edges}
    return tuple(edges) if reached and len(reached & states) >= max(1, len(reached) // 2) else ()
