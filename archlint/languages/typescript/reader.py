"""Reads one file: wires the readers of its parts together."""

import sys

from tree_sitter import Node

from archlint.languages.typescript import (
    access,
    angular,
    dynamodb,
    express_validator,
    forms,
    migrations,
    routes,
    schemas,
    signals,
    svelte,
    times,
    vue,
)
from archlint.languages.typescript.calls import Calls, Recogniser
from archlint.languages.typescript.expressions import Expressions
from archlint.languages.typescript.functions import Functions
from archlint.languages.typescript.jsx import Elements
from archlint.languages.typescript.modules import Modules
from archlint.languages.typescript.outcomes import Outcomes
from archlint.languages.typescript.sheet import Sheet
from archlint.languages.typescript.statements import Statements
from archlint.languages.typescript.syntax import Source, parts
from archlint.languages.typescript.types import Types
from archlint.model.expression import Expression, Lambda
from archlint.model.facts import FileFacts
from archlint.model.source import Problem
from archlint.terms.helpers import Helpers
from archlint.terms.scope import Function, Scope
from archlint.trees import errors

# The first that knows a call says what it means.
RECOGNISERS: tuple[Recogniser, ...] = (
    routes.procedures,
    migrations.recognise,
    times.recognise,
    vue.recognise,
    dynamodb.recognise,
    dynamodb.recognise,
    express_validator.recognise,
    signals.recognise,
    svelte.recognise,
    schemas.recognise,
    forms.recognise,
    access.recognise,
    angular.recognise,
)
_DEPTH = 6000
_JAVASCRIPT = frozenset({"js", "mjs", "cjs", "jsx", "javascript"})


def read(path: str, content: bytes, grammar: str = "") -> FileFacts:
    """The facts of one file; what cannot be read becomes a problem, never an error."""
    suffix = path.rsplit(".", 1)[-1].lower()
    source = Source(path, content, grammar)
    sheet = Sheet(source, "javascript" if (grammar or suffix) in _JAVASCRIPT else "typescript")
    if sys.getrecursionlimit() < _DEPTH:
        # Chains of a few hundred calls are legal code, and each costs several frames.
        sys.setrecursionlimit(_DEPTH)
    reader = FileReader(sheet)
    reader.read()
    reader.part()
    for place in errors(source.root):
        line = place.start_point[0] + 1
        sheet.problems.append(Problem(path, line, "a piece of code is not read (syntax error)"))
    return sheet.facts()


class FileReader(Helpers):
    """All readers of one file; see `protocol.Reader`."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__()
        self.sheet = sheet
        self.source = sheet.source
        self._expressions = Expressions(self)
        self._functions = Functions(self)
        self._types = Types(self)
        self._calls = Calls(self, RECOGNISERS)
        outcomes = Outcomes(sheet.source)
        outcomes.learn(sheet.source.root)
        modules = Modules(self)
        self._statements = Statements(
            self, self._expressions, self._functions, modules, self._types, outcomes, self._calls.setters
        )

    def read(self) -> None:
        """The whole file."""
        scope = Scope(None, Function(0, 0, "", ""))
        nodes = parts(self.source.root)
        self._functions.hoist(nodes, scope)
        for node in nodes:
            try:
                self._statements.statement(node, scope)
            except RecursionError:
                line = node.start_point[0] + 1
                self.sheet.problems.append(Problem(self.source.path, line, "a piece of code is nested too deeply"))

    def value(self, node: Node, scope: Scope) -> Expression:
        return self._expressions.value(node, scope)

    def condition(self, node: Node, scope: Scope) -> Expression:
        return self._expressions.condition(node, scope)

    def statement(self, node: Node, scope: Scope) -> None:
        self._statements.statement(node, scope)

    def define(self, node: Node, scope: Scope, name: str = "", symbol: str = "", instance: str = "") -> Lambda:
        return self._functions.define(node, scope, name, symbol, instance)

    def typed(self, node: Node, scope: Scope) -> Expression | None:
        return self._types.typed(node, scope)

    def call(self, node: Node, scope: Scope) -> Expression:
        return self._calls.call(node, scope)

    def arguments(self, node: Node, scope: Scope) -> tuple[Expression, ...]:
        return self._calls.arguments(node, scope)

    def pattern(self, node: Node, value: Expression, scope: Scope, kind: str = "value") -> None:
        self._functions.pattern(node, value, scope, kind)

    def members(self, node: Node, scope: Scope, name: str) -> None:
        self._functions.members(node, scope, name)

    def jsx(self, node: Node, scope: Scope) -> Expression:
        return self.helper(Elements).read(node, scope)
