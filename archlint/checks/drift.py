"""AL201, AL203, AL208: places of one business rule that do not admit the same values."""

from collections.abc import Iterator

from archlint.checks._drift import describe, split
from archlint.checks._found import Found
from archlint.model.graph import Graph


def drifted(graph: Graph) -> Iterator[Found]:
    """AL201: some value passes one place and fails another."""
    yield from _told(graph, "AL201")


def boundary(graph: Graph) -> Iterator[Found]:
    """AL203: the places part in whether the limit itself is admitted."""
    yield from _told(graph, "AL203")


def unit(graph: Graph) -> Iterator[Found]:
    """AL208: the limits differ by just what two units differ by."""
    yield from _told(graph, "AL208")


def _told(graph: Graph, code: str) -> Iterator[Found]:
    for rule in graph.rules:
        found = split(rule)
        if found is not None and found.code == code:
            yield describe(rule, found)
