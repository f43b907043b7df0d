"""Changes of views, and what goes with the things that they read."""

import msgspec

from archlint.catalog.state import HeldColumn, HeldTable, Part, State, Step, columns_read


def create_view(state: State, step: Step) -> None:
    """CREATE [OR REPLACE] VIEW."""
    change = step.change
    before = state.tables.get(change.table)
    if before is not None and before.known and not before.view:
        return
    if before is not None and before.part is not None:
        state.lose("view", "", change.table, [before.part], step.part, replaced=True)
    view = HeldTable(change.table, step.part)
    view.view = True
    view.reads = step.reads()
    computed = {
        (table, column)
        for item in change.columns
        for table in view.reads
        for column in columns_read(item.generated, table)
    }
    view.reads_columns = step.columns_read() | computed
    if before is not None:
        view.grants = before.grants
    for column in change.columns:
        held = msgspec.structs.replace(column, path=step.path)
        view.columns[column.name] = HeldColumn(held, {}, step.calls(change.statements))
    # Without named columns (`select *`) absence proves nothing.
    view.known = bool(change.columns)
    state.tables[change.table] = view
    state.keep(step.part)
    state.anew("view", "", change.table, step.part)


def drop_view(state: State, step: Step) -> None:
    """DROP VIEW."""
    view = state.tables.get(step.change.table)
    if view is None or not view.view:
        return
    _lose_view(state, view, step.part)
    if step.change.cascade:
        drop_readers(state, step.part, view.name, None)


def _lose_view(state: State, view: HeldTable, by: Part) -> None:
    del state.tables[view.name]
    if view.part is not None:
        state.lose("view", "", view.name, [view.part], by)
    for key in [key for key in state.triggers if key[0] == view.name]:
        state.lose("trigger", *key, [state.triggers.pop(key).part], by)


def drop_readers(state: State, by: Part, table: str, column: str | None) -> None:
    """CASCADE: the views and policies that read a table (or one column of it) go with it."""
    for view in list(state.tables.values()):
        if not view.view or view.name not in state.tables or not _reads(view, table, column):
            continue
        _lose_view(state, view, by)
        drop_readers(state, by, view.name, None)
    if column is not None:
        return
    for key, held in list(state.policies.items()):
        if key[0] != table and table in held.reads:
            state.lose("policy", *key, state.policies.pop(key).parts, by)


def _reads(view: HeldTable, table: str, column: str | None) -> bool:
    if table not in view.reads:
        return False
    return column is None or (table, column) in view.reads_columns
