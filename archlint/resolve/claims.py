"""Where in the caller's token a right is looked up: at its root, or among what the auth service keeps of an account."""

from collections.abc import Iterator, Mapping

from archlint import data
from archlint.model.expression import Call, Expression, Items, Operation, Ref, Text
from archlint.model.graph import Claim
from archlint.model.source import Layer
from archlint.resolve.conditions import Conditions
from archlint.resolve.symbols import Program

_CHOOSING = frozenset({"case", "if", "coalesce", "fallback"})
# The role under which the database runs is no claim of ours.
_NOT_OURS = (("role",), ("sub",))


class Claims:
    """Finds who looks which right up where."""

    def __init__(self, program: Program, conditions: Conditions, layers: Mapping[str, Layer]) -> None:
        self._program = program
        self._conditions = conditions
        self._layers = layers
        kept = data.table("idioms/supabase")["accounts"]["metadata"]
        self._kept = frozenset(name for name in kept if name.endswith("metadata"))

    def all(self) -> list[Claim]:
        """Policies and routines in force, and what code asks of the caller."""
        found = [*self._policies(), *self._routines(), *self._code()]
        return sorted(set(found), key=lambda item: (item.path, item.span, item.claim))

    def _policies(self) -> Iterator[Claim]:
        for policy in self._program.schema.policies:
            for condition in (policy.using, policy.check):
                if condition is not None:
                    for claim in self._asked(policy.path, condition):
                        yield Claim(policy.path, policy.span, Layer.POLICY, policy.name, claim)

    def _routines(self) -> Iterator[Claim]:
        for routine in self._program.schema.routines:
            function = self._program.scopes.get((routine.path, routine.scope))
            for _, value in function.returns if function is not None else ():
                for claim in self._asked(routine.path, value):
                    yield Claim(routine.path, routine.span, Layer.TRIGGER, routine.name, claim)

    def _code(self) -> Iterator[Claim]:
        for path, facts in self._program.files.items():
            if facts.language == "postgresql":
                continue
            for statement in facts.statements:
                if statement.kind == "authorize" and statement.condition is not None:
                    for claim in self._asked(path, statement.condition):
                        layer = self._layers.get(path, Layer.SHARED)
                        yield Claim(path, statement.span, layer, statement.symbol, claim)

    def _asked(self, path: str, condition: Expression) -> set[tuple[str, ...]]:
        return {claim for claim in self._read(self._conditions.value(path, condition)) if claim not in _NOT_OURS}

    def _read(self, value: Expression) -> Iterator[tuple[str, ...]]:
        claim = self._claim(value)
        if claim is not None:
            if claim and claim[-1] not in self._kept:
                yield claim
            return
        inner: tuple[Expression, ...] = ()
        if isinstance(value, Operation):
            inner = value.operands
        elif isinstance(value, Call):
            inner = value.arguments
        elif isinstance(value, Items):
            inner = value.items
        for item in inner:
            yield from self._read(item)

    def _claim(self, value: Expression) -> tuple[str, ...] | None:
        """The way through the token to what is read; empty for the whole of it, None for anything else."""
        if isinstance(value, Call) and value.function == "current role" and value.callee is None:
            named = tuple(item.value for item in value.arguments if isinstance(item, Text))
            return named if len(named) == len(value.arguments) else None
        if isinstance(value, Operation) and value.operator == "lookup" and isinstance(value.operands[1], Text):
            holder = self._token(value.operands[0])
            return (*holder, value.operands[1].value) if holder is not None else None
        if isinstance(value, Ref):
            kept = next((number for number, name in enumerate(value.path) if name in self._kept), None)
            if kept is not None and kept + 1 < len(value.path):
                return value.path[kept : kept + 2]
        return None

    def _token(self, value: Expression) -> tuple[str, ...] | None:
        """The token, also where it is replaced by nothing when it is empty."""
        if isinstance(value, Operation) and value.operator in _CHOOSING:
            found = {claim for item in value.operands if (claim := self._claim(item)) is not None}
            return found.pop() if len(found) == 1 else None
        return self._claim(value)
