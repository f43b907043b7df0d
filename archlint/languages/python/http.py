"""Requests over HTTP: where they go, what they send, and what their answers are."""

import re
from functools import cache

import libcst as cst

from archlint.languages.python.protocol import Reader
from archlint.model.expression import Expression, Opaque, Row
from archlint.terms.addresses import url
from archlint.terms.idioms import table, words
from archlint.terms.scope import Scope

_TEXTS = (cst.SimpleString, cst.FormattedString, cst.BinaryOperation)


@cache
def _clients() -> re.Pattern[str]:
    return re.compile(table("python_web")["clients"])


def http(reader: Reader, node: cst.Call, name: str, scope: Scope) -> Expression | None:
    """`requests.post(url, json=order)`, or the reading of its answer."""
    holder, _, last = name.rpartition(".")
    label = holder.rsplit(".", 1)[-1].removesuffix("()")
    if last in ("json", "raise_for_status") and isinstance(node.func, cst.Attribute) and not node.args:
        return _answer(reader, node.func, scope)
    if last not in table("http")["methods"] or not holder or not _clients().match(label):
        return None
    first = node.args[0].value if node.args else None
    if first is None or not isinstance(first, (*_TEXTS, cst.Name, cst.Attribute, cst.Call)):
        return None
    if label not in ("requests", "httpx") and not _is_text(first):
        return None
    where = url(reader.value(first, scope))
    payload: Expression | None = None
    for argument in node.args[1:]:
        value = reader.value(argument.value, scope)
        name_ = argument.keyword.value if argument.keyword is not None else "data"
        if name_ in words("python_web", "payloads") and payload is None:
            payload = value
    if not where:
        return Opaque(reader.source.snippet(node))
    return reader.sheet.access(
        "http", f"{table('http')['methods'][last]} {where}", node, scope, payload=payload, library="http"
    )


def _is_text(node: cst.BaseExpression) -> bool:
    """Whether an argument is a text, or made of one."""
    formatted = isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value == "format"
    return isinstance(node, _TEXTS) or formatted


def _answer(reader: Reader, func: cst.Attribute, scope: Scope) -> Expression | None:
    """`response.json()` is what the request gave."""
    if isinstance(func.value, cst.Name):
        known = reader.sheet.known.get(scope.lookup(func.value.value) or "")
        if isinstance(known, Row) and reader.sheet.accesses[known.access].kind == "http":
            return known
    if isinstance(func.value, cst.Call):
        value = reader.value(func.value, scope)
        return value if isinstance(value, Row) else Opaque("json")
    return None
