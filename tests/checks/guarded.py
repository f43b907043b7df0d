"""Row security, questions to the caller and older versions, for graphs made by hand."""

import msgspec
from graphs import FORM, SQL, span, subject

from archlint.model.expression import Boolean, Call, Expression, Operation, Ref, Text
from archlint.model.graph import AccessGuard, Graph, ReadPath, SqlText
from archlint.model.rule import Site
from archlint.model.schema import Policy, Routine, Superseded, Trigger
from archlint.model.source import Layer, Problem, Span

LATER = "supabase/migrations/2_later.sql"
YES = Boolean(True)


def owner(column: str, entity: str = "members") -> Expression:
    return Operation("=", (Ref(f"table:{entity}", (column,)), Call("current user", ())))


def pinned(column: str, entity: str = "members", word: str = "member") -> Expression:
    return Operation("and", (owner("id", entity), Operation("=", (Ref(f"table:{entity}", (column,)), Text(word)))))


def policy(
    name: str,
    entity: str,
    command: str = "all",
    using: Expression | None = None,
    check: Expression | None = None,
    roles: tuple[str, ...] = ("authenticated",),
    line: int = 10,
    permissive: bool = True,
) -> Policy:
    return Policy(
        name=name,
        table=entity,
        path=SQL,
        span=span(line),
        command=command,
        roles=roles,
        permissive=permissive,
        using=using,
        check=check,
    )


def asks(item: Policy, *clauses: tuple[str, ...], decided: tuple[str, ...] = ()) -> AccessGuard:
    """What a policy asks of the caller."""
    return guard(
        item.path, item.span.line, *clauses, layer=Layer.POLICY, symbol=item.name, source="policy", decided=decided
    )


def guard(
    path: str,
    line: int,
    *clauses: tuple[str, ...],
    layer: Layer = Layer.FRONTEND,
    before: tuple[str, ...] = (),
    soft: bool = False,
    symbol: str = "",
    source: str = "",
    text: str = "",
    decided: tuple[str, ...] = (),
) -> AccessGuard:
    return AccessGuard(
        path=path,
        span=span(line),
        layer=layer,
        symbol=symbol,
        text=text or symbol,
        principals=tuple(sorted({atom for clause in clauses for atom in clause})),
        clauses=clauses,
        guards=before,
        soft=soft,
        source=source,
        decided=tuple(map(subject, decided)),
    )


def button(role: str, *before: str, line: int = 11) -> AccessGuard:
    """A part of a screen that is drawn for one role only."""
    return guard(FORM, line, (f"role={role}",), before=before, soft=True, text=f'role === "{role}"')


def routine(name: str, *signature: str, path: str = LATER, line: int = 3, returns: str = "void") -> Routine:
    return Routine(
        name=name,
        signature=signature,
        path=path,
        span=Span(line, 1, line + 5, 20),
        scope=1,
        language="plpgsql",
        returns=returns,
        definer=True,
    )


def replaced(name: str, by: Routine, line: int = 4) -> Superseded:
    """The first body of a routine, which another one took the place of."""
    return Superseded(
        kind="function",
        name=name,
        table="",
        path=SQL,
        span=Span(line, 1, line + 6, 20),
        by_path=by.path,
        by_span=by.span,
        scope=1,
    )


def dropped(name: str, entity: str, line: int = 4) -> Superseded:
    """A constraint that a later file dropped."""
    return Superseded(
        kind="constraint", name=name, table=entity, path=SQL, span=span(line), by_path=LATER, by_span=span(2)
    )


def fired(function: str, entity: str, *columns: str, timing: str = "before", event: str = "update") -> Trigger:
    return Trigger(
        name="t",
        table=entity,
        path=SQL,
        span=span(20),
        timing=timing,
        events=(event,),
        function=function,
        columns=columns,
    )


def read(entity: str, path: str = FORM, line: int = 7, client: str = "anon", layer: Layer = Layer.FRONTEND) -> ReadPath:
    return ReadPath(entity=entity, path=path, span=span(line), layer=layer, symbol="", client=client)


def query(path: str, layer: Layer, text: str = "select 1 from t", line: int = 4) -> SqlText:
    return SqlText(path=path, span=span(line), layer=layer, symbol="", text=text)


def extended(
    graph: Graph,
    policies: tuple[Policy, ...] = (),
    routines: tuple[Routine, ...] = (),
    superseded: tuple[Superseded, ...] = (),
    guards: tuple[AccessGuard, ...] = (),
    lost: tuple[Site, ...] = (),
    reads: tuple[ReadPath, ...] = (),
    sql: tuple[SqlText, ...] = (),
    problems: tuple[Problem, ...] = (),
) -> Graph:
    """A graph with what stands around its rules."""
    known = msgspec.structs.replace(graph.schema, policies=policies, routines=routines, superseded=superseded)
    return msgspec.structs.replace(
        graph, schema=known, access_guards=guards, lost=lost, reads=reads, sql=sql, problems=problems
    )
