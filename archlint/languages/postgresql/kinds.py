"""Reads enumerations, domains and indexes."""

from typing import Any

from archlint.languages.postgresql.node import Node, elements
from archlint.languages.postgresql.scope import Scope
from archlint.languages.postgresql.sheet import Sheet
from archlint.languages.postgresql.tables import TableReader
from archlint.languages.postgresql.types import read_type
from archlint.languages.postgresql.words import identifier, literal
from archlint.model.expression import Expression, Items, Ref, Text
from archlint.model.schema import Column, Constraint

_VALUE = Ref("$value")


def create_type(sheet: Sheet, node: Node, absent: bool = False) -> None:
    """CREATE TYPE … AS ENUM; other types are no rules."""
    if not node.has("kw_enum"):
        return
    name = sheet.name(node.children[2])
    listed = [item for part in node.children for item in elements(part, "enum_val_list")]
    texts = [item for item in listed if item.kind == "string_literal"]
    words = tuple(literal(sheet.text(item)) for item in texts)
    statements: tuple[int, ...] = ()
    if texts:
        statements = (
            sheet.state(
                "values",
                (texts[0].start, texts[-1].end),
                subject=Ref(f"type:{name}"),
                condition=Items(tuple(Text(word) for word in words)),
                source="enum",
                symbol=name,
            ),
        )
    sheet.change("create enum", node, name=name, words=words, statements=statements, if_absent=absent)


def alter_enum(sheet: Sheet, node: Node) -> None:
    """ALTER TYPE … ADD VALUE and RENAME VALUE."""
    name = sheet.name(node.children[2])
    words = tuple(literal(sheet.text(item)) for item in node.children if item.kind == "string_literal")
    if node.has("kw_rename"):
        sheet.change("rename word", node, name=name, words=words[:2])
        return
    side = "before" if node.has("kw_before") else "after" if node.has("kw_after") else ""
    sheet.change(
        "add word",
        node,
        name=name,
        words=words[:1],
        to=f"{side} {words[1]}" if side and len(words) > 1 else "",
        if_absent=node.child("opt_if_not_exists", "kw_if") is not None,
    )


class _Domain(TableReader):
    """A domain's constraints speak of `VALUE`."""

    def __init__(self, sheet: Sheet, name: str) -> None:
        super().__init__(sheet, name)
        self.translator.scope = Scope(0, name, {"value": _VALUE})


def create_domain(sheet: Sheet, node: Node, absent: bool = False) -> None:
    """CREATE DOMAIN."""
    name = sheet.name(node.children[2])
    at = 4 if node.children[3].kind == "kw_as" else 3
    kind = node.children[at]
    written = read_type(sheet, kind)
    reader = _Domain(sheet, name)
    statements: list[int] = []
    made: dict[str, Any] = {}
    constraints: list[Constraint] = []
    default: Expression | None = None
    if written.size and "char" in written.name:
        statements.append(reader._longest(kind, _VALUE, name, written.size[0]))
    for part in node.children[at + 1 :]:
        for item in elements(part, "ColQualList"):
            inner, given = item, ""
            if item.kind == "ColConstraint" and item.children[0].kind == "kw_constraint":
                given, inner = identifier(sheet.text(item.children[1])), item.children[2]
            if inner.has("kw_check"):
                constraint = reader.constraint(inner, given)
                if constraint is not None:
                    constraints.append(constraint)
            elif inner.has("kw_not"):
                made["required"] = True
                made["required_span"] = sheet.span(inner)
                statements.append(reader.required(_VALUE, (kind.start, inner.end), name))
            elif inner.children and inner.children[0].kind == "kw_default":
                default = reader.translator.value(inner.children[1])
                statements.append(reader.default(_VALUE, inner.children[1], default))
    base = Column(
        name="",
        type=written.name,
        size=written.size,
        array=written.array,
        span=sheet.span(kind),
        default=default,
        statements=tuple(statements),
        **made,
    )
    sheet.change(
        "create domain",
        node,
        name=name,
        columns=(base,),
        constraints=tuple(constraints),
        statements=tuple(statements),
        if_absent=absent,
    )


def alter_domain(sheet: Sheet, node: Node) -> None:
    """ALTER DOMAIN: constraints, required and default, told as changes of a table of that name."""
    name = sheet.name(node.children[2])
    reader = _Domain(sheet, name)
    added = node.child("DomainConstraint", "DomainConstraintElem")
    if added is not None:
        inner, given = added, ""
        if added.kind == "DomainConstraint" and added.children[0].kind == "kw_constraint":
            given, inner = identifier(sheet.text(added.children[1])), added.children[2]
        constraint = reader.constraint(inner, given)
        if constraint is not None:
            sheet.change("add constraint", node, to=name, constraints=(constraint,))
    elif (default := node.child("alter_column_default")) is not None:
        if default.children[0].kind == "kw_drop":
            sheet.change("drop default", node, to=name)
            return
        place = default.children[-1]
        value = reader.translator.value(place)
        index = reader.default(_VALUE, place, value)
        base = Column(name="", type="", span=sheet.span(place), default=value, default_span=sheet.span(place))
        sheet.change("set default", node, to=name, columns=(base,), statements=(index,))
    elif node.has("kw_constraint") and node.has("kw_drop"):
        last = next(item for item in reversed(node.children) if item.kind == "name")
        sheet.change("drop constraint", node, name=identifier(sheet.text(last)), to=name)
    elif node.has("kw_null"):
        if node.has("kw_set"):
            index = reader.required(_VALUE, (node.start, node.end), name)
            sheet.change("set required", node, to=name, statements=(index,))
        else:
            sheet.change("drop required", node, to=name)


def create_index(sheet: Sheet, node: Node, absent: bool = False) -> None:
    """CREATE UNIQUE INDEX; an index that is not unique is no rule."""
    target = node.after("kw_on")
    if target is None or not node.has("kw_unique"):
        return
    if target.kind == "relation_expr" and len(target.children) > 1:
        target = target.children[-1]
    table = sheet.name(target)
    reader = TableReader(sheet, table)
    opening = next((number for number, item in enumerate(node.children) if item.kind == "("), None)
    if opening is None:
        return
    listed = elements(node.children[opening + 1], "index_params")
    values = []
    names = []
    labels: list[str] = []
    for item in listed:
        inner = item.children[0] if item.kind == "index_elem" else item
        if inner.kind == "(" and len(item.children) > 1:
            inner = item.children[1]
        value = reader.translator.value(inner)
        values.append(value)
        names.extend(reader._read(value))
        labels.append(_label(reader, inner, labels))
    where = node.child("where_clause")
    condition = reader.translator.value(where.children[1]) if where else None
    before = node.children[: node.children.index(target) - 1] if target in node.children else node.children[:6]
    given = next((identifier(sheet.text(item)) for item in before if item.kind == "name"), "")
    name = given or reader.server_name("_".join(labels), "idx")
    closing = where or node.children[opening + 2]
    index = sheet.state(
        "unique",
        (node.children[opening].start, closing.end),
        columns=tuple(values),
        condition=condition,
        source="unique",
        symbol=f"{table}.{name}",
    )
    constraint = Constraint(kind="unique", name=name, span=sheet.span(node), columns=tuple(names), statements=(index,))
    sheet.change(
        "create index", node, table=table, name=name, constraints=(constraint,), if_absent=absent or node.has("kw_if")
    )


def _label(reader: TableReader, node: Node, before: list[str]) -> str:
    """What the server calls an element of an index when it makes up the index's name."""
    wished = reader.translator.target_name(node)
    wished = label = "expr" if wished == "?column?" else wished
    number = 0
    while label in before:
        number += 1
        label = f"{wished}{number}"
    return label
