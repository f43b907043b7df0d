"""Where requests come in: handlers of shelf by what they are given to, of dart_frog by the place of their file."""

import re

import msgspec
from tree_sitter import Node

from archlint.languages.dart.chains import chain, given
from archlint.languages.dart.protocol import Reader
from archlint.languages.dart.syntax import child, field, parts
from archlint.model.expression import Expression, Lambda, Opaque, Ref, Text
from archlint.terms.idioms import table, words
from archlint.terms.scope import Function, Scope

_FROG = re.compile(r"(?:^|/)routes/(.*?)(?:/?index)?\.dart$")
_HOLE = re.compile(r"<(\w+)(?:\|[^>]*)?>")


def routes(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """`router.post('/orders', create)`, and the body of a request."""
    holder, _, last = name.rpartition(".")
    if last in words("dart_routes", "bodies") and holder and not _given(node):
        return _body(reader, node, scope)
    method = table("dart_routes")["methods"].get(last)
    if method is None or not re.search(table("dart_routes")["routers"], holder.rsplit(".", 1)[-1].removesuffix("()")):
        return None
    nodes = _given(node)
    if len(nodes) != 2 or any(item.type != "argument" for item in nodes):
        return None
    reader.value(chain(node, reader).base, scope)
    return register(reader, nodes, method, scope)


def register(reader: Reader, nodes: list[Node], method: str, scope: Scope) -> Expression | None:
    """An address and what answers there."""
    address, handler = (reader.value(item, scope) for item in nodes)
    if isinstance(address, Text) and isinstance(handler, (Lambda, Ref)):
        reader.helper(Routes).answers(f"{method} {plain(address.value)}", handler)
    return Opaque("route")


def plain(address: str) -> str:
    """`/orders/<id|[0-9]+>` with its holes as other frameworks write them."""
    return _HOLE.sub(r"{\1}", address)


def _given(node: Node) -> list[Node]:
    listed = given(node)
    return parts(listed) if listed is not None else []


def _body(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    """`await request.readAsString()`, `await context.request.json()`."""
    whole = chain(node, reader)
    if whole.base.type != "identifier":
        return None
    name = scope.lookup(reader.source.text(whole.base))
    around: Scope | None = scope
    while around is not None:
        function = around.function
        if function.role == "handler" and function.parameters[:1] == [name]:
            return Ref(function.body)
        around = around.parent
    return None


def enter(reader: Reader, parameters: Node | None, function: Function) -> None:
    """Called with every function before its body is read: one that takes a request answers it."""
    first = next((item for item in parts(parameters) if item.type == "formal_parameter"), None) if parameters else None
    kind = child(first, "type_identifier") if first is not None else None
    if kind is None or reader.source.text(kind) not in words("dart_routes", "requests"):
        return
    function.role, function.body = "handler", f"_body@{function.number}"
    place = _FROG.search(reader.source.path)
    if place is not None and function.name == "onRequest":
        function.route = f"ALL /{place.group(1)}"


class Routes:
    """Which functions of one file answer where; they may be declared before or after they are named."""

    def __init__(self, reader: Reader) -> None:
        self._sheet = reader.sheet
        self._source = reader.source
        self._named: list[tuple[str, Lambda | Ref]] = []

    def answers(self, route: str, handler: Lambda | Ref) -> None:
        """A function answers under a route."""
        self._named.append((route, handler))

    def annotated(self, annotations: list[Node], name: str) -> None:
        """`@Route.post('/orders')` in front of a method."""
        for annotation in annotations:
            said = field(annotation, "name")
            maker, _, verb = (self._source.text(said) if said is not None else "").rpartition(".")
            method = table("dart_routes")["methods"].get(verb) if maker == "Route" else None
            listed = child(annotation, "arguments")
            inner = parts(parts(listed)[0]) if listed is not None and parts(listed) else []
            if method is not None and inner and inner[0].type == "string_literal":
                address = self._source.text(inner[0]).strip("'\"")
                self._named.append((f"{method} {plain(address)}", Ref(f"{name}@0")))

    def finish(self) -> None:
        """Tell the functions where they answer."""
        functions = self._sheet.functions
        for route, handler in self._named:
            for index, fact in enumerate(functions):
                if not fact.route and _is(fact.scope, fact.name, handler):
                    functions[index] = msgspec.structs.replace(fact, role="handler", route=route)
                    break


def _is(scope: int, name: str, handler: Lambda | Ref) -> bool:
    if isinstance(handler, Lambda):
        return handler.scope == scope
    meant = ".".join((handler.name.split("@", 1)[0], *handler.path))
    return bool(name) and name == meant
