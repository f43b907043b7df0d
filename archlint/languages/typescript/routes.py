"""Where requests come in: handlers by the place of their file, by what they are given to, and by their decorators."""

import re
from functools import cache

from tree_sitter import Node

from archlint.languages.typescript import express_validator, svelte
from archlint.languages.typescript.chains import Chain, Link, chain, given, read_all
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.schemas import Schemas
from archlint.languages.typescript.sheet import Sheet
from archlint.languages.typescript.syntax import FUNCTIONS, field, parts, unwrapped
from archlint.model.expression import Call, Expression, Fields, Items, Lambda, Ref, Text
from archlint.model.facts import Import
from archlint.terms import callers
from archlint.terms.idioms import table, words
from archlint.terms.scope import Function, Scope

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_NEXT = re.compile(r"(?:^|/)app/(.*?)/?route\.[jt]sx?$")
_SVELTE = re.compile(r"(?:^|/)src/routes/(.*?)/?\+server\.[jt]s$")
_PAGES = re.compile(r"(?:^|/)pages/(api/.+?)(?:/index)?\.[jt]sx?$|^(api/.+?)(?:/index)?\.[jt]s$")
_EDGE = re.compile(r"(?:^|/)functions/([^/]+)/(?:index|main|handler)\.[jt]sx?$")
_NITRO = re.compile(r"(?:^|/)server/((?:api|routes)/.+?)(?:/index)?(?:\.(get|post|put|patch|delete))?\.[jt]s$")
_NETLIFY = re.compile(r"(?:^|/)netlify/functions/([^/]+?)(?:/index)?\.[jt]s$")
_GROUP = re.compile(r"\([^/)]*\)/?")


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(table("routes")[name])


def place(path: str) -> tuple[str, str]:
    """How the path of a file makes its functions handlers, and the path or name under which they answer."""
    if found := _NEXT.search(path) or _SVELTE.search(path):
        return "methods", "/" + _GROUP.sub("", found.group(1)).strip("/")
    if found := _PAGES.search(path):
        return "default", "/" + (found.group(1) or found.group(2))
    if found := _NITRO.search(path):
        url = found.group(1).removeprefix("routes/")
        return "event", f"{(found.group(2) or 'all').upper()} /{url}"
    if found := _NETLIFY.search(path):
        return "default", f"/.netlify/functions/{found.group(1)}"
    if found := _EDGE.search(path):
        return "edge", found.group(1)
    return "", ""


# A function is entered -----------------------------------------------------------------------------------


def enter(reader: Reader, node: Node, function: Function, scope: Scope) -> None:
    """Called with every function before its body is read."""
    if svelte.action(reader, node, function, scope):
        return
    kind, where = _place(reader.sheet)
    if kind == "methods" and function.parent == 0:
        _method(reader, node, function, scope, where)
    elif kind == "default" and function.parent == 0 and _takes_request(function):
        function.role, function.route = "handler", f"ALL {where}"
    elif node.type == "method_definition":
        _decorated(reader, node, function, scope)
    elif not function.role and _server(reader, node, function):
        function.role = "handler"
    _body_member(reader, node, function, scope)


def _place(sheet: Sheet) -> tuple[str, str]:
    if sheet.place is None:
        sheet.place = place(sheet.source.path)
    return sheet.place


def _takes_request(function: Function) -> bool:
    first = function.parameters[0].split("@", 1)[0] if function.parameters else ""
    return first in words("routes", "requests")


def _method(reader: Reader, node: Node, function: Function, scope: Scope, where: str) -> None:
    """`export async function POST(request)` or `export const POST = withAuth(async (request) => …)`."""
    name, outer = function.name, node.parent
    wrappers: list[Node] = []
    while outer is not None and outer.type in ("arguments", "call_expression", "await_expression"):
        if outer.type == "call_expression":
            wrappers.append(outer)
        outer = outer.parent
    if wrappers and outer is not None and outer.type == "variable_declarator":
        name = reader.source.text(field(outer, "name") or outer)
    if name not in _METHODS:
        return
    function.role, function.route, function.name = "handler", f"{name} {where}", name
    function.symbol = function.symbol or name
    for call in wrappers:
        _wrapped(reader, call, scope)


def _wrapped(reader: Reader, call: Node, scope: Scope) -> None:
    callee = field(call, "function")
    name = reader.source.text(callee).rsplit(".", 1)[-1] if callee is not None else ""
    if callee is None or not callers.is_wrapper(name):
        return
    texts = tuple(Text(reader.source.text(item)[1:-1]) for item in _strings(given(call)))
    guard(reader, callee, callers.asked_by(name, texts), scope)


def _strings(nodes: tuple[Node, ...]) -> list[Node]:
    found = []
    for node in nodes:
        if node.type == "string":
            found.append(node)
        elif node.type == "array":
            found.extend(child for child in parts(node) if child.type == "string")
    return found


def guard(
    reader: Reader, node: Node, condition: Expression, scope: Scope, columns: tuple[Expression, ...] = ()
) -> None:
    """Writes down a condition on the caller that stands in front of what follows in the scope."""
    reader.sheet.state("authorize", node, scope, condition=condition, columns=columns, source="middleware")


def _server(reader: Reader, node: Node, function: Function) -> bool:
    """A server action: the file or the function begins with the words for it."""
    body = field(node, "body")
    if body is None or body.type != "statement_block":
        return False
    if function.parent == 0 and reader.sheet.serves is None:
        first = next((child for child in reader.source.root.named_children if child.type != "comment"), None)
        text = (
            reader.source.text(first).strip("'\"; \n")
            if first is not None and first.end_byte - first.start_byte < 20
            else ""
        )
        reader.sheet.serves = text == "use server"
    if function.parent == 0 and reader.sheet.serves:
        return True
    first = next((child for child in body.named_children if child.type != "comment"), None)
    return (
        first is not None
        and first.type == "expression_statement"
        and reader.source.text(first).strip("'\"; ") == "use server"
    )


def _body_member(reader: Reader, node: Node, function: Function, scope: Scope) -> None:
    """`req.body` is the body of the request."""
    if not function.parameters or b"body" not in reader.source.content[node.start_byte : node.end_byte]:
        return
    first = function.parameters[0]
    label = first.split("@", 1)[0]
    if label in ("req", "request", "_req", "event", "evt"):
        path: tuple[str, ...] = ("body",)
    elif label in ("ctx", "context"):
        path = ("request", "body")
    elif label.startswith("_parameter") and len(function.parameters) > 1 and function.role == "handler":
        path = ("body",)
    else:
        return
    function.body = function.body or f"_body@{function.number}"
    reader.sheet.bind(Ref(first, path), Ref(function.body), node, scope)


# Decorators ----------------------------------------------------------------------------------------------


def _decorated(reader: Reader, node: Node, function: Function, scope: Scope) -> None:
    """`@Post(':id') create(@Body() dto: Dto)` of a class with `@Controller('orders')`."""
    own = _decorators(reader, node)
    route = next((item for item in own if item[0] in table("routes")["decorators"]), None)
    if route is None:
        return
    outer = node.parent.parent if node.parent is not None else None
    of_class = decorators_of(reader, outer) if outer is not None else []
    controller = next((item for item in of_class if item[0].endswith("Controller")), None)
    if controller is None:
        return
    url = "/".join(part.strip("/") for part in (_first_text(controller), _first_text(route)) if part.strip("/"))
    function.role = "handler"
    function.route = f"{table('routes')['decorators'][route[0]]} /{url}"
    function.body = _body_parameter(reader, node, function)
    for name, texts, place_ in (*of_class, *own):
        if name == "Roles" and texts:
            guard(reader, place_, callers.asked_by("requireRole", texts), scope)
        elif name == "UseGuards" and re.search("(?i)auth|jwt|role|admin|permission", reader.source.text(place_)):
            guard(reader, place_, Call("current user", ()), scope)
        elif name == "Auth" or re.match("(?i)^require(?:permission|role)", name):
            guard(reader, place_, callers.asked_by(name, texts), scope)


Decorator = tuple[str, tuple[Text, ...], Node]


def _decorators(reader: Reader, node: Node) -> list[Decorator]:
    found = []
    before = node.prev_named_sibling
    while before is not None and before.type in ("decorator", "comment"):
        if before.type == "decorator":
            found.append(_decorator(reader, before))
        before = before.prev_named_sibling
    return found[::-1]


def _inner_decorators(reader: Reader, node: Node) -> list[Decorator]:
    holders = [node, *([node.parent] if node.parent is not None and node.parent.type == "export_statement" else [])]
    return list(
        {
            child.start_byte: _decorator(reader, child)
            for holder in holders
            for child in holder.named_children
            if child.type == "decorator"
        }.values()
    )


def _decorator(reader: Reader, node: Node) -> Decorator:
    inner = unwrapped(parts(node)[0])
    callee = field(inner, "function") if inner.type == "call_expression" else inner
    name = reader.source.text(callee if callee is not None else inner).rsplit(".", 1)[-1]
    nodes = given(inner) if inner.type == "call_expression" else ()
    texts = [Text(reader.source.text(item)[1:-1]) for item in _strings(nodes)]
    texts += [
        Text(reader.source.text(item).rsplit(".", 1)[-1].lower()) for item in nodes if item.type == "member_expression"
    ]
    return name, tuple(texts), node


def decorators_of(reader: Reader, node: Node) -> list[Decorator]:
    """The decorators of a class, wherever the grammar puts them."""
    found = [*_decorators(reader, node), *_inner_decorators(reader, node)]
    return list({item[2].start_byte: item for item in found}.values())


def _first_text(decorator: Decorator) -> str:
    return decorator[1][0].value if decorator[1] else ""


def _body_parameter(reader: Reader, node: Node, function: Function) -> str:
    listed = field(node, "parameters")
    for name, child in zip(function.parameters, parts(listed) if listed is not None else (), strict=False):
        for item in child.named_children:
            if item.type == "decorator" and _decorator(reader, item)[0] in ("Body", "BodyParams"):
                return name
    return ""


# Calls that add routes -----------------------------------------------------------------------------------


def routes(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """`router.post('/orders', auth, handler)`, `Deno.serve(handler)`, and where handlers read their request."""
    last = name.rsplit(".", 1)[-1]
    if last in words("routes", "mounting") and "." in name and _mounted(reader, node, scope):
        return Call("router", ())
    if last in table("routes")["methods"] or last == "route":
        return _added(reader, node, name, scope)
    if name in words("routes", "serving") or last in words("routes", "nested"):
        return _served(reader, node, last, scope)
    if callers.is_wrapper(last) and scope.number == 0 and node.type == "call_expression":
        return _around(reader, node, last, scope)
    return None


def _around(reader: Reader, node: Node, last: str, scope: Scope) -> Expression | None:
    """`export default withAuth(handler)` around a handler that has a name."""
    nodes = given(node)
    if not nodes or any(unwrapped(item).type in FUNCTIONS for item in nodes):
        return None
    values = read_all(nodes, reader, scope)
    handlers = tuple(item for item in values if isinstance(item, Ref))
    texts = tuple(item for item in values if isinstance(item, Text))
    if handlers:
        guard(reader, node, callers.asked_by(last, texts), scope, handlers)
        return handlers[0]
    return Call(last, tuple(values))


def _served(reader: Reader, node: Node, last: str, scope: Scope) -> Expression | None:
    kind, where = _place(reader.sheet)
    nodes = [item for item in given(node) if unwrapped(item).type not in ("object", "number")]
    if not nodes or scope.number:
        return None
    if last in words("routes", "nested"):
        route = where if kind == "event" else ""
    else:
        route = f"function {where}" if kind == "edge" else ""
    for item in given(node):
        if item not in nodes:
            reader.value(item, scope)
    return handled(reader, node, route, [], nodes, scope)


def _added(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    whole = chain(node, reader)
    if not _is_router(reader, whole, scope):
        return None
    mounted: list[str] = []
    for link in whole.links:
        nodes = list(link.given or ())
        method = table("routes")["methods"].get(link.name)
        if link.name == "route" and len(nodes) == 1 and nodes[0].type in ("string", "template_string"):
            mounted = [reader.source.text(nodes[0])[1:-1]]
        elif method and nodes and (mounted or len(nodes) > 1) and link.given is not None:
            urls = mounted or _urls(reader, nodes.pop(0))
            for url in urls[:1]:
                handled(reader, link.node, f"{method} {url}", nodes[:-1], nodes[-1:], scope)
        elif link.given is not None:
            read_all(link.given, reader, scope)
    return Call("router", ())


def _mounted(reader: Reader, node: Node, scope: Scope) -> bool:
    """`app.use('/orders', auth, orders)` puts the routes of another file under an address."""
    nodes = given(node)
    if len(nodes) < 2 or nodes[0].type != "string":
        return False
    last = unwrapped(nodes[-1])
    if last.type == "call_expression":
        callee, listed = field(last, "function"), given(last)
        if (
            callee is not None
            and reader.source.text(callee) == "require"
            and [item.type for item in listed] == ["string"]
        ):
            local = f"_mounted{len(reader.sheet.mounts)}@0"
            line = last.start_point[0] + 1
            reader.sheet.imports.append(Import(local, reader.source.text(listed[0])[1:-1], "*", line))
            read_all(nodes[1:-1], reader, scope)
            reader.sheet.mounts.append((reader.source.text(nodes[0])[1:-1], Ref(local)))
            return True
        return False
    if last.type not in ("identifier", "member_expression"):
        return False
    values = read_all(nodes[1:], reader, scope)
    if isinstance(values[-1], Ref):
        reader.sheet.mounts.append((reader.source.text(nodes[0])[1:-1], values[-1]))
    return True


def _is_router(reader: Reader, whole: Chain, scope: Scope) -> bool:
    """Whether a chain begins with a router, and one of its links adds a route."""
    base = whole.base
    text = reader.source.text(base) if base.type in ("identifier", "this") else ""
    if base.type == "this" and whole.links and whole.links[0].given is None:
        text = whole.links[0].name
    if base.type == "new_expression":
        maker = field(base, "constructor")
        if maker is None or reader.source.text(maker).rsplit(".", 1)[-1] not in words("routes", "makers"):
            return False
    elif not _pattern("routers").match(text):
        return False
    return any(_adds(link, reader) for link in whole.links)


def _adds(link: Link, reader: Reader) -> bool:
    if not link.given:
        return False
    if link.name == "route":
        return len(link.given) == 1 and link.given[0].type == "string"
    if link.name not in table("routes")["methods"] or len(link.given) < 2:
        return False
    first, final = link.given[0], unwrapped(link.given[-1])
    if first.type not in ("string", "template_string", "array", "identifier", "member_expression"):
        return False
    return final.type in (*FUNCTIONS, "identifier", "member_expression", "call_expression", "array")


def _urls(reader: Reader, node: Node) -> list[str]:
    if node.type in ("string", "template_string"):
        return [reader.source.text(node)[1:-1]]
    return [reader.source.text(item)[1:-1] for item in _strings((node,))] or ["*"]


def handled(
    reader: Reader, node: Node, route: str, before: list[Node], handlers: list[Node], scope: Scope
) -> Expression:
    """A handler with what stands in front of it, as a function around both."""
    function = Function(reader.sheet.new_scope(), scope.number, route or "handler", route or scope.function.symbol)
    function.role, function.route = "handler", route
    function.body = f"_body@{function.number}"
    inner = Scope(scope, function)
    inner.around = scope.around
    request = Fields((("body", Ref(function.body)), ("request", Fields((("body", Ref(function.body)),)))))
    for item in before:
        _front(reader, item, request, function, inner)
    for item in handlers:
        _handler(reader, item, request, function, inner)
    reader.sheet.function(function, node)
    return Lambda(function.number)


def _front(reader: Reader, node: Node, request: Expression, function: Function, scope: Scope) -> None:
    inner = unwrapped(node)
    if inner.type == "array":
        for child in parts(inner):
            _front(reader, child, request, function, scope)
        return
    if inner.type == "object":
        for pair in parts(inner):
            key, value = field(pair, "key"), field(pair, "value")
            if key is not None and value is not None:
                if reader.source.text(key) in ("preHandler", "onRequest", "preValidation", "beforeHandle"):
                    _front(reader, value, request, function, scope)
                elif reader.source.text(key) in ("schema", "body"):
                    _declared_schema(reader, unwrapped(value), function, scope)
                else:
                    reader.value(value, scope)
        return
    if inner.type in FUNCTIONS:
        _handler(reader, inner, request, function, scope)
        return
    if inner.type == "call_expression" and express_validator.stated(reader, inner, Ref(function.body), scope):
        return
    callee = field(inner, "function") if inner.type == "call_expression" else inner
    name = reader.source.text(callee if callee is not None else inner).rsplit(".", 1)[-1]
    values = read_all(given(inner), reader, scope) if inner.type == "call_expression" else []
    if callers.is_middleware(name):
        texts = [part for item in values for part in (item.items if isinstance(item, Items) else (item,))]
        asked = tuple(item for item in texts if isinstance(item, Text))
        guard(reader, node, callers.asked_by(name, asked), scope)
    elif inner.type == "call_expression" and _pattern("validating").search(name):
        for given_node, item in zip(given(inner), values, strict=False):
            _checked(reader, _of_body(reader, unwrapped(given_node), item), node, function, scope)
        if not values and callee is not None and callee.type == "identifier":
            _checked(reader, reader.value(callee, scope), node, function, scope)
    if inner.type != "call_expression":
        middleware = reader.value(inner, scope)
        if _pattern("validating").search(name):
            _checked(reader, middleware, node, function, scope)
        if isinstance(middleware, Ref):
            reader.sheet.invoke(middleware, (request,), node, scope)


def _of_body(reader: Reader, node: Node, value: Expression) -> Expression:
    """The schema of a body: given alone, or beside those of the address: `{ [Segments.BODY]: schema, params: … }`."""
    if not isinstance(value, Fields) or node.type != "object":
        return value
    pairs = [item for item in parts(node) if item.type == "pair"]
    for pair, (_, schema) in zip(pairs, value.entries, strict=False):
        key = field(pair, "key")
        if key is not None and re.search(r"(?i)\bbody\b", reader.source.text(key)):
            return schema
    return value


def _declared_schema(reader: Reader, node: Node, function: Function, scope: Scope) -> None:
    """`{ schema: { body: { type: 'object', properties: … } } }` of Fastify, and `{ body: t.Object(…) }` of Elysia."""
    found = reader.value(node, scope)
    if node.type == "object":
        pair = next(
            (
                item
                for item in parts(node)
                if item.type in ("pair", "shorthand_property_identifier")
                and reader.source.text(field(item, "key") or item).strip("'\"") == "body"
            ),
            None,
        )
        if pair is None:
            return
        value = field(pair, "value") if pair.type == "pair" else None
        stated = reader.helper(Schemas).names.stated.get(unwrapped(value).start_byte) if value is not None else None
        schema: Expression | None = stated or (found.get("body") if isinstance(found, Fields) else None)
        _checked(reader, schema or found, node, function, scope)
        return
    _checked(reader, found, node, function, scope)


def _checked(reader: Reader, schema: Expression, node: Node, function: Function, scope: Scope) -> None:
    """What comes in is what a list of validators let through."""
    if isinstance(schema, Ref):
        body = Ref(function.body)
        reader.sheet.bind(body, Call("validated", (schema, body)), node, scope)


def _handler(reader: Reader, node: Node, request: Expression, function: Function, scope: Scope) -> None:
    inner = unwrapped(node)
    if inner.type == "call_expression":
        callee = field(inner, "function")
        if callee is not None and callee.type == "member_expression" and reader.source.text(callee).endswith(".bind"):
            inner = unwrapped(field(callee, "object") or callee)
        else:
            name = reader.source.text(callee).rsplit(".", 1)[-1] if callee is not None else ""
            if callers.is_wrapper(name):
                _wrapped(reader, inner, scope)
            for item in given(inner):
                _handler(reader, item, request, function, scope)
            return
    if inner.type == "array":
        for item in parts(inner):
            _front(reader, item, request, function, scope)
        return
    value = reader.value(inner, scope)
    if isinstance(value, Lambda):
        fact = next((fact for fact in reversed(reader.sheet.functions) if fact.scope == value.scope), None)
        if fact is not None and fact.body:
            reader.sheet.bind(Ref(fact.body), Ref(function.body), inner, scope)
    elif isinstance(value, Ref):
        reader.sheet.invoke(value, (request,), inner, scope)


def procedures(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """`protectedProcedure.input(schema).mutation(async ({ input }) => …)`."""
    if "rocedure" not in name or not name.endswith((".mutation", ".query")):
        return None
    whole = chain(node, reader)
    final = whole.links[-1]
    if not final.given or unwrapped(final.given[-1]).type not in FUNCTIONS:
        return None
    function = Function(reader.sheet.new_scope(), scope.number, "procedure", scope.function.symbol)
    function.role = "handler"
    inner = Scope(scope, function)
    inner.around = scope.around
    base = reader.source.text(whole.base)
    label = next((item.name for item in whole.links if "rocedure" in item.name), base)
    if callers.is_middleware(re.sub("(?i)procedure$", "", label) or "public"):
        guard(reader, whole.base, callers.asked_by(re.sub("(?i)procedure$", "", label), ()), inner)
    schemas = []
    for link in whole.links[:-1]:
        values = read_all(link.given, reader, inner)
        if link.name == "input":
            schemas = values[:1]
    value = reader.value(final.given[-1], inner)
    fact = next(
        (fact for fact in reversed(reader.sheet.functions) if isinstance(value, Lambda) and fact.scope == value.scope),
        None,
    )
    if fact is not None and fact.parameters and schemas:
        target = Ref(fact.parameters[0], ("input",))
        reader.sheet.bind(target, Call("validated", (schemas[0], target)), node, inner)
    function.parameters = list(fact.parameters) if fact is not None else []
    reader.sheet.function(function, node)
    return Lambda(function.number)


# The body of a request -----------------------------------------------------------------------------------


def bodies(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """`await request.json()`, `readBody(event)`, and answers in JSON, which are what is answered."""
    first, _, rest = name.partition(".")
    if rest == "json" and first in words("routes", "answering"):
        nodes = given(node)
        values = read_all(nodes, reader, scope)
        return values[0] if values else None
    if rest and rest.rsplit(".", 1)[-1] in words("routes", "reading"):
        holder = rest.rpartition(".")[0]
        if first in words("routes", "requests") and holder in ("", "req", "request"):
            function = _asked(first, reader, scope)
            if function is not None:
                read_all(given(node), reader, scope)
                function.body = function.body or f"_body@{function.number}"
                return Ref(function.body)
    if rest in ("req.valid", "valid") and first in words("routes", "requests"):
        function = _asked(first, reader, scope)
        if function is not None:
            function.body = function.body or f"_body@{function.number}"
            return Ref(function.body)
    if name in words("routes", "body"):
        nodes = given(node)
        function = _asked(reader.source.text(nodes[0]), reader, scope) if nodes else None
        if function is not None:
            function.body = function.body or f"_body@{function.number}"
            return Ref(function.body)
    return None


def request_body(reader: Reader, identifier: str, scope: Scope) -> Ref | None:
    """The body of a request of Node's own server, whose stream a function is given to read."""
    if identifier not in words("routes", "streams"):
        return None
    function = _asked(identifier, reader, scope)
    if function is None or (len(function.parameters) < 2 and not function.route):
        return None
    function.body = function.body or f"_body@{function.number}"
    function.role = function.role or "handler"
    return Ref(function.body)


def _asked(identifier: str, reader: Reader, scope: Scope) -> Function | None:
    """The function around here whose parameter, or member of it, has this name."""
    scoped = scope.lookup(identifier)
    if scoped is None:
        return None
    known = reader.sheet.known.get(scoped)
    if known is not None and not (isinstance(known, Ref) and known.name.startswith("_parameter")):
        return None
    current: Scope | None = scope
    while current is not None:
        if identifier in current.names:
            return current.function if current.function.number else None
        current = current.parent
    return None
