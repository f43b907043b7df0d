"""DynamoDB through the clients of JavaScript: commands that are sent, and methods of a document client."""

import re
from functools import cache

from tree_sitter import Node

from archlint.languages.typescript.chains import given
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import field, unwrapped
from archlint.model.expression import Expression, Fields, Opaque, Ref
from archlint.terms.dynamodb import CONDITIONS, LIBRARY, Request, answer
from archlint.terms.idioms import table
from archlint.terms.scope import Scope


@cache
def _clients() -> re.Pattern[str]:
    return re.compile(table(LIBRARY)["clients"])


def recognise(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """`new PutCommand({…})`, `client.send(command)`, `documents.put({…}).promise()`."""
    last = name.rsplit(".", 1)[-1]
    if node.type == "new_expression":
        kind = table(LIBRARY)["commands"].get(last)
        return _operation(reader, node, kind, scope) if kind is not None and _speaks(reader) else None
    known = last in ("send", "promise") or last in table(LIBRARY)["methods"]
    if not known or "." not in name or not _speaks(reader):
        return None
    nodes = given(node)
    if last == "send" and len(nodes) == 1:
        return reader.value(nodes[0], scope)
    if last == "promise" and not nodes:
        return _promised(reader, node, scope)
    kind = table(LIBRARY)["methods"].get(last)
    if kind is None or len(nodes) != 1 or not _clients().search(name.rsplit(".", 2)[-2].removesuffix("()")):
        return None
    return _operation(reader, node, kind, scope)


def _promised(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    callee = field(node, "function")
    holder = field(unwrapped(callee), "object") if callee is not None else None
    return reader.value(holder, scope) if holder is not None else None


def _speaks(reader: Reader) -> bool:
    return all(mark.encode() in reader.source.content for mark in table(LIBRARY)["marks"])


def _operation(reader: Reader, node: Node, kind: str, scope: Scope) -> Expression | None:
    """Writes down what an operation does; gives its answer. None where its arguments are not those of one."""
    nodes = given(node)
    if len(nodes) != 1:
        return None
    asked = reader.value(nodes[0], scope)
    if isinstance(asked, Ref) and not asked.path:
        asked = reader.sheet.known.get(asked.name, asked)
    if not isinstance(asked, Fields) or asked.get("TableName") is None:
        return Opaque("rows") if node.type == "new_expression" else None
    values = dict(asked.entries)
    request = Request(values, reader.sheet.known)
    conditions = [request.condition(values[name]) for name in CONDITIONS if name in values]
    target = request.target()
    if target is None:
        return Opaque("rows")
    payload, where = request.payload(kind), request.where(conditions)
    return answer(reader.sheet.access(kind, target, node, scope, payload=payload, where=where, library=LIBRARY))
