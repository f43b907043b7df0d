"""AL202: a fallback that takes the meaning from what is asked of the name afterwards."""

from collections.abc import Iterator

from archlint import algebra
from archlint.checks._found import Found
from archlint.checks._words import at, constant, short
from archlint.model.finding import Place, Severity
from archlint.model.graph import Graph
from archlint.model.predicate import Constant
from archlint.model.rule import Kind
from archlint.model.source import Layer

_SURE = 0.9
# A guard that cannot refuse may only be there to please a type checker.
_CAREFUL = 0.7


def foregone(graph: Graph) -> Iterator[Found]:
    """AL202."""
    for path, item in graph.foregone:
        layer = graph.layers.get(path, Layer.SHARED)
        known = algebra.constant(item.value)
        value = constant(known) if isinstance(known, Constant) else "a value"
        never = f'"{item.never}" is never chosen' if item.never else "it never refuses" if item.refuses else ""
        if not never:
            continue
        where = f"{short(path)}:{item.span.line}"
        yield Found(
            message=f"{item.name} falls back to {value}, so that it always holds something where {where} asks: {never}",
            places=(
                Place(path, item.fallback, layer, "states", value, value),
                Place(path, item.span, layer, "asks", item.text, item.text),
            ),
            subject=item.name,
            mark=("foregone", value, item.never),
            kind=Kind.DEFAULT,
            severity=Severity.WARNING,
            confidence=_CAREFUL if item.refuses else _SURE,
            witness_words=f"a missing {item.name} becomes {value} ({at(path, item.fallback.line)})",
            fix=f"Ask for {item.name} before it falls back, or let the fallback have a name of its own.",
        )
