"""Changes of enum types and domains."""

import msgspec

from archlint.catalog.state import HeldColumn, HeldDomain, HeldEnum, Part, State, Step, part_of
from archlint.catalog.tables import hold_column, lose_column, placed


def create_enum(state: State, step: Step) -> None:
    """CREATE TYPE … AS ENUM; one that exists stays."""
    change = step.change
    if change.name in state.enums:
        return
    listed = change.statements[0] if change.statements else None
    span = change.span if listed is None else step.facts.statements[listed].span
    part = step.part._replace(span=span)
    enum = HeldEnum(part)
    enum.words = [(word, Part(step.path, span)) for word in change.words]
    state.enums[change.name] = enum
    state.keep(part)
    for word in change.words:
        state.anew("word", change.name, word, Part(step.path, span))


def add_word(state: State, step: Step) -> None:
    """ALTER TYPE … ADD VALUE, at the end or beside another word."""
    change = step.change
    enum = state.enums.get(change.name)
    if enum is None or not change.words:
        return
    word = change.words[0]
    known = [each for each, _ in enum.words]
    if word in known:
        return
    side, _, neighbour = change.to.partition(" ")
    at = len(known)
    if neighbour in known:
        at = known.index(neighbour) + (side == "after")
    enum.words.insert(at, (word, Part(step.path, change.span)))
    state.anew("word", change.name, word, step.part)


def rename_word(state: State, step: Step) -> None:
    """ALTER TYPE … RENAME VALUE."""
    change = step.change
    enum = state.enums.get(change.name)
    if enum is None or len(change.words) < 2:
        return
    old, new = change.words
    for number, (word, part) in enumerate(enum.words):
        if word == old and new not in (each for each, _ in enum.words):
            enum.words[number] = (new, Part(step.path, change.span))
            state.lose("word", change.name, old, [part], step.part, replaced=True)
            return


def create_domain(state: State, step: Step) -> None:
    """CREATE DOMAIN; one that exists stays."""
    change = step.change
    if change.name in state.domains or not change.columns:
        return
    base = hold_column(state, step, change.columns[0])
    domain = HeldDomain(step.part, base)
    for constraint in change.constraints:
        domain.constraints[constraint.name] = placed(state, step, constraint)
    state.domains[change.name] = domain
    state.keep(Part(step.path, change.span, step.rest))


def drop_type(state: State, step: Step) -> None:
    """DROP TYPE and DROP DOMAIN; with CASCADE the columns and routines of that type go too."""
    name, by = step.change.name, step.part
    enum = state.enums.pop(name, None)
    domain = state.domains.pop(name, None)
    if enum is not None:
        state.live.difference_update((enum.part.path, index) for index in enum.part.statements)
        for word, part in enum.words:
            state.lose("word", name, word, [part], by)
    if domain is not None:
        for constraint in domain.constraints.values():
            state.lose("constraint", name, constraint.name, [part_of(constraint)], by)
        state.lose("column", "", name, domain.base.parts.values(), by)
    if (enum is None and domain is None) or not step.change.cascade:
        return
    for table in state.tables.values():
        for held in list(table.columns.values()):
            if held.column.type == name:
                lose_column(state, table, held, by)
    for key, routine in list(state.routines.items()):
        if name in routine.signature or routine.returns == name:
            part = Part(routine.path, routine.span, scope=routine.scope)
            del state.routines[key]
            state.lose("function", "", routine.name, [part], by)


def rename_type(state: State, step: Step) -> None:
    """ALTER TYPE … RENAME TO: columns and signatures follow."""
    before, after = step.change.name, step.change.to
    prefix = before.rpartition(".")[0]
    after = f"{prefix}.{after}" if prefix and "." not in after else after
    if before in state.enums:
        state.enums[after] = state.enums.pop(before)
    elif before in state.domains:
        state.domains[after] = state.domains.pop(before)
    else:
        return
    for table in state.tables.values():
        for held in table.columns.values():
            _follow(held, before, after)
    for domain in state.domains.values():
        _follow(domain.base, before, after)
    renamed = {}
    for (name, signature), routine in state.routines.items():
        kinds = tuple(_retyped(kind, before, after) for kind in signature)
        returns = _retyped(routine.returns, before, after)
        renamed[name, kinds] = msgspec.structs.replace(routine, signature=kinds, returns=returns)
    state.routines = renamed


def _follow(held: HeldColumn, before: str, after: str) -> None:
    if held.column.type == before:
        held.column = msgspec.structs.replace(held.column, type=after)


def _retyped(kind: str, before: str, after: str) -> str:
    return after + kind[len(before) :] if kind.removesuffix("[]") == before else kind
