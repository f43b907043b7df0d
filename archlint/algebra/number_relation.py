"""How two sets of numbers lie to each other, and a telling number that only one admits."""

from collections.abc import Callable
from fractions import Fraction

from archlint.algebra.draft import INTEGRAL_UNITS
from archlint.algebra.quantities import ceil, floor, show
from archlint.algebra.ranges import (
    NumberSet,
    Range,
    Ranges,
    complement,
    finer,
    intersect,
    lattice_points,
    of_numbers,
    scaled,
)
from archlint.algebra.verdict import EQUAL, UNKNOWN, Verdict, by_witnesses
from archlint.model.predicate import Numbers
from archlint.model.rule import Relation

_FACTORS = {
    "": (10, 60, 100, 1000, 1024, 3600, 86400),
    "bytes": (1000, 1024),
    "seconds": (1000,),
}
_NOT_NEGATIVE: Ranges = (Range(Fraction(0), False, None, False),)
_SHORTEST_MONTH, _LONGEST_MONTH = 28 * 86400, 31 * 86400
_ROUND = {"seconds": (86400, 3600, 60, 1), "months": (12, 1)}
_TIMES = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))

Show = Callable[[Fraction], str]


def relate_numbers(left: Numbers, right: Numbers, lattice: Fraction | None) -> Verdict:
    """The verdict; `lattice` is what every value of the subject is a multiple of (1 for whole numbers)."""
    unit = _common_unit(left.unit, right.unit)
    if unit is None:
        return _relate_calendar(left, right) if {left.unit, right.unit} == {"months", "seconds"} else UNKNOWN
    one, other = _effective(left, lattice, unit), _effective(right, lattice, unit)
    verdict = _relate_sets(one, other, unit)
    if verdict.relation in (Relation.EQUAL, Relation.UNKNOWN):
        return verdict
    if differ_by_unit(left, right, unit):
        return Verdict(Relation.UNIT, verdict.witness, verdict.accepted_by)
    bound = _boundary(left, right, one, other)
    if bound is not None:
        return Verdict(Relation.BOUNDARY, _display(unit)(bound), "left" if one.has(bound) else "right")
    return verdict


def _common_unit(left: str, right: str) -> str | None:
    if left == right:
        return left
    counted = {"characters", "elements"}
    if {left, right} == counted:
        return "elements"
    if "" in (left, right):
        unit = left or right
        return unit if unit in INTEGRAL_UNITS else None
    return None


def _effective(form: Numbers, lattice: Fraction | None, unit: str) -> NumberSet:
    found = of_numbers(form)
    step = finer(found.step, lattice)
    if unit in INTEGRAL_UNITS:
        return NumberSet(intersect(found.ranges, _NOT_NEGATIVE), finer(step, Fraction(1)))
    return NumberSet(found.ranges, step)


def _relate_sets(left: NumberSet, right: NumberSet, unit: str) -> Verdict:
    left_only, right_only = only_in(left, right, unit), only_in(right, left, unit)
    display = _display(unit)
    disjoint = not overlap(left, right)
    return by_witnesses(
        None if left_only is None else display(left_only),
        None if right_only is None else display(right_only),
        disjoint,
    )


def overlap(left: NumberSet, right: NumberSet) -> bool:
    """Whether some number belongs to both."""
    return pick(NumberSet(intersect(left.ranges, right.ranges), finer(left.step, right.step))) is not None


def only_in(left: NumberSet, right: NumberSet, unit: str = "") -> Fraction | None:
    """A number of the left set that is not in the right one; None where there is none."""
    outside = intersect(left.ranges, complement(right.ranges))
    found = pick(NumberSet(outside, left.step), unit)
    if found is not None or right.step is None:
        return found
    inside = intersect(left.ranges, right.ranges)
    if left.step is not None:
        # Two neighbours on the left lattice decide: their distance is the left step itself.
        for item in inside:
            for number in lattice_points(item, left.step, 2):
                if (number / right.step).denominator != 1:
                    return number
        return None
    for item in inside:
        off = _off_lattice(item, right.step)
        if off is not None:
            return off
    return None


def _off_lattice(item: Range, step: Fraction) -> Fraction | None:
    tries = [end for end in (item.low, item.high) if end is not None]
    if item.low is not None and item.high is not None:
        width = item.high - item.low
        tries += [item.low + width / 2, *(item.low + min(step, width) / part for part in (4, 8))]
    elif item.low is not None:
        tries += [item.low + step / 2, item.low + step / 4, item.low + step / 8]
    elif item.high is not None:
        tries += [item.high - step / 2, item.high - step / 4, item.high - step / 8]
    else:
        tries.append(step / 2)
    return next((number for number in tries if item.has(number) and (number / step).denominator != 1), None)


def pick(numbers: NumberSet, unit: str = "") -> Fraction | None:
    """A telling member of a set: of a bounded piece rather than of an endless one; None where the set is empty."""
    endless: Fraction | None = None
    for item in numbers.ranges:
        found = _pick_on_lattice(item, numbers.step) if numbers.step else _pick_any(item, unit)
        if found is None:
            continue
        if item.low is not None and item.high is not None:
            return found
        endless = found if endless is None else endless
    return endless


def _pick_on_lattice(item: Range, step: Fraction) -> Fraction | None:
    points = lattice_points(item, step, 1)
    if not points or item.low is None or item.high is None:
        return points[0] if points else None
    middle = (item.low + item.high) / 2 / step
    for count in (floor(middle), ceil(middle)):
        if item.has(count * step):
            return count * step
    return points[0]


def _pick_any(item: Range, unit: str) -> Fraction | None:
    if item.low is None or item.high is None:
        return _pick_endless(item)
    sizes = _ROUND.get(unit)
    if item.low == item.high or (sizes and not item.low_open):
        return item.low
    middle = (item.low + item.high) / 2
    if sizes:
        return _roundest(item, middle, sizes)
    for digits in range(12):
        scale = 10**digits
        rounded = Fraction(floor(middle * scale + Fraction(1, 2)), scale)
        if item.has(rounded) and rounded not in (item.low, item.high):
            return rounded
    return middle


def _pick_endless(item: Range) -> Fraction:
    if item.low is not None:
        return Fraction(floor(item.low) + 1) if item.low_open else item.low
    if item.high is not None:
        return Fraction(ceil(item.high) - 1) if item.high_open else item.high
    return Fraction(0)


def _roundest(item: Range, middle: Fraction, sizes: tuple[int, ...]) -> Fraction:
    """The span of time nearest to the middle that is whole in the largest unit, and round there if it can be."""
    for size in sizes:
        for count in (10, 5, 1):
            number = Fraction(floor(middle / (size * count) + Fraction(1, 2)) * size * count)
            if item.has(number):
                return number
    return middle


def _boundary(left: Numbers, right: Numbers, one: NumberSet, other: NumberSet) -> Fraction | None:
    """The bound, where both sets have the same bounds and differ only in whether they belong."""
    first, second = of_numbers(left), of_numbers(right)
    if first.step != second.step or len(first.ranges) != len(second.ranges):
        return None
    ends = []
    for mine, theirs in zip(first.ranges, second.ranges, strict=True):
        if mine.low != theirs.low or mine.high != theirs.high:
            return None
        if mine.low is not None and mine.low_open != theirs.low_open:
            ends.append(mine.low)
        if mine.high is not None and mine.high_open != theirs.high_open:
            ends.append(mine.high)
    return next((end for end in ends if one.has(end) != other.has(end)), None)


def differ_by_unit(left: Numbers, right: Numbers, unit: str) -> bool:
    """Whether all bounds differ by exactly one factor between units, so that one side may count in another unit."""
    ratios = set()
    one, other = of_numbers(left), of_numbers(right)
    if len(one.ranges) != len(other.ranges) or {one.step, other.step} not in ({None}, {one.step}):
        return False
    for mine, theirs in zip(one.ranges, other.ranges, strict=True):
        if mine.low_open != theirs.low_open or mine.high_open != theirs.high_open:
            return False
        for low, high in ((mine.low, theirs.low), (mine.high, theirs.high)):
            if (low is None) != (high is None) or (low == 0) != (high == 0):
                return False
            if low is not None and high is not None and low != 0:
                ratios.add(low / high)
    if len(ratios) != 1:
        return False
    ratio = ratios.pop()
    return any(ratio in (factor, Fraction(1, factor)) for factor in _FACTORS.get(unit, ()))


def _relate_calendar(left: Numbers, right: Numbers) -> Verdict:
    """Months against seconds: decided only where it does not matter how long a month is."""
    verdicts: list[Verdict] = []
    for month in (_SHORTEST_MONTH, _LONGEST_MONTH):
        one, other = (
            NumberSet(scaled(of_numbers(form).ranges, Fraction(month if form.unit == "months" else 1), Fraction(0)))
            for form in (left, right)
        )
        verdicts.append(_relate_sets(one, other, "seconds"))
    first, second = verdicts
    if first.relation != second.relation:
        return UNKNOWN
    return EQUAL if first.relation is Relation.EQUAL else Verdict(first.relation)


def _display(unit: str) -> Show:
    if unit == "months":
        return show_months
    return show_seconds if unit == "seconds" else show


def show_months(months: Fraction) -> str:
    """A number of months as years or months; negative ones lie in the future."""
    count, name = (months / 12, "year") if (months / 12).denominator == 1 else (months, "month")
    return _counted(count, name)


def show_seconds(seconds: Fraction) -> str:
    """A number of seconds in the largest unit that counts them whole."""
    for name, size in _TIMES:
        if (seconds / size).denominator == 1 and (seconds or name == "second"):
            return _counted(seconds / size, name)
    return _counted(seconds, "second")


def _counted(count: Fraction, name: str) -> str:
    text = f"{show(abs(count))} {name}{'' if abs(count) == 1 else 's'}"
    return f"in {text}" if count < 0 else text
