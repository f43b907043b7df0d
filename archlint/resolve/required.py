"""Sites of conditions that must hold: bounds, words, quotas, steps, comparisons, uniqueness by looking first."""

from collections.abc import Iterator
from fractions import Fraction

from archlint import algebra
from archlint.algebra import Requirement
from archlint.model.expression import Call, Expression, Fields, Items, Operation, Ref, Text
from archlint.model.facts import Statement
from archlint.model.predicate import Columns, Predicate, Steps, Undecided, Words
from archlint.model.rule import Kind, Subject
from archlint.resolve.choices import by_case
from archlint.resolve.computed import compared_with_computation, is_of_computed, of_result
from archlint.resolve.conditions import substitute, walk
from archlint.resolve.context import Context
from archlint.resolve.draft import Draft, identifier, moved, nameless, place_of, unresolved
from archlint.resolve.flow import Place
from archlint.resolve.names import bare, key
from archlint.resolve.picked import picked
from archlint.resolve.places import converts
from archlint.resolve.reached import Reached

# A condition around the refusal is about something that nobody stores, so when it holds is not known.
_VAGUE = 0.75
# What is compared with a computation of its own siblings, and is not itself written down.
_BESIDE = 0.9
_GATED = frozenset({Kind.DOMAIN, Kind.BOUND, Kind.PRESENCE, Kind.LENGTH})

# What reads limits that stand beside a field.
_LIMITING = frozenset({"jsx", "rules", "angular", "react-hook-form"})

# How sure it is what a side of a comparison means that is no column.
_NAME_ONLY = 0.6
_PARAMETER = 0.85


class Required:
    """Makes drafts of require and clamp statements."""

    def __init__(self, context: Context, maps: frozenset[str]) -> None:
        self._context = context
        self._maps = maps
        self._vague = False
        self._range_of_computed = False

    def drafts(self, path: str, statement: Statement, index: int) -> Iterator[Draft]:
        if statement.condition is None:
            return
        condition = self._context.condition(path, statement, index)
        self._range_of_computed = statement.kind == "clamp" and is_of_computed(condition)
        if statement.kind == "clamp":
            condition = of_result(condition)
        origins = tuple(self._context.conditions.origins)
        guard = self._context.guard(path, statement.guards)
        self._vague = self._context.vague(path, statement.guards)
        steps = self._steps_guard(condition, origins)
        if steps is not None:
            yield steps
            return
        duplicate = self._existence(condition)
        if duplicate is not None:
            yield duplicate
            return
        computed = self._computed(condition)
        if computed is not None:
            yield computed
            return
        for case in by_case(condition):
            for requirement in algebra.requirements(case, statement.dialect, statement.source != "policy"):
                yield from self._requirement(path, statement, requirement, guard, origins)

    def _computed(self, condition: Expression) -> Draft | None:
        """A field that must hold what is computed here states the computation."""
        found = compared_with_computation(condition)
        predicate = self._context.formula(found[1]) if found is not None else None
        if found is None or predicate is None:
            return None
        place = (found[0].name, found[0].path)
        reached = self._context.places.columns(place)
        known = reached[0] if reached and reached[0].stored else None
        beside = self._beside(place, found[1]) if known is None or known.confidence < _BESIDE else None
        evidence: tuple[str, ...] = ("beside a written field",)
        if beside is not None:
            subject, sure = beside, _BESIDE
        elif known is not None:
            subject, sure, evidence = known.subject, known.confidence, known.evidence
        else:
            return None
        return Draft(
            kind=Kind.FORMULA,
            subject=subject,
            predicate=predicate,
            confidence=sure,
            evidence=evidence,
            place=place,
            value=found[1],
        )

    def _beside(self, place: Place, computation: Expression) -> Subject | None:
        """The column of the same name in the table that another field of the same object is written to."""
        name, members = place
        tables: set[str] = set()

        def visit(item: Expression) -> None:
            if isinstance(item, Ref) and item.name == name and item.path and item.path[:-1] == members[:-1]:
                tables.update(to.subject.entity for to in self._context.places.columns((name, item.path)) if to.stored)

        walk(computation, visit)
        if len(tables) != 1 or not members or not self._context.places.holds(min(tables), members[-1]):
            return None
        return Subject(min(tables), members[-1])

    def _requirement(
        self, path: str, statement: Statement, item: Requirement, guard: str, origins: tuple[str, ...]
    ) -> Iterator[Draft]:
        inner = [self._context.named(each) or algebra.canonical(each) for each in algebra.premises(item.guards)]
        whole = " and ".join(sorted(filter(None, [guard, *inner])))
        origin = origins[-1] if origins else ""
        quota = self._quota(item)
        if quota is not None:
            subject, scope = quota
            yield Draft(
                kind=Kind.QUOTA,
                subject=subject,
                predicate=item.predicate,
                confidence=0.92,
                evidence=("counted rows",),
                place=("", ()),
                guard=" and ".join(filter(None, [scope, whole])),
                exact=item.exact,
                origin=origin,
            )
            return
        if item.kind is Kind.COMPARISON and item.other is not None:
            if self._limited(statement, item):
                yield from self._comparison(item, whole, origin)
            return
        place = place_of(item.subject)
        if place is None:
            return
        yield from self._placed(path, place, item, whole, origin, statement)

    def _placed(
        self, path: str, place: Place, item: Requirement, guard: str, origin: str, statement: Statement
    ) -> Iterator[Draft]:
        reached = self._context.places.columns(place, item.kind is Kind.PRESENCE)
        if place[0].startswith("bucket:"):
            reached = (Reached(Subject(place[0], ".".join(place[1]) or "size"), 1.0, True, ("declared",)),)
        if not reached:
            yield nameless(item.kind, item.predicate, place, 0.5, guard=guard, exact=item.exact, origin=origin)
            return
        share = 1.0 if len(reached) <= 2 else 0.8
        for column in reached[:4]:
            computed = self._range_of_computed or column.offset or not converts(column.factor)
            written = column.stored and column.place[0].startswith("table:")
            if statement.effect == "clamp" and computed and not written:
                # A computed value that is kept in a range leaves what it is computed from as it is.
                continue
            predicate = moved(item.predicate, column)
            subject = column.subject
            if item.kind is Kind.SIZE and subject.entity.startswith("bucket:") and not subject.field:
                subject = Subject(subject.entity, "size")
            kind = item.kind
            confidence = column.confidence * share * (1.0 if item.exact else 0.75) * (_VAGUE if self._vague else 1.0)
            if kind is Kind.CONDITIONAL and isinstance(predicate.form, Undecided):
                confidence *= 0.7
            condition = guard
            if not column.stored and kind in _GATED and statement.effect != "clamp":
                # What is read back and tested is a state; what is brought into a range is still a limit.
                kind = Kind.GATE
                condition = self._context.gates.effect(path, statement.scope, statement.span, column.subject)
                confidence *= 1.0 if condition else 0.6
            yield Draft(
                kind=kind,
                subject=subject,
                predicate=predicate,
                confidence=confidence,
                evidence=column.evidence,
                place=place,
                stored=column.stored,
                guard=condition,
                exact=item.exact,
                origin=origin,
            )

    def _limited(self, statement: Statement, item: Requirement) -> bool:
        """Whether both sides are known: what limits a field need be no field itself, so its name is no answer."""
        if statement.source not in _LIMITING or statement.effect not in ("reject", "clamp"):
            return True
        sides = (place_of(item.subject), place_of(item.other) if item.other is not None else None)
        return all(side is not None and self._context.places.columns(side) for side in sides)

    def _comparison(self, item: Requirement, guard: str, origin: str) -> Iterator[Draft]:
        left, right = place_of(item.subject), place_of(item.other) if item.other is not None else None
        if left is None or right is None:
            return
        first, second = self._context.places.columns(left), self._context.places.columns(right)
        evidence: tuple[str, ...] = ("name only",)
        if not first and not second:
            subject = unresolved(left)
            names = (subject.field, unresolved(right).field)
            confidence, stored = 0.45, True
        else:
            a = first[0] if first else None
            b = second[0] if second else None
            entity = a.subject.entity if a else b.subject.entity if b else ""
            names = (
                self._side(a, left, entity),
                self._side(b, right, entity),
            )
            subject = Subject(entity, "")
            confidence = min(self._sure(a, left), self._sure(b, right))
            best = a or b
            evidence = best.evidence if best else ()
            stored = (a.stored if a else True) or (b.stored if b else True)
        fields = ", ".join(sorted(set(names)))
        if names[0] == names[1]:
            if "trigger" not in evidence:
                # Two values were followed to one field and mixed up; only a trigger has a row twice.
                return
            names = (_of_its_row(names[0], left), _of_its_row(names[1], right))
        offset, unit = self._in_days(item, first, second)
        predicate = algebra.comparison(names[0], item.operator, names[1], offset, unit)
        yield Draft(
            kind=Kind.COMPARISON,
            subject=Subject(subject.entity, fields),
            predicate=predicate,
            confidence=confidence,
            evidence=evidence,
            place=left,
            stored=stored,
            guard=guard,
            exact=item.exact,
            origin=origin,
        )

    def _in_days(self, item: Requirement, first: tuple[Reached, ...], second: tuple[Reached, ...]) -> tuple[str, str]:
        """A bare number added to a date counts days."""
        dates = [bool(found) and self._context.type_of(found[0].subject) == "date" for found in (first, second)]
        if item.unit or item.offset == "0" or not all(dates):
            return item.offset, item.unit
        return str(Fraction(item.offset) * 86400), "seconds"

    def _sure(self, reached: Reached | None, place: Place) -> float:
        """How sure it is what a side means; a routine's parameter is a name of its interface."""
        if reached is not None:
            return reached.confidence
        path, _, name = place[0].partition("|")
        facts = self._context.program.files.get(path)
        scope = name.rpartition("@")[2]
        function = self._context.program.scopes.get((path, int(scope))) if facts and scope.isdecimal() else None
        given = function is not None and not place[1] and name in function.parameters
        return _PARAMETER if given and facts is not None and facts.language == "postgresql" else _NAME_ONLY

    def _side(self, reached: Reached | None, place: Place, entity: str) -> str:
        if reached is None:
            return bare(place[1][-1] if place[1] else identifier(place[0]))
        return reached.subject.field if reached.subject.entity == entity else str(reached.subject)

    def _quota(self, item: Requirement) -> tuple[Subject, str] | None:
        if not (isinstance(item.subject, Call) and item.subject.function == "count" and item.subject.arguments):
            return None
        row = item.subject.arguments[0]
        found = self._context.row_access(row)
        if found is None:
            return None
        path, access = found
        table = self._context.program.access_table(path, access)
        if table is None:
            return None
        columns: set[str] = set()

        def visit(node: Expression) -> None:
            if isinstance(node, Operation) and node.operator in ("=", "!=", "in") and isinstance(node.operands[0], Ref):
                name, other = node.operands[0], node.operands[1]
                literal = algebra.canonical(other) if isinstance(other, (Text, Items)) else ""
                if _own(name, table):
                    columns.add(f"{key(name.path[0])} {node.operator} {literal}" if literal else key(name.path[0]))
            elif (
                isinstance(node, Ref)
                and _own(node, table)
                and not any(item.split(" ", 1)[0] == key(node.path[0]) for item in columns)
            ):
                columns.add(key(node.path[0]))

        if access.where is not None:
            walk(self._context.program.globalised(path, access.where), visit)
        return Subject(table, "count"), "per " + ", ".join(sorted(columns)) if columns else ""

    def _steps_guard(self, condition: Expression, origins: tuple[str, ...]) -> Draft | None:
        found: list[tuple[Fields, Expression, Expression]] = []

        def visit(node: Expression) -> None:
            if isinstance(node, Operation) and node.operator == "in" and len(node.operands) == 2:
                inner = node.operands[1]
                if isinstance(inner, Operation) and inner.operator in ("lookup", "coalesce", "fallback"):
                    if inner.operator != "lookup":
                        inner = inner.operands[0]
                    if (
                        isinstance(inner, Operation)
                        and inner.operator == "lookup"
                        and isinstance(inner.operands[0], Fields)
                    ):
                        found.append((inner.operands[0], inner.operands[1], node.operands[0]))

        walk(condition, visit)
        if not found:
            return None
        table, before, after = found[0]
        edges = _edges(table)
        if edges is None:
            return None
        origin = next((name for name in reversed(origins) if name in self._maps), "")
        for side in (before, after):
            place = place_of(side)
            reached = self._context.places.columns(place) if place else ()
            if place and reached:
                return Draft(
                    kind=Kind.TRANSITION,
                    subject=reached[0].subject,
                    predicate=Predicate(Steps(edges)),
                    confidence=reached[0].confidence,
                    evidence=reached[0].evidence,
                    place=place,
                    origin=origin,
                )
        return None

    def _existence(self, condition: Expression) -> Draft | None:
        """`if a row with the same value exists: refuse` is a uniqueness rule."""
        if not (isinstance(condition, Operation) and condition.operator == "not"):
            return None
        inner = condition.operands[0]
        if isinstance(inner, Operation) and inner.operator in ("exists", "truthy"):
            inner = inner.operands[0]
        if not (isinstance(inner, Ref) and "|" in inner.name):
            return None
        row = inner if "|row:" in inner.name else self._row_behind(inner)
        found = self._context.row_access(row) if row is not None else None
        if found is None or found[1].kind != "select" or found[1].aggregate:
            return None
        path, access = found
        table = self._context.program.access_table(path, access)
        if table is None or access.where is None:
            return None
        where = self._context.conditions.settle(self._context.program.globalised(path, access.where))
        columns, rest = _compared(where, table)
        rest = [test for test in rest if not _another(test)]
        # Which rows count decides what is unique: a condition that cannot be named must not be dropped.
        partial = self._partial(rest, table)
        if partial is None or not columns or any(name in ("id", "lower(id)") for name in columns):
            return None
        return Draft(
            kind=Kind.UNIQUE,
            subject=Subject(table, ", ".join(sorted(c.removeprefix("lower(").removesuffix(")") for c in columns))),
            predicate=Predicate(Columns(tuple(sorted(columns)), partial)),
            confidence=0.9,
            evidence=("looked up before writing",),
            place=(inner.name, inner.path),
        )

    def _partial(self, rest: list[Expression], table: str) -> str | None:
        """The condition of a partial uniqueness in the words of an index: empty for none, None where it has no name."""
        if not rest:
            return ""
        whole = rest[0] if len(rest) == 1 else Operation("and", tuple(rest))
        return self._context.named(substitute(whole, {"$row": Ref(f"table:{table}")})) or None

    def _row_behind(self, ref: Ref) -> Ref | None:
        if ref.path:
            return None
        found = self._context.program.constants.get(ref.name)
        if found is None:
            return None
        value = self._context.program.globalised(*found)
        return value if isinstance(value, Ref) and "|row:" in value.name and not value.path else None

    def word_sets(self, path: str, statement: Statement) -> Iterator[Draft]:
        """A set of words that code picks rows or cases by: open statuses, cancellable ones."""
        if statement.condition is None or statement.source in ("check", "enum", "type"):
            return
        condition = self._context.conditions.value(path, statement.condition)
        named = self._named_sets(path, statement.condition)
        for place, words in picked(condition):
            for column in self._context.places.columns(place)[:2]:
                yield Draft(
                    kind=Kind.WORDS,
                    subject=column.subject,
                    predicate=Predicate(Words(words)),
                    confidence=column.confidence,
                    evidence=column.evidence,
                    place=place,
                    stored=False,
                    guard=" ".join(words),
                    origin=named.get(words, ""),
                )

    def _named_sets(self, path: str, condition: Expression) -> dict[tuple[str, ...], str]:
        """The constants of a condition that hold words, by their words."""
        program = self._context.program
        found: dict[tuple[str, ...], str] = {}

        def visit(node: Expression) -> None:
            if isinstance(node, Ref) and node.name in program.declared and not node.path:
                value = self._context.conditions.settle(node)
                if isinstance(value, Items):
                    words = tuple(sorted({item.value for item in value.items if isinstance(item, Text)}))
                    found.setdefault(words, node.name)

        walk(program.globalised(path, condition), visit)
        return found


def _of_its_row(field: str, place: Place) -> str:
    """The name of a trigger's column, which the reader must be able to tell from what the column was."""
    return f"old {field}" if identifier(place[0]) == "old" else field


def _own(node: Expression, table: str) -> bool:
    return isinstance(node, Ref) and node.name in ("$row", f"table:{table}") and bool(node.path)


def _compared(where: Expression, table: str) -> tuple[set[str], list[Expression]]:
    """The columns that a search compares with given values, and what else it asks of a row.

    That a row is not the one at hand (`id <> …`) is no condition of its own.
    """
    columns: set[str] = set()
    rest: list[Expression] = []
    stack = [where]
    while stack:
        node = stack.pop()
        if isinstance(node, Operation) and node.operator == "and":
            stack.extend(reversed(node.operands))
            continue
        column = _given(node, table)
        if column:
            columns.add(column)
        elif not _another_row(node, table):
            rest.append(node)
    return columns, rest


def _given(node: Expression, table: str) -> str:
    """The column that an equality compares with a value from outside the row."""
    if not isinstance(node, Operation) or len(node.operands) != 2:
        return ""
    left, right = node.operands
    if node.operator == "matches" and isinstance(left, Ref) and _own(left, table):
        return f"lower({left.path[0]})"
    if node.operator != "=" or not isinstance(right, (Ref, Call)) or _own(right, table):
        return ""
    if isinstance(left, Ref) and _own(left, table):
        return left.path[0]
    if isinstance(left, Call) and left.function == "lower" and left.arguments:
        inner = left.arguments[0]
        return f"lower({inner.path[0]})" if isinstance(inner, Ref) and _own(inner, table) else ""
    return ""


def _another_row(node: Expression, table: str) -> bool:
    return (
        isinstance(node, Operation)
        and node.operator in ("!=", "distinct")
        and isinstance(node.operands[0], Ref)
        and _own(node.operands[0], table)
        and node.operands[0].path[0] == "id"
    )


def _edges(table: Fields) -> tuple[tuple[str, str], ...] | None:
    edges = []
    for before, after in table.entries:
        if isinstance(after, Call) and after.arguments:
            after = after.arguments[0]
        if not isinstance(after, Items):
            return None
        for item in after.items:
            if not isinstance(item, Text):
                return None
            edges.append((before, item.value))
    return tuple(sorted(edges))


def _another(test: Expression) -> bool:
    """`id != order.id`: the row is another one than this."""
    if isinstance(test, Operation) and test.operator == "not":
        inner = test.operands[0]
        return isinstance(inner, Operation) and inner.operator == "=" and _with_row(inner)
    return isinstance(test, Operation) and test.operator == "!=" and _with_row(test)


def _with_row(test: Operation) -> bool:
    own = [isinstance(side, Ref) and side.name == "$row" for side in test.operands]
    return own in ([True, False], [False, True]) and all(isinstance(side, Ref) for side in test.operands)
