"""Schemas of validation libraries: where they are made, made from others, and applied to a value."""

import re
from functools import cache

from tree_sitter import Node

from archlint.languages.typescript.meanings import Stated
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.schema_names import Known, Names
from archlint.languages.typescript.schema_reading import SchemaReading
from archlint.languages.typescript.schema_state import rows_of
from archlint.languages.typescript.syntax import FUNCTIONS, field, parts, unwrapped
from archlint.model.expression import Call, Expression, Fields, Lambda, Opaque, Ref, Row
from archlint.terms.idioms import table, words
from archlint.terms.scope import Scope


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(table("schemas")[name])


def recognise(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """A schema, or a value that has passed one; None for every other call."""
    schemas = reader.helper(Schemas)
    head, _, _ = name.partition(".")
    schemas.names.learn()
    if head.removesuffix("()") in schemas.names.heads:
        return schemas.library_call(node, scope)
    last = name.rsplit(".", 1)[-1]
    if last in words("schemas", "applying"):
        return schemas.applied(node, last, scope)
    if last in words("schemas", "deriving"):
        return schemas.derived(node, last, scope)
    if last in words("schemas", "compiling"):
        return schemas.compiled(node, scope)
    if name in schemas.checkers:
        return schemas.checked(node, name, scope)
    if last in words("schemas", "actions") and "." in name:
        return schemas.action(node, scope)
    return None


class Schemas:
    """The schemas of one file."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.names = Names(reader)
        self.reading = SchemaReading(reader, self.names)
        self.checkers: dict[str, Expression] = {}

    # Making ----------------------------------------------------------------------------------------------

    def library_call(self, node: Node, scope: Scope) -> Expression | None:
        """A call that begins with the name of a library."""
        if node.type == "new_expression":
            return None
        root, links = self.reading.chain(node, scope)
        if not root.library:
            return None
        rows = rows_of(root.library)
        use = rows.get("use", {}).get(root.name)
        if use and not links:
            return self._used(root.node, use, root.name, scope)
        if links and links[-1].name in words("schemas", "applying") and root.name in rows["make"]:
            return self.applied(node, links[-1].name, scope)
        if root.name not in rows["make"]:
            return None
        return self.declare(node, scope)

    def declare(self, node: Node, scope: Scope) -> Expression:
        """States a schema; gives its name."""
        target, declared = self.names.target(node, scope)
        root, _ = self.reading.chain(node, scope)
        state = self.reading.read(node, Stated(target, scope, root.library or "schema"), None)
        self.names.known[target.name] = Known(state.library, state.kind, state.required, state.absent)
        return Opaque("schema") if declared else target

    def derived(self, node: Node, last: str, scope: Scope) -> Expression | None:
        """`S.partial()` of a schema that has a name, of this file or another."""
        root, links = self.reading.chain(node, scope)
        if root.library or not links or root.node.type not in ("identifier", "member_expression"):
            return None
        if not self._is_schema(root.node, scope):
            return None
        if not self.names.library_of(root.node, scope):
            self._guess(root.node, scope)
        return self.declare(node, scope)

    def _guess(self, node: Node, scope: Scope) -> None:
        """A schema of another file is one of the library that this file uses, or of the one with such links."""
        text = self._reader.source.text(node)
        scoped = scope.lookup(text) if node.type == "identifier" else None
        if scoped is not None:
            self.names.known[scoped] = Known(self.names.main(), "object", None, True)

    def _is_schema(self, node: Node, scope: Scope) -> bool:
        if node.type == "identifier":
            scoped = scope.lookup(self._reader.source.text(node))
            if scoped in self.names.known:
                return True
        text = self._reader.source.text(node).rsplit(".", 1)[-1]
        return bool(_pattern("schema_names").search(text))

    # Applying --------------------------------------------------------------------------------------------

    def applied(self, node: Node, last: str, scope: Scope) -> Expression | None:
        """`S.parse(x)`, `S.safeParse(x)`, `S.validate(x)`."""
        callee = field(node, "function")
        holder = field(unwrapped(callee), "object") if callee is not None else None
        listed = field(node, "arguments")
        given = parts(listed) if listed is not None else []
        if holder is None or not given:
            return None
        holder = unwrapped(holder)
        text = self._reader.source.text(holder) if holder.end_byte - holder.start_byte < 200 else ""
        if _pattern("not_schemas").match(text.rsplit(".", 1)[-1]):
            return None
        sure = last in words("schemas", "sure") or holder.type == "call_expression"
        if not sure and not self._is_schema(holder, scope):
            return None
        schema = self.names.strip(self._reader.value(holder, scope))
        if not isinstance(schema, Ref):
            return None
        values = [self._reader.value(item, scope) for item in given]
        return self._passed(schema, values[0], last, node, scope)

    def _used(self, node: Node, positions: list[int], name: str, scope: Scope) -> Expression | None:
        """`v.parse(S, x)`, `assert(x, S)`."""
        given = self.reading.given(node)
        if len(given) < max(positions):
            return None
        values = [self._reader.value(item, scope) for item in given]
        schema, value = self.names.strip(values[positions[0] - 1]), values[positions[1] - 1]
        if not isinstance(schema, Ref):
            return None
        return self._passed(schema, value, name, node, scope)

    def _passed(self, schema: Ref, value: Expression, last: str, node: Node, scope: Scope) -> Expression:
        passed = Call("validated", (schema, value))
        if self._asserts(node) and isinstance(value, Ref):
            self._reader.sheet.bind(value, Call("validated", (schema, value)), node, scope)
        if self._read_back(value):
            # Rows that were read are checked, so the schema is about what is stored.
            self._reader.sheet.bind(schema, value, node, scope, "form")
        if last.startswith("safe") or last == "spa":
            return Fields(
                (("data", passed), ("output", passed), ("success", Opaque("success")), ("error", Opaque("error")))
            )
        if last in ("validate", "validateSync", "validateAsync"):
            held = self._reader.sheet.temporary(scope, passed, node)
            return Fields((("value", held), ("error", Opaque("error"))), (held,))
        return passed

    def _read_back(self, value: Expression) -> bool:
        if isinstance(value, Ref) and not value.path:
            value = self._reader.sheet.known.get(value.name, value)
        return isinstance(value, Row)

    def _asserts(self, node: Node) -> bool:
        """Whether what the schema gives back is thrown away or holds only the verdict: the value itself goes on."""
        outer = node.parent
        while outer is not None and outer.type in ("await_expression", "parenthesized_expression"):
            outer = outer.parent
        if outer is None:
            return False
        if outer.type == "expression_statement":
            return True
        if outer.type != "variable_declarator":
            return outer.type in ("unary_expression", "member_expression")
        name = field(outer, "name")
        if name is None:
            return False
        label = self._reader.source.text(name)
        if name.type == "object_pattern":
            return not re.search(r"\b(?:data|value|output)\b", label)
        function: Node | None = outer
        while function is not None and function.type not in FUNCTIONS and function.parent is not None:
            function = function.parent
        body = self._reader.source.content[function.start_byte : function.end_byte] if function is not None else b""
        found = re.findall(rf"(?<![\w.]){re.escape(label)}\s*[?!]?\.(\w+)".encode(), body)
        return bool(found) and not set(found) - {b"success", b"error", b"errors"}

    # Compiled validators ---------------------------------------------------------------------------------

    def compiled(self, node: Node, scope: Scope) -> Expression | None:
        """`const check = ajv.compile(S)`."""
        given = self.reading.given(node)
        outer = node.parent
        values = [self._reader.value(item, scope) for item in given]
        schema = self.names.strip(values[0]) if values else None
        if isinstance(schema, Fields):
            schema = self.names.stated.get(given[0].start_byte)
        if not isinstance(schema, Ref):
            return None
        if outer is not None and outer.type == "variable_declarator":
            name = field(outer, "name")
            if name is not None:
                self.checkers[self._reader.source.text(name)] = schema
        return schema

    def checked(self, node: Node, name: str, scope: Scope) -> Expression | None:
        """`if (!check(body)) …`: the value itself goes on."""
        schema = self.checkers[name]
        values = [self._reader.value(item, scope) for item in self.reading.given(node)]
        if values and isinstance(values[0], Ref):
            self._reader.sheet.bind(values[0], Call("validated", (schema, values[0])), node, scope)
        return Opaque("valid")

    # Actions ---------------------------------------------------------------------------------------------

    def action(self, node: Node, scope: Scope) -> Expression | None:
        """`action.schema(S).action(async ({ parsedInput }) => …)`: the function gets what the schema let through."""
        _, links = self.reading.chain(node, scope)
        schema_link = next((link for link in links if link.name in words("schemas", "inputs")), None)
        if schema_link is None or not self.reading.given(schema_link.call):
            return None
        schema: Expression | None = None
        for link in links[:-1]:
            values = [self._reader.value(item, scope) for item in self.reading.given(link.call)]
            if link is schema_link:
                schema = self.names.strip(values[0])
        functions = [self._reader.value(item, scope) for item in self.reading.given(links[-1].call)]
        for function in functions:
            if isinstance(schema, Ref) and isinstance(function, Lambda):
                members = tuple((name, Call("validated", (schema,))) for name in table("schemas")["members"])
                self._reader.sheet.applied(function, (Fields(members),), node, scope)
        return functions[0] if functions else None
