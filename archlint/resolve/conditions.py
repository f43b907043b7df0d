"""Conditions made self-contained: names global, constants in place, small predicate functions written out."""

from collections.abc import Callable

from archlint.algebra import fold
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
from archlint.model.facts import FunctionFact
from archlint.resolve.symbols import Program

_DEPTH = 3
_CLOCK = frozenset({"now", "today", "date"})
_LITERALS = frozenset({Text, Number, Boolean, Null, Opaque})
# A value written out to more than this is a computation nobody compares; in geometry and noise it grows without end.
_LARGEST = 400


class Conditions:
    """Turns the expressions of one file into program-wide ones."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self.origins: list[str] = []
        self._room = _LARGEST
        # Several makers of sites ask for the same expression of a statement. The expression is kept, as its number
        # names it only while it lives.
        self._known: dict[tuple[str, int], tuple[Expression, Expression, tuple[str, ...]]] = {}
        self._answers: dict[str, Expression | None] = {}

    def value(self, path: str, expression: Expression) -> Expression:
        """The expression with constants folded and predicate functions inlined."""
        known = self._known.get((path, id(expression)))
        if known is not None:
            self.origins = list(known[2])
            return known[1]
        self.origins = []
        settled = self.settle(self._program.globalised(path, expression))
        self._known[path, id(expression)] = (expression, settled, tuple(self.origins))
        return settled

    def settle(self, expression: Expression) -> Expression:
        """The same for an expression that is global already."""
        self._room = _LARGEST
        if type(expression) in _LITERALS:
            return expression
        written_out = fold(self._inline(fold(expression, self._constant), _DEPTH), self._constant)
        return written_out if self._room >= 0 else fold(expression)

    def _constant(self, ref: Ref) -> Expression | None:
        if self._room < 0:
            return None
        found = self._program.constant(ref)
        if found is None and ref.name in self._program.constants:
            found = self._asked_for_nothing(ref.name)
        if found is not None:
            self._room -= _heavy(found)
        if found is not None and not ref.name.split("@")[0].endswith("|"):
            self.origins.append(ref.name)
        return found

    def _asked_for_nothing(self, name: str) -> Expression | None:
        """What a name holds that is bound to a call without arguments, where that is a plain value or the present."""
        if name not in self._answers:
            self._answers[name] = None
            path, value = self._program.constants[name]
            if isinstance(value, Call) and value.callee is not None and not value.arguments:
                origins, room = list(self.origins), self._room
                self._room = _LARGEST
                found = fold(self._inline(self._program.globalised(path, value), _DEPTH), self._program.constant)
                self.origins, self._room = origins, room
                self._answers[name] = found if _plain(found) else None
        return self._answers[name]

    def _inline(self, expression: Expression, depth: int) -> Expression:
        if isinstance(expression, Operation):
            return Operation(expression.operator, tuple([self._inline(item, depth) for item in expression.operands]))
        if isinstance(expression, Call):
            arguments = tuple([self._inline(item, depth) for item in expression.arguments])
            if expression.callee is not None and depth and self._room >= 0:
                body = self._body(expression.callee, arguments)
                if body is not None:
                    return self._inline(fold(body, self._constant), depth - 1)
            return Call(expression.function, arguments, expression.callee)
        return expression

    def _body(self, callee: Ref, arguments: tuple[Expression, ...]) -> Expression | None:
        found = self._program.function(callee)
        if found is None or not found[1].returns or len(found[1].returns) > 12:
            return None
        path, function = found
        body = returned(function)
        if body is None or _heavy(body) > 60:
            return None
        self._room -= _heavy(body)
        self.origins.append(f"{path}|{function.name}")
        parameters = {f"{path}|{name}": value for name, value in zip(function.parameters, arguments, strict=False)}
        # Names inside of the function may stand for what is computed from its parameters.
        return substitute(fold(self._program.globalised(path, body), self._constant), parameters)


def _plain(value: Expression) -> bool:
    """Whether a value depends on nothing but the clock."""
    if isinstance(value, Call):
        return value.callee is None and value.function in _CLOCK and all(map(_plain, value.arguments))
    return isinstance(value, (Text, Number, Boolean))


def returned(function: FunctionFact) -> Expression | None:
    """The one expression that a function's returns amount to: nested choices over their path conditions."""
    result: Expression | None = None
    for guards, value in reversed(function.returns):
        if isinstance(value, (Fields, Items)):
            return None
        if not guards:
            result = value
            continue
        condition: Expression = guards[0] if len(guards) == 1 else Operation("and", guards)
        if result is None:
            return None
        result = _choice(condition, value, result)
    return result


def _choice(condition: Expression, value: Expression, otherwise: Expression) -> Expression:
    if isinstance(value, Boolean):
        if value.value:
            return Operation("or", (condition, otherwise))
        return Operation("and", (Operation("not", (condition,)), otherwise))
    if isinstance(otherwise, Boolean) and not otherwise.value:
        return Operation("and", (condition, value))
    return Operation("if", (condition, value, otherwise))


def substitute(expression: Expression, values: dict[str, Expression]) -> Expression:
    """The expression with parameters replaced by arguments; members are read from the argument."""
    if isinstance(expression, Ref):
        value = values.get(expression.name)
        return expression if value is None else member(value, expression.path) or expression
    if isinstance(expression, Operation):
        return Operation(expression.operator, tuple(substitute(item, values) for item in expression.operands))
    if isinstance(expression, Call):
        return Call(
            expression.function, tuple(substitute(item, values) for item in expression.arguments), expression.callee
        )
    if isinstance(expression, Items):
        return Items(tuple(substitute(item, values) for item in expression.items))
    return expression


def member(value: Expression, path: tuple[str, ...]) -> Expression | None:
    """A member of a value, where it can be named."""
    if not path:
        return value
    if isinstance(value, Ref):
        return Ref(value.name, value.path + path)
    if isinstance(value, Row):
        return Row(value.access, value.path + path)
    if isinstance(value, Fields):
        inner = value.get(path[0])
        return member(inner, path[1:]) if inner is not None else None
    return None


def _heavy(expression: Expression) -> int:
    if isinstance(expression, Operation):
        return 1 + sum(_heavy(item) for item in expression.operands)
    if isinstance(expression, Call):
        return 1 + sum(_heavy(item) for item in expression.arguments)
    return 1


def walk(expression: Expression, visit: Callable[[Expression], None]) -> None:
    """Calls `visit` for every node of an expression, outermost first."""
    visit(expression)
    if isinstance(expression, Operation):
        for item in expression.operands:
            walk(item, visit)
    elif isinstance(expression, Call):
        for item in expression.arguments:
            walk(item, visit)
    elif isinstance(expression, Items):
        for item in expression.items:
            walk(item, visit)
    elif isinstance(expression, Fields):
        for _, value in expression.entries:
            walk(value, visit)
        for item in expression.spreads:
            walk(item, visit)


def literals(expression: Expression) -> list[str]:
    """The texts that a value may be, through choices and fallbacks."""
    if isinstance(expression, Text):
        return [expression.value]
    if isinstance(expression, Operation) and expression.operator in ("if", "coalesce", "fallback", "case"):
        return [word for item in expression.operands for word in literals(item)]
    return []
