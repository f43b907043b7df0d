"""supabase_flutter: tables, procedures, functions and buckets."""

import re
from functools import cache

from tree_sitter import Node

from archlint.languages.dart.chains import Link, chain, read
from archlint.languages.dart.protocol import Arguments, Reader
from archlint.model.expression import (
    Expression,
    Fields,
    Opaque,
    Operation,
    Ref,
    Row,
    Text,
)
from archlint.terms.idioms import table, words
from archlint.terms.postgrest import all_of, columns_of, condition, named
from archlint.terms.scope import Scope

_ROWS = re.compile(r"\.from\(\)\.(?:insert|update|upsert|delete|select|stream|count)(?:\(\)|$)")


def supabase(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """A call on a client."""
    last = name.rsplit(".", 1)[-1]
    if ".from()" in name:
        if "storage" in name and last in words("supabase", "uploads"):
            return _upload(reader, node, scope)
        return _rows(reader, node, scope) if _ROWS.search(name) else None
    if last == "rpc" or ".rpc()" in name:
        return _procedure(reader, node, scope)
    if name.endswith("functions.invoke"):
        return _function(reader, node, scope)
    if last in table("dart_supabase")["filters"] and "." in name and "()" not in name:
        return _later(reader, node, last, scope)
    return None


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(table("supabase")["clients"][name])


def client(reader: Reader, base: Node, links: list[Link], scope: Scope) -> tuple[str, Ref | None]:
    """Whose rights a call uses: an application that people hold in their hands has no others than theirs."""
    value = reader.value(base, scope)
    through = None
    label = reader.source.text(base)
    if isinstance(value, Ref):
        through = Ref(value.name, (*value.path, *(link.name for link in links if not link.called)))
        label = through.path[-1] if through.path else through.name.split("@", 1)[0]
    if _pattern("service_name").search(label):
        return "service", through
    flutter = any(item.module.startswith("package:supabase_flutter/") for item in reader.sheet.imports)
    return ("anon" if flutter else ""), through


# Tables --------------------------------------------------------------------------------------------------


def _rows(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    whole = chain(node, reader)
    start = next(index for index, link in enumerate(whole.links) if link.name == "from" and link.called)
    found = read(whole.links[start], reader, scope).positional
    if len(found) != 1 or start + 1 >= len(whole.links):
        return None
    rights, through = client(reader, whole.base, whole.links[:start], scope)
    target = named(found[0])
    main, *rest = whole.links[start + 1 :]
    arguments = read(main, reader, scope)
    kind, last = table("dart_supabase")["verbs"][main.name], main.node
    columns = _selected(arguments.positional) if kind == "select" else ()
    conditions: list[Expression] = []
    order: tuple[str, ...] = ()
    aggregate = "count" if main.name == "count" else ""
    for link in rest:
        values = read(link, reader, scope)
        if link.name == "select" and kind != "select":
            columns = _selected(values.positional)
            continue
        order += _sorted(link.name, values)
        aggregate = "count" if link.name == "count" and link.called else aggregate
        test = _filter(link.name, values.positional) if link.called else None
        if test is not None:
            conditions.append(test)
            last = link.node
    if target == "":
        return Opaque(reader.source.snippet(node))
    writes = kind not in ("select", "delete")
    return reader.sheet.access(
        kind, target, last, scope, payload=arguments.positional[0] if arguments.positional and writes else None,
        where=all_of(conditions), columns=columns, order=order, aggregate=aggregate, client=rights, through=through,
        library="supabase",
    )  # fmt: skip


def _later(reader: Reader, node: Node, last: str, scope: Scope) -> Expression | None:
    """`query = query.eq('status', 'paid')`: a filter that is put to a query which has a name."""
    whole = chain(node, reader)
    if len(whole.links) != 1 or whole.base.type != "identifier":
        return None
    query = reader.value(whole.base, scope)
    held: Expression | None = query
    for _ in range(4):
        if isinstance(held, Ref) and not held.path:
            held = reader.sheet.known.get(held.name)
    if not isinstance(held, Row) or reader.sheet.accesses[held.access].library != "supabase":
        return None
    access = reader.sheet.accesses[held.access]
    test = _filter(last, read(whole.links[0], reader, scope).positional)
    if isinstance(test, Operation) and isinstance(access.target, str):
        subject = test.operands[0]
        if isinstance(subject, Ref) and subject.name == "$row":
            asked = Operation(test.operator, (Ref(f"table:{access.target}", subject.path), *test.operands[1:]))
            kind = "among" if test.operator == "in" else "compare"
            reader.sheet.state(kind, node, scope, condition=asked, effect="", strength="soft")
    return held


def _sorted(name: str, values: Arguments) -> tuple[str, ...]:
    """The column of an `order`, unless it is one of an embedded table."""
    first = values.positional[0] if values.positional else None
    if name != "order" or not isinstance(first, Text) or values.get("referencedTable") is not None:
        return ()
    return (first.value,) if first.value.isidentifier() and values.get("foreignTable") is None else ()


def _selected(arguments: tuple[Expression, ...]) -> tuple[str, ...]:
    return columns_of(arguments[0].value) if arguments and isinstance(arguments[0], Text) else ()


def _filter(name: str, values: tuple[Expression, ...]) -> Expression | None:
    return condition(name, values, table("dart_supabase")["filters"])


# Procedures, functions, buckets --------------------------------------------------------------------------


def _procedure(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    whole = chain(node, reader)
    start = next((index for index, link in enumerate(whole.links) if link.name == "rpc" and link.called), None)
    if start is None:
        return None
    rights, through = client(reader, whole.base, whole.links[:start], scope)
    arguments = read(whole.links[start], reader, scope)
    for link in whole.links[start + 1 :]:
        read(link, reader, scope)
    target = named(arguments.positional[0]) if arguments.positional else ""
    if target == "":
        return Opaque(reader.source.snippet(node))
    payload = arguments.get("params") or (arguments.positional[1] if len(arguments.positional) > 1 else Fields(()))
    return reader.sheet.access(
        "rpc", target, whole.links[start].node, scope, payload=payload, client=rights, through=through,
        library="supabase",
    )  # fmt: skip


def _function(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    whole = chain(node, reader)
    rights, through = client(reader, whole.base, whole.links[:-2], scope)
    arguments = read(whole.links[-1], reader, scope)
    target = named(arguments.positional[0]) if arguments.positional else ""
    if target == "":
        return Opaque(reader.source.snippet(node))
    row = reader.sheet.access(
        "invoke", target, node, scope, payload=arguments.get("body"), client=rights, through=through,
        library="supabase",
    )  # fmt: skip
    return Fields((("data", row), ("status", Opaque("status"))))


def _upload(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    whole = chain(node, reader)
    start = next((link for link in whole.links if link.name == "from" and link.called), None)
    if start is None:
        return None
    found = read(start, reader, scope).positional
    rights, through = client(reader, whole.base, [], scope)
    values = read(whole.links[-1], reader, scope).positional
    target = named(found[0]) if found else ""
    if len(values) < 2 or target == "":
        return Opaque(reader.source.snippet(node))
    return reader.sheet.access(
        "upload", target, node, scope, payload=values[1], client=rights, through=through, library="supabase"
    )
