"""Firestore: documents of a collection are rows of a table, the keys of what is written its columns."""

import re

from tree_sitter import Node

from archlint.languages.dart.chains import Chain, Link, chain, read
from archlint.languages.dart.protocol import Arguments, Reader
from archlint.languages.dart.sheet import COLLECTION, collection, meant
from archlint.model.expression import Call, Expression, Null, Opaque, Operation, Ref, Text
from archlint.terms.idioms import table
from archlint.terms.postgrest import all_of
from archlint.terms.scope import Scope

_COLLECTION = re.compile(r"(?:^|\.)(?:collection|collectionGroup)\(\)")


def firestore(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """A chain that begins with a collection or a document, or a write within a transaction or batch."""
    knowledge = table("dart_firestore")
    last = name.rsplit(".", 1)[-1]
    if _COLLECTION.search(name) or last in ("collection", "collectionGroup"):
        return _documents(reader, node, scope)
    if "." not in name:
        return None
    if last in knowledge["handed"] and re.search(knowledge["transactions"], _holder(name)):
        return _handed(reader, node, last, scope)
    if _used(name, knowledge) or last in knowledge["naming"]:
        whole = chain(node, reader)
        held, skipped = _held(reader, whole, scope)
        if held:
            return _chained(reader, node, held, whole.links[skipped:], scope)
    return None


def _holder(name: str) -> str:
    return name.rsplit(".", 1)[0].rsplit(".", 1)[-1].lower()


def _used(name: str, knowledge: dict[str, dict[str, str]]) -> bool:
    """Whether a chain writes, deletes or reads."""
    words = {piece.removesuffix("()") for piece in name.split(".")}
    return not words.isdisjoint((*knowledge["verbs"], *knowledge["reading"]))


def _held(reader: Reader, whole: Chain, scope: Scope) -> tuple[str, int]:
    """The collection that the name before a chain stands for, and how many links name it."""
    text = reader.source.text(whole.base)
    if whole.base.type == "this" and whole.links and not whole.links[0].called:
        scoped, skipped = scope.lookup(whole.links[0].name), 1
    else:
        scoped, skipped = scope.lookup(text) if whole.base.type == "identifier" else None, 0
    return (reader.sheet.collections.get(meant(scoped), "") if scoped is not None else ""), skipped


def _documents(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    whole = chain(node, reader)
    start = max(
        (index for index, link in enumerate(whole.links) if link.called and link.name.startswith("collection")),
        default=-1,
    )
    if start < 0:
        return None
    for link in whole.links[:start]:
        read(link, reader, scope)
    if whole.base.type != "identifier" or whole.links[0].name:
        reader.value(whole.base, scope)
    named = read(whole.links[start], reader, scope).positional
    target = _target(named[0]) if named else ""
    return _chained(reader, node, target, whole.links[start + 1 :], scope)


def _chained(reader: Reader, node: Node, target: str | Ref, links: list[Link], scope: Scope) -> Expression:
    """What is done with a collection; where nothing is, it is named for later."""
    kind, last = "", node
    payload: Expression | None = None
    conditions: list[Expression] = []
    order: tuple[str, ...] = ()
    knowledge = table("dart_firestore")
    for link in links:
        arguments = read(link, reader, scope)
        verb = knowledge["verbs"].get(link.name) if link.called else None
        if verb is not None:
            kind, last = verb, link.node
            payload = arguments.positional[0] if arguments.positional and verb != "delete" else None
        elif link.name == "where":
            conditions.extend(_conditions(arguments))
        elif link.name == "orderBy" and arguments.positional and isinstance(arguments.positional[0], Text):
            order += (arguments.positional[0].value,)
        elif link.called and link.name in knowledge["reading"]:
            kind = kind or "select"
    if target == "":
        return Opaque(reader.source.snippet(node))
    if not kind:
        return Call(COLLECTION, (Text(target),)) if isinstance(target, str) else Opaque(COLLECTION)
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


def _handed(reader: Reader, node: Node, last: str, scope: Scope) -> Expression | None:
    """`transaction.update(document, {'status': 'paid'})`."""
    whole = chain(node, reader)
    arguments = read(whole.links[-1], reader, scope).positional
    first = arguments[0] if arguments else None
    target = collection(first) if first is not None else ""
    if isinstance(first, Ref):
        target = reader.sheet.collections.get(first, "")
    payload = arguments[1] if len(arguments) > 1 else None
    if not target:
        return Opaque(last)
    verb = table("dart_firestore")["verbs"][last]
    return reader.sheet.access(verb, target, node, scope, payload=payload, client=_client(reader), library="firestore")
