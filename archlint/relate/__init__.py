"""Sites become business rules: one rule per subject, kind and condition, with how its sites differ."""

from collections import defaultdict
from collections.abc import Iterable

from archlint.model.memory import Kept
from archlint.model.rule import BusinessRule, Kind, Relation, Site, Subject
from archlint.model.schema import Schema
from archlint.relate.compare import Beside, Comparer
from archlint.relate.formulas import twins
from archlint.relate.units import Unit, lengths, units
from archlint.relate.verdicts import Verdicts
from archlint.relate.wordsets import nearly

_LEAST = 0.4
_HOMES = {
    Kind.AUTHORIZATION: "policy",
    Kind.FORMULA: "service",
    Kind.CLASSIFICATION: "service",
    Kind.DEFAULT: "database",
    Kind.CONSTANT: "contract",
}
_NAMES = {
    Relation.BOUNDARY: "boundary-only",
    Relation.UNIT: "unit-suspect",
    Relation.NULLS: "null-only",
    Relation.DISJOINT: "contradicting",
}


def relate(sites: Iterable[Site], schema: Schema, kept: Kept | None = None) -> tuple[BusinessRule, ...]:
    """All business rules, ordered by subject and kind. Near-linear: only sites of one subject ever meet.

    `kept` are the verdicts of an earlier run.
    """
    families: dict[tuple[Subject, Kind, str], list[Site]] = defaultdict(list)
    for site in sites:
        if site.confidence >= _LEAST:
            families[site.subject, site.kind, site.guard].append(site)
    for name, group in [*twins(families), *nearly(families)]:
        families[name] = group
    verdicts = Verdicts(kept)
    comparer = Comparer(schema, verdicts)
    rules = []
    for (subject, kind, guard), group in families.items():
        long = families.get((subject, Kind.LENGTH, guard), []) if kind is Kind.PATTERN else []
        rules.append(_rule(subject, kind, guard, group, comparer, lengths(long) if long else {}))
    verdicts.keep()
    return tuple(sorted(rules, key=lambda rule: rule.id))


def _rule(
    subject: Subject, kind: Kind, guard: str, sites: list[Site], comparer: Comparer, beside: Beside
) -> BusinessRule:
    ordered = tuple(sorted(_once(sites), key=lambda site: (site.path, site.span, site.id)))
    stated = units(ordered, kind)
    groups = comparer.groups(stated, subject, kind)
    differences = comparer.differences(groups, subject, kind, beside)
    # Groups between which no difference is known could not be compared: that is no agreement.
    relation = "single" if len(stated) == 1 else "equal" if len(groups) == 1 else "unknown"
    if differences:
        found = {difference.relation for difference in differences}
        relation = _NAMES.get(next(iter(found)), "drifted") if len(found) == 1 else "drifted"
    return BusinessRule(
        id=f"{subject}:{kind.value}" + (f" [{guard}]" if guard else ""),
        subject=subject,
        kind=kind,
        sites=ordered,
        relation=relation,
        home=_HOMES.get(kind, "database"),
        groups=tuple(tuple(site.id for unit in group for site in unit.sites) for group in groups),
        differences=differences,
    )


def _once(sites: list[Site]) -> list[Site]:
    """One place stated twice through several flows is one site: the surest reading stays."""
    best: dict[tuple[object, ...], Site] = {}
    for site in sites:
        mark = (site.path, site.span, site.normal)
        if mark not in best or best[mark].confidence < site.confidence:
            best[mark] = site
    return list(best.values())


__all__ = ["Unit", "relate"]
