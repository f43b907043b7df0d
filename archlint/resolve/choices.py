"""Limits that depend on a word: a limit looked up by plan or chosen by kind is one limit for each of the words."""

from archlint.model.expression import Call, Expression, Fields, Number, Operation, Text
from archlint.resolve.conditions import walk

_COMPARISONS = frozenset({"<", "<=", ">", ">="})
_MOST = 12
_Cases = list[tuple[Expression, Expression]]


def by_case(condition: Expression) -> tuple[Expression, ...]:
    """The condition once for each word that its limit depends on, or as it is."""
    found: list[tuple[Expression, Expression, _Cases]] = []

    def visit(node: Expression) -> None:
        if isinstance(node, Operation) and node.operator in _COMPARISONS:
            for side in node.operands:
                subject, cases = _cases(side)
                if subject is not None and 1 < len(cases) <= _MOST:
                    found.append((side, subject, cases))

    walk(condition, visit)
    if not found:
        return (condition,)
    limit, subject, cases = found[0]
    return tuple(
        Operation("or", (Operation("not", (Operation("=", (subject, word)),)), _replaced(condition, limit, value)))
        for word, value in cases
    )


def _cases(side: Expression) -> tuple[Expression | None, _Cases]:
    """What a limit depends on, and the number for each word; nothing where it is another expression."""
    if not isinstance(side, Operation):
        return None, []
    if side.operator in ("coalesce", "fallback"):
        return _cases(side.operands[0])
    if side.operator == "lookup" and isinstance(side.operands[0], Fields) and not side.operands[0].spreads:
        entries = side.operands[0].entries
        if all(isinstance(value, Number) for _, value in entries):
            return side.operands[1], [(Text(name), value) for name, value in entries]
    if side.operator == "case":
        return _chosen(side.operands)
    if side.operator == "if" and len(side.operands) == 3:
        test, chosen, other = side.operands
        subject, rest = _cases(other)
        first, cases = _chosen((test, chosen))
        if first is not None and (subject is None or subject == first):
            return first, [*cases, *rest]
    return None, []


def _chosen(operands: tuple[Expression, ...]) -> tuple[Expression | None, _Cases]:
    subject: Expression | None = None
    cases: _Cases = []
    for test, value in zip(operands[0::2], operands[1::2], strict=False):
        if not (isinstance(test, Operation) and test.operator == "=" and isinstance(value, Number)):
            return None, []
        left, right = test.operands
        if isinstance(left, Text):
            left, right = right, left
        if not isinstance(right, Text) or (subject is not None and subject != left):
            return None, []
        subject = left
        cases.append((right, value))
    return subject, cases


def _replaced(expression: Expression, old: Expression, new: Expression) -> Expression:
    if expression == old:
        return new
    if isinstance(expression, Operation):
        return Operation(expression.operator, tuple(_replaced(item, old, new) for item in expression.operands))
    if isinstance(expression, Call):
        return Call(
            expression.function, tuple(_replaced(item, old, new) for item in expression.arguments), expression.callee
        )
    return expression
