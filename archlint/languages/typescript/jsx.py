"""Elements of JSX: what fields require, what screens offer, and what they show to whom."""

import re
from functools import cache
from typing import NamedTuple

from tree_sitter import Node

from archlint.languages.typescript import meanings, rule_values, vue
from archlint.languages.typescript.forms import Forms
from archlint.languages.typescript.jsx_choices import Choice, offered, peeled
from archlint.languages.typescript.meanings import Stated, shown
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import FUNCTIONS, field, parts, unwrapped
from archlint.model.expression import (
    Boolean,
    Call,
    Expression,
    Fields,
    Items,
    Lambda,
    Number,
    Opaque,
    Operation,
    Ref,
    Row,
    Text,
)
from archlint.terms.callers import about_caller, normal
from archlint.terms.clauses import clauses
from archlint.terms.idioms import table, words
from archlint.terms.neutral import dated, negated, tells
from archlint.terms.plumbing import plumbing
from archlint.terms.scope import Scope

_ELEMENTS = frozenset({"jsx_element", "jsx_self_closing_element", "jsx_fragment"})
_EVENT = re.compile(r"^on[A-Z]|^formAction$")


@cache
def _pattern(file: str, name: str) -> re.Pattern[str]:
    return re.compile(table(file)[name])


class Attribute(NamedTuple):
    """An attribute with its value, read."""

    name: str
    value: Expression
    node: Node


class Element(NamedTuple):
    """An element with its attributes, read."""

    name: str
    node: Node
    attributes: dict[str, Attribute]
    spreads: tuple[Expression, ...]

    @property
    def native(self) -> bool:
        """Whether it is HTML."""
        return self.name[:1].islower() and "." not in self.name

    def text(self, name: str) -> str:
        """An attribute that is a text."""
        found = self.attributes.get(name)
        return found.value.value if found is not None and isinstance(found.value, Text) else ""


class Elements:
    """Reads the elements of one file, outermost first; the stacks tell what they stand in."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._forms = reader.helper(Forms)
        self._editing: list[Ref] = []
        self._within: list[Ref] = []
        self._handlers: list[list[Expression]] = []
        self._choices: list[list[Choice]] = []

    def read(self, node: Node, scope: Scope) -> Expression:
        """An element, or a piece of one."""
        if node.type in _ELEMENTS:
            self._element(node, scope)
        elif node.type == "jsx_expression":
            for inner in parts(node):
                self._embedded(inner, scope)
        elif node.type != "jsx_text":
            for child in parts(node):
                self._reader.value(child, scope)
        return Opaque("element")

    # Expressions between elements ------------------------------------------------------------------------

    def _embedded(self, node: Node, scope: Scope) -> Expression:
        inner = unwrapped(node)
        if inner.type == "binary_expression":
            token, left, right = field(inner, "operator"), field(inner, "left"), field(inner, "right")
            if token is not None and token.type == "&&" and left is not None and right is not None and _shows(right):
                condition = self._condition(left, scope)
                self._shown(left, condition, right, scope)
                return Opaque("element")
        if inner.type == "ternary_expression":
            test, chosen, other = field(inner, "condition"), field(inner, "consequence"), field(inner, "alternative")
            if test is not None and chosen is not None and other is not None and (_shows(chosen) or _shows(other)):
                condition = self._condition(test, scope)
                self._shown(test, condition, chosen, scope)
                self._shown(test, negated(condition), other, scope)
                return Opaque("element")
        return self._reader.value(node, scope)

    def _condition(self, node: Node, scope: Scope) -> Expression:
        condition = self._reader.condition(node, scope)
        if tells(condition) and not about_caller(condition, self._reader.sheet):
            self._reader.sheet.state("compare", node, scope, condition=condition, effect="", strength="soft")
        return condition

    def _shown(self, test: Node, condition: Expression, what: Node, scope: Scope) -> None:
        """Something that is shown under a condition; one about the caller guards the handlers inside."""
        self._handlers.append([])
        self._embedded(what, scope.under(condition))
        handlers = tuple(dict.fromkeys(self._handlers.pop()))
        asked = self._asked(condition)
        if asked is None or not handlers:
            return
        self._reader.sheet.state(
            "authorize", test, scope, condition=normal(asked, self._reader.sheet), effect="hide", strength="soft",
            columns=handlers, source="jsx",
        )  # fmt: skip

    def _asked(self, condition: Expression) -> Expression | None:
        """The parts of a condition that are about the caller."""
        sheet = self._reader.sheet
        if about_caller(condition, sheet):
            return condition
        if isinstance(condition, Operation) and condition.operator == "and":
            kept = tuple(item for item in map(self._asked, condition.operands) if item is not None)
            if kept:
                return kept[0] if len(kept) == 1 else Operation("and", kept)
        return None

    # Elements --------------------------------------------------------------------------------------------

    def _element(self, node: Node, scope: Scope) -> None:
        opening = node if node.type == "jsx_self_closing_element" else field(node, "open_tag")
        children = [] if opening is node else [child for child in parts(node) if child.type not in _TAGS]
        named = field(opening, "name") if opening is not None else None
        name = self._reader.source.text(named) if named is not None else ""
        if opening is None or not name:
            for child in children:
                self.read(child, scope)
            return
        if name in words("formik", "forms"):
            self._form_component(opening, children, scope)
            return
        subject, values = self._named_field(name, opening, scope)
        if subject is not None and values is not None:
            self._around_field(name, opening, children, subject, values, scope)
            return
        element = self._attributes(name, opening, scope)
        self._own(element, children, scope)

    def _own(self, element: Element, children: list[Node], scope: Scope) -> None:
        edited = self._edited(element, scope)
        if edited is not None:
            self._constrain(element, edited, scope)
        self._ruled(element, edited, scope)
        self._disable(element, scope)
        self._option(element)
        listed = element.name in words("rule_lists", "forms") and "onFinish" in element.attributes
        form = self._form(element, scope) if element.name == "form" or listed else None
        offers = edited is not None and self._offers(element)
        if form is not None:
            self._within.append(form)
        if offers:
            self._choices.append(self._listed(element))
        for child in children:
            if child.type == "jsx_expression":
                for inner in parts(child):
                    self._embedded(inner, scope)
            else:
                self.read(child, scope)
        if form is not None:
            self._within.pop()
        if offers and edited is not None:
            offered(self._reader, self._choices.pop(), edited, scope)
        self._render(element, scope)

    def _attributes(self, name: str, opening: Node, scope: Scope, without: frozenset[str] = frozenset()) -> Element:
        found: dict[str, Attribute] = {}
        spreads: list[Expression] = []
        for child in parts(opening):
            if child.type == "jsx_expression":
                inner = parts(child)
                if inner and inner[0].type == "spread_element":
                    spreads.append(self._reader.value(parts(inner[0])[0], scope))
            if child.type != "jsx_attribute":
                continue
            key, value = _attribute(child)
            label = self._reader.source.text(key)
            if label in without:
                continue
            found[label] = Attribute(label, self._attribute(label, name, value, scope), child)
            if _EVENT.match(label) and isinstance(found[label].value, (Lambda, Ref, Call)):
                for collected in self._handlers:
                    collected.append(found[label].value)
        return Element(name, opening, found, tuple(spreads))

    def _attribute(self, label: str, name: str, value: Node | None, scope: Scope) -> Expression:
        if value is None:
            return Boolean(True)
        if value.type == "string":
            return Text(self._reader.source.text(value)[1:-1])
        if value.type == "jsx_expression":
            inner = parts(value)
            if not inner:
                return Opaque("")
            if _disabling(label) and self._is_button(name):
                # Read where it is known what the element does.
                return Opaque("disabled")
            return self._reader.value(inner[0], scope)
        return self.read(value, scope)

    def _render(self, element: Element, scope: Scope) -> None:
        """A component of the scanned code gets its properties."""
        if element.native:
            return
        head, _, rest = element.name.partition(".")
        scoped = scope.lookup(head)
        if scoped is None:
            if not vue.speaks(self._reader):
                return
            # Its components may be known everywhere without being imported.
            scoped = f"{head}@0"
        entries = tuple((item.name, item.value) for item in element.attributes.values())
        target = Ref(scoped, tuple(rest.split(".")) if rest else ())
        if rest == "Provider" and "value" in element.attributes:
            given = element.attributes["value"]
            self._reader.sheet.bind(Ref(scoped), given.value, given.node, scope, "provided")
        self._reader.sheet.invoke(target, (Fields(entries, element.spreads),), element.node, scope, rendered=True)

    # Forms -----------------------------------------------------------------------------------------------

    def _form(self, element: Element, scope: Scope) -> Ref:
        """`<form action={create}>`, `<form onSubmit={save}>`: the fields inside are handed over by their names."""
        form = self._forms.made(scope)
        event = Fields((("currentTarget", form), ("target", form), ("elements", Ref(_elements(form)))))
        for name, given in (("action", form), ("onSubmit", event), ("onFinish", form)):
            found = element.attributes.get(name)
            if found is not None:
                self._submitted(found.value, given, found.node, scope)
        self._sent(element, form, scope)
        return form

    def _sent(self, element: Element, form: Ref, scope: Scope) -> None:
        """`<form method="post" action="/orders">`: the browser itself sends the fields."""
        address, method = element.text("action"), element.text("method").upper()
        for label, said in table("html")["sending"].items():
            if element.text(label):
                address, method = element.text(label), said
        if address.startswith(("/", "http")) and method in table("html")["sending"].values():
            self._reader.sheet.access(
                "http", f"{method} {address}", element.node, scope, payload=form, library="form",
                text=f"{method} {address}",
            )  # fmt: skip

    def _submitted(self, function: Expression, given: Expression, node: Node, scope: Scope) -> None:
        arguments: tuple[Expression, ...] = (given,)
        if isinstance(function, Ref) and not function.path:
            known = self._reader.sheet.known.get(function.name)
            if isinstance(known, Call) and known.function == "action" and known.arguments:
                function, arguments = known.arguments[0], (Opaque("state"), given)
        if isinstance(function, Call) and function.callee is not None and function.callee.path[-1:] == ("bind",):
            arguments = (*function.arguments[1:], *arguments)
            function = Ref(function.callee.name, function.callee.path[:-1])
        if isinstance(function, (Lambda, Ref)):
            self._reader.sheet.applied(function, arguments, node, scope)

    def _form_component(self, opening: Node, children: list[Node], scope: Scope) -> None:
        """`<Formik initialValues={…} validationSchema={S} onSubmit={save}>{({ values }) => …}</Formik>`."""
        values = self._forms.made(scope)
        for child in parts(opening):
            if child.type != "jsx_attribute":
                continue
            key, value = _attribute(child)
            inner = parts(value) if value is not None and value.type == "jsx_expression" else []
            if inner:
                self._forms.option(self._reader.source.text(key), inner[0], values, scope)
        self._within.append(values)
        given = Fields(tuple((name, values) for name in table("react_hook_form")["members"]))
        for child in children:
            functions = [unwrapped(item) for item in parts(child)] if child.type == "jsx_expression" else []
            if functions and functions[0].type in FUNCTIONS:
                self._called_back(functions[0], given, scope)
            else:
                self.read(child, scope)
        self._within.pop()

    def _called_back(self, node: Node, given: Expression, scope: Scope) -> None:
        function = self._reader.value(node, scope)
        self._reader.sheet.applied(function, (given,), node, scope)

    def _named_field(self, name: str, opening: Node, scope: Scope) -> tuple[Ref | None, Ref | None]:
        """`<Controller control={control} name="amount" />`: the field, and the form it belongs to."""
        if name not in words("react_hook_form", "fields"):
            return None, None
        path: tuple[str, ...] | None = None
        values = self._within[-1] if self._within else None
        for child in parts(opening):
            if child.type != "jsx_attribute":
                continue
            key, value = _attribute(child)
            label = self._reader.source.text(key)
            inner = parts(value)[0] if value is not None and value.type == "jsx_expression" and parts(value) else value
            if label == "name" and inner is not None:
                path = self._forms.path(inner, scope)
            elif label == "control" and inner is not None:
                values = self._forms.values_of(self._reader.value(inner, scope)) or values
        if path is None or values is None:
            return None, None
        return Ref(values.name, (*values.path, *path)), values

    def _around_field(
        self, name: str, opening: Node, children: list[Node], subject: Ref, values: Ref, scope: Scope
    ) -> None:
        """A field whose input is drawn by a function, or stands inside of it."""
        self._editing.append(subject)
        handed = Fields((("field", Fields((("value", subject), ("name", Text(subject.path[-1]))))), ("form", values)))
        special = {"rules", "render", "control", "children"}
        for child in parts(opening):
            key, value = _attribute(child) if child.type == "jsx_attribute" else (child, None)
            label = self._reader.source.text(key) if child.type == "jsx_attribute" else ""
            inner = parts(value)[0] if value is not None and value.type == "jsx_expression" and parts(value) else None
            if label == "rules" and inner is not None:
                if unwrapped(inner).type == "object":
                    self._forms.rules(unwrapped(inner), subject, values, scope)
                elif unwrapped(inner).type == "array":
                    self._forms.rule_list(unwrapped(inner), subject, values, scope)
                else:
                    self._reader.value(inner, scope)
            elif label in ("render", "children") and inner is not None:
                self._called_back(inner, handed, scope)
        element = self._attributes(name, opening, scope, frozenset(special))
        for child in children:
            functions = [unwrapped(item) for item in parts(child)] if child.type == "jsx_expression" else []
            if functions and functions[0].type in FUNCTIONS:
                self._called_back(functions[0], handed, scope)
            elif child.type not in _TAGS:
                self.read(child, scope)
        self._editing.pop()
        self._constrain(element, subject, scope)
        if self._offers(element):
            offered(self._reader, self._listed(element), subject, scope)
        self._render(element, scope)

    # Fields ----------------------------------------------------------------------------------------------

    def _edited(self, element: Element, scope: Scope) -> Ref | None:
        """The value that a field edits."""
        name, attributes = element.name, element.attributes
        if element.native:
            if name not in words("html", "inputs"):
                return None
        elif not (
            _pattern("ui", "inputs").search(name)
            or any(_pattern("html", "editing").match(label) for label in attributes)
        ):
            return None
        for spread in element.spreads:
            if isinstance(spread, Ref) and (self._forms.is_form(spread) or spread.path):
                return spread
        found = self._bound(element)
        if self._editing and (element.spreads or found is None or _handed(found)):
            return self._editing[-1]
        label = element.text("name")
        inside = self._within[-1] if self._within else None
        if found is not None:
            if inside is not None and label:
                self._reader.sheet.bind(Ref(inside.name, (*inside.path, label)), found, element.node, scope, "form")
            return found
        if inside is not None and label:
            path = tuple(part for part in re.split(r"[.\[\]]+", label) if part and not part.isdigit())
            initial = attributes.get("defaultValue")
            if initial is not None and isinstance(initial.value, (Ref, Row)):
                self._reader.sheet.bind(Ref(inside.name, (*inside.path, *path)), initial.value, element.node, scope)
            if element.native:
                # What code calls it that has got hold of the form.
                edited, field_ = Ref(inside.name, (*inside.path, *path)), Ref(_elements(inside), (*path, "value"))
                self._reader.sheet.bind(field_, edited, element.node, scope, "form")
            return Ref(inside.name, (*inside.path, *path))
        return None

    def _bound(self, element: Element) -> Ref | None:
        for label in ("value", "checked", "modelValue", "selected"):
            found = element.attributes.get(label)
            if found is None:
                continue
            value = peeled(found.value)
            if isinstance(value, Items) and len(value.items) == 1:
                value = peeled(value.items[0])
            if isinstance(value, Ref):
                return value
        return None

    def _constrain(self, element: Element, subject: Ref, scope: Scope) -> None:
        """What the attributes of a field require of its value."""
        kind = element.text("type").lower()
        if element.native and element.name == "input" and kind in words("html", "ignored"):
            return
        given = dict(element.attributes)
        for label in table("ui")["nested"]:
            self._nested(given, label)
        sliding = kind in words("html", "sliding") or _pattern("ui", "sliding").search(element.name)
        into = Stated(subject, scope, "jsx", (), "clamp" if sliding else "reject", "soft")
        rows = table("html")["attributes"]
        for label, item in given.items():
            label = table("ui")["alike"].get(label, label)
            if label in ("min", "max") and kind in words("html", "dated"):
                self._dated(rows[label], item, into)
            elif label in rows and not (label in ("min", "max", "step") and kind in words("html", "untyped")):
                self._attribute_rule(label, rows[label], item, into)
        row = table("html")["types"].get(kind)
        if row and "type" in element.attributes:
            node = element.attributes["type"].node
            place, text = self._reader.source.span(node), shown(self._reader, node, node)
            meanings.state(self._reader, clauses(row)[0], (), place, text, into)

    def _ruled(self, element: Element, edited: Ref | None, scope: Scope) -> None:
        """Rules that are handed to a field, or to the form around a model for its fields."""
        found = next((item for label in table("ui")["rules"] if (item := element.attributes.get(label))), None)
        if found is None or element.native:
            return
        if edited is not None:
            rule_values.beside(self._reader, found.value, edited, found.node, scope)
            return
        model = next((item for label in table("ui")["models"] if (item := element.attributes.get(label))), None)
        if model is not None and isinstance(model.value, Ref):
            rule_values.by_field(self._reader, found.value, model.value, found.node, scope)

    def _nested(self, given: dict[str, Attribute], label: str) -> None:
        found = given.get(label)
        if found is None or not isinstance(found.value, Fields):
            return
        for name, value in found.value.entries:
            given.setdefault(name, Attribute(name, value, found.node))

    def _dated(self, row: str, item: Attribute, into: Stated) -> None:
        """`min` and `max` of a date: another date, or the present time; a day of the calendar is no rule to compare."""
        value = item.value
        if isinstance(value, (Ref, Row)) or dated(value) or (isinstance(value, Call) and value.callee):
            self._limited(clauses(row)[0], (Call("date", (value,)),), item, into)

    def _limited(self, clause: tuple[str, ...], given: tuple[Expression, ...], item: Attribute, into: Stated) -> None:
        """A limit where it is used; the member of a class that holds it states it too."""
        held = self._reader.sheet.fields.get(item.value) if isinstance(item.value, Ref) else None
        for node in (item.node, held) if held is not None else (item.node,):
            text = shown(self._reader, node, node)
            meanings.state(self._reader, clause, given, self._reader.source.span(node), text, into)

    def _attribute_rule(self, label: str, row: str, item: Attribute, into: Stated) -> None:
        value = item.value
        if isinstance(value, Text) and label in (
            "min",
            "max",
            "step",
            "minLength",
            "maxLength",
            "minlength",
            "maxlength",
        ):
            number = value.value.strip()
            if not re.fullmatch(r"-?\d+(\.\d+)?|-?\.\d+", number):
                return
            value = Number(f"0{number}" if number.startswith(".") else number)
        clause = clauses(row)[0]
        given: tuple[Expression, ...] = (value,)
        if label == "step" and value == Number("1"):
            clause = ("integer",)
        if label == "required":
            if value == Boolean(False) or isinstance(value, Opaque):
                return
            if value != Boolean(True) and not isinstance(value, Text):
                into = into._replace(guards=(*into.guards, value))
            given = ()
        self._limited(clause, given, item, into)

    # Choices ---------------------------------------------------------------------------------------------

    def _offers(self, element: Element) -> bool:
        if element.native:
            return element.name in words("html", "choices")
        return bool(_pattern("ui", "choices").search(element.name))

    def _listed(self, element: Element) -> list[Choice]:
        """The choices that a property holds."""
        found = (element.attributes.get(label) for label in table("ui")["lists"])
        return [Choice(item.value, item.node, True) for item in found if item is not None]

    def _option(self, element: Element) -> None:
        """One choice of those around it, or all of them in a property."""
        if not self._choices:
            return
        value = element.attributes.get("value")
        one = (
            element.name in words("html", "options")
            if element.native
            else _pattern("ui", "options").search(element.name)
        )
        if one and value is not None:
            self._choices[-1].append(Choice(value.value, value.node))

    # Buttons ---------------------------------------------------------------------------------------------

    def _is_button(self, name: str) -> bool:
        return name in words("html", "buttons") or bool(_pattern("ui", "buttons").search(name))

    def _disable(self, element: Element, scope: Scope) -> None:
        """`disabled={amount > 5000 || !name}`: each alternative keeps the button from working."""
        found = next((item for label, item in element.attributes.items() if _disabling(label)), None)
        _, value = _attribute(found.node) if found is not None else (None, None)
        if found is None or value is None or value.type != "jsx_expression" or not self._is_button(element.name):
            return
        handlers = tuple(
            item.value
            for item in element.attributes.values()
            if _EVENT.match(item.name) and isinstance(item.value, (Lambda, Ref, Call))
        )
        acts = bool(handlers) or element.text("type") == "submit" or bool(self._within)
        for part in _alternatives(parts(value)[0]):
            condition = self._reader.condition(part, scope)
            if not acts or plumbing(condition):
                continue
            sheet = self._reader.sheet
            if about_caller(condition, sheet):
                if handlers:
                    sheet.state(
                        "authorize", part, scope, condition=normal(negated(condition), sheet), effect="disable",
                        strength="soft", columns=handlers, source="jsx",
                    )  # fmt: skip
            elif not self._flag(condition):
                required = self._stepped(condition) if self._steps(element) else negated(condition)
                if required is not None:
                    sheet.state(
                        "require", part, scope, condition=required, effect="disable", strength="soft", source="jsx"
                    )

    def _steps(self, element: Element) -> bool:
        """Whether a button takes a number one further, so that it is at its limit where the button stops."""
        whole = element.node.parent if element.node.type == "jsx_opening_element" else element.node
        raw = self._reader.source.content[element.node.start_byte : (whole or element.node).end_byte][:800]
        return _pattern("html", "stepping").search(raw.decode("utf-8", "replace")) is not None

    def _stepped(self, condition: Expression) -> Expression | None:
        """What a step button that stops at `qty <= 1` or `qty >= 10` keeps: the limit itself can be reached."""
        if not isinstance(condition, Operation) or condition.operator not in ("<=", ">="):
            return None if tells(condition) else negated(condition)
        return Operation(">=" if condition.operator == "<=" else "<=", condition.operands)

    def _flag(self, condition: Expression) -> bool:
        """Whether a condition is a name that only says how the form is doing, and stands for nothing we know."""
        while isinstance(condition, Operation) and condition.operator in ("not", "truthy"):
            condition = condition.operands[0]
        if isinstance(condition, (Opaque, Row)):
            return True
        if not isinstance(condition, Ref):
            return False
        if not condition.path and isinstance(self._reader.sheet.known.get(condition.name), Operation):
            return False
        last = condition.path[-1] if condition.path else condition.name.split("@", 1)[0]
        return bool(_pattern("html", "flags").search(last))


_TAGS = frozenset({"jsx_opening_element", "jsx_closing_element"})


def _attribute(node: Node) -> tuple[Node, Node | None]:
    children = parts(node)
    return children[0], children[1] if len(children) > 1 else None


def _disabling(label: str) -> bool:
    return label == "disabled" or table("ui")["alike"].get(label) == "disabled"


def _elements(form: Ref) -> str:
    """The name of a form's elements, each of which holds its value under `value`."""
    return f"{form.name}.elements"


def _handed(value: Ref) -> bool:
    """`field.value`, as a function that draws a field gets it."""
    return bool(value.path) and value.path[-1] == "value"


def _alternatives(test: Node) -> list[Node]:
    node = unwrapped(test)
    if node.type == "binary_expression":
        token, left, right = field(node, "operator"), field(node, "left"), field(node, "right")
        if token is not None and token.type == "||" and left is not None and right is not None:
            return [*_alternatives(left), *_alternatives(right)]
    return [node]


def _shows(node: Node) -> bool:
    """Whether a branch draws an element."""
    inner = unwrapped(node)
    if inner.type == "binary_expression":
        right = field(inner, "right")
        return right is not None and _shows(right)
    if inner.type == "ternary_expression":
        chosen, other = field(inner, "consequence"), field(inner, "alternative")
        return (chosen is not None and _shows(chosen)) or (other is not None and _shows(other))
    return inner.type in _ELEMENTS
