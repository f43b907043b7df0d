"""JSON Schema written as an object: its properties and what their keywords require."""

from tree_sitter import Node

from archlint.languages.typescript import meanings
from archlint.languages.typescript.meanings import Stated, shown
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.schemas import Schemas
from archlint.languages.typescript.syntax import field, parts, unwrapped
from archlint.model.expression import Boolean, Expression, Fields, Items, Ref, Text
from archlint.terms.clauses import clauses
from archlint.terms.idioms import table
from archlint.terms.scope import Scope

_SOURCE = "json-schema"


def states(found: Fields) -> bool:
    """Whether an object is a schema of an object."""
    return isinstance(found.get("properties"), Fields) and (
        found.get("type") == Text("object") or isinstance(found.get("required"), Items)
    )


def read(reader: Reader, node: Node, found: Fields, scope: Scope) -> None:
    """States an object that is a schema, unless it is a part of another one."""
    outer = node.parent
    if outer is not None and outer.type == "pair":
        key = field(outer, "key")
        above = outer.parent.parent if outer.parent is not None else None
        holder = field(above, "key") if above is not None and above.type == "pair" else None
        own = reader.source.text(key).strip("'\"") if key is not None else ""
        if holder is not None and reader.source.text(holder).strip("'\"") == "properties":
            return
        if own == "items":
            return
    names = reader.helper(Schemas).names
    target, _ = names.target(node, scope)
    names.stated[node.start_byte] = target
    _object(reader, node, found, Stated(target, scope, _SOURCE))


def _object(reader: Reader, node: Node, found: Fields, into: Stated) -> None:
    listed = found.get("required")
    required = {item.value for item in listed.items if isinstance(item, Text)} if isinstance(listed, Items) else set()
    properties = found.get("properties")
    inside = _pairs(reader, node).get("properties")
    if not isinstance(properties, Fields) or inside is None:
        return
    for name, pair in _pairs(reader, inside, whole=True).items():
        value, keywords = field(pair, "value"), properties.get(name)
        if value is None or not isinstance(keywords, Fields):
            continue
        member = into._replace(subject=Ref(into.subject.name, (*into.subject.path, name)))
        value = unwrapped(value)
        _property(reader, value, keywords, member)
        nullable = keywords.get("nullable") == Boolean(True) or _null(keywords.get("type"))
        if keywords.get("default") is None and not nullable:
            word = "required" if name in required else "optional"
            key = field(pair, "key") or pair
            meanings.state(reader, (word,), (), reader.source.span(key), shown(reader, key, key), member)


def _property(reader: Reader, node: Node, keywords: Fields, into: Stated) -> None:
    rows = table("typebox_ajv")["options"]
    for name, pair in _pairs(reader, node, whole=True).items():
        given = keywords.get(name)
        if name not in rows or given is None or (name == "nullable" and given != Boolean(True)):
            continue
        meanings.state(
            reader, clauses(rows[name])[0], (given,), reader.source.span(pair), shown(reader, pair, pair), into
        )
    if isinstance(keywords.get("properties"), Fields):
        _object(reader, node, keywords, into)
    items, element = keywords.get("items"), _pairs(reader, node).get("items")
    if isinstance(items, Fields) and element is not None:
        if isinstance(items.get("properties"), Fields):
            _object(reader, element, items, into)
        else:
            _property(reader, element, items, into._replace(subject=Ref(into.subject.name, (*into.subject.path, "[]"))))


def _null(value: Expression | None) -> bool:
    return isinstance(value, Items) and Text("null") in value.items


def _pairs(reader: Reader, node: Node, whole: bool = False) -> dict[str, Node]:
    """The values (or whole pairs) of an object literal by their keys."""
    found: dict[str, Node] = {}
    for pair in parts(unwrapped(node)):
        key, value = field(pair, "key"), field(pair, "value")
        if key is not None and value is not None:
            found[reader.source.text(key).strip("'\"")] = pair if whole else unwrapped(value)
    return found
