"""What a place stands for, as far as it is known."""

from fractions import Fraction

import msgspec

from archlint.model.rule import Subject
from archlint.resolve.flow import Place


class Reached(msgspec.Struct, frozen=True, gc=False):
    """A column that a place stands for. The column's value is `factor` times the place's + `offset`.

    `stored` is true where the value is written there (or the place is the column itself), false where it was read;
    `read` is true where it was read on some way, also if it is stored on another.
    """

    subject: Subject
    confidence: float
    stored: bool
    evidence: tuple[str, ...]
    factor: Fraction = Fraction(1)
    offset: Fraction = Fraction(0)
    presence: bool = True
    place: Place = ("", ())
    read: bool = False
