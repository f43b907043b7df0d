"""Binds operators as the server does (PostgreSQL manual, Operator Precedence)."""

from archlint.languages.postgresql.node import Node

_OR, _AND, _NOT, _IS, _COMPARE, _MATCH, _OTHER, _SUM, _PRODUCT, _POWER, _AT, _COLLATE, _SIGN, _CAST = range(1, 15)
_STRENGTH = {
    "kw_or": _OR, "kw_and": _AND, "kw_is": _IS, "kw_isnull": _IS, "kw_notnull": _IS,
    "=": _COMPARE, "<": _COMPARE, ">": _COMPARE, "<=": _COMPARE, ">=": _COMPARE, "<>": _COMPARE, "!=": _COMPARE,
    "kw_between": _MATCH, "kw_in": _MATCH, "kw_like": _MATCH, "kw_ilike": _MATCH, "kw_similar": _MATCH,
    "kw_not": _MATCH, "kw_overlaps": _MATCH, "qual_Op": _OTHER, "+": _SUM, "-": _SUM, "*": _PRODUCT,
    "/": _PRODUCT, "%": _PRODUCT, "^": _POWER, "kw_at": _AT, "kw_collate": _COLLATE, "::": _CAST,
}  # fmt: skip
_SIGNS = frozenset({"+", "-", "~", "@", "|/", "||/", "qual_Op"})
_SYMBOLS = frozenset("~!@#^&|`?+-*/%<>=")


def arranged(sequence: list[Node]) -> Node:
    """One node over operands and operators that stand in a row.

    Kinds: `and`, `or` (all operands), `not`, `infix` (left, operator, right), `prefix` (operator, operand), `cast`
    (operand, type), `is`, `is not` (operand, what it is[, other side]), `in`, `not in` (operand, list), `between`,
    `not between` (operand, low, high), `like`, `not like` (operand, keyword, pattern), `same` (operand).
    """
    arranger = _Arranger(sequence)
    node = arranger.expression(0)
    if arranger.rest():
        return Node("ERROR", sequence[0].start, sequence[-1].end, sequence)
    return node


class _Arranger:
    def __init__(self, sequence: list[Node]) -> None:
        self._sequence = sequence
        self._at = 0

    def rest(self) -> bool:
        return self._at < len(self._sequence)

    def _next(self) -> Node:
        if not self.rest():
            last = self._sequence[-1]
            return Node("ERROR", last.end, last.end, [])
        self._at += 1
        return self._sequence[self._at - 1]

    def _peek(self, kind: str) -> bool:
        return self.rest() and self._sequence[self._at].kind == kind

    def _take(self, kind: str) -> bool:
        if self._peek(kind):
            self._at += 1
            return True
        return False

    def expression(self, strength: int) -> Node:
        left = self._operand()
        while self.rest():
            operator = self._sequence[self._at]
            power = _STRENGTH.get(operator.kind)
            if power is None and operator.kind[0] in _SYMBOLS:
                power = _OTHER
            if power is None or power <= strength:
                break
            self._at += 1
            left = self._operation(left, operator, power)
        return left

    def _operand(self) -> Node:
        first = self._next()
        if first.kind == "kw_not":
            inner = self.expression(_NOT)
            return _over("not", [inner], first)
        if first.kind in _SIGNS:
            return _over("prefix", [first, self.expression(_SIGN)])
        if first.kind in ("kw_all", "kw_any", "kw_some") and self._take("("):
            inner = self.expression(0)
            return _over(first.kind[3:], [inner], first, self._next())
        if first.kind == "(":
            inner = self.expression(0)
            return _over("c_expr", [first, inner, self._next()])
        return first

    def _operation(self, left: Node, operator: Node, power: int) -> Node:
        kind = operator.kind
        if kind in ("kw_and", "kw_or"):
            right = self.expression(power)
            name = kind[3:]
            parts = left.children if left.kind == name else [left]
            return _over(name, [*parts, right])
        negated = ""
        if kind == "kw_not":
            negated, operator = "not ", self._next()
            kind = operator.kind
        if kind == "kw_is":
            return self._is(left)
        if kind == "kw_isnull":
            return _over("is", [left, Node("kw_null", operator.start, operator.end, [])])
        if kind == "kw_notnull":
            return _over("is not", [left, Node("kw_null", operator.start, operator.end, [])])
        if kind == "kw_in":
            return self._in(left, negated)
        if kind == "kw_between":
            self._take("kw_symmetric")
            low = self.expression(_MATCH)
            self._take("kw_and")
            return _over(f"{negated}between", [left, low, self.expression(_MATCH)])
        if kind in ("kw_like", "kw_ilike", "kw_similar"):
            self._take("kw_to")
            found = _over(f"{negated}like", [left, operator, self.expression(_MATCH)])
            if self._take("kw_escape"):
                self.expression(_MATCH)
            return found
        if kind == "::":
            return _over("cast", [left, self._next()])
        if kind in ("kw_at", "kw_collate"):
            if self._take("kw_time"):
                self._take("kw_zone")
            elif self._take("kw_local"):
                return _over("same", [left])
            last = self.expression(power)
            return Node("same", left.start, last.end, [left])
        return _over("infix", [left, operator, self.expression(power)])

    def _is(self, left: Node) -> Node:
        name = "is not" if self._take("kw_not") else "is"
        test = self._next()
        if test.kind == "kw_distinct":
            self._take("kw_from")
            return _over(name, [left, test, self.expression(_IS)])
        return _over(name, [left, test])

    def _in(self, left: Node, negated: str) -> Node:
        if not self._take("("):
            return _over(f"{negated}in", [left, self._next()])
        inner = self.expression(0)
        closing = self._next()
        return _over(f"{negated}in", [left, inner], left, closing)


def _over(kind: str, children: list[Node], first: Node | None = None, last: Node | None = None) -> Node:
    return Node(kind, (first or children[0]).start, (last or children[-1]).end, children)
