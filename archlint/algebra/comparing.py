"""Comparisons solved for one subject: bounds, lengths, quotas, windows in time, and comparisons of two fields."""

from collections.abc import Callable
from fractions import Fraction

from archlint.algebra.canonical import FLIPPED, canonical
from archlint.algebra.draft import Draft
from archlint.algebra.forms import NOTHING, join, meet
from archlint.algebra.linear import AGGREGATES, Linear, Term, linear
from archlint.algebra.quantities import ceil, floor, show
from archlint.algebra.ranges import Ranges, by_comparison, to_numbers
from archlint.algebra.spans import BETWEEN, DAY
from archlint.model.expression import Call, Expression, Ref, Row
from archlint.model.predicate import Anything, Compared
from archlint.model.rule import Kind

_NOW = "value now()"
_LENGTHS = {"length": ("length", Kind.LENGTH, "characters"), "size": ("size", Kind.SIZE, "bytes")}


def compare(operator: str, left: Expression, right: Expression, dialect: str) -> Draft | None:
    """The requirement `left operator right`; None unless it compares one name with a constant or with another name."""
    for one, other, sign in ((left, right, operator), (right, left, FLIPPED[operator])):
        if isinstance(one, Call) and one.function == "abs" and one.callee is None and len(one.arguments) == 1:
            return _distance(sign, one.arguments[0], other, dialect)
        wrapped = _unwrapped(sign, one, other)
        if wrapped is not None:
            new_sign, difference = wrapped
            return solve(new_sign, difference, dialect)
    one_side, other_side = linear(left), linear(right)
    if one_side is None or other_side is None:
        return None
    return solve(operator, one_side.plus(other_side, -1), dialect)


def _distance(operator: str, inner: Expression, other: Expression, dialect: str) -> Draft | None:
    """`abs(inner) operator other`, where that is a set of numbers."""
    side, bound = linear(inner), linear(other)
    number = None if bound is None else bound.number
    if side is None or number is None or len(side.terms) != 1:
        return None
    above = solve(operator, side.plus(Linear(plain=number), -1), dialect)
    below = solve(FLIPPED[operator], side.plus(Linear(plain=number), 1), dialect)
    if above is None or below is None or above.kind is not Kind.BOUND:
        return None
    combine = meet if operator in ("<", "<=", "!=") else join
    form = combine(above.form, below.form)
    if form is None:
        return None
    if number < 0 and operator in (">", ">=", "!="):
        form = Anything()
    elif number < 0 and operator == "=":
        form = meet(above.form, below.form) or NOTHING
    above.form = form
    return above


def _unwrapped(operator: str, wrapped: Expression, other: Expression) -> tuple[str, Linear] | None:
    """Rounded sides (whole days between, floor, ceil) compared with a constant, as a comparison of the unrounded."""
    if not isinstance(wrapped, Call) or wrapped.callee is not None:
        return None
    rounding = _ROUNDINGS.get(wrapped.function)
    if rounding is None and wrapped.function not in BETWEEN:
        return None
    constant = linear(other)
    bound = None if constant is None else constant.number
    if bound is None:
        return None
    if rounding is not None:
        inner = linear(wrapped.arguments[0]) if len(wrapped.arguments) == 1 else None
        sharp = rounding(operator, bound)
        if inner is None or sharp is None:
            return None
        return sharp[0], inner.plus(Linear(plain=sharp[1]), -1)
    sides = [linear(item) for item in wrapped.arguments]
    whole = _towards_zero(operator, bound)
    if len(sides) != 2 or sides[0] is None or sides[1] is None or whole is None:
        return None
    months, seconds = BETWEEN[wrapped.function]
    for side in sides:
        for term in side.terms.values() if side else ():
            term.dated = True
    return whole[0], sides[0].plus(sides[1], -1).plus(Linear(months=months * whole[1], seconds=seconds * whole[1]), -1)


Sharp = tuple[str, Fraction] | None


def _down(operator: str, bound: Fraction) -> Sharp:
    if operator in (">=", "<"):
        return operator, Fraction(ceil(bound))
    return {">": (">=", Fraction(floor(bound) + 1)), "<=": ("<", Fraction(floor(bound) + 1))}.get(operator)


def _up(operator: str, bound: Fraction) -> Sharp:
    if operator in ("<=", ">"):
        return operator, Fraction(floor(bound))
    return {"<": ("<=", Fraction(ceil(bound) - 1)), ">=": (">", Fraction(ceil(bound) - 1))}.get(operator)


def _towards_zero(operator: str, bound: Fraction) -> Sharp:
    if operator == ">":
        operator, bound = ">=", Fraction(floor(bound) + 1)
    elif operator == "<":
        operator, bound = "<=", Fraction(ceil(bound) - 1)
    if operator == ">=":
        return (_down if bound > 0 else _up)(operator, bound)
    return (_down if bound >= 0 else _up)(operator, bound) if operator == "<=" else None


def _nearest(operator: str, bound: Fraction) -> Sharp:
    """Halves are rounded up, or away from zero: only where that is the same."""
    if operator == ">":
        operator, bound = ">=", Fraction(floor(bound) + 1)
    elif operator == "<":
        operator, bound = "<=", Fraction(ceil(bound) - 1)
    half = Fraction(1, 2)
    if operator == ">=" and bound > 0:
        return ">=", ceil(bound) - half
    return ("<", floor(bound) + half) if operator == "<=" and bound >= 0 else None


_ROUNDINGS: dict[str, Callable[[str, Fraction], Sharp]] = {
    "floor": _down, "ceil": _up, "truncate": _towards_zero, "round": _nearest,
}  # fmt: skip


def solve(operator: str, difference: Linear, dialect: str) -> Draft | None:
    """The requirement `difference operator 0`."""
    terms = list(difference.terms.values())
    if len(terms) == 1:
        return _bound(operator, terms[0], difference)
    if len(terms) != 2:
        return None
    if _NOW in difference.terms:
        clock = difference.terms[_NOW]
        moment = terms[0] if terms[1] is clock else terms[1]
        return _window(operator, moment, clock, difference, dialect)
    return _two_fields(operator, terms, difference, dialect)


def _bound(operator: str, term: Term, difference: Linear) -> Draft | None:
    core = term.core
    if core == Call("now", ()):
        return None
    kinds = sum(1 for part in (difference.plain, difference.months, difference.seconds) if part)
    if kinds > 1:
        return None
    unit = "months" if difference.months else "seconds" if difference.seconds else ""
    bound = -(difference.plain + difference.months + difference.seconds) / term.factor
    ranges = by_comparison(operator if term.factor > 0 else FLIPPED[operator], bound)
    if unit:
        return Draft(core, "value", Kind.BOUND, to_numbers(ranges, None, unit), trimmed=term.trimmed)
    return _of_aspect(core, term, ranges)


def _of_aspect(core: Expression, term: Term, ranges: Ranges) -> Draft | None:
    if term.aspect in AGGREGATES:
        if term.aspect == "count":
            return Draft(core, "count", Kind.QUOTA, to_numbers(ranges, Fraction(1), "rows"))
        return Draft(core, term.aspect, Kind.QUOTA, to_numbers(ranges))
    if not isinstance(core, (Ref, Row)):
        return None
    if term.aspect in _LENGTHS:
        aspect, kind, unit = _LENGTHS[term.aspect]
        return Draft(core, aspect, kind, to_numbers(ranges, None, unit), trimmed=term.trimmed)
    return Draft(core, "value", Kind.BOUND, to_numbers(ranges))


def _window(operator: str, moment: Term, clock: Term, difference: Linear, dialect: str) -> Draft | None:
    if moment.aspect != "value" or not isinstance(moment.core, (Ref, Row)):
        return None
    scale, age = abs(moment.factor), _age_unit(moment, clock, difference, dialect)
    if age is None:
        return None
    amount, unit = age
    # (moment - now) * factor + amount  operator  0, and age is now - moment.
    sign = operator if moment.factor < 0 else FLIPPED[operator]
    bound = amount / scale if moment.factor > 0 else -amount / scale
    form = to_numbers(by_comparison(sign, bound), None, unit)
    return Draft(moment.core, "age", Kind.WINDOW, form)


def _age_unit(moment: Term, clock: Term, difference: Linear, dialect: str) -> tuple[Fraction, str] | None:
    if moment.factor != -clock.factor:
        # Seconds since the epoch compared with milliseconds divided by 1000.
        if dialect == "javascript" and moment.factor == -clock.factor * 1000 and not difference.months:
            return (difference.plain, "seconds") if not difference.seconds else None
        return None
    if sum(1 for part in (difference.plain, difference.months, difference.seconds) if part) > 1:
        return None
    if difference.months:
        return difference.months, "months"
    if difference.seconds:
        return difference.seconds, "seconds"
    if dialect == "javascript":
        return difference.plain / 1000, "seconds"
    if dialect == "python":
        return difference.plain, "seconds"
    if dialect == "postgresql":
        return difference.plain * DAY, "seconds"
    return None if difference.plain else (Fraction(0), "seconds")


def _two_fields(operator: str, terms: list[Term], difference: Linear, dialect: str) -> Draft | None:
    left, right = sorted(terms, key=lambda item: canonical(item.core))
    if left.factor != -right.factor or left.core == right.core or "value" not in (left.aspect, right.aspect):
        return None
    if left.aspect != "value" and left.aspect not in AGGREGATES:
        subject = left
    elif right.aspect != "value":
        subject = right
    else:
        subject = left
    other = right if subject is left else left
    if sum(1 for part in (difference.plain, difference.months, difference.seconds) if part) > 1:
        return None
    amount = -(difference.plain + difference.months + difference.seconds) / subject.factor
    unit = "months" if difference.months else "seconds" if difference.seconds else ""
    if dialect == "javascript" and not unit and (left.dated or right.dated) and amount:
        amount, unit = amount / 1000, "seconds"
    sign = operator if subject.factor > 0 else FLIPPED[operator]
    form = Compared(canonical(subject.core), sign, canonical(other.core), show(amount), unit)
    return Draft(
        subject.core, subject.aspect, Kind.COMPARISON, form,
        other=other.core, operator=sign, offset=amount, unit=unit, trimmed=subject.trimmed,
    )  # fmt: skip


def steps_of(multiple: Expression, step: Fraction) -> Draft | None:
    """The requirement that something is a whole multiple of a step."""
    side = linear(multiple)
    if side is None or len(side.terms) != 1 or side.plain or side.months or side.seconds or not step:
        return None
    term = next(iter(side.terms.values()))
    if term.aspect != "value" or not isinstance(term.core, (Ref, Row)):
        return None
    ranges = by_comparison(">=", Fraction(0))
    everything = to_numbers((ranges[0]._replace(low=None),), abs(step / term.factor))
    return Draft(term.core, "value", Kind.BOUND, everything)
