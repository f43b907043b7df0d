"""The nouns of the graph: entities, write paths, and all that a check may ask about them."""

import msgspec

from archlint.model.expression import Expression
from archlint.model.facts import Foregone
from archlint.model.rule import BusinessRule, Site, Subject
from archlint.model.schema import Schema
from archlint.model.source import Layer, Problem, Span


class Count(msgspec.Struct, frozen=True):
    """A column that a write moves on from where it stands: `sign` is + or -, `by` says how far."""

    column: str
    sign: str
    by: Expression


class WritePath(msgspec.Struct, frozen=True, kw_only=True):
    """One place that writes an entity.

    `columns` are the written columns with the literal text where the value is one (else None); `complete` is false
    where the payload could not be followed, so that a missing column proves nothing. `guards` are the ids of sites
    that stand before the write. `reachable` is true where a client can trigger it (directly, over a route or a
    procedure). `client` is as in Access. `value` paths by column are in `sources`; `given` are the columns whose value
    comes from the caller: a request's body, a routine's parameter, a form; `lowered` those from whose own value
    something of the caller is taken off. `filters` are the columns by which the rows
    are picked or sorted; `where` is that condition over `$row`. An insert that is `sparing` leaves a row alone that is
    there already. `counts` are the columns that another run of the same write would move once more.
    """

    id: int
    entity: str
    operation: str
    path: str
    span: Span
    layer: Layer
    symbol: str
    text: str
    client: str = ""
    columns: tuple[tuple[str, str | None], ...] = ()
    complete: bool = True
    guards: tuple[int, ...] = ()
    reachable: bool = True
    entrance: str = ""
    sources: tuple[tuple[str, Expression], ...] = ()
    given: tuple[str, ...] = ()
    lowered: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    where: Expression | None = None
    sparing: bool = False
    counts: tuple[Count, ...] = ()


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """One write of a run (its id), the conditions on the way to it, and the functions that the way leads through.

    `given` says what the names of these functions stand for in this run: their arguments, and the rows of a trigger.
    """

    write: int
    conditions: tuple[Expression, ...] = ()
    through: tuple[str, ...] = ()
    given: tuple[tuple[str, Expression], ...] = ()


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What one run of a function writes, itself or through what it calls, over the wire as well, but for triggers."""

    path: str
    span: Span
    layer: Layer
    symbol: str
    acts: tuple[Act, ...]


class ReadPath(msgspec.Struct, frozen=True, kw_only=True):
    """One place that reads an entity.

    `columns` are those it asks for and `filters` those by which the rows are picked or sorted; where `own` is true all
    of them can only be columns of this very entity.
    """

    entity: str
    path: str
    span: Span
    layer: Layer
    symbol: str
    client: str = ""
    text: str = ""
    columns: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    own: bool = False


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """A literal that code writes to, compares with or offers for a field.

    `use`: writes, compares, offers, filters, reads.
    """

    subject: Subject
    word: str
    use: str
    path: str
    span: Span
    layer: Layer
    text: str
    confidence: float
    evidence: tuple[str, ...] = ()


class AccessGuard(msgspec.Struct, frozen=True, kw_only=True):
    """A condition on the caller.

    `principals` are its atoms: `role=admin`, `owner`, `authenticated`, `member(table)`, `opaque(…)`; `any_of`: one of
    them suffices. `guards` names what it stands before: entity and operation, or a function (`function NAME`).
    `soft`: it only hides something. `clauses` are the alternatives, each with all its atoms; empty where it could not
    be read. `decided` are the columns about the caller (a role, a flag) that it looks at; the rows that hold these are
    found through `named_by`, the columns that name the caller, and `led_by`, those that lead to what is guarded.
    """

    path: str
    span: Span
    layer: Layer
    symbol: str
    text: str
    principals: tuple[str, ...]
    any_of: bool = False
    guards: tuple[str, ...] = ()
    soft: bool = False
    source: str = ""
    confidence: float = 1.0
    clauses: tuple[tuple[str, ...], ...] = ()
    decided: tuple[Subject, ...] = ()
    named_by: tuple[Subject, ...] = ()
    led_by: tuple[Subject, ...] = ()


class Claim(msgspec.Struct, frozen=True):
    """A place that looks a right of the caller up in the token: `claim` is the way to it, its name last."""

    path: str
    span: Span
    layer: Layer
    symbol: str
    claim: tuple[str, ...]


class Edge(msgspec.Struct, frozen=True, order=True):
    """An arrow of the graph. `kind`: calls, invokes, fires, writes, reads, imports."""

    source: str
    kind: str
    target: str


class SqlText(msgspec.Struct, frozen=True, kw_only=True):
    """SQL written as text in another language."""

    path: str
    span: Span
    layer: Layer
    symbol: str
    text: str


class Graph(msgspec.Struct, frozen=True, kw_only=True):
    """Where every business rule lives, who reads and writes what, and who calls whom.

    `foregone` are questions with one answer, each with its file.
    `runs` are those of the functions behind triggers, and of code that writes what triggers look at.
    """

    rules: tuple[BusinessRule, ...]
    schema: Schema
    writes: tuple[WritePath, ...] = ()
    reads: tuple[ReadPath, ...] = ()
    words: tuple[Word, ...] = ()
    access_guards: tuple[AccessGuard, ...] = ()
    claims: tuple[Claim, ...] = ()
    edges: tuple[Edge, ...] = ()
    runs: tuple[Run, ...] = ()
    lost: tuple[Site, ...] = ()
    foregone: tuple[tuple[str, Foregone], ...] = ()
    sql: tuple[SqlText, ...] = ()
    problems: tuple[Problem, ...] = ()
    layers: dict[str, Layer] = {}
    files: int = 0
    lines: int = 0
    row_security_expected: bool = False
    row_security_hidden: bool = False
    architecture: str = ""
