"""SQL in the texts of calls: `cursor.execute("…", (a, b))`, `connection.fetch("… $1", a)`, `text("…")`."""

import re

import libcst as cst

from archlint.languages.python.chains import chain, keyword, placed, read_rest
from archlint.languages.python.literals import dotted, spelled, unescaped
from archlint.languages.python.protocol import Reader
from archlint.model.expression import Expression, Items, Opaque, Text
from archlint.terms.idioms import words
from archlint.terms.scope import Scope
from archlint.terms.sql import looks_like_sql, uses
from archlint.terms.sql_terms import FIRST_HOLE, Parameters

_NAMED = re.compile(r"%\((\w+)\)s")
_PLACED = re.compile(r"%s|%d")
_QUOTED_PERCENT = re.compile(r"%%")


def recognise(reader: Reader, node: cst.Call, name: str, scope: Scope) -> Expression | None:
    """A call that is given SQL; None for every other."""
    pieces = [piece.removesuffix("()") for piece in name.split(".")]
    if not any(piece in words("python_sql", "callers") for piece in pieces[1:]):
        return None
    whole = chain(node)
    for index, link in enumerate(whole.links):
        if link.name not in words("python_sql", "callers") or not link.given:
            continue
        nodes = placed(link.given)
        first = nodes[0] if nodes else keyword(link.given, "query", "sql", "statement", "operation")
        if first is None:
            continue
        found = _text(reader, first, scope)
        if found is None or not looks_like_sql(found[0]):
            continue
        text, holes = found
        values = [reader.value(hole, scope) for hole in holes]
        given = [item.value for item in link.given if item.value is not first]
        parameters = [reader.value(item, scope) for item in given]
        read_rest(whole.links[index + 1 :], reader, scope)
        return _told(reader, first, _marked(text), _numbered(parameters), values, scope)
    return None


def _told(
    reader: Reader,
    node: cst.CSTNode,
    text: str,
    numbered: tuple[Expression, ...],
    holes: list[Expression],
    scope: Scope,
) -> Expression:
    parameters = Parameters(numbered, tuple(holes))
    answer: Expression = Opaque("rows")
    for use in uses(text, parameters):
        row = reader.sheet.access(
            use.kind, use.target, node, scope, payload=use.payload, where=use.where, columns=use.columns,
            aggregate=use.aggregate, library="sql", text=" ".join(text.split())[:160],
        )  # fmt: skip
        answer = use.shaped(row)
    return answer


def _text(reader: Reader, node: cst.BaseExpression, scope: Scope) -> tuple[str, list[cst.BaseExpression]] | None:
    """The text with `$1001`, `$1002`, … for its holes; None where it is no text."""
    if isinstance(node, cst.SimpleString):
        value = spelled(node)
        return (value, []) if isinstance(value, str) else None
    if isinstance(node, cst.FormattedString):
        pieces: list[str] = []
        holes: list[cst.BaseExpression] = []
        for part in node.parts:
            if isinstance(part, cst.FormattedStringExpression):
                holes.append(part.expression)
                pieces.append(f"${FIRST_HOLE + len(holes)}")
            elif isinstance(part, cst.FormattedStringText):
                pieces.append(unescaped(part.value, node.start))
        return "".join(pieces), holes
    if isinstance(node, cst.ConcatenatedString):
        left, right = _text(reader, node.left, scope), _text(reader, node.right, scope)
        if left is None or right is None or (left[1] and right[1]):
            return None
        return left[0] + right[0], [*left[1], *right[1]]
    if isinstance(node, cst.Call) and dotted(node.func).rsplit(".", 1)[-1] in words("python_sql", "wrappers"):
        return _text(reader, node.args[0].value, scope) if len(node.args) == 1 else None
    if isinstance(node, cst.Name):
        known = reader.sheet.known.get(scope.lookup(node.value) or "")
        return (known.value, []) if isinstance(known, Text) else None
    return None


def _marked(text: str) -> str:
    """The marks of the drivers as those that the parser knows."""
    text = _NAMED.sub(r":\1", text)
    count = 0

    def numbered(_: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return f"${count}"

    return _QUOTED_PERCENT.sub("%", _PLACED.sub(numbered, text))


def _numbered(parameters: list[Expression]) -> tuple[Expression, ...]:
    """Parameters by number or name: in a list or map of them, or one after the other."""
    if len(parameters) == 1 and isinstance(parameters[0], Items):
        items = parameters[0].items
        # `executemany` has one list of them for each row.
        first = items[0] if items else None
        return first.items if isinstance(first, Items) else items
    return tuple(parameters)
