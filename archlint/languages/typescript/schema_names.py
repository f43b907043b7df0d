"""Names of schema libraries and of schemas in one file."""

import re
from functools import cache

from tree_sitter import Node

from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import FUNCTIONS, field, unwrapped
from archlint.model.expression import Expression, Ref
from archlint.terms.idioms import table, words
from archlint.terms.scope import Scope

_WRAPPING = frozenset({"parenthesized_expression", "as_expression", "satisfies_expression", "await_expression"})
_PLAIN = re.compile(r"^\w+$")


@cache
def _libraries() -> tuple[dict[str, str], dict[str, str], dict[str, frozenset[str]]]:
    """Library by module, library by namespace, and the names that a module exports as a namespace."""
    modules, namespaces, members = {}, {}, {}
    for library in table("schemas")["libraries"]:
        rows = table(library)
        modules.update(dict.fromkeys(rows["modules"], library))
        namespaces.update(dict.fromkeys(rows["namespaces"], library))
        members[library] = frozenset((*rows.get("members", ()), *rows["namespaces"], "default", "*"))
    return modules, namespaces, members


class Known:
    """A schema of this file that has a name."""

    __slots__ = ("absent", "kind", "library", "required")

    def __init__(self, library: str, kind: str, required: bool | None, absent: bool) -> None:
        self.library = library
        self.kind = kind
        self.required = required
        self.absent = absent


class Names:
    """What identifiers mean schema libraries, and which schemas have been read."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._read = 0
        self.heads: set[str] = set(_libraries()[1])
        self._roots: dict[str, tuple[str, str]] = {}
        self.known: dict[str, Known] = {}
        # Schemas written as plain objects, by where they begin.
        self.stated: dict[int, Ref] = {}

    def learn(self) -> None:
        """Takes in the imports read since."""
        imports = self._reader.sheet.imports
        if len(imports) == self._read:
            return
        modules, namespaces, members = _libraries()
        for item in imports[self._read :]:
            identifier = item.local.split("@", 1)[0]
            library = modules.get(item.module)
            if library is not None:
                whole = item.imported in members[library]
                self._roots[item.local] = (library, "" if whole else item.imported)
                self.heads.add(identifier)
            elif item.imported in namespaces:
                self._roots[item.local] = (namespaces[item.imported], "")
                self.heads.add(identifier)
        self._read = len(imports)

    def constructor(self, callee: Node, scope: Scope) -> tuple[str, str] | None:
        """The library and the name of one of its functions, where a callee is one: `z.string`, `z.coerce.number`."""
        path: list[str] = []
        node = callee
        while node.type == "member_expression":
            name, holder = field(node, "property"), field(node, "object")
            if name is None or holder is None:
                return None
            path.append(self._reader.source.text(name))
            node = unwrapped(holder)
        if node.type != "identifier":
            return None
        head = self._reader.source.text(node)
        if head not in self.heads:
            return None
        scoped = scope.lookup(head)
        found = self._roots.get(scoped) if scoped else None
        if found is None and (scoped is None or self._imported(scoped)):
            library = _libraries()[1].get(head)
            found = (library, "") if library else None
        if found is None:
            return None
        library, first = found
        names = ([first] if first else []) + path[::-1]
        if not names or (first and path):
            return None
        joined = ".".join(names)
        rows = table(library)
        if joined in rows["make"] or joined in rows["any"] or joined in rows.get("references", ()):
            return library, joined
        return (library, joined) if joined in rows.get("use", {}) or len(names) == 1 else None

    def _imported(self, scoped: str) -> bool:
        return any(item.local == scoped for item in self._reader.sheet.imports)

    def library_of(self, node: Node, scope: Scope) -> str:
        """The library of a schema that is named here."""
        if node.type != "identifier":
            return ""
        known = self.known.get(scope.lookup(self._reader.source.text(node)) or "")
        return known.library if known is not None else ""

    def main(self) -> str:
        """The library that this file uses; the most usual one where it uses none itself."""
        return next((library for library, _ in self._roots.values()), str(table("schemas")["libraries"][0]))

    def strip(self, value: Expression) -> Expression:
        """`S.shape.amount` is the field of a schema."""
        if not isinstance(value, Ref):
            return value
        members = words("schemas", "objects")
        return Ref(value.name, tuple(item for item in value.path if item not in members))

    # Names of our own ------------------------------------------------------------------------------------

    def target(self, node: Node, scope: Scope) -> tuple[Ref, bool]:
        """What a schema is called where it stands, and whether a declaration gives it that name."""
        inner = node
        outer = inner.parent
        while outer is not None and outer.type in _WRAPPING:
            inner = outer
            outer = inner.parent
        label = ""
        if outer is None:
            return self._made("schema", scope), False
        if outer.type == "variable_declarator" and field(outer, "value") == inner:
            name = field(outer, "name")
            if name is not None and name.type == "identifier":
                return Ref(scope.declare(self._reader.source.text(name))), True
        elif outer.type == "pair":
            key = field(outer, "key")
            label = self._reader.source.text(key).strip("'\"") if key is not None else ""
        elif outer.type in ("return_statement", *FUNCTIONS):
            label = scope.function.symbol.rsplit(".", 1)[-1]
        elif outer.type in ("public_field_definition", "field_definition"):
            key = field(outer, "name") or field(outer, "property")
            label = self._reader.source.text(key) if key is not None else ""
        return self._made(label if _PLAIN.match(label) else "schema", scope), False

    def _made(self, label: str, scope: Scope) -> Ref:
        return Ref(f"{label}@{scope.number}{self._reader.sheet.block()}")

    def fresh(self, scope: Scope, like: Ref) -> Ref:
        """A name for a schema that another one is made from."""
        return self._made(like.path[-1] if like.path else like.name.split("@", 1)[0], scope)
