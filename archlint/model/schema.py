"""Changes to a database schema as files state them, and the effective schema that they fold into."""

import msgspec

from archlint.model.expression import Expression
from archlint.model.source import Span

# Names are lower-cased unless quoted and carry their schema except `public`: `orders`, `auth.users`.
# `statements` are indexes into the `FileFacts.statements` of the file that holds the change.

# The roles under which requests of clients run; a policy without roles is for everybody.
CLIENT_ROLES = frozenset({"public", "anon", "authenticated"})


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column as declared.

    `type` is the written type without modifiers, lower case; `size` its numbers (`numeric(10,2)`).
    """

    name: str
    type: str
    span: Span
    size: tuple[int, ...] = ()
    array: bool = False
    required: bool = False
    default: Expression | None = None
    generated: Expression | None = None
    identity: bool = False
    statements: tuple[int, ...] = ()
    required_span: Span | None = None
    default_span: Span | None = None
    path: str = ""


class Constraint(msgspec.Struct, frozen=True, kw_only=True):
    """A table or domain constraint. An unnamed one has the server's name.

    `kind`: check, unique, primary, foreign, exclude. `columns` of a check are those it reads; `target` is the
    referenced table of a foreign key.
    """

    kind: str
    name: str
    span: Span
    columns: tuple[str, ...] = ()
    target: str = ""
    target_columns: tuple[str, ...] = ()
    on_delete: str = ""
    statements: tuple[int, ...] = ()
    path: str = ""


class SchemaChange(msgspec.Struct, frozen=True, kw_only=True):
    """One schema statement, in the file's order. `action` says which fields matter:

    create table (table, columns, constraints, if_absent, `to` = tables it takes columns from, or `?`) · drop table ·
    rename table (to) ·
    add column (columns, if_absent) · drop column (name) · rename column (name, to) · set type (columns) ·
    set required · drop required · set default (name, columns[0].default) · drop default ·
    comment (name, statements of the words that it lists) ·
    add constraint (constraints) · drop constraint (name) · rename constraint (name, to) ·
    (these of a domain name no table; the domain is in `to`, except for a rename) ·
    create index (unique only: constraints) · drop index (name) ·
    create enum (name, words) · add word (name, words, before/after in `to`) · rename word (name, words = old, new) ·
    create domain (name, columns[0] = base type, constraints) · drop type · rename type (to) ·
    create function (name, signature, scope, language, definer, replace) ·
    drop function · rename function (to) · alter function (definer) (of these, `replace` = a signature is written) ·
    create trigger (name, table, timing, events, columns of UPDATE OF in `words`, function, WHEN as `using` and as
    statements) ·
    drop trigger · alter trigger (to) · disable trigger · enable trigger ·
    create policy (name, table, policy fields) · alter policy (the same, or to) · drop policy (name) ·
    enable security · disable security · force security (table) ·
    grant · revoke (table or name, words = privileges, roles, columns by name) ·
    create view (name, scope, view columns as columns with `generated` = the source expression) · drop view ·
    seed (table, rows as Fields in `rows`, statements of a storage bucket, if_absent)
    """

    action: str
    span: Span
    table: str = ""
    name: str = ""
    to: str = ""
    columns: tuple[Column, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    words: tuple[str, ...] = ()
    signature: tuple[str, ...] = ()
    returns: str = ""
    scope: int = 0
    language: str = ""
    definer: bool = False
    replace: bool = False
    if_absent: bool = False
    cascade: bool = False
    timing: str = ""
    events: tuple[str, ...] = ()
    for_each: str = ""
    function: str = ""
    command: str = ""
    roles: tuple[str, ...] = ()
    permissive: bool = True
    using: Expression | None = None
    check: Expression | None = None
    statements: tuple[int, ...] = ()
    rows: tuple[Expression, ...] = ()


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """A live row-security policy. `command` is select, insert, update, delete or all."""

    name: str
    table: str
    path: str
    span: Span
    command: str = "all"
    roles: tuple[str, ...] = ()
    permissive: bool = True
    using: Expression | None = None
    check: Expression | None = None
    statements: tuple[int, ...] = ()


class Trigger(msgspec.Struct, frozen=True, kw_only=True):
    """A live trigger. `timing` is before, after or instead of; `events` are insert, update, delete, truncate.

    `condition` is its WHEN over the rows `$new` and `$old`; `$depth` counts the triggers that run already.
    """

    name: str
    table: str
    path: str
    span: Span
    timing: str
    events: tuple[str, ...]
    function: str
    columns: tuple[str, ...] = ()
    for_each: str = "row"
    condition: Expression | None = None
    statements: tuple[int, ...] = ()


class Routine(msgspec.Struct, frozen=True, kw_only=True):
    """A live stored function or procedure; overloads are separate. `scope` is that of its FunctionFact in `path`."""

    name: str
    signature: tuple[str, ...]
    path: str
    span: Span
    scope: int
    language: str = ""
    returns: str = ""
    definer: bool = False


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """A live table or view. `known` is false where only uses or ALTERs were seen, so that absence proves nothing.

    `grants` are (role, column or empty, privileges); a privilege with a minus was revoked.
    """

    name: str
    path: str = ""
    span: Span | None = None
    columns: tuple[Column, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    known: bool = True
    view: bool = False
    security: bool = False
    grants: tuple[tuple[str, str, tuple[str, ...]], ...] = ()

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)


class Enumeration(msgspec.Struct, frozen=True, kw_only=True):
    """A live enum type: its words in order, each with the file and place that last stated it."""

    name: str
    words: tuple[str, ...]
    places: tuple[tuple[str, Span], ...]


class Domain(msgspec.Struct, frozen=True, kw_only=True):
    """A live domain type; its CHECKs speak of `Ref("$value")`."""

    name: str
    type: str
    size: tuple[int, ...]
    path: str
    span: Span
    required: bool = False
    default: Expression | None = None
    constraints: tuple[Constraint, ...] = ()


class Superseded(msgspec.Struct, frozen=True, kw_only=True):
    """A statement that a later one replaced or dropped.

    `kind`: function, policy, constraint, trigger, column, word, table, view, seed. What was dropped and made anew is
    superseded by its successor. Of a column, `statements` may be only what it no longer is: its default, or required.
    """

    kind: str
    name: str
    table: str
    path: str
    span: Span
    by_path: str
    by_span: Span
    statements: tuple[int, ...] = ()
    scope: int = 0


class PassedOver(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A CREATE TABLE IF NOT EXISTS of a table that is there already, with the columns that this one lacks.

    The server does nothing.
    """

    table: str
    path: str
    span: Span
    columns: tuple[str, ...]


class Schema(msgspec.Struct, frozen=True, kw_only=True):
    """The effective schema of one database: what is left when all its files have been applied in order.

    `live` holds the indexes of the statements in force per file; `live_scopes` the routine bodies in force.
    A file that restates the finished schema (a dump beside migrations) or takes it back is in `mirrors` and contributes
    nothing else. `seeds` are (table, path, place, row as Fields); `grants` are those of routines and of whole schemas:
    (`function` or `schema`, name, role, privileges), with a minus before what was revoked. `renamed` tells by path what
    the tables (`orders`) and columns (`orders.total`) that a file speaks of are called in the end. `ahead` are by table
    the columns that a mirror knows beside all those that the table has here: it is newer than what was folded.
    """

    tables: dict[str, Table]
    enums: dict[str, Enumeration]
    domains: dict[str, Domain]
    routines: tuple[Routine, ...]
    triggers: tuple[Trigger, ...]
    policies: tuple[Policy, ...]
    superseded: tuple[Superseded, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()
    live: dict[str, frozenset[int]] = {}
    live_scopes: dict[str, frozenset[int]] = {}
    seeds: tuple[tuple[str, str, Span, Expression], ...] = ()
    mirrors: tuple[str, ...] = ()
    grants: tuple[tuple[str, str, str, tuple[str, ...]], ...] = ()
    renamed: dict[str, dict[str, str]] = {}
    ahead: dict[str, frozenset[str]] = {}
