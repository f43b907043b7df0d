"""Clauses of `rules/idioms`: what a call, link, attribute or decorator of a library requires of a value."""

from functools import cache
from typing import NamedTuple

from tree_sitter import Node

from archlint.languages.typescript.idioms import table
from archlint.languages.typescript.neutral import negated
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.scope import Scope
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
    Pattern,
    Ref,
    Row,
    Text,
)
from archlint.model.source import Span

_OPERATORS = frozenset({"<", "<=", ">", ">=", "="})
_MEASURES = frozenset({"length", "count", "size"})
_SHOWN = 160


class Stated(NamedTuple):
    """How what is being read is written down: about whom, under which conditions, and on whose behalf."""

    subject: Ref
    scope: Scope
    source: str
    guards: tuple[Expression, ...] = ()
    effect: str = "reject"
    strength: str = "hard"


@cache
def clauses(text: str) -> tuple[tuple[str, ...], ...]:
    """A row of idioms taken apart."""
    return tuple(tuple(part.split()) for part in text.split(";"))


def condition(clause: tuple[str, ...], subject: Expression, given: tuple[Expression, ...]) -> Expression | None:
    """What a clause requires of a value; None where it says something else or its argument is not known."""
    verb = clause[0]
    if verb == "value" or verb in _MEASURES:
        measured = subject if verb == "value" else Call(verb, (subject,))
        return _measured(clause, measured, given)
    if verb == "integer":
        return Call("is integer", (subject,))
    if verb == "format":
        return _format(clause[1], subject, given)
    if verb in ("required", "filled"):
        present = negated(Operation("is null", (subject,)))
        return Operation("and", (present, Operation("!=", (subject, Text(""))))) if verb == "filled" else present
    argument = _argument(clause[1:], given)
    if argument is None or isinstance(argument, (Opaque, Lambda)):
        return None
    if verb in ("matches", "whole"):
        return _pattern(subject, argument, verb == "whole")
    if verb == "multiple":
        return Operation("=", (Operation("%", (subject, argument)), Number("0")))
    if verb in ("starts", "ends", "contains"):
        return Call(verb if verb == "contains" else f"{verb} with", (subject, argument))
    if verb == "none":
        listed = argument if isinstance(argument, (Items, Ref, Call)) else Items((argument,))
        return negated(Operation("in", (subject, listed)))
    return None


def _measured(clause: tuple[str, ...], measured: Expression, given: tuple[Expression, ...]) -> Expression | None:
    if clause[1] == "between":
        return _between(measured, given)
    argument = _argument(clause[2:], given)
    if argument is None or isinstance(argument, (Opaque, Lambda, Boolean, Null, Items)):
        return None
    if isinstance(argument, Text):
        argument = Call("date", (argument,)) if not _numeric(argument.value) else Number(argument.value.strip())
    return Operation(clause[1], (measured, argument))


def _between(measured: Expression, given: tuple[Expression, ...]) -> Expression | None:
    """`size(1, 5)`, `length(6)`."""
    limits = [item for item in given if isinstance(item, (Number, Ref, Operation))]
    if not limits:
        return None
    if len(limits) == 1:
        return Operation("=", (measured, limits[0]))
    return Operation("and", (Operation(">=", (measured, limits[0])), Operation("<=", (measured, limits[1]))))


def _format(name: str, subject: Expression, given: tuple[Expression, ...]) -> Expression | None:
    if name != "$1":
        return Call("is format", (subject, Text(name)))
    known = table("typebox_ajv")["formats"]
    first = given[0] if given else None
    return (
        Call("is format", (subject, Text(known[first.value])))
        if isinstance(first, Text) and first.value in known
        else None
    )


def _pattern(subject: Expression, argument: Expression, whole: bool) -> Expression | None:
    if isinstance(argument, Text):
        argument = Pattern(argument.value, "", "javascript", whole)
    elif isinstance(argument, Pattern) and whole:
        argument = Pattern(argument.source, argument.flags, argument.dialect, True)
    return Operation("matches", (subject, argument)) if isinstance(argument, (Pattern, Ref)) else None


def _argument(words: tuple[str, ...], given: tuple[Expression, ...]) -> Expression | None:
    word = words[-1] if words else ""
    if word == "$*":
        return listed(given)
    if word.startswith("$"):
        index = int(word[1:]) - 1
        return given[index] if index < len(given) else None
    return Number(word) if word else None


def listed(given: tuple[Expression, ...]) -> Expression | None:
    """Arguments as one list: `valid('a', 'b')`, `valid(...STATUSES)`, `valid(['a', 'b'])`."""
    if len(given) == 1:
        first = given[0]
        if isinstance(first, Operation) and first.operator == "concat" and len(first.operands) == 1:
            return first.operands[0]
        if isinstance(first, (Items, Ref)):
            return first
    return Items(given) if given else None


def message(given: tuple[Expression, ...], used: int = 1) -> str:
    """The text for the user among the arguments behind those that say what is required."""
    for item in reversed(given):
        if isinstance(item, Fields):
            for name in ("message", "error"):
                found = item.get(name)
                if isinstance(found, Text):
                    return found.value
    return next((item.value for item in given[used:] if isinstance(item, Text)), "")


def _used(clause: tuple[str, ...]) -> int:
    """How many arguments a clause takes."""
    if clause[-1] == "$*" or "between" in clause:
        return 99
    return int(clause[-1][1:]) if clause[-1].startswith("$") else 0


def words(argument: Expression) -> Expression | None:
    """A set of values; None where it is no set of words or numbers."""
    if isinstance(argument, (Text, Number)):
        return Items((argument,))
    if isinstance(argument, Items):
        kept = tuple(item for item in argument.items if not isinstance(item, Null) and item != Text(""))
        if not kept or any(isinstance(item, Boolean) for item in kept):
            return None
        return Items(kept)
    if isinstance(argument, (Ref, Fields)) or (isinstance(argument, Call) and argument.function in ("keys", "values")):
        return argument
    return None


def state(
    reader: Reader, clause: tuple[str, ...], given: tuple[Expression, ...], place: Span, text: str, into: Stated
) -> None:
    """Writes down a clause that is a condition, a set of values, a default or a word about presence."""
    verb = clause[0]
    common = {"guards": into.guards, "source": into.source, "message": message(given, _used(clause)), "text": text}
    sheet = reader.sheet
    if verb in ("optional", "nullable", "default", "catch") and into.guards:
        return
    if verb in ("optional", "nullable"):
        sheet.state(
            "optional", place, into.scope, subject=into.subject, effect="hint", strength=into.strength, **common
        )
    elif verb == "one":
        argument = listed(given) if clause[-1] == "$*" else given[0] if given else None
        found = words(argument) if argument is not None else None
        sibling = _sibling(argument)
        # A whole domain has no conditions; under some, its words are a requirement like any other.
        equal: Operation | None = None
        if sibling is not None:
            equal = Operation("=", (into.subject, sibling))
        elif found is not None and into.guards:
            equal = Operation("in", (into.subject, found))
        if equal is not None:
            sheet.state(
                "require", place, into.scope, condition=equal, effect=into.effect, strength=into.strength, **common
            )
        elif found is not None:
            sheet.state(
                "values", place, into.scope, subject=into.subject, condition=found, effect=into.effect,
                strength=into.strength, **common,
            )  # fmt: skip
    elif verb in ("default", "catch"):
        default(reader, _argument(clause[1:], given), place, text, into)
    else:
        found = condition(clause, into.subject, given)
        if found is not None:
            sheet.state(
                "require", place, into.scope, condition=found, effect=into.effect, strength=into.strength, **common
            )


def default(reader: Reader, value: Expression | None, place: Span, text: str, into: Stated) -> None:
    """`.default('draft')`: what the value is where none is given."""
    if isinstance(value, (Text, Number, Boolean, Ref)) and value != Text(""):
        reader.sheet.state(
            "default", place, into.scope, subject=into.subject, value=value, effect="assign", strength=into.strength,
            source=into.source, text=text,
        )  # fmt: skip


def _sibling(argument: Expression | None) -> Expression | None:
    """`oneOf([ref('password')])`: the value of another field."""
    if isinstance(argument, Items) and len(argument.items) in (1, 2):
        refs = [item for item in argument.items if not isinstance(item, Null)]
        if len(refs) == 1 and isinstance(refs[0], Ref) and refs[0].path:
            return refs[0]
    return None


def _numeric(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.strip().lower() not in ("nan", "infinity", "-infinity", "inf", "-inf")


def renamed(expression: Expression, name: str, value: Ref) -> Expression:
    """The expression with one name replaced."""
    if isinstance(expression, Ref):
        return Ref(value.name, (*value.path, *expression.path)) if expression.name == name else expression
    if isinstance(expression, Operation):
        return Operation(expression.operator, tuple(renamed(item, name, value) for item in expression.operands))
    if isinstance(expression, Call):
        return Call(
            expression.function, tuple(renamed(item, name, value) for item in expression.arguments), expression.callee
        )
    if isinstance(expression, Items):
        return Items(tuple(renamed(item, name, value) for item in expression.items))
    return expression


def shown(reader: Reader, first: Node, last: Node) -> str:
    """The source from one node to the end of another, cut to what is shown of it."""
    raw = reader.source.content[first.start_byte : min(last.end_byte, first.start_byte + 4 * _SHOWN)]
    text = " ".join(raw.decode("utf-8", "replace").split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def predicate(reader: Reader, node: Node, given: tuple[Expression, ...], scope: Scope) -> Expression | None:
    """What a function written in place (or named) says of the values it is given; None where it says nothing."""
    statements = reader.sheet.statements
    before = len(statements)
    function = reader.value(node, scope)
    if isinstance(function, Ref):
        return Call(function.path[-1] if function.path else function.name.split("@", 1)[0], given, function)
    if not isinstance(function, Lambda):
        return None
    # What the function answers is required; a comparison inside of it says no more.
    kept = [item for item in statements[before:] if item.kind != "compare" or item.scope != function.scope]
    statements[before:] = kept
    reader.applied(function, given, node, scope)
    fact = next((item for item in reversed(reader.sheet.functions) if item.scope == function.scope), None)
    if fact is None:
        return None
    found = _answer(fact.returns)
    if found is None or not isinstance(found, (Operation, Call, Ref, Row)):
        return None
    for name, value in zip(fact.parameters, given, strict=False):
        if isinstance(value, Ref):
            found = renamed(found, name, value)
    return found


def _answer(returns: tuple[tuple[tuple[Expression, ...], Expression], ...]) -> Expression | None:
    """The returned values of a predicate as one condition."""
    found: Expression | None = None
    for guards, value in reversed(returns):
        accepted = accepting(value)
        if accepted is None:
            return None
        if not guards or found is None:
            found = accepted if not guards else None
            if found is None:
                return None
            continue
        test: Expression = guards[0] if len(guards) == 1 else Operation("and", guards)
        if accepted == Boolean(True):
            found = Operation("or", (test, found))
        elif accepted == Boolean(False):
            found = negated(test) if found == Boolean(True) else Operation("and", (negated(test), found))
        else:
            found = Operation("if", (test, accepted, found))
    return found


def accepting(value: Expression) -> Expression | None:
    """When a validator's answer accepts: `true`, nothing, or the condition before a message."""
    if isinstance(value, Boolean):
        return value
    if isinstance(value, (Text, Fields)) or (isinstance(value, Operation) and value.operator == "concat"):
        return Boolean(False)
    if isinstance(value, Null):
        return Boolean(True)
    if isinstance(value, Operation):
        if value.operator in ("fallback", "or") and _told(value.operands[-1]):
            return accepting(value.operands[0])
        if value.operator == "and" and _told(value.operands[-1]):
            return negated(value.operands[0])
        if value.operator == "if":
            test, chosen, other = value.operands
            return _chosen(test, accepting(chosen), accepting(other))
        return value
    return value if isinstance(value, (Ref, Row, Call)) else None


def _told(value: Expression) -> bool:
    if isinstance(value, Operation):
        return value.operator == "concat"
    if isinstance(value, Text):
        return value.value != ""
    return isinstance(value, Call) and value.function in ("t", "text")


def _chosen(test: Expression, chosen: Expression | None, other: Expression | None) -> Expression | None:
    if chosen is None or other is None:
        return None
    if chosen == Boolean(True):
        return Operation("or", (test, other)) if other != Boolean(False) else test
    if chosen == Boolean(False):
        return negated(test) if other == Boolean(True) else Operation("and", (negated(test), other))
    if other == Boolean(True):
        return Operation("or", (negated(test), chosen))
    if other == Boolean(False):
        return Operation("and", (test, chosen))
    return Operation("if", (test, chosen, other))
