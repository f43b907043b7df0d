"""Constants put in place of names and calculated exactly."""

from collections.abc import Callable

from archlint.algebra.calculation import calculate, call
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

Lookup = Callable[[Ref], Expression | None]
_DEPTH = 24
_LEAVES = frozenset({Text, Number, Boolean, Null, Pattern, Duration, Row, Lambda, Opaque})


def _nothing(_: Ref) -> None:
    return None


def fold(expression: Expression, lookup: Lookup = _nothing) -> Expression:
    """The expression with names replaced by what `lookup` gives for them and constants calculated.

    `lookup` is asked for the bare name first (members are then read from the answer), then for the whole reference.
    A name is never replaced inside its own value. What cannot be calculated stays as it was.
    """
    return _fold(expression, lookup, frozenset(), _DEPTH)


def _fold(expression: Expression, lookup: Lookup, active: frozenset[Ref], depth: int) -> Expression:
    kind = type(expression)
    if kind in _LEAVES:
        return expression
    if kind is Ref:
        return expression if lookup is _nothing else _reference(expression, lookup, active, depth)  # type: ignore[arg-type]
    if isinstance(expression, Operation):
        operands = tuple([_fold(item, lookup, active, depth) for item in expression.operands])
        return calculate(Operation(expression.operator, operands))
    if isinstance(expression, Call):
        arguments = tuple([_fold(item, lookup, active, depth) for item in expression.arguments])
        if expression.function == "map" and expression.callee is None:
            return _mapped(arguments)
        return call(Call(expression.function, arguments, expression.callee))
    if isinstance(expression, Items):
        return _items(expression, lookup, active, depth)
    if isinstance(expression, Fields):
        return _fields(expression, lookup, active, depth)
    return expression


def _reference(ref: Ref, lookup: Lookup, active: frozenset[Ref], depth: int) -> Expression:
    if depth <= 0:
        return ref
    base = Ref(ref.name) if ref.path else ref
    if not active or base not in active:
        found = lookup(base)
        value = None if found is None else member(found, ref.path)
        if value is not None and value != ref:
            return _fold(value, lookup, active | {base}, depth - 1)
        if isinstance(found, (Ref, Operation, Call)) and ref.path:
            settled = member(_fold(found, lookup, active | {base}, depth - 1), ref.path)
            if settled is not None:
                return settled
    if ref.path and (not active or ref not in active):
        whole = lookup(ref)
        if whole is not None and whole != ref and whole != lookup(base):
            return _fold(whole, lookup, active | {ref}, depth - 1)
    return ref


def _items(expression: Items, lookup: Lookup, active: frozenset[Ref], depth: int) -> Expression:
    result: list[Expression] = []
    for item in expression.items:
        value = _fold(item, lookup, active, depth)
        if isinstance(item, Operation) and item.operator == "concat" and isinstance(value, Items):
            result.extend(value.items)
        else:
            result.append(value)
    return Items(tuple(result))


def _fields(expression: Fields, lookup: Lookup, active: frozenset[Ref], depth: int) -> Expression:
    entries = tuple([(name, _fold(value, lookup, active, depth)) for name, value in expression.entries])
    if not expression.spreads:
        return Fields(entries)
    known = {name for name, _ in entries}
    spread: dict[str, Expression] = {}
    rest: list[Expression] = []
    for item in expression.spreads:
        value = _fold(item, lookup, active, depth)
        if isinstance(value, Fields) and not value.spreads and not rest:
            spread.update(value.entries)
        else:
            rest.append(value)
    inherited = tuple((name, value) for name, value in spread.items() if name not in known)
    return Fields(inherited + entries, tuple(rest))


def _mapped(arguments: tuple[Expression, ...]) -> Expression:
    """An object, once all of its keys are known."""
    keys = arguments[::2]
    if len(arguments) % 2 or not all(isinstance(key, (Text, Number)) for key in keys):
        return Call("map", arguments)
    entries = zip(keys, arguments[1::2], strict=True)
    return Fields(tuple((key.value, value) for key, value in entries if isinstance(key, (Text, Number))))


def member(value: Expression, path: tuple[str, ...]) -> Expression | None:
    """A member of a value, where it can be named."""
    for position, key in enumerate(path):
        if isinstance(value, Ref):
            return Ref(value.name, value.path + path[position:])
        if isinstance(value, Row):
            return Row(value.access, value.path + path[position:])
        if not isinstance(value, Fields):
            return None
        inner = value.get(key)
        if inner is None:
            return None
        value = inner
    return value
