"""Types: which values a declared name may hold, as far as rules can be read from them."""

from tree_sitter import Node

from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import field, parts
from archlint.model.expression import Call, Expression, Fields, Items, Null, Number, Ref, Text
from archlint.terms.neutral import numeral
from archlint.terms.scope import Scope
from archlint.trees import has_token

# Generic types whose argument says what is inside.
_THROUGH = frozenset(
    {"Promise", "Array", "ReadonlyArray", "ReadonlySet", "Readonly", "Set", "NonNullable", "Required", "Ref", "Awaited"}
)
_DERIVED = {"Partial": "partial", "Pick": "pick", "Omit": "omit"}
_TABLES = frozenset({"Tables", "TablesInsert", "TablesUpdate"})
_ROWS = frozenset({"Row", "Insert", "Update"})


class Types:
    """Reads the types of one file."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    # Declarations ----------------------------------------------------------------------------------------

    def alias(self, node: Node, scope: Scope) -> None:
        """`type Status = 'a' | 'b'`, `type Order = { … }`, `type Input = z.infer<typeof schema>`."""
        name, value = field(node, "name"), field(node, "value")
        if name is None or value is None:
            return
        subject = Ref(scope.declare(self._reader.source.text(name)))
        self._declared(subject, value, node, scope)

    def interface(self, node: Node, scope: Scope) -> None:
        """`interface Order { status: Status }`."""
        name, body = field(node, "name"), field(node, "body")
        if name is None or body is None:
            return
        subject = Ref(scope.declare(self._reader.source.text(name)))
        for child in parts(node):
            if child.type == "extends_type_clause":
                for parent in parts(child):
                    found = self.typed(parent, scope)
                    if found is not None:
                        self._reader.sheet.bind(subject, found, parent, scope, "type")
        self._members(subject, body, scope)

    def enum(self, node: Node, scope: Scope) -> None:
        """`enum Status { Draft = 'draft' }`."""
        name, body = field(node, "name"), field(node, "body")
        if name is None or body is None:
            return
        subject = Ref(scope.declare(self._reader.source.text(name)))
        entries: list[tuple[str, Expression]] = []
        number = 0
        for child in parts(body):
            key, value = field(child, "name"), field(child, "value")
            label = self._reader.source.text(key if key is not None else child).strip("'\"")
            found = self._reader.value(value, scope) if value is not None else Number(str(number))
            if isinstance(found, Number) and found.value.isdigit():
                number = int(found.value) + 1
            entries.append((label, found))
        self._reader.sheet.bind(subject, Fields(tuple(entries)), node, scope, "constant")
        if entries and all(isinstance(value, Text) for _, value in entries):
            items = Items(tuple(value for _, value in entries))
            self._values(subject, items, node, scope)

    def _declared(self, subject: Ref, value: Node, node: Node, scope: Scope) -> None:
        words = self._words(value)
        if words is not None:
            self._values(subject, words, value, scope)
            return
        if value.type == "object_type":
            self._members(subject, value, scope)
            return
        if value.type == "intersection_type":
            for child in parts(value):
                self._declared(subject, child, node, scope)
            return
        found = self.typed(value, scope)
        if _listed(found):
            self._values(subject, _list(found), value, scope)
        elif found is not None:
            self._reader.sheet.bind(subject, found, node, scope, "type")

    def _members(self, subject: Ref, body: Node, scope: Scope) -> None:
        for child in parts(body):
            if child.type != "property_signature":
                continue
            name, annotation = field(child, "name"), field(child, "type")
            if name is None or annotation is None:
                continue
            inner = Ref(subject.name, (*subject.path, self._reader.source.text(name).strip("'\"")))
            kind = _inside(annotation)
            if kind is None:
                continue
            words = self._words(kind)
            if words is not None:
                self._values(inner, words, child, scope)
            elif kind.type == "object_type":
                self._members(inner, kind, scope)
            else:
                found = self.typed(kind, scope)
                if _listed(found):
                    self._values(inner, _list(found), child, scope)
                elif found is not None:
                    self._reader.sheet.bind(inner, found, child, scope, "type")
            if has_token(child, "?"):
                self._reader.sheet.state(
                    "optional", child, scope, subject=inner, effect="hint", strength="hint", source="type"
                )

    def _values(self, subject: Ref, words: Expression, node: Node, scope: Scope) -> None:
        self._reader.sheet.state(
            "values", node, scope, subject=subject, condition=words, effect="hint", strength="hint", source="type"
        )

    # Types as values -------------------------------------------------------------------------------------

    def _words(self, node: Node) -> Items | None:
        """The literals of a union; None where it holds anything else but null and undefined."""
        found: list[Expression] = []
        stack = [node]
        while stack:
            item = stack.pop()
            if item.type in ("union_type", "parenthesized_type"):
                stack.extend(reversed(parts(item)))
            elif item.type == "literal_type":
                value = self._literal(item)
                if value is None:
                    continue
                found.append(value)
            elif item.type == "predefined_type" and self._reader.source.text(item) in ("undefined", "null"):
                continue
            else:
                return None
        texts = [item for item in found if isinstance(item, Text)]
        if not found or (len(texts) != len(found) and texts) or (len(found) < 2 and not texts):
            return None
        return Items(tuple(found))

    def _literal(self, node: Node) -> Expression | None:
        inner = parts(node)
        if not inner:
            return None
        text = self._reader.source.text(inner[0])
        if inner[0].type == "string":
            return Text(text[1:-1])
        if inner[0].type == "number":
            return numeral(text)
        if inner[0].type in ("true", "false"):
            return Text(text)
        return None

    def typed(self, node: Node, scope: Scope) -> Expression | None:
        """What a type holds: the name that declares it, or its literals; None where nothing can be said."""
        inner = _inside(node)
        if inner is None:
            return None
        node = inner
        words = self._words(node)
        if words is not None:
            return words
        if node.type in ("type_identifier", "identifier"):
            name = self._reader.source.text(node)
            return Ref(scope.lookup(name) or f"{name}@0")
        if node.type == "nested_type_identifier":
            return self._nested(node, scope)
        if node.type == "generic_type":
            return self._generic(node, scope)
        if node.type == "array_type":
            return self.typed(parts(node)[0], scope)
        if node.type == "lookup_type":
            return self._lookup(node, scope)
        if node.type == "union_type":
            kinds = [self.typed(child, scope) for child in parts(node) if not self._nothing(child)]
            return kinds[0] if len(kinds) == 1 else None
        if node.type == "index_type_query":
            found = self.typed(parts(node)[0], scope)
            return Call("keys", (found,)) if found is not None else None
        if node.type == "type_query":
            target = parts(node)[0]
            return self._reader.value(target, scope) if target.type in ("identifier", "member_expression") else None
        if node.type == "readonly_type":
            return self.typed(parts(node)[0], scope)
        return None

    def _nothing(self, node: Node) -> bool:
        return self._reader.source.text(node) in ("null", "undefined")

    def _nested(self, node: Node, scope: Scope) -> Expression | None:
        module, name = field(node, "module"), field(node, "name")
        if module is None or name is None:
            return None
        holder = self._reader.source.text(module)
        return Ref(scope.lookup(holder) or f"{holder}@0", (self._reader.source.text(name),))

    def _generic(self, node: Node, scope: Scope) -> Expression | None:
        name, listed = field(node, "name"), field(node, "type_arguments")
        arguments = parts(listed) if listed is not None else []
        if name is None or not arguments:
            return None
        text = self._reader.source.text(name)
        last = text.rsplit(".", 1)[-1]
        if last in _TABLES or last == "Enums":
            word = self._words(arguments[-1])
            if word is not None and isinstance(word.items[0], Text):
                prefix = "type" if last == "Enums" else "table"
                return Ref(f"{prefix}:{word.items[0].value.lower()}")
            return None
        first = self.typed(arguments[0], scope)
        if last in ("infer", "input", "output", "InferOutput", "InferInput", "InferType", "Infer", "Static", "TypeOf"):
            return first
        if last in ("InferSelectModel", "InferInsertModel"):
            return first
        if last in _DERIVED and first is not None:
            keys = self._words(arguments[1]) if len(arguments) > 1 else None
            return Call(_DERIVED[last], (first, *(keys.items if keys is not None else ())))
        if last == "Record":
            return first if isinstance(first, (Items, Null)) else None
        return first if last in _THROUGH else None

    def _lookup(self, node: Node, scope: Scope) -> Expression | None:
        children = parts(node)
        if len(children) != 2:
            return None
        table = _database_type(self._reader.source.text(node))
        if table:
            return Ref(table)
        holder, index = self.typed(children[0], scope), children[1]
        text = self._reader.source.text(index)
        if text == "number":
            return Call("element", (holder,)) if isinstance(holder, Ref) else holder
        if index.type == "index_type_query" or text.startswith("keyof"):
            return Call("values", (holder,)) if holder is not None else None
        word = self._words(index)
        if word is not None and isinstance(holder, Ref) and isinstance(word.items[0], Text):
            return Ref(holder.name, (*holder.path, word.items[0].value))
        return None


def _listed(found: Expression | None) -> bool:
    """Whether a type is made of literals that are listed here or under a name."""
    return isinstance(found, Items) or (isinstance(found, Call) and found.function in ("keys", "values", "element"))


def _list(found: Expression | None) -> Expression:
    if isinstance(found, Call) and found.function == "element":
        return found.arguments[0]
    return found if found is not None else Null()


def _database_type(text: str) -> str:
    """`Database['public']['Tables']['orders']['Row']['status']` is a table's row or a column of it."""
    import re

    found = re.search(r"\[['\"](Tables|Views|Enums)['\"]\]\s*\[['\"](\w+)['\"]\](?:\s*\[['\"](\w+)['\"]\])?$", text)
    if found is None:
        return ""
    prefix = "type" if found.group(1) == "Enums" else "table"
    return f"{prefix}:{found.group(2).lower()}" if found.group(3) in (None, *_ROWS) else ""


def _inside(node: Node | None) -> Node | None:
    """The type behind a colon or in parentheses."""
    while node is not None and node.type in ("type_annotation", "parenthesized_type"):
        inner = parts(node)
        node = inner[0] if inner else None
    return node
