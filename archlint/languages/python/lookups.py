"""Conditions over rows as Django writes them: `amount__gt=0`, `Q(…) & ~Q(…)`, `F("stock") - 1`."""

import libcst as cst

from archlint.languages.python.protocol import Reader
from archlint.model.expression import Boolean, Call, Expression, Items, Null, Opaque, Operation, Pattern, Ref, Text
from archlint.terms.idioms import table, words
from archlint.terms.neutral import both, negated
from archlint.terms.scope import Scope

_ARITHMETIC: dict[type[cst.BaseBinaryOp], str] = {
    cst.Add: "+", cst.Subtract: "-", cst.Multiply: "*", cst.Divide: "/", cst.Modulo: "%",
}  # fmt: skip


class Lookups:
    """Reads conditions over one row; `row` is what its columns are members of."""

    def __init__(self, reader: Reader, scope: Scope, row: Ref) -> None:
        self._reader = reader
        self._scope = scope
        self._row = row

    def arguments(self, nodes: tuple[cst.Arg, ...] | list[cst.Arg]) -> list[Expression]:
        """The conditions among the arguments of `filter`, `exclude`, `Q` and the like."""
        found: list[Expression] = []
        for item in nodes:
            if item.star:
                self._reader.value(item.value, self._scope)
                found.append(Opaque("arguments"))
            elif item.keyword is None:
                found.append(self.condition(item.value))
            else:
                found.append(self.lookup(item.keyword.value, self.value(item.value)))
        return found

    def condition(self, node: cst.BaseExpression) -> Expression:
        """`Q(status="paid") | ~Q(amount__gt=5)`."""
        if isinstance(node, cst.Call) and self._named(node) in words("django_queries", "conditions"):
            found = self.arguments(tuple(item for item in node.args if not _connector(item)))
            if any(_connector(item) for item in node.args):
                return Operation("or", tuple(found)) if len(found) > 1 else Opaque("condition")
            return both(tuple(found)) if found else Boolean(True)
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, (cst.BitAnd, cst.BitOr)):
            operator = "and" if isinstance(node.operator, cst.BitAnd) else "or"
            return Operation(operator, (self.condition(node.left), self.condition(node.right)))
        if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.BitInvert):
            return negated(self.condition(node.expression))
        self._reader.value(node, self._scope)
        return Opaque("condition")

    def lookup(self, name: str, value: Expression) -> Expression:
        """`amount__gt=5`; what goes to a related row says nothing of this one."""
        path, _, last = name.rpartition("__")
        operator = table("django_queries")["lookups"].get(last) if path else None
        if operator is None and not path:
            path, operator = name, "="
        if operator is None or "__" in path:
            return Opaque(name)
        subject = Ref(self._row.name, (*self._row.path, "id" if path == "pk" else path))
        if operator == "is null":
            absent = Operation("is null", (subject,))
            return absent if value == Boolean(True) else negated(absent) if value == Boolean(False) else Opaque(name)
        if operator == "between":
            if isinstance(value, Items) and len(value.items) == 2:
                low, high = value.items
                return Operation("and", (Operation(">=", (subject, low)), Operation("<=", (subject, high))))
            return Opaque(name)
        if operator == "search":
            flags = "i" if last == "iregex" else ""
            pattern = Pattern(value.value, flags, "python") if isinstance(value, Text) else value
            return Operation("matches", (subject, pattern))
        if operator in ("starts with", "ends with", "contains"):
            return Call(operator, (subject, value))
        if operator == "=" and isinstance(value, Null):
            return Operation("is null", (subject,))
        return Operation(operator, (subject, value))

    def value(self, node: cst.BaseExpression) -> Expression:
        """A value that may speak of other columns of the row."""
        if isinstance(node, cst.Call) and self._named(node) in words("django_queries", "columns") and node.args:
            name = self._reader.value(node.args[0].value, self._scope)
            if isinstance(name, Text):
                if "__" in name.value:
                    return Opaque(name.value)
                return Ref(self._row.name, (*self._row.path, name.value))
            return Opaque("column")
        if isinstance(node, cst.BinaryOperation) and type(node.operator) in _ARITHMETIC and _speaks(node):
            return Operation(_ARITHMETIC[type(node.operator)], (self.value(node.left), self.value(node.right)))
        return self._reader.value(node, self._scope)

    def _named(self, node: cst.Call) -> str:
        return self._reader.qualified(node.func, self._scope).rsplit(".", 1)[-1]


def _connector(item: cst.Arg) -> bool:
    return item.keyword is not None and item.keyword.value == "_connector"


def _speaks(node: cst.BaseExpression) -> bool:
    """Whether an expression speaks of columns somewhere."""
    if isinstance(node, cst.BinaryOperation):
        return _speaks(node.left) or _speaks(node.right)
    if isinstance(node, cst.Call):
        func = node.func
        name = func.value if isinstance(func, cst.Name) else func.attr.value if isinstance(func, cst.Attribute) else ""
        return name in words("django_queries", "columns")
    return False
