"""Words that a screen puts in the place of nothing, and takes out again before it writes."""

from collections import defaultdict

from archlint.model.expression import Expression, Operation, Ref, Text
from archlint.model.graph import Graph
from archlint.model.rule import Subject

_CHOICES = frozenset({"if", "case"})


def sentinels(graph: Graph) -> dict[Subject, frozenset[str]]:
    """By column, the words for which something else is written: `seller === 'nobody' ? null : seller`."""
    found: dict[Subject, set[str]] = defaultdict(set)
    for write in graph.writes:
        for column, value in write.sources:
            if isinstance(value, Operation) and value.operator in _CHOICES and len(value.operands) == 3:
                condition, chosen, otherwise = value.operands
                for word, there, elsewhere in ((True, chosen, otherwise), (False, otherwise, chosen)):
                    found[Subject(write.entity, column)].update(
                        text for text in _asked_for(condition, word, elsewhere) if there != Text(text)
                    )
    return {subject: frozenset(words) for subject, words in found.items() if words}


def _asked_for(condition: Expression, equal: bool, kept: Expression) -> list[str]:
    """The words that a condition tells from what is kept as it is."""
    if not isinstance(condition, Operation):
        return []
    if condition.operator == ("or" if equal else "and"):
        return [word for item in condition.operands for word in _asked_for(item, equal, kept)]
    if condition.operator == ("=" if equal else "!=") and len(condition.operands) == 2:
        left, right = condition.operands
        if isinstance(left, Text):
            left, right = right, left
        if isinstance(right, Text) and isinstance(left, Ref) and left == kept:
            return [right.value]
    return []
