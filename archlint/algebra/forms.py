"""Union and intersection of admissible sets."""

from fractions import Fraction

from archlint.algebra.quantities import common_multiple, exact, parse, show
from archlint.algebra.ranges import EVERYTHING, Range, complement, intersect, merged, of_numbers, to_numbers
from archlint.model.predicate import Anything, Form, Numbers, Shape, Words

NOTHING = Words(())


def word_set(words: Words) -> frozenset[str]:
    """The literals; lower case where case does not matter."""
    return frozenset(item.lower() for item in words.words) if words.fold else frozenset(words.words)


def make_words(words: frozenset[str] | set[str], excluded: bool = False, fold: bool = False) -> Words:
    """A set of literals in its normal order."""
    return Words(tuple(sorted(words)), excluded, fold)


def meet(left: Form, right: Form) -> Form | None:
    """What both admit; None where that has no form."""
    if isinstance(left, Anything):
        return right
    if isinstance(right, Anything) or left == right:
        return left
    if isinstance(left, Numbers) and isinstance(right, Numbers):
        return _meet_numbers(left, right)
    if isinstance(left, Words) and isinstance(right, Words):
        return _meet_words(left, right)
    if isinstance(left, Shape) and isinstance(right, Shape):
        if left.format and right.format and left.format != right.format:
            return None
        patterns = tuple(sorted({*left.patterns, *right.patterns}))
        return Shape(patterns, left.format or right.format)
    if isinstance(left, Numbers) and isinstance(right, Words):
        return _meet_mixed(left, right)
    if isinstance(left, Words) and isinstance(right, Numbers):
        return _meet_mixed(right, left)
    return None


def _same_unit(left: Numbers, right: Numbers) -> bool:
    return left.unit == right.unit


def _meet_numbers(left: Numbers, right: Numbers) -> Form | None:
    if not _same_unit(left, right):
        return None
    one, other = of_numbers(left), of_numbers(right)
    step = one.step if other.step is None else other.step if one.step is None else common_multiple(one.step, other.step)
    return to_numbers(intersect(one.ranges, other.ranges), step, left.unit)


def _meet_words(left: Words, right: Words) -> Form | None:
    one, other = word_set(left), word_set(right)
    if left.fold != right.fold:
        if left.fold:
            left, right, one, other = right, left, other, one
        # `right` folds case: a finite exact set can be tested against it.
        if left.excluded:
            return None
        return make_words({word for word in one if (word.lower() in other) != right.excluded})
    if left.excluded and right.excluded:
        return make_words(one | other, True, left.fold)
    if left.excluded:
        return make_words(other - one, False, left.fold)
    return make_words(one - other if right.excluded else one & other, False, left.fold)


def _meet_mixed(numbers: Numbers, words: Words) -> Form | None:
    values = of_numbers(numbers)
    if words.excluded:
        points = [parse(word) for word in words.words]
        known = [point for point in points if point is not None]
        return to_numbers(intersect(values.ranges, complement(point_ranges(known))), values.step, numbers.unit)
    parsed = {word: parse(word) for word in words.words}
    return make_words({word for word, number in parsed.items() if number is not None and values.has(number)})


def point_ranges(points: list[Fraction]) -> tuple[Range, ...]:
    """Ranges of single numbers."""
    return merged(Range(point, False, point, False) for point in points)


def join(left: Form, right: Form) -> Form | None:
    """What either admits; None where that has no form."""
    if isinstance(left, Anything) or isinstance(right, Anything):
        return Anything()
    if left in (right, NOTHING):
        return right
    if right == NOTHING:
        return left
    if isinstance(left, Numbers) and isinstance(right, Numbers):
        one, other = of_numbers(left), of_numbers(right)
        if not _same_unit(left, right) or one.step != other.step:
            return None
        return to_numbers(merged((*one.ranges, *other.ranges)), one.step, left.unit)
    if isinstance(left, Words) and isinstance(right, Words) and left.fold == right.fold:
        return _join_words(left, right)
    if isinstance(left, Numbers) and isinstance(right, Words):
        left, right = right, left
    if isinstance(left, Words) and isinstance(right, Numbers):
        numbers = as_numbers(left)
        return None if numbers is None else join(numbers, right)
    return None


def _join_words(left: Words, right: Words) -> Words:
    one, other = word_set(left), word_set(right)
    if left.excluded and right.excluded:
        return make_words(one & other, True, left.fold)
    if left.excluded:
        return make_words(one - other, True, left.fold)
    if right.excluded:
        return make_words(other - one, True, left.fold)
    return make_words(one | other, False, left.fold)


def as_numbers(words: Words, unit: str = "") -> Numbers | None:
    """A set of number literals as a set of numbers."""
    points = [parse(word) for word in words.words]
    known = [point for point in points if point is not None]
    if len(known) != len(points) or words.fold:
        return None
    ranges = point_ranges(known)
    return to_numbers(complement(ranges) if words.excluded else ranges, None, unit)


def points(numbers: Numbers) -> list[str] | None:
    """The single numbers that a set consists of; None where it is not such a set."""
    if numbers.step is not None or not numbers.intervals:
        return None
    if any(item.low is None or item.low != item.high for item in numbers.intervals):
        return None
    return [show(exact(item.low)) for item in numbers.intervals if item.low is not None]


def unrestricted(form: Form) -> bool:
    """Whether a form admits every value."""
    if isinstance(form, Numbers):
        return form.step is None and of_numbers(form).ranges == EVERYTHING
    if isinstance(form, Words):
        return form.excluded and not form.words
    return isinstance(form, Anything) or form == Shape()
