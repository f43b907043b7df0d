"""Reads DROP, RENAME, views and the rows that a migration seeds."""

from collections.abc import Mapping
from typing import Any

from archlint.languages.postgresql.formulas import is_formula, labelled
from archlint.languages.postgresql.literals import array
from archlint.languages.postgresql.node import Node, elements
from archlint.languages.postgresql.queries import SELECTS, Queries, Result, value_nodes
from archlint.languages.postgresql.scope import Scope, Table
from archlint.languages.postgresql.sheet import Sheet, mapped
from archlint.languages.postgresql.types import read_type
from archlint.languages.postgresql.words import identifier, qualified
from archlint.model.expression import (
    Boolean,
    Call,
    Expression,
    Fields,
    Items,
    Null,
    Number,
    Operation,
    Ref,
    Row,
    Text,
)
from archlint.model.schema import Column

_DROPPED = {
    "kw_table": "drop table", "kw_view": "drop view", "kw_type": "drop type", "kw_domain": "drop type",
    "kw_index": "drop index", "kw_materialized": "drop view",
}  # fmt: skip
_SEED_ROWS = 50
_LITERALS = (Text, Number, Boolean, Null)


def drop(sheet: Sheet, node: Node) -> None:
    """DROP TABLE, VIEW, TYPE, DOMAIN, INDEX, POLICY and TRIGGER."""
    kind = node.children[1].kind
    cascade = node.has("kw_cascade")
    if kind in ("kw_policy", "kw_trigger"):
        target = node.after("kw_on")
        named = node.children[node.children.index(target) - 2] if target in node.children else None
        if target is not None and named is not None:
            sheet.change(f"drop {kind[3:]}", node, table=sheet.name(target), name=identifier(sheet.text(named)))
        return
    action = _DROPPED.get(kind)
    if action is None:
        return
    for item in node.children[2:]:
        if item.kind.startswith(("kw_", "opt_")):
            continue
        for each in elements(item, item.kind) if item.kind.endswith("_list") else [item]:
            name = sheet.name(each)
            if action in ("drop table", "drop view"):
                sheet.columns.pop(name, None)
                sheet.change(action, node, table=name, name=name, cascade=cascade)
            else:
                sheet.change(action, node, name=name, cascade=cascade)


def drop_function(sheet: Sheet, node: Node) -> None:
    """DROP FUNCTION and PROCEDURE; without a signature, all of that name."""
    for part in node.children[2:]:
        for item in elements(part, "function_with_argtypes_list"):
            if item.kind.startswith(("kw_", "opt_")):
                continue
            for name, signature in _routines(sheet, item):
                _change(sheet, "drop function", node, name, signature, cascade=node.has("kw_cascade"))


def _routines(sheet: Sheet, node: Node) -> list[tuple[str, tuple[str, ...] | None]]:
    """A routine as it is named in a statement; the signature is None where none is written."""
    if node.kind != "function_with_argtypes":
        return [(sheet.name(node), None)]
    listed = node.children[1]
    inner = [each for each in listed.children if each.kind not in ("(", ")")]
    types = [each for part in inner for each in elements(part, "func_args_list")]
    kinds = [_argument(sheet, each) for each in types]
    return [(sheet.name(node.children[0]), tuple(kind for kind in kinds if kind))]


def _argument(sheet: Sheet, node: Node) -> str:
    """The type of an argument; empty for one that only comes out."""
    if node.kind != "func_arg":
        return read_type(sheet, node).official
    out = any(item.kind == "kw_out" for item in node.children)
    return "" if out else read_type(sheet, node.children[-1]).official


def _change(sheet: Sheet, action: str, node: Node, name: str, signature: tuple[str, ...] | None, **fields: Any) -> None:
    """A change of one routine, or of all of a name; `replace` tells that a signature is written."""
    sheet.change(action, node, name=name, signature=signature or (), replace=signature is not None, **fields)


def rename(sheet: Sheet, node: Node) -> None:
    """ALTER … RENAME."""
    kind = node.children[1].kind
    names = [item for item in node.children[2:] if not item.kind.startswith("kw_")]
    after = identifier(sheet.text(names[-1]))
    if kind in ("kw_table", "kw_view", "kw_materialized") and len(names) >= 2:
        table = sheet.name(names[0])
        if len(names) == 2:
            prefix = table.rpartition(".")[0]
            full = f"{prefix}.{after}" if prefix else after
            if table in sheet.columns:
                sheet.columns[full] = sheet.columns.pop(table)
            sheet.change("rename table", node, table=table, to=full)
            return
        action = "rename constraint" if node.has("kw_constraint") else "rename column"
        before = identifier(sheet.text(names[1]))
        known = sheet.columns.get(table)
        if action == "rename column" and known is not None and before in known:
            known[known.index(before)] = after
        sheet.change(action, node, table=table, name=before, to=after)
    elif kind == "kw_domain" and node.has("kw_constraint"):
        sheet.change("rename constraint", node, name=identifier(sheet.text(names[1])), to=after)
    elif kind in ("kw_type", "kw_domain") and len(names) == 2:
        sheet.change("rename type", node, name=sheet.name(names[0]), to=after)
    elif kind in ("kw_policy", "kw_trigger") and len(names) == 3:
        sheet.change(f"alter {kind[3:]}", node, table=sheet.name(names[1]), name=sheet.name(names[0]), to=after)
    elif kind == "kw_index" and len(names) == 2:
        sheet.change("rename constraint", node, name=sheet.name(names[0]), to=after)
    elif kind in ("kw_function", "kw_procedure"):
        for name, signature in _routines(sheet, names[0]):
            prefix = name.rpartition(".")[0]
            full = f"{prefix}.{after}" if prefix else after
            _change(sheet, "rename function", node, name, signature, to=full)


def alter_function(sheet: Sheet, node: Node) -> None:
    """ALTER FUNCTION … SECURITY DEFINER or INVOKER; other options do not matter to us."""
    security = next((item for item in node.walk("kw_definer", "kw_invoker")), None)
    if security is None:
        return
    for name, signature in _routines(sheet, node.children[2]):
        _change(sheet, "alter function", node, name, signature, definer=security.kind == "kw_definer")


def move(sheet: Sheet, node: Node) -> None:
    """ALTER TABLE … SET SCHEMA: another name."""
    if node.children[1].kind not in ("kw_table", "kw_view", "kw_materialized"):
        return
    names = [item for item in node.children[2:] if not item.kind.startswith(("kw_", "opt_"))]
    before = sheet.name(names[0])
    after = qualified([identifier(sheet.text(names[-1])), before.rpartition(".")[2]])
    sheet.change("rename table", node, table=before, to=after)


class _View(Queries):
    """The query of a view: its columns take the computed values."""

    view = ""
    depth = 0

    def query(self, node: Node) -> Result:
        self.depth += 1
        found = super().query(node)
        self.depth -= 1
        return found

    def computed(self, name: str, node: Node, value: Expression) -> None:
        subject = Ref(f"table:{self.view}", (name,))
        cases = labelled(value)
        common = {"subject": subject, "effect": "assign", "source": "view", "symbol": self.scope.symbol,
                  "scope": self.scope.number}  # fmt: skip
        if cases:
            cases = tuple((self.sheet.columns_of(condition), label) for condition, label in cases)
            self.sheet.state("classify", node, cases=cases, **common)
        elif is_formula(value):
            self.sheet.state("derive", node, value=self.sheet.columns_of(value), **common)


def create_view(sheet: Sheet, node: Node) -> None:
    """CREATE VIEW, plain or materialised."""
    named = node.after("kw_view") if not node.has("kw_if") else node.after("kw_exists")
    query = next((item for item in node.children if item.kind in SELECTS), None)
    if named is None or query is None:
        return
    name = sheet.name(named)
    translator = _View(sheet, Scope(0, name))
    translator.view = name
    translator.noting = True
    first = len(sheet.statements)
    found = translator.query(query)
    listed = node.child("opt_column_list")
    given = [sheet.parts(item)[0] for item in elements(listed.children[1], "columnList")] if listed else []
    names = [*given, *(column for column, _ in found.columns[len(given) :])]
    columns = tuple(
        Column(name=column, type="", span=sheet.span(node), generated=_source(sheet, value))
        for column, (_, value) in zip(names, found.columns, strict=False)
    )
    if not found.whole:
        sheet.columns[name] = names
    sheet.change(
        "create view",
        node,
        table=name,
        name=name,
        columns=columns,
        replace=node.has("kw_replace") or node.child("opt_or_replace") is not None,
        statements=tuple(range(first, len(sheet.statements))),
    )


def _source(sheet: Sheet, value: Expression) -> Expression:
    """A view's column in terms of the tables it is taken from."""

    def leaf(item: Ref | Row) -> Expression:
        return Ref(f"table:{sheet.targets[item.access]}", item.path) if isinstance(item, Row) else item

    return mapped(value, leaf)


def seed(sheet: Sheet, node: Node) -> None:
    """INSERT of a few literal rows outside of any routine: configuration that lives in the database."""
    target = node.after("kw_into")
    rest = node.child("insert_rest")
    if target is None or rest is None or rest.children[0].kind != "(":
        return
    table = sheet.name(target.children[0] if target.kind == "insert_target" else target)
    names = [sheet.parts(item)[0] for item in elements(rest.children[1], "insert_column_list")]
    source = rest.child("values_clause")
    if source is None:
        return
    translator = Queries(sheet, Scope(0, table))
    rows = [[(item, translator.value(item)) for item in row] for row in value_nodes(source)]
    if len(rows) > _SEED_ROWS and table != "storage.buckets":
        return
    fields = tuple(Fields(tuple(zip(names, (value for _, value in row), strict=False))) for row in rows)
    statements: list[int] = []
    if table == "storage.buckets":
        for row in rows:
            cells = dict(zip(names, row, strict=False))
            named = cells.get("id") or cells.get("name")
            if named is not None and isinstance(named[1], Text):
                statements.extend(_bucket(sheet, named[1].value, cells))
    conflict = node.child("opt_on_conflict")
    if statements or any(isinstance(value, _LITERALS) for row in rows for _, value in row):
        sheet.change(
            "seed",
            node,
            table=table,
            rows=fields,
            statements=tuple(statements),
            if_absent=conflict is not None and conflict.has("kw_nothing"),
        )


def seed_again(sheet: Sheet, node: Node) -> None:
    """UPDATE of one storage bucket outside of any routine: its limits are others from now on."""
    target = node.after("kw_update")
    if target is None:
        return
    if sheet.name(target) != "storage.buckets":
        _filled_in(sheet, node)
        return
    where = node.child("where_or_current_clause", "where_clause")
    translator = Queries(sheet, Scope(0, "storage.buckets"))
    translator.scope.queries.append([Table("buckets", Ref("$row"))])
    condition = translator.value(where.children[1]) if where is not None else None
    if not (isinstance(condition, Operation) and condition.operator == "=" and isinstance(condition.operands[1], Text)):
        return
    name = condition.operands[1].value
    cells: dict[str, tuple[Node, Expression]] = {"id": (node, Text(name))}
    for item in elements(node.child("set_clause_list", "set_clause"), "set_clause_list"):
        if item.children[0].kind != "(":
            cells[sheet.parts(item.children[0])[0]] = (item.children[-1], translator.value(item.children[-1]))
    rows = (Fields(tuple((column, value) for column, (_, value) in cells.items())),)
    sheet.change("seed", node, table="storage.buckets", rows=rows, statements=tuple(_bucket(sheet, name, cells)))


def _bucket(sheet: Sheet, name: str, cells: Mapping[str, tuple[Node, Expression]]) -> list[int]:
    """The limits that a storage bucket sets to what is uploaded into it."""
    bucket = f"bucket:{name}"
    common = {"source": "bucket", "symbol": f"storage.buckets.{name}"}
    found: list[int] = []
    if limit := cells.get("file_size_limit"):
        node, value = limit
        if not isinstance(value, Null):
            condition = Operation("<=", (Call("size", (Ref(bucket),)), value))
            found.append(sheet.state("require", node, condition=condition, **common))
    if types := cells.get("allowed_mime_types"):
        node, value = types
        if isinstance(value, Text):
            value = array(value.value) or value
        if isinstance(value, Items):
            found.append(sheet.state("values", node, subject=Ref(bucket, ("type",)), condition=value, **common))
    return found


def _filled_in(sheet: Sheet, node: Node) -> None:
    """`UPDATE settings SET fee = coalesce(fee, 5)`: rows of one day, but the value they get is a default like any."""
    scratch = Sheet(sheet.source)
    scratch.columns = sheet.columns
    Queries(scratch, Scope(0)).query(node)
    sheet.statements.extend(item for item in scratch.statements if item.source == "coalesce")
