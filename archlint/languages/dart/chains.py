"""Chains of calls, `a.b(…).c(…)`, taken apart into their links."""

from typing import NamedTuple

from tree_sitter import Node

from archlint.languages.dart.protocol import Arguments, Reader
from archlint.languages.dart.syntax import CALLS, SELECTORS, child, field, parts, unwrapped
from archlint.terms.scope import Scope

_NOTHING = Arguments((), ())


class Link(NamedTuple):
    """One member of a chain. `called` says whether it is; `node` ends with it."""

    name: str
    called: bool
    node: Node


class Chain(NamedTuple):
    """What a chain begins with, and its links from the inside out."""

    base: Node
    links: list[Link]


def chain(node: Node, reader: Reader) -> Chain:
    """A call or a member taken apart; a call of a plain name gives a first link without a name."""
    links: list[Link] = []
    current = unwrapped(node)
    while True:
        if current.type == "method_invocation":
            callee = field(current, "function")
            if callee is not None and callee.type in SELECTORS and _key(callee) is not None:
                links.append(Link(reader.source.text(_key(callee) or callee), True, current))
                current = unwrapped(parts(callee)[0])
                continue
            links.append(Link("", True, current))
            current = callee if callee is not None else current
            break
        if current.type in SELECTORS and _key(current) is not None:
            links.append(Link(reader.source.text(_key(current) or current), False, current))
            current = unwrapped(parts(current)[0])
            continue
        break
    links.reverse()
    return Chain(current, links)


def _key(selector: Node) -> Node | None:
    """The name that a selector ends with; None where it is an index."""
    last = parts(selector)[-1]
    return last if last.type == "identifier" else None


def dotted(callee: Node, reader: Reader) -> str:
    """`a.b.c` where a callee is made of names; calls in between are written `()`."""
    callee = unwrapped(callee)
    if callee.type in ("identifier", "type_identifier", "this", "super"):
        return reader.source.text(callee)
    if callee.type in SELECTORS:
        key = _key(callee)
        holder = dotted(parts(callee)[0], reader)
        return f"{holder}.{reader.source.text(key)}" if key is not None else f"{holder}[]"
    if callee.type == "method_invocation":
        inner = field(callee, "function")
        return f"{dotted(inner, reader)}()" if inner is not None else "()"
    if callee.type in CALLS:
        return f"{constructed(callee, reader)}()"
    return "()"


def constructed(node: Node, reader: Reader) -> str:
    """The name of what `new Foo.bar(x)` makes."""
    return ".".join(
        reader.source.text(item) for item in parts(node) if item.type in ("type_identifier", "identifier", "qualified")
    )


def given(call: Node) -> Node | None:
    """The list of a call's arguments."""
    listed = field(call, "arguments") or child(call, "argument_part", "arguments")
    return child(listed, "arguments") if listed is not None and listed.type == "argument_part" else listed


def kinds(call: Node) -> Node | None:
    """The types in angle brackets of a call."""
    listed = field(call, "arguments")
    found = child(listed, "type_arguments") if listed is not None else None
    return found or child(call, "type_arguments")


def read(link: Link, reader: Reader, scope: Scope) -> Arguments:
    """The arguments of a link, read."""
    return reader.arguments(link.node, scope) if link.called else _NOTHING
