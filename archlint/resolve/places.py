"""From a place to the columns whose value it holds: along the flow graph, else by name, each with its evidence."""

from collections import defaultdict, deque
from fractions import Fraction
from functools import cache

import msgspec

from archlint import data
from archlint.model.rule import HASHED, REQUEST, Subject
from archlint.resolve.flow import OVER_THE_WIRE, Flow, FlowGraph, Place
from archlint.resolve.guesses import Guesses
from archlint.resolve.names import tokens
from archlint.resolve.reached import Reached
from archlint.resolve.symbols import Program

_LIMIT = 160
_CHANGES = frozenset({"insert", "update", "upsert"})
_STEPS = 9
_USES = 24
_STORED = 1.3
# A field of a request bears no type and no key, but it is one thing.
_SENT = 0.95
# A fee of two percent is about the amount, but who limits the amount does not state a limit of the fee.
_COMPUTED = 0.6
_TEXTS = frozenset({"char", "character varying", "varchar"})
_SHORT = 100
_PLAIN = frozenset(
    {
        "bigint", "boolean", "date", "decimal", "double precision", "float", "int",
        "integer", "numeric", "real", "smallint", "time", "timestamp", "timestamptz", "uuid",
    }
)  # fmt: skip
_UNITS = frozenset(
    {
        *(Fraction(10) ** power for power in range(10)),
        *map(Fraction, (7, 12, 24, 30, 60, 365, 1024, 1440, 3600, 86400, 604800, 3600000, 86400000, 1048576)),
    }
)


class _State(msgspec.Struct, frozen=True, gc=False):
    place: Place
    confidence: float
    turned: bool  # a forward step was taken: no way back any more
    read: bool
    factor: Fraction
    offset: Fraction
    presence: bool
    why: tuple[str, ...]


class Places:
    """Finds subjects of places; remembers what it found."""

    def __init__(self, program: Program, flow: FlowGraph) -> None:
        self._program = program
        self._flow = flow
        self._memory: dict[tuple[Place, bool], tuple[Reached, ...]] = {}
        self._names = Guesses(program)
        self._logs = _logs(program)
        self._bodies = {handler.body: handler.route for handler in flow.routes.by_scope.values() if handler.body}

    def columns(self, place: Place, aspect_presence: bool = False) -> tuple[Reached, ...]:
        """The columns a place stands for, best first; more than one where its value goes to several."""
        memory = self._memory.get((place, aspect_presence))
        if memory is None:
            found, visited = self._search(place, aspect_presence)
            memory = found or self._by_name(visited) or self._sent(visited)
            self._flow.asked.update([state.place[0] for state in visited])
            self._memory[place, aspect_presence] = memory
        return memory

    def holds(self, entity: str, field: str) -> bool:
        """Whether the table has the column, or something is written to it under that name."""
        table = self._program.schema.tables.get(entity)
        if table is not None and table.column(field) is not None:
            return True
        self._flow.asked.add(f"table:{entity}")
        return any(flow.target[1] == (field,) for flow in self._flow.backward.get(f"table:{entity}", ()))

    def _search(self, start: Place, presence: bool) -> tuple[tuple[Reached, ...], list[_State]]:
        """The columns that values flow to or from, and all places on the way."""
        one, zero = Fraction(1), Fraction(0)
        queue = deque([_State(start, 0.99, False, False, one, zero, True, ())])
        seen: set[tuple[Place, bool]] = {(start, False)}
        found: dict[Subject, Reached] = {}
        visited: list[_State] = []
        while queue and len(seen) < _LIMIT:
            state = queue.popleft()
            visited.append(state)
            reached = self._column(state)
            if reached is not None and len(state.why) > 1 and reached.subject.entity in self._logs:
                # What also lands in a log is no rule of the log.
                continue
            if reached is not None:
                best = found.get(reached.subject)
                read = not reached.stored or (best is not None and best.read)
                if best is None or _order(best) < _order(reached):
                    best = reached
                found[reached.subject] = msgspec.structs.replace(best, read=read)
                continue
            if len(state.why) >= _STEPS:
                continue
            self._go_on(state, presence, seen, queue)
        return tuple(sorted(found.values(), key=lambda item: (-item.confidence, item.subject))), visited

    def _go_on(self, state: _State, presence: bool, seen: set[tuple[Place, bool]], queue: deque[_State]) -> None:
        """Queue the places one step further that nobody has seen."""
        name, members = state.place
        stored = name.startswith("table:")
        onward = self._flow.forward.get(name, ())
        if state.why and len(onward) > _USES and name.startswith("ret:"):
            # A helper of everything: what it gives back is another value at each of its calls.
            onward = ()
        for flow in onward:
            if (flow.read and stored) or (presence and not flow.presence) or _sent_twice(state, flow):
                continue
            prefix = flow.source[1]
            if prefix and members[: len(prefix)] != prefix:
                continue
            rest = members[len(prefix) :] if prefix else members
            target = (flow.target[0], flow.target[1] + rest) if rest else flow.target
            mark = (target, True)
            if mark in seen or (rest and not _passes(rest, flow)):
                continue
            factor, offset = state.factor, state.offset
            if not flow.plain:
                factor, offset = factor * flow.factor, offset * flow.factor + flow.offset
            seen.add(mark)
            queue.append(_after(state, flow, target, True, state.read, factor, offset))
        if state.turned:
            return
        # What a type says is said of each value that is of it; what a value holds says nothing of its namesakes.
        backward = self._flow.backward
        uses = self._flow.uses.get(name, ())[:_USES] if not state.why else ()
        for flow in (*backward.get(name, ()), *uses):
            prefix = flow.target[1]
            if prefix and members[: len(prefix)] != prefix:
                continue
            rest = members[len(prefix) :] if prefix else members
            source = (flow.source[0], flow.source[1] + rest) if rest else flow.source
            mark = (source, False)
            if mark in seen or (rest and not _passes(rest, flow)):
                continue
            origin = flow.source[0]
            if not flow.plain and flow.factor == 0:
                continue
            if origin.startswith("ret:"):
                # What a function nobody reads gives back is another value at each of its calls.
                self._flow.asked.add(origin)
                if origin not in backward:
                    continue
            factor, offset = state.factor, state.offset
            if not flow.plain:
                factor = state.factor / flow.factor
                offset = (state.offset - flow.offset * state.factor) / flow.factor if flow.offset else state.offset
            seen.add(mark)
            queue.append(_after(state, flow, source, False, True, factor, offset))

    def _whole(self, table: str, name: str) -> bool:
        """Whether a column is known to hold one plain value, which has no members."""
        known = self._program.schema.tables.get(table)
        column = known.column(name) if known is not None else None
        if column is None or column.array:
            return False
        # A short text holds no document.
        return column.type in _PLAIN or (bool(column.size) and column.type in _TEXTS and column.size[0] <= _SHORT)

    def _column(self, state: _State) -> Reached | None:
        name, members = state.place
        if name.startswith("table:") and members:
            table, members = self._embedded(name[6:], members)
            if len(members) > 1 and members[1] != HASHED and self._whole(table, members[0]):
                # `Status.OPEN` of an enum that is a column's type names a word, no part of the column.
                return None
            subject = _stored_as(table, members)
        elif name.startswith("bucket:"):
            subject = Subject(name, ".".join(members))
        else:
            return None
        stored = state.turned or not state.why
        evidence = state.why or ("declared",)
        return Reached(
            subject,
            state.confidence * (1.0 if converts(state.factor) else _COMPUTED),
            stored,
            evidence,
            state.factor,
            state.offset,
            state.presence,
            state.place,
        )

    def _embedded(self, table: str, members: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        """`order.customers.name`, where a query gave the rows of another table inside: that table, and its column."""
        while len(members) > 1:
            known = self._program.schema.tables.get(table)
            inner = self._program.table(members[0])
            if inner is None or known is None or known.column(members[0]) is not None:
                break
            table, members = inner, members[1:]
        return table, members

    def _sent(self, visited: list[_State]) -> tuple[Reached, ...]:
        """The field of a request that a value is sent in, where both who sends and who answers is known."""
        kept = ("hashed",) if any("hashed" in state.why for state in visited) else ()
        for state in visited:
            name, members = state.place
            route = self._bodies.get(name) if members else None
            if route is not None and any(
                flow.why.startswith(OVER_THE_WIRE) for flow in self._flow.backward.get(name, ())
            ):
                return (
                    Reached(
                        Subject(f"{REQUEST}{route}", ".".join(members)),
                        state.confidence * _SENT * (1.0 if converts(state.factor) else _COMPUTED),
                        True,
                        (*state.why, f"field of {route}", *kept),
                        state.factor,
                        state.offset,
                        state.presence,
                        state.place,
                    ),
                )
        return ()

    def _by_name(self, visited: list[_State]) -> tuple[Reached, ...]:
        """The surest guess among the names that the value bears on its way: its type may say more than its variable."""
        best: Reached | None = None
        for state in visited:
            guess = self._names.guess(state.place)
            if guess is None:
                continue
            sure = guess.confidence * min(1.0, state.confidence + 0.02)
            if best is not None and guess.subject == best.subject and state.factor != best.factor:
                # The same name before and after `/ 100`: it is the nearer one that was written down.
                continue
            if best is None or sure > best.confidence:
                best = msgspec.structs.replace(
                    guess,
                    confidence=sure,
                    factor=state.factor,
                    offset=state.offset,
                    presence=state.presence,
                    evidence=(*state.why, *guess.evidence),
                )
        return (best,) if best is not None else ()


def _logs(program: Program) -> frozenset[str]:
    """The tables that only record what happened: they are called so, and nobody changes a row of them."""
    written: dict[str, set[str]] = defaultdict(set)
    for path, facts in program.files.items():
        for access in facts.accesses:
            if access.kind in _CHANGES and (table := program.access_table(path, access)):
                written[table].add(access.kind)
    return frozenset(table for table, kinds in written.items() if kinds == {"insert"} and _records(table))


@cache
def _records(entity: str) -> bool:
    return not data.words("vocabulary", "records").isdisjoint(tokens(entity.rsplit(".", 1)[-1]))


def converts(factor: Fraction) -> bool:
    """Whether a factor only changes the unit: cents, grams, seconds, percent, or the sign of a booking."""
    size = abs(factor)
    return (size if size.denominator == 1 else 1 / size) in _UNITS


def _weight(reached: Reached) -> float:
    """A value that is read and stored again, as in a form for changes, is above all stored."""
    return reached.confidence * (_STORED if reached.stored else 1.0)


def _order(reached: Reached) -> tuple[bool, float]:
    """What is the column's very value comes before what is computed from it and written back."""
    return not reached.offset, _weight(reached)


def _after(
    state: _State, flow: Flow, place: Place, turned: bool, read: bool, factor: Fraction, offset: Fraction
) -> _State:
    return _State(
        place,
        state.confidence * flow.confidence,
        turned,
        read,
        factor,
        offset,
        state.presence and flow.presence,
        (*state.why, flow.why),
    )


def _sent_twice(state: _State, flow: Flow) -> bool:
    """Whether a value of one handler would be taken for that of another, as the same form is sent to both."""
    return flow.why.startswith(OVER_THE_WIRE) and any(why.startswith(OVER_THE_WIRE) for why in state.why)


def _stored_as(table: str, members: tuple[str, ...]) -> Subject:
    """A column, or what it is made from by hashing; a hash of a hash is no third thing."""
    if HASHED not in members:
        return Subject(table, ".".join(members))
    return Subject(table, ".".join(members[: members.index(HASHED)]) + HASHED)


def _passes(rest: tuple[str, ...], flow: Flow) -> bool:
    return (not flow.only or rest[0] in flow.only) and rest[0] not in flow.without
