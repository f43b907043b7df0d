"""Expressions in neutral form; what they state on their way is written down."""

from collections.abc import Callable
from itertools import pairwise

from tree_sitter import Node

from archlint.languages.dart.chains import given
from archlint.languages.dart.composites import NO_VALUES, Composites
from archlint.languages.dart.precedence import LOOSE, Bound, Spot, bound
from archlint.languages.dart.protocol import Reader
from archlint.languages.dart.questions import classifies, computed, constant, is_word, of_session, telling, truth
from archlint.languages.dart.routes import register
from archlint.languages.dart.sheet import meant
from archlint.languages.dart.switches import Switches
from archlint.languages.dart.syntax import CALLS, SELECTORS, child, field, parts, unwrapped
from archlint.languages.dart.widgets import Widgets
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
    Ref,
    Row,
    Text,
)
from archlint.terms.callers import about_caller
from archlint.terms.idioms import table, words
from archlint.terms.neutral import CALLER, LITERALS, below, labelled, negated, within
from archlint.terms.scope import Scope
from archlint.trees import has_token

_ARITHMETIC = {"+": "+", "-": "-", "*": "*", "/": "/", "~/": "/", "%": "%"}
_COMPARED = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}
_TYPE_TESTS = {"num": "is number", "int": "is number", "double": "is number", "String": "is text"}
_PASSED = frozenset({"number", "text", "integer", "trim", "lower", "upper"})


class Expressions:
    """Reads expressions of one file."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._switches = Switches(reader)
        self.composites = Composites(reader, self.stated)
        self._logical = False

    def value(self, item: Spot, scope: Scope) -> Expression:
        """A value; a comparison that nobody rejects by is written down as one."""
        outer, self._logical = self._logical, False
        try:
            return self._read(item, scope, wanted=True)
        finally:
            self._logical = outer

    def condition(self, item: Spot, scope: Scope) -> Expression:
        """A condition whose caller says what follows from it."""
        outer, self._logical = self._logical, True
        try:
            return _truly(self._read(item, scope, wanted=False))
        finally:
            self._logical = outer

    def _read(self, item: Spot, scope: Scope, wanted: bool) -> Expression:
        if isinstance(item, Node):
            item = unwrapped(item, casts=False)
            if item.type in LOOSE:
                item = bound(item)
        if isinstance(item, Bound):
            return self._choice(item, scope) if item.operator == "?" else self._logic(item, scope, wanted)
        if item.type in _LOGIC:
            return self._logic(item, scope, wanted)
        reading = _READINGS.get(item.type)
        if reading is not None:
            return reading(self, item, scope)
        if item.type in CALLS:
            return self._apart(lambda: self._reader.call(item, scope))
        for inner in parts(item):
            if inner.type not in NO_VALUES:
                self.value(inner, scope)
        return Opaque(self._reader.source.snippet(item))

    def _apart(self, read: "_Reading") -> Expression:
        """Something inside of a logical expression that is none itself."""
        outer, self._logical = self._logical, False
        try:
            return read()
        finally:
            self._logical = outer

    def _below(self, item: Spot, scope: Scope) -> Expression:
        """An operand of the same logical expression."""
        return self._read(item, scope, wanted=not self._logical)

    # Logic -----------------------------------------------------------------------------------------------

    def _logic(self, item: Spot, scope: Scope, wanted: bool) -> Expression:
        if self._logical:
            return self._operator(item, scope, wanted)
        self._logical = True
        try:
            found = self._operator(item, scope, wanted)
        finally:
            self._logical = False
        if isinstance(found, Operation) and truth(found) and telling(found, self._reader.sheet):
            self._reader.sheet.state("compare", item, scope, condition=found, effect="", strength="soft", guards=())
        return found

    def _operator(self, item: Spot, scope: Scope, wanted: bool) -> Expression:
        if isinstance(item, Bound):
            return self._connective(item, scope, wanted)
        if item.type == "unary_expression":
            return self._unary(item, scope)
        operands = parts(item)
        if item.type == "type_test_expression":
            return self._type_test(item, operands, scope)
        if len(operands) != 3:
            return Opaque(self._reader.source.snippet(item))
        left, token, right = operands
        operator = self._reader.source.text(token)
        if item.type == "equality_expression":
            return self._equality(operator, left, right, scope)
        if operator in _COMPARED:
            return Operation(_COMPARED[operator], (self._below(left, scope), self._below(right, scope)))
        first = self._apart(lambda: self._read(left, scope, wanted=True))
        second = self._apart(lambda: self._read(right, scope, wanted=True))
        if operator == "+" and (_textual(first) or _textual(second)):
            return Operation("concat", (first, second))
        if operator == "~/":
            return Call("truncate", (Operation("/", (first, second)),))
        return Operation(_ARITHMETIC[operator], (first, second)) if operator in _ARITHMETIC else Opaque(operator)

    def _connective(self, item: Bound, scope: Scope, wanted: bool) -> Expression:
        if item.operator == "??":
            return self._coalesced(item, scope, wanted)
        found: list[Expression] = []
        inner = scope
        for operand in item.operands:
            value = _truly(self._read(operand, inner, wanted=False))
            found.append(value)
            inner = inner.under(value if item.operator == "&&" else negated(value))
        return Operation("and" if item.operator == "&&" else "or", tuple(found))

    def _coalesced(self, item: Bound, scope: Scope, wanted: bool) -> Expression:
        found = [self._apart(lambda operand=operand: self._read(operand, scope, True)) for operand in item.operands]  # type: ignore[misc]
        for first, second in pairwise(found):
            self._fallback(item, first, second, scope)
        return Operation("coalesce", tuple(found))

    def _fallback(self, item: Spot, first: Expression, second: Expression, scope: Scope) -> None:
        """`x ?? 3` states what x is where it is missing."""
        subject = first
        while (
            isinstance(subject, Call) and subject.callee is None and subject.arguments and subject.function in _PASSED
        ):
            subject = subject.arguments[0]
        named = isinstance(subject, (Ref, Row)) or (isinstance(subject, Call) and subject.function == "environment")
        if named and constant(second, self._reader.sheet) and second != Text(""):
            self._reader.sheet.state(
                "default", item, scope, subject=subject, value=second, effect="assign", strength="soft",
                source="fallback",
            )  # fmt: skip

    def _equality(self, operator: str, left: Node, right: Node, scope: Scope) -> Expression:
        first, second = self._below(left, scope), self._below(right, scope)
        if isinstance(first, Null):
            first, second = second, first
        if isinstance(second, Null):
            tested = Operation("is null", (first,))
            return tested if operator == "==" else negated(tested)
        if isinstance(second, Boolean):
            tested_truth = _truly(first)
            return tested_truth if second.value == (operator == "==") else negated(tested_truth)
        return Operation("=" if operator == "==" else "!=", (first, second))

    def _type_test(self, item: Node, operands: list[Node], scope: Scope) -> Expression:
        """`x is String`, `x is! num`."""
        inner = self._below(operands[0], scope)
        test = child(item, "type_test")
        kind = child(test, "type_identifier") if test is not None else None
        function = _TYPE_TESTS.get(self._reader.source.text(kind)) if kind is not None else None
        found: Expression = Call(function, (inner,)) if function else Opaque(self._reader.source.snippet(item))
        operator = child(test, "is_operator") if test is not None else None
        return negated(found) if operator is not None and has_token(operator, "!") else found

    def _unary(self, item: Node, scope: Scope) -> Expression:
        operands = parts(item)
        if len(operands) != 2:
            return Opaque(self._reader.source.snippet(item))
        operator = self._reader.source.text(operands[0])
        if operator == "!":
            return negated(_truly(self._read(operands[1], scope, wanted=False)))
        inner = self._apart(lambda: self._read(operands[1], scope, wanted=True))
        if operator == "-":
            if isinstance(inner, Number):
                return Number(inner.value[1:] if inner.value.startswith("-") else f"-{inner.value}")
            return Operation("negate", (inner,))
        return Opaque(self._reader.source.snippet(item))

    def _choice(self, item: Bound, scope: Scope) -> Expression:
        test, chosen, other = item.operands
        condition = self.condition(test, scope)
        sheet = self._reader.sheet
        hides = about_caller(condition, sheet) and _drawn(chosen, other)
        if not hides and telling(condition, sheet):
            sheet.state("compare", test, scope, condition=condition, effect="", strength="soft")
        with self._reader.helper(Widgets).hiding(test, condition, hides, scope):
            first = self._apart(lambda: self._read(chosen, scope.under(condition), wanted=True))
        second = self._apart(lambda: self._read(other, scope.under(negated(condition)), wanted=True))
        return Operation("if", (condition, first, second))

    # Names and members -----------------------------------------------------------------------------------

    def _identifier(self, node: Node, scope: Scope) -> Expression:
        name = self._reader.source.text(node)
        scoped = scope.lookup(name)
        found = meant(scoped) if scoped is not None else Ref(f"{name}@0")
        known = self._reader.sheet.known.get(found.name) if not found.path else None
        stands = isinstance(known, Ref) and known.name == CALLER.name
        return known if stands and isinstance(known, Ref) and _whole_caller(known) else found

    def _this(self, node: Node, scope: Scope) -> Expression:
        """An object as a value, which is not the class that it is of."""
        own = meant(scope.lookup("this") or "this@0")
        held = Ref(f"_this@{scope.number}{self._reader.sheet.block()}")
        self._reader.sheet.bind(held, own, node, scope, "type")
        return held

    def _member(self, node: Node, scope: Scope) -> Expression:
        """`order.status`, `order?.status`, `json['status']`, `row!['status']`."""
        children = parts(node)
        key = children[-1]
        if key.type == "index_selector":
            return self._element(children[0], key, node, scope)
        name = self._reader.source.text(key)
        base = self._holder(children[0], scope)
        if isinstance(base, Call) and base.function == "difference":
            return _difference(base, name)
        if name in words("dart", "measures"):
            return Call("count" if isinstance(base, (Items, Row)) else "length", (base,))
        if name in ("isEmpty", "isNotEmpty"):
            measured = Call("count" if isinstance(base, (Items, Row)) else "length", (base,))
            return Operation("=" if name == "isEmpty" else ">", (measured, Number("0")))
        if self._passes(base, name):
            return base
        if (name in words("dart", "caller") and _asks_for_caller(base)) or self._signed_in(base, name):
            return CALLER
        return self.member(base, name, node, scope)

    def _holder(self, node: Node, scope: Scope) -> Expression:
        """What a member is read from."""
        if node.type == "this":
            return meant(scope.lookup("this") or "this@0")
        return Opaque("super") if node.type == "super" else self.value(node, scope)

    def _signed_in(self, base: Expression, name: str) -> bool:
        """`session.user`, where the session is of a class that holds who is signed in."""
        kind = self._reader.sheet.kind(base) if name in words("callers", "members") else None
        return kind is not None and of_session(kind.name)

    def _passes(self, base: Expression, name: str) -> bool:
        """Whether a member says the same as its holder: the text of a field, the word of an enum, one of a list."""
        if isinstance(base, Fields):
            return False
        if name in words("dart", "passing") or (isinstance(base, Row) and name == "data"):
            return True
        if is_word(base, self._reader.sheet):
            return name in words("dart", "wire")
        return name == "text" and isinstance(base, Ref) and self._reader.sheet.holds_text(base)

    def member(self, base: Expression, name: str, node: Spot, scope: Scope) -> Expression:
        """A member of a value, which gets a name where it has none."""
        if isinstance(base, Ref) and base.path == ("context",) and name in words("callers", "members"):
            # What a middleware put into the context of a request.
            return CALLER
        found = below(base, name)
        if found is not None:
            return found
        if isinstance(base, (Opaque, Text, Number, Boolean, Null, Lambda)) or (
            isinstance(base, Fields) and not base.spreads
        ):
            return Opaque(f".{name}")
        return below(self._reader.sheet.temporary(scope, base, node), name) or Opaque(f".{name}")

    def _element(self, holder: Node, index: Node, node: Node, scope: Scope) -> Expression:
        base = self.value(holder, scope)
        inner = parts(index)
        key = self.value(inner[0], scope) if inner else Null()
        if isinstance(key, Text):
            return self.member(base, key.value, node, scope)
        if isinstance(key, Number) and not isinstance(base, Items):
            return base
        self._looked_up(base, key, scope)
        return Operation("lookup", (base, key))

    def _looked_up(self, base: Expression, key: Expression, scope: Scope) -> None:
        """`const {'draft': 'Draft', …}[order.status]` tells the words that somebody expects."""
        if isinstance(key, (Ref, Row)):
            for name, span, text in self._reader.sheet.keys(base):
                self._reader.sheet.state(
                    "compare", span, scope, text=text, condition=Operation("=", (key, Text(name))), effect="",
                    strength="soft", source="map",
                )  # fmt: skip

    def _cast(self, node: Node, scope: Scope) -> Expression:
        """`data as Profile` says what a value is."""
        children = parts(node)
        value = self._read(children[0], scope, wanted=True)
        cast = child(node, "type_cast")
        kind = self._reader.typed(parts(cast), scope) if cast is not None else None
        if kind is not None and isinstance(value, (Ref, Row)):
            target = self._reader.sheet.temporary(scope, value, node)
            self._reader.sheet.bind(target, kind, node, scope, "type")
            return target
        return value

    # Assignments -----------------------------------------------------------------------------------------

    def _assignment(self, node: Node, scope: Scope) -> Expression:
        left, right, token = field(node, "left"), field(node, "right"), field(node, "operator")
        if left is None or right is None or token is None:
            return Opaque(self._reader.source.snippet(node))
        value = self.value(right, scope)
        inner = parts(left)
        target = self.value(inner[0] if left.type == "assignable_expression" and inner else left, scope)
        operator = self._reader.source.text(token).removesuffix("=")
        if operator == "??":
            self._fallback(node, target, value, scope)
        elif operator:
            if operator not in _ARITHMETIC or _textual(value):
                return value
            value = Operation(_ARITHMETIC[operator], (target, value))
        if isinstance(target, Ref):
            if not (target.path and isinstance(value, LITERALS)):
                self._reader.sheet.bind(target, value, node, scope)
            self.stated(target, value, right, scope)
        return value

    def stated(self, subject: Expression, value: Expression, node: Spot, scope: Scope, source: str = "") -> None:
        """What it means that a name takes this value: a formula or a classification."""
        cases = labelled(value)
        if classifies(cases, self._reader.sheet):
            self._reader.sheet.state(
                "classify", node, scope, subject=subject, value=subject, cases=cases, effect="assign",
                strength="soft", source=source,
            )  # fmt: skip
        elif computed(value):
            self._reader.sheet.state(
                "derive", node, scope, subject=subject, value=value, effect="assign", strength="soft", source=source
            )

    def _cascade(self, node: Node, scope: Scope) -> Expression:
        """`request..amount = 5..send()`; a chain of calls that continues is read where its library is known."""
        target = field(node, "target")
        base = self.value(target, scope) if target is not None else Opaque("cascade")
        for section in parts(node):
            if not section.type.endswith("cascade_section"):
                continue
            for inner in parts(section):
                if inner.type == "assignment_expression_without_cascade":
                    self._cascaded(base, inner, scope)
                elif inner.type == "method_invocation":
                    self._continued(inner, scope)
        return base

    def _continued(self, node: Node, scope: Scope) -> None:
        """`..post('/orders', create)` of a router; of anything else the arguments are read."""
        selector = field(node, "function")
        name = self._reader.source.text(selector) if selector is not None else ""
        method = table("dart_routes")["methods"].get(name)
        listed = given(node)
        nodes = parts(listed) if listed is not None else []
        if method is not None and len(nodes) == 2 and all(item.type == "argument" for item in nodes):
            register(self._reader, nodes, method, scope)
        else:
            self._reader.arguments(node, scope)

    def _cascaded(self, base: Expression, node: Node, scope: Scope) -> None:
        left, right = field(node, "left"), field(node, "right")
        names = parts(left) if left is not None else []
        value = self.value(right, scope) if right is not None else Null()
        if names and isinstance(base, Ref) and not isinstance(value, LITERALS):
            name = self._reader.source.text(names[0])
            self._reader.sheet.bind(Ref(base.name, (*base.path, name)), value, node, scope)

    def _closure(self, node: Node, scope: Scope) -> Expression:
        return self._reader.closure(node, scope)

    def _switch(self, node: Node, scope: Scope) -> Expression:
        return self._apart(lambda: self._switches.expression(node, scope))

    def _throw(self, node: Node, scope: Scope) -> Expression:
        for inner in parts(node):
            self.value(inner, scope)
        return Opaque("throw")

    def _postfix(self, node: Node, scope: Scope) -> Expression:
        inner = parts(node)
        if len(inner) == 1:
            return self.value(inner[0], scope)
        for item in inner:
            if item.type not in ("postfix_operator",):
                self.value(item, scope)
        return Opaque(self._reader.source.snippet(node))

    def _inside(self, node: Node, scope: Scope) -> Expression:
        inner = parts(node)
        return self.value(inner[0], scope) if len(inner) == 1 else Opaque(self._reader.source.snippet(node))

    def _true(self, node: Node, scope: Scope) -> Expression:
        return Boolean(True)

    def _false(self, node: Node, scope: Scope) -> Expression:
        return Boolean(False)

    def _null(self, node: Node, scope: Scope) -> Expression:
        return Null()


_Reading = Callable[[], Expression]
_LOGIC = frozenset(
    {
        "equality_expression", "relational_expression", "additive_expression", "multiplicative_expression",
        "type_test_expression", "unary_expression",
    }
)  # fmt: skip


def _composite(
    read: Callable[[Composites, Node, Scope], Expression],
) -> Callable[[Expressions, Node, Scope], Expression]:
    """A reading of literals as one of expressions."""
    return lambda own, node, scope: read(own.composites, node, scope)


_READINGS = {
    "identifier": Expressions._identifier,
    "type_identifier": Expressions._identifier,
    "identifier_dollar_escaped": Expressions._identifier,
    "this": Expressions._this,
    **dict.fromkeys(SELECTORS, Expressions._member),
    "type_cast_expression": Expressions._cast,
    "string_literal": _composite(Composites.text),
    "decimal_integer_literal": _composite(Composites.number),
    "decimal_floating_point_literal": _composite(Composites.number),
    "hex_integer_literal": _composite(Composites.number),
    "list_literal": _composite(Composites.items),
    "set_or_map_literal": _composite(Composites.mapped),
    "record_literal": _composite(Composites.record),
    "assignment_expression": Expressions._assignment,
    "assignment_expression_without_cascade": Expressions._assignment,
    "cascade_expression": Expressions._cascade,
    "function_expression": Expressions._closure,
    "switch_expression": Expressions._switch,
    "throw_expression": Expressions._throw,
    "postfix_expression": Expressions._postfix,
    "assignable_expression": Expressions._inside,
    "true": Expressions._true,
    "false": Expressions._false,
    "null_literal": Expressions._null,
}


def _truly(value: Expression) -> Expression:
    """`value?.isEmpty ?? true` where its truth is wanted: missing, or empty."""
    if isinstance(value, Operation) and value.operator == "coalesce" and len(value.operands) == 2:
        test, otherwise = value.operands
        subject = next((item for item in within(test) if isinstance(item, (Ref, Row))), None)
        if isinstance(otherwise, Boolean) and subject is not None:
            if subject == test:
                return test if not otherwise.value else negated(Operation("=", (test, Boolean(False))))
            missing = Operation("is null", (subject,))
            return Operation("or", (missing, test)) if otherwise.value else Operation("and", (negated(missing), test))
    return value


def _textual(value: Expression) -> bool:
    return isinstance(value, Text) or (isinstance(value, Operation) and value.operator == "concat")


def _drawn(chosen: Spot, other: Spot) -> bool:
    """Whether one of two branches draws a widget: what is made by a name in capitals."""
    return any(isinstance(item, Node) and _draws(unwrapped(item)) for item in (chosen, other))


def _draws(node: Node) -> bool:
    if node.type not in CALLS:
        return False
    text = node.text or b""
    return text.lstrip(b"_").removeprefix(b"const ").removeprefix(b"new ")[:1].isupper()


def _whole_caller(known: Ref) -> bool:
    """Whether a name stands for the caller itself."""
    return not known.path or known.path[-1] in words("callers", "members")


def _asks_for_caller(base: Expression) -> bool:
    """`supabase.auth.currentUser`, `FirebaseAuth.instance.currentUser`."""
    if isinstance(base, Opaque):
        return "Auth" in base.text
    if not isinstance(base, Ref):
        return False
    last = base.path[-1] if base.path else base.name.split("@", 1)[0]
    return last.lower().endswith("auth") or base.name.split("@", 1)[0].lower().endswith("auth")


def _difference(base: Call, name: str) -> Expression:
    """`end.difference(start).inHours`."""
    whole = table("dart")["differences"].get(name)
    if whole is not None:
        return Call(whole, base.arguments)
    units = {"inHours": "3600", "inMinutes": "60"}
    if name in units:
        return Call("truncate", (Operation("/", (Call("seconds between", base.arguments), Number(units[name]))),))
    return Opaque(name)
