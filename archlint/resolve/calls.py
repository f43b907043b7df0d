"""Who calls whom, over the wire as well: what has been passed when a function runs, and where one can come in."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from archlint.model.expression import Expression, Fields
from archlint.model.facts import Access, FileFacts, Invocation
from archlint.resolve.handed import Handed
from archlint.resolve.routes import Routes
from archlint.resolve.symbols import Program

Function = tuple[str, int]

_MOST = 120
_DEPTH = 4


class Call(NamedTuple):
    """One call: what it passes under the (global) names of its callee, and the conditions of enclosing branches."""

    callee: Function
    arguments: tuple[tuple[str, Expression], ...]
    guards: tuple[Expression, ...]


class Calls:
    """The arrows between functions; a function is (path, scope)."""

    def __init__(self, program: Program, routes: Routes, handed: Handed) -> None:
        self._program = program
        self._handed = handed
        self._routes = routes
        self._callers: dict[Function, set[Function]] = defaultdict(set)
        self._callees: dict[Function, set[Function]] = defaultdict(set)
        self._renders: set[tuple[Function, Function]] = set()
        self._before: dict[Function, tuple[Function, ...]] = {}
        self._routines = {(routine.path, routine.scope): routine for routine in program.schema.routines}
        self._made: dict[Function, list[tuple[Function, Invocation | Access]]] = defaultdict(list)
        live = program.schema.live_scopes
        for path, facts in program.files.items():
            standing = live.get(path) if facts.language == "postgresql" else None
            self._invocations(path, facts, standing)
            for access in facts.accesses:
                if standing is None or access.scope in standing:
                    for target in self._targets(access):
                        self._callers[target].add((path, access.scope))
                        self._made[path, access.scope].append((target, access))

    def _invocations(self, path: str, facts: FileFacts, standing: frozenset[int] | None) -> None:
        for invocation in facts.invocations:
            if standing is not None and invocation.scope not in standing:
                continue
            for where, function in self._handed.functions(path, invocation.callee):
                caller, callee = (path, invocation.scope), (where, function.scope)
                if caller == callee:
                    continue
                self._callers[callee].add(caller)
                self._callees[caller].add(callee)
                if invocation.rendered:
                    self._renders.add((caller, callee))
                else:
                    self._made[caller].append((callee, invocation))

    def _targets(self, access: Access) -> Iterator[Function]:
        if not isinstance(access.target, str):
            return
        if access.kind == "rpc":
            keys = tuple(name for name, _ in access.payload.entries) if isinstance(access.payload, Fields) else ()
            for where, function in self._routes.routines(access.target, keys):
                yield where, function.scope
        elif access.kind in ("invoke", "http"):
            for handler in self._routes.handlers(access.kind, access.target):
                yield handler.path, handler.scope

    def made(self, function: Function) -> Iterator[Call]:
        """The calls that stand in a function, those to somewhere else as well."""
        for callee, source in self._made.get(function, ()):
            yield Call(callee, tuple(self._passed(callee, source)), source.guards)

    def _passed(self, callee: Function, source: Invocation | Access) -> Iterator[tuple[str, Expression]]:
        path = callee[0]
        fact = self._program.scopes.get(callee)
        if fact is None:
            return
        if isinstance(source, Invocation):
            for name, value in zip(fact.parameters, source.arguments, strict=False):
                yield f"{path}|{name}", value
        elif source.kind == "rpc" and isinstance(source.payload, Fields):
            for name in fact.parameters:
                passed = source.payload.get(name.rsplit("@", 1)[0])
                if passed is not None:
                    yield f"{path}|{name}", passed
        elif source.payload is not None and fact.body:
            yield f"{path}|{fact.body}", source.payload

    def chain(self, function: Function) -> tuple[Function, ...]:
        """A function and those around it, innermost first; the module itself is none."""
        path, scope = function
        found: list[Function] = []
        while scope and (path, scope) not in found:
            found.append((path, scope))
            fact = self._program.scopes.get((path, scope))
            if fact is None:
                break
            scope = fact.parent
        return tuple(found)

    def callers(self, function: Function, depth: int = _DEPTH, rendering: bool = True) -> tuple[Function, ...]:
        """Everything around the function and all that calls it (or, with `rendering`, shows it), near ones first."""
        found = list(self.chain(function))
        level = found
        for _ in range(depth):
            following: list[Function] = []
            for item in level:
                for caller in sorted(self._callers.get(item, ())):
                    if not rendering and (caller, item) in self._renders:
                        continue
                    outer = self.chain(caller) or (caller,)
                    following.extend(each for each in outer if each not in found and each not in following)
            found.extend(following)
            level = following
            if not level or len(found) > _MOST:
                break
        return tuple(found)

    def called(self, function: Function, depth: int = _DEPTH) -> tuple[Function, ...]:
        """The function and all that it calls in its own process; a request to somewhere else passes nothing on."""
        found = [function]
        level = found
        for _ in range(depth):
            following = sorted(
                {callee for item in level for callee in self._callees.get(item, ()) if callee not in found}
            )
            found = found + following
            level = following
            if not level or len(found) > _MOST:
                break
        return tuple(found)

    def before(self, function: Function) -> tuple[Function, ...]:
        """The functions whose statements may stand before what the function does."""
        known = self._before.get(function)
        if known is None:
            found: dict[Function, None] = {}
            for outer in self.callers(function, rendering=False):
                for inner in self.called(outer, 3):
                    found.setdefault(inner)
                if len(found) > _MOST:
                    break
            # Who shows the screen may ask something before; what else it shows are other screens.
            for outer in self.callers(function):
                found.setdefault(outer)
            known = self._before[function] = tuple(found)
        return known

    def entrance(self, function: Function) -> str:
        """The route, procedure or handler through which one comes to the function; `` where none is known."""
        for item in self.callers(function):
            handler = self._routes.by_scope.get(item)
            if handler is not None:
                return handler.route
            routine = self._routines.get(item)
            if routine is not None:
                if routine.returns == "trigger":
                    return "trigger"
                return f"rpc {routine.name}({', '.join(routine.signature)})"
            fact = self._program.scopes.get(item)
            if fact is not None and fact.role == "handler":
                return f"handler {fact.name}"
        return ""


def by_function(statements: Mapping[int, tuple[str, int]], files: Mapping[str, FileFacts]) -> dict[Function, list[int]]:
    """The numbers of sites by the function in which their statement stands."""
    found: dict[Function, list[int]] = defaultdict(list)
    for number, (path, index) in statements.items():
        if index >= 0 and path in files:
            scope = files[path].statements[index].scope
            if scope:
                found[path, scope].append(number)
    return dict(found)
