"""AL301, of computations: what the browser computes and a server stores as it comes."""

from collections.abc import Iterator

from archlint.checks._common import certainty, counts_on, distinct, of_clients, place, trusted, writing
from archlint.checks._found import Found
from archlint.checks._words import at, short
from archlint.model.finding import Severity
from archlint.model.graph import Graph, WritePath
from archlint.model.predicate import Formula
from archlint.model.rule import BusinessRule, Kind, Site
from archlint.model.source import Layer

_SHARE = 0.85
_MOST = 6


def given_totals(graph: Graph) -> Iterator[Found]:
    """One finding per computed field."""
    triggered = {trigger.table for trigger in graph.schema.triggers if trigger.timing == "before"}
    for rule in graph.rules:
        if rule.kind is not Kind.FORMULA or rule.subject.entity.startswith("~") or rule.id.endswith("]"):
            continue
        if rule.subject.entity in triggered or any(trusted(site) or not of_clients(site) for site in rule.sites):
            # Wherever a server or the database computes it too, the browser's number may be for show.
            continue
        computed = [site for site in rule.sites if site.stored and _computes(site)]
        ways = [way for way in graph.writes if _takes(way, rule)]
        if computed and ways:
            yield _found(rule, computed, ways)


def _computes(site: Site) -> bool:
    """More than a change of unit, and no counter."""
    form = site.predicate.form
    return isinstance(form, Formula) and len(set(form.leaves)) > 1 and not counts_on(site)


def _takes(way: WritePath, rule: BusinessRule) -> bool:
    """Whether a server writes the field as its caller sends it."""
    return (
        way.entity == rule.subject.entity
        and way.layer in (Layer.SERVICE, Layer.FUNCTION)
        and bool(way.entrance)
        and rule.subject.field in way.given
    )


def _found(rule: BusinessRule, computed: list[Site], ways: list[WritePath]) -> Found:
    first = max(computed, key=lambda site: (certainty(site), -site.id))
    way = ways[0]
    return Found(
        message=(
            f"{rule.subject}: {short(first.path)} computes it in the browser, "
            f"and {short(way.path)} ({at(way.path, way.span.line)}) stores what it is sent"
        ),
        places=distinct((*(place(site, "computes") for site in computed), *(writing(way) for way in ways[:_MOST]))),
        subject=str(rule.subject),
        rule=rule.id,
        kind=rule.kind,
        mark=("given", first.normal),
        severity=Severity.WARNING,
        confidence=certainty(first) * _SHARE,
        fix=f"Let the server compute {rule.subject} from what it knows, and take only the choices from the browser.",
    )
