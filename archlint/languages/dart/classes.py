"""Classes, enums, mixins and extensions: their members, and what their constructors fill."""

from tree_sitter import Node

from archlint.languages.dart import models
from archlint.languages.dart.expressions import Expressions
from archlint.languages.dart.functions import Functions
from archlint.languages.dart.protocol import Reader
from archlint.languages.dart.routes import Routes
from archlint.languages.dart.sheet import member_name
from archlint.languages.dart.syntax import child, field, parts, unwrapped
from archlint.languages.dart.types import is_type, split
from archlint.model.expression import Expression, Fields, Lambda, Ref
from archlint.terms.idioms import words
from archlint.terms.neutral import LITERALS
from archlint.terms.scope import Function, Scope
from archlint.trees import has_token

_LISTS = ("initialized_identifier_list", "static_final_declaration_list")
_ITEMS = ("initialized_identifier", "static_final_declaration")
_CONSTRUCTORS = (
    "constructor_signature", "constant_constructor_signature", "redirecting_factory_constructor_signature",
    "factory_constructor_signature",
)  # fmt: skip


class Classes:
    """Reads the classes of one file."""

    def __init__(self, reader: Reader, expressions: Expressions, functions: Functions) -> None:
        self._reader = reader
        self._expressions = expressions
        self._functions = functions

    def read(self, node: Node, scope: Scope) -> None:
        """A class, mixin or extension; `this` is the class's own name."""
        named = field(node, "name") or child(node, "identifier")
        body = field(node, "body") or child(node, "class_body", "extension_body")
        if body is None:
            return
        name = self._reader.source.text(named) if named is not None else "extension"
        here = scope.lookup(name) or f"{name}@{scope.number}"
        inner = Scope(scope, scope.function, self._reader.sheet.block())
        inner.names["this"] = here
        if node.type == "extension_declaration":
            self._extended(node, inner, scope)
        self._parents(node, here, inner)
        self.members(body, here, name, inner)
        models.generated(self._reader, node, name, here, inner)

    def _extended(self, node: Node, inner: Scope, scope: Scope) -> None:
        """Within an extension `this` is a value of the class that it extends."""
        on = field(node, "class")
        kind = self._reader.typed([on], scope) if on is not None else None
        own = inner.declare("_this")
        inner.names["this"] = own
        if kind is not None:
            self._reader.sheet.bind(Ref(own), kind, node, inner, "type")

    def _parents(self, node: Node, here: str, scope: Scope) -> None:
        """What a class extends takes some of its parameters; the state of a widget knows the widget."""
        sheet = self._reader.sheet
        parent = field(node, "superclass")
        nodes = parts(parent) if parent is not None else []
        above = self._reader.typed([item for item in nodes if item.type == "type_identifier"][:1], scope)
        if above is not None:
            scope.names["super"] = above.name
        name = self._reader.source.text(nodes[0]) if nodes else ""
        listed = next((item for item in nodes if item.type == "type_arguments"), None)
        if listed is None:
            return
        arguments = split(listed)
        if name in words("dart", "types", "widgets"):
            widget = self._reader.typed(arguments[0], scope)
            if widget is not None:
                scope.names["widget"] = widget.name
        elif name in words("dart", "types", "states"):
            scope.names["state"] = member_name(here, "state")
            held = self._reader.typed(arguments[-1], scope)
            if held is not None:
                sheet.bind(Ref(here, ("state",)), held, node, scope, "type")

    # Members ---------------------------------------------------------------------------------------------

    def members(self, body: Node, here: str, name: str, scope: Scope) -> None:
        """All members of a body, which may name each other before they are declared."""
        children = parts(body)
        for item in children:
            for label in self._declared(item):
                scope.names.setdefault(label, member_name(here, label))
                if not has_token(item, "static"):
                    self._reader.sheet.members.add(Ref(here, (label,)))
        constants: list[tuple[str, Expression]] = []
        annotations: list[Node] = []
        for item in children:
            if item.type == "annotation":
                annotations.append(item)
                continue
            if item.type == "declaration":
                self._declaration(item, here, name, scope, constants, annotations)
            elif item.type == "method_declaration":
                self._method(item, here, name, scope, annotations)
            annotations = []
        if constants:
            self._reader.sheet.bind(Ref(here), Fields(tuple(constants)), body, scope, "constant")

    def _declared(self, item: Node) -> list[str]:
        """The names that a member declares, and those that a constructor takes for the class it extends."""
        text = self._reader.source.text
        if item.type == "method_declaration":
            signature = field(item, "signature")
            inner = (
                child(signature, "function_signature", "getter_signature", "setter_signature") if signature else None
            )
            name = field(inner, "name") if inner is not None else None
            return [text(name)] if name is not None else []
        if item.type != "declaration":
            return []
        listed = child(item, *_LISTS)
        if listed is not None:
            return [text(parts(inner)[0]) for inner in parts(listed) if parts(inner)]
        signature = child(item, "function_signature", "getter_signature")
        name = field(signature, "name") if signature is not None else None
        found = [text(name)] if name is not None else []
        stack = [item]
        while stack:
            inner = stack.pop()
            if inner.type == "super_formal_parameter":
                found.extend(text(part) for part in parts(inner)[-1:] if part.type == "identifier")
            else:
                stack.extend(inner.named_children)
        return found

    def _declaration(
        self, node: Node, here: str, name: str, scope: Scope, constants: list[tuple[str, Expression]],
        annotations: list[Node],
    ) -> None:  # fmt: skip
        listed = child(node, *_LISTS)
        if listed is None:
            signature = child(node, *_CONSTRUCTORS)
            if signature is not None:
                self._constructor(signature, child(node, "initializers"), None, here, name, node, scope)
            return
        types = [item for item in parts(node) if is_type(item)]
        fixed = listed.type == "static_final_declaration_list" or has_token(node, "final_builtin")
        static = has_token(node, "static") and (fixed or has_token(node, "const_builtin"))
        kind = self._reader.typed(types, scope)
        for item in parts(listed):
            inner = parts(item)
            if not inner:
                continue
            label = self._reader.source.text(inner[0])
            subject = Ref(here, (label,))
            if kind is not None:
                self._reader.sheet.bind(subject, kind, item, scope, "type")
            if any(self._reader.source.text(part) in words("dart", "entering") for part in types):
                self._reader.sheet.controllers.add(subject)
            models.annotated(self._reader, annotations, node, subject, scope)
            if len(inner) > 1:
                self._initial(subject, inner[1], item, static, scope, constants)

    def _initial(
        self, subject: Ref, value: Node, node: Node, static: bool, scope: Scope,
        constants: list[tuple[str, Expression]],
    ) -> None:  # fmt: skip
        """What a field begins with; what never changes can stand in the place of its name."""
        label = subject.path[-1]
        inner = unwrapped(value)
        self._reader.sheet.entered(subject, inner)
        if inner.type == "function_expression":
            symbol = f"{subject.name.split('@', 1)[0]}.{label}"
            found: Expression = self._functions.define(
                field(inner, "parameters"), field(inner, "body"), inner, scope, name=symbol, symbol=symbol
            )
        else:
            found = self._reader.value(value, scope)
        if static:
            constants.append((label, found))
            self._expressions.stated(subject, found, value, scope)
        elif not isinstance(found, (*LITERALS, Lambda)):
            self._reader.sheet.bind(subject, found, node, scope)

    def _method(self, node: Node, here: str, name: str, scope: Scope, annotations: list[Node]) -> None:
        signature, body = field(node, "signature"), field(node, "body")
        inner = parts(signature)[-1] if signature is not None and parts(signature) else None
        if inner is None:
            return
        if inner.type in _CONSTRUCTORS:
            self._constructor(inner, None, body, here, name, node, scope)
            return
        own = field(inner, "name")
        label = self._reader.source.text(own) if own is not None else ""
        symbol = f"{name}.{label}"
        if annotations:
            self._reader.helper(Routes).annotated(annotations, symbol)
        if inner.type == "getter_signature":
            self._getter(label, body, node, here, symbol, scope)
            return
        parameters = child(inner, "formal_parameter_list")
        self._reader.define(parameters, body, node, scope, name=symbol, symbol=symbol, instance=name)

    def _getter(self, label: str, body: Node | None, node: Node, here: str, symbol: str, scope: Scope) -> None:
        """`double get fee => total * 0.1;` is a member that is computed."""
        self._reader.define(None, body, node, scope, symbol=symbol, instance=symbol.partition(".")[0], role="getter")
        fact = self._reader.sheet.functions[-1]
        if len(fact.returns) == 1 and body is not None:
            value = fact.returns[0][1]
            arrow = parts(body)[-1:]
            place = arrow[0] if arrow and arrow[0].type != "block" else body
            if not isinstance(value, LITERALS):
                self._reader.sheet.bind(Ref(here, (label,)), value, node, scope)
            self._expressions.stated(Ref(here, (label,)), value, place, scope, source="function")

    def _constructor(
        self, signature: Node, initializers: Node | None, body: Node | None, here: str, name: str, node: Node,
        scope: Scope,
    ) -> None:  # fmt: skip
        """A constructor is a function under the name of its class, which fills the fields."""
        names = [self._reader.source.text(item) for item in parts(signature) if item.type == "identifier"]
        label = ".".join(names[:2]) or name
        function = Function(self._reader.sheet.new_scope(), scope.number, label, label, name)
        inner = Scope(scope, function)
        listed = field(signature, "parameters") or child(signature, "formal_parameter_list")
        self._functions.parameters(listed, function, inner, here)
        redirecting = signature.type == "redirecting_factory_constructor_signature"
        if redirecting:
            models.filled(self._reader, listed, function, here, inner)
        if len(names) > 1 and signature.type == "factory_constructor_signature":
            models.parsed(self._reader, names[1], function, here, inner, node)
        for entry in parts(initializers) if initializers is not None else ():
            self._initializer(entry, here, inner)
        if body is not None:
            self._functions.body(body, inner)
        self._reader.sheet.function(function, node)

    def _initializer(self, entry: Node, here: str, scope: Scope) -> None:
        """`: total = price * count`."""
        found = child(entry, "field_initializer")
        children = [item for item in parts(found) if item.type != "this"] if found is not None else []
        if len(children) < 2:
            for item in parts(entry):
                if item.type == "arguments":
                    self._reader.arguments(entry, scope)
            return
        value = self._reader.value(children[-1], scope)
        subject = Ref(here, (self._reader.source.text(children[0]),))
        if not isinstance(value, LITERALS):
            self._reader.sheet.bind(subject, value, entry, scope)
        self._expressions.stated(subject, value, children[-1], scope)
