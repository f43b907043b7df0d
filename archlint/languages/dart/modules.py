"""Imports, exports and parts."""

from tree_sitter import Node

from archlint.languages.dart.literals import string
from archlint.languages.dart.protocol import Reader
from archlint.languages.dart.syntax import child, parts
from archlint.model.facts import Export, Import
from archlint.terms.scope import Scope

_ALL = "*"


class Modules:
    """Reads the directives of one file."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def read(self, node: Node, scope: Scope) -> None:
        """An import, an export, a part, or the library that the file is a part of."""
        if node.type == "import_or_export":
            inner = child(node, "library_import", "library_export")
            if inner is not None and inner.type == "library_import":
                self._imported(inner, scope)
            elif inner is not None:
                self._exported(inner)
        elif node.type == "part_directive":
            self._part(node, shared=True)
        elif node.type == "part_of_directive":
            self._part(node, shared=False)

    def declared(self, names: list[str]) -> None:
        """What a library declares is there for all who import it; its private names for its own parts."""
        self._reader.sheet.exports.extend(Export(name, f"{name}@0") for name in names)

    def _imported(self, node: Node, scope: Scope) -> None:
        specification = child(node, "import_specification")
        module = self._module(specification)
        if specification is None or not module:
            return
        line = node.start_point[0] + 1
        prefix = child(specification, "identifier")
        shown = self._shown(specification)
        imports = self._reader.sheet.imports
        if prefix is not None:
            imports.append(Import(scope.declare(self._reader.source.text(prefix)), module, _ALL, line))
        elif shown is not None:
            imports.extend(Import(scope.declare(name), module, name, line) for name in shown)
        else:
            imports.append(Import(_ALL, module, _ALL, line))

    def _exported(self, node: Node) -> None:
        module, shown = self._module(node), self._shown(node)
        if module and shown is not None:
            self._reader.sheet.exports.extend(Export(name, "", module, name) for name in shown)
        elif module:
            self._reader.sheet.exports.append(Export(_ALL, "", module, _ALL))

    def _part(self, node: Node, shared: bool) -> None:
        """A library and its parts see each other's names; importers of the library see those of its parts."""
        module = self._module(node)
        if module:
            self._reader.sheet.imports.append(Import(_ALL, module, _ALL, node.start_point[0] + 1))
            if shared:
                self._reader.sheet.exports.append(Export(_ALL, "", module, _ALL))

    def _shown(self, node: Node) -> list[str] | None:
        """The names that `show` lists; None where all are meant, or all but some."""
        found: list[str] | None = None
        for combinator in parts(node):
            if combinator.type == "combinator" and combinator.children and combinator.children[0].type == "show":
                found = [*(found or ()), *(self._reader.source.text(item) for item in parts(combinator))]
        return found

    def _module(self, node: Node | None) -> str:
        """What is named, so that a path beside the file can be told from a package."""
        stack = [node] if node is not None else []
        while stack:
            item = stack.pop()
            if item.type == "string_literal":
                text = string(self._reader.source.text(item))
                return text if ":" in text or text.startswith(".") else f"./{text}"
            stack.extend(reversed(item.named_children))
        return ""
