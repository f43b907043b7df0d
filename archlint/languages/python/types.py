"""Types: which values a declared name may hold, as far as rules can be read from them."""

import libcst as cst

from archlint.languages.python.protocol import Reader
from archlint.model.expression import Expression, Items, Null, Ref
from archlint.terms.idioms import words
from archlint.terms.scope import Scope


class Types:
    """Reads the annotations of one file."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def declared(self, subject: Ref, annotation: cst.BaseExpression, node: cst.CSTNode, scope: Scope) -> None:
        """A name that is declared with a type."""
        kind = self.typed(annotation, scope)
        if isinstance(kind, Items):
            self.state(subject, kind, node, scope)
        elif kind is not None and kind != subject:
            self._reader.sheet.bind(subject, kind, node, scope, "type")

    def state(self, subject: Ref, values: Items, node: cst.CSTNode, scope: Scope) -> None:
        """A name may hold these values."""
        self._reader.sheet.state(
            "values", node, scope, subject=subject, condition=values, effect="hint", strength="hint", source="type"
        )

    def typed(self, node: cst.BaseExpression, scope: Scope) -> Expression | None:
        """What a type holds: the name that declares it, or its literals; None where nothing can be said."""
        if isinstance(node, cst.SimpleString):
            return self._quoted(node, scope)
        if isinstance(node, (cst.Name, cst.Attribute)):
            return self._named(node, scope)
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.BitOr):
            kinds = [self.typed(part, scope) for part in (node.left, node.right) if not _nothing(part)]
            return kinds[0] if len(kinds) == 1 else None
        if isinstance(node, cst.Subscript):
            return self._generic(node, scope)
        return None

    def _named(self, node: cst.Name | cst.Attribute, scope: Scope) -> Expression | None:
        name = self._reader.qualified(node, scope)
        last = name.rsplit(".", 1)[-1]
        if not name or last in words("python", "plain_types") or (isinstance(node, cst.Name) and name.islower()):
            return None
        found = self._reader.value(node, scope)
        return found if isinstance(found, Ref) else None

    def _quoted(self, node: cst.SimpleString, scope: Scope) -> Expression | None:
        """A type that is written as a text, because it is declared further down."""
        try:
            inner = cst.parse_expression(str(node.evaluated_value))
        except (cst.ParserSyntaxError, SyntaxError, ValueError):
            return None
        return self.typed(inner, scope) if not isinstance(inner, cst.SimpleString) else None

    def _generic(self, node: cst.Subscript, scope: Scope) -> Expression | None:
        last = self._reader.qualified(node.value, scope).rsplit(".", 1)[-1]
        arguments = [part.slice.value for part in node.slice if isinstance(part.slice, cst.Index)]
        if not arguments:
            return None
        if last == "Literal":
            return self._literal(arguments, scope)
        if last in words("python", "through"):
            return self.typed(arguments[0], scope)
        if last == "Union":
            kinds = [self.typed(part, scope) for part in arguments if not _nothing(part)]
            return kinds[0] if len(kinds) == 1 else None
        return None

    def _literal(self, arguments: list[cst.BaseExpression], scope: Scope) -> Expression | None:
        found = [self._reader.value(item, scope) for item in arguments]
        kept = tuple(item for item in found if not isinstance(item, Null))
        return Items(kept) if kept else None


def _nothing(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Name) and node.value == "None"
