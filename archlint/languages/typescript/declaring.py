"""A table that code declares: its columns one by one, as a change of the schema."""

from typing import Any

from tree_sitter import Node

from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import field, parts
from archlint.model.expression import Boolean, Call, Expression, Items, Number, Opaque, Operation, Ref, Text
from archlint.model.schema import Column, Constraint, SchemaChange
from archlint.terms.neutral import negated
from archlint.terms.scope import Scope


class DeclaredTable:
    """Writes down a table and what its columns are held to.

    `whole` is false where other files may add columns, so that a missing one proves nothing.
    """

    def __init__(self, reader: Reader, table: str, scope: Scope, whole: bool = True) -> None:
        self.reader = reader
        self.table = table
        self.scope = scope
        self.whole = whole
        self.columns: list[Column] = []
        self.constraints: list[Constraint] = []
        self._before = len(reader.sheet.statements)
        self._made: dict[str, Any] = {}

    def subject(self, name: str) -> Ref:
        """A column."""
        return Ref(f"table:{self.table}", (name,))

    def start(self) -> None:
        """What is stated from here on is about the next column."""
        self._before = len(self.reader.sheet.statements)
        self._made = {}

    def column(self, name: str, node: Node, kind: str, size: tuple[int, ...] = (), array: bool = False) -> None:
        """A column, with all that was said of it since `start`."""
        statements = tuple(range(self._before, len(self.reader.sheet.statements)))
        place = self.reader.source.span(node)
        self.columns.append(
            Column(name=name, type=kind, span=place, size=size, array=array, statements=statements, **self._made)
        )
        self.start()

    def longest(self, name: str, limit: Expression, node: Node) -> None:
        """No text is longer than that."""
        condition = Operation("<=", (Call("length", (self.subject(name),)), limit))
        self.reader.sheet.state("require", node, self.scope, condition=condition, source="type")

    def words(self, name: str, listed: Expression, node: Node) -> None:
        """No value is any other."""
        self.reader.sheet.state(
            "values", node, self.scope, subject=self.subject(name), condition=listed,
            effect="reject", strength="hard", source="type",
        )  # fmt: skip

    def required(self, name: str, node: Node, source: str = "not null") -> None:
        """There is always a value."""
        condition = negated(Operation("is null", (self.subject(name),)))
        self.reader.sheet.state("require", node, self.scope, condition=condition, source=source)
        self._made["required"] = True

    def default(self, name: str, value: Expression, node: Node, source: str = "default") -> None:
        """What it is when nothing is given; what is computed then counts too, but states nothing."""
        self._made["default"] = value
        if isinstance(value, (Text, Number, Boolean)) and value != Text(""):
            self.reader.sheet.state(
                "default", node, self.scope, subject=self.subject(name), value=value,
                effect="assign", strength="hard", source=source,
            )  # fmt: skip

    def holds(self, word: str) -> None:
        """The next column is `required`, or `filled` where nothing is given; what says so is stated elsewhere."""
        if word == "required":
            self._made["required"] = True
        else:
            self._made.setdefault("default", Opaque("default"))

    def counts(self) -> None:
        """The database gives the value."""
        self._made["identity"] = True

    def unique(self, columns: tuple[str, ...], node: Node, primary: bool = False) -> None:
        """No two rows agree in these columns."""
        kind = "primary" if primary else "unique"
        if primary:
            self._made["required"] = True
        source = "primary key" if primary else "unique"
        index = len(self.reader.sheet.statements)
        self.reader.sheet.state(
            "unique", node, self.scope, columns=tuple(self.subject(name) for name in columns), source=source
        )
        name = f"{self.table}_{'pkey' if primary else '_'.join(columns) + '_key'}"
        place = self.reader.source.span(node)
        self.constraints.append(Constraint(kind=kind, name=name, span=place, columns=columns, statements=(index,)))

    def done(self, node: Node) -> None:
        """Writes the table down."""
        self.reader.sheet.changes.append(
            SchemaChange(
                action="create table",
                span=self.reader.source.span(node),
                table=self.table,
                columns=tuple(self.columns),
                constraints=tuple(self.constraints),
                to="" if self.whole else "?",
            )
        )


def pairs(reader: Reader, node: Node) -> dict[str, tuple[Node, Node]]:
    """The keys of an object that is written down, each with its pair and its value."""
    found = {}
    for pair in parts(node) if node.type == "object" else ():
        key, value = field(pair, "key"), field(pair, "value")
        if pair.type == "pair" and key is not None and value is not None:
            found[reader.source.text(key).strip("'\"")] = (pair, value)
    return found


def spreads(node: Node) -> bool:
    """Whether an object takes keys over from elsewhere."""
    return any(child.type == "spread_element" for child in node.named_children)


def literals(value: Expression) -> tuple[Expression, ...]:
    """The arguments of an option: `[2, 10]`, or one value."""
    return value.items if isinstance(value, Items) else (value,)
