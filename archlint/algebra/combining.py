"""Predicates made from others: what several admit together, and the same set in another unit."""

from collections.abc import Iterable
from fractions import Fraction

from archlint.algebra.describing import describe
from archlint.algebra.forms import make_words, meet
from archlint.algebra.normalising import both
from archlint.algebra.quantities import exact, parse, show
from archlint.algebra.ranges import of_numbers, scaled, to_numbers
from archlint.model.predicate import Anything, Constant, Form, Numbers, Predicate, Undecided, Words


def conjoin(predicates: Iterable[Predicate]) -> Predicate:
    """What all of them admit."""
    known = list(predicates)
    if not known:
        return Predicate(Anything())
    form: Form | None = Anything()
    nulls, empties = known[0].nulls, known[0].empty
    for item in known:
        form = None if form is None else meet(form, item.form)
        nulls, empties = both(nulls, item.nulls), both(empties, item.empty)
    if form is None:
        form = Undecided(" and ".join(sorted({describe(item) for item in known})))
    return Predicate(form, nulls, empties)


def transform(predicate: Predicate, factor: str, offset: str = "0") -> Predicate:
    """What factor * x + offset admits, where x is what the predicate admits (`100` turns euros into cents)."""
    scale, shift = exact(factor), exact(offset)
    if not scale:
        raise ValueError("a unit factor is never zero")
    form = _transformed(predicate.form, scale, shift)
    return Predicate(form, predicate.nulls, predicate.empty)


def _transformed(form: Form, scale: Fraction, shift: Fraction) -> Form:
    if (scale == 1 and not shift) or isinstance(form, Anything):
        return form
    if isinstance(form, Numbers):
        found = of_numbers(form)
        step = None if found.step is None else found.step * abs(scale)
        if step is None or (shift / step).denominator == 1:
            return to_numbers(scaled(found.ranges, scale, shift), step, form.unit)
    elif isinstance(form, Words):
        numbers = [parse(word) for word in form.words]
        if not form.fold and None not in numbers:
            return make_words({show(item * scale + shift) for item in numbers if item is not None}, form.excluded)
    elif isinstance(form, Constant) and form.of == "number":
        return Constant(show(exact(form.value) * scale + shift), "number", form.unit)
    return Undecided(f"{show(scale)} * ({describe(Predicate(form))}) + {show(shift)}")
