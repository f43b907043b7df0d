"""Types: which declared type a name is of, as far as rules can be read from it."""

from tree_sitter import Node

from archlint.languages.dart.protocol import Reader
from archlint.model.expression import Ref
from archlint.terms.idioms import words
from archlint.terms.scope import Scope

_TYPES = frozenset({"type_identifier", "type_arguments", "nullable_type", "void_type", "function_type", "record_type"})


def is_type(node: Node) -> bool:
    """Whether a node is a piece of a type that is written in front of a name."""
    return node.type in _TYPES


class Types:
    """Reads the types of one file."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def typed(self, nodes: list[Node], scope: Scope) -> Ref | None:
        """`Order`, `Order?`, `List<Order>`, `Future<Order>`: what is declared under that name."""
        names = [node for node in nodes if node.type == "type_identifier"]
        if not names or any(node.type in ("function_type", "record_type") for node in nodes):
            return None
        name = self._reader.source.text(names[-1])
        if name in words("dart", "types", "through"):
            inner = next((node for node in nodes if node.type == "type_arguments"), None)
            return self.typed(self.argument(inner), scope) if inner is not None else None
        if name in words("dart", "types", "plain") or not name.lstrip("_")[:1].isupper():
            return None
        return Ref(scope.lookup(name) or f"{name}@0")

    def argument(self, node: Node) -> list[Node]:
        """The nodes of the first type argument."""
        return split(node)[0]

    def arguments(self, node: Node, scope: Scope) -> list[Ref | None]:
        """Each type argument."""
        return [self.typed(items, scope) for items in split(node)]


def split(node: Node) -> list[list[Node]]:
    """The nodes of each type argument."""
    found: list[list[Node]] = [[]]
    for item in node.children:
        if item.type == ",":
            found.append([])
        elif item.is_named:
            found[-1].append(item)
    return found
