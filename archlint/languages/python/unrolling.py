"""Loops over a few written words: what is asked of each of them is asked of all."""

import msgspec

from archlint.model.expression import Call, Expression, Items, Operation, Ref, Text
from archlint.model.facts import Statement
from archlint.terms.neutral import below, negated

_MOST = 12


def words_of(value: Expression) -> tuple[Text, ...]:
    """The texts that a loop goes through, if it goes through a few texts and nothing else."""
    items = value.items if isinstance(value, Items) else ()
    texts = tuple(item for item in items if isinstance(item, Text))
    return texts if 0 < len(texts) <= _MOST and len(texts) == len(items) else ()


def of_each(statements: list[Statement], name: Ref, words: tuple[Text, ...]) -> list[Statement]:
    """Requirements about a name that stands for several words, one for each word."""
    found: list[Statement] = []
    for item in statements:
        if item.kind != "require" or item.condition is None or not _speaks_of(item.condition, name):
            found.append(item)
            continue
        for word in words:
            found.append(msgspec.structs.replace(item, condition=put(item.condition, name, word)))
    return found


def put(expression: Expression, name: Ref, word: Text) -> Expression:
    """An expression with a word in the place of a name; a member that is read by it is read by the word."""
    if expression == name:
        return word
    if isinstance(expression, Operation):
        operands = tuple(put(item, name, word) for item in expression.operands)
        if len(operands) == 2 and expression.operands[-1] == name and expression.operator == "lookup":
            return below(operands[0], word.value) or Operation("lookup", operands)
        if expression.operator == "in" and expression.operands[0] == name:
            member = below(operands[1], word.value) if isinstance(operands[1], Ref) else None
            return negated(Operation("is null", (member,))) if member is not None else Operation("in", operands)
        if expression.operator == "not":
            return negated(operands[0])
        return Operation(expression.operator, operands)
    if isinstance(expression, Call):
        return Call(
            expression.function, tuple(put(item, name, word) for item in expression.arguments), expression.callee
        )
    return expression


def _speaks_of(expression: Expression, name: Ref) -> bool:
    if isinstance(expression, Operation):
        return any(_speaks_of(item, name) for item in expression.operands)
    if isinstance(expression, Call):
        return any(_speaks_of(item, name) for item in expression.arguments)
    return expression == name
