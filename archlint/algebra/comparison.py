"""Comparisons of two fields."""

from fractions import Fraction

from archlint.algebra.canonical import FLIPPED
from archlint.algebra.number_relation import relate_numbers, show_months, show_seconds
from archlint.algebra.quantities import exact, parse, show
from archlint.algebra.ranges import by_comparison, to_numbers
from archlint.algebra.verdict import UNKNOWN, Verdict
from archlint.model.predicate import Compared, Predicate

_DAY = 86400


def comparison(left: str, operator: str, right: str, offset: str = "0", unit: str = "") -> Predicate:
    """`left operator right + offset` in its normal form: the name that comes first in order is on the left."""
    return Predicate(oriented(Compared(left, operator, right, show(exact(offset)), unit)))


def oriented(form: Compared) -> Compared:
    """The same comparison with the first name in order on the left."""
    if form.left <= form.right:
        return form
    return Compared(form.right, FLIPPED[form.operator], form.left, show(-exact(form.offset)), form.unit)


def relate_compared(left: Compared, right: Compared, lattice: Fraction | None) -> Verdict:
    """The verdict over left - right of the two names, whole numbers of which are days where spans of time are added."""
    days = lattice == 1
    one, other = oriented(left), oriented(right)
    if (one.left, one.right) != (other.left, other.right):
        return UNKNOWN
    if days:
        one, other = _in_days(one), _in_days(other)
    if one.unit != other.unit:
        one, other = _without_unit(one, other), _without_unit(other, one)
        if {one.unit, other.unit} not in ({"months", "seconds"}, {one.unit}):
            return UNKNOWN
    if one.unit or other.unit:
        lattice = None
    sets = [to_numbers(by_comparison(item.operator, exact(item.offset)), None, item.unit) for item in (one, other)]
    verdict = relate_numbers(sets[0], sets[1], lattice)
    if not verdict.witness:
        return verdict
    return Verdict(verdict.relation, _pair(one, _amount(verdict.witness, one.unit)), verdict.accepted_by)


def _in_days(form: Compared) -> Compared:
    offset = exact(form.offset) / _DAY
    if form.unit != "seconds" or offset.denominator != 1:
        return form
    return Compared(form.left, form.operator, form.right, show(offset))


def _without_unit(form: Compared, partner: Compared) -> Compared:
    """No difference is none in any unit."""
    if parse(form.offset) == 0:
        return Compared(form.left, form.operator, form.right, "0", partner.unit)
    return form


def _amount(witness: str, unit: str) -> tuple[bool, str]:
    if not unit:
        return witness.startswith("-"), witness.removeprefix("-")
    return witness.startswith("in "), witness.removeprefix("in ")


def _pair(form: Compared, amount: tuple[bool, str]) -> str:
    negative, text = amount
    if text == "0" or text.startswith("0 "):
        return f"{form.right} = {form.left}"
    if negative:
        return f"{form.right} = {form.left} + {text}"
    return f"{form.left} = {form.right} + {text}"


def describe_compared(form: Compared) -> str:
    """A comparison as text, with what is added to the other side positive."""
    offset = exact(form.offset)
    if offset < 0:
        form = Compared(form.right, FLIPPED[form.operator], form.left, show(-offset), form.unit)
        offset = -offset
    if not offset:
        return f"{form.left} {form.operator} {form.right}"
    shown = show_months(offset) if form.unit == "months" else show_seconds(offset) if form.unit else show(offset)
    return f"{form.left} {form.operator} {form.right} + {shown}"
