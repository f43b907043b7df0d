"""AL402: triggers that fire each other."""

from collections.abc import Iterator
from typing import NamedTuple

from archlint.checks._common import distinct, writing
from archlint.checks._firing import ROWS, Event, Firings, of_rows, parts_of, place_of, told
from archlint.checks._found import Found
from archlint.checks._words import an, listed
from archlint.model.expression import Expression, Operation, Ref
from archlint.model.finding import Place, Severity
from archlint.model.graph import Act, Graph, WritePath
from archlint.model.schema import Trigger

# Two triggers in a row are what triggers are for; from three on nobody foresees what one write does.
_LONG = 3
_MOST_STEPS = 12
_MOST_NODES = 4000
_MOST_WAYS = 300
_UNDECIDED = 0.55
_STRICT = frozenset({"logic-first", "hybrid"})
_VERBS = {"insert": "inserts into", "update": "updates", "upsert": "adds to or updates", "delete": "deletes from"}


class _Node(NamedTuple):
    """A trigger that runs, and the write of another trigger that fired it."""

    trigger: Trigger
    event: Event
    write: WritePath | None
    act: Act | None

    @property
    def key(self) -> tuple[str, str, str, int, tuple[str, ...]]:
        """What tells nodes apart."""
        write = self.write.id if self.write is not None else -1
        return self.trigger.table, self.trigger.name, self.event.operation, write, self.act.through if self.act else ()


class _Step(NamedTuple):
    """One trigger that fires another: the write between them, and whether nothing decides about it."""

    source: _Node
    target: _Node
    sure: bool


_Key = tuple[str, str, str, int, tuple[str, ...]]


class _Cascades:
    """All triggers as they fire each other."""

    def __init__(self, graph: Graph) -> None:
        self._firings = Firings(graph)
        self._steps: dict[_Key, list[_Step]] = {}
        self.roots: list[_Node] = []
        for trigger in sorted(graph.schema.triggers, key=lambda item: (item.table, item.name)):
            if self._firings.run(trigger) is not None:
                self.roots += [_Node(trigger, Event(operation), None, None) for operation in trigger.events]

    def steps(self, node: _Node) -> list[_Step]:
        """What a trigger fires."""
        known = self._steps.get(node.key)
        if known is None:
            if len(self._steps) > _MOST_NODES:
                return []
            known = self._steps[node.key] = list(self._fired(node))
        return known

    def _fired(self, node: _Node) -> Iterator[_Step]:
        for act, sure in self._firings.acts(node.trigger, node.event):
            write = self._firings.writes[act.write]
            for trigger, event, certain in self._firings.fired(write, act, deep=True):
                target = _Node(trigger, event, write, act)
                yield _Step(node, target, sure and certain and self._takes_place(write, act))

    def _takes_place(self, write: WritePath, act: Act) -> bool:
        """Whether a write of a trigger surely meets a row, as far as its own words tell."""
        if write.operation == "insert":
            values = [told(value, act) for _, value in write.sources]
            chosen = write.sparing or not write.complete or self._firings.reads_within(write)
            return not chosen and bool(values) and all(map(of_rows, values))
        if write.where is None:
            return write.operation != "delete"
        return all(_link(part) or _others(part) for part in parts_of(told(write.where, act)))

    def writes(self, trigger: Trigger) -> bool:
        """Whether a trigger goes on to write anything."""
        return self._firings.run(trigger) is not None

    # Circles -------------------------------------------------------------------------------------------------

    def circles(self) -> list[list[_Step]]:
        """The shortest ways on which triggers come back to the rows they set out from; each trigger is in one at most.

        Where one is broken up, the next scan tells what is left.
        """
        found: list[list[_Step]] = []
        # What surely never ends is told first, whatever else the same triggers may do.
        for only_sure in (True, False):
            told_of = {name for circle in found for name in _names(circle)}
            tried: set[_Key] = set()
            for root in self.roots:
                for first in self.steps(root):
                    if first.target.key not in tried and _name(first.target.trigger) not in told_of:
                        tried.add(first.target.key)
                        circle = self._back_to(first.target, only_sure)
                        if circle and _returns(circle):
                            found.append(circle)
                            told_of.update(_names(circle))
        return found

    def _back_to(self, start: _Node, only_sure: bool) -> list[_Step]:
        """The shortest way from a trigger back to it."""
        came: dict[_Key, _Step] = {}
        level = [start]
        for _ in range(_MOST_STEPS):
            following: list[_Node] = []
            for node in level:
                for step in self.steps(node):
                    if (only_sure and not step.sure) or step.target.key in came:
                        continue
                    came[step.target.key] = step
                    if step.target.key == start.key:
                        return _way(start, came)
                    following.append(step.target)
            level = following
        return []

    # Chains --------------------------------------------------------------------------------------------------

    def longest(self, root: _Node) -> list[_Step]:
        """The longest way on which one trigger fires the next, each of which writes something."""
        best: list[_Step] = []
        stack: list[list[_Step]] = [[step] for step in reversed(self.steps(root))]
        tried = 0
        while stack and tried < _MOST_WAYS:
            tried += 1
            way = stack.pop()
            names = _names(way)
            if len(set(names)) < len(names) or not self.writes(way[-1].target.trigger):
                continue
            if len(way) > len(best):
                best = way
            stack += [[*way, step] for step in reversed(self.steps(way[-1].target))]
        return best


def cascades(graph: Graph) -> Iterator[Found]:
    """AL402: circles first, then long chains; a chain that is part of another one is told with it."""
    found = _Cascades(graph)
    in_circles: set[tuple[str, str]] = set()
    for circle in found.circles():
        if _sure(circle):
            in_circles.update(_names(circle))
        yield _circle(circle)
    roots = [root for root in found.roots if _name(root.trigger) not in in_circles]
    chains = [way for root in roots if len(way := found.longest(root)) + 1 >= _LONG]
    chains.sort(key=lambda way: (-len(way), _names(way)))
    told_already: list[set[tuple[str, str]]] = []
    for way in chains:
        names = set(_names(way))
        # A way into a circle has no length of its own.
        if not names & in_circles and not any(names <= known for known in told_already):
            told_already.append(names)
            yield _chain(way, graph.architecture)


def _circle(circle: list[_Step]) -> Found:
    sure = _sure(circle)
    names = [step.source.trigger.name for step in circle]
    first = circle[0].source.trigger
    who, whom = ("the trigger ", "itself") if len(circle) == 1 else ("the triggers ", "each other")
    verb = ("fires" if len(circle) == 1 else "fire") if sure else "may fire"
    told_steps = "; ".join(map(_step, circle))
    return Found(
        message=(
            f"{first.table}: {who}{listed(names)} {verb} {whom} "
            f"{'without end' if sure else 'again, if its conditions let it'}: {told_steps}"
        ),
        places=_places(circle),
        subject=first.table,
        mark=("circle", *sorted(names)),
        severity=None if sure else Severity.WARNING,
        confidence=0.9 if sure else _UNDECIDED,
    )


def _chain(way: list[_Step], architecture: str) -> Found:
    first = way[0].source
    tables = [first.trigger.table, *(step.target.trigger.table for step in way)]
    return Found(
        message=(
            f"{first.trigger.table}: {an(first.event.operation)} sets off {len(way) + 1} triggers in a row, "
            f"{' → '.join(tables)}: {'; '.join(map(_step, way))}"
        ),
        places=_places(way),
        subject=first.trigger.table,
        mark=("chain", *(trigger for _, trigger in _names(way))),
        severity=Severity.WARNING if architecture in _STRICT else Severity.INFO,
        confidence=0.85,
        fix="Say the whole sequence in one routine or service that takes the steps one after the other, and keep to "
        "triggers what only concerns their own row.",
    )


def _step(step: _Step) -> str:
    write = step.target.write
    what = f"{_VERBS[write.operation]} {write.entity}" if write is not None else ""
    return f"{step.source.trigger.name} {what}, which fires {step.target.trigger.name}"


def _places(way: list[_Step]) -> tuple[Place, ...]:
    found = [place_of(way[0].source.trigger)]
    for step in way:
        if step.target.write is not None:
            found.append(writing(step.target.write))
        found.append(place_of(step.target.trigger))
    return distinct(found)


def _way(start: _Node, came: dict[_Key, _Step]) -> list[_Step]:
    """The steps that led to a node, from it and back to it."""
    steps = [came[start.key]]
    while steps[-1].source.key != start.key:
        steps.append(came[steps[-1].source.key])
    return steps[::-1]


def _name(trigger: Trigger) -> tuple[str, str]:
    return trigger.table, trigger.name


def _names(way: list[_Step]) -> list[tuple[str, str]]:
    return [_name(way[0].source.trigger), *(_name(step.target.trigger) for step in way)]


def _sure(way: list[_Step]) -> bool:
    return all(step.sure for step in way)


# Whether a circle ends ------------------------------------------------------------------------------------------


def _link(part: Expression) -> tuple[str, str] | None:
    """A column of the written rows that equals a column of the trigger's row: `orders.id = NEW.order_id`."""
    if not isinstance(part, Operation) or part.operator != "=" or len(part.operands) != 2:
        return None
    left, right = part.operands
    if isinstance(right, Ref) and right.name == "$row":
        left, right = right, left
    if not isinstance(left, Ref) or not isinstance(right, Ref) or left.name != "$row" or right.name not in ROWS:
        return None
    return (left.path[0], right.path[0]) if len(left.path) == len(right.path) == 1 else None


def _others(part: Expression) -> bool:
    """`id <> NEW.id`: the other rows of the kind, for which the row itself is another one in turn."""
    return isinstance(part, Operation) and part.operator == "!=" and _link(Operation("=", part.operands)) is not None


def _links(step: _Step) -> list[tuple[str, str]]:
    """The columns of the written row, each with the column of the row before that it takes its value from."""
    write, act = step.target.write, step.target.act
    if write is None or act is None:
        return []
    if write.operation == "insert":
        values = [(column, told(value, act)) for column, value in write.sources]
        return [
            (column, value.path[0])
            for column, value in values
            if isinstance(value, Ref) and value.name in ROWS and len(value.path) == 1
        ]
    return [link for part in parts_of(told(write.where, act)) if (link := _link(part))] if write.where else []


def _returns(circle: list[_Step]) -> bool:
    """Whether a way round comes back to the rows that it set out from; a walk down a tree, or a deletion, ends."""
    operations = [step.target.write.operation if step.target.write is not None else "" for step in circle]
    if "delete" in operations:
        return False
    if all(operation == "insert" for operation in operations):
        return True
    start = next(number for number, operation in enumerate(operations) if operation != "insert")
    turned = [*circle[start:], *circle[:start]]
    if any(step.target.write is not None and step.target.write.where is None for step in turned):
        # Every row is written.
        return all(
            step.target.write is not None and (step.target.write.where is None or _links(step)) for step in turned
        )
    ends = {(column, source) for column, source in _links(turned[0])}
    for step in turned[1:]:
        ends = {(column, source) for column, via in _links(step) for known, source in ends if known == via}
    return any(column == source for column, source in ends)
