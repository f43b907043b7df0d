"""Enums: the words that they stand for, and under which name they are stored."""

import re

from tree_sitter import Node

from archlint.languages.dart.classes import Classes
from archlint.languages.dart.literals import string
from archlint.languages.dart.protocol import Reader
from archlint.languages.dart.sheet import member_name
from archlint.languages.dart.syntax import child, descendants, field, parts
from archlint.model.expression import Expression, Fields, Items, Number, Ref, Text
from archlint.terms.idioms import table, words
from archlint.terms.scope import Scope

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Enums:
    """Reads the enums of one file."""

    def __init__(self, reader: Reader, classes: Classes) -> None:
        self._reader = reader
        self._classes = classes

    def read(self, node: Node, scope: Scope) -> None:
        """`enum Status { draft, inProgress('in_progress') }`: constants with the words that they are stored under."""
        name, body = field(node, "name"), field(node, "body")
        if name is None or body is None:
            return
        label = self._reader.source.text(name)
        here = scope.declare(label)
        fields = self._fields(body)
        constants = [item for item in parts(body) if item.type == "enum_constant"]
        position = self._wire(constants, fields, scope)
        told = self._told(label, node)
        entries = [
            (self._label(item), told.get(self._label(item)) or self._word(item, position, scope)) for item in constants
        ]
        sheet = self._reader.sheet
        sheet.bind(Ref(here), Fields(tuple(entries)), node, scope, "constant")
        self._stated(here, node, entries, fields[position] if position is not None else "name", constants, scope)
        self._members(body, here, label, scope)

    def _stated(
        self, here: str, node: Node, entries: list[tuple[str, Expression]], wire: str, constants: list[Node],
        scope: Scope,
    ) -> None:  # fmt: skip
        """The words are the domain of all that is of this type, however its word is asked for."""
        spare = self._spare(node, constants)
        kept = [value for label, value in entries if label not in spare]
        if len(kept) < 2 or not (
            all(isinstance(value, Text) for value in kept) or all(isinstance(value, Number) for value in kept)
        ):
            return
        for subject in (Ref(here), Ref(here, (wire,))):
            self._reader.sheet.state(
                "values", node, scope, subject=subject, condition=Items(tuple(kept)), effect="hint", strength="hint",
                source="type",
            )  # fmt: skip

    def _spare(self, node: Node, constants: list[Node]) -> frozenset[str]:
        """Constants that stand for whatever the program does not know: no value of the domain."""
        names = {self._label(item) for item in constants}
        return frozenset(names & words("dart_enums", "spare"))

    def _label(self, constant: Node) -> str:
        name = field(constant, "name")
        return self._reader.source.text(name) if name is not None else ""

    # Words -----------------------------------------------------------------------------------------------

    def _fields(self, body: Node) -> list[str]:
        """The fields that the constructor takes, in order."""
        text = self._reader.source.text
        for item in parts(body):
            signature = (
                child(item, "constant_constructor_signature", "constructor_signature")
                if item.type == "declaration"
                else None
            )
            listed = child(signature, "formal_parameter_list") if signature is not None else None
            if listed is not None:
                return [text(parts(inner)[-1]) for inner in _held(listed) if parts(inner)]
        return []

    def _wire(self, constants: list[Node], fields: list[str], scope: Scope) -> int | None:
        """The argument under which constants are stored: the one that is named so, else their only text."""
        known = words("dart", "wire") - {"name"}
        for position, name in enumerate(fields):
            if name in known:
                return position
        texts = [
            position
            for position in range(len(fields))
            if all(_text_at(item, position, self._reader) is not None for item in constants)
        ]
        shown = re.compile(table("dart_enums")["shown"])
        texts = [position for position in texts if not shown.search(fields[position])]
        found = texts[0] if len(texts) == 1 else None
        if found is not None and all(
            re.fullmatch(r"[a-z][a-z0-9_-]*", _text_at(item, found, self._reader) or "") for item in constants
        ):
            return found
        return None

    def _told(self, label: str, node: Node) -> dict[str, Expression]:
        """The words that a method of the enum, or of an extension of it, has for its constants: `toJson`."""
        bodies = [field(node, "body")]
        for other in self._reader.source.root.named_children:
            on = field(other, "class") if other.type == "extension_declaration" else None
            if on is not None and self._reader.source.text(on) == label:
                bodies.append(field(other, "body"))
        for body in bodies:
            for method in (item for item in parts(body) if item.type == "method_declaration") if body else ():
                found = self._cases(method) if self._stores(method) else {}
                if found:
                    return found
        return {}

    def _stores(self, method: Node) -> bool:
        """Whether a method or getter is called like one that gives the stored word."""
        signature = field(method, "signature")
        inner = child(signature, "function_signature", "getter_signature") if signature is not None else None
        name = field(inner, "name") if inner is not None else None
        known = words("dart", "wire") | words("dart_enums", "storing")
        return name is not None and self._reader.source.text(name) in known

    def _cases(self, method: Node) -> dict[str, Expression]:
        """The text that each constant is given in a switch over them."""
        found: dict[str, Expression] = {}
        for case in descendants(method, frozenset({"switch_statement_case", "switch_expression_case"})):
            patterns = [item for item in case.children_by_field_name("pattern") if item.type == "constant_pattern"]
            body = parts(case)[-1] if parts(case) else case
            answer = parts(body)[0] if body.type == "return_statement" and parts(body) else body
            if answer.type == "string_literal" and len(patterns) == 1:
                label = self._reader.source.text(patterns[0]).rsplit(".", 1)[-1]
                found[label] = Text(string(self._reader.source.text(answer)))
        return found

    def _word(self, constant: Node, position: int | None, scope: Scope) -> Expression:
        for annotation in (item for item in parts(constant) if item.type == "annotation"):
            name, given = field(annotation, "name"), child(annotation, "arguments")
            known = name is not None and self._reader.source.text(name) in words("dart_models", "stored")
            if known and given is not None and parts(given):
                return self._reader.value(parts(given)[0], scope)
        if position is not None:
            node = _argument(constant, position)
            if node is not None:
                return self._reader.value(node, scope)
        # Databases write in snake case what Dart writes in camel case.
        return Text(_CAPITAL.sub("_", self._label(constant)).lower())

    # Members ---------------------------------------------------------------------------------------------

    def _members(self, body: Node, here: str, label: str, scope: Scope) -> None:
        """Within an enum `this` is one of its constants, and their names stand for themselves."""
        inner = Scope(scope, scope.function, self._reader.sheet.block())
        own = inner.declare("_this")
        inner.names["this"] = own
        self._reader.sheet.bind(Ref(own), Ref(here), body, inner, "type")
        for constant in (item for item in parts(body) if item.type == "enum_constant"):
            name = self._label(constant)
            inner.names[name] = member_name(here, name)
        inner.names["values"] = member_name(here, "values")
        self._classes.members(body, here, label, inner)


def _held(listed: Node) -> list[Node]:
    """The fields among the parameters of a constructor."""
    found: list[Node] = []
    stack = parts(listed)
    while stack:
        item = stack.pop(0)
        if item.type == "constructor_param":
            found.append(item)
        else:
            stack = [*parts(item), *stack]
    return found


def _argument(constant: Node, position: int) -> Node | None:
    part = child(constant, "argument_part")
    listed = child(part, "arguments") if part is not None else None
    given = parts(listed) if listed is not None else []
    inner = parts(given[position]) if position < len(given) else []
    return inner[-1] if inner else None


def _text_at(constant: Node, position: int, reader: Reader) -> str | None:
    node = _argument(constant, position)
    if node is None or node.type != "string_literal":
        return None
    return string(reader.source.text(node))
