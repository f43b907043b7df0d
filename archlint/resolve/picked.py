"""Sets of words that conditions pick rows or cases by."""

from collections.abc import Iterator

from archlint.model.expression import Call, Expression, Fields, Items, Operation, Text
from archlint.resolve.flow import Place, sources

_Picked = tuple[Expression, frozenset[str]]


def picked(condition: Expression) -> Iterator[tuple[Place, tuple[str, ...]]]:
    """Each place that is one of several words, with these: what a list leaves to a further condition belongs to it."""
    for subject, words in _sets(condition):
        for item in sources(subject):
            yield item.place, tuple(sorted(words))


def _sets(node: Expression) -> Iterator[_Picked]:
    if isinstance(node, Operation):
        found = _picked(node) if node.operator == "in" or (node.operator == "or" and _lists(node)) else None
        if found is not None and len(found[1]) > 1:
            yield found
            return
    for inner in _below(node):
        yield from _sets(inner)


def _below(node: Expression) -> tuple[Expression, ...]:
    if isinstance(node, Operation):
        return node.operands
    if isinstance(node, Call):
        return node.arguments
    if isinstance(node, Items):
        return node.items
    return (*(value for _, value in node.entries), *node.spreads) if isinstance(node, Fields) else ()


def _picked(node: Expression) -> _Picked | None:
    """What a condition asks to be one of some words, whatever else it asks."""
    if not isinstance(node, Operation):
        return None
    if node.operator == "in" and isinstance(node.operands[1], Items):
        items = node.operands[1].items
        words = frozenset(item.value for item in items if isinstance(item, Text))
        return (node.operands[0], words) if len(words) == len(items) else None
    if node.operator == "=":
        left, right = node.operands
        subject, word = (right, left) if isinstance(left, Text) else (left, right)
        return (subject, frozenset({word.value})) if isinstance(word, Text) else None
    if node.operator == "and":
        parts = [part for part in map(_picked, node.operands) if part is not None]
        return parts[0] if len(parts) == 1 else None
    if node.operator == "or":
        sides = [_picked(item) for item in node.operands]
        kept = [side for side in sides if side is not None]
        if len(kept) == len(sides) and len({subject for subject, _ in kept}) == 1:
            return kept[0][0], frozenset[str]().union(*(words for _, words in kept))
    return None


def _lists(node: Expression) -> bool:
    """Whether one side of a choice is a list of words, so that the other sides add to it."""
    if isinstance(node, Operation) and node.operator in ("and", "or"):
        return any(map(_lists, node.operands))
    return isinstance(node, Operation) and node.operator == "in"
