"""Statements: what must hold for the code behind them to run, and what each branch refuses."""

from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from archlint.languages.python import literals
from archlint.languages.python.classes import Classes
from archlint.languages.python.expressions import Expressions
from archlint.languages.python.functions import Functions
from archlint.languages.python.modules import Modules
from archlint.languages.python.outcomes import Outcomes, flat
from archlint.languages.python.protocol import Reader
from archlint.languages.python.types import Types
from archlint.languages.python.unrolling import of_each, words_of
from archlint.model.expression import (
    Expression,
    Fields,
    Items,
    Null,
    Opaque,
    Operation,
    Ref,
    Text,
)
from archlint.terms.callers import about_caller
from archlint.terms.idioms import words
from archlint.terms.neutral import LITERALS, is_formula, negated, tells
from archlint.terms.outcomes import NOTHING, Outcome, state_refusal, state_requirement
from archlint.terms.plumbing import plumbing
from archlint.terms.scope import Scope

_AUGMENTED: dict[type[cst.BaseAugOp], str] = {
    cst.AddAssign: "+", cst.SubtractAssign: "-", cst.MultiplyAssign: "*", cst.DivideAssign: "/",
}  # fmt: skip


class Statements:
    """Reads the statements of one file."""

    def __init__(
        self,
        reader: Reader,
        expressions: Expressions,
        functions: Functions,
        classes: Classes,
        modules: Modules,
        types: Types,
        outcomes: Outcomes,
    ) -> None:
        self._reader = reader
        self._expressions = expressions
        self._functions = functions
        self._classes = classes
        self._modules = modules
        self._types = types
        self._outcomes = outcomes

    def block(self, body: cst.BaseSuite | Sequence[cst.BaseStatement], scope: Scope) -> None:
        """The statements of a block in order; what is behind an early exit runs only where it was not taken."""
        for item in flat(body):
            self.statement(item, scope)

    def statement(self, node: cst.CSTNode, scope: Scope) -> None:
        """One statement."""
        reading = _READINGS.get(type(node))
        if reading is not None:
            reading(self, node, scope)
        elif isinstance(node, cst.SimpleStatementLine):
            self.block((node,), scope)

    def _nested(self, body: cst.BaseSuite, scope: Scope) -> None:
        """A block of its own: what it leaves early does not guard what stands behind it."""
        inner = Scope(scope, scope.function, scope.suffix)
        inner.guards, inner.around = scope.guards, scope.around
        self.block(body, inner)

    # Definitions -----------------------------------------------------------------------------------------

    def _function(self, node: cst.FunctionDef, scope: Scope) -> None:
        name = node.name.value
        found = self._functions.decorated(node, scope, name=name, symbol=name)
        if scope.suffix:
            # Inside of a block a name has the block's number, by which its callers know it.
            self._reader.sheet.bind(Ref(scope.declare(name)), found, node, scope, "constant")

    def _class(self, node: cst.ClassDef, scope: Scope) -> None:
        self._classes.whole(node, scope)

    # Assignments -----------------------------------------------------------------------------------------

    def _assign(self, node: cst.Assign, scope: Scope) -> None:
        if len(node.targets) == 1 and self._alias(node, scope):
            return
        value = self._assigned(node.value, node.targets[0].target, scope)
        for target in node.targets:
            self._bound(target.target, value, node.value, node, scope)

    def _assigned(self, node: cst.BaseExpression, target: cst.BaseExpression, scope: Scope) -> Expression:
        if isinstance(node, cst.Lambda) and isinstance(target, cst.Name):
            return self._reader.define(node, scope, name=target.value, symbol=target.value)
        return self._reader.value(node, scope)

    def _bound(
        self,
        target: cst.BaseExpression,
        value: Expression,
        source: cst.BaseExpression,
        place: cst.CSTNode,
        scope: Scope,
    ) -> None:
        self._reader.target(target, value, place, scope, "constant")
        if isinstance(target, cst.Name):
            subject: Expression = Ref(scope.lookup(target.value) or scope.declare(target.value))
        elif isinstance(target, (cst.Attribute, cst.Subscript)):
            subject = self._reader.value(target, scope)
        else:
            return
        if isinstance(subject, Ref):
            self._expressions.stated(subject, value, source, scope)
            self._steps(subject, value, place, scope)

    def _alias(self, node: cst.Assign, scope: Scope) -> bool:
        """`Status = Literal["draft", "paid"]` names a type."""
        target, source = node.targets[0].target, node.value
        if not isinstance(target, cst.Name) or not isinstance(source, cst.Subscript):
            return False
        if self._reader.qualified(source.value, scope).rsplit(".", 1)[-1] not in words("python", "aliased"):
            return False
        self._types.declared(Ref(scope.lookup(target.value) or scope.declare(target.value)), source, node, scope)
        return True

    def _annotated(self, node: cst.AnnAssign, scope: Scope) -> None:
        target = node.target
        if node.value is not None:
            value = self._assigned(node.value, target, scope)
            self._bound(target, value, node.value, node, scope)
        if isinstance(target, cst.Name):
            subject: Expression = Ref(scope.lookup(target.value) or scope.declare(target.value))
        else:
            subject = self._reader.value(target, scope)
        if isinstance(subject, Ref):
            self._types.declared(subject, node.annotation.annotation, node, scope)

    def _augmented(self, node: cst.AugAssign, scope: Scope) -> None:
        value = self._reader.value(node.value, scope)
        target = self._reader.value(node.target, scope)
        operator = _AUGMENTED.get(type(node.operator))
        if not isinstance(target, Ref):
            return
        changed: Expression = Opaque("changed")
        if operator is not None and not isinstance(value, (Text, Items)):
            changed = Operation(operator, (target, value))
        self._reader.sheet.bind(target, changed, node, scope)
        self._expressions.stated(target, changed, node.value, scope)

    def _steps(self, subject: Ref, value: Expression, node: cst.CSTNode, scope: Scope) -> None:
        """`{"draft": ["paid", "cancelled"], …}` is a map of allowed steps."""
        edges = _edges(value, self._reader.sheet.held)
        if edges:
            self._reader.sheet.state("transition", node, scope, subject=subject, edges=edges, strength="hard")

    # Branches --------------------------------------------------------------------------------------------

    def _if(self, node: cst.If, scope: Scope) -> None:
        outcome = self._outcomes.of(node.body)
        if outcome.kind == "" and outcome.ends and self._answers_with_message(node.body, scope):
            outcome = Outcome("reject", True, outcome.message)
        condition = self._condition(node.test, scope, outcome)
        self._nested(node.body, scope.under(condition))
        other = node.orelse
        if isinstance(other, cst.If):
            self._if(other, scope.under(negated(condition)))
        elif other is not None:
            opposite = self._outcomes.of(other.body)
            if opposite.kind in ("reject", "soft") and not outcome.kind and not plumbing(condition):
                state_requirement(self._reader.sheet, node.test, condition, opposite, scope)
            self._nested(other.body, scope.under(negated(condition)))
        if outcome.ends and other is None:
            # What follows runs only where the branch was not taken.
            scope.around = (*scope.around, negated(condition))

    def _condition(self, test: cst.BaseExpression, scope: Scope, outcome: Outcome) -> Expression:
        """Reads a test; each of its alternatives that leads to a refusal is a requirement of its own."""
        read = []
        for part in _alternatives(test):
            condition = self._reader.condition(part, scope)
            read.append(condition)
            if outcome.kind:
                state_refusal(self._reader.sheet, part, condition, outcome, scope)
            elif outcome.ends and tells(condition) and about_caller(condition, self._reader.sheet):
                state_requirement(self._reader.sheet, part, negated(condition), Outcome("hide", True), scope)
            elif tells(condition):
                self._reader.sheet.state("compare", part, scope, condition=condition, effect="", strength="soft")
        return read[0] if len(read) == 1 else Operation("or", tuple(read))

    def _answers_with_message(self, branch: cst.BaseSuite, scope: Scope) -> bool:
        """A validator returns a text where something is wrong and nothing where all is well."""
        last = flat(branch)[-1]
        if not isinstance(last, cst.Return) or not isinstance(last.value, (cst.SimpleString, cst.FormattedString)):
            return False
        final = self._functions.final
        told = isinstance(last.value, cst.SimpleString) and " " in last.value.value
        return final == "clear" or (final == "branch" and told)

    def _assert(self, node: cst.Assert, scope: Scope) -> None:
        for part in _conjuncts(node.test):
            condition = self._reader.condition(part, scope)
            if not plumbing(condition) and tells(condition):
                message = node.msg.raw_value if isinstance(node.msg, cst.SimpleString) else ""
                state_requirement(self._reader.sheet, part, condition, Outcome("reject", True, message), scope)
            scope.around = (*scope.around, condition)

    # Match -----------------------------------------------------------------------------------------------

    def _match(self, node: cst.Match, scope: Scope) -> None:
        subject = self._reader.value(node.subject, scope)
        words: list[Expression] = []
        refused, closed = NOTHING, True
        for case in node.cases:
            for name in literals.captured(case.pattern):
                scope.declare(name)
            values = self._patterns(case.pattern, scope)
            if values is None:
                closed = closed and _is_wildcard(case.pattern)
                condition: Expression = negated(Operation("in", (subject, Items(tuple(words)))))
                if _is_wildcard(case.pattern) and case.guard is None:
                    refused = self._outcomes.of(case.body)
            else:
                for place, word in values:
                    words.append(word)
                    if isinstance(word, LITERALS):
                        equal = Operation("=", (subject, word))
                        self._reader.sheet.state("compare", place, scope, condition=equal, effect="", strength="soft")
                tests = tuple(Operation("=", (subject, word)) for _, word in values)
                condition = tests[0] if len(tests) == 1 else Operation("or", tests)
            inner = scope.under(condition)
            if case.guard is not None:
                inner = inner.under(self._condition(case.guard, inner, self._outcomes.of(case.body)))
            self._nested(case.body, inner)
        if refused.kind == "reject" and words and closed:
            listed = Operation("in", (subject, Items(tuple(words))))
            state_requirement(self._reader.sheet, node.subject, listed, refused, scope)

    def _patterns(self, pattern: cst.MatchPattern, scope: Scope) -> list[tuple[cst.BaseExpression, Expression]] | None:
        """The values that a pattern matches; None where it matches others too."""
        if isinstance(pattern, cst.MatchValue):
            return [(pattern.value, self._reader.value(pattern.value, scope))]
        if isinstance(pattern, cst.MatchSingleton):
            return [(pattern.value, self._reader.value(pattern.value, scope))]
        if isinstance(pattern, cst.MatchOr):
            found: list[tuple[cst.BaseExpression, Expression]] = []
            for element in pattern.patterns:
                inner = self._patterns(element.pattern, scope)
                if inner is None:
                    return None
                found.extend(inner)
            return found
        return None

    # Loops, returns and the rest -------------------------------------------------------------------------

    def _for(self, node: cst.For, scope: Scope) -> None:
        value = self._reader.value(node.iter, scope)
        self._reader.target(node.target, value, node.target, scope)
        statements = self._reader.sheet.statements
        before = len(statements)
        self._nested(node.body, scope)
        words = words_of(self._reader.sheet.list_of(value)) if isinstance(node.target, cst.Name) else ()
        if words and isinstance(node.target, cst.Name):
            # `for name in ("days", "rate"): if name not in data: raise …`
            statements[before:] = of_each(statements[before:], Ref(scope.lookup(node.target.value) or ""), words)
        if node.orelse is not None:
            self._nested(node.orelse.body, scope)

    def _while(self, node: cst.While, scope: Scope) -> None:
        condition = self._reader.condition(node.test, scope)
        self._nested(node.body, scope.under(condition))

    def _with(self, node: cst.With, scope: Scope) -> None:
        for item in node.items:
            value = self._reader.value(item.item, scope)
            if item.asname is not None:
                self._reader.target(item.asname.name, value, item, scope)
        # What a block with a resource leaves early is left for good.
        self.block(node.body, scope)

    def _try(self, node: cst.Try | cst.TryStar, scope: Scope) -> None:
        self._nested(node.body, scope)
        for handler in node.handlers:
            self._nested(handler.body, scope)
        for other in (node.orelse, node.finalbody):
            if other is not None:
                self._nested(other.body, scope)

    def _return(self, node: cst.Return, scope: Scope) -> None:
        value = self._reader.value(node.value, scope) if node.value is not None else Null()
        function = scope.function
        function.returns.append((scope.guards, value))
        if node.value is not None and is_formula(value) and function.number:
            name = function.name or function.symbol
            self._reader.sheet.state(
                "derive", node.value, scope, subject=Ref(f"{name}@{function.parent}"), value=value, effect="assign",
                strength="soft", source="function",
            )  # fmt: skip

    def _raise(self, node: cst.Raise, scope: Scope) -> None:
        if isinstance(node.exc, cst.Call):
            # What an exception is told is read; that it is made is no call of anything.
            for argument in node.exc.args:
                self._reader.value(argument.value, scope)

    def _expression(self, node: cst.Expr, scope: Scope) -> None:
        if isinstance(node.value, cst.Name) and self._reader.resumed(node.value.value, scope):
            return
        if not isinstance(node.value, (cst.SimpleString, cst.ConcatenatedString, cst.Ellipsis)):
            self._reader.value(node.value, scope)

    def _import(self, node: cst.Import | cst.ImportFrom, scope: Scope) -> None:
        self._modules.inside(node, scope)


_READINGS: dict[type[cst.CSTNode], Any] = {
    cst.FunctionDef: Statements._function,
    cst.ClassDef: Statements._class,
    cst.Assign: Statements._assign,
    cst.AnnAssign: Statements._annotated,
    cst.AugAssign: Statements._augmented,
    cst.If: Statements._if,
    cst.Assert: Statements._assert,
    cst.Match: Statements._match,
    cst.For: Statements._for,
    cst.While: Statements._while,
    cst.With: Statements._with,
    cst.Try: Statements._try,
    cst.TryStar: Statements._try,
    cst.Return: Statements._return,
    cst.Raise: Statements._raise,
    cst.Expr: Statements._expression,
    cst.Import: Statements._import,
    cst.ImportFrom: Statements._import,
}


def _alternatives(test: cst.BaseExpression) -> list[cst.BaseExpression]:
    """The parts of a test of which any leads into the branch."""
    if isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.Or):
        return [*_alternatives(test.left), *_alternatives(test.right)]
    return [test]


def _conjuncts(test: cst.BaseExpression) -> list[cst.BaseExpression]:
    """The parts of a test that must all hold."""
    if isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.And):
        return [*_conjuncts(test.left), *_conjuncts(test.right)]
    return [test]


def _is_wildcard(pattern: cst.MatchPattern) -> bool:
    return isinstance(pattern, cst.MatchAs) and pattern.pattern is None


def _edges(value: Expression, held: Callable[[Expression], Expression]) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, Fields) or value.spreads or len(value.entries) < 2:
        return ()
    states = {name for name, _ in value.entries}
    edges: list[tuple[str, str]] = []
    for name, after in value.entries:
        if not isinstance(after, Items) or not name:
            return ()
        for item in map(held, after.items):
            if not isinstance(item, Text):
                return ()
            edges.append((name, item.value))
    reached = {after for _, after in edges}
    return tuple(edges) if reached and len(reached & states) >= max(1, len(reached) // 2) else ()
