"""Widgets: what fields accept and offer, when buttons work, and who sees what."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from tree_sitter import Node

from archlint.languages.dart.chains import given
from archlint.languages.dart.precedence import LOOSE, Bound, Spot, alternatives, bound
from archlint.languages.dart.protocol import Reader
from archlint.languages.dart.questions import plain, telling
from archlint.languages.dart.syntax import parts, unwrapped
from archlint.model.expression import (
    Boolean,
    Call,
    Expression,
    Fields,
    Items,
    Lambda,
    Null,
    Number,
    Opaque,
    Operation,
    Ref,
    Row,
    Text,
)
from archlint.terms.callers import about_caller, normal
from archlint.terms.clauses import clauses, said
from archlint.terms.idioms import table, words
from archlint.terms.neutral import negated, tells
from archlint.terms.plumbing import plumbing
from archlint.terms.scope import Scope

_SOURCE = "widget"
_STEPS = 4
_CONVERSIONS = frozenset({"number", "text", "integer", "trim"})


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(table("flutter")[name])


def widgets(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """A widget that says something, or a validator of a field; None for every other call."""
    row = table("flutter")["validators"].get(name)
    if row is not None and reader.helper(Widgets).editing:
        return reader.helper(Widgets).rule(node, name, row, scope)
    if not name.lstrip("_")[:1].isupper():
        return None
    first = name.split(".", 1)[0]
    if _pattern("options").search(first):
        return reader.helper(Widgets).option(node, scope)
    labels = _labels(node, reader)
    if not labels.isdisjoint(words("flutter", "actions")) or not labels.isdisjoint(words("flutter", "editing")):
        return reader.helper(Widgets).read(node, name, scope)
    if first in words("flutter", "showing") and "visible" in labels:
        return reader.helper(Widgets).shown(node, scope)
    return None


def _labels(node: Node, reader: Reader) -> frozenset[str]:
    listed = given(node)
    return frozenset(
        reader.source.text(parts(parts(item)[0])[0])
        for item in (parts(listed) if listed is not None else ())
        if item.type == "named_argument" and parts(item) and parts(parts(item)[0])
    )


class Widgets:
    """The widgets of one file."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        # The fields that what is being read stands inside of.
        self.editing: list[Ref] = []
        # What the buttons call that somebody may not see.
        self._hidden: list[list[Expression]] = []

    @contextmanager
    def hiding(self, place: Spot, condition: Expression, hides: bool, scope: Scope) -> Iterator[None]:
        """Reads what only some callers see; the question is then about what the buttons inside of it do."""
        if not hides:
            yield
            return
        called: list[Expression] = []
        self._hidden.append(called)
        try:
            yield
        finally:
            self._hidden.pop()
        self._reader.sheet.state(
            "authorize", place, scope, condition=normal(condition, self._reader.sheet), effect="hide",
            strength="soft", columns=tuple(dict.fromkeys(called)), source=_SOURCE,
        )  # fmt: skip

    def read(self, node: Node, name: str, scope: Scope) -> Expression:
        """A field or a button, or a widget of the project's own that may be one."""
        nodes = self._named(node)
        subject = self._subject(nodes, name, scope)
        values: list[tuple[str, Expression]] = []
        if subject is not None:
            self.editing.append(subject)
        for label, value in nodes.items():
            if label in _READ:
                continue
            values.append((label, self._value(label, value, name, subject, scope)))
        if subject is not None:
            self.editing.pop()
            self._constrain(nodes, dict(values), name, subject, scope)
            self._offer(nodes, dict(values), subject, scope)
        positional = self._positional(node, scope)
        return self._rendered(node, name, positional, values, scope)

    def _named(self, node: Node) -> dict[str, Node]:
        listed = given(node)
        text = self._reader.source.text
        return {
            text(parts(parts(item)[0])[0]): parts(item)[-1]
            for item in (parts(listed) if listed is not None else ())
            if item.type == "named_argument" and len(parts(item)) > 1 and parts(parts(item)[0])
        }

    def _positional(self, node: Node, scope: Scope) -> tuple[Expression, ...]:
        listed = given(node)
        return tuple(
            self._reader.value(item, scope)
            for item in (parts(listed) if listed is not None else ())
            if item.type == "argument"
        )

    def _rendered(
        self, node: Node, name: str, positional: tuple[Expression, ...], values: list[tuple[str, Expression]],
        scope: Scope,
    ) -> Expression:  # fmt: skip
        """A widget of the scanned code gets its properties."""
        first, *rest = name.split(".")
        if first not in words("flutter", "plain"):
            kept = tuple((label, value) for label, value in values if not isinstance(value, (Opaque, Boolean)))
            target = Ref(scope.lookup(first) or f"{first}@0", tuple(rest))
            self._reader.sheet.invoke(target, (*positional, Fields(kept)) if kept else positional, node, scope)
        return Opaque(name)

    # Fields ----------------------------------------------------------------------------------------------

    def _subject(self, nodes: dict[str, Node], name: str, scope: Scope) -> Ref | None:
        """The value that a widget edits: its controller's, the one that it shows, or one of its own."""
        if not any(label in nodes for label in words("flutter", "editing")):
            return None
        for label in ("controller", "value", "groupValue", "selected"):
            if label not in nodes:
                continue
            value = self._reader.value(nodes[label], scope)
            if label == "controller" and isinstance(value, Ref):
                self._reader.sheet.controllers.add(value)
            found = _peeled(value)
            if isinstance(found, Items) and len(found.items) == 1:
                found = _peeled(found.items[0])
            if isinstance(found, Ref):
                return found
        label_node = nodes.get("name")
        if label_node is not None and unwrapped(label_node).type == "string_literal":
            named = self._reader.value(label_node, scope)
            if isinstance(named, Text):
                return Ref("form@0", (named.value,))
        own = Ref(f"field@{scope.number}{self._reader.sheet.block()}")
        initial = nodes.get("initialValue")
        if initial is not None:
            found = _peeled(self._reader.value(initial, scope))
            if isinstance(found, (Ref, Row)):
                self._reader.sheet.bind(own, found, initial, scope, "form")
        return own

    def _value(self, label: str, node: Node, name: str, subject: Ref | None, scope: Scope) -> Expression:
        inner = unwrapped(node)
        if label in words("flutter", "actions"):
            called = self._action(node, scope)
            if isinstance(called, (Lambda, Ref)):
                for collected in self._hidden:
                    collected.append(called)
            return called
        if inner.type == "function_expression" and subject is not None and label in words("flutter", "handing"):
            function = self._reader.closure(inner, scope, symbol=f"{scope.function.symbol}.{label}".lstrip("."))
            self._reader.sheet.applied(function, (subject,), node, scope)
            return function
        value = self._reader.value(node, scope)
        if subject is not None and isinstance(value, Ref) and label in words("flutter", "handing"):
            self._reader.sheet.invoke(value, (subject,), node, scope)
        return value

    def _constrain(
        self, nodes: dict[str, Node], values: dict[str, Expression], name: str, subject: Ref, scope: Scope
    ) -> None:
        """`maxLength: 80`, and the ends of a slider, between which its value is kept."""
        limits: dict[str, str] = dict(table("flutter")["limits"])
        sliding = _pattern("sliding").search(name) is not None
        if sliding:
            limits.update(table("flutter")["ends"])
        for label, row in limits.items():
            value = values.get(label)
            if value is None or not isinstance(value, (Number, Ref)):
                continue
            found = said(
                clauses(row)[0], (value,), subject, (), "clamp" if sliding else "reject", "soft", dialect="dart"
            )
            if found is not None:
                place = nodes[label].parent or nodes[label]
                self._reader.sheet.state(found.kind, place, scope, source=_SOURCE, **found.fields)

    def rule(self, node: Node, name: str, row: str, scope: Scope) -> Expression:
        """`FormBuilderValidators.max(500)` in the list of a field's validators, and limits of what can be typed."""
        arguments = self._reader.arguments(node, scope)
        order = table("flutter")["order"]
        named = sorted(
            ((order.index(label), value) for label, value in arguments.named if label in order),
            key=lambda item: item[0],
        )
        values = (*arguments.positional, *(value for _, value in named))
        for clause in clauses(row):
            if clause[0] == "pattern":
                found = said(("whole", "$1"), (Text(clause[1]),), self.editing[-1], (), "reject", "soft")
            else:
                found = said(clause, values, self.editing[-1], (), "reject", "hard", dialect="dart")
            if found is not None:
                self._reader.sheet.state(found.kind, node, scope, source=_SOURCE, **found.fields)
        return Opaque(name)

    # Choices ---------------------------------------------------------------------------------------------

    def option(self, node: Node, scope: Scope) -> Expression:
        """One choice; stands for its value in the list of those around it."""
        nodes = self._named(node)
        values = {label: self._reader.value(value, scope) for label, value in nodes.items()}
        self._positional(node, scope)
        value, chosen = values.get("value"), _peeled(values.get("groupValue", Null()))
        if value is not None and plain(value, self._reader.sheet) and isinstance(chosen, (Ref, Row)):
            test = Operation("=", (chosen, value))
            self._reader.sheet.state("compare", node, scope, condition=test, effect="", strength="soft")
        return value if value is not None else Opaque("option")

    def _offer(self, nodes: dict[str, Node], values: dict[str, Expression], subject: Ref, scope: Scope) -> None:
        """The choices for a value, unless one of them is not known."""
        for label in words("flutter", "lists"):
            listed = values.get(label)
            found = self._choices(listed) if listed is not None else None
            if found is not None:
                self._reader.sheet.state(
                    "offer", nodes[label].parent or nodes[label], scope, subject=subject, condition=found,
                    effect="hint", strength="soft", source=_SOURCE,
                )  # fmt: skip

    def _choices(self, value: Expression) -> Expression | None:
        for _ in range(_STEPS):
            if isinstance(value, Items):
                kept = [item for item in value.items if item not in (Text(""), Null())]
                return (
                    Items(tuple(kept))
                    if len(kept) > 1 and all(plain(item, self._reader.sheet) for item in kept)
                    else None
                )
            if isinstance(value, Call) and value.function in ("keys", "values") and value.callee is None:
                return value
            if not isinstance(value, Ref):
                return None
            known = self._reader.sheet.known.get(value.name) if not value.path else None
            if known is None:
                # A list that is imported or a constant of a class; its name says where it comes from.
                return value if value.name.endswith("@0") else None
            value = known
        return None

    # Buttons ---------------------------------------------------------------------------------------------

    def _action(self, node: Node, scope: Scope) -> Expression:
        """`onPressed: amount > 0 ? submit : null`: where nothing is called, the button does not work."""
        inner = unwrapped(node)
        item = bound(inner) if inner.type in LOOSE else inner
        if not isinstance(item, Bound) or item.operator != "?":
            return self._reader.value(node, scope)
        test, chosen, other = item.operands
        stopped = self._nothing(chosen)
        if not stopped and not self._nothing(other):
            return self._reader.value(node, scope)
        handler = other if stopped else chosen
        reasons = alternatives(test) if stopped else _conjuncts(test)
        read: list[Expression] = []
        for part in reasons:
            condition = self._reader.condition(part, scope)
            read.append(condition)
        whole = read[0] if len(read) == 1 else Operation("or" if stopped else "and", tuple(read))
        function = self._reader.value(handler, scope.under(negated(whole) if stopped else whole))
        for part, condition in zip(reasons, read, strict=True):
            self._enabled(part, negated(condition) if stopped else condition, handler, function, scope)
        return function

    def _enabled(self, part: Spot, condition: Expression, handler: Spot, function: Expression, scope: Scope) -> None:
        sheet = self._reader.sheet
        if about_caller(condition, sheet):
            sheet.state(
                "authorize", part, scope, condition=normal(condition, sheet), effect="disable", strength="soft",
                columns=(function,), source=_SOURCE,
            )  # fmt: skip
        elif not plumbing(condition) and not _flag(condition):
            required = stepped(condition) if self.steps(handler) else condition
            if required is not None:
                sheet.state(
                    "require", part, scope, condition=required, effect="disable", strength="soft", source=_SOURCE
                )

    def steps(self, handler: Spot) -> bool:
        """Whether a function takes a number one further, so that it is at its limit where the button stops."""
        text = self._reader.source.snippet(handler)
        return _pattern("stepping").search(text) is not None

    def _nothing(self, item: Spot) -> bool:
        return isinstance(item, Node) and unwrapped(item).type == "null_literal"

    def shown(self, node: Node, scope: Scope) -> Expression:
        """`Visibility(visible: user.isAdmin, child: …)`."""
        nodes = self._named(node)
        place = nodes["visible"]
        condition = self._reader.condition(place, scope)
        sheet = self._reader.sheet
        hides = about_caller(condition, sheet)
        if not hides and telling(condition, sheet):
            sheet.state("compare", place, scope, condition=condition, effect="", strength="soft")
        with self.hiding(place, condition, hides, scope):
            for label, value in nodes.items():
                if label != "visible":
                    self._reader.value(value, scope)
        return Opaque("Visibility")


# Read by the field itself, to know what it edits.
_READ = frozenset({"controller", "value", "groupValue", "selected", "initialValue"})


def stepped(condition: Expression) -> Expression | None:
    """What a step that stops at `count < 10` or `count > 1` keeps: the limit itself can be reached."""
    if isinstance(condition, Operation) and condition.operator == "not":
        inner = condition.operands[0]
        turned = {"<=": ">=", ">=": "<="}
        if isinstance(inner, Operation) and inner.operator in turned:
            return Operation(turned[inner.operator], inner.operands)
        return None
    if not isinstance(condition, Operation) or condition.operator not in ("<", ">"):
        return None if tells(condition) else condition
    return Operation(f"{condition.operator}=", condition.operands)


def _conjuncts(test: Spot) -> list[Spot]:
    inner = unwrapped(test) if isinstance(test, Node) else test
    item = bound(inner) if isinstance(inner, Node) and inner.type in LOOSE else inner
    if isinstance(item, Bound) and item.operator == "&&":
        return [found for operand in item.operands for found in _conjuncts(operand)]
    return [item]


def _flag(condition: Expression) -> bool:
    """Whether a condition is a name that only says how the form is doing."""
    while isinstance(condition, Operation) and condition.operator in ("not", "truthy"):
        condition = condition.operands[0]
    if isinstance(condition, (Opaque, Row, Call)):
        return True
    if not isinstance(condition, Ref):
        return False
    last = (condition.path[-1] if condition.path else condition.name.split("@", 1)[0]).lstrip("_")
    return bool(re.search(table("html")["flags"], last))


def _peeled(value: Expression) -> Expression:
    """A value without conversions and fallbacks around it."""
    for _ in range(_STEPS):
        if isinstance(value, Call) and value.callee is None and value.function in _CONVERSIONS and value.arguments:
            value = value.arguments[0]
        elif isinstance(value, Operation) and value.operator == "coalesce":
            value = value.operands[0]
        else:
            break
    return value
