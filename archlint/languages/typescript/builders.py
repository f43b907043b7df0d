"""Query builders: Drizzle, Kysely and knex."""

import re
from functools import cache

from tree_sitter import Node

from archlint.languages.typescript.chains import Chain, Link, chain, read_all
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.supabase import client
from archlint.languages.typescript.syntax import unwrapped
from archlint.model.expression import (
    Call,
    Expression,
    Fields,
    Items,
    Lambda,
    Null,
    Number,
    Opaque,
    Operation,
    Pattern,
    Ref,
    Row,
    Text,
)
from archlint.terms.idioms import table, words
from archlint.terms.postgrest import all_of, column, equalities, named
from archlint.terms.scope import Scope

KYSELY = {
    "insertInto": "insert",
    "replaceInto": "upsert",
    "updateTable": "update",
    "deleteFrom": "delete",
    "selectFrom": "select",
}
_TABLE = re.compile(r"^[A-Za-z_][\w.]*(?:\s+(?:as\s+)?\w+)?$")
_PLAIN = frozenset({"identifier", "member_expression", "string"})


@cache
def _handles() -> re.Pattern[str]:
    return re.compile(table("builders")["handles"])


def builders(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """A chain of a query builder."""
    pieces = name.split(".")
    if any(piece.removesuffix("()") in KYSELY for piece in pieces[1:]):
        return _kysely(reader, node, scope)
    if pieces[0].endswith("()") or (len(pieces) > 1 and pieces[1].endswith("()") and pieces[0] == "this"):
        return _knex(reader, node, name, scope)
    if any(piece in ("insert()", "update()", "delete()", "from()", "delete", "from", "into()") for piece in pieces[1:]):
        return _drizzle(reader, node, scope)
    if ".query." in name and pieces[-1] in ("findFirst", "findMany"):
        return _relational(reader, node, scope)
    return None


# Shared --------------------------------------------------------------------------------------------------


def tested(operator: str, subject: Expression, value: Expression) -> Expression:
    """A comparison by the operator's neutral name."""
    if operator == "is null" or (operator in ("=", "is") and isinstance(value, Null)):
        return Operation("is null", (subject,))
    if operator == "not is null" or (operator in ("!=", "is not") and isinstance(value, Null)):
        return Operation("not", (Operation("is null", (subject,)),))
    if operator in ("like", "ilike"):
        if isinstance(value, Text):
            value = Pattern(value.value, "i" if operator == "ilike" else "", "like", True)
        return Operation("matches", (subject, value))
    if operator == "not in":
        return Operation("not", (Operation("in", (subject, value)),))
    return Operation({"is": "=", "is not": "!="}.get(operator, operator), (subject, value))


def _written(values: list[Expression]) -> Expression | None:
    """`set({ … })` and `set('column', value)`."""
    if len(values) == 2 and isinstance(values[0], Text):
        return Fields(((values[0].value, values[1]),))
    return values[0] if values else None


def _table_name(value: Expression) -> str | Ref:
    found = named(value)
    if isinstance(found, str):
        return re.split(r"\s", found.strip())[0] if _TABLE.match(found) else ""
    return found


# Kysely --------------------------------------------------------------------------------------------------


def _kysely(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    whole = chain(node, reader)
    start = next((index for index, link in enumerate(whole.links) if link.name in KYSELY and link.given), None)
    if start is None:
        return None
    kind = KYSELY[whole.links[start].name]
    rights, through = client(reader, whole.base, whole.links[:start], scope)
    target = _table_name(read_all(whole.links[start].given, reader, scope)[0])
    conditions: list[Expression] = []
    payload: Expression | None = None
    aggregate = ""
    columns: tuple[str, ...] = ()
    last = whole.links[start].node
    for link in whole.links[start + 1 :]:
        values = read_all(link.given, reader, scope)
        if link.name in ("values", "set"):
            payload, last = _written(values), link.node
        elif link.name in ("where", "whereRef") and link.given is not None:
            conditions.append(_three(values))
            last = link.node
        elif link.name == "select" and values:
            columns = tuple(
                item.value for item in _listed(values) if isinstance(item, Text) and item.value.isidentifier()
            )
            if len(values) == 1 and "countAll" in reader.source.text(link.node)[-80:]:
                aggregate = "count"
        elif link.name == "onConflict" and kind == "insert":
            kind = "upsert"
    return _access(
        reader, kind, target, last, scope, payload, conditions, columns, aggregate, (rights, through), "kysely"
    )


def _listed(values: list[Expression]) -> tuple[Expression, ...]:
    return values[0].items if len(values) == 1 and isinstance(values[0], Items) else tuple(values)


def _three(values: list[Expression]) -> Expression:
    """`where('status', '=', 'paid')`."""
    if len(values) == 3 and isinstance(values[1], Text):
        subject, operator = column(values[0]), table("builders")["signs"].get(values[1].value.lower())
        if subject is not None and operator is not None:
            return tested(operator, subject, values[2])
    return Opaque("where")


def _access(
    reader: Reader, kind: str, target: str | Ref, node: Node, scope: Scope, payload: Expression | None,
    conditions: list[Expression], columns: tuple[str, ...], aggregate: str, rights: tuple[str, Ref | None],
    library: str,
) -> Expression:  # fmt: skip
    if target == "":
        return Opaque(reader.source.snippet(node))
    row = reader.sheet.access(
        kind, target, node, scope,
        payload=payload if kind not in ("select", "delete") else None, where=all_of(conditions),
        columns=columns if not aggregate else (), aggregate=aggregate,
        client=rights[0], through=rights[1], library=library,
    )  # fmt: skip
    if aggregate:
        measure, _, of = aggregate.partition(" ")
        value = Call(measure, (Row(row.access, (of,)) if of else row,))
        return Fields(((measure, value), ("total", value)))
    return row


# knex ----------------------------------------------------------------------------------------------------


def _knex(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    whole = chain(node, reader)
    start = next((index for index, link in enumerate(whole.links) if link.given is not None), None)
    if start is None or not whole.links[start].given or len(whole.links[start].given or ()) != 1:
        return None
    head = whole.links[start]
    label = head.name or reader.source.text(whole.base)
    verbs = words("builders", "knex", "verbs")
    if not _handles().match(label) or not any(link.name in verbs for link in whole.links[start + 1 :]):
        return None
    given = unwrapped((head.given or ())[0])
    if given.type not in _PLAIN:
        return None
    target = _table_name(reader.value(given, scope))
    through = reader.value(whole.base, scope)
    return _knex_links(
        reader, whole, whole.links[start + 1 :], target, through if isinstance(through, Ref) else None, scope
    )


def _knex_links(
    reader: Reader, whole: Chain, links: list[Link], target: str | Ref, through: Ref | None, scope: Scope
) -> Expression:
    kind, aggregate, alias = "select", "", ""
    payload: Expression | None = None
    columns: tuple[str, ...] = ()
    conditions: list[Expression] = []
    last = links[0].node
    for link in links:
        values = read_all(link.given, reader, scope)
        if link.given is None:
            continue
        if link.name in ("insert", "update", "del", "delete", "truncate"):
            kind = {"del": "delete", "truncate": "delete"}.get(link.name, link.name)
            payload, last = _written(values), link.node
        elif link.name in ("increment", "decrement") and values and isinstance(values[0], Text):
            by = values[1] if len(values) > 1 else Number("1")
            held = (
                Ref(f"table:{target}", (values[0].value,))
                if isinstance(target, str)
                else Ref(target.name, (values[0].value,))
            )
            sign = "+" if link.name == "increment" else "-"
            kind, payload, last = "update", Fields(((values[0].value, Operation(sign, (held, by))),)), link.node
        elif link.name == "merge" and kind == "insert":
            kind = "upsert"
        elif link.name in words("builders", "knex", "aggregates"):
            aggregate, alias = _aggregate(link.name, values)
            last = link.node
        elif link.name in ("select", "first", "columns", "pluck"):
            found = tuple(
                item.value for item in _listed(values) if isinstance(item, Text) and item.value.isidentifier()
            )
            columns = columns or found
        else:
            _restrict(link, values, conditions)
            last = link.node if "here" in link.name else last
    answer = _access(reader, kind, target, last, scope, payload, conditions, columns, aggregate, ("", through), "knex")
    if alias and isinstance(answer, Fields):
        return Fields(((alias, answer.entries[0][1]), *answer.entries))
    return answer


def _aggregate(name: str, values: list[Expression]) -> tuple[str, str]:
    text = values[0].value if values and isinstance(values[0], Text) else "*"
    alias = ""
    if values and isinstance(values[0], Fields) and values[0].entries:
        alias, value = values[0].entries[0]
        text = value.value if isinstance(value, Text) else "*"
    found = re.match(r"^\s*([\w.*]+)(?:\s+as\s+(\w+))?\s*$", text, re.I)
    measured = found.group(1).rsplit(".", 1)[-1] if found else "*"
    alias = alias or (found.group(2) or "" if found else "")
    if name.startswith("count"):
        return "count", alias
    measure = {"max": "largest", "min": "smallest", "avg": "average"}.get(name, name)
    return f"{measure} {measured}", alias


def _restrict(link: Link, values: list[Expression], conditions: list[Expression]) -> None:
    name = link.name[:1].lower() + link.name[1:]
    plain = name.removeprefix("and").removeprefix("or")
    plain = plain[:1].lower() + plain[1:]
    found = _knex_where(plain, values)
    if found is None:
        return
    if name.startswith("or") and conditions:
        before = all_of(conditions)
        conditions[:] = [Operation("or", (before, found))] if before is not None else [found]
    else:
        conditions.append(found)


def _knex_where(name: str, values: list[Expression]) -> Expression | None:
    if not name.startswith("where") or not values:
        return None
    subject = column(values[0])
    if name in ("where", "whereNot"):
        if len(values) == 1:
            found = all_of(equalities(values[0])) or Opaque("where")
        elif len(values) == 2 and subject is not None:
            found = tested("=", subject, values[1])
        else:
            found = _three(values)
        return Operation("not", (found,)) if name == "whereNot" else found
    if subject is None:
        return Opaque("where")
    operators = {
        "whereIn": "in", "whereNotIn": "not in", "whereNull": "is null", "whereNotNull": "not is null",
        "whereLike": "like", "whereILike": "ilike",
    }  # fmt: skip
    operator = operators.get(name)
    if operator is None:
        if name == "whereBetween" and len(values) == 2 and isinstance(values[1], Items) and len(values[1].items) == 2:
            low, high = values[1].items
            return Operation("and", (Operation(">=", (subject, low)), Operation("<=", (subject, high))))
        return Opaque("where")
    return tested(operator, subject, values[1] if len(values) > 1 else Null())


# Drizzle -------------------------------------------------------------------------------------------------


def _drizzle(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    whole = chain(node, reader)
    start = next((index for index, link in enumerate(whole.links) if link.given is not None), None)
    if start is None:
        return None
    head = whole.links[start]
    links = whole.links[start + 1 :]
    if head.name in ("select", "selectDistinct", "with"):
        source = next((link for link in links if link.name == "from" and link.given), None)
        if source is None or unwrapped((source.given or ())[0]).type not in _PLAIN:
            return None
        return _selected(reader, whole, start, source, scope)
    if head.name not in ("insert", "update", "delete") or len(head.given or ()) != 1:
        return None
    given = unwrapped((head.given or ())[0])
    expected = {"insert": "values", "update": "set", "delete": "where"}[head.name]
    if given.type not in ("identifier", "member_expression"):
        return None
    if not any(link.name == expected for link in links) and not (
        head.name == "delete" and _on_handle(reader, whole, start)
    ):
        return None
    rights, through = client(reader, whole.base, whole.links[:start], scope)
    target = named(reader.value(given, scope))
    kind, last = head.name, head.node
    payload: Expression | None = None
    conditions: list[Expression] = []
    for link in links:
        values = read_all(link.given, reader, scope)
        if link.name in ("values", "set") and values:
            payload, last = values[0], link.node
        elif link.name == "where" and values:
            conditions.append(condition(values[0]))
            last = link.node
        elif link.name in ("onConflictDoUpdate", "onDuplicateKeyUpdate"):
            kind = "upsert"
    return _access(reader, kind, target, last, scope, payload, conditions, (), "", (rights, through), "drizzle")


def _on_handle(reader: Reader, whole: Chain, start: int) -> bool:
    before = whole.links[start - 1].name if start else reader.source.text(whole.base)
    return bool(_handles().match(before))


def _selected(reader: Reader, whole: Chain, start: int, source: Link, scope: Scope) -> Expression:
    rights, through = client(reader, whole.base, whole.links[:start], scope)
    shape = read_all(whole.links[start].given, reader, scope)
    target: str | Ref = ""
    conditions: list[Expression] = []
    joined = False
    last = source.node
    for link in whole.links[start + 1 :]:
        values = read_all(link.given, reader, scope)
        if link is source and values:
            target = _table_name(values[0])
        elif link.name in ("where", "andWhere") and values:
            found = condition(values[0]) if len(values) == 1 else _knex_where("where", values) or Opaque("where")
            conditions.append(found)
            last = link.node
        joined = joined or link.name.endswith("Join")
    answer = _access(reader, "select", target, last, scope, None, conditions, (), "", (rights, through), "drizzle")
    if not isinstance(answer, Row) or not shape or not isinstance(shape[0], Fields):
        return Opaque("joined rows") if joined and not shape else answer
    return _shaped(answer, shape[0], target)


def _shaped(row: Row, shape: Fields, target: str | Ref) -> Expression:
    """`select({ total: orders.totalCents, count: count() })`."""
    entries: list[tuple[str, Expression]] = []
    for name, value in shape.entries:
        if isinstance(value, Ref) and isinstance(target, Ref) and value.name == target.name and value.path:
            entries.append((name, Row(row.access, value.path)))
        elif isinstance(value, Call) and value.function in ("count", "countDistinct"):
            entries.append((name, Call("count", (row,))))
        else:
            entries.append((name, value if isinstance(value, Ref) else Opaque(name)))
    return Fields(tuple(entries))


def condition(value: Expression) -> Expression:
    """`and(eq(orders.id, x), gt(orders.total, 5))`."""
    if not isinstance(value, Call):
        return Opaque("where")
    operator = table("builders")["operators"].get(value.function.rsplit(".", 1)[-1])
    arguments = value.arguments
    if operator in ("and", "or", "not"):
        parts = tuple(condition(item) for item in arguments if isinstance(item, Call))
        if operator != "not" and len(parts) < 2:
            return parts[0] if parts else Opaque("where")
        return Operation(operator, parts)
    if operator in ("is null", "not is null") and len(arguments) == 1:
        return tested(operator, arguments[0], Null())
    if operator is None or len(arguments) != 2:
        return Opaque("where")
    return tested(operator, arguments[0], arguments[1])


def _relational(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    """`db.query.orders.findFirst({ where: eq(orders.id, id) })`."""
    whole = chain(node, reader)
    names = [link.name for link in whole.links]
    if len(names) < 3 or names[-3] != "query":
        return None
    rights, through = client(reader, whole.base, whole.links[:-3], scope)
    values = read_all(whole.links[-1].given, reader, scope)
    asked = values[0].get("where") if values and isinstance(values[0], Fields) else None
    if isinstance(asked, Lambda):
        asked = reader.sheet.result(asked)
    conditions = [condition(asked)] if asked is not None else []
    return _access(reader, "select", names[-2], node, scope, None, conditions, (), "", (rights, through), "drizzle")
