"""Imports and exports: what the names of a file mean in others."""

import libcst as cst
from tree_sitter import Node

from archlint.languages.python.sheet import Sheet
from archlint.languages.python.source import Source
from archlint.model.facts import Export, Import
from archlint.terms.scope import Scope


class Modules:
    """Reads the import statements of one file; every name of the module can be imported by others."""

    def __init__(self, sheet: Sheet, source: Source) -> None:
        self._sheet = sheet
        self._source = source

    def outside(self, node: Node, scope: Scope) -> None:
        """An import statement of the module."""
        line = node.start_point[0] + 1
        module = node.child_by_field_name("module_name")
        names = node.children_by_field_name("name")
        if module is None:
            for item in names:
                alias = item.child_by_field_name("alias")
                name = item.child_by_field_name("name") if alias is not None else item
                if name is not None:
                    other = self._source.raw(alias) if alias is not None else ""
                    self._whole(self._source.raw(name), other, line, scope)
            return
        origin = self._source.raw(module)
        if any(child.type == "wildcard_import" for child in node.children):
            self._sheet.exports.append(Export("*", "", origin, "*"))
            self._sheet.imports.append(Import("*", origin, "*", line))
        for item in names:
            alias = item.child_by_field_name("alias")
            name = item.child_by_field_name("name") if alias is not None else item
            if name is not None:
                text = self._source.raw(name)
                self._add(self._source.raw(alias) if alias is not None else text, origin, text, line, scope)

    def inside(self, node: cst.Import | cst.ImportFrom, scope: Scope) -> None:
        """An import statement that libcst has read."""
        line = self._source.span(node).line
        if isinstance(node.names, cst.ImportStar):
            return
        if isinstance(node, cst.Import):
            for alias in node.names:
                self._whole(alias.evaluated_name, alias.evaluated_alias or "", line, scope)
            return
        origin = "." * len(node.relative) + (_dotted(node.module) if node.module is not None else "")
        for alias in node.names:
            name = alias.evaluated_name
            self._add(alias.evaluated_alias or name, origin, name, line, scope)

    def _whole(self, module: str, alias: str, line: int, scope: Scope) -> None:
        """`import a.b` and `import a.b as c`."""
        local = scope.declare(alias or module)
        self._sheet.imports.append(Import(local, module, "*", line))
        self._sheet.qualified[alias or module.split(".", 1)[0]] = module if alias else module.split(".", 1)[0]
        if not alias and "." in module:
            scope.declare(module.split(".", 1)[0])

    def _add(self, name: str, module: str, imported: str, line: int, scope: Scope) -> None:
        self._sheet.imports.append(Import(scope.declare(name), module, imported, line))
        self._sheet.qualified[name] = f"{module}.{imported}"
        if scope.number == 0:
            self.exported(name)

    def exported(self, name: str) -> None:
        """A name of the module, which others may import."""
        self._sheet.exports.append(Export(name, f"{name}@0"))


def _dotted(node: cst.Attribute | cst.Name) -> str:
    return node.value if isinstance(node, cst.Name) else f"{_dotted(node.value)}.{node.attr.value}"  # type: ignore[arg-type]
