"""supabase-js: tables, procedures, functions, buckets and who is signed in."""

import re
from functools import cache

from tree_sitter import Node

from archlint.languages.typescript.accounts import account_methods, written
from archlint.languages.typescript.chains import Link, answer, chain, given, read_all, read_rest
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import unwrapped
from archlint.model.expression import (
    Boolean,
    Call,
    Expression,
    Fields,
    Opaque,
    Ref,
    Text,
)
from archlint.terms.idioms import table, words
from archlint.terms.neutral import CALLER
from archlint.terms.postgrest import all_of, columns_of, condition, named
from archlint.terms.scope import Scope

_TABLE = re.compile(
    r"\.from\(\)\.(?:insert|update|upsert|delete|select)\(\)|\.from\(\)\.(?:insert|update|upsert|delete|select)$"
)


def supabase(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """A call on a client, or the making of one."""
    last = name.rsplit(".", 1)[-1]
    if ".from()" in name:
        if ".storage" in name and last in words("supabase", "uploads"):
            return _upload(reader, node, scope)
        return _rows(reader, node, scope) if _TABLE.search(name) else None
    if last == "rpc" or ".rpc()" in name:
        return _procedure(reader, node, scope)
    if name.endswith("functions.invoke"):
        return _function(reader, node, scope)
    if ".auth." in name and last in words("supabase", "user"):
        read_rest(chain(node, reader).links, reader, scope)
        claims = Fields((("claims", CALLER),)) if last == "getClaims" else None
        session = Fields((("user", CALLER), ("session", Fields((("user", CALLER),)))))
        return Fields((("data", claims or session), ("error", Opaque("error"))))
    if last in account_methods() and ".auth." in name:
        return _account(reader, node, name, scope)
    return _client(reader, node, last, scope) if last in _makers() else None


@cache
def _makers() -> frozenset[str]:
    clients = table("supabase")["clients"]
    return frozenset((*clients["makers"], *clients["anon"], *clients["service"]))


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(table("supabase")["clients"][name])


# Clients -------------------------------------------------------------------------------------------------


def _client(reader: Reader, node: Node, last: str, scope: Scope) -> Expression | None:
    clients = table("supabase")["clients"]
    nodes = given(node)
    if last in clients["makers"] and len(nodes) < 2:
        # A function of the project that happens to have the same name; its own body tells.
        return None
    arguments = read_all(nodes, reader, scope)
    if last in clients["service"]:
        return Call("client", (Text("service"),))
    if len(nodes) > 1:
        own = reader.source.text(nodes[2]) if len(nodes) > 2 else ""
        if "Authorization" in own and not _pattern("service_key").search(own):
            return Call("client", (Text("anon"),))
        found = rights(arguments[1], reader.source.text(nodes[1]))
        if found:
            return Call("client", (Text(found),))
    if last in clients["anon"]:
        return Call("client", (Text("anon"),))
    return Call("client", (arguments[1],))


def rights(key: Expression, text: str) -> str:
    """Whose rights a key gives, by its name."""
    name = text
    if isinstance(key, Call) and key.function == "environment" and isinstance(key.arguments[0], Text):
        name = key.arguments[0].value
    if _pattern("service_key").search(name):
        return "service"
    return "anon" if _pattern("anon_key").search(name) else ""


def client(reader: Reader, base: Node, links: list[Link], scope: Scope) -> tuple[str, Ref | None]:
    """Whose rights a call uses: known here, or by the object that it goes through."""
    value = reader.value(base, scope)
    for link in links:
        if link.given is not None:
            read_all(link.given, reader, scope)
            return "", None
    if isinstance(value, Call) and value.function == "client":
        decided = value.arguments[0]
        return (decided.value, None) if isinstance(decided, Text) else ("", None)
    if isinstance(value, Call) and value.callee is not None:
        return "", Ref(value.callee.name, (*value.callee.path, "()"))
    if isinstance(value, Ref):
        through = Ref(value.name, (*value.path, *(link.name for link in links)))
        label = through.path[-1] if through.path else through.name.split("@", 1)[0]
        known = reader.sheet.known.get(value.name) if not links else None
        if isinstance(known, Call) and known.function == "client" and isinstance(known.arguments[0], Text):
            return known.arguments[0].value, through
        return ("service" if _pattern("service_name").search(label) else ""), through
    return "", None


def _in_schema(reader: Reader, before: list[Link], target: str | Ref, scope: Scope) -> str | Ref:
    """A table or routine with the schema that the chain names before it, except for the one that is searched anyway."""
    chosen = next((link for link in before if link.name == "schema" and link.given), None)
    if chosen is None or not chosen.given or not isinstance(target, str) or not target or "." in target:
        return target
    schema = reader.value(chosen.given[0], scope)
    return f"{schema.value}.{target}" if isinstance(schema, Text) and schema.value not in ("", "public") else target


# Tables --------------------------------------------------------------------------------------------------


def _rows(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    whole = chain(node, reader)
    start = next(index for index, link in enumerate(whole.links) if link.name == "from" and link.given is not None)
    nodes = whole.links[start].given or ()
    if len(nodes) != 1:
        return None
    rights_, through = client(
        reader, whole.base, [link for link in whole.links[:start] if link.name != "schema"], scope
    )
    target = _in_schema(reader, whole.links[:start], named(reader.value(nodes[0], scope)), scope)
    rest = whole.links[start + 1 :]
    main = rest[0]
    kind = main.name
    last = main.node
    arguments = read_all(main.given, reader, scope)
    conditions: list[Expression] = []
    columns: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    aggregate = ""
    if kind == "select":
        columns, aggregate = _selected(arguments)
    for link in rest[1:]:
        values = read_all(link.given, reader, scope)
        if link.name == "select" and kind != "select":
            columns, _ = _selected(values)
            continue
        order += _sorted(link.name, values)
        found = condition(link.name, values, table("supabase")["filters"]) if link.given is not None else None
        if found is not None:
            conditions.append(found)
            last = link.node
    if target == "":
        return Opaque(reader.source.snippet(node))
    row = reader.sheet.access(
        kind, target, last, scope,
        payload=arguments[0] if arguments and kind not in ("select", "delete") else None,
        where=all_of(conditions), columns=columns, order=order, aggregate=aggregate, client=rights_, through=through,
        library="supabase",
    )  # fmt: skip
    return answer(row)


def _sorted(name: str, values: list[Expression]) -> tuple[str, ...]:
    """The column of an `order`, unless it is one of an embedded table."""
    options = values[1] if len(values) > 1 else Fields(())
    if name != "order" or not values or not isinstance(values[0], Text) or not isinstance(options, Fields):
        return ()
    elsewhere = options.spreads or any(key.lower().endswith("table") for key, _ in options.entries)
    return () if elsewhere or not values[0].value.isidentifier() else (values[0].value,)


def _selected(arguments: list[Expression]) -> tuple[tuple[str, ...], str]:
    options = arguments[1] if len(arguments) > 1 else None
    counted = isinstance(options, Fields) and options.get("head") == Boolean(True)
    text = arguments[0].value if arguments and isinstance(arguments[0], Text) else ""
    if counted or text == "count":
        return (), "count"
    return columns_of(text), ""


# Accounts ------------------------------------------------------------------------------------------------


def _account(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    whole = chain(node, reader)
    values = read_all(whole.links[-1].given, reader, scope)
    found = written(name, values)
    if found is None:
        return None
    before = next(index for index, link in enumerate(whole.links) if link.name == "auth")
    rights_, through = client(reader, whole.base, list(whole.links[:before]), scope)
    operation, payload = found
    row = reader.sheet.access(
        operation, table("supabase")["accounts"]["table"], node, scope,
        payload=payload, client="service" if ".admin." in name else rights_, through=through, library="supabase",
    )  # fmt: skip
    user = row if ".admin." in name else CALLER
    return Fields((("data", Fields((("user", user),))), ("error", Opaque("error"))))


# Procedures, functions, buckets --------------------------------------------------------------------------


def _procedure(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    whole = chain(node, reader)
    start = next((index for index, link in enumerate(whole.links) if link.name == "rpc" and link.given), None)
    if start is None:
        return None
    nodes = whole.links[start].given or ()
    if len(nodes) > 3 or unwrapped(nodes[0]).type not in (
        "string",
        "identifier",
        "member_expression",
        "template_string",
    ):
        return None
    rights_, through = client(
        reader, whole.base, [link for link in whole.links[:start] if link.name != "schema"], scope
    )
    values = read_all(nodes, reader, scope)
    read_rest(whole.links[start + 1 :], reader, scope)
    target = _in_schema(reader, whole.links[:start], named(values[0]), scope)
    if target == "":
        return Opaque(reader.source.snippet(node))
    payload = values[1] if len(values) > 1 else Fields(())
    row = reader.sheet.access(
        "rpc", target, whole.links[start].node, scope,
        payload=payload, client=rights_, through=through, library="supabase",
    )  # fmt: skip
    return answer(row)


def _function(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    whole = chain(node, reader)
    link = whole.links[-1]
    rights_, through = client(reader, whole.base, whole.links[:-2], scope)
    values = read_all(link.given, reader, scope)
    if not values:
        return None
    options = values[1] if len(values) > 1 else None
    payload = options.get("body") if isinstance(options, Fields) else None
    target = named(values[0])
    if target == "":
        return Opaque(reader.source.snippet(node))
    row = reader.sheet.access(
        "invoke", target, node, scope, payload=payload, client=rights_, through=through, library="supabase"
    )
    return answer(row)


def _upload(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    whole = chain(node, reader)
    link = whole.links[-1]
    start = whole.called("from")
    if start is None or not start.given:
        return None
    rights_, through = client(reader, whole.base, [], scope)
    target = named(reader.value(start.given[0], scope))
    values = read_all(link.given, reader, scope)
    if len(values) < 2 or target == "":
        return Opaque(reader.source.snippet(node))
    row = reader.sheet.access(
        "upload", target, node, scope, payload=values[1], client=rights_, through=through, library="supabase"
    )
    return answer(row)
