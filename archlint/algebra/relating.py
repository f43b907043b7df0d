"""How two predicates of one subject relate."""

from fractions import Fraction

from archlint.algebra.comparison import relate_compared
from archlint.algebra.constants import relate_constants
from archlint.algebra.forms import NOTHING, as_numbers
from archlint.algebra.number_relation import relate_numbers
from archlint.algebra.verdict import EQUAL, UNKNOWN, Verdict
from archlint.algebra.word_relation import relate_words
from archlint.model.predicate import (
    Anything,
    Compared,
    Constant,
    Form,
    Interval,
    Numbers,
    Predicate,
    Shape,
    Words,
)
from archlint.model.rule import Kind, Relation

_UNITS = {Kind.LENGTH: "characters", Kind.SIZE: "bytes", Kind.QUOTA: "rows"}
_VALUE_SETS = (Numbers, Words, Shape, Anything, Compared)


def relate(
    left: Predicate,
    right: Predicate,
    *,
    integer: bool = False,
    decimals: int | None = None,
    kind: Kind | None = None,
) -> Verdict:
    """How the admissible sets lie to each other, with a witness that only one side accepts.

    `integer` and `decimals` say what values the subject can take at all. A definite answer is never wrong: where the
    forms cannot be compared the answer is unknown. Missing values count only where nothing else differs.
    """
    lattice = Fraction(1) if integer else None if decimals is None else Fraction(1, 10) ** decimals
    verdict = _relate_forms(left.form, right.form, lattice, kind)
    if verdict.relation is Relation.EQUAL and isinstance(left.form, _VALUE_SETS):
        return _by_missing(left, right)
    return verdict


def _by_missing(left: Predicate, right: Predicate) -> Verdict:
    for mine, theirs, witness in ((left.nulls, right.nulls, "null"), (left.empty, right.empty, '""')):
        if {mine, theirs} == {"pass", "fail"}:
            return Verdict(Relation.NULLS, witness, "left" if mine == "pass" else "right")
    return EQUAL


def _relate_forms(left: Form, right: Form, lattice: Fraction | None, kind: Kind | None) -> Verdict:
    if left == right:
        return EQUAL
    left, right = _adapted(left, right, kind), _adapted(right, left, kind)
    if isinstance(left, Numbers) and isinstance(right, Numbers):
        return relate_numbers(left, right, lattice)
    if isinstance(left, Words) and isinstance(right, Words):
        return relate_words(left, right)
    if isinstance(left, Compared) and isinstance(right, Compared):
        return relate_compared(left, right, lattice is not None and lattice == 1)
    if isinstance(left, Constant) and isinstance(right, Constant):
        return relate_constants(left, right, kind)
    return UNKNOWN


def _adapted(form: Form, partner: Form, kind: Kind | None) -> Form:
    """A form rewritten in the terms of its partner, where that is the same set."""
    if isinstance(form, Numbers) and not form.unit and kind in _UNITS:
        return Numbers(form.intervals, form.step, _UNITS[kind])
    if isinstance(partner, Numbers):
        if isinstance(form, Anything):
            return Numbers((Interval(),), None, partner.unit)
        if form == NOTHING:
            return Numbers((), None, partner.unit)
        if isinstance(form, Words):
            return as_numbers(form, partner.unit) or form
    if isinstance(partner, Words) and isinstance(form, Anything):
        return Words((), True, partner.fold)
    return form
