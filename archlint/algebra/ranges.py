"""Sets of numbers: disjoint ranges in order, optionally only the multiples of a step."""

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from archlint.algebra.quantities import ceil, common_multiple, exact, floor, show
from archlint.model.predicate import Interval, Numbers


class Range(NamedTuple):
    """The numbers between two ends; None is open-ended."""

    low: Fraction | None = None
    low_open: bool = False
    high: Fraction | None = None
    high_open: bool = False

    def has(self, number: Fraction) -> bool:
        """Whether a number lies in it."""
        if self.low is not None and (number < self.low or (self.low_open and number == self.low)):
            return False
        return self.high is None or number < self.high or (not self.high_open and number == self.high)

    @property
    def empty(self) -> bool:
        """Whether no number lies in it."""
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))


Ranges = tuple[Range, ...]
EVERYTHING: Ranges = (Range(),)


class NumberSet(NamedTuple):
    """Ranges, restricted to the multiples of `step` where there is one."""

    ranges: Ranges
    step: Fraction | None = None

    def has(self, number: Fraction) -> bool:
        """Whether a number belongs to it."""
        if self.step is not None and (number / self.step).denominator != 1:
            return False
        return any(item.has(number) for item in self.ranges)


def merged(ranges: Iterable[Range]) -> Ranges:
    """The union of ranges as disjoint ranges in order."""
    known = sorted((item for item in ranges if not item.empty), key=_by_low)
    result: list[Range] = []
    for item in known:
        if result and _touch(result[-1], item):
            result[-1] = _join(result[-1], item)
        else:
            result.append(item)
    return tuple(result)


def _by_low(item: Range) -> tuple[bool, Fraction, bool]:
    return item.low is not None, item.low or Fraction(0), item.low_open


def _touch(before: Range, after: Range) -> bool:
    if before.high is None or after.low is None:
        return True
    return before.high > after.low or (before.high == after.low and not (before.high_open and after.low_open))


def _join(before: Range, after: Range) -> Range:
    if before.high is None or after.high is None:
        return Range(before.low, before.low_open, None, False)
    if after.high > before.high:
        return Range(before.low, before.low_open, after.high, after.high_open)
    if after.high == before.high:
        return Range(before.low, before.low_open, before.high, before.high_open and after.high_open)
    return before


def complement(ranges: Ranges) -> Ranges:
    """Every number that is in none of the ranges (which are disjoint and in order)."""
    result: list[Range] = []
    low: Fraction | None = None
    low_open = False
    for item in ranges:
        if item.low is not None:
            result.append(Range(low, low_open, item.low, not item.low_open))
        if item.high is None:
            return tuple(piece for piece in result if not piece.empty)
        low, low_open = item.high, not item.high_open
    result.append(Range(low, low_open, None, False))
    return tuple(piece for piece in result if not piece.empty)


def intersect(left: Ranges, right: Ranges) -> Ranges:
    """What both sets of ranges contain."""
    pieces = (_overlap(one, other) for one in left for other in right)
    return tuple(sorted((piece for piece in pieces if not piece.empty), key=_by_low))


def _overlap(one: Range, other: Range) -> Range:
    low, low_open = one.low, one.low_open
    if low is None or (other.low is not None and (other.low > low or (other.low == low and other.low_open))):
        low, low_open = other.low, other.low_open
    high, high_open = one.high, one.high_open
    if high is None or (other.high is not None and (other.high < high or (other.high == high and other.high_open))):
        high, high_open = other.high, other.high_open
    return Range(low, low_open, high, high_open)


def scaled(ranges: Ranges, factor: Fraction, offset: Fraction) -> Ranges:
    """The ranges of factor*x + offset."""
    return merged(_scaled(item, factor, offset) for item in ranges)


def _scaled(item: Range, factor: Fraction, offset: Fraction) -> Range:
    low = None if item.low is None else item.low * factor + offset
    high = None if item.high is None else item.high * factor + offset
    if factor < 0:
        return Range(high, item.high_open, low, item.low_open)
    return Range(low, item.low_open, high, item.high_open)


def finer(left: Fraction | None, right: Fraction | None) -> Fraction | None:
    """The step of numbers that lie on both lattices."""
    if left is None or right is None:
        return left if right is None else right
    return common_multiple(left, right)


def lattice_points(item: Range, step: Fraction, limit: int) -> list[Fraction]:
    """The first multiples of a step in a range, from its finite end (from zero where it has none)."""
    if item.low is not None:
        first = ceil(item.low / step)
        if item.low_open and first * step == item.low:
            first += 1
        steps: Iterable[int] = range(first, first + limit)
    elif item.high is not None:
        last = floor(item.high / step)
        if item.high_open and last * step == item.high:
            last -= 1
        steps = range(last, last - limit, -1)
    else:
        steps = range(limit)
    return [count * step for count in steps if item.has(count * step)]


def of_numbers(form: Numbers) -> NumberSet:
    """The set of a form."""
    ranges = merged(
        Range(
            None if item.low is None else exact(item.low),
            item.low_open,
            None if item.high is None else exact(item.high),
            item.high_open,
        )
        for item in form.intervals
    )
    return NumberSet(ranges, None if form.step is None else exact(form.step))


def to_numbers(ranges: Ranges, step: Fraction | None = None, unit: str = "") -> Numbers:
    """The form of a set."""
    return Numbers(
        tuple(
            Interval(
                None if item.low is None else show(item.low),
                None if item.high is None else show(item.high),
                item.low_open and item.low is not None,
                item.high_open and item.high is not None,
            )
            for item in ranges
        ),
        None if step is None else show(step),
        unit,
    )


def by_comparison(operator: str, bound: Fraction) -> Ranges:
    """The numbers x with `x operator bound`."""
    if operator == "<":
        return (Range(None, False, bound, True),)
    if operator == "<=":
        return (Range(None, False, bound, False),)
    if operator == ">":
        return (Range(bound, True, None, False),)
    if operator == ">=":
        return (Range(bound, False, None, False),)
    if operator == "=":
        return (Range(bound, False, bound, False),)
    return (Range(None, False, bound, True), Range(bound, True, None, False))
