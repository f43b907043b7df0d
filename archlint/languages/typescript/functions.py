"""Functions, classes and destructuring: where names begin and what flows into them."""

from tree_sitter import Node

from archlint.languages.typescript import class_validator, signals
from archlint.languages.typescript.entities import entity, repository
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.routes import enter
from archlint.languages.typescript.syntax import FUNCTIONS, field, parts, unwrapped
from archlint.model.expression import Call, Expression, Fields, Items, Lambda, Null, Opaque, Operation, Ref, Row, Text
from archlint.model.source import Span
from archlint.terms.idioms import table, words
from archlint.terms.neutral import LITERALS, below, labelled
from archlint.terms.scope import Function, Scope
from archlint.trees import has_token

_DECLARED = frozenset({"lexical_declaration", "variable_declaration"})
_CLASSES = frozenset({"class_declaration", "abstract_class_declaration"})
_TYPES = frozenset({"interface_declaration", "type_alias_declaration", "enum_declaration"})


class Functions:
    """Reads function and class definitions of one file."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    # Names of a block ------------------------------------------------------------------------------------

    def hoist(self, nodes: list[Node], scope: Scope) -> None:
        """Declares what the statements of a block declare, before any of them is read."""
        for node in nodes:
            if node.type == "export_statement":
                inner = field(node, "declaration")
                if inner is not None:
                    self.hoist([inner], scope)
            elif node.type in _DECLARED:
                for declarator in node.named_children:
                    name = field(declarator, "name")
                    if name is not None:
                        self._declare(name, scope)
            elif node.type in FUNCTIONS or node.type in _CLASSES or node.type in _TYPES:
                name = field(node, "name")
                if name is not None:
                    scope.declare(self._reader.source.text(name))

    def _declare(self, pattern: Node, scope: Scope) -> None:
        if pattern.type in ("identifier", "shorthand_property_identifier_pattern"):
            scope.declare(self._reader.source.text(pattern))
            return
        for child in parts(pattern):
            if child.type == "pair_pattern":
                value = field(child, "value")
                if value is not None:
                    self._declare(value, scope)
            elif child.type in ("object_assignment_pattern", "assignment_pattern"):
                left = field(child, "left")
                if left is not None:
                    self._declare(left, scope)
            else:
                self._declare(child, scope)

    # Patterns --------------------------------------------------------------------------------------------

    def pattern(self, node: Node, value: Expression, scope: Scope, kind: str = "value") -> None:
        """Binds the names of a pattern to the members of a value."""
        if node.type in ("identifier", "shorthand_property_identifier_pattern"):
            name = scope.declare(self._reader.source.text(node))
            self._reader.sheet.bind(Ref(name), value, node, scope, kind)
        elif node.type == "object_pattern":
            self._object(node, self._named(value, node, scope), scope, kind)
        elif node.type == "array_pattern":
            self._array(node, value, scope, kind)
        elif node.type in ("assignment_pattern", "object_assignment_pattern"):
            self._with_default(node, value, scope, kind)
        elif node.type == "rest_pattern":
            for child in parts(node):
                self.pattern(child, value, scope, kind)
        elif node.type == "member_expression":
            target = self._reader.value(node, scope)
            if isinstance(target, Ref):
                self._reader.sheet.bind(target, value, node, scope)

    def _named(self, value: Expression, node: Node, scope: Scope) -> Expression:
        if isinstance(value, (Call, Operation)):
            return self._reader.sheet.temporary(scope, value, node)
        return value

    def _object(self, node: Node, value: Expression, scope: Scope, kind: str) -> None:
        taken: list[str] = []
        for child in parts(node):
            if child.type == "shorthand_property_identifier_pattern":
                taken.append(self._reader.source.text(child))
                self.pattern(child, self._member(value, taken[-1]), scope, kind)
            elif child.type == "object_assignment_pattern":
                left = field(child, "left")
                if left is not None:
                    taken.append(self._reader.source.text(left))
                    self._with_default(child, self._member(value, taken[-1]), scope, kind)
            elif child.type == "pair_pattern":
                key, inner = field(child, "key"), field(child, "value")
                if key is not None and inner is not None:
                    taken.append(self._reader.source.text(key).strip("'\""))
                    self.pattern(inner, self._member(value, taken[-1]), scope, kind)
            elif child.type == "rest_pattern":
                for rest in parts(child):
                    self._rest(rest, value, taken, scope, kind)

    def _rest(self, node: Node, value: Expression, taken: list[str], scope: Scope, kind: str) -> None:
        """`{ title, ...rest }`: what is left has all members but those that were taken out."""
        if not taken or not isinstance(value, (Ref, Row)):
            self.pattern(node, value, scope, kind)
            return
        left = Call("omit", (value, *(Text(name) for name in taken)))
        self.pattern(node, left, scope, "derived")

    def _array(self, node: Node, value: Expression, scope: Scope, kind: str) -> None:
        from_items = getattr(value, "items", ())
        for index, child in enumerate(parts(node)):
            if from_items:
                inner = from_items[index] if index < len(from_items) else Null()
            else:
                inner = value if index == 0 else Opaque("element")
            self.pattern(child, inner, scope, kind)

    def _with_default(self, node: Node, value: Expression, scope: Scope, kind: str) -> None:
        left, right = field(node, "left"), field(node, "right")
        if left is None or right is None:
            return
        default = self._reader.value(right, scope)
        self.pattern(left, value, scope, "value" if kind == "constant" else kind)
        if left.type in ("identifier", "shorthand_property_identifier_pattern"):
            self._default(Ref(scope.declare(self._reader.source.text(left))), default, node, scope)

    def _default(self, subject: Ref, value: Expression, node: Node, scope: Scope) -> None:
        if isinstance(value, (*LITERALS, Ref)) and value != Text(""):
            self._reader.sheet.state(
                "default",
                node,
                scope,
                subject=subject,
                value=value,
                effect="assign",
                strength="soft",
                source="parameter",
            )

    def _member(self, value: Expression, name: str) -> Expression:
        return below(value, name) or Opaque(name)

    # Functions -------------------------------------------------------------------------------------------

    def define(self, node: Node, scope: Scope, name: str = "", symbol: str = "", instance: str = "") -> Lambda:
        """A function with its body; gives the name of its scope."""
        node = unwrapped(node)
        own = field(node, "name")
        if own is not None and not symbol and node.type != "method_definition":
            name = name or self._reader.source.text(own)
        outer = scope.function
        label = name or symbol or outer.symbol
        function = Function(self._reader.sheet.new_scope(), outer.number, name, label, instance)
        function.component = label[:1].isupper() and not instance
        inner = Scope(scope, function)
        inner.around = scope.around
        self._parameters(node, function, inner)
        enter(self._reader, node, function, inner)
        body = field(node, "body")
        if body is not None:
            if body.type == "statement_block":
                self._reader.statement(body, inner)
            else:
                value = self._reader.value(body, inner)
                function.returns.append(((), value))
        self._classified(function, node, inner)
        self._reader.sheet.function(function, node)
        return Lambda(function.number)

    def _parameters(self, node: Node, function: Function, scope: Scope) -> None:
        single = field(node, "parameter")
        if single is not None:
            function.parameters.append(scope.declare(self._reader.source.text(single)))
            return
        listed = field(node, "parameters")
        for child in parts(listed) if listed is not None else ():
            self._parameter(child, function, scope)

    def _parameter(self, child: Node, function: Function, scope: Scope) -> None:
        pattern, default, annotation = child, None, None
        if child.type in ("required_parameter", "optional_parameter"):
            pattern = field(child, "pattern") or child
            default, annotation = field(child, "value"), field(child, "type")
        elif child.type == "assignment_pattern":
            pattern, default = field(child, "left") or child, field(child, "right")
        if pattern.type == "identifier" and self._reader.source.text(pattern) == table("vue")["parameter"]:
            # Properties speak of what their component is named after.
            name = scope.names[table("vue")["parameter"]] = f"{function.name}@{function.number}"
        elif pattern.type == "identifier":
            name = scope.declare(self._reader.source.text(pattern))
        elif pattern.type == "this":
            return
        else:
            name = f"_parameter{len(function.parameters) + 1}@{function.number}"
        function.parameters.append(name)
        if annotation is not None:
            kind = self._reader.typed(annotation, scope)
            if isinstance(kind, Items) and len(kind.items) > 1:
                # `level: "low" | "high"` says it where others name a type.
                self._reader.sheet.state(
                    "values", annotation, scope, subject=Ref(name), condition=kind, effect="hint", strength="hint",
                    source="type",
                )  # fmt: skip
            if kind is not None:
                self._reader.sheet.bind(Ref(name), kind, child, scope, "type")
        if pattern.type in ("object_pattern", "array_pattern"):
            self.pattern(pattern, Ref(name), scope)
        if default is not None:
            value = self._reader.value(default, scope)
            if pattern.type == "identifier":
                self._default(Ref(name), value, child, scope)

    def _classified(self, function: Function, node: Node, scope: Scope) -> None:
        """A function that returns one of several literals classifies what it asks."""
        returns = function.returns
        if len(returns) < 2:
            if returns and labelled(returns[0][1]):
                self._state_cases(labelled(returns[0][1]), function, node, scope)
            return
        cases = []
        for guards, value in returns:
            if not isinstance(value, LITERALS):
                return
            cases.append((guards[0] if len(guards) == 1 else Operation("and", guards), value))
        if len({value for _, value in cases}) > 1 and all(guards for guards, _ in returns[:-1]):
            self._state_cases(tuple(cases), function, node, scope)

    def _state_cases(
        self, cases: tuple[tuple[Expression, Expression], ...], function: Function, node: Node, scope: Scope
    ) -> None:
        from archlint.model.expression import Boolean

        if all(isinstance(value, Boolean) for _, value in cases):
            return
        fixed = tuple(
            (Boolean(True) if condition == Operation("and", ()) else condition, value) for condition, value in cases
        )
        subject = (
            Ref(f"{function.name}@{function.parent}") if function.name else Ref(f"{function.symbol}@{function.parent}")
        )
        body = field(node, "body") or node
        span = self._reader.source.span(body)
        self._reader.sheet.state(
            "classify",
            Span(span.line, span.column, span.end_line, span.end_column),
            scope,
            text=self._reader.source.snippet(node),
            subject=subject,
            value=subject,
            cases=fixed,
            effect="assign",
            strength="soft",
            source="function",
        )

    # Classes ---------------------------------------------------------------------------------------------

    def members(self, node: Node, scope: Scope, name: str) -> None:
        """The fields and methods of a class; `this` is the class's own name."""
        body = field(node, "body")
        if body is None:
            return
        entity(self._reader, node, name, scope)
        signals.tied(self._reader, node, name, scope)
        inner = Scope(scope, scope.function, self._reader.sheet.block())
        here = scope.lookup(name) or f"{name}@{scope.number}"
        inner.names["this"] = here
        class_validator.parents(self._reader, node, here, scope)
        constants: list[tuple[str, Expression]] = []
        for child in parts(body):
            if child.type in ("public_field_definition", "field_definition"):
                self._field(child, inner, here, name, constants)
            elif child.type == "method_definition":
                method = self._reader.source.text(field(child, "name") or child)
                if method == "constructor":
                    self._constructor(child, inner, here)
                self._reader.define(child, inner, name=f"{name}.{method}", symbol=f"{name}.{method}", instance=name)
        if constants:
            self._reader.sheet.bind(Ref(here), Fields(tuple(constants)), node, scope, "constant")

    def _field(self, child: Node, scope: Scope, here: str, name: str, constants: list[tuple[str, Expression]]) -> None:
        key, value, annotation = (
            field(child, "name") or field(child, "property"),
            field(child, "value"),
            field(child, "type"),
        )
        if key is None:
            return
        label = self._reader.source.text(key).lstrip("#").strip("'\"")
        class_validator.fields(self._reader, child, Ref(here, (label,)), scope)
        if annotation is not None:
            repository(self._reader, annotation, Ref(here, (label,)), scope)
            kind = self._reader.typed(annotation, scope)
            if kind is not None:
                self._reader.sheet.bind(Ref(here, (label,)), kind, child, scope, "type")
        if value is None:
            return
        inner = unwrapped(value)
        if inner.type in FUNCTIONS:
            self._reader.define(inner, scope, name=f"{name}.{label}", symbol=f"{name}.{label}", instance=name)
            return
        given = self._injected(inner, scope)
        if given is not None:
            self._reader.sheet.bind(Ref(here, (label,)), given, child, scope, "type")
            return
        found = self._reader.value(value, scope)
        changing = signals.keep(self._reader, Ref(here, (label,)), inner, scope)
        if changing:
            signals.default(self._reader, Ref(here, (label,)), inner, found, scope)
        if (has_token(child, "static") or has_token(child, "readonly")) and not changing:
            constants.append((label, found))
            if not isinstance(found, Ref):
                # Another name for a constant states nothing itself.
                self._reader.sheet.fields[Ref(here, (label,))] = child
            self._reader.sheet.bind(Ref(here, (label,)), found, child, scope, "constant")
        else:
            self._reader.sheet.bind(Ref(here, (label,)), found, child, scope)

    def _injected(self, value: Node, scope: Scope) -> Ref | None:
        """`inject(OrderService)` gives an instance of the class."""
        callee, listed = field(value, "function"), field(value, "arguments")
        if value.type != "call_expression" or callee is None or listed is None:
            return None
        given = parts(listed)
        if self._reader.source.text(callee) not in words("angular", "injecting") or not given:
            return None
        found = self._reader.value(given[0], scope)
        return found if isinstance(found, Ref) else None

    def _constructor(self, node: Node, scope: Scope, here: str) -> None:
        """`constructor(private readonly orders: OrderService)` declares a field."""
        listed = field(node, "parameters")
        for child in parts(listed) if listed is not None else ():
            pattern, annotation = field(child, "pattern"), field(child, "type")
            modified = any(item.type in ("accessibility_modifier", "readonly") for item in child.children)
            if pattern is None or annotation is None or pattern.type != "identifier" or not modified:
                continue
            kind = self._reader.typed(annotation, scope)
            repository(self._reader, annotation, Ref(here, (self._reader.source.text(pattern),)), scope)
            if isinstance(kind, Ref):
                label = self._reader.source.text(pattern)
                self._reader.sheet.bind(Ref(here, (label,)), kind, child, scope, "type")
