"""Changes of stored functions and triggers."""

import msgspec

from archlint.catalog.state import HeldTrigger, Part, State, Step
from archlint.catalog.tables import drop_constraint_of
from archlint.model.schema import Routine, Trigger


def create_function(state: State, step: Step) -> None:
    """CREATE [OR REPLACE] FUNCTION: the same signature replaces, another one is an overload."""
    change = step.change
    key = (change.name, change.signature)
    before = state.routines.get(key)
    if before is not None:
        if change.if_absent:
            return
        state.lose("function", "", change.name, [_part(before)], step.part, replaced=True)
    state.routines[key] = Routine(
        name=change.name,
        signature=change.signature,
        path=step.path,
        span=change.span,
        scope=change.scope,
        language=change.language,
        returns=change.returns,
        definer=change.definer,
    )
    state.keep(step.part)
    state.anew("function", "", change.name, step.part)


def drop_function(state: State, step: Step) -> None:
    """DROP FUNCTION: the one of that signature, or all of the name if none is given."""
    change = step.change
    keys = _meant(state, step)
    for key in keys:
        state.lose("function", "", change.name, [_part(state.routines.pop(key))], step.part)
    if keys and change.cascade and all(key[0] != change.name for key in state.routines):
        _cascade(state, change.name, step.part)


def alter_function(state: State, step: Step) -> None:
    """ALTER FUNCTION: another name, or other rights."""
    for key in _meant(state, step):
        routine = state.routines.pop(key)
        if step.change.action == "rename function":
            routine = msgspec.structs.replace(routine, name=step.change.to)
            for trigger_key, held in state.triggers.items():
                if held.trigger.function == key[0]:
                    trigger = msgspec.structs.replace(held.trigger, function=routine.name)
                    state.triggers[trigger_key] = held._replace(trigger=trigger)
        else:
            routine = msgspec.structs.replace(routine, definer=step.change.definer)
        state.routines[routine.name, routine.signature] = routine


def _meant(state: State, step: Step) -> list[tuple[str, tuple[str, ...]]]:
    """The routines that a statement names; `replace` tells that a signature is written, which may be empty."""
    change = step.change
    named = [key for key in state.routines if key[0] == change.name]
    return [key for key in named if not change.replace or key[1] == change.signature]


def _part(routine: Routine) -> Part:
    return Part(routine.path, routine.span, scope=routine.scope)


def _cascade(state: State, name: str, by: Part) -> None:
    """What calls a dropped routine goes with it."""
    for key, held in list(state.triggers.items()):
        if held.trigger.function == name:
            state.lose("trigger", *key, [state.triggers.pop(key).part], by)
    for key, policy in list(state.policies.items()):
        if name in policy.calls:
            state.lose("policy", *key, state.policies.pop(key).parts, by)
    for table in state.tables.values():
        for constraint in list(table.constraints.values()):
            if name in table.calls.get(constraint.name, ()):
                drop_constraint_of(state, table, constraint, by)
        for held_column in table.columns.values():
            default = held_column.parts.get("default")
            if name in held_column.calls and default is not None and held_column.column.default is not None:
                held_column.column = msgspec.structs.replace(held_column.column, default=None, default_span=None)
                state.lose("column", table.name, held_column.column.name, [held_column.parts.pop("default")], by)


def create_trigger(state: State, step: Step) -> None:
    """CREATE [OR REPLACE] TRIGGER."""
    change = step.change
    key = (change.table, change.name)
    before = state.triggers.get(key)
    if before is not None:
        if change.if_absent:
            return
        state.lose("trigger", *key, [before.part], step.part, replaced=True)
    state.table(change.table)
    trigger = Trigger(
        name=change.name,
        table=change.table,
        path=step.path,
        span=change.span,
        timing=change.timing,
        events=change.events,
        function=change.function,
        columns=change.words,
        for_each=change.for_each or "statement",
        condition=change.using,
        statements=change.statements,
    )
    state.triggers[key] = HeldTrigger(trigger, step.part)
    state.keep(step.part)
    state.anew("trigger", *key, step.part)


def drop_trigger(state: State, step: Step) -> None:
    """DROP TRIGGER."""
    key = (step.change.table, step.change.name)
    held = state.triggers.pop(key, None)
    if held is not None:
        state.lose("trigger", *key, [held.part], step.part)


def alter_trigger(state: State, step: Step) -> None:
    """ALTER TRIGGER … RENAME TO."""
    change = step.change
    held = state.triggers.pop((change.table, change.name), None)
    if held is not None:
        renamed = msgspec.structs.replace(held.trigger, name=change.to)
        state.triggers[change.table, change.to] = held._replace(trigger=renamed)


def switch_trigger(state: State, step: Step) -> None:
    """ENABLE and DISABLE TRIGGER, one or all of a table."""
    change = step.change
    off = step.part if change.action == "disable trigger" else None
    for key, held in list(state.triggers.items()):
        if key[0] == change.table and change.name in ("*", key[1]):
            state.triggers[key] = held._replace(off=off)
