"""DynamoDB through boto3: what is put, updated and asked for, and the conditions that a write must meet."""

import re

import libcst as cst

from archlint.languages.python.chains import read_all
from archlint.languages.python.literals import dotted
from archlint.languages.python.protocol import Reader
from archlint.model.expression import Call, Expression, Fields, Items, Null, Number, Opaque, Operation, Ref, Text
from archlint.terms.idioms import table, words
from archlint.terms.neutral import negated
from archlint.terms.postgrest import all_of
from archlint.terms.scope import Scope
from archlint.terms.sql_terms import Parameters, condition_of

_LIBRARY = "dynamodb"
_FILE = "dynamodb"
_MARK = re.compile(r"#(\w+)")
_CLAUSES = re.compile(r"\b(SET|REMOVE|ADD|DELETE)\b", re.IGNORECASE)
_TYPES = frozenset({"S", "N", "BOOL", "NULL", "L", "M", "SS", "NS", "B"})


def recognise(reader: Reader, node: cst.Call, name: str, scope: Scope) -> Expression | None:
    """`table.update_item(Key=…, UpdateExpression=…, ConditionExpression=…)`, `dynamodb.Table(name)`."""
    last = name.rsplit(".", 1)[-1]
    if last == "Table" and "." in name and len(node.args) == 1 and b"dynamodb" in reader.source.content.lower():
        return Call("table", tuple(read_all(tuple(node.args), reader, scope)))
    kind = table(_FILE)["calls"].get(last)
    if kind is None or not isinstance(node.func, cst.Attribute):
        return None
    names = {item.keyword.value for item in node.args if item.keyword is not None}
    if not any(name[:1].isupper() for name in names) or len(names) != len(node.args):
        return None
    return _Operation(reader, node, node.func.value, scope).told(kind)


class _Operation:
    """One operation on a table."""

    def __init__(self, reader: Reader, node: cst.Call, holder: cst.BaseExpression, scope: Scope) -> None:
        self._reader = reader
        self._node = node
        self._scope = scope
        self._nodes = {item.keyword.value: item.value for item in node.args if item.keyword is not None}
        self._holder = reader.value(holder, scope)
        self._values: dict[str, Expression] = {}

    def told(self, kind: str) -> Expression:
        """Writes down what the operation does; gives its answer."""
        conditions = ("ConditionExpression", "FilterExpression", "KeyConditionExpression")
        for name, node in self._nodes.items():
            if name not in conditions:
                self._values[name] = self._reader.value(node, self._scope)
        found = [test for name in conditions if name in self._nodes and (test := self._condition(self._nodes[name]))]
        key = self._typed(self._values.get("Key"))
        if isinstance(key, Fields):
            found = [*(Operation("=", (Ref("$row", (name,)), value)) for name, value in key.entries), *found]
        target = self._target()
        if target is None:
            return Opaque("rows")
        payload = (
            self._typed(self._values.get("Item")) if kind == "insert" else self._updated() if kind == "update" else None
        )
        row = self._reader.sheet.access(
            kind, target, self._node, self._scope, payload=payload, where=all_of(found), library=_LIBRARY
        )
        return Fields((("Item", row), ("Items", row), ("Attributes", row), ("Count", Call("count", (row,)))))

    # Names -----------------------------------------------------------------------------------------------

    def _target(self) -> str | Ref | None:
        given = self._values.get("TableName")
        found: Expression | None = given if given is not None else self._held(self._holder)
        if isinstance(found, Ref) and not found.path:
            found = self._held(found) or found
        if isinstance(found, Operation) and found.operator in ("coalesce", "fallback"):
            found = found.operands[0]
        if isinstance(found, Text):
            return found.value
        if isinstance(found, Call) and found.function == "environment" and isinstance(found.arguments[0], Text):
            kept = [
                word for word in found.arguments[0].value.lower().split("_") if word not in words(_FILE, "not_names")
            ]
            return "_".join(kept) or None
        return found if isinstance(found, Ref) and given is not None else None

    def _held(self, value: Expression) -> Expression | None:
        for _ in range(4):
            if isinstance(value, Call) and value.function == "table":
                value = value.arguments[0]
            elif isinstance(value, Ref) and not value.path and value.name in self._reader.sheet.known:
                value = self._reader.sheet.known[value.name]
            else:
                break
        return value if isinstance(value, (Text, Call, Operation)) else None

    def _typed(self, value: Expression | None) -> Expression | None:
        """`{"status": {"S": "paid"}}` of the plain client without its types."""
        if isinstance(value, Ref) and not value.path:
            known = self._reader.sheet.known.get(value.name)
            value = known if isinstance(known, Fields) else value
        if not isinstance(value, Fields):
            return value
        entries = []
        typed = False
        for name, item in value.entries:
            if (
                isinstance(item, Fields)
                and len(item.entries) == 1
                and item.entries[0][0] in _TYPES
                and not item.spreads
            ):
                mark, inner = item.entries[0]
                typed = True
                if mark == "N" and isinstance(inner, Text) and inner.value.lstrip("-").replace(".", "", 1).isdigit():
                    inner = Number(inner.value)
                elif mark == "NULL":
                    inner = Null()
                item = inner
            entries.append((name, item))
        return Fields(tuple(entries), value.spreads) if typed else value

    # Expressions -----------------------------------------------------------------------------------------

    def _condition(self, node: cst.BaseExpression) -> Expression | None:
        if isinstance(node, (cst.SimpleString, cst.ConcatenatedString, cst.Name)):
            value = self._reader.value(node, self._scope)
            if isinstance(value, Ref) and not value.path:
                value = self._reader.sheet.known.get(value.name, value)
            return self._read(value.value) if isinstance(value, Text) else Opaque("condition")
        return self._attribute(node)

    def _read(self, text: str) -> Expression:
        names = self._values.get("ExpressionAttributeNames")

        def named(found: re.Match[str]) -> str:
            value = names.get(found.group()) if isinstance(names, Fields) else None
            return f'"{value.value}"' if isinstance(value, Text) else f'"{found.group(1)}"'

        found = condition_of(_MARK.sub(named, text), self._parameters(), functions=True)
        return _neutral(found) if found is not None else Opaque("condition")

    def _parameters(self) -> Parameters:
        values = self._typed(self._values.get("ExpressionAttributeValues"))
        entries = values.entries if isinstance(values, Fields) else ()
        return Parameters((Fields(tuple((name.lstrip(":"), value) for name, value in entries)),), ())

    def _updated(self) -> Expression | None:
        """`SET status = :new, seats = seats - :one REMOVE note`: what the attributes will be."""
        text = self._values.get("UpdateExpression")
        if isinstance(text, Ref) and not text.path:
            text = self._reader.sheet.known.get(text.name, text)
        if not isinstance(text, Text):
            return None
        pieces = _CLAUSES.split(text.value)
        entries: list[tuple[str, Expression]] = []
        for word, body in zip(pieces[1::2], pieces[2::2], strict=False):
            for part in _parts(body):
                entries.extend(self._entry(word.upper(), part))
        return Fields(tuple(entries)) if entries else None

    def _entry(self, word: str, part: str) -> list[tuple[str, Expression]]:
        name, _, value = part.partition("=" if word == "SET" else " ")
        path = self._path(name.strip())
        if not path:
            return []
        if word == "REMOVE":
            return [(path, Null())]
        found = self._read_value(value.strip())
        if word == "ADD" and not isinstance(found, Opaque):
            target = self._target()
            own = Ref(f"table:{target}", (path,)) if isinstance(target, str) else Opaque(path)
            return [(path, Operation("+", (own, found)))]
        return [(path, found)] if word == "SET" else []

    def _path(self, name: str) -> str:
        names = self._values.get("ExpressionAttributeNames")
        if name.startswith("#"):
            value = names.get(name) if isinstance(names, Fields) else None
            return value.value if isinstance(value, Text) else name[1:]
        return name if name.isidentifier() else ""

    def _read_value(self, text: str) -> Expression:
        """A value, in which attributes are those of the row before."""
        found = self._read(f"x = {text}")
        if not isinstance(found, Operation) or found.operator != "=":
            return Opaque(text)
        target = self._target()
        table_name = Ref(f"table:{target}") if isinstance(target, str) else target
        return _stored(found.operands[1], table_name) if table_name is not None else Opaque(text)

    def _attribute(self, node: cst.BaseExpression) -> Expression | None:
        """`Attr("status").eq("open") & Attr("seats").gt(0)`."""
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, (cst.BitAnd, cst.BitOr)):
            left, right = self._attribute(node.left), self._attribute(node.right)
            operator = "and" if isinstance(node.operator, cst.BitAnd) else "or"
            return Operation(operator, (left or Opaque("condition"), right or Opaque("condition")))
        if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.BitInvert):
            found = self._attribute(node.expression)
            return negated(found) if found is not None else None
        if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute):
            self._reader.value(node, self._scope)
            return Opaque("condition")
        holder = node.func.value
        operator = table(_FILE)["conditions"].get(node.func.attr.value)
        named = isinstance(holder, cst.Call) and dotted(holder.func).rsplit(".", 1)[-1] in ("Attr", "Key")
        values = read_all(tuple(node.args), self._reader, self._scope)
        label = (
            self._reader.value(holder.args[0].value, self._scope)
            if isinstance(holder, cst.Call) and holder.args
            else None
        )
        if operator is None or not named or not isinstance(label, Text):
            return Opaque("condition")
        return _tested(operator, Ref("$row", (label.value,)), values)


def _tested(operator: str, subject: Ref, values: list[Expression]) -> Expression:
    if operator in ("present", "absent"):
        absent = Operation("is null", (subject,))
        return absent if operator == "absent" else negated(absent)
    if operator == "between" and len(values) == 2:
        return Operation("and", (Operation(">=", (subject, values[0])), Operation("<=", (subject, values[1]))))
    if len(values) != 1:
        return Opaque("condition")
    if operator in ("starts with", "contains"):
        return Call(operator, (subject, values[0]))
    return Operation(operator, (subject, values[0]))


def _neutral(value: Expression) -> Expression:
    """The functions of the expressions in neutral terms."""
    if isinstance(value, Operation):
        return Operation(value.operator, tuple(_neutral(item) for item in value.operands))
    if isinstance(value, Items):
        return Items(tuple(_neutral(item) for item in value.items))
    if isinstance(value, Call):
        meaning = table(_FILE)["functions"].get(value.function)
        arguments = tuple(_neutral(item) for item in value.arguments)
        if meaning in ("present", "absent") and arguments and isinstance(arguments[0], Ref):
            return _tested(meaning, arguments[0], [])
        if meaning in ("coalesce", "concat"):
            return Operation(meaning, arguments)
        return Call(meaning or value.function, arguments)
    return value


def _stored(value: Expression, target: Ref) -> Expression:
    if isinstance(value, Ref) and value.name == "$row":
        return Ref(target.name, (*target.path, *value.path))
    if isinstance(value, Operation):
        return Operation(value.operator, tuple(_stored(item, target) for item in value.operands))
    return value


def _parts(body: str) -> list[str]:
    """The parts of a list, not those inside of brackets."""
    found, depth, piece = [], 0, ""
    for sign in body + ",":
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            found.append(piece.strip())
            piece = ""
        else:
            piece += sign
    return [item for item in found if item]
