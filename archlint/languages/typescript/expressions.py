"""Expressions in neutral form; what they state on their way is written down."""

import re

from tree_sitter import Node

from archlint.languages.typescript import checklists, json_schemas, vue
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import FUNCTIONS, field, parts, unwrapped
from archlint.model.expression import (
    Boolean,
    Call,
    Expression,
    Fields,
    Items,
    Lambda,
    Null,
    Number,
    Opaque,
    Operation,
    Pattern,
    Ref,
    Row,
    Text,
)
from archlint.terms.idioms import table, words
from archlint.terms.neutral import (
    CALLER,
    LITERALS,
    LOGICAL,
    MEASURES,
    below,
    is_formula,
    labelled,
    negated,
    numeral,
    of_its_type,
    tells,
    whole,
    within,
)
from archlint.terms.scope import Scope

_BINARY = {
    "===": "=", "==": "=", "!==": "!=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
    "+": "+", "-": "-", "*": "*", "/": "/", "%": "%",
}  # fmt: skip
_CONNECTIVES = frozenset({"&&", "||"})
_TYPE_TESTS = {"number": "is number", "string": "is text"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f", "v": "\v"}


class Expressions:
    """Reads expressions of one file."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._logical = 0

    def value(self, node: Node, scope: Scope) -> Expression:
        """A value; a comparison that nobody rejects by is written down as one."""
        outer, self._logical = self._logical, 0
        try:
            found = self._read(unwrapped(node), scope, wanted=True)
        finally:
            self._logical = outer
        return self._asserted(node, found, scope) if node.type == "as_expression" else found

    def _asserted(self, node: Node, value: Expression, scope: Scope) -> Expression:
        """`data as Profile` says what a value is."""
        children = parts(node)
        kind = self._reader.typed(children[-1], scope) if len(children) > 1 else None
        if isinstance(kind, Ref) and isinstance(value, (Ref, Row)):
            target = self._reader.sheet.temporary(scope, value, node)
            self._reader.sheet.bind(target, kind, node, scope, "type")
            return target
        return value

    def condition(self, node: Node, scope: Scope) -> Expression:
        """A condition whose caller says what follows from it."""
        outer, self._logical = self._logical, 1
        try:
            return self._read(unwrapped(node), scope, wanted=False)
        finally:
            self._logical = outer

    def _read(self, node: Node, scope: Scope, wanted: bool) -> Expression:
        reading = _READINGS.get(node.type)
        if reading is not None:
            return reading(self, node, scope)
        if node.type in FUNCTIONS:
            return self._reader.define(node, scope)
        if node.type in ("binary_expression", "unary_expression"):
            return self._logic(node, scope, wanted)
        if node.type.startswith("jsx_"):
            return self._reader.jsx(node, scope)
        for child in parts(node):
            self.value(child, scope)
        return Opaque(self._reader.source.snippet(node))

    def _below(self, node: Node, scope: Scope) -> Expression:
        """An operand of the same logical expression."""
        return self._read(unwrapped(node), scope, wanted=not self._logical)

    # Logic -----------------------------------------------------------------------------------------------

    def _logic(self, node: Node, scope: Scope, wanted: bool) -> Expression:
        if self._logical:
            return self._operator(node, scope, wanted)
        self._logical = 1
        try:
            found = self._operator(node, scope, wanted)
        finally:
            self._logical = 0
        if (
            isinstance(found, Operation)
            and (found.operator in LOGICAL or found.operator == "fallback")
            and tells(found)
        ):
            self._reader.sheet.state("compare", node, scope, condition=found, effect="", strength="soft", guards=())
        return found

    def _operator(self, node: Node, scope: Scope, wanted: bool) -> Expression:
        if node.type == "unary_expression":
            return self._unary(node, scope)
        left, right, token = field(node, "left"), field(node, "right"), field(node, "operator")
        if left is None or right is None or token is None:
            return Opaque(self._reader.source.snippet(node))
        operator = token.type
        if operator in _CONNECTIVES or operator == "??":
            return self._connective(operator, node, left, right, scope, wanted)
        if operator in ("===", "==", "!==", "!="):
            return self._equality(operator, left, right, scope)
        outer = self._logical
        if operator in ("+", "-", "*", "/", "%", "**"):
            self._logical = 0
        first, second = self._below(left, scope), self._below(right, scope)
        self._logical = outer
        if operator == "**":
            return Call("power", (first, second))
        if operator == "+" and (_textual(first) or _textual(second)):
            return Operation("concat", (first, second))
        if operator == "in":
            return Operation("in", (first, second))
        if operator in _BINARY:
            return Operation(_BINARY[operator], (first, second))
        return Opaque(self._reader.source.snippet(node))

    def _connective(self, operator: str, node: Node, left: Node, right: Node, scope: Scope, wanted: bool) -> Expression:
        first = self._below(left, scope)
        if operator == "??":
            second = self.value(right, scope)
            self._fallback(node, first, second, scope)
            return Operation("coalesce", (first, second))
        if operator == "&&":
            inner = scope.under(first)
            second = self._read(unwrapped(right), inner, wanted=not self._logical)
            return Operation("and", (first, second))
        second = self._below(right, scope)
        if wanted and not _truth(first):
            self._fallback(node, first, second, scope)
            return Operation("fallback", (first, second))
        if not _truth(second) and isinstance(second, (*LITERALS, Fields, Items)):
            self._fallback(node, first, second, scope)
            return Operation("fallback", (first, second))
        return Operation("or", (first, second))

    def _fallback(self, node: Node, first: Expression, second: Expression, scope: Scope) -> None:
        """`x ?? 3` and `x || 3` state what x is where it is missing."""
        subject = first
        while isinstance(subject, Operation) and subject.operator in ("coalesce", "fallback"):
            # Of `a ?? b ?? 3`, the number is what stands in for b.
            subject = subject.operands[-1]
        while (
            isinstance(subject, Call) and subject.callee is None and subject.arguments and subject.function in _PASSED
        ):
            subject = subject.arguments[0]
        named = isinstance(subject, (Ref, Row)) or (isinstance(subject, Call) and subject.function == "environment")
        value = second
        if isinstance(value, Text) and value.value == "":
            return
        if isinstance(subject, (Ref, Row)) and subject.path[-1:] in ((), ("[]",)) and _searched(node):
            # That nothing in a list is as wanted says nothing about a value that is missing.
            return
        if subject is not first and isinstance(subject, Ref) and subject.path[-2:] == ("target", "value"):
            # What was typed is no number; that says nothing about a value that nobody gave.
            return
        if (
            named
            and isinstance(value, (*LITERALS, Ref, Operation))
            and not (isinstance(value, Operation) and not _constant(value))
        ):
            self._reader.sheet.state(
                "default",
                node,
                scope,
                subject=subject,
                value=value,
                effect="assign",
                strength="soft",
                source="fallback",
            )

    def _equality(self, operator: str, left: Node, right: Node, scope: Scope) -> Expression:
        tested = self._type_test(left, right, scope)
        if tested is None:
            first, second = self._below(left, scope), self._below(right, scope)
            if isinstance(first, Null):
                first, second = second, first
            tested = Operation("is null", (first,)) if isinstance(second, Null) else Operation("=", (first, second))
        if operator in ("===", "=="):
            return tested
        if isinstance(tested, Operation) and tested.operator == "=":
            return Operation("!=", tested.operands)
        return negated(tested)

    def _type_test(self, left: Node, right: Node, scope: Scope) -> Expression | None:
        """`typeof x === 'number'`."""
        left, right = unwrapped(left), unwrapped(right)
        if left.type != "unary_expression" or right.type != "string":
            return None
        token, argument = field(left, "operator"), field(left, "argument")
        if token is None or token.type != "typeof" or argument is None:
            return None
        inner, name = self._below(argument, scope), self._string(right)
        if name == "undefined":
            return Operation("is null", (inner,))
        function = _TYPE_TESTS.get(name)
        return Call(function, (inner,)) if function else Opaque(f"typeof {name}")

    def _unary(self, node: Node, scope: Scope) -> Expression:
        token, argument = field(node, "operator"), field(node, "argument")
        if token is None or argument is None:
            return Opaque(self._reader.source.snippet(node))
        if token.type == "!":
            inner = self._read(unwrapped(argument), scope, wanted=False)
            if isinstance(inner, Operation) and inner.operator == "not":
                return Operation("truthy", inner.operands) if not _truth(inner.operands[0]) else inner.operands[0]
            return Operation("not", (inner,))
        outer, self._logical = self._logical, 0
        inner = self._read(unwrapped(argument), scope, wanted=True)
        self._logical = outer
        if token.type == "-":
            return Number(_flipped(inner.value)) if isinstance(inner, Number) else Operation("negate", (inner,))
        if token.type == "+":
            return Call("number", (inner,))
        if token.type == "void":
            return Null()
        return Opaque(self._reader.source.snippet(node))

    # Names and literals ----------------------------------------------------------------------------------

    def _identifier(self, node: Node, scope: Scope) -> Expression:
        name = self._reader.source.text(node)
        if name == "undefined":
            return Null()
        if scope.within is not None and name not in words("javascript", "lists", "globals"):
            member = scope.member(name) if not _shared(node, name, scope) else None
            if member is not None:
                return self._caller(member)
        scoped = scope.lookup(name)
        if scoped is None and name.startswith("$"):
            # What a store holds, where the store itself is called so without the sign.
            scoped = scope.lookup(name[1:])
        scoped = scoped or f"{name}@0"
        known = self._reader.sheet.known.get(scoped)
        if isinstance(known, Ref) and known.name == CALLER.name and _stands(known):
            return known
        return Ref(scoped)

    def _this(self, node: Node, scope: Scope) -> Expression:
        return Ref(scope.lookup("this") or "this@0")

    def _member(self, node: Node, scope: Scope) -> Expression:
        holder, name = field(node, "object"), field(node, "property")
        if holder is None or name is None:
            return Opaque(self._reader.source.snippet(node))
        key = self._reader.source.text(name).lstrip("#")
        environment = self._environment(holder, key)
        if environment is not None:
            return environment
        base = self.value(holder, scope)
        if key in MEASURES and not isinstance(base, Fields) and self._measured(key, base):
            return Call("count" if isinstance(base, (Items, Row)) else key, (base,))
        return self._of(base, key, node, scope)

    def _measured(self, key: str, base: Expression) -> bool:
        """Whether a member measures its holder; a product has a size of its own."""
        if key == "length" or isinstance(base, (Items, Row)):
            return True
        if key == "count" or not isinstance(base, Ref):
            return False
        holder = base.path[-1] if base.path else base.name.split("@", 1)[0]
        return bool(re.search(table("javascript")["lists"]["sized"], holder))

    def _of(self, base: Expression, key: str, node: Node, scope: Scope) -> Expression:
        if key == "value" and isinstance(base, Ref) and not base.path and base.name in self._reader.sheet.boxed:
            return base
        found = below(base, key)
        if found is not None:
            return self._caller(found) if isinstance(found, Ref) else found
        if isinstance(base, Fields) and not base.spreads:
            return Opaque(self._reader.source.snippet(node))
        if isinstance(base, (Opaque, Text, Number, Boolean, Null, Lambda)):
            return Opaque(self._reader.source.snippet(node))
        return below(self._reader.sheet.temporary(scope, base, node), key) or Opaque(key)

    def _caller(self, ref: Ref) -> Expression:
        """A member of an answer that holds the caller: `data.user` after `const { data } = await auth.getUser()`."""
        value: Expression | None = self._reader.sheet.known.get(ref.name)
        for key in ref.path:
            value = below(value, key) if isinstance(value, Fields) else None
        return value if isinstance(value, Ref) and value.name == CALLER.name else ref

    def _environment(self, holder: Node, key: str) -> Expression | None:
        if holder.type not in ("member_expression", "meta_property"):
            return None
        text = self._reader.source.text(holder)
        return Call("environment", (Text(key),)) if text in ("process.env", "import.meta.env") else None

    def _subscript(self, node: Node, scope: Scope) -> Expression:
        holder, index = field(node, "object"), field(node, "index")
        if holder is None or index is None:
            return Opaque(self._reader.source.snippet(node))
        base, key = self.value(holder, scope), self.value(index, scope)
        if isinstance(key, Text):
            return self._of(base, key.value, node, scope)
        if isinstance(key, Number) and not isinstance(base, Items):
            return base
        self._looked_up(base, key, scope)
        return Operation("lookup", (base, key))

    def _looked_up(self, base: Expression, key: Expression, scope: Scope) -> None:
        """`{ draft: 'Draft', … }[order.status]` tells the words that somebody expects."""
        if not isinstance(key, (Ref, Row)):
            return
        sheet = self._reader.sheet
        for name, span, text in sheet.keys(base):
            condition = Operation("=", (key, Text(name)))
            sheet.state(
                "compare", span, scope, text=text, condition=condition, effect="", strength="soft", source="map"
            )

    def _string(self, node: Node) -> str:
        pieces = []
        for child in node.named_children:
            text = self._reader.source.text(child)
            pieces.append(_escaped(text) if child.type == "escape_sequence" else text)
        return whole("".join(pieces))

    def _text(self, node: Node, scope: Scope) -> Expression:
        return Text(self._string(node))

    def _template(self, node: Node, scope: Scope) -> Expression:
        pieces: list[Expression] = []
        for child in node.named_children:
            if child.type == "template_substitution":
                inner = parts(child)
                pieces.append(self.value(inner[0], scope) if inner else Text(""))
            else:
                text = self._reader.source.text(child)
                piece = _escaped(text) if child.type == "escape_sequence" else text
                before = pieces[-1] if pieces else None
                if isinstance(before, Text):
                    pieces[-1] = Text(before.value + piece)
                else:
                    pieces.append(Text(piece))
        pieces = [Text(whole(piece.value)) if isinstance(piece, Text) else piece for piece in pieces]
        if all(isinstance(piece, Text) for piece in pieces):
            return Text("".join(piece.value for piece in pieces if isinstance(piece, Text)))
        first = pieces[0]
        if isinstance(first, Call) and first.function == table("javascript")["dates"]["first"] and first.arguments:
            # A text that begins with the year of a date is that date written out.
            return Call("date", first.arguments)
        return Operation("concat", tuple(pieces)) if len(pieces) > 1 else Call("text", (first,))

    def _number(self, node: Node, scope: Scope) -> Expression:
        return numeral(self._reader.source.text(node))

    def _regex(self, node: Node, scope: Scope) -> Expression:
        pattern, flags = field(node, "pattern"), field(node, "flags")
        source = self._reader.source
        return Pattern(source.text(pattern) if pattern else "", source.text(flags) if flags else "", "javascript")

    # Composites ------------------------------------------------------------------------------------------

    def _array(self, node: Node, scope: Scope) -> Expression:
        items: list[Expression] = []
        for child in parts(node):
            if child.type == "spread_element":
                items.append(Operation("concat", (self.value(parts(child)[0], scope),)))
            else:
                items.append(self.value(child, scope))
        checklists.state(self._reader, parts(node), items, scope)
        return Items(tuple(items))

    def _object(self, node: Node, scope: Scope) -> Expression:
        here = vue.component(self._reader, node, scope) if scope.number == 0 else None
        if here is not None:
            scope = Scope(scope, scope.function, self._reader.sheet.block())
            scope.names["this"] = here.name
        entries: list[tuple[str, Expression]] = []
        spreads: list[Expression] = []
        for child in parts(node):
            if child.type == "spread_element":
                spreads.append(self.value(parts(child)[0], scope))
            elif child.type == "shorthand_property_identifier":
                entries.append((self._reader.source.text(child), self._identifier(child, scope)))
            elif child.type == "pair":
                key, value = field(child, "key"), field(child, "value")
                if key is not None and value is not None:
                    entries.append((self.key(key, scope), self._entry(key, value, scope)))
            elif child.type == "method_definition":
                name = field(child, "name")
                symbol = self._reader.source.text(name) if name else ""
                entries.append((symbol, self._reader.define(child, scope, symbol=symbol)))
        found = Fields(tuple(entries), tuple(spreads))
        self._reader.sheet.note(found, node)
        if here is not None:
            self._reader.sheet.stores[id(found)] = here
            vue.options(self._reader, here, found, node, scope)
        if any(name == "properties" for name, _ in entries) and json_schemas.states(found):
            json_schemas.read(self._reader, node, found, scope)
        return found

    def _entry(self, key: Node, value: Node, scope: Scope) -> Expression:
        inner = unwrapped(value)
        if inner.type in FUNCTIONS:
            return self._reader.define(inner, scope, symbol=self._reader.source.text(key))
        found = self.value(value, scope)
        return self._computed(key, inner, found, scope) if is_formula(found) else found

    def _computed(self, key: Node, node: Node, value: Expression, scope: Scope) -> Expression:
        """What is computed under a key states the same as if it had been given a name before."""
        holder = key.parent.parent.parent if key.parent is not None and key.parent.parent is not None else None
        if key.type != "property_identifier" or (holder is not None and holder.type == "jsx_expression"):
            return value
        name = Ref(f"{self._reader.source.text(key)}@{scope.number}.o{node.start_byte}")
        self._reader.sheet.bind(name, value, node, scope, "constant")
        self.stated(name, value, node, scope)
        return name

    def key(self, node: Node, scope: Scope) -> str:
        """The key of a property; a computed one is empty unless it is a literal."""
        if node.type == "string":
            return self._string(node)
        if node.type == "computed_property_name":
            inner = parts(node)
            found = self.value(inner[0], scope) if inner else Null()
            return found.value if isinstance(found, (Text, Number)) else ""
        return self._reader.source.text(node)

    def _choice(self, node: Node, scope: Scope) -> Expression:
        test, chosen, other = field(node, "condition"), field(node, "consequence"), field(node, "alternative")
        if test is None or chosen is None or other is None:
            return Opaque(self._reader.source.snippet(node))
        condition = self.condition(test, scope)
        if tells(condition):
            self._reader.sheet.state("compare", test, scope, condition=condition, effect="", strength="soft")
        outer, self._logical = self._logical, 0
        first = self._read(unwrapped(chosen), scope.under(condition), wanted=True)
        second = self._read(unwrapped(other), scope.under(negated(condition)), wanted=True)
        self._logical = outer
        return of_its_type(condition, first, second) or Operation("if", (condition, first, second))

    def _assignment(self, node: Node, scope: Scope) -> Expression:
        left, right = field(node, "left"), field(node, "right")
        if left is None or right is None:
            return Opaque(self._reader.source.snippet(node))
        value = self.value(right, scope)
        if left.type in ("object_pattern", "array_pattern"):
            self._reader.pattern(left, value, scope)
            return value
        target = self.value(left, scope)
        token = field(node, "operator")
        if node.type == "augmented_assignment_expression" and token is not None:
            operator = token.type[:-1]
            if operator in ("??", "||"):
                self._fallback(node, target, value, scope)
            if operator in ("+", "-", "*", "/") and not _textual(value):
                value = Operation(operator, (target, value))
            else:
                return value
        if isinstance(target, Ref):
            self._reader.sheet.bind(target, value, node, scope)
            self.stated(target, value, right, scope)
        return value

    def stated(self, subject: Expression, value: Expression, node: Node, scope: Scope) -> None:
        """What it means that a name takes this value: a formula or a classification."""
        cases = labelled(value)
        if cases:
            self._reader.sheet.state(
                "classify", node, scope, subject=subject, value=subject, cases=cases, effect="assign", strength="soft"
            )
        elif is_formula(value) and not drawn(value):
            self._reader.sheet.state(
                "derive", node, scope, subject=subject, value=value, effect="assign", strength="soft"
            )

    def _update(self, node: Node, scope: Scope) -> Expression:
        argument = field(node, "argument")
        if argument is not None:
            self.value(argument, scope)
        return Opaque(self._reader.source.snippet(node))

    def _sequence(self, node: Node, scope: Scope) -> Expression:
        found: Expression = Null()
        for child in parts(node):
            found = self.value(child, scope)
        return found

    def _class(self, node: Node, scope: Scope) -> Expression:
        name = field(node, "name")
        self._reader.members(node, scope, self._reader.source.text(name) if name else "")
        return Opaque("class")

    def _call(self, node: Node, scope: Scope) -> Expression:
        outer, self._logical = self._logical, 0
        try:
            return self._reader.call(node, scope)
        finally:
            self._logical = outer

    def _true(self, node: Node, scope: Scope) -> Expression:
        return Boolean(True)

    def _false(self, node: Node, scope: Scope) -> Expression:
        return Boolean(False)

    def _null(self, node: Node, scope: Scope) -> Expression:
        return Null()


def drawn(value: Expression) -> bool:
    """Whether a computation is about places on the screen."""
    measures = words("javascript", "lists", "screen")
    pattern = re.compile(table("javascript")["lists"]["measured"])
    names = [
        name for item in within(value) if isinstance(item, Ref) for name in (item.name.split("@", 1)[0], *item.path)
    ]
    return any(name in measures or pattern.search(name) for name in names)


def _shared(node: Node, name: str, scope: Scope) -> bool:
    """Whether a name in a template is none of the properties: a constant, or a function that is called."""
    holder = scope.within.holder if scope.within is not None else None
    if holder is None or holder.name.endswith("@0"):
        return False
    callee = (
        field(node.parent, "function") if node.parent is not None and node.parent.type == "call_expression" else None
    )
    return name.isupper() or callee == node


def _stands(known: Ref) -> bool:
    """Whether a name stands for the caller itself, and not for a function that its hook gives with it."""
    return not known.path or known.path[-1] in words("callers", "members")


_PASSED = frozenset({"number", "text", "integer", "trim", "lower", "upper"})
_READINGS = {
    "identifier": Expressions._identifier,
    "shorthand_property_identifier": Expressions._identifier,
    "this": Expressions._this,
    "member_expression": Expressions._member,
    "subscript_expression": Expressions._subscript,
    "string": Expressions._text,
    "template_string": Expressions._template,
    "number": Expressions._number,
    "regex": Expressions._regex,
    "array": Expressions._array,
    "object": Expressions._object,
    "ternary_expression": Expressions._choice,
    "assignment_expression": Expressions._assignment,
    "augmented_assignment_expression": Expressions._assignment,
    "update_expression": Expressions._update,
    "sequence_expression": Expressions._sequence,
    "class": Expressions._class,
    "call_expression": Expressions._call,
    "new_expression": Expressions._call,
    "true": Expressions._true,
    "false": Expressions._false,
    "null": Expressions._null,
    "undefined": Expressions._null,
}


def _escaped(text: str) -> str:
    mark = text[1:2]
    if mark in ("u", "x"):
        digits = text[2:].strip("{}")
        try:
            return chr(int(digits, 16))
        except ValueError:
            return text
    return _ESCAPES.get(mark, text[1:])


def _flipped(text: str) -> str:
    return text[1:] if text.startswith("-") else f"-{text}"


def _textual(value: Expression) -> bool:
    return isinstance(value, Text) or (isinstance(value, Operation) and value.operator == "concat")


def _truth(value: Expression) -> bool:
    """Whether a value is the outcome of a condition."""
    if isinstance(value, Operation):
        return value.operator in LOGICAL
    return isinstance(value, Boolean) or (
        isinstance(value, Call) and value.function.startswith(("is ", "starts", "ends"))
    )


def _constant(value: Expression) -> bool:
    """Whether an operation is made of numbers and names of constants."""
    if isinstance(value, Operation):
        return value.operator in ("*", "/", "+", "-", "negate") and all(_constant(item) for item in value.operands)
    return isinstance(value, (Number, Ref))


def _searched(node: Node) -> bool:
    """`list.find(…) ?? value`."""
    left = field(node, "left")
    return left is not None and unwrapped(left).type == "call_expression"
