"""Where the readers of the parts of a file write down what they find."""

from collections.abc import Iterator

import libcst as cst
from tree_sitter import Node

from archlint.languages.python.literals import spelled
from archlint.languages.python.source import Source
from archlint.model.expression import Expression, Fields, Items, Number, Ref, Text
from archlint.model.source import Span
from archlint.terms.sheet import Notes


class Sheet(Notes[cst.CSTNode | Node]):
    """All facts of one file of Python."""

    dialect = "python"

    def __init__(self, source: Source) -> None:
        super().__init__(source, "python")
        self.source = source
        # By what a name of the file means elsewhere: `datetime.now` where it was imported so.
        self.qualified: dict[str, str] = {}
        self._shown: dict[int, tuple[tuple[str, Span, str], ...]] = {}
        # Scoped names that are bound more than once, or from somewhere else.
        self.variable: set[str] = set()

    def note(self, value: Expression, node: cst.CSTNode | Node) -> None:
        super().note(value, node)
        if isinstance(node, cst.CSTNode):
            # Its places are known only while its slice is being read.
            self._shown[id(node)] = super().shown(node)

    def shown(self, node: cst.CSTNode | Node) -> tuple[tuple[str, Span, str], ...]:
        return self._shown.get(id(node), ())

    def held(self, value: Expression) -> Expression:
        """The literal that a name of the file, or a member of it, stands for; else the value itself."""
        if not isinstance(value, Ref):
            return value
        found: Expression | None = self.known.get(value.name)
        for key in value.path:
            found = found.get(key) if isinstance(found, Fields) else None
        return found if isinstance(found, (Text, Number)) else value

    def list_of(self, value: Expression) -> Expression:
        """The list that a name of the file stands for; else the value itself."""
        found = self.known.get(value.name) if isinstance(value, Ref) and not value.path else None
        return (
            found if isinstance(found, Items) and isinstance(value, Ref) and value.name not in self.variable else value
        )

    def typed_by(self, name: str) -> Ref | None:
        """The class that a name is declared to be of."""
        for binding in reversed(self.bindings):
            if binding.kind == "type" and binding.target == Ref(name):
                return binding.value if isinstance(binding.value, Ref) else None
        return None

    def written(self, node: cst.CSTNode | Node) -> Iterator[tuple[str, cst.CSTNode | Node]]:
        if isinstance(node, cst.Dict):
            for element in node.elements:
                if isinstance(element, cst.DictElement) and isinstance(element.key, cst.SimpleString):
                    yield str(spelled(element.key)), element
        elif isinstance(node, cst.Call):
            for argument in node.args:
                if argument.keyword is not None:
                    yield argument.keyword.value, argument
