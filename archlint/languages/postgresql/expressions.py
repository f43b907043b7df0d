"""Translates the server's expressions into the neutral form."""

import json
from collections.abc import Callable
from contextlib import suppress

from archlint.languages.postgresql import functions, literals
from archlint.languages.postgresql.conditions import DEPTH, OPERATION
from archlint.languages.postgresql.foreign_functions import foreign_call
from archlint.languages.postgresql.node import Node, elements
from archlint.languages.postgresql.scope import Scope, below
from archlint.languages.postgresql.sheet import Sheet
from archlint.languages.postgresql.types import Type, read_type
from archlint.languages.postgresql.words import identifier, literal
from archlint.model.expression import (
    Boolean,
    Call,
    Duration,
    Expression,
    Fields,
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

_SHOWN = 80
_LITERALS = (Text, Number, Boolean, Duration)
_STRINGS = frozenset({"string_literal", "escape_string_literal", "dollar_quoted_string"})
_COMPARISONS = {"=": "=", "<>": "!=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_ARITHMETIC = {"+": "+", "-": "-", "*": "*", "/": "/", "%": "%", "||": "concat", "&&": "overlaps",
               "kw_overlaps": "overlaps"}  # fmt: skip
_MATCHES = {"~": "", "~*": "i", "!~": "", "!~*": "i"}
_LIKES = {"~~": "", "~~*": "i", "!~~": "", "!~~*": "i"}
_ARROWS = frozenset({"->", "->>", "#>", "#>>"})
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


class Translator:
    """Translates expressions of one scope and notes defaults and comparisons that stand inside them.

    `noting`: a COALESCE with a literal is a default. `comparing`: a comparison with words rejects nothing here.
    """

    def __init__(self, sheet: Sheet, scope: Scope) -> None:
        self.sheet = sheet
        self.scope = scope
        self.noting = False
        self.comparing = False

    def value(self, node: Node) -> Expression:
        """The expression that a node means."""
        handler = _HANDLERS.get(node.kind)
        return handler(self, node) if handler else self.opaque(node)

    def opaque(self, node: Node) -> Opaque:
        """What is not modelled, as text."""
        return Opaque(self.sheet.source.snippet(node.start, node.end)[:_SHOWN])

    def subquery(self, node: Node) -> Expression:
        """The value of a scalar subquery."""
        return self.opaque(node)

    def exists(self, node: Node) -> Expression:
        """Whether a subquery gives a row."""
        return self.opaque(node)

    def counted(self) -> Expression | None:
        """The rows that an aggregate of the innermost query goes over."""
        return None

    # Names and literals --------------------------------------------------------------------------------------

    def _name(self, node: Node) -> Expression:
        return self.scope.resolve([identifier(self.sheet.text(node))])

    def _columnref(self, node: Node) -> Expression:
        parts = [identifier(self.sheet.text(node.children[0]))]
        for item in node.children[1:]:
            for step in item.children if item.kind == "indirection" else [item]:
                if step.kind == "indirection_el" and step.children[0].kind == ".":
                    if step.children[1].kind == "*":
                        return self.scope.resolve(parts)
                    parts.append(identifier(self.sheet.text(step.children[1])))
        return self.scope.resolve(parts)

    def _parameter(self, node: Node) -> Expression:
        return self.scope.variables.get(self.sheet.text(node), Opaque(self.sheet.text(node)))

    def _text(self, node: Node) -> Expression:
        return Text(literal(self.sheet.text(node)))

    def _number(self, node: Node) -> Expression:
        return Number(literals.decimal(self.sheet.text(node)) or "0")

    def _constant(self, node: Node) -> Expression:
        """A literal behind its type: `interval '1 day'`, `date '2020-01-01'`."""
        text = node.child(*_STRINGS)
        if text is None:
            return self.opaque(node)
        value = Text(literal(self.sheet.text(text)))
        if node.children[0].kind == "kw_interval":
            after = node.children[node.children.index(text) + 1 :]
            unit = after[0].kind[3:] if after else ""
            return functions.duration(value.value, unit) or self.opaque(node)
        before = Node("Typename", node.start, text.start, node.children[: node.children.index(text)])
        return self.cast_literal(value, read_type(self.sheet, before))

    # Operators -----------------------------------------------------------------------------------------------

    def _group(self, node: Node) -> Expression:
        first = node.children[0]
        if first.kind == "(":
            value = self.value(node.children[1])
            return self._members(value, node) if len(node.children) > 3 else value
        if first.kind == "kw_exists":
            return self.exists(node.children[1])
        if first.kind == "kw_array":
            inner = node.children[1]
            return self.subquery(inner) if inner.kind.startswith("select") else self.value(inner)
        if first.kind == "param":
            return self._members(self._parameter(first), node)
        return self.opaque(node)

    def _members(self, value: Expression, node: Node) -> Expression:
        steps = [
            identifier(self.sheet.text(item.children[1]))
            for item in node.walk("indirection_el")
            if item.children[0].kind == "." and item.children[1].kind == "name"
        ]
        return below(value, steps) if isinstance(value, (Ref, Row)) else self.opaque(node)

    def _connective(self, node: Node) -> Expression:
        return Operation(node.kind, tuple(self.value(item) for item in node.children))

    def _not(self, node: Node) -> Expression:
        return Operation("not", (self.value(node.children[0]),))

    def _prefix(self, node: Node) -> Expression:
        sign, value = node.children[0].kind, self.value(node.children[1])
        if sign == "-":
            if isinstance(value, Number):
                return Number(value.value[1:] if value.value.startswith("-") else f"-{value.value}")
            return Operation("negate", (value,))
        if sign == "@":
            return Call("abs", (value,))
        return value if sign == "+" else self.opaque(node)

    def _infix(self, node: Node) -> Expression:
        left_node, operator, right_node = node.children
        symbol = operator.kind
        if symbol == "qual_Op":
            symbol = self.sheet.text(operator).rstrip(") ").rsplit(".", 1)[-1].rsplit("(", 1)[-1].strip()
        if symbol in _COMPARISONS and (listed := _quantified(self.sheet, right_node)):
            return self._in_array(node, symbol, left_node, listed)
        left, right = self.value(left_node), self.value(right_node)
        if symbol in _COMPARISONS:
            return self._compared(node, _COMPARISONS[symbol], left, right)
        if symbol in _ARROWS:
            return self._arrow(node, left, right, symbol)
        if symbol in _ARITHMETIC:
            return (
                literals.concatenated(left, right) if symbol == "||" else Operation(_ARITHMETIC[symbol], (left, right))
            )
        if symbol in _MATCHES and isinstance(right, Text):
            match = Operation("matches", (left, Pattern(right.value, _MATCHES[symbol], "postgresql")))
            return Operation("not", (match,)) if symbol[0] == "!" else match
        if symbol in _LIKES and isinstance(right, Text):
            match = Operation("matches", (left, Pattern(right.value, _LIKES[symbol], "like", True)))
            return Operation("not", (match,)) if symbol[0] == "!" else match
        if symbol == "^":
            return Call("power", (left, right))
        if symbol == "?":
            return Operation("in", (right, left))
        if symbol == "@>":
            return Call("contains", (left, right))
        if symbol == "<@":
            return Call("contains", (right, left))
        return self.opaque(node)

    def _compared(self, node: Node, operator: str, left: Expression, right: Expression) -> Expression:
        if isinstance(left, _LITERALS) and not isinstance(right, _LITERALS) and not isinstance(right, Items):
            left, right, operator = right, left, _MIRRORED[operator]
        found = Operation(operator, (left, right))
        if operator in ("=", "!=") and isinstance(right, Text):
            self._note_comparison(node, left, found)
        return found

    def _in_array(self, node: Node, symbol: str, left_node: Node, listed: Node) -> Expression:
        """`x = ANY (array)`, `x <> ALL (array)`."""
        left, right = self.value(left_node), self.value(listed)
        found: Expression = Operation("in", (left, right))
        if symbol in ("<>", "!="):
            found = Operation("not", (found,))
        elif symbol != "=":
            return self.opaque(node)
        self._note_comparison(node, left, found)
        return found

    def _in(self, node: Node) -> Expression:
        left, listed = self.value(node.children[0]), node.children[1]
        if listed.kind == "select_with_parens":
            right = self.subquery(listed)
        else:
            right = Items(tuple(self.value(item) for item in elements(listed, "expr_list")))
        found: Expression = Operation("in", (left, right))
        if node.kind.startswith("not"):
            found = Operation("not", (found,))
        if isinstance(right, Items) and any(isinstance(item, Text) for item in right.items):
            self._note_comparison(node, left, found)
        return found

    def _between(self, node: Node) -> Expression:
        value, low, high = (self.value(item) for item in node.children)
        found = Operation("and", (Operation(">=", (value, low)), Operation("<=", (value, high))))
        return Operation("not", (found,)) if node.kind.startswith("not") else found

    def _like(self, node: Node) -> Expression:
        value, keyword, pattern = self.value(node.children[0]), node.children[1].kind, self.value(node.children[2])
        if keyword == "kw_similar" and isinstance(pattern, Text):
            found: Expression = literals.similar(value, pattern.value)
        elif not isinstance(pattern, Text):
            if keyword == "kw_ilike" and not isinstance(pattern, Opaque):
                # Without a wildcard of its own, ILIKE compares without regard to case.
                found = Operation("=", (Call("lower", (value,)), Call("lower", (pattern,))))
            else:
                return self.opaque(node)
        else:
            flags = "i" if keyword == "kw_ilike" else ""
            found = Operation("matches", (value, Pattern(pattern.value, flags, "like", True)))
        return Operation("not", (found,)) if node.kind.startswith("not") else found

    def _is(self, node: Node) -> Expression:
        value, test = self.value(node.children[0]), node.children[1].kind
        if test == "kw_distinct":
            other = self.value(node.children[2])
            found: Expression = Operation("distinct", (value, other))
            if isinstance(other, Text):
                self._note_comparison(node, value, found)
            return found if node.kind == "is" else Operation("not", (found,))
        if test in ("kw_null", "kw_unknown"):
            found = Operation("is null", (value,))
        elif test in ("kw_true", "kw_false"):
            found = Operation("not", (Operation("distinct", (value, Boolean(test == "kw_true"))),))
        else:
            return self.opaque(node)
        return Operation("not", (found,)) if node.kind == "is not" else found

    def _same(self, node: Node) -> Expression:
        return self.value(node.children[0])

    def _list(self, node: Node) -> Expression:
        inner = [item for item in node.children if item.kind not in ("(", ")", "[", "]", ",", "kw_row")]
        if len(inner) == 1 and inner[0].kind in ("expr_list", "array_expr_list"):
            inner = elements(inner[0], inner[0].kind)
        return Items(tuple(self.value(item) for item in inner))

    # JSON ----------------------------------------------------------------------------------------------------

    def _arrow(self, node: Node, left: Expression, right: Expression, symbol: str) -> Expression:
        if isinstance(right, Number):
            return left
        if not isinstance(right, Text):
            return Operation("lookup", (left, right))
        steps = tuple(right.value.strip("{}").split(",")) if symbol[0] == "#" else (right.value,)
        if isinstance(left, (Ref, Row)):
            return below(left, steps)
        if isinstance(left, Call) and left.function == "current role":
            return claim((*left.arguments, *map(Text, steps)))
        if isinstance(left, Fields) and len(steps) == 1:
            return left.get(steps[0]) or Null()
        return Operation("lookup", (left, Text(steps[0]))) if len(steps) == 1 else self.opaque(node)

    # Casts ---------------------------------------------------------------------------------------------------

    def _cast(self, node: Node) -> Expression:
        return self._converted(node, node.children[0], node.children[1])

    def _converted(self, node: Node, operand: Node, kind: Node) -> Expression:
        value, wanted = self.value(operand), read_type(self.sheet, kind)
        if isinstance(value, Text):
            return self.cast_literal(value, wanted)
        if wanted.name == "interval":
            return literals.measured(value) or value
        function = functions.CASTS.get(wanted.name)
        if wanted.array or function is None or isinstance(value, (Null, Items, Opaque)):
            return value
        if isinstance(value, Number):
            return Text(value.value) if function == "text" else value
        return value if isinstance(value, Boolean) else Call(function, (value,))

    def cast_literal(self, value: Text, wanted: Type) -> Expression:
        """What a text literal means as a value of a type."""
        if wanted.array:
            return literals.array(value.value) or value
        if wanted.name == "interval":
            return functions.duration(value.value) or Call("interval", (value,))
        if wanted.name in ("json", "jsonb"):
            with suppress(ValueError, RecursionError):
                return literals.from_json(json.loads(value.value))
            return value
        function = functions.CASTS.get(wanted.name)
        if function in functions.NUMBERS:
            number = literals.decimal(value.value)
            return Number(number) if number else value
        if function == "boolean":
            return Boolean(value.value.lower() in ("t", "true", "yes", "on", "1"))
        if wanted.name == "date" or wanted.name.startswith("timestamp"):
            word = value.value.lower()
            if word in ("now", "today"):
                return Call(word, ())
            return Call("date", (value,)) if wanted.name == "date" else value
        return value

    # Calls ---------------------------------------------------------------------------------------------------

    def _call(self, node: Node) -> Expression:
        name = self.sheet.name(node.children[0])
        arguments = _arguments(node)
        if any(item.kind == "func_arg_expr" for item in arguments):
            return self._named_call(node, name, arguments)
        return self.called(node, name, arguments)

    def _special(self, node: Node) -> Expression:
        """Functions with a syntax of their own."""
        name = node.children[0].kind.removeprefix("kw_")
        if name == "cast":
            return self._converted(node, node.children[2], node.children[4])
        if name == "extract" and len(node.children) > 2:
            parts = node.children[2].children
            if len(parts) == 3:
                field = self.sheet.text(parts[0]).strip("'").lower()
                return self._extracted(field, parts[2])
        if name == "trim":
            listed = node.child("trim_list")
            inner = [item for item in (listed or node).children if item.kind[:3] != "kw_" and item.kind not in "(),"]
            return Call("trim", (self.value(inner[-1]),)) if inner else self.opaque(node)
        if name in ("coalesce", "greatest", "least", "nullif"):
            return self.called(node, name, _arguments(node))
        if name == "position" and (listed := node.child("position_list")):
            return Call("position", tuple(self.value(item) for item in listed.children if item.kind != "kw_in"))
        if name in functions.CLOCK:
            return Call("now", ())
        if name in ("substring", "overlay"):
            listed = node.child("substr_list", "overlay_list", "func_arg_list")
            inner = [item for item in listed.children if item.kind[:3] != "kw_" and item.kind != ","] if listed else []
            return Call(name, tuple(self.value(item) for item in inner))
        return self.opaque(node)

    def called(self, node: Node, name: str, arguments: list[Node]) -> Expression:
        """A call by position."""
        if name in ("auth.uid", "auth.jwt", "auth.role", "auth.email", "current_setting"):
            return self._caller(node, name, arguments)
        if name == "count":
            for item in arguments:
                self.value(item)
            rows = self.counted()
            return Call("count", (rows,)) if rows is not None else self.opaque(node)
        if name in ("extract", "date_part") and len(arguments) == 2:
            field = self.value(arguments[0])
            return self._extracted(field.value.lower(), arguments[1]) if isinstance(field, Text) else self.opaque(node)
        values = tuple(self.value(item) for item in arguments)
        if self.sheet.foreign is not None:
            unit = self.sheet.text(arguments[0]) if arguments else ""
            found = foreign_call(self.sheet.foreign, name, values, unit)
            if found is not None:
                return self._coalesced(node, values) if found == "coalesce" else found
        if name == "coalesce":
            return self._coalesced(node, values)
        if name in functions.CLOCK:
            return Call("now", ())
        if name == "pg_trigger_depth":
            return DEPTH
        if name in functions.AGGREGATES and len(values) == 1:
            return Call(functions.AGGREGATES[name], values)
        if name in functions.SAME:
            function = functions.SAME[name]
            return Call(function, values[:1] if function in functions.ONE_ARGUMENT else values)
        if name in functions.SETS:
            return values[0] if values else self.opaque(node)
        return literals.built(name, values) or self._looked_up(node, name, values)

    def _looked_up(self, node: Node, name: str, values: tuple[Expression, ...]) -> Expression:
        if name in functions.BUILT_IN:
            return Call(name, values)
        callee = Ref(f"fn:{name}")
        self.sheet.invoke(callee, tuple(self.sheet.rows(item) for item in values), node, self.scope)
        return Call(name, values, callee)

    def _named_call(self, node: Node, name: str, arguments: list[Node]) -> Expression:
        entries, values = [], []
        for number, item in enumerate(arguments):
            if item.kind == "func_arg_expr":
                value = self.value(item.children[-1])
                entries.append((identifier(self.sheet.text(item.children[0])), value))
            else:
                value = self.value(item)
                entries.append((f"${number + 1}", value))
            values.append(value)
        if name == "make_interval":
            return literals.interval(entries) or self.opaque(node)
        if name in functions.BUILT_IN:
            return Call(name, tuple(values))
        self.sheet.call_by_name(name, Fields(tuple((key, self.sheet.rows(v)) for key, v in entries)), node, self.scope)
        return Call(name, tuple(values), Ref(f"fn:{name}"))

    def _caller(self, node: Node, name: str, arguments: list[Node]) -> Expression:
        if name == "auth.uid":
            return Call("current user", ())
        if name == "auth.email":
            return claim((Text("email"),))
        if name != "current_setting":
            return Call("current role", () if name == "auth.jwt" else (Text("role"),))
        setting = self.value(arguments[0]) if arguments else None
        if not isinstance(setting, Text):
            return self.opaque(node)
        prefix, found, rest = setting.value.partition("request.jwt.claim")
        if found and not prefix:
            return claim(tuple(Text(item) for item in rest.removeprefix("s").strip(".").split(".") if item))
        return Call("current_setting", (setting,))

    def _coalesced(self, node: Node, values: tuple[Expression, ...]) -> Expression:
        # Of COALESCE(a, b, 3), the number is what stands in for b.
        subject, last = values[-2] if len(values) > 1 else values[0], values[-1]
        if self.noting and isinstance(subject, (Ref, Row)) and isinstance(last, _LITERALS):
            self.sheet.state(
                "default",
                node,
                scope=self.scope.number,
                symbol=self.scope.symbol,
                subject=self.sheet.columns_of(subject),
                value=last,
                effect="assign",
                source="coalesce",
                strength="soft",
            )
        return Operation("coalesce", values)

    def _extracted(self, field: str, operand: Node) -> Expression:
        if operand.kind == "c_expr" and len(operand.children) == 3 and operand.children[0].kind == "(":
            operand = operand.children[1]
        name = self.sheet.name(operand.children[0]) if operand.kind == "func_application" else ""
        if name == "age" and field in ("year", "years", "month", "day"):
            ends = [self.value(item) for item in _arguments(operand)]
            if len(ends) == 1:
                ends.insert(0, Call("today", ()))
            return Call(f"{field.rstrip('s')}s between", tuple(ends))
        if operand.kind == "infix" and operand.children[1].kind == "-" and field in ("epoch", "day", "days"):
            later, earlier = self.value(operand.children[0]), self.value(operand.children[2])
            if not isinstance(earlier, Duration):
                return Call("seconds between" if field == "epoch" else "days between", (later, earlier))
            return Call("extract", (Text(field), Operation("-", (later, earlier))))
        return Call("extract", (Text(field), self.value(operand)))

    def _decorated(self, node: Node) -> Expression:
        """A call with FILTER or OVER: no plain aggregate any more."""
        self.value(node.children[0])
        condition = next(node.walk("filter_clause"), None)
        if condition is not None and (inner := condition.after("kw_where")):
            comparing, self.comparing = self.comparing, True
            self.value(inner)
            self.comparing = comparing
        return self.opaque(node)

    def _case(self, node: Node) -> Expression:
        whens = [item for part in node.children for item in elements(part, "when_clause_list")]
        argument = next((item for item in node.children[1:] if item.kind not in _CASE_PARTS), None)
        operand = self.value(argument) if argument is not None else None
        operands: list[Expression] = []
        for when in (item for item in whens if item.kind == "when_clause"):
            if operand is None:
                comparing, self.comparing = self.comparing, True
                operands.append(self.value(when.children[1]))
                self.comparing = comparing
            else:
                tested = Operation("=", (operand, self.value(when.children[1])))
                self._note_comparison(when.children[1], operand, tested, True)
                operands.append(tested)
            operands.append(self.value(when.children[3]))
        default = node.child("case_default")
        operands.append(self.value(default.children[1]) if default else Null())
        return Operation("case", tuple(operands))

    def _word(self, node: Node) -> Expression:
        return _WORDS.get(node.kind, Opaque(self.sheet.text(node)))

    def _note_comparison(self, node: Node, subject: Expression, condition: Expression, always: bool = False) -> None:
        if not (self.comparing or always):
            return
        while isinstance(subject, (Call, Operation)):
            inner = subject.arguments if isinstance(subject, Call) else subject.operands
            if not inner or (isinstance(subject, Call) and subject.function not in ("lower", "upper", "trim", "text")):
                return
            if isinstance(subject, Operation) and subject.operator != "coalesce":
                return
            subject = inner[0]
        if not isinstance(subject, (Ref, Row)):
            return
        if subject == OPERATION:
            return
        words = [item for item in _texts(condition) if item.value]
        if words:
            self.sheet.state(
                "compare",
                node,
                scope=self.scope.number,
                symbol=self.scope.symbol,
                subject=self.sheet.columns_of(subject),
                condition=self.sheet.columns_of(condition),
                effect="",
                strength="soft",
            )


def claim(path: tuple[Expression, ...]) -> Call:
    """A claim of the caller's token."""
    return Call("current user", ()) if path == (Text("sub"),) else Call("current role", path)


def _texts(condition: Expression) -> list[Text]:
    if isinstance(condition, Text):
        return [condition]
    if isinstance(condition, Operation):
        return [text for item in condition.operands for text in _texts(item)]
    if isinstance(condition, Items):
        return [text for item in condition.items for text in _texts(item)]
    return []


def _arguments(node: Node) -> list[Node]:
    """The arguments of a call; none for `count(*)`."""
    found: list[Node] = []
    for item in node.children[1:]:
        if item.kind in ("func_arg_list", "expr_list"):
            found.extend(elements(item, item.kind))
        elif item.kind not in (
            "(",
            ")",
            ",",
            "*",
            "kw_distinct",
            "kw_all",
            "kw_variadic",
            "sort_clause",
            "opt_sort_clause",
        ):
            found.append(item)
    return found


def _quantified(sheet: Sheet, node: Node) -> Node | None:
    """The list of `ANY (…)` or `ALL (…)`."""
    if node.kind in ("all", "any", "some"):
        return node.children[0]
    if node.kind == "func_application" and sheet.text(node.children[0]).lower() in ("any", "some", "all"):
        inner = _arguments(node)
        return inner[0] if len(inner) == 1 else None
    return None


_WORDS: dict[str, Expression] = {
    "kw_true": Boolean(True),
    "kw_false": Boolean(False),
    "kw_null": Null(),
    "kw_current_date": Call("today", ()),
    "kw_current_timestamp": Call("now", ()),
    "kw_localtimestamp": Call("now", ()),
    "kw_current_user": Call("current_user", ()),
    "kw_session_user": Call("current_user", ()),
    "kw_user": Call("current_user", ()),
    "kw_current_role": Call("current_user", ()),
}
_CASE_PARTS = frozenset({"when_clause", "when_clause_list", "case_default", "kw_end"})

_HANDLERS: dict[str, Callable[[Translator, Node], Expression]] = {
    "name": Translator._name,
    "columnref": Translator._columnref,
    "param": Translator._parameter,
    "integer_literal": Translator._number,
    "float_literal": Translator._number,
    "AexprConst": Translator._constant,
    "c_expr": Translator._group,
    "and": Translator._connective,
    "or": Translator._connective,
    "not": Translator._not,
    "prefix": Translator._prefix,
    "infix": Translator._infix,
    "in": Translator._in,
    "not in": Translator._in,
    "between": Translator._between,
    "not between": Translator._between,
    "like": Translator._like,
    "not like": Translator._like,
    "is": Translator._is,
    "is not": Translator._is,
    "same": Translator._same,
    "cast": Translator._cast,
    "implicit_row": Translator._list,
    "explicit_row": Translator._list,
    "row": Translator._list,
    "array_expr": Translator._list,
    "func_application": Translator._call,
    "func_expr_common_subexpr": Translator._special,
    "func_expr": Translator._decorated,
    "case_expr": Translator._case,
    "select_with_parens": lambda translator, node: translator.subquery(node),
    **dict.fromkeys(_STRINGS, Translator._text),
    **dict.fromkeys(_WORDS, Translator._word),
}
