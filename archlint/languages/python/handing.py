"""Functions: what states a rule is read with libcst, what only hands values on is told from the tree alone."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from archlint.languages.python import literals
from archlint.languages.python.finding import Definitions
from archlint.languages.python.functions import Functions
from archlint.languages.python.protocol import Owner, Reader
from archlint.model.expression import (
    Boolean,
    Call,
    Expression,
    Fields,
    Items,
    Null,
    Number,
    Opaque,
    Operation,
    Ref,
    Row,
    Text,
)
from archlint.terms.idioms import table, words
from archlint.terms.neutral import LITERALS, below, negated, numeral
from archlint.terms.scope import Function, Scope

_BLOCKS = frozenset({
    "block", "if_statement", "elif_clause", "else_clause", "for_statement", "while_statement", "try_statement",
    "except_clause", "finally_clause", "with_statement", "except_group_clause",
})  # fmt: skip
_COMPOUND = frozenset({
    "if_statement", "for_statement", "while_statement", "try_statement", "with_statement", "match_statement",
})  # fmt: skip
_DECIDING = frozenset({"if_statement", "match_statement"})
_HANDED = frozenset({"expression_statement", "return_statement"})
_DEFINED = frozenset({"function_definition", "class_definition", "decorated_definition"})
_HOLDING = frozenset({
    "expression_statement", "assignment", "with_clause", "with_item", "as_pattern", "match_statement", "case_clause",
})  # fmt: skip
_GIVEN = frozenset({"import_statement", "import_from_statement", "match_statement"})
_OUTSIDE = re.compile(r"^[ \t]*(?:global|nonlocal)[ \t]+([\w \t,]+)", re.M)
_THROUGH = frozenset({"await", "parenthesized_expression", "yield"})
_TRUTHS: dict[str, Expression] = {"true": Boolean(True), "false": Boolean(False), "none": Null()}


class Handing:
    """Goes through the functions of one file, statement by statement."""

    def __init__(self, reader: Reader, functions: Functions, found: Definitions) -> None:
        self._reader = reader
        self._functions = functions
        self._found = found
        self._sheet = reader.sheet
        self._source = reader.source

    def define(self, node: Node, scope: Scope, name: str, owner: Owner | None = None, static: bool = False) -> None:
        """A function with its body; a static one has no `self` before its parameters."""
        outer = scope.function
        owned = owner.name if owner is not None else ""
        function = Function(self._sheet.new_scope(), outer.number, name, name, owned)
        inner = Scope(scope, function)
        inner.around = scope.around
        body, listed = node.child_by_field_name("body"), node.child_by_field_name("parameters")
        if body is None or listed is None:
            return
        before = self._source.around, self._functions.final
        if not before[0]:
            self._source.around = self._source.content[node.start_byte : node.end_byte]
        self._functions.final = self._final(body)
        self._hoist(body, inner)
        self._parameters(listed.named_children, function, inner, None if static else owner)
        for child in body.named_children:
            self.statement(child, inner)
        self._source.around, self._functions.final = before
        self._functions.classified(function, self._source.span(body), self._source.snippet(node), inner)
        self._sheet.function(function, node)

    def _final(self, body: Node) -> str:
        last = next((child for child in reversed(body.named_children) if child.type != "comment"), None)
        if last is None or last.type not in ("return_statement", "if_statement"):
            return ""
        if last.type == "if_statement":
            return "branch"
        value = self._source.raw(last.named_children[0]) if last.named_children else "None"
        return "clear" if value in ("None", "True", "''", '""') else "answer"

    def _hoist(self, body: Node, scope: Scope) -> None:
        outside = {
            name.strip() for found in _OUTSIDE.finditer(self._source.raw(body)) for name in found.group(1).split(",")
        }
        for name in _assigned(body):
            text = self._source.raw(name)
            if text in outside:
                continue
            again = text in scope.names
            scoped = scope.declare(text)
            if again:
                self._sheet.variable.add(scoped)

    # Parameters ------------------------------------------------------------------------------------------

    def _parameters(self, listed: list[Node], function: Function, scope: Scope, owner: Owner | None) -> None:
        for index, param in enumerate(listed):
            name = param.child_by_field_name("name") or (param if param.type == "identifier" else None)
            if name is None and param.type == "typed_parameter":
                name = param.named_children[0]
            if name is None or name.type != "identifier":
                for star in param.named_children[:1] if name is None else name.named_children[:1]:
                    scope.declare(self._source.raw(star))
                continue
            text = self._source.raw(name)
            if owner is not None and index == 0:
                scope.names[text] = owner.here
                continue
            scoped = scope.declare(text)
            self._sheet.variable.add(scoped)
            function.parameters.append(scoped)
            kind = param.child_by_field_name("type")
            typed = self._typed(kind.named_children[0], scope) if kind is not None and kind.named_children else None
            if typed is not None:
                self._sheet.bind(Ref(scoped), typed, param, scope, "type")
            self._default(param, Ref(scoped), scope)

    def _default(self, param: Node, subject: Ref, scope: Scope) -> None:
        value = param.child_by_field_name("value")
        found = self._value(value, scope.parent or scope) if value is not None else None
        if isinstance(found, (*LITERALS, Ref)) and found != Text(""):
            self._sheet.state(
                "default", param, scope, subject=subject, value=found, effect="assign", strength="soft",
                source="parameter",
            )  # fmt: skip

    def _typed(self, node: Node, scope: Scope) -> Ref | None:
        """The class that an annotation names, through what only wraps it."""
        if node.type in ("identifier", "attribute"):
            last = self._source.raw(node).rsplit(".", 1)[-1]
            if last in words("python", "plain_types") or last.islower():
                return None
            found = self._value(node, scope)
            return found if isinstance(found, Ref) else None
        if node.type in ("generic_type", "subscript"):
            outer = self._source.raw(node.named_children[0]).rsplit(".", 1)[-1]
            inner = node.named_children[-1]
            inner = inner.named_children[0] if inner.type == "type_parameter" and inner.named_children else inner
            inner = inner.named_children[0] if inner.type == "type" and inner.named_children else inner
            return self._typed(inner, scope) if outer in words("python", "through") else None
        if node.type == "binary_operator":
            sides = [side for side in node.named_children if side.type != "none"]
            return self._typed(sides[0], scope) if len(sides) == 1 else None
        return None

    # Statements ------------------------------------------------------------------------------------------

    def statement(self, node: Node, scope: Scope) -> None:
        """One statement: with libcst where it holds something, else from the tree."""
        if node.type == "comment":
            return
        if node.type in ("function_definition", "decorated_definition", "class_definition"):
            self._definition(node, scope)
            return
        nested = list(self._nested(node, node.type in _DECIDING)) if node.type in _COMPOUND else []
        if (node.type in _GIVEN or self._holds(node, nested)) and self._reader.given(node, nested, scope):
            return
        self._handed(node, scope)

    def _nested(self, node: Node, deciding: bool) -> Iterator[Node]:
        """The statements within a compound statement that are read on their own.

        What a branch does is told from its own statements, so these stay with it.
        """
        for child in node.named_children:
            if child.type == "block":
                yield from (inner for inner in child.named_children if self._apart(inner, deciding))
            elif child.type in _BLOCKS or child.type == "case_clause":
                yield from self._nested(child, deciding)

    def _apart(self, node: Node, deciding: bool) -> bool:
        if node.type in _COMPOUND or node.type in _DEFINED:
            return True
        return not deciding and node.type in _HANDED and not self._found.between(node.start_byte, node.end_byte)

    def _definition(self, node: Node, scope: Scope) -> None:
        if node.type == "function_definition" and not self._found.holds(node):
            self.define(node, scope, self._found.name_of(node))
        else:
            self._reader.given(node, (), scope)

    def _holds(self, node: Node, nested: list[Node]) -> bool:
        """Whether something that may state a rule stands in a statement, and not in those within."""
        start = node.start_byte
        for part in nested:
            if self._found.between(start, part.start_byte):
                return True
            start = part.end_byte
        return self._found.between(start, node.end_byte)

    def _handed(self, node: Node, scope: Scope) -> None:
        if node.type == "expression_statement":
            for child in node.named_children:
                if child.type in ("assignment", "augmented_assignment"):
                    self._assign(child, scope)
                elif child.type not in ("string", "comment"):
                    self._value(child, scope)
        elif node.type == "return_statement":
            values = [self._value(child, scope) for child in node.named_children]
            scope.function.returns.append((scope.guards, values[0] if values else Null()))
        elif node.type in _BLOCKS:
            self._block(node, scope)
        elif node.type in ("print_statement", "exec_statement"):
            self._source.problem(node.start_point[0] + 1, "a piece of code is not read (syntax error)")
        elif node.type not in ("comment", "pass_statement", "global_statement", "nonlocal_statement"):
            for child in node.named_children:
                self._value(child, scope)

    def _block(self, node: Node, scope: Scope) -> None:
        inner = scope
        condition = node.child_by_field_name("condition")
        if condition is not None:
            inner = scope.under(self._value(condition, scope))
        elif node.type == "for_statement":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            if left is not None and right is not None:
                self._bind(left, self._value(right, scope), left, scope, "value")
        for child in node.named_children:
            if child.type in ("elif_clause", "else_clause") and condition is not None:
                self._block(child, scope.under(negated(inner.guards[-1])))
            elif child.type == "block":
                self._statements(child, inner)
            elif child.type in _BLOCKS:
                self._block(child, scope)
            elif child.type == "with_clause":
                self._with(child, scope)
            elif child.type.endswith(("statement", "definition")):
                self.statement(child, inner)

    def _statements(self, block: Node, scope: Scope) -> None:
        for child in block.named_children:
            self.statement(child, scope)

    def _with(self, clause: Node, scope: Scope) -> None:
        for item in clause.named_children:
            value = item.child_by_field_name("value")
            if value is None:
                continue
            if value.type == "as_pattern":
                target = value.child_by_field_name("alias")
                found = self._value(value.named_children[0], scope)
                if target is not None and target.named_children:
                    self._bind(target.named_children[0], found, item, scope, "value")
            else:
                self._value(value, scope)

    def _assign(self, node: Node, scope: Scope) -> None:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return
        if right.type == "assignment":
            self._assign(right, scope)
            inner = right.child_by_field_name("right")
            value: Expression = self._value(inner, scope) if inner is not None else Opaque("value")
        else:
            value = self._value(right, scope)
        if node.type == "augmented_assignment":
            value = Opaque("changed")
        self._bind(left, value, node, scope, "constant" if node.type == "assignment" else "value")

    def _bind(self, target: Node, value: Expression, place: Node, scope: Scope, kind: str) -> None:
        if target.type == "identifier":
            text = self._source.raw(target)
            scoped = scope.lookup(text) or scope.declare(text)
            kind = "value" if scoped in self._sheet.variable else kind
            self._sheet.bind(Ref(scoped), value, place, scope, kind)
            maker = value.callee if isinstance(value, Call) else None
            if maker is not None and not maker.path and maker.name[:1].isupper():
                self._sheet.bind(Ref(scoped), maker, place, scope, "type")
        elif target.type in ("attribute", "subscript"):
            found = self._value(target, scope)
            if isinstance(found, Ref):
                self._sheet.bind(found, value, place, scope)
        elif target.type in ("pattern_list", "tuple_pattern", "list_pattern"):
            items = value.items if isinstance(value, Items) else ()
            for index, inner in enumerate(target.named_children):
                given = items[index] if len(items) == len(target.named_children) else Opaque("element")
                self._bind(inner, given, place, scope, kind)

    # Values ----------------------------------------------------------------------------------------------

    def _value(self, node: Node, scope: Scope) -> Expression:
        kind = node.type
        if kind == "identifier":
            name = self._source.raw(node)
            return Ref(scope.lookup(name) or f"{name}@0")
        if kind == "attribute":
            return self._member(node, scope)
        if kind == "call":
            return self._call(node, scope)
        if kind in _THROUGH:
            return self._value(node.named_children[0], scope) if node.named_children else Null()
        if kind == "string":
            return self._text(node, scope)
        if kind in ("integer", "float"):
            return numeral(self._source.raw(node))
        if kind in _TRUTHS:
            return _TRUTHS[kind]
        if kind == "subscript":
            return self._subscript(node, scope)
        if kind == "dictionary":
            return self._dictionary(node, scope)
        if kind in ("list", "tuple", "set", "expression_list"):
            return Items(tuple(self._value(child, scope) for child in node.named_children if child.type != "comment"))
        if kind == "not_operator":
            return Operation("not", (self._value(node.named_children[0], scope),))
        for child in node.named_children:
            self._value(child, scope)
        return Opaque(self._source.snippet(node))

    def _member(self, node: Node, scope: Scope) -> Expression:
        dotted = self._source.raw(node)
        for cut in range(dotted.count("."), 0, -1):
            scoped = scope.lookup(".".join(dotted.split(".")[: cut + 1]))
            if scoped is not None:
                return Ref(scoped, tuple(dotted.split(".")[cut + 1 :]))
        holder, name = node.child_by_field_name("object"), node.child_by_field_name("attribute")
        if holder is None or name is None:
            return Opaque(dotted)
        base = self._value(holder, scope)
        return self._of(base, self._source.raw(name), node, scope)

    def _of(self, base: Expression, key: str, node: Node, scope: Scope) -> Expression:
        found = below(base, key)
        if found is not None:
            return found
        if isinstance(base, (Opaque, Text, Number, Boolean, Null, Fields, Items)):
            return Opaque(key)
        return below(self._sheet.temporary(scope, base, node), key) or Opaque(key)

    def _subscript(self, node: Node, scope: Scope) -> Expression:
        holder, index = node.child_by_field_name("value"), node.child_by_field_name("subscript")
        if holder is None or index is None:
            return Opaque(self._source.snippet(node))
        base, key = self._value(holder, scope), self._value(index, scope)
        if isinstance(key, Text):
            return self._of(base, key.value, node, scope)
        if isinstance(key, Number):
            return base if isinstance(base, Row) else Call("element", (base,))
        return Operation("lookup", (base, key))

    def _text(self, node: Node, scope: Scope) -> Expression:
        pieces = [child for child in node.named_children if child.type == "string_content"]
        if any(child.type == "interpolation" for child in node.named_children):
            for child in node.named_children:
                for inner in child.named_children if child.type == "interpolation" else ():
                    self._value(inner, scope)
            return Opaque(self._source.snippet(node))
        if any(child.named_children for child in pieces):
            # Escapes are for those who read texts.
            return Opaque("text")
        return Text("".join(self._source.raw(child) for child in pieces))

    def _dictionary(self, node: Node, scope: Scope) -> Expression:
        entries: list[tuple[str, Expression]] = []
        spreads: list[Expression] = []
        for child in node.named_children:
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is not None and value is not None:
                label = literals.column(self._value(key, scope))
                entries.append((label.value if isinstance(label, Text) else "", self._value(value, scope)))
            elif child.type == "dictionary_splat" and child.named_children:
                spreads.append(self._value(child.named_children[0], scope))
        return Fields(tuple(entries), tuple(spreads))

    def _standard(
        self, callee: Node, target: Expression, placed: tuple[Expression, ...], scope: Scope
    ) -> Expression | None:
        """Standard functions and methods that hand a value on, and those that only speak to operators."""
        knowledge = table("python")
        if callee.type == "identifier":
            name = self._source.raw(callee)
            if scope.lookup(name) is not None:
                return None
            if name in words("python", "silent"):
                return Opaque(name)
            if name == "len":
                return Call("length", placed)
            function = knowledge["functions"].get(name)
            return _plain(function, placed) if function is not None else None
        if callee.type != "attribute":
            return None
        holder, name = self._source.raw(callee).rpartition(".")[::2]
        if holder.rsplit(".", 1)[-1] in words("python", "silent"):
            return Opaque(name)
        if not isinstance(target, (Ref, Row)) or not target.path:
            return None
        base = Ref(target.name, target.path[:-1]) if isinstance(target, Ref) else Row(target.access, target.path[:-1])
        if name == "get" and len(placed) == 1 and isinstance(placed[0], Text):
            return below(base, placed[0].value)
        function = knowledge["methods"].get(name) if not placed else None
        return _plain(function, (base,)) if function is not None else None

    def _call(self, node: Node, scope: Scope) -> Expression:
        callee, listed = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if callee is None or listed is None:
            return Opaque(self._source.snippet(node))
        target = self._value(callee, scope)
        placed: list[Expression] = []
        named: list[tuple[str, Expression]] = []
        for child in listed.named_children if listed.type == "argument_list" else (listed,):
            name, value = child.child_by_field_name("name"), child.child_by_field_name("value")
            if child.type == "keyword_argument" and name is not None and value is not None:
                named.append((self._source.raw(name), self._value(value, scope)))
            elif child.type in ("list_splat", "dictionary_splat"):
                self._value(child.named_children[0], scope)
            elif child.type != "comment":
                placed.append(self._value(child, scope))
        standard = self._standard(callee, target, tuple(placed), scope)
        if standard is not None:
            return standard
        if not isinstance(target, Ref):
            return Opaque(self._source.snippet(node))
        last = target.path[-1] if target.path else target.name.split("@", 1)[0]
        if last[:1].isupper() and named and not placed:
            made = self._sheet.temporary(scope, Fields(tuple(named)), node)
            self._sheet.bind(made, target, node, scope, "type")
            return made
        self._sheet.invoke(target, tuple(placed), node, scope, named=tuple(named))
        return Call(self._source.raw(callee), tuple(placed), target)


def _plain(function: str, values: tuple[Expression, ...]) -> Expression:
    """What a standard function gives back, as far as values are handed on."""
    if function == "passing":
        return values[0] if values else Opaque("nothing")
    return Call(function, values[:1])


def _assigned(node: Node) -> Iterator[Node]:
    """The names that the statements below a node give values to, with repeats."""
    for child in node.named_children:
        if child.type in _DEFINED:
            inner = child.child_by_field_name("definition") or child
            name = inner.child_by_field_name("name")
            if name is not None:
                yield name
        if child.type in ("assignment", "augmented_assignment", "for_statement"):
            left = child.child_by_field_name("left")
            if left is not None:
                yield from _targets(left)
        elif child.type == "as_pattern_target":
            yield from _targets(child)
        if child.type in _BLOCKS or child.type in _HOLDING:
            yield from _assigned(child)


def _targets(node: Node) -> Iterator[Node]:
    if node.type == "identifier":
        yield node
    elif node.type in ("pattern_list", "tuple_pattern", "list_pattern", "as_pattern_target"):
        for child in node.named_children:
            yield from _targets(child)
