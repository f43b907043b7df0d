"""What a name means where it stands: a variable, a parameter, a row of a trigger or a column of a query's tables."""

from collections.abc import Mapping, Sequence

from archlint.model.expression import Expression, Opaque, Ref, Row


class Table:
    """A table, subquery or set that a query reads from, under its alias.

    A table is `row` with the columns `known` (None if the file does not say); a subquery has `values` by column, and
    everything else of it comes from `row` (None if nowhere).
    """

    __slots__ = ("alias", "known", "row", "values")

    def __init__(
        self,
        alias: str,
        row: Ref | Row | None,
        known: Sequence[str] | None = None,
        values: Mapping[str, Expression] | None = None,
    ) -> None:
        self.alias = alias
        self.row = row
        self.known = known
        self.values = values

    def column(self, name: str) -> Expression | None:
        """The column of that name, unless this cannot have one."""
        if self.values is not None and name in self.values:
            return self.values[name]
        if self.row is None or (self.known is not None and name not in self.known and name not in _SYSTEM):
            return None
        return below(self.row, (name,))

    def whole(self) -> Expression:
        """The row itself, or the only value of a set."""
        if self.values and len(self.values) == 1:
            return next(iter(self.values.values()))
        return self.row if self.row is not None else Opaque(self.alias)


class Scope:
    """The names of one routine, policy, table or view; `number` is its scope in the file."""

    def __init__(self, number: int = 0, symbol: str = "", variables: Mapping[str, Expression] | None = None) -> None:
        self.number = number
        self.symbol = symbol
        self.variables: dict[str, Expression] = dict(variables or {})
        self.parameters: frozenset[str] = frozenset()
        self.outputs: set[str] = set()
        self.procedural = False
        self.client = ""
        self.guards: tuple[Expression, ...] = ()
        self.queries: list[list[Table]] = []
        self.named: dict[str, Table] = {}

    def resolve(self, parts: Sequence[str]) -> Expression:
        """What a name of one or more parts means."""
        return self._plain(parts[0]) if len(parts) == 1 else self._dotted(parts)

    def _plain(self, name: str) -> Expression:
        variable = self.variables.get(name)
        if variable is not None and (self.procedural and name not in self.outputs):
            return variable
        for tables in reversed(self.queries):
            found = self._among(tables, name)
            if found is not None:
                return found
        return variable if variable is not None else Opaque(name)

    def _among(self, tables: Sequence[Table], name: str) -> Expression | None:
        for table in tables:
            if table.values is not None and name in table.values:
                return table.values[name]
            if table.known is not None and name in table.known:
                return table.column(name)
        for table in tables:
            if table.alias == name:
                return table.whole()
        if name in self.variables:
            return None
        open_ended = [table for table in tables if table.row is not None and table.known is None]
        if len(open_ended) == 1:
            return open_ended[0].column(name)
        return None

    def _dotted(self, parts: Sequence[str]) -> Expression:
        for tables in reversed(self.queries):
            for table in tables:
                if table.alias == parts[0]:
                    return _member(table.column(parts[1]), parts[2:])
                if len(parts) > 2 and table.alias == parts[1]:
                    return _member(table.column(parts[2]), parts[3:])
        if parts[0] == self.symbol and parts[1] in self.variables:
            return _member(self.variables[parts[1]], parts[2:])
        return _member(self.variables.get(parts[0]), parts[1:])


def _member(value: Expression | None, members: Sequence[str]) -> Expression:
    if not members:
        return value if value is not None else Opaque("?")
    if isinstance(value, (Ref, Row)):
        return below(value, members)
    return Opaque(".".join(members))


def below(value: Ref | Row, members: Sequence[str]) -> Ref | Row:
    """A member of a value."""
    if isinstance(value, Row):
        return Row(value.access, (*value.path, *members))
    return Ref(value.name, (*value.path, *members))


_SYSTEM = frozenset({"ctid", "xmin", "tableoid"})
