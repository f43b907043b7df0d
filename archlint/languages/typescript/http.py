"""Requests over HTTP: where they go, what they send, and what their answers are."""

import re
from functools import cache

from tree_sitter import Node

from archlint.languages.typescript.chains import given, read_all
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import FUNCTIONS, field, unwrapped
from archlint.model.expression import Call, Expression, Fields, Opaque, Operation, Ref, Row, Text
from archlint.terms.addresses import url
from archlint.terms.idioms import table, words
from archlint.terms.scope import Scope


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(table("http")[name])


def http(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """A request, or the reading of its answer."""
    if name in words("http", "functions"):
        return _fetched(reader, node, scope)
    holder, _, last = name.rpartition(".")
    if last in table("http")["methods"] and holder and "()" not in holder:
        return _sent(reader, node, holder, last, scope)
    if last in ("json", "text") and holder:
        return _answer(reader, node, scope)
    return None


def _fetched(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    nodes = given(node)
    if not nodes or unwrapped(nodes[0]).type in FUNCTIONS:
        return None
    values = read_all(nodes, reader, scope)
    options = next((item for item in values if isinstance(item, Fields)), None)
    address = options.get("url") if options is not None and options is values[0] else values[0]
    method = _method(options) if options is not None else "GET"
    payload = _payload(options) if options is not None else None
    where = url(address) if address is not None else ""
    if not where or method == "":
        return Opaque(reader.source.snippet(node))
    return reader.sheet.access("http", f"{method} {where}", node, scope, payload=payload, library="fetch")


def _method(options: Fields) -> str:
    method = options.get("method")
    if method is None:
        return "" if options.spreads else "GET"
    if isinstance(method, Text):
        return method.value.upper()
    if isinstance(method, Operation) and method.operator == "if":
        # Either of two methods: the handler may be found under the second as well, but one is enough to lead there.
        first = method.operands[1]
        return first.value.upper() if isinstance(first, Text) else ""
    return ""


def _payload(options: Fields) -> Expression | None:
    return next((value for key in table("http")["options"] if (value := options.get(key)) is not None), None)


def _sent(reader: Reader, node: Node, holder: str, last: str, scope: Scope) -> Expression | None:
    label = holder.rsplit(".", 1)[-1]
    nodes = given(node)
    if not nodes or not _pattern("clients").match(label) or unwrapped(nodes[-1]).type in FUNCTIONS:
        return None
    if unwrapped(nodes[0]).type not in (
        "string",
        "template_string",
        "binary_expression",
        "identifier",
        "call_expression",
    ):
        return None
    if unwrapped(nodes[0]).type in ("identifier", "call_expression") and last == "get":
        return None
    values = read_all(nodes, reader, scope)
    where = url(values[0])
    if not where:
        return Opaque(reader.source.snippet(node))
    payload = None
    if len(values) > 1:
        own = _payload(values[1]) if isinstance(values[1], Fields) and label in ("ky", "got", "request") else None
        if own is not None:
            payload = own
        elif last in words("http", "sending"):
            payload = values[1]
        elif isinstance(values[1], Fields):
            payload = _payload(values[1])
    method = table("http")["methods"][last]
    row = reader.sheet.access("http", f"{method} {where}", node, scope, payload=payload, library="http")
    wrapped = _pattern("results").search(label) and not _bare(reader)
    return Fields((("data", row), ("status", Opaque("status")))) if wrapped else row


def _bare(reader: Reader) -> bool:
    """Whether the clients of a file give what was answered, without anything around it."""
    return any(item.module in words("http", "bare") for item in reader.sheet.imports)


def _answer(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    """`response.json()` is what the request gave."""
    callee = field(node, "function")
    holder = field(callee, "object") if callee is not None else None
    if holder is None or given(node):
        return None
    inner = unwrapped(holder)
    if inner.type == "identifier":
        scoped = scope.lookup(reader.source.text(inner))
        known = reader.sheet.known.get(scoped) if scoped else None
        if isinstance(known, Row) and reader.sheet.accesses[known.access].kind == "http":
            return known
        return Ref(scoped) if scoped is not None and known is None and _handed_on(inner, reader) else None
    if inner.type != "call_expression":
        return None
    value = reader.value(inner, scope)
    return value if isinstance(value, Row) else Call("json", (value,))


def _handed_on(node: Node, reader: Reader) -> bool:
    """`fetch(…).then((response) => response.json())`."""
    outer = node.parent
    while outer is not None and outer.type not in FUNCTIONS:
        outer = outer.parent
    call = outer.parent.parent if outer is not None and outer.parent is not None else None
    callee = field(call, "function") if call is not None and call.type == "call_expression" else None
    name = field(callee, "property") if callee is not None and callee.type == "member_expression" else None
    return name is not None and reader.source.text(name) == "then"
