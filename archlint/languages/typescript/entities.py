"""Tables that are declared in TypeScript: Drizzle's table objects and the entity classes of TypeORM."""

import re

from tree_sitter import Node

from archlint.languages.typescript.chains import chain, given, read_all
from archlint.languages.typescript.declaring import DeclaredTable, spreads
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import field, parts, unwrapped
from archlint.model.expression import Boolean, Call, Expression, Fields, Items, Number, Operation, Ref, Text
from archlint.model.facts import TableUse
from archlint.terms import sql_terms
from archlint.terms.idioms import table as table_of
from archlint.terms.scope import Scope

TABLES = frozenset({"pgTable", "mysqlTable", "sqliteTable", "mssqlTable", "singlestoreTable"})
_REPOSITORY = re.compile(r"^:?\s*(?:\w*Repository|\w*Model|ModelStatic)\s*<\s*(?:typeof\s+)?(\w+?)(?:Document)?\s*>")
ENUMS = frozenset({"pgEnum", "mysqlEnum"})


def entities(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """`pgTable('orders', { … })` and `pgEnum('status', [ … ])`."""
    last = name.rsplit(".", 1)[-1]
    if last in TABLES or (last == "table" and name.count(".") == 1):
        return _table(reader, node, scope)
    if last in ENUMS or (last == "enum" and name.count(".") == 1 and "chema" in name):
        return _enum(reader, node, scope)
    return None


def _owner(node: Node) -> Node | None:
    outer = node.parent
    while outer is not None and outer.type in ("as_expression", "satisfies_expression", "parenthesized_expression"):
        outer = outer.parent
    return field(outer, "name") if outer is not None and outer.type == "variable_declarator" else None


def _enum(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    nodes = given(node)
    if len(nodes) < 2 or nodes[0].type != "string":
        return None
    values = read_all(nodes, reader, scope)
    if not isinstance(values[0], Text) or not isinstance(values[1], (Items, Ref)):
        return None
    subject = Ref(f"type:{values[0].value.lower()}")
    reader.sheet.state(
        "values", node, scope, subject=subject, condition=values[1], effect="reject", strength="hard", source="drizzle"
    )
    return Fields((("enumValues", values[1]),))


def _table(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    nodes = given(node)
    owner = _owner(node)
    if owner is None or owner.type != "identifier" or len(nodes) < 2 or nodes[0].type != "string":
        return None
    listed = unwrapped(nodes[1])
    if listed.type == "arrow_function":
        body = field(listed, "body")
        listed = unwrapped(body) if body is not None else listed
    if listed.type != "object":
        return None
    table = reader.source.text(nodes[0])[1:-1]
    fields = []
    made = DeclaredTable(reader, table, scope, whole=not spreads(listed))
    for pair in parts(listed):
        key, value = field(pair, "key"), field(pair, "value")
        if pair.type != "pair" or key is None or value is None:
            continue
        label = reader.source.text(key).strip("'\"")
        fields.append((label, _column(reader, label, unwrapped(value), table, scope)))
        _of_chain(made, fields[-1][1], pair, unwrapped(value))
    made.done(node)
    name = scope.declare(reader.source.text(owner))
    reader.sheet.tables.append(TableUse(name=name, table=table, span=reader.source.span(node), fields=tuple(fields)))
    for extra in nodes[2:]:
        _constraints(reader, extra, table, dict(fields), scope)
    return Call("table", (Text(table),))


def _column(reader: Reader, label: str, node: Node, table: str, scope: Scope) -> str:
    """The name of a column; what only its declaration says about it is written down."""
    whole = chain(node, reader)
    head = next((link for link in whole.links if link.given is not None), None)
    if head is None:
        return label
    kind = head.name or reader.source.text(whole.base)
    values = read_all(head.given, reader, scope)
    name = values[0].value if values and isinstance(values[0], Text) else label
    subject = Ref(f"table:{table}", (name,))
    options = next((item for item in values if isinstance(item, Fields)), None)
    words = options.get("enum") if options is not None else None
    if kind in ENUMS and len(values) > 1 and isinstance(values[-1], Items):
        words = values[-1]
    if isinstance(words, (Items, Ref)):
        reader.sheet.state(
            "values",
            head.node,
            scope,
            subject=subject,
            condition=words,
            effect="hint",
            strength="hint",
            source="drizzle",
        )
    length = options.get("length") if options is not None and kind in ("varchar", "char") else None
    if isinstance(length, Number):
        reader.sheet.state(
            "require", head.node, scope, condition=Operation("<=", (Call("length", (subject,)), length)),
            effect="hint", strength="hint", source="drizzle",
        )  # fmt: skip
    for link in whole.links:
        if link is head or link.given is None:
            continue
        found = read_all(link.given, reader, scope)
        if link.name == "default" and found and isinstance(found[0], (Text, Number, Boolean)):
            reader.sheet.state(
                "default", link.given[0], scope, subject=subject, value=found[0],
                effect="assign", strength="hard", source="drizzle",
            )  # fmt: skip
    return name


def _of_chain(made: DeclaredTable, name: str, pair: Node, node: Node) -> None:
    """`varchar('name', { length: 50 }).notNull().default('x')` as a column of the schema."""
    whole = chain(node, made.reader)
    head = next((link for link in whole.links if link.given is not None), None)
    kind = (head.name or made.reader.source.text(whole.base)) if head is not None else ""
    called = {link.name for link in whole.links if link is not head and link.given is not None}
    knowledge = table_of("drizzle")
    if called & {"notNull", "primaryKey"} or kind in knowledge["counting"]:
        made.holds("required")
    if called & set(knowledge["filled"]):
        made.holds("filled")
    if kind in knowledge["counting"] or called & set(knowledge["identity"]):
        made.counts()
    size = re.search(r"\blength\s*:\s*(\d+)", made.reader.source.text(node))
    known = knowledge["types"].get(kind, kind.lower())
    made.column(name, pair, known, (int(size.group(1)),) if size is not None else (), array="array" in called)


def _constraints(reader: Reader, node: Node, table: str, fields: dict[str, str], scope: Scope) -> None:
    """`(t) => ({ positive: check('positive', sql`${t.total} > 0`) })`."""
    value = reader.value(node, scope)
    result = reader.sheet.result(value)
    checks = [item for _, item in result.entries] if isinstance(result, Fields) else []
    checks += list(result.items) if isinstance(result, Items) else []
    function = next((fact for fact in reversed(reader.sheet.functions) if fact.span == reader.source.span(node)), None)
    if function is None or not function.parameters:
        return
    for item in checks:
        if isinstance(item, Call) and item.function == "check" and len(item.arguments) == 2:
            condition = _own(item.arguments[1], function.parameters[0], table, fields)
            place = _named_check(node, item.arguments[0], reader)
            if condition is not None:
                reader.sheet.state(
                    "require",
                    place or node,
                    scope,
                    condition=condition,
                    effect="hint",
                    strength="hint",
                    source="drizzle",
                )


def _named_check(node: Node, name: Expression, reader: Reader) -> Node | None:
    """The call of `check` with this name."""
    stack = [node]
    while stack:
        item = stack.pop()
        if item.type == "call_expression" and reader.source.text(field(item, "function") or item) == "check":
            first = given(item)[:1]
            if isinstance(name, Text) and first and reader.source.text(first[0])[1:-1] == name.value:
                return item
        stack.extend(item.named_children)
    return None


def _own(value: Expression, parameter: str, table: str, fields: dict[str, str]) -> Expression | None:
    """A condition over the columns of the table, read from `sql` with the table's columns in its holes."""
    if not isinstance(value, Call) or value.function != "sql condition":
        return None
    text, *holes = value.arguments
    columns = []
    for hole in holes:
        if not isinstance(hole, Ref) or hole.name != parameter or len(hole.path) != 1:
            return None
        columns.append(Ref(f"table:{table}", (fields.get(hole.path[0], hole.path[0]),)))
    return sql_terms.condition(text.value, tuple(columns)) if isinstance(text, Text) else None


# Entity classes ------------------------------------------------------------------------------------------


def entity(reader: Reader, node: Node, name: str, scope: Scope) -> None:
    """`@Entity('orders') class Order { @Column({ name: 'total_cents' }) total: number }`."""
    from archlint.languages.typescript.routes import decorators_of

    own = next((item for item in decorators_of(reader, node) if item[0] == "Entity"), None)
    body = field(node, "body")
    if own is None or body is None or not name:
        return
    table = _entity_table(reader, own[2]) or name
    fields: list[tuple[str, str]] = []
    made = DeclaredTable(reader, table, scope, whole=_alone(reader, node))
    for child in parts(body):
        if child.type != "public_field_definition":
            continue
        key = field(child, "name")
        if key is not None:
            label = reader.source.text(key)
            fields.append((label, _property(reader, child, label, table, scope)))
            _of_property(made, fields[-1][1], child)
    made.done(node)
    reader.sheet.tables.append(
        TableUse(
            name=scope.lookup(name) or f"{name}@0", table=table, span=reader.source.span(own[2]), fields=tuple(fields)
        )
    )


def _entity_table(reader: Reader, decorator: Node) -> str:
    call = parts(decorator)[0]
    for item in given(call) if call.type == "call_expression" else ():
        if item.type == "string":
            return reader.source.text(item)[1:-1]
        if item.type == "object":
            found = _option(reader, item, "name") or _option(reader, item, "tableName")
            return reader.source.text(found)[1:-1] if found is not None and found.type == "string" else ""
    return ""


def _alone(reader: Reader, node: Node) -> bool:
    """Whether all columns of an entity stand in its own class: no parent has some, and no relation makes any."""
    heritage = next((child for child in node.children if child.type == "class_heritage"), None)
    if heritage is not None and not re.search(r"\bextends\s+(?:BaseEntity)\b", reader.source.text(heritage)):
        return False
    return (
        re.search(r"@(?:ManyToOne|OneToOne|JoinColumn|Embedded|VersionColumn|Tree\w*)\b", reader.source.text(node))
        is None
    )


def _of_property(made: DeclaredTable, name: str, node: Node) -> None:
    """A decorated property as a column of the schema."""
    reader = made.reader
    knowledge = table_of("entities")
    decorators = [(_decorator_name(reader, child), child) for child in node.named_children if child.type == "decorator"]
    found = next(((label, child) for label, child in decorators if label in knowledge["columns"]), None)
    if found is None:
        return
    label, decorator = found
    call = unwrapped(parts(decorator)[0])
    nodes = given(call) if call.type == "call_expression" else ()
    options = next((item for item in nodes if item.type == "object"), None)
    words = [reader.source.text(item)[1:-1] for item in nodes if item.type == "string"]
    type_node = _option(reader, options, "type") if options is not None else None
    if type_node is not None and type_node.type == "string":
        words.append(reader.source.text(type_node)[1:-1])
    annotation = field(node, "type")
    written = reader.source.text(annotation).lstrip(": ").strip() if annotation is not None else ""
    kind = (words[0] if words else "") or knowledge["types"].get(written.split("|")[0].strip(), "")
    optional = any(child.type == "?" for child in node.children) or "null" in written
    nullable = _option(reader, options, "nullable") if options is not None else None
    if nullable is not None:
        optional = reader.source.text(nullable) == "true"
    if label in knowledge["counting"]:
        made.counts()
    if not optional:
        made.holds("required")
    filled = (
        any(_option(reader, options, key) is not None for key in knowledge["filled"]) if options is not None else False
    )
    if label in knowledge["dates"] or filled:
        made.holds("filled")
    size = _option(reader, options, "length") if options is not None else None
    numbers = re.findall(r"\d+", reader.source.text(size)) if size is not None else []
    made.column(name, node, kind, tuple(int(number) for number in numbers[:1]))


def _decorator_name(reader: Reader, node: Node) -> str:
    inner = unwrapped(parts(node)[0])
    callee = field(inner, "function") if inner.type == "call_expression" else inner
    return reader.source.text(callee) if callee is not None else ""


def _option(reader: Reader, node: Node, name: str) -> Node | None:
    for pair in parts(node):
        key = field(pair, "key")
        if key is not None and reader.source.text(key) == name:
            return field(pair, "value")
    return None


def _property(reader: Reader, node: Node, label: str, table: str, scope: Scope) -> str:
    for decorator in (child for child in node.named_children if child.type == "decorator"):
        call = unwrapped(parts(decorator)[0])
        label_of = reader.source.text(field(call, "function") or call)
        if call.type != "call_expression" or not (
            label_of.endswith("Column") or label_of in table_of("entities")["columns"]
        ):
            continue
        options = next((item for item in given(call) if item.type == "object"), None)
        if options is None:
            continue
        named = _option(reader, options, "name") or _option(reader, options, "fieldName")
        column = reader.source.text(named)[1:-1] if named is not None and named.type == "string" else label
        _declared(reader, options, Ref(f"table:{table}", (column,)), scope)
        return column
    return label


def _declared(reader: Reader, options: Node, subject: Ref, scope: Scope) -> None:
    words, length, default = (_option(reader, options, name) for name in ("enum", "length", "default"))
    if words is not None:
        found = reader.value(words, scope)
        if isinstance(found, Ref):
            found = (
                Call("values", (found,))
                if found.name[:1].isupper() and not found.name.split("@")[0].isupper()
                else found
            )
        if isinstance(found, (Items, Ref, Call)):
            reader.sheet.state(
                "values",
                words,
                scope,
                subject=subject,
                condition=found,
                effect="hint",
                strength="hint",
                source="typeorm",
            )
    if length is not None:
        found = reader.value(length, scope)
        number = Number(found.value) if isinstance(found, (Text, Number)) and found.value.isdigit() else None
        if number is not None:
            reader.sheet.state(
                "require", length, scope, condition=Operation("<=", (Call("length", (subject,)), number)),
                effect="hint", strength="hint", source="typeorm",
            )  # fmt: skip
    if default is not None:
        found = reader.value(default, scope)
        if isinstance(found, (Text, Number, Boolean)):
            reader.sheet.state(
                "default",
                default,
                scope,
                subject=subject,
                value=found,
                effect="assign",
                strength="hard",
                source="typeorm",
            )


def repository(reader: Reader, annotation: Node, holder: Ref, scope: Scope) -> None:
    """`private readonly orders: Repository<Order>` holds the rows of an entity."""
    found = _REPOSITORY.match(reader.source.text(annotation))
    if found is not None:
        known = scope.lookup(found.group(1)) or f"{found.group(1)}@0"
        reader.sheet.repositories[holder.name, holder.path] = Ref(known)
