"""Object-relational mappers: Prisma and TypeORM."""

import re
from functools import cache

from tree_sitter import Node

from archlint.languages.typescript.builders import tested
from archlint.languages.typescript.chains import Chain, chain, read_all
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.supabase import client
from archlint.model.expression import (
    Call,
    Expression,
    Fields,
    Items,
    Null,
    Number,
    Opaque,
    Operation,
    Ref,
    Row,
    Text,
)
from archlint.terms.idioms import table, words
from archlint.terms.postgrest import all_of, equalities
from archlint.terms.scope import Scope

_SURE = frozenset({"data", "where", "create", "update", "select", "include", "orderBy", "take"})
_RELATED = words("prisma", "relations")
_NUMBERS = {"increment": "+", "decrement": "-", "multiply": "*", "divide": "/"}


@cache
def _holders(library: str) -> re.Pattern[str]:
    return re.compile(table("builders")[library]["holders"])


def models(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """A method of a model or repository."""
    pieces = name.split(".")
    if len(pieces) > 2 and pieces[-1] in table("builders")["prisma"] and _holders("prisma").match(pieces[-3]):
        return _prisma(reader, node, pieces, scope)
    if pieces[-1] == "getRepository":
        values = read_all(chain(node, reader).links[-1].given, reader, scope)
        return Call("repository", tuple(values[:1]))
    if len(pieces) > 1 and pieces[-1] in table("builders")["repository"]:
        return _repository(reader, node, pieces, scope)
    return None


# Prisma --------------------------------------------------------------------------------------------------


def _prisma(reader: Reader, node: Node, pieces: list[str], scope: Scope) -> Expression | None:
    whole = chain(node, reader)
    if len(whole.links) < 2 or whole.links[-2].given is not None:
        return None
    rights, through = client(reader, whole.base, whole.links[:-2], scope)
    values = read_all(whole.links[-1].given, reader, scope)
    options = values[0] if values and isinstance(values[0], Fields) else Fields(())
    if values and isinstance(values[0], Fields) and options.entries and not _SURE & {key for key, _ in options.entries}:
        return Opaque(reader.source.snippet(node))
    verb, model = pieces[-1], pieces[-2]
    kind = table("builders")["prisma"][verb]
    where = options.get("where")
    payload = options.get("data") if verb != "upsert" else options.get("update")
    aggregate = "count" if verb == "count" else ""
    fields = {
        "where": all_of(conditions(where)) if where is not None else None,
        "client": rights, "through": through, "library": "prisma",
    }  # fmt: skip
    if verb == "upsert" and options.get("create") is not None:
        reader.sheet.access("insert", model, node, scope, payload=_data(options.get("create"), model), **fields)
        kind = "update"
    row = reader.sheet.access(
        kind, model, node, scope,
        payload=_data(payload, model) if kind not in ("select", "delete") else None,
        columns=_columns(options.get("select")), aggregate=aggregate, **fields,
    )  # fmt: skip
    if verb == "count":
        return Call("count", (row,))
    if verb == "aggregate":
        return _aggregated(options, row)
    return Fields((("count", Call("count", (row,))),)) if verb.endswith("Many") and kind != "select" else row


def conditions(where: Expression) -> list[Expression]:
    """`{ status: 'paid', total: { gt: 5 }, OR: […] }`."""
    if not isinstance(where, Fields):
        return [Opaque("where")]
    found: list[Expression] = []
    for key, value in where.entries:
        if key in ("AND", "OR", "NOT"):
            found.append(_joined(key, value))
        elif isinstance(value, Fields):
            found.extend(_compared(Ref("$row", (key,)), value))
        else:
            found.append(tested("=", Ref("$row", (key,)), value))
    return found if not where.spreads else [*found, Opaque("where")]


def _joined(key: str, value: Expression) -> Expression:
    parts = value.items if isinstance(value, Items) else (value,)
    found = [all_of(conditions(item)) or Opaque("where") for item in parts]
    if key == "NOT":
        return Operation("not", (all_of(found) or Opaque("where"),))
    if len(found) == 1:
        return found[0]
    return Operation("or" if key == "OR" else "and", tuple(found)) if found else Opaque("where")


def _compared(subject: Ref, tests: Fields) -> list[Expression]:
    filters = table("builders")["prisma_filters"]
    if any(key not in filters for key, _ in tests.entries):
        # A relation, a text search or a compound key.
        compound = "_" in subject.path[0] and all(not isinstance(value, Fields) for _, value in tests.entries)
        return equalities(tests) if compound else [Opaque(subject.path[0])]
    return [tested(filters[key], subject, value) for key, value in tests.entries if not isinstance(value, Fields)]


def _data(value: Expression | None, model: str) -> Expression | None:
    """What is written: `{ increment: 1 }` and `{ set: x }` in terms of the column, related rows left out."""
    if isinstance(value, Items):
        return Items(tuple(_data(item, model) or Null() for item in value.items))
    if not isinstance(value, Fields):
        return value
    entries: list[tuple[str, Expression]] = []
    for key, item in value.entries:
        if not isinstance(item, Fields):
            entries.append((key, item))
            continue
        verb, inner = item.entries[0] if len(item.entries) == 1 else ("", item)
        if verb in _NUMBERS:
            entries.append((key, Operation(_NUMBERS[verb], (Ref(f"table:{model}", (key,)), inner))))
        elif verb == "set":
            entries.append((key, inner))
        elif verb == "connect" and isinstance(inner, Fields) and inner.entries:
            target = inner.get("id")
            # A row that is picked by another column than its key fills a column whose name only the schema knows.
            entries.append(("", inner.entries[0][1]) if target is None else (f"{key}Id", target))
        elif not any(label in _RELATED for label, _ in item.entries):
            # Nothing is done to rows of another table: the object itself is what a column of documents holds.
            entries.append((key, item))
    return Fields(tuple(entries), value.spreads)


def _columns(select: Expression | None) -> tuple[str, ...]:
    return (
        tuple(key for key, value in select.entries if not isinstance(value, Fields))
        if isinstance(select, Fields)
        else ()
    )


def _aggregated(options: Fields, row: Row) -> Expression:
    names = {"_sum": "sum", "_avg": "average", "_max": "largest", "_min": "smallest"}
    entries: list[tuple[str, Expression]] = [("_count", Call("count", (row,)))]
    for key, value in options.entries:
        if key in names and isinstance(value, Fields):
            inner = tuple((name, Call(names[key], (Row(row.access, (name,)),))) for name, _ in value.entries)
            entries.append((key, Fields(inner)))
    return Fields(tuple(entries))


# TypeORM -------------------------------------------------------------------------------------------------


def _repository(reader: Reader, node: Node, pieces: list[str], scope: Scope) -> Expression | None:
    whole = chain(node, reader)
    link = whole.links[-1] if whole.links else None
    if link is None or link.given is None:
        return None
    verb = pieces[-1]
    entity = _entity(reader, whole, scope)
    nodes = list(link.given)
    managed = pieces[-2].removesuffix("()").endswith(("anager", "dataSource", "entityManager"))
    if entity is None and managed and len(nodes) > 1 and nodes[0].type == "identifier":
        found = reader.value(nodes.pop(0), scope)
        entity = found if isinstance(found, Ref) else None
    if entity is None:
        return None
    for earlier in whole.links[:-1]:
        if earlier.given is not None and earlier.name != "getRepository":
            read_all(earlier.given, reader, scope)
    values = read_all(tuple(nodes), reader, scope)
    return _told(reader, node, verb, entity, values, scope)


def _entity(reader: Reader, whole: Chain, scope: Scope) -> Ref | None:
    """The entity of a repository: by `getRepository(Order)`, or by the declared type of what holds it."""
    made = whole.called("getRepository", "getCustomRepository")
    if made is None and whole.links[:1] and whole.links[0].name == "" and whole.links[0].given:
        made = whole.links[0] if reader.source.text(whole.base) == "getRepository" else None
    if made is not None and made.given and made.given[0].type == "identifier":
        value = reader.value(made.given[0], scope)
        return value if isinstance(value, Ref) else None
    if any(link.given is not None for link in whole.links[:-1]) or whole.base.type not in ("this", "identifier"):
        return None
    value = reader.value(whole.base, scope)
    if not isinstance(value, Ref):
        return None
    known = reader.sheet.known.get(value.name)
    if isinstance(known, Call) and known.function == "repository" and known.arguments and len(whole.links) == 1:
        held = known.arguments[0]
        return held if isinstance(held, Ref) else None
    return reader.sheet.repositories.get((value.name, tuple(link.name for link in whole.links[:-1])))


def _told(reader: Reader, node: Node, verb: str, entity: Ref, values: list[Expression], scope: Scope) -> Expression:
    kind = table("builders")["repository"][verb]
    payload: Expression | None = None
    where: Expression | None = None
    first = values[0] if values else None
    if verb in ("save", "insert", "upsert"):
        payload = first
    elif verb in ("increment", "decrement") and len(values) > 2 and isinstance(values[1], Text):
        sign = "+" if verb == "increment" else "-"
        payload = Fields(((values[1].value, Operation(sign, (Ref(entity.name, (values[1].value,)), values[2]))),))
        where = _rows(first)
    elif verb == "update" and len(values) > 1:
        payload, where = values[1], _rows(first)
    elif kind == "delete" or verb.endswith(("By", "ByOrFail")):
        where = _rows(first)
    elif isinstance(first, Fields):
        asked = first.get("where")
        where = all_of(conditions(asked)) if asked is not None else None
    counted = verb in ("count", "countBy")
    row = reader.sheet.access(
        kind, entity, node, scope, payload=payload, where=where, aggregate="count" if counted else "",
        library="typeorm", loose=kind != "update",
    )  # fmt: skip
    return Call("count", (row,)) if counted else row


def _rows(value: Expression | None) -> Expression | None:
    """The rows that a criterion picks: by its members, or by the key alone."""
    if isinstance(value, Fields):
        return all_of(conditions(value))
    if isinstance(value, (Ref, Row, Text, Number, Call)):
        return Operation("=", (Ref("$row", ("id",)), value))
    return None
