"""Chains of calls, `a.b(…).c(…)`, taken apart into their links."""

from typing import NamedTuple

import libcst as cst

from archlint.languages.python.protocol import Reader
from archlint.model.expression import Expression, Null, Operation, Pattern, Ref, Row, Text
from archlint.terms.scope import Scope


class Link(NamedTuple):
    """One member of a chain. `given` are its arguments, None where it is only read; `node` ends with it."""

    name: str
    given: tuple[cst.Arg, ...] | None
    node: cst.BaseExpression


class Chain(NamedTuple):
    """What a chain begins with, and its links from the inside out."""

    base: cst.BaseExpression
    links: list[Link]


def chain(node: cst.BaseExpression) -> Chain:
    """A call or attribute taken apart; a call of a plain name gives a first link without a name."""
    links: list[Link] = []
    while True:
        if isinstance(node, cst.Await):
            node = node.expression
        elif isinstance(node, cst.Attribute):
            links.append(Link(node.attr.value, None, node))
            node = node.value
        elif isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
            links.append(Link(node.func.attr.value, tuple(node.args), node))
            node = node.func.value
        elif isinstance(node, cst.Call) and isinstance(node.func, cst.Name):
            links.append(Link("", tuple(node.args), node))
            node = node.func
        else:
            break
    links.reverse()
    return Chain(node, links)


def read_all(given: tuple[cst.Arg, ...] | None, reader: Reader, scope: Scope) -> list[Expression]:
    """The arguments of a link, read."""
    return [reader.value(item.value, scope) for item in given or ()]


def read_rest(links: list[Link], reader: Reader, scope: Scope) -> None:
    """Reads the arguments of links that mean nothing to us, for what is stated inside of them."""
    for link in links:
        read_all(link.given, reader, scope)


def placed(given: tuple[cst.Arg, ...] | None) -> list[cst.BaseExpression]:
    """The arguments without a name."""
    return [item.value for item in given or () if item.keyword is None and not item.star]


def keyword(given: tuple[cst.Arg, ...] | None, *names: str) -> cst.BaseExpression | None:
    """The argument of one of these names."""
    return next((item.value for item in given or () if item.keyword is not None and item.keyword.value in names), None)


def tested(operator: str, subject: Expression, value: Expression) -> Expression:
    """A comparison of a column by the word that a library has for it."""
    if operator in ("is", "is not") and isinstance(value, Null):
        absent = Operation("is null", (subject,))
        return absent if operator == "is" else Operation("not", (absent,))
    if operator in ("like", "ilike"):
        pattern = (
            Pattern(value.value, "i" if operator == "ilike" else "", "like", True) if isinstance(value, Text) else value
        )
        return Operation("matches", (subject, pattern))
    if operator.startswith("not "):
        return Operation("not", (tested(operator[4:], subject, value),))
    return Operation({"is": "=", "is not": "!="}.get(operator, operator), (subject, value))


def class_of(reader: Reader, value: Expression) -> Ref | None:
    """The class of an object: as it was made, or as it is declared."""
    for _ in range(4):
        if not isinstance(value, Ref) or value.path:
            return None
        if any(use.name == value.name for use in reader.sheet.tables):
            return value
        for binding in reversed(reader.sheet.bindings):
            if binding.kind == "type" and binding.target == value and isinstance(binding.value, Ref):
                return binding.value
        known = reader.sheet.known.get(value.name)
        if isinstance(known, Row):
            target = reader.sheet.accesses[known.access].target
            return target if isinstance(target, Ref) and not known.path else None
        if known is None:
            return None
        value = known
    return None
