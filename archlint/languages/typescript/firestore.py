"""Firestore and MongoDB's own driver: documents, collections, and what is read from and written to them."""

import re
from functools import cache
from typing import NamedTuple

from tree_sitter import Node

from archlint.languages.typescript.builders import tested
from archlint.languages.typescript.chains import chain, read_all
from archlint.languages.typescript.class_calls import conditions, written
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import field, parts, unwrapped
from archlint.model.expression import (
    Call,
    Expression,
    Fields,
    Null,
    Number,
    Opaque,
    Operation,
    Ref,
    Row,
    Text,
)
from archlint.terms.idioms import table, words
from archlint.terms.postgrest import all_of
from archlint.terms.scope import Scope

_MADE = frozenset({"document", "collection"})
_SIGNS = {"==": "=", "array-contains": "", "array-contains-any": "", "not-in": "not in"}


class Reference(NamedTuple):
    """A document or a collection, with what picks its documents."""

    collection: str
    single: bool
    where: tuple[Expression, ...] = ()

    def value(self) -> Call:
        """The same as an expression, so that names may hold it."""
        return Call("document" if self.single else "collection", (Text(self.collection), *self.where))


def firestore(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """A call that names documents, reads them or writes them."""
    if not _rights(reader) and ".collection" not in name and not reader.sheet.documents:
        return None
    reader.sheet.documents = True
    holder, _, last = name.rpartition(".")
    if not holder:
        return _function(reader, node, last, scope)
    if last in words("firestore", "references"):
        return _below(reader, node, last, scope)
    if last in words("firestore", "restrictions"):
        return _restricted(reader, node, last, scope)
    if last in table("firestore")["sentinels"] and holder.endswith("FieldValue"):
        return _sentinel(last, read_all(tuple(_given(node)), reader, scope))
    if last == "data" and not _given(node):
        return _data(reader, node, scope)
    return _method(reader, node, last, scope)


@cache
def _pattern(name: str) -> re.Pattern[str]:
    found = table("firestore")[name]
    return re.compile("|".join(found) if isinstance(found, list) else found)


def _rights(reader: Reader) -> str:
    """Whose rights a file has: `service` with the admin library, `anon` with the client's, `` with none."""
    sheet = reader.sheet
    if sheet.firebase is None:
        modules = [item.module for item in sheet.imports]
        admin = any(_pattern("admin").search(module) for module in modules)
        own = any(_pattern("modules").search(module) for module in modules)
        sheet.firebase = "service" if admin else "anon" if own else ""
    return sheet.firebase


def _given(node: Node) -> list[Node]:
    listed = field(node, "arguments")
    return parts(listed) if listed is not None and listed.type == "arguments" else []


def _holder(node: Node) -> Node | None:
    callee = field(node, "function")
    return field(unwrapped(callee), "object") if callee is not None else None


# References ----------------------------------------------------------------------------------------------


def reference(value: Expression | None, reader: Reader) -> Reference | None:
    """The document or collection that a value is."""
    if isinstance(value, Ref) and not value.path:
        value = reader.sheet.known.get(value.name)
    if isinstance(value, Call) and value.function in _MADE and value.callee is None and value.arguments:
        first = value.arguments[0]
        if isinstance(first, Text):
            return Reference(first.value, value.function == "document", value.arguments[1:])
    return None


def _function(reader: Reader, node: Node, last: str, scope: Scope) -> Expression | None:
    if not _rights(reader):
        return None
    if last in words("firestore", "references"):
        return _named(read_all(tuple(_given(node)), reader, scope), last, reader, node)
    if last in words("firestore", "queries"):
        return _query(reader, node, scope)
    if last in table("firestore")["sentinels"]:
        return _sentinel(last, read_all(tuple(_given(node)), reader, scope))
    row = table("firestore")["functions"].get(last)
    if row is None:
        return None
    values = read_all(tuple(_given(node)), reader, scope)
    found = reference(values[0] if values else None, reader)
    if found is None:
        return None
    return _told(reader, node, row, found, values, row.get("payload", 0), scope)


def _named(values: list[Expression], last: str, reader: Reader, node: Node) -> Expression:
    """`doc(db, 'orders', id)`, `doc(orders, id)`, `collection(db, 'shops', id, 'orders')`."""
    start = reference(values[0], reader) if values else None
    pieces = _pieces(values[1:])
    single = last in words("firestore", "documents")
    if start is not None and not pieces:
        return Reference(start.collection, single).value()
    if start is not None and single and not start.single:
        return Reference(start.collection, True).value()
    names = pieces[-2::-2] if single else pieces[-1::-2]
    if not names or not names[0]:
        return Opaque(reader.source.snippet(node))
    return Reference(names[0], single).value()


def _pieces(values: list[Expression]) -> list[str]:
    """The segments of a path; what is not known of it is empty."""
    found: list[str] = []
    for value in values:
        if isinstance(value, Text):
            found.extend(value.value.strip("/").split("/"))
        elif isinstance(value, Operation) and value.operator == "concat":
            text = "".join(item.value if isinstance(item, Text) else "\0" for item in value.operands)
            found.extend("" if "\0" in piece else piece for piece in text.strip("/").split("/"))
        else:
            found.append("")
    return found


def _below(reader: Reader, node: Node, last: str, scope: Scope) -> Expression | None:
    """`db.collection('orders')`, `.doc(id)`, `.collection('lines')`."""
    holder = _holder(node)
    if holder is None:
        return None
    inner = unwrapped(holder)
    if inner.type == "call_expression" and not re.search(r"ollection|\bdoc\b|irestore", reader.source.text(inner)):
        return None
    given = _given(node)
    start = reference(reader.value(holder, scope), reader)
    values = read_all(tuple(given), reader, scope)
    if last in words("firestore", "documents"):
        if start is not None and not start.single:
            return Reference(start.collection, True).value()
        pieces = _pieces(values)
        known = start is None and len(pieces) > 1 and len(pieces) % 2 == 0 and pieces[-2]
        return Reference(pieces[-2], True).value() if known else None
    pieces = _pieces(values[:1])
    if not pieces or not pieces[-1]:
        return Opaque(reader.source.snippet(node))
    return Reference(pieces[-1], False).value()


def _restricted(reader: Reader, node: Node, last: str, scope: Scope) -> Expression | None:
    """`.where('status', '==', 'paid')` of a collection; `where(…)` on its own is read by `query`."""
    holder = _holder(node)
    whole = chain(node, reader)
    if holder is None or not any(link.name in ("collection", "collectionGroup") for link in whole.links):
        known = reference(reader.value(whole.base, scope), reader) if whole.base.type == "identifier" else None
        if known is None or holder is None:
            return None
    start = reference(reader.value(holder, scope), reader)
    values = read_all(tuple(_given(node)), reader, scope)
    if start is None:
        return None
    return start._replace(where=(*start.where, *_condition(last, values))).value()


def _condition(last: str, values: list[Expression]) -> tuple[Expression, ...]:
    if last != "where" or len(values) != 3 or not isinstance(values[0], Text) or not isinstance(values[1], Text):
        return ()
    sign = _SIGNS.get(values[1].value, values[1].value)
    subject = Ref("$row", tuple(values[0].value.split(".")))
    return (tested(sign, subject, values[2]),) if sign else (Opaque(values[0].value),)


def _query(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    """`query(collection(db, 'orders'), where('status', '==', 'paid'), limit(5))`."""
    given = _given(node)
    start = reference(reader.value(given[0], scope), reader) if given else None
    if start is None:
        return None
    found: list[Expression] = list(start.where)
    for item in given[1:]:
        inner = unwrapped(item)
        callee = field(inner, "function") if inner.type == "call_expression" else None
        values = read_all(tuple(_given(inner)), reader, scope) if callee is not None else [reader.value(item, scope)]
        if callee is not None:
            found.extend(_condition(reader.source.text(callee).rsplit(".", 1)[-1], values))
    return start._replace(where=tuple(found)).value()


# Reading and writing -------------------------------------------------------------------------------------


def _method(reader: Reader, node: Node, last: str, scope: Scope) -> Expression | None:
    rows, mongo = table("firestore")["methods"], table("firestore")["mongo"]
    row = rows.get(last) or mongo.get(last)
    holder = _holder(node)
    if row is None or holder is None:
        return None
    inner = unwrapped(holder)
    if inner.type not in ("identifier", "call_expression", "member_expression"):
        return None
    if inner.type == "call_expression" and not re.search(r"ollection|\bdoc\(", reader.source.text(inner)):
        return None
    label = reader.source.text(inner) if inner.type == "identifier" else ""
    own = reference(Ref(scope.lookup(label) or ""), reader) if label else reference(reader.value(inner, scope), reader)
    if own is not None:
        values = read_all(tuple(_given(node)), reader, scope)
        if last in mongo and last not in rows:
            return _mongo(reader, node, row, own, values, scope)
        return _told(reader, node, row, own, values, row.get("payload", 0), scope)
    given = _given(node)
    if not label or last not in rows or not given or unwrapped(given[0]).type not in ("identifier", "call_expression"):
        return None
    first = unwrapped(given[0])
    if first.type == "identifier" and reference(Ref(scope.lookup(reader.source.text(first)) or ""), reader) is None:
        return None
    values = read_all(tuple(given), reader, scope)
    found = reference(values[0], reader)
    payload = row["payload"] + 1 if "payload" in row else 0
    return _told(reader, node, row, found, values, payload, scope) if found is not None else Opaque(last)


def _told(
    reader: Reader, node: Node, row: dict[str, str], found: Reference, values: list[Expression], payload: int,
    scope: Scope,
) -> Expression:  # fmt: skip
    given = values[payload - 1] if 0 < payload <= len(values) else None
    if isinstance(given, Text) and row["kind"] == "update" and len(values) > payload:
        # `ref.update('status', 'paid')`
        given = Fields(((given.value, values[payload]),))
    access = reader.sheet.access(
        row["kind"], found.collection, node, scope,
        payload=_written(given, found.collection) if row["kind"] not in ("select", "delete") else None,
        where=all_of(list(found.where)), client=_rights(reader), library="firestore",
    )  # fmt: skip
    if row["kind"] != "select":
        return access
    answer = _document(access) if found.single else _documents(access)
    listener = next((item for item in values[1:] if not isinstance(item, (Text, Number))), None)
    if listener is not None and unwrapped(_given(node)[0]).type != "object":
        reader.sheet.applied(listener, (answer,), node, scope)
    return answer


def _document(row: Row) -> Fields:
    return Fields((("exists", Operation("exists", (row,))), ("id", Row(row.access, ("id",)))), (row,))


def _documents(row: Row) -> Fields:
    count = Call("count", (row,))
    return Fields((("docs", row), ("size", count), ("empty", Operation("=", (count, Number("0"))))))


def _mongo(
    reader: Reader, node: Node, row: dict[str, int], found: Reference, values: list[Expression], scope: Scope
) -> Expression:
    place = row.get("where", 0)
    asked = values[place - 1] if 0 < place <= len(values) else None
    payload = values[row["payload"] - 1] if 0 < row.get("payload", 0) <= len(values) else None
    target = Ref(f"table:{found.collection}")
    return reader.sheet.access(
        str(row["kind"]), found.collection, node, scope,
        payload=written(payload, target), where=all_of(conditions(asked)) if isinstance(asked, Fields) else None,
        library="mongodb",
    )  # fmt: skip


def _written(value: Expression | None, collection: str) -> Expression | None:
    """What is written, with what the server adds in terms of the fields."""
    if not isinstance(value, Fields):
        return value
    entries = []
    for key, item in value.entries:
        if isinstance(item, Call) and item.function == "increment" and item.callee is None and item.arguments:
            item = Operation("+", (Ref(f"table:{collection}", tuple(key.split("."))), item.arguments[0]))
        entries.append((key.split(".")[0], item) if "." in key else (key, item))
    return Fields(tuple(entries), value.spreads)


def _sentinel(last: str, values: list[Expression]) -> Expression:
    kind = table("firestore")["sentinels"][last]
    if kind == "null":
        return Null()
    return Call(kind, tuple(values[:1]) if kind == "increment" else ())


def _data(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    """`snapshot.data()` is the document."""
    holder = _holder(node)
    if holder is None or not _rights(reader):
        return None
    value = reader.value(holder, scope)
    known = reader.sheet.known.get(value.name) if isinstance(value, Ref) and not value.path else value
    if isinstance(known, Fields) and known.spreads and isinstance(known.spreads[0], Row):
        return known.spreads[0]
    return value if isinstance(value, (Ref, Row)) else None
