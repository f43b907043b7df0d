"""Business rules: what a rule is about, the sites that state it, and how they differ."""

from enum import StrEnum

import msgspec

from archlint.model.expression import Expression
from archlint.model.predicate import Predicate
from archlint.model.source import Layer, Span


class Kind(StrEnum):
    """What sort of rule it is; sites of different kinds never meet, but for those `resolve` maps onto one kind."""

    BOUND = "bound"
    LENGTH = "length"
    SIZE = "size"
    DOMAIN = "domain"
    PATTERN = "pattern"
    PRESENCE = "presence"
    UNIQUE = "unique"
    COMPARISON = "comparison"
    CONDITIONAL = "conditional"
    WINDOW = "window"
    LIFETIME = "lifetime"
    GATE = "gate"
    TRANSITION = "transition"
    FORMULA = "formula"
    CLASSIFICATION = "classification"
    DEFAULT = "default"
    AUTHORIZATION = "authorization"
    QUOTA = "quota"
    IMMUTABILITY = "immutability"
    CONSTANT = "constant"
    WORDS = "words"


class Relation(StrEnum):
    """How the admissible sets of two sites lie to each other; `left` is the first."""

    EQUAL = "equal"
    STRICTER = "stricter"
    LOOSER = "looser"
    OVERLAPPING = "overlapping"
    DISJOINT = "disjoint"
    BOUNDARY = "boundary"
    NULLS = "null-only"
    UNIT = "unit-suspect"
    UNKNOWN = "unknown"


# What stands before the route in the name of a request.
REQUEST = "request:"

# What stands behind a column that keeps a hash, where a rule is about the text that it is made from.
HASHED = " before hashing"


class Subject(msgspec.Struct, frozen=True, order=True):
    """What a rule is about. `entity` is a table, bucket, type, function or request; `field` may be empty or a path."""

    entity: str
    field: str

    @property
    def of_request(self) -> bool:
        """Whether it is a field that is sent to a route, of which nobody knows where it is stored."""
        return self.entity.startswith(REQUEST)

    def __str__(self) -> str:
        if self.of_request:
            return f"{self.field} of {self.entity.removeprefix(REQUEST)}"
        return f"{self.entity}.{self.field}" if self.field else self.entity


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """One place that states a business rule.

    `origin` names the declaration the site takes its value from (a shared constant, schema or function): sites of
    one origin are one statement seen again. `evidence` says how the subject was found, strongest first. `enforced` are
    the layers in which a shared declaration is applied. `stored` is false where the subject's value was read back.
    """

    id: int
    path: str
    span: Span
    layer: Layer
    kind: Kind
    subject: Subject
    symbol: str
    text: str
    normal: str
    predicate: Predicate
    effect: str = "reject"
    strength: str = "hard"
    operation: str = "any"
    confidence: float = 1.0
    evidence: tuple[str, ...] = ()
    origin: str = ""
    guard: str = ""
    message: str = ""
    dialect: str = ""
    library: str = ""
    write: int = -1
    exact: bool = True
    value: Expression | None = None
    enforced: tuple[Layer, ...] = ()
    place: str = ""
    stored: bool = True


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """How two sites of one rule (`left`, `right`: site ids) differ.

    `accepted_by` is the id of the site that accepts `witness`.
    """

    left: int
    right: int
    relation: Relation
    witness: str = ""
    accepted_by: int = -1
    detail: str = ""


class BusinessRule(msgspec.Struct, frozen=True, kw_only=True):
    """One business rule and all places that state it. `groups` are the site ids by normal form, largest first."""

    id: str
    subject: Subject
    kind: Kind
    sites: tuple[Site, ...]
    relation: str
    home: str
    groups: tuple[tuple[int, ...], ...]
    differences: tuple[Difference, ...] = ()
