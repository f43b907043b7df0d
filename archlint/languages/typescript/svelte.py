"""Svelte: runes, stores, and the actions that forms of a page are sent to."""

import re

from tree_sitter import Node

from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import field, parts
from archlint.model.expression import Call, Expression, Fields, Lambda, Null, Opaque, Ref
from archlint.terms.idioms import table, words
from archlint.terms.scope import Function, Scope

_ACTIONS = re.compile(r"(?:^|/)src/routes/(.*?)/?\+page\.server\.[jt]s$")
_GROUP = re.compile(r"\([^)]*\)/?")


def recognise(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """A rune or a helper of Svelte."""
    if name in words("svelte", "remote") and _served(reader, name, scope):
        return _remote(reader, node, scope)
    known = words("svelte", "forms") if not name.startswith("$") else _runes()
    if name not in known or (scope.lookup(name.split(".", 1)[0]) is not None and name.startswith("$")):
        return None
    if name in words("svelte", "properties"):
        holder = scope.lookup(table("vue")["parameter"])
        return Ref(holder) if holder is not None else None
    arguments = reader.arguments(node, scope)
    first = arguments[0] if arguments else Null()
    if name in words("svelte", "computed"):
        return reader.sheet.result(first) if isinstance(first, Lambda) else Opaque(name)
    if name in words("svelte", "forms"):
        return Fields((("form", first), ("errors", Opaque("errors")), ("enhance", Opaque("enhance"))))
    return Opaque("nothing yet") if isinstance(first, Null) else first


def _served(reader: Reader, name: str, scope: Scope) -> bool:
    scoped = scope.lookup(name)
    return any(item.local == scoped and item.module in words("svelte", "servers") for item in reader.sheet.imports)


def _remote(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    """`command(schema, async (order) => …)`: a function of the server that a page calls by its name."""
    arguments = reader.arguments(node, scope)
    function = arguments[-1] if arguments else None
    if not isinstance(function, Lambda):
        return function
    fact = next((item for item in reversed(reader.sheet.functions) if item.scope == function.scope), None)
    if len(arguments) > 1 and fact is not None and fact.parameters:
        target = Ref(fact.parameters[0])
        reader.sheet.bind(target, Call("validated", (arguments[0], target)), node, scope)
    return function


def _runes() -> frozenset[str]:
    keys = ("held", "derived", "computed", "properties", "handed")
    return frozenset().union(*(words("svelte", key) for key in keys))


def changes(reader: Reader, value: Node) -> bool:
    """Whether a name holds what may change, though it is declared once."""
    callee = field(value, "function") if value.type == "call_expression" else None
    return callee is not None and reader.source.text(callee).split("<", 1)[0] in words("svelte", "held")


def action(reader: Reader, node: Node, function: Function, scope: Scope) -> bool:
    """`export const actions = { create: async ({ request }) => … }` answers the forms of its page."""
    found = _ACTIONS.search(reader.source.path)
    if found is None or function.parent != 0:
        return False
    key = field(node, "name") if node.type == "method_definition" else None
    holder = node.parent
    while holder is not None and holder.type in ("parenthesized_expression", "satisfies_expression", "as_expression"):
        holder = holder.parent
    if key is None and holder is not None and holder.type == "pair":
        key, holder = field(holder, "key"), holder.parent
    if key is None or holder is None or holder.type != "object":
        return False
    outer = holder.parent
    while outer is not None and outer.type in ("satisfies_expression", "as_expression"):
        outer = outer.parent
    named = field(outer, "name") if outer is not None and outer.type == "variable_declarator" else None
    if named is None or reader.source.text(named) != table("svelte")["actions"]:
        return False
    route = "/" + _GROUP.sub("", found.group(1)).strip("/")
    function.role = "handler"
    function.route = f"POST {route.rstrip('/')}/~{reader.source.text(key)}"
    function.name = function.name or f"{table('svelte')['actions']}.{reader.source.text(key)}"
    function.body = f"_body@{function.number}"
    _bound(reader, node, function, scope)
    return True


def _bound(reader: Reader, node: Node, function: Function, scope: Scope) -> None:
    """The request's form holds the body, whatever the request is called."""
    if not function.parameters:
        return
    first = function.parameters[0]
    members = ("request",)
    listed = field(node, "parameters")
    pattern = parts(listed)[0] if listed is not None and parts(listed) else None
    reader.sheet.bind(Ref(first, (*members, "body")), Ref(function.body), pattern or node, scope)
