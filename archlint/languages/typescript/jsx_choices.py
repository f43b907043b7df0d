"""What a screen offers to choose from: literal options, and lists that options are drawn from."""

from typing import NamedTuple

from tree_sitter import Node

from archlint.languages.typescript.meanings import shown
from archlint.languages.typescript.protocol import Reader
from archlint.model.expression import Call, Expression, Fields, Items, Number, Operation, Ref, Text
from archlint.terms.idioms import words
from archlint.terms.scope import Scope

_STEPS = 6
_CONVERSIONS = frozenset({"text", "number", "trim", "integer"})


class Choice(NamedTuple):
    """One option, or one list of them."""

    value: Expression
    node: Node
    whole: bool = False


def peeled(value: Expression) -> Expression:
    """A value without conversions and fallbacks around it."""
    for _ in range(_STEPS):
        if isinstance(value, Call) and value.callee is None and value.function in _CONVERSIONS and value.arguments:
            value = value.arguments[0]
        elif isinstance(value, Operation) and value.operator in ("coalesce", "fallback"):
            value = value.operands[0]
        else:
            break
    return value


def offered(reader: Reader, choices: list[Choice], subject: Ref, scope: Scope) -> None:
    """States the choices for a value, unless one of them is not known."""
    if not choices:
        return
    found: list[Expression] = []
    # The empty text is no choice but the absence of one.
    choices = [choice for choice in choices if choice.value != Text("")]
    for choice in choices:
        value = peeled(choice.value)
        if isinstance(value, (Text, Number)):
            found.append(value)
            continue
        listed = _list(reader, value, choice.whole)
        if listed is None:
            return
        found.append(Operation("concat", (listed,)) if len(choices) > 1 else listed)
    lists = [item for item in found if not isinstance(item, (Text, Number))]
    if not lists and len(found) < 2:
        return
    condition: Expression = lists[0] if len(found) == 1 and lists else Items(tuple(found))
    first, last = choices[0].node, choices[-1].node
    reader.sheet.state(
        "offer", reader.source.span(first, last), scope, subject=subject, condition=condition, effect="hint",
        strength="soft", source="jsx", text=shown(reader, first, last),
    )  # fmt: skip


def _list(reader: Reader, value: Expression, whole: bool) -> Expression | None:
    """The list whose elements an option's value is taken from: `OPTIONS.map(o => <option value={o.value}>)`."""
    if isinstance(value, Ref) and value.path not in ((), ("value",)):
        return None
    for step in range(_STEPS):
        if isinstance(value, Ref) and step and len(value.path) == 1 and value.name.endswith("@0"):
            # A list that the class of the screen holds, under a name of its own or as it is written there.
            held = reader.sheet.parts.get(value)
            return held if isinstance(held, (Items, Ref)) else value
        if not isinstance(value, Ref) or value.path not in ((), ("value",)):
            break
        known = reader.sheet.known.get(value.name)
        if isinstance(known, Items) and not step and not whole:
            # The elements of a list that has no name.
            return known
        if known is None or isinstance(known, (Items, Fields)):
            # A list that is declared here or imported; its name says where it comes from.
            return Ref(value.name) if known is not None or not _local(value.name) else None
        value = known
    if isinstance(value, Call) and value.function in words("html", "entries") and value.arguments:
        return Call("keys", value.arguments[:1])
    if isinstance(value, Call) and value.function in ("keys", "values") and value.callee is None:
        return value
    return value if isinstance(value, Items) else None


def _local(name: str) -> bool:
    """Whether a name belongs to a function, so that nothing is known of where its value comes from."""
    return not name.endswith("@0")
