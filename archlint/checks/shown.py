"""AL101: for which word of a row others see it, said by several policies and again by routines that pass rows on."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from archlint.checks._common import within, written
from archlint.checks._found import Found
from archlint.checks._policies import Policies
from archlint.checks._visibility import alternatives
from archlint.checks._words import listed
from archlint.model.finding import Place
from archlint.model.graph import Graph, Word
from archlint.model.rule import Kind, Subject
from archlint.model.schema import Policy, Routine
from archlint.model.source import Layer

_MANY = 3
_SURE = 0.8
# Routines that hand rows over, and do not count or change them.
_ROWS = ("setof", "table")
_LOOKS = frozenset({"filters", "compares"})


def shown_alike(graph: Graph) -> Iterator[Found]:
    """AL101."""
    policies = Policies(graph)
    looks: dict[tuple[Subject, str], list[Word]] = defaultdict(list)
    for item in graph.words:
        if item.use in _LOOKS and item.layer is Layer.TRIGGER:
            looks[item.subject, item.word].append(item)
    for name in sorted(graph.schema.tables):
        by_word: dict[tuple[str, str], dict[str, Policy]] = {}
        for policy in policies.of(name, "select"):
            for test in alternatives(policy.using, name):
                by_word.setdefault(test, {})[policy.name] = policy
        for (field, word), stating in sorted(by_word.items()):
            again = _again(graph, looks.get((Subject(name, field), word), ()))
            if again and len(stating) + len(again) >= _MANY:
                yield _told(Subject(name, field), word, list(stating.values()), again)


def _again(graph: Graph, looks: Iterable[Word]) -> list[tuple[Routine, Word]]:
    """The routines that pick the same rows; each once."""
    found: dict[tuple[str, tuple[str, ...]], tuple[Routine, Word]] = {}
    for item in looks:
        for routine in graph.schema.routines:
            inside = routine.path == item.path and within(item.span, routine.span)
            if inside and routine.returns.lower().startswith(_ROWS):
                found[routine.name, routine.signature] = routine, item
    return list(found.values())


def _told(subject: Subject, word: str, policies: list[Policy], again: list[tuple[Routine, Word]]) -> Found:
    named = [*(f"the policy “{item.name}”" for item in policies), *(f"the routine {item.name}" for item, _ in again)]
    places = [Place(item.path, item.span, Layer.POLICY, "states", item.name, f'"{word}"') for item in policies]
    return Found(
        message=(
            f'{subject}: that others see a row where it is "{word}" is stated in {len(named)} places: {listed(named)}'
        ),
        places=(*places, *(written(item, "states") for _, item in again)),
        subject=str(subject),
        kind=Kind.AUTHORIZATION,
        mark=("shown", word),
        count=len(named),
        confidence=_SURE,
        fix=(
            f"Say once which rows of {subject.entity} others see, in one policy or a view, "
            "and let routines read with the rights of their caller."
        ),
    )
