"""Who writes, reads and compares what: write paths, read paths and the literals that meet a field."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from archlint.model.expression import Call, Expression, Fields, Items, Operation, Ref, Text
from archlint.model.facts import Access, FileFacts, Statement
from archlint.model.graph import Edge, ReadPath, SqlText, Word, WritePath
from archlint.model.rule import Subject
from archlint.model.schema import CLIENT_ROLES
from archlint.model.source import Layer, Span
from archlint.resolve.calls import Calls, Function
from archlint.resolve.clients import of_one_table
from archlint.resolve.clients import rights as rights_of
from archlint.resolve.conditions import Conditions, literals, walk
from archlint.resolve.counting import Counting
from archlint.resolve.flow import FlowGraph, Place, sources
from archlint.resolve.names import bare
from archlint.resolve.places import Places
from archlint.resolve.routes import Routes
from archlint.resolve.symbols import Program

_TRANSLATED = 0.7
# A map of labels may serve several tables.
_MAPPED = 0.85
Column = Callable[[str], str]
_WRITES = frozenset({"insert", "update", "upsert", "delete"})
_OF_SCHEMAS = frozenset({"require", "optional", "values", "default"})
# Statements from here speak of some members of a value; that they are all nobody says.
_OF_PARTS = frozenset({"", "type", "jsx", "check", "guard", "fallback", "parameter", "widget", "model"})


class Accesses:
    """Reads the accesses of all files against the schema."""

    def __init__(
        self,
        program: Program,
        flow: FlowGraph,
        places: Places,
        conditions: Conditions,
        routes: Routes,
        layers: Mapping[str, Layer],
        calls: Calls,
    ) -> None:
        self._program = program
        self._calls = calls
        self._flow = flow
        self._places = places
        self._conditions = conditions
        self._routes = routes
        self._layers = layers
        self._triggers = frozenset((routine.path, routine.scope) for routine in program.schema.routines)
        self._translations: dict[tuple[str, int], frozenset[Place]] = {}
        self._definers = {(r.path, r.scope): r for r in program.schema.routines}
        self._given = _given_names(program)
        self._closed = _closed_routines(program)
        self._counting = Counting(places)

    def each(self) -> Iterator[tuple[str, FileFacts, int, Access]]:
        """The accesses in force."""
        for path, facts in self._program.files.items():
            for index, access in self._of_file(path, facts):
                yield path, facts, index, access

    def _of_file(self, path: str, facts: FileFacts) -> Iterator[tuple[int, Access]]:
        if path in self._program.schema.mirrors:
            return
        live = self._program.schema.live_scopes.get(path)
        for index, access in enumerate(facts.accesses):
            if live is None or facts.language != "postgresql" or access.scope == 0 or access.scope in live:
                yield index, access

    def layer(self, path: str, scope: int) -> Layer:
        """The layer that code of a file's scope runs in."""
        if self._program.files[path].language == "postgresql":
            return Layer.TRIGGER if (path, scope) in self._triggers else Layer.DATABASE
        return self._layers.get(path, Layer.SHARED)

    def symbol(self, path: str, scope: int) -> str:
        """The readable name of the function around a scope."""
        function = self._program.scopes.get((path, scope))
        while function is not None and not function.name and function.parent != function.scope:
            function = self._program.scopes.get((path, function.parent))
        return function.name if function else ""

    # Writes and reads ------------------------------------------------------------------------------------------

    def writes(
        self, site_places: Mapping[Place, list[int]], site_functions: Mapping[Function, list[int]]
    ) -> list[WritePath]:
        """All write paths of tables, with the ids of the sites that feed them or stand in the functions before them."""
        found: list[WritePath] = []
        for path, _, _, access in self.each():
            if access.kind not in _WRITES:
                continue
            table = self._program.access_table(path, access)
            if table:
                found.append(self._write(len(found), path, access, table, site_places, site_functions))
        return found

    def _write(
        self,
        number: int,
        path: str,
        access: Access,
        table: str,
        site_places: Mapping[Place, list[int]],
        site_functions: Mapping[Function, list[int]],
    ) -> WritePath:
        columns: dict[str, str | None] = {}
        values: dict[str, Expression] = {}
        complete = True
        guards: set[int] = set()
        given: set[str] = set()
        lowered: set[str] = set()
        layer = self.layer(path, access.scope)
        if access.payload is not None:
            payload = self._conditions.value(path, access.payload)
            complete = self._shape(payload, partial(self._flow.written, path, access, table), columns, values)
            for name, value in values.items():
                if self._lowers(table, name, value):
                    lowered.add(name)
                for item in sources(value):
                    feeding = self._upstream(item.place)
                    guards.update(number for place in feeding for number in site_places.get(place, ()))
                    if layer is Layer.FRONTEND or any(self._from_outside(place) for place in feeding):
                        given.add(name)
        elif access.kind != "delete":
            complete = False
        if access.loose:
            columns = self._stored(table, columns)
        for name in [name for name in columns if name in self._program.related.get(table, ())]:
            # Rows of another table are written beside; the key that ties them may be any of ours.
            del columns[name]
            complete = False
        if access.library != "sql" and access.kind in ("insert", "upsert"):
            for name in sorted(self._program.filled.get(table, ())):
                columns.setdefault(name, None)
        for function in self._calls.before((path, access.scope)) if access.scope else ():
            guards.update(site_functions.get(function, ()))
        routine = self._definers.get((path, access.scope))
        client = rights_of(self._program, path, access) or ("definer" if routine and routine.definer else "")
        return WritePath(
            id=number,
            entity=table,
            operation=access.kind,
            path=path,
            span=access.span,
            layer=layer,
            symbol=self.symbol(path, access.scope),
            text=access.text,
            client=client,
            columns=tuple(columns.items()),
            complete=complete,
            guards=tuple(sorted(guards)),
            reachable=self._reachable(path, access.scope),
            entrance=self._calls.entrance((path, access.scope)) if access.scope else "",
            sources=tuple(values.items()),
            given=tuple(sorted(given)),
            lowered=tuple(sorted(lowered)),
            filters=self._filtered(access, table),
            where=self._conditions.value(path, access.where) if access.where is not None else None,
            sparing=access.sparing,
            counts=self._counting.counts(table, access.kind, values),
        )

    def _stored(self, table: str, members: dict[str, str | None]) -> dict[str, str | None]:
        """Of the members of an object, those that are columns, as far as the columns are known."""
        known = self._program.schema.tables.get(table)
        if known is None or not known.known:
            return members
        return {name: value for name, value in members.items() if known.column(name) is not None}

    def _filtered(self, access: Access, table: str) -> tuple[str, ...]:
        """The columns by which an access picks or sorts the rows, where the library can only mean the rows' own."""
        if not of_one_table(access):
            return ()
        found = {self._flow.column(table, name) for name in access.order}

        def visit(node: Expression) -> None:
            if isinstance(node, Ref) and node.name == "$row" and node.path:
                # A path into a document begins with its column; a dotted name speaks of another table.
                name = node.path[0].partition("->")[0]
                if name.isidentifier():
                    found.add(self._flow.column(table, name))

        if access.where is not None:
            walk(access.where, visit)
        return tuple(sorted(found))

    def _reachable(self, path: str, scope: int) -> bool:
        """A routine is closed to clients where the right to call it was taken from them."""
        routine = self._definers.get((path, scope))
        return routine is None or routine.name not in self._closed

    def _lowers(self, table: str, column: str, value: Expression) -> bool:
        """Whether a value is the column's own with something taken off that the caller says."""
        if not isinstance(value, Operation) or value.operator != "-" or len(value.operands) != 2:
            return False
        own, taken = value.operands
        return own == Ref(f"table:{table}", (column,)) and isinstance(taken, Ref) and taken.name in self._given

    def _from_outside(self, place: Place) -> bool:
        """Whether a place is what a caller sends: a request's body, a routine's parameter."""
        return place[0] in self._given

    def _shape(
        self, payload: Expression, column: Column, columns: dict[str, str | None], values: dict[str, Expression]
    ) -> bool:
        if isinstance(payload, Items):
            return (
                bool(payload.items)
                and all(  # no short cut: every item is looked at
                    tuple(self._shape(item, column, columns, values) for item in payload.items[:8])
                )
            )
        if isinstance(payload, Operation) and payload.operator == "if":
            return all(tuple(self._shape(item, column, columns, values) for item in payload.operands[1:]))
        if not isinstance(payload, Fields):
            return self._spread(payload, column, columns, values)
        complete = True
        for spread in payload.spreads:
            complete = self._shape(spread, column, columns, values) and complete
        for key, value in payload.entries:
            if not key:
                # Computed where it is written.
                complete = False
                continue
            name = column(key)
            words = literals(value)
            columns[name] = words[0] if isinstance(value, Text) else None
            values[name] = value
        return complete

    def _spread(
        self, value: Expression, column: Column, columns: dict[str, str | None], values: dict[str, Expression]
    ) -> bool:
        """An object written whole: its keys are known where it passed a schema or is a known object."""
        for item in sources(value):
            keys = self._keys(item.place)
            if keys:
                for key in keys:
                    name = column(key)
                    columns.setdefault(name, None)
                    values.setdefault(name, Ref(item.place[0], (*item.place[1], key)))
                return True
            values.setdefault("*", Ref(*item.place))
        return False

    def _keys(self, place: Place, depth: int = 5) -> set[str]:
        """The members of a schema that a place's value has passed."""
        if depth == 0:
            return set()
        found: set[str] = set()
        for flow in self._flow.backward.get(place[0], ()):
            if flow.target[1] or place[1] or flow.read:
                continue
            name = flow.source[0]
            members = self.schema_members.get(name, set()) if not flow.source[1] else set()
            inner = members or self._keys(flow.source, depth - 1)
            found |= {key for key in inner if (not flow.only or key in flow.only) and key not in flow.without}
        return found

    schema_members: Mapping[str, set[str]] = {}

    def _upstream(self, start: Place, limit: int = 80) -> set[Place]:
        """The places on the way of a value: everything upstream of the one it is written from."""
        seen = {start}
        queue = [start]
        while queue and len(seen) < limit:
            name, members = queue.pop()
            for flow in self._flow.backward.get(name, ()):
                if members[: len(flow.target[1])] != flow.target[1] or flow.read:
                    continue
                following = (flow.source[0], flow.source[1] + members[len(flow.target[1]) :])
                if following not in seen:
                    seen.add(following)
                    queue.append(following)
        return seen

    def reads(self) -> list[ReadPath]:
        """All reads of tables."""
        found = []
        for path, _, _, access in self.each():
            if access.kind != "select":
                continue
            table = self._program.access_table(path, access)
            if table:
                found.append(
                    ReadPath(
                        entity=table,
                        path=path,
                        span=access.span,
                        layer=self.layer(path, access.scope),
                        symbol=self.symbol(path, access.scope),
                        client=rights_of(self._program, path, access),
                        text=access.text,
                        columns=tuple(self._flow.column(table, name) for name in access.columns),
                        filters=self._filtered(access, table),
                        own=of_one_table(access),
                    )
                )
        return found

    def sql(self) -> list[SqlText]:
        """SQL texts in other languages."""
        return [
            SqlText(
                path=path,
                span=access.span,
                layer=self.layer(path, access.scope),
                symbol=self.symbol(path, access.scope),
                text=access.text,
            )
            for path, facts, _, access in self.each()
            if facts.language != "postgresql" and (access.library == "sql" or access.kind == "sql")
        ]

    def edges(self) -> list[Edge]:
        """Calls over the wire, procedure calls, writes, reads and triggers."""
        found: set[Edge] = set()
        for path, _, _, access in self.each():
            here = f"{path}:{self.symbol(path, access.scope)}"
            if access.kind in ("http", "invoke") and isinstance(access.target, str):
                for handler in self._routes.handlers(access.kind, access.target):
                    found.add(Edge(here, "invokes", f"{handler.path}:{handler.route}"))
            elif access.kind == "rpc" and isinstance(access.target, str):
                found.add(Edge(here, "calls", f"routine:{access.target}"))
            else:
                table = self._program.access_table(path, access)
                if table:
                    found.add(Edge(here, "reads" if access.kind == "select" else "writes", f"table:{table}"))
        for trigger in self._program.schema.triggers:
            found.add(Edge(f"table:{trigger.table}", "fires", f"routine:{trigger.function}"))
        return sorted(found)

    # Words -----------------------------------------------------------------------------------------------------

    def words(self, path: str, facts: FileFacts) -> list[Word]:
        """Every literal that the code of a file writes to, filters by, compares with or offers for a column."""
        found: list[Word] = []
        for index, access in self._of_file(path, facts):
            found.extend(self._access_words(path, index, access))
        if path in self._program.schema.mirrors:
            return found
        live = self._program.schema.live.get(path)
        for number, statement in enumerate(facts.statements):
            if live is not None and number not in live:
                continue
            if statement.kind in ("compare", "require", "authorize", "transition", "classify"):
                found.extend(self._statement_words(path, statement))
            elif statement.kind == "offer":
                found.extend(self._offered(path, statement))
        return found

    def _access_words(self, path: str, index: int, access: Access) -> Iterator[Word]:
        table = self._program.access_table(path, access) if access.kind in {*_WRITES, "select"} else None
        layer = self.layer(path, access.scope)
        if table and access.payload is not None and access.kind != "select":
            payload = self._conditions.value(path, access.payload)
            places = {name: (span, text) for name, span, text in access.places}
            for name, value in _entries(payload):
                span, text = places.get(name, (access.span, access.text))
                subject = Subject(table, self._flow.written(path, access, table, name))
                for word in literals(value):
                    yield self._word(subject, word, "writes", path, span, layer, text)
        if table and access.where is not None:
            where = self._conditions.value(path, access.where)
            for column, word in _filters(where, table):
                yield self._word(
                    Subject(table, self._flow.column(table, column)),
                    word,
                    "filters",
                    path,
                    access.span,
                    layer,
                    access.text,
                )
        if access.kind in ("rpc", "http", "invoke") and access.payload is not None and isinstance(access.target, str):
            payload = self._conditions.value(path, access.payload)
            for name, value in _entries(payload):
                words = literals(value)
                for place in self._parameters(access, name) if words else ():
                    for reached in self._places.columns(place)[:2]:
                        for word in words:
                            yield self._word(
                                reached.subject,
                                word,
                                "writes",
                                path,
                                access.span,
                                layer,
                                access.text,
                                reached.confidence,
                            )

    def _parameters(self, access: Access, name: str) -> list[Place]:
        target = access.target if isinstance(access.target, str) else ""
        if access.kind == "rpc":
            return [
                (f"{path}|{parameter}", ())
                for path, function in self._routes.routines(target, ())
                for parameter in function.parameters
                if parameter.rsplit("@", 1)[0] == name
            ]
        return [(handler.body, (name,)) for handler in self._routes.handlers(access.kind, target) if handler.body]

    def _statement_words(self, path: str, statement: Statement) -> Iterator[Word]:
        layer = self.layer(path, statement.scope)
        if statement.source == "policy":
            layer = Layer.POLICY
        conditions = [statement.condition] if statement.condition is not None else []
        conditions += [condition for condition, _ in statement.cases]
        if statement.source in ("check", "enum", "type"):
            return
        translated = self._translated(path, statement.scope)
        for condition in conditions:
            settled = self._conditions.value(path, condition)
            for place, word in _comparisons(settled):
                doubt = _TRANSLATED if place in translated else _MAPPED if statement.source == "map" else 1.0
                for reached in self._places.columns(place)[:2]:
                    if statement.kind == "require" and reached.stored and layer is not Layer.POLICY:
                        continue
                    yield self._word(
                        reached.subject,
                        word,
                        "compares",
                        path,
                        statement.span,
                        layer,
                        statement.text,
                        reached.confidence * doubt,
                        reached.evidence,
                    )

    def _translated(self, path: str, scope: int) -> frozenset[Place]:
        """The places whose words a function turns into other words: they may come from another system."""
        known = self._translations.get((path, scope))
        if known is None:
            found: set[Place] = set()
            function = self._program.scopes.get((path, scope))
            for guards, value in function.returns if function is not None else ():
                if isinstance(value, Text):
                    for guard in guards:
                        words = list(_comparisons(self._program.globalised(path, guard)))
                        found |= {place for place, word in words if word != value.value}
            known = self._translations[path, scope] = frozenset(found)
        return known

    def _offered(self, path: str, statement: Statement) -> Iterator[Word]:
        if statement.subject is None or statement.condition is None:
            return
        settled = self._conditions.value(path, statement.condition)
        if not isinstance(settled, Items):
            return
        subject = self._program.globalised(path, statement.subject)
        for item in sources(subject):
            for reached in self._places.columns(item.place)[:2]:
                for word in settled.items:
                    if isinstance(word, Text):
                        yield self._word(
                            reached.subject,
                            word.value,
                            "offers",
                            path,
                            statement.span,
                            self.layer(path, statement.scope),
                            statement.text,
                            reached.confidence,
                            reached.evidence,
                        )

    def _word(
        self,
        subject: Subject,
        word: str,
        use: str,
        path: str,
        span: Span,
        layer: Layer,
        text: str,
        confidence: float = 0.97,
        evidence: tuple[str, ...] = ("written",),
    ) -> Word:
        return Word(
            subject=subject,
            word=word,
            use=use,
            path=path,
            span=span,
            layer=layer,
            text=text,
            confidence=round(confidence, 3),
            evidence=evidence,
        )


def _given_names(program: Program) -> frozenset[str]:
    """The global names that hold what callers send: bodies of requests, parameters of handlers and of routines."""
    routines = {(routine.path, routine.scope) for routine in program.schema.routines if routine.returns != "trigger"}
    names: set[str] = set()
    for path, facts in program.files.items():
        for function in facts.functions:
            if function.body:
                names.add(f"{path}|{function.body}")
            if function.role == "handler" or (path, function.scope) in routines:
                names.update(f"{path}|{parameter}" for parameter in function.parameters)
    return frozenset(names)


def _closed_routines(program: Program) -> frozenset[str]:
    """The routines that no client may call, because the right was taken from all and given to none of them."""
    taken: set[str] = set()
    given: set[str] = set()
    for kind, name, role, words in program.schema.grants:
        if kind == "function" and role.lower() in CLIENT_ROLES:
            if "-execute" in words:
                taken.add(name)
            if "execute" in words:
                given.add(name)
    return frozenset(taken - given)


def distinct(words: Iterable[Word]) -> list[Word]:
    """The words in order, each use of one once: the surest."""
    groups: dict[tuple[object, ...], Word] = {}
    for word in words:
        key = (word.subject, word.word, word.use, word.path, word.span)
        if key not in groups or groups[key].confidence < word.confidence:
            groups[key] = word
    return sorted(groups.values(), key=lambda item: (item.subject, item.word, item.path, item.span))


def _entries(payload: Expression) -> Iterator[tuple[str, Expression]]:
    if isinstance(payload, Fields):
        yield from payload.entries
        for spread in payload.spreads:
            yield from _entries(spread)
    elif isinstance(payload, Items):
        for item in payload.items:
            yield from _entries(item)
    elif isinstance(payload, Operation) and payload.operator == "if":
        for item in payload.operands[1:]:
            yield from _entries(item)


def _filters(where: Expression, table: str) -> Iterator[tuple[str, str]]:
    for (name, members), word in _comparisons(where):
        if name in ("$row", f"table:{table}") and members:
            yield members[0], word


def _comparisons(condition: Expression) -> Iterator[tuple[Place, str]]:
    """Places and the texts they are compared with, anywhere in a condition."""
    stack = [condition]
    while stack:
        node = stack.pop()
        if isinstance(node, Call):
            stack.extend(node.arguments)
        if not isinstance(node, Operation):
            continue
        stack.extend(node.operands)
        if node.operator in ("=", "!=", "distinct") and len(node.operands) == 2:
            left, right = node.operands
            if isinstance(left, Text):
                left, right = right, left
            if isinstance(right, Text) and not _folded(left):
                for item in sources(left):
                    yield item.place, right.value
        elif node.operator == "in" and len(node.operands) == 2 and isinstance(node.operands[1], Items):
            for word in node.operands[1].items:
                if isinstance(word, Text) and not _folded(node.operands[0]):
                    for item in sources(node.operands[0]):
                        yield item.place, word.value


def _folded(value: Expression) -> bool:
    """A value that is changed before it is compared: the word is not what is stored."""
    return isinstance(value, Call) and value.function in ("lower", "upper")


def schema_members(program: Program) -> dict[str, set[str]]:
    """The fields of every schema, type or form that statements speak of, by its global name."""
    found: dict[str, set[str]] = defaultdict(set)
    for path, facts in program.files.items():
        for statement in facts.statements:
            if statement.kind not in _OF_SCHEMAS or statement.source in _OF_PARTS:
                continue
            for expression in (statement.subject, statement.condition):
                stack = [expression]
                while stack:
                    node = stack.pop()
                    if (
                        isinstance(node, Ref)
                        and node.path
                        and not node.name.startswith(("table:", "$", "form@", "type:"))
                    ):
                        found[program.name(path, node.name)].add(node.path[0])
                    elif isinstance(node, Operation):
                        stack.extend(node.operands)
                    elif isinstance(node, Call):
                        stack.extend(node.arguments)
    return found


def plain_name(place: Place) -> str:
    """The last word of a place, without its style."""
    return bare(place[1][-1] if place[1] else place[0].rsplit("|", 1)[-1].split("@", 1)[0])
