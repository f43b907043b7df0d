"""Whether a predicate lets one value through, and whether it lets any."""

from fractions import Fraction

from archlint.algebra.constants import same_constant
from archlint.algebra.number_relation import pick
from archlint.algebra.quantities import parse
from archlint.algebra.ranges import of_numbers
from archlint.algebra.shapes import shape_accepts, shape_empty
from archlint.algebra.word_relation import has_word
from archlint.model.predicate import Anything, Constant, Form, Numbers, Partition, Predicate, Shape, Words


def accepts(predicate: Predicate, value: Constant | None) -> bool | None:
    """Whether a value (None: a missing one) is admitted; None where that cannot be told.

    A number given to a restriction of length, size or count is that length; a text is measured.
    """
    if value is None or value.of == "null":
        return {"pass": True, "fail": False}.get(predicate.nulls)
    if value.of == "text" and value.value == "" and predicate.empty != "unknown":
        return predicate.empty == "pass"
    return _admits(predicate.form, value)


def _admits(form: Form, value: Constant) -> bool | None:
    if isinstance(form, Anything):
        return True
    if isinstance(form, Numbers):
        return _number(form, value)
    if isinstance(form, Words):
        number = parse(value.value) if value.of == "number" else None
        if number is not None and any(parse(word) == number for word in form.words):
            return not form.excluded
        return has_word(form, value.value)
    if isinstance(form, Shape):
        return shape_accepts(form, value.value) if value.of in ("text", "number") else None
    if isinstance(form, Constant):
        return same_constant(form, value, None)
    if isinstance(form, Partition):
        results = [_admits(case, value) for case, _ in form.cases]
        return True if True in results else None if None in results else False
    return None


def _number(form: Numbers, value: Constant) -> bool | None:
    if value.of == "duration" and value.unit != form.unit:
        return None
    if value.of == "text" and form.unit:
        length = _length(value.value, form.unit)
        return None if length is None else of_numbers(form).has(length)
    number = parse(value.value)
    if number is None or value.of not in ("number", "duration", "text"):
        return None
    return of_numbers(form).has(number)


def _length(text: str, unit: str) -> Fraction | None:
    if unit == "characters":
        return Fraction(len(text))
    return Fraction(len(text.encode())) if unit == "bytes" else None


def empty(predicate: Predicate) -> bool | None:
    """Whether no (present) value is admitted at all; None where that cannot be told."""
    form = predicate.form
    if isinstance(form, Numbers):
        return pick(of_numbers(form)) is None
    if isinstance(form, Words):
        return not form.words and not form.excluded
    if isinstance(form, Shape):
        return shape_empty(form)
    return False if isinstance(form, (Anything, Constant)) else None
