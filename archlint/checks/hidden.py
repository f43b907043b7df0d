"""AL401: decisions that triggers and procedures take, where a team wants its services to take them."""

from collections import defaultdict
from collections.abc import Iterator

from archlint.checks._common import place, within
from archlint.checks._firing import place_of
from archlint.checks._found import Found
from archlint.checks._words import counted, listed
from archlint.model.finding import Place
from archlint.model.graph import Graph
from archlint.model.rule import BusinessRule, Kind, Site
from archlint.model.schema import Routine, Trigger
from archlint.model.source import Layer

# What is refused, allowed or computed. Who may do something is asked again where the rows are, as a second lock, and
# what only storage can promise has its home there.
_DECISIONS = frozenset(
    {
        Kind.BOUND, Kind.LENGTH, Kind.DOMAIN, Kind.PATTERN, Kind.COMPARISON, Kind.CONDITIONAL, Kind.WINDOW,
        Kind.LIFETIME, Kind.GATE, Kind.TRANSITION, Kind.QUOTA, Kind.FORMULA, Kind.CLASSIFICATION,
    }
)  # fmt: skip
_STORED = frozenset({Layer.DATABASE.value, Layer.TRIGGER.value, Layer.POLICY.value})
_SAID = {
    Kind.FORMULA: "how {about} is computed",
    Kind.CLASSIFICATION: "which {about} it is",
    Kind.TRANSITION: "the steps of {about}",
    Kind.QUOTA: "how many {about} there may be",
}
_MOST = 4
_LONGEST = 60


def hidden(graph: Graph) -> Iterator[Found]:
    """AL401: one finding for each routine that decides, where logic comes first."""
    if graph.architecture != "logic-first":
        return
    decided: dict[tuple[str, str], list[tuple[BusinessRule, Site]]] = defaultdict(list)
    for rule in graph.rules:
        if rule.kind not in _DECISIONS or rule.home in _STORED:
            continue
        for site in rule.sites:
            if site.layer is Layer.TRIGGER and site.strength == "hard" and site.symbol:
                decided[site.path, site.symbol].append((rule, site))
    triggers: dict[str, list[Trigger]] = defaultdict(list)
    for trigger in graph.schema.triggers:
        triggers[trigger.function].append(trigger)
    for routine in sorted(graph.schema.routines, key=lambda item: (item.name, item.signature)):
        found = [item for item in decided[routine.path, routine.name] if within(item[1].span, routine.span)]
        if found:
            yield _found(routine, sorted(found, key=lambda item: item[1].span), triggers[routine.name])


def _found(routine: Routine, decided: list[tuple[BusinessRule, Site]], triggers: list[Trigger]) -> Found:
    said = list(dict.fromkeys(_told(rule, site) for rule, site in decided))
    tables = sorted({trigger.table for trigger in triggers})
    kind = f"the trigger function {routine.name}, on {listed(tables)}," if tables else f"the routine {routine.name}"
    surest = max(decided, key=lambda item: item[1].confidence)
    homes = sorted({rule.home for rule, _ in decided if rule.home})
    return Found(
        message=f"{kind} decides {counted(said, _MOST)}; by this architecture the {listed(homes)} layer should",
        places=(
            *(place(site, "decides") for _, site in decided),
            *(place_of(trigger) for trigger in triggers),
            Place(routine.path, routine.span, Layer.TRIGGER, "holds", routine.name),
        ),
        subject=routine.name,
        kind=surest[0].kind,
        mark=("decides", *sorted({f"{rule.subject} {site.normal}" for rule, site in decided})),
        confidence=surest[1].confidence,
    )


def _told(rule: BusinessRule, site: Site) -> str:
    """What is decided; a condition in the words of the routine."""
    about = rule.subject.field if rule.subject.entity.startswith("~") else str(rule.subject)
    if rule.kind in _SAID:
        return _SAID[rule.kind].format(about=about)
    text = " ".join(site.text.split())
    return f"“{text}”" if len(text) <= _LONGEST else f"“{text[: _LONGEST - 1]}…”"
