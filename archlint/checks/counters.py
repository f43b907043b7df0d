"""AL403: a counter that code raises at one step of a row's life, and a trigger at a later one."""

from collections import defaultdict
from collections.abc import Iterator

from archlint.checks._common import distinct, writing
from archlint.checks._firing import Event, Firings, events, holds, parts_of, place_of, told
from archlint.checks._found import Found
from archlint.checks._words import quoted, short
from archlint.model.expression import Expression, Number, Operation, Ref, Text
from archlint.model.graph import Act, Count, Graph, Run, WritePath
from archlint.model.predicate import Steps, Words
from archlint.model.rule import Kind
from archlint.model.schema import Trigger
from archlint.model.source import Span

_SURE = 0.8
_ARROW = "→ "


def raised_at_two_steps(graph: Graph) -> Iterator[Found]:
    """AL403: rows that take both steps count twice; that they may take both must be stated somewhere."""
    firings = Firings(graph)
    steps = _steps(graph)
    behind = {(item.path, item.span) for item in graph.schema.routines if item.returns == "trigger"}
    reported: set[tuple[str, str, str]] = set()
    for trigger, event, act, run in _events(graph, behind, firings):
        for again, count, field, later in _later(trigger, event, act, run, firings):
            earlier = _literal(dict(event.sources).get(field))
            key = (trigger.name, again.path, count.column)
            if earlier and (earlier, later) in steps[event.entity, field] and key not in reported:
                reported.add(key)
                yield _found(trigger, event, again, count, (field, earlier, later), firings)


def _events(
    graph: Graph, behind: set[tuple[str, Span]], firings: Firings
) -> Iterator[tuple[Trigger, WritePath, Act, Run]]:
    """What runs of code write, those behind triggers aside, with each trigger on what is written."""
    for run in graph.runs:
        if (run.path, run.span) not in behind:
            for event, act in _written(run, firings):
                for trigger in firings.triggers(event.entity):
                    yield trigger, event, act, run


def _written(run: Run, firings: Firings) -> Iterator[tuple[WritePath, Act]]:
    for act in run.acts:
        write = firings.writes[act.write]
        if write.operation in ("insert", "update"):
            yield write, act


def _later(
    trigger: Trigger, event: WritePath, act: Act, run: Run, firings: Firings
) -> Iterator[tuple[WritePath, Count, str, str]]:
    """The writes of a run that do what a trigger does, though this event does not set the trigger off.

    With each the counter, and the column and value that the trigger waits for.
    """
    within = firings.run(trigger)
    for effect in within.acts if within is not None else ():
        write = firings.writes[effect.write]
        conditions = (*effect.conditions, *((trigger.condition,) if trigger.condition is not None else ()))
        if not write.counts or any(_fires(conditions, item) for item in events(event, act)):
            continue
        for again, _ in _written(run, firings):
            if again.entity != write.entity:
                continue
            for count in write.counts:
                if isinstance(count.by, Number) and count in again.counts:
                    for condition in conditions:
                        for field, later in _awaited(told(condition, effect)):
                            yield again, count, field, later


def _fires(conditions: tuple[Expression, ...], event: Event) -> bool:
    return holds(conditions, event) is not False


def _awaited(condition: Expression) -> Iterator[tuple[str, str]]:
    """The columns of the new row that must have one value."""
    for part in parts_of(condition):
        if isinstance(part, Operation) and part.operator == "=" and len(part.operands) == 2:
            left, right = part.operands
            if isinstance(right, Ref):
                left, right = right, left
            if isinstance(left, Ref) and left.name == "$new" and len(left.path) == 1 and isinstance(right, Text):
                yield left.path[0], right.value


def _literal(value: Expression | None) -> str:
    return value.value if isinstance(value, Text) else ""


def _steps(graph: Graph) -> dict[tuple[str, str], set[tuple[str, str]]]:
    """The steps that a status is known to take: by a map of steps, or by a guard before a value is written."""
    found: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for rule in graph.rules:
        for site in rule.sites:
            form, place = site.predicate.form, found[rule.subject.entity, rule.subject.field]
            if isinstance(form, Steps):
                place.update(form.edges)
            elif rule.kind is Kind.GATE and isinstance(form, Words) and site.guard.startswith(_ARROW):
                if form.excluded:
                    continue
                later = site.guard.removeprefix(_ARROW).split(", ")
                place.update((word, value) for word in form.words for value in later)
    return found


def _found(
    trigger: Trigger,
    event: WritePath,
    again: WritePath,
    count: Count,
    step: tuple[str, str, str],
    firings: Firings,
) -> Found:
    field, earlier, later = step
    run = firings.run(trigger)
    effects = [firings.writes[act.write] for act in run.acts] if run is not None else []
    verb = "raise" if count.sign == "+" else "lower"
    return Found(
        message=(
            f"{again.entity}.{count.column}: {short(again.path)} {verb}s it where {event.entity}.{field} becomes "
            f"{quoted([earlier])}, and the trigger {trigger.name} {verb}s it again where the same row becomes "
            f"{quoted([later])}: it counts twice"
        ),
        places=distinct(
            (
                place_of(trigger),
                *(writing(effect) for effect in effects if count in effect.counts and effect.entity == again.entity),
                writing(event, "sets off"),
                writing(again, "writes again"),
            )
        ),
        subject=f"{again.entity}.{count.column}",
        kind=Kind.FORMULA,
        mark=("steps", trigger.name, earlier, later),
        confidence=_SURE,
    )
