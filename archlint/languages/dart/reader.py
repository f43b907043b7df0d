"""Reads one file: wires the readers of its parts together."""

import sys

from tree_sitter import Node

from archlint.languages.dart import access
from archlint.languages.dart.calls import Calls, Recogniser
from archlint.languages.dart.classes import Classes
from archlint.languages.dart.enums import Enums
from archlint.languages.dart.expressions import Expressions
from archlint.languages.dart.functions import Functions
from archlint.languages.dart.modules import Modules
from archlint.languages.dart.outcomes import Outcomes
from archlint.languages.dart.precedence import Spot
from archlint.languages.dart.protocol import Arguments
from archlint.languages.dart.routes import Routes
from archlint.languages.dart.sheet import Sheet
from archlint.languages.dart.statements import Statements
from archlint.languages.dart.syntax import Source
from archlint.languages.dart.toplevel import Toplevel
from archlint.languages.dart.types import Types
from archlint.model.expression import Expression, Lambda, Ref
from archlint.model.facts import FileFacts
from archlint.model.source import Problem
from archlint.terms.helpers import Helpers
from archlint.terms.scope import Function, Scope
from archlint.trees import errors

# The first that knows a call says what it means.
RECOGNISERS: tuple[Recogniser, ...] = (access.recognise,)
_DEPTH = 6000


def read(path: str, content: bytes) -> FileFacts:
    """The facts of one file; what cannot be read becomes a problem, never an error."""
    source = Source(path, content)
    sheet = Sheet(source)
    if sys.getrecursionlimit() < _DEPTH:
        # Trees of widgets are deep, and each level costs several frames.
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
        self._types = Types(self)
        self._calls = Calls(self, RECOGNISERS)
        self._statements = Statements(self, self._expressions, Outcomes(sheet.source))
        self._functions = Functions(self, self._statements)
        classes = Classes(self, self._expressions, self._functions)
        self._toplevel = Toplevel(self, self._statements, classes, Enums(self, classes), Modules(self))

    def read(self) -> None:
        """The whole file."""
        self._toplevel.read(self.source.root, Scope(None, Function(0, 0, "", "")))
        self.helper(Routes).finish()

    def value(self, item: Spot, scope: Scope) -> Expression:
        return self._expressions.value(item, scope)

    def condition(self, item: Spot, scope: Scope) -> Expression:
        return self._expressions.condition(item, scope)

    def statement(self, node: Node, scope: Scope) -> None:
        self._statements.statement(node, scope)

    def define(
        self, parameters: Node | None, body: Node | None, whole: Node, scope: Scope,
        name: str = "", symbol: str = "", instance: str = "", role: str = "",
    ) -> Lambda:  # fmt: skip
        return self._functions.define(parameters, body, whole, scope, name, symbol, instance, role)

    def closure(self, node: Node, scope: Scope, symbol: str = "", role: str = "") -> Lambda:
        return self._functions.closure(node, scope, symbol, role)

    def typed(self, nodes: list[Node], scope: Scope) -> Ref | None:
        return self._types.typed(nodes, scope)

    def call(self, node: Node, scope: Scope) -> Expression:
        return self._calls.call(node, scope)

    def arguments(self, node: Node, scope: Scope) -> Arguments:
        return self._calls.arguments(node, scope)
