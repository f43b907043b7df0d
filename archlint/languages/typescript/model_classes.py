"""Models that are declared as objects: Sequelize's `define` and `init`, Mongoose's schemas."""

import re

from tree_sitter import Node

from archlint.languages.typescript import meanings
from archlint.languages.typescript.chains import given
from archlint.languages.typescript.declaring import DeclaredTable, literals, pairs, spreads
from archlint.languages.typescript.meanings import Stated, shown
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import FUNCTIONS, field, parts, unwrapped
from archlint.model.expression import Boolean, Call, Expression, Fields, Items, Number, Operation, Ref, Text
from archlint.model.facts import TableUse
from archlint.terms.clauses import clauses, message
from archlint.terms.idioms import table, words
from archlint.terms.scope import Scope

_VOWELS = "aeiou"
_HOOKS = re.compile(rb"\b(?:before(?:Create|Validate|Save)|addHook)\b|\.pre\(\s*\[?\s*['\"](?:save|validate)['\"]")


def declared(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """`sequelize.define('Order', { … })`, `Order.init({ … }, { sequelize })`, `new Schema({ … })`."""
    last = name.rsplit(".", 1)[-1]
    if last in words("sequelize", "makers") and "." in name:
        return _sequelize(reader, node, name, last, scope)
    if name in words("mongoose", "makers") and node.type == "new_expression":
        return _mongoose(reader, node, scope)
    return None


# Sequelize -----------------------------------------------------------------------------------------------


def _sequelize(reader: Reader, node: Node, name: str, last: str, scope: Scope) -> Expression | None:
    nodes = [unwrapped(item) for item in given(node)]
    named = last == "define"
    objects = nodes[1:] if named else nodes
    if not objects or objects[0].type != "object" or (named and nodes[0].type != "string"):
        return None
    fields = pairs(reader, objects[0])
    if not any(_typed(reader, value) for _, value in fields.values()):
        return None
    options = pairs(reader, objects[1]) if len(objects) > 1 else {}
    label = reader.source.text(nodes[0])[1:-1] if named else name.rsplit(".", 1)[0]
    told = _text(reader, options, "tableName")
    made = DeclaredTable(reader, told or _plural(label), scope, whole=False)
    members = []
    for key, (pair, value) in fields.items():
        members.append((key, _attribute(made, key, pair, unwrapped(value))))
    made.done(node)
    _known_as(reader, node, label, made.table, tuple(members), scope)
    return Call("table", (Text(made.table),))


def _text(reader: Reader, options: dict[str, tuple[Node, Node]], key: str) -> str:
    found = options.get(key)
    return reader.source.text(found[1])[1:-1] if found is not None and found[1].type == "string" else ""


def _typed(reader: Reader, value: Node) -> bool:
    """Whether a value is a type of Sequelize, or has one."""
    inner = unwrapped(value)
    if inner.type == "object":
        kind = pairs(reader, inner).get("type")
        return kind is not None and _typed(reader, kind[1])
    return _kind_of(reader, inner)[0] in table("sequelize")["types"]


def _kind_of(reader: Reader, node: Node) -> tuple[str, Node | None]:
    """The member of DataTypes that a node names, and the call of it."""
    call = node if node.type == "call_expression" else None
    callee = field(node, "function") if call is not None else node
    text = reader.source.text(callee) if callee is not None else ""
    pieces = text.split(".")
    if len(pieces) > 1 and ".".join(pieces[:-1]) in words("sequelize", "holders"):
        return pieces[-1], call
    if len(pieces) > 2 and pieces[0] in words("sequelize", "holders"):
        # `DataTypes.INTEGER.UNSIGNED`
        return pieces[1], call
    return "", None


def _attribute(made: DeclaredTable, key: str, pair: Node, value: Node) -> str:
    reader = made.reader
    options = pairs(reader, value) if value.type == "object" else {"type": (pair, value)}
    column = _text(reader, options, "field") or key
    made.start()
    kind, size = "", tuple[int, ...]()
    if "type" in options:
        kind, size = _type(made, column, unwrapped(options["type"][1]), options)
    for option, (place, inner) in options.items():
        _option(made, column, option, place, inner)
    if kind != "":
        made.column(column, pair, kind, size)
    return column


def _type(
    made: DeclaredTable, column: str, node: Node, options: dict[str, tuple[Node, Node]]
) -> tuple[str, tuple[int, ...]]:
    reader = made.reader
    name, call = _kind_of(reader, node)
    values = [reader.value(item, made.scope) for item in given(call)] if call is not None else []
    if name == "ENUM":
        listed: Expression | None = Items(tuple(values))
        if len(values) == 1 and not isinstance(values[0], Text):
            inner = values[0].get("values") if isinstance(values[0], Fields) else values[0]
            listed = inner.operands[0] if isinstance(inner, Operation) and inner.operator == "concat" else inner
        place = node
        if not values and "values" in options:
            place = options["values"][1]
            listed = reader.value(place, made.scope)
        if isinstance(listed, (Items, Ref, Call)) and listed != Items(()):
            made.words(column, listed, place)
    numbers = tuple(int(item.value) for item in values if isinstance(item, Number) and item.value.isdigit())
    if name in ("STRING", "CHAR") and numbers and not _measured(reader, options):
        made.longest(column, Number(str(numbers[0])), node)
    return table("sequelize")["types"].get(name, ""), numbers


def _measured(reader: Reader, options: dict[str, tuple[Node, Node]]) -> bool:
    """Whether a validator says the length too: then it is the attribute's own word."""
    return "validate" in options and "len" in pairs(reader, unwrapped(options["validate"][1]))


def _option(made: DeclaredTable, column: str, option: str, place: Node, value: Node) -> None:
    reader, scope = made.reader, made.scope
    if option in ("type", "field", "values", "comment", "references"):
        return
    if option == "validate":
        for key, (pair, inner) in pairs(reader, unwrapped(value)).items():
            _validator(made, column, key, pair, inner)
        return
    if unwrapped(value).type in FUNCTIONS:
        reader.value(value, scope)
        return
    found = reader.value(value, scope)
    if option == "allowNull" and found == Boolean(False):
        made.required(column, place)
    elif option == "defaultValue":
        made.default(column, found, value)
    elif option == "autoIncrement" and found == Boolean(True):
        made.counts()
    elif option in ("unique", "primaryKey") and found == Boolean(True):
        made.unique((column,), place, option == "primaryKey")


def _validator(made: DeclaredTable, column: str, key: str, pair: Node, value: Node) -> None:
    """`min: 1`, `len: [2, 10]`, `isIn: { args: [['a', 'b']], msg: '…' }`, or a function that throws."""
    reader = made.reader
    row = table("sequelize")["validate"].get(key)
    inner = unwrapped(value)
    if row is None or inner.type in FUNCTIONS:
        reader.value(value, made.scope)
        return
    options = pairs(reader, inner)
    told = reader.value(value, made.scope)
    found = told.get("args") if isinstance(told, Fields) and "args" in options else told
    if found is None or found == Boolean(False):
        return
    arguments = () if isinstance(found, (Boolean, Fields)) else literals(found)
    if len(arguments) == 1 and isinstance(arguments[0], Items) and row.startswith(("one", "none")):
        arguments = arguments[:1]
    elif row.startswith(("one", "none")):
        arguments = (Items(arguments),)
    if key == "len" and len(arguments) == 1:
        # One number is the least length alone.
        row = "length >= $1"
    if isinstance(told, Fields):
        arguments = (*arguments, Fields((("message", told.get("msg") or Text("")),)))
    into = Stated(made.subject(column), made.scope, "sequelize")
    for clause in clauses(row):
        meanings.state(reader, clause, arguments, reader.source.span(pair), shown(reader, pair, pair), into)


# Mongoose ------------------------------------------------------------------------------------------------


def _mongoose(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    nodes = [unwrapped(item) for item in given(node)]
    if not nodes or nodes[0].type != "object":
        return None
    owner = node.parent
    while owner is not None and owner.type in ("as_expression", "satisfies_expression", "parenthesized_expression"):
        owner = owner.parent
    variable = field(owner, "name") if owner is not None and owner.type == "variable_declarator" else None
    label = reader.source.text(variable) if variable is not None else ""
    model, collection = _model_of(reader, label)
    if not model:
        # A schema inside of another one has no collection of its own.
        reader.value(nodes[0], scope)
        return Call("schema", ())
    options = pairs(reader, nodes[1]) if len(nodes) > 1 else {}
    told = collection or _text(reader, options, "collection") or _plural(model.lower())
    grows = re.search(rf"\b{re.escape(label)}\.(?:add|plugin|discriminator)\(".encode(), reader.source.content)
    made = DeclaredTable(reader, told, scope, whole=grows is None and not spreads(nodes[0]) and "strict" not in options)
    members = []
    for key, (pair, value) in pairs(reader, nodes[0]).items():
        made.start()
        kind, array = _field(made, (key,), pair, unwrapped(value))
        made.column(key, pair, kind, array=array)
        members.append((key, key))
    _own_fields(made, node, "timestamps" in options)
    made.done(node)
    _known_as(reader, node, model, told, tuple(members), scope)
    return Call("table", (Text(told),))


def _own_fields(made: DeclaredTable, node: Node, stamped: bool) -> None:
    """What Mongoose adds by itself."""
    known = {column.name for column in made.columns}
    for name in ("_id", "__v", *(("createdAt", "updatedAt") if stamped else ())):
        if name not in known:
            made.start()
            made.counts()
            made.column(name, node, "timestamp" if name.endswith("At") else "text")


def _model_of(reader: Reader, schema: str) -> tuple[str, str]:
    """The model that is made of a schema in this file, and the collection if it is named."""
    if not schema:
        return "", ""
    pattern = (
        rf"""\bmodel\s*(?:<[^;()]*>)?\s*\(\s*['"](\w+)['"]\s*,\s*{re.escape(schema)}\b(?:\s*,\s*['"]([\w.-]+)['"])?"""
    )
    found = re.search(pattern.encode(), reader.source.content)
    if found is None:
        # It is made elsewhere: the schema's own name says of what.
        bare = re.sub(r"_?[sS]chema$", "", schema)
        return (bare[:1].upper() + bare[1:], "") if bare != schema and _exported(reader, schema) else ("", "")
    return found.group(1).decode(), (found.group(2) or b"").decode()


def _exported(reader: Reader, name: str) -> bool:
    pattern = rf"\bexport\b[^;\n]*\b{re.escape(name)}\b|\bexports\b[^;\n]*\b{re.escape(name)}\b"
    return re.search(pattern.encode(), reader.source.content) is not None


def _field(made: DeclaredTable, path: tuple[str, ...], pair: Node, value: Node) -> tuple[str, bool]:
    """The type of a field, after all that its options say is written down."""
    reader = made.reader
    if value.type == "array":
        inner = parts(value)
        if inner and unwrapped(inner[0]).type == "object":
            _field(made, (*path, "[]"), pair, unwrapped(inner[0]))
        return "json", True
    if value.type != "object":
        reader.value(value, made.scope)
        return table("mongoose")["types"].get(reader.source.text(value).rsplit(".", 1)[-1], "json"), False
    options = pairs(reader, value)
    kind = options.get("type")
    if kind is None or unwrapped(kind[1]).type == "object":
        for key, (inner_pair, inner_value) in options.items():
            _field(made, (*path, key), inner_pair, unwrapped(inner_value))
        return "json", False
    subject = Ref(f"table:{made.table}", path)
    for option, (place, inner_value) in options.items():
        if option != "type":
            _schema_option(made, subject, option, place, inner_value)
    listed = unwrapped(kind[1])
    if listed.type == "array":
        return "json", True
    return table("mongoose")["types"].get(reader.source.text(listed).rsplit(".", 1)[-1], "json"), False


def _schema_option(made: DeclaredTable, subject: Ref, option: str, place: Node, value: Node) -> None:
    reader, scope = made.reader, made.scope
    inner = unwrapped(value)
    if option == "validate":
        _validated(made, subject, place, inner)
        return
    if inner.type in FUNCTIONS:
        reader.value(value, scope)
        return
    row = table("mongoose")["options"].get(option)
    found = reader.value(value, scope)
    if option == "unique" and found == Boolean(True) and len(subject.path) == 1:
        made.unique(subject.path, place)
        return
    if row is None or (found == Boolean(False) and option != "default"):
        return
    if option == "default" and len(subject.path) == 1:
        made.default(subject.path[0], found, value, "mongoose")
        return
    arguments = literals(found) if option not in ("enum",) else (found,)
    if option == "enum" and isinstance(found, Fields):
        listed = found.get("values")
        arguments = (
            listed if listed is not None else Call("values", (found,)),
            Fields((("message", found.get("message") or Text("")),)),
        )
    elif option == "enum" and isinstance(found, Ref):
        arguments = (found,)
    if option == "required" and len(subject.path) == 1:
        made.required(subject.path[0], place, "mongoose")
        return
    into = Stated(subject, scope, "mongoose")
    for clause in clauses(row):
        meanings.state(reader, clause, arguments, reader.source.span(place), shown(reader, place, place), into)


def _validated(made: DeclaredTable, subject: Ref, place: Node, value: Node) -> None:
    """`validate: v => v > 0`, `validate: { validator: …, message: '…' }`."""
    reader = made.reader
    options = pairs(reader, value)
    tester = unwrapped(options["validator"][1]) if "validator" in options else value
    told = reader.value(options["message"][1], made.scope) if "message" in options else Text("")
    if tester.type not in (*FUNCTIONS, "identifier"):
        return
    condition = meanings.predicate(reader, tester, (subject,), made.scope)
    if condition is not None:
        reader.sheet.state(
            "require", place, made.scope, condition=condition, source="mongoose", message=message((told,), 0)
        )


# Names ---------------------------------------------------------------------------------------------------


def _known_as(
    reader: Reader, node: Node, model: str, name: str, members: tuple[tuple[str, str], ...], scope: Scope
) -> None:
    """The model's class stands for the table."""
    local = scope.lookup(model) or f"{model}@{scope.number}"
    reader.sheet.tables.append(
        TableUse(
            name=local,
            table=name,
            span=reader.source.span(node),
            fields=members,
            filled=tuple(column for key, column in members if _filled(reader, key)),
        )
    )


def _filled(reader: Reader, member: str) -> bool:
    """Whether a hook of the file gives a member its value: `order.code = …` behind `beforeCreate`, `this.code = …`."""
    if _HOOKS.search(reader.source.content) is None:
        return False
    return re.search(rf"(?<![\w.])\w+\.{re.escape(member)}\s*\??\??=(?!=)".encode(), reader.source.content) is not None


def _plural(name: str) -> str:
    """The name of a collection as the libraries make it of a model's name."""
    known: dict[str, str] = table("mongoose")["plurals"]
    low = name.lower()
    for word, many in known.items():
        if low.endswith(word):
            return name[: len(name) - len(word)] + (many if name[-len(word)].islower() else many.capitalize())
    if low.endswith("y") and len(low) > 1 and low[-2] not in _VOWELS:
        return name[:-1] + "ies"
    if low.endswith(("s", "x", "z", "ch", "sh")):
        return name if low.endswith("s") and not low.endswith("ss") else name + "es"
    return name + "s"
