"""Classifications of one input: what is admitted under which label, and where two differ."""

from collections.abc import Sequence
from fractions import Fraction

from archlint.algebra.atoms import word_of
from archlint.algebra.forms import NOTHING, join, make_words, meet
from archlint.algebra.normalising import one_set
from archlint.algebra.number_relation import pick
from archlint.algebra.quantities import show
from archlint.algebra.ranges import NumberSet, Range, Ranges, complement, intersect, merged, of_numbers, to_numbers
from archlint.algebra.verdict import EQUAL, UNKNOWN, Verdict
from archlint.algebra.word_relation import has_word, shown_word
from archlint.model.expression import Boolean, Expression
from archlint.model.predicate import Anything, Form, Numbers, Partition, Predicate, Words
from archlint.model.rule import Relation


def partition(cases: Sequence[tuple[Expression, Expression]]) -> tuple[Expression, Predicate] | None:
    """The subject of ordered cases (condition, literal) and what each label covers; None without one subject."""
    subject: Expression | None = None
    rest: Form = Anything()
    found: dict[str, Form] = {}
    for condition, value in cases:
        label = word_of(value)
        if label is None:
            return None
        admitted: Form = Anything()
        if condition != Boolean(True):
            result = one_set(condition)
            if result is None or (subject is not None and result[0] != subject):
                return None
            subject, admitted = result
        piece = meet(rest, admitted)
        covered = None if piece is None else join(found.get(label, NOTHING), piece)
        outside = negation(admitted)
        remaining = None if outside is None else meet(rest, outside)
        if covered is None or remaining is None:
            return None
        found[label], rest = covered, remaining
    if subject is None or len(found) < 2:
        return None
    return subject, Predicate(Partition(tuple((form, label) for label, form in found.items() if not _nothing(form))))


def negation(form: Form) -> Form | None:
    """Everything that a set does not admit."""
    if isinstance(form, Anything):
        return NOTHING
    if isinstance(form, Numbers) and form.step is None:
        return to_numbers(complement(of_numbers(form).ranges), None, form.unit)
    if isinstance(form, Words):
        return make_words(set(form.words), not form.excluded, form.fold)
    return None


def _nothing(form: Form) -> bool:
    return form == NOTHING or (isinstance(form, Numbers) and not form.intervals)


def relate_partitions(left: Partition, right: Partition, lattice: Fraction | None) -> Verdict:
    """The verdict: the same label everywhere, or a value that the two label differently."""
    labels = [{label for _, label in form.cases} for form in (left, right)]
    if not labels[0] & labels[1]:
        return UNKNOWN
    forms = [form for form, _ in (*left.cases, *right.cases)]
    if all(isinstance(form, Numbers) for form in forms):
        return _by_numbers(_number_cases(left), _number_cases(right), lattice)
    folds = {form.fold for form in forms if isinstance(form, Words)}
    if len(folds) == 1 and all(isinstance(form, Words) for form in forms):
        return _by_words(left, right)
    return UNKNOWN


NumberCases = list[tuple[NumberSet, str]]


def _number_cases(form: Partition) -> NumberCases:
    return [(of_numbers(case), label) for case, label in form.cases if isinstance(case, Numbers)]


def _by_numbers(left: NumberCases, right: NumberCases, lattice: Fraction | None) -> Verdict:
    differing: Ranges = ()
    for one, label in left:
        for other, other_label in right:
            if label != other_label:
                differing = merged((*differing, *intersect(one.ranges, other.ranges)))
    same = _cover(left) == _cover(right)
    seen = [item for item in differing if pick(NumberSet((item,), lattice)) is not None]
    if not seen:
        return EQUAL if same else UNKNOWN
    wide = [item for item in seen if item.low is None or item.low != item.high]
    witness = _lowest((wide or seen)[0], lattice)
    return Verdict(Relation.OVERLAPPING if wide else Relation.BOUNDARY, "" if witness is None else show(witness))


def _cover(cases: NumberCases) -> Ranges:
    return merged(item for numbers, _ in cases for item in numbers.ranges)


def _lowest(item: Range, lattice: Fraction | None) -> Fraction | None:
    """The lower end where it belongs to the piece."""
    if item.low is not None and not item.low_open and (lattice is None or (item.low / lattice).denominator == 1):
        return item.low
    return pick(NumberSet((item,), lattice))


def _by_words(left: Partition, right: Partition) -> Verdict:
    known = {word for form, _ in (*left.cases, *right.cases) if isinstance(form, Words) for word in form.words}
    uncovered = False
    for word in [*sorted(known), "something else"]:
        one, other = _label(left, word), _label(right, word)
        if one is None or other is None:
            uncovered |= one != other
        elif one != other:
            return Verdict(Relation.OVERLAPPING, shown_word(word))
    return UNKNOWN if uncovered else EQUAL


def _label(form: Partition, word: str) -> str | None:
    return next((label for case, label in form.cases if isinstance(case, Words) and has_word(case, word)), None)
