"""Functions and targets: where names begin and what flows into them."""

import libcst as cst

from archlint.languages.python import literals
from archlint.languages.python.outcomes import flat
from archlint.languages.python.protocol import Defined, Owner, ParameterRecogniser, Reader
from archlint.languages.python.routes import enter
from archlint.languages.python.types import Types
from archlint.model.expression import (
    Boolean,
    Call,
    Expression,
    Items,
    Lambda,
    Number,
    Opaque,
    Ref,
    Row,
    Text,
)
from archlint.model.source import Span
from archlint.terms.neutral import LITERALS, both, labelled
from archlint.terms.scope import Function, Scope

# Defaults that stand for "not given".
_NOTHING = (Text(""), Number("-1"))


class Functions:
    """Reads the functions of one file."""

    def __init__(self, reader: Reader, types: Types, parameters: tuple[ParameterRecogniser, ...]) -> None:
        self._reader = reader
        self._types = types
        self._recognisers = parameters
        # What the last statement of the function that is being read does: `clear` gives back nothing, `branch` decides.
        self.final = ""

    def decorated(
        self, node: cst.FunctionDef, scope: Scope, name: str = "", symbol: str = "", owner: Owner | None = None
    ) -> Lambda:
        """A function with what stands above it; its decorators are told by whoever knows them."""
        return self.define(node, scope, name, symbol, owner)

    def define(
        self,
        node: Defined,
        scope: Scope,
        name: str = "",
        symbol: str = "",
        owner: Owner | None = None,
    ) -> Lambda:
        """A function with its body; gives the number of its scope."""
        sheet, outer = self._reader.sheet, scope.function
        label = name or symbol or outer.symbol
        function = Function(sheet.new_scope(), outer.number, name, label, owner.name if owner is not None else "")
        inner = Scope(scope, function)
        inner.around = scope.around
        before, self.final = self.final, ""
        if isinstance(node, cst.FunctionDef):
            self._hoisted(node, inner)
        self._parameters(node.params, function, inner, owner, _is_static(node))
        if isinstance(node, cst.Lambda):
            function.returns.append(((), self._reader.value(node.body, inner)))
        else:
            enter(self._reader, node, function, inner, owner)
            body = flat(node.body)
            self.final = _final(body[-1]) if body else ""
            self._reader.block(node.body, inner)
        self.final = before
        self.classified(function, self._reader.source.span(node.body), self._reader.source.snippet(node), inner)
        sheet.function(function, node)
        return Lambda(function.number)

    def _hoisted(self, node: cst.FunctionDef, scope: Scope) -> None:
        """The names of a function are its own wherever it gives them a value."""
        listed = list(literals.assigned(node.body))
        outside = _outside(node.body)
        for name in listed:
            if name not in outside:
                scope.declare(name)
        for name in {name for name in listed if listed.count(name) > 1}:
            self._reader.sheet.variable.add(scope.lookup(name) or name)

    def _parameters(
        self, listed: cst.Parameters, function: Function, scope: Scope, owner: Owner | None, static: bool
    ) -> None:
        params = [*listed.posonly_params, *listed.params]
        if owner is not None and params and not static:
            scope.names[params[0].name.value] = owner.here
            params = params[1:]
        for param in (*params, *listed.kwonly_params):
            self._parameter(param, function, scope)
        for star in (listed.star_arg, listed.star_kwarg):
            if isinstance(star, cst.Param):
                scope.declare(star.name.value)

    def _parameter(self, param: cst.Param, function: Function, scope: Scope) -> None:
        sheet = self._reader.sheet
        name = scope.declare(param.name.value)
        sheet.variable.add(name)
        function.parameters.append(name)
        if param.annotation is not None:
            self._types.declared(Ref(name), param.annotation.annotation, param, scope)
        if param.default is None or any(told(self._reader, param, name, function, scope) for told in self._recognisers):
            return
        value = self._reader.value(param.default, scope.parent or scope)
        if isinstance(value, (*LITERALS, Ref)) and value not in _NOTHING:
            sheet.state(
                "default", self._reader.source.span(param.name, param.default), scope,
                text=self._reader.source.snippet(param.name, param.default), subject=Ref(name), value=value,
                effect="assign", strength="soft", source="parameter",

            )  # fmt: skip

    def classified(self, function: Function, place: Span, text: str, scope: Scope) -> None:
        """A function that returns one of several literals classifies what it asks."""
        cases = _cases(function.returns)
        if not cases or all(isinstance(value, Boolean) for _, value in cases):
            return
        subject = Ref(f"{function.name or function.symbol}@{function.parent}")
        self._reader.sheet.state(
            "classify", place, scope, text=text, subject=subject, value=subject, cases=cases, effect="assign",
            strength="soft", source="function",
        )  # fmt: skip

    # Targets ---------------------------------------------------------------------------------------------

    def target(
        self, node: cst.BaseExpression, value: Expression, place: cst.CSTNode, scope: Scope, kind: str = "value"
    ) -> None:
        """Binds what stands left of an equals sign, after `for` or after `as`."""
        sheet = self._reader.sheet
        if isinstance(node, cst.Name):
            name = scope.lookup(node.value) or scope.declare(node.value)
            sheet.bind(Ref(name), value, place, scope, "value" if name in sheet.variable else kind)
            self._instance(Ref(name), value, place, scope)
        elif isinstance(node, (cst.Tuple, cst.List)):
            self._unpacked(node, value, place, scope, kind)
        elif isinstance(node, cst.StarredElement):
            self.target(node.value, value, place, scope, kind)
        elif isinstance(node, (cst.Attribute, cst.Subscript)):
            found = self._reader.value(node, scope)
            if isinstance(found, Ref):
                sheet.bind(found, value, place, scope)
                self._instance(found, value, place, scope)

    def _instance(self, subject: Ref, value: Expression, place: cst.CSTNode, scope: Scope) -> None:
        """`service = OrderService()` has the methods of its class."""
        maker = value.callee if isinstance(value, Call) else None
        if maker is not None and not maker.path and maker.name[:1].isupper():
            self._reader.sheet.bind(subject, maker, place, scope, "type")

    def _unpacked(
        self, node: cst.Tuple | cst.List, value: Expression, place: cst.CSTNode, scope: Scope, kind: str
    ) -> None:
        items = value.items if isinstance(value, Items) and len(value.items) == len(node.elements) else ()
        for index, element in enumerate(node.elements):
            inner: Expression = items[index] if items else Opaque("element")
            if not items and isinstance(value, (Ref, Row)) and len(node.elements) == 2 and index == 1:
                # `for key, value in table.items()`
                inner = value
            self.target(element.value, inner, element if items else place, scope, kind)


def _cases(
    returns: list[tuple[tuple[Expression, ...], Expression]],
) -> tuple[tuple[Expression, Expression], ...]:
    """The literals that a function gives back, each with its condition; empty where it gives back something else."""
    if len(returns) == 1:
        return labelled(returns[0][1])
    cases: list[tuple[Expression, Expression]] = []
    for guards, value in returns:
        if not isinstance(value, LITERALS):
            return ()
        cases.append((both(guards) if guards else Boolean(True), value))
    several = len({value for _, value in cases}) > 1 and all(guards for guards, _ in returns[:-1])
    return tuple(cases) if several else ()


def _final(last: cst.CSTNode) -> str:
    if isinstance(last, cst.If):
        return "branch"
    if not isinstance(last, cst.Return):
        return ""
    value = last.value
    empty = isinstance(value, cst.SimpleString) and len(value.value) == 2
    named = isinstance(value, cst.Name) and value.value in ("None", "True")
    return "clear" if value is None or empty or named else "answer"


def _is_static(node: cst.FunctionDef | cst.Lambda) -> bool:
    return isinstance(node, cst.FunctionDef) and any(
        isinstance(item.decorator, cst.Name) and item.decorator.value == "staticmethod" for item in node.decorators
    )


def _outside(body: cst.BaseSuite) -> set[str]:
    """The names that a function says are not its own."""
    return {
        item.name.value
        for statement in flat(body)
        if isinstance(statement, (cst.Global, cst.Nonlocal))
        for item in statement.names
    }
