"""Conditions on the caller, and what each of them stands before."""

from collections.abc import Iterator

from archlint import algebra, data
from archlint.model.expression import Boolean, Call, Expression, Items, Operation, Ref, Text
from archlint.model.facts import Access, FileFacts, Statement
from archlint.model.graph import AccessGuard
from archlint.model.predicate import Predicate, Principals
from archlint.model.rule import Kind, Site, Subject
from archlint.model.schema import Policy
from archlint.model.source import Layer
from archlint.resolve.calls import Calls, Function
from archlint.resolve.conditions import Conditions, walk
from archlint.resolve.names import key
from archlint.resolve.places import Places
from archlint.resolve.routes import Routes
from archlint.resolve.superseded import lost_statements
from archlint.resolve.symbols import Program
from archlint.resolve.writes import Accesses

_SIGNED_IN = {"not anonymous": "authenticated"}


class Guards:
    """Finds the access guards of the program."""

    def __init__(
        self,
        program: Program,
        conditions: Conditions,
        accesses: Accesses,
        routes: Routes,
        places: Places,
        calls: Calls,
    ) -> None:
        self._program = program
        self._conditions = conditions
        self._accesses = accesses
        self._routes = routes
        self._places = places
        self._calls = calls

    def all(self) -> list[AccessGuard]:
        """Guards in code first, then the policies in force."""
        found: list[AccessGuard] = []
        mirrors = set(self._program.schema.mirrors)
        for path, facts in self._program.files.items():
            if path in mirrors:
                continue
            live = self._program.schema.live.get(path)
            for index, statement in enumerate(facts.statements):
                if statement.source != "policy" and (live is None or index in live) and self._asks(path, statement):
                    found.append(self._guard(path, facts, statement))
        found.extend(self._policy(policy) for policy in self._program.schema.policies)
        return found

    def _asks(self, path: str, statement: Statement) -> bool:
        """Whether a statement is about the caller: it says so, or a routine that it calls looks the caller up."""
        if statement.kind == "authorize":
            return True
        condition = statement.condition
        if statement.kind != "require" or condition is None or not self._stored_calls(path, condition):
            return False
        return self._about_caller(self._conditions.value(path, condition))

    def _stored_calls(self, path: str, condition: Expression) -> bool:
        if self._program.files[path].language != "postgresql":
            return False
        found = False

        def visit(node: Expression) -> None:
            nonlocal found
            found = found or (isinstance(node, Call) and node.callee is not None and not node.arguments)

        walk(condition, visit)
        return found

    def _about_caller(self, condition: Expression) -> bool:
        """Whether a settled condition speaks of the caller, or of rows that are looked up for the caller."""
        if _speaks_of_caller(condition):
            return True
        found = False

        def visit(node: Expression) -> None:
            nonlocal found
            access, path = self._access(node) if isinstance(node, Ref) else (None, "")
            found = found or (access is not None and self._of_caller(access, path))

        walk(condition, visit)
        return found

    def lost(self, first: int) -> list[Site]:
        """The guards of superseded routine bodies, as sites about the routine; `first` is the first free number."""
        found: list[Site] = []
        for gone in self._program.schema.superseded:
            facts = self._program.files.get(gone.path)
            if facts is None or gone.kind != "function":
                continue
            for index in lost_statements(gone, facts):
                statement = facts.statements[index]
                if statement.condition is None or not self._asks(gone.path, statement):
                    continue
                clauses = self.principals(gone.path, statement.condition)
                if clauses:
                    number = first + len(found)
                    found.append(self._lost(number, gone.path, gone.name, statement, Principals(clauses)))
        return found

    def _lost(self, number: int, path: str, routine: str, statement: Statement, form: Principals) -> Site:
        return Site(
            id=number,
            path=path,
            span=statement.span,
            layer=Layer.TRIGGER,
            kind=Kind.AUTHORIZATION,
            subject=Subject(routine, ""),
            symbol=statement.symbol,
            text=statement.text,
            normal=" or ".join(" and ".join(clause) for clause in form.clauses),
            predicate=Predicate(form),
            effect=statement.effect,
            strength=statement.strength,
            operation=statement.operation,
            confidence=0.95,
            evidence=("asked of the caller",),
            message=statement.message,
            library=statement.source,
        )

    def _guard(self, path: str, facts: FileFacts, statement: Statement) -> AccessGuard:
        condition = statement.condition
        clauses = self.principals(path, condition) if condition is not None else ()
        layer = self._accesses.layer(path, statement.scope)
        soft = statement.strength != "hard" or layer is Layer.FRONTEND
        protected = set(self._protected(path, facts, statement))
        if not soft:
            protected |= set(self._called_by(path, statement.scope))
        seen = self._seen(path, condition)
        return AccessGuard(
            path=path,
            span=statement.span,
            layer=layer,
            symbol=statement.symbol,
            text=statement.text,
            principals=tuple(sorted({atom for clause in clauses for atom in clause})),
            any_of=len(clauses) > 1,
            guards=tuple(sorted(protected)),
            soft=soft,
            source=statement.source,
            clauses=clauses,
            decided=seen.decided(),
            named_by=seen.named_by(),
            led_by=seen.led_by(),
        )

    def _policy(self, policy: Policy) -> AccessGuard:
        """What a policy asks of the caller: both of its conditions where it has two."""
        parts = tuple(item for item in (policy.using, policy.check) if item is not None)
        whole = Operation("and", parts) if len(parts) > 1 else parts[0] if parts else None
        clauses = self.principals(policy.path, whole) if whole is not None else ()
        commands = ("select", "insert", "update", "delete") if policy.command == "all" else (policy.command,)
        seen = self._seen(policy.path, whole)
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
            clauses=clauses,
            decided=seen.decided(),
            named_by=seen.named_by(),
            led_by=seen.led_by(),
        )

    # What it looks at ------------------------------------------------------------------------------------------

    def _seen(self, path: str, condition: Expression | None) -> "_Seen":
        """The columns about the caller that decide: in rows looked up for the caller, or read into a variable.

        Beside them, how those rows are found: by the columns that name the caller, and by those that lead elsewhere.
        """
        seen = _Seen()
        if condition is not None:
            self._look(self._conditions.value(path, condition), seen, 3)
        return seen

    def _look(self, condition: Expression, found: "_Seen", depth: int) -> None:
        def visit(node: Expression) -> None:
            if not isinstance(node, Operation):
                return
            for item in node.operands:
                if isinstance(item, Ref) and "|row:" in item.name and depth:
                    self._looked_up(item, found, depth)
            for item in _tested(node):
                found.deciding.update(self._read_back(item))

        walk(condition, visit)
        for item in (condition,) if isinstance(condition, Ref) else ():
            found.deciding.update(self._read_back(item))

    def _looked_up(self, row: Ref, found: "_Seen", depth: int) -> None:
        """The columns that a subquery about the caller compares with words or takes as a flag."""
        access, path = self._access(row)
        table = self._program.access_table(path, access) if access is not None else None
        if access is None or access.where is None or not table:
            return
        where = self._conditions.value(path, access.where)
        if not _speaks_of_caller(where):
            return
        own = ("$row", f"table:{table}")
        known = self._program.schema.tables.get(table)

        def visit(node: Expression) -> None:
            if isinstance(node, Operation):
                for item in _tested(node):
                    if item.name in own and item.path and (known is None or known.column(item.path[0]) is not None):
                        found.deciding.add(Subject(table, item.path[0]))
                found.link(node, table, own)

        for part in _about_own_row(where, own):
            walk(part, visit)
        self._look(where, found, depth - 1)

    def _read_back(self, item: Ref) -> Iterator[Subject]:
        """The column that a variable of a guard was read from, or that a subquery about the caller returns."""
        access, path = self._access(item)
        if access is not None and item.path:
            table = self._program.access_table(path, access)
            if table and access.where is not None and _speaks_of_caller(self._conditions.value(path, access.where)):
                yield Subject(table, item.path[0])
            return
        if item.name.startswith(("table:", "$")) or "|" not in item.name or not _is_role(item):
            return
        for reached in self._places.columns((item.name, item.path))[:1]:
            if not reached.stored and reached.confidence >= 0.8:
                yield reached.subject

    # What a guard stands before --------------------------------------------------------------------------------

    def _protected(self, path: str, facts: FileFacts, statement: Statement) -> Iterator[str]:
        if statement.columns:
            scopes = set(self._handlers(path, facts, statement))
            for access in facts.accesses:
                if self._within(path, access.scope, scopes):
                    yield from self._names(path, access)
            for scope in sorted(scopes):
                if (path, scope) in self._routes.by_scope:
                    yield self._routes.by_scope[path, scope].route
            if statement.strength != "hard":
                yield from self._behind(path, scopes)
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

    def _behind(self, path: str, scopes: set[int]) -> Iterator[str]:
        """What the functions do that an action calls: most buttons only hand on what was clicked."""
        for scope in sorted(scopes):
            for where, number in self._calls.called((path, scope), 3)[1:]:
                for access in self._program.files[where].accesses:
                    if self._within(where, access.scope, {number}):
                        yield from self._names(where, access)

    def _called_by(self, path: str, scope: int) -> Iterator[str]:
        """The entrances of all that call the function in which a guard stands."""
        if not scope:
            return
        start: Function = (path, scope)
        for where, number in self._calls.callers(start):
            handler = self._routes.by_scope.get((where, number))
            if handler is not None:
                yield handler.route
            facts, function = self._program.files[where], self._program.scopes.get((where, number))
            if facts.language == "postgresql" and function is not None:
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
        if not isinstance(form, Principals):
            return ()
        clauses = {tuple(sorted({_SIGNED_IN.get(atom, atom) for atom in clause})) for clause in form.clauses}
        return tuple(sorted(clauses))

    def _atom(self, expression: Expression) -> str | None:
        if isinstance(expression, Operation):
            if expression.operator in ("=", "in") and len(expression.operands) == 2:
                return self._equality(*expression.operands)
            if expression.operator == "exists":
                return self._membership(expression.operands[0])
            if expression.operator == "is null" and _is_caller(expression.operands[0]):
                return "anonymous"
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
            if isinstance(left, Call) and right.value == "authenticated":
                return "authenticated"
            return f"role={right.value}" if _is_role(left) else f"{key(_last(left))}={right.value}"
        if _is_caller(right):
            return f"owner({key(_last(left))})"
        return self._same_group(left, right) or self._same_group(right, left)

    def _same_group(self, own: Expression, looked_up: Expression) -> str | None:
        """A column of the row that equals what a subquery finds for the caller: the tenant, the team."""
        access, path = self._access(looked_up)
        if access is None or not isinstance(own, Ref) or not isinstance(looked_up, Ref) or not looked_up.path:
            return None
        return self._membership(Ref(looked_up.name)) if _own_column(own) and self._of_caller(access, path) else None

    def _of_caller(self, access: Access, path: str) -> bool:
        return access.where is not None and _speaks_of_caller(self._conditions.value(path, access.where))

    def _membership(self, row: Expression) -> str | None:
        access, path = self._access(row)
        if access is None:
            return None
        table = self._program.access_table(path, access) or ""
        if access.where is None:
            return f"member({table})"
        where = self._conditions.value(path, access.where)
        kept = tuple(item for item in _conjuncts(where) if not _joins(item))
        if not kept:
            return f"member({table})"
        atoms: set[str] = set()
        for clause in self.principals(path, kept[0] if len(kept) == 1 else Operation("and", kept)):
            atoms |= {atom for atom in clause if atom != "authenticated" and not atom.startswith("owner(")}
        return " ".join(sorted(atoms)) if atoms else f"member({table})"

    def _access(self, row: Expression) -> tuple[Access | None, str]:
        """The access whose rows an expression names, and its file."""
        if not isinstance(row, Ref) or "|row:" not in row.name:
            return None, ""
        path, _, number = row.name.partition("|row:")
        facts = self._program.files.get(path)
        if facts is None or int(number) >= len(facts.accesses):
            return None, ""
        return facts.accesses[int(number)], path


def _spread(expression: Expression) -> Expression:
    """`x in (a, b)` written as alternatives, so that each role is an atom; `x = true` as the flag itself."""
    if isinstance(expression, Operation):
        if expression.operator in ("=", "!=") and len(expression.operands) == 2:
            flag = next((item for item in expression.operands if isinstance(item, Ref) and item.path), None)
            told = next((item.value for item in expression.operands if isinstance(item, Boolean)), None)
            if told is not None and flag is not None:
                return flag if told == (expression.operator == "=") else Operation("not", (flag,))
        if expression.operator == "in" and isinstance(expression.operands[1], Items):
            value, items = expression.operands
            return Operation("or", tuple(Operation("=", (value, item)) for item in items.items))  # type: ignore[union-attr]
        return Operation(expression.operator, tuple(_spread(item) for item in expression.operands))
    return expression


def _conjuncts(expression: Expression) -> tuple[Expression, ...]:
    if isinstance(expression, Operation) and expression.operator == "and":
        return tuple(part for item in expression.operands for part in _conjuncts(item))
    return (expression,)


def _joins(expression: Expression) -> bool:
    """Whether it only ties a row to another one."""
    return (
        isinstance(expression, Operation)
        and expression.operator == "="
        and all(isinstance(item, Ref) for item in expression.operands)
    )


class _Seen:
    """The columns that a condition looks at in rows about the caller."""

    def __init__(self) -> None:
        self.deciding: set[Subject] = set()
        self._naming: set[Subject] = set()
        self._leading: set[Subject] = set()

    def link(self, node: Operation, table: str, own: tuple[str, ...]) -> None:
        """`member.person = caller` and `member.shop = orders.shop`."""
        if node.operator != "=" or len(node.operands) != 2:
            return
        for mine, other in (node.operands, node.operands[::-1]):
            if isinstance(mine, Ref) and mine.name in own and mine.path:
                if _speaks_of_caller(other):
                    self._naming.add(Subject(table, mine.path[0]))
                elif isinstance(other, Ref):
                    self._leading.add(Subject(table, mine.path[0]))

    def decided(self) -> tuple[Subject, ...]:
        """The columns that decide."""
        return tuple(sorted(self.deciding))

    def named_by(self) -> tuple[Subject, ...]:
        """The columns that name the caller."""
        return tuple(sorted(self._naming))

    def led_by(self) -> tuple[Subject, ...]:
        """The columns that lead to what is guarded."""
        return tuple(sorted(self._leading))


def _tested(node: Operation) -> Iterator[Ref]:
    """The names that an operation compares with literals or takes as flags."""
    if node.operator in ("=", "!=", "distinct", "in") and len(node.operands) == 2:
        left, right = node.operands
        if isinstance(left, (Text, Boolean)):
            left, right = right, left
        if isinstance(left, Call) and left.function in ("text", "lower", "coalesce") and left.arguments:
            left = left.arguments[0]
        if isinstance(left, Ref) and isinstance(right, (Text, Boolean, Items)):
            yield left
    elif node.operator in ("and", "or", "not", "truthy"):
        for item in node.operands:
            if isinstance(item, Ref) and (item.path or "|row:" not in item.name):
                yield item


def _about_own_row(condition: Expression, own: tuple[str, ...]) -> Iterator[Expression]:
    """The parts of a condition that hold of the caller's own row: not `published` in `published or owner = caller`."""
    if not isinstance(condition, Operation) or condition.operator not in ("and", "or"):
        return
    if condition.operator == "and" and any(_ties(part, own) for part in condition.operands):
        yield condition
        return
    for part in condition.operands:
        if condition.operator == "or" and _ties(part, own):
            yield part
        else:
            yield from _about_own_row(part, own)


def _ties(part: Expression, own: tuple[str, ...]) -> bool:
    """Whether a part says that the row is the caller's."""
    if not isinstance(part, Operation) or part.operator not in ("=", "in"):
        return False
    mine = [isinstance(item, Ref) and item.name in own and bool(item.path) for item in part.operands]
    others = [item for item, is_own in zip(part.operands, mine, strict=True) if not is_own]
    return any(mine) and any(map(_speaks_of_caller, others))


def _speaks_of_caller(expression: Expression) -> bool:
    spoken = False

    def visit(node: Expression) -> None:
        nonlocal spoken
        spoken = spoken or _is_caller(node)

    walk(expression, visit)
    return spoken


def _own_column(ref: Ref) -> bool:
    return bool(ref.path) and ref.name.startswith(("table:", "$row"))


def _is_caller(expression: Expression) -> bool:
    return isinstance(expression, Call) and expression.function == "current user"


def _is_role(expression: Expression) -> bool:
    if isinstance(expression, Call):
        return expression.function in ("current role", "text", "coalesce", "lower")
    parts = key(_last(expression)).split("_")
    return not data.words("names", "roles").isdisjoint(parts)


def _last(expression: Expression) -> str:
    if isinstance(expression, Ref):
        return expression.path[-1] if expression.path else expression.name.rsplit("|", 1)[-1].split("@", 1)[0]
    if isinstance(expression, Call) and expression.arguments:
        return _last(expression.arguments[-1])
    if isinstance(expression, Operation) and expression.operands:
        return _last(expression.operands[0])
    return ""
