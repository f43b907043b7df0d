"""Servers that look at the address themselves: `if (req.method === 'POST' && req.url === '/orders') { … }`."""

from tree_sitter import Node

from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import field, unwrapped
from archlint.terms.idioms import table, words
from archlint.terms.scope import Function, Scope

_EQUAL = frozenset({"===", "=="})


def answering(reader: Reader, test: Node, chosen: Node, scope: Scope) -> Scope | None:
    """The scope of a branch that answers one method and address, as a handler of its own; None for other branches."""
    if chosen.type != "statement_block" or not scope.number or _routed(scope):
        return None
    method, url, asked = "", "", ""
    asking = _parts(test)
    for part in asking:
        holder, member, literal = _compared(reader, part)
        if member == "method" and literal.lower() in table("routes")["methods"]:
            method, asked = literal.upper(), holder
        elif member in words("routes", "addresses") and literal.startswith("/"):
            url = literal
    known = scope.lookup(asked) if asked in words("routes", "requests") else None
    if not method or not url or known is None or len(asking) != 2:
        return None
    function = Function(reader.sheet.new_scope(), scope.number, f"{method} {url}", f"{method} {url}")
    function.role, function.route = "handler", f"{method} {url}"
    inner = Scope(scope, function)
    # It is the same request; whoever reads its body here reads that of this address.
    inner.names[asked] = known
    return inner


def _routed(scope: Scope) -> bool:
    """Whether a router has brought the request here already."""
    current: Scope | None = scope
    while current is not None:
        if current.function.route:
            return True
        current = current.parent
    return False


def _parts(test: Node) -> list[Node]:
    node = unwrapped(test)
    token, left, right = field(node, "operator"), field(node, "left"), field(node, "right")
    if node.type == "binary_expression" and token is not None and token.type == "&&" and left and right:
        return [*_parts(left), *_parts(right)]
    return [node]


def _compared(reader: Reader, node: Node) -> tuple[str, str, str]:
    """Holder, member and literal of `req.method === 'POST'`; a name alone is its own member."""
    token, left, right = field(node, "operator"), field(node, "left"), field(node, "right")
    if node.type != "binary_expression" or token is None or token.type not in _EQUAL or not left or not right:
        return "", "", ""
    if left.type == "string":
        left, right = right, left
    if right.type != "string" or left.type not in ("member_expression", "identifier"):
        return "", "", ""
    holder, _, member = reader.source.text(left).replace("?", "").rpartition(".")
    return holder, member, reader.source.text(right)[1:-1]
