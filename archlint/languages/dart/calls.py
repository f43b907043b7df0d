"""Calls: standard functions in neutral terms, and constructions and calls of the scanned code's own functions."""

import re
from collections.abc import Callable

from tree_sitter import Node

from archlint.languages.dart.chains import constructed, dotted, given, kinds
from archlint.languages.dart.methods import Methods
from archlint.languages.dart.protocol import Arguments, Reader
from archlint.languages.dart.questions import of_session
from archlint.languages.dart.syntax import SELECTORS, field, parts, unwrapped
from archlint.languages.dart.types import split
from archlint.model.expression import (
    Boolean,
    Call,
    Duration,
    Expression,
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
from archlint.terms.neutral import CALLER
from archlint.terms.scope import Scope

# A recogniser takes a call whose arguments are still unread; None leaves it to the next.
Recogniser = Callable[[Reader, Node, str, Scope], Expression | None]
_OF_TEXT = frozenset({"integer", "number", "date", "environment"})


class Calls:
    """Reads calls of one file; `recognisers` know libraries and come first."""

    def __init__(self, reader: Reader, recognisers: tuple[Recogniser, ...]) -> None:
        self._reader = reader
        self._recognisers = recognisers
        self._methods = Methods(reader)

    def call(self, node: Node, scope: Scope) -> Expression:
        """The value of a call or a construction."""
        callee = field(node, "function")
        name = dotted(callee, self._reader) if callee is not None else constructed(node, self._reader)
        for recogniser in self._recognisers:
            found = recogniser(self._reader, node, name, scope)
            if found is not None:
                return found
        found = self._function(node, name, scope)
        if found is None and callee is not None and unwrapped(callee).type in SELECTORS:
            found = self._methods.read(node, unwrapped(callee), name, scope)
        return found if found is not None else self._own(node, callee, name, scope)

    def arguments(self, node: Node, scope: Scope) -> Arguments:
        """The arguments of a call, read."""
        listed = given(node)
        positional: list[Expression] = []
        named: list[tuple[str, Expression]] = []
        for item in parts(listed) if listed is not None else ():
            inner = parts(item)
            if item.type == "named_argument" and len(inner) > 1:
                label = self._reader.source.text(parts(inner[0])[0]) if parts(inner[0]) else ""
                named.append((label, self._reader.value(inner[-1], scope)))
            elif inner:
                positional.append(self._reader.value(item, scope))
        return Arguments(tuple(positional), tuple(named))

    # Standard functions ----------------------------------------------------------------------------------

    def _function(self, node: Node, name: str, scope: Scope) -> Expression | None:
        if name == "Duration":
            return _duration(self.arguments(node, scope))
        if name == "RegExp":
            return _pattern(self.arguments(node, scope))
        if name in words("dart", "reading") or _asks(name) or _generated(name):
            found = self.arguments(node, scope).positional
            if found and isinstance(found[0], Ref) and not found[0].path and of_session(found[0].name):
                return CALLER
            return found[0] if found else Opaque(name)
        if name in words("dart", "handlers"):
            return self._handler(node, name, scope)
        plain = name.replace("()", "")
        if plain in words("dart", "of_type"):
            return self._of_type(node, name, scope)
        function = table("dart")["functions"].get(name)
        if function is None or (scope.lookup(name.split(".", 1)[0]) and "." not in name):
            return None
        arguments = self.arguments(node, scope).positional
        if function in _OF_TEXT:
            return Call(function, tuple(_unfilled(item) for item in arguments[:1]))
        return Call(function, arguments)

    def _handler(self, node: Node, name: str, scope: Scope) -> Expression:
        """`on<RentalAsked>((event, emit) => …)`: what a handler is given is of the type in angle brackets."""
        listed = kinds(node)
        kind = self._reader.typed(split(listed)[0], scope) if listed is not None else None
        for function in self.arguments(node, scope).positional[:1]:
            fact = next(
                (fact for fact in reversed(self._reader.sheet.functions) if Lambda(fact.scope) == function), None
            )
            if kind is not None and fact is not None and fact.parameters:
                self._reader.sheet.bind(Ref(fact.parameters[0]), kind, node, scope, "type")
        return Opaque(name)

    def _of_type(self, node: Node, name: str, scope: Scope) -> Expression | None:
        """`context.read<OrderCubit>()` gives an instance of the class."""
        self.arguments(node, scope)
        listed = kinds(node)
        kind = self._reader.typed(split(listed)[0], scope) if listed is not None else None
        if kind is None:
            return Opaque(name)
        target = self._reader.sheet.temporary(scope, Call("instance", ()), node)
        self._reader.sheet.bind(target, kind, node, scope, "type")
        return target

    # Own functions ---------------------------------------------------------------------------------------

    def _own(self, node: Node, callee: Node | None, name: str, scope: Scope) -> Expression:
        if callee is not None and unwrapped(callee).type == "function_expression":
            function = self._reader.closure(unwrapped(callee), scope)
            self.arguments(node, scope)
            return self._reader.sheet.result(function)
        if name.split(".", 1)[0] in words("flutter", "plain"):
            if node.type != "const_object_expression":
                # What is drawn always alike depends on nothing.
                self.arguments(node, scope)
            return Opaque(name)
        target = self._target(node, callee, name, scope)
        arguments = self.arguments(node, scope)
        if isinstance(target, Lambda):
            self._reader.sheet.applied(target, arguments.handed(), node, scope)
            return self._reader.sheet.result(target)
        if not isinstance(target, Ref):
            return Opaque(self._reader.source.snippet(node))
        handed = self._handed(arguments)
        self._reader.sheet.invoke(target, handed, node, scope)
        for argument in arguments.positional:
            if isinstance(argument, Lambda) and target.path:
                self._reader.sheet.applied(argument, (Ref(target.name, target.path[:-1]),), node, scope)
        made = name.lstrip("_")[:1].isupper() and any(isinstance(value, Opaque) for _, value in arguments.named)
        return Opaque(name) if made and _draws(arguments) else Call(name, handed, target)

    def _handed(self, arguments: Arguments) -> tuple[Expression, ...]:
        """What somebody may follow of it; most of a tree of widgets is drawing."""
        named = tuple((name, value) for name, value in arguments.named if not isinstance(value, (Opaque, Boolean)))
        return Arguments(arguments.positional, named if named or not arguments.named else ()).handed()

    def _target(self, node: Node, callee: Node | None, name: str, scope: Scope) -> Expression:
        if callee is not None:
            return self._reader.value(callee, scope)
        first, *rest = name.split(".")
        return Ref(scope.lookup(first) or f"{first}@0", tuple(rest))


def _asks(name: str) -> bool:
    """`ref.watch(provider)` gives what the provider holds."""
    return re.search(table("dart")["asking"], name) is not None


def _unfilled(value: Expression) -> Expression:
    """`int.tryParse(text ?? '')`: nothing makes no number, whatever stands in for it."""
    if isinstance(value, Operation) and value.operator == "coalesce" and value.operands[-1] == Text(""):
        return value.operands[0]
    return value


def _generated(name: str) -> bool:
    return re.match(table("dart_models")["sending"], name) is not None


def _draws(arguments: Arguments) -> bool:
    return any(name in words("flutter", "drawing") for name, _ in arguments.named)


def _duration(arguments: Arguments) -> Expression:
    """`Duration(hours: 24)`."""
    total = 0
    units = table("dart")["durations"]
    for name, value in arguments.named:
        if name not in units or not isinstance(value, Number) or not value.value.isdigit():
            return Opaque("Duration")
        total += int(value.value) * int(units[name])
    return Duration(0, str(total))


def _pattern(arguments: Arguments) -> Expression:
    """`RegExp(r'^\\d+$', caseSensitive: false)`."""
    source = arguments.positional[0] if arguments.positional else None
    if not isinstance(source, Text):
        return source if isinstance(source, (Ref, Row)) else Opaque("RegExp")
    flags = "".join(
        flag
        for name, wanted, flag in (("caseSensitive", False, "i"), ("multiLine", True, "m"), ("unicode", True, "u"))
        if arguments.get(name) == Boolean(wanted)
    )
    return Pattern(source.value, flags, "javascript")
