"""Changes of tables: their columns, constraints and indexes."""

import re
from typing import Any

import msgspec

from archlint import algebra
from archlint.catalog.state import (
    HeldColumn,
    HeldTable,
    Part,
    State,
    Step,
    columns_read,
    part_of,
)
from archlint.catalog.views import drop_readers
from archlint.model.expression import Expression, Ref
from archlint.model.schema import Column, Constraint, PassedOver, SchemaChange

_ENDINGS = {"check": "check", "unique": "key", "primary": "pkey", "foreign": "fkey", "exclude": "excl"}
_ASPECTS = frozenset({"type", "not null", "default", "generated"})


def create_table(state: State, step: Step) -> None:
    """CREATE TABLE; where the table exists already, the server does nothing or refuses."""
    change = step.change
    before = state.tables.get(change.table)
    if before is not None and before.known:
        columns = tuple(column.name for column in change.columns if column.name not in before.columns)
        if change.if_absent and columns:
            state.passed_over.append(PassedOver(table=change.table, path=step.path, span=change.span, columns=columns))
        return
    table = HeldTable(change.table, step.part)
    if change.to and not _inherit(state, table, change.to):
        table.known = False
    for column in change.columns:
        table.columns[column.name] = hold_column(state, step, column)
    if before is not None:
        # Altered before it was created: files out of order. What was added stays added.
        table.security, table.grants = before.security, before.grants
        table.seeds, table.settings = before.seeds, before.settings
        for name, held in before.columns.items():
            table.columns.setdefault(name, held)
        table.constraints, table.calls, table.needs = before.constraints, before.calls, before.needs
    state.tables[change.table] = table
    state.names.made(change.table)
    state.keep(Part(step.path, change.span, step.rest))
    for constraint in change.constraints:
        add_constraint_to(state, step, table, constraint)
    state.anew("table", "", change.table, step.part)


def _inherit(state: State, table: HeldTable, source: str) -> bool:
    """The columns of the tables that this one is made like; false where one of them is not known."""
    for name in source.split(","):
        other = state.tables.get(name)
        if other is None or not other.known:
            return False
        for column in other.columns.values():
            table.columns[column.column.name] = HeldColumn(column.column, {}, frozenset())
    return True


def hold_column(state: State, step: Step, column: Column) -> HeldColumn:
    """A new column with its statements sorted by what they state."""
    aspects: dict[str, list[int]] = {}
    for index in column.statements:
        source = step.facts.statements[index].source
        aspects.setdefault(source if source in _ASPECTS else "type", []).append(index)
    parts = {}
    for aspect, indexes in aspects.items():
        parts[aspect] = Part(step.path, step.facts.statements[indexes[0]].span, tuple(indexes))
        state.keep(parts[aspect])
    calls = step.calls(column.statements)
    state.anew("column", step.change.table, column.name, Part(step.path, column.span))
    return HeldColumn(msgspec.structs.replace(column, path=step.path), parts, calls)


def drop_table(state: State, step: Step) -> None:
    """DROP TABLE takes with it all that hangs on the table."""
    table = state.tables.get(step.change.table)
    if table is None or table.view:
        return
    if step.change.cascade:
        drop_readers(state, step.part, table.name, None)
        for other in state.tables.values():
            for constraint in list(other.constraints.values()):
                if constraint.target == table.name and other is not table:
                    drop_constraint_of(state, other, constraint, step.part)
    _lose_table(state, table, step.part)


def _lose_table(state: State, table: HeldTable, by: Part) -> None:
    del state.tables[table.name]
    for constraint in table.constraints.values():
        state.lose("constraint", table.name, constraint.name, [part_of(constraint)], by)
    for held in table.columns.values():
        parts = [part for part in held.parts.values() if part.statements]
        state.lose("column", table.name, held.column.name, parts, by)
    for key in [key for key in state.triggers if key[0] == table.name]:
        state.lose("trigger", *key, [state.triggers.pop(key).part], by)
    for key in [key for key in state.policies if key[0] == table.name]:
        state.lose("policy", *key, state.policies.pop(key).parts, by)
    for part, _ in table.seeds:
        state.live.difference_update((part.path, index) for index in part.statements)
    if table.part is not None:
        state.lose("table", "", table.name, [table.part], by)


def rename_table(state: State, step: Step) -> None:
    """ALTER TABLE … RENAME TO."""
    before, after = step.change.table, step.change.to
    table = state.tables.pop(before, None)
    if table is None:
        return
    state.names.table_renamed(before, after)
    table.name = after
    state.tables[after] = table
    for other in state.tables.values():
        other.reads = frozenset(after if name == before else name for name in other.reads)
        pairs = other.reads_columns
        other.reads_columns = frozenset((after if name == before else name, column) for name, column in pairs)
        for name, constraint in other.constraints.items():
            if constraint.target == before:
                other.constraints[name] = msgspec.structs.replace(constraint, target=after)
    for key in [key for key in state.triggers if key[0] == before]:
        held = state.triggers.pop(key)
        state.triggers[after, key[1]] = held._replace(trigger=msgspec.structs.replace(held.trigger, table=after))
    for key in [key for key in state.policies if key[0] == before]:
        policy = state.policies.pop(key)
        state.policies[after, key[1]] = policy._replace(policy=msgspec.structs.replace(policy.policy, table=after))


def add_column(state: State, step: Step) -> None:
    """ADD COLUMN; an existing one stays as it is."""
    table = state.table(step.change.table)
    for column in step.change.columns:
        if column.name in table.columns:
            return
        table.columns[column.name] = hold_column(state, step, column)
    state.keep(Part(step.path, step.change.span, step.rest))
    for constraint in step.change.constraints:
        add_constraint_to(state, step, table, constraint)


def drop_column(state: State, step: Step) -> None:
    """DROP COLUMN takes constraints, indexes and, with CASCADE, all else that reads the column."""
    change = step.change
    table = state.tables.get(change.table)
    held = table.columns.get(change.name) if table else None
    if table is None or held is None:
        return
    lose_column(state, table, held, step.part)
    if not change.cascade:
        return
    drop_readers(state, step.part, table.name, change.name)
    for other in state.tables.values():
        for constraint in list(other.constraints.values()):
            if constraint.target == table.name and change.name in constraint.target_columns:
                drop_constraint_of(state, other, constraint, step.part)
    for other_name, item in list(table.columns.items()):
        if change.name in columns_read(item.column.generated, table.name) and other_name in table.columns:
            lose_column(state, table, item, step.part)
    for key, policy in list(state.policies.items()):
        read = columns_read(policy.policy.using, table.name) | columns_read(policy.policy.check, table.name)
        if change.name in read:
            state.lose("policy", *key, state.policies.pop(key).parts, step.part)
    for key, trigger in list(state.triggers.items()):
        if key[0] == table.name and change.name in trigger.trigger.columns:
            state.lose("trigger", *key, [state.triggers.pop(key).part], step.part)


def lose_column(state: State, table: HeldTable, held: HeldColumn, by: Part) -> None:
    """A column goes, with the constraints and indexes that name it."""
    name = held.column.name
    del table.columns[name]
    parts = [part for part in held.parts.values() if part.statements]
    state.lose("column", table.name, name, parts or [Part(held.column.path, held.column.span)], by)
    for constraint in list(table.constraints.values()):
        if name in constraint.columns or name in table.needs.get(constraint.name, ()):
            drop_constraint_of(state, table, constraint, by)


def rename_column(state: State, step: Step) -> None:
    """RENAME COLUMN."""
    change = step.change
    table = state.tables.get(change.table)
    if table is None or change.name not in table.columns:
        return
    state.names.column_renamed(table.name, change.name, change.to)
    columns = {}
    for name, held in table.columns.items():
        if name == change.name:
            held.column = msgspec.structs.replace(held.column, name=change.to)
        columns[change.to if name == change.name else name] = held
    table.columns = columns
    table.needs = {name: frozenset(_renamed(tuple(needed), change)) for name, needed in table.needs.items()}
    for other in state.tables.values():
        old, new = (table.name, change.name), (table.name, change.to)
        if old in other.reads_columns:
            other.reads_columns = frozenset(new if pair == old else pair for pair in other.reads_columns)
        for name, constraint in other.constraints.items():
            if other is table and change.name in constraint.columns:
                constraint = msgspec.structs.replace(constraint, columns=_renamed(constraint.columns, change))
            if constraint.target == table.name and change.name in constraint.target_columns:
                listed = _renamed(constraint.target_columns, change)
                constraint = msgspec.structs.replace(constraint, target_columns=listed)
            if constraint is not other.constraints[name]:
                other.constraints[name] = constraint
    for key, held_trigger in state.triggers.items():
        if key[0] == table.name:
            trigger = msgspec.structs.replace(
                held_trigger.trigger,
                columns=_renamed(held_trigger.trigger.columns, change),
                condition=_of_rows(held_trigger.trigger.condition, change),
            )
            state.triggers[key] = held_trigger._replace(trigger=trigger)


def _of_rows(condition: Expression | None, change: SchemaChange) -> Expression | None:
    """A trigger's condition with a column of its rows under its later name."""

    def later(ref: Ref) -> Expression | None:
        if ref.name in ("$new", "$old") and ref.path[:1] == (change.name,):
            return Ref(ref.name, (change.to, *ref.path[1:]))
        return None

    return algebra.fold(condition, later) if condition is not None else None


def _renamed(names: tuple[str, ...], change: SchemaChange) -> tuple[str, ...]:
    return tuple(change.to if name == change.name else name for name in names)


def column_of(state: State, change: SchemaChange) -> HeldColumn:
    """The column (or the domain's base) that a change is about; one that was not seen before has no type."""
    if not change.table and change.to:
        domain = state.domains.get(change.to)
        if domain is not None:
            return domain.base
        return HeldColumn(Column(name="", type="", span=change.span), {}, frozenset())
    table = state.table(change.table)
    if change.name not in table.columns:
        unseen = Column(name=change.name, type="", span=change.span)
        if table.known:
            # The server would refuse to alter it.
            return HeldColumn(unseen, {}, frozenset())
        table.columns[change.name] = HeldColumn(unseen, {}, frozenset())
    return table.columns[change.name]


def _restated(state: State, step: Step, held: HeldColumn, aspect: str, stated: bool) -> None:
    """A later statement says something else of one side of a column."""
    change = step.change
    before = held.parts.pop(aspect, None)
    if before is not None:
        name = change.name or change.to
        state.lose("column", change.table, name, [before], step.part, replaced=True)
    if stated:
        held.parts[aspect] = step.part
        if held.column.name or not change.table:
            state.keep(step.part)


def _altered(state: State, step: Step, **fields: Any) -> HeldColumn:
    held = column_of(state, step.change)
    if not held.column.path:
        fields["path"] = step.path
    held.column = msgspec.structs.replace(held.column, **fields)
    return held


def set_type(state: State, step: Step) -> None:
    """ALTER COLUMN … TYPE."""
    new = step.change.columns[0]
    held = _altered(state, step, type=new.type, size=new.size, array=new.array)
    _restated(state, step, held, "type", bool(step.change.statements))


def set_required(state: State, step: Step) -> None:
    """SET NOT NULL; saying it again changes nothing."""
    if column_of(state, step.change).column.required and "not null" in column_of(state, step.change).parts:
        return
    held = _altered(state, step, required=True, required_span=step.change.span)
    _restated(state, step, held, "not null", True)


def drop_required(state: State, step: Step) -> None:
    """DROP NOT NULL."""
    held = _altered(state, step, required=False, required_span=None)
    _restated(state, step, held, "not null", False)


def set_default(state: State, step: Step) -> None:
    """SET DEFAULT, or a column becomes an identity."""
    new = step.change.columns[0]
    if new.identity:
        _altered(state, step, identity=True, required=True)
        return
    held = _altered(state, step, default=new.default, default_span=new.default_span)
    held.calls |= step.calls(step.change.statements)
    _restated(state, step, held, "default", True)


def drop_default(state: State, step: Step) -> None:
    """DROP DEFAULT."""
    held = _altered(state, step, default=None, default_span=None)
    _restated(state, step, held, "default", False)


def comment(state: State, step: Step) -> None:
    """COMMENT ON COLUMN; the last one is what people read. One of a table that nobody made here says nothing."""
    table = state.tables.get(step.change.table)
    if table is not None and step.change.name in table.columns:
        _restated(state, step, column_of(state, step.change), "comment", bool(step.change.statements))


# Constraints -----------------------------------------------------------------------------------------------------


def add_constraint(state: State, step: Step) -> None:
    """ADD CONSTRAINT on a table or a domain."""
    if not step.change.table:
        domain = state.domains.get(step.change.to)
        for constraint in step.change.constraints if domain else ():
            if domain is not None and constraint.name not in domain.constraints:
                domain.constraints[constraint.name] = placed(state, step, constraint)
        return
    table = state.table(step.change.table)
    for constraint in step.change.constraints:
        if not (step.change.if_absent and constraint.name in table.constraints):
            add_constraint_to(state, step, table, constraint)


def create_index(state: State, step: Step) -> None:
    """CREATE UNIQUE INDEX."""
    table = state.table(step.change.table)
    for constraint in step.change.constraints:
        if constraint.name not in table.constraints:
            add_constraint_to(state, step, table, constraint)


def placed(state: State, step: Step, constraint: Constraint) -> Constraint:
    """A constraint that knows its file; its statements are in force."""
    constraint = msgspec.structs.replace(constraint, path=step.path)
    state.keep(part_of(constraint))
    state.anew("constraint", step.change.table, constraint.name, part_of(constraint))
    return constraint


def add_constraint_to(state: State, step: Step, table: HeldTable, constraint: Constraint) -> None:
    """A constraint comes to a table under the name that the server gives it."""
    name = constraint.name
    if name in table.constraints:
        local = table.name.rsplit(".", 1)[-1]
        generated = name.startswith(f"{local}_") and re.search(rf"_{_ENDINGS[constraint.kind]}\d*$", name)
        if not generated or constraint.kind == "primary":
            # A chosen name is taken: the server refuses.
            return
        wished, number = re.sub(r"\d+$", "", name), 0
        while name in table.constraints:
            number += 1
            name = f"{wished}{number}"
        constraint = msgspec.structs.replace(constraint, name=name)
    table.constraints[name] = placed(state, step, constraint)
    table.calls[name] = step.calls(constraint.statements)
    table.needs[name] = step.columns_needed(constraint.statements, step.change.table)
    if constraint.kind == "primary":
        for column in constraint.columns:
            if held := table.columns.get(column):
                held.column = msgspec.structs.replace(held.column, required=True)


def drop_constraint(state: State, step: Step) -> None:
    """DROP CONSTRAINT of a table or a domain."""
    change = step.change
    if not change.table:
        domain = state.domains.get(change.to)
        gone = domain.constraints.pop(change.name, None) if domain else None
        if gone is not None:
            state.lose("constraint", change.to, change.name, [part_of(gone)], step.part)
        return
    table = state.tables.get(change.table)
    constraint = table.constraints.get(change.name) if table else None
    if table is None or constraint is None:
        return
    drop_constraint_of(state, table, constraint, step.part)
    if change.cascade and constraint.kind in ("primary", "unique"):
        _drop_references(state, table, constraint, step.part)


def _drop_references(state: State, table: HeldTable, key: Constraint, by: Part) -> None:
    for other in state.tables.values():
        for constraint in list(other.constraints.values()):
            if constraint.kind != "foreign" or constraint.target != table.name:
                continue
            meant = constraint.target_columns == key.columns
            if meant or (key.kind == "primary" and not constraint.target_columns):
                drop_constraint_of(state, other, constraint, by)


def drop_constraint_of(state: State, table: HeldTable, constraint: Constraint, by: Part) -> None:
    """A constraint goes."""
    del table.constraints[constraint.name]
    table.calls.pop(constraint.name, None)
    table.needs.pop(constraint.name, None)
    state.lose("constraint", table.name, constraint.name, [part_of(constraint)], by)


def rename_constraint(state: State, step: Step) -> None:
    """RENAME CONSTRAINT, or an index (which names no table)."""
    change = step.change
    owners = [state.tables.get(change.table)] if change.table else list(state.tables.values())
    for owner in owners:
        if owner is not None and change.name in owner.constraints:
            gone = owner.constraints.pop(change.name)
            owner.constraints[change.to] = msgspec.structs.replace(gone, name=change.to)
            owner.calls[change.to] = owner.calls.pop(change.name, frozenset())
            owner.needs[change.to] = owner.needs.pop(change.name, frozenset())
            return
    for domain in state.domains.values():
        if not change.table and change.name in domain.constraints:
            gone = domain.constraints.pop(change.name)
            domain.constraints[change.to] = msgspec.structs.replace(gone, name=change.to)


def drop_index(state: State, step: Step) -> None:
    """DROP INDEX of a unique index."""
    wanted = step.change.name.rsplit(".", 1)[-1]
    for table in state.tables.values():
        constraint = table.constraints.get(wanted)
        if constraint is not None and constraint.kind == "unique":
            drop_constraint_of(state, table, constraint, step.part)
            return
