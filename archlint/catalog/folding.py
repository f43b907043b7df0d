"""Applies the changes of files, in their order, to one database."""

from collections.abc import Callable, Mapping, Sequence

from archlint.catalog import kinds, policies, routines, tables, views
from archlint.catalog.claims import Claims
from archlint.catalog.state import Part, State, Step
from archlint.model.facts import FileFacts

_HANDLERS: dict[str, Callable[[State, Step], None]] = {
    "create table": tables.create_table,
    "drop table": tables.drop_table,
    "rename table": tables.rename_table,
    "add column": tables.add_column,
    "drop column": tables.drop_column,
    "rename column": tables.rename_column,
    "set type": tables.set_type,
    "set required": tables.set_required,
    "drop required": tables.drop_required,
    "set default": tables.set_default,
    "drop default": tables.drop_default,
    "comment": tables.comment,
    "add constraint": tables.add_constraint,
    "drop constraint": tables.drop_constraint,
    "rename constraint": tables.rename_constraint,
    "create index": tables.create_index,
    "drop index": tables.drop_index,
    "create enum": kinds.create_enum,
    "add word": kinds.add_word,
    "rename word": kinds.rename_word,
    "create domain": kinds.create_domain,
    "drop type": kinds.drop_type,
    "rename type": kinds.rename_type,
    "create function": routines.create_function,
    "drop function": routines.drop_function,
    "rename function": routines.alter_function,
    "alter function": routines.alter_function,
    "create trigger": routines.create_trigger,
    "drop trigger": routines.drop_trigger,
    "alter trigger": routines.alter_trigger,
    "disable trigger": routines.switch_trigger,
    "enable trigger": routines.switch_trigger,
    "create policy": policies.create_policy,
    "alter policy": policies.alter_policy,
    "drop policy": policies.drop_policy,
    "enable security": policies.switch_security,
    "disable security": policies.switch_security,
    "grant": policies.change_rights,
    "revoke": policies.change_rights,
    "create view": views.create_view,
    "drop view": views.drop_view,
}


def fold(files: Sequence[FileFacts], claimed: Mapping[str, Claims]) -> State:
    """The database after all changes of the files."""
    state = State()
    for facts in files:
        state.names.begin(facts.path)
        inside = claimed[facts.path]
        for number, change in enumerate(facts.changes):
            step = Step(facts, change, inside.statements.get(number, ()), inside.accesses.get(number, ()))
            if change.action == "seed":
                _seed(state, step)
            elif change.action in _HANDLERS:
                _HANDLERS[change.action](state, step)
    for key, held in sorted(state.triggers.items()):
        if held.off is not None:
            state.lose("trigger", *key, [held.part], held.off)
    return state


def _seed(state: State, step: Step) -> None:
    """Rows that a file brings. What an earlier one said of the same thing is replaced, or stays if it asks first."""
    change = step.change
    table = state.table(change.table)
    known = {symbol for symbol, _ in table.settings}
    kept = []
    for index in change.statements:
        statement = step.facts.statements[index]
        if change.if_absent and statement.symbol in known:
            continue
        key = (statement.symbol, statement.kind)
        before = table.settings.get(key)
        if before is not None:
            state.lose("seed", change.table, statement.symbol, [before], step.part, replaced=True)
        table.settings[key] = Part(step.path, statement.span, (index,))
        kept.append(index)
    part = Part(step.path, change.span, (*kept, *step.rest))
    state.keep(part)
    table.seeds.extend((part, row) for row in change.rows)
