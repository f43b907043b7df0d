"""Reads row-security policies, grants and the triggers' declarations."""

from typing import Any

from archlint.languages.postgresql.callers import about_caller
from archlint.languages.postgresql.conditions import conjuncts, joined
from archlint.languages.postgresql.node import Node, elements
from archlint.languages.postgresql.queries import Queries
from archlint.languages.postgresql.scope import Scope, Table
from archlint.languages.postgresql.sheet import Sheet
from archlint.languages.postgresql.words import identifier
from archlint.model.expression import Boolean, Expression, Ref

_COMMANDS = {
    "kw_select": "select",
    "kw_insert": "insert",
    "kw_update": "update",
    "kw_delete": "delete",
    "kw_all": "all",
}
_NO_PLACES = frozenset({"kw_to", ",", "kw_group"})


def create_policy(sheet: Sheet, node: Node, absent: bool = False) -> None:
    """CREATE POLICY and ALTER POLICY."""
    name = identifier(sheet.text(node.children[2]))
    target = node.after("kw_on")
    if target is None:
        return
    table = sheet.name(target)
    wanted = node.child("RowSecurityDefaultForCmd")
    command = _COMMANDS.get(wanted.children[1].kind, "all") if wanted is not None else "all"
    permissive = node.child("RowSecurityDefaultPermissive")
    scope = Scope(0, f"{table}.{name}")
    scope.queries.append([Table(table.rsplit(".", 1)[-1], Ref(f"table:{table}"), sheet.columns.get(table))])
    translator = Queries(sheet, scope)
    fields: dict[str, Any] = {}
    statements: list[int] = []
    for kind, field, effect in (
        ("RowSecurityOptionalExpr", "using", "deny"),
        ("RowSecurityOptionalWithCheck", "check", "reject"),
    ):
        part = node.child(kind)
        inner = next((item for item in part.children if item.kind not in _BRACKETS), None) if part else None
        if inner is not None:
            fields[field] = _condition(sheet, translator, inner, effect, command, statements)
    to = node.child("RowSecurityDefaultToRole", "RowSecurityOptionalToRole")
    created = node.kind == "CreatePolicyStmt"
    sheet.change(
        "create policy" if created else "alter policy",
        node,
        table=table,
        name=name,
        command=command if created else "",
        roles=tuple(sheet.name(item) for item in elements(to.children[1], "role_list")) if to else (),
        permissive=permissive is None or sheet.text(permissive.children[1]).lower() != "restrictive",
        statements=tuple(statements),
        if_absent=absent,
        **fields,
    )


def _condition(
    sheet: Sheet, translator: Queries, node: Node, effect: str, command: str, statements: list[int]
) -> Expression:
    parts = []
    for part in conjuncts(node):
        value = translator.value(part)
        parts.append(value)
        statements.append(
            sheet.state(
                "authorize" if about_caller(value, sheet.accesses) else "require",
                part,
                condition=value,
                effect=effect,
                operation="any" if command == "all" else command,
                source="policy",
                symbol=translator.scope.symbol,
            )
        )
    return joined("and", parts) or Boolean(True)


def create_trigger(sheet: Sheet, node: Node, absent: bool = False) -> None:
    """CREATE TRIGGER."""
    named = node.after("kw_trigger")
    target = node.after("kw_on")
    executed = node.after("kw_function") or node.after("kw_procedure")
    if named is None or target is None or executed is None:
        return
    table = sheet.name(target)
    name = identifier(sheet.text(named))
    events = [
        item.kind[3:]
        for part in node.children[: node.children.index(target)]
        for item in part.walk("kw_insert", "kw_update", "kw_delete", "kw_truncate")
    ]
    listed = next((item for item in node.walk("TriggerOneEvent")), None)
    words = [sheet.parts(item)[0] for item in elements(listed.children[2], "columnList")] if listed else []
    timing = next((item.kind[3:] for item in node.children if item.kind in _TIMINGS), "after")
    statements = _when(sheet, node, table, name)
    each = "row" if any(True for _ in node.walk("kw_row")) else "statement"
    sheet.change(
        "create trigger",
        node,
        table=table,
        name=name,
        timing=timing,
        events=tuple(dict.fromkeys(events)),
        words=tuple(words),
        function=sheet.name(executed),
        for_each=each,
        using=_awaited(sheet, node),
        statements=statements,
        replace=node.child("opt_or_replace") is not None,
        if_absent=absent,
    )


def _when(sheet: Sheet, node: Node, table: str, name: str) -> tuple[int, ...]:
    """The words that a trigger waits for; they refuse nothing."""
    part = node.child("TriggerWhen")
    if part is None or len(part.children) < 3:
        return ()
    row = Ref(f"table:{table}")
    translator = Queries(sheet, Scope(0, f"{table}.{name}", {"new": row, "old": row}))
    translator.comparing = True
    before = len(sheet.statements)
    translator.value(part.children[2])
    return tuple(range(before, len(sheet.statements)))


def _awaited(sheet: Sheet, node: Node) -> Expression | None:
    """The condition of WHEN over the two rows."""
    part = node.child("TriggerWhen")
    if part is None or len(part.children) < 3:
        return None
    translator = Queries(sheet, Scope(0, "", {"new": Ref("$new"), "old": Ref("$old")}))
    # The same words were stated as a condition of the table already.
    return sheet.tried(lambda: sheet.rows(translator.value(part.children[2])))


def grant(sheet: Sheet, node: Node) -> None:
    """GRANT and REVOKE on tables and routines; what is granted on schemas, sequences and roles is no rule here."""
    action = "grant" if node.kind == "GrantStmt" else "revoke"
    before = []
    for item in node.children:
        if item.kind == "kw_on":
            break
        before.append(item)
    words, columns = _privileges(sheet, before)
    target = node.after("kw_on")
    grantees = node.after("kw_to") if action == "grant" else node.after("kw_from")
    roles = tuple(sheet.name(item) for item in elements(grantees, "grantee_list") if item.kind not in _NO_PLACES)
    if target is None:
        return
    for table, name in _targets(sheet, target):
        sheet.change(action, node, table=table, name=name or ",".join(columns), words=tuple(words), roles=roles)


def _privileges(sheet: Sheet, nodes: list[Node]) -> tuple[list[str], list[str]]:
    words: list[str] = []
    columns: list[str] = []
    for node in nodes:
        for item in elements(node, "privilege_list"):
            if item.kind in ("kw_grant", "kw_revoke", "opt_grant_option"):
                continue
            first = item.children[0] if item.children else item
            words.append(sheet.text(first).lower())
            listed = item.child("opt_column_list")
            if listed is not None:
                columns.extend(sheet.parts(each)[0] for each in elements(listed.children[1], "columnList"))
    return words, columns


def _targets(sheet: Sheet, node: Node) -> list[tuple[str, str]]:
    """The tables and routines as (table, routine)."""
    if node.kind != "privilege_target":
        return [(sheet.name(item), "") for item in elements(node, "qualified_name_list")]
    first = node.children[0].kind
    last = node.children[-1]
    if first == "kw_table":
        return [(sheet.name(item), "") for item in elements(last, "qualified_name_list")]
    if first in ("kw_function", "kw_procedure", "kw_routine"):
        listed = elements(last, "function_with_argtypes_list")
        return [("", sheet.name(item.children[0] if item.children else item)) for item in listed]
    if first == "kw_all" and node.child("kw_tables") is not None:
        return [(f"{sheet.name(last)}.*", "")]
    return []


_BRACKETS = frozenset({"kw_using", "kw_with", "kw_check", "(", ")"})
_TIMINGS = frozenset({"kw_before", "kw_after", "kw_instead"})
