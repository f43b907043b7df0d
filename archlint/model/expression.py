"""Expressions of any language in one neutral form.

Every language translates its own syntax into these nodes; everything after reading knows only these.
A name is *scoped*: the reader has already decided which declaration an identifier means.
"""

import msgspec


class _Node(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Common settings of the nodes: an expression is a tree, so the collector of circles need not know of it."""


class Text(_Node, frozen=True, gc=False, tag="t"):
    """A text literal."""

    value: str


class Number(_Node, frozen=True, gc=False, tag="n"):
    """A number literal as exact decimal text: `10000`, `0.35`, `-1` (no separators, no suffix)."""

    value: str


class Boolean(_Node, frozen=True, gc=False, tag="b"):
    """`true` or `false`."""

    value: bool


class Null(_Node, frozen=True, gc=False, tag="0"):
    """`null`, `undefined`, `NULL`."""


class Pattern(_Node, frozen=True, gc=False, tag="p"):
    """A regular expression with its dialect (`javascript`, `postgresql`, `python`, `like`).

    `whole` where the language anchors it.
    """

    source: str
    flags: str
    dialect: str
    whole: bool = False


class Duration(_Node, frozen=True, gc=False, tag="d"):
    """A span of time; months are kept apart from seconds because their length varies. Seconds are decimal text."""

    months: int
    seconds: str


class Ref(_Node, frozen=True, gc=False, tag="r"):
    """A scoped name and the members read from it: `body.hours` is `Ref("body@3", ("hours",))`.

    Names are `identifier@scope` inside a file, `table:orders` for a column's table, `$row` for the row an
    access is about, `$new` and `$old` for the rows that a trigger has. An element of a list (`rows[0]`, an iteration
    variable's source) is the member `[]`.
    """

    name: str
    path: tuple[str, ...] = ()


class Row(_Node, frozen=True, gc=False, tag="w"):
    """What an access of the same file returns (`FileFacts.accesses[access]`), and the members read from it."""

    access: int
    path: tuple[str, ...] = ()


class Operation(_Node, frozen=True, gc=False, tag="o"):
    """An operator of `OPERATORS` over its operands."""

    operator: str
    operands: tuple["Expression", ...]


class Call(_Node, frozen=True, gc=False, tag="c"):
    """A call: a neutral function of `FUNCTIONS`, or (with `callee`) a function of the scanned code.

    `function` then holds its dotted source name, for display and for matching by name.
    """

    function: str
    arguments: tuple["Expression", ...]
    callee: "Ref | None" = None


class Items(_Node, frozen=True, gc=False, tag="i"):
    """A list, array, tuple or set literal."""

    items: tuple["Expression", ...]


class Fields(_Node, frozen=True, gc=False, tag="f"):
    """An object literal: its keys in order, and what is spread into it."""

    entries: tuple[tuple[str, "Expression"], ...]
    spreads: tuple["Expression", ...] = ()

    def get(self, key: str) -> "Expression | None":
        """The last value written under a key."""
        return next((value for name, value in reversed(self.entries) if name == key), None)


class Lambda(_Node, frozen=True, gc=False, tag="l"):
    """A function written in place: the scope number of its `FunctionFact`."""

    scope: int


class Opaque(_Node, frozen=True, gc=False, tag="x"):
    """Source text that the reader does not model."""

    text: str


Expression = (
    Text
    | Number
    | Boolean
    | Null
    | Pattern
    | Duration
    | Ref
    | Row
    | Operation
    | Call
    | Items
    | Fields
    | Lambda
    | Opaque
)

OPERATORS = frozenset(
    {
        "and", "or", "not",
        "=", "!=", "<", "<=", ">", ">=",
        "distinct",       # null-safe inequality; `not distinct` is null-safe equality
        "in",             # (value, Items | Ref to a list or map)
        "matches",        # (value, Pattern)
        "is null",        # null or absent
        "+", "-", "*", "/", "%", "negate", "concat",
        "if",             # (condition, then, else)
        "case",           # (condition, value, condition, value, …, else)
        "coalesce",       # first that is not null: `??`, COALESCE
        "fallback",       # first that is truthy: `||` where a value is wanted
        "lookup",         # (map, key)
        "exists",         # (Row)
        "overlaps",       # ranges share a point
        "truthy",         # explicit conversion to boolean: `!!x`, Boolean(x)
    }
)  # fmt: skip

FUNCTIONS = frozenset(
    {
        "length",         # characters of a text
        "size",           # bytes of a file or text
        "count",          # elements of a list; of Row: rows
        "lower", "upper", "trim", "text", "number", "integer", "boolean", "date",
        "abs", "round", "floor", "ceil", "truncate", "minimum", "maximum", "power", "sqrt",   # round(x, digits)
        "sine", "cosine", "tangent", "arcsine", "arccosine", "arctangent",   # of radians; arctangent(y, x) too
        "sum", "average", "largest", "smallest",   # over a list or Row with a path, or (list, Lambda)
        "now", "today",
        "seconds between", "minutes between", "hours between", "days between",   # (later, earlier), whole units
        "weeks between", "months between", "years between",
        "is integer", "is number", "is text", "is format",   # (value, Text(format name))
        "starts with", "ends with", "contains",
        "current user",   # the caller's id: auth.uid(), session.user.id
        "current role",   # the caller's role or claim; the path of the claim as Text arguments
        "validated",      # (schema Ref, value): the value after the schema accepted it
        "environment",    # (Text(name)): an environment variable
        "map",            # (key, value, key, value, …): an object some of whose keys are names
        "random", "element", "keys", "values",
    }
)  # fmt: skip
