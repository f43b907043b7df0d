"""How two predicates of one subject relate."""

from fractions import Fraction

from archlint.algebra.comparison import relate_compared
from archlint.algebra.constants import relate_constants
from archlint.algebra.evaluation import relate_formulas
from archlint.algebra.forms import NOTHING, as_numbers
from archlint.algebra.number_relation import relate_numbers
from archlint.algebra.partitions import relate_partitions
from archlint.algebra.principals import relate_principals
from archlint.algebra.shapes import relate_shapes, shape_accepts
from archlint.algebra.transitions import relate_steps
from archlint.algebra.uniqueness import relate_columns
from archlint.algebra.verdict import EQUAL, UNKNOWN, Verdict
from archlint.algebra.word_relation import has_word, relate_words
from archlint.model.predicate import (
    Anything,
    Columns,
    Compared,
    Constant,
    Form,
    Formula,
    Interval,
    Numbers,
    Partition,
    Predicate,
    Principals,
    Shape,
    Steps,
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
    pairs = (left.nulls, right.nulls, "null"), (_on_empty(left), _on_empty(right), '""')
    for mine, theirs, witness in pairs:
        if {mine, theirs} == {"pass", "fail"}:
            return Verdict(Relation.NULLS, witness, "left" if mine == "pass" else "right")
    return EQUAL


def _on_empty(predicate: Predicate) -> str:
    """What becomes of the empty text, which the comparison of patterns leaves out."""
    if predicate.empty != "unknown" or not isinstance(predicate.form, (Shape, Words)):
        return predicate.empty
    form = predicate.form
    found = shape_accepts(form, "") if isinstance(form, Shape) else has_word(form, "")
    return "unknown" if found is None else "pass" if found else "fail"


def _relate_forms(left: Form, right: Form, lattice: Fraction | None, kind: Kind | None) -> Verdict:
    if left == right:
        return EQUAL
    left, right = _adapted(left, right, kind), _adapted(right, left, kind)
    if isinstance(left, Numbers) and isinstance(right, Numbers):
        return relate_numbers(left, right, lattice)
    if isinstance(left, Words) and isinstance(right, Words):
        return relate_words(left, right)
    if isinstance(left, (Shape, Words)) and isinstance(right, (Shape, Words)):
        return relate_shapes(left, right)
    if isinstance(left, Compared) and isinstance(right, Compared):
        return relate_compared(left, right, lattice)
    if isinstance(left, Constant) and isinstance(right, Constant):
        return relate_constants(left, right, kind)
    if isinstance(left, Steps) and isinstance(right, Steps):
        return relate_steps(left, right)
    if isinstance(left, Columns) and isinstance(right, Columns):
        return relate_columns(left, right)
    if isinstance(left, Principals) and isinstance(right, Principals):
        return relate_principals(left, right)
    if isinstance(left, Partition) and isinstance(right, Partition):
        return relate_partitions(left, right, lattice)
    if isinstance(left, Formula) and isinstance(right, Formula):
        return relate_formulas(left, right)
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
    if isinstance(partner, (Words, Shape)) and isinstance(form, Anything):
        return Words((), True, isinstance(partner, Words) and partner.fold)
    return form
