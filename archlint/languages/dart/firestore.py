"""Firestore: documents of a collection are rows of a table, the keys of what is written its columns."""

import re

from tree_sitter import Node

from archlint.languages.dart.chains import Link, chain, read
from archlint.languages.dart.protocol import Arguments, Reader
from archlint.model.expression import Expression, Fields, Null, Opaque, Operation, Ref, Row, Text
from archlint.terms.idioms import table
from archlint.terms.postgrest import all_of
from archlint.terms.scope import Scope

_COLLECTION = re.compile(r"(?:^|\.)(?:collection|collectionGroup)\(\)")


def firestore(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """A chain that begins with a collection, or a write within a transaction or batch."""
    knowledge = table("dart_firestore")
    last = name.rsplit(".", 1)[-1]
    if _COLLECTION.search(name):
        return _documents(reader, node, scope) if _used(name, knowledge) else None
    if last in knowledge["handed"] and "." in name:
        return _handed(reader, node, name, last, scope)
    return None


def _used(name: str, knowledge: dict[str, dict[str, str]]) -> bool:
    """Whether a chain writes, deletes or reads; one that only names a document is kept for later."""
    words = {piece.removesuffix("()") for piece in name.split(".")}
    return not words.isdisjoint((*knowledge["verbs"], *knowledge["reading"]))


def _documents(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    whole = chain(node, reader)
    start = max(index for index, link in enumerate(whole.links) if link.called and link.name.startswith("collection"))
    for link in whole.links[:start]:
        read(link, reader, scope)
    if whole.base.type != "identifier" or whole.links[0].name:
        reader.value(whole.base, scope)
    named = read(whole.links[start], reader, scope).positional
    target = _target(named[0]) if named else ""
    kind, last = "select", node
    payload: Expression | None = None
    conditions: list[Expression] = []
    order: tuple[str, ...] = ()
    for link in whole.links[start + 1 :]:
        arguments = read(link, reader, scope)
        verb = table("dart_firestore")["verbs"].get(link.name) if link.called else None
        if verb is not None:
            kind, last = verb, link.node
            payload = arguments.positional[0] if arguments.positional and verb != "delete" else None
        elif link.name == "where":
            conditions.extend(_conditions(arguments))
        elif link.name == "orderBy" and arguments.positional and isinstance(arguments.positional[0], Text):
            order += (arguments.positional[0].value,)
    if target == "":
        return Opaque(reader.source.snippet(node))
    return reader.sheet.access(
        kind, target, last, scope, payload=payload, where=all_of(conditions), order=order, client=_client(reader),
        library="firestore",
    )  # fmt: skip


def _target(value: Expression) -> str | Ref:
    """A collection by its path: the last part of `shops/1/orders`."""
    if isinstance(value, Text):
        return value.value.strip("/").rsplit("/", 1)[-1]
    if isinstance(value, Operation) and value.operator == "concat" and isinstance(value.operands[-1], Text):
        return value.operands[-1].value.strip("/").rsplit("/", 1)[-1]
    return value if isinstance(value, Ref) else ""


def _client(reader: Reader) -> str:
    flutter = any(item.module.startswith("package:cloud_firestore/") for item in reader.sheet.imports)
    return "anon" if flutter else ""


def _conditions(arguments: Arguments) -> list[Expression]:
    """`where('status', isEqualTo: 'paid', …)`."""
    first = arguments.positional[0] if arguments.positional else None
    if not isinstance(first, Text):
        return []
    column = Ref("$row", (first.value,))
    found: list[Expression] = []
    for name, value in arguments.named:
        operator = table("dart_firestore")["filters"].get(name)
        if operator == "is null":
            found.append(Operation("is null", (column,)))
        elif operator == "not in":
            found.append(Operation("not", (Operation("in", (column, value)),)))
        elif operator is not None and not isinstance(value, Null):
            found.append(Operation(operator, (column, value)))
    return found


def _handed(reader: Reader, node: Node, name: str, last: str, scope: Scope) -> Expression | None:
    """`transaction.update(document, {'status': 'paid'})`."""
    holder = name.rsplit(".", 1)[0].rsplit(".", 1)[-1].lower()
    if not re.search(table("dart_firestore")["transactions"], holder):
        return None
    whole = chain(node, reader)
    link: Link = whole.links[-1]
    arguments = read(link, reader, scope).positional
    known = arguments[0] if arguments else None
    if isinstance(known, Ref) and not known.path:
        known = reader.sheet.known.get(known.name, known)
    payload = arguments[1] if len(arguments) > 1 else None
    if not isinstance(known, Row) or not (payload is None or isinstance(payload, (Fields, Ref))):
        return Opaque(name)
    target = reader.sheet.accesses[known.access].target
    verb = table("dart_firestore")["verbs"][last]
    return reader.sheet.access(verb, target, node, scope, payload=payload, client=_client(reader), library="firestore")
