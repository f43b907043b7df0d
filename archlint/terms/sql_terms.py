"""From the syntax trees of sqlglot to neutral terms."""

from typing import Any, NamedTuple

from archlint.model.expression import (
    Boolean,
    Call,
    Expression,
    Fields,
    Items,
    Null,
    Number,
    Opaque,
    Operation,
    Pattern,
    Ref,
    Row,
    Text,
)

# Holes of a text are numbered from here on, parameters below.
FIRST_HOLE = 1000
_OPERATORS = {
    "EQ": "=", "NEQ": "!=", "GT": ">", "GTE": ">=", "LT": "<", "LTE": "<=",
    "Add": "+", "Sub": "-", "Mul": "*", "Div": "/", "Mod": "%", "And": "and", "Or": "or", "DPipe": "concat",
}  # fmt: skip
_FUNCTIONS = {
    "Lower": "lower", "Upper": "upper", "Trim": "trim", "Length": "length", "Abs": "abs", "Round": "round",
    "Floor": "floor", "Ceil": "ceil", "Greatest": "maximum", "Least": "minimum",
    "Sum": "sum", "Avg": "average", "Max": "largest", "Min": "smallest",
}  # fmt: skip
_AGGREGATES = {"Sum": "sum", "Avg": "average", "Max": "largest", "Min": "smallest"}
_LOGICAL = frozenset({"=", "!=", "<", "<=", ">", ">=", "and", "or", "not", "in", "is null", "matches"})


class Parameters:
    """What stands for `$1`, `?`, `:name` and the holes of a template."""

    def __init__(self, numbered: tuple[Expression, ...], holes: tuple[Expression, ...]) -> None:
        self._numbered = numbered
        self._holes = holes
        self._taken = 0

    def at(self, number: int) -> Expression:
        """The parameter of a number."""
        values, index = (self._holes, number - FIRST_HOLE) if number > FIRST_HOLE else (self._numbered, number)
        return values[index - 1] if 0 < index <= len(values) else Opaque("parameter")

    def next(self) -> Expression:
        """The parameter of the next question mark."""
        self._taken += 1
        return self.at(self._taken)

    def named(self, name: str) -> Expression:
        """The parameter of a name."""
        given = self._numbered[0] if self._numbered else None
        if isinstance(given, Ref):
            return Ref(given.name, (*given.path, name))
        return (given.get(name) if isinstance(given, Fields) else None) or Opaque("parameter")


class Use(NamedTuple):
    """What a statement does with one table or routine; `inner` is a query that the statement only names (WITH)."""

    kind: str
    target: str
    payload: Expression | None = None
    where: Expression | None = None
    columns: tuple[str, ...] = ()
    aggregate: str = ""
    names: tuple[tuple[str, str], ...] = ()
    inner: bool = False

    def shaped(self, row: Row) -> Expression:
        """The rows as their reader sees them, under the names that the statement gives."""
        if self.inner:
            return Opaque("rows")
        if self.aggregate:
            measure, _, column = self.aggregate.partition(" ")
            value = Call(measure, (Row(row.access, (column,)) if column else row,))
            return Fields(((self.names[0][0] if self.names else measure, value),))
        if any(name != column for name, column in self.names):
            return Fields(tuple((name, Row(row.access, (column,))) for name, column in self.names))
        return row


def use(statement: Any, parameters: Parameters) -> Use | None:
    """A statement in neutral terms; None where it is of no interest or not read."""
    kind = type(statement).__name__
    reading = {"Insert": _insert, "Update": _update, "Delete": _delete, "Select": _select}.get(kind)
    return reading(statement, parameters) if reading is not None else None


def condition(text: str, columns: tuple[Ref, ...]) -> Expression | None:
    """A condition in whose holes columns stand; None where it cannot be read whole."""
    found = condition_of(text, Parameters((), columns))
    return found if isinstance(found, Operation) and not _unread(found) else None


def condition_of(text: str, parameters: Parameters, functions: bool = False) -> Expression | None:
    """A condition as far as it can be read; `functions` gives those that are not known too, under their own names."""
    # The parser is heavy, and most files hold no SQL.
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        tree = sqlglot.parse_one(text, read="postgres")
    except (SqlglotError, RecursionError, ValueError):
        return None
    return _Terms(parameters, "", {}, functions).read(tree)


def _unread(value: Expression) -> bool:
    inner = value.operands if isinstance(value, Operation) else value.arguments if isinstance(value, Call) else ()
    return isinstance(value, Opaque) or any(_unread(item) for item in inner)


def _table(node: Any) -> tuple[str, str]:
    """The name of a table, and the name under which its columns are read."""
    if type(node).__name__ != "Table" or type(node.this).__name__ != "Identifier" or not node.name:
        return "", ""
    schema = node.db
    name = node.name if not schema or schema == "public" else f"{schema}.{node.name}"
    return name, node.alias or node.name


class _Terms:
    """Reads the expressions of one statement."""

    def __init__(self, parameters: Parameters, own: str, tables: dict[str, str], functions: bool = False) -> None:
        self._parameters = parameters
        self._own = own
        self._tables = tables
        self._functions = functions

    def read(self, node: Any) -> Expression:
        kind = type(node).__name__
        if kind in _OPERATORS:
            left, right = self.read(node.this), self.read(node.expression)
            if kind == "EQ" and type(node.expression).__name__ == "Any":
                inner = node.expression.this
                return Operation("in", (left, self.read(inner.this if type(inner).__name__ == "Paren" else inner)))
            if kind in ("And", "Or"):
                left, right = self._test(left), self._test(right)
            return Operation(_OPERATORS[kind], (left, right))
        if kind in _FUNCTIONS:
            return Call(_FUNCTIONS[kind], tuple(self.read(item) for item in (node.this, *node.expressions) if item))
        if kind == "Anonymous" and self._functions:
            return Call(str(node.this).lower(), tuple(self.read(item) for item in node.expressions))
        reading = _READINGS.get(kind)
        found: Expression = reading(self, node) if reading is not None else Opaque(str(node)[:80])
        return found

    def _test(self, value: Expression) -> Expression:
        return value if self._functions and isinstance(value, Call) else _condition(value)

    def column(self, node: Any) -> Expression:
        """A column of the statement's own table is one of the row; others name their table."""
        table = node.table
        if not table or table == self._own:
            alone = table or len(self._tables) < 2
            return Ref("$row", (node.name,)) if alone else Opaque(node.name)
        known = self._tables.get(table)
        return Ref(f"table:{known}", (node.name,)) if known else Opaque(str(node))

    def literal(self, node: Any) -> Expression:
        return Text(node.this) if node.is_string else Number(str(node.this))

    def inner(self, node: Any) -> Expression:
        return self.read(node.this)

    def parameter(self, node: Any) -> Expression:
        name = str(node.this)
        return self._parameters.at(int(name)) if name.isdigit() else self._parameters.named(name)

    def placeholder(self, node: Any) -> Expression:
        return self._parameters.named(str(node.this)) if node.this else self._parameters.next()

    def membership(self, node: Any) -> Expression:
        listed = node.args.get("expressions") or ()
        if not listed:
            return Opaque(str(node)[:80])
        items = tuple(self.read(item) for item in listed)
        if len(items) == 1 and not isinstance(items[0], (Text, Number)):
            values: Expression = (
                items[0].arguments[0] if isinstance(items[0], Call) and items[0].arguments else items[0]
            )
            return Operation("in", (self.read(node.this), values))
        return Operation("in", (self.read(node.this), Items(items)))

    def presence(self, node: Any) -> Expression:
        value, other = self.read(node.this), type(node.expression).__name__
        if other == "Null":
            found: Expression = Operation("is null", (value,))
        elif other == "Boolean":
            found = Operation("=", (value, Boolean(bool(node.expression.this))))
        else:
            return Opaque(str(node)[:80])
        return Operation("not", (found,)) if node.args.get("negate") else found

    def between(self, node: Any) -> Expression:
        value = self.read(node.this)
        low, high = self.read(node.args["low"]), self.read(node.args["high"])
        return Operation("and", (Operation(">=", (value, low)), Operation("<=", (value, high))))

    def like(self, node: Any) -> Expression:
        pattern = self.read(node.expression)
        if isinstance(pattern, Text):
            pattern = Pattern(pattern.value, "i" if type(node).__name__ == "ILike" else "", "like", True)
        return Operation("matches", (self.read(node.this), pattern))

    def opposite(self, node: Any) -> Expression:
        return Operation("not", (_condition(self.read(node.this)),))

    def negative(self, node: Any) -> Expression:
        value = self.read(node.this)
        return Number(f"-{value.value}") if isinstance(value, Number) else Operation("negate", (value,))

    def coalesce(self, node: Any) -> Expression:
        return Operation("coalesce", tuple(self.read(item) for item in (node.this, *node.expressions)))

    def count(self, node: Any) -> Expression:
        return Call("count", ())

    def null(self, node: Any) -> Expression:
        return Null()

    def boolean(self, node: Any) -> Expression:
        return Boolean(bool(node.this))

    def now(self, node: Any) -> Expression:
        return Call("now", ())

    def today(self, node: Any) -> Expression:
        return Call("today", ())


_READINGS = {
    "Column": _Terms.column,
    "Literal": _Terms.literal,
    "Parameter": _Terms.parameter,
    "Placeholder": _Terms.placeholder,
    "Paren": _Terms.inner,
    "Cast": _Terms.inner,
    "In": _Terms.membership,
    "Is": _Terms.presence,
    "Between": _Terms.between,
    "Like": _Terms.like,
    "ILike": _Terms.like,
    "Not": _Terms.opposite,
    "Neg": _Terms.negative,
    "Coalesce": _Terms.coalesce,
    "Count": _Terms.count,
    "Null": _Terms.null,
    "Boolean": _Terms.boolean,
    "CurrentTimestamp": _Terms.now,
    "CurrentDate": _Terms.today,
}


def _condition(value: Expression) -> Expression:
    """A part of a condition that is no comparison was put in as a piece of SQL."""
    if isinstance(value, Operation) and value.operator in _LOGICAL:
        return value
    return value if isinstance(value, Boolean) or (isinstance(value, Ref) and value.name == "$row") else Opaque("piece")


def _where(statement: Any, terms: _Terms) -> Expression | None:
    where = statement.args.get("where")
    return _condition(terms.read(where.this)) if where is not None else None


def _insert(statement: Any, parameters: Parameters) -> Use | None:
    shape = statement.this
    if type(shape).__name__ != "Schema":
        return None
    name, own = _table(shape.this)
    columns = [item.name for item in shape.expressions]
    values = statement.expression
    if not name or not columns or not all(columns):
        return None
    terms = _Terms(parameters, own, {own: name})
    rows: list[Expression] = []
    if type(values).__name__ == "Values":
        for item in values.expressions:
            cells = item.expressions if type(item).__name__ == "Tuple" else [item]
            if len(cells) == len(columns):
                rows.append(Fields(tuple(zip(columns, map(terms.read, cells), strict=True))))
    payload = rows[0] if len(rows) == 1 else Items(tuple(rows)) if rows else None
    conflict = statement.args.get("conflict")
    upsert = conflict is not None and "UPDATE" in str(conflict.args.get("action") or "").upper()
    return Use(
        "upsert" if upsert else "insert", name, payload or Fields(tuple((item, Opaque("value")) for item in columns))
    )


def _update(statement: Any, parameters: Parameters) -> Use | None:
    name, own = _table(statement.this)
    if not name:
        return None
    terms = _Terms(parameters, own, {own: name})
    entries = []
    for item in statement.expressions:
        if type(item).__name__ != "EQ" or type(item.this).__name__ != "Column":
            return None
        entries.append((item.this.name, _stored(terms.read(item.expression), name)))
    return Use("update", name, Fields(tuple(entries)), _where(statement, terms))


def _stored(value: Expression, table: str) -> Expression:
    """In a new value, the row's columns are those of the table."""
    if isinstance(value, Ref) and value.name == "$row":
        return Ref(f"table:{table}", value.path)
    if isinstance(value, Operation):
        return Operation(value.operator, tuple(_stored(item, table) for item in value.operands))
    if isinstance(value, Call):
        return Call(value.function, tuple(_stored(item, table) for item in value.arguments), value.callee)
    return value


def _delete(statement: Any, parameters: Parameters) -> Use | None:
    name, own = _table(statement.this)
    return Use("delete", name, None, _where(statement, _Terms(parameters, own, {own: name}))) if name else None


def _select(statement: Any, parameters: Parameters) -> Use | None:
    source = statement.args.get("from_") or statement.args.get("from")
    if source is None:
        only = statement.expressions[0] if len(statement.expressions) == 1 else None
        return _routine(only.unalias() if only is not None else None, parameters)
    if type(source.this).__name__ == "Table" and type(source.this.this).__name__ == "Anonymous":
        return _routine(source.this.this, parameters)
    name, own = _table(source.this)
    if not name:
        return None
    tables = {own: name}
    for join in statement.args.get("joins") or ():
        other, alias = _table(join.this)
        if other:
            tables[alias] = other
    terms = _Terms(parameters, own, tables)
    columns, names, aggregate = _outputs(statement, own, tables)
    return Use("select", name, None, _where(statement, terms), columns, aggregate, names)


def _outputs(
    statement: Any, own: str, tables: dict[str, str]
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...], str]:
    names: list[tuple[str, str]] = []
    whole = False
    for item in statement.expressions:
        inner = item.unalias()
        while type(inner).__name__ in ("Cast", "Paren", "Coalesce"):
            inner = inner.this
        kind = type(inner).__name__
        if len(statement.expressions) == 1 and not statement.args.get("group"):
            if kind == "Count":
                return (), ((item.alias or "count", ""),), "count"
            if kind in _AGGREGATES and type(inner.this).__name__ == "Column":
                return (), ((item.alias or kind.lower(), ""),), f"{_AGGREGATES[kind]} {inner.this.name}"
        if kind == "Column" and inner.name != "*" and (inner.table == own or (not inner.table and len(tables) == 1)):
            names.append((item.alias or inner.name, inner.name))
        else:
            whole = True
    columns = tuple(column for _, column in names)
    return columns, () if whole else tuple(names), ""


def _routine(node: Any, parameters: Parameters) -> Use | None:
    """`select my_function($1, $2)`, `select * from my_function(a => $1)`."""
    if type(node).__name__ != "Anonymous":
        return None
    terms = _Terms(parameters, "", {})
    named = {item.this.name: item.expression for item in node.expressions if type(item).__name__ == "Kwarg"}
    if named:
        return Use("rpc", node.name, Fields(tuple((key, terms.read(value)) for key, value in named.items())))
    return Use("rpc", node.name, Items(tuple(terms.read(item) for item in node.expressions)))
