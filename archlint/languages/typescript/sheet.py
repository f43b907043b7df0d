"""Where the readers of the parts of a file write down what they find."""

from collections.abc import Iterator

from tree_sitter import Node

from archlint.languages.typescript.syntax import Source, field, parts
from archlint.model.expression import Ref
from archlint.terms.sheet import Notes, entries


class Sheet(Notes[Node]):
    """All facts of one file of TypeScript or JavaScript."""

    dialect = "javascript"

    def __init__(self, source: Source, language: str) -> None:
        super().__init__(source, language)
        self.source = source
        self.repositories: dict[tuple[str, tuple[str, ...]], Ref] = {}
        self.place: tuple[str, str] | None = None
        # Names whose value stands under `value`, and whether the file is written with a library that does so.
        self.boxed: set[str] = set()
        self.boxing: bool | None = None
        # Objects that are stores or components, by the object itself: what `this` is called in them.
        self.stores: dict[int, Ref] = {}
        # Members of classes that never change, and where they stand.
        self.fields: dict[Ref, Node] = {}
        # Names whose value is read by calling them.
        self.signals: set[tuple[str, tuple[str, ...]]] = set()
        self.serves: bool | None = None
        # Whose rights the libraries of Firebase give the file; whether it names collections of documents.
        self.firebase: str | None = None
        self.documents = False

    def written(self, node: Node) -> Iterator[tuple[str, Node]]:
        for child in parts(node):
            key = field(child, "key") if child.type == "pair" else child
            if key is not None and child.type in ("pair", "shorthand_property_identifier"):
                yield self.source.text(key).strip("'\""), child


__all__ = ["Sheet", "entries"]
