"""Triggers with the functions behind them, for graphs made by hand."""

import msgspec
from graphs import SQL, graph, span, table, write

from archlint.model.expression import Expression, Number, Operation, Ref, Text
from archlint.model.graph import Act, Count, Graph, Run, WritePath
from archlint.model.schema import Routine, Table, Trigger
from archlint.model.source import Layer, Span

NEW, OLD, ROW, DEPTH = Ref("$new"), Ref("$old"), Ref("$row"), Ref("$depth")


def column(row: Ref, name: str) -> Ref:
    return Ref(row.name, (name,))


def equals(left: Expression, right: Expression, operator: str = "=") -> Operation:
    return Operation(operator, (left, right))


def picked(by: str, source: str) -> Operation:
    """`where by = new.source`."""
    return equals(column(ROW, by), column(NEW, source))


def done(
    entity: str, operation: str, line: int, where: Expression | None = None, path: str = SQL, **values: Expression
) -> WritePath:
    """A write with the values of its columns; one that is its own column and something more is a step."""
    counts = tuple(
        Count(name, value.operator, value.operands[1])
        for name, value in values.items()
        if isinstance(value, Operation) and value.operands[0] == Ref(f"table:{entity}", (name,))
    )
    pairs = [f"{name}={value.value}" if isinstance(value, Text) else name for name, value in values.items()]
    layer = Layer.TRIGGER if path == SQL else None
    settings = {"path": path, "layer": layer, "sources": tuple(values.items()), "counts": counts}
    return write(entity, *pairs, operation=operation, line=line, where=where, **settings)


def moved(entity: str, name: str, sign: str, by: Expression) -> dict[str, Expression]:
    """One column that is moved on: `stock - new.pieces`."""
    return {name: Operation(sign, (Ref(f"table:{entity}", (name,)), by))}


class Story:
    """A schema that grows; `graph` is what is known of it."""

    def __init__(self, *tables: str | Table) -> None:
        self._tables = tuple(table(item) if isinstance(item, str) else item for item in tables)
        self._triggers: list[Trigger] = []
        self._routines: list[Routine] = []
        self._runs: list[Run] = []
        self._writes: list[WritePath] = []
        self._line = 100

    def trigger(
        self,
        name: str,
        entity: str,
        event: str,
        *writes: WritePath | tuple[WritePath, Expression],
        columns: tuple[str, ...] = (),
        when: Expression | None = None,
    ) -> "Story":
        """A trigger with a function of its own, and what that writes (under a condition)."""
        self._line += 10
        place = Span(self._line, 1, self._line + 8, 20)
        self._triggers.append(
            Trigger(
                name=name,
                table=entity,
                path=SQL,
                span=span(self._line + 9),
                timing="after",
                events=tuple(event.split()),
                function=f"{name}_function",
                columns=columns,
                condition=when,
            )
        )
        self._routines.append(
            Routine(name=f"{name}_function", signature=(), path=SQL, span=place, scope=1, returns="trigger")
        )
        self._run(SQL, place, Layer.TRIGGER, f"{name}_function", writes)
        return self

    def code(self, path: str, *writes: WritePath | tuple[WritePath, Expression]) -> "Story":
        """A function of the code."""
        self._line += 10
        self._run(path, span(self._line), Layer.FUNCTION, "handle", writes)
        return self

    def _run(
        self,
        path: str,
        place: Span,
        layer: Layer,
        symbol: str,
        writes: tuple[WritePath | tuple[WritePath, Expression], ...],
    ) -> None:
        pairs = [item if isinstance(item, tuple) else (item, None) for item in writes]
        acts = tuple(Act(write=item.id, conditions=(said,) if said else ()) for item, said in pairs)
        self._writes += [item for item, _ in pairs]
        if acts:
            self._runs.append(Run(path=path, span=place, layer=layer, symbol=symbol, acts=acts))

    def graph(self, architecture: str = "") -> Graph:
        known = graph(tables=self._tables, triggers=tuple(self._triggers), writes=tuple(self._writes))
        schema = msgspec.structs.replace(known.schema, routines=tuple(self._routines))
        return msgspec.structs.replace(known, schema=schema, runs=tuple(self._runs), architecture=architecture)


FIVE = Number("5")
