"""Calls: standard functions in neutral terms, hooks and wrappers, and calls of the scanned code's own functions."""

import re
from collections.abc import Callable

from tree_sitter import Node

from archlint.languages.typescript import signals, vue
from archlint.languages.typescript.cloud_functions import called_by_name
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import FUNCTIONS, field, parts, unwrapped
from archlint.model.expression import (
    Call,
    Expression,
    Fields,
    Items,
    Lambda,
    Number,
    Opaque,
    Operation,
    Pattern,
    Ref,
    Row,
    Text,
)
from archlint.terms.idioms import table, words
from archlint.terms.neutral import LITERALS, below, converted, dated, is_formula, negated
from archlint.terms.scope import Scope
from archlint.trees import has_token

# A recogniser takes a call whose arguments are still unread; None leaves it to the next.
Recogniser = Callable[[Reader, Node, str, Scope], Expression | None]
# How settings are named everywhere: FEE_PERCENT.
_SETTING = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_LEAST_CUT = 40
_BOUNDED = frozenset({"minimum", "maximum"})


class Calls:
    """Reads calls of one file; `recognisers` know libraries and come first."""

    def __init__(self, reader: Reader, recognisers: tuple[Recogniser, ...]) -> None:
        self._reader = reader
        self._recognisers = recognisers
        self.setters: dict[str, Ref] = {}

    def call(self, node: Node, scope: Scope) -> Expression:
        """The value of a call or a construction."""
        callee = field(node, "constructor" if node.type == "new_expression" else "function")
        if callee is None:
            return Opaque(self._reader.source.snippet(node))
        callee = unwrapped(callee)
        name = self.dotted(callee)
        for recogniser in self._recognisers:
            found = recogniser(self._reader, node, name, scope)
            if found is not None:
                return found
        if node.type == "new_expression":
            return self._construction(node, name, scope)
        sent = called_by_name(self._reader, node, callee, scope)
        if sent is not None:
            return sent
        for reading in (self._hook, self._function, self._method):
            found = reading(node, callee, name, scope)
            if found is not None:
                return found
        return self._own(node, callee, name, scope)

    def dotted(self, callee: Node) -> str:
        """`a.b.c` where a callee is made of names; calls in between are written `()`."""
        if callee.type in ("identifier", "this", "property_identifier", "super", "import"):
            return self._reader.source.text(callee)
        if callee.type == "member_expression":
            holder, name = field(callee, "object"), field(callee, "property")
            if holder is not None and name is not None:
                return f"{self.dotted(unwrapped(holder))}.{self._reader.source.text(name)}"
        if callee.type in ("call_expression", "new_expression"):
            inner = field(callee, "function") or field(callee, "constructor")
            return f"{self.dotted(unwrapped(inner))}()" if inner is not None else "()"
        return "()"

    def arguments(self, node: Node, scope: Scope) -> tuple[Expression, ...]:
        """The arguments of a call, read."""
        listed = field(node, "arguments")
        if listed is None:
            return ()
        if listed.type == "template_string":
            return (self._reader.value(listed, scope),)
        found: list[Expression] = []
        for child in parts(listed):
            if child.type == "spread_element":
                found.append(Operation("concat", (self._reader.value(parts(child)[0], scope),)))
            else:
                found.append(self._reader.value(child, scope))
        return tuple(found)

    # Constructions ---------------------------------------------------------------------------------------

    def _construction(self, node: Node, name: str, scope: Scope) -> Expression:
        arguments = self.arguments(node, scope)
        if name == "Set":
            return arguments[0] if arguments else Items(())
        if name == "Map":
            return _mapped(arguments[0]) if arguments else Fields(())
        if name == "Date":
            return Call("date", arguments[:1]) if arguments else Call("now", ())
        if name == "RegExp" and arguments and isinstance(arguments[0], (Text, Pattern)):
            first = arguments[0]
            flags = arguments[1].value if len(arguments) > 1 and isinstance(arguments[1], Text) else ""
            source = first.value if isinstance(first, Text) else first.source
            return Pattern(source, flags or (first.flags if isinstance(first, Pattern) else ""), "javascript")
        if name.endswith(("Decimal", "Big", "BigNumber")) and arguments:
            return Call("number", arguments[:1])
        return Opaque(self._reader.source.snippet(node))

    # Hooks -----------------------------------------------------------------------------------------------

    def _hook(self, node: Node, callee: Node, name: str, scope: Scope) -> Expression | None:
        last = name.rsplit(".", 1)[-1]
        if name in words("react", "contexts"):
            self.arguments(node, scope)
            return Call("context", ())
        if last in words("react", "state"):
            arguments = self.arguments(node, scope)
            return Items((arguments[0] if arguments else Opaque("state"), Call("setter", ())))
        if last in words("react", "computed"):
            arguments = self.arguments(node, scope)
            return self._reader.sheet.result(arguments[0]) if arguments else None
        if last in words("react", "function") or name in words("react", "function"):
            arguments = self.arguments(node, scope)
            return arguments[0] if arguments else None
        mutation = table("react")["mutation"]
        if last in mutation["calls"]:
            arguments = self.arguments(node, scope)
            function = arguments[0] if arguments else None
            for option in mutation["function"]:
                if isinstance(function, Fields):
                    function = function.get(option)
            if function is not None:
                return Fields(tuple((member, function) for member in mutation["members"]))
            return Opaque(name)
        if callee.type == "identifier":
            scoped = scope.lookup(name)
            target = self.setters.get(scoped) if scoped else None
            if target is not None:
                for value in self.arguments(node, scope)[:1]:
                    inner = self._reader.sheet.result(value) if isinstance(value, Lambda) else value
                    self._reader.sheet.bind(target, inner, node, scope)
                return Opaque(name)
        return None

    # Standard functions ----------------------------------------------------------------------------------

    def _function(self, node: Node, callee: Node, name: str, scope: Scope) -> Expression | None:
        if name in table("javascript")["lists"]["passing"]:
            arguments = self.arguments(node, scope)
            return arguments[0] if arguments else None
        if name in ("isNaN", "Number.isNaN"):
            return negated(Call("is number", self.arguments(node, scope)))
        if name == "Array.isArray":
            self.arguments(node, scope)
            return Opaque("is list")
        if name in table("javascript")["dates"]["functions"] and self._asks_for_years(node):
            return Call("date", self.arguments(node, scope)[:1])
        function = table("javascript")["functions"].get(name)
        if function is None or (scope.lookup(name.split(".", 1)[0]) and "." in name):
            return None
        arguments = self.arguments(node, scope)
        if function in _BOUNDED and len(arguments) == 2:
            return self._bounded(node, function, arguments, scope)
        if function == "integer":
            arguments = arguments[:1]
        if function == "date" and not arguments:
            return Call("now", ())
        return Call(function, arguments)

    def _asks_for_years(self, node: Node) -> bool:
        """Whether the second argument is the form of a date that begins with its year."""
        listed = field(node, "arguments")
        given = parts(listed) if listed is not None else []
        return len(given) == 2 and self._reader.source.text(given[1]).strip("\"'`").startswith("yy")

    def _bounded(self, node: Node, function: str, arguments: tuple[Expression, ...], scope: Scope) -> Expression:
        """`Math.max(low, Math.min(high, x))` forces x between two numbers."""
        found = Call(function, arguments)
        limits: list[Expression] = []
        inner: Expression = found
        while isinstance(inner, Call) and inner.function in _BOUNDED and len(inner.arguments) == 2:
            bounds = [item for item in inner.arguments if _fixed(item)]
            others = [item for item in inner.arguments if not _fixed(item)]
            if len(bounds) != 1 or len(others) != 1:
                break
            limits.append(Operation("<=" if inner.function == "minimum" else ">=", (others[0], bounds[0])))
            inner = others[0]
        if (limits and isinstance(inner, (Ref, Row))) or (
            limits and isinstance(inner, Call) and inner.callee is None and inner.function not in _BOUNDED
        ):
            # What is kept is the rounded value, and the limits are about what is kept.
            place = converted(inner)
            inner = place if isinstance(place, (Ref, Row)) else inner
            tests = [
                Operation(str(item.operator), (inner, item.operands[1]))
                for item in limits
                if isinstance(item, Operation)
            ]
            outer = node.parent
            while outer is not None and outer.type in ("parenthesized_expression", "arguments"):
                outer = outer.parent
            nested = (
                outer is not None
                and outer.type == "call_expression"
                and self.dotted(unwrapped(field(outer, "function") or outer)) in ("Math.min", "Math.max")
            )
            if not nested and not is_formula(inner):
                condition = tests[0] if len(tests) == 1 else Operation("and", tuple(tests))
                self._reader.sheet.state(
                    "clamp", node, scope, subject=inner, condition=condition, effect="clamp", strength="soft"
                )
        return found

    def _method(self, node: Node, callee: Node, name: str, scope: Scope) -> Expression | None:
        if callee.type != "member_expression":
            return None
        holder, key = field(callee, "object"), field(callee, "property")
        if holder is None or key is None:
            return None
        method = self._reader.source.text(key)
        knowledge = table("javascript")
        listed = field(node, "arguments")
        given = parts(listed) if listed is not None and listed.type == "arguments" else []
        if method in ("slice", "substring") and self._cuts(given):
            return self._cut(node, holder, scope)
        if method in ("includes", "has", "test", "match", "matches", "indexOf"):
            return self._membership(method, holder, given, scope)
        if method in knowledge["methods"]:
            base = self._reader.value(holder, scope)
            return Call(knowledge["methods"][method], (base, *self.arguments(node, scope)))
        if method in knowledge["comparisons"] and len(given) == 1:
            base = self._reader.value(holder, scope)
            return Operation(knowledge["comparisons"][method], (base, self._reader.value(given[0], scope)))
        if method == "reduce" and given:
            return self._reduced(holder, given, scope)
        if (
            method in knowledge["lists"]["elements"]
            and given
            and unwrapped(given[0]).type in (*FUNCTIONS, "identifier")
        ):
            return self._each(method, holder, given, scope)
        if method in knowledge["lists"]["kept"]:
            base = self._reader.value(holder, scope)
            self.arguments(node, scope)
            return base
        if method in knowledge["lists"]["steps"] and given:
            return self._stepped(holder, given, scope)
        if method in ("then", "catch", "finally", "subscribe") and given:
            return self._then(method, holder, given, node, scope)
        if method in knowledge["dates"]["parts"]:
            base = self._reader.value(holder, scope)
            self.arguments(node, scope)
            if dated(base) and method in knowledge["dates"]["written"]:
                return base
            if isinstance(base, Ref) or (dated(base) and method == knowledge["dates"]["first"]):
                return Call(method, (base,))
            return Opaque(f"{method}()")
        return self._date_method(method, holder, node, scope)

    def _date_method(self, method: str, holder: Node, node: Node, scope: Scope) -> Expression | None:
        """A date written out is that date; one that is moved is no more what it was made as."""
        knowledge = table("javascript")["dates"]
        if method not in knowledge["written"] and method not in knowledge["changed"]:
            return None
        base = self._reader.value(holder, scope)
        if method in knowledge["changed"]:
            self.arguments(node, scope)
            if isinstance(base, Ref):
                self._reader.sheet.bind(base, Opaque(f"{method}()"), node, scope)
            return Opaque(f"{method}()")
        if not dated(base):
            return None
        self.arguments(node, scope)
        return base

    def _cut(self, node: Node, holder: Node, scope: Scope) -> Expression:
        """`note.slice(0, MAX_LENGTH)` forces a text into a length."""
        base = self._reader.value(holder, scope)
        limit = self.arguments(node, scope)[-1]
        place = converted(base)
        if isinstance(place, (Ref, Row)) and _fixed(limit) and not _goes_on(node):
            condition = Operation("<=", (Call("length", (place,)), limit))
            self._reader.sheet.state(
                "clamp", node, scope, subject=place, condition=condition, effect="clamp", strength="soft"
            )
        return base

    def _cuts(self, given: list[Node]) -> bool:
        """Whether a piece is all that may be kept of a text: a few characters are a date, an initial, a key."""
        if len(given) != 2 or self._reader.source.text(given[0]) != "0":
            return False
        text = self._reader.source.text(given[1]).replace("_", "")
        return (text.isdigit() and int(text) >= _LEAST_CUT) or (given[1].type == "identifier" and text.isupper())

    def _membership(self, method: str, holder: Node, given: list[Node], scope: Scope) -> Expression | None:
        if len(given) < 1:
            return None
        base = self._reader.value(holder, scope)
        item = self._reader.value(given[0], scope)
        if method in ("test", "match", "matches"):
            pattern, text = (base, item) if method == "test" else (item, base)
            if isinstance(pattern, (Pattern, Ref)):
                return Operation("matches", (text, pattern))
            return Opaque(f"{method}()")
        if method == "indexOf":
            return Call("index", (base, item))
        if isinstance(item, Text) and not isinstance(base, (Items, Fields)):
            return Call("contains", (base, item))
        return Operation("in", (item, base))

    def _reduced(self, holder: Node, given: list[Node], scope: Scope) -> Expression:
        """`list.reduce((sum, item) => sum + f(item), 0)` adds f up."""
        base = self._reader.value(holder, scope)
        function = self._reader.value(given[0], scope)
        for extra in given[1:]:
            self._reader.value(extra, scope)
        if not isinstance(function, Lambda):
            return Opaque("reduce()")
        fact = next((fact for fact in self._reader.sheet.functions if fact.scope == function.scope), None)
        if fact is None or len(fact.parameters) < 2 or len(fact.returns) != 1:
            return Opaque("reduce()")
        self._reader.sheet.bind(Ref(fact.parameters[1]), base, given[0], scope)
        total, value = Ref(fact.parameters[0]), fact.returns[0][1]
        if isinstance(value, Operation) and value.operator == "+" and total in value.operands:
            rest = tuple(item for item in value.operands if item != total)
            return Call("sum", rest[:1])
        if isinstance(value, Operation) and value.operator in ("+", "-"):
            return Call("sum", (_without(value, total),))
        return Opaque("reduce()")

    def _each(self, method: str, holder: Node, given: list[Node], scope: Scope) -> Expression:
        base = self._reader.value(holder, scope)
        function = self._reader.value(given[0], scope)
        for extra in given[1:]:
            self._reader.value(extra, scope)
        self._reader.sheet.applied(function, (base,), given[0], scope)
        if method in ("map", "flatMap"):
            return self._reader.sheet.result(function) if isinstance(function, Lambda) else Opaque("map()")
        if method in ("filter", "find", "sort", "findLast"):
            return base
        return Call(method, (base, function))

    def _stepped(self, holder: Node, given: list[Node], scope: Scope) -> Expression:
        """`request.pipe(retry(2))` hands on what it is given, unless one of the steps makes something else of it."""
        base = self._reader.value(holder, scope)
        steps = [self._reader.value(item, scope) for item in given]
        names = {step.function for step in steps if isinstance(step, Call)}
        return base if not names & words("javascript", "lists", "making") else Opaque("pipe()")

    def _then(self, method: str, holder: Node, given: list[Node], node: Node, scope: Scope) -> Expression:
        base = self._reader.value(holder, scope)
        results = [self._reader.value(item, scope) for item in given]
        if method in ("then", "subscribe"):
            self._reader.sheet.applied(results[0], (base,), node, scope)
            return self._reader.sheet.result(results[0])
        return base

    def _setting(self, node: Node, arguments: tuple[Expression, ...], scope: Scope) -> None:
        """`numberFrom('MAX_DAYS', 14)`: a helper that reads a setting by its name, with a value where it is missing."""
        if len(arguments) < 2 or not isinstance(arguments[0], Text) or not isinstance(arguments[1], LITERALS):
            return
        if node.parent is not None and node.parent.type == "expression_statement":
            # Who asks for a setting wants its value: `commit('SET_READY', true)` does not.
            return
        if _SETTING.fullmatch(arguments[0].value) and arguments[1] != Text(""):
            subject = Call("environment", (arguments[0],))
            self._reader.sheet.state(
                "default",
                node,
                scope,
                subject=subject,
                value=arguments[1],
                effect="assign",
                strength="soft",
                source="fallback",
            )

    # Own functions ---------------------------------------------------------------------------------------

    def _own(self, node: Node, callee: Node, name: str, scope: Scope) -> Expression:
        if callee.type in FUNCTIONS:
            function = self._reader.define(callee, scope)
            self.arguments(node, scope)
            return self._reader.sheet.result(function)
        target = self._reader.value(callee, scope)
        arguments = self.arguments(node, scope)
        if isinstance(target, Lambda):
            self._reader.sheet.applied(target, arguments, node, scope)
            return self._reader.sheet.result(target)
        if not isinstance(target, Ref):
            return Call(name, arguments) if name.endswith("()") else Opaque(self._reader.source.snippet(node))
        held = signals.called(self._reader, target, arguments, node, scope)
        if held is not None:
            return held
        self._reader.sheet.invoke(target, arguments, node, scope)
        vue.emitted(self._reader, target, arguments, node, scope)
        self._setting(node, arguments, scope)
        for argument in arguments:
            if isinstance(argument, Lambda) and target.path:
                self._reader.sheet.applied(argument, (Ref(target.name, target.path[:-1]),), node, scope)
        return Call(name, arguments, target)


def _fixed(value: Expression) -> bool:
    if isinstance(value, Number):
        return True
    return isinstance(value, Ref) and not value.path and value.name.split("@", 1)[0].isupper()


def _mapped(value: Expression) -> Expression:
    """`new Map([[key, value], …])` as an object."""
    entries = []
    for item in value.items if isinstance(value, Items) else ():
        if not isinstance(item, Items) or len(item.items) != 2 or not isinstance(item.items[0], Text):
            return Opaque("map")
        entries.append((item.items[0].value, item.items[1]))
    return Fields(tuple(entries))


def _without(value: Expression, total: Ref) -> Expression:
    """The sum without its running total, which stands leftmost."""
    if isinstance(value, Operation) and value.operator in ("+", "-"):
        left, right = value.operands
        if left == total:
            return right if value.operator == "+" else Operation("negate", (right,))
        return Operation(value.operator, (_without(left, total), right))
    return value


def member_of(value: Expression, name: str) -> Expression:
    """A member of a value, opaque where it has no name."""
    return below(value, name) or Opaque(name)


def _goes_on(node: Node) -> bool:
    """Whether a piece of text is only the beginning of a longer one: `${name.slice(0, 40)}_${number}`."""
    outer = node.parent
    while outer is not None and outer.type in ("parenthesized_expression", "member_expression", "call_expression"):
        outer = outer.parent
    if outer is None or outer.type != "template_substitution":
        return outer is not None and outer.type == "binary_expression" and has_token(outer, "+")
    return outer.parent is not None and outer.parent.named_child_count > 1
