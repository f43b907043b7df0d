"""What one run of a function writes, itself and through what it calls."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

from archlint import algebra
from archlint.model.expression import Expression, Ref
from archlint.model.graph import Act, Run, WritePath
from archlint.model.source import Span
from archlint.resolve.calls import Call, Calls, Function
from archlint.resolve.conditions import Conditions
from archlint.resolve.symbols import Program
from archlint.resolve.writes import Accesses

_DEPTH = 4
_MOST = 60
_VISITS = 300
_ROWS = ("new", "old")
# A screen is drawn and drawn again; what its parts do is done by other runs.
_DRAWN = frozenset({"component", "hook"})


class Runs:
    """Follows the functions behind triggers, and those that write what a trigger looks at."""

    def __init__(
        self, program: Program, calls: Calls, conditions: Conditions, accesses: Accesses, writes: Iterable[WritePath]
    ) -> None:
        self._program = program
        self._calls = calls
        self._conditions = conditions
        self._accesses = accesses
        self._parts: dict[Function, list[Function]] = defaultdict(list)
        self._writes: dict[Function, list[tuple[WritePath, tuple[Expression, ...]]]] = defaultdict(list)
        self._leading: set[Function] = set()
        self._left = 0
        if program.schema.triggers:
            self._index(writes)

    def _index(self, writes: Iterable[WritePath]) -> None:
        for path, scope in self._program.scopes:
            self._parts[self._root((path, scope))].append((path, scope))
        by_place: dict[tuple[str, Span], list[WritePath]] = defaultdict(list)
        for write in writes:
            by_place[write.path, write.span].append(write)
        for path, _, _, access in self._accesses.each():
            for write in by_place.get((path, access.span), ()):
                if write.operation == access.kind and access.scope:
                    self._writes[path, access.scope].append((write, access.guards))
        for function in self._writes:
            self._leading.update(self._root(caller) for caller in self._calls.callers(function))

    def all(self) -> Iterator[Run]:
        """One run for each function behind a trigger, and for each way to start that writes a table with triggers."""
        schema = self._program.schema
        fired = {trigger.function for trigger in schema.triggers}
        routines = [item for item in schema.routines if item.name in fired and item.returns == "trigger"]
        behind = {(item.path, item.scope) for item in routines}
        watched = {trigger.table for trigger in schema.triggers}
        starts = set(behind)
        for function, found in self._writes.items():
            if any(write.entity in watched for write, _ in found):
                starts.update(self._root(caller) for caller in self._calls.callers(function))
        for function in sorted(starts):
            fact = self._program.scopes.get(function)
            if fact is None or (fact.role == "trigger") != (function in behind):
                continue
            self._left = _VISITS
            acts = tuple(islice(self._acts(function, (), self._rows(function), (), ()), _MOST))
            if acts:
                path, scope = function
                yield Run(
                    path=path,
                    span=fact.span,
                    layer=self._accesses.layer(path, scope),
                    symbol=self._accesses.symbol(path, scope),
                    acts=acts,
                )

    def _rows(self, function: Function) -> tuple[tuple[str, Expression], ...]:
        path, scope = function
        if self._program.scopes[function].role != "trigger":
            return ()
        return tuple((f"{path}|{row}@{scope}", Ref(f"${row}")) for row in _ROWS)

    def _root(self, function: Function) -> Function:
        """The function that a nameless one inside of it is a part of."""
        path, scope = function
        fact = self._program.scopes.get(function)
        while fact is not None and not fact.name and not fact.role and fact.parent:
            outer = self._program.scopes.get((path, fact.parent))
            if outer is None or outer.role in _DRAWN or outer.scope == fact.scope:
                break
            fact, scope = outer, outer.scope
        return path, scope

    def _acts(
        self,
        function: Function,
        conditions: tuple[Expression, ...],
        given: tuple[tuple[str, Expression], ...],
        through: tuple[str, ...],
        seen: tuple[Function, ...],
    ) -> Iterator[Act]:
        self._left -= 1
        if function in seen or len(seen) > _DEPTH or self._left < 0:
            return
        for part in sorted(self._parts.get(function, [function])):
            path, _ = part
            for write, guards in self._writes.get(part, ()):
                yield Act(
                    write=write.id,
                    conditions=(*conditions, *self._settled(path, guards, given)),
                    through=through,
                    given=given,
                )
            for call in self._calls.made(part):
                callee = call.callee
                fact = self._program.scopes.get(callee)
                if fact is None or self._root(callee) not in self._leading:
                    continue
                yield from self._acts(
                    self._root(callee),
                    (*conditions, *self._settled(path, call.guards, given)),
                    (*given, *self._arguments(path, call, given)),
                    (*through, fact.name),
                    (*seen, function),
                )

    def _settled(
        self, path: str, expressions: Iterable[Expression], given: tuple[tuple[str, Expression], ...]
    ) -> Iterator[Expression]:
        values = dict(given)
        for item in expressions:
            settled = self._conditions.value(path, item)
            # What is settled is folded already.
            yield (
                algebra.fold(settled, lambda ref: values.get(ref.name) if not ref.path else None) if given else settled
            )

    def _arguments(
        self, path: str, call: Call, given: tuple[tuple[str, Expression], ...]
    ) -> Iterator[tuple[str, Expression]]:
        for name, value in call.arguments:
            yield name, next(self._settled(path, (value,), given))
