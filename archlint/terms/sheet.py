"""Where the readers of the parts of a file write down what they find, whatever their language."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, Generic, Protocol, TypeVar

from archlint.model.expression import Call, Expression, Fields, Items, Lambda, Operation, Ref, Row
from archlint.model.facts import (
    Access,
    Binding,
    Export,
    FileFacts,
    FunctionFact,
    Import,
    Invocation,
    Statement,
    Suppression,
    TableUse,
)
from archlint.model.schema import SchemaChange
from archlint.model.source import Problem, Span
from archlint.terms.foregone import Answers
from archlint.terms.neutral import within
from archlint.terms.scope import Function, Scope

_LEAST_KEYS = 3
Node = TypeVar("Node")
Contra = TypeVar("Contra", contravariant=True)


class Places(Protocol[Contra]):
    """The text of a file, as far as its nodes are shown or pointed at."""

    path: str
    lines: int

    def span(self, node: Contra) -> Span:
        """Where a node stands."""

    def snippet(self, node: Contra) -> str:
        """What is shown of a node."""


class Notes(ABC, Generic[Node]):
    """All facts of one file as they come in; each language says where the keys of its maps stand."""

    dialect = ""

    def __init__(self, source: Places[Node], language: str) -> None:
        self.places = source
        self.language = language
        self.imports: list[Import] = []
        self.exports: list[Export] = []
        self.bindings: list[Binding] = []
        self.statements: list[Statement] = []
        self.accesses: list[Access] = []
        self.invocations: list[Invocation] = []
        self.functions: list[FunctionFact] = []
        self.tables: list[TableUse] = []
        self.changes: list[SchemaChange] = []
        self.mounts: list[tuple[str, Ref]] = []
        self.suppressions: list[Suppression] = []
        self.problems: list[Problem] = []
        self.hints: list[str] = []
        self.known: dict[str, Expression] = {}
        self.parts: dict[Ref, Expression] = {}
        self._noted: dict[int, tuple[Expression, Node]] = {}
        self._answers = Answers()
        self._scopes = 0
        self._temporaries = 0
        self._blocks = 0

    def new_scope(self) -> int:
        """A number for a function."""
        self._scopes += 1
        return self._scopes

    def block(self) -> str:
        """A suffix that keeps the names of one block apart from those of its neighbours."""
        self._blocks += 1
        return f".{self._blocks}"

    def temporary(self, scope: Scope, value: Expression, node: Node) -> Ref:
        """A name of our own for a value that a member is read from."""
        if isinstance(value, Ref):
            return value
        self._temporaries += 1
        name = f"_value{self._temporaries}@{scope.number}"
        self.bind(Ref(name), value, node, scope, "constant")
        return Ref(name)

    def state(self, kind: str, node: Node | Span, scope: Scope, **fields: Any) -> None:
        """Adds a statement."""
        span = node if isinstance(node, Span) else self.places.span(node)
        if "text" not in fields and not isinstance(node, Span):
            fields["text"] = self.places.snippet(node)
        fields.setdefault("dialect", self.dialect)
        statement = Statement(kind=kind, span=span, scope=scope.number, symbol=scope.function.symbol, **fields)
        self.statements.append(statement)
        self._answers.asked(statement)

    def bind(self, target: Ref, value: Expression, node: Node, scope: Scope, kind: str = "value") -> None:
        """Adds a binding."""
        if kind in ("type", "provided"):
            pass
        elif target.path:
            self.parts.setdefault(target, value)
        else:
            self.known[target.name] = value
        span = self.places.span(node)
        if not target.path and kind != "type":
            self._answers.bound(target.name, value, span, scope)
        self.bindings.append(Binding(target, value, span, kind, scope.number))

    def access(self, kind: str, target: str | Ref, node: Node | Span, scope: Scope, **fields: Any) -> Row:
        """Adds an access; gives the row it returns."""
        span = node if isinstance(node, Span) else self.places.span(node)
        if "text" not in fields and not isinstance(node, Span):
            fields["text"] = self.places.snippet(node)
        fields.setdefault("guards", scope.around)
        fields.setdefault("places", self._keys(fields.get("payload")))
        self.accesses.append(Access(kind=kind, target=target, span=span, scope=scope.number, **fields))
        self._picked(target, fields.get("where"), span, scope, fields.get("text", ""))
        return Row(len(self.accesses) - 1)

    def note(self, value: Expression, node: Node) -> None:
        """Remembers where an object is written, should somebody store it."""
        self._noted[id(value)] = (value, node)

    def keyed(self, value: Expression) -> tuple[tuple[str, Span, str], ...]:
        """Where the keys of an object stand that this file writes down."""
        return self._keys(value)

    def keys(self, value: Expression) -> tuple[tuple[str, Span, str], ...]:
        """Where the keys of an object stand, if it is a map of words that this file writes down."""
        held = self.known.get(value.name) if isinstance(value, Ref) and not value.path else value
        if not isinstance(held, Fields) or held.spreads or len(held.entries) < _LEAST_KEYS:
            return ()
        return self._keys(held)

    @abstractmethod
    def written(self, node: Node) -> Iterator[tuple[str, Node]]:
        """The keys of an object that is written down, each with the node that shows it."""

    def _keys(self, payload: Expression | None) -> tuple[tuple[str, Span, str], ...]:
        if isinstance(payload, Items) and payload.items:
            return self._keys(payload.items[0])
        if isinstance(payload, Ref) and not payload.path:
            payload = self.known.get(payload.name)
        noted = self._noted.get(id(payload))
        return self.shown(noted[1]) if noted is not None else ()

    def shown(self, node: Node) -> tuple[tuple[str, Span, str], ...]:
        """The keys of an object that is written down, where each stands and what is shown of it."""
        return tuple((name, self.places.span(child), self.places.snippet(child)) for name, child in self.written(node))

    def _picked(self, target: str | Ref, where: Expression | None, span: Span, scope: Scope, text: str) -> None:
        """A search for several words of a column picks a set of its words."""
        for test in within(where) if where is not None else ():
            if isinstance(test, Operation) and test.operator == "in" and isinstance(test.operands[0], Ref):
                column = test.operands[0]
                table = f"table:{target}" if isinstance(target, str) else target.name
                if column.name == "$row":
                    condition = Operation("in", (Ref(table, column.path), test.operands[1]))
                    self.state("among", span, scope, text=text, condition=condition, effect="", strength="soft")

    def invoke(self, callee: Ref, arguments: tuple[Expression, ...], node: Node, scope: Scope, **fields: Any) -> None:
        """Adds a call of a function of the scanned code, or a rendered component."""
        span = self.places.span(node)
        self.invocations.append(Invocation(callee=callee, arguments=arguments, span=span, scope=scope.number, **fields))

    def applied(self, function: Expression, values: tuple[Expression, ...], node: Node, scope: Scope) -> None:
        """A function is called with values by somebody else, such as a callback."""
        if isinstance(function, Lambda):
            fact = self._written(function)
            for name, value in zip(fact.parameters if fact else (), values, strict=False):
                self.bind(Ref(name), value, node, scope)
        elif isinstance(function, Ref):
            self.invoke(function, values, node, scope)

    def result(self, function: Expression) -> Expression:
        """What a function written in place returns."""
        fact = self._written(function) if isinstance(function, Lambda) else None
        if fact is None:
            return function
        values = [value for _, value in fact.returns]
        return values[-1] if len(values) == 1 else Call("result", (function,))

    def _written(self, function: Lambda) -> FunctionFact | None:
        return next((fact for fact in reversed(self.functions) if fact.scope == function.scope), None)

    def function(self, function: Function, node: Node) -> None:
        """Adds a function that has been read."""
        self.functions.append(
            FunctionFact(
                scope=function.number,
                parent=function.parent,
                name=function.name,
                span=self.places.span(node),
                parameters=tuple(function.parameters),
                returns=tuple(function.returns),
                role=function.role,
                route=function.route,
                body=function.body,
            )
        )

    def facts(self) -> FileFacts:
        """Everything, as the other stages take it."""
        return FileFacts(
            path=self.places.path,
            language=self.language,
            lines=self.places.lines,
            imports=tuple(self.imports),
            exports=tuple(self.exports),
            bindings=tuple(self.bindings),
            statements=tuple(self.statements),
            accesses=tuple(self.accesses),
            invocations=tuple(self.invocations),
            functions=tuple(self.functions),
            tables=tuple(self.tables),
            changes=tuple(self.changes),
            mounts=tuple(self.mounts),
            foregone=self._answers.all(),
            suppressions=tuple(self.suppressions),
            hints=tuple(dict.fromkeys(self.hints)),
            problems=tuple(self.problems),
        )


def entries(value: Expression) -> tuple[tuple[str, Expression], ...]:
    """The keys of an object literal."""
    return value.entries if isinstance(value, Fields) else ()
