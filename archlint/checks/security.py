"""AL501 and AL502: tables that clients reach, and what stands between them and the rows."""

from collections import defaultdict
from collections.abc import Iterator

from archlint.checks._columns import known_table
from archlint.checks._common import writing
from archlint.checks._found import Found
from archlint.checks._policies import Policies, always, for_everybody
from archlint.checks._words import listed, short
from archlint.model.finding import Place, Severity
from archlint.model.graph import Graph, ReadPath, WritePath
from archlint.model.rule import Kind
from archlint.model.schema import CLIENT_ROLES, Policy, Table
from archlint.model.source import Layer

_COMMANDS = {
    "insert": "add rows",
    "update": "change any row",
    "delete": "delete any row",
    "all": "read and change any row",
}
_MOST = 8
_SQL = (".sql", ".pgsql")
_RULES = ".rules"


def frontend_writes(graph: Graph) -> Iterator[Found]:
    """AL501: the browser writes a table that has no row security; where logic comes first, any table."""
    logic_first = graph.architecture == "logic-first"
    for name, writes in sorted(_frontend_writes(graph).items()):
        table = known_table(graph, name)
        hidden = table is not None and (_perhaps(graph, table) or not (table.security or _in_sql(table)))
        if table is None or (table.security and not logic_first) or hidden:
            continue
        operations = listed(sorted({path.operation for path in writes}))
        yield Found(
            message=f"{name}: {short(writes[0].path)} writes it from the browser ({operations}), "
            + ("past the services that should decide" if table.security else "without row security"),
            places=(*(writing(path) for path in writes[:_MOST]), *_declared(table)),
            subject=name,
            mark=("writes",),
            kind=Kind.AUTHORIZATION,
            severity=Severity.WARNING if table.security else None,
            confidence=0.92,
            fix="Let a service or function write it, where the rules live, and take the browser's rights away."
            if table.security
            else "",
        )


def row_security(graph: Graph) -> Iterator[Found]:
    """AL502: a table without row security, or with a policy that is always true."""
    policies = Policies(graph)
    written = _frontend_writes(graph)
    read: dict[str, list[ReadPath]] = defaultdict(list)
    for path in graph.reads:
        if path.layer is Layer.FRONTEND and path.client == "anon":
            read[path.entity].append(path)
    for name in sorted(graph.schema.tables):
        table = known_table(graph, name) or _ruled(graph, name)
        if table is None:
            continue
        if not table.security:
            if name in read and name not in written and _in_sql(table) and not _perhaps(graph, table):
                yield _unprotected(graph, table, read[name])
            continue
        found = _open(policies, table, graph)
        if found is not None:
            yield found


def _perhaps(graph: Graph, table: Table) -> bool:
    """Whether a statement that names no table may have switched row security on for this one."""
    return graph.row_security_hidden and not table.security


def _in_sql(table: Table) -> bool:
    """Whether SQL declares a table: only there would its row security stand."""
    return table.path.endswith(_SQL)


def _ruled(graph: Graph, name: str) -> Table | None:
    """A collection of documents, of which nothing but its access rules is declared."""
    table = graph.schema.tables[name]
    rules = any(policy.table == name and policy.path.endswith(_RULES) for policy in graph.schema.policies)
    return table if rules and not table.known and table.security else None


def _frontend_writes(graph: Graph) -> dict[str, list[WritePath]]:
    """What the browser writes with the rights of its user."""
    found: dict[str, list[WritePath]] = defaultdict(list)
    for path in graph.writes:
        if path.layer is Layer.FRONTEND and path.client == "anon":
            found[path.entity].append(path)
    return found


def _unprotected(graph: Graph, table: Table, reads: list[ReadPath]) -> Found:
    first = reads[0]
    return Found(
        message=f"{table.name}: {short(first.path)} reads it from the browser, and it has no row security",
        places=(
            *(Place(path.path, path.span, path.layer, "reads", path.entity) for path in reads[:_MOST]),
            *_declared(table),
        ),
        subject=table.name,
        mark=("unprotected",),
        kind=Kind.AUTHORIZATION,
        confidence=0.85 if graph.row_security_expected else 0.72,
    )


def _open(policies: Policies, table: Table, graph: Graph) -> Found | None:
    """The policies of a table that let everybody write; that everybody reads is often meant."""
    wide = [policy for policy in policies.of(table.name, "select") if policy.command == "all" and _true(policy)]
    for command in ("update", "delete", "insert"):
        wide += [policy for policy in policies.of(table.name, command) if policy.command == command and _true(policy)]
    wide = [policy for policy in wide if not _narrowed(policies, table, policy)]
    if not wide:
        return None
    first = wide[0]
    adding = all(policy.command == "insert" for policy in wide)
    sure = _unmeant(graph, table, wide) if adding else 0.92 if any(for_everybody(policy) for policy in wide) else 0.82
    who = "everybody" if for_everybody(first) else "everybody who is signed in"
    return Found(
        message=f"{table.name}: the policy “{first.name}” is always true: {who} may {_COMMANDS[first.command]}",
        places=tuple(Place(policy.path, policy.span, Layer.POLICY, "open", policy.name) for policy in wide),
        subject=table.name,
        mark=tuple(sorted(policy.name for policy in wide)),
        kind=Kind.AUTHORIZATION,
        severity=Severity.WARNING if adding else None,
        confidence=sure,
    )


def _unmeant(graph: Graph, table: Table, wide: list[Policy]) -> float:
    """How sure it is that not everybody was to add rows: no role is named, and only servers add any."""
    clients = {path.client for path in graph.writes if path.entity == table.name and path.operation != "delete"}
    forgotten = any(not policy.roles for policy in wide)
    return 0.8 if forgotten and clients and clients <= {"service", "definer"} else 0.6


def _narrowed(policies: Policies, table: Table, policy: Policy) -> bool:
    commands = ("insert", "update", "delete") if policy.command == "all" else (policy.command,)
    return any(policies.restricted(table.name, command) for command in commands)


def _true(policy: Policy) -> bool:
    """Whether the conditions that a policy has are all literally true, for writing too."""
    if policy.roles and not CLIENT_ROLES & {role.lower() for role in policy.roles}:
        return False
    given = [item for item in (policy.using, policy.check) if item is not None]
    return bool(given) and all(always(item) for item in given)


def _declared(table: Table) -> tuple[Place, ...]:
    if table.span is None or not table.path:
        return ()
    return (Place(table.path, table.span, Layer.DATABASE, "unprotected", table.name),)
