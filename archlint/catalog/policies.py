"""Changes of row security: policies, and who may do what."""

import msgspec

from archlint.catalog.state import HeldPolicy, Part, State, Step, has_rows
from archlint.model.expression import Expression, Opaque
from archlint.model.schema import Policy

_ALL = ("select", "insert", "update", "delete", "truncate", "references", "trigger")
_COLUMNS = ("select", "insert", "update", "references")


def create_policy(state: State, step: Step) -> None:
    """CREATE POLICY."""
    change = step.change
    key = (change.table, change.name)
    before = state.policies.get(key)
    if before is not None:
        if change.if_absent:
            return
        # The server would refuse; whoever ran it has dropped the old one by hand.
        state.lose("policy", *key, before.parts, step.part, replaced=True)
    state.table(change.table)
    policy = Policy(
        name=change.name,
        table=change.table,
        path=step.path,
        span=change.span,
        command=change.command or "all",
        roles=change.roles,
        permissive=change.permissive,
        using=change.using,
        check=change.check,
        statements=change.statements,
    )
    state.policies[key] = HeldPolicy(policy, _side(step, "deny"), _side(step, "reject"), step.reads())
    state.keep(step.part)
    state.anew("policy", *key, step.part)


def _side(step: Step, effect: str) -> Part:
    """The statements of USING or of WITH CHECK."""
    wanted = tuple(index for index in step.change.statements if step.facts.statements[index].effect == effect)
    return Part(step.path, step.change.span, wanted)


def alter_policy(state: State, step: Step) -> None:
    """ALTER POLICY: another name, or other roles and conditions."""
    change = step.change
    held = state.policies.pop((change.table, change.name), None)
    if held is None:
        return
    if change.to:
        renamed = msgspec.structs.replace(held.policy, name=change.to)
        state.policies[change.table, change.to] = held._replace(policy=renamed)
        return
    using, check = held.using, held.check
    gone = []
    if change.using is not None:
        gone.append(using)
        using = _side(step, "deny")
    if change.check is not None:
        gone.append(check)
        check = _side(step, "reject")
    lost = [part for part in gone if part.statements]
    state.lose("policy", change.table, change.name, lost, step.part, replaced=True)
    state.keep(step.part)
    kept = tuple(index for part in (using, check) if part.path == step.path for index in part.statements)
    policy = msgspec.structs.replace(
        held.policy,
        path=step.path,
        span=change.span,
        roles=change.roles or held.policy.roles,
        using=change.using if change.using is not None else _moved(held.policy.using, held.using, step),
        check=change.check if change.check is not None else _moved(held.policy.check, held.check, step),
        statements=kept,
    )
    state.policies[change.table, change.name] = HeldPolicy(policy, using, check, held.reads | step.reads())


def _moved(expression: Expression | None, part: Part, step: Step) -> Expression | None:
    """A condition that another file stated; the rows that it looks up are numbers of that file."""
    if part.path != step.path and has_rows(expression):
        return Opaque("a condition of another file")
    return expression


def drop_policy(state: State, step: Step) -> None:
    """DROP POLICY."""
    key = (step.change.table, step.change.name)
    held = state.policies.pop(key, None)
    if held is not None:
        state.lose("policy", *key, held.parts, step.part)


def switch_security(state: State, step: Step) -> None:
    """ENABLE and DISABLE ROW LEVEL SECURITY."""
    state.table(step.change.table).security = step.change.action == "enable security"


def change_rights(state: State, step: Step) -> None:
    """GRANT and REVOKE; what was revoked without a grant is kept too, because hosts grant by default."""
    change = step.change
    given = change.action == "grant"
    if not change.table:
        for role in change.roles:
            rights = state.grants.setdefault(("function", change.name, role), {})
            _switch(rights, change.words or ("execute",), given, ("execute",))
        return
    if change.table.endswith(".*"):
        schema = change.table[:-2]
        for role in change.roles:
            _switch(state.grants.setdefault(("schema", schema, role), {}), change.words, given, _ALL)
        names = [name for name in state.tables if (name.rpartition(".")[0] or "public") == schema]
    else:
        names = [change.table]
        state.table(change.table)
    for name in names:
        table = state.tables[name]
        for role in change.roles:
            for column in change.name.split(",") if change.name else [""]:
                rights = table.grants.setdefault((role, column), {})
                _switch(rights, change.words, given, _COLUMNS if column else _ALL)
            if not given and not change.name:
                _take_columns(table.grants, role, change.words)


def _switch(rights: dict[str, bool], words: tuple[str, ...], given: bool, every: tuple[str, ...]) -> None:
    for word in every if "all" in words else words:
        rights[word] = given


def _take_columns(grants: dict[tuple[str, str], dict[str, bool]], role: str, words: tuple[str, ...]) -> None:
    """Revoking a right on the table takes it on its columns as well."""
    for (who, column), rights in grants.items():
        if who == role and column:
            for word in list(rights):
                if "all" in words or word in words:
                    del rights[word]
