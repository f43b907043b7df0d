"""Switches: what each case asks of the value that is looked at."""

from tree_sitter import Node

from archlint.languages.dart.protocol import Reader
from archlint.languages.dart.questions import plain
from archlint.languages.dart.syntax import field, parts
from archlint.model.expression import Boolean, Expression, Null, Opaque, Operation
from archlint.terms.neutral import below, negated
from archlint.terms.scope import Scope

_OR, _AND, _SIGN = "logical_or_operator", "logical_and_operator", "relational_operator"
EVERYTHING = Boolean(True)


class Switches:
    """Reads the patterns of one file."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def expression(self, node: Node, scope: Scope) -> Expression:
        """`switch (status) { Status.paid => 'Paid', _ => 'Open' }` as nested choices."""
        tested = field(node, "condition")
        subject = self._reader.value(tested, scope) if tested is not None else Opaque("switch")
        read: list[tuple[Expression, Expression]] = []
        rest = scope
        for case in (item for item in node.named_children if item.type == "switch_expression_case"):
            condition = self.case(case, subject, rest)
            body = parts(case)[-1]
            read.append((condition, self._reader.value(body, rest.under(condition))))
            rest = rest.under(negated(condition))
        found: Expression = Null()
        for condition, value in reversed(read):
            found = value if condition == EVERYTHING else Operation("if", (condition, value, found))
        return found

    def case(self, node: Node, subject: Expression, scope: Scope) -> Expression:
        """What a case asks; each word that it compares with is written down."""
        patterns = node.children_by_field_name("pattern")
        condition = self.pattern(patterns, subject, scope)
        guard = field(node, "guard")
        if guard is None:
            return condition
        under = self._reader.condition(guard, scope.under(condition))
        return under if condition == EVERYTHING else Operation("and", (condition, under))

    def pattern(self, patterns: list[Node], subject: Expression, scope: Scope) -> Expression:
        """The condition of a pattern."""
        alternatives = _split(patterns, _OR)
        found = [self._all(alternative, subject, scope) for alternative in alternatives]
        return found[0] if len(found) == 1 else Operation("or", tuple(found))

    def _all(self, patterns: list[Node], subject: Expression, scope: Scope) -> Expression:
        found = [self._one(part, subject, scope) for part in _split(patterns, _AND)]
        return found[0] if len(found) == 1 else Operation("and", tuple(found))

    def _one(self, patterns: list[Node], subject: Expression, scope: Scope) -> Expression:
        if len(patterns) == 2 and patterns[0].type == _SIGN:
            operator = self._reader.source.text(patterns[0])
            value = self._reader.value(patterns[1], scope)
            return Operation({"==": "="}.get(operator, operator), (subject, value))
        if len(patterns) != 1 or patterns[0].type != "constant_pattern":
            named = len(patterns) == 1 and patterns[0].type == "variable_pattern"
            anything = named and self._reader.source.text(patterns[0]).startswith(("var", "final"))
            return EVERYTHING if anything else Opaque("pattern")
        inner = parts(patterns[0])
        if not inner or self._reader.source.text(patterns[0]) == "_":
            return EVERYTHING
        value = self._constant(inner[0], scope)
        if isinstance(value, Null):
            return Operation("is null", (subject,))
        condition = Operation("=", (subject, value))
        if plain(value, self._reader.sheet):
            self._reader.sheet.state("compare", patterns[0], scope, condition=condition, effect="", strength="soft")
        return condition

    def _constant(self, node: Node, scope: Scope) -> Expression:
        """A literal, a name, or `Status.paid`, which a pattern writes as a qualified name."""
        if node.type != "qualified":
            return self._reader.value(node, scope)
        names = [self._reader.source.text(item) for item in parts(node)]
        value = self._reader.value(parts(node)[0], scope)
        for name in names[1:]:
            value = below(value, name) or Opaque(name)
        return value


def _split(nodes: list[Node], separator: str) -> list[list[Node]]:
    found: list[list[Node]] = [[]]
    for node in nodes:
        if node.type == separator:
            found.append([])
        else:
            found[-1].append(node)
    return found
