"""Conditions taken apart: what must hold together, what may hold instead, what is only about the operation."""

from collections.abc import Iterable, Iterator

from archlint.languages.postgresql.node import Node
from archlint.model.expression import Boolean, Call, Expression, Fields, Items, Operation, Ref, Row, Text

OPERATION = Ref("$operation")
DEPTH = Ref("$depth")


def bare(node: Node) -> Node:
    """The node without brackets around it."""
    while node.kind == "c_expr" and len(node.children) == 3 and node.children[0].kind == "(":
        node = node.children[1]
    return node


def conjuncts(node: Node) -> list[Node]:
    """The parts that must all hold."""
    return _parts(node, "and")


def disjuncts(node: Node) -> list[Node]:
    """The parts of which one suffices."""
    return _parts(node, "or")


def _parts(node: Node, kind: str) -> list[Node]:
    inner = bare(node)
    if inner.kind != kind:
        return [inner]
    return [part for item in inner.children for part in _parts(item, kind)]


def joined(operator: str, parts: Iterable[Expression]) -> Expression | None:
    """One condition of several; None of none."""
    listed = tuple(parts)
    return Operation(operator, listed) if len(listed) > 1 else (listed[0] if listed else None)


def negated(condition: Expression) -> Expression:
    """The opposite, without a double negation."""
    if isinstance(condition, Operation) and condition.operator == "not":
        return condition.operands[0]
    return Operation("not", (condition,))


def parts_of(condition: Expression, operator: str = "and") -> list[Expression]:
    """The operands of nested `and` (or `or`)."""
    if isinstance(condition, Operation) and condition.operator == operator:
        return [part for item in condition.operands for part in parts_of(item, operator)]
    return [condition]


def within(expression: Expression) -> Iterator[Expression]:
    """The expression and all that it is made of."""
    stack = [expression]
    while stack:
        item = stack.pop()
        yield item
        if isinstance(item, Operation):
            stack.extend(item.operands)
        elif isinstance(item, Call):
            stack.extend(item.arguments)
        elif isinstance(item, Items):
            stack.extend(item.items)
        elif isinstance(item, Fields):
            stack.extend(value for _, value in item.entries)


def without_operation(condition: Expression) -> tuple[str, Expression | None]:
    """What a condition says of the statement that fires a trigger (`insert`, or ``), and what else it says."""
    kept: list[Expression] = []
    operation = ""
    for part in parts_of(condition):
        said = _operation(part)
        if said is None:
            kept.append(part)
        elif said:
            operation = said
    return operation, joined("and", kept)


def _operation(part: Expression) -> str | None:
    """The operation that a part asks for; empty where it speaks of operations in another way; None where not at all."""
    if isinstance(part, Operation):
        if part.operator == "=" and OPERATION in part.operands:
            word = part.operands[1] if part.operands[0] == OPERATION else part.operands[0]
            return word.value.lower() if isinstance(word, Text) else ""
        if part.operator in ("!=", "in", "not", "or", "distinct") and OPERATION in within(part):
            return ""
    return None


def changed(condition: Expression) -> tuple[str, ...] | None:
    """The column that a condition finds changed: `NEW.x IS DISTINCT FROM OLD.x`."""
    if isinstance(condition, Operation) and len(condition.operands) == 2 and condition.operator in ("distinct", "!="):
        left, right = condition.operands
        if isinstance(left, Ref) and isinstance(right, Ref) and left.path and left.path == right.path:
            names = {left.name.partition("@")[0], right.name.partition("@")[0]}
            if names == {"new", "old"}:
                return left.path
    if isinstance(condition, Operation) and condition.operator == "not":
        inner = condition.operands[0]
        if isinstance(inner, Operation) and inner.operator == "=":
            return changed(Operation("!=", inner.operands))
        if isinstance(inner, Operation) and inner.operator == "not":
            return changed(inner.operands[0])
    return None


def always(condition: Expression | None) -> bool:
    """Whether a condition demands nothing."""
    return condition is None or condition == Boolean(True)


def rows_of(expression: Expression) -> Iterator[Row]:
    """The rows that an expression speaks of."""
    return (item for item in within(expression) if isinstance(item, Row))
