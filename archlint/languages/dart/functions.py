"""Functions: where names begin and what flows into them."""

from tree_sitter import Node

from archlint.languages.dart import models
from archlint.languages.dart.protocol import Reader
from archlint.languages.dart.questions import classifies, constant
from archlint.languages.dart.routes import enter
from archlint.languages.dart.statements import Statements
from archlint.languages.dart.syntax import child, field, parts
from archlint.languages.dart.types import is_type
from archlint.model.expression import Boolean, Expression, Lambda, Operation, Ref, Text
from archlint.terms.neutral import LITERALS, labelled
from archlint.terms.scope import Function, Scope

_NAMED = "_named"


class Functions:
    """Reads function definitions of one file."""

    def __init__(self, reader: Reader, statements: Statements) -> None:
        self._reader = reader
        self._statements = statements

    def define(
        self, parameters: Node | None, body: Node | None, whole: Node, scope: Scope,
        name: str = "", symbol: str = "", instance: str = "", role: str = "",
    ) -> Lambda:  # fmt: skip
        """A function with its body; gives the number of its scope. The role of a getter is known to its reader only."""
        outer = scope.function
        function = Function(
            self._reader.sheet.new_scope(), outer.number, name, name or symbol or outer.symbol, instance
        )
        function.role = role
        inner = Scope(scope, function)
        inner.around = scope.around
        self.parameters(parameters, function, inner)
        enter(self._reader, parameters, function)
        if body is not None:
            self.body(body, inner)
        self._classified(function, whole, body or whole, inner)
        function.role = "" if function.role == "getter" else function.role
        self._reader.sheet.function(function, whole)
        return Lambda(function.number)

    def closure(self, node: Node, scope: Scope, symbol: str = "", role: str = "") -> Lambda:
        """`(value) { … }` and `(value) => …`."""
        return self.define(field(node, "parameters"), field(node, "body"), node, scope, symbol=symbol, role=role)

    def body(self, node: Node, scope: Scope) -> None:
        """A block, or what stands behind the arrow."""
        for inner in parts(node):
            if inner.type == "block":
                self._statements.statement(inner, scope)
            elif inner.type not in ("async", "sync", "native"):
                self._statements.answer(inner, scope)

    # Parameters ------------------------------------------------------------------------------------------

    def parameters(self, node: Node | None, function: Function, scope: Scope, here: str = "") -> None:
        """The parameters in order; named ones are members of one object that comes last. `here` is a class."""
        for item in parts(node) if node is not None else ():
            if item.type == "formal_parameter":
                name = self._parameter(item, function, scope, here, ())
                if name:
                    function.parameters.append(name)
            elif item.type == "optional_formal_parameters":
                self._optional(item, function, scope, here)

    def _optional(self, node: Node, function: Function, scope: Scope, here: str) -> None:
        named = self._reader.source.text(node).startswith("{")
        gathered = f"{_NAMED}@{function.number}"
        last: tuple[str, Node] | None = None
        waiting = False
        annotations: list[Node] = []
        for item in node.children:
            if item.type == "annotation":
                annotations.append(item)
            elif item.type == "formal_parameter":
                path = (gathered,) if named else ()
                name = self._parameter(item, function, scope, here, path)
                last, waiting = (name, item) if name else None, False
                if name and not named:
                    function.parameters.append(name)
                self._annotated(annotations, item, name, scope, here)
                annotations = []
            elif item.type in ("=", ":"):
                waiting = True
            elif item.is_named and waiting and last is not None:
                self._default(last, item, scope, here)
                waiting = False
        if named:
            function.parameters.append(gathered)

    def _parameter(self, node: Node, function: Function, scope: Scope, here: str, path: tuple[str, ...]) -> str:
        """Declares a parameter; a field of the class takes its value. Gives its scoped name."""
        inner = child(node, "constructor_param", "super_formal_parameter")
        held = inner if inner is not None else node
        own = field(node, "name")
        name = (
            own
            if own is not None
            else next((item for item in reversed(parts(held)) if item.type == "identifier"), None)
        )
        if name is None:
            return ""
        label = self._reader.source.text(name)
        sheet = self._reader.sheet
        if inner is not None and here:
            scoped = f"{label}@{function.number}"
            sheet.bind(Ref(here, (label,)), Ref(scoped), node, scope)
            above = scope.lookup("super") if inner.type == "super_formal_parameter" else None
            if above is not None:
                # A field of the class above: what is said of one is said of the other.
                sheet.bind(Ref(here, (label,)), Ref(above, (label,)), node, scope, "type")
                sheet.bind(Ref(above, (label,)), Ref(scoped), node, scope)
        else:
            scoped = scope.declare(label)
        if path:
            sheet.bind(Ref(scoped), Ref(path[0], (label,)), node, scope)
        kind = self._reader.typed([item for item in parts(held) if is_type(item)], scope)
        if kind is not None:
            sheet.bind(Ref(here, (label,)) if inner is not None and here else Ref(scoped), kind, node, scope, "type")
        return scoped

    def _default(self, last: tuple[str, Node], node: Node, scope: Scope, here: str) -> None:
        name, parameter = last
        value = self._reader.value(node, scope)
        held = child(parameter, "constructor_param", "super_formal_parameter") is not None
        subject = Ref(here, (name.split("@", 1)[0],)) if held and here else Ref(name)
        self.fallback(subject, value, parameter, node, scope)

    def fallback(self, subject: Ref, value: Expression, first: Node, last: Node, scope: Scope) -> None:
        """`this.status = 'draft'` in the parameters says what the status is where none is given."""
        if constant(value, self._reader.sheet) and value != Text("") and not isinstance(value, Boolean):
            source = self._reader.source
            self._reader.sheet.state(
                "default", source.span(first, last), scope, text=source.snippet(first, last), subject=subject,
                value=value, effect="assign", strength="soft", source="parameter",
            )  # fmt: skip

    def _annotated(self, annotations: list[Node], item: Node, name: str, scope: Scope, here: str) -> None:
        """`@Default('pending') String status` of a class whose code is generated."""
        if here and name:
            models.annotated(self._reader, annotations, item, Ref(here, (name.split("@", 1)[0],)), scope)

    # What functions give back ----------------------------------------------------------------------------

    def _classified(self, function: Function, node: Node, body: Node, scope: Scope) -> None:
        """A function that returns one of several literals classifies what it asks."""
        returns = function.returns
        if len(returns) < 2:
            if returns and labelled(returns[0][1]):
                self._state_cases(labelled(returns[0][1]), function, node, body, scope)
            return
        cases = []
        for guards, value in returns:
            if not isinstance(value, LITERALS):
                return
            cases.append((guards[0] if len(guards) == 1 else Operation("and", guards), value))
        if len({value for _, value in cases}) > 1 and all(guards for guards, _ in returns[:-1]):
            self._state_cases(tuple(cases), function, node, body, scope)

    def _state_cases(
        self, cases: tuple[tuple[Expression, Expression], ...], function: Function, node: Node, body: Node, scope: Scope
    ) -> None:
        if all(isinstance(value, Boolean) for _, value in cases) or not classifies(cases, self._reader.sheet):
            return
        fixed = tuple(
            (Boolean(True) if condition == Operation("and", ()) else condition, value) for condition, value in cases
        )
        subject = Ref(f"{function.name or function.symbol}@{function.parent}")
        self._reader.sheet.state(
            "classify", self._reader.source.span(body), scope, text=self._reader.source.snippet(node), subject=subject,
            value=subject, cases=fixed, effect="assign", strength="soft", source="function",
        )  # fmt: skip
