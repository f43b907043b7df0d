"""SQLAlchemy: statements about tables, what is sent through a session, and objects that a session stores."""

import re
from functools import cache

import libcst as cst

from archlint.languages.python.chains import Link, chain, class_of, placed, read_all, read_rest, tested
from archlint.languages.python.instances import Changed
from archlint.languages.python.literals import dotted
from archlint.languages.python.protocol import Reader
from archlint.model.expression import Call, Expression, Fields, Items, Opaque, Operation, Ref, Row
from archlint.terms.idioms import table, words
from archlint.terms.neutral import both, negated, within
from archlint.terms.postgrest import all_of
from archlint.terms.scope import Scope

_LIBRARY = "sqlalchemy"
_FILE = "sqlalchemy_queries"
_ROW = "$row"


@cache
def _sessions() -> re.Pattern[str]:
    return re.compile(table(_FILE)["sessions"])


def recognise(reader: Reader, node: cst.Call, name: str, scope: Scope) -> Expression | None:
    """A call on a session, or a statement about a table."""
    pieces = [piece.removesuffix("()") for piece in name.split(".")]
    if not _spoken_of(pieces):
        return None
    if "query" in pieces[1:] or any(piece in table(_FILE)["statements"] for piece in pieces):
        found = _statement(reader, node, scope)
        if found is not None:
            return found
    for position, piece in enumerate(pieces[1:], 1):
        if piece in table(_FILE)["session"] and _sessions().search(pieces[position - 1]):
            return reader.helper(Sessions).asked(node, position, len(pieces), scope)
    return None


def _spoken_of(pieces: list[str]) -> bool:
    idioms = table(_FILE)
    return any(piece in idioms["session"] or piece in idioms["statements"] for piece in pieces)


class Sessions:
    """What sessions are asked for in one file."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        # Up to where the bindings have been looked at for members that were changed.
        self._seen = 0

    def asked(self, node: cst.Call, position: int, length: int, scope: Scope) -> Expression | None:
        """`session.add(order)`, `session.commit()`, `session.execute(statement).scalar_one()`."""
        whole = chain(node)
        index = len(whole.links) - (length - position)
        if index < 0 or whole.links[index].given is None:
            return None
        link = whole.links[index]
        kind = table(_FILE)["session"].get(link.name, "")
        if kind == "commit":
            self._committed(node, scope)
            return Opaque(link.name)
        nodes = placed(link.given)
        if kind == "get":
            return self._got(link, nodes, scope) if len(nodes) > 1 else None
        if not nodes:
            return None
        if kind == "send":
            return self._sent(link, whole.links[index + 1 :], nodes, scope)
        return self._stored(kind, link, nodes[0], scope) if kind in ("insert", "upsert", "delete") else None

    def _sent(self, link: Link, rest: list[Link], nodes: list[cst.BaseExpression], scope: Scope) -> Expression | None:
        if not isinstance(nodes[0], (cst.Call, cst.Name)):
            return None
        if isinstance(nodes[0], cst.Call) and dotted(nodes[0].func).rsplit(".", 1)[-1] == "text":
            return None
        value = self._reader.value(nodes[0], scope)
        if isinstance(value, Ref) and not value.path:
            value = self._reader.sheet.known.get(value.name, value)
        for item in (link.given or ())[1:]:
            self._reader.value(item.value, scope)
        read_rest(rest, self._reader, scope)
        return (
            value
            if isinstance(value, (Row, Call)) and not (isinstance(value, Call) and value.callee)
            else Opaque("rows")
        )

    def _got(self, link: Link, nodes: list[cst.BaseExpression], scope: Scope) -> Expression | None:
        target = self._reader.value(nodes[0], scope)
        if not isinstance(target, Ref):
            return None
        key = self._reader.value(nodes[1], scope)
        condition = Operation("=", (Ref(_ROW, ("id",)), key)) if isinstance(key, (Ref, Row)) else None
        return self._reader.sheet.access("select", target, link.node, scope, where=condition, library=_LIBRARY)

    def _stored(self, kind: str, link: Link, node: cst.BaseExpression, scope: Scope) -> Expression:
        value = self._reader.value(node, scope)
        for item in value.items if isinstance(value, Items) else (value,):
            target = class_of(self._reader, item)
            stored = self._reader.sheet.known.get(item.name) if isinstance(item, Ref) else None
            if target is None or isinstance(stored, Row):
                continue
            payload = item if kind != "delete" else None
            self._reader.sheet.access(kind, target, link.node, scope, payload=payload, library=_LIBRARY, loose=True)
        return Opaque(link.name)

    def _committed(self, node: cst.Call, scope: Scope) -> None:
        """Members of rows that were given values are stored with the rest."""
        sheet = self._reader.sheet
        since, self._seen = self._seen, len(sheet.bindings)
        names = dict.fromkeys(
            binding.target.name for binding in sheet.bindings[since:]
            if len(binding.target.path) == 1 and binding.scope == scope.number
        )  # fmt: skip
        for name in names:
            known = sheet.known.get(name)
            if not isinstance(known, Row) or known.path or sheet.accesses[known.access].library != _LIBRARY:
                continue
            changed = Changed(self._reader, name, scope, since)
            if changed.entries:
                sheet.access(
                    "update", sheet.accesses[known.access].target, node, scope, payload=changed.payload,
                    places=changed.places, where=sheet.accesses[known.access].where, library=_LIBRARY, loose=True,
                )  # fmt: skip


# Statements ----------------------------------------------------------------------------------------------


def _statement(reader: Reader, node: cst.Call, scope: Scope) -> Expression | None:
    whole = chain(node)
    statements = table(_FILE)["statements"]
    for index, link in enumerate(whole.links):
        called = link.name or (whole.base.value if isinstance(whole.base, cst.Name) else "")
        if called == "query" and link.given is None and index + 1 < len(whole.links):
            holder = whole.links[index - 1].node if index else whole.base
            target = reader.value(holder, scope)
            last = target.path[-1] if isinstance(target, Ref) and target.path else _head(target)
            if not isinstance(target, Ref) or not last[:1].isupper():
                return None
            return _Statement(reader, "select", target, scope).told(whole.links[index + 1 :], link)
        if called not in statements or not link.given:
            continue
        if called == "query":
            before = whole.links[index - 1].name if index else _head_of(whole.base)
            if not _sessions().search(before):
                return None
        elif not _offered(reader, link.node, scope):
            return None
        return _begun(reader, statements[called], link, whole.links[index + 1 :], scope)
    return None


def _offered(reader: Reader, node: cst.BaseExpression, scope: Scope) -> bool:
    name = reader.qualified(node.func, scope) if isinstance(node, cst.Call) else ""
    return any(name.startswith(f"{module}.") for module in words(_FILE, "modules"))


def _begun(reader: Reader, kind: str, link: Link, rest: list[Link], scope: Scope) -> Expression | None:
    nodes = placed(link.given)
    if not nodes:
        return None
    first = nodes[0]
    if isinstance(first, cst.Call):
        return _measured(reader, first, rest, link, scope)
    value = reader.value(first, scope)
    if not isinstance(value, Ref):
        read_rest([link._replace(given=(link.given or ())[1:]), *rest], reader, scope)
        return Opaque("rows")
    target, column = _owner(value)
    statement = _Statement(reader, kind, target, scope)
    columns = [column] if column else []
    for other in nodes[1:]:
        found = reader.value(other, scope)
        owner, name = _owner(found) if isinstance(found, Ref) else (None, "")
        columns.append(name if owner == target else "")
    statement.columns = tuple(name for name in columns if name) if all(columns) else ()
    return statement.told(rest, link)


def _measured(reader: Reader, node: cst.Call, rest: list[Link], link: Link, scope: Scope) -> Expression | None:
    """`select(func.count(Order.id))`, `select(func.count()).select_from(Order)`."""
    measure = table(_FILE)["aggregates"].get(dotted(node.func).rsplit(".", 1)[-1])
    if measure is None:
        return None
    values = read_all(tuple(node.args), reader, scope)
    target, column = _owner(values[0]) if values and isinstance(values[0], Ref) else (None, "")
    source = next((item for item in rest if item.name == "select_from" and item.given), None)
    if target is None and source is not None:
        found = reader.value((source.given or ())[0].value, scope)
        target = found if isinstance(found, Ref) else None
        rest = [item for item in rest if item is not source]
    if target is None:
        return None
    statement = _Statement(reader, "select", target, scope)
    statement.aggregate = "count" if measure == "count" else f"{measure} {column}"
    return statement.told(rest, link)


def _owner(value: Ref) -> tuple[Ref, str]:
    """A class, or a column of one, taken apart."""
    if value.path and not value.path[-1][:1].isupper():
        return Ref(value.name, value.path[:-1]), value.path[-1]
    return value, ""


def _head(value: Expression) -> str:
    return value.name.split("@", 1)[0] if isinstance(value, Ref) else ""


def _head_of(node: cst.BaseExpression) -> str:
    return node.value if isinstance(node, cst.Name) else ""


class _Statement:
    """One statement while its links are read."""

    def __init__(self, reader: Reader, kind: str, target: Ref, scope: Scope) -> None:
        self._reader = reader
        self._kind = kind
        self._target = target
        self._scope = scope
        self._payload: Expression | None = None
        self._conditions: list[Expression] = []
        self.columns: tuple[str, ...] = ()
        self.aggregate = ""

    def told(self, links: list[Link], first: Link) -> Expression:
        """Writes down what the links ask for; gives the rows."""
        methods = table(_FILE)["methods"]
        shown = first.node
        for link in links:
            kind = methods.get(link.name, "")
            if kind == "restrict":
                self._conditions.extend(self.criterion(item.value) for item in link.given or () if not item.star)
            elif kind == "equal":
                self._equal(link)
            elif kind in ("payload", "update") and link.given:
                self._kind = self._kind if kind == "payload" else "update"
                self._payload = self._written(link)
            elif kind in ("delete", "upsert"):
                self._kind = kind
                read_all(link.given, self._reader, self._scope)
            elif kind == "count" and link.given is not None:
                self.aggregate = "count"
            else:
                read_all(link.given, self._reader, self._scope)
            if kind and kind != "same":
                shown = link.node
        row = self._reader.sheet.access(
            self._kind, self._target, shown, self._scope,
            payload=self._payload if self._kind not in ("select", "delete") else None, where=all_of(self._conditions),
            columns=self.columns if self._kind == "select" else (), aggregate=self.aggregate, library=_LIBRARY,
        )  # fmt: skip
        if self.aggregate:
            measure, _, column = self.aggregate.partition(" ")
            return Call(measure, (Row(row.access, (column,)) if column else row,))
        return row

    def _equal(self, link: Link) -> None:
        for item in link.given or ():
            value = self._reader.value(item.value, self._scope)
            if item.keyword is not None:
                self._conditions.append(Operation("=", (Ref(_ROW, (item.keyword.value,)), value)))
            else:
                self._conditions.append(Opaque("where"))

    def _written(self, link: Link) -> Expression | None:
        """`values(status="paid")`, `values({"status": …})`, `update({Order.status: …})`."""
        entries: list[tuple[str, Expression]] = []
        for item in link.given or ():
            if item.keyword is not None and item.keyword.value != "synchronize_session":
                entries.append((item.keyword.value, self._reader.value(item.value, self._scope)))
        if entries and isinstance(link.node, cst.Call):
            payload = Fields(tuple(entries))
            self._reader.sheet.note(payload, link.node)
            return payload
        nodes = placed(link.given)
        if (
            nodes
            and isinstance(nodes[0], cst.Dict)
            and not all(
                isinstance(item, cst.DictElement) and isinstance(item.key, cst.SimpleString)
                for item in nodes[0].elements
            )
        ):
            return self._by_columns(nodes[0])
        return self._reader.value(nodes[0], self._scope) if nodes else None

    def _by_columns(self, node: cst.Dict) -> Expression:
        entries: list[tuple[str, Expression]] = []
        for item in node.elements:
            if isinstance(item, cst.DictElement):
                key = self._reader.value(item.key, self._scope)
                value = self._reader.value(item.value, self._scope)
                if isinstance(key, Ref) and key.path:
                    entries.append((key.path[-1], value))
        return Fields(tuple(entries))

    # Conditions ------------------------------------------------------------------------------------------

    def criterion(self, node: cst.BaseExpression) -> Expression:
        """A condition over columns."""
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, (cst.BitAnd, cst.BitOr)):
            operator = "and" if isinstance(node.operator, cst.BitAnd) else "or"
            return Operation(operator, (self.criterion(node.left), self.criterion(node.right)))
        if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, (cst.BitInvert, cst.Not)):
            return negated(self.criterion(node.expression))
        if isinstance(node, cst.Call):
            return self._called(node)
        found = self._rowed(self._reader.condition(node, self._scope))
        named = isinstance(found, Ref) and found.name == _ROW
        if named or (isinstance(found, Operation) and any(_speaks(item) for item in within(found))):
            return found
        return Opaque("where")

    def _called(self, node: cst.Call) -> Expression:
        name = dotted(node.func).rsplit(".", 1)[-1]
        joined = table(_FILE)["connectives"].get(name)
        if joined is not None and node.args:
            parts = tuple(self.criterion(item.value) for item in node.args if not item.star)
            if not parts:
                return Opaque("where")
            if joined == "not":
                return negated(parts[0])
            return both(parts) if joined == "and" else Operation("or", parts) if len(parts) > 1 else parts[0]
        if not isinstance(node.func, cst.Attribute):
            self._reader.value(node, self._scope)
            return Opaque("where")
        operator = table(_FILE)["operators"].get(node.func.attr.value)
        subject = self._rowed(self._reader.value(node.func.value, self._scope))
        values = [self._rowed(item) for item in read_all(tuple(node.args), self._reader, self._scope)]
        if operator is None or not values or not _speaks(subject):
            return Opaque("where")
        if operator == "between":
            if len(values) != 2:
                return Opaque("where")
            return Operation("and", (Operation(">=", (subject, values[0])), Operation("<=", (subject, values[1]))))
        return tested(operator, subject, values[0])

    def _rowed(self, value: Expression) -> Expression:
        """The columns of the statement's own table as those of its row."""
        length = len(self._target.path)
        if isinstance(value, Ref):
            own = value.name == self._target.name and value.path[:length] == self._target.path
            return Ref(_ROW, value.path[length:]) if own and len(value.path) > length else value
        if isinstance(value, Operation):
            return Operation(value.operator, tuple(self._rowed(item) for item in value.operands))
        if isinstance(value, Call) and value.callee is None:
            return Call(value.function, tuple(self._rowed(item) for item in value.arguments))
        return value


def _speaks(value: Expression) -> bool:
    return isinstance(value, Ref) and value.name == _ROW
