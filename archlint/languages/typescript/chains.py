"""Chains of calls, `a.b(…).c(…)`, taken apart into their links."""

from typing import NamedTuple

from tree_sitter import Node

from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import field, parts, unwrapped
from archlint.model.expression import Call, Expression, Fields, Opaque, Operation, Row
from archlint.terms.scope import Scope


class Link(NamedTuple):
    """One member of a chain. `given` are its arguments, None where it is only read; `node` ends with it."""

    name: str
    given: tuple[Node, ...] | None
    node: Node


class Chain(NamedTuple):
    """What a chain begins with, and its links from the inside out."""

    base: Node
    links: list[Link]

    def called(self, *names: str) -> Link | None:
        """The first link of one of these names that is called."""
        return next((link for link in self.links if link.given is not None and link.name in names), None)


def chain(node: Node, reader: Reader) -> Chain:
    """A call or member expression taken apart; a call of a plain name gives a first link without a name."""
    links: list[Link] = []
    current = unwrapped(node)
    while True:
        if current.type == "member_expression":
            name, holder = field(current, "property"), field(current, "object")
            if name is None or holder is None:
                break
            links.append(Link(reader.source.text(name), None, current))
            current = unwrapped(holder)
            continue
        if current.type != "call_expression":
            break
        callee = field(current, "function")
        if callee is None:
            break
        callee = unwrapped(callee)
        if callee.type == "member_expression":
            name, holder = field(callee, "property"), field(callee, "object")
            if name is None or holder is None:
                break
            links.append(Link(reader.source.text(name), given(current), current))
            current = unwrapped(holder)
        elif callee.type == "identifier":
            links.append(Link("", given(current), current))
            current = callee
            break
        else:
            break
    links.reverse()
    return Chain(current, links)


def given(call: Node) -> tuple[Node, ...]:
    """The arguments of a call, unread; a tagged template gives its text."""
    listed = field(call, "arguments")
    if listed is None:
        return ()
    return (listed,) if listed.type == "template_string" else tuple(parts(listed))


def read_all(nodes: tuple[Node, ...] | None, reader: Reader, scope: Scope) -> list[Expression]:
    """The arguments of a link, read."""
    found: list[Expression] = []
    for node in nodes or ():
        if node.type == "spread_element":
            found.append(Operation("concat", (reader.value(parts(node)[0], scope),)))
        else:
            found.append(reader.value(node, scope))
    return found


def read_rest(links: list[Link], reader: Reader, scope: Scope) -> None:
    """Reads the arguments of links that mean nothing to us, for what is stated inside of them."""
    for link in links:
        read_all(link.given, reader, scope)


def answer(row: Row) -> Fields:
    """What a client that never throws gives back: data, error and count."""
    return Fields((("data", row), ("error", Opaque("error")), ("count", Call("count", (row,)))))
