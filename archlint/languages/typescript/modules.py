"""Imports and exports."""

from tree_sitter import Node

from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import field, parts, unwrapped
from archlint.model.expression import Ref
from archlint.model.facts import Export, Import
from archlint.terms.scope import Scope


class Modules:
    """Reads the import and export statements of one file."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def _module(self, node: Node) -> str:
        source = field(node, "source")
        return self._reader.source.text(source).strip("'\"`") if source is not None else ""

    def imported(self, node: Node, scope: Scope) -> None:
        """`import a, { b as c } from 'm'`."""
        module = self._module(node)
        line = node.start_point[0] + 1
        for clause in parts(node):
            if clause.type != "import_clause":
                continue
            for child in parts(clause):
                if child.type == "identifier":
                    self._add(child, module, "default", line, scope)
                elif child.type == "namespace_import":
                    self._add(parts(child)[0], module, "*", line, scope)
                elif child.type == "named_imports":
                    for item in parts(child):
                        name, alias = field(item, "name"), field(item, "alias")
                        if name is not None:
                            self._add(alias or name, module, self._reader.source.text(name), line, scope)
        if not any(clause.type == "import_clause" for clause in node.named_children) and module:
            self._reader.sheet.imports.append(Import("", module, "", line))

    def _add(self, node: Node, module: str, imported: str, line: int, scope: Scope) -> None:
        local = scope.declare(self._reader.source.text(node))
        self._reader.sheet.imports.append(Import(local, module, imported, line))

    def required(self, pattern: Node, module: str, scope: Scope) -> None:
        """`const { a } = require('m')`."""
        line = pattern.start_point[0] + 1
        if pattern.type == "identifier":
            self._add(pattern, module, "*", line, scope)
            return
        for child in parts(pattern):
            if child.type == "shorthand_property_identifier_pattern":
                self._add(child, module, self._reader.source.text(child), line, scope)
            elif child.type == "pair_pattern":
                key, value = field(child, "key"), field(child, "value")
                if key is not None and value is not None and value.type == "identifier":
                    self._add(value, module, self._reader.source.text(key), line, scope)

    def exported(self, node: Node, scope: Scope) -> None:
        """Every form of `export`; a declaration is read as well."""
        module = self._module(node)
        exports = self._reader.sheet.exports
        declaration, value = field(node, "declaration"), field(node, "value")
        default = any(child.type == "default" for child in node.children)
        if declaration is not None:
            self._reader.statement(declaration, scope)
            names = _names(declaration, self._reader)
            if default:
                exports.extend(Export("default", f"{name}@0") for name in names[:1])
            exports.extend(Export(name, f"{name}@0") for name in names)
            return
        if value is not None:
            self._default(value, scope)
            return
        for child in parts(node):
            if child.type == "export_clause":
                for item in parts(child):
                    self._named(item, module, scope)
            elif child.type == "namespace_export":
                exports.append(Export(self._reader.source.text(parts(child)[0]), "", module, "*"))
        if module and any(child.type == "*" for child in node.children):
            exports.append(Export("*", "", module, "*"))

    def _named(self, item: Node, module: str, scope: Scope) -> None:
        name, alias = field(item, "name"), field(item, "alias")
        if name is None:
            return
        text = self._reader.source.text(name)
        outer = self._reader.source.text(alias) if alias is not None else text
        if module:
            self._reader.sheet.exports.append(Export(outer, "", module, text))
        else:
            self._reader.sheet.exports.append(Export(outer, scope.lookup(text) or f"{text}@0"))

    def _default(self, value: Node, scope: Scope) -> None:
        inner = unwrapped(value)
        if inner.type == "identifier":
            name = self._reader.source.text(inner)
            self._reader.sheet.exports.append(Export("default", scope.lookup(name) or f"{name}@0"))
            return
        found = self._reader.value(value, scope)
        local = scope.declare("_default")
        self._reader.sheet.bind(Ref(local), found, value, scope, "constant")
        self._reader.sheet.exports.append(Export("default", local))

    def assigned(self, left: str, value: Node, scope: Scope) -> None:
        """`module.exports = { a, b }` and `exports.a = …`."""
        exports = self._reader.sheet.exports
        if left.startswith(("exports.", "module.exports.")):
            name = left.rsplit(".", 1)[1]
            inner = unwrapped(value)
            local = scope.lookup(self._reader.source.text(inner)) if inner.type == "identifier" else None
            exports.append(Export(name, local or f"{name}@0"))
            return
        inner = unwrapped(value)
        if inner.type == "identifier":
            name = self._reader.source.text(inner)
            exports.append(Export("default", scope.lookup(name) or f"{name}@0"))
        for child in parts(inner) if inner.type == "object" else ():
            text = self._reader.source.text(field(child, "key") or child)
            target = field(child, "value")
            name = self._reader.source.text(target) if target is not None and target.type == "identifier" else text
            exports.append(Export(text, scope.lookup(name) or f"{name}@0"))


def _names(node: Node, reader: Reader) -> list[str]:
    name = field(node, "name")
    if name is not None:
        return [reader.source.text(name)]
    found = []
    for child in node.named_children:
        inner = field(child, "name")
        if inner is None:
            continue
        if inner.type == "identifier":
            found.append(reader.source.text(inner))
        else:
            found.extend(
                reader.source.text(item)
                for item in inner.named_children
                if item.type == "shorthand_property_identifier_pattern"
            )
    return found
