"""What reading one file yields: everything later stages may know about it."""

import msgspec

from archlint.model.expression import Expression, Lambda, Ref
from archlint.model.schema import SchemaChange
from archlint.model.source import Problem, Span

# A hint: a file switches row security on for tables that it does not name.
HIDDEN_SECURITY = "row security of hidden tables"


class Import(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`import { imported as local } from module`; `imported` is `default`, `*` or a name; `local` is scoped.

    Where `local` too is `*`, all names of the module are names of the file.
    """

    local: str
    module: str
    imported: str
    line: int


class Export(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`exported` means `local` of this file, or `imported` of `module` (`*` re-exports everything)."""

    exported: str
    local: str = ""
    module: str = ""
    imported: str = ""


class Binding(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`target` takes the value of `value`: assignment, destructuring, iteration, state setter, typed declaration.

    `kind`: `value` (the normal case), `type` (target is declared with a type), `form` (a form field feeds a name),
    `derived` (a schema or type made from another: `value` is a Call `partial`, `pick`, `omit`, `extend`, `merge`,
    `array`, `required` over it), `constant` (never reassigned; may be substituted), `provided` (who reads `target`,
    in whatever file, gets what is handed to it here).
    """

    target: Ref
    value: Expression
    span: Span
    kind: str = "value"
    scope: int = 0


# What is said of states by leaving them out holds for those that the column can have at all.
ANY_OTHER = "…"


class Statement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One place in the source that may state a business rule, before anybody knows what it is about.

    Which fields matter depends on `kind`:

    `require`     `condition` must hold for the effect not to happen (always in require polarity)
    `values`      `subject` takes only the values listed in `condition`'s Items (a domain, whole)
    `offer`       a screen offers these values for `subject` (a domain, as a choice; soft)
    `among`       `condition` picks rows or values by a set of words
    `compare`     `condition` compares `subject` with words or numbers without rejecting anything
    `default`     `subject` falls back to `value` where it is absent
    `derive`      `subject` (a name, a column or a function's result) is computed as `value`
    `classify`    `subject` is one of several literals by `cases` (condition, literal); the last condition may be true
    `transition`  `subject` may step along `edges`; `ANY_OTHER` in one stands for each state that none of them names
    `clamp`       `subject` is forced into `condition`
    `unique`      no two rows agree in `columns` (expressions over the entity's row); `condition` where partial
    `immutable`   `subject` never changes; `condition` says when
    `table`       `subject` is a list of rows of numbers: `value` (Items of Fields), each at its place in `related`
    `authorize`   the caller must satisfy `condition`; what follows in `scope`, or `protects`, is what it guards
    """

    kind: str
    span: Span
    text: str
    scope: int = 0
    symbol: str = ""
    condition: Expression | None = None
    guards: tuple[Expression, ...] = ()
    subject: Expression | None = None
    value: Expression | None = None
    cases: tuple[tuple[Expression, Expression], ...] = ()
    edges: tuple[tuple[str, str], ...] = ()
    columns: tuple[Expression, ...] = ()
    effect: str = "reject"
    strength: str = "hard"
    operation: str = "any"
    message: str = ""
    source: str = ""
    dialect: str = ""
    related: tuple[Span, ...] = ()


class Access(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One use of data outside the function: a table, a stored procedure, a function over the wire, a bucket.

    `kind`: select, insert, update, upsert, delete, rpc, invoke, http, upload; `sql` until the SQL text in `text` with
    its parameters in `payload` has been read into one of these. `target` is the table, procedure,
    function, `METHOD /path` or bucket; a `Ref` where the source names it by a variable. `payload` is what is
    written or sent (Fields, Ref, Items of these). `where` restricts the rows, over `Ref("$row", (column,))`; `order`
    are the columns that they are sorted by. `aggregate` is `count`, `sum column`, … `client` is `anon` (the caller's
    own rights), `service` (bypasses row security), `definer` or `` (unknown); then `through` is the object that the
    call goes through, where it is named (a last member `()` is the result of a call). `guards` are the conditions of
    enclosing branches. `places` says where and how each key of `payload` is written. An insert that is `sparing` leaves
    a row alone that is there already. A `loose` payload holds members of an object, of which some may be no columns.
    """

    kind: str
    target: str | Ref
    span: Span
    scope: int = 0
    text: str = ""
    payload: Expression | None = None
    where: Expression | None = None
    columns: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    aggregate: str = ""
    client: str = ""
    through: Ref | None = None
    guards: tuple[Expression, ...] = ()
    places: tuple[tuple[str, Span, str], ...] = ()
    library: str = ""
    address: Expression | None = None
    sparing: bool = False
    loose: bool = False


class Invocation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A call of a function of the scanned code, or a component rendered with properties (`arguments` = one Fields).

    `named` are the arguments that are given under the names of their parameters. `guards` are the conditions of
    enclosing branches.
    """

    callee: Ref
    arguments: tuple[Expression, ...]
    span: Span
    scope: int = 0
    rendered: bool = False
    guards: tuple[Expression, ...] = ()
    named: tuple[tuple[str, Expression], ...] = ()


class FunctionFact(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A function of the file. Parameters are scoped names; a destructured parameter gets one and is bound from it.

    `returns` holds each returned expression with the path conditions under which it is returned. `role`: `component`,
    `handler` (then `route` is `METHOD /path` or `function NAME` and `body` names the request's body), `hook`,
    `predicate`, `trigger`, or ``.
    """

    scope: int
    parent: int
    name: str
    span: Span
    parameters: tuple[str, ...] = ()
    returns: tuple[tuple[tuple[Expression, ...], Expression], ...] = ()
    role: str = ""
    route: str = ""
    body: str = ""


class TableUse(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A name of the file that stands for a table: an ORM model, a table object, an entity class.

    `fields` maps the code's member names to column names; `filled` are columns that code of the model itself gives a
    value before every insert. `relations` are members that hold a row of another table, each with what stands for that
    table.
    """

    name: str
    table: str
    span: Span
    fields: tuple[tuple[str, str], ...] = ()
    filled: tuple[str, ...] = ()
    relations: tuple[tuple[str, Ref], ...] = ()


class Deployed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A function that a description of a deployment makes live.

    `file` is where its code lies, from the root and without suffix; `routes` are `METHOD /path`.
    """

    name: str
    file: str
    function: str
    span: Span
    routes: tuple[str, ...] = ()


class Foregone(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A question whether `name` holds anything, after it fell back to `value` at `fallback`: it has one answer.

    `never` is the label that is never chosen. It `refuses` where it stands before an effect.
    """

    name: str
    value: Expression
    fallback: Span
    span: Span
    text: str
    symbol: str = ""
    never: str = ""
    refuses: bool = False


class Suppression(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An `archlint: ignore[…] reason` comment.

    `scope` is `line` or `file`; `target` is the line that it is about, which is the comment's own where code stands
    before it, else the next one with code.
    """

    line: int
    codes: tuple[str, ...]
    reason: str
    scope: str = "line"
    until: str = ""
    target: int = 0
    column: int = 1


class FileFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """All facts of one file; a pure function of its path and bytes. Scope 0 is the module.

    `rewrites` are addresses that a host answers under others: what is asked for, and what answers. `mounts` are routers
    of other files with the address that they are put under.
    """

    path: str
    language: str
    lines: int = 0
    imports: tuple[Import, ...] = ()
    exports: tuple[Export, ...] = ()
    bindings: tuple[Binding, ...] = ()
    statements: tuple[Statement, ...] = ()
    accesses: tuple[Access, ...] = ()
    invocations: tuple[Invocation, ...] = ()
    functions: tuple[FunctionFact, ...] = ()
    tables: tuple[TableUse, ...] = ()
    changes: tuple[SchemaChange, ...] = ()
    deployed: tuple[Deployed, ...] = ()
    rewrites: tuple[tuple[str, str], ...] = ()
    mounts: tuple[tuple[str, Ref], ...] = ()
    foregone: tuple[Foregone, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    hints: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


__all__ = [
    "ANY_OTHER", "HIDDEN_SECURITY", "Access", "Binding", "Deployed", "Export", "FileFacts", "Foregone", "FunctionFact",
    "Import",
    "Invocation", "Lambda", "Statement", "Suppression", "TableUse",
]  # fmt: skip
