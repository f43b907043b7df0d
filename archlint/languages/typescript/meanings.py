"""Writes down what the clauses of `rules/idioms` say of a value, and reads the functions that decide about one."""

from typing import NamedTuple

from tree_sitter import Node

from archlint.languages.typescript.protocol import Reader
from archlint.model.expression import Call, Expression, Lambda, Operation, Ref, Row
from archlint.model.source import Span
from archlint.terms.clauses import accepted, defaulted, renamed, said
from archlint.terms.scope import Scope

_SHOWN = 160


class Stated(NamedTuple):
    """How what is being read is written down: about whom, under which conditions, and on whose behalf."""

    subject: Ref
    scope: Scope
    source: str
    guards: tuple[Expression, ...] = ()
    effect: str = "reject"
    strength: str = "hard"


def state(
    reader: Reader, clause: tuple[str, ...], given: tuple[Expression, ...], place: Span, text: str, into: Stated
) -> None:
    """Writes down a clause that is a condition, a set of values, a default or a word about presence."""
    found = said(clause, given, into.subject, into.guards, into.effect, into.strength)
    if found is not None:
        reader.sheet.state(found.kind, place, into.scope, source=into.source, text=text, **found.fields)


def default(reader: Reader, value: Expression | None, place: Span, text: str, into: Stated) -> None:
    """`.default('draft')`: what the value is where none is given."""
    found = defaulted(value, into.subject, into.strength)
    if found is not None:
        reader.sheet.state(found.kind, place, into.scope, source=into.source, text=text, **found.fields)


def shown(reader: Reader, first: Node, last: Node) -> str:
    """The source from one node to the end of another, cut to what is shown of it."""
    raw = reader.source.content[first.start_byte : min(last.end_byte, first.start_byte + 4 * _SHOWN)]
    text = " ".join(raw.decode("utf-8", "replace").split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def predicate(reader: Reader, node: Node, given: tuple[Expression, ...], scope: Scope) -> Expression | None:
    """What a function written in place (or named) says of the values it is given; None where it says nothing."""
    statements = reader.sheet.statements
    before = len(statements)
    function = reader.value(node, scope)
    if isinstance(function, Ref):
        return Call(function.path[-1] if function.path else function.name.split("@", 1)[0], given, function)
    if not isinstance(function, Lambda):
        return None
    # What the function answers is required; a comparison inside of it says no more.
    kept = [item for item in statements[before:] if item.kind != "compare" or item.scope != function.scope]
    statements[before:] = kept
    reader.sheet.applied(function, given, node, scope)
    fact = next((item for item in reversed(reader.sheet.functions) if item.scope == function.scope), None)
    if fact is None:
        return None
    found = accepted(fact.returns)
    if found is None or not isinstance(found, (Operation, Call, Ref, Row)):
        return None
    for name, value in zip(fact.parameters, given, strict=False):
        if isinstance(value, Ref):
            found = renamed(found, name, value)
    return found
