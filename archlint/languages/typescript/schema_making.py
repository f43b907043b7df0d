"""What the constructors of schema libraries make: objects, lists, unions, and schemas around schemas."""

from tree_sitter import Node

from archlint.languages.typescript.meanings import Stated
from archlint.languages.typescript.schema_state import Reading, Root, State, key_of, rows_of
from archlint.languages.typescript.syntax import FUNCTIONS, field, parts, unwrapped
from archlint.model.expression import Call, Expression, Items, Null, Number, Operation, Ref, Text
from archlint.terms.clauses import clauses
from archlint.terms.neutral import within


def _object(reading: Reading, nodes: list[Node], state: State, into: Stated, holder: Ref | None, root: Root) -> None:
    state.kind = "object"
    for node in nodes:
        reading.fields(node, state.library, into)


def _list(reading: Reading, nodes: list[Node], state: State, into: Stated, holder: Ref | None, root: Root) -> None:
    state.kind = "list"
    for node in nodes:
        reading.element(node, into)


def _record(reading: Reading, nodes: list[Node], state: State, into: Stated, holder: Ref | None, root: Root) -> None:
    for node in nodes[-1:]:
        reading.read(node, into._replace(subject=Ref(into.subject.name, (*into.subject.path, "{}"))), None)


def _tuple(reading: Reading, nodes: list[Node], state: State, into: Stated, holder: Ref | None, root: Root) -> None:
    for node in nodes:
        for index, item in enumerate(parts(node) if node.type == "array" else ()):
            reading.read(item, into._replace(subject=Ref(into.subject.name, (*into.subject.path, str(index)))), None)


def _through(reading: Reading, nodes: list[Node], state: State, into: Stated, holder: Ref | None, root: Root) -> None:
    for node in reading.given(root.node):
        if node in nodes:
            inner = reading.read(node, into, holder)
            state.take(inner)
        elif unwrapped(node).type in FUNCTIONS:
            reading.reader.value(node, into.scope)


def _lazy(reading: Reading, nodes: list[Node], state: State, into: Stated, holder: Ref | None, root: Root) -> None:
    for node in nodes:
        body = field(unwrapped(node), "body") if unwrapped(node).type in FUNCTIONS else None
        if body is not None and body.type != "statement_block":
            inner = reading.read(body, into, holder)
            state.take(inner)
        else:
            reading.reader.value(node, into.scope)


def _both(reading: Reading, nodes: list[Node], state: State, into: Stated, holder: Ref | None, root: Root) -> None:
    for node in nodes:
        for item in parts(unwrapped(node)) if unwrapped(node).type == "array" else (node,):
            state.kind = reading.read(item, into, holder).kind


def _union(reading: Reading, nodes: list[Node], state: State, into: Stated, holder: Ref | None, root: Root) -> None:
    state.kind = "any"
    for node in nodes:
        items = parts(unwrapped(node)) if unwrapped(node).type == "array" else []
        _alternatives(reading, items, root.node, state, into, holder)


def _alternatives(
    reading: Reading, items: list[Node], call: Node, state: State, into: Stated, holder: Ref | None
) -> None:
    words: list[Expression] = []
    others: list[Node] = []
    nothing = False
    for item in items:
        known, links = reading.chain(item, into.scope)
        row = rows_of(known.library).get("make", {}).get(known.name, "") if known.library else ""
        if row.startswith("nothing") and not links:
            nothing = True
        elif row == "words; one of $1" and not links and reading.given(known.node):
            value = reading.reader.value(reading.given(known.node)[0], into.scope)
            nothing = nothing or isinstance(value, Null)
            words.extend(value.items if isinstance(value, Items) else () if isinstance(value, Null) else (value,))
        else:
            others.append(item)
    if nothing:
        state.required = False
        reading.say(("nullable",), [], call, call, state, into, holder)
    if words and not others and all(isinstance(item, (Text, Number)) for item in words):
        listed = (Items(tuple(words)),)
        reading.write(("one", "of", "$1"), listed, call, call, into)
    elif len(others) == 1 and all(item == Text("") for item in words):
        inner = reading.read(others[0], into, holder)
        state.kind = inner.kind
        state.required = inner.required if state.required is None else state.required
    else:
        for other in others:
            reading.reader.value(other, into.scope)


def _variants(reading: Reading, nodes: list[Node], state: State, into: Stated, holder: Ref | None, root: Root) -> None:
    """`discriminatedUnion('kind', [ … ])`: each variant holds where its own word stands in the field."""
    given = reading.given(root.node)
    label = reading.reader.value(given[0], into.scope) if given else Null()
    statements = reading.reader.sheet.statements
    words: list[Expression] = []
    whole = True
    for node in nodes:
        for item in parts(unwrapped(node)) if unwrapped(node).type == "array" else ():
            guard = _variant(reading, item, label, into)
            if guard is None:
                whole = False
                reading.reader.value(item, into.scope)
                continue
            member, word = guard.operands
            words.append(word)
            before = len(statements)
            reading.read(item, into._replace(guards=(*into.guards, guard)), holder)
            # What a variant says of the field that picks it is true by itself.
            statements[before:] = [
                found
                for found in statements[before:]
                if found.condition is None or member not in within(found.condition)
            ]
    if whole and words and isinstance(label, Text):
        field_of = into._replace(subject=Ref(into.subject.name, (*into.subject.path, label.value)))
        for clause, values in ((("one", "of", "$1"), (Items(tuple(words)),)), (("required",), ())):
            reading.write(clause, values, root.node, root.node, field_of)
    state.kind = "object"


def _variant(reading: Reading, item: Node, label: Expression, into: Stated) -> Operation | None:
    root, _ = reading.chain(item, into.scope)
    given = reading.given(root.node) if root.library else []
    if not isinstance(label, Text) or not given or unwrapped(given[0]).type != "object":
        return None
    for pair in parts(unwrapped(given[0])):
        key, value = field(pair, "key"), field(pair, "value")
        if key is None or value is None or key_of(reading.reader, key) != label.value:
            continue
        inner, links = reading.chain(value, into.scope)
        words = reading.given(inner.node) if inner.library and not links else []
        if words and unwrapped(words[0]).type == "string":
            member = Ref(into.subject.name, (*into.subject.path, label.value))
            return Operation("=", (member, reading.reader.value(words[0], into.scope)))
    return None


def around(
    reading: Reading, name: str, given: list[Node], root: Root, state: State, into: Stated, holder: Ref | None
) -> None:
    """`size(string(), 1, 40)`: a schema, and what else holds."""
    inner = reading.read(given[0], into, holder)
    state.take(inner)
    row = reading.meaning(state, name)
    for clause in clauses(row) if row else ():
        reading.say(clause, given[1:], root.node, root.node, state, into, holder)


def pipe(reading: Reading, given: list[Node], state: State, into: Stated, holder: Ref | None) -> None:
    inner = reading.read(given[0], into, holder)
    state.take(inner)
    for action in given[1:]:
        _action(reading, unwrapped(action), state, into, holder)


def _action(reading: Reading, call: Node, state: State, into: Stated, holder: Ref | None) -> None:
    callee = field(call, "function") if call.type == "call_expression" else None
    known = reading.names.constructor(unwrapped(callee), into.scope) if callee is not None else None
    if known is None:
        reading.reader.value(call, into.scope)
        return
    row = reading.meaning(state, known[1])
    given = reading.given(call)
    if row == "forward" and given:
        _action(reading, unwrapped(given[0]), state, into, holder)
    elif row:
        for clause in clauses(row):
            reading.say(clause, given, call, call, state, into, holder)
    elif known[1] in rows_of(known[0])["make"]:
        reading.read(call, into, holder)
    else:
        for node in given:
            reading.reader.value(node, into.scope)


def derived_function(reading: Reading, form: str, given: list[Node], into: Stated, state: State) -> None:
    """`partial(Schema)`, `pick(Schema, ['a'])`."""
    inner = reading.inner(given[0], into)
    keys = reading.keys(given[1:2], into)
    if inner is not None:
        reading.reader.sheet.bind(into.subject, Call(form, (inner, *keys)), given[0], into.scope, "derived")
    state.kind, state.absent = "object", True


MAKING = {
    "object": _object,
    "list": _list,
    "record": _record,
    "tuple": _tuple,
    "through": _through,
    "lazy": _lazy,
    "both": _both,
    "union": _union,
    "variants": _variants,
}
