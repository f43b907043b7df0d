"""Functions of which the project says that they read or write a table."""

from tree_sitter import Node

from archlint.languages.typescript.chains import given, read_all
from archlint.languages.typescript.protocol import Reader
from archlint.model.expression import Expression, Operation, Ref, Text
from archlint.terms.idioms import table
from archlint.terms.scope import Scope

_WITHOUT = ("select", "delete")


def wrappers(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """`saveRow("orders", order)`, `crm.changeLead(id, { … })`: by the whole name, or its last part."""
    calls = table("wrappers")["calls"]
    row = calls.get(name) or calls.get(name.rsplit(".", 1)[-1])
    if row is None:
        return None
    values = read_all(given(node), reader, scope)

    def argument(key: str) -> Expression | None:
        position = row.get(key, 0)
        return values[position - 1] if isinstance(position, int) and 0 < position <= len(values) else None

    named = row["table"] if isinstance(row["table"], str) else argument("table")
    target = named.value if isinstance(named, Text) else named
    if not isinstance(target, str | Ref):
        return None
    key = argument("key")
    return reader.sheet.access(
        row["kind"], target, node, scope,
        payload=None if row["kind"] in _WITHOUT else argument("payload"),
        where=Operation("=", (Ref("$row", ("id",)), key)) if key is not None else None,
        client=row.get("rights", ""), library="wrapper",
    )  # fmt: skip
