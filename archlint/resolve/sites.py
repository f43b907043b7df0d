"""Statements become sites: a normal form, a subject, a layer and a confidence."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

import msgspec

from archlint import algebra
from archlint.algebra import Requirement
from archlint.model.expression import Boolean, Call, Expression, Fields, Items, Operation, Ref, Text
from archlint.model.facts import FileFacts, Statement
from archlint.model.predicate import Anything, Columns, Constant, Predicate, Steps, Undecided, Words
from archlint.model.rule import Kind, Site, Subject
from archlint.model.source import Layer
from archlint.resolve.conditions import Conditions, walk
from archlint.resolve.flow import Place, sources
from archlint.resolve.names import bare, key, noun
from archlint.resolve.places import Places, Reached
from archlint.resolve.symbols import Program

_DATABASE_SOURCES = {"policy": Layer.POLICY}
_STATEMENT_KINDS = frozenset(
    {"require", "values", "offer", "default", "derive", "classify", "transition", "clamp", "unique", "immutable", "optional"}
)
_GATED = frozenset({Kind.DOMAIN, Kind.BOUND, Kind.PRESENCE, Kind.LENGTH})


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A site that has everything but its number."""

    kind: Kind
    subject: Subject
    predicate: Predicate
    confidence: float
    evidence: tuple[str, ...]
    place: Place
    stored: bool = True
    guard: str = ""
    exact: bool = True
    value: Expression | None = None
    origin: str = ""


class SiteBuilder:
    """Builds the sites of all statements in force, and apart from them those of superseded ones."""

    def __init__(
        self, program: Program, places: Places, conditions: Conditions, layers: Mapping[str, Layer], uses: Mapping[str, frozenset[Layer]]
    ) -> None:
        self._program = program
        self._places = places
        self._conditions = conditions
        self._layers = layers
        self._uses = uses
        self._domains = _domain_statements(program)
        self._triggers = _trigger_scopes(program)
        self._maps: dict[str, tuple[str, Statement]] = {}
        self.places_of: dict[int, Place] = {}
        self.statement_of: dict[int, tuple[str, int]] = {}
        self._next = 0
        for path, facts in program.files.items():
            for statement in facts.statements:
                if statement.kind == "transition" and isinstance(statement.subject, Ref):
                    self._maps[program.name(path, statement.subject.name)] = (path, statement)

    def build(self) -> tuple[list[Site], list[Site]]:
        """All sites: those in force, and those lost."""
        live: list[Site] = []
        mirrors = set(self._program.schema.mirrors)
        for path, facts in self._program.files.items():
            if path in mirrors:
                continue
            standing = self._program.schema.live.get(path)
            for index, statement in enumerate(facts.statements):
                if standing is None or index in standing:
                    live.extend(self._sites(path, facts, index, statement))
        live.extend(self._enumerations())
        lost = []
        for gone in self._program.schema.superseded:
            facts = self._program.files.get(gone.path)
            if facts is None or gone.path in mirrors:
                continue
            for index in gone.statements:
                if index < len(facts.statements):
                    lost.extend(self._sites(gone.path, facts, index, facts.statements[index]))
        return live, lost

    # One statement -----------------------------------------------------------------------------------------

    def _sites(self, path: str, facts: FileFacts, index: int, statement: Statement) -> Iterator[Site]:
        if statement.kind not in _STATEMENT_KINDS:
            return
        try:
            drafts = list(self._drafts(path, statement, index))
        except RecursionError:
            return
        for draft in drafts:
            where, source = self._location(path, statement, draft)
            yield self._site(where, source, index, draft)

    def _location(self, path: str, statement: Statement, draft: Draft) -> tuple[str, Statement]:
        if draft.kind is Kind.TRANSITION and draft.origin in self._maps:
            return self._maps[draft.origin]
        return path, statement

    def _site(self, path: str, statement: Statement, index: int, draft: Draft) -> Site:
        self._next += 1
        number = self._next
        self.places_of[number] = draft.place
        self.statement_of[number] = (path, index)
        layer, enforced = self._layer(path, statement, draft)
        aspect = "length" if draft.kind is Kind.LENGTH else "value"
        return Site(
            id=number,
            path=path,
            span=statement.span,
            layer=layer,
            kind=draft.kind,
            subject=draft.subject,
            symbol=statement.symbol,
            text=statement.text,
            normal=algebra.describe(draft.predicate, aspect),
            predicate=draft.predicate,
            effect=statement.effect,
            strength=statement.strength,
            operation=statement.operation,
            confidence=round(draft.confidence, 3),
            evidence=draft.evidence,
            origin=draft.origin,
            guard=draft.guard,
            message=statement.message,
            dialect=statement.dialect,
            library=statement.source,
            exact=draft.exact,
            value=draft.value,
            enforced=enforced,
            place=f"{draft.place[0]}.{'.'.join(draft.place[1])}",
            stored=draft.stored,
        )

    def _layer(self, path: str, statement: Statement, draft: Draft) -> tuple[Layer, tuple[Layer, ...]]:
        layer = self._layers.get(path, Layer.SHARED)
        if self._program.files[path].language == "postgresql":
            if statement.source == "policy":
                return Layer.POLICY, ()
            return (Layer.TRIGGER if (path, statement.scope) in self._triggers else Layer.DATABASE), ()
        used = self._uses.get(draft.place[0]) or self._uses.get(f"file:{path}") or frozenset()
        if layer is Layer.SHARED:
            if len(used) == 1:
                return next(iter(used)), tuple(used)
            return (Layer.CONTRACT if used else Layer.SHARED), tuple(sorted(used))
        return layer, tuple(sorted(used))

    def _drafts(self, path: str, statement: Statement, index: int) -> Iterator[Draft]:
        if statement.kind in ("require", "clamp"):
            yield from self._required(path, statement, index)
        elif statement.kind in ("values", "offer"):
            yield from self._values(path, statement)
        elif statement.kind == "default":
            yield from self._default(path, statement)
        elif statement.kind == "derive":
            yield from self._derived(path, statement)
        elif statement.kind == "classify":
            yield from self._classified(path, statement)
        elif statement.kind == "transition":
            yield from self._transition(path, statement)
        elif statement.kind == "unique":
            yield from self._unique(path, statement)
        elif statement.kind in ("immutable", "optional"):
            yield from self._plain(path, statement)

    # Required conditions -------------------------------------------------------------------------------------

    def _required(self, path: str, statement: Statement, index: int) -> Iterator[Draft]:
        if statement.condition is None:
            return
        condition = self._condition(path, statement, index)
        origins = tuple(self._conditions.origins)
        guard = self._guard(path, statement.guards)
        steps = self._steps_guard(condition, origins)
        if steps is not None:
            yield steps
            return
        duplicate = self._existence(condition)
        if duplicate is not None:
            yield duplicate
            return
        for requirement in algebra.requirements(condition, statement.dialect, statement.source != "policy"):
            yield from self._requirement(path, statement, requirement, guard, origins)

    def _condition(self, path: str, statement: Statement, index: int) -> Expression:
        condition = self._conditions.value(path, statement.condition) if statement.condition is not None else Boolean(True)
        domain = self._domains.get((path, index))
        if domain:
            from archlint.resolve.conditions import substitute

            condition = substitute(condition, {"$value": Ref(f"domain:{domain}")})
        return condition

    def _guard(self, path: str, guards: tuple[Expression, ...]) -> str:
        parts = []
        for guard in guards:
            settled = self._conditions.settle(self._program.globalised(path, guard))
            text = self._named(settled)
            if text:
                parts.append(text)
        return " and ".join(sorted(parts))

    def _named(self, expression: Expression) -> str:
        """A guard's canonical text over columns; empty where it speaks of nothing that is stored."""
        stored = False

        def rename(item: Expression) -> Expression:
            nonlocal stored
            if isinstance(item, Ref):
                reached = self._places.columns((item.name, item.path))
                if reached and reached[0].confidence >= 0.6:
                    stored = True
                    return Ref(str(reached[0].subject))
                return Ref(bare(item.path[-1] if item.path else _identifier(item.name)))
            if isinstance(item, Operation):
                return Operation(item.operator, tuple(rename(operand) for operand in item.operands))
            if isinstance(item, Call):
                return Call(item.function, tuple(rename(argument) for argument in item.arguments), None)
            return item

        renamed = rename(expression)
        return algebra.canonical(renamed) if stored else ""

    def _requirement(
        self, path: str, statement: Statement, item: Requirement, guard: str, origins: tuple[str, ...]
    ) -> Iterator[Draft]:
        inner = [self._named(each) or algebra.canonical(each) for each in item.guards]
        whole = " and ".join(sorted(filter(None, [guard, *inner])))
        origin = origins[-1] if origins else ""
        quota = self._quota(item)
        if quota is not None:
            subject, scope = quota
            yield Draft(
                kind=Kind.QUOTA, subject=subject, predicate=item.predicate, confidence=0.92, evidence=("counted rows",),
                place=("", ()), guard=scope, exact=item.exact, origin=origin,
            )  # fmt: skip
            return
        if item.kind is Kind.COMPARISON and item.other is not None:
            yield from self._comparison(item, whole, origin)
            return
        place = _place(item.subject)
        if place is None:
            return
        yield from self._placed(place, item, whole, origin, statement)

    def _placed(
        self, place: Place, item: Requirement, guard: str, origin: str, statement: Statement
    ) -> Iterator[Draft]:
        reached = self._places.columns(place, item.kind is Kind.PRESENCE)
        if place[0].startswith("bucket:"):
            reached = (Reached(Subject(place[0], ".".join(place[1]) or "size"), 1.0, True, ("declared",)),)
        if not reached:
            yield Draft(
                kind=item.kind, subject=self._unresolved(place), predicate=item.predicate, confidence=0.5,
                evidence=("name only",), place=place, guard=guard, exact=item.exact, origin=origin,
            )  # fmt: skip
            return
        share = 1.0 if len(reached) <= 2 else 0.8
        for column in reached[:4]:
            predicate = _moved(item.predicate, column)
            kind = item.kind
            confidence = column.confidence * share * (1.0 if item.exact else 0.75)
            if kind is Kind.CONDITIONAL and isinstance(predicate.form, Undecided):
                confidence *= 0.7
            if not column.stored and kind in _GATED:
                kind = Kind.GATE
            yield Draft(
                kind=kind, subject=column.subject, predicate=predicate, confidence=confidence,
                evidence=column.evidence, place=place, stored=column.stored, guard=guard, exact=item.exact, origin=origin,
            )  # fmt: skip

    def _unresolved(self, place: Place) -> Subject:
        name, members = place
        owner = _identifier(name)
        if members:
            return Subject(f"~{noun(owner) or key(owner)}", key(members[-1]))
        return Subject("~", bare(owner))

    def _comparison(self, item: Requirement, guard: str, origin: str) -> Iterator[Draft]:
        left, right = _place(item.subject), _place(item.other) if item.other is not None else None
        if left is None or right is None:
            return
        first, second = self._places.columns(left), self._places.columns(right)
        if not first and not second:
            subject = self._unresolved(left)
            names = (subject.field, self._unresolved(right).field)
            confidence, evidence, stored = 0.45, ("name only",), True
        else:
            a = first[0] if first else None
            b = second[0] if second else None
            entity = a.subject.entity if a else b.subject.entity if b else ""
            names = (
                self._side(a, left, entity),
                self._side(b, right, entity),
            )
            subject = Subject(entity, "")
            confidence = min(a.confidence if a else 0.6, b.confidence if b else 0.6)
            evidence = (a or b).evidence if (a or b) else ()  # type: ignore[union-attr]
            stored = (a.stored if a else True) or (b.stored if b else True)
        predicate = algebra.comparison(names[0], item.operator, names[1], item.offset, item.unit)
        yield Draft(
            kind=Kind.COMPARISON, subject=Subject(subject.entity, ", ".join(sorted(names))), predicate=predicate,
            confidence=confidence, evidence=evidence, place=left, stored=stored, guard=guard, exact=item.exact, origin=origin,
        )  # fmt: skip

    def _side(self, reached: Reached | None, place: Place, entity: str) -> str:
        if reached is None:
            return bare(place[1][-1] if place[1] else _identifier(place[0]))
        return reached.subject.field if reached.subject.entity == entity else str(reached.subject)

    def _quota(self, item: Requirement) -> tuple[Subject, str] | None:
        if not (isinstance(item.subject, Call) and item.subject.function == "count" and item.subject.arguments):
            return None
        row = item.subject.arguments[0]
        found = self.row_access(row)
        if found is None:
            return None
        path, access = found
        table = self._program.access_table(path, access)
        if table is None:
            return None
        columns: set[str] = set()
        if access.where is not None:
            walk(
                self._program.globalised(path, access.where),
                lambda node: columns.add(key(node.path[0])) if _own(node, table) else None,  # type: ignore[union-attr]
            )
        return Subject(table, "count"), "per " + ", ".join(sorted(columns)) if columns else ""

    def row_access(self, row: Expression):  # type: ignore[no-untyped-def]
        """The access whose result a (global) reference names."""
        if not isinstance(row, Ref) or "|row:" not in row.name:
            return None
        path, _, number = row.name.partition("|row:")
        facts = self._program.files.get(path)
        if facts is None or int(number) >= len(facts.accesses):
            return None
        return path, facts.accesses[int(number)]

    def _steps_guard(self, condition: Expression, origins: tuple[str, ...]) -> Draft | None:
        found: list[tuple[Fields, Expression, Expression]] = []

        def visit(node: Expression) -> None:
            if isinstance(node, Operation) and node.operator == "in" and len(node.operands) == 2:
                inner = node.operands[1]
                if isinstance(inner, Operation) and inner.operator in ("lookup", "coalesce", "fallback"):
                    if inner.operator != "lookup":
                        inner = inner.operands[0]
                    if isinstance(inner, Operation) and inner.operator == "lookup" and isinstance(inner.operands[0], Fields):
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
            place = _place(side)
            reached = self._places.columns(place) if place else ()
            if place and reached:
                return Draft(
                    kind=Kind.TRANSITION, subject=reached[0].subject, predicate=Predicate(Steps(edges)),
                    confidence=reached[0].confidence, evidence=reached[0].evidence, place=place, origin=origin,
                )  # fmt: skip
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
        found = self.row_access(row) if row is not None else None
        if found is None or found[1].kind != "select" or found[1].where is None or found[1].aggregate:
            return None
        path, access = found
        table = self._program.access_table(path, access)
        if table is None:
            return None
        columns = _compared(self._program.globalised(path, access.where), table)
        if not columns or any(name in ("id", "lower(id)") for name in columns):
            return None
        return Draft(
            kind=Kind.UNIQUE, subject=Subject(table, ", ".join(sorted(c.removeprefix("lower(").removesuffix(")") for c in columns))),
            predicate=Predicate(Columns(tuple(sorted(columns)))), confidence=0.9, evidence=("looked up before writing",),
            place=(inner.name, inner.path),
        )  # fmt: skip

    def _row_behind(self, ref: Ref) -> Ref | None:
        if ref.path:
            return None
        found = self._program.constants.get(ref.name)
        if found is None:
            return None
        value = self._program.globalised(*found)
        return value if isinstance(value, Ref) and "|row:" in value.name and not value.path else None

    # Other kinds -----------------------------------------------------------------------------------------------

    def _subjects(self, path: str, expression: Expression | None) -> tuple[Place | None, tuple[Reached, ...]]:
        if expression is None:
            return None, ()
        settled = self._program.globalised(path, expression)
        if isinstance(settled, Call) and settled.function == "environment" and settled.arguments:
            name = settled.arguments[0]
            if isinstance(name, Text):
                place = (f"environment:{name.value}", ())
                return place, (Reached(Subject("environment", name.value), 0.95, True, ("environment variable",), place=place),)
        for item in sources(settled):
            return item.place, self._places.columns(item.place)
        return None, ()

    def _values(self, path: str, statement: Statement) -> Iterator[Draft]:
        if statement.condition is None or statement.subject is None:
            return
        predicate = algebra.words(self._conditions.value(path, statement.condition))
        place, reached = self._subjects(path, statement.subject)
        if predicate is None or place is None:
            return
        if place[0].startswith("type:") and self._program.files[path].language == "postgresql":
            return
        if not reached and place[0].startswith("bucket:"):
            reached = (Reached(Subject(place[0], ".".join(place[1])), 1.0, True, ("declared",)),)
        factor = 0.97 if statement.kind == "values" else 0.9
        for column in reached[:6]:
            yield Draft(
                kind=Kind.DOMAIN, subject=column.subject, predicate=predicate, confidence=column.confidence * factor,
                evidence=column.evidence, place=place, stored=column.stored,
            )  # fmt: skip
        if not reached:
            yield Draft(
                kind=Kind.DOMAIN, subject=self._unresolved(place), predicate=predicate, confidence=0.5,
                evidence=("name only",), place=place,
            )  # fmt: skip

    def _default(self, path: str, statement: Statement) -> Iterator[Draft]:
        if statement.value is None:
            return
        value = self._conditions.value(path, statement.value)
        constant = algebra.constant(value)
        if constant is None:
            return
        place, reached = self._subjects(path, statement.subject)
        if place is None:
            return
        predicate = Predicate(Constant(constant.value, constant.of, constant.unit))
        origin = self._conditions.origins[-1] if self._conditions.origins else ""
        for column in reached[:3]:
            shown = _moved_constant(predicate, column)
            yield Draft(
                kind=Kind.DEFAULT, subject=column.subject, predicate=shown, confidence=column.confidence,
                evidence=column.evidence, place=place, stored=column.stored, value=value, origin=origin,
            )  # fmt: skip
        if not reached:
            yield Draft(
                kind=Kind.DEFAULT, subject=self._unresolved(place), predicate=predicate, confidence=0.6,
                evidence=("name only",), place=place, value=value, origin=origin,
            )  # fmt: skip

    def _derived(self, path: str, statement: Statement) -> Iterator[Draft]:
        if statement.value is None or statement.subject is None:
            return
        value = self._conditions.value(path, statement.value)
        predicate = algebra.formula(value, self._leaf)
        if predicate is None:
            return
        place, reached = self._subjects(path, statement.subject)
        if place is None:
            return
        best = reached[0] if reached and reached[0].stored else None
        subject = best.subject if best else Subject("~", bare(place[1][-1] if place[1] else _identifier(place[0])))
        yield Draft(
            kind=Kind.FORMULA, subject=subject, predicate=predicate, confidence=best.confidence if best else 0.8,
            evidence=best.evidence if best else ("named",), place=place, value=value,
        )  # fmt: skip

    def _leaf(self, expression: Expression) -> str:
        place = _place(expression)
        if place is None:
            return algebra.canonical(expression)
        reached = self._places.columns(place)
        if reached and reached[0].confidence >= 0.7:
            return key(reached[0].subject.field)
        return bare(place[1][-1] if place[1] else _identifier(place[0]))

    def _classified(self, path: str, statement: Statement) -> Iterator[Draft]:
        cases = [
            (self._conditions.value(path, condition), self._conditions.value(path, label))
            for condition, label in statement.cases
        ]
        found = algebra.partition(cases)
        if found is None:
            return
        subject, predicate = found
        place = _place(subject)
        if place is None:
            return
        reached = self._places.columns(place)
        target_place, target = self._subjects(path, statement.value or statement.subject)
        guard = key(target[0].subject.field) if target else ""
        del target_place
        for column in reached[:2]:
            yield Draft(
                kind=Kind.CLASSIFICATION, subject=column.subject, predicate=predicate, confidence=column.confidence,
                evidence=column.evidence, place=place, stored=column.stored,
            )  # fmt: skip
        if not reached:
            yield Draft(
                kind=Kind.CLASSIFICATION, subject=self._unresolved(place), predicate=predicate, confidence=0.55,
                evidence=("name only",), place=place, guard=guard,
            )  # fmt: skip

    def _transition(self, path: str, statement: Statement) -> Iterator[Draft]:
        if self._program.files[path].language != "postgresql" or statement.subject is None:
            return
        place, reached = self._subjects(path, statement.subject)
        if place is None or not reached:
            return
        yield Draft(
            kind=Kind.TRANSITION, subject=reached[0].subject, predicate=Predicate(Steps(tuple(sorted(statement.edges)))),
            confidence=reached[0].confidence, evidence=reached[0].evidence, place=place,
        )  # fmt: skip

    def _unique(self, path: str, statement: Statement) -> Iterator[Draft]:
        names: list[str] = []
        table = ""
        for column in statement.columns:
            settled = self._program.globalised(path, column)
            lowered = isinstance(settled, Call) and settled.function == "lower"
            inner = settled.arguments[0] if isinstance(settled, Call) and settled.arguments else settled
            if not isinstance(inner, Ref) or not inner.name.startswith("table:") or not inner.path:
                return
            table = inner.name[6:]
            names.append(f"lower({inner.path[0]})" if lowered else inner.path[0])
        if not table:
            return
        partial = self._named(self._conditions.value(path, statement.condition)) if statement.condition is not None else ""
        field = ", ".join(sorted(name.removeprefix("lower(").removesuffix(")") for name in names))
        yield Draft(
            kind=Kind.UNIQUE, subject=Subject(table, field), predicate=Predicate(Columns(tuple(sorted(names)), partial)),
            confidence=1.0, evidence=("declared",), place=(f"table:{table}", ()),
        )  # fmt: skip

    def _plain(self, path: str, statement: Statement) -> Iterator[Draft]:
        place, reached = self._subjects(path, statement.subject)
        if place is None:
            return
        kind = Kind.IMMUTABILITY if statement.kind == "immutable" else Kind.PRESENCE
        predicate = Predicate(Anything(), "pass" if kind is Kind.PRESENCE else "unknown")
        condition = self._named(self._conditions.value(path, statement.condition)) if statement.condition is not None else ""
        for column in reached[:3]:
            if kind is Kind.PRESENCE and not column.presence:
                continue
            yield Draft(
                kind=kind, subject=column.subject, predicate=predicate, confidence=column.confidence,
                evidence=column.evidence, place=place, stored=column.stored, guard=condition,
            )  # fmt: skip

    def _enumerations(self) -> Iterator[Site]:
        """The enum types in force, one site per column that has the type."""
        schema = self._program.schema
        for name, enum in schema.enums.items():
            if not enum.places:
                continue
            path, span = enum.places[0]
            statement = Statement(
                kind="values", span=span, text=f"enum {name} ({', '.join(enum.words)})", symbol=name, source="enum"
            )
            predicate = Predicate(Words(tuple(sorted(enum.words))))
            for column in self._places.columns((f"type:{name}", ())):
                draft = Draft(
                    kind=Kind.DOMAIN, subject=column.subject, predicate=predicate, confidence=0.99,
                    evidence=("column type",), place=(f"type:{name}", ()),
                )  # fmt: skip
                if path in self._program.files:
                    yield self._site(path, statement, -1, draft)


def _identifier(name: str) -> str:
    return name.rsplit("|", 1)[-1].split("@", 1)[0].removeprefix("ret:")


def _place(expression: Expression | None) -> Place | None:
    if isinstance(expression, Ref):
        return expression.name, expression.path
    if isinstance(expression, Call) and expression.callee is None and expression.arguments:
        return _place(expression.arguments[0]) if expression.function in ("length", "size", "count", "number", "text") else None
    return None


def _moved(predicate: Predicate, column: Reached) -> Predicate:
    if column.factor == 1 and column.offset == 0:
        return predicate
    return algebra.transform(predicate, str(column.factor), str(column.offset))


def _moved_constant(predicate: Predicate, column: Reached) -> Predicate:
    form = predicate.form
    if column.factor == 1 and column.offset == 0 or not isinstance(form, Constant) or form.of != "number":
        return predicate
    value = Fraction(form.value) * column.factor + column.offset
    text = str(value.numerator) if value.denominator == 1 else str(float(value))
    return Predicate(Constant(text, "number", form.unit))


def _own(node: Expression, table: str) -> bool:
    return isinstance(node, Ref) and node.name in ("$row", f"table:{table}") and bool(node.path)


def _compared(where: Expression, table: str) -> set[str]:
    columns: set[str] = set()
    stack = [where]
    while stack:
        node = stack.pop()
        if isinstance(node, Operation) and node.operator == "and":
            stack.extend(node.operands)
        elif isinstance(node, Operation) and node.operator in ("=", "matches") and _own(node.operands[0], table):
            name = node.operands[0].path[0]  # type: ignore[union-attr]
            if isinstance(node.operands[1], (Ref, Call)) or node.operator == "matches":
                columns.add(f"lower({name})" if node.operator == "matches" else name)
        elif isinstance(node, Operation) and node.operator == "=" and isinstance(node.operands[0], Call):
            inner = node.operands[0]
            if inner.function == "lower" and inner.arguments and _own(inner.arguments[0], table):
                columns.add(f"lower({inner.arguments[0].path[0]})")  # type: ignore[union-attr]
    return columns


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


def _domain_statements(program: Program) -> dict[tuple[str, int], str]:
    return {
        (domain.path, index): name
        for name, domain in program.schema.domains.items()
        for constraint in domain.constraints
        for index in constraint.statements
    }


def _trigger_scopes(program: Program) -> frozenset[tuple[str, int]]:
    return frozenset((routine.path, routine.scope) for routine in program.schema.routines)
