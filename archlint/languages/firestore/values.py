"""What the expressions of access rules mean in neutral terms."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from archlint.languages.firestore.syntax import Function, Node, Parser
from archlint.model.expression import (
    Boolean,
    Call,
    Expression,
    Items,
    Null,
    Number,
    Opaque,
    Operation,
    Pattern,
    Ref,
    Row,
    Text,
)
from archlint.terms.neutral import CALLER, below, negated

_DEPTH = 12
_SIGNS = {"&&": "and", "||": "or", "==": "=", "!=": "!=", "in": "in"}
_KINDS = {"string": "is text", "int": "is integer", "number": "is number", "float": "is number"}
_SEGMENT = re.compile(r"/(\$\([^()]*(?:\([^()]*\)[^()]*)*\)|[^/$]+)")
_ESCAPED = re.compile(r"\\(.)")

Asked = Callable[[str, Expression, Node], Row]
Names = Mapping[str, tuple[Node, "Names"]]


class Values:
    """Translates the conditions of one collection; `asked` notes a document that is looked up."""

    def __init__(
        self,
        collection: str,
        functions: Mapping[str, Function],
        wild: Mapping[str, str],
        asked: Asked,
    ) -> None:
        self.collection = collection
        self.functions = functions
        self.wild = wild
        self._asked = asked
        self._rows: dict[tuple[int, int, str], Row] = {}

    def value(self, node: Node, names: Names, depth: int = _DEPTH) -> Expression:
        """The meaning of an expression, with the parameters of the functions around it."""
        if depth == 0:
            return Opaque(node.text)
        if node.kind == "text":
            return Text(_ESCAPED.sub(r"\1", node.text[1:-1]))
        if node.kind == "number":
            return Number(node.text)
        if node.kind == "name":
            return self._name(node, names, depth)
        if node.kind == "list":
            return Items(tuple(self.value(item, names, depth) for item in node.parts))
        if node.kind == "prefix":
            inner = self.value(node.parts[0], names, depth)
            if node.text == "!":
                return negated(inner)
            return Number(f"-{inner.value}") if isinstance(inner, Number) else Operation("negate", (inner,))
        if node.kind == "infix":
            return self._infix(node, names, depth)
        if node.kind == "choice":
            return Operation("if", tuple(self.value(item, names, depth) for item in node.parts))
        if node.kind == "member":
            return self._member(node, names, depth)
        if node.kind == "index":
            key = self.value(node.parts[1], names, depth)
            found = self.value(node.parts[0], names, depth)
            return below(found, key.value) or Opaque("index") if isinstance(key, Text) else Opaque("index")
        if node.kind == "call":
            return self._call(node, names, depth)
        return Opaque(node.text)

    def _name(self, node: Node, names: Names, depth: int) -> Expression:
        if node.text in ("true", "false"):
            return Boolean(node.text == "true")
        if node.text == "null":
            return Null()
        if node.text in names:
            bound, around = names[node.text]
            return self.value(bound, around, depth - 1)
        if node.text in self.wild:
            # The id of the document itself; those of documents around it are columns of nobody.
            return Ref(f"table:{self.collection}", ("id",)) if self.wild[node.text] == self.collection else Opaque("id")
        return Ref(f"${node.text}")

    def _member(self, node: Node, names: Names, depth: int) -> Expression:
        holder = self.value(node.parts[0], names, depth)
        if holder == Ref("$request"):
            if node.text == "auth":
                return CALLER
            return Call("now", ()) if node.text == "time" else Ref("$request", (node.text,))
        row = Ref(f"table:{self.collection}")
        if holder in (Ref("$resource"), Ref("$request", ("resource",))) and node.text == "data":
            return row
        if holder == CALLER and node.text == "uid":
            return Call("current user", ())
        if holder == CALLER and node.text == "token":
            return Ref("$token")
        if isinstance(holder, Ref) and holder.name == "$token":
            return Call("current role", (Text(node.text),))
        if isinstance(holder, Row) and node.text == "data" and not holder.path:
            return holder
        return below(holder, node.text) or Opaque(node.text)

    def _infix(self, node: Node, names: Names, depth: int) -> Expression:
        if node.text == "is":
            kind = _KINDS.get(node.parts[1].text)
            inner = self.value(node.parts[0], names, depth)
            return Call(kind, (inner,)) if kind else Boolean(True)
        left, right = (self.value(item, names, depth) for item in node.parts)
        sign = _SIGNS.get(node.text, node.text)
        if sign in ("=", "!=") and Null() in (left, right):
            other = right if left == Null() else left
            if other == CALLER:
                other = Call("current user", ())
            absent = Operation("is null", (other,))
            return absent if sign == "=" else negated(absent)
        return Operation(sign, (left, right))

    # Calls -----------------------------------------------------------------------------------------------

    def _call(self, node: Node, names: Names, depth: int) -> Expression:
        callee, given = node.parts[0], node.parts[1:]
        if callee.kind == "name":
            function = self.functions.get(callee.text)
            if function is not None:
                return self.value(function.result, self.inner(function, given, names), depth - 1)
            if callee.text in ("exists", "get", "existsAfter", "getAfter") and given and given[0].kind == "path":
                row = self._looked_up(given[0], names, depth)
                if row is None:
                    return Opaque(callee.text)
                return Operation("exists", (row,)) if callee.text.startswith("exists") else row
            return Opaque(callee.text)
        if callee.kind != "member":
            return Opaque("call")
        return self._method(callee, given, names, depth)

    def inner(self, function: Function, given: tuple[Node, ...], names: Names) -> Names:
        """The names that a function's result may use."""
        found: dict[str, tuple[Node, Names]] = {
            name: (value, names) for name, value in zip(function.parameters, given, strict=False)
        }
        for name, value in function.names:
            found[name] = (value, dict(found))
        return found

    def _method(self, callee: Node, given: tuple[Node, ...], names: Names, depth: int) -> Expression:
        holder = self.value(callee.parts[0], names, depth)
        name = callee.text
        values = tuple(self.value(item, names, depth) for item in given)
        if name == "get" and values and isinstance(values[0], Text):
            return below(holder, values[0].value) or Opaque("get")
        if name == "size":
            return Call("length", (holder,))
        if name in ("lower", "upper", "trim"):
            return Call(name, (holder,))
        if name == "matches" and values and isinstance(values[0], Text):
            return Operation("matches", (holder, Pattern(values[0].value, "", "javascript", True)))
        if name in ("hasAny", "hasAll", "hasOnly"):
            return Opaque(name)
        return Opaque(name)

    def _looked_up(self, path: Node, names: Names, depth: int) -> Row | None:
        """`/databases/$(database)/documents/users/$(request.auth.uid)`."""
        pieces = _SEGMENT.findall(path.text)
        if pieces[:1] == ["databases"]:
            pieces = pieces[3:]
        if len(pieces) < 2 or pieces[-2].startswith("$"):
            return None
        key: Expression = Text(pieces[-1])
        if pieces[-1].startswith("$("):
            key = self.value(Parser(pieces[-1][2:-1]).expression(), names, depth - 1)
        known = (path.start, path.end, repr(key))
        if known not in self._rows:
            self._rows[known] = self._asked(pieces[-2], key, path)
        return self._rows[known]


class Part(NamedTuple):
    """A condition that must hold, where it is written, and whether it is about what the document will be.

    `kept` are fields that it keeps as they are; of `only` no other may change.
    """

    value: Expression
    node: Node
    new: bool
    kept: tuple[str, ...] = ()
    only: tuple[str, ...] | None = None


def conjuncts(values: Values, node: Node, names: Names | None = None, depth: int = _DEPTH) -> Iterator[Part]:
    """The parts that must all hold: functions are looked into."""
    names = names or {}
    if node.kind == "infix" and node.text == "&&":
        yield from conjuncts(values, node.parts[0], names, depth)
        yield from conjuncts(values, node.parts[1], names, depth)
        return
    function = _called(values, node)
    if function is not None and depth and not _of_caller(values, node, names):
        yield from conjuncts(values, function.result, values.inner(function, node.parts[1:], names), depth - 1)
        return
    if node.kind == "infix" and node.text == "||":
        rest = _where_present(values, node, names)
        if rest is not None:
            yield from conjuncts(values, rest, names, depth)
            return
    found = values.value(node, names)
    if isinstance(found, Call) and found.function in _KINDS.values():
        return
    kept, only = _kept(values, node, names)
    if isinstance(found, Operation) and found.operator == "=" and found.operands[0] == found.operands[1]:
        found = Opaque("kept")
    yield Part(found, node, _speaks(values, node, names, ("resource",), _DEPTH, of_request=True), kept, only)


def _kept(values: Values, node: Node, names: Names) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    """`….affectedKeys().hasOnly([…])`, `!….affectedKeys().hasAny([…])`, and a field that equals what it was."""
    inner = node.parts[0] if node.kind == "prefix" and node.text == "!" else node
    if inner.kind == "call" and inner.parts[0].kind == "member" and len(inner.parts) == 2:
        method, holder = inner.parts[0].text, inner.parts[0].parts[0]
        listed = values.value(inner.parts[1], names)
        words = (
            tuple(item.value for item in listed.items if isinstance(item, Text)) if isinstance(listed, Items) else ()
        )
        if _changed_keys(values, holder, names, _DEPTH) and words:
            if method == "hasOnly" and inner is node:
                return (), words
            if method == "hasAny" and inner is not node:
                return words, None
    if node.kind == "infix" and node.text == "==":
        left, right = (values.value(item, names) for item in node.parts)
        sides = [_speaks(values, item, names, ("resource",), _DEPTH, of_request=True) for item in node.parts]
        if left == right and sides[0] != sides[1] and isinstance(left, Ref) and left.path:
            return left.path[:1], None
    return (), None


def _changed_keys(values: Values, node: Node, names: Names, depth: int) -> bool:
    if depth and node.kind == "name" and node.text in names:
        bound, around = names[node.text]
        return _changed_keys(values, bound, around, depth - 1)
    return node.kind == "call" and node.parts[0].kind == "member" and node.parts[0].text == "affectedKeys"


def _called(values: Values, node: Node) -> Function | None:
    if node.kind == "call" and node.parts[0].kind == "name":
        return values.functions.get(node.parts[0].text)
    return None


def _of_caller(values: Values, node: Node, names: Names) -> bool:
    """Whether a function asks about nothing but the caller: then its call says it best."""
    return not _speaks(values, node, names, ("resource",), _DEPTH) or _speaks(values, node, names, ("auth",), _DEPTH)


def _where_present(values: Values, node: Node, names: Names) -> Node | None:
    """`x == null || x.size() <= 5` asks something of x where it is there."""
    left, right = node.parts
    if left.kind != "infix" or left.text != "==" or left.parts[1].text != "null":
        return None
    subject = values.value(left.parts[0], names)
    return right if isinstance(subject, Ref) and subject.name == f"table:{values.collection}" else None


def _speaks(
    values: Values, node: Node, names: Names, words: tuple[str, ...], depth: int, of_request: bool = False
) -> bool:
    if depth == 0:
        return False
    if node.kind == "member" and node.text in words and node.parts[0].text == "request":
        return True
    if node.kind == "name" and node.text in words and not of_request:
        return True
    if node.kind == "path" and any(word in node.text for word in words):
        return True
    function = _called(values, node)
    if function is not None:
        inner = (function.result, *(value for _, value in function.names))
        if any(_speaks(values, item, {}, words, depth - 1, of_request) for item in inner):
            return True
    if node.kind == "name" and node.text in names:
        bound, around = names[node.text]
        return _speaks(values, bound, around, words, depth - 1, of_request)
    return any(_speaks(values, item, names, words, depth, of_request) for item in node.parts)
