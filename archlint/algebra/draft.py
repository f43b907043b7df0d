"""A requirement while it is being put together, and how two about one subject combine."""

from dataclasses import dataclass
from fractions import Fraction

from archlint.algebra.canonical import canonical
from archlint.model.expression import Expression
from archlint.model.predicate import Anything, Form, Numbers, Shape, Undecided, Words
from archlint.model.rule import Kind

INTEGRAL_UNITS = frozenset({"characters", "bytes", "elements", "rows"})


@dataclass(slots=True)
class Draft:
    """What one atom says; `weight` is how well it serves as the condition of another requirement (0: not at all)."""

    subject: Expression
    aspect: str
    kind: Kind
    form: Form
    other: Expression | None = None
    operator: str = ""
    offset: Fraction = Fraction(0)
    unit: str = ""
    exact: bool = True
    folded: bool = False
    trimmed: bool = False
    weight: int = 0
    truthy: bool = False
    nulls: str = "unknown"
    empty: str = "unknown"
    guards: tuple[Expression, ...] = ()

    @property
    def key(self) -> tuple[str, str, Kind, bool, bool]:
        """What two drafts must share to be about the same thing."""
        return canonical(self.subject), self.aspect, self.kind, self.folded, self.trimmed


def opaque(subject: Expression, text: str) -> Draft:
    """A condition that stays as it is written."""
    return Draft(subject, "value", Kind.CONDITIONAL, Undecided(text), exact=False)


def is_set(form: Form) -> bool:
    """Whether a form is a plain set of values."""
    return isinstance(form, (Numbers, Words, Shape, Anything))
