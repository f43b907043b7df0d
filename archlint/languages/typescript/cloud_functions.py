"""Cloud Functions: handlers that the browser calls by name, those that call them, and accounts of the platform."""

import re
from functools import cache

from tree_sitter import Node

from archlint.languages.typescript.chains import read_all
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.routes import handled
from archlint.languages.typescript.syntax import FUNCTIONS, field, parts, unwrapped
from archlint.model.expression import Call, Expression, Fields, Lambda, Opaque, Ref, Text
from archlint.terms.idioms import table, words
from archlint.terms.scope import Function, Scope

_CALLABLE = frozenset({"httpsCallable", "httpsCallableFromURL"})


def cloud_functions(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """`onCall(handler)`, `httpsCallable(functions, 'name')(data)`, `createUserWithEmailAndPassword(auth, …)`."""
    last = name.rsplit(".", 1)[-1]
    if last in _CALLABLE:
        return _callable(reader, node, scope)
    if name.removesuffix("()") != name and name.rsplit(".", 1)[-1].removesuffix("()") in _CALLABLE:
        return _called(reader, node, scope)
    if _served(reader):
        for maker, member in table("firestore")["callables"].items():
            if name == maker or name.endswith(f".{maker}"):
                return _handler(reader, node, member, scope)
        if last in words("firestore", "triggers", "requests") or name.endswith(".onRequest"):
            return _request(reader, node, scope)
    if last in _account_methods():
        return _account(reader, node, name, last, scope)
    return None


@cache
def _module(name: str) -> re.Pattern[str]:
    found = table("firestore")[name]
    return re.compile("|".join(found) if isinstance(found, list) else found)


def _served(reader: Reader) -> bool:
    return any(_module("functions_modules").search(item.module) for item in reader.sheet.imports)


@cache
def _account_methods() -> frozenset[str]:
    return frozenset(key for key, row in table("firestore")["accounts"].items() if isinstance(row, dict))


def _given(node: Node) -> list[Node]:
    listed = field(node, "arguments")
    return parts(listed) if listed is not None and listed.type == "arguments" else []


# Handlers ------------------------------------------------------------------------------------------------


def _owner(reader: Reader, node: Node) -> str:
    """The exported name under which a function is deployed."""
    outer = node.parent
    while outer is not None and outer.type in ("call_expression", "arguments", "member_expression", "as_expression"):
        outer = outer.parent
    if outer is not None and outer.type == "variable_declarator":
        name = field(outer, "name")
        return reader.source.text(name) if name is not None and name.type == "identifier" else ""
    if outer is not None and outer.type == "assignment_expression":
        left = field(outer, "left")
        found = re.match(r"(?:module\.)?exports\.(\w+)$", reader.source.text(left)) if left is not None else None
        return found.group(1) if found else ""
    return ""


def _handler(reader: Reader, node: Node, member: str, scope: Scope) -> Expression | None:
    given = _given(node)
    functions = [item for item in given if unwrapped(item).type in (*FUNCTIONS, "identifier")]
    if not functions:
        return None
    name = _owner(reader, node)
    for item in given:
        if item is not functions[-1]:
            reader.value(item, scope)
    function = Function(reader.sheet.new_scope(), scope.number, name or "handler", name or scope.function.symbol)
    function.role, function.route = "handler", f"function {name}" if name else ""
    function.body = f"_body@{function.number}"
    inner = Scope(scope, function)
    inner.around = scope.around
    body = Ref(function.body)
    value = reader.value(functions[-1], inner)
    if isinstance(value, Lambda):
        fact = next((fact for fact in reversed(reader.sheet.functions) if fact.scope == value.scope), None)
        if fact is not None and fact.parameters:
            path = ("data",) if member == "request" else ()
            reader.sheet.bind(Ref(fact.parameters[0], path), body, functions[-1], inner)
            function.returns.extend(fact.returns)
    elif isinstance(value, Ref):
        given_value = Fields((("data", body),)) if member == "request" else body
        reader.sheet.invoke(value, (given_value,), functions[-1], inner)
    reader.sheet.function(function, node)
    return Lambda(function.number)


def _request(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    given = _given(node)
    if not given:
        return None
    for item in given[:-1]:
        reader.value(item, scope)
    name = _owner(reader, node)
    return handled(reader, node, f"function {name}" if name else "", [], given[-1:], scope)


# Callers -------------------------------------------------------------------------------------------------


def _callable(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    values = read_all(tuple(_given(node)), reader, scope)
    if len(values) < 2 or not isinstance(values[1], Text):
        return None
    return Call("callable", (Text(values[1].value.rsplit("/", 1)[-1]),))


def _called(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    """`httpsCallable(functions, 'name')(data)`."""
    callee = field(node, "function")
    made = reader.value(callee, scope) if callee is not None else None
    if not isinstance(made, Call) or made.function != "callable":
        return None
    return _sent(reader, node, made.arguments[0], scope)


def called_by_name(reader: Reader, node: Node, callee: Node, scope: Scope) -> Expression | None:
    """`const fn = httpsCallable(…); fn(data)` of one file; who makes it elsewhere is known when all files are read."""
    if callee.type != "identifier":
        return None
    local = scope.lookup(reader.source.text(callee))
    known = reader.sheet.known.get(local) if local else None
    if isinstance(known, Call) and known.function == "callable":
        return _sent(reader, node, known.arguments[0], scope)
    return None


def _sent(reader: Reader, node: Node, target: Expression, scope: Scope) -> Expression:
    values = read_all(tuple(_given(node)), reader, scope)
    if not isinstance(target, Text):
        return Opaque("called")
    row = reader.sheet.access(
        "invoke", target.value, node, scope, payload=values[0] if values else Fields(()), client="anon",
        library="firebase",
    )  # fmt: skip
    return Fields((("data", row),))


# Accounts ------------------------------------------------------------------------------------------------


def _account(reader: Reader, node: Node, name: str, last: str, scope: Scope) -> Expression | None:
    knowledge = table("firestore")["accounts"]
    row = knowledge[last]
    modules = [item.module for item in reader.sheet.imports]
    admin = any(_module("admin").search(module) for module in modules)
    own = admin or any(_module("modules").search(module) for module in modules)
    if not own or ("object" in row) != ("." in name):
        return None
    values = read_all(tuple(_given(node)), reader, scope)
    columns: list[tuple[str, Expression]] = []
    if "object" in row:
        given = values[row["object"] - 1] if len(values) >= row["object"] else None
        if not admin or not isinstance(given, Fields):
            return Opaque(last)
        columns = [(key, value) for key, value in given.entries if key in knowledge["columns"]]
    else:
        columns = [(key, values[row[key] - 1]) for key in row if key != "kind" and len(values) >= row[key]]
    return reader.sheet.access(
        row["kind"], knowledge["table"], node, scope,
        payload=Fields(tuple(columns)), client="service" if admin else "anon", library="firebase",
    )  # fmt: skip
