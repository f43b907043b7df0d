"""Rules of fields that are values: lists of functions and objects beside a field, in a map for a form, or in a text."""

import re

from tree_sitter import Node

from archlint.languages.typescript import meanings
from archlint.languages.typescript.meanings import Stated
from archlint.languages.typescript.protocol import Reader
from archlint.model.expression import (
    Boolean,
    Call,
    Expression,
    Fields,
    Items,
    Lambda,
    Number,
    Opaque,
    Operation,
    Pattern,
    Ref,
    Row,
    Text,
)
from archlint.model.source import Span
from archlint.terms.clauses import accepted, clauses, renamed
from archlint.terms.idioms import table, words
from archlint.terms.neutral import below, within
from archlint.terms.scope import Scope

_STEPS = 4
_SOURCE = "rules"


def beside(reader: Reader, value: Expression, subject: Ref, node: Node, scope: Scope) -> None:
    """`:rules="[v => !!v || 'Name it', { max: 20 }]"`, or the name of such a list, or `"required|max:20"`."""
    held = _held(reader, value)
    if isinstance(held, Text):
        _piped(reader, held.value, subject, node, scope)
    for item in held.items if isinstance(held, Items) else (held,):
        rule = _held(reader, item)
        if isinstance(rule, Lambda):
            _function(reader, rule, subject, scope)
        elif isinstance(rule, Fields):
            _object(reader, rule, subject, node, scope)
        elif isinstance(rule, Ref) and isinstance(item, Ref):
            condition = Call(item.path[-1] if item.path else item.name.split("@", 1)[0], (subject,), item)
            _state(reader, condition, reader.source.span(node), reader.source.snippet(node), scope)


def by_field(reader: Reader, value: Expression, model: Ref, node: Node, scope: Scope) -> None:
    """`{ name: [{ required: true }, { max: 20 }] }`: the rules of a form's fields, under their names."""
    held = _held(reader, value)
    for name, rules in held.entries if isinstance(held, Fields) else ():
        path = tuple(part for part in name.split(".") if part)
        beside(reader, rules, Ref(model.name, (*model.path, *path)), node, scope)


def called(reader: Reader, value: Expression, model: Ref, node: Node, scope: Scope) -> None:
    """`{ name: { required, maxLength: maxLength(20) } }`: validators by the names of what makes them."""
    held = _held(reader, value)
    for name, rules in held.entries if isinstance(held, Fields) else ():
        subject = Ref(model.name, (*model.path, name))
        inner = _held(reader, rules)
        entries = inner.entries if isinstance(inner, Fields) else ()
        for label, rule in entries:
            place, text = _place(reader, inner, label, node)
            if not _validator(reader, label, rule, Stated(subject, scope, _SOURCE, (), "reject", "soft"), place, text):
                called(reader, Fields(((label, rule),)), subject, node, scope)


def _validator(reader: Reader, label: str, rule: Expression, into: Stated, place: Span, text: str) -> bool:
    while isinstance(rule, Call) and rule.function in words("rule_lists", "wrapping") and rule.arguments:
        rule = rule.arguments[-1]
    name = rule.function if isinstance(rule, Call) else label
    rows = table("rule_lists")["called"]
    if name not in rows or not isinstance(rule, (Call, Ref)):
        return isinstance(rule, (Call, Ref, Lambda))
    given = rule.arguments if isinstance(rule, Call) else ()
    for clause in clauses(rows[name]):
        meanings.state(reader, clause, given, place, text, into)
    return True


def _held(reader: Reader, value: Expression) -> Expression:
    """What a name of the file holds, or a member of it."""
    for _ in range(_STEPS):
        if not isinstance(value, Ref):
            break
        known: Expression | None = reader.sheet.known.get(value.name)
        for key in value.path:
            known = below(known, key) if known is not None else None
        if known is None or isinstance(known, (Opaque, Row)):
            break
        value = known
    return value


def _function(reader: Reader, function: Lambda, subject: Ref, scope: Scope) -> None:
    """A function that answers `true` or what is wrong."""
    sheet = reader.sheet
    fact = next((item for item in reversed(sheet.functions) if item.scope == function.scope), None)
    if fact is None or not fact.parameters:
        return
    found = accepted(fact.returns)
    if not isinstance(found, (Operation, Call)):
        return
    found = renamed(found, fact.parameters[0], subject)
    if not any(isinstance(item, Ref) and item.name == subject.name for item in within(found)):
        return
    # What the function answers is required; a comparison inside of it says no more.
    sheet.statements[:] = [item for item in sheet.statements if item.kind != "compare" or item.scope != fact.scope]
    _state(reader, found, fact.span, reader.source.excerpt(fact.span), scope)


def _state(reader: Reader, condition: Expression, place: Span, text: str, scope: Scope) -> None:
    reader.sheet.state(
        "require", place, scope, condition=condition, effect="reject", strength="soft", source=_SOURCE, text=text
    )


def _object(reader: Reader, rule: Fields, subject: Ref, node: Node, scope: Scope) -> None:
    """`{ required: true, min: 2, max: 20, message: '…' }`, as async-validator takes it."""
    knowledge = table("rule_lists")
    kind = rule.get("type")
    named = kind.value if isinstance(kind, Text) else ""
    rows = knowledge["numbers"] if named in knowledge["numeric"] else knowledge["rules"]
    into = Stated(subject, scope, _SOURCE, (), "reject", "soft")
    told = rule.get("message")
    message = (Fields((("message", told),)),) if told is not None else ()
    for label, value in rule.entries:
        row = knowledge["types"].get(named) if label == "type" else rows.get(label)
        place, text = _place(reader, rule, label, node)
        if label in words("rule_lists", "functions") and isinstance(value, Lambda):
            continue
        if row is None or (row == "filled" and value != Boolean(True)):
            continue
        given = message if label == "type" or row == "filled" else (value, *message)
        meanings.state(reader, clauses(row)[0], given, place, text, into)


def _place(reader: Reader, rule: Expression, label: str, node: Node) -> tuple[Span, str]:
    """Where a key of an object stands, else where the object is used."""
    for name, place, text in reader.sheet.keyed(rule):
        if name == label:
            return place, text
    return reader.source.span(node), reader.source.snippet(node)


def _piped(reader: Reader, text: str, subject: Ref, node: Node, scope: Scope) -> None:
    """`required|min:3|max:20`."""
    rows = table("rule_lists")["piped"]
    into = Stated(subject, scope, _SOURCE, (), "reject", "soft")
    for part in text.split("|"):
        name, _, given = part.strip().partition(":")
        if name not in rows:
            continue
        values: tuple[Expression, ...] = ()
        if name == "regex":
            values = (Pattern(given.strip("/"), "", "javascript"),)
        elif given:
            pieces = [piece.strip() for piece in given.split(",")]
            if rows[name] != "one of $*" and not all(re.fullmatch(r"-?\d+(?:\.\d+)?", piece) for piece in pieces):
                continue
            values = tuple(Text(piece) if rows[name] == "one of $*" else Number(piece) for piece in pieces)
        for clause in clauses(rows[name]):
            meanings.state(reader, clause, values, reader.source.span(node), reader.source.snippet(node), into)
