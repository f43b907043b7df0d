"""What a single condition without connectives says about its subject."""

import re
from fractions import Fraction

from archlint.algebra.calculation import number_of
from archlint.algebra.canonical import NEGATED, canonical
from archlint.algebra.comparing import compare, steps_of
from archlint.algebra.draft import Draft
from archlint.algebra.forms import make_words
from archlint.algebra.linear import linear, peel
from archlint.algebra.quantities import exact, show
from archlint.algebra.ranges import by_comparison, complement, merged, of_numbers, to_numbers
from archlint.model.expression import (
    Boolean,
    Call,
    Expression,
    Fields,
    Items,
    Null,
    Number,
    Operation,
    Pattern,
    Ref,
    Row,
    Text,
)
from archlint.model.predicate import Anything, Compared, Numbers, Shape, Words
from archlint.model.rule import Kind

_EMPTY = Text("")
_ZERO = Fraction(0)
_ESCAPED = re.compile(r"\\.", re.DOTALL)
# A value of another type than its field has is not asked about; a missing one is.
_TYPES = frozenset({"is number", "is text"})
# In these a value stands for a condition: whether it is there, and neither nothing nor empty.
WEIGHING = frozenset({"javascript", "python"})
_AFFIXES = {"starts with": ("", "%"), "ends with": ("%", ""), "contains": ("%", "%")}


def atom(condition: Expression, positive: bool, dialect: str) -> Draft | None:
    """The requirement that a condition without and/or holds (or does not); None where it is not modelled."""
    presence = present(condition, positive, dialect)
    if presence is not None:
        return presence
    if isinstance(condition, (Ref, Row)):
        return _boolean(condition, positive, exact=dialect not in WEIGHING)
    if isinstance(condition, Operation):
        return _operation(condition, positive, dialect)
    if isinstance(condition, Call) and condition.callee is None:
        return _call(condition, positive)
    return None


def present(condition: Expression, positive: bool, dialect: str) -> Draft | None:
    """The requirement that a name is not null or not empty, where the condition says that."""
    if isinstance(condition, Operation):
        operator, operands = condition.operator, condition.operands
        if operator == "is null" and operands:
            return None if positive else _presence(operands[0])
        if operator == "truthy" and positive and operands:
            return _presence(operands[0], truthy=True)
        if operator in ("=", "!=", "distinct") and len(operands) == 2:
            if (operator == "=") == positive:
                return None
            return _not_empty(operands, dialect)
        if operator in ("<", "<=", ">", ">=") and len(operands) == 2:
            return _some_length(operator if positive else NEGATED[operator], operands)
        return None
    if positive and isinstance(condition, Call) and condition.function in _TYPES and condition.callee is None:
        return _presence(condition.arguments[0]) if condition.arguments else None
    if positive and dialect in WEIGHING:
        if isinstance(condition, (Ref, Row)):
            return _presence(condition, truthy=True)
        if isinstance(condition, Call) and condition.callee is None and len(condition.arguments) == 1:
            if condition.function in ("trim", "text", "number", "integer", "date"):
                return _presence(condition, truthy=True)
            if condition.function in ("length", "count"):
                return _presence(condition.arguments[0])
    return None


def _presence(value: Expression, truthy: bool = False) -> Draft | None:
    core, trimmed, _ = peel(value)
    if not isinstance(core, (Ref, Row)):
        return None
    return Draft(core, "presence", Kind.PRESENCE, Anything(), trimmed=trimmed, truthy=truthy, weight=1)


def _not_empty(operands: tuple[Expression, ...], dialect: str) -> Draft | None:
    for value, literal in (operands, operands[::-1]):
        if literal == _EMPTY:
            return _presence(value)
        if isinstance(literal, Null) and dialect != "postgresql":
            return _presence(value)
        measured = _measured(value)
        if measured is not None and number_of(literal) == 0:
            return _presence(measured)
    return None


def _measured(value: Expression) -> Expression | None:
    if isinstance(value, Call) and value.callee is None and value.function in ("length", "count"):
        side = linear(value)
        if side is not None and all(term.aspect == "length" for term in side.terms.values()):
            return value.arguments[0]
    return None


def _some_length(operator: str, operands: tuple[Expression, ...]) -> Draft | None:
    left, right = operands
    if operator in ("<", "<="):
        left, right, operator = right, left, ">" if operator == "<" else ">="
    measured = _measured(left)
    if measured is None or not isinstance(right, Number):
        return None
    return _presence(measured) if number_of(right) == (0 if operator == ">" else 1) else None


def _boolean(core: Expression, value: bool, exact: bool = True) -> Draft:
    words = Words(("true" if value else "false",))
    return Draft(core, "value", Kind.DOMAIN, words, weight=2, exact=exact)


def _operation(condition: Operation, positive: bool, dialect: str) -> Draft | None:
    operator, operands = condition.operator, condition.operands
    if operator == "%" and dialect in WEIGHING and not positive and len(operands) == 2:
        return _step(operands)
    if operator == "is null" and operands:
        core, trimmed, _ = peel(operands[0])
        if not isinstance(core, (Ref, Row)):
            return None
        return Draft(core, "presence", Kind.PRESENCE, Words(()), trimmed=trimmed, weight=1)
    if operator == "truthy" and operands:
        return atom(operands[0], positive, "javascript")
    if len(operands) != 2:
        return None
    if operator == "distinct":
        operator, positive = "=", not positive
    if operator in ("=", "!="):
        return _equality(operands[0], operands[1], positive == (operator == "="), dialect)
    if operator in ("<", "<=", ">", ">="):
        return compare(operator if positive else NEGATED[operator], operands[0], operands[1], dialect)
    if operator == "in":
        return _membership(operands[0], operands[1], positive)
    if operator == "matches" and isinstance(operands[1], Pattern):
        return _pattern(operands[0], operands[1], positive)
    return None


def _equality(left: Expression, right: Expression, positive: bool, dialect: str) -> Draft | None:
    for value, literal in ((left, right), (right, left)):
        if isinstance(literal, Text):
            return _membership(value, Items((literal,)), positive)
        if isinstance(literal, Boolean):
            core, _, _ = peel(value)
            return _boolean(core, literal.value == positive) if isinstance(core, (Ref, Row)) else None
        if isinstance(literal, Null):
            return None
        special = _special_equality(value, literal) if positive else None
        if special is not None:
            return special
    cased = _one_case(left, right) or _one_case(right, left) if positive else None
    if cased is not None:
        return cased
    found = compare("=" if positive else "!=", left, right, dialect)
    if found is not None and isinstance(found.form, Numbers):
        found.weight = 3
    return found if found is not None else _other_value(left, right, positive)


def _one_case(value: Expression, folded: Expression) -> Draft | None:
    """A text that is the same in one case has no letters of the other one."""
    core, _, case = peel(folded)
    if not case or value != core or not isinstance(core, (Ref, Row)) or folded != Call(case, (core,)):
        return None
    other = "[[:upper:]]" if case == "lower" else "[[:lower:]]"
    return Draft(core, "value", Kind.PATTERN, Shape(((other, "", "postgresql", True),)))


def _special_equality(value: Expression, literal: Expression) -> Draft | None:
    if isinstance(value, Operation) and value.operator == "%" and len(value.operands) == 2 and number_of(literal) == 0:
        return _step(value.operands)
    if isinstance(value, Call) and value.callee is None and value.arguments and value.arguments[0] == literal:
        places = number_of(value.arguments[1]) if len(value.arguments) == 2 else _ZERO
        rounds = value.function in ("round", "truncate") or (value.function in ("floor", "ceil") and not places)
        if rounds and places is not None and places.denominator == 1 and abs(places) <= 30:
            return steps_of(literal, Fraction(1, 10) ** int(places))
    return None


def _step(operands: tuple[Expression, ...]) -> Draft | None:
    step = number_of(operands[1])
    return None if not step else steps_of(operands[0], step)


def _other_value(left: Expression, right: Expression, positive: bool) -> Draft | None:
    """Equality of a name with a value that is neither a literal nor another name, such as the current user."""
    for value, other in ((left, right), (right, left)):
        core, _, folded = peel(value)
        if isinstance(core, (Ref, Row)) and isinstance(other, Call) and other.function.startswith("current "):
            from_name = "=" if positive else "!="
            return _compared(core, from_name, other, folded)
    return None


def _compared(core: Expression, operator: str, other: Expression, folded: str) -> Draft:
    form = Compared(canonical(core), operator, canonical(other))
    return Draft(core, "value", Kind.COMPARISON, form, other=other, operator=operator, folded=bool(folded))


def _membership(value: Expression, collection: Expression, positive: bool) -> Draft | None:
    core, trimmed, folded = peel(value)
    if not isinstance(core, (Ref, Row)):
        return _numeric_membership(value, collection, positive)
    found = literal_words(collection)
    if found is None:
        return None
    # A word that is not in the case into which the value is folded is never met.
    known = {word.lower() for word in found if _in_case(word, folded)} if folded else set(found)
    form = make_words(known, not positive, bool(folded and known))
    return Draft(core, "value", Kind.DOMAIN, form, folded=bool(folded), trimmed=trimmed, weight=3)


def _in_case(text: str, folded: str) -> bool:
    return text == (text.upper() if folded == "upper" else text.lower())


def _numeric_membership(value: Expression, collection: Expression, positive: bool) -> Draft | None:
    """A list of numbers that a length, a count or a converted value must be in."""
    items = collection.items if isinstance(collection, Items) else ()
    result: Draft | None = None
    for item in items:
        found = compare("=", value, item, "")
        if found is None or not isinstance(found.form, Numbers):
            return None
        if result is None:
            result = found
        elif isinstance(result.form, Numbers):
            ranges = merged((*of_numbers(result.form).ranges, *of_numbers(found.form).ranges))
            result.form = to_numbers(ranges, of_numbers(result.form).step, result.form.unit)
    if result is not None and isinstance(result.form, Numbers) and not positive:
        old = of_numbers(result.form)
        result.form = to_numbers(complement(old.ranges), old.step, result.form.unit)
    return result


def literal_words(collection: Expression) -> list[str] | None:
    """The literals of a list, of the keys of a map; None where it holds anything else."""
    if isinstance(collection, Fields):
        return None if collection.spreads else [name for name, _ in collection.entries]
    if not isinstance(collection, Items):
        return None
    found = [word_of(item) for item in collection.items]
    known = [word for word in found if word is not None]
    return known if len(known) == len(found) else None


def word_of(item: Expression) -> str | None:
    """A literal as a word."""
    if isinstance(item, Text):
        return item.value
    if isinstance(item, Number):
        number = number_of(item)
        return None if number is None else show(number)
    return ("true" if item.value else "false") if isinstance(item, Boolean) else None


def _pattern(value: Expression, pattern: Pattern, positive: bool) -> Draft | None:
    core, trimmed, folded = peel(value)
    if not isinstance(core, (Ref, Row)):
        return None
    source, flags = pattern.source, "".join(sorted(set(pattern.flags) - {"g", "y"}))
    if folded and not _foldable(source, folded):
        return None
    if pattern.dialect == "like":
        if not flags and not any(mark in source for mark in "%_\\"):
            return _membership(value, Items((Text(source),)), positive)
    elif pattern.whole:
        source = f"^(?:{source})$"
    if folded:
        flags = "".join(sorted({*flags, "i"}))
    form = Shape(((source, flags, pattern.dialect, not positive),))
    return Draft(core, "value", Kind.PATTERN, form, folded=bool(folded), trimmed=trimmed)


def _foldable(source: str, folded: str) -> bool:
    """Whether a pattern over a folded value is the same as the pattern without regard to case."""
    bare = _ESCAPED.sub("", source)
    return _in_case(bare, folded) and not any(mark in source for mark in ("[:", "\\x", "\\u"))


def _call(condition: Call, positive: bool) -> Draft | None:
    function, arguments = condition.function, condition.arguments
    if not arguments:
        return None
    core, trimmed, folded = peel(arguments[0])
    if not isinstance(core, (Ref, Row)):
        return None
    if function == "is integer" and positive:
        return steps_of(arguments[0], Fraction(1))
    if len(arguments) == 2 and isinstance(arguments[1], Text):
        text = arguments[1].value
        if function == "is format" and positive:
            return Draft(core, "value", Kind.PATTERN, Shape((), text), folded=bool(folded), trimmed=trimmed)
        if function in _AFFIXES and (not folded or _in_case(text, folded)):
            before, after = _AFFIXES[function]
            escaped = "".join(f"\\{mark}" if mark in "%_\\" else mark for mark in text)
            form = Shape(((f"{before}{escaped}{after}", "i" if folded else "", "like", not positive),))
            return Draft(core, "value", Kind.PATTERN, form, folded=bool(folded), trimmed=trimmed)
    return None


def excluding_zero() -> Numbers:
    """Every number but zero."""
    return to_numbers(by_comparison("!=", exact("0")))


def only_zero() -> Numbers:
    """Zero alone."""
    return to_numbers(by_comparison("=", exact("0")))
