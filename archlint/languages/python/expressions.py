"""Expressions in neutral form; what they state on their way is written down."""

from typing import Any

import libcst as cst

from archlint.languages.python import literals
from archlint.languages.python.protocol import Reader
from archlint.languages.python.unrolling import put, words_of
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
from archlint.terms.idioms import table, words
from archlint.terms.neutral import CALLER, LITERALS, LOGICAL, below, is_formula, labelled, negated, tells
from archlint.terms.scope import Scope

_COMPARISONS: dict[type[cst.BaseCompOp], str] = {
    cst.Equal: "=", cst.NotEqual: "!=", cst.LessThan: "<", cst.LessThanEqual: "<=", cst.GreaterThan: ">",
    cst.GreaterThanEqual: ">=", cst.Is: "=", cst.IsNot: "!=", cst.In: "in", cst.NotIn: "not in",
}  # fmt: skip
_ARITHMETIC: dict[type[cst.BaseBinaryOp], str] = {
    cst.Add: "+", cst.Subtract: "-", cst.Multiply: "*", cst.Divide: "/", cst.Modulo: "%", cst.FloorDivide: "//",
    cst.Power: "**", cst.BitOr: "|", cst.BitAnd: "&",
}  # fmt: skip
_PASSED = frozenset({"number", "text", "integer", "trim", "lower", "upper"})


class Expressions:
    """Reads expressions of one file."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._logical = 0

    def value(self, node: cst.BaseExpression, scope: Scope) -> Expression:
        """A value; a comparison that nobody rejects by is written down as one."""
        outer, self._logical = self._logical, 0
        try:
            return self._read(node, scope, wanted=True)
        finally:
            self._logical = outer

    def condition(self, node: cst.BaseExpression, scope: Scope) -> Expression:
        """A condition whose caller says what follows from it."""
        outer, self._logical = self._logical, 1
        try:
            return self._read(node, scope, wanted=False)
        finally:
            self._logical = outer

    def _read(self, node: cst.BaseExpression, scope: Scope, wanted: bool) -> Expression:
        kind = type(node)
        reading = _READINGS.get(kind)
        if reading is not None:
            found: Expression = reading(self, node, scope)
            return found
        if kind in _LOGIC:
            return self._logic(node, scope, wanted)
        for child in node.children:
            if isinstance(child, cst.BaseExpression):
                self.value(child, scope)
        return Opaque(self._reader.source.snippet(node))

    def _below(self, node: cst.BaseExpression, scope: Scope) -> Expression:
        """An operand of the same logical expression."""
        return self._read(node, scope, wanted=not self._logical)

    # Logic -----------------------------------------------------------------------------------------------

    def _logic(self, node: cst.BaseExpression, scope: Scope, wanted: bool) -> Expression:
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

    def _operator(self, node: cst.BaseExpression, scope: Scope, wanted: bool) -> Expression:
        if isinstance(node, cst.UnaryOperation):
            return self._unary(node, scope)
        if isinstance(node, cst.Comparison):
            return self._comparison(node, scope)
        if isinstance(node, cst.BooleanOperation):
            return self._connective(node, scope, wanted)
        if isinstance(node, cst.BinaryOperation):
            return self._binary(node, scope)
        return Opaque(self._reader.source.snippet(node))

    def _connective(self, node: cst.BooleanOperation, scope: Scope, wanted: bool) -> Expression:
        first = self._below(node.left, scope)
        if isinstance(node.operator, cst.And):
            second = self._read(node.right, scope.under(first), wanted=not self._logical)
            return Operation("and", (first, second))
        second = self._below(node.right, scope)
        if (wanted and not _truth(first)) or (not _truth(second) and isinstance(second, (*LITERALS, Fields, Items))):
            self.fallback(node, first, second, scope)
            return Operation("fallback", (first, second))
        return Operation("or", (first, second))

    def fallback(self, node: cst.CSTNode, first: Expression, second: Expression, scope: Scope) -> None:
        """`x or 3` and `x.get("days", 3)` state what x is where it is missing."""
        subject = first
        while isinstance(subject, Operation) and subject.operator in ("coalesce", "fallback"):
            # Of `a or b or 3`, the number is what stands in for b.
            subject = subject.operands[-1]
        while (
            isinstance(subject, Call) and subject.callee is None and subject.arguments and subject.function in _PASSED
        ):
            subject = subject.arguments[0]
        named = isinstance(subject, (Ref, Row)) or (isinstance(subject, Call) and subject.function == "environment")
        plain = isinstance(second, (*LITERALS, Ref)) or (isinstance(second, Operation) and _constant(second))
        if named and plain and second != Text(""):
            self._reader.sheet.state(
                "default", node, scope, subject=subject, value=second, effect="assign", strength="soft",
                source="fallback",
            )  # fmt: skip

    def _comparison(self, node: cst.Comparison, scope: Scope) -> Expression:
        """One comparison, or a chain of them such as `0 < x <= 10`."""
        tests: list[Expression] = []
        left_node, left = node.left, self._below(node.left, scope)
        for target in node.comparisons:
            right = self._below(target.comparator, scope)
            tests.append(self._compared(target.operator, left_node, left, target.comparator, right))
            left_node, left = target.comparator, right
        return tests[0] if len(tests) == 1 else Operation("and", tuple(tests))

    def _compared(
        self,
        operator: cst.BaseCompOp,
        left_node: cst.BaseExpression,
        left: Expression,
        right_node: cst.BaseExpression,
        right: Expression,
    ) -> Expression:
        token = _COMPARISONS.get(type(operator), "")
        if token in ("in", "not in"):
            found = self._membership(left, right)
            return found if token == "in" else negated(found)
        if token in ("=", "!="):
            if isinstance(left, Null):
                left, right = right, left
            if isinstance(right, Null):
                missing: Expression = Operation("is null", (left,))
                if isinstance(left, Operation) and left.operator == "matches":
                    # What does not match is nothing.
                    missing = negated(left)
                return missing if token == "=" else negated(missing)
            if isinstance(operator, (cst.Is, cst.IsNot)) and not isinstance(right, Boolean):
                return Opaque("is")
            kind = _type_tested(left, right_node, self._reader)
            if kind is not None:
                return kind if token == "=" else negated(kind)
        if _is_rounded(left) or _is_rounded(right):
            # Halves go to the even neighbour, which no range of numbers says.
            return Opaque("rounded")
        return Operation(token, (left, right)) if token else Opaque("comparison")

    def _membership(self, item: Expression, base: Expression) -> Expression:
        if isinstance(base, Ref) and base.name == CALLER.name:
            # What a session or an identity holds is no part of a text.
            return Opaque("held for the caller")
        if isinstance(item, Text) and isinstance(base, (Ref, Row, Call, Operation)):
            if self._is_mapping(base):
                # `"amount" in body` asks whether the body has such a member.
                member = below(base, item.value)
                if member is not None:
                    return negated(Operation("is null", (member,)))
            return Call("contains", (base, item))
        if isinstance(base, Call) and base.function == "keys" and isinstance(base.arguments[0], Fields):
            return Operation("in", (item, base.arguments[0]))
        return Operation("in", (item, base))

    def _is_mapping(self, base: Expression) -> bool:
        """Whether members are read from a value by their keys in the same file, or it is the body of a request."""
        if not isinstance(base, Ref):
            return False
        if base.name.startswith("_body@"):
            return True
        return self._reader.source.keyed(base.path[-1] if base.path else base.name.split("@", 1)[0])

    def _binary(self, node: cst.BinaryOperation, scope: Scope) -> Expression:
        operator = _ARITHMETIC.get(type(node.operator))
        outer, self._logical = self._logical, 0
        first, second = self._below(node.left, scope), self._below(node.right, scope)
        self._logical = outer
        if operator is None:
            return Opaque(self._reader.source.snippet(node))
        if operator == "**":
            return Call("power", (first, second))
        if operator == "//":
            return Call("floor", (Operation("/", (first, second)),))
        if operator == "|":
            if isinstance(first, Items) and isinstance(second, Items):
                return Items((*first.items, *second.items))
            if isinstance(first, Fields) and isinstance(second, Fields):
                return Fields((*first.entries, *second.entries), (*first.spreads, *second.spreads))
            return Opaque(self._reader.source.snippet(node))
        if operator == "&":
            return Opaque(self._reader.source.snippet(node))
        if operator == "%" and isinstance(node.left, (cst.SimpleString, cst.FormattedString)):
            return literals.filled(first, second, r"%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]")
        if operator == "+" and (_textual(first) or _textual(second)):
            return Operation("concat", (first, second))
        if operator == "+" and isinstance(first, Items) and isinstance(second, Items):
            return Items((*first.items, *second.items))
        return Operation(operator, (first, second))

    def _unary(self, node: cst.UnaryOperation, scope: Scope) -> Expression:
        if isinstance(node.operator, cst.Not):
            inner = self._read(node.expression, scope, wanted=False)
            if isinstance(inner, Operation) and inner.operator == "not":
                return Operation("truthy", inner.operands) if not _truth(inner.operands[0]) else inner.operands[0]
            return Operation("not", (inner,))
        outer, self._logical = self._logical, 0
        inner = self._read(node.expression, scope, wanted=True)
        self._logical = outer
        if isinstance(node.operator, cst.Minus):
            return Number(_flipped(inner.value)) if isinstance(inner, Number) else Operation("negate", (inner,))
        return inner if isinstance(node.operator, cst.Plus) else Opaque(self._reader.source.snippet(node))

    # Names and members -----------------------------------------------------------------------------------

    def _name(self, node: cst.Name, scope: Scope) -> Expression:
        name = node.value
        if name == "True" or name == "False":
            return Boolean(name == "True")
        if name == "None":
            return Null()
        scoped = scope.lookup(name) or f"{name}@0"
        if self._reader.sheet.qualified.get(name) in words("python", "requests"):
            return Ref(scoped)
        if self._reader.sheet.qualified.get(name) in words("python_web", "caller_names"):
            return CALLER
        known = self._reader.sheet.known.get(scoped)
        if isinstance(known, Ref) and known.name == CALLER.name and _stands(known):
            return known
        return Ref(scoped)

    def _attribute(self, node: cst.Attribute, scope: Scope) -> Expression:
        module = self._module(node, scope)
        if module is not None:
            return module
        key = node.attr.value
        request = self._request(node, scope)
        if request is not None:
            return request
        if key in words("callers", "members") and self._holds_caller(node.value, scope):
            return CALLER
        base = self.value(node.value, scope)
        if key == "value" and _is_member(base):
            return base
        if key in ("days", "seconds") and isinstance(base, Operation) and base.operator == "-":
            return Call(f"{key} between", base.operands)
        return self.member(base, key, node, scope)

    def _holds_caller(self, node: cst.BaseExpression, scope: Scope) -> bool:
        """`g.user`, `self.request.user`, `request.state.user`: who is calling, where a framework keeps them."""
        dotted = literals.dotted(node)
        if self._reader.qualified(node, scope) in words("python_web", "caller_holders"):
            return True
        return "." in dotted and dotted.rsplit(".", 1)[-1] in words("python_web", "caller_members")

    def _is_caller(self, key: str, node: cst.BaseExpression, scope: Scope) -> bool:
        """`session["user_id"]`."""
        held = self._reader.qualified(node, scope) in words("python_web", "caller_holders")
        return held and key in words("callers", "ids")

    def _module(self, node: cst.Attribute, scope: Scope) -> Expression | None:
        """A member of a module that was imported by its full name: `shop.rates.VAT` after `import shop.rates`."""
        dotted = literals.dotted(node)
        if not dotted or "." not in dotted:
            return None
        pieces = dotted.split(".")
        for cut in range(len(pieces), 1, -1):
            scoped = scope.lookup(".".join(pieces[:cut]))
            if scoped is not None:
                return Ref(scoped, tuple(pieces[cut:]))
        return None

    def _request(self, node: cst.Attribute, scope: Scope) -> Expression | None:
        """What a member of the request stands for: its body, or whoever sends it."""
        if not isinstance(node.value, cst.Name):
            return None
        holder = node.value.value
        parameter = scope.lookup(holder)
        qualified = self._reader.sheet.qualified.get(holder, "")
        if qualified in words("python", "requests"):
            known = True
        else:
            known = (
                holder in words("python", "request_names") and parameter is not None and not parameter.endswith("@0")
            )
        if not known or node.attr.value not in words("python", "bodies"):
            return None
        if parameter is None or parameter.endswith("@0") or scope.function.role == "handler":
            return self._reader.body(scope)
        # A helper is given the request of the handler that calls it.
        return Ref(parameter, ("body",))

    def member(self, base: Expression, key: str, node: cst.CSTNode, scope: Scope) -> Expression:
        """A member of a value; a value without a name gets one."""
        found = below(base, key)
        if found is not None:
            return self._caller(found) if isinstance(found, Ref) else found
        if isinstance(base, (Fields, Opaque, Text, Number, Boolean, Null, Lambda)):
            return Opaque(self._reader.source.snippet(node))
        return below(self._reader.sheet.temporary(scope, base, node), key) or Opaque(key)

    def _caller(self, ref: Ref) -> Expression:
        """A member of an answer that holds the caller."""
        value: Expression | None = self._reader.sheet.known.get(ref.name)
        for key in ref.path:
            value = below(value, key) if isinstance(value, Fields) else None
        return value if isinstance(value, Ref) and value.name == CALLER.name else ref

    def _subscript(self, node: cst.Subscript, scope: Scope) -> Expression:
        if len(node.slice) != 1 or not isinstance(node.slice[0].slice, cst.Index):
            base = self.value(node.value, scope)
            for part in node.slice:
                self._sliced(part.slice, scope)
            return Call("slice", (base,)) if isinstance(base, Ref) else Opaque(self._reader.source.snippet(node))
        index = node.slice[0].slice.value
        if isinstance(index, cst.SimpleString) and self._is_environment(node.value, scope):
            return Call("environment", (Text(str(literals.spelled(index))),))
        if isinstance(index, cst.SimpleString) and self._is_caller(str(literals.spelled(index)), node.value, scope):
            return Call("current user", ())
        base, key = self.value(node.value, scope), self.value(index, scope)
        if isinstance(key, Text):
            return self.member(base, key.value, node, scope)
        if isinstance(key, Number) and not isinstance(base, Items):
            known = self._reader.sheet.known.get(base.name) if isinstance(base, Ref) and not base.path else base
            # A row of several is a row; a letter of a text is not the text.
            return base if isinstance(known, Row) else Call("element", (base,))
        self._looked_up(base, key, scope)
        return Operation("lookup", (base, key))

    def _sliced(self, part: cst.BaseSlice, scope: Scope) -> None:
        if isinstance(part, cst.Slice):
            for bound in (part.lower, part.upper, part.step):
                if bound is not None:
                    self.value(bound, scope)
        elif isinstance(part, cst.Index):
            self.value(part.value, scope)

    def _is_environment(self, node: cst.BaseExpression, scope: Scope) -> bool:
        return self._reader.qualified(node, scope) == "os.environ"

    def _looked_up(self, base: Expression, key: Expression, scope: Scope) -> None:
        """`{"draft": "Draft", …}[order.status]` tells the words that somebody expects."""
        if not isinstance(key, (Ref, Row)):
            return
        sheet = self._reader.sheet
        for name, span, text in sheet.keys(base):
            condition = Operation("=", (key, Text(name)))
            sheet.state(
                "compare", span, scope, text=text, condition=condition, effect="", strength="soft", source="map"
            )

    # Literals --------------------------------------------------------------------------------------------

    def _text(self, node: cst.SimpleString, scope: Scope) -> Expression:
        return literals.text(node)

    def _joined(self, node: cst.ConcatenatedString, scope: Scope) -> Expression:
        first, second = self.value(node.left, scope), self.value(node.right, scope)
        if isinstance(first, Text) and isinstance(second, Text):
            return Text(first.value + second.value)
        return Operation("concat", (first, second))

    def _formatted(self, node: cst.FormattedString, scope: Scope) -> Expression:
        pieces: list[Expression] = []
        for part in node.parts:
            if isinstance(part, cst.FormattedStringExpression):
                pieces.append(self.value(part.expression, scope))
            elif isinstance(part, cst.FormattedStringText):
                pieces.append(Text(literals.unescaped(part.value, node.start)))
        if all(isinstance(piece, Text) for piece in pieces):
            return Text("".join(piece.value for piece in pieces if isinstance(piece, Text)))
        return Operation("concat", tuple(pieces)) if len(pieces) > 1 else Call("text", (pieces[0],))

    def _number(self, node: cst.Integer | cst.Float, scope: Scope) -> Expression:
        return literals.number(node)

    # Composites ------------------------------------------------------------------------------------------

    def _items(self, node: cst.List | cst.Tuple | cst.Set, scope: Scope) -> Expression:
        items: list[Expression] = []
        for element in node.elements:
            found = self.value(element.value, scope)
            if isinstance(element, cst.StarredElement):
                if isinstance(found, Items):
                    items.extend(found.items)
                    continue
                found = Operation("concat", (found,))
            items.append(found)
        return Items(tuple(items))

    def _dict(self, node: cst.Dict, scope: Scope) -> Expression:
        entries: list[tuple[Expression, Expression]] = []
        spreads: list[Expression] = []
        for element in node.elements:
            if isinstance(element, cst.StarredDictElement):
                spreads.append(self.value(element.value, scope))
            elif isinstance(element, cst.DictElement):
                key = literals.column(self._reader.sheet.held(self.value(element.key, scope)))
                entries.append((key, self._entry(element, scope)))
        named = all(isinstance(key, (Text, Number, Ref)) for key, _ in entries)
        if named and not spreads and any(isinstance(key, Ref) for key, _ in entries):
            # Members of an enumeration of another file: what they are is known when all files are.
            return Call("map", tuple(part for entry in entries for part in entry))
        keys = (key.value if isinstance(key, (Text, Number)) else "" for key, _ in entries)
        found = Fields(tuple(zip(keys, (value for _, value in entries), strict=True)), tuple(spreads))
        self._reader.sheet.note(found, node)
        return found

    def _entry(self, element: cst.DictElement, scope: Scope) -> Expression:
        found = self.value(element.value, scope)
        if not is_formula(found) or not isinstance(element.key, cst.SimpleString):
            return found
        return self.computed(str(literals.spelled(element.key)), element.value, found, scope)

    def computed(self, key: str, node: cst.BaseExpression, value: Expression, scope: Scope) -> Expression:
        """What is computed under a key states the same as if it had been given a name before."""
        span = self._reader.source.span(node)
        name = Ref(f"{key}@{scope.number}.o{span.line}.{span.column}")
        self._reader.sheet.bind(name, value, node, scope, "constant")
        self.stated(name, value, node, scope)
        return name

    def _choice(self, node: cst.IfExp, scope: Scope) -> Expression:
        condition = self.condition(node.test, scope)
        if tells(condition):
            self._reader.sheet.state("compare", node.test, scope, condition=condition, effect="", strength="soft")
        first = self.value(node.body, scope.under(condition))
        second = self.value(node.orelse, scope.under(negated(condition)))
        return Operation("if", (condition, first, second))

    def _walrus(self, node: cst.NamedExpr, scope: Scope) -> Expression:
        value = self.value(node.value, scope)
        self._reader.target(node.target, value, node, scope, "constant")
        return self.value(node.target, scope) if isinstance(node.target, cst.Name) else value

    def _awaited(self, node: cst.Await, scope: Scope) -> Expression:
        return self._read(node.expression, scope, wanted=not self._logical)

    def _lambda(self, node: cst.Lambda, scope: Scope) -> Expression:
        return self._reader.define(node, scope)

    def _comprehended(self, node: cst.ListComp | cst.SetComp | cst.GeneratorExp, scope: Scope) -> Expression:
        inner = self.each(node.for_in, scope)
        found = self.value(node.elt, inner)
        if isinstance(found, Ref) and node.for_in.inner_for_in is None and len(node.for_in.ifs) == 1:
            # `[name for name in ("days", "rate") if name not in data]` holds something where one of them is missing.
            asked = inner.guards[-1]
            words = words_of(self._reader.sheet.list_of(self._reader.sheet.known.get(found.name, found)))
            if words:
                tests = tuple(put(asked, found, word) for word in words)
                return tests[0] if len(tests) == 1 else Operation("or", tests)
        return found

    def _mapped(self, node: cst.DictComp, scope: Scope) -> Expression:
        inner = self.each(node.for_in, scope)
        self.value(node.key, inner)
        self.value(node.value, inner)
        return Opaque("map")

    def each(self, loop: cst.CompFor, scope: Scope) -> Scope:
        """The names of a comprehension and the conditions on them."""
        inner = Scope(scope, scope.function, self._reader.sheet.block())
        inner.guards, inner.around = scope.guards, scope.around
        value = self.value(loop.iter, scope)
        literals.declare(loop.target, inner)
        self._reader.target(loop.target, value, loop.target, inner)
        for test in loop.ifs:
            condition = self.condition(test.test, inner)
            if tells(condition):
                self._reader.sheet.state("compare", test.test, inner, condition=condition, effect="", strength="soft")
            inner = inner.under(condition)
        return self.each(loop.inner_for_in, inner) if loop.inner_for_in is not None else inner

    def _yielded(self, node: cst.Yield, scope: Scope) -> Expression:
        if isinstance(node.value, cst.From):
            return self.value(node.value.item, scope)
        return self.value(node.value, scope) if node.value is not None else Null()

    def _call(self, node: cst.Call, scope: Scope) -> Expression:
        outer, self._logical = self._logical, 0
        try:
            return self._reader.call(node, scope)
        finally:
            self._logical = outer

    def stated(self, subject: Expression, value: Expression, node: cst.CSTNode, scope: Scope) -> None:
        """What it means that a name takes this value: a formula or a classification."""
        cases = labelled(value)
        common = {"subject": subject, "effect": "assign", "strength": "soft"}
        if cases:
            self._reader.sheet.state("classify", node, scope, value=subject, cases=cases, **common)
        elif is_formula(value):
            self._reader.sheet.state("derive", node, scope, value=value, **common)


_LOGIC = frozenset({cst.UnaryOperation, cst.Comparison, cst.BooleanOperation, cst.BinaryOperation})
_READINGS: dict[type[cst.CSTNode], Any] = {
    cst.Name: Expressions._name,
    cst.Attribute: Expressions._attribute,
    cst.Subscript: Expressions._subscript,
    cst.SimpleString: Expressions._text,
    cst.ConcatenatedString: Expressions._joined,
    cst.FormattedString: Expressions._formatted,
    cst.Integer: Expressions._number,
    cst.Float: Expressions._number,
    cst.List: Expressions._items,
    cst.Tuple: Expressions._items,
    cst.Set: Expressions._items,
    cst.Dict: Expressions._dict,
    cst.IfExp: Expressions._choice,
    cst.NamedExpr: Expressions._walrus,
    cst.Await: Expressions._awaited,
    cst.Lambda: Expressions._lambda,
    cst.ListComp: Expressions._comprehended,
    cst.SetComp: Expressions._comprehended,
    cst.GeneratorExp: Expressions._comprehended,
    cst.DictComp: Expressions._mapped,
    cst.Yield: Expressions._yielded,
    cst.Call: Expressions._call,
}


def _stands(known: Ref) -> bool:
    """Whether a name stands for the caller itself, and not for something that is given with it."""
    return not known.path or known.path[-1] in words("callers", "members")


def _is_member(base: Expression) -> bool:
    """Whether a value is a member of an enumeration (`Status.PAID`), or a field that may hold one: `order.status`."""
    return isinstance(base, Ref) and bool(base.path)


def _type_tested(left: Expression, node: cst.BaseExpression, reader: Reader) -> Expression | None:
    """`type(x) == str`."""
    if not (isinstance(left, Call) and left.function == "type" and isinstance(node, cst.Name)):
        return None
    function = table("python")["types"].get(node.value)
    return Call(function, left.arguments) if function else Opaque("type")


def _is_rounded(value: Expression) -> bool:
    return isinstance(value, Call) and value.callee is None and value.function == "round"


def _flipped(text: str) -> str:
    return text[1:] if text.startswith("-") else f"-{text}"


def _textual(value: Expression) -> bool:
    return isinstance(value, Text) or (isinstance(value, Operation) and value.operator == "concat")


def _truth(value: Expression) -> bool:
    """Whether a value is the outcome of a condition."""
    if isinstance(value, Operation):
        return value.operator in LOGICAL
    return isinstance(value, Boolean) or (
        isinstance(value, Call) and value.function.startswith(("is ", "starts", "ends", "contains"))
    )


def _constant(value: Expression) -> bool:
    """Whether an operation is made of numbers and names of constants."""
    if isinstance(value, Operation):
        return value.operator in ("*", "/", "+", "-", "negate") and all(_constant(item) for item in value.operands)
    return isinstance(value, (Number, Ref))
