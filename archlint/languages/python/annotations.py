"""What an annotation says of a field: its kind, whether it may be missing, its words, and what is noted beside it."""

import libcst as cst

from archlint.languages.python import libraries
from archlint.languages.python.fields import Clauses, Field
from archlint.languages.python.literals import dotted
from archlint.languages.python.protocol import Reader
from archlint.model.expression import Call, Expression, Items, Null, Ref
from archlint.terms.clauses import clauses
from archlint.terms.idioms import words
from archlint.terms.scope import Scope


class Annotations:
    """Reads annotations of one class."""

    def __init__(self, reader: Reader, calls: Clauses, scope: Scope) -> None:
        self._reader = reader
        self._calls = calls
        self._scope = scope

    def read(self, field: Field, node: cst.BaseExpression, shown: cst.CSTNode) -> None:
        """An annotation; nothing where it is no type."""
        if isinstance(node, (cst.SimpleString, cst.ConcatenatedString)):
            found = node.evaluated_value
            try:
                inner = cst.parse_expression(found.strip()) if isinstance(found, str) else None
            except (cst.ParserSyntaxError, ValueError):
                inner = None
            if inner is not None and isinstance(inner, (cst.Name, cst.Attribute)):
                self._name(field, inner, shown)
        elif isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.BitOr):
            self._either(field, _sides(node), shown)
        elif isinstance(node, cst.Subscript):
            self._subscript(field, node, shown)
        elif isinstance(node, cst.Call):
            self._calls.called(field, field.library, "types", node)
        elif isinstance(node, (cst.Name, cst.Attribute)):
            self._name(field, node, shown)

    def _subscript(self, field: Field, node: cst.Subscript, shown: cst.CSTNode) -> None:
        name = dotted(node.value).rsplit(".", 1)[-1]
        inner = [item.slice.value for item in node.slice if isinstance(item.slice, cst.Index)]
        if not inner:
            return
        if name in words("python_models", "optionals"):
            self._either(field, [*inner, cst.Name("None")], shown)
        elif name == "Union":
            self._either(field, inner, shown)
        elif name == "Literal":
            self._literal(field, inner, shown)
        elif name == "Annotated":
            self.read(field, inner[0], shown)
            for item in inner[1:]:
                self._beside(field, item)
        elif name in words("python_models", "wrappers"):
            self.read(field, inner[0], shown)
        else:
            self._plain(field, name)
            if field.kind == "list":
                element = Field(Ref(field.subject.name, (*field.subject.path, "[]")), field.library, field.strength)
                self.read(element, inner[0], shown)

    def _either(self, field: Field, sides: list[cst.BaseExpression], shown: cst.CSTNode) -> None:
        """`X | None` may be missing; of several types none can be told."""
        kept = [side for side in sides if not (isinstance(side, cst.Name) and side.value == "None")]
        if len(kept) < len(sides):
            field.nullable = True
        if len(kept) == 1:
            self.read(field, kept[0], shown)

    def _literal(self, field: Field, inner: list[cst.BaseExpression], shown: cst.CSTNode) -> None:
        values = [self._reader.value(item, self._scope) for item in inner]
        if any(isinstance(value, Null) for value in values):
            field.nullable = True
        kept = tuple(value for value in values if not isinstance(value, Null))
        field.kind = "text"
        if kept:
            self._calls.state(field, ("one", "of", "$1"), (Items(kept),), shown)

    def _beside(self, field: Field, node: cst.BaseExpression) -> None:
        """What stands beside the type in `Annotated`: makers of fields, constraints, anything."""
        named = node.func if isinstance(node, cst.Call) else node
        name = self._reader.qualified(named, self._scope) if isinstance(named, (cst.Name, cst.Attribute)) else ""
        for section in ("types", "makers", "validators"):
            if name and self._calls.called(field, field.library, section, node):
                return
        if name.rsplit(".", 1)[-1] in words("python_models", "functions") and isinstance(node, cst.Call):
            for item in node.args:
                function = self._reader.value(item.value, self._scope)
                self._reader.sheet.applied(function, (field.subject,), node, self._scope)
            return
        self._reader.value(node, self._scope)

    def _name(self, field: Field, node: cst.BaseExpression, shown: cst.CSTNode) -> None:
        name = dotted(node)
        if self._plain(field, name.rsplit(".", 1)[-1]):
            return
        if self._calls.called(field, field.library, "types", node):
            return
        value = self._reader.typed(node, self._scope)
        if value is not None:
            self._of(field, value, shown)

    def _of(self, field: Field, value: Expression, shown: cst.CSTNode) -> None:
        """Another class: a schema inside of this one, or an enumeration, whose members are then the values."""
        self._reader.sheet.bind(field.subject, value, shown, self._scope, "type")
        if isinstance(value, Ref) and not value.path and not field.stored:
            self._calls.state(field, ("one", "of", "$1"), (Call("keys", (Call("values", (value,)),)),), shown)

    def _plain(self, field: Field, name: str) -> bool:
        row = libraries.plain(name)
        if row is None:
            return False
        for clause in clauses(row):
            if clause[0] == "type":
                field.type = clause[1]
                field.array = clause[1] == "array"
            elif clause[0] == "nullable":
                field.nullable = True
            else:
                field.kind = clause[0]
        return True


def _sides(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.BitOr):
        return [*_sides(node.left), *_sides(node.right)]
    return [node]
