"""Angular's reactive forms: groups of controls with validators."""

import re

from tree_sitter import Node

from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import FUNCTIONS, field, parts, unwrapped
from archlint.model.expression import Boolean, Call, Expression, Null, Opaque, Operation, Pattern, Ref, Text
from archlint.terms.idioms import table, words
from archlint.terms.scope import Scope

_COMPARED = {"least": ">=", "most": "<=", "shortest": ">=", "longest": "<="}


def recognise(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """`fb.group({ amount: [0, [Validators.required, Validators.max(5)]] })` and what is read from it."""
    holder, _, last = name.rpartition(".")
    listed = field(node, "arguments")
    given = parts(listed) if listed is not None else []
    if last == "getRawValue" and not given:
        return _below(reader, node, scope, "value")
    if last == "get" and len(given) == 1 and given[0].type == "string" and re.search(r"(?i)form$", holder):
        return _below(reader, node, scope, "controls", reader.source.text(given[0])[1:-1])
    if last in words("angular", "setting") and re.search(r"(?i)form$", holder) and given:
        return _set(reader, node, scope)
    if not given or unwrapped(given[0]).type != "object":
        return None
    built = last in words("angular", "builders") and re.search(table("angular")["builder_holders"], holder)
    if not built and not (node.type == "new_expression" and name in words("angular", "groups")):
        return None
    return _Group(reader, scope).read(node, unwrapped(given[0]), given[1:])


def _set(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    """`form.patchValue({ title: order.title })`: the fields hold what they are given."""
    callee = field(node, "function")
    holder = field(callee, "object") if callee is not None else None
    base = reader.value(holder, scope) if holder is not None else None
    values = reader.arguments(node, scope)
    if isinstance(base, Ref) and values:
        reader.sheet.bind(Ref(base.name, (*base.path, "value")), values[0], node, scope)
    return Opaque("set")


def _below(reader: Reader, node: Node, scope: Scope, *members: str) -> Expression | None:
    callee = field(node, "function")
    holder = field(callee, "object") if callee is not None else None
    base = reader.value(holder, scope) if holder is not None else None
    return Ref(base.name, (*base.path, *members)) if isinstance(base, Ref) else None


class _Group:
    """One group of controls; its name is that of the class or function that makes it."""

    def __init__(self, reader: Reader, scope: Scope) -> None:
        self._reader = reader
        self._scope = scope
        owner = (scope.lookup("this") or scope.function.symbol or "form").split("@", 1)[0]
        self._form = Ref(f"{owner}@{scope.number}{reader.sheet.block()}")

    def read(self, node: Node, controls: Node, rest: list[Node]) -> Expression:
        """States what every control requires; gives the name of the group's values."""
        self._controls(controls, self._form)
        for other in rest:
            self._reader.value(other, self._scope)
        self._reader.sheet.bind(Ref(self._form.name, ("value",)), self._form, node, self._scope, "form")
        return self._form

    def _controls(self, controls: Node, form: Ref) -> None:
        for pair in parts(controls):
            key, value = field(pair, "key"), field(pair, "value")
            if key is None or value is None:
                continue
            subject = Ref(form.name, (*form.path, self._reader.source.text(key).strip("'\"")))
            self._control(subject, unwrapped(value))
            place = Ref(form.name, (*form.path, "controls", subject.path[-1], "value"))
            self._reader.sheet.bind(place, subject, pair, self._scope, "form")

    def _control(self, subject: Ref, value: Node) -> None:
        if value.type == "array":
            items = parts(value)
        elif value.type in ("new_expression", "call_expression"):
            callee = field(value, "constructor") or field(value, "function")
            name = self._reader.source.text(callee).split("<", 1)[0].rsplit(".", 1)[-1] if callee is not None else ""
            listed = field(value, "arguments")
            items = parts(listed) if listed is not None else []
            if name in (*words("angular", "groups"), *words("angular", "builders")) and items:
                self._controls(unwrapped(items[0]), subject)
                return
            if name not in words("angular", "controls"):
                self._reader.value(value, self._scope)
                return
        else:
            items = [value]
        for index, item in enumerate(items):
            if index == 0:
                self._initial(subject, item)
            else:
                self._validators(subject, item)

    def _initial(self, subject: Ref, node: Node) -> None:
        found = self._reader.value(node, self._scope)
        if not isinstance(found, Null) and found != Text(""):
            self._reader.sheet.bind(subject, found, node, self._scope)

    def _validators(self, subject: Ref, node: Node) -> None:
        node = unwrapped(node)
        if node.type == "array":
            for item in parts(node):
                self._validators(subject, item)
        elif node.type == "object":
            for pair in parts(node):
                value = field(pair, "value")
                if value is not None and self._reader.source.text(field(pair, "key") or pair) == "validators":
                    self._validators(subject, value)
        elif node.type in FUNCTIONS:
            function = self._reader.define(node, self._scope)
            self._reader.sheet.applied(
                function, (Ref(subject.name, (*subject.path[:-1], "controls", subject.path[-1])),), node, self._scope
            )
        else:
            self._validator(subject, node)

    def _validator(self, subject: Ref, node: Node) -> None:
        called = node.type == "call_expression"
        callee = field(node, "function") if called else node
        name = self._reader.source.text(callee) if callee is not None else ""
        if not name.startswith("Validators."):
            self._reader.value(node, self._scope)
            return
        meaning = table("angular")["validators"].get(name.removeprefix("Validators."))
        arguments = self._reader.arguments(node, self._scope) if called else ()
        condition = _condition(meaning, subject, arguments) if meaning else None
        if condition is not None:
            self._reader.sheet.state(
                "require", node, self._scope, condition=condition, effect="reject", strength="hard", source="angular"
            )


def _condition(meaning: str, subject: Ref, arguments: tuple[Expression, ...]) -> Expression | None:
    if meaning == "present":
        return Operation(
            "and", (Operation("not", (Operation("is null", (subject,)),)), Operation("!=", (subject, Text(""))))
        )
    if meaning == "true":
        return Operation("=", (subject, Boolean(True)))
    if meaning == "email":
        return _optional(subject, Call("is format", (subject, Text("email"))))
    if not arguments:
        return None
    if meaning == "pattern":
        pattern = arguments[0]
        if isinstance(pattern, Text):
            pattern = Pattern(pattern.value, "", "javascript", True)
        return _optional(subject, Operation("matches", (subject, pattern)))
    measured: Expression = Call("length", (subject,)) if meaning in ("shortest", "longest") else subject
    return _optional(subject, Operation(_COMPARED[meaning], (measured, arguments[0])))


def _optional(subject: Ref, condition: Expression) -> Expression:
    """Only `required` minds an empty control."""
    return Operation("or", (Operation("is null", (subject,)), Operation("=", (subject, Text(""))), condition))
