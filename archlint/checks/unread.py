"""AL902: what could not be read, so that an empty answer is not taken for a clean one."""

from collections import defaultdict
from collections.abc import Iterator

from archlint.checks._found import Found
from archlint.model.finding import Place, Severity
from archlint.model.graph import Graph
from archlint.model.source import Layer, Problem, Span


def unread(graph: Graph) -> Iterator[Found]:
    """AL902: one finding for each sort of reason."""
    reasons: dict[str, list[Problem]] = defaultdict(list)
    for problem in graph.problems:
        reasons[problem.reason.partition(":")[0]].append(problem)
    for reason in sorted(reasons):
        problems = sorted(reasons[reason])
        files = len({problem.path for problem in problems})
        where = problems[0].path if files == 1 else f"{files} files"
        yield Found(
            message=f"{where}: {problems[0].reason if len(problems) == 1 else reason}",
            places=tuple(
                Place(
                    problem.path,
                    Span(problem.line, 1, problem.line, 1),
                    graph.layers.get(problem.path, Layer.SHARED),
                    "unread",
                    problem.reason,
                )
                for problem in problems
            ),
            count=len(problems),
            mark=(reason,),
            severity=Severity.INFO,
        )
