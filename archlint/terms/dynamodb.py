"""Operations of DynamoDB in neutral terms: what is put, updated and asked for, and what a write must meet."""

import re
from collections.abc import Mapping, Sequence

from archlint.model.expression import Call, Expression, Fields, Items, Null, Number, Opaque, Operation, Ref, Row, Text
from archlint.terms.idioms import table, words
from archlint.terms.neutral import negated
from archlint.terms.postgrest import all_of
from archlint.terms.sql_terms import Parameters, condition_of

LIBRARY = "dynamodb"
# Arguments that hold a condition.
CONDITIONS = ("ConditionExpression", "FilterExpression", "KeyConditionExpression")
_MARK = re.compile(r"#(\w+)")
_CLAUSES = re.compile(r"\b(SET|REMOVE|ADD|DELETE)\b", re.IGNORECASE)
_TYPES = frozenset({"S", "N", "BOOL", "NULL", "L", "M", "SS", "NS", "B"})


class Request:
    """One operation, by its arguments. `known` are the values of names; `holder` is what the operation is called on."""

    def __init__(
        self, values: Mapping[str, Expression], known: Mapping[str, Expression], holder: Expression | None = None
    ) -> None:
        self._values = values
        self._known = known
        self._holder = holder

    def where(self, conditions: Sequence[Expression]) -> Expression | None:
        """Which rows it is about, and what they must meet."""
        key = self._typed(self._values.get("Key"))
        found = list(conditions)
        if isinstance(key, Fields):
            found = [*(Operation("=", (Ref("$row", (name,)), value)) for name, value in key.entries), *found]
        return all_of(found)

    def payload(self, kind: str) -> Expression | None:
        """What it writes."""
        if kind == "insert":
            return self._typed(self._values.get("Item"))
        return self._updated() if kind == "update" else None

    def target(self) -> str | Ref | None:
        """The table, by its name or by what names it."""
        given = self._values.get("TableName")
        found = given
        if found is None and self._holder is not None:
            found = self._held(self._holder)
        if isinstance(found, Ref) and not found.path:
            found = self._held(found) or found
        if isinstance(found, Operation) and found.operator in ("coalesce", "fallback"):
            found = found.operands[0]
        if isinstance(found, Text):
            return found.value
        if isinstance(found, Call) and found.function == "environment" and isinstance(found.arguments[0], Text):
            kept = [
                word for word in found.arguments[0].value.lower().split("_") if word not in words(LIBRARY, "not_names")
            ]
            return "_".join(kept) or None
        return found if isinstance(found, Ref) and given is not None else None

    def _held(self, value: Expression) -> Expression | None:
        for _ in range(4):
            if isinstance(value, Call) and value.function == "table":
                value = value.arguments[0]
            elif isinstance(value, Ref) and not value.path and value.name in self._known:
                value = self._known[value.name]
            else:
                break
        return value if isinstance(value, (Text, Call, Operation)) else None

    def _typed(self, value: Expression | None) -> Expression | None:
        """`{"status": {"S": "paid"}}` of the plain client without its types."""
        if isinstance(value, Ref) and not value.path:
            known = self._known.get(value.name)
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

    def condition(self, value: Expression) -> Expression:
        """A condition that is written in a text."""
        if isinstance(value, Ref) and not value.path:
            value = self._known.get(value.name, value)
        return self._read(value.value) if isinstance(value, Text) else Opaque("condition")

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
            text = self._known.get(text.name, text)
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
            target = self.target()
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
        target = self.target()
        table_name = Ref(f"table:{target}") if isinstance(target, str) else target
        return _stored(found.operands[1], table_name) if table_name is not None else Opaque(text)


def answer(row: Row) -> Fields:
    """What an operation gives back."""
    return Fields((("Item", row), ("Items", row), ("Attributes", row), ("Count", Call("count", (row,)))))


def tested(operator: str, subject: Ref, values: Sequence[Expression]) -> Expression:
    """One test of an attribute, by the operators of the idioms."""
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
        meaning = table(LIBRARY)["functions"].get(value.function)
        arguments = tuple(_neutral(item) for item in value.arguments)
        if meaning in ("present", "absent") and arguments and isinstance(arguments[0], Ref):
            return tested(meaning, arguments[0], [])
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
