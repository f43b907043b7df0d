"""Reads CREATE TABLE and ALTER TABLE."""

from typing import Any

import msgspec

from archlint.languages.postgresql.conditions import conjuncts, within
from archlint.languages.postgresql.foreign_columns import again, default_of, kinds_of
from archlint.languages.postgresql.formulas import labelled
from archlint.languages.postgresql.node import Node, elements
from archlint.languages.postgresql.queries import Queries
from archlint.languages.postgresql.scope import Scope, Table
from archlint.languages.postgresql.sheet import Sheet
from archlint.languages.postgresql.types import Type, read_type
from archlint.languages.postgresql.words import identifier
from archlint.model.expression import Call, Expression, Number, Opaque, Operation, Ref
from archlint.model.schema import Column, Constraint
from archlint.model.source import Span

_NAME_LIMIT = 63
_CHARACTERS = frozenset({"varchar", "character varying", "char", "character", "bpchar"})


class TableReader:
    """Reads the columns and constraints of one table (or domain: `subject` is then `$value`)."""

    def __init__(self, sheet: Sheet, table: str, known: list[str] | None = None) -> None:
        self.sheet = sheet
        self.table = table
        self.local = table.rsplit(".", 1)[-1]
        self.known = known
        self._kind = ""
        scope = Scope(0, table)
        row = Table(self.local, Ref(f"table:{table}"), known)
        scope.queries.append([row])
        self.translator = Queries(sheet, scope)

    # Columns -------------------------------------------------------------------------------------------------

    def column(self, node: Node) -> tuple[Column, list[Constraint]]:
        """A column, and the constraints written behind it."""
        name = identifier(self.sheet.text(node.children[0]))
        kind = node.children[1]
        written = read_type(self.sheet, kind)
        subject = Ref(f"table:{self.table}", (name,))
        made: dict[str, Any] = {"required": written.serial, "identity": written.serial}
        statements: list[int] = []
        constraints: list[Constraint] = []
        if self.sheet.foreign is not None:
            written = Type(*self.sheet.foreign.kind(written.name, written.size), written.array)
            made["identity"] = made["required"] = self.sheet.foreign.counts(node)
            statements.extend(kinds_of(self.sheet, self.sheet.foreign, node, subject))
        self._kind = written.name
        if written.name in _CHARACTERS and written.size:
            statements.append(self._longest(kind, subject, name, written.size[0]))
        for item in _constraints_of(node):
            constraint = self._column_constraint(item, name, subject, kind, made, statements)
            if constraint is not None:
                constraints.append(constraint)
        column = Column(
            name=name,
            type=written.name,
            span=self.sheet.span(node),
            size=written.size,
            array=written.array,
            statements=tuple(statements),
            **made,
        )
        return column, constraints

    def _longest(self, node: Node, subject: Ref, name: str, limit: int) -> int:
        condition = Operation("<=", (Call("length", (subject,)), Number(str(limit))))
        return self.sheet.state("require", node, condition=condition, source="type", symbol=f"{self.table}.{name}")

    def _column_constraint(
        self, node: Node, name: str, subject: Ref, kind: Node, made: dict[str, Any], statements: list[int]
    ) -> Constraint | None:
        given = ""
        if node.kind == "ColConstraint" and node.children[0].kind == "kw_constraint":
            given = identifier(self.sheet.text(node.children[1]))
            node = node.children[2]
        symbol = f"{self.table}.{name}"
        first = node.children[0].kind if node.children else node.kind
        if first == "kw_not" and node.has("kw_null"):
            made["required"] = True
            made["required_span"] = self.sheet.span(node)
            statements.append(self.required(subject, (kind.start, node.end), symbol))
        elif first == "kw_default":
            given_value = self.translator.value(node.children[1])
            made["default"] = default_of(given_value, self._kind) if self.sheet.foreign else given_value
            made["default_span"] = self.sheet.span(node.children[1])
            statements.append(self.default(subject, node.children[1], made["default"]))
        elif first == "kw_generated":
            self._generated(node, subject, made, statements)
        elif first in ("kw_check", "kw_unique", "kw_primary", "kw_references"):
            if first == "kw_primary":
                made["required"] = True
                made.setdefault("required_span", self.sheet.span(node))
            return self.constraint(node, given, [name])
        return None

    def _generated(self, node: Node, subject: Ref, made: dict[str, Any], statements: list[int]) -> None:
        if node.has("kw_identity"):
            made["identity"] = made["required"] = True
            return
        opening = next((number for number, item in enumerate(node.children) if item.kind == "("), None)
        if opening is None:
            return
        inner = node.children[opening + 1]
        value = made["generated"] = self.translator.value(inner)
        common = {
            "subject": subject,
            "effect": "assign",
            "source": "generated",
            "symbol": f"{self.table}.{subject.path[0]}",
        }
        cases = labelled(value)
        if cases:
            statements.append(self.sheet.state("classify", inner, cases=cases, **common))
        else:
            statements.append(self.sheet.state("derive", inner, value=value, **common))

    def required(self, subject: Ref, place: tuple[int, int], symbol: str) -> int:
        """States that a column may not be null."""
        condition = Operation("not", (Operation("is null", (subject,)),))
        return self.sheet.state("require", place, condition=condition, source="not null", symbol=symbol)

    def default(self, subject: Ref, node: Node, value: Expression) -> int:
        """States what a column is when nothing is given."""
        symbol = f"{self.table}.{subject.path[0]}" if subject.path else self.table
        return self.sheet.state(
            "default", node, subject=subject, value=value, effect="assign", source="default", symbol=symbol
        )

    # Constraints ---------------------------------------------------------------------------------------------

    def constraint(self, node: Node, given: str = "", columns: list[str] | None = None) -> Constraint | None:
        """A constraint; `columns` is the column behind which it stands."""
        first = node.children[0].kind if node.children else node.kind
        if first == "kw_check":
            return self._check(node, given)
        if first in ("kw_unique", "kw_primary"):
            listed = self._columns(node) or columns or []
            return self.unique(node, given, first == "kw_primary", listed)
        if first in ("kw_foreign", "kw_references"):
            return self._foreign(node, given, columns)
        if first == "kw_exclude":
            return self._exclude(node, given)
        return None

    def table_constraint(self, node: Node) -> Constraint | None:
        """A constraint on its own, with or without a name."""
        if node.kind in ("TableConstraint", "DomainConstraint") and node.children[0].kind == "kw_constraint":
            return self.constraint(node.children[2], identifier(self.sheet.text(node.children[1])))
        return self.constraint(node)

    def _check(self, node: Node, given: str) -> Constraint | None:
        inner = node.children[2] if len(node.children) > 2 else None
        if inner is None:
            return None
        parts = [(part, self.translator.value(part)) for part in conjuncts(inner)]
        read = sorted({name for part, value in parts for name in (*self._read(value), *self._hidden(part, value))})
        name = given or self.server_name(read[0] if len(read) == 1 else "", "check")
        self.sheet.names_taken.add(f"{self.table}.{name}")
        statements = tuple(
            self.sheet.state("require", part, condition=value, source="check", symbol=f"{self.table}.{name}")
            for part, value in parts
        )
        return Constraint(
            kind="check", name=name, span=self.sheet.span(node), columns=tuple(read), statements=statements
        )

    def _hidden(self, node: Node, value: Expression) -> list[str]:
        """The columns in what was not understood of a condition, for the server's name of it."""
        if not any(isinstance(item, Opaque) for item in within(value)):
            return []
        names = {identifier(self.sheet.text(item)) for item in node.walk("name")}
        return [name for name in self.known or () if name in names]

    def _read(self, value: Expression) -> list[str]:
        mine = f"table:{self.table}"
        return [item.path[0] for item in within(value) if isinstance(item, Ref) and item.name == mine and item.path]

    def server_name(self, addition: str, label: str) -> str:
        """The name that the server gives to a constraint without one."""
        number = 0
        while True:
            name = object_name(self.local, addition, f"{label}{number or ''}")
            if f"{self.table}.{name}" not in self.sheet.names_taken:
                self.sheet.names_taken.add(f"{self.table}.{name}")
                return name
            number += 1

    def _columns(self, node: Node) -> list[str]:
        for number, item in enumerate(node.children):
            if item.kind == "(" and number + 1 < len(node.children):
                return [self.sheet.parts(each)[0] for each in elements(node.children[number + 1], "columnList")]
        return []

    def unique(self, node: Node, given: str, primary: bool, columns: list[str]) -> Constraint:
        """A unique or primary key."""
        name = given or self.server_name(*(("", "pkey") if primary else ("_".join(columns), "key")))
        existing = node.child("ExistingIndex")
        if existing is not None and not given:
            name = identifier(self.sheet.text(existing.children[-1]))
        refs = tuple(Ref(f"table:{self.table}", (column,)) for column in columns)
        statements: tuple[int, ...] = ()
        if refs:
            statements = (
                self.sheet.state(
                    "unique",
                    node,
                    columns=refs,
                    source="primary key" if primary else "unique",
                    symbol=f"{self.table}.{name}",
                ),
            )
        return Constraint(
            kind="primary" if primary else "unique",
            name=name,
            span=self.sheet.span(node),
            columns=tuple(columns),
            statements=statements,
        )

    def _foreign(self, node: Node, given: str, columns: list[str] | None) -> Constraint | None:
        target = node.after("kw_references")
        if target is None:
            return None
        own = columns if columns is not None else self._columns(node)
        behind = node.children[node.children.index(target) + 1 :]
        listed = next((item for item in behind if item.kind.startswith("opt_column")), None)
        deletion = next((item for part in behind for item in part.walk("key_delete")), None)
        name = given or self.server_name("_".join(own), "fkey")
        return Constraint(
            kind="foreign",
            name=name,
            span=self.sheet.span(node),
            columns=tuple(own),
            target=self.sheet.name(target),
            target_columns=tuple(self._columns(listed)) if listed else (),
            on_delete=" ".join(self.sheet.text(deletion).split()[2:]).lower() if deletion else "",
        )

    def _exclude(self, node: Node, given: str) -> Constraint:
        """No two rows may agree in all these ways; equality in all of them is plain uniqueness."""
        pairs: list[tuple[Expression, str]] = []
        for item in node.walk("ExclusionConstraintElem"):
            target = item.children[0]
            value = self.translator.value(target.children[0] if target.kind == "index_elem" else target)
            pairs.append((value, self.sheet.text(item.children[-1])))
        columns = [name for value, _ in pairs for name in self._read(value)]
        name = given or self.server_name("_".join(columns), "excl")
        where = node.child("OptWhereClause")
        condition = self.translator.value(where.children[2]) if where and len(where.children) > 2 else None
        symbol = f"{self.table}.{name}"
        if pairs and all(operator == "=" for _, operator in pairs):
            kept = tuple(value for value, _ in pairs)
            index = self.sheet.state("unique", node, columns=kept, condition=condition, source="exclude", symbol=symbol)
        else:
            index = self.sheet.state(
                "require",
                node,
                condition=Opaque(self.sheet.source.snippet(node.start, node.end)[:80]),
                source="exclude",
                symbol=symbol,
            )
        return Constraint(
            kind="exclude", name=name, span=self.sheet.span(node), columns=tuple(columns), statements=(index,)
        )


def object_name(table: str, addition: str, label: str) -> str:
    """Joins the parts of a name; where it grows too long, the longer part is cut first."""
    room = _NAME_LIMIT - len(label) - 1 - bool(addition)
    addition = addition[:_NAME_LIMIT]
    while len(table) + len(addition) > room:
        if len(table) > len(addition):
            table = table[:-1]
        else:
            addition = addition[:-1]
    return "_".join(part for part in (table, addition, label) if part)


def create_table(sheet: Sheet, node: Node, absent: bool = False) -> None:
    """CREATE TABLE."""
    if node.child("OptTemp", "kw_temp", "kw_temporary", "kw_local", "kw_global") is not None:
        return
    target = _target(node, "kw_table")
    if target is None:
        return
    table = sheet.name(target)
    parts = [item for part in node.children for item in elements(part, "TableElementList")]
    listed = [item for item in parts if item.kind == "columnDef"]
    own = [identifier(sheet.text(item.children[0])) for item in listed]
    complete = not sheet.doubtful and not _likeness(sheet, node, parts)
    reader = TableReader(sheet, table, own if complete else None)
    columns: list[Column] = []
    constraints: list[Constraint] = []
    for item in parts:
        if item.kind == "columnDef":
            column, behind = reader.column(item)
            columns.append(column)
            constraints.extend(behind)
        elif item.kind in ("TableConstraint", "ConstraintElem"):
            constraint = reader.table_constraint(item)
            if constraint is not None:
                constraints.append(constraint)
    if complete:
        sheet.columns.setdefault(table, own)
    sheet.change(
        "create table",
        node,
        table=table,
        columns=_with_keys(columns, constraints),
        constraints=tuple(constraints),
        if_absent=absent or node.has("kw_if"),
        to="?" if sheet.doubtful else _likeness(sheet, node, parts),
    )


def _likeness(sheet: Sheet, node: Node, parts: list[Node]) -> str:
    """The tables whose columns a new one takes over: LIKE, INHERITS, PARTITION OF."""
    found = [item.children[1] for item in parts if item.kind == "TableLikeClause"]
    inherited = node.child("OptInherit")
    if inherited is not None:
        found.extend(elements(inherited.children[2], "qualified_name_list"))
    whole = node.after("kw_of") if node.has("kw_partition") else None
    return ",".join(sheet.name(item) for item in ([*found, whole] if whole is not None else found))


def alter_table(sheet: Sheet, node: Node, absent: bool = False) -> None:
    """ALTER TABLE with all its parts."""
    target = _target(node, "kw_table")
    if target is None:
        return
    table = sheet.name(target)
    reader = TableReader(sheet, table, None)
    for part in node.children:
        for item in elements(part, "alter_table_cmds"):
            if item.kind == "alter_table_cmd":
                _alter(sheet, reader, table, item, absent)


def _alter(sheet: Sheet, reader: TableReader, table: str, node: Node, absent: bool) -> None:
    kinds = [item.kind for item in node.children]
    first = kinds[0]
    if first == "kw_add":
        _add(sheet, reader, table, node, absent)
    elif first == "kw_drop":
        name = next((item for item in reversed(node.children) if item.kind == "name"), None)
        if name is not None:
            wanted = identifier(sheet.text(name))
            action = "drop constraint" if "kw_constraint" in kinds else "drop column"
            if action == "drop column" and wanted in sheet.columns.get(table, ()):
                sheet.columns[table].remove(wanted)
            sheet.change(action, node, table=table, name=wanted, cascade="kw_cascade" in kinds)
    elif first == "kw_alter":
        _alter_column(sheet, reader, table, node, kinds)
    elif first in ("kw_enable", "kw_disable") and "kw_security" in kinds:
        sheet.change(f"{first[3:]} security", node, table=table)
    elif first == "kw_force" or (first == "kw_no" and "kw_force" in kinds):
        sheet.change("force security", node, table=table, permissive=first == "kw_no")
    elif first in ("kw_enable", "kw_disable") and "kw_trigger" in kinds:
        last = node.children[-1]
        sheet.change(f"{first[3:]} trigger", node, table=table, name=sheet.name(last) if last.kind == "name" else "*")


def _add(sheet: Sheet, reader: TableReader, table: str, node: Node, absent: bool) -> None:
    definition = node.child("columnDef")
    if definition is not None:
        column, constraints = reader.column(definition)
        if table in sheet.columns and column.name not in sheet.columns[table]:
            sheet.columns[table].append(column.name)
        if sheet.foreign is not None and any(node.start <= at < node.end for at in sheet.foreign.notes.changed):
            again(sheet, table, node, column)
            return
        sheet.change(
            "add column",
            node,
            table=table,
            columns=_with_keys([column], constraints),
            constraints=tuple(constraints),
            if_absent=absent or node.has("kw_if"),
        )
        return
    item = node.child("TableConstraint", "ConstraintElem")
    constraint = reader.table_constraint(item) if item is not None else None
    if constraint is not None:
        sheet.change("add constraint", node, table=table, constraints=(constraint,), if_absent=absent)


def _alter_column(sheet: Sheet, reader: TableReader, table: str, node: Node, kinds: list[str]) -> None:
    named = next((item for item in node.children if item.kind == "name"), None)
    if named is None:
        return
    name = identifier(sheet.text(named))
    subject = Ref(f"table:{table}", (name,))
    default = node.child("alter_column_default")
    if default is not None:
        if default.children[0].kind == "kw_drop":
            sheet.change("drop default", node, table=table, name=name)
            return
        value = reader.translator.value(default.children[-1])
        index = reader.default(subject, default.children[-1], value)
        place = sheet.span(default.children[-1])
        column = Column(name=name, type="", span=place, default=value, default_span=place, statements=(index,))
        sheet.change("set default", node, table=table, name=name, columns=(column,), statements=(index,))
    elif "kw_type" in kinds:
        kind = node.children[kinds.index("kw_type") + 1]
        written = read_type(sheet, kind)
        statements: tuple[int, ...] = ()
        if written.name in _CHARACTERS and written.size:
            statements = (reader._longest(kind, subject, name, written.size[0]),)
        column = Column(
            name=name,
            type=written.name,
            span=sheet.span(node),
            size=written.size,
            array=written.array,
            statements=statements,
        )
        sheet.change("set type", node, table=table, name=name, columns=(column,), statements=statements)
    elif "kw_null" in kinds and "kw_set" in kinds:
        index = reader.required(subject, (node.start, node.end), f"{table}.{name}")
        sheet.change("set required", node, table=table, name=name, statements=(index,))
    elif "kw_null" in kinds and "kw_drop" in kinds:
        sheet.change("drop required", node, table=table, name=name)
    elif "kw_identity" in kinds and "kw_add" in kinds:
        sheet.change("set default", node, table=table, name=name, columns=(_identity(name, sheet.span(node)),))


def _identity(name: str, span: Span) -> Column:
    return Column(name=name, type="", span=span, identity=True)


def _with_keys(columns: list[Column], constraints: list[Constraint]) -> tuple[Column, ...]:
    """A primary key makes its columns required."""
    keys = {name for item in constraints if item.kind == "primary" for name in item.columns}
    return tuple(
        msgspec.structs.replace(column, required=True) if column.name in keys and not column.required else column
        for column in columns
    )


def _constraints_of(node: Node) -> list[Node]:
    found: list[Node] = []
    for item in node.children[2:]:
        if item.kind == "ColQualList":
            found.extend(item.children)
        elif item.kind in ("ColConstraint", "ColConstraintElem", "kw_unique"):
            found.append(item)
    # `COLLATE "C" UNIQUE`: the grammar takes both for one constraint.
    return [inner for item in found for inner in (_split(item) if item.kind == "ColConstraint" else [item])]


def _split(node: Node) -> list[Node]:
    return [node] if node.children[0].kind != "kw_collate" else node.children[2:]


def _target(node: Node, after: str) -> Node | None:
    """The table that a statement is about: the first name behind its keyword."""
    seen = False
    for item in node.children:
        if item.kind == after:
            seen = True
        elif seen and not item.kind.startswith("kw_") and not item.kind.startswith("opt_if"):
            return item
    return None
