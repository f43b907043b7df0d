"""AL210: a statement names a column that its table does not have, or leaves out one that it must have."""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from archlint.checks._columns import WRITING, filled, known_table, perhaps_filled
from archlint.checks._common import distinct, writing, written
from archlint.checks._found import Found
from archlint.checks._words import at, counted, listed, short
from archlint.model.expression import Fields, Items
from archlint.model.finding import Place, Severity
from archlint.model.graph import Graph, ReadPath, Word, WritePath
from archlint.model.predicate import Words
from archlint.model.rule import Kind
from archlint.model.schema import Column, PassedOver, Table
from archlint.model.source import Layer

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# A key that was followed through a schema is less sure than one that stands in the statement.
_SURE, _OMITTED, _FOLLOWED, _DOUBTFUL = 0.95, 0.9, 0.75, 0.6
_MOST = 8
_CLOSE, _AKIN = 0.8, 0.66
_VERBS = {"writes": "write", "reads": "read", "filters": "filter by"}


class _Use(msgspec.Struct, frozen=True):
    """One statement that names a column which is not there (`writes`, `reads`, `filters`), or `omits` one."""

    how: str
    place: Place
    operation: str


class _Faults:
    """What is wrong with the statements about one table, by column."""

    def __init__(self) -> None:
        self.unknown: dict[str, list[_Use]] = defaultdict(list)
        self.omitted: dict[str, list[_Use]] = defaultdict(list)


def mismatch(graph: Graph) -> Iterator[Found]:
    """AL210: one finding per table, apart from what is less sure."""
    faults: dict[str, dict[float, _Faults]] = defaultdict(lambda: defaultdict(_Faults))
    for path in graph.writes:
        table = known_table(graph, path.entity)
        # A statement of a migration met the schema of its day, not today's.
        if table is not None and path.layer is not Layer.DATABASE:
            _add_write(graph, table, path, faults[table.name])
    for read in graph.reads:
        table = known_table(graph, read.entity)
        if table is not None and read.own:
            _add_read(graph, table, read, faults[table.name])
    told: set[tuple[str, str]] = set()
    for entity in sorted(faults):
        for sure, found in sorted(_gathered(faults[entity]).items(), reverse=True):
            told.update((entity, name) for name in found.unknown)
            yield _found(graph, graph.schema.tables[entity], found, sure)
    yield from _passed_over(graph, told)


def _passed_over(graph: Graph, told: set[tuple[str, str]]) -> Iterator[Found]:
    """A second CREATE TABLE IF NOT EXISTS that knows more columns, which the server never sees."""
    for passed in graph.schema.passed_over:
        table = known_table(graph, passed.table)
        names = [name for name in passed.columns if table is not None and table.column(name) is None]
        if table is None or not names or any((table.name, name) in told for name in names):
            continue
        yield Found(
            message=(
                f"{table.name}: {short(passed.path)} creates it once more, if it does not exist, and knows "
                f"{counted(names, _MOST)}; it exists, so that nothing adds {'it' if len(names) == 1 else 'them'}"
            ),
            places=(_passed(passed), *_declaration(table, "")),
            subject=table.name,
            kind=Kind.PRESENCE,
            mark=("passed over", *names),
            severity=Severity.WARNING,
            confidence=_DOUBTFUL,
            fix=f"Add {listed(names)} with ALTER TABLE, or take the second CREATE TABLE out.",
        )


def _passed(passed: PassedOver) -> Place:
    return Place(passed.path, passed.span, Layer.DATABASE, "is passed over", f"create table {passed.table}")


def _add_write(graph: Graph, table: Table, path: WritePath, faults: dict[float, _Faults]) -> None:
    for name in _strange(graph, table, path.filters):
        faults[_SURE].unknown[name].append(_Use("filters", writing(path, "filters"), path.operation))
    if not path.complete or path.operation not in WRITING:
        return
    use = _Use("writes", writing(path), path.operation)
    for name in _unknown(table, path, graph.schema.ahead.get(table.name, frozenset())):
        faults[_SURE if _stands(path, name) else _FOLLOWED].unknown[name].append(use)
    if path.operation == "insert" and path.columns:
        sure = _DOUBTFUL if perhaps_filled(graph, table.name) else _OMITTED
        for column in _omitted(graph, table, path):
            faults[sure].omitted[column.name].append(use)


def _add_read(graph: Graph, table: Table, read: ReadPath, faults: dict[float, _Faults]) -> None:
    for how, names in (("reads", read.columns), ("filters", read.filters)):
        use = _Use(how, Place(read.path, read.span, read.layer, how, read.text), "select")
        for name in _strange(graph, table, names):
            faults[_SURE].unknown[name].append(use)


def _gathered(faults: dict[float, _Faults]) -> dict[float, _Faults]:
    """What was followed, or left out, is told with what is sure about the same column or statement, else apart."""
    result = {sure: found for sure, found in faults.items() if found.unknown or found.omitted}
    if _SURE not in result:
        return result
    main = result[_SURE]
    if _FOLLOWED in result:
        for name in sorted(set(main.unknown) & set(result[_FOLLOWED].unknown)):
            main.unknown[name].extend(result[_FOLLOWED].unknown.pop(name))
        if not result[_FOLLOWED].unknown:
            del result[_FOLLOWED]
    if _OMITTED in result:
        main.omitted.update(result.pop(_OMITTED).omitted)
    return result


def _strange(graph: Graph, table: Table, names: Iterable[str]) -> list[str]:
    """The names that are no columns; a function over the row can be asked for like one."""
    return [
        name
        for name in names
        if _NAME.fullmatch(name)
        and table.column(name) is None
        and name not in graph.schema.ahead.get(table.name, ())
        and not any(routine.name.rsplit(".", 1)[-1] == name for routine in graph.schema.routines)
    ]


def _unknown(table: Table, path: WritePath, ahead: frozenset[str]) -> list[str]:
    values = dict(path.sources)
    return [
        name
        for name, _ in path.columns
        # An object under an unknown name is a relation to another table, which some libraries write along.
        if _NAME.fullmatch(name) and table.column(name) is None and name not in ahead
        if not isinstance(values.get(name), (Fields, Items))
    ]


def _omitted(graph: Graph, table: Table, path: WritePath) -> list[Column]:
    names = {name for name, _ in path.columns}
    return [
        column
        for column in table.columns
        if column.required and column.name not in names and not filled(graph, table.name, column)
    ]


def _stands(path: WritePath, name: str) -> bool:
    """Whether the text of the write itself names the column, as far as the text was kept."""
    return path.text.endswith("…") or name.lower().replace("_", "") in path.text.lower().replace("_", "")


def _found(graph: Graph, table: Table, faults: _Faults, sure: float) -> Found:
    unknown, omitted = sorted(faults.unknown), sorted(faults.omitted)
    uses = _uses(faults.unknown)
    lacking = _uses(faults.omitted)
    compared = _compared(graph, table, unknown, uses)
    meant = _meant(graph, table, unknown, compared)
    declared = [place for name in omitted for place in _declaration(table, name)]
    again = [item for item in graph.schema.passed_over if item.table == table.name and set(item.columns) & set(unknown)]
    parts = []
    if unknown:
        plural = "s" * (len(unknown) > 1)
        told = f"{table.name} has no column{plural} {counted(unknown, _MOST)}, which {_told(uses)}"
        parts.append(f"{told}{_asking(meant, unknown)}{_in_vain(again)}")
    if omitted:
        joint = "; " if unknown else f"{table.name}: "
        have = "must have a value and has no default" if len(omitted) == 1 else "must have values and have no default"
        parts.append(
            f"{joint}{counted(omitted, _MOST)} {have}, and {_who(lacking)} "
            f"{'leaves' if _one(lacking) else 'leave'} {'it' if len(omitted) == 1 else 'them'} out"
        )
    names = [*unknown, *omitted]
    return Found(
        message="".join(parts),
        places=distinct(
            (
                *(use.place for use in (*uses, *lacking)),
                *(written(word) for word in compared),
                *(place for name in unknown for place in _declaration(table, meant.get(name, ""))),
                *map(_passed, again),
                *declared,
            )
        ),
        subject=f"{table.name}.{names[0]}" if len(names) == 1 else table.name,
        kind=Kind.PRESENCE,
        mark=(*(("unknown", *unknown) if unknown else ()), *(("omitted", *omitted) if omitted else ())),
        confidence=sure,
        witness="" if unknown else "null",
        witness_words=_failure(uses, lacking, declared),
        fix=_fix(table, unknown, omitted),
    )


def _uses(columns: dict[str, list[_Use]]) -> list[_Use]:
    """The statements about all columns, each once, in the order of their places."""
    found = {(use.place.path, use.place.span, use.how): use for uses in columns.values() for use in uses}
    return sorted(found.values(), key=lambda use: (use.how != "writes", use.place.path, use.place.span))


def _failure(uses: list[_Use], lacking: list[_Use], declared: list[Place]) -> str:
    first = (uses or lacking)[0]
    here = f"the {first.operation} at {at(first.place.path, first.place.span.line)}"
    if uses:
        return f"{here} fails every time it runs"
    return f"{here} fails on NOT NULL" + (f" ({at(declared[0].path, declared[0].span.line)})" if declared else "")


def _fix(table: Table, unknown: list[str], omitted: list[str]) -> str:
    told = []
    if unknown:
        told.append(f"Name columns that {table.name} has, or add {listed(unknown)} in a migration.")
    if omitted:
        told.append(f"Write {listed(omitted)} as well, or give defaults.")
    return " ".join(told)


def _compared(graph: Graph, table: Table, unknown: list[str], uses: list[_Use]) -> list[Word]:
    """What the same files ask of a value that no row can have."""
    paths = {use.place.path for use in uses}
    return [
        word
        for word in graph.words
        if word.use == "compares" and word.subject.entity == table.name and word.subject.field in unknown
        if word.path in paths
    ]


def _meant(graph: Graph, table: Table, unknown: list[str], compared: list[Word]) -> dict[str, str]:
    """The columns that may be meant by those that are missing: they sound alike, or alone know the words asked for."""
    found = {}
    for name in unknown:
        asked = {word.word for word in compared if word.subject.field == name}
        near = _alike(table, name, len(unknown) == 1) or (_knowing(graph, table, asked) if asked else "")
        if near:
            found[name] = near
    return found


def _alike(table: Table, name: str, alone: bool) -> str:
    """A name that differs by a letter or two; where one column is missing only, by what follows its first word."""
    names = [column.name for column in table.columns]
    near = difflib.get_close_matches(name, names, 1, _CLOSE)
    if not near and alone:
        first = name.partition("_")[0]
        near = difflib.get_close_matches(name, [item for item in names if item.partition("_")[0] == first], 1, _AKIN)
    return next(iter(near), "")


def _knowing(graph: Graph, table: Table, asked: set[str]) -> str:
    """The one column whose domain holds all the words."""
    knowing = {
        rule.subject.field
        for rule in graph.rules
        if rule.kind is Kind.DOMAIN and rule.subject.entity == table.name and table.column(rule.subject.field)
        for site in rule.sites
        if site.layer is Layer.DATABASE and site.strength == "hard" and isinstance(site.predicate.form, Words)
        if not site.predicate.form.excluded and asked <= {*site.predicate.form.words}
    }
    return knowing.pop() if len(knowing) == 1 else ""


def _asking(meant: dict[str, str], unknown: list[str]) -> str:
    if not meant:
        return ""
    if len(unknown) == 1:
        return f"; did you mean {meant[unknown[0]]}?"
    return f"; did you mean {counted([f'{near} for {name}' for name, near in meant.items()], 3)}?"


def _in_vain(again: list[PassedOver]) -> str:
    if not again:
        return ""
    named = counted(dict.fromkeys(short(item.path) for item in again), 2)
    return f" ({named} creates the table once more, with what is missing, which does nothing)"


def _told(uses: list[_Use]) -> str:
    """Who writes, reads or filters by the columns."""
    ways = list(dict.fromkeys(use.how for use in uses))
    if len(ways) > 1:
        return f"{_who(uses)} {'uses' if _one(uses) else 'use'}"
    verb = "filters by" if ways == ["filters"] else ways[0]
    return f"{_who(uses)} {verb if _one(uses) else _VERBS[ways[0]]}"


def _who(uses: list[_Use]) -> str:
    return counted(dict.fromkeys(short(use.place.path) for use in uses), 5)


def _one(uses: list[_Use]) -> bool:
    return len({short(use.place.path) for use in uses}) == 1


def _declaration(table: Table, name: str) -> tuple[Place, ...]:
    """The column's own declaration, or the table's."""
    column = table.column(name) if name else None
    if column is not None and column.path:
        return (Place(column.path, column.span, Layer.DATABASE, "states", f"{column.name} {column.type}"),)
    if table.path and table.span is not None:
        return (Place(table.path, table.span, Layer.DATABASE, "states", f"table {table.name}"),)
    return ()
