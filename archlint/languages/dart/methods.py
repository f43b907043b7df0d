"""Methods of texts, numbers, times and lists in neutral terms."""

from tree_sitter import Node

from archlint.languages.dart.chains import given
from archlint.languages.dart.protocol import Reader
from archlint.languages.dart.questions import constant, is_word
from archlint.languages.dart.syntax import parts, unwrapped
from archlint.model.expression import (
    Call,
    Duration,
    Expression,
    Fields,
    Items,
    Lambda,
    Null,
    Opaque,
    Operation,
    Pattern,
    Ref,
    Row,
    Text,
)
from archlint.model.facts import FunctionFact
from archlint.terms.idioms import table, words
from archlint.terms.neutral import below
from archlint.terms.scope import Scope

_CLOSURES = ("function_expression", "identifier", "unconditional_assignable_selector")


class Methods:
    """Reads calls of methods that every program uses."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def read(self, node: Node, callee: Node, name: str, scope: Scope) -> Expression | None:
        """What a method gives; None where it is one of the program's own."""
        children = parts(callee)
        if children[-1].type != "identifier":
            return None
        holder, method = children[0], self._reader.source.text(children[-1])
        listed = given(node)
        nodes = parts(listed) if listed is not None else []
        special = _SPECIAL.get(method)
        if special is not None:
            found = special(self, holder, nodes, node, name, scope)
            if found is not None:
                return found
        knowledge = table("dart")
        if method in knowledge["methods"] and len(nodes) < 2:
            base = self._reader.value(holder, scope)
            if isinstance(base, Fields):
                return None
            return Call(knowledge["methods"][method], (base, *self._reader.arguments(node, scope).positional))
        if method in knowledge["comparisons"] and len(nodes) == 1:
            base = self._reader.value(holder, scope)
            return Operation(knowledge["comparisons"][method], (base, self._reader.value(nodes[0], scope)))
        if method in words("dart", "elements") and nodes and unwrapped(nodes[0]).type in _CLOSURES:
            return self._each(method, holder, node, name, scope)
        if method in words("dart", "kept_methods"):
            return self._kept(method, holder, node, scope)
        return None

    def _kept(self, method: str, holder: Node, node: Node, scope: Scope) -> Expression | None:
        """`rows.toList()` is the rows; what turns an object into its stored form may be the program's own."""
        if method in ("toJson", "toMap"):
            return None
        base = self._reader.value(holder, scope)
        self._reader.arguments(node, scope)
        return base

    def _membership(self, holder: Node, nodes: list[Node], node: Node, name: str, scope: Scope) -> Expression | None:
        if len(nodes) != 1:
            return None
        base = self._reader.value(holder, scope)
        item = self._reader.value(nodes[0], scope)
        if name.endswith(".hasMatch"):
            return Operation("matches", (item, base)) if isinstance(base, (Pattern, Ref)) else Opaque("hasMatch")
        if isinstance(item, Text) and not isinstance(base, (Items, Fields)) and not name.endswith("containsKey"):
            return Call("contains", (base, item))
        if isinstance(base, (Opaque, Call)) and not (isinstance(base, Call) and base.function in ("keys", "values")):
            return Opaque("contains")
        return Operation("in", (item, base))

    def _clamped(self, holder: Node, nodes: list[Node], node: Node, name: str, scope: Scope) -> Expression | None:
        """`count.clamp(1, 10)` forces a number between two others."""
        if len(nodes) != 2:
            return None
        base = self._reader.value(holder, scope)
        low, high = (self._reader.value(item, scope) for item in nodes)
        if (
            isinstance(base, (Ref, Row, Call))
            and constant(low, self._reader.sheet)
            and constant(high, self._reader.sheet)
        ):
            self._reader.sheet.state(
                "clamp", node, scope, subject=base,
                condition=Operation("and", (Operation(">=", (base, low)), Operation("<=", (base, high)))),
                effect="clamp", strength="soft",
            )  # fmt: skip
        return Call("maximum", (low, Call("minimum", (base, high))))

    def _moved(self, holder: Node, nodes: list[Node], node: Node, name: str, scope: Scope) -> Expression | None:
        """`DateTime.now().add(const Duration(days: 7))`."""
        if len(nodes) != 1:
            return None
        inner = unwrapped(nodes[0])
        if not self._reader.source.text(inner).removeprefix("const ").startswith("Duration"):
            return None
        base, span = self._reader.value(holder, scope), self._reader.value(nodes[0], scope)
        if not isinstance(span, Duration):
            return Opaque(name)
        return Operation("+" if name.endswith(".add") else "-", (base, span))

    def _difference(self, holder: Node, nodes: list[Node], node: Node, name: str, scope: Scope) -> Expression | None:
        if len(nodes) != 1:
            return None
        return Call("difference", (self._reader.value(holder, scope), self._reader.value(nodes[0], scope)))

    def _folded(self, holder: Node, nodes: list[Node], node: Node, name: str, scope: Scope) -> Expression | None:
        """`items.fold(0, (sum, item) => sum + item.price)` adds the prices up."""
        function_node = unwrapped(nodes[-1]) if nodes else None
        if function_node is None or function_node.type != "function_expression":
            return None
        base = self._reader.value(holder, scope)
        for item in nodes[:-1]:
            self._reader.value(item, scope)
        function = self._reader.value(nodes[-1], scope)
        fact = self._fact(function)
        if fact is None or len(fact.parameters) < 2 or len(fact.returns) != 1:
            return Opaque(name)
        self._reader.sheet.bind(Ref(fact.parameters[1]), base, nodes[-1], scope)
        total, value = Ref(fact.parameters[0]), fact.returns[0][1]
        if isinstance(value, Operation) and value.operator == "+" and total in value.operands:
            rest = tuple(item for item in value.operands if item != total)
            return Call("sum", rest[:1])
        return Opaque(name)

    def _fact(self, function: Expression) -> FunctionFact | None:
        if not isinstance(function, Lambda):
            return None
        return next((fact for fact in reversed(self._reader.sheet.functions) if fact.scope == function.scope), None)

    def _each(self, method: str, holder: Node, node: Node, name: str, scope: Scope) -> Expression:
        base = self._reader.value(holder, scope)
        found = self._of_enum(base, method, node, scope)
        if found is not None:
            return found
        arguments = self._reader.arguments(node, scope)
        function = arguments.positional[0] if arguments.positional else Null()
        self._reader.sheet.applied(function, (base,), node, scope)
        if method in ("map", "expand"):
            if isinstance(function, Ref):
                return Call(function.path[-1] if function.path else "map", (base,), function)
            return self._reader.sheet.result(function) if isinstance(function, Lambda) else Opaque(name)
        return base if method in words("dart", "kept") else Opaque(name)

    # Enums -----------------------------------------------------------------------------------------------

    def _of_enum(self, base: Expression, method: str, node: Node, scope: Scope) -> Expression | None:
        """`Status.values.firstWhere((s) => s.code == text)` makes a status out of a text."""
        if not isinstance(base, Ref) or base.path[-1:] != ("values",) or not is_word(base, self._reader.sheet):
            return None
        kind = Ref(base.name)
        before = len(self._reader.sheet.statements)
        arguments = self._reader.arguments(node, scope)
        function = arguments.positional[0] if arguments.positional else None
        if not method.startswith("firstWhere"):
            if function is not None:
                self._reader.sheet.applied(function, (Call("values", (kind,)),), node, scope)
            drawn = isinstance(function, Lambda) and method == "map"
            return self._reader.sheet.result(function) if drawn and function is not None else Call("values", (kind,))
        del self._reader.sheet.statements[before:]
        fact = self._fact(function) if function is not None else None
        answer = fact.returns[0][1] if fact is not None and len(fact.returns) == 1 else None
        own = fact.parameters[0] if fact is not None and fact.parameters else ""
        for side in answer.operands if isinstance(answer, Operation) and answer.operator == "=" else ():
            peeled = side.arguments[0] if isinstance(side, Call) and side.arguments else side
            if isinstance(peeled, Ref) and peeled.name != own:
                self._reader.sheet.bind(peeled, kind, node, scope, "type")
        return self._one_of(kind, node, scope)

    def _by_name(self, holder: Node, nodes: list[Node], node: Node, name: str, scope: Scope) -> Expression | None:
        """`Status.values.byName(text)`."""
        base = self._reader.value(holder, scope)
        if not (
            isinstance(base, Ref) and is_word(base, self._reader.sheet) and base.path == ("values",) and len(nodes) == 1
        ):
            return Opaque(name)
        kind = Ref(base.name)
        value = self._reader.value(nodes[0], scope)
        if isinstance(value, Ref):
            self._reader.sheet.bind(value, kind, node, scope, "type")
        return self._one_of(kind, node, scope)

    def _one_of(self, kind: Ref, node: Node, scope: Scope) -> Expression:
        target = self._reader.sheet.temporary(scope, Call("instance", ()), node)
        self._reader.sheet.bind(target, kind, node, scope, "type")
        return target

    # Objects ---------------------------------------------------------------------------------------------

    def _copied(self, holder: Node, nodes: list[Node], node: Node, name: str, scope: Scope) -> Expression | None:
        """`order.copyWith(status: s)` is an order with another status."""
        base = self._reader.value(holder, scope)
        arguments = self._reader.arguments(node, scope)
        if not isinstance(base, Ref):
            return base
        owner = self._reader.sheet.kind(base) or base
        for label, value in arguments.named:
            if isinstance(value, (Ref, Row, Operation, Call)):
                self._reader.sheet.bind(Ref(owner.name, (*owner.path, label)), value, node, scope)
        return base

    def _later(self, holder: Node, nodes: list[Node], node: Node, name: str, scope: Scope) -> Expression | None:
        """`future.then((value) => …)`."""
        base = self._reader.value(holder, scope)
        arguments = self._reader.arguments(node, scope)
        if not arguments.positional:
            return base
        self._reader.sheet.applied(arguments.positional[0], (base,), node, scope)
        return self._reader.sheet.result(arguments.positional[0])

    def _cut(self, holder: Node, nodes: list[Node], node: Node, name: str, scope: Scope) -> Expression | None:
        """Parts of a text are no longer the text."""
        base = self._reader.value(holder, scope)
        self._reader.arguments(node, scope)
        method = name.rsplit(".", 1)[-1]
        return Call(method, (base,)) if isinstance(base, Ref) else Opaque(method)

    def _content(self, holder: Node, nodes: list[Node], node: Node, name: str, scope: Scope) -> Expression | None:
        """`snapshot.data()` is what the snapshot holds."""
        return self._reader.value(holder, scope) if not nodes else None

    def _put(self, holder: Node, nodes: list[Node], node: Node, name: str, scope: Scope) -> Expression | None:
        """`map.addAll({'status': s})`."""
        if len(nodes) != 1:
            return None
        base, value = self._reader.value(holder, scope), self._reader.value(nodes[0], scope)
        if isinstance(base, Ref) and isinstance(value, Fields):
            for key, inner in value.entries:
                member = below(base, key)
                if isinstance(member, Ref):
                    self._reader.sheet.bind(member, inner, node, scope)
        return base


_SPECIAL = {
    "contains": Methods._membership,
    "containsKey": Methods._membership,
    "hasMatch": Methods._membership,
    "clamp": Methods._clamped,
    "add": Methods._moved,
    "subtract": Methods._moved,
    "difference": Methods._difference,
    "fold": Methods._folded,
    "reduce": Methods._folded,
    "byName": Methods._by_name,
    "copyWith": Methods._copied,
    "then": Methods._later,
    "replaceAll": Methods._cut,
    "replaceFirst": Methods._cut,
    "split": Methods._cut,
    "substring": Methods._cut,
    "padLeft": Methods._cut,
    "data": Methods._content,
    "addAll": Methods._put,
}
