"""What links of schemas say beyond one condition: predicates, conditional rules, elements, sets taken apart."""

from tree_sitter import Node

from archlint.languages.typescript import meanings
from archlint.languages.typescript.meanings import Stated, shown
from archlint.languages.typescript.schema_state import Link, Reading, Root, State, rows_of
from archlint.languages.typescript.syntax import FUNCTIONS, field, parts, unwrapped
from archlint.model.expression import Boolean, Expression, Items, Null, Number, Operation, Ref, Text
from archlint.terms.clauses import clauses, listed, message
from archlint.terms.neutral import negated


def _each(
    reading: Reading, clause: tuple[str, ...], given: list[Node], first: Node, call: Node, state: State, into: Stated,
    holder: Ref | None,
) -> None:  # fmt: skip
    for node in given:
        reading.element(node, into)


def _more_fields(
    reading: Reading, clause: tuple[str, ...], given: list[Node], first: Node, call: Node, state: State, into: Stated,
    holder: Ref | None,
) -> None:  # fmt: skip
    for node in given[:1]:
        reading.fields(node, state.library, into)


def _refine(
    reading: Reading, clause: tuple[str, ...], given: list[Node], first: Node, call: Node, state: State, into: Stated,
    holder: Ref | None,
) -> None:  # fmt: skip
    """`.refine(d => d.end > d.start, 'message')`, `.test('name', 'message', v => …)`."""
    function, values = None, []
    for node in given:
        inner = unwrapped(node)
        option = _option(reading, inner, "test") if inner.type == "object" else None
        if inner.type in FUNCTIONS and function is None:
            function = inner
        elif option is not None and unwrapped(option).type in FUNCTIONS:
            function = unwrapped(option)
        elif inner.type == "identifier" and function is None and node == given[0]:
            function = inner
        else:
            values.append(reading.reader.value(node, into.scope))
    if function is None:
        return
    found = meanings.predicate(reading.reader, function, (into.subject,), into.scope)
    if found is None or isinstance(found, Boolean):
        return
    body = field(function, "body") if function.type in FUNCTIONS else None
    place = body if body is not None and body.type != "statement_block" else None
    start, end = (place, place) if place is not None else (first, call)
    # The first text of `test('name', 'message', …)` names the test.
    texts = [item for item in values if isinstance(item, Text)]
    told = message(tuple(values[values.index(texts[-1]) :] if texts else values), 0)
    reading.reader.sheet.state(
        "require", reading.reader.source.span(start, end), into.scope, condition=found, guards=into.guards,
        source=into.source, effect=into.effect, strength=into.strength, message=told,
        text=shown(reading.reader, start, end),
    )  # fmt: skip


def _option(reading: Reading, node: Node, name: str) -> Node | None:
    for pair in parts(node):
        key = field(pair, "key")
        if key is not None and reading.reader.source.text(key) == name:
            return field(pair, "value")
        named = field(pair, "name")
        if pair.type == "method_definition" and named is not None and reading.reader.source.text(named) == name:
            return pair
    return None


def _effects(
    reading: Reading, clause: tuple[str, ...], given: list[Node], first: Node, call: Node, state: State, into: Stated,
    holder: Ref | None,
) -> None:  # fmt: skip
    for node in given:
        reading.visit(node, into)


def _or(
    reading: Reading, clause: tuple[str, ...], given: list[Node], first: Node, call: Node, state: State, into: Stated,
    holder: Ref | None,
) -> None:  # fmt: skip
    """`.or(z.literal(''))` lets an empty text through; any other alternative undoes what the chain required."""
    for node in given:
        root, links = reading.chain(node, into.scope)
        text = reading.reader.source.text(root.node)
        if root.library and not links and (text.endswith(("('')", '("")', ".null()", ".undefined()"))):
            if text.endswith((".null()", ".undefined()")):
                reading.say(("nullable",), [], first, call, state, into, holder)
            continue
        reading.reader.value(node, into.scope)
        statements = reading.reader.sheet.statements
        statements[state.start :] = [
            item for item in statements[state.start :] if item.source != into.source or item.kind == "optional"
        ]
        state.absent = True


def _less(
    reading: Reading, clause: tuple[str, ...], given: list[Node], first: Node, call: Node, state: State, into: Stated,
    holder: Ref | None,
) -> None:  # fmt: skip
    """`.exclude(['x'])` and `.extract(['x'])` of a set of words that is written out."""
    values = [reading.reader.value(node, into.scope) for node in given[:1]]
    statements = reading.reader.sheet.statements
    found = [item for item in statements[state.start :] if item.kind == "values" and item.subject == into.subject]
    statements[state.start :] = [item for item in statements[state.start :] if item not in found]
    known = found[0].condition if found else None
    if clause[0] == "only" and values and isinstance(values[0], Items):
        reading.write(("one", "of", "$1"), (values[0],), first, call, into)
    elif isinstance(known, Items) and values and isinstance(values[0], Items):
        kept = tuple(item for item in known.items if item not in values[0].items)
        reading.write(("one", "of", "$1"), (Items(kept),), first, call, into)


def _allow(
    reading: Reading, clause: tuple[str, ...], given: list[Node], first: Node, call: Node, state: State, into: Stated,
    holder: Ref | None,
) -> None:  # fmt: skip
    values = [reading.reader.value(node, into.scope) for node in given]
    if any(isinstance(value, Null) for value in values):
        state.required = False
        reading.write(("nullable",), (), first, call, into)


def _keep(
    reading: Reading, clause: tuple[str, ...], given: list[Node], first: Node, call: Node, state: State, into: Stated,
    holder: Ref | None,
) -> None:  # fmt: skip
    for node in given:
        reading.visit(node, into)


def _when(
    reading: Reading, clause: tuple[str, ...], given: list[Node], first: Node, call: Node, state: State, into: Stated,
    holder: Ref | None,
) -> None:  # fmt: skip
    """`.when('kind', { is: 'x', then: s => s.required(), otherwise: … })`."""
    state.absent = True
    options = unwrapped(given[1]) if len(given) > 1 else None
    test = (
        _tested(reading, given[0], options, into, holder) if options is not None and options.type == "object" else None
    )
    if test is None or options is None:
        for node in given:
            reading.visit(node, into)
        return
    for name, guard in (("then", test), ("otherwise", negated(test))):
        branch = _option(reading, options, name)
        if branch is None:
            continue
        inner = unwrapped(branch)
        target = into._replace(guards=(*into.guards, guard))
        _branch(reading, inner, target, holder, state)


def _branch(reading: Reading, node: Node, into: Stated, holder: Ref | None, state: State) -> None:
    selves: frozenset[str] = frozenset()
    if node.type in FUNCTIONS:
        single, listed = field(node, "parameter"), field(node, "parameters")
        names = [single] if single is not None else parts(listed) if listed is not None else []
        selves = frozenset(reading.reader.source.text(item).split(":")[0].strip() for item in names)
        body = _body(node)
        if body is None:
            return
        node = body
    root, links = reading.chain(node, into.scope)
    _apply_kind(reading, root, links, into, holder, selves, state)


def _body(function: Node) -> Node | None:
    """What a function that does nothing else gives back."""
    body = field(function, "body")
    if body is None or body.type != "statement_block":
        return body
    returned = [item for item in parts(body) if item.type == "return_statement" and parts(item)]
    return parts(returned[0])[0] if len(returned) == 1 else None


def _apply_kind(
    reading: Reading,
    root: Root,
    links: list[Link],
    into: Stated,
    holder: Ref | None,
    selves: frozenset[str],
    outer: State,
) -> State:
    """The links of a branch; a branch that says `any` goes on with the kind the chain has."""
    if not root.library and not (root.node.type == "identifier" and reading.reader.source.text(root.node) in selves):
        return reading.apply(root, links, into, holder, selves)
    start = len(reading.reader.sheet.statements)
    state = State(outer.library, outer.kind, start)
    if root.library:
        row = rows_of(root.library)["make"].get(root.name, "any")
        if row.split(";")[0] != "any" and outer.kind == "any":
            state.kind = row.split(";")[0].split()[0]
        for clause in clauses(row)[1:]:
            reading.say(clause, reading.given(root.node), root.node, root.node, state, into, holder)
        if row.startswith("words"):
            state.kind = outer.kind
    reading.links(links, state, into, holder)
    return state


def _tested(reading: Reading, subject: Node, options: Node, into: Stated, holder: Ref | None) -> Expression | None:
    tested = unwrapped(subject)
    node = _option(reading, options, "is")
    if tested.type == "string" and holder is not None:
        name = reading.reader.source.text(tested)[1:-1]
        field_of: Expression = Ref(holder.name, (*holder.path, *name.split(".")))
    else:
        return None
    if node is None:
        return None
    inner = unwrapped(node)
    if inner.type in FUNCTIONS:
        return meanings.predicate(reading.reader, inner, (field_of,), into.scope)
    if inner.type == "call_expression":
        return _tested_schema(reading, inner, field_of, into)
    value = reading.reader.value(node, into.scope)
    if isinstance(value, Boolean):
        return field_of if value.value else negated(field_of)
    return Operation("=", (field_of, value)) if isinstance(value, (Text, Number, Ref)) else None


def _tested_schema(reading: Reading, node: Node, field_of: Expression, into: Stated) -> Expression | None:
    """`is: Joi.valid('a', 'b')`, `is: Joi.exist()`."""
    root, links = reading.chain(node, into.scope)
    calls = [(link.name, link.call) for link in links]
    if root.library:
        calls.insert(0, (root.name, root.node))
    found: Expression | None = None
    for name, call in calls:
        row = rows_of(root.library or into.source).get("any", {}).get(name, "")
        if row == "one of $*":
            items = listed(tuple(reading.reader.value(item, into.scope) for item in reading.given(call)))
            found = Operation("in", (field_of, items)) if items is not None else None
        elif row == "required" and found is None:
            found = negated(Operation("is null", (field_of,)))
    return found


SAYING = {
    "each": _each,
    "fields": _more_fields,
    "refine": _refine,
    "effects": _effects,
    "or": _or,
    "less": _less,
    "only": _less,
    "allow": _allow,
    "keep": _keep,
    "when": _when,
}
