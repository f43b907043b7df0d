"""Where the readers of the parts of a file write down what they find."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from archlint.languages.dart.literals import string
from archlint.languages.dart.precedence import Spot
from archlint.languages.dart.syntax import Source, field, parts
from archlint.model.expression import Call, Expression, Ref, Text
from archlint.terms.idioms import table, words
from archlint.terms.scope import Scope
from archlint.terms.sheet import Notes

# Joins a class to its member among the names of a scope: no identifier holds it.
_OF = "/"
COLLECTION = "collection"
_STEPS = 3


class Sheet(Notes[Spot]):
    """All facts of one file of Dart."""

    dialect = "dart"

    def __init__(self, source: Source) -> None:
        super().__init__(source, "dart")
        self.source = source
        # By name and members: the declared type, as far as this file says it.
        self.kinds: dict[tuple[str, tuple[str, ...]], Ref] = {}
        # What is a collection of documents, or one of them, by its name.
        self.collections: dict[Ref, str] = {}
        # Members of the objects of a class, which are no constants of it.
        self.members: set[Ref] = set()
        # What holds the text of a field, so that `amount.text` is what was entered.
        self.controllers: set[Ref] = set()

    def written(self, node: Spot) -> Iterator[tuple[str, Spot]]:
        for child in parts(node) if isinstance(node, Node) else ():
            pair = field(child, "consequence") if child.type == "if_element" else child
            key = field(pair, "key") if pair is not None and pair.type == "pair" else None
            if key is not None and key.type == "string_literal" and pair is not None:
                yield string(self.source.text(key)), pair

    def bind(self, target: Ref, value: Expression, node: Spot, scope: Scope, kind: str = "value") -> None:
        if kind == "type" and isinstance(value, Ref):
            self.kinds.setdefault((target.name, target.path), value)
        named = collection(value)
        if named:
            self.collections[target] = named
        super().bind(target, value, node, scope, kind)

    def entered(self, holder: Ref, value: Node) -> None:
        """Takes note of a name that is given what holds the text of a field: `TextEditingController()`."""
        maker = field(value, "function") if value.type == "method_invocation" else None
        if maker is not None and self.source.text(maker) in words("dart", "entering"):
            self.controllers.add(holder)

    def holds_text(self, holder: Ref) -> bool:
        """Whether a name holds the text of a field."""
        name = holder.path[-1] if holder.path else holder.name.split("@", 1)[0]
        return holder in self.controllers or re.search(table("dart")["controllers"], name) is not None

    def kind(self, value: Expression) -> Ref | None:
        """The declared type of a value, or of the one that it is another name for."""
        for _ in range(_STEPS):
            if not isinstance(value, Ref):
                return None
            found = self.kinds.get((value.name, value.path))
            if found is not None or value.path:
                return found
            value = self.known.get(value.name, value)
        return None


def collection(value: Expression) -> str:
    """The collection that a value names, or a document of which it names; `` where it is none."""
    if isinstance(value, Call) and value.function == COLLECTION and value.callee is None:
        return value.arguments[0].value if isinstance(value.arguments[0], Text) else ""
    return ""


def member_name(here: str, member: str) -> str:
    """How a scope calls a member of a class that is named without `this`."""
    return f"{here}{_OF}{member}"


def meant(scoped: str) -> Ref:
    """What a name of a scope stands for."""
    name, _, member = scoped.partition(_OF)
    return Ref(name, (member,)) if member else Ref(name)
