"""Classes of data: those whose code freezed or json_serializable writes, and those that are read by hand."""

from tree_sitter import Node

from archlint.languages.dart.protocol import Reader
from archlint.languages.dart.questions import constant
from archlint.languages.dart.syntax import child, field, parts
from archlint.languages.dart.types import is_type
from archlint.model.expression import Boolean, Ref, Text
from archlint.terms.idioms import words
from archlint.terms.scope import Function, Scope


def annotated(reader: Reader, annotations: list[Node], node: Node, subject: Ref, scope: Scope) -> None:
    """`@Default('pending')`, `@JsonKey(name: 'total_amount', defaultValue: 0)`."""
    for annotation in annotations:
        name = field(annotation, "name")
        given = child(annotation, "arguments")
        label = reader.source.text(name) if name is not None else ""
        if given is None or label not in (*words("dart_models", "defaults"), *words("dart_models", "keys")):
            continue
        for item in parts(given):
            key = child(item, "label")
            inner = parts(item)[-1:]
            if not inner:
                continue
            said = reader.source.text(key).rstrip(": ") if key is not None else ""
            if (said == "" and label in words("dart_models", "defaults")) or said == "defaultValue":
                value = reader.value(inner[0], scope)
                if constant(value, reader.sheet) and value != Text("") and not isinstance(value, Boolean):
                    reader.sheet.state(
                        "default", reader.source.span(annotation, node), scope,
                        text=reader.source.snippet(annotation, node), subject=subject, value=value, effect="assign",
                        strength="soft", source="model",
                    )  # fmt: skip
            elif said == "name":
                value = reader.value(inner[0], scope)
                if isinstance(value, Text):
                    # The member goes by another name wherever it is stored.
                    reader.sheet.bind(Ref(subject.name, (value.value,)), subject, annotation, scope)


def filled(reader: Reader, listed: Node | None, function: Function, here: str, scope: Scope) -> None:
    """The parameters of a freezed factory are the members of its class."""
    stack = parts(listed) if listed is not None else []
    while stack:
        item = stack.pop(0)
        if item.type == "optional_formal_parameters":
            stack = [*parts(item), *stack]
        elif item.type == "formal_parameter":
            name = field(item, "name")
            if name is None:
                continue
            label = reader.source.text(name)
            reader.sheet.bind(Ref(here, (label,)), Ref(f"{label}@{function.number}"), item, scope)
            kind = reader.typed([part for part in parts(item) if is_type(part)], scope)
            if kind is not None:
                reader.sheet.bind(Ref(here, (label,)), kind, item, scope, "type")


def parsed(reader: Reader, name: str, function: Function, here: str, scope: Scope, node: Node) -> None:
    """What `Order.fromJson` is given has the members of an order."""
    if name in words("dart_models", "parsing") and len(function.parameters) == 1:
        reader.sheet.bind(Ref(function.parameters[0]), Ref(here), node, scope, "type")


def generated(reader: Reader, node: Node, name: str, here: str, scope: Scope) -> None:
    """`toJson` of a class whose code is generated gives its members."""
    sheet = reader.sheet
    made = any(
        reader.source.text(found) in words("dart_models", "generators")
        for annotation in parts(node)
        if annotation.type == "annotation" and (found := field(annotation, "name")) is not None
    )
    own = f"{name}.toJson"
    if not made or any(fact.name == own for fact in sheet.functions):
        return
    function = Function(sheet.new_scope(), scope.number, own, own, name)
    function.returns.append(((), itself(reader, function, here, node, scope)))
    sheet.function(function, node)


def itself(reader: Reader, function: Function, here: str, node: Node, scope: Scope) -> Ref:
    """A value of a class, which is not the class."""
    own = Ref(f"_self@{function.number}")
    reader.sheet.bind(own, Ref(here), node, scope, "type")
    return own
