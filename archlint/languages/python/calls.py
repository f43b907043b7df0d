"""Calls: standard functions in neutral terms, and calls of the scanned code's own functions."""

import re

import libcst as cst

from archlint.languages.python import literals
from archlint.languages.python.expressions import Expressions
from archlint.languages.python.protocol import Reader, Recogniser
from archlint.languages.python.times import times
from archlint.languages.python.unrolling import put, words_of
from archlint.model.expression import (
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
from archlint.terms.neutral import LITERALS, tells
from archlint.terms.scope import Scope

# How settings are named everywhere: FEE_PERCENT.
_SETTING = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_BOUNDED = frozenset({"minimum", "maximum"})
_FLAGS = {"I": "i", "IGNORECASE": "i", "S": "s", "DOTALL": "s", "M": "m", "MULTILINE": "m", "X": "x", "VERBOSE": "x"}
# Not `address`, `status`, `alias` or `analysis`.
_PLURAL = re.compile(r"[^aius]s$")
_PLACES = re.compile(r"(?:0\.0*1|1|\.0*1)(?:\.0+)?")


class Calls:
    """Reads calls of one file; `recognisers` know libraries and come first."""

    def __init__(self, reader: Reader, expressions: Expressions, recognisers: tuple[Recogniser, ...]) -> None:
        self._reader = reader
        self._expressions = expressions
        self._recognisers = recognisers

    def call(self, node: cst.Call, scope: Scope) -> Expression:
        """The value of a call or a construction."""
        name = self.qualified(node.func, scope)
        for recogniser in self._recognisers:
            found = recogniser(self._reader, node, name, scope)
            if found is not None:
                return found
        for reading in (self._standard, self._method):
            found = reading(node, name, scope)
            if found is not None:
                return found
        return self._own(node, name, scope)

    def qualified(self, node: cst.BaseExpression, scope: Scope) -> str:
        """`a.b.c` in terms of the modules that names come from; calls in between are written `()`."""
        if isinstance(node, cst.Name):
            scoped = scope.lookup(node.value)
            known = self._reader.sheet.qualified.get(node.value)
            return known if known is not None and scoped is not None else node.value
        if isinstance(node, cst.Attribute):
            return f"{self.qualified(node.value, scope)}.{node.attr.value}"
        if isinstance(node, cst.Call):
            return f"{self.qualified(node.func, scope)}()"
        return "()"

    def arguments(self, node: cst.Call, scope: Scope) -> tuple[Expression, ...]:
        """The positional arguments of a call, read; those with names are read too and left out."""
        return self.given(node, scope)[0]

    def named(self, node: cst.Call, scope: Scope) -> tuple[tuple[str, Expression], ...]:
        """The arguments of a call that have names, read."""
        return self.given(node, scope)[1]

    def given(
        self, node: cst.Call, scope: Scope
    ) -> tuple[tuple[Expression, ...], tuple[tuple[str, Expression], ...], tuple[Expression, ...]]:
        """The arguments of a call: by place, by name, and what is unpacked into it."""
        placed: list[Expression] = []
        named: list[tuple[str, Expression]] = []
        spreads: list[Expression] = []
        for argument in node.args:
            value = self._reader.value(argument.value, scope)
            if argument.keyword is not None:
                named.append((argument.keyword.value, value))
            elif argument.star == "**":
                spreads.append(value)
            elif argument.star == "*":
                placed.append(Operation("concat", (value,)))
            else:
                placed.append(value)
        return tuple(placed), tuple(named), tuple(spreads)

    # Standard functions ----------------------------------------------------------------------------------

    def _standard(self, node: cst.Call, name: str, scope: Scope) -> Expression | None:
        if isinstance(node.func, cst.Name) and name == node.func.value and scope.lookup(name) is not None:
            return None
        knowledge = table("python")
        if name in knowledge["special"]:
            return _SPECIAL[knowledge["special"][name]](self, node, scope)
        found = times(self._reader, node, name, scope)
        if found is not None:
            return found
        function = knowledge["functions"].get(name)
        if function is None:
            return None
        arguments = self.arguments(node, scope)
        if function in _BOUNDED:
            return self._extreme(node, function, arguments, scope)
        if function == "number" and len(arguments) == 1 and isinstance(arguments[0], Text):
            return _numeral(arguments[0])
        if function in ("integer", "number") and arguments and isinstance(arguments[0], Number):
            return arguments[0] if function == "number" or "." not in arguments[0].value else Call(function, arguments)
        if function == "passing":
            return arguments[0] if arguments else Items(())
        if function in ("number", "integer", "text"):
            arguments = arguments[:1]
        return Call(function, arguments)

    def _extreme(self, node: cst.Call, function: str, arguments: tuple[Expression, ...], scope: Scope) -> Expression:
        if len(arguments) == 1:
            listed = arguments[0]
            if not isinstance(listed, Items):
                return Call("smallest" if function == "minimum" else "largest", (listed,))
            arguments = listed.items
        return self._bounded(node, function, arguments, scope) if len(arguments) == 2 else Call(function, arguments)

    def _bounded(self, node: cst.Call, function: str, arguments: tuple[Expression, ...], scope: Scope) -> Expression:
        """`max(low, min(high, x))` forces x between two numbers."""
        found = Call(function, arguments)
        limits: list[tuple[str, Expression]] = []
        inner: Expression = found
        while isinstance(inner, Call) and inner.function in _BOUNDED and len(inner.arguments) == 2:
            bounds = [item for item in inner.arguments if _fixed(item)]
            others = [item for item in inner.arguments if not _fixed(item)]
            if len(bounds) != 1 or len(others) != 1:
                break
            limits.append(("<=" if inner.function == "minimum" else ">=", bounds[0]))
            inner = others[0]
        named = isinstance(inner, (Ref, Row)) or (
            isinstance(inner, Call) and inner.callee is None and inner.function not in _BOUNDED
        )
        if limits and named:
            tests = [Operation(operator, (inner, bound)) for operator, bound in limits]
            condition = tests[0] if len(tests) == 1 else Operation("and", tuple(tests))
            statements = self._reader.sheet.statements
            if len(tests) > 1 and statements and statements[-1].kind == "clamp" and statements[-1].subject == inner:
                # The inner of the two was told before it was known that there is another around it.
                statements.pop()
            self._reader.sheet.state(
                "clamp", node, scope, subject=inner, condition=condition, effect="clamp", strength="soft"
            )
        return found

    def _length(self, node: cst.Call, scope: Scope) -> Expression:
        given = node.args[0].value if node.args else None
        arguments = self.arguments(node, scope)
        measured = arguments[0] if arguments else Opaque("nothing")
        if given is not None and self._is_bytes(given, measured):
            return Call("size", (measured,))
        return Call("count" if isinstance(measured, (Items, Row)) or _several(measured) else "length", (measured,))

    def _is_bytes(self, node: cst.BaseExpression, value: Expression) -> bool:
        """Whether a value is bytes, of which there may be more or fewer than characters."""
        known = self._reader.sheet.known.get(value.name) if isinstance(value, Ref) and not value.path else value
        if isinstance(known, Call) and known.callee is not None and not known.callee.path:
            return known.callee.name.split("@", 1)[0] in self._reader.source.bytes_makers
        return isinstance(node, cst.Call) and _last(node.func) in words("python", "bytes_makers")

    def _instance(self, node: cst.Call, scope: Scope) -> Expression:
        """`isinstance(x, str)` asks for the kind of a value; for a class it says nothing of rules."""
        if len(node.args) != 2:
            return Opaque("isinstance")
        value = self._reader.value(node.args[0].value, scope)
        listed = node.args[1].value
        kinds = [element.value for element in listed.elements] if isinstance(listed, cst.Tuple) else [listed]
        names = {self.qualified(kind, scope) for kind in kinds}
        functions = {table("python")["types"].get(name, "") for name in names}
        if len(functions) == 1 and "" not in functions:
            return Call(functions.pop(), (value,))
        return Opaque("isinstance")

    def _environment(self, node: cst.Call, scope: Scope) -> Expression:
        """`os.environ.get("FEE", "5")`."""
        arguments = self.arguments(node, scope)
        first = arguments[0] if arguments else Opaque("name")
        held: Expression = Call("environment", (first,)) if isinstance(first, Text) else Opaque("environment")
        if len(arguments) < 2 or isinstance(arguments[1], Null):
            return held
        self._expressions.fallback(node, held, arguments[1], scope)
        return Operation("coalesce", (held, arguments[1]))

    def _round(self, node: cst.Call, scope: Scope) -> Expression:
        arguments = self.arguments(node, scope)
        return Call("round", arguments[:2])

    def _sum(self, node: cst.Call, scope: Scope) -> Expression:
        return Call("sum", self.arguments(node, scope)[:1])

    def _matched(self, node: cst.Call, scope: Scope) -> Expression:
        """`re.match(pattern, text)` reads from the start, `fullmatch` the whole, `search` anywhere."""
        placed, named, _ = self.given(node, scope)
        how = self.qualified(node.func, scope).rsplit(".", 1)[-1]
        flags = placed[2] if len(placed) > 2 else dict(named).get("flags")
        if len(placed) < 2:
            return Opaque(how)
        return self._matches(how, placed[0], placed[1], self._flags(node, flags))

    def _matches(self, how: str, pattern: Expression, text: Expression, flags: str | None) -> Expression:
        if isinstance(pattern, Text) and flags is not None:
            return Operation("matches", (text, Pattern(anchored(pattern.value, how), flags, "python")))
        if isinstance(pattern, Ref):
            known = self._reader.sheet.known.get(pattern.name) if not pattern.path else None
            if isinstance(known, Pattern):
                return Operation("matches", (text, Pattern(anchored(known.source, how), known.flags, "python")))
            if isinstance(known, Text) and flags is not None:
                return Operation("matches", (text, Pattern(anchored(known.value, how), flags, "python")))
        if isinstance(pattern, Pattern):
            return Operation("matches", (text, Pattern(anchored(pattern.source, how), pattern.flags, "python")))
        return Opaque(how)

    def _flags(self, node: cst.Call, flags: Expression | None) -> str | None:
        """The flags of a pattern; None where they cannot be told."""
        if flags is None:
            return ""
        argument = node.args[-1].value
        found = set()
        for name in re.findall(r"\bre\.(\w+)", self._reader.source.text(argument)):
            if name not in _FLAGS:
                return None
            found.add(_FLAGS[name])
        return "".join(sorted(found)) if found and "x" not in found else None

    def _compiled(self, node: cst.Call, scope: Scope) -> Expression:
        placed, named, _ = self.given(node, scope)
        flags = self._flags(node, placed[1] if len(placed) > 1 else dict(named).get("flags"))
        first = placed[0] if placed else None
        if isinstance(first, Ref):
            first = self._reader.sheet.known.get(first.name)
        if isinstance(first, Text) and flags is not None:
            return Pattern(first.value, flags, "python")
        return Opaque("pattern")

    def _any(self, node: cst.Call, scope: Scope) -> Expression:
        """`any(test(item) for item in items)`: what is asked of one of them is told where it stands."""
        name = self.qualified(node.func, scope)
        first = node.args[0].value if len(node.args) == 1 else None
        if isinstance(first, cst.GeneratorExp) and isinstance(first.for_in.target, cst.Name):
            inner = self._expressions.each(first.for_in, scope)
            condition = self._reader.condition(first.elt, inner)
            item = Ref(inner.lookup(first.for_in.target.value) or "")
            words = words_of(self._reader.sheet.list_of(self._reader.sheet.known.get(item.name, item)))
            if words and not first.for_in.ifs and first.for_in.inner_for_in is None:
                return Operation("and" if name == "all" else "or", tuple(put(condition, item, word) for word in words))
            if tells(condition):
                self._reader.sheet.state("compare", first, inner, condition=condition, effect="", strength="soft")
            return Opaque(name)
        for argument in node.args:
            self._reader.value(argument.value, scope)
        return Opaque(name)

    def _mapping(self, node: cst.Call, scope: Scope) -> Expression:
        """`dict(draft=1)`, `MappingProxyType({…})`."""
        placed, named, spreads = self.given(node, scope)
        if placed and isinstance(placed[0], Fields):
            found = Fields((*placed[0].entries, *named), (*placed[0].spreads, *spreads))
        elif placed and isinstance(placed[0], Ref) and not named:
            return placed[0]
        elif placed:
            return _paired(placed[0])
        else:
            found = Fields(named, spreads)
        self._reader.sheet.note(found, node)
        return found

    def _applied(self, node: cst.Call, scope: Scope) -> Expression:
        """`map(f, items)` and `filter(f, items)`."""
        placed = self.arguments(node, scope)
        if len(placed) != 2:
            return Opaque("applied")
        self._reader.sheet.applied(placed[0], placed[1:], node, scope)
        if self.qualified(node.func, scope) == "filter":
            return placed[1]
        return self._reader.sheet.result(placed[0]) if isinstance(placed[0], Lambda) else Opaque("map")

    def _loaded(self, node: cst.Call, scope: Scope) -> Expression:
        """`json.loads(event["body"])` is what was sent."""
        placed = self.arguments(node, scope)
        found = placed[0] if placed else Opaque("json")
        while isinstance(found, Operation) and found.operator in ("fallback", "coalesce"):
            found = found.operands[0]
        return found

    # Methods ---------------------------------------------------------------------------------------------

    def _method(self, node: cst.Call, name: str, scope: Scope) -> Expression | None:
        if not isinstance(node.func, cst.Attribute):
            return None
        method, holder = node.func.attr.value, node.func.value
        knowledge = table("python")
        if method == "get" and 1 <= len(node.args) <= 3:
            return self._got(node, holder, scope)
        if method in ("match", "fullmatch", "search") and len(node.args) == 1:
            base = self._reader.value(holder, scope)
            text = self._reader.value(node.args[0].value, scope)
            return self._matches(method, base, text, None)
        if method == "format" and isinstance(holder, (cst.SimpleString, cst.ConcatenatedString)):
            base = self._reader.value(holder, scope)
            return literals.filled(base, Items(self.arguments(node, scope)), r"\{[^{}]*\}")
        if method == "quantize" and node.args:
            return self._quantized(node, holder, scope)
        if method in knowledge["methods"]:
            base = self._reader.value(holder, scope)
            arguments = self.arguments(node, scope)
            function = knowledge["methods"][method]
            if function == "passing":
                return base
            if function in ("starts with", "ends with", "contains"):
                return Call(function, (base, *arguments))
            if function == "seconds between":
                found = isinstance(base, Operation) and base.operator == "-"
                return Call(function, base.operands) if found and isinstance(base, Operation) else Opaque(method)
            return Call(function, (base,))
        if method in knowledge["lists"]["opaque"]:
            base = self._reader.value(holder, scope)
            self.arguments(node, scope)
            return Opaque(f"{method}()") if not isinstance(base, Ref) else Call(method, (base,))
        return None

    def _got(self, node: cst.Call, holder: cst.BaseExpression, scope: Scope) -> Expression | None:
        """`data.get("days", 14)` reads a member, and says what it is where it is missing."""
        if any(argument.star for argument in node.args):
            return None
        first = node.args[0].value
        if not isinstance(first, cst.SimpleString):
            return self._chosen(node, holder, scope)
        key = str(literals.spelled(first))
        if key.startswith(("/", "http://", "https://")):
            return None
        base = self._reader.value(holder, scope)
        member = self._expressions.member(base, key, node, scope)
        default: Expression | None = None
        for argument in node.args[1:]:
            value = self._reader.value(argument.value, scope)
            if argument.keyword is None or argument.keyword.value in ("default", "failobj"):
                default = value
        if default is None or isinstance(default, Null):
            return member
        self._expressions.fallback(node, member, default, scope)
        return Operation("coalesce", (member, default))

    def _chosen(self, node: cst.Call, holder: cst.BaseExpression, scope: Scope) -> Expression | None:
        """`FEES.get(kind, 0)` looks a value up in a table."""
        base = self._reader.value(holder, scope)
        held = self._reader.sheet.known.get(base.name) if isinstance(base, Ref) and not base.path else base
        if not isinstance(held, Fields):
            if isinstance(base, Ref):
                # A method of something else that is called so.
                arguments, named, _ = self.given(node, scope)
                return self._invoked(Ref(base.name, (*base.path, "get")), "get", arguments, named, node, scope)
            return Opaque(self._reader.source.snippet(node))
        placed = self.arguments(node, scope)
        for name, span, text in self._reader.sheet.keys(base) if isinstance(placed[0], (Ref, Row)) else ():
            self._reader.sheet.state(
                "compare", span, scope, text=text, condition=Operation("=", (placed[0], Text(name))), effect="",
                strength="soft", source="map",
            )  # fmt: skip
        found = Operation("lookup", (base, placed[0]))
        return Operation("coalesce", (found, placed[1])) if len(placed) > 1 else found

    def _quantized(self, node: cst.Call, holder: cst.BaseExpression, scope: Scope) -> Expression:
        """`price.quantize(Decimal("0.01"))` rounds to cents."""
        base = self._reader.value(holder, scope)
        placed = self.arguments(node, scope)
        step = placed[0] if placed else None
        if isinstance(step, Ref):
            step = self._reader.sheet.known.get(step.name, step) if not step.path else step
        if isinstance(step, Number) and _PLACES.fullmatch(step.value):
            digits = len(step.value.partition(".")[2])
            return Call("round", (base, Number(str(digits)))) if digits else Call("round", (base,))
        return Call("round", (base, step)) if step is not None else Call("round", (base,))

    # Own functions ---------------------------------------------------------------------------------------

    def _own(self, node: cst.Call, name: str, scope: Scope) -> Expression:
        target = self._reader.value(node.func, scope)
        placed, named, spreads = self.given(node, scope)
        if isinstance(target, Lambda):
            self._reader.sheet.applied(target, placed, node, scope)
            return self._reader.sheet.result(target)
        if not isinstance(target, Ref):
            return Call(name, placed) if name.endswith("()") else Opaque(self._reader.source.snippet(node))
        last = target.path[-1] if target.path else target.name.split("@", 1)[0]
        if last[:1].isupper() and not placed and (named or spreads):
            return self.made(target, Fields(named, spreads), node, scope)
        self._setting(node, placed, scope)
        return self._invoked(target, name, placed, named, node, scope)

    def made(self, kind: Ref, fields: Fields, node: cst.Call, scope: Scope) -> Expression:
        """`Order(total=x)`: an object of a class with these members."""
        self._reader.sheet.note(fields, node)
        subject = self._reader.sheet.temporary(scope, fields, node)
        self._reader.sheet.bind(subject, kind, node, scope, "type")
        return subject

    def _invoked(
        self, target: Ref, name: str, placed: tuple[Expression, ...], named: tuple[tuple[str, Expression], ...],
        node: cst.Call, scope: Scope,
    ) -> Expression:  # fmt: skip
        self._reader.sheet.invoke(target, placed, node, scope, named=named)
        for argument in (*placed, *(value for _, value in named)):
            if isinstance(argument, Lambda) and target.path:
                self._reader.sheet.applied(argument, (Ref(target.name, target.path[:-1]),), node, scope)
        return Call(name, placed, target)

    def _setting(self, node: cst.Call, arguments: tuple[Expression, ...], scope: Scope) -> None:
        """`number_from("MAX_DAYS", 14)`: a helper that reads a setting by its name, with a fallback."""
        if len(arguments) < 2 or not isinstance(arguments[0], Text) or not isinstance(arguments[1], LITERALS):
            return
        if _SETTING.fullmatch(arguments[0].value) and arguments[1] != Text(""):
            self._expressions.fallback(node, Call("environment", (arguments[0],)), arguments[1], scope)


_SPECIAL = {
    "length": Calls._length,
    "instance": Calls._instance,
    "environment": Calls._environment,
    "round": Calls._round,
    "sum": Calls._sum,
    "match": Calls._matched,
    "compile": Calls._compiled,
    "any": Calls._any,
    "mapping": Calls._mapping,
    "applied": Calls._applied,
    "loaded": Calls._loaded,
}


def _several(value: Expression) -> bool:
    """Whether a name is a plural: what it has is a number of things, not of characters."""
    if not isinstance(value, Ref):
        return False
    return bool(_PLURAL.search(value.path[-1] if value.path else value.name.split("@", 1)[0]))


def anchored(source: str, how: str) -> str:
    """A pattern with what its function demands of the start and the end of the text."""
    plain = "|" not in source
    starts = plain and source.startswith(("^", r"\A"))
    ends = plain and source.endswith(("$", r"\Z")) and not source.endswith(r"\$")
    if how == "search" or (how == "match" and starts) or (starts and ends):
        return source
    if how == "match":
        return f"^{source}" if plain else f"^(?:{source})"
    body = source.removeprefix("^") if starts else source
    body = body.removesuffix("$") if ends else body
    return f"^{body}$" if plain else f"^(?:{source})$"


def _last(node: cst.BaseExpression) -> str:
    return node.attr.value if isinstance(node, cst.Attribute) else node.value if isinstance(node, cst.Name) else ""


def _numeral(value: Text) -> Expression:
    """`Decimal("0.19")` is a number."""
    text = value.value.strip().replace("_", "")
    return Number(text) if re.fullmatch(r"-?\d+(?:\.\d+)?", text) else Call("number", (value,))


def _fixed(value: Expression) -> bool:
    if isinstance(value, Number):
        return True
    return isinstance(value, Ref) and (value.path[-1] if value.path else value.name.split("@", 1)[0]).isupper()


def _paired(value: Expression) -> Expression:
    """`dict([(key, value), …])`."""
    entries = []
    for item in value.items if isinstance(value, Items) else ():
        if not isinstance(item, Items) or len(item.items) != 2 or not isinstance(item.items[0], Text):
            return Opaque("map")
        entries.append((item.items[0].value, item.items[1]))
    return Fields(tuple(entries)) if entries else Opaque("map")
