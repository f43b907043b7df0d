"""Requests over HTTP: Dio, http and the clients that are made of them."""

import re
from functools import cache

from tree_sitter import Node

from archlint.languages.dart.chains import chain, read
from archlint.languages.dart.protocol import Arguments, Reader
from archlint.model.expression import Expression, Fields, Opaque, Operation, Ref, Text
from archlint.terms.addresses import url
from archlint.terms.idioms import table
from archlint.terms.scope import Scope


@cache
def _clients() -> re.Pattern[str]:
    return re.compile(table("dart_http")["clients"])


def http(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """`dio.post('/orders', data: {…})`, `http.post(Uri.parse('$base/orders'), body: jsonEncode({…}))`."""
    holder, _, last = name.rpartition(".")
    label = holder.rsplit(".", 1)[-1]
    method = table("dart_http")["methods"].get(last)
    if method is None or not _clients().search(label):
        return None
    whole = chain(node, reader)
    if len(whole.links) > 1 or whole.base.type != "identifier":
        reader.value(whole.base, scope)
    arguments = read(whole.links[-1], reader, scope)
    where = url(arguments.positional[0]) if arguments.positional else ""
    if last == "request":
        method = _asked(arguments)
    named = _named(arguments.positional[0]) if arguments.positional and not where else None
    if not method or not (where or named):
        return Opaque(reader.source.snippet(node))
    payload = next((arguments.get(key) for key in table("dart_http")["options"] if arguments.get(key)), None)
    target = f"{method} {where}" if where else method
    row = reader.sheet.access("http", target, node, scope, payload=payload, address=named, library="http")
    return Fields((("data", row), ("body", row), ("statusCode", Opaque("status"))))


def _asked(arguments: Arguments) -> str:
    found = arguments.get("method")
    return found.value.upper() if isinstance(found, Text) else ""


def _named(value: Expression) -> Expression | None:
    """An address that begins with the name of a constant: `Api.rentals`, `'${Api.rentals}/$id'`."""
    first = value.operands[0] if isinstance(value, Operation) and value.operator == "concat" else value
    return value if isinstance(first, Ref) and (first.name.endswith("@0") or first.path) else None
