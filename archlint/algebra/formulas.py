"""Computed values as canonical expressions over named leaves."""

from collections.abc import Callable

import msgspec

from archlint.algebra.calculation import number_of
from archlint.algebra.polynomials import Sum, of_constant, of_name, power, product, quotient, total, written
from archlint.algebra.quantities import show
from archlint.algebra.spans import BETWEEN
from archlint.model.expression import Boolean, Call, Expression, Null, Number, Operation, Text
from archlint.model.predicate import Formula, Predicate

Leaf = Callable[[Expression], str]
Tree = list[object]
_CONVERSIONS = frozenset({"number", "text", "integer"})
_FUNCTIONS = frozenset(
    {
        "round", "floor", "ceil", "truncate", "minimum", "maximum", "abs", "sqrt", "power", *BETWEEN,
        "sine", "cosine", "tangent", "arcsine", "arccosine", "arctangent",
    }
)  # fmt: skip
_UNORDERED = frozenset({"minimum", "maximum", "=", "!=", "and", "or"})
_FLIPPED = {">": "<", ">=": "<="}
_ARITHMETIC = frozenset({"+", "-", "*", "/", "negate"})
_SHAPELESS = frozenset({"coalesce", "fallback"})
_STRUCTURAL = frozenset(
    {
        "if",
        "case",
        "coalesce",
        "fallback",
        "and",
        "or",
        "not",
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "%",
        "is null",
        "concat",
    }
)
_LARGEST = 80


def formula(expression: Expression, leaf: Leaf) -> Predicate | None:
    """The normal form of a computed value; None unless it has an operation and a leaf, and every leaf has a name."""
    builder = _Builder(leaf)
    try:
        found = builder.sum_of(expression)
        tree = builder.tree(expression)
    except _Nameless:
        return None
    if not builder.leaves or not builder.operations:
        return None
    text, shape, constants = written(found)
    return Predicate(
        Formula(
            text,
            shape,
            tuple(sorted(builder.leaves)),
            tuple(constants),
            msgspec.json.encode(tree).decode(),
        )
    )


class _Nameless(Exception):
    """Some leaf has no name, or the expression is too large."""


class _Builder:
    """Turns an expression into a sum of products, and into a tree that can be evaluated."""

    def __init__(self, leaf: Leaf) -> None:
        self._leaf = leaf
        self.leaves: set[str] = set()
        self.operations = 0

    def sum_of(self, expression: Expression) -> Sum:
        """The canonical sum of products."""
        number = number_of(expression)
        if number is not None:
            return of_constant(number)
        if isinstance(expression, Operation):
            return self._operation(expression)
        if isinstance(expression, Call) and expression.callee is None and expression.arguments:
            if expression.function in _CONVERSIONS and len(expression.arguments) == 1:
                return self.sum_of(expression.arguments[0])
            if expression.function in _FUNCTIONS:
                return self._function(expression.function, expression.arguments)
        if isinstance(expression, (Text, Boolean, Null)):
            return of_name(_literal(expression))
        return of_name(self.name(expression))

    def name(self, expression: Expression) -> str:
        """The name of a leaf."""
        name = self._leaf(expression)
        if not name:
            raise _Nameless
        self.leaves.add(name)
        if len(self.leaves) > _LARGEST:
            raise _Nameless
        return name

    def _operation(self, expression: Operation) -> Sum:
        operator, operands = expression.operator, expression.operands
        if operator in _ARITHMETIC and operands:
            self.operations += 1
            parts = [self.sum_of(item) for item in operands]
            return self._arithmetic(operator, parts)
        if operator not in _STRUCTURAL:
            return of_name(self.name(expression))
        if operator == "case":
            return self.sum_of(_as_choices(operands))
        return self._function(operator, operands)

    def _arithmetic(self, operator: str, parts: list[Sum]) -> Sum:
        result = parts[0]
        if operator == "negate":
            return product(result, of_constant(-1))
        for part in parts[1:]:
            if operator == "+":
                result = total(result, part)
            elif operator == "-":
                result = total(result, product(part, of_constant(-1)))
            else:
                result = product(result, part) if operator == "*" else quotient(result, part)
            if len(result) > _LARGEST:
                raise _Nameless
        return result

    def _function(self, function: str, arguments: tuple[Expression, ...]) -> Sum:
        if function not in _SHAPELESS:
            self.operations += 1
        parts = [self.sum_of(item) for item in arguments]
        if function == "fallback" and parts[-1] == of_constant(0):
            # Zero in place of zero is no change.
            function = "coalesce"
        if function == "power" and len(parts) == 2:
            expanded = power(parts[0], parts[1])
            if expanded is not None:
                return expanded
        if function == "round" and len(parts) == 2 and parts[1] == of_constant(0):
            parts = parts[:1]
        if function in _FLIPPED:
            function, parts = _FLIPPED[function], parts[::-1]
        texts = [written(part) for part in parts]
        if function in _UNORDERED:
            texts.sort()
        name = f"{function}({', '.join(text for text, _, _ in texts)})"
        shape = f"{function}({', '.join(shape for _, shape, _ in texts)})"
        return of_name(name, shape, [constant for _, _, constants in texts for constant in constants])

    def tree(self, expression: Expression) -> Tree:
        """A form that can be evaluated: `[operator, argument, …]`, `["v", name]`, `["n", number]`, `["t", text]`."""
        if isinstance(expression, Number):
            number = number_of(expression)
            return ["n", expression.value if number is None else show(number)]
        if isinstance(expression, Text):
            return ["t", expression.value]
        if isinstance(expression, Boolean):
            return ["b", expression.value]
        if isinstance(expression, Null):
            return ["0"]
        if isinstance(expression, Operation):
            if expression.operator == "case":
                return self.tree(_as_choices(expression.operands))
            if expression.operator in _ARITHMETIC or expression.operator in _STRUCTURAL:
                return [expression.operator, *(self.tree(item) for item in expression.operands)]
        elif isinstance(expression, Call) and expression.callee is None and expression.arguments:
            if expression.function in _CONVERSIONS and len(expression.arguments) == 1:
                return self.tree(expression.arguments[0])
            if expression.function in _FUNCTIONS:
                return [expression.function, *(self.tree(item) for item in expression.arguments)]
        return ["v", self.name(expression)]


def _as_choices(operands: tuple[Expression, ...]) -> Expression:
    """A case as nested choices."""
    if len(operands) == 1:
        return operands[0]
    if len(operands) == 2:
        return Operation("if", (*operands, Null()))
    return Operation("if", (operands[0], operands[1], _as_choices(operands[2:]))) if operands else Null()


def _literal(expression: Text | Boolean | Null) -> str:
    if isinstance(expression, Text):
        return f'"{expression.value}"'
    if isinstance(expression, Boolean):
        return "true" if expression.value else "false"
    return "null"
