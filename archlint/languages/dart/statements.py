"""Statements: what must hold for the code behind them to run, and what each branch refuses."""

from tree_sitter import Node

from archlint.languages.dart.expressions import Expressions
from archlint.languages.dart.outcomes import Outcomes
from archlint.languages.dart.precedence import LOOSE, Bound, Spot, alternatives, bound
from archlint.languages.dart.protocol import Reader
from archlint.languages.dart.questions import classifies, computed, plain, telling
from archlint.languages.dart.switches import EVERYTHING, Switches
from archlint.languages.dart.syntax import child, field, parts, unwrapped
from archlint.languages.dart.types import is_type
from archlint.model.expression import Expression, Items, Null, Operation, Ref, Text
from archlint.terms.callers import about_caller
from archlint.terms.neutral import LITERALS, edges, negated, within
from archlint.terms.outcomes import NOTHING, Outcome, state_refusal, state_requirement
from archlint.terms.plumbing import plumbing
from archlint.terms.scope import Scope
from archlint.trees import has_token

_STATEMENTS = ("_statement", "_declaration", "block")


class Statements:
    """Reads the statements of one file."""

    def __init__(self, reader: Reader, expressions: Expressions, outcomes: Outcomes) -> None:
        self._reader = reader
        self._expressions = expressions
        self._outcomes = outcomes
        self._switches = Switches(reader)

    def block(self, nodes: list[Node], scope: Scope) -> None:
        """The statements of a block in order; what is behind an early exit runs only where it was not taken."""
        for node in nodes:
            if node.type == "local_function_declaration":
                name = self._local_name(node)
                if name:
                    scope.declare(name)
        for node in nodes:
            self.statement(node, scope)

    def statement(self, node: Node, scope: Scope) -> None:
        """One statement."""
        reading = _READINGS.get(node.type)
        if reading is not None:
            reading(self, node, scope)
            return
        for inner in parts(node):
            if inner.type.endswith(_STATEMENTS):
                self.statement(inner, scope)
            elif not is_type(inner) and inner.type not in ("break_builtin", "label", "assert_builtin"):
                self._reader.value(inner, scope)

    def _block(self, node: Node, scope: Scope) -> None:
        inner = Scope(scope, scope.function, self._reader.sheet.block())
        inner.guards, inner.around = scope.guards, scope.around
        self.block(parts(node), inner)

    # Declarations ----------------------------------------------------------------------------------------

    def _declaration(self, node: Node, scope: Scope) -> None:
        for inner in parts(node):
            if inner.type == "initialized_variable_definition":
                self._variables(inner, scope)
            elif inner.type == "pattern_variable_declaration":
                self._pattern(inner, scope)

    def _variables(self, node: Node, scope: Scope) -> None:
        fixed = has_token(node, "final_builtin") or has_token(node, "const_builtin")
        types = [item for item in parts(node) if is_type(item)]
        name = field(node, "name")
        if name is None:
            return
        self.variable(name, field(node, "value"), types, fixed, node, scope)
        for item in parts(node):
            if item.type == "initialized_identifier":
                inner = parts(item)
                self.variable(inner[0], inner[1] if len(inner) > 1 else None, types, fixed, item, scope)

    def variable(
        self, name: Node, value: Node | None, types: list[Node], fixed: bool, node: Node, scope: Scope
    ) -> None:
        """A name with its declared type and its first value."""
        text = self._reader.source.text(name)
        if value is not None and unwrapped(value).type == "function_expression":
            found: Expression = self._reader.closure(unwrapped(value), scope, symbol=text)
        elif value is not None:
            found = self._reader.value(value, scope)
        else:
            found = Null()
        subject = Ref(scope.declare(text))
        if value is not None:
            self._reader.sheet.bind(subject, found, node, scope, "constant" if fixed else "value")
        kind = self._reader.typed(types, scope)
        if kind is not None:
            self._reader.sheet.bind(subject, kind, node, scope, "type")
        if value is not None:
            self._reader.sheet.entered(subject, unwrapped(value))
            self._expressions.stated(subject, found, value, scope)
            self._steps(subject, found, node, scope)

    def _steps(self, subject: Ref, value: Expression, node: Node, scope: Scope) -> None:
        """`const next = {'draft': ['sent', 'void'], …}` is a map of allowed steps."""
        found = edges(value)
        if found:
            self._reader.sheet.state("transition", node, scope, subject=subject, edges=found, strength="hard")

    def _pattern(self, node: Node, scope: Scope) -> None:
        """`final (total, fee) = amounts();` and `final {'id': id} = row;`."""
        children = parts(node)
        value = self._reader.value(children[-1], scope)
        for pattern in children[:-1]:
            if pattern.type == "map_pattern":
                self._map_pattern(pattern, value, scope)
            elif pattern.type in ("record_pattern", "list_pattern"):
                for item in parts(pattern):
                    for name in parts(item)[-1:]:
                        if name.type == "identifier":
                            scope.declare(self._reader.source.text(name))

    def _map_pattern(self, pattern: Node, value: Expression, scope: Scope) -> None:
        key: Expression | None = None
        for item in parts(pattern):
            if item.type == "string_literal":
                key = self._reader.value(item, scope)
            elif isinstance(key, Text):
                names = [found for found in parts(item) if found.type == "identifier"]
                if names:
                    target = Ref(scope.declare(self._reader.source.text(names[-1])))
                    member = self._expressions.member(value, key.value, item, scope)
                    self._reader.sheet.bind(target, member, item, scope, "constant")
                key = None

    def _function(self, node: Node, scope: Scope) -> None:
        signature = child(node, "lambda_expression") or node
        head = field(signature, "parameters")
        name = self._local_name(node)
        parameters = child(head, "formal_parameter_list") if head is not None else None
        found = self._reader.define(parameters, field(signature, "body"), node, scope, name=name, symbol=name)
        if name:
            self._reader.sheet.bind(Ref(scope.declare(name)), found, node, scope, "constant")

    def _local_name(self, node: Node) -> str:
        signature = child(node, "lambda_expression") or node
        head = field(signature, "parameters")
        name = field(head, "name") if head is not None else None
        return self._reader.source.text(name) if name is not None else ""

    # Branches --------------------------------------------------------------------------------------------

    def _if(self, node: Node, scope: Scope) -> None:
        chosen, other = field(node, "consequence"), field(node, "alternative")
        tests = [item for item in parts(node) if item not in (chosen, other)]
        if not tests or chosen is None:
            return
        outcome = self._outcomes.of(chosen)
        if field(node, "pattern") is not None:
            condition = self._case_test(node, tests[0], scope)
        else:
            condition = self._condition(tests[0], scope, outcome)
        self.statement(chosen, scope.under(condition))
        if other is not None:
            opposite = self._outcomes.of(other)
            if opposite.kind in ("reject", "soft") and not outcome.kind and other.type != "if_statement":
                self._required(tests[0], condition, opposite, scope)
            self.statement(other, scope.under(negated(condition)))
        elif outcome.ends:
            # What follows runs only where the branch was not taken.
            scope.around = (*scope.around, negated(condition))

    def _case_test(self, node: Node, tested: Node, scope: Scope) -> Expression:
        """`if (status case 'paid' || 'sent')`."""
        subject = self._reader.value(tested, scope)
        return self._switches.pattern(node.children_by_field_name("pattern"), subject, scope)

    def _condition(self, test: Node, scope: Scope, outcome: Outcome) -> Expression:
        """Reads a test; each of its alternatives that leads to a refusal is a requirement of its own."""
        read: list[Expression] = []
        inner = scope
        for part in alternatives(test):
            condition = self._reader.condition(part, inner)
            inner = inner.under(negated(condition))
            read.append(condition)
            self.alternative(part, condition, outcome, scope)
        return read[0] if len(read) == 1 else Operation("or", tuple(read))

    def alternative(self, part: Spot, condition: Expression, outcome: Outcome, scope: Scope) -> None:
        """One reason to take a branch."""
        sheet = self._reader.sheet
        if outcome.kind:
            state_refusal(sheet, part, condition, outcome, scope, lambda item: telling(item, sheet))
        elif outcome.ends and telling(condition, self._reader.sheet) and about_caller(condition, sheet):
            state_requirement(self._reader.sheet, part, negated(condition), Outcome("hide", True), scope)
        elif telling(condition, self._reader.sheet):
            sheet.state("compare", part, scope, condition=condition, effect="", strength="soft")

    def _required(self, part: Spot, condition: Expression, outcome: Outcome, scope: Scope) -> None:
        """`if (C) { … } else { refuse }`."""
        if not plumbing(condition):
            state_requirement(self._reader.sheet, part, condition, outcome, scope)

    # Switches --------------------------------------------------------------------------------------------

    def _switch(self, node: Node, scope: Scope) -> None:
        tested, body = field(node, "condition"), field(node, "body")
        if tested is None or body is None:
            return
        subject = self._reader.value(tested, scope)
        taken: list[Expression] = []
        waiting: list[Expression] = []
        refused = NOTHING
        chosen: list[tuple[Expression, Ref, Expression]] = []
        for case in parts(body):
            if case.type == "switch_statement_default":
                condition: Expression = negated(taken[0] if len(taken) == 1 else Operation("or", tuple(taken)))
                statements = parts(case)
                refused = next(
                    (found for found in map(self._outcomes.of, statements) if found.kind == "reject"), NOTHING
                )
            else:
                condition = self._switches.case(case, subject, scope)
                if condition != EVERYTHING:
                    taken.append(condition)
                statements = self._statements_of(case)
                if not statements:
                    # A case without statements falls through to the next.
                    waiting.append(condition)
                    continue
            condition = Operation("or", (*waiting, condition)) if waiting else condition
            waiting = []
            inner = scope.under(condition)
            inner = Scope(inner, scope.function, self._reader.sheet.block())
            before = len(self._reader.sheet.bindings)
            self.block(statements, inner)
            chosen.extend(self._chosen(before, condition))
        self._refused_default(tested, subject, taken, refused, scope)
        self._mapped(node, chosen, scope)

    def _statements_of(self, case: Node) -> list[Node]:
        heads = {*case.children_by_field_name("pattern"), field(case, "guard")}
        return [item for item in parts(case) if item not in heads and item.type != "case_builtin"]

    def _refused_default(
        self, tested: Node, subject: Expression, taken: list[Expression], refused: Outcome, scope: Scope
    ) -> None:
        words = [
            item.operands[1]
            for condition in taken
            for item in within(condition)
            if isinstance(item, Operation) and item.operator == "=" and item.operands[0] == subject
        ]
        if refused.kind == "reject" and words and all(plain(word, self._reader.sheet) for word in words):
            listed = Operation("in", (subject, Items(tuple(words))))
            state_requirement(self._reader.sheet, unwrapped(tested), listed, refused, scope)

    def _chosen(self, before: int, condition: Expression) -> list[tuple[Expression, Ref, Expression]]:
        """The names that a case gives a literal or a word."""
        return [
            (condition, binding.target, binding.value)
            for binding in self._reader.sheet.bindings[before:]
            if binding.kind == "value" and not binding.target.path and plain(binding.value, self._reader.sheet)
        ]

    def _mapped(self, node: Node, chosen: list[tuple[Expression, Ref, Expression]], scope: Scope) -> None:
        """A switch that gives one name a literal in each of its cases classifies what it looks at."""
        targets = {target for _, target, _ in chosen}
        cases = tuple((condition, value) for condition, _, value in chosen if isinstance(value, LITERALS))
        if len(targets) == 1 and len(cases) == len(chosen) and classifies(cases, self._reader.sheet):
            subject = next(iter(targets))
            self._reader.sheet.state(
                "classify", node, scope, subject=subject, value=subject, cases=cases, effect="assign", strength="soft"
            )

    # Loops, returns and the rest -------------------------------------------------------------------------

    def _for(self, node: Node, scope: Scope) -> None:
        inner = self._expressions.composites.loop(node, scope)
        body = field(node, "body")
        if body is not None:
            self.statement(body, inner)

    def _while(self, node: Node, scope: Scope) -> None:
        test, body = field(node, "condition"), field(node, "body")
        if test is not None:
            self._reader.condition(test, scope)
        if body is not None:
            self.statement(body, scope)

    def _return(self, node: Node, scope: Scope) -> None:
        inner = parts(node)
        if inner:
            self.answer(inner[0], scope)
        else:
            scope.function.returns.append((scope.guards, Null()))

    def answer(self, node: Node, scope: Scope) -> None:
        """What a function gives back; a text chosen against nothing refuses, as in a form's validator."""
        if self._told(node, scope):
            return
        value = self._reader.value(node, scope)
        function = scope.function
        function.returns.append((scope.guards, value))
        if computed(value) and function.name:
            self._reader.sheet.state(
                "derive", node, scope, subject=Ref(f"{function.name}@{function.parent}"), value=value, effect="assign",
                strength="soft", source="function",
            )  # fmt: skip

    def _told(self, node: Node, scope: Scope) -> bool:
        """`v.length < 8 ? 'Too short' : null`."""
        inner = unwrapped(node)
        item = bound(inner) if inner.type in LOOSE else inner
        if not isinstance(item, Bound) or item.operator != "?" or not self._outcomes.judges(node):
            return False
        test, chosen, other = item.operands
        refusal = self._outcomes.told(chosen) if isinstance(chosen, Node) else None
        if refusal is None or (isinstance(test, Bound) and test.operator == "?"):
            return False
        read: list[Expression] = []
        for part in alternatives(test):
            condition = self._reader.condition(part, scope)
            read.append(condition)
            self.alternative(part, condition, refusal, scope)
        whole = read[0] if len(read) == 1 else Operation("or", tuple(read))
        scope.function.returns.append(((*scope.guards, whole), Text(refusal.message)))
        rest = _after(scope, whole)
        if isinstance(other, Node):
            self.answer(other, rest)
        elif not (other.operator == "?" and self._chain(other, rest)):
            scope.function.returns.append((rest.guards, self._reader.value(other, rest)))
        return True

    def _chain(self, item: Bound, scope: Scope) -> bool:
        """The rest of `a ? 'x' : b ? 'y' : null`."""
        test, chosen, other = item.operands
        refusal = self._outcomes.told(chosen) if isinstance(chosen, Node) else None
        if refusal is None:
            return False
        condition = self._reader.condition(test, scope)
        self.alternative(test, condition, refusal, scope)
        scope.function.returns.append(((*scope.guards, condition), Text(refusal.message)))
        rest = _after(scope, condition)
        if isinstance(other, Bound):
            return self._chain(other, rest)
        scope.function.returns.append((rest.guards, self._reader.value(other, rest)))
        return True

    def _try(self, node: Node, scope: Scope) -> None:
        inner = Scope(scope, scope.function, self._reader.sheet.block())
        for item in parts(node):
            if item.type == "catch_clause":
                inner = Scope(scope, scope.function, self._reader.sheet.block())
                for name in (found for part in parts(item) for found in parts(part)):
                    inner.declare(self._reader.source.text(name))
            elif item.type == "block":
                self.statement(item, inner)
            elif item.type == "finally_clause":
                for block in parts(item):
                    self.statement(block, scope)

    def _assert(self, node: Node, scope: Scope) -> None:
        """`assert(amount > 0)` holds in the rehearsal and not in the show: a hint, no guard."""
        for arguments in (item for part in parts(node) for item in parts(part)):
            for position, inner in enumerate(parts(arguments)):
                if position == 0:
                    self._reader.condition(inner, scope)
                else:
                    self._reader.value(inner, scope)


def _after(scope: Scope, condition: Expression) -> Scope:
    """What runs where a condition did not hold; that a function has gone on says as much of what it returns."""
    rest = Scope(scope, scope.function, scope.suffix)
    rest.around = (*scope.around, negated(condition))
    return rest


_READINGS = {
    "block": Statements._block,
    "local_variable_declaration": Statements._declaration,
    "local_function_declaration": Statements._function,
    "if_statement": Statements._if,
    "switch_statement": Statements._switch,
    "for_statement": Statements._for,
    "while_statement": Statements._while,
    "do_statement": Statements._while,
    "return_statement": Statements._return,
    "yield_statement": Statements._return,
    "try_statement": Statements._try,
    "assert_statement": Statements._assert,
}
