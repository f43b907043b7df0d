"""supabase-py and PostgREST: tables, procedures, functions and buckets."""

import re
from functools import cache

import libcst as cst

from archlint.languages.python.chains import Link, chain, keyword, placed, read_all, read_rest
from archlint.languages.python.protocol import Reader
from archlint.model.expression import Boolean, Call, Expression, Fields, Null, Opaque, Operation, Ref, Text
from archlint.terms.idioms import table, words
from archlint.terms.postgrest import all_of, columns_of, condition, named
from archlint.terms.scope import Scope

_LIBRARY = "supabase"
_MEANT: dict[str, Expression] = {"null": Null(), "true": Boolean(True), "false": Boolean(False)}
_VERBS = frozenset({"insert", "update", "upsert", "delete", "select"})


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(table("supabase")["clients"][name])


def recognise(reader: Reader, node: cst.Call, name: str, scope: Scope) -> Expression | None:
    """`client.table("orders").insert({…}).execute()`, `client.rpc("pay", {…}).execute()`."""
    if ".table()." in name or ".from_()." in name:
        return _rows(reader, node, name, scope)
    if name.endswith(".rpc") or ".rpc()." in name:
        return _procedure(reader, node, scope)
    if name.endswith(".functions.invoke"):
        return _function(reader, node, scope)
    return None


def _client(reader: Reader, base: cst.BaseExpression, scope: Scope) -> tuple[str, Ref | None]:
    """Whose rights a call uses: by the key that its client was made with, or by its name."""
    value = reader.value(base, scope)
    if not isinstance(value, Ref):
        return "", None
    label = value.path[-1] if value.path else value.name.split("@", 1)[0]
    return ("service" if _pattern("service_name").search(label) else ""), value


def _answer(row: Expression) -> Expression:
    return Fields((("data", row), ("count", Call("count", (row,)))))


def _rows(reader: Reader, node: cst.Call, name: str, scope: Scope) -> Expression | None:
    whole = chain(node)
    start = next(
        (index for index, link in enumerate(whole.links) if link.name in ("table", "from_") and link.given), None
    )
    if start is None or start + 1 >= len(whole.links):
        return None
    if "storage" in (link.name for link in whole.links[:start]):
        return _upload(reader, whole.links[start:], scope)
    main = whole.links[start + 1]
    if main.name not in _VERBS or main.given is None:
        return None
    rights, through = _client(reader, whole.links[start - 1].node if start else whole.base, scope)
    target = reader.value((whole.links[start].given or ())[0].value, scope)
    arguments = read_all(main.given, reader, scope)
    conditions: list[Expression] = []
    shown = main.node
    denied = False
    for link in whole.links[start + 2 :]:
        values = read_all(link.given, reader, scope)
        found = _asked(link.name, values) if link.given is not None else None
        if found is not None:
            conditions.append(Operation("not", (found,)) if denied else found)
            shown = link.node
        # `not_` turns round the filter behind it.
        denied = link.name == "not_" and link.given is None
    if named(target) == "":
        return Opaque("rows")
    counted = main.name == "select" and keyword(main.given, "head") is not None
    columns = (
        columns_of(arguments[0].value) if main.name == "select" and arguments and isinstance(arguments[0], Text) else ()
    )
    row = reader.sheet.access(
        main.name, named(target), shown, scope,
        payload=arguments[0] if arguments and main.name not in ("select", "delete") else None,
        where=all_of(conditions), columns=columns, aggregate="count" if counted else "", client=rights, through=through,
        library=_LIBRARY,
    )  # fmt: skip
    return _answer(row)


def _asked(name: str, values: list[Expression]) -> Expression | None:
    """What a filter asks; `null`, `true` and `false` may be written as texts."""
    name = name.rstrip("_")
    if name == "is" and len(values) == 2 and isinstance(values[1], Text):
        values = [values[0], _MEANT.get(values[1].value.lower(), values[1])]
    return condition(name, values, table("supabase")["filters"])


def _procedure(reader: Reader, node: cst.Call, scope: Scope) -> Expression | None:
    whole = chain(node)
    start = next((index for index, link in enumerate(whole.links) if link.name == "rpc" and link.given), None)
    if start is None:
        return None
    link = whole.links[start]
    nodes = placed(link.given)
    if not nodes or not isinstance(nodes[0], cst.SimpleString):
        return None
    rights, through = _client(reader, whole.links[start - 1].node if start else whole.base, scope)
    values = read_all(link.given, reader, scope)
    read_rest(whole.links[start + 1 :], reader, scope)
    if not isinstance(values[0], Text):
        return None
    payload = values[1] if len(values) > 1 else Fields(())
    row = reader.sheet.access(
        "rpc", values[0].value, link.node, scope, payload=payload, client=rights, through=through, library=_LIBRARY
    )
    return _answer(row)


def _function(reader: Reader, node: cst.Call, scope: Scope) -> Expression | None:
    whole = chain(node)
    link = whole.links[-1]
    values = read_all(link.given, reader, scope)
    if not values or not isinstance(values[0], Text):
        return None
    rights, through = _client(reader, whole.base, scope)
    options = values[1] if len(values) > 1 else None
    payload = options.get("body") if isinstance(options, Fields) else None
    return reader.sheet.access(
        "invoke", values[0].value, node, scope, payload=payload, client=rights, through=through, library=_LIBRARY
    )


def _upload(reader: Reader, links: list[Link], scope: Scope) -> Expression | None:
    bucket = reader.value((links[0].given or ())[0].value, scope)
    link = links[1]
    values = read_all(link.given, reader, scope)
    if link.name not in words("supabase", "uploads") or len(values) < 2 or not isinstance(bucket, (Text, Ref)):
        return Opaque("storage")
    target = bucket.value if isinstance(bucket, Text) else bucket
    return reader.sheet.access("upload", target, link.node, scope, payload=values[1], library=_LIBRARY)
