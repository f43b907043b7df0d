"""Normal forms of what a site admits, as nouns; the algebra decides how they relate."""

import msgspec


class _Form(msgspec.Struct, frozen=True, array_like=True):
    """Common settings of the forms."""


class Interval(_Form, frozen=True):
    """Numbers between two exact decimal texts (`None` is open-ended); `*_open` excludes the end."""

    low: str | None = None
    high: str | None = None
    low_open: bool = False
    high_open: bool = False


class Numbers(_Form, frozen=True, tag="numbers"):
    """A union of disjoint intervals in order, optionally only multiples of `step` (`1` is whole numbers).

    `unit` is `` for plain numbers, or what the number counts: characters, bytes, elements, rows, seconds, months.
    """

    intervals: tuple[Interval, ...]
    step: str | None = None
    unit: str = ""


class Words(_Form, frozen=True, tag="words"):
    """A finite set of literals, sorted; with `excluded` everything but these. `fold`: case does not matter."""

    words: tuple[str, ...]
    excluded: bool = False
    fold: bool = False


class Shape(_Form, frozen=True, tag="shape"):
    """Texts that match every pattern: (source, flags, dialect, negated).

    `format` where the source names one (`email`).
    """

    patterns: tuple[tuple[str, str, str, bool], ...] = ()
    format: str = ""


class Compared(_Form, frozen=True, tag="compared"):
    """`left` (the subject) compared with other fields: left `operator` right + offset. `right` is canonical text.

    `operator` is one of < <= > >= = !=; `offset` is exact decimal text in `unit` (``, seconds, months).
    """

    left: str
    operator: str
    right: str
    offset: str = "0"
    unit: str = ""


class Steps(_Form, frozen=True, tag="steps"):
    """Allowed steps (from, to) of a state field, sorted; `*` is any state.

    `partial`: uses some steps, does not define them.
    """

    edges: tuple[tuple[str, str], ...]
    partial: bool = False


class Formula(_Form, frozen=True, tag="formula"):
    """A computed value: a canonical expression over leaf names, and its constants apart from its shape."""

    canonical: str
    shape: str
    leaves: tuple[str, ...]
    constants: tuple[str, ...]
    tree: str = ""


class Partition(_Form, frozen=True, tag="partition"):
    """A classification of one input: (admissible set of the input, label), in order, disjoint."""

    cases: tuple[tuple["Form", str], ...]


class Principals(_Form, frozen=True, tag="principals"):
    """Who may: a disjunction of conjunctions of atoms, sorted (`role=admin`, `owner(user_id)`, `authenticated`)."""

    clauses: tuple[tuple[str, ...], ...]


class Constant(_Form, frozen=True, tag="constant"):
    """One value: a number as exact decimal text, a word, `true`, `null`.

    `of` is number, text, boolean, null, duration.
    """

    value: str
    of: str
    unit: str = ""


class Columns(_Form, frozen=True, tag="columns"):
    """Uniqueness over columns (sorted), case folded ones as `lower(x)`, partial where `condition` is not empty."""

    columns: tuple[str, ...]
    condition: str = ""


class Anything(_Form, frozen=True, tag="anything"):
    """No restriction of the value (presence is in `Predicate.nulls`)."""


class Undecided(_Form, frozen=True, tag="undecided"):
    """A condition the algebra does not model; equal only to the same canonical text."""

    text: str


Form = (
    Numbers
    | Words
    | Shape
    | Compared
    | Steps
    | Formula
    | Partition
    | Principals
    | Constant
    | Columns
    | Anything
    | Undecided
)


class Predicate(msgspec.Struct, frozen=True, array_like=True):
    """What is admitted: a set of values, and what happens to a missing (`nulls`) and an empty (`empty`) value.

    `nulls` and `empty` are `pass`, `fail` or `unknown`.
    """

    form: Form
    nulls: str = "unknown"
    empty: str = "unknown"
