"""Calls that tell who is calling, or refuse unless somebody else does."""

import re

from tree_sitter import Node

from archlint.languages.typescript.chains import given, read_all
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import unwrapped
from archlint.model.expression import Call, Expression, Ref
from archlint.terms.callers import demand, demands_by_name
from archlint.terms.idioms import table, words
from archlint.terms.neutral import CALLER
from archlint.terms.scope import Scope


def callers(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """A call that tells who is calling."""
    last = name.rsplit(".", 1)[-1]
    if last in words("callers", "bare") or name in words("callers", "calls") or last in words("callers", "calls"):
        if node.type == "new_expression" or name.startswith(("prisma.", "db.")):
            return None
        nodes = given(node)
        known = last in words("callers", "calls") or name in words("callers", "calls")
        if not known and not all(_is_request(reader, item) for item in nodes):
            return None
        read_all(nodes, reader, scope)
        return CALLER
    holder = name.rpartition(".")[0].rsplit(".", 1)[-1]
    if last in words("callers", "members") and not given(node) and re.search(table("callers")["keepers"], holder):
        # What a service of a session holds, read by a call: `auth.user()`.
        return CALLER
    if last == "get" and name.split(".", 1)[0] in ("c", "ctx"):
        nodes = given(node)
        if len(nodes) == 1 and reader.source.text(nodes[0]).strip("'\"") in words("callers", "members"):
            return CALLER
    return None


def _is_request(reader: Reader, node: Node) -> bool:
    inner = unwrapped(node)
    text = reader.source.text(inner).split("(", 1)[0].split(".", 1)[0]
    return inner.type in ("identifier", "call_expression", "member_expression") and text in words("callers", "requests")


def demands(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """`await requireRole('admin')` as a statement, or with its result kept."""
    last = name.rsplit(".", 1)[-1]
    if not demands_by_name(last) or "()" in name:
        return None
    outer = node.parent
    while outer is not None and outer.type in ("await_expression", "parenthesized_expression"):
        outer = outer.parent
    kept = outer is not None and outer.type == "variable_declarator"
    if outer is None or not (kept or outer.type == "expression_statement"):
        return None
    if kept and re.match("(?i)check|verify|guard|only|restrict", last):
        return None
    callee = node.child_by_field_name("function")
    if callee is None or not scope.number:
        return None
    target = reader.value(callee, scope)
    arguments = tuple(read_all(given(node), reader, scope))
    condition = demand(name, arguments)
    if condition is not None:
        reader.sheet.state("authorize", node, scope, condition=condition, source="guard", guards=scope.guards)
    if isinstance(target, Ref):
        reader.sheet.invoke(target, arguments, node, scope)
    return (
        CALLER if kept and condition is not None else Call(name, arguments, target if isinstance(target, Ref) else None)
    )
