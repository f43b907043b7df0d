"""Who enforces what on which write path: the questions behind client-only, bypassable and lost rules."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from archlint import algebra
from archlint.checks._common import MODELS, TYPES, ends, layers_of, trusted
from archlint.model.graph import Graph, WritePath
from archlint.model.predicate import Compared, Constant, Interval, Numbers
from archlint.model.rule import HASHED, BusinessRule, Kind, Site, Subject
from archlint.model.schema import Column, Table
from archlint.model.source import Layer

WRITING = frozenset({"insert", "update", "upsert"})
# What a site of the first kind is covered by, beside its own kind, when the other one is about the same field.
_COVERED_BY = {
    Kind.BOUND: {Kind.DOMAIN, Kind.COMPARISON, Kind.GATE},
    Kind.LENGTH: {Kind.DOMAIN, Kind.PATTERN},
    Kind.PATTERN: {Kind.DOMAIN},
    Kind.DOMAIN: {Kind.PATTERN, Kind.BOUND, Kind.GATE, Kind.TRANSITION},
    Kind.GATE: {Kind.TRANSITION, Kind.DOMAIN, Kind.CONDITIONAL, Kind.COMPARISON, Kind.WINDOW, Kind.BOUND},
    Kind.TRANSITION: {Kind.GATE},
    Kind.PRESENCE: {Kind.CONDITIONAL, Kind.COMPARISON},
    Kind.CONDITIONAL: {Kind.PRESENCE, Kind.COMPARISON, Kind.DOMAIN},
    Kind.COMPARISON: {Kind.CONDITIONAL, Kind.WINDOW},
    Kind.WINDOW: {Kind.COMPARISON, Kind.BOUND, Kind.GATE},
    Kind.QUOTA: {Kind.UNIQUE},
}
# The step of a field on a screen is how far its arrows go.
_SCREENS = frozenset({"jsx"})
_BY_ENDS = frozenset({Kind.BOUND, Kind.LENGTH, Kind.SIZE, Kind.QUOTA})
_TEXTS = frozenset({"text", "varchar", "char", "character", "character varying", "bpchar", "citext", "string"})
_WORDY = frozenset({"varchar", "char", "character", "character varying", "bpchar", "nvarchar", "nchar"})


class Enforcement:
    """The sites that clients cannot get round, by what they are about."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._by_field: dict[tuple[str, str], list[Site]] = defaultdict(list)
        self._loose: dict[str, list[Site]] = defaultdict(list)
        for rule in graph.rules:
            for site in rule.sites:
                if trusted(site):
                    self._add(site)
        self.writes: dict[str, list[WritePath]] = defaultdict(list)
        for path in graph.writes:
            if path.operation in WRITING:
                self.writes[path.entity].append(path)
        self.fired = {trigger.function for trigger in graph.schema.triggers}

    def _add(self, site: Site) -> None:
        for entity, field in spoken_of(site.subject):
            if entity.startswith("~"):
                self._loose[field].append(site)
            else:
                self._by_field[entity, field].append(site)

    def counterparts(self, site: Site) -> list[Site]:
        """The trusted sites that speak of what a site speaks of, whatever they say about it."""
        found = {
            other.id: other
            for entity, field in spoken_of(site.subject)
            for other in self._by_field.get((entity, field), ())
            if other.id != site.id and speaks_of(other, site)
        }
        return [found[number] for number in sorted(found)]

    def about(self, subject: Subject) -> list[Site]:
        """The trusted sites of code that say anything about a field, such as that it must not be empty."""
        found = {
            site.id: site
            for entity, field in spoken_of(subject)
            for site in self._by_field.get((entity, field), ())
            if site.layer is not Layer.DATABASE and site.effect == "reject"
        }
        return [found[number] for number in sorted(found)]

    def perhaps(self, site: Site) -> bool:
        """Whether a trusted site whose subject is not known may be about the same field."""
        return any(
            other.kind is site.kind or other.kind in _COVERED_BY.get(site.kind, ())
            for _, field in spoken_of(site.subject)
            for other in self._loose.get(field, ())
        )

    def bound_to_table(self, site: Site) -> bool:
        """Whether a trusted site holds for every write: a constraint, a policy, the function of a trigger."""
        if site.layer in (Layer.DATABASE, Layer.POLICY) or site.library in MODELS:
            return True
        return site.layer is Layer.TRIGGER and site.symbol.rsplit(".", 1)[-1] in {
            name.rsplit(".", 1)[-1] for name in self.fired
        }

    def ways(self, site: Site) -> list[WritePath]:
        """The write paths through which a client can write what a site is about."""
        found: dict[int, WritePath] = {}
        for entity, field in spoken_of(site.subject):
            for path in self.writes.get(entity, ()):
                if path.reachable and path.entrance != "trigger" and touches(path, field, site):
                    found[path.id] = path
        return [found[number] for number in sorted(found)]

    def of_another_act(self, site: Site) -> bool:
        """`if (open > 0) throw`, with no insert of such rows behind it: what hangs on them is not done meanwhile.

        That there may be none says nothing about how many may be added.
        """
        form = site.predicate.form
        if site.kind is not Kind.QUOTA or not isinstance(form, Numbers) or form.intervals[-1].high != "0":
            return False
        adding = (way for way in self.writes.get(site.subject.entity, ()) if way.operation != "update")
        return not any(site.id in way.guards and (way.path, way.symbol) == (site.path, site.symbol) for way in adding)


def spoken_of(subject: Subject) -> Iterator[tuple[str, str]]:
    """The entity and field, or the several fields of a comparison (`a, other.b`)."""
    for field in subject.field.split(", "):
        entity, dot, name = field.rpartition(".")
        yield (entity, name) if dot and not subject.entity.startswith("bucket:") else (subject.entity, field)


def speaks_of(other: Site, site: Site) -> bool:
    """Whether a site is about the same aspect of the field: then what differs is drift, not a gap."""
    if other.kind is site.kind:
        if site.kind in _BY_ENDS:
            mine, theirs = ends(site.predicate), ends(other.predicate)
            return not mine or not theirs or bool(mine & theirs)
        return True
    if other.kind is Kind.BOUND and site.kind is Kind.COMPARISON:
        return "low" in ends(other.predicate) and other.subject.field != _smaller(site)
    if other.layer is Layer.POLICY and site.kind in (Kind.GATE, Kind.TRANSITION):
        return True
    return other.kind in _COVERED_BY.get(site.kind, ())


def _smaller(site: Site) -> str:
    """The field that may not exceed the other: that it is positive says nothing about how large it may get."""
    form = site.predicate.form
    if not isinstance(form, Compared):
        return ""
    smaller = {"<": form.left, "<=": form.left, ">": form.right, ">=": form.right}.get(form.operator, "")
    return smaller.rpartition(".")[2]


def touches(path: WritePath, field: str, site: Site) -> bool:
    """Whether a write puts a value into the field. A count of rows is touched by whatever adds one."""
    if site.kind in (Kind.QUOTA, Kind.UNIQUE):
        return path.operation in ("insert", "upsert")
    if site.kind in (Kind.TRANSITION, Kind.GATE) and path.operation == "insert":
        return False
    return any(name == field.removesuffix(HASHED) for name, _ in path.columns)


def admitted(site: Site, word: str) -> bool:
    """Whether a literal is certainly within what a site admits."""
    return any(algebra.accepts(site.predicate, Constant(word, kind)) is True for kind in ("text", "number"))


def by_type(table: Table, field: str, site: Site) -> bool:
    """Whether the column's declaration says it: an enum, a length, a key into a table of the allowed values."""
    column = table.column(field)
    if column is None:
        return False
    base = column.type.rsplit(".", 1)[-1]
    if site.kind is Kind.LENGTH:
        return base not in _TEXTS or (base in _WORDY and bool(column.size) and "high" in ends(site.predicate))
    if site.kind is Kind.PATTERN:
        return base not in _TEXTS
    if site.kind is Kind.BOUND and base in _TEXTS and isinstance(site.predicate.form, Numbers):
        # A number's limit is not about all the texts that the column may hold.
        return True
    if site.kind in (Kind.DOMAIN, Kind.BOUND):
        keyed = any(item.kind == "foreign" and field in item.columns for item in table.constraints)
        return keyed or base == "boolean" or _rounded(column, site)
    if site.kind is Kind.UNIQUE:
        wanted = {name for _, name in spoken_of(site.subject)}
        return any(item.kind in ("unique", "primary") and set(item.columns) <= wanted for item in table.constraints)
    return False


def _rounded(column: Column, site: Site) -> bool:
    """Whether the digits behind the point that a column keeps are the steps that are asked for."""
    form = site.predicate.form
    if not isinstance(form, Numbers) or form.step is None or ends(site.predicate) != {"step"} or len(column.size) != 2:
        return False
    return bool((Decimal(form.step) * 10 ** column.size[1]) % 1 == 0)


def trivial(site: Site) -> bool:
    """What only says that something was entered, or that it is a number: an own type of the column says as much."""
    form = site.predicate.form
    if not isinstance(form, Numbers):
        return False
    said = ends(site.predicate)
    if len(form.intervals) == 1 and (not said or (said == {"step"} and site.library in _SCREENS)):
        return True
    if site.kind is not Kind.LENGTH or len(form.intervals) != 1:
        return False
    only: Interval = form.intervals[0]
    return only.high is None and only.low in ("0", "1")


def fields_known(table: Table, subject: Subject, kind: Kind) -> bool:
    """Whether a subject is about columns of the table; what a column is compared with may be an input of its own."""
    known = [
        table.column(field.removesuffix(HASHED)) is not None
        for entity, field in spoken_of(subject)
        if entity == table.name
    ]
    return any(known) if kind is Kind.COMPARISON else all(known)


def applied(rule: BusinessRule) -> list[Site]:
    """The sites of a rule that refuse something (no types, no offers, no hints)."""
    return [site for site in rule.sites if site.library not in TYPES and layers_of(site)]
