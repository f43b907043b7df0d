"""Reads one file: finds its definitions, and wires the readers of their parts together."""

import sys
from collections.abc import Sequence

import libcst as cst
from tree_sitter import Node

from archlint.languages.python import (
    checking,
    dynamodb,
    http,
    managers,
    models,
    parameters,
    postgrest,
    routes,
    sessions,
    sqltext,
)
from archlint.languages.python.calls import Calls
from archlint.languages.python.classes import Classes
from archlint.languages.python.expressions import Expressions
from archlint.languages.python.finding import Definitions
from archlint.languages.python.functions import Functions
from archlint.languages.python.handing import Handing
from archlint.languages.python.modules import Modules
from archlint.languages.python.outcomes import Outcomes
from archlint.languages.python.protocol import (
    ClassRecogniser,
    Defined,
    MethodRecogniser,
    Owner,
    ParameterRecogniser,
    Recogniser,
)
from archlint.languages.python.sheet import Sheet
from archlint.languages.python.source import Source, part_name, statements, troubles
from archlint.languages.python.statements import Statements
from archlint.languages.python.types import Types
from archlint.model.expression import Expression, Lambda, Ref
from archlint.model.facts import FileFacts
from archlint.terms.helpers import Helpers
from archlint.terms.scope import Function, Scope

# The first that knows a call says what it means.
RECOGNISERS: tuple[Recogniser, ...] = (
    routes.routers,
    routes.bodies,
    routes.callers_of,
    postgrest.recognise,
    sqltext.recognise,
    dynamodb.recognise,
    managers.recognise,
    sessions.recognise,
    http.http,
)
# The first that knows a class tells its fields.
CLASSES: tuple[ClassRecogniser, ...] = (models.recognise,)
# The first that knows a method of a class tells what it checks.
METHODS: tuple[MethodRecogniser, ...] = (checking.recognise,)
# The first that knows a parameter's default tells what it demands.
PARAMETERS: tuple[ParameterRecogniser, ...] = (routes.injected, parameters.recognise)
_DEPTH = 6000
_PROBLEMS = 3


def read(path: str, content: bytes) -> FileFacts:
    """The facts of one file; what cannot be read becomes a problem, never an error."""
    if sys.getrecursionlimit() < _DEPTH:
        # Chains of a few hundred calls are legal code, and each costs several frames.
        sys.setrecursionlimit(_DEPTH)
    source = Source(path, content)
    reader = FileReader(Sheet(source))
    facts = reader.read()
    reader.part()
    return facts


class FileReader(Helpers):
    """All readers of one file; see `protocol.Reader`."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__()
        self.sheet = sheet
        self.source = sheet.source
        self._expressions = Expressions(self)
        self._types = Types(self)
        self._calls = Calls(self, self._expressions, RECOGNISERS)
        self._functions = Functions(self, self._types, PARAMETERS)
        self._classes = Classes(self, self._functions, self._types, CLASSES, METHODS)
        self._modules = Modules(sheet, sheet.source)
        self._outcomes = Outcomes()
        self._parts: dict[str, Node] = {}
        self._statements = Statements(
            self, self._expressions, self._functions, self._classes, self._modules, self._types, self._outcomes
        )

    def read(self) -> FileFacts:
        """The whole file."""
        scope = Scope(None, Function(0, 0, "", ""))
        found = Definitions(self.source)
        self._handing = Handing(self, self._functions, found)
        for node in found.imports:
            self._modules.outside(node, scope)
        for name, often in found.names.items():
            self.sheet.variable.update((scope.declare(name),) if often > 1 else ())
            scope.declare(name)
            self._modules.exported(name)
        self._refusers(found)
        for node in found.parts:
            try:
                self._part(node, found, scope)
            except RecursionError:
                self.source.problem(node.start_point[0] + 1, "a piece of code is nested too deeply")
        if self.source.root.has_error:
            for line in troubles(self.source.root, _PROBLEMS):
                self.source.problem(line, "a piece of code is not read (syntax error)")
        self.sheet.problems.extend(sorted(self.source.problems))
        return self.sheet.facts()

    def _refusers(self, found: Definitions) -> None:
        """The helpers of the file that do nothing but refuse."""
        for node, name in found.refusing():
            piece = self.source.read(node)
            for item in statements(piece) if piece is not None else ():
                if isinstance(item, cst.FunctionDef) and self._outcomes.refuses(item.body):
                    self._outcomes.refusers.add(name)

    def _part(self, node: Node, found: Definitions, scope: Scope) -> None:
        if found.is_class(node):
            self._class(node, found, scope)
            return
        if found.is_function(node) and not found.holds(node):
            self._handing.define(found.inner(node), scope, found.name_of(node))
            return
        piece = self.source.read(node)
        if piece is not None:
            with self.source.within(piece):
                self._statements.block(statements(piece), scope)

    def _class(self, node: Node, found: Definitions, scope: Scope) -> None:
        """A class: first its shell, then those of its methods that hold something."""
        methods = found.methods(node)
        piece = self.source.read(node, tuple(methods))
        shell = next((item for item in statements(piece) if isinstance(item, cst.ClassDef)), None) if piece else None
        if piece is None or shell is None:
            return
        with self.source.within(piece):
            owner, inner = self._classes.opened(shell, scope)
        for method in methods:
            if owner.kind in ("", "enumeration") and not found.holds(method, method=True):
                name, static = f"{owner.name}.{found.name_of(method)}", found.is_static(method)
                self._handing.define(found.inner(method), inner, name, owner, static)
                continue
            body = self.source.read(method)
            if body is None:
                continue
            with self.source.within(body):
                for item in statements(body):
                    if isinstance(item, cst.FunctionDef):
                        self._classes.method(item, owner, inner)

    def given(self, node: Node, without: Sequence[Node], scope: Scope) -> bool:
        piece = self.source.read(node, without, named=True)
        if piece is None:
            return False
        self._parts.update((part_name(part), part) for part in without)
        with self.source.within(piece):
            self._statements.block(statements(piece), scope)
        return True

    def resumed(self, name: str, scope: Scope) -> bool:
        part = self._parts.get(name)
        if part is not None:
            self._handing.statement(part, scope)
        return part is not None

    def value(self, node: cst.BaseExpression, scope: Scope) -> Expression:
        return self._expressions.value(node, scope)

    def condition(self, node: cst.BaseExpression, scope: Scope) -> Expression:
        return self._expressions.condition(node, scope)

    def block(self, body: cst.BaseSuite, scope: Scope) -> None:
        self._statements.block(body, scope)

    def define(
        self,
        node: Defined,
        scope: Scope,
        name: str = "",
        symbol: str = "",
        owner: Owner | None = None,
    ) -> Lambda:
        return self._functions.define(node, scope, name, symbol, owner)

    def typed(self, node: cst.BaseExpression, scope: Scope) -> Expression | None:
        return self._types.typed(node, scope)

    def call(self, node: cst.Call, scope: Scope) -> Expression:
        return self._calls.call(node, scope)

    def arguments(self, node: cst.Call, scope: Scope) -> tuple[Expression, ...]:
        return self._calls.arguments(node, scope)

    def named(self, node: cst.Call, scope: Scope) -> tuple[tuple[str, Expression], ...]:
        return self._calls.named(node, scope)

    def target(
        self, node: cst.BaseExpression, value: Expression, place: cst.CSTNode, scope: Scope, kind: str = "value"
    ) -> None:
        self._functions.target(node, value, place, scope, kind)

    def qualified(self, node: cst.BaseExpression, scope: Scope) -> str:
        return self._calls.qualified(node, scope)

    def body(self, scope: Scope) -> Expression:
        function = scope.function
        function.body = function.body or f"_body@{function.number}"
        return Ref(function.body)
