"""Statements become sites: a normal form, a subject, a layer and a confidence."""

from collections.abc import Iterator, Mapping

import msgspec

from archlint import algebra
from archlint.model.expression import Duration, Expression, Fields, Items, Number, Operation, Pattern, Ref, Text
from archlint.model.facts import FileFacts, Statement
from archlint.model.predicate import Constant, Predicate, Words
from archlint.model.rule import Kind, Site, Subject
from archlint.model.source import Layer
from archlint.resolve.conditions import Conditions, walk
from archlint.resolve.constants import mapped, named
from archlint.resolve.context import Context
from archlint.resolve.declared import Declared
from archlint.resolve.draft import Draft, identifier
from archlint.resolve.gates import Gates
from archlint.resolve.helped import helped
from archlint.resolve.lifetimes import lasts, lifetime, unless_told
from archlint.resolve.places import Places
from archlint.resolve.readable import Readable
from archlint.resolve.required import Required
from archlint.resolve.superseded import lost_statements
from archlint.resolve.symbols import Program
from archlint.resolve.tables import tables
from archlint.resolve.told import Told

# Rules whose value people give a name: MAX_HOURS, STATUSES.
_VALUES = (Number, Text, Items, Pattern, Duration, Operation)
_WRITES = frozenset({"insert", "update", "upsert"})
# What a table's declaration says that the database itself holds to, whatever language declares it.
_OF_DATABASES = frozenset({"type", "not null", "default", "check", "unique", "primary key"})
_NAMED = frozenset(
    {Kind.LIFETIME, Kind.BOUND, Kind.LENGTH, Kind.SIZE, Kind.QUOTA, Kind.PATTERN, Kind.DOMAIN, Kind.DEFAULT}
)


class SiteBuilder:
    """Builds the sites of all statements in force, and apart from them those of superseded ones."""

    def __init__(
        self,
        program: Program,
        places: Places,
        conditions: Conditions,
        gates: Gates,
        layers: Mapping[str, Layer],
        uses: Mapping[str, frozenset[Layer]],
    ) -> None:
        self._program = program
        self._places = places
        context = self._context = Context(program, places, conditions, gates)
        self._readable = Readable(program)
        self._layers = layers
        self._uses = uses
        self._triggers = _trigger_scopes(program)
        self._maps: dict[str, tuple[str, Statement]] = {}
        for path, facts in program.files.items():
            for statement in facts.statements:
                if statement.kind == "transition" and isinstance(statement.subject, Ref):
                    self._maps[program.name(path, statement.subject.name)] = (path, statement)
        self._required = Required(context, frozenset(self._maps))
        self._declared = Declared(context)

    def of_file(self, path: str, facts: FileFacts) -> list[Told]:
        """The sites of a file's statements in force."""
        if path in self._program.schema.mirrors:
            return []
        found: list[Told] = []
        standing = self._program.schema.live.get(path)
        for index, statement in enumerate(facts.statements):
            if standing is None or index in standing:
                found.extend(self._sites(path, index, statement))
        for statement in helped(self._program, path, facts):
            found.extend(self._sites(path, -1, statement))
        found.extend(self._lasting(path, facts))
        return found

    def of_program(self) -> list[Told]:
        """The sites that belong to no statement: those of enum types and of named numbers."""
        return [*self._enumerations(), *self._constants()]

    def lost(self, path: str, facts: FileFacts) -> list[list[Told]]:
        """The sites of each superseded change of a file, in the order of the changes."""
        if path in self._program.schema.mirrors:
            return []
        return [
            [
                told
                for index in lost_statements(gone, facts)
                for told in self._sites(path, index, facts.statements[index])
            ]
            for gone in self._program.schema.superseded
            if gone.path == path
        ]

    def _lasting(self, path: str, facts: FileFacts) -> Iterator[Told]:
        """Times that are written as now and a span."""
        live = self._program.schema.live_scopes.get(path)
        dialect = facts.language if facts.language in ("postgresql", "python") else "javascript"
        for access in facts.accesses:
            if access.kind not in _WRITES or not isinstance(access.payload, Fields):
                continue
            if live is not None and access.scope and access.scope not in live:
                continue
            table = self._program.access_table(path, access)
            for key, value in access.payload.entries if table else ():
                settled = self._context.conditions.value(path, value)
                origins, sure = self._context.conditions.origins, 0.97
                predicate = lifetime(settled, dialect)
                if predicate is None and lasts(settled):
                    # Seldom, so that the parameters of a file need not be kept for it.
                    usual, named = self._usual(path, facts, settled)
                    predicate = lifetime(unless_told(settled, usual), dialect)
                    origins, sure = [*origins, *named], 0.9
                if predicate is None:
                    continue
                origins = [name for name in origins if name in self._program.declared]
                place = next((item for item in access.places if item[0] == key), None)
                statement = Statement(
                    kind="default",
                    span=place[1] if place is not None else access.span,
                    text=place[2] if place is not None else access.text,
                    scope=access.scope,
                    effect="assign",
                    source="lifetime",
                    dialect=dialect,
                )
                draft = Draft(
                    kind=Kind.LIFETIME,
                    subject=Subject(str(table), key),
                    predicate=predicate,
                    confidence=sure,
                    evidence=("written",),
                    place=(f"table:{table}", (key,)),
                    origin=self._number(origins),
                )
                yield self._site(path, statement, -1, draft)
                yield from self._named(statement, draft)

    def _usual(self, path: str, facts: FileFacts, value: Expression) -> tuple[dict[str, Expression], list[str]]:
        """What the parameters in a value are where nobody gives them, and the constants that say so."""
        asked: set[str] = set()
        walk(value, lambda item: asked.add(item.name) if isinstance(item, Ref) and not item.path else None)
        usual: dict[str, Expression] = {}
        origins: list[str] = []
        for statement in facts.statements:
            name, given = statement.subject, statement.value
            if statement.source != "parameter" or not isinstance(name, Ref) or name.path or given is None:
                continue
            parameter = self._program.name(path, name.name)
            if parameter in asked:
                usual[parameter] = self._context.conditions.value(path, given)
                origins.extend(self._context.conditions.origins)
        return usual, origins

    def _number(self, names: list[str]) -> str:
        """The constant that holds a number, not the one that holds the time."""
        held = [name for name in names if isinstance(self._program.constants[name][1], Number)]
        return held[-1] if held else ""

    # One statement -----------------------------------------------------------------------------------------

    def _sites(self, path: str, index: int, statement: Statement) -> Iterator[Told]:
        try:
            drafts = list(self._drafts(path, statement, index))
        except RecursionError:
            return
        for draft in drafts:
            where, source = self._location(path, statement, draft)
            yield self._site(where, source, index, draft, path)
            if where == path and source is statement:
                yield from self._named(statement, draft)

    def _named(self, statement: Statement, draft: Draft) -> Iterator[Told]:
        """The constant that a limit is taken from states it too, once for all who use it."""
        span = self._program.declared.get(draft.origin)
        if span is None or not isinstance(self._program.constants[draft.origin][1], _VALUES):
            return
        if draft.kind not in _NAMED:
            return
        path = draft.origin.split("|", 1)[0]
        name = identifier(draft.origin)
        moved = msgspec.structs.replace(statement, span=span, text=name, symbol=name, scope=0)
        yield msgspec.structs.replace(self._site(path, moved, -1, draft), once=True)

    def _location(self, path: str, statement: Statement, draft: Draft) -> tuple[str, Statement]:
        """Where the site stands: a named map or set of words is stated where it is declared, not where it is used."""
        if draft.kind is Kind.TRANSITION and draft.origin in self._maps:
            return self._maps[draft.origin]
        if draft.kind is Kind.WORDS and draft.origin in self._program.declared:
            where = draft.origin.split("|", 1)[0]
            name = identifier(draft.origin)
            moved = msgspec.structs.replace(
                statement, span=self._program.declared[draft.origin], text=name, symbol=name, scope=0
            )
            return where, moved
        return path, statement

    def _site(self, path: str, statement: Statement, index: int, draft: Draft, stated_in: str = "") -> Told:
        layer, enforced = self._layer(path, statement, draft)
        aspect = "length" if draft.kind is Kind.LENGTH else "value"
        site = Site(
            id=0,
            path=path,
            span=statement.span,
            layer=layer,
            kind=draft.kind,
            subject=draft.subject,
            symbol=statement.symbol,
            text=statement.text,
            normal=self._readable.text(algebra.describe(draft.predicate, aspect), path),
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
        return Told(site, draft.place, (stated_in or path, index) if index >= 0 else None)

    def _layer(self, path: str, statement: Statement, draft: Draft) -> tuple[Layer, tuple[Layer, ...]]:
        layer = self._layers.get(path, Layer.SHARED)
        if self._program.files[path].language == "postgresql":
            if statement.source == "policy":
                return Layer.POLICY, ()
            return (Layer.TRIGGER if (path, statement.scope) in self._triggers else Layer.DATABASE), ()
        if statement.source in _OF_DATABASES and path in self._program.schema.live:
            return Layer.DATABASE, ()
        used = self._uses.get(draft.place[0]) or frozenset()
        if layer is Layer.SHARED:
            used = used or self._uses.get(f"file:{path}") or frozenset()
            if len(used) == 1:
                return next(iter(used)), tuple(used)
            return (Layer.CONTRACT if used else Layer.SHARED), tuple(sorted(used))
        return layer, tuple(sorted(used))

    def _drafts(self, path: str, statement: Statement, index: int) -> Iterator[Draft]:
        if statement.kind in ("require", "clamp"):
            yield from self._required.drafts(path, statement, index)
        if statement.kind in ("require", "compare", "among"):
            yield from self._required.word_sets(path, statement)
        yield from self._declared.drafts(path, statement)

    def _enumerations(self) -> Iterator[Told]:
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
                    kind=Kind.DOMAIN,
                    subject=column.subject,
                    predicate=predicate,
                    confidence=0.99,
                    evidence=("column type",),
                    place=(f"type:{name}", ()),
                )
                if path in self._program.files:
                    yield self._site(path, statement, -1, draft)

    def _constants(self) -> Iterator[Told]:
        """The named numbers of modules."""
        for path, span, name, draft in [*named(self._context), *mapped(self._context)]:
            text = f"{name} = {draft.predicate.form.value}" if isinstance(draft.predicate.form, Constant) else name
            yield self._site(path, Statement(kind="default", span=span, text=text, symbol=name), -1, draft)
        for path, span, name, text, draft in tables(self._program.files):
            yield self._site(path, Statement(kind="table", span=span, text=text, symbol=name), -1, draft)


def _trigger_scopes(program: Program) -> frozenset[tuple[str, int]]:
    return frozenset((routine.path, routine.scope) for routine in program.schema.routines)
