"""Texts, lists, sets, maps and records, with the loops and conditions inside of them."""

from collections.abc import Callable

from tree_sitter import Node

from archlint.languages.dart import literals
from archlint.languages.dart.precedence import Spot
from archlint.languages.dart.protocol import Reader
from archlint.languages.dart.questions import computed, is_word, telling
from archlint.languages.dart.syntax import child, field, parts
from archlint.languages.dart.widgets import Widgets
from archlint.model.expression import Call, Expression, Fields, Items, Number, Operation, Ref, Text
from archlint.terms.callers import about_caller
from archlint.terms.neutral import negated, numeral
from archlint.terms.scope import Scope

NO_VALUES = frozenset(
    {
        "type_identifier", "type_arguments", "nullable_type", "const_builtin", "final_builtin", "inferred_type",
        "label", "annotation",
    }
)  # fmt: skip
# Writes down what it means that a name takes a value.
Stated = Callable[[Expression, Expression, Spot, Scope], None]


class Composites:
    """Reads the literals of one file."""

    def __init__(self, reader: Reader, stated: Stated) -> None:
        self._reader = reader
        self._stated = stated

    def text(self, node: Node, scope: Scope) -> Expression:
        source = self._reader.source.text(node)
        holes = [item for item in node.named_children if item.type == "template_substitution"]
        if not holes:
            return Text(literals.string(source))
        start = node.start_byte
        raw = self._reader.source.content
        spans = tuple(
            (
                len(raw[start : hole.start_byte].decode("utf-8", "replace")),
                len(raw[start : hole.end_byte].decode("utf-8", "replace")),
            )
            for hole in holes
        )
        found: list[Expression] = []
        for text, hole in literals.pieces(source, spans):
            if text:
                found.append(Text(text))
            if hole >= 0:
                inner = parts(holes[hole])
                found.append(self._reader.value(inner[0], scope) if inner else Text(""))
        return Operation("concat", tuple(found)) if len(found) > 1 else Call("text", (found[0],))

    def number(self, node: Node, scope: Scope) -> Expression:
        return numeral(self._reader.source.text(node))

    def items(self, node: Node, scope: Scope) -> Expression:
        found: list[Expression] = []
        for item in parts(node):
            if item.type not in NO_VALUES:
                self._elements(item, scope, found, [])
        return Items(tuple(found))

    def _elements(
        self, node: Node, scope: Scope, items: list[Expression], entries: list[tuple[str, Expression]]
    ) -> None:
        """One element of a list, set or map; the rest is spread into it under the empty key."""
        if node.type == "spread_element":
            inner = parts(node)
            if inner:
                items.append(Operation("concat", (self._reader.value(inner[0], scope),)))
        elif node.type == "if_element":
            self._if_element(node, scope, items, entries)
        elif node.type == "for_element":
            body = field(node, "body")
            looped = self.loop(node, scope)
            if body is not None:
                self._elements(body, looped, items, entries)
        elif node.type == "pair":
            self._pair(node, scope, entries)
        else:
            items.append(self._reader.value(node, scope))

    def _if_element(
        self, node: Node, scope: Scope, items: list[Expression], entries: list[tuple[str, Expression]]
    ) -> None:
        """`if (user.isAdmin) DeleteButton()`."""
        chosen, other = field(node, "consequence"), field(node, "alternative")
        tests = [item for item in parts(node) if item not in (chosen, other)]
        if not tests:
            return
        condition = self._reader.condition(tests[0], scope)
        sheet = self._reader.sheet
        hides = about_caller(condition, sheet) and chosen is not None and chosen.type != "pair"
        if not hides and telling(condition, sheet):
            sheet.state("compare", tests[0], scope, condition=condition, effect="", strength="soft")
        with self._reader.helper(Widgets).hiding(tests[0], condition, hides, scope):
            if chosen is not None:
                self._elements(chosen, scope.under(condition), items, entries)
        if other is not None:
            self._elements(other, scope.under(negated(condition)), items, entries)

    def loop(self, node: Node, scope: Scope) -> Scope:
        """The block of a loop with its variable: `for (final order in orders)`."""
        inner = Scope(scope, scope.function, self._reader.sheet.block())
        heads = child(node, "for_loop_parts")
        if heads is None:
            return inner
        name, over = field(heads, "name"), field(heads, "value")
        if name is not None and over is not None:
            value = self._reader.value(over, scope)
            target = Ref(inner.declare(self._reader.source.text(name)))
            self._reader.sheet.bind(target, value, heads, inner)
            return inner
        start = field(heads, "init")
        if start is not None:
            self._reader.statement(start, inner)
        for part, reads in (("condition", self._reader.condition), ("update", self._reader.value)):
            found = field(heads, part)
            if found is not None:
                reads(found, inner)
        return inner

    def mapped(self, node: Node, scope: Scope) -> Expression:
        items: list[Expression] = []
        entries: list[tuple[str, Expression]] = []
        children = [item for item in parts(node) if item.type not in NO_VALUES]
        for item in children:
            self._elements(item, scope, items, entries)
        typed = child(node, "type_arguments")
        several = typed is not None and len([part for part in typed.children if part.type == ","]) > 0
        if not entries and items and not several and any(item.type != "spread_element" for item in children):
            return Items(tuple(items))
        spreads = tuple(
            item.operands[0] if isinstance(item, Operation) and item.operator == "concat" else item for item in items
        )
        found = Fields(tuple(entries), spreads)
        self._reader.sheet.note(found, node)
        return found

    def _pair(self, node: Node, scope: Scope, entries: list[tuple[str, Expression]]) -> None:
        key, value = field(node, "key"), field(node, "value")
        if key is None or value is None:
            return
        name = self._reader.value(key, scope)
        found = self._reader.value(value, scope)
        if isinstance(name, Text) and computed(found):
            found = self._computed(name.value, node, value, found, scope)
        label = name.value if isinstance(name, (Text, Number)) else ""
        if is_word(name, self._reader.sheet) and isinstance(name, Ref):
            label = name.path[-1]
        entries.append((label, found))

    def _computed(self, key: str, pair: Node, node: Node, value: Expression, scope: Scope) -> Expression:
        """What is computed under a key states the same as if it had been given a name before."""
        name = Ref(f"{key}@{scope.number}.o{pair.start_byte}")
        self._reader.sheet.bind(name, value, node, scope, "constant")
        self._stated(name, value, node, scope)
        return name

    def record(self, node: Node, scope: Scope) -> Expression:
        entries: list[tuple[str, Expression]] = []
        items: list[Expression] = []
        for item in parts(node):
            inner = parts(item)
            label = child(item, "label")
            if inner and label is not None:
                entries.append((self._reader.source.text(parts(label)[0]), self._reader.value(inner[-1], scope)))
            elif inner:
                items.append(self._reader.value(inner[-1], scope))
        return Fields(tuple(entries)) if entries else Items(tuple(items))
