"""Puts the folded databases of a repository into one schema."""

from collections.abc import Mapping, Sequence

import msgspec

from archlint.catalog.state import SQL, HeldColumn, HeldTable, State
from archlint.model.facts import FileFacts
from archlint.model.schema import Column, Domain, Enumeration, Schema, Table

_FEW = 5


def merge(
    states: Sequence[State],
    files: Mapping[str, FileFacts],
    named: Mapping[str, frozenset[int]],
    mirrors: tuple[str, ...],
) -> Schema:
    """The schema of all databases; `named` are the statements of a file that hang on a change of the schema."""
    return Schema(
        tables=_tables(states),
        enums=_enums(states),
        domains=_domains(states),
        routines=tuple(
            sorted(
                (routine for state in states for routine in state.routines.values()),
                key=lambda routine: (routine.name, routine.signature, routine.path),
            )
        ),
        triggers=tuple(
            held.trigger for state in states for _, held in sorted(state.triggers.items()) if held.off is None
        ),
        policies=tuple(held.policy for state in states for _, held in sorted(state.policies.items())),
        superseded=tuple(gone for state in states for gone in state.superseded),
        passed_over=tuple(sorted(item for state in states for item in state.passed_over)),
        live=_live(states, files, named, frozenset(mirrors)),
        live_scopes=_scopes(states, files),
        seeds=tuple(
            (name, part.path, part.span, row)
            for state in states
            for name, table in sorted(state.tables.items())
            for part, row in table.seeds
        ),
        mirrors=mirrors,
        renamed={path: later for state in states for path, later in state.names.all().items()},
        grants=tuple(
            (kind, name, role, _rights(rights))
            for state in states
            for (kind, name, role), rights in sorted(state.grants.items())
        ),
    )


def _rights(rights: Mapping[str, bool]) -> tuple[str, ...]:
    return tuple(word if given else f"-{word}" for word, given in sorted(rights.items()))


def _tables(states: Sequence[State]) -> dict[str, Table]:
    """A table of several databases has the columns of all; a column is required only where all require it.

    Nobody who reads code can tell which database it speaks to, so that a demand of one of them proves nothing.
    """
    found: dict[str, Table] = {}
    for state in states:
        whole = _whole(state)
        for name, held in sorted(state.tables.items()):
            table = _table(held, whole)
            found[name] = _united(found[name], table) if name in found else table
    return dict(sorted(found.items()))


def _whole(state: State) -> bool:
    """Whether the files tell all of a database.

    Where many tables are altered that no file creates, somebody builds by hand, and any table may have more columns.
    Other schemas than the one that is searched anyway belong to the host and count for nothing.
    """
    own = [held for name, held in state.tables.items() if "." not in name]
    made = sum(1 for held in own if held.part is not None)
    return (len(own) - made) * _FEW <= made


def _table(held: HeldTable, whole: bool) -> Table:
    return Table(
        name=held.name,
        path=held.part.path if held.part else "",
        span=held.part.span if held.part else None,
        columns=tuple(_column(column) for column in held.columns.values()),
        constraints=tuple(held.constraints.values()),
        known=held.known and whole,
        view=held.view,
        security=held.security,
        grants=tuple((role, column, _rights(rights)) for (role, column), rights in sorted(held.grants.items())),
    )


def _column(held: HeldColumn) -> Column:
    own = [index for part in held.parts.values() if part.path == held.column.path for index in part.statements]
    return msgspec.structs.replace(held.column, statements=tuple(sorted(own)))


def _united(first: Table, second: Table) -> Table:
    columns = {column.name: column for column in first.columns}
    shared = {column.name for column in second.columns} & set(columns)
    for column in (*first.columns, *second.columns):
        before = columns.setdefault(column.name, column)
        if column.name not in shared or not column.required:
            columns[column.name] = msgspec.structs.replace(before, required=False, required_span=None)
    return msgspec.structs.replace(
        first,
        columns=tuple(columns.values()),
        constraints=(*first.constraints, *second.constraints),
        known=first.known and second.known,
        security=first.security or second.security,
        grants=(*first.grants, *second.grants),
    )


def _enums(states: Sequence[State]) -> dict[str, Enumeration]:
    """An enum of several databases has the words of all."""
    found: dict[str, Enumeration] = {}
    for state in states:
        for name, held in sorted(state.enums.items()):
            known = found.get(name)
            listed = list(zip(known.words, known.places, strict=True)) if known else []
            for word, part in held.words:
                if word not in (each for each, _ in listed):
                    listed.append((word, (part.path, part.span)))
            found[name] = Enumeration(
                name=name, words=tuple(word for word, _ in listed), places=tuple(place for _, place in listed)
            )
    return dict(sorted(found.items()))


def _domains(states: Sequence[State]) -> dict[str, Domain]:
    """The first database that has a domain says what it is."""
    found: dict[str, Domain] = {}
    for state in states:
        for name, held in sorted(state.domains.items()):
            base = held.base.column
            found.setdefault(
                name,
                Domain(
                    name=name,
                    type=base.type,
                    size=base.size,
                    path=held.part.path,
                    span=held.part.span,
                    required=base.required,
                    default=base.default,
                    constraints=tuple(held.constraints.values()),
                ),
            )
    return dict(sorted(found.items()))


def _live(
    states: Sequence[State],
    files: Mapping[str, FileFacts],
    named: Mapping[str, frozenset[int]],
    mirrors: frozenset[str],
) -> dict[str, frozenset[int]]:
    kept = set().union(*(state.live for state in states))
    scopes = _scopes(states, files)
    found = {}
    for path, facts in sorted(files.items()):
        standing = []
        for index, statement in enumerate(facts.statements) if path not in mirrors else ():
            if statement.scope:
                # What stands in a routine falls with it; the functions of other languages are nobody's to replace.
                stands = facts.language != SQL or statement.scope in scopes[path]
            else:
                stands = index not in named[path] or (path, index) in kept
            if stands:
                standing.append(index)
        found[path] = frozenset(standing)
    return found


def _scopes(states: Sequence[State], files: Mapping[str, FileFacts]) -> dict[str, frozenset[int]]:
    """The bodies in force, with the functions that are nested in them."""
    kept = set().union(*(state.scopes for state in states))
    found: dict[str, frozenset[int]] = {}
    for path, facts in sorted(files.items()):
        if facts.language != SQL:
            continue
        standing = {scope for where, scope in kept if where == path}
        for function in facts.functions:
            if function.parent in standing:
                standing.add(function.scope)
        found[path] = frozenset(standing)
    return found
