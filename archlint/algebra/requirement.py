"""What one required condition amounts to, before anybody knows which field its subject is."""

import msgspec

from archlint.model.expression import Expression
from archlint.model.predicate import Predicate
from archlint.model.rule import Kind


class Requirement(msgspec.Struct, frozen=True):
    """One requirement about one subject.

    `subject` is the core name, row or aggregate, without conversions around it. `aspect` says what of it is restricted:
    value, length, size, count, presence, or age (now - subject). It applies only where all `guards` hold. A comparison
    of two fields has the other one in `other`: subject `operator` other + `offset` in `unit`. `exact` is False where
    something was approximated; `fold_case` and `trimmed` say what is done to the value before it is checked.
    """

    subject: Expression
    aspect: str
    kind: Kind
    predicate: Predicate
    guards: tuple[Expression, ...] = ()
    other: Expression | None = None
    operator: str = ""
    offset: str = "0"
    unit: str = ""
    exact: bool = True
    fold_case: bool = False
    trimmed: bool = False
