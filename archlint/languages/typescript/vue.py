"""Vue: values in boxes, properties of components, and components written as objects of options."""

import re
from functools import cache

from tree_sitter import Node

from archlint.languages.typescript import rule_values
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import FUNCTIONS, field, parts, unwrapped
from archlint.model.expression import Call, Expression, Fields, Lambda, Null, Opaque, Ref, Text
from archlint.model.facts import Export
from archlint.terms.idioms import table, words
from archlint.terms.neutral import LITERALS, below
from archlint.terms.scope import Function, Scope

_SPOKEN = re.compile(rb"\b(?:ref|computed|reactive|shallowRef|storeToRefs|useFetch|useAsyncData|defineStore)\s*[<(]")
_REACT = re.compile(rb"""from\s*["'](?:react|preact|solid-js|@angular/core|svelte)\b""")


def speaks(reader: Reader) -> bool:
    """Whether a file is written with Vue, also where its functions are known without being imported."""
    sheet = reader.sheet
    if sheet.boxing is None:
        content = reader.source.content
        path = reader.source.path
        spoken = _SPOKEN.search(content) is not None and _REACT.search(content) is None
        sheet.boxing = path.endswith(".vue") or (spoken and not path.endswith(".svelte"))
    return sheet.boxing


def _known(reader: Reader, name: str, scope: Scope) -> bool:
    """Whether a function is Vue's own: imported from it, or not declared anywhere."""
    if "." in name or not speaks(reader):
        return False
    scoped = scope.lookup(name)
    if scoped is None:
        return True
    return any(item.local == scoped and item.module in words("vue", "modules") for item in reader.sheet.imports)


def recognise(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """A call of Vue: what its result stands for."""
    if name not in _all() or not _known(reader, name, scope):
        return None
    listed = field(node, "arguments")
    given = parts(listed) if listed is not None else []
    if name in words("vue", "properties"):
        return _properties(reader, node, given, scope)
    if name in words("vue", "defaults"):
        return _with_defaults(reader, given, scope)
    arguments = reader.arguments(node, scope)
    if name in words("vue", "boxes"):
        return _kept(arguments[-1 if name.startswith("use") else 0]) if arguments else Opaque(name)
    if name in words("vue", "derived"):
        return _derived(reader, arguments)
    if name in words("vue", "passed"):
        return arguments[0] if arguments else Opaque(name)
    if name in words("vue", "models"):
        member = arguments[0].value if arguments and isinstance(arguments[0], Text) else "modelValue"
        holder = scope.lookup(table("vue")["parameter"])
        return Ref(holder, (member,)) if holder is not None else Opaque(name)
    if name in words("vue", "stores"):
        return _store(reader, arguments, node)
    if name in words("vue", "validating") and len(arguments) > 1:
        model = arguments[1]
        if isinstance(model, Ref):
            rule_values.called(reader, arguments[0], model, node, scope)
        return Opaque("validation")
    if name in words("vue", "watching") and len(arguments) > 1:
        source = reader.sheet.result(arguments[0])
        reader.sheet.applied(arguments[1], (source,), node, scope)
    return Opaque(name)


@cache
def _all() -> frozenset[str]:
    keys = ("boxes", "derived", "passed", "models", "properties", "defaults", "watching", "validating", "stores")
    return frozenset(name for key in keys for name in table("vue")[key])


def _kept(value: Expression) -> Expression:
    # What a box holds at first is often nothing yet, and that says nothing of what it holds later.
    return Opaque("nothing yet") if isinstance(value, Null) else value


def _derived(reader: Reader, arguments: tuple[Expression, ...]) -> Expression:
    function = arguments[-1] if arguments else None
    if isinstance(function, Fields):
        function = function.get("get")
    return reader.sheet.result(function) if isinstance(function, Lambda) else Opaque("computed")


def _properties(reader: Reader, node: Node, given: list[Node], scope: Scope) -> Expression:
    holder = scope.lookup(table("vue")["parameter"])
    if holder is None:
        for item in given:
            reader.value(item, scope)
        return Opaque("properties")
    found = Ref(holder)
    types = field(node, "type_arguments")
    kind = reader.typed(parts(types)[0], scope) if types is not None and parts(types) else None
    if kind is not None:
        reader.sheet.bind(found, kind, node, scope, "type")
    for item in given:
        inner = unwrapped(item)
        declared_properties(reader, inner, found, scope)
    return found


def declared_properties(reader: Reader, node: Node, holder: Ref, scope: Scope) -> None:
    """`{ max: { type: Number, default: 10 } }`: what a property is where the parent hands in nothing."""
    for pair in parts(node) if node.type == "object" else ():
        key, value = field(pair, "key"), field(pair, "value")
        inner = unwrapped(value) if value is not None else None
        if key is None or inner is None or inner.type != "object":
            continue
        for option in parts(inner):
            name, default = field(option, "key"), field(option, "value")
            if name is not None and default is not None and reader.source.text(name) == "default":
                member = Ref(holder.name, (*holder.path, reader.source.text(key).strip("'\"")))
                _default(reader, member, reader.value(default, scope), option, scope)


def _with_defaults(reader: Reader, given: list[Node], scope: Scope) -> Expression:
    found = reader.value(given[0], scope) if given else Opaque("properties")
    inner = unwrapped(given[1]) if len(given) > 1 else None
    for pair in parts(inner) if inner is not None and inner.type == "object" else ():
        key, value = field(pair, "key"), field(pair, "value")
        member = below(found, reader.source.text(key).strip("'\"")) if key is not None else None
        if value is not None and isinstance(member, Ref):
            _default(reader, member, reader.value(value, scope), pair, scope)
    return found


def _default(reader: Reader, subject: Ref, value: Expression, node: Node, scope: Scope) -> None:
    if isinstance(value, LITERALS) and value != Text(""):
        reader.sheet.state(
            "default", node, scope, subject=subject, value=value, effect="assign", strength="soft", source="parameter"
        )


def _store(reader: Reader, arguments: tuple[Expression, ...], node: Node) -> Expression:
    """`defineStore('cart', { state, getters, actions })`: a function that gives the one object."""
    made = next((item for item in reversed(arguments) if isinstance(item, (Lambda, Fields))), None)
    if not isinstance(made, Fields):
        return made or Opaque("store")
    here = reader.sheet.stores.get(id(made))
    if here is None:
        return Opaque("store")
    function = Function(reader.sheet.new_scope(), 0, "", "")
    function.returns.append(((), here))
    reader.sheet.function(function, node)
    return Lambda(function.number)


def emitted(reader: Reader, target: Ref, arguments: tuple[Expression, ...], node: Node, scope: Scope) -> None:
    """`emit('save', order)` calls what the parent handed in under `@save`."""
    event = arguments[0] if arguments else None
    if not isinstance(event, Text):
        return
    known = reader.sheet.known.get(target.name) if not target.path else None
    emitting = table("vue")["emitting"]
    asked = isinstance(known, Call) and known.function in words("vue", "events")
    if target.path and target.path[-1] == emitting:
        holder: Ref | None = Ref(target.name, target.path[:-1])
    elif asked or target.name == f"{emitting}@0":
        name = scope.lookup(table("vue")["parameter"])
        holder = Ref(name) if name is not None else None
    else:
        return
    if holder is not None:
        label = "".join(part[:1].upper() + part[1:] for part in re.findall(r"\w+", event.value))
        reader.sheet.invoke(Ref(holder.name, (*holder.path, f"on{label}")), arguments[1:], node, scope)


# Boxes ---------------------------------------------------------------------------------------------------


def box(reader: Reader, pattern: Node, value: Node, scope: Scope) -> bool:
    """Remembers names whose value stands under `value`; whether a name now holds what may change."""
    callee = field(value, "function") if value.type == "call_expression" else None
    name = reader.source.text(callee) if callee is not None and callee.type == "identifier" else ""
    if not name or not speaks(reader):
        return False
    boxed = words("vue", "boxes") | words("vue", "derived") | words("vue", "models")
    if name in words("vue", "passed") and _known(reader, name, scope) and pattern.type == "identifier":
        return True
    own = name in boxed and _known(reader, name, scope)
    if not own and not re.match(table("vue")["hooks"], name):
        return False
    for identifier in _declared(pattern):
        reader.sheet.boxed.add(scope.declare(reader.source.text(identifier)))
    return own and name not in words("vue", "derived")


def _declared(pattern: Node) -> list[Node]:
    if pattern.type in ("identifier", "shorthand_property_identifier_pattern"):
        return [pattern]
    found: list[Node] = []
    for child in parts(pattern) if pattern.type == "object_pattern" else ():
        inner = field(child, "value") if child.type == "pair_pattern" else child
        if child.type == "object_assignment_pattern":
            inner = field(child, "left")
        if inner is not None:
            found.extend(_declared(inner))
    return found


# Components written as objects ---------------------------------------------------------------------------


def component(reader: Reader, node: Node, scope: Scope) -> Ref | None:
    """What `this` is called in an object of options; None where the object is no component."""
    names = {}
    for child in parts(node):
        key = field(child, "key") if child.type == "pair" else field(child, "name")
        if key is not None:
            names[reader.source.text(key)] = child
    told = any(
        (value := field(names[name], "value")) is not None and unwrapped(value).type == "object"
        for name in words("vue", "options") & names.keys()
    )
    made = any(
        names[name].type == "method_definition" or unwrapped(field(names[name], "value") or node).type in FUNCTIONS
        for name in words("vue", "made") & names.keys()
    )
    sure = reader.source.path.endswith(".vue") or words("vue", "telling") & names.keys()
    if not told and not (made and sure):
        return None
    return Ref(f"{_named(reader, node, scope)}@{scope.number}")


def _named(reader: Reader, node: Node, scope: Scope) -> str:
    """The name that an object is given: by its declaration, its assignment, or the text beside it."""
    outer = node.parent
    while outer is not None and outer.type in ("arguments", "call_expression", "parenthesized_expression"):
        if outer.type == "arguments":
            first = parts(outer)[0] if parts(outer) else None
            if first is not None and first.type == "string":
                return "".join(part.title() for part in re.findall(r"\w+", reader.source.text(first)))
        outer = outer.parent
    holder = None
    if outer is not None and outer.type == "variable_declarator":
        holder = field(outer, "name")
    elif outer is not None and outer.type == "assignment_expression":
        holder = field(outer, "left")
    if holder is None:
        return "Component"
    return reader.source.text(holder).rsplit(".", 1)[-1]


def _listed(value: Expression | None) -> tuple[tuple[str, Expression], ...]:
    return value.entries if isinstance(value, Fields) else ()


def options(reader: Reader, here: Ref, entries: Fields, node: Node, scope: Scope) -> None:
    """Gives the component's parts their meaning: `this.total` is what the function under `computed` returns."""
    for group in words("vue", "functions"):
        for name, value in _listed(entries.get(group)):
            inner = value.get("get") if isinstance(value, Fields) else value
            if inner is None or not isinstance(inner, Lambda):
                continue
            found = inner if group in words("vue", "called") else reader.sheet.result(inner)
            reader.sheet.bind(Ref(here.name, (name,)), found, node, scope)
    for name, value in _listed(entries.get("props")):
        given = value.get("default") if isinstance(value, Fields) else None
        place = next((span for key, span, _ in reader.sheet.keyed(value) if key == "default"), None)
        if place is not None and isinstance(given, LITERALS) and given != Text(""):
            reader.sheet.state(
                "default", place, scope, subject=Ref(here.name, (name,)), value=given, effect="assign",
                strength="soft", source="parameter", text=reader.source.excerpt(place),
            )  # fmt: skip
    drawn = entries.get("template")
    if isinstance(drawn, Text) and drawn.value.startswith("#"):
        reader.sheet.exports.append(Export(drawn.value, here.name))
    for group in words("vue", "made"):
        made = entries.get(group)
        result = reader.sheet.result(made) if isinstance(made, Lambda) else made
        if isinstance(result, Fields):
            for name, value in result.entries:
                reader.sheet.bind(Ref(here.name, (name,)), _kept(value), node, scope)
    rules = entries.get("validations")
    rules = reader.sheet.result(rules) if isinstance(rules, Lambda) else rules
    if isinstance(rules, Fields):
        rule_values.called(reader, rules, here, node, scope)
