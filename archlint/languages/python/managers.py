"""Django's managers and query sets: which rows are read and written, under which conditions."""

import libcst as cst

from archlint.languages.python import libraries
from archlint.languages.python.chains import Chain, Link, chain, class_of, placed, read_all, read_rest
from archlint.languages.python.instances import saved
from archlint.languages.python.literals import dotted
from archlint.languages.python.lookups import Lookups
from archlint.languages.python.protocol import Reader
from archlint.model.expression import Call, Expression, Fields, Items, Opaque, Operation, Ref, Row, Text
from archlint.terms.idioms import table, words
from archlint.terms.neutral import both, negated
from archlint.terms.postgrest import all_of
from archlint.terms.scope import Scope

_LIBRARY = "django"
_ROW = Ref("$row")


def recognise(reader: Reader, node: cst.Call, name: str, scope: Scope) -> Expression | None:
    """`Order.objects.filter(…).update(…)`, `order.save()`, `get_object_or_404(Order, …)`."""
    pieces = name.split(".")
    last = pieces[-1]
    if last in words("django_queries", "fetching") and libraries.offers(
        "django_models", name.replace("shortcuts", "db")
    ):
        return _fetched(reader, node, scope)
    if last in table("django_queries")["methods"]:
        if any(piece in words("django_queries", "managers") for piece in pieces[:-1]):
            return _managed(reader, chain(node), scope)
        return _continued(reader, chain(node), scope)
    if last in words("django_queries", "saving") and isinstance(node.func, cst.Attribute):
        return _saved(reader, node, node.func.value, scope)
    return None


def _fetched(reader: Reader, node: cst.Call, scope: Scope) -> Expression | None:
    given = placed(tuple(node.args))
    whole = chain(given[0]) if given else None
    if whole is None:
        return None
    if any(link.name in words("django_queries", "managers") for link in whole.links):
        return None
    target = reader.value(given[0], scope)
    if not isinstance(target, Ref):
        return None
    conditions = Lookups(reader, scope, _ROW).arguments([item for item in node.args if item.value is not given[0]])
    return reader.sheet.access("select", target, node, scope, where=all_of(conditions), library=_LIBRARY)


def _managed(reader: Reader, whole: Chain, scope: Scope) -> Expression | None:
    managers = words("django_queries", "managers")
    start = next(
        (index for index, link in enumerate(whole.links) if link.name in managers and link.given is None), None
    )
    if start is None:
        return None
    holder = whole.links[start - 1].node if start else whole.base
    target = reader.value(holder, scope)
    if not isinstance(target, Ref):
        read_rest(whole.links[start:], reader, scope)
        return Opaque("rows")
    return _Query(reader, target, scope).told(whole.links[start + 1 :])


def _continued(reader: Reader, whole: Chain, scope: Scope) -> Expression | None:
    """`orders.filter(…)` where orders are rows that were asked for before."""
    if not isinstance(whole.base, cst.Name) or not whole.links or whole.links[0].given is None:
        return None
    local = scope.lookup(whole.base.value)
    known = reader.sheet.known.get(local) if local is not None else None
    if not isinstance(known, Row) or known.path:
        return None
    before = reader.sheet.accesses[known.access]
    if before.library != _LIBRARY or not isinstance(before.target, Ref):
        return None
    query = _Query(reader, before.target, scope)
    if before.where is not None:
        query.conditions.append(before.where)
    return query.told(whole.links)


class _Query:
    """One query while its links are read."""

    def __init__(self, reader: Reader, target: Ref, scope: Scope) -> None:
        self._reader = reader
        self._target = target
        self._scope = scope
        self._lookups = Lookups(reader, scope, _ROW)
        self.conditions: list[Expression] = []
        self._columns: tuple[str, ...] = ()

    def told(self, links: list[Link]) -> Expression:
        """Writes down what the links ask for; gives what they answer."""
        methods = table("django_queries")["methods"]
        for position, link in enumerate(links):
            kind = methods.get(link.name, "")
            if kind == "restrict":
                self.conditions.extend(self._lookups.arguments(link.given or ()))
            elif kind == "exclude":
                found = self._lookups.arguments(link.given or ())
                if found:
                    self.conditions.append(negated(both(tuple(found))))
            elif kind == "columns":
                values = read_all(link.given, self._reader, self._scope)
                self._columns = tuple(
                    item.value for item in values if isinstance(item, Text) and "__" not in item.value
                )
            elif kind == "same":
                read_all(link.given, self._reader, self._scope)
            elif kind and link.given is not None:
                found_ = self._ended(kind, link)
                read_rest(links[position + 1 :], self._reader, self._scope)
                return found_
            else:
                # A method of the project's own manager: what it does is told where it stands.
                row = self._access("select", links[max(position - 1, 0)].node)
                read_rest(links[position:], self._reader, self._scope)
                return row if link.given is None else Opaque(link.name)
        return self._access("select", links[-1].node) if links else Opaque("rows")

    def _access(
        self,
        kind: str,
        node: cst.CSTNode,
        payload: Expression | None = None,
        aggregate: str = "",
        sparing: bool = False,
    ) -> Row:
        return self._reader.sheet.access(
            kind, self._target, node, self._scope, payload=payload, where=all_of(self.conditions),
            columns=self._columns if kind == "select" else (), aggregate=aggregate, library=_LIBRARY,
            sparing=sparing, loose=kind in ("insert", "upsert"),
        )  # fmt: skip

    def _ended(self, kind: str, link: Link) -> Expression:
        given = link.given or ()
        if kind == "count":
            return Call("count", (self._access("select", link.node, aggregate="count"),))
        if kind == "select":
            read_all(given, self._reader, self._scope)
            return Operation("exists", (self._access("select", link.node),))
        if kind == "aggregate":
            return self._aggregated(link)
        if kind == "delete":
            return self._access("delete", link.node)
        if kind == "update":
            own = Lookups(self._reader, self._scope, self._target)
            entries = tuple((item.keyword.value, own.value(item.value)) for item in given if item.keyword is not None)
            payload: Expression = Fields(entries)
            if isinstance(link.node, cst.Call):
                self._reader.sheet.note(payload, link.node)
            return Call("count", (self._access("update", link.node, payload),)) if entries else Opaque("updated")
        return self._created(kind, link)

    def _created(self, kind: str, link: Link) -> Expression:
        given = link.given or ()
        entries: list[tuple[str, Expression]] = []
        spreads: list[Expression] = []
        rows: list[Expression] = []
        for item in given:
            value = self._reader.value(item.value, self._scope)
            if item.star == "**":
                spreads.append(value)
            elif item.keyword is None:
                rows.extend(value.items if isinstance(value, Items) else (value,))
            elif item.keyword.value in ("defaults", "create_defaults"):
                entries.extend(value.entries if isinstance(value, Fields) else ())
                spreads.extend(() if isinstance(value, Fields) else (value,))
            elif "__" not in item.keyword.value and not link.name.endswith("bulk_create"):
                entries.append((item.keyword.value, value))
        if "bulk" in link.name:
            kept = tuple(item for item in rows if isinstance(item, (Ref, Fields)))
            return self._access(kind, link.node, Items(kept)) if kept else Opaque("rows")
        payload: Expression = Fields(tuple(entries), tuple(spreads))
        if isinstance(link.node, cst.Call):
            self._reader.sheet.note(payload, link.node)
        row = self._access(kind, link.node, payload, sparing="get_or" in link.name)
        # Half of the answer says whether it was there before.
        return Items((row, Opaque("created"))) if "_or_" in link.name else row

    def _aggregated(self, link: Link) -> Expression:
        entries: list[tuple[str, Expression]] = []
        for item in link.given or ():
            call = item.value
            measure = ""
            if isinstance(call, cst.Call):
                measure = table("django_queries")["aggregates"].get(dotted(call.func).rsplit(".", 1)[-1], "")
            column = (
                self._reader.value(call.args[0].value, self._scope)
                if isinstance(call, cst.Call) and call.args
                else None
            )
            if not measure or not isinstance(column, Text) or "__" in column.value:
                continue
            label = item.keyword.value if item.keyword is not None else f"{column.value}__{measure}"
            row = self._access(
                "select", link.node, aggregate=f"{measure} {column.value}" if measure != "count" else "count"
            )
            entries.append((label, Call(measure, (Row(row.access, (column.value,)) if measure != "count" else row,))))
        return Fields(tuple(entries)) if entries else Opaque("aggregate")


def _saved(reader: Reader, node: cst.Call, holder: cst.BaseExpression, scope: Scope) -> Expression | None:
    """`order.save()` stores what was given to the members of an object."""
    if not isinstance(holder, cst.Name):
        return None
    value = reader.value(holder, scope)
    if not isinstance(value, Ref) or value.path:
        return None
    target = class_of(reader, value)
    if target is None:
        return None
    read_all(tuple(node.args), reader, scope)
    known = reader.sheet.known.get(value.name)
    if isinstance(known, Ref):
        made = reader.sheet.known.get(known.name)
        if isinstance(made, Fields):
            changed = saved(reader, "update", target, value, node, scope, _LIBRARY)
            return changed or reader.sheet.access(
                "insert", target, node, scope, payload=known, library=_LIBRARY, loose=True
            )
    return saved(reader, "update", target, value, node, scope, _LIBRARY) or Opaque("saved")
