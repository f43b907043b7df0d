"""Reads queries and data changes as accesses."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from archlint.languages.postgresql import functions
from archlint.languages.postgresql.conditions import conjuncts, joined
from archlint.languages.postgresql.expressions import Translator
from archlint.languages.postgresql.formulas import state_value
from archlint.languages.postgresql.node import Node, elements
from archlint.languages.postgresql.scope import Table
from archlint.languages.postgresql.sheet import renamed
from archlint.languages.postgresql.words import identifier
from archlint.model.expression import Call, Expression, Fields, Items, Opaque, Operation, Ref, Row
from archlint.model.facts import Access

SELECTS = frozenset({"simple_select", "select_no_parens", "select_with_parens", "values_clause"})
CHANGES = frozenset({"InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"})
_COUNTS = frozenset({"count", "sum", "average", "largest", "smallest"})


class Result(NamedTuple):
    """What a query gives: its columns by name, and the access that its rows come from (-1 if none).

    `whole`: all columns of that access are among them. `items` are the nodes of the columns.
    """

    columns: tuple[tuple[str, Expression], ...] = ()
    access: int = -1
    whole: bool = False
    items: tuple[Node, ...] = ()


class Queries(Translator):
    """A translator that also reads what stands behind SELECT, INSERT, UPDATE and DELETE."""

    # Hooks of the translator ---------------------------------------------------------------------------------

    def subquery(self, node: Node) -> Expression:
        found = self.query(node)
        if len(found.columns) == 1 and not found.whole:
            return found.columns[0][1]
        return Row(found.access) if found.access >= 0 else self.opaque(node)

    def exists(self, node: Node) -> Expression:
        found = self.query(node)
        return Operation("exists", (Row(found.access),)) if found.access >= 0 else self.opaque(node)

    def counted(self) -> Expression | None:
        for table in self.scope.queries[-1] if self.scope.queries else ():
            if isinstance(table.row, (Ref, Row)) and not table.row.path:
                return table.row
        return None

    # Queries -------------------------------------------------------------------------------------------------

    def query(self, node: Node) -> Result:
        """Reads any query or data change. Its columns are told as they are known outside of it."""
        if node.kind == "select_with_parens":
            return self.query(node.children[1])
        if node.kind == "select_no_parens":
            return self._with_tail(node)
        if node.kind == "values_clause":
            return self._values(node)
        if node.kind == "simple_select":
            return self._select(node)
        if node.kind in CHANGES:
            return self._change(node)
        return Result()

    def _with_tail(self, node: Node) -> Result:
        outer = dict(self.scope.named)
        found = Result()
        for item in node.children:
            if item.kind == "with_clause":
                self._name_queries(item)
            elif item.kind in SELECTS:
                found = self.query(item)
        self.scope.named = outer
        return found

    def _name_queries(self, node: Node) -> None:
        for item in [found for part in node.children for found in elements(part, "cte_list")]:
            if item.kind == "common_table_expr":
                name = identifier(self.sheet.text(item.children[0]))
                self.scope.named[name] = Table(name, None, values={})
                inner = next((part for part in item.children if part.kind in SELECTS or part.kind in CHANGES), None)
                if inner is not None:
                    self.scope.named[name] = _derived(name, self.query(inner), self._given_names(item.children[1:]))

    def _given_names(self, nodes: list[Node]) -> list[str]:
        listed = next((item for part in nodes for item in part.walk("name_list")), None)
        if listed is not None:
            return [identifier(self.sheet.text(item)) for item in elements(listed, "name_list")]
        if len(nodes) > 2 and nodes[0].kind == "(" and nodes[1].kind == "name":
            return [identifier(self.sheet.text(nodes[1]))]
        return []

    def _values(self, node: Node) -> Result:
        rows = [[self.value(item) for item in row] for row in value_nodes(node)]
        first = rows[0] if rows else []
        return Result(tuple((f"column{number + 1}", value) for number, value in enumerate(first)), items=())

    def _select(self, node: Node) -> Result:
        branches = [item for item in node.children if item.kind in SELECTS]
        if branches and node.child("kw_union", "kw_intersect", "kw_except"):
            # All branches are read for what they state; the first names the columns.
            results = [self.query(item) for item in branches]
            return results[0]
        first = len(self.sheet.accesses)
        tables: list[Table] = []
        self.scope.queries.append(tables)
        conditions: dict[int, list[Expression]] = {}
        noting, self.noting, comparing, self.comparing = self.noting, False, self.comparing, True
        source = node.child("from_clause")
        if source is not None:
            for item in elements(source.children[1], "from_list"):
                self._add_source(item, tables, conditions)
        where = node.child("where_clause")
        if where is not None:
            self._distribute(where.children[1], conditions, _main(tables))
        having = node.child("having_clause")
        if having is not None:
            self.value(having.children[1])
        self.noting, self.comparing = noting, comparing
        slots = [int(table.row.name[1:]) for table in tables if isinstance(table.row, Ref) and table.row.name[0] == "#"]
        found = self._targets(node, tables)
        grouped = node.child("group_clause") is not None
        self.scope.queries.pop()
        for slot in slots:
            self._finish(slot, "select", node, conditions.get(slot, []), found, grouped)
        return _outside(found, first, self.sheet.accesses)

    def _targets(self, node: Node, tables: list[Table]) -> Result:
        start = next((number for number, item in enumerate(node.children) if item.kind == "kw_select"), 0)
        listed = next((item for item in node.children[start + 1 :] if item.kind not in _BEFORE_TARGETS), None)
        if listed is None or listed.kind in _AFTER_TARGETS:
            return Result(access=_main(tables))
        columns: list[tuple[str, Expression]] = []
        items: list[Node] = []
        whole = False
        for item in elements(listed, "target_list"):
            if item.kind == "*" or (item.kind == "columnref" and _starred(item)):
                whole = True
                columns.extend(self._starred(item, tables))
                continue
            inner = item.children[0] if item.kind == "target_el" else item
            name = self.target_name(item)
            value = self.value(inner)
            self.computed(name, inner, value)
            columns.append((name, value))
            items.append(inner)
        return Result(tuple(columns), _main(tables), whole, tuple(items))

    def computed(self, name: str, node: Node, value: Expression) -> None:
        """A hook: what a query computes as one of its columns."""

    def _starred(self, item: Node, tables: list[Table]) -> list[tuple[str, Expression]]:
        """The columns behind a star, as far as the file tells."""
        alias = identifier(self.sheet.text(item.children[0])) if item.children else ""
        found: list[tuple[str, Expression]] = []
        for table in tables:
            if alias in ("", table.alias):
                found.extend((table.values or {}).items())
                for name in table.known or ():
                    value = table.column(name)
                    if value is not None:
                        found.append((name, value))
        return found

    def target_name(self, item: Node) -> str:
        """The name that the server gives to a computed value."""
        if item.kind == "target_el":
            return identifier(self.sheet.text(item.children[-1]))
        if item.kind == "name":
            return identifier(self.sheet.text(item))
        if item.kind == "columnref":
            return self.sheet.parts(item)[-1]
        if item.kind == "cast":
            return self.target_name(item.children[0])
        if item.kind == "func_application":
            return self.sheet.parts(item.children[0])[-1]
        if item.kind in ("case_expr", "func_expr_common_subexpr"):
            return item.children[0].kind.removeprefix("kw_")
        return "?column?"

    # Sources -------------------------------------------------------------------------------------------------

    def _add_source(self, node: Node, tables: list[Table], conditions: dict[int, list[Expression]]) -> None:
        if node.kind == "joined_table" and node.children[0].kind == "(":
            self._add_source(node.children[1], tables, conditions)
        elif node.kind == "joined_table":
            sides = [item for item in node.children if item.kind not in _JOIN_WORDS]
            for item in sides:
                if item.kind != "join_qual":
                    self._add_source(item, tables, conditions)
            qualified = node.child("join_qual")
            if qualified is not None and qualified.children[0].kind == "kw_on":
                outer = node.child("kw_left", "kw_full", "join_type") is not None
                self._distribute(qualified.children[1], conditions, _main(tables[-1:]), only_last=outer)
        else:
            self._add_table(node, tables)

    def _add_table(self, node: Node, tables: list[Table]) -> None:
        parts = [item for item in node.children if item.kind != "kw_lateral"]
        relation, rest = (parts[0], parts[1:]) if node.kind in _ALIASED and parts else (node, [])
        alias = next((identifier(self.sheet.text(item)) for part in rest for item in part.walk("name")), "")
        given = self._given_names(list(rest[0].children[1:]) if rest and rest[0].children else [])
        if relation.kind == "select_with_parens":
            tables.append(_derived(alias, self.query(relation), given))
        elif relation.kind in ("name", "qualified_name", "relation_expr", "extended_relation_expr"):
            tables.append(self.table(relation, alias))
        elif relation.kind == "joined_table":
            self._add_source(relation, tables, {})
        else:
            tables.append(self._set(relation, alias, given))

    def table(self, node: Node, alias: str = "") -> Table:
        """A table of the database (with a new access), or a query that WITH has named."""
        parts = self.sheet.parts(node)
        name = self.sheet.name(node)
        if len(parts) == 1 and name in self.scope.named:
            inner = self.scope.named[name]
            return Table(alias or name, inner.row, inner.known, inner.values)
        slot = self.sheet.reserve(name)
        return Table(alias or parts[-1], Ref(f"#{slot}"), self.sheet.columns.get(name))

    def _set(self, node: Node, alias: str, given: list[str]) -> Table:
        """A function that gives rows."""
        call = node.find("func_application")
        value = self.value(call) if call is not None else self.opaque(node)
        if isinstance(value, Call) and value.callee is None and call is not None:
            name = self.sheet.name(call.children[0])
            value = value if name not in functions.BUILT_IN else Opaque(name)
        row = value if isinstance(value, (Ref, Row)) else None
        values: Mapping[str, Expression] | None = dict.fromkeys(given, value) if len(given) == 1 else None
        if row is None and values is None:
            values = {}
        name = alias or (self.sheet.parts(call.children[0])[-1] if call is not None else "")
        return Table(name, row, values=values)

    def _distribute(
        self, node: Node, conditions: dict[int, list[Expression]], main: int, only_last: bool = False
    ) -> None:
        """Gives each part of a condition to the accesses whose rows it restricts."""
        for part in conjuncts(node):
            value = self.value(part)
            slots = _slots(value)
            if only_last or not slots:
                slots = {main}
            for slot in slots:
                conditions.setdefault(slot, []).append(value)

    def _finish(
        self, slot: int, kind: str, node: Node, conditions: list[Expression], found: Result, grouped: bool = False
    ) -> None:
        mine = Ref(f"#{slot}")
        names: list[str] = []
        aggregate = ""
        for _, value in found.columns:
            inner = value
            if isinstance(inner, Operation) and inner.operator == "coalesce":
                inner = inner.operands[0]
            if isinstance(inner, Ref) and inner.name == mine.name and inner.path:
                names.append(inner.path[0])
            elif isinstance(inner, Call) and inner.function in _COUNTS and len(found.columns) == 1 and not grouped:
                target = inner.arguments[0]
                if isinstance(target, Ref) and target.name == mine.name:
                    aggregate = " ".join((inner.function, *target.path[:1]))
        if found.whole:
            names.append("*")
        self.sheet.accesses[slot] = Access(
            kind=kind,
            target=self.sheet.targets[slot],
            span=self.sheet.span(node),
            scope=self.scope.number,
            text=self.sheet.source.snippet(node.start, node.end),
            where=self._own(conditions, slot),
            columns=tuple(dict.fromkeys(names)),
            aggregate=aggregate,
            client=self.scope.client,
            guards=self.scope.guards,
        )

    def _own(self, conditions: list[Expression], slot: int) -> Expression | None:
        whole = joined("and", conditions)
        return self.sheet.own(whole, slot) if whole is not None else None

    # Changes -------------------------------------------------------------------------------------------------

    def _change(self, node: Node) -> Result:
        outer = dict(self.scope.named)
        for item in node.children:
            if item.kind == "with_clause":
                self._name_queries(item)
        if node.kind == "InsertStmt":
            found = self._insert(node)
        elif node.kind in ("UpdateStmt", "DeleteStmt"):
            found = self._update(node)
        else:
            found = Result()
        self.scope.named = outer
        return found

    def _insert(self, node: Node) -> Result:
        target = node.after("kw_into")
        if target is None:
            return Result()
        relation = target.children[0] if target.kind == "insert_target" else target
        name = self.sheet.name(relation)
        slot = self.sheet.reserve(name)
        alias = identifier(self.sheet.text(target.children[-1])) if target.kind == "insert_target" else ""
        columns, rows = self._inserted(node, target)
        names = columns or self.sheet.columns.get(name)
        payload = self._payload(names, rows, node)
        for row in rows[:1] if names else ():
            for column, (item, value) in zip(names or (), row, strict=False):
                if item is not None:
                    state_value(self.sheet, self.scope, Ref(f"table:{name}", (column,)), item, value, "insert")
        upsert = node.child("opt_on_conflict")
        updated = upsert is not None and upsert.has("kw_update")
        found = self._returned(node, Table(alias or name, Ref(f"#{slot}"), self.sheet.columns.get(name)))
        self._finish(slot, "upsert" if updated else "insert", node, [], found)
        self._with_payload(slot, payload)
        if upsert is not None and not updated:
            self._replaced(slot, sparing=True)
        if upsert is not None and updated:
            self._conflict(upsert, name, alias, payload)
        return _outside(found, slot, self.sheet.accesses)

    def _inserted(self, node: Node, target: Node) -> tuple[list[str], list[list[tuple[Node | None, Expression]]]]:
        rest = node.child("insert_rest") or node
        columns: list[str] = []
        if rest.kind == "insert_rest" and rest.children[0].kind == "(":
            columns = [self.sheet.parts(item)[0] for item in elements(rest.children[1], "insert_column_list")]
        source = next((item for item in rest.children if item.kind in SELECTS and item is not target), None)
        if source is None:
            return columns, []
        values = source.child("values_clause") if source.kind == "select_no_parens" else source
        if values is not None and values.kind == "values_clause":
            noting, self.noting = self.noting, True
            items = value_nodes(values)
            rows: list[list[tuple[Node | None, Expression]]] = [
                [(item, self.value(item)) for item in row] for row in items
            ]
            self.noting = noting
            return columns, rows
        found = self.query(source)
        if found.whole and not columns:
            return columns, []
        aligned = len(found.items) == len(found.columns)
        return columns, [
            [(found.items[number] if aligned else None, value) for number, (_, value) in enumerate(found.columns)]
        ]

    def _payload(
        self, names: list[str] | None, rows: list[list[tuple[Node | None, Expression]]], node: Node
    ) -> Expression:
        if not names or not rows:
            return Opaque(self.sheet.source.snippet(node.start, node.end)[:80]) if not rows or not names else Fields(())
        written = []
        for row in rows:
            pairs = zip(names, row, strict=False)
            entries = tuple(
                (name, self.sheet.columns_of(value))
                for name, (item, value) in pairs
                if item is None or item.kind != "kw_default"
            )
            written.append(Fields(entries))
        return written[0] if len(written) == 1 else Items(tuple(written))

    def _with_payload(self, slot: int, payload: Expression | None) -> None:
        self._replaced(slot, payload=payload)

    def _replaced(self, slot: int, **fields: Any) -> None:
        access = self.sheet.accesses[slot]
        if access is not None:
            self.sheet.accesses[slot] = msgspec.structs.replace(access, **fields)

    def _conflict(self, node: Node, name: str, alias: str, payload: Expression) -> None:
        """What ON CONFLICT DO UPDATE writes beside what was to be inserted."""
        inserted = payload.items[0] if isinstance(payload, Items) else payload
        values = dict(inserted.entries) if isinstance(inserted, Fields) else {}
        own = Table(alias or name.rsplit(".", 1)[-1], Ref(f"table:{name}"), self.sheet.columns.get(name))
        self.scope.queries.append([own, Table("excluded", None, values=values)])
        slot = self.sheet.reserve(name)
        entries = self._assigned(node, name)
        where = node.child("where_clause")
        conditions = [self.value(item) for item in conjuncts(where.children[1])] if where else []
        self.scope.queries.pop()
        self._finish(slot, "update", node, [_as_row(item, name, slot) for item in conditions], Result())
        self._with_payload(slot, Fields(tuple(entries)))

    def _update(self, node: Node) -> Result:
        update = node.kind == "UpdateStmt"
        target = node.after("kw_update" if update else "kw_from")
        if target is None:
            return Result()
        relation, alias = target, ""
        if target.kind == "relation_expr_opt_alias" and target.children:
            relation = target.children[0] if target.children[0].kind != "kw_only" else target.children[1]
            alias = identifier(self.sheet.text(target.children[-1]))
        table = self.table(relation, alias)
        first = len(self.sheet.accesses) - 1
        if not isinstance(table.row, Ref):
            return Result()
        slot = int(table.row.name[1:])
        name = self.sheet.targets[slot]
        tables, conditions = [table], dict[int, list[Expression]]()
        self.scope.queries.append(tables)
        comparing, self.comparing = self.comparing, True
        source = node.child("from_clause", "using_clause")
        if source is not None:
            for item in elements(source.children[1], "from_list"):
                self._add_source(item, tables, conditions)
        where = node.child("where_or_current_clause", "where_clause")
        if where is not None and where.children[1].kind != "kw_current":
            self._distribute(where.children[1], conditions, slot)
        self.comparing = comparing
        entries = self._assigned(node, name) if update else []
        self.scope.queries.pop()
        found = self._returned(node, table)
        for other in tables[1:]:
            if isinstance(other.row, Ref) and other.row.name[0] == "#":
                number = int(other.row.name[1:])
                self._finish(number, "select", node, conditions.get(number, []), Result())
        self._finish(slot, "update" if update else "delete", node, conditions.get(slot, []), found)
        if update:
            self._with_payload(slot, Fields(tuple(entries)))
        return _outside(found, first, self.sheet.accesses)

    def _assigned(self, node: Node, name: str) -> list[tuple[str, Expression]]:
        """The columns of SET and their values."""
        noting, self.noting = self.noting, True
        entries: list[tuple[str, Expression]] = []
        listed = node.child("set_clause_list", "set_clause")
        for item in elements(listed, "set_clause_list"):
            if item.children[0].kind == "(":
                targets = elements(item.children[1], "set_target_list")
                value = self.value(item.children[-1])
                values = value.items if isinstance(value, Items) else (Opaque("?"),) * len(targets)
                entries.extend(
                    (self.sheet.parts(part)[0], self.sheet.columns_of(each))
                    for part, each in zip(targets, values, strict=False)
                )
                continue
            column, source = self.sheet.parts(item.children[0])[0], item.children[-1]
            if source.kind == "kw_default":
                continue
            value = self.value(source)
            state_value(self.sheet, self.scope, Ref(f"table:{name}", (column,)), source, value, "update")
            entries.append((column, self.sheet.columns_of(value)))
        self.noting = noting
        return entries

    def _returned(self, node: Node, table: Table) -> Result:
        listed = node.child("returning_clause")
        slot = int(table.row.name[1:]) if isinstance(table.row, Ref) else -1
        if listed is None:
            return Result(access=slot)
        self.scope.queries.append([table])
        columns = []
        whole = False
        for item in elements(listed.children[1], "target_list"):
            if item.kind == "*" or _starred(item):
                whole = True
            else:
                columns.append(
                    (self.target_name(item), self.value(item.children[0] if item.kind == "target_el" else item))
                )
        self.scope.queries.pop()
        return Result(tuple(columns), slot, whole)


def value_nodes(node: Node) -> list[list[Node]]:
    """The cells of a VALUES list, row by row."""
    rows: list[list[Node]] = []
    inside = False
    for item in node.children:
        if item.kind == "(":
            inside = True
            rows.append([])
        elif item.kind == ")":
            inside = False
        elif inside:
            rows[-1].extend(elements(item, "expr_list"))
    return rows


def _derived(alias: str, found: Result, given: list[str]) -> Table:
    """A subquery as a table of the query around it."""
    names = [*given, *(name for name, _ in found.columns[len(given) :])]
    values = dict(zip(names, (value for _, value in found.columns), strict=False))
    row = Row(found.access) if found.access >= 0 and (found.whole or not found.columns) else None
    return Table(alias, row, values=values)


def _main(tables: list[Table]) -> int:
    for table in tables:
        if isinstance(table.row, Ref) and table.row.name[0] == "#":
            return int(table.row.name[1:])
        if isinstance(table.row, Row):
            return table.row.access
        for value in (table.values or {}).values():
            if isinstance(value, Row):
                return value.access
    return -1


def _slots(value: Expression) -> set[int]:
    found: set[int] = set()

    def note(ref: Ref) -> Expression:
        found.add(int(ref.name[1:]))
        return ref

    renamed(value, note)
    return found


def _outside(found: Result, first: int, accesses: list[Access | None]) -> Result:
    """The result with the rows of its own accesses as rows; those of queries around it stay open."""

    def place(ref: Ref) -> Expression:
        number = int(ref.name[1:])
        return Row(number, ref.path) if first <= number < len(accesses) else ref

    return Result(
        tuple((name, renamed(value, place)) for name, value in found.columns), found.access, found.whole, found.items
    )


def _as_row(condition: Expression, name: str, slot: int) -> Expression:
    """A condition over a table as one over an access's row."""
    if isinstance(condition, Ref) and condition.name == f"table:{name}":
        return Ref(f"#{slot}", condition.path)
    if isinstance(condition, Operation):
        return Operation(condition.operator, tuple(_as_row(item, name, slot) for item in condition.operands))
    return condition


def _starred(item: Node) -> bool:
    return item.kind == "columnref" and any(leaf.kind == "*" for leaf in item.walk("*"))


_ALIASED = frozenset({"table_ref", "relation_expr_opt_alias"})
_JOIN_WORDS = frozenset({"kw_left", "kw_right", "kw_full", "kw_inner", "kw_cross", "kw_natural", "kw_join", "join_type",
                         "kw_outer", "opt_outer"})  # fmt: skip
_BEFORE_TARGETS = frozenset({"distinct_clause", "kw_all", "kw_distinct", "opt_all_clause"})
_AFTER_TARGETS = frozenset({"from_clause", "where_clause", "group_clause", "having_clause", "into_clause"})
