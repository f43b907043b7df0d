"""Conditions on the caller, and what each of them stands before."""

from collections.abc import Iterator, Mapping

from archlint import algebra
from archlint.model.expression import Call, Expression, Items, Operation, Ref, Text
from archlint.model.facts import Access, FileFacts, Statement
from archlint.model.graph import AccessGuard
from archlint.model.predicate import Principals
from archlint.model.schema import Policy
from archlint.model.source import Layer
from archlint.resolve.conditions import Conditions
from archlint.resolve.names import key
from archlint.resolve.routes import Routes
from archlint.resolve.symbols import Program
from archlint.resolve.writes import Accesses

_ROLE_WORDS = frozenset({"role", "type", "kind", "position", "permission", "group", "level", "claim", "rank", "tier"})


class Guards:
    """Finds the access guards of the program."""

    def __init__(
        self, program: Program, conditions: Conditions, accesses: Accesses, routes: Routes, layers: Mapping[str, Layer]
    ) -> None:
        self._program = program
        self._conditions = conditions
        self._accesses = accesses
        self._routes = routes
        self._layers = layers

    def all(self) -> list[AccessGuard]:
        """Guards in code first, then the policies in force."""
        found: list[AccessGuard] = []
        mirrors = set(self._program.schema.mirrors)
        for path, facts in self._program.files.items():
            if path in mirrors:
                continue
            live = self._program.schema.live.get(path)
            for index, statement in enumerate(facts.statements):
                if statement.kind == "authorize" and statement.source != "policy" and (live is None or index in live):
                    found.append(self._guard(path, facts, statement))
        found.extend(self._policy(policy) for policy in self._program.schema.policies)
        return found

    def _guard(self, path: str, facts: FileFacts, statement: Statement) -> AccessGuard:
        condition = statement.condition
        clauses = self.principals(path, condition) if condition is not None else ()
        layer = self._accesses.layer(path, statement.scope)
        soft = statement.strength != "hard" or layer is Layer.FRONTEND
        return AccessGuard(
            path=path,
            span=statement.span,
            layer=layer,
            symbol=statement.symbol,
            text=statement.text,
            principals=tuple(sorted({atom for clause in clauses for atom in clause})),
            any_of=len(clauses) > 1,
            guards=tuple(sorted(set(self._protected(path, facts, statement)))),
            soft=soft,
            source=statement.source,
        )

    def _policy(self, policy: Policy) -> AccessGuard:
        clauses: set[tuple[str, ...]] = set()
        for expression in (policy.using, policy.check):
            if expression is not None:
                clauses |= set(self.principals(policy.path, expression))
        commands = ("select", "insert", "update", "delete") if policy.command == "all" else (policy.command,)
        return AccessGuard(
            path=policy.path,
            span=policy.span,
            layer=Layer.POLICY,
            symbol=policy.name,
            text=policy.name,
            principals=tuple(sorted({atom for clause in clauses for atom in clause})),
            any_of=len(clauses) > 1,
            guards=tuple(f"{policy.table}:{command}" for command in commands),
            source="policy",
        )

    # What a guard stands before --------------------------------------------------------------------------------

    def _protected(self, path: str, facts: FileFacts, statement: Statement) -> Iterator[str]:
        if statement.columns:
            scopes = set(self._handlers(path, facts, statement))
            for access in facts.accesses:
                if self._within(path, access.scope, scopes):
                    yield from self._names(path, access)
            return
        inside = {statement.scope}
        for access in facts.accesses:
            if self._within(path, access.scope, inside) and access.span >= statement.span:
                yield from self._names(path, access)
        scope = statement.scope
        for _ in range(8):
            handler = self._routes.by_scope.get((path, scope))
            if handler:
                yield handler.route
                break
            function = self._program.scopes.get((path, scope))
            if function is None or function.parent == scope:
                break
            scope = function.parent
        function = self._program.scopes.get((path, statement.scope))
        if function is not None and facts.language == "postgresql":
            yield f"rpc {function.name}"

    def _handlers(self, path: str, facts: FileFacts, statement: Statement) -> Iterator[int]:
        for item in statement.columns:
            settled = self._program.globalised(path, item)
            if isinstance(settled, Call) and settled.function == "lambda" and len(settled.arguments) == 2:
                yield int(settled.arguments[1].value)  # type: ignore[union-attr]
            target = settled.callee if isinstance(settled, Call) and settled.callee else settled
            if isinstance(target, Ref):
                found = self._program.function(target)
                if found and found[0] == path:
                    yield found[1].scope
        del facts

    def _within(self, path: str, scope: int, wanted: set[int]) -> bool:
        for _ in range(12):
            if scope in wanted:
                return True
            function = self._program.scopes.get((path, scope))
            if function is None or function.parent == scope:
                return False
            scope = function.parent
        return False

    def _names(self, path: str, access: Access) -> Iterator[str]:
        if access.kind == "invoke" and isinstance(access.target, str):
            yield f"function {access.target}"
        elif access.kind == "http" and isinstance(access.target, str):
            for handler in self._routes.handlers("http", access.target):
                yield handler.route
        elif access.kind == "rpc" and isinstance(access.target, str):
            yield f"rpc {access.target}"
        else:
            table = self._program.access_table(path, access)
            if table:
                yield f"{table}:{access.kind}"

    # Who may ---------------------------------------------------------------------------------------------------

    def principals(self, path: str, expression: Expression) -> tuple[tuple[str, ...], ...]:
        """The condition as alternatives of conjunctions of atoms."""
        settled = self._conditions.value(path, expression)
        form = algebra.principals(_spread(settled), self._atom).form
        return form.clauses if isinstance(form, Principals) else ()

    def _atom(self, expression: Expression) -> str | None:
        if isinstance(expression, Operation):
            if expression.operator in ("=", "not") and expression.operator == "=":
                return self._equality(*expression.operands)
            if expression.operator == "exists":
                return self._membership(expression.operands[0])
            if expression.operator == "not" and isinstance(expression.operands[0], Operation):
                inner = expression.operands[0]
                if inner.operator == "is null" and _is_caller(inner.operands[0]):
                    return "authenticated"
                if inner.operator == "!=":
                    return self._equality(*inner.operands)
        if isinstance(expression, Call):
            if expression.function == "current user":
                return "authenticated"
            words = [item.value for item in expression.arguments if isinstance(item, Text)]
            if expression.callee is not None or expression.function:
                name = expression.function.rsplit(".", 1)[-1]
                return f"role={words[0]}" if words else f"call({key(name)})"
        if isinstance(expression, Ref) and expression.path:
            return f"flag({key(expression.path[-1])})"
        return None

    def _equality(self, left: Expression, right: Expression) -> str | None:
        if isinstance(left, Text) or _is_caller(left):
            left, right = right, left
        if isinstance(right, Text):
            return f"role={right.value}" if _is_role(left) else f"{key(_last(left))}={right.value}"
        if _is_caller(right):
            return f"owner({key(_last(left))})"
        return None

    def _membership(self, row: Expression) -> str | None:
        if not isinstance(row, Ref) or "|row:" not in row.name:
            return None
        path, _, number = row.name.partition("|row:")
        facts = self._program.files.get(path)
        if facts is None or int(number) >= len(facts.accesses):
            return None
        access = facts.accesses[int(number)]
        table = self._program.access_table(path, access) or ""
        if access.where is None:
            return f"member({table})"
        atoms = {atom for clause in self.principals(path, access.where) for atom in clause if atom.startswith("role=")}
        return " ".join(sorted(atoms)) if atoms else f"member({table})"


def _spread(expression: Expression) -> Expression:
    """`x in (a, b)` written as alternatives, so that each role is an atom."""
    if isinstance(expression, Operation):
        if expression.operator == "in" and isinstance(expression.operands[1], Items):
            value, items = expression.operands
            return Operation("or", tuple(Operation("=", (value, item)) for item in items.items))  # type: ignore[union-attr]
        return Operation(expression.operator, tuple(_spread(item) for item in expression.operands))
    return expression


def _is_caller(expression: Expression) -> bool:
    return isinstance(expression, Call) and expression.function == "current user"


def _is_role(expression: Expression) -> bool:
    if isinstance(expression, Call):
        return expression.function in ("current role", "text", "coalesce", "lower")
    parts = key(_last(expression)).split("_")
    return bool(_ROLE_WORDS & set(parts))


def _last(expression: Expression) -> str:
    if isinstance(expression, Ref):
        return expression.path[-1] if expression.path else expression.name.rsplit("|", 1)[-1].split("@", 1)[0]
    if isinstance(expression, Call) and expression.arguments:
        return _last(expression.arguments[-1])
    if isinstance(expression, Operation) and expression.operands:
        return _last(expression.operands[0])
    return ""
