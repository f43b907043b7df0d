"""Chains of express-validator: what a middleware requires of the members of a body."""

from tree_sitter import Node

from archlint.languages.typescript import meanings
from archlint.languages.typescript.chains import Chain, Link, chain
from archlint.languages.typescript.declaring import pairs
from archlint.languages.typescript.meanings import Stated, shown
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import field, parts, unwrapped
from archlint.model.expression import Boolean, Call, Expression, Fields, Items, Opaque, Operation, Ref, Text
from archlint.terms.clauses import clauses
from archlint.terms.idioms import table, words
from archlint.terms.neutral import negated
from archlint.terms.scope import Scope

_HOLDERS = frozenset({"array", "parenthesized_expression", "as_expression", "satisfies_expression", "arrow_function"})
_SOURCE = "express-validator"
_VALIDATOR = Opaque("validator")


def recognise(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """`body('amount').isInt({ min: 1 })` in a list that has a name."""
    head = name.partition(".")[0].removesuffix("()")
    if name in words("express_validator", "schemas") and _imported(reader, name):
        holder = _holder(reader, node, scope)
        return _VALIDATOR if holder is not None and stated(reader, node, holder, scope) else None
    if head not in words("express_validator", "places") or not _imported(reader, head):
        return None
    holder = _holder(reader, node, scope)
    return _VALIDATOR if holder is not None and stated(reader, node, holder, scope) else None


def settled(value: Expression) -> Expression:
    """A list of validators is a schema, whatever else stands in it."""
    if isinstance(value, Items) and _VALIDATOR in value.items:
        return Call("schema", ())
    if isinstance(value, Fields) and value.entries:
        return Fields(tuple((key, settled(item)) for key, item in value.entries), value.spreads)
    return value


def _imported(reader: Reader, head: str) -> bool:
    modules = words("express_validator", "modules")
    return any(item.module in modules and item.local.split("@", 1)[0] == head for item in reader.sheet.imports)


def _holder(reader: Reader, node: Node, scope: Scope) -> Ref | None:
    """The name of the list that a chain stands in."""
    outer = node.parent
    path: tuple[str, ...] = ()
    while outer is not None:
        if outer.type == "pair":
            key = field(outer, "key")
            path = (reader.source.text(key).strip("'\""), *path) if key is not None else path
        elif outer.type == "variable_declarator":
            name = field(outer, "name")
            return Ref(scope.declare(reader.source.text(name)), path) if name is not None else None
        elif outer.type == "assignment_expression":
            left = field(outer, "left")
            label = reader.source.text(left).rsplit(".", 1)[-1] if left is not None else ""
            return Ref(scope.lookup(label) or f"{label}@0", path) if label.isidentifier() else None
        elif outer.type not in (*_HOLDERS, "object"):
            return None
        outer = outer.parent
    return None


def stated(reader: Reader, node: Node, holder: Ref, scope: Scope) -> bool:
    """Writes down what a chain requires of a member of the holder; False where it is none."""
    whole = chain(node, reader)
    first = whole.links[0] if whole.links else None
    head = reader.source.text(whole.base) if whole.base.type == "identifier" else ""
    if first is not None and head in words("express_validator", "schemas") and _imported(reader, head):
        return _schema(reader, first, holder, scope)
    if first is None or head not in words("express_validator", "places") or not _imported(reader, head):
        return False
    listed = [item for item in first.given or () if item.type in ("string", "array")][:1]
    names = [item for item in listed if item.type == "string"] or [
        item for outer in listed for item in parts(outer) if item.type == "string"
    ]
    for name in names:
        path = _path(reader.source.text(name)[1:-1])
        if path:
            _links(reader, whole, Ref(holder.name, (*holder.path, *path)), holder, scope)
    return bool(names)


def _schema(reader: Reader, link: Link, holder: Ref, scope: Scope) -> bool:
    """`checkSchema({ amount: { isInt: { options: { max: 9 } }, optional: true } })`."""
    listed = unwrapped(link.given[0]) if link.given else None
    if listed is None or listed.type != "object":
        return False
    for name, (_, rules) in pairs(reader, listed).items():
        path = _path(name)
        for rule, (pair, value) in pairs(reader, unwrapped(rules)).items() if path else ():
            into = Stated(Ref(holder.name, (*holder.path, *path)), scope, _SOURCE)
            given = reader.value(value, scope)
            if given == Boolean(False):
                continue
            options = given.get("options") if isinstance(given, Fields) else None
            told = given.get("errorMessage") if isinstance(given, Fields) else None
            values = options.items if isinstance(options, Items) and rule == "matches" else (options,)
            _said(
                reader, rule, [item for item in values if item is not None],
                told.value if isinstance(told, Text) else "", pair, pair, into,
            )  # fmt: skip
    return True


def _path(written: str) -> tuple[str, ...]:
    """`items.*.quantity` and `tags[*]`."""
    plain = written.replace("[*]", ".*")
    pieces = tuple("[]" if piece == "*" else piece for piece in plain.split("."))
    return pieces if all(piece == "[]" or piece.isidentifier() for piece in pieces) else ()


def _links(reader: Reader, whole: Chain, subject: Ref, holder: Ref, scope: Scope) -> None:
    into = Stated(subject, scope, _SOURCE)
    refused = False
    optional = next((link for link in whole.links if link.name == "optional"), None)
    for number, link in enumerate(whole.links[1:], 1):
        if link.name == "if":
            into = into._replace(guards=(*into.guards, _condition(reader, link, holder, scope)))
        elif link.name == "not":
            refused = True
        elif refused:
            refused = False
        else:
            _link(reader, link, _told(reader, whole.links, number), into, optional)


def _told(reader: Reader, links: list[Link], number: int) -> str:
    """The message that follows a validator."""
    for link in links[number + 1 :]:
        if link.name != "withMessage" or not link.given:
            return ""
        return reader.source.text(link.given[0]).strip("'\"`")
    return ""


def _link(reader: Reader, link: Link, told: str, into: Stated, optional: Link | None) -> None:
    values = [reader.value(item, into.scope) for item in link.given or () if item.type not in ("arrow_function",)]
    if not (link is not optional and link.name == "optional"):
        _said(reader, link.name, values, told, _name_of(link), link.node, into)


def _said(
    reader: Reader, name: str, values: list[Expression], told: str, first: Node, last: Node, into: Stated
) -> None:
    """What a validator says, given its arguments."""
    knowledge = table("express_validator")
    message = (Fields((("message", Text(told)),)),) if told else ()
    place, text = reader.source.span(first, last), shown(reader, first, last)
    if name in knowledge["links"]:
        arguments = tuple(item for item in values if not isinstance(item, Fields))
        for clause in clauses(knowledge["links"][name]):
            meanings.state(reader, clause, (*arguments, *message), place, text, into)
    rows = knowledge["options"].get(name)
    options = next((item for item in values if isinstance(item, Fields)), None)
    for option, value in options.entries if rows and options is not None else ():
        if option in rows and not isinstance(value, Boolean):
            for clause in clauses(rows[option]):
                meanings.state(reader, clause, (value, *message), place, text, into)


def _name_of(link: Link) -> Node:
    """Where a link of its own begins: at its name, not at the head of the chain."""
    callee = field(link.node, "function")
    found = field(callee, "property") if callee is not None else None
    return found if found is not None else link.node


def _condition(reader: Reader, link: Link, holder: Ref, scope: Scope) -> Expression:
    """`.if(body('items').exists())`."""
    inner = unwrapped(link.given[0]) if link.given else None
    if inner is None or inner.type != "call_expression":
        return Opaque("if")
    whole = chain(inner, reader)
    names = [item for item in (whole.links[0].given or ()) if item.type == "string"] if whole.links else []
    path = _path(reader.source.text(names[0])[1:-1]) if len(names) == 1 else ()
    subject = Ref(holder.name, (*holder.path, *path))
    if not path or len(whole.links) != 2:
        return Opaque(reader.source.snippet(inner))
    last = whole.links[1]
    if last.name in ("exists", "notEmpty"):
        return negated(Operation("is null", (subject,)))
    if last.name == "equals" and last.given:
        return Operation("=", (subject, reader.value(last.given[0], scope)))
    return Call("if", (Opaque(reader.source.snippet(inner)),))
