"""Clauses of `rules/idioms`: what a call, link, attribute or decorator of a library requires of a value."""

from functools import cache
from typing import Any, NamedTuple

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
from archlint.terms.idioms import table
from archlint.terms.neutral import negated

_MEASURES = frozenset({"length", "count", "size"})


@cache
def clauses(text: str) -> tuple[tuple[str, ...], ...]:
    """A row of idioms taken apart."""
    return tuple(tuple(part.split()) for part in text.split(";"))


class Said(NamedTuple):
    """A statement's kind and fields."""

    kind: str
    fields: dict[str, Any]


def said(
    clause: tuple[str, ...], given: tuple[Expression, ...], subject: Ref, guards: tuple[Expression, ...] = (),
    effect: str = "reject", strength: str = "hard", dialect: str = "javascript",
) -> Said | None:  # fmt: skip
    """What a clause states: a condition, a set of values, a default or a word about presence."""
    verb = clause[0]
    if verb in ("optional", "nullable", "default", "catch") and guards:
        return None
    if verb in ("default", "catch"):
        return defaulted(_argument(clause[1:], given), subject, strength)
    common = {"guards": guards, "message": message(given, _used(clause)), "strength": strength}
    if verb in ("optional", "nullable"):
        return Said("optional", {"subject": subject, "effect": "hint", **common})
    common["effect"] = effect
    if verb == "one":
        return _one(clause, given, subject, common)
    found = condition(clause, subject, given, dialect)
    return Said("require", {"condition": found, **common}) if found is not None else None


def _one(clause: tuple[str, ...], given: tuple[Expression, ...], subject: Ref, common: dict[str, Any]) -> Said | None:
    """A whole domain has no conditions; under some, its words are a requirement like any other."""
    argument = listed(given) if clause[-1] == "$*" else given[0] if given else None
    sibling = _sibling(argument)
    if sibling is not None:
        return Said("require", {"condition": Operation("=", (subject, sibling)), **common})
    found = words(argument) if argument is not None else None
    if found is None:
        return None
    if common["guards"]:
        return Said("require", {"condition": Operation("in", (subject, found)), **common})
    return Said("values", {"subject": subject, "condition": found, **common})


def defaulted(value: Expression | None, subject: Ref, strength: str = "hard") -> Said | None:
    """What a value is where none is given."""
    if not isinstance(value, (Text, Number, Boolean, Ref)) or value == Text(""):
        return None
    return Said("default", {"subject": subject, "value": value, "effect": "assign", "strength": strength})


def condition(
    clause: tuple[str, ...], subject: Expression, given: tuple[Expression, ...], dialect: str = "javascript"
) -> Expression | None:
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
        return _pattern(subject, argument, verb == "whole", dialect)
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


def _pattern(subject: Expression, argument: Expression, whole: bool, dialect: str) -> Expression | None:
    if isinstance(argument, Text):
        argument = Pattern(argument.value, "", dialect, whole)
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


def accepted(returns: tuple[tuple[tuple[Expression, ...], Expression], ...]) -> Expression | None:
    """The returned values of a predicate as one condition."""
    found: Expression | None = None
    for guards, value in reversed(returns):
        answer = accepting(value)
        if answer is None:
            return None
        if not guards or found is None:
            found = answer if not guards else None
            if found is None:
                return None
            continue
        test: Expression = guards[0] if len(guards) == 1 else Operation("and", guards)
        if answer == Boolean(True):
            found = Operation("or", (test, found))
        elif answer == Boolean(False):
            found = negated(test) if found == Boolean(True) else Operation("and", (negated(test), found))
        else:
            found = Operation("if", (test, answer, found))
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
    # `t('too_long')`, `this.$t('too_long')`: a text in the reader's language.
    return isinstance(value, Call) and value.function.rsplit(".", 1)[-1].lstrip("$") in ("t", "text")


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
