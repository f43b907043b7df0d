"""A site before it has its number and layer, and small helpers of those who make them."""

from fractions import Fraction
from typing import Any

import msgspec

from archlint import algebra
from archlint.model.expression import Call, Expression, Ref
from archlint.model.predicate import Constant, Predicate
from archlint.model.rule import Kind, Subject
from archlint.resolve.flow import Place
from archlint.resolve.names import bare, key, noun, tokens
from archlint.resolve.reached import Reached


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A site that has everything but its number."""

    kind: Kind
    subject: Subject
    predicate: Predicate
    confidence: float
    evidence: tuple[str, ...]
    place: Place
    stored: bool = True
    guard: str = ""
    exact: bool = True
    value: Expression | None = None
    origin: str = ""


def identifier(name: str) -> str:
    """The identifier of a global name."""
    return name.rsplit("|", 1)[-1].split("@", 1)[0].removeprefix("ret:")


_MEASURES = frozenset({"length", "size", "count", "number", "text"})


def place_of(expression: Expression | None) -> Place | None:
    """The place that an expression names, through measures of it."""
    if isinstance(expression, Ref):
        return expression.name, expression.path
    if isinstance(expression, Call) and expression.callee is None and expression.arguments:
        return place_of(expression.arguments[0]) if expression.function in _MEASURES else None
    return None


def unresolved(place: Place) -> Subject:
    """A subject where no column is known: long names speak for themselves, short ones for their owner."""
    name, members = place
    owner = identifier(name)
    if members and len(tokens(members[-1])) == 1:
        return Subject(f"~{noun(owner) or key(owner)}", key(members[-1]))
    return Subject("~", bare(members[-1] if members else owner))


def about(column: Reached, kind: Kind, predicate: Predicate, place: Place, share: float = 1.0, **more: Any) -> Draft:
    """What a place states of a column that it stands for; `share` says how far that may be believed besides."""
    fields: dict[str, Any] = {"stored": column.stored, **more}
    sure, evidence = column.confidence * share, column.evidence
    return Draft(
        kind=kind,
        subject=column.subject,
        predicate=predicate,
        confidence=sure,
        evidence=evidence,
        place=place,
        **fields,
    )


def nameless(kind: Kind, predicate: Predicate, place: Place, confidence: float, **more: Any) -> Draft:
    """What a place states where no column is known."""
    evidence = ("name only",)
    return Draft(
        kind=kind, subject=unresolved(place), predicate=predicate, confidence=confidence, evidence=evidence,
        place=place, **more,
    )  # fmt: skip


def moved(predicate: Predicate, column: Reached) -> Predicate:
    """What is admitted for the column where the place's value is converted on its way."""
    if column.factor == 1 and column.offset == 0:
        return predicate
    return algebra.transform(predicate, str(column.factor), str(column.offset))


def moved_constant(predicate: Predicate, column: Reached) -> Predicate:
    """The same for a single value."""
    form = predicate.form
    if (column.factor == 1 and column.offset == 0) or not isinstance(form, Constant) or form.of != "number":
        return predicate
    value = Fraction(form.value) * column.factor + column.offset
    text = str(value.numerator) if value.denominator == 1 else str(float(value))
    return Predicate(Constant(text, "number", form.unit))
