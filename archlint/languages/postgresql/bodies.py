"""Reads PL/pgSQL blocks: variables, branches, what is refused, and the queries in between."""

import re
from typing import NamedTuple

from archlint.languages.postgresql.conditions import OPERATION, conjuncts, disjuncts, joined, negated, within
from archlint.languages.postgresql.formulas import state_value
from archlint.languages.postgresql.node import Node, elements
from archlint.languages.postgresql.queries import CHANGES, SELECTS, Queries, Result
from archlint.languages.postgresql.refusals import Refusal
from archlint.languages.postgresql.scope import Scope
from archlint.languages.postgresql.sheet import Sheet
from archlint.languages.postgresql.tree import parse_expression, parse_sql
from archlint.languages.postgresql.types import read_type
from archlint.languages.postgresql.words import identifier, literal
from archlint.model.expression import Boolean, Expression, Fields, Null, Opaque, Operation, Ref, Row, Text
from archlint.model.facts import Binding

_TOKEN = re.compile(
    rb"--[^\n]*|/\*[\s\S]*?\*/|'[^']*'|\"[^\"]*\"|(\$\w*\$)[\s\S]*?\1|(?P<word>\b[A-Za-z_]\w*\b)|(?P<open>\()|(?P<close>\))"
)
_TARGETS = re.compile(
    rb"\s*(?:strict\s+)?((?:\"[^\"]+\"|[A-Za-z_][\w$]*)(?:\s*\.\s*(?:\"[^\"]+\"|[\w$]+)|\[[^\]]*\])*"
    rb"(?:\s*,\s*(?:\"[^\"]+\"|[A-Za-z_][\w$]*)(?:\s*\.\s*(?:\"[^\"]+\"|[\w$]+)|\[[^\]]*\])*)*)",
    re.IGNORECASE,
)
_MILD = frozenset({"kw_notice", "kw_warning", "kw_info", "kw_log", "kw_debug"})
_FAILED = ("success", "ok", "valid", "allowed", "is_valid", "can_proceed")


class Branch(NamedTuple):
    """One way through an IF or CASE: the condition (None if it was not read), its text, and the statements."""

    node: Node | None
    source: Node
    statements: list[Node]


class Body(Queries):
    """Walks one routine. `silent` says that returning null drops the row (a BEFORE trigger)."""

    def __init__(self, sheet: Sheet, scope: Scope, trigger: bool, silent: bool) -> None:
        super().__init__(sheet, scope)
        self.trigger = trigger
        self.silent = silent
        self.refusals: list[Refusal] = []
        self.returns: list[tuple[tuple[Expression, ...], Expression]] = []
        self.dynamic: list[int] = []
        self.noting = True
        self._result = ""

    def read(self, root: Node, result: str) -> None:
        """Reads a whole block; `result` names what it returns."""
        self._result = result
        block = root.find("pl_block")
        if block is not None:
            self._block(block)
        self._settle()

    # Blocks --------------------------------------------------------------------------------------------------

    def _block(self, node: Node) -> None:
        declared = node.child("decl_sect")
        if declared is not None:
            for item in declared.children:
                if item.kind == "decl_statement":
                    self._declare(item)
        section = node.after("kw_begin")
        if section is not None and section.kind not in ("kw_end", "exception_sect"):
            self._walk(elements(section, "proc_sect"))
        handlers = node.child("exception_sect")
        if handlers is not None:
            for item in handlers.walk("proc_exception"):
                last = item.children[-1]
                if last.kind not in ("kw_then", "name"):
                    self._handler(elements(last, "proc_sect"))

    def _handler(self, statements: list[Node]) -> None:
        """What happens after an error refuses nothing by itself."""
        kept, self.refusals = self.refusals, []
        self._walk(statements)
        self.refusals = kept

    def _declare(self, node: Node) -> None:
        name = identifier(self.sheet.text(node.children[0]))
        place = Ref(f"{name}@{self.scope.number}")
        if node.has("kw_alias"):
            aliased = node.children[-2]
            value = self.scope.variables.get(self.sheet.text(aliased).lower())
            if value is not None:
                self.scope.variables[name] = value
            return
        self.scope.variables[name] = place
        default = node.child("decl_defval")
        if default is not None and (source := default.child("sql_expression")):
            value = self._expression(source)
            if isinstance(value, Text):
                value = self._typed(node, value)
            if value is not None:
                self._bind(place, value, node, "constant" if node.has("kw_constant") else "value")
        if node.has("kw_cursor") and (query := node.child("sql_expression")):
            found, _ = self._statement(query)
            if found is not None and found.access >= 0:
                self._bind(place, Row(found.access), node, "value")

    def _typed(self, node: Node, value: Text) -> Expression:
        """A text that is given to a variable of another type: `limits jsonb := '{…}'`."""
        kinds = [item for item in node.children[1:] if item.kind in ("name", "type_name")]
        return self.cast_literal(value, read_type(self.sheet, kinds[0])) if kinds else value

    def _walk(self, statements: list[Node]) -> None:
        """Statements in order. What an early return lets through is a condition of all that follows."""
        outer = self.scope.guards
        allowed: list[tuple[Expression, tuple[int, int]]] = []
        for number, item in enumerate(statements):
            kind = item.kind
            if kind == "stmt_if":
                self._if(item, allowed)
            elif kind == "stmt_case":
                self._case_statement(item)
            elif kind == "stmt_raise" and self._raises(item):
                if allowed:
                    self.refusals.append(
                        Refusal(outer, None, _reach(allowed), self._message(item), allowed=tuple(allowed))
                    )
                break
            else:
                handler = _STATEMENTS.get(kind)
                if handler is not None:
                    handler(self, item)
                if kind == "stmt_return" and number + 1 == len(statements):
                    break
        self.scope.guards = outer

    # Branches ------------------------------------------------------------------------------------------------

    def _if(self, node: Node, allowed: list[tuple[Expression, tuple[int, int]]]) -> None:
        branches = [
            Branch(self._parsed(source), source, _inside(part))
            for part in [node, *node.all("elsif_clause")]
            if (source := part.child("sql_expression"))
        ]
        otherwise = node.child("else_clause")
        outer = self.scope.guards
        earlier: list[Expression] = []
        accepted: list[tuple[Expression, tuple[int, int]]] = []
        for branch in branches:
            condition = self._branch(branch, outer, earlier)
            place = branch.node or branch.source
            accepted.append((condition, (place.start, place.end)))
            # A branch that refuses demands the opposite of everybody; behind it that is no condition any more.
            if branch.node is None or not self._refusal(branch.statements):
                earlier.append(condition)
        if otherwise is not None:
            inside = _inside(otherwise)
            refused = self._refusal(inside)
            self.scope.guards = outer
            if refused and not any(self._refusal(branch.statements) for branch in branches):
                self.refusals.append(Refusal(outer, None, _reach(accepted), *refused, allowed=tuple(accepted)))
            self.scope.guards = (*outer, *map(negated, earlier))
            self._walk(inside)
        self.scope.guards = outer
        for branch, (condition, reach) in zip(branches, accepted, strict=True):
            if _leaves(branch.statements) and not self._refusal(branch.statements):
                allowed.append((condition, reach))
                self.scope.guards = (*self.scope.guards, negated(condition))

    def _branch(self, branch: Branch, outer: tuple[Expression, ...], earlier: list[Expression]) -> Expression:
        """Reads one branch; gives its condition."""
        if branch.node is None:
            condition: Expression = self.opaque(branch.source)
            self.scope.guards = (*outer, *map(negated, earlier), condition)
            self._walk(branch.statements)
            self.scope.guards = outer
            return condition
        refused = self._refusal(branch.statements)
        self.noting, self.comparing = False, not refused
        parts = [(part, self.value(part)) for part in disjuncts(branch.node)]
        self.noting, self.comparing = True, False
        before = (*outer, *map(negated, earlier))
        if refused:
            for part, value in parts:
                self.refusals.append(Refusal(before, self.sheet.rows(value), (part.start, part.end), *refused))
        condition = self.sheet.rows(joined("or", [value for _, value in parts]) or Boolean(True))
        self.scope.guards = (*before, condition)
        self._walk(branch.statements)
        self.scope.guards = outer
        return condition

    def _case_statement(self, node: Node) -> None:
        subject_node = node.child("sql_expression")
        subject = self._expression(subject_node) if subject_node is not None else None
        outer = self.scope.guards
        earlier: list[Expression] = []
        accepted: list[tuple[Expression, tuple[int, int]]] = []
        whens = node.all("case_when") or [each for part in node.all("case_when_list") for each in part.children]
        for item in whens:
            source = item.child("sql_expression")
            parsed = self._parsed(source)
            if parsed is None or source is None:
                return
            if subject is None:
                condition = self._branch(Branch(parsed, source, _inside(item)), outer, earlier)
            else:
                condition = self._when(subject, parsed, _inside(item), outer, earlier)
            accepted.append((condition, (parsed.start, parsed.end)))
            if not self._refusal(_inside(item)):
                earlier.append(condition)
        if node.has("kw_else"):
            behind = node.after("kw_else")
            inside = elements(behind, "proc_sect") if behind is not None and behind.kind != "kw_end" else []
            refused = self._refusal(inside)
            self.scope.guards = outer
            if refused and accepted:
                self.refusals.append(Refusal(outer, None, _reach(accepted), *refused, allowed=tuple(accepted)))
            self.scope.guards = (*outer, *map(negated, earlier))
            self._walk(inside)
        self.scope.guards = outer

    def _when(
        self,
        subject: Expression,
        node: Node,
        statements: list[Node],
        outer: tuple[Expression, ...],
        earlier: list[Expression],
    ) -> Expression:
        values = [self.value(item) for item in elements(node, "target_list")]
        condition = joined("or", [Operation("=", (subject, value)) for value in values]) or Boolean(True)
        refused = self._refusal(statements)
        if refused:
            self.refusals.append(Refusal(outer, condition, (node.start, node.end), *refused))
        self.scope.guards = (*outer, *map(negated, earlier), condition)
        self._walk(statements)
        self.scope.guards = outer
        return condition

    # What refuses --------------------------------------------------------------------------------------------

    def _refusal(self, statements: list[Node]) -> tuple[str, str] | None:
        """The message and effect of statements that do nothing but give up."""
        for item in statements:
            if item.kind == "stmt_raise":
                if self._raises(item):
                    return self._message(item), "reject"
            elif item.kind == "stmt_return":
                return self._refusing_return(item)
            elif item.kind not in _IDLE:
                return None
        return None

    def _refusing_return(self, node: Node) -> tuple[str, str] | None:
        source = node.child("sql_expression")
        if source is None or node.has("kw_query") or node.has("kw_next"):
            return None
        text = self.sheet.text(source).strip().lower()
        if text == "null":
            return ("", "silent") if self.silent else None
        if not text.startswith(("json", "(json", "row(", "'{")):
            return None
        answer = self._quietly(source)
        if not isinstance(answer, Fields):
            return None
        for name, value in answer.entries:
            if (name.lower() in _FAILED and value == Boolean(False)) or (
                name.lower() == "error" and isinstance(value, (Text, Operation))
            ):
                told = [answer.get(key) for key in ("error", "message", "reason")]
                return next((item.value for item in told if isinstance(item, Text)), ""), "reject"
        return None

    def _quietly(self, source: Node) -> Expression | None:
        """A value without a trace of having been read."""
        return self.sheet.tried(lambda: self._expression(source))

    def _raises(self, node: Node) -> bool:
        """Whether RAISE ends the routine; a bare RAISE only passes on an error."""
        return len(node.children) > 2 and not any(item.kind in _MILD for item in node.children)

    def _message(self, node: Node) -> str:
        text = next((item for item in node.children if item.kind.endswith("string_literal")), None)
        option = next((item for item in node.walk("raise_option") if item.has("kw_message")), None)
        if option is not None and (source := option.child("sql_expression")):
            value = self._quietly(source)
            if isinstance(value, Text):
                return value.value
        before = node.children[node.children.index(text) - 1].kind if text is not None else ""
        return literal(self.sheet.text(text)) if text is not None and before != "kw_sqlstate" else ""

    def _assert(self, node: Node) -> None:
        parsed = self._parsed(node.child("sql_expression"))
        if parsed is None:
            return
        sources = node.all("sql_expression")
        told = self._quietly(sources[1]) if len(sources) > 1 else None
        message = told.value if isinstance(told, Text) else ""
        for part in conjuncts(parsed):
            value = self.sheet.rows(self.value(part))
            self.refusals.append(Refusal(self.scope.guards, negated(value), (part.start, part.end), message))

    # Plain statements ----------------------------------------------------------------------------------------

    def _assign(self, node: Node) -> None:
        left, right = node.children[0], node.children[2]
        parts = [part.split("[")[0].strip() for part in self.sheet.text(left).strip().split(".")]
        names = [identifier(part) for part in parts if part]
        parsed = self._parsed(right)
        target = self.scope.variables.get(names[0]) if names else None
        if not isinstance(target, Ref) or parsed is None:
            if parsed is not None:
                self.value(parsed)
            return
        place = Ref(target.name, (*target.path, *names[1:]))
        value = self.value(parsed)
        outside = self.sheet.rows(value)
        if self.trigger and place.name.startswith("new@") and value == Ref(f"old@{self.scope.number}", place.path):
            if place.path:
                self._frozen(place, node)
            return
        state_value(self.sheet, self.scope, place, parsed, value, "trigger" if self.trigger else "routine")
        self._bind(place, outside, node, "value")

    def _frozen(self, place: Ref, node: Node) -> None:
        self.sheet.state(
            "immutable",
            node,
            scope=self.scope.number,
            symbol=self.scope.symbol,
            subject=place,
            condition=joined("and", [guard for guard in self.scope.guards if OPERATION not in within(guard)]),
            operation="update",
            effect="assign",
            source="trigger",
        )

    def _query(self, node: Node) -> None:
        source = node.child("sql_expression")
        if source is None:
            return
        found, targets = self._statement(source)
        if found is None:
            return
        if found.access >= 0:
            self.scope.variables["found"] = Operation("exists", (Row(found.access),))
        self._into(found, targets, source)

    def _into(self, found: Result, targets: list[list[str]], node: Node) -> None:
        places = [self._place(parts) for parts in targets]
        if len(places) == 1 and (len(found.columns) != 1 or found.whole):
            place = places[0]
            if place is None:
                return
            if found.access >= 0:
                self._bind(place, Row(found.access), node, "value")
            for name, value in found.columns:
                if not (isinstance(value, Row) and value.path == (name,)):
                    self._bind(Ref(place.name, (*place.path, name)), value, node, "value")
            return
        for number, (place, (_, value)) in enumerate(zip(places, found.columns, strict=False)):
            if place is None:
                continue
            if number < len(found.items):
                self._stated(place, found.items[number], value)
            self._bind(place, value, node, "value")

    def _stated(self, place: Ref, item: Node, value: Expression) -> None:
        state_value(self.sheet, self.scope, place, item, value, "trigger" if self.trigger else "routine")

    def _place(self, parts: list[str]) -> Ref | None:
        target = self.scope.variables.get(parts[0])
        return Ref(target.name, (*target.path, *parts[1:])) if isinstance(target, Ref) else None

    def _perform(self, node: Node) -> None:
        source = node.child("sql_expression")
        if source is None:
            return
        root, error = parse_sql(b"select " + self._bytes(source), source.start - len(b"select "))
        query = root.find(*SELECTS) if error is None else None
        if query is not None:
            found = self.query(query)
            if found.access >= 0:
                self.scope.variables["found"] = Operation("exists", (Row(found.access),))

    def _for(self, node: Node) -> None:
        names = [identifier(self.sheet.text(item)) for item in node.children[1].walk("name")]
        query = node.child("for_query")
        source = query.child("sql_expression") if query is not None else None
        found = self._statement(source)[0] if source is not None else None
        declared = [self.scope.variables.get(name) for name in names]
        for name in names:
            if name not in self.scope.variables:
                self.scope.variables[name] = Ref(f"{name}@{self.scope.number}")
        if found is not None and source is not None:
            self._into(found, [[name] for name in names], source)
        if node.child("for_dynamic") is not None:
            self.dynamic.append(node.start)
        body = node.child("loop_body")
        if body is not None:
            self._loop(body)
        for name, before in zip(names, declared, strict=True):
            if before is None and node.child("for_integer_range") is not None:
                self.scope.variables.pop(name, None)

    def _foreach(self, node: Node) -> None:
        names = [identifier(self.sheet.text(item)) for item in node.children[1].walk("name")]
        source = node.child("sql_expression")
        value = self._expression(source) if source is not None else None
        for name in names:
            place = self._place([name])
            if place is not None and value is not None and source is not None:
                self._bind(place, value, source, "value")
        body = node.child("loop_body")
        if body is not None:
            self._loop(body)

    def _while(self, node: Node) -> None:
        source = node.child("sql_expression")
        if source is not None:
            self._expression(source)
        body = node.child("loop_body")
        if body is not None:
            self._loop(body)

    def _loop(self, body: Node) -> None:
        first = body.children[0]
        self._walk([] if first.kind == "kw_end" else elements(first, "proc_sect"))

    def _return(self, node: Node) -> None:
        if node.has("kw_execute"):
            self.dynamic.append(node.start)
            return
        source = node.child("sql_expression")
        if source is None:
            return
        if node.has("kw_query"):
            found, _ = self._statement(source)
            if found is not None and found.access >= 0:
                self.returns.append((self.scope.guards, Row(found.access)))
            return
        parsed = self._parsed(source)
        if parsed is None:
            return
        value = self.sheet.rows(self.value(parsed))
        if self.trigger:
            return
        self.returns.append((self.scope.guards, value))
        self.read_result(self._result, parsed, value)

    def read_result(self, name: str, node: Node, value: Expression) -> None:
        """States what a routine computes."""
        if not isinstance(value, (Fields, Row, Ref, Opaque, Null, Text)):
            state_value(self.sheet, self.scope, Ref(f"fn:{name}"), node, value, "routine")

    def _dynamic(self, node: Node) -> None:
        self.dynamic.append(node.start)

    def _nested(self, node: Node) -> None:
        block = node.child("pl_block")
        if block is not None:
            self._block(block)

    # Pieces of SQL -------------------------------------------------------------------------------------------

    def _bytes(self, node: Node) -> bytes:
        return self.sheet.source.content[node.start : node.end]

    def _parsed(self, node: Node | None) -> Node | None:
        if node is None:
            return None
        parsed = parse_expression(self._bytes(node), node.start)
        if parsed is None and self._bytes(node).strip():
            self.sheet.problem(node.start, f"an expression in function {self.scope.symbol} is not read")
        return parsed

    def _expression(self, node: Node) -> Expression | None:
        parsed = self._parsed(node)
        if parsed is None:
            return None
        return self.sheet.rows(self.value(parsed))

    def _statement(self, node: Node) -> tuple[Result | None, list[list[str]]]:
        """A query or change, and the variables that its INTO names."""
        text, targets = _without_into(self._bytes(node))
        root, error = parse_sql(text, node.start)
        if error is not None:
            self.sheet.problem(error, f"a statement in function {self.scope.symbol} is not read")
            return None, []
        found = root.find(*SELECTS, *CHANGES)
        if found is None:
            return None, []
        return self.query(found), targets

    def _bind(self, place: Ref, value: Expression, node: Node, kind: str) -> None:
        if isinstance(value, Opaque):
            return
        if kind == "value" and self.scope.guards:
            kind = "conditional"
        self.sheet.bindings.append(
            Binding(target=place, value=value, span=self.sheet.span(node), kind=kind, scope=self.scope.number)
        )

    def _settle(self) -> None:
        """A variable that takes one value only, whatever happens, is that value."""
        mine = [(n, item) for n, item in enumerate(self.sheet.bindings) if item.scope == self.scope.number]
        counts: dict[str, int] = {}
        for _, item in mine:
            counts[item.target.name] = counts.get(item.target.name, 0) + 1
        parameters = self.scope.parameters
        for number, item in mine:
            single = counts[item.target.name] == 1 and not item.target.path and item.target.name not in parameters
            kind = "constant" if single and item.kind != "conditional" else "value"
            if item.kind != kind:
                self.sheet.bindings[number] = Binding(item.target, item.value, item.span, kind, item.scope)


def _reach(places: list[tuple[Expression, tuple[int, int]]]) -> tuple[int, int]:
    return places[0][1][0], places[-1][1][1]


def _inside(node: Node) -> list[Node]:
    behind = node.after("kw_then") or node.after("kw_else")
    if behind is None or behind.kind in ("kw_end", "elsif_clause", "else_clause", "case_when"):
        return []
    return elements(behind, "proc_sect")


def _leaves(statements: list[Node]) -> bool:
    """Whether statements end the routine."""
    return bool(statements) and statements[-1].kind == "stmt_return" and not statements[-1].has("kw_next")


def _without_into(text: bytes) -> tuple[bytes, list[list[str]]]:
    """A statement with its INTO clause blanked out, and the variables named there."""
    depth = 0
    previous = b""
    for found in _TOKEN.finditer(text):
        if found.group("open"):
            depth += 1
        elif found.group("close"):
            depth -= 1
        elif word := found.group("word"):
            word = word.lower()
            if word == b"into" and depth == 0 and previous not in (b"insert", b"merge"):
                targets = _TARGETS.match(text, found.end())
                if targets is None:
                    return text, []
                names = [
                    [identifier(part.strip().split("[")[0]) for part in item.split(".")]
                    for item in targets.group(1).decode("utf-8", "replace").split(",")
                ]
                start, end = found.start(), targets.end()
                return text[:start] + b" " * (end - start) + text[end:], names
            previous = word
    return text, []


_IDLE = frozenset({"stmt_assign", "stmt_null", "stmt_perform", "stmt_getdiag", "stmt_execsql", "stmt_dynexecute"})
_STATEMENTS = {
    "stmt_assign": Body._assign,
    "stmt_execsql": Body._query,
    "stmt_perform": Body._perform,
    "stmt_call": Body._perform,
    "stmt_for": Body._for,
    "stmt_foreach_a": Body._foreach,
    "stmt_while": Body._while,
    "stmt_loop": Body._while,
    "stmt_return": Body._return,
    "stmt_dynexecute": Body._dynamic,
    "stmt_assert": Body._assert,
    "proc_stmt": Body._nested,
    "pl_block": Body._block,
}
