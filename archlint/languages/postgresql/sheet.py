"""Where the readers of the parts of a file write down what they find."""

from collections.abc import Callable
from typing import Any, TypeVar

from archlint.languages.postgresql.dialects import Foreign
from archlint.languages.postgresql.node import Node
from archlint.languages.postgresql.scope import Scope
from archlint.languages.postgresql.source import Source
from archlint.languages.postgresql.words import identifier, qualified
from archlint.model.expression import Call, Expression, Fields, Items, Operation, Ref, Row
from archlint.model.facts import Access, Binding, FileFacts, FunctionFact, Invocation, Statement
from archlint.model.schema import SchemaChange
from archlint.model.source import Problem, Span

_Read = TypeVar("_Read")


class Sheet:
    """All facts of one file as they come in, and what the file itself says of its tables and routines.

    While a query is read, the row of its n-th access is `Ref("#n")`; `rows`, `columns_of` and `own` say what it
    becomes in the end, because that depends on who speaks of it.
    """

    def __init__(self, source: Source, foreign: Foreign | None = None) -> None:
        self.source = source
        self.foreign = foreign
        self.bindings: list[Binding] = []
        self.statements: list[Statement] = []
        self.accesses: list[Access | None] = []
        self.targets: list[str] = []
        self.invocations: list[Invocation] = []
        self.functions: list[FunctionFact] = []
        self.changes: list[SchemaChange] = []
        self.problems: list[Problem] = []
        self.hints: list[str] = []
        self.columns: dict[str, list[str]] = {}
        self.scopes = 0
        self.names_taken: set[str] = set()
        self.doubtful = False

    # Writing down --------------------------------------------------------------------------------------------

    def state(self, kind: str, place: Node | tuple[int, int], **fields: Any) -> int:
        """Adds a statement; gives its index."""
        start, end = (place.start, place.end) if isinstance(place, Node) else place
        fields.setdefault("dialect", "postgresql")
        self.statements.append(
            Statement(kind=kind, span=self.source.span(start, end), text=self.source.snippet(start, end), **fields)
        )
        return len(self.statements) - 1

    def change(self, action: str, node: Node, **fields: Any) -> None:
        """Adds a change of the schema."""
        self.changes.append(SchemaChange(action=action, span=self.span(node), **fields))

    def problem(self, offset: int, reason: str) -> None:
        """Tells what was not read."""
        self.problems.append(Problem(self.source.path, self.source.line(offset), reason))

    def reserve(self, table: str) -> int:
        """A number for an access that is still being read."""
        self.accesses.append(None)
        self.targets.append(table)
        return len(self.accesses) - 1

    def invoke(self, callee: Ref, arguments: tuple[Expression, ...], node: Node, scope: Scope) -> None:
        """Adds a call of a routine by position."""
        self.invocations.append(
            Invocation(
                callee=callee, arguments=arguments, span=self.span(node), scope=scope.number, guards=scope.guards
            )
        )

    def call_by_name(self, name: str, arguments: Fields, node: Node, scope: Scope) -> None:
        """Adds a call of a routine with named arguments."""
        index = self.reserve(name)
        self.accesses[index] = Access(
            kind="rpc",
            target=name,
            span=self.span(node),
            scope=scope.number,
            text=self.source.snippet(node.start, node.end),
            payload=arguments,
            client=scope.client,
            guards=scope.guards,
        )

    def new_scope(self) -> int:
        self.scopes += 1
        return self.scopes

    def tried(self, read: Callable[[], _Read]) -> _Read:
        """What a reader gives, without a trace of its having read."""
        statements, accesses, invocations = len(self.statements), len(self.accesses), len(self.invocations)
        found = read()
        del self.statements[statements:]
        del self.accesses[accesses:]
        del self.targets[accesses:]
        del self.invocations[invocations:]
        return found

    # Reading off ---------------------------------------------------------------------------------------------

    def span(self, node: Node) -> Span:
        return self.source.span(node.start, node.end)

    def text(self, node: Node) -> str:
        return self.source.text(node)

    def name(self, node: Node) -> str:
        """The name that a plain or qualified name means."""
        return qualified(self.parts(node))

    def parts(self, node: Node) -> list[str]:
        """The parts of a qualified name."""
        if not node.children:
            return [identifier(self.text(node))]
        return [identifier(self.text(item)) for item in node.walk() if not item.children and item.kind not in _MARKS]

    # Rows ----------------------------------------------------------------------------------------------------

    def rows(self, expression: Expression) -> Expression:
        """The value as it is known outside of its query."""
        return renamed(expression, lambda ref: Row(int(ref.name[1:]), ref.path))

    def columns_of(self, expression: Expression) -> Expression:
        """The value in terms of the tables' columns."""
        return renamed(expression, lambda ref: Ref(f"table:{self.targets[int(ref.name[1:])]}", ref.path))

    def own(self, expression: Expression, access: int) -> Expression:
        """The condition of an access over its own row."""
        mine = f"#{access}"

        def place(ref: Ref) -> Expression:
            name = "$row" if ref.name == mine else f"table:{self.targets[int(ref.name[1:])]}"
            return Ref(name, ref.path)

        return renamed(expression, place)

    def facts(self, language: str) -> FileFacts:
        # A number that was reserved and never filled would shift all others.
        lost = Access(kind="select", target="", span=Span(1, 1, 1, 1))
        return FileFacts(
            path=self.source.path,
            language=language,
            lines=self.source.lines,
            bindings=tuple(self.bindings),
            statements=tuple(self.statements),
            accesses=tuple(access or lost for access in self.accesses),
            invocations=tuple(self.invocations),
            functions=tuple(self.functions),
            changes=tuple(self.changes),
            hints=tuple(self.hints),
            problems=tuple(self.problems),
        )


def renamed(expression: Expression, place: Callable[[Ref], Expression]) -> Expression:
    """The expression with every row of an open query replaced."""

    def leaf(item: Ref | Row) -> Expression:
        return place(item) if isinstance(item, Ref) and item.name.startswith("#") else item

    return mapped(expression, leaf)


def mapped(expression: Expression, leaf: Callable[[Ref | Row], Expression]) -> Expression:
    """The expression with its references and rows replaced."""
    if isinstance(expression, (Ref, Row)):
        return leaf(expression)
    if isinstance(expression, Operation):
        return Operation(expression.operator, tuple(mapped(item, leaf) for item in expression.operands))
    if isinstance(expression, Call):
        return Call(expression.function, tuple(mapped(item, leaf) for item in expression.arguments), expression.callee)
    if isinstance(expression, Items):
        return Items(tuple(mapped(item, leaf) for item in expression.items))
    if isinstance(expression, Fields):
        return Fields(
            tuple((key, mapped(value, leaf)) for key, value in expression.entries),
            tuple(mapped(item, leaf) for item in expression.spreads),
        )
    return expression


_MARKS = frozenset({".", ",", "(", ")", "[", "]", "kw_only", "*"})
