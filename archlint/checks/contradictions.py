"""AL202: no value satisfies both places, or a default breaks the constraint of its own field."""

from collections import defaultdict
from collections.abc import Iterator

from archlint import algebra
from archlint.checks._common import by_name_only, certainty, place, trusted
from archlint.checks._drift import describe, split
from archlint.checks._found import Found
from archlint.checks._sentinels import sentinels
from archlint.checks._words import admits, at, constant, who
from archlint.model.graph import Graph
from archlint.model.predicate import Constant
from archlint.model.rule import BusinessRule, Kind, Site, Subject
from archlint.model.source import Layer

# A default that is linked to the column by its name alone may fill something else.
_DOUBT = 0.75
# What stands in for a value in an expression may be translated before it is stored; it declares nothing.
_TAKEN = frozenset({"", "fallback", "parameter", "coalesce"})
_LIMITS = frozenset({Kind.BOUND, Kind.LENGTH, Kind.DOMAIN, Kind.PATTERN})


def contradicting(graph: Graph) -> Iterator[Found]:
    """AL202."""
    for rule in graph.rules:
        found = split(rule)
        if found is not None and found.code == "AL202":
            yield describe(rule, found)
    yield from _broken_defaults(graph)


def _broken_defaults(graph: Graph) -> Iterator[Found]:
    fired = frozenset(
        trigger.function.rpartition(".")[2] for trigger in graph.schema.triggers if "insert" in trigger.events
    )
    limits: dict[Subject, list[tuple[BusinessRule, Site]]] = defaultdict(list)
    for rule in graph.rules:
        if rule.kind in _LIMITS and not rule.id.endswith("]"):
            limits[rule.subject].extend(
                (rule, site) for site in rule.sites if trusted(site) and not site.guard and _meets_rows(site, fired)
            )
    replaced = sentinels(graph)
    for rule in graph.rules:
        if rule.kind is not Kind.DEFAULT:
            continue
        for site in rule.sites:
            form = site.predicate.form
            if isinstance(form, Constant) and form.value in replaced.get(rule.subject, ()):
                continue
            if not _applied(site) or not isinstance(form, Constant) or form.of == "null":
                continue
            broken = [
                (owner, limit)
                for owner, limit in limits.get(rule.subject, ())
                if _same_reach(site, limit) and algebra.accepts(limit.predicate, form) is False
            ]
            if broken:
                yield _told(rule, site, form, broken)
                break


def _meets_rows(site: Site, fired: frozenset[str]) -> bool:
    """Whether a limit meets the row that a default fills: what a procedure asks of its caller does not."""
    return site.layer is not Layer.TRIGGER or site.symbol.rpartition(".")[2] in fired


def _applied(site: Site) -> bool:
    """Whether the default ends up in the field: a column's own, or one that a schema fills in."""
    return site.stored and (site.layer is Layer.DATABASE or site.library not in _TAKEN)


def _same_reach(default: Site, limit: Site) -> bool:
    """A column default meets what the database enforces; a schema's meets also the schema's own limits."""
    if limit.operation not in ("any", "insert", "upsert", "") or limit.layer is Layer.POLICY:
        # A policy asks clients for another word than the one that servers leave to the default.
        return False
    if limit.layer in (Layer.DATABASE, Layer.TRIGGER):
        return limit.effect == "reject"
    return default.path == limit.path and default.place == limit.place


def _told(rule: BusinessRule, site: Site, form: Constant, broken: list[tuple[BusinessRule, Site]]) -> Found:
    limit = broken[0][1]
    value = constant(form)
    return Found(
        message=f"{rule.subject}: {who(site)} is {value}, and {who(limit)} admits {admits(limit)} only",
        places=(place(site, "states"), *(place(item, "refuses") for _, item in broken)),
        subject=str(rule.subject),
        rule=rule.id,
        kind=Kind.DEFAULT,
        mark=("default", value, limit.normal),
        confidence=certainty(site, limit) * (_DOUBT if by_name_only(site.evidence) else 1.0),
        witness=value,
        witness_words=(
            f"a row that leaves {rule.subject.field} out gets {value} ({at(site.path, site.span.line)}) "
            f"and is refused by {who(limit)} ({at(limit.path, limit.span.line)})"
        ),
        fix=f"Give {rule.subject} a default that {who(limit)} admits, or drop the default and ask for a value.",
    )
