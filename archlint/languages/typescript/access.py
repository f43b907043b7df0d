"""Every call first comes by here: which library's knowledge it needs, decided by its name."""

from functools import cache

from tree_sitter import Node

from archlint.languages.typescript.builders import KYSELY, builders
from archlint.languages.typescript.callers import callers, demands
from archlint.languages.typescript.chains import given, read_all
from archlint.languages.typescript.class_calls import class_calls, mikro, saved
from archlint.languages.typescript.cloud_functions import cloud_functions
from archlint.languages.typescript.entities import ENUMS, TABLES, entities
from archlint.languages.typescript.firestore import firestore
from archlint.languages.typescript.http import http
from archlint.languages.typescript.model_classes import declared
from archlint.languages.typescript.models import models
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.routes import bodies, request_body, routes
from archlint.languages.typescript.sqltext import sql
from archlint.languages.typescript.supabase import supabase
from archlint.languages.typescript.syntax import unwrapped
from archlint.languages.typescript.wrappers import wrappers
from archlint.model.expression import Call, Expression, Fields, Items, Lambda, Opaque, Ref, Row, Text
from archlint.terms.callers import callers_mean
from archlint.terms.idioms import table, words
from archlint.terms.scope import Scope

# Words that the readers themselves know: of chains, of declarations, of forms.
_BUILT_IN = (
    "from", "rpc", "invoke", "route", "serve", "valid", "getRepository", "into", "json", "text",
    "getAll", "append", "set", "findFirst", "findMany",
    *KYSELY, *TABLES, *ENUMS, "table", "enum",
)  # fmt: skip
_READERS = (
    # What the project itself says goes before what a name usually means.
    wrappers, cloud_functions, firestore, supabase, routes, bodies, sql, builders, mikro, models, entities, declared,
    class_calls, saved, http, demands, callers,
)  # fmt: skip


def recognise(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """What a call of a library means; None where it is none that we know."""
    if node.type == "new_expression":
        return declared(reader, node, name, scope)
    plain = _PLAIN.get(name)
    if plain is not None:
        return plain(reader, node, scope)
    if not _spoken_of(name):
        return None
    for read in _READERS:
        found = read(reader, node, name, scope)
        if found is not None:
            return found
    last = name.rsplit(".", 1)[-1]
    if last in ("get", "getAll", "append", "set") and "." in name:
        return _form(reader, node, last, scope)
    if last in words("http", "queries"):
        return _query(reader, node, scope)
    return None


@cache
def _spoken_of(name: str) -> bool:
    """Whether a word of the name is one of any library's; most calls are asked about no further."""
    pieces = [piece.removesuffix("()") for piece in name.split(".")]
    return any(piece in _vocabulary() for piece in pieces) or callers_mean(pieces[-1])


@cache
def _vocabulary() -> frozenset[str]:
    """All words that the tables of idioms know calls by."""
    clients, builders_ = table("supabase")["clients"], table("builders")
    return frozenset({
        *_BUILT_IN, *clients["makers"], *clients["anon"], *clients["service"],
        *words("supabase", "user"), *words("supabase", "uploads"),
        *(method.rsplit(".", 1)[-1] for method in table("supabase")["accounts"]["methods"]),
        *table("routes")["methods"], *words("routes", "serving"), *words("routes", "nested"),
        *words("routes", "mounting"), *words("routes", "reading"), *words("routes", "body"),
        *words("sql", "tags"), *words("sql", "callers"), *words("sql", "later"),
        *words("builders", "knex", "verbs"), *builders_["prisma"], *builders_["repository"],
        *builders_["classes"], *builders_["mikro"], *words("sequelize", "makers"), "data", "httpsCallable", "onRequest",
        *(word.rsplit(".", 1)[-1] for word in table("firestore")["callables"]), *table("firestore")["accounts"],
        *table("firestore")["functions"], *table("firestore")["methods"], *table("firestore")["mongo"],
        *table("firestore")["sentinels"], *words("firestore", "references"), *words("firestore", "queries"),
        *words("firestore", "restrictions"),
        *(word.rsplit(".", 1)[-1] for word in table("wrappers")["calls"]),
        *words("http", "functions"), *words("http", "queries"), *table("http")["methods"],
        *(word.rsplit(".", 1)[-1] for word in (*words("callers", "bare"), *words("callers", "calls"))),
    })  # fmt: skip


def _environment(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    values = read_all(given(node), reader, scope)
    return Call("environment", (values[0],)) if values and isinstance(values[0], Text) else Opaque("environment")


def _all(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    """`Promise.all([a, b])` gives what each of them gives."""
    values = read_all(given(node), reader, scope)
    return values[0] if len(values) == 1 and isinstance(values[0], (Items, Ref, Row, Fields)) else Opaque("all")


def _same(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    values = read_all(given(node), reader, scope)
    return values[0] if values else Opaque("value")


def _parsed(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    """`JSON.parse(text)` is the text; `JSON.parse(await read(req))` is the body of the request."""
    nodes = given(node)
    inner = unwrapped(nodes[0]) if nodes else None
    if inner is not None and inner.type == "call_expression":
        asked = given(inner)
        if len(asked) == 1 and asked[0].type == "identifier":
            body = request_body(reader, reader.source.text(asked[0]), scope)
            if body is not None:
                reader.value(nodes[0], scope)
                return body
    return _same(reader, node, scope)


_PLAIN = {
    "Deno.env.get": _environment,
    "Promise.all": _all,
    "JSON.parse": _parsed,
    "JSON.stringify": _same,
    "Object.fromEntries": _same,
}


def _form(reader: Reader, node: Node, last: str, scope: Scope) -> Expression | None:
    """`form.get('amount')` reads a member, `form.append('amount', x)` writes one."""
    nodes = given(node)
    if not nodes or unwrapped(nodes[0]).type != "string":
        return None
    callee = node.child_by_field_name("function")
    holder = callee.child_by_field_name("object") if callee is not None else None
    if holder is None or unwrapped(holder).type != "identifier":
        return None
    label = reader.source.text(unwrapped(holder))
    scoped = scope.lookup(label) or f"{label}@0"
    known = reader.sheet.known.get(scoped)
    form = label.lower().endswith(("formdata", "form_data", "form", "searchparams", "fd"))
    if not form and not (isinstance(known, Ref) and known.name.startswith("_body@")):
        return None
    key = reader.source.text(unwrapped(nodes[0]))[1:-1]
    if last in ("get", "getAll"):
        return Ref(scoped, (key,)) if len(nodes) == 1 else None
    values = read_all(nodes, reader, scope)
    if len(values) > 1:
        reader.sheet.bind(Ref(scoped, (key,)), values[1], node, scope)
    return Opaque(last)


def _query(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    """`useQuery({ queryFn })` has as its data what the function gives."""
    values = read_all(given(node), reader, scope)
    function: Expression | None = next((item for item in values[::-1] if isinstance(item, (Lambda, Ref))), None)
    for item in values:
        if isinstance(item, Fields):
            function = item.get("queryFn") or function
    if function is None:
        return Opaque("query")
    return Fields((("data", _given(reader, function)), ("error", Opaque("error"))))


def _given(reader: Reader, function: Expression) -> Expression:
    """What a function gives: the last thing that it returns."""
    if isinstance(function, Lambda):
        fact = next((fact for fact in reversed(reader.sheet.functions) if fact.scope == function.scope), None)
        values = (
            [value for _, value in fact.returns if not isinstance(value, (Text, Opaque))] if fact is not None else []
        )
        return values[-1] if values else Opaque("result")
    if isinstance(function, Ref):
        return Call(function.name.split("@", 1)[0], (), function)
    return Opaque("result")
