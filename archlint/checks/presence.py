"""AL207: a value that one place requires and another lets go."""

from collections import defaultdict
from collections.abc import Iterator

from archlint.checks._columns import client_writes, filled, known_table, perhaps_filled
from archlint.checks._common import TYPES, certainty, layers_of, of_clients, place
from archlint.checks._drift import describe, split
from archlint.checks._found import Found
from archlint.checks._vocabulary import words
from archlint.checks._words import at, short, who
from archlint.model.finding import Place, Severity
from archlint.model.graph import Graph
from archlint.model.rule import BusinessRule, Kind, Site, Subject
from archlint.model.schema import Column
from archlint.model.source import TRUSTED, Layer

# A trigger that runs before the insert may give the value.
_DOUBT = 0.7
# No insert behind the schema was seen.
_UNSEEN = 0.75
_SURELY = 0.7
_FILLED = words("managed_columns")
# How `resolve` says that names or the members of an object point to a column.
_NAMED = ("only column", "named after", "shaped like", "name only")


def mismatch(graph: Graph) -> Iterator[Found]:
    """AL207."""
    rules: dict[Subject, list[BusinessRule]] = defaultdict(list)
    for rule in graph.rules:
        rules[rule.subject].append(rule)
    for subject in sorted(rules):
        table = known_table(graph, subject.entity)
        column = table.column(subject.field) if table else None
        presence = [site for rule in rules[subject] if rule.kind is Kind.PRESENCE for site in rule.sites]
        given = [site for rule in rules[subject] if rule.kind is Kind.DEFAULT for site in rule.sites]
        if table is None or column is None or subject.field in _FILLED:
            continue
        if column.required:
            if not filled(graph, subject.entity, column) and not any(map(_given, given)):
                yield from _optional(graph, subject, column, presence)
        else:
            yield from _nullable(graph, subject, column, presence)
    for rule in graph.rules:
        found = split(rule)
        if found is not None and found.code == "AL207" and known_table(graph, rule.subject.entity) is None:
            yield describe(rule, found)


def _optional(graph: Graph, subject: Subject, column: Column, presence: list[Site]) -> Iterator[Found]:
    """The column must have a value and gets none by itself; a schema lets it be absent or null."""
    required = [site for site in presence if site.layer is Layer.DATABASE and site.predicate.nulls == "fail"]
    loose = [
        site
        for site in presence
        if _lets_go(site)
        and _arrives(site, column)
        and not _also_required(site, presence)
        and not _changes_only(graph, site)
    ]
    if not loose:
        return
    home = _declared(column, required)
    first = max(loose, key=certainty)
    yield Found(
        message=f"{subject}: {short(first.path)} lets it be absent, the column is NOT NULL and has no default",
        places=(*home, *(place(site, "accepts") for site in loose)),
        subject=str(subject),
        rule=f"{subject}:presence",
        kind=Kind.PRESENCE,
        mark=("optional",),
        confidence=certainty(first)
        * (_DOUBT if perhaps_filled(graph, subject.entity) else 1.0)
        * (1.0 if _adds(graph, first) and not _asked_elsewhere(presence) else _UNSEEN),
        witness="null",
        witness_words=(
            f"a request without {subject.field} passes {who(first)} ({at(first.path, first.span.line)}) "
            "and the insert fails on NOT NULL"
        ),
        fix=f"Require {subject.field} where it is asked for, or let the column be empty.",
    )


def _given(site: Site) -> bool:
    """Whether trusted code puts a value in the place of one that nobody sent."""
    return bool(layers_of(site) & TRUSTED) and site.stored and site.confidence >= _SURELY


def _lets_go(site: Site) -> bool:
    return (
        site.predicate.nulls == "pass"
        and site.layer is not Layer.DATABASE
        and site.stored
        and site.library not in TYPES
        and bool(site.library)
        and site.strength == "hard"
        and site.operation not in ("update", "select", "delete")
    )


def _arrives(site: Site, column: Column) -> bool:
    """Whether a value is known to end up in the column. Where code declares the table, it fills its objects, too."""
    return column.path.endswith(".sql") or not any(reason.startswith(_NAMED) for reason in site.evidence)


def _changes_only(graph: Graph, site: Site) -> bool:
    """Whether all writes that the site stands before change rows that are there: what they leave out stays."""
    fed = [path for path in graph.writes if site.id in path.guards and path.entity == site.subject.entity]
    return bool(fed) and all(path.operation == "update" for path in fed)


def _adds(graph: Graph, site: Site) -> bool:
    """Whether the site is known to stand before an insert: what changes rows, or looks for some, may leave all out."""
    return any(
        site.id in path.guards and path.entity == site.subject.entity and path.operation != "update"
        for path in graph.writes
    )


def _asked_elsewhere(presence: list[Site]) -> bool:
    """Whether another declaration of the code asks for the value: then the loose ones change rows, or look for some."""
    return any(
        site.layer is not Layer.DATABASE and site.predicate.nulls == "fail" and site.stored and site.strength == "hard"
        for site in presence
    )


def _also_required(site: Site, presence: list[Site]) -> bool:
    """The same declaration asks for the value as well (a later refinement, a stricter variant)."""
    return any(
        other.path == site.path and other.place == site.place and other.predicate.nulls == "fail" for other in presence
    )


def _nullable(graph: Graph, subject: Subject, column: Column, presence: list[Site]) -> Iterator[Found]:
    """Forms require what the table lets go: a candidate, because it is seldom wrong."""
    strict = [
        site
        for site in presence
        if site.predicate.nulls == "fail" or site.predicate.empty == "fail"
        if site.layer not in (Layer.DATABASE, Layer.TRIGGER, Layer.POLICY) and site.stored and not site.guard
    ]
    if not strict or column.default is not None or not column.path:
        return
    if any(site.layer in (Layer.TRIGGER, Layer.POLICY) for site in presence):
        return
    first = max(strict, key=certainty)
    written = any(subject.field in dict(path.columns) for path in client_writes(graph, subject.entity))
    sure = 0.65 if of_clients(first) and (written or "declared" in first.evidence or certainty(first) >= 0.8) else 0.5
    where = Place(column.path, column.span, Layer.DATABASE, "accepts", f"{column.name} {column.type}", "optional")
    yield Found(
        message=f"{subject}: {short(first.path)} requires a value, the column may be empty",
        places=(*(place(site, "refuses") for site in strict), where),
        subject=str(subject),
        rule=f"{subject}:presence",
        kind=Kind.PRESENCE,
        mark=("nullable",),
        severity=Severity.INFO,
        confidence=min(sure, certainty(first)),
        witness="null",
        witness_words=(
            f"a row without {subject.field} is refused by {who(first)} ({at(first.path, first.span.line)}) "
            f"and stored by the table ({at(column.path, column.span.line)})"
        ),
        fix=f"If {subject.field} is mandatory, say NOT NULL; else let the form send nothing.",
    )


def _declared(column: Column, required: list[Site]) -> tuple[Place, ...]:
    if required:
        return tuple(place(site, "refuses") for site in required)
    if not column.path:
        return ()
    return (
        Place(column.path, column.span, Layer.DATABASE, "refuses", f"{column.name} {column.type} not null", "required"),
    )
