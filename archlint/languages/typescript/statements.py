"""Statements: what must hold for the code behind them to run, and what each branch refuses."""

from tree_sitter import Node

from archlint.languages.typescript import branches, express_validator, signals, svelte, vue
from archlint.languages.typescript.expressions import Expressions, drawn
from archlint.languages.typescript.functions import Functions
from archlint.languages.typescript.modules import Modules
from archlint.languages.typescript.normalising import normalised
from archlint.languages.typescript.outcomes import Outcomes
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import FUNCTIONS, field, parts, unwrapped
from archlint.languages.typescript.types import Types
from archlint.model.expression import Boolean, Call, Expression, Fields, Items, Null, Number, Operation, Ref, Text
from archlint.terms.callers import about_caller
from archlint.terms.neutral import LITERALS, edges, is_formula, negated, tells
from archlint.terms.outcomes import NOTHING, Outcome, state_refusal, state_requirement
from archlint.terms.plumbing import plumbing
from archlint.terms.scope import Scope
from archlint.trees import has_token

_BLOCKS = frozenset({"statement_block", "program", "switch_body"})
_ROWS = 5


class Statements:
    """Reads the statements of one file."""

    def __init__(
        self,
        reader: Reader,
        expressions: Expressions,
        functions: Functions,
        modules: Modules,
        types: Types,
        outcomes: Outcomes,
        setters: dict[str, Ref],
    ) -> None:
        self._reader = reader
        self._expressions = expressions
        self._functions = functions
        self._modules = modules
        self._types = types
        self._outcomes = outcomes
        self._setters = setters

    def block(self, nodes: list[Node], scope: Scope) -> None:
        """The statements of a block in order; what is behind an early exit runs only where it was not taken."""
        self._functions.hoist(nodes, scope)
        for node in nodes:
            self.statement(node, scope)

    def statement(self, node: Node, scope: Scope) -> None:
        """One statement."""
        kind = node.type
        if kind in _BLOCKS:
            inner = Scope(scope, scope.function, scope.suffix if scope.parent is None else self._reader.sheet.block())
            inner.guards, inner.around = scope.guards, scope.around
            self.block(parts(node), inner)
        elif kind in _READINGS:
            _READINGS[kind](self, node, scope)
        elif kind in FUNCTIONS:
            self._function(node, scope)
        elif kind in ("class_declaration", "abstract_class_declaration"):
            name = field(node, "name")
            self._functions.members(node, scope, self._reader.source.text(name) if name else "")
        else:
            for child in parts(node):
                if child.type.endswith(("statement", "declaration", "clause")) or child.type in _BLOCKS:
                    self.statement(child, scope)
                elif child.type not in ("type_annotation", "comment", "decorator"):
                    self._reader.value(child, scope)

    # Declarations ----------------------------------------------------------------------------------------

    def _function(self, node: Node, scope: Scope) -> None:
        name = field(node, "name")
        text = self._reader.source.text(name) if name is not None else ""
        function = self._reader.define(node, scope, name=text, symbol=text)
        if text and scope.suffix:
            # Inside of a block a name has the block's number, by which its callers know it.
            self._reader.sheet.bind(Ref(scope.declare(text)), function, node, scope, "constant")

    def _declaration(self, node: Node, scope: Scope) -> None:
        constant = has_token(node, "const")
        for declarator in node.named_children:
            if declarator.type == "variable_declarator":
                self._declarator(declarator, scope, constant)

    def _declarator(self, node: Node, scope: Scope, constant: bool) -> None:
        name, value, annotation = field(node, "name"), field(node, "value"), field(node, "type")
        if name is None:
            return
        if value is None:
            self._annotated(name, annotation, node, scope)
            return
        inner = unwrapped(value)
        if self._imports(name, inner, scope):
            return
        if name.type == "identifier" and inner.type in FUNCTIONS:
            text = self._reader.source.text(name)
            found: Expression = self._reader.define(inner, scope, name=text, symbol=text)
        else:
            found = express_validator.settled(self._reader.value(value, scope))
        if (
            name.type == "array_pattern"
            and isinstance(found, Items)
            and found.items
            and found.items[-1] == Call("setter", ())
        ):
            self._state(name, found.items[0], scope)
            return
        kind = "constant" if constant and name.type == "identifier" else "value"
        changing = vue.box(self._reader, name, inner, scope) or svelte.changes(self._reader, inner)
        if name.type == "identifier":
            subject = Ref(scope.declare(self._reader.source.text(name)))
            changing = signals.keep(self._reader, subject, inner, scope) or changing
        if name.type in ("object_pattern", "array_pattern") and constant:
            kind = "constant"
        if changing:
            kind = "value"
        if name.type == "identifier":
            # The declaration states the value, not only the name.
            text = scope.declare(self._reader.source.text(name))
            self._reader.sheet.bind(Ref(text), found, node, scope, kind)
        else:
            self._reader.pattern(name, found, scope, kind)
        self._annotated(name, annotation, node, scope)
        self._listed(name, found, annotation, node, scope)
        self._table(name, found, inner, scope)
        if name.type == "identifier":
            subject = Ref(scope.declare(self._reader.source.text(name)))
            self._expressions.stated(subject, found, value, scope)
            self._steps(subject, found, node, scope)
            self._instance(subject, inner, scope)

    def _instance(self, subject: Ref, value: Node, scope: Scope) -> None:
        """`const service = new OrderService()` has the methods of its class."""
        maker = field(value, "constructor") if value.type == "new_expression" else None
        known = scope.lookup(self._reader.source.text(maker)) if maker is not None else None
        if known is not None:
            self._reader.sheet.bind(subject, Ref(known), value, scope, "type")

    def _listed(self, name: Node, value: Expression, annotation: Node | None, node: Node, scope: Scope) -> None:
        """`const OPEN: readonly Status[] = ['draft', 'sent']` picks some words of a type."""
        if annotation is None or name.type != "identifier" or not isinstance(value, Items):
            return
        kind = self._types.typed(annotation, scope)
        if isinstance(kind, Ref) and len(value.items) > 1 and all(isinstance(item, Text) for item in value.items):
            subject = Ref(scope.declare(self._reader.source.text(name)))
            self._reader.sheet.state(
                "among", node, scope, condition=Operation("in", (kind, subject)), effect="", strength="soft"
            )

    def _table(self, name: Node, value: Expression, node: Node, scope: Scope) -> None:
        """`const FARES = [{ km: 10, price: 250 }, …]`: rows of numbers, each at its place."""
        if scope.number or name.type != "identifier" or node.type != "array" or not isinstance(value, Items):
            return
        rows = parts(node)
        if len(rows) < _ROWS or len(rows) != len(value.items) or not all(_numbers(item) for item in value.items):
            return
        self._reader.sheet.state(
            "table", node, scope, subject=Ref(scope.declare(self._reader.source.text(name))), value=value,
            related=tuple(self._reader.source.span(row) for row in rows), effect="", strength="soft",
        )  # fmt: skip

    def _annotated(self, name: Node, annotation: Node | None, node: Node, scope: Scope) -> None:
        if annotation is None or name.type != "identifier":
            return
        kind = self._types.typed(annotation, scope)
        subject = Ref(scope.declare(self._reader.source.text(name)))
        if isinstance(kind, Items):
            self._reader.sheet.state(
                "values",
                annotation,
                scope,
                subject=subject,
                condition=kind,
                effect="hint",
                strength="hint",
                source="type",
            )
        elif kind is not None:
            self._reader.sheet.bind(subject, kind, node, scope, "type")

    def _imports(self, name: Node, value: Node, scope: Scope) -> bool:
        if value.type != "call_expression":
            return False
        callee, listed = field(value, "function"), field(value, "arguments")
        if callee is None or self._reader.source.text(callee) not in ("require", "import") or listed is None:
            return False
        given = parts(listed)
        if len(given) != 1 or given[0].type != "string" or name.type not in ("identifier", "object_pattern"):
            return False
        self._modules.required(name, self._reader.source.text(given[0])[1:-1], scope)
        return True

    def _state(self, pattern: Node, initial: Expression, scope: Scope) -> None:
        """`const [amount, setAmount] = useState(0)`."""
        names = parts(pattern)
        if not names:
            return
        self._reader.pattern(names[0], initial, scope)
        if len(names) > 1 and names[0].type == "identifier" and names[1].type == "identifier":
            setter = scope.declare(self._reader.source.text(names[1]))
            self._setters[setter] = Ref(scope.declare(self._reader.source.text(names[0])))

    def _steps(self, subject: Ref, value: Expression, node: Node, scope: Scope) -> None:
        """`{ draft: ['paid', 'cancelled'], … }` is a map of allowed steps."""
        steps = edges(value)
        if steps:
            self._reader.sheet.state("transition", node, scope, subject=subject, edges=steps, strength="hard")

    # Branches --------------------------------------------------------------------------------------------

    def _if(self, node: Node, scope: Scope) -> None:
        test, chosen, other = field(node, "condition"), field(node, "consequence"), field(node, "alternative")
        if test is None or chosen is None:
            return
        outcome = self._outcomes.of(chosen)
        validating = outcome.kind == "" and outcome.ends and self._answers_with_message(chosen, scope)
        if validating:
            outcome = Outcome("reject", True, self._outcomes.of(chosen).message)
        condition = self._condition(unwrapped(test), scope, outcome)
        if not outcome.kind and other is None:
            alternatives = _alternatives(unwrapped(test))
            read = condition.operands if len(alternatives) > 1 and isinstance(condition, Operation) else (condition,)
            normalised(self._reader, node, chosen, tuple(zip(alternatives, read, strict=False)), scope)
        self._branch(unwrapped(test), chosen, condition, scope)
        if other is not None:
            inner = parts(other)
            opposite = self._outcomes.of(inner[0]) if inner else NOTHING
            if opposite.kind in ("reject", "soft") and not outcome.kind and inner and inner[0].type != "if_statement":
                self._required(unwrapped(test), condition, opposite, scope)
            for child in inner:
                self.statement(child, self._under(scope, negated(condition)))
        if outcome.ends and other is None:
            # What follows runs only where the branch was not taken.
            scope.around = (*scope.around, negated(condition))

    def _branch(self, test: Node, chosen: Node, condition: Expression, scope: Scope) -> None:
        """What runs where the condition holds; a branch that answers one address is a handler."""
        answer = branches.answering(self._reader, test, chosen, scope)
        if answer is None:
            self.statement(chosen, self._under(scope, condition))
            return
        self.statement(chosen, answer)
        self._reader.sheet.function(answer.function, chosen)

    def _under(self, scope: Scope, condition: Expression) -> Scope:
        return scope.under(condition)

    def _condition(self, test: Node, scope: Scope, outcome: Outcome) -> Expression:
        """Reads a test; each of its alternatives that leads to a refusal is a requirement of its own."""
        alternatives = _alternatives(test)
        read = []
        for part in alternatives:
            condition = self._reader.condition(part, scope)
            read.append(condition)
            if outcome.kind:
                state_refusal(self._reader.sheet, part, condition, outcome, scope)
            elif outcome.ends and tells(condition) and about_caller(condition, self._reader.sheet):
                state_requirement(self._reader.sheet, part, negated(condition), Outcome("hide", True), scope)
            elif tells(condition):
                self._reader.sheet.state("compare", part, scope, condition=condition, effect="", strength="soft")
        return read[0] if len(read) == 1 else Operation("or", tuple(read))

    def _required(self, node: Node, condition: Expression, outcome: Outcome, scope: Scope) -> None:
        """`if (C) { … } else { refuse }`."""
        if not plumbing(condition):
            state_requirement(self._reader.sheet, node, condition, outcome, scope)

    def _answers_with_message(self, branch: Node, scope: Scope) -> bool:
        """A validator returns a text where something is wrong and nothing where all is well."""
        statements = parts(branch) if branch.type == "statement_block" else [branch]
        last = statements[-1] if statements else None
        if last is None or last.type != "return_statement" or not parts(last):
            return False
        value = unwrapped(parts(last)[0])
        if value.type not in ("string", "template_string"):
            return False
        function = branch.parent
        while function is not None and function.type not in FUNCTIONS:
            function = function.parent
        body = field(function, "body") if function is not None else None
        if body is None or body.type != "statement_block":
            return False
        final = parts(body)[-1:]
        if not final or final[0].type != "return_statement":
            told = value.type == "string" and " " in self._reader.source.text(value)
            return bool(final) and final[0].type == "if_statement" and told
        answer = self._reader.source.text(unwrapped(parts(final[0])[0])) if parts(final[0]) else ""
        return answer in ("", "null", "undefined", "true", "''", '""')

    # Switch ----------------------------------------------------------------------------------------------

    def _switch(self, node: Node, scope: Scope) -> None:
        tested, body = field(node, "value"), field(node, "body")
        if tested is None or body is None:
            return
        subject = self._reader.value(tested, scope)
        words: list[Expression] = []
        refused = NOTHING
        for case in parts(body):
            value = field(case, "value")
            statements = [child for child in parts(case) if value is None or child != value]
            if value is not None:
                word = self._reader.value(value, scope)
                words.append(word)
                # `switch (true)` tries its cases as conditions.
                condition: Expression = word if subject == Boolean(True) else Operation("=", (subject, word))
                if isinstance(word, LITERALS):
                    self._reader.sheet.state("compare", value, scope, condition=condition, effect="", strength="soft")
            else:
                known = Operation("in", (subject, Items(tuple(words))))
                condition = negated(Operation("or", tuple(words)) if subject == Boolean(True) else known)
                refused = next(
                    (found for found in map(self._outcomes.of, statements) if found.kind == "reject"), NOTHING
                )
            inner = Scope(scope, scope.function, self._reader.sheet.block())
            inner.guards, inner.around = (*scope.guards, condition), (*scope.around, condition)
            self.block(statements, inner)
        if refused.kind == "reject" and words and all(isinstance(word, LITERALS) for word in words):
            listed = Operation("in", (subject, Items(tuple(words))))
            state_requirement(self._reader.sheet, unwrapped(tested), listed, refused, scope)

    # Loops, returns and the rest -------------------------------------------------------------------------

    def _loop(self, node: Node, scope: Scope) -> None:
        inner = Scope(scope, scope.function, self._reader.sheet.block())
        left, right = field(node, "left"), field(node, "right")
        if right is not None:
            value = self._reader.value(right, scope)
            if left is not None:
                self._reader.pattern(left, value, inner)
        body = field(node, "body")
        if body is not None:
            self.statement(body, inner)

    def _for(self, node: Node, scope: Scope) -> None:
        inner = Scope(scope, scope.function, self._reader.sheet.block())
        start = field(node, "initializer")
        if start is not None:
            self._functions.hoist([start], inner)
            self.statement(start, inner)
        for name in ("condition", "increment"):
            part = field(node, name)
            if part is not None:
                self._reader.condition(part, inner) if name == "condition" else self._reader.value(part, inner)
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
        value = self._reader.value(inner[0], scope) if inner else Null()
        function = scope.function
        function.returns.append((scope.guards, value))
        if inner and is_formula(value) and not drawn(value):
            name = function.name or function.symbol
            self._reader.sheet.state(
                "derive",
                inner[0],
                scope,
                subject=Ref(f"{name}@{function.parent}"),
                value=value,
                effect="assign",
                strength="soft",
                source="function",
            )

    def _expression(self, node: Node, scope: Scope) -> None:
        for child in parts(node):
            inner = unwrapped(child)
            if inner.type == "assignment_expression" and scope.number == 0:
                left, right = field(inner, "left"), field(inner, "right")
                if left is not None and right is not None:
                    text = self._reader.source.text(left)
                    if text.startswith(("module.exports", "exports.")):
                        self._exports(text, right, scope)
                        continue
            self._reader.value(child, scope)

    def _exports(self, text: str, right: Node, scope: Scope) -> None:
        inner = unwrapped(right)
        name = text.rsplit(".", 1)[-1] if text not in ("module.exports",) else ""
        if inner.type in FUNCTIONS and name:
            scope.declare(name)
            found: Expression = self._reader.define(inner, scope, name=name, symbol=name)
        else:
            found = self._reader.value(right, scope)
        if name and inner.type != "identifier":
            self._reader.sheet.bind(Ref(scope.declare(name)), found, right, scope, "constant")
        self._modules.assigned(text, right, scope)
        if text == "module.exports" and isinstance(found, Fields):
            for key, value in found.entries:
                if not isinstance(value, Ref):
                    self._reader.sheet.bind(Ref(f"{key}@0"), value, right, scope, "constant")

    def _with(self, node: Node, scope: Scope) -> None:
        holder, body = field(node, "object"), field(node, "body")
        value = self._reader.value(holder, scope) if holder is not None else None
        inner = Scope(scope, scope.function, self._reader.sheet.block())
        if isinstance(value, Ref):
            inner.hold(value)
        if body is not None:
            self.statement(body, inner)

    def _try(self, node: Node, scope: Scope) -> None:
        for child in parts(node):
            if child.type in _BLOCKS:
                self.statement(child, scope)
            else:
                body = field(child, "body") or next(iter(child.named_children), None)
                inner = Scope(scope, scope.function, self._reader.sheet.block())
                parameter = field(child, "parameter")
                if parameter is not None and parameter.type == "identifier":
                    inner.declare(self._reader.source.text(parameter))
                if body is not None:
                    self.statement(body, inner)

    def _import(self, node: Node, scope: Scope) -> None:
        self._modules.imported(node, scope)

    def _export(self, node: Node, scope: Scope) -> None:
        for child in node.named_children:
            if child.type == "decorator":
                self._reader.value(child, scope)
        self._modules.exported(node, scope)

    def _alias(self, node: Node, scope: Scope) -> None:
        self._types.alias(node, scope)

    def _interface(self, node: Node, scope: Scope) -> None:
        self._types.interface(node, scope)

    def _enum(self, node: Node, scope: Scope) -> None:
        self._types.enum(node, scope)


_READINGS = {
    "lexical_declaration": Statements._declaration,
    "variable_declaration": Statements._declaration,
    "if_statement": Statements._if,
    "switch_statement": Statements._switch,
    "for_in_statement": Statements._loop,
    "for_statement": Statements._for,
    "while_statement": Statements._while,
    "do_statement": Statements._while,
    "return_statement": Statements._return,
    "expression_statement": Statements._expression,
    "try_statement": Statements._try,
    "with_statement": Statements._with,
    "import_statement": Statements._import,
    "export_statement": Statements._export,
    "type_alias_declaration": Statements._alias,
    "interface_declaration": Statements._interface,
    "enum_declaration": Statements._enum,
}


def _alternatives(test: Node) -> list[Node]:
    """The parts of a test of which any leads into the branch."""
    node = unwrapped(test)
    if node.type == "binary_expression":
        token, left, right = field(node, "operator"), field(node, "left"), field(node, "right")
        if token is not None and token.type == "||" and left is not None and right is not None:
            return [*_alternatives(left), *_alternatives(right)]
    return [node]


def _numbers(row: Expression) -> bool:
    """Whether an object holds several numbers."""
    return isinstance(row, Fields) and sum(isinstance(value, Number) for _, value in row.entries) > 1
