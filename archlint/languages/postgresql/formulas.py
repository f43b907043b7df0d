"""What a computed value states: a formula, a classification, a clamp or a default."""

from archlint.languages.postgresql.conditions import within
from archlint.languages.postgresql.node import Node
from archlint.languages.postgresql.scope import Scope
from archlint.languages.postgresql.sheet import Sheet
from archlint.model.expression import (
    Boolean,
    Call,
    Expression,
    Null,
    Number,
    Operation,
    Ref,
    Row,
    Text,
)

_ARITHMETIC = frozenset({"*", "/", "+", "-", "%"})
_LABELS = (Text, Number, Boolean)


def state_value(sheet: Sheet, scope: Scope, subject: Ref, node: Node, value: Expression, source: str) -> None:
    """Writes down what it means that the subject takes this value."""
    value = sheet.columns_of(value)
    if any(isinstance(item, Operation) and item.operator == "in" for item in within(value)):
        sheet.state("among", node, scope=scope.number, symbol=scope.symbol, condition=value, effect="", strength="soft")
    cases = labelled(value)
    common = {"scope": scope.number, "symbol": scope.symbol, "guards": scope.guards, "source": source}
    if cases:
        sheet.state("classify", node, subject=subject, cases=cases, effect="assign", **common)
        return
    limits = _clamped(value, subject)
    if limits is not None:
        sheet.state("clamp", node, subject=subject, condition=limits, effect="clamp", **common)
    elif is_formula(value) and not _moved(value, subject):
        sheet.state("derive", node, subject=subject, value=value, effect="assign", **common)


def labelled(value: Expression) -> tuple[tuple[Expression, Expression], ...]:
    """The cases of a CASE whose results are literals; empty where it is something else."""
    if not (isinstance(value, Operation) and value.operator == "case"):
        return ()
    pairs: list[tuple[Expression, Expression]] = []
    for number in range(0, len(value.operands) - 1, 2):
        pairs.append((value.operands[number], value.operands[number + 1]))
    if not isinstance(value.operands[-1], Null):
        pairs.append((Boolean(True), value.operands[-1]))
    if not all(isinstance(label, _LABELS) for _, label in pairs) or len({label for _, label in pairs}) < 2:
        return ()
    return tuple(pairs)


def is_formula(value: Expression) -> bool:
    """Whether a value is computed in a way that somebody decided: not a counter, not a plain copy."""
    operations = [item for item in within(value) if isinstance(item, Operation) and item.operator in _ARITHMETIC]
    leaves = {item for item in within(value) if (isinstance(item, (Ref, Row)) and item.path) or _named(item)}
    if not operations or not leaves:
        return False
    if any(item.operator in ("*", "/") for item in operations):
        return True
    return len(leaves) > 1


def _moved(value: Expression, subject: Ref) -> bool:
    """Whether a value is what it was before, and a step more or less: `balance - amount` says nothing of a balance."""
    if isinstance(value, Operation) and value.operator in ("+", "-"):
        return _moved(value.operands[0], subject) or (value.operator == "+" and _moved(value.operands[1], subject))
    if isinstance(value, Operation) and value.operator == "coalesce":
        return _moved(value.operands[0], subject)
    if not isinstance(value, Ref) or value.path != subject.path:
        return False
    return value.name == subject.name or {_base(value), _base(subject)} == {"new", "old"}


def _base(ref: Ref) -> str:
    return ref.name.partition("@")[0]


def _named(item: Expression) -> bool:
    return isinstance(item, Ref) and "@" in item.name


def _clamped(value: Expression, subject: Ref) -> Expression | None:
    """The limits that LEAST and GREATEST force a value into."""
    limits: list[Expression] = []
    inner = value
    while isinstance(inner, Call) and inner.function in ("minimum", "maximum") and len(inner.arguments) == 2:
        bounds = [item for item in inner.arguments if isinstance(item, Number)]
        others = [item for item in inner.arguments if not isinstance(item, Number)]
        if len(bounds) != 1 or len(others) != 1:
            return None
        limits.append(Operation("<=" if inner.function == "minimum" else ">=", (subject, bounds[0])))
        inner = others[0]
    if not limits or not isinstance(inner, (Ref, Row, Operation)):
        return None
    return Operation("and", tuple(limits)) if len(limits) > 1 else limits[0]
