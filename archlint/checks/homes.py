"""AL503: SQL that is written where it should not be spoken."""

from collections import defaultdict
from collections.abc import Iterator

from archlint.checks._found import Found
from archlint.checks._words import short
from archlint.model.finding import Place
from archlint.model.graph import Graph, SqlText
from archlint.model.source import Layer

_MOST = 10


def sql_outside_home(graph: Graph) -> Iterator[Found]:
    """AL503: one finding for each file of the frontend that speaks SQL."""
    files: dict[str, list[SqlText]] = defaultdict(list)
    for text in graph.sql:
        if text.layer is Layer.FRONTEND:
            files[text.path].append(text)
    for path in sorted(files):
        texts = sorted(files[path], key=lambda item: item.span)
        count = "a query" if len(texts) == 1 else f"{len(texts)} queries"
        yield Found(
            message=f"{short(path)} builds {count} in SQL, in the frontend",
            places=tuple(Place(item.path, item.span, item.layer, "speaks SQL", item.text) for item in texts[:_MOST]),
            subject=path,
            mark=tuple(item.text for item in texts[:_MOST]),
            confidence=0.8,
        )
