"""Small graphs made by hand; sites are related by the real stage, so that checks see what they see in a scan."""

from itertools import count

from archlint import algebra
from archlint.checks import run
from archlint.model.finding import Finding, Place
from archlint.model.graph import Graph, ReadPath, Word, WritePath
from archlint.model.predicate import (
    Anything,
    Columns,
    Compared,
    Constant,
    Form,
    Formula,
    Interval,
    Numbers,
    Partition,
    Predicate,
    Shape,
    Steps,
    Words,
)
from archlint.model.rule import Kind, Site, Subject
from archlint.model.schema import Column, Schema, Table, Trigger
from archlint.model.source import Layer, Span
from archlint.relate import relate
from archlint.ruleset import load_checks

FORM = "src/components/LoanForm.tsx"
FUNCTION = "supabase/functions/lend/index.ts"
SERVICE = "server/lend.ts"
SQL = "supabase/migrations/1_loans.sql"
_LAYERS = {
    FORM: Layer.FRONTEND,
    FUNCTION: Layer.FUNCTION,
    SERVICE: Layer.SERVICE,
    SQL: Layer.DATABASE,
}
_numbers = count(1)


def span(line: int = 1) -> Span:
    return Span(line, 1, line, 20)


def subject(name: str) -> Subject:
    entity, _, field = name.partition(".")
    return Subject(entity, field)


def site(kind: Kind, about: str, form: Form, path: str = SQL, line: int = 1, **more: object) -> Site:
    """A site of `entity.field`; the layer follows from the path unless it is given."""
    missing = {name: str(more.pop(name)) for name in ("nulls", "empty") if name in more}
    predicate = Predicate(form, **missing)
    layer = more.pop("layer", None) or _LAYERS.get(path, Layer.DATABASE if path.endswith(".sql") else Layer.FRONTEND)
    defaults: dict[str, object] = {
        "symbol": "",
        "text": algebra.describe(predicate),
        "normal": algebra.describe(predicate, "length" if kind is Kind.LENGTH else "value"),
        "confidence": 0.95,
        "library": "check" if layer is Layer.DATABASE else "",
        "place": f"table:{about}" if layer is Layer.DATABASE else f"{path}|{about}",
    }
    return Site(
        id=next(_numbers),
        path=path,
        span=span(line),
        layer=layer,
        kind=kind,
        subject=subject(about),
        predicate=predicate,
        **(defaults | more),
    )


def bound(
    low: str | None = None,
    high: str | None = None,
    path: str = SQL,
    line: int = 1,
    about: str = "loans.amount",
    kind: Kind = Kind.BOUND,
    is_open: bool = False,
    **more: object,
) -> Site:
    """A range of numbers; `is_open` leaves its ends out."""
    form = Numbers((Interval(low, high, is_open and low is not None, is_open and high is not None),))
    return site(kind, about, form, path, line, **more)


def domain(*words: str, path: str = SQL, line: int = 1, about: str = "loans.state", **more: object) -> Site:
    return site(Kind.DOMAIN, about, Words(tuple(sorted(words))), path, line, **more)


def default(value: str, path: str = SQL, line: int = 1, about: str = "loans.fee", **more: object) -> Site:
    of = str(more.pop("of", "number"))
    return site(Kind.DEFAULT, about, Constant(value, of), path, line, **more)


def steps(*edges: tuple[str, str], path: str = SQL, line: int = 1, partial: bool = False, **more: object) -> Site:
    return site(Kind.TRANSITION, "loans.state", Steps(tuple(sorted(edges)), partial), path, line, **more)


def pattern(source: str, path: str = SQL, line: int = 1, about: str = "loans.zip", **more: object) -> Site:
    dialect = "postgresql" if path.endswith(".sql") else "javascript"
    return site(Kind.PATTERN, about, Shape(((source, "", dialect, False),)), path, line, **more)


def formula(expression: object, path: str = SQL, line: int = 1, about: str = "loans.total", **more: object) -> Site:
    """A computed value; `expression` is a neutral expression whose names are the leaves."""
    predicate = algebra.formula(expression, lambda leaf: leaf.name)  # type: ignore[arg-type, union-attr]
    assert predicate is not None
    assert isinstance(predicate.form, Formula)
    return site(Kind.FORMULA, about, predicate.form, path, line, **more)


def tiers(*cuts: tuple[str | None, str | None, str], path: str = SQL, line: int = 1, **more: object) -> Site:
    cases = tuple((Numbers((Interval(low, high, False, high is not None),)), label) for low, high, label in cuts)
    return site(Kind.CLASSIFICATION, "loans.amount", Partition(cases), path, line, **more)


def compared(operator: str, path: str = SQL, line: int = 1, **more: object) -> Site:
    form = Compared("ends_on", operator, "starts_on")
    return site(Kind.COMPARISON, "loans.ends_on, starts_on", form, path, line, **more)


def unique(*columns: str, path: str = SQL, line: int = 1, **more: object) -> Site:
    return site(Kind.UNIQUE, "loans.email", Columns(columns), path, line, **more)


def present(nulls: str, path: str = SQL, line: int = 1, about: str = "loans.phone", **more: object) -> Site:
    return site(Kind.PRESENCE, about, Anything(), path, line, nulls=nulls, **more)


def column(name: str, type: str = "text", line: int = 1, **more: object) -> Column:
    return Column(name=name, type=type, span=span(line), path=SQL, **more)


def table(name: str, *columns: Column, **more: object) -> Table:
    return Table(name=name, path=SQL, span=span(), columns=columns, **more)


def trigger(entity: str, *events: str, timing: str = "before") -> Trigger:
    return Trigger(
        name="t", table=entity, path=SQL, span=span(), timing=timing, events=events or ("insert",), function="f"
    )


def write(
    entity: str, *columns: str, operation: str = "insert", path: str = FORM, line: int = 1, **more: object
) -> WritePath:
    """A write of some columns; a column may carry its literal: `state=open`."""
    pairs = [name.partition("=") for name in columns]
    layer = more.pop("layer", None) or _LAYERS.get(path, Layer.FRONTEND)
    return WritePath(
        id=next(_numbers),
        entity=entity,
        operation=operation,
        path=path,
        span=span(line),
        layer=layer,
        symbol="",
        text=f"{operation}({', '.join(columns)})",
        columns=tuple((name, value or None) for name, _, value in pairs),
        **more,
    )


def read(
    entity: str, *columns: str, filters: tuple[str, ...] = (), path: str = FUNCTION, line: int = 1, **more: object
) -> ReadPath:
    """A read of some columns, of the table itself unless `own` says otherwise."""
    return ReadPath(
        entity=entity,
        path=path,
        span=span(line),
        layer=_LAYERS.get(path, Layer.FRONTEND),
        symbol="",
        text=f"select({', '.join(columns)})",
        columns=columns,
        filters=filters,
        **({"own": True} | more),
    )


def word(text: str, use: str = "writes", path: str = FORM, line: int = 1, **more: object) -> Word:
    about = subject(str(more.pop("about", "loans.state")))
    layer = more.pop("layer", None) or _LAYERS.get(path, Layer.FRONTEND)
    settings = {"confidence": 0.97, "evidence": ("read",) if use == "compares" else ("written",)} | more
    return Word(subject=about, word=text, use=use, path=path, span=span(line), layer=layer, text=text, **settings)


def schema(*tables: Table, triggers: tuple[Trigger, ...] = ()) -> Schema:
    return Schema(
        tables={item.name: item for item in tables},
        enums={},
        domains={},
        routines=(),
        triggers=triggers,
        policies=(),
    )


def graph(
    *sites: Site,
    tables: tuple[Table, ...] = (),
    triggers: tuple[Trigger, ...] = (),
    writes: tuple[WritePath, ...] = (),
    words: tuple[Word, ...] = (),
    reads: tuple[ReadPath, ...] = (),
) -> Graph:
    known = schema(*tables, triggers=triggers)
    return Graph(rules=relate(sites, known), schema=known, writes=writes, words=words, reads=reads)


def judge(knowledge: Graph, floor: float = 0.7) -> list[Finding]:
    """The findings that a default scan shows."""
    return [finding for finding in run(knowledge, load_checks()) if finding.confidence >= floor]


def codes(knowledge: Graph, floor: float = 0.7) -> list[str]:
    return sorted(finding.code for finding in judge(knowledge, floor))


def only(knowledge: Graph, code: str, floor: float = 0.7) -> Finding:
    """The one finding of a graph, which has that code."""
    found = judge(knowledge, floor)
    assert [finding.code for finding in found] == [code], [(item.code, item.message) for item in found]
    return found[0]


def places(finding: Finding) -> dict[tuple[str, int], str]:
    """Where a finding points, with the part of each place in it."""
    return {(place.path, place.span.line): place.role for place in finding.places}


def place_of(path: str, layer: Layer, line: int = 1, role: str = "states") -> Place:
    return Place(path, span(line), layer, role, "text", "normal")
