"""The schema while it is being folded: what stands, what has gone, and who took it away."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from archlint.catalog.names import Names
from archlint.model.expression import Call, Expression, Fields, Items, Operation, Ref, Row
from archlint.model.facts import Access, FileFacts
from archlint.model.schema import Column, Constraint, PassedOver, Policy, Routine, SchemaChange, Superseded, Trigger
from archlint.model.source import Span

SQL = "postgresql"


class Part(NamedTuple):
    """A piece of the source that states something: its file, its place and its statements there."""

    path: str
    span: Span
    statements: tuple[int, ...] = ()
    scope: int = 0


class Step(NamedTuple):
    """One change on its way into the schema.

    `rest` are statements inside of it that no part of it claims, `accesses` what is looked up inside of it.
    """

    facts: FileFacts
    change: SchemaChange
    rest: tuple[int, ...] = ()
    accesses: tuple[Access, ...] = ()

    @property
    def path(self) -> str:
        """The file that holds the change."""
        return self.facts.path

    @property
    def part(self) -> Part:
        """The change as a whole."""
        change = self.change
        return Part(self.path, change.span, (*change.statements, *self.rest), change.scope)

    def reads(self) -> frozenset[str]:
        """The tables that the change itself looks into."""
        return frozenset(access.target for access in self.accesses if isinstance(access.target, str))

    def columns_read(self) -> frozenset[tuple[str, str]]:
        """The columns that the change itself looks at, each with its table."""
        found: set[tuple[str, str]] = set()
        for access in self.accesses:
            if isinstance(access.target, str):
                found.update((access.target, column) for column in access.columns)
                for node in nodes(access.where):
                    if isinstance(node, Ref) and node.path and node.name == "$row":
                        found.add((access.target, node.path[0]))
                    elif isinstance(node, Ref) and node.path and node.name.startswith("table:"):
                        found.add((node.name.removeprefix("table:"), node.path[0]))
        return frozenset(found)

    def columns_needed(self, statements: Iterable[int], table: str) -> frozenset[str]:
        """The columns of a table that the conditions of these statements read."""
        read = (columns_read(self.facts.statements[index].condition, table) for index in statements)
        return frozenset[str]().union(*read)

    def calls(self, statements: Iterable[int]) -> frozenset[str]:
        """The routines that the conditions and values of these statements call."""
        found: set[str] = set()
        for index in statements:
            statement = self.facts.statements[index]
            found |= called(statement.condition, statement.value)
        return frozenset(found)


class HeldColumn:
    """A column; `parts` by what they state: type, not null, default, generated."""

    __slots__ = ("calls", "column", "parts")

    def __init__(self, column: Column, parts: dict[str, Part], calls: frozenset[str]) -> None:
        self.column = column
        self.parts = parts
        self.calls = calls


class HeldTable:
    """A table or view.

    A view knows the tables and columns that it `reads` and `reads_columns`. By the name of a constraint, `calls` are
    the routines that it calls and `needs` the columns that its conditions read.
    """

    def __init__(self, name: str, part: Part | None) -> None:
        self.name = name
        self.part = part
        self.columns: dict[str, HeldColumn] = {}
        self.constraints: dict[str, Constraint] = {}
        self.calls: dict[str, frozenset[str]] = {}
        self.needs: dict[str, frozenset[str]] = {}
        self.known = part is not None
        self.view = False
        self.security = False
        self.reads: frozenset[str] = frozenset()
        self.reads_columns: frozenset[tuple[str, str]] = frozenset()
        self.grants: dict[tuple[str, str], dict[str, bool]] = {}
        self.seeds: list[tuple[Part, Expression]] = []
        self.settings: dict[tuple[str, str], Part] = {}


class HeldTrigger(NamedTuple):
    """A trigger; `off` is what disabled it."""

    trigger: Trigger
    part: Part
    off: Part | None = None


class HeldPolicy(NamedTuple):
    """A policy; its two conditions may come from different files."""

    policy: Policy
    using: Part
    check: Part
    reads: frozenset[str]

    @property
    def parts(self) -> list[Part]:
        """The conditions with statements."""
        return [part for part in (self.using, self.check) if part.statements]

    @property
    def calls(self) -> frozenset[str]:
        """The routines that decide."""
        return called(self.policy.using, self.policy.check)


class HeldEnum:
    """An enum type: its words in order, each with where it was stated."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.words: list[tuple[str, Part]] = []


class HeldDomain:
    """A domain: its base type as a column without a name."""

    def __init__(self, part: Part, base: HeldColumn) -> None:
        self.part = part
        self.base = base
        self.constraints: dict[str, Constraint] = {}


class State:
    """One database, after the changes so far."""

    def __init__(self) -> None:
        self.tables: dict[str, HeldTable] = {}
        self.enums: dict[str, HeldEnum] = {}
        self.domains: dict[str, HeldDomain] = {}
        self.routines: dict[tuple[str, tuple[str, ...]], Routine] = {}
        self.triggers: dict[tuple[str, str], HeldTrigger] = {}
        self.policies: dict[tuple[str, str], HeldPolicy] = {}
        self.grants: dict[tuple[str, str, str], dict[str, bool]] = {}
        self.superseded: list[Superseded] = []
        self.passed_over: list[PassedOver] = []
        self.names = Names()
        self.live: set[tuple[str, int]] = set()
        self.scopes: set[tuple[str, int]] = set()
        self._dropped: dict[tuple[str, str, str], list[int]] = {}

    def table(self, name: str) -> HeldTable:
        """The table of that name; one that nobody created is not known to be complete."""
        if name not in self.tables:
            self.tables[name] = HeldTable(name, None)
        return self.tables[name]

    def keep(self, part: Part) -> None:
        """What a part states is in force."""
        self.live.update((part.path, index) for index in part.statements)
        if part.scope:
            self.scopes.add((part.path, part.scope))

    def lose(self, kind: str, table: str, name: str, parts: Iterable[Part], by: Part, replaced: bool = False) -> None:
        """What some parts state is no longer in force, because of `by`."""
        for part in parts:
            self.live.difference_update((part.path, index) for index in part.statements)
            self.scopes.discard((part.path, part.scope))
            if not replaced:
                self._dropped.setdefault((kind, table, name), []).append(len(self.superseded))
            self.superseded.append(
                Superseded(
                    kind=kind,
                    name=name,
                    table=table,
                    path=part.path,
                    span=part.span,
                    by_path=by.path,
                    by_span=by.span,
                    statements=part.statements,
                    scope=part.scope,
                )
            )

    def anew(self, kind: str, table: str, name: str, by: Part) -> None:
        """What was dropped under this name has a successor: it is that which superseded it."""
        for index in self._dropped.pop((kind, table, name), ()):
            before = self.superseded[index]
            self.superseded[index] = msgspec.structs.replace(before, by_path=by.path, by_span=by.span)


def part_of(constraint: Constraint) -> Part:
    """A constraint as a piece of source."""
    return Part(constraint.path, constraint.span, constraint.statements)


def nodes(expression: Expression | None) -> Iterator[Expression]:
    """An expression and all below it."""
    if expression is None:
        return
    yield expression
    inner: tuple[Expression, ...] = ()
    if isinstance(expression, Operation):
        inner = expression.operands
    elif isinstance(expression, Call):
        inner = expression.arguments
    elif isinstance(expression, Items):
        inner = expression.items
    elif isinstance(expression, Fields):
        inner = (*(value for _, value in expression.entries), *expression.spreads)
    for item in inner:
        yield from nodes(item)


def called(*expressions: Expression | None) -> frozenset[str]:
    """The stored routines that expressions call."""
    return frozenset(
        node.callee.name.removeprefix("fn:")
        for expression in expressions
        for node in nodes(expression)
        if isinstance(node, Call) and node.callee is not None and node.callee.name.startswith("fn:")
    )


def columns_read(expression: Expression | None, table: str) -> frozenset[str]:
    """The columns of a table that an expression reads."""
    return frozenset(
        node.path[0]
        for node in nodes(expression)
        if isinstance(node, Ref) and node.name == f"table:{table}" and node.path
    )


def has_rows(expression: Expression | None) -> bool:
    """Whether an expression looks up rows, which only its own file can explain."""
    return any(isinstance(node, Row) for node in nodes(expression))
