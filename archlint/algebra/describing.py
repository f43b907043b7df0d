"""Predicates as short texts."""

from fractions import Fraction

from archlint.algebra.comparison import describe_compared
from archlint.algebra.constants import shown
from archlint.algebra.number_relation import show_months, show_seconds
from archlint.algebra.quantities import show
from archlint.algebra.ranges import Range, Ranges, complement, of_numbers
from archlint.model.predicate import (
    Anything,
    Columns,
    Compared,
    Constant,
    Formula,
    Interval,
    Numbers,
    Partition,
    Predicate,
    Principals,
    Shape,
    Steps,
    Undecided,
    Words,
)

_SHOWN_WORDS = 12
_VERBS = {
    (False, False): "matches",
    (False, True): "does not match",
    (True, False): "is like",
    (True, True): "is not like",
}


def describe(predicate: Predicate, aspect: str = "value") -> str:
    """The normal form as text: `1 <= value <= 20`, `value in {draft, paid}`, `required`."""
    form = predicate.form
    if isinstance(form, Anything):
        return _presence(predicate)
    if isinstance(form, Numbers):
        return _numbers(form, aspect)
    if isinstance(form, Words):
        return _words(form, aspect)
    if isinstance(form, Shape):
        return _shape(form, aspect)
    if isinstance(form, Compared):
        return describe_compared(form)
    if isinstance(form, Steps):
        return ", ".join(f"{start} → {end}" for start, end in form.edges)
    if isinstance(form, Constant):
        return shown(form) if form.of != "text" else form.value
    if isinstance(form, Partition):
        return "; ".join(f"{describe(Predicate(case), aspect)}: {label}" for case, label in form.cases)
    if isinstance(form, Principals):
        return " or ".join(" and ".join(clause) or "anyone" for clause in form.clauses) or "nobody"
    if isinstance(form, Columns):
        condition = f" where {form.condition}" if form.condition else ""
        return f"unique ({', '.join(form.columns)}){condition}"
    return form.canonical if isinstance(form, Formula) else _undecided(form)


def ends(predicate: Predicate, aspect: str = "value") -> dict[str, str]:
    """The normal form by what it limits: one text for each end of a range (`low`, `high`, `step`), else the whole.

    However a range is written, as one condition or as two, its ends have the same texts.
    """
    form = predicate.form
    if not isinstance(form, Numbers) or len(form.intervals) != 1:
        return {"whole": describe(predicate, aspect)}
    only = form.intervals[0]
    parts = {
        "low": Numbers((Interval(low=only.low, low_open=only.low_open),), unit=form.unit) if only.low else None,
        "high": Numbers((Interval(high=only.high, high_open=only.high_open),), unit=form.unit) if only.high else None,
        "step": Numbers((Interval(),), form.step, form.unit) if form.step else None,
    }
    found = {end: describe(Predicate(part), aspect) for end, part in parts.items() if part is not None}
    return found or {"whole": describe(predicate, aspect)}


def _undecided(form: Undecided) -> str:
    return form.text


def _presence(predicate: Predicate) -> str:
    if predicate.nulls == "fail":
        return "required"
    if predicate.empty == "fail":
        return "not empty"
    return "optional" if predicate.nulls == "pass" else "anything"


def _numbers(form: Numbers, aspect: str) -> str:
    found = of_numbers(form)
    pieces = _excluded_points(found.ranges, form.unit, aspect)
    if pieces is None:
        pieces = " or ".join(_range(item, form.unit, aspect) for item in found.ranges) or f"no {aspect}"
    if found.step is None or (found.step == 1 and form.unit):
        return pieces or f"any {aspect}"
    step = "a whole number" if found.step == 1 else f"a multiple of {show(found.step)}"
    return f"{pieces}, {step}" if pieces else f"{aspect} is {step}"


def _excluded_points(ranges: Ranges, unit: str, aspect: str) -> str | None:
    holes = complement(ranges)
    if any(item.low is None or item.low != item.high for item in holes):
        return None
    return " and ".join(f"{aspect} != {_amount(item.low, unit)}" for item in holes if item.low is not None)


def _range(item: Range, unit: str, aspect: str) -> str:
    low = "" if item.low is None else _amount(item.low, unit)
    high = "" if item.high is None else _amount(item.high, unit)
    if low and high:
        if item.low == item.high:
            return f"{aspect} = {low}"
        return f"{low} {'<' if item.low_open else '<='} {aspect} {'<' if item.high_open else '<='} {high}"
    if low:
        return f"{aspect} {'>' if item.low_open else '>='} {low}"
    return f"{aspect} {'<' if item.high_open else '<='} {high}" if high else f"any {aspect}"


def _amount(number: Fraction, unit: str) -> str:
    if number and unit in ("months", "seconds"):
        text = show_months(abs(number)) if unit == "months" else show_seconds(abs(number))
        return f"-{text}" if number < 0 else text
    return show(number)


def _words(form: Words, aspect: str) -> str:
    if not form.words:
        return f"any {aspect}" if form.excluded else "absent"
    named = [word or '""' for word in form.words[:_SHOWN_WORDS]]
    more = f", … {len(form.words) - _SHOWN_WORDS} more" if len(form.words) > _SHOWN_WORDS else ""
    fold = " (any case)" if form.fold else ""
    return f"{aspect} {'not in' if form.excluded else 'in'} {{{', '.join(named)}{more}}}{fold}"


def _shape(form: Shape, aspect: str) -> str:
    pieces = [f"{aspect} is {form.format}"] if form.format else []
    for source, flags, dialect, negated in form.patterns:
        verb = _VERBS[dialect == "like", negated]
        marked = f"{source} (any case)" if "i" in flags else source
        pieces.append(f"{aspect} {verb} {marked}")
    return " and ".join(pieces) or f"any {aspect}"
