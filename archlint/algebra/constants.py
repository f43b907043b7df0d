"""Single values: reading them from expressions, comparing them, and what a predicate says about one."""

from archlint.algebra.atoms import literal_words, word_of
from archlint.algebra.canonical import numeral
from archlint.algebra.forms import make_words
from archlint.algebra.quantities import parse
from archlint.algebra.verdict import EQUAL, UNKNOWN, Verdict
from archlint.model.expression import Boolean, Duration, Expression, Fields, Items, Null, Number, Text
from archlint.model.predicate import Constant, Predicate
from archlint.model.rule import Kind, Relation


def constant(expression: Expression) -> Constant | None:
    """The value that a literal writes; None for anything else."""
    if isinstance(expression, Number):
        return None if parse(expression.value) is None else Constant(numeral(expression.value), "number")
    if isinstance(expression, Text):
        return Constant(expression.value, "text")
    if isinstance(expression, Boolean):
        return Constant("true" if expression.value else "false", "boolean")
    if isinstance(expression, Null):
        return Constant("null", "null")
    if isinstance(expression, Duration):
        if expression.months and parse(expression.seconds) != 0:
            return None
        if expression.months:
            return Constant(str(expression.months), "duration", "months")
        return Constant(numeral(expression.seconds), "duration", "seconds")
    return None


def words(expression: Expression) -> Predicate | None:
    """The finite set that a literal, a list of literals or the keys of a map make; None where any part is unknown.

    In a list of objects the member `value` counts, not its label.
    """
    if isinstance(expression, Items):
        expression = Items(tuple(_value_of(item) for item in expression.items))
    elif word_of(expression) is not None:
        expression = Items((expression,))
    found = literal_words(expression)
    return Predicate(make_words(set(found))) if found else None


def _value_of(item: Expression) -> Expression:
    if isinstance(item, Fields):
        value = item.get("value")
        return item if value is None else value
    return item


def same_constant(left: Constant, right: Constant, kind: Kind | None) -> bool | None:
    """Whether two values are one; None where their kinds cannot be compared."""
    if left == right:
        return True
    kinds = {left.of, right.of}
    if "duration" in kinds and (left.of != right.of or left.unit != right.unit):
        return None
    if kinds <= {"number", "duration"} or (kinds == {"number", "text"} and kind is Kind.DEFAULT):
        one, other = parse(left.value), parse(right.value)
        if one is not None and other is not None:
            return one == other
    if kinds == {"boolean", "text"} and kind is Kind.DEFAULT:
        return left.value.lower() == right.value.lower()
    return False


def relate_constants(left: Constant, right: Constant, kind: Kind | None) -> Verdict:
    """Equal, or overlapping with both values (the left one first) as the witness."""
    same = same_constant(left, right, kind)
    if same is None:
        return UNKNOWN
    return EQUAL if same else Verdict(Relation.OVERLAPPING, f"{shown(left)} / {shown(right)}")


def shown(value: Constant) -> str:
    """A value as a reader expects it."""
    if value.of == "number":
        return numeral(value.value)
    if value.of == "duration":
        return f"{numeral(value.value)} {value.unit}"
    return f'"{value.value}"' if value.of == "text" else value.value
