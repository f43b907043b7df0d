"""Decorators of class-validator: what a transfer object requires of its fields."""

from tree_sitter import Node

from archlint.languages.typescript import meanings
from archlint.languages.typescript.meanings import Stated, shown
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import FUNCTIONS, field, parts, unwrapped
from archlint.model.expression import Boolean, Call, Expression, Fields, Items, Ref, Text
from archlint.terms.clauses import clauses
from archlint.terms.idioms import table, words
from archlint.terms.scope import Scope

_SOURCE = "class-validator"


def fields(reader: Reader, node: Node, subject: Ref, scope: Scope) -> None:
    """The decorators of one field of a class."""
    found = [child for child in node.children if child.type == "decorator"]
    if not found:
        return
    rows = table("class_validator")["fields"]
    calls = [(_name(reader, child), child) for child in found]
    known = [name for name, _ in calls if name in rows]
    into = Stated(subject, scope, _SOURCE)
    conditional = table("class_validator")["conditional"]
    respelled = any(_respells(reader, name, child) for name, child in calls)
    for name, child in calls:
        if name == conditional and known:
            guard = _guard(reader, child, subject, scope)
            if guard is not None:
                into = into._replace(guards=(*into.guards, guard))
    for name, child in calls:
        if name in rows:
            if not respelled or clauses(rows[name])[0][0] not in words("class_validator", "spelled"):
                _stated(reader, rows[name], child, into)
        elif name != conditional or not known:
            _visit(reader, child, scope)
    said = {rows[name].split()[0] for name in known}
    uncertain = any(name == conditional for name, _ in calls) and not into.guards
    if known and not said & {"optional", "required", "filled"} and not uncertain:
        # An absent value fails every test of its type.
        first = next(child for name, child in calls if name in rows)
        place = reader.source.span(first)
        meanings.state(reader, ("required",), (), place, shown(reader, first, first), into)


def parents(reader: Reader, node: Node, here: str, scope: Scope) -> None:
    """`class UpdateDto extends PartialType(CreateDto)`, and plain inheritance."""
    heritage = next((child for child in node.children if child.type == "class_heritage"), None)
    clause = next(iter(parts(heritage)), None) if heritage is not None else None
    value = field(clause, "value") if clause is not None and clause.type == "extends_clause" else clause
    if value is None or value.type in ("implements_clause",):
        return
    value = unwrapped(value)
    target = Ref(here)
    if value.type in ("identifier", "member_expression"):
        base = reader.value(value, scope)
        if isinstance(base, Ref) and base != target:
            reader.sheet.bind(target, base, value, scope, "type")
    elif value.type == "call_expression":
        derived = _derived(reader, value, scope)
        if derived is not None:
            reader.sheet.bind(target, derived, value, scope, "derived")


def _derived(reader: Reader, call: Node, scope: Scope) -> Call | None:
    callee = field(call, "function")
    form = table("class_validator")["derived"].get(reader.source.text(callee)) if callee is not None else None
    if form is None:
        return None
    given: list[Expression] = []
    for item in _arguments(call):
        inner = unwrapped(item)
        if inner.type == "call_expression":
            nested = _derived(reader, inner, scope)
            if nested is None:
                return None
            given.append(reader.sheet.temporary(scope, nested, inner))
            continue
        value = reader.value(item, scope)
        given.extend(value.items if isinstance(value, Items) else (value,))
    return Call(form, tuple(item for item in given if isinstance(item, (Ref, Text)))) if given else None


def _name(reader: Reader, decorator: Node) -> str:
    inner = unwrapped(parts(decorator)[0])
    callee = field(inner, "function") if inner.type == "call_expression" else inner
    return reader.source.text(callee).rsplit(".", 1)[-1] if callee is not None else ""


def _respells(reader: Reader, name: str, decorator: Node) -> bool:
    """`@Transform(({ value }) => value.toLowerCase())`."""
    knowledge = table("class_validator")
    if name != knowledge["changing"]:
        return False
    text = reader.source.text(decorator)
    return any(f".{method}()" in text for method in knowledge["spelling"])


def _arguments(call: Node) -> list[Node]:
    listed = field(call, "arguments")
    return parts(listed) if listed is not None else []


def _visit(reader: Reader, decorator: Node, scope: Scope) -> None:
    inner = unwrapped(parts(decorator)[0])
    if inner.type == "call_expression" and _name(reader, decorator) not in words("class_validator", "nested"):
        for item in _arguments(inner):
            if unwrapped(item).type not in FUNCTIONS:
                reader.value(item, scope)


def _stated(reader: Reader, row: str, decorator: Node, into: Stated) -> None:
    inner = unwrapped(parts(decorator)[0])
    given = tuple(reader.value(item, into.scope) for item in _arguments(inner))
    options = next((item for item in given if isinstance(item, Fields)), None)
    if options is not None and options.get("each") == Boolean(True):
        into = into._replace(subject=Ref(into.subject.name, (*into.subject.path, "[]")))
    for clause in clauses(row):
        if clause[0] != "keep":
            meanings.state(reader, clause, given, reader.source.span(inner), shown(reader, inner, inner), into)


def _guard(reader: Reader, decorator: Node, subject: Ref, scope: Scope) -> Expression | None:
    """`@ValidateIf(o => o.kind === 'x')`: the condition over the other fields."""
    given = _arguments(unwrapped(parts(decorator)[0]))
    if not given:
        return None
    holder = Ref(subject.name, subject.path[:-1])
    return meanings.predicate(reader, unwrapped(given[0]), (holder, subject), scope)
