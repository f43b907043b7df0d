"""What the methods of a model's class do with its rows: Sequelize and Mongoose."""

import re

from tree_sitter import Node

from archlint.languages.typescript.builders import tested
from archlint.languages.typescript.chains import chain, read_all
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import unwrapped
from archlint.model.expression import Call, Expression, Fields, Items, Number, Opaque, Operation, Ref, Row
from archlint.terms.idioms import table
from archlint.terms.postgrest import all_of
from archlint.terms.scope import Scope

_CLASS = re.compile(r"[A-Z]\w*$")
_HELD = re.compile(r"(?:(?:models|db)\.|this\.)[A-Za-z]\w*$")
_ALL = ("$and", "$or", "$nor")


def class_calls(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """`Order.create({ … })`, `Order.findByIdAndUpdate(id, { … })`, `models.Order.update({ … }, { where })`."""
    holder, _, verb = name.rpartition(".")
    row = table("builders")["classes"].get(verb)
    if row is None:
        return None
    whole = chain(node, reader)
    link = whole.links[-1] if whole.links else None
    if link is None or link.given is None or any(item.given is not None for item in whole.links[:-1]):
        return None
    target = _target(reader, node, holder, scope)
    if target is None:
        return None
    values = read_all(link.given, reader, scope)
    reader.sheet.invoke(Ref(target.name, (*target.path, verb)), tuple(values), node, scope)
    payload = _argument(values, row.get("payload", 0))
    if "option" in row and values and isinstance(values[0], Fields):
        payload = values[0].get(row["option"])
    found = reader.sheet.access(
        row["kind"], target, node, scope,
        payload=written(payload, target) if row["kind"] not in ("select", "delete") else None,
        where=_where(row.get("where", ""), values), aggregate=row.get("aggregate", ""), library="models",
        loose=isinstance(payload, (Ref, Row)) or (isinstance(payload, Fields) and bool(payload.spreads)),
    )  # fmt: skip
    return Call("count", (found,)) if row.get("aggregate") else found


def _target(reader: Reader, node: Node, holder: str, scope: Scope) -> Ref | None:
    """The class: by its own name, as a member of what holds all models, or by the declared type of a field."""
    base = unwrapped(unwrapped(node.child_by_field_name("function") or node).child_by_field_name("object") or node)
    if _CLASS.match(holder):
        return Ref(scope.lookup(holder) or f"{holder}@0")
    if not _HELD.match(holder) or base.type != "member_expression":
        return None
    value = reader.value(base, scope)
    if not isinstance(value, Ref):
        return None
    held = reader.sheet.repositories.get((value.name, value.path))
    if held is not None or holder.startswith("this."):
        return held
    label = holder.rsplit(".", 1)[-1]
    return Ref(value.name, value.path) if _CLASS.match(label) else None


def _argument(values: list[Expression], position: int) -> Expression | None:
    return values[position - 1] if 0 < position <= len(values) else None


def _where(how: str, values: list[Expression]) -> Expression | None:
    kind, _, position = how.partition(" ")
    value = _argument(values, int(position or 0))
    if value is None:
        return None
    if kind == "id":
        return Operation("=", (Ref("$row", ("id",)), value))
    option = value.get("where") if isinstance(value, Fields) else None
    if kind == "option" or (kind == "either" and option is not None):
        value = option
    return all_of(conditions(value)) if isinstance(value, Fields) else None


def conditions(where: Fields) -> list[Expression]:
    """`{ status: 'paid', total: { $gt: 5 }, $or: [ … ] }`."""
    found: list[Expression] = []
    filters = table("builders")["mongo_filters"]
    for key, value in where.entries:
        if key in _ALL and isinstance(value, Items):
            inner = [all_of(conditions(item)) or Opaque("where") for item in value.items if isinstance(item, Fields)]
            joined = Operation("and" if key == "$and" else "or", tuple(inner))
            found.append(Operation("not", (joined,)) if key == "$nor" else joined)
        elif isinstance(value, Fields):
            tests = [
                tested(filters[name], Ref("$row", (key,)), test) for name, test in value.entries if name in filters
            ]
            found.extend(tests if len(tests) == len(value.entries) and tests else [Opaque(key)])
        elif isinstance(value, Items):
            found.append(Operation("in", (Ref("$row", (key,)), value)))
        else:
            found.append(tested("=", Ref("$row", (key,)), value))
    return found if not where.spreads else [*found, Opaque("where")]


def written(value: Expression | None, target: Ref) -> Expression | None:
    """What is written, with `$set` and `$inc` in terms of the columns."""
    if isinstance(value, Items):
        return Items(tuple(written(item, target) or item for item in value.items))
    if not isinstance(value, Fields) or not any(key.startswith("$") for key, _ in value.entries):
        return value
    entries: list[tuple[str, Expression]] = []
    spreads = list(value.spreads)
    for key, item in value.entries:
        if key in ("$set", "$setOnInsert"):
            if isinstance(item, Fields):
                entries.extend(item.entries)
                spreads.extend(item.spreads)
            else:
                spreads.append(item)
        elif key == "$inc" and isinstance(item, Fields):
            entries.extend((name, _added(Ref(target.name, (*target.path, name)), by)) for name, by in item.entries)
        elif not key.startswith("$"):
            entries.append((key, item))
    return Fields(tuple(entries), tuple(spreads))


def _added(column: Ref, by: Expression) -> Expression:
    if isinstance(by, Number) and by.value.startswith("-"):
        return Operation("-", (column, Number(by.value[1:])))
    return Operation("+", (column, by))


def mikro(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """`em.create(Order, { … })` of MikroORM; what is created is written with the next flush."""
    holder, _, verb = name.rpartition(".")
    row = table("builders")["mikro"].get(verb)
    if row is None or not holder or not any(item.module.startswith("@mikro-orm/") for item in reader.sheet.imports):
        return None
    whole = chain(node, reader)
    link = whole.links[-1] if whole.links else None
    if link is None or not link.given or any(item.given is not None for item in whole.links[:-1]):
        return None
    first = unwrapped(link.given[0])
    if first.type != "identifier" or not _CLASS.match(reader.source.text(first)):
        return None
    values = read_all(link.given, reader, scope)
    target = values[0] if isinstance(values[0], Ref) else Ref(f"{reader.source.text(first)}@0")
    asked = _argument(values, row.get("where", 0))
    return reader.sheet.access(
        row["kind"], target, node, scope, payload=_argument(values, row.get("payload", 0)),
        where=all_of(conditions(asked)) if isinstance(asked, Fields) else None, library="mikro-orm",
    )  # fmt: skip


def saved(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """`await order.save()` writes what was set on a row that had been looked up."""
    holder, _, verb = name.rpartition(".")
    if verb not in ("save", "update") or not holder.isidentifier():
        return None
    local = scope.lookup(holder) or ""
    row = reader.sheet.known.get(local)
    if not isinstance(row, Row) or row.path:
        return None
    access = reader.sheet.accesses[row.access]
    if access.library != "models":
        return None
    values = read_all(chain(node, reader).links[-1].given, reader, scope)
    if verb == "update":
        payload: Expression | None = values[0] if values else None
    else:
        wanted = [item for item in reader.sheet.bindings if item.target.name == local and len(item.target.path) == 1]
        payload = Fields(tuple((item.target.path[0], item.value) for item in wanted))
        if not wanted:
            return None
    if not isinstance(payload, (Fields, Ref)):
        return None
    return reader.sheet.access("update", access.target, node, scope, payload=payload, library="models")
