"""Who repeats whom: sites that share a source are one statement, and what counts as another place."""

import re
from collections.abc import Iterable

from archlint.checks._common import certainty, layers_of
from archlint.model.rule import BusinessRule, Relation, Site
from archlint.model.source import TRUSTED, Layer

_UNIT = re.compile(r"(?:^|/)(?:apps|packages|libs|services|functions|lambdas)/([^/]+)/")
_DECLARING = frozenset({Layer.DATABASE, Layer.POLICY})


def statements(sites: Iterable[Site]) -> list[list[Site]]:
    """Sites grouped by who states them: a shared declaration, a file, the schema, a routine.

    A file that takes a part of the rule from a declaration is one place with it.
    """
    known = list(sites)
    taken: dict[tuple[str, ...], tuple[str, ...]] = {(site.path,): _holder(site) for site in known if site.origin}
    groups: dict[tuple[str, ...], list[Site]] = {}
    for site in known:
        holder = _holder(site)
        groups.setdefault(taken.get(holder, holder), []).append(site)
    return list(groups.values())


def _holder(site: Site) -> tuple[str, ...]:
    if site.origin:
        # Where it is declared: what the same file states without a name is no other place.
        return (site.origin.partition("|")[0],)
    if site.layer in _DECLARING:
        return (site.layer.value,)
    if site.layer is Layer.TRIGGER:
        return (site.path, site.symbol)
    return (site.path,)


def reach(groups: Iterable[list[Site]]) -> frozenset[Layer]:
    """The layers in which statements take effect."""
    return frozenset(layer for group in groups for site in group for layer in layers_of(site))


def apart(groups: list[list[Site]]) -> bool:
    """Whether statements stand in different layers or in packages that are delivered apart."""
    if len({layers_of(group[0]) for group in groups}) > 1:
        return True
    return len({_package(group[0].path) for group in groups}) > 1


def _package(path: str) -> str:
    found = _UNIT.search(path)
    return found.group(0) if found else ""


def trusted_layers(groups: list[list[Site]]) -> int:
    """In how many trusted layers the statements are enforced."""
    return len(reach(groups) & TRUSTED)


def agreeing(rule: BusinessRule) -> list[Site]:
    """The sites that say the same; none where some of the rule's sites are known to differ."""
    if not rule.groups or any(item.relation is not Relation.NULLS for item in rule.differences):
        return []
    if rule.differences:
        # Whether an empty value is let through is said by `required`; the rule itself is the same.
        return list(rule.sites)
    first = set(rule.groups[0])
    return [site for site in rule.sites if site.id in first]


def least_certain(groups: Iterable[list[Site]]) -> float:
    """How sure it is that the least sure of the statements belongs to the others."""
    return min(max(certainty(site) for site in group) for group in groups)
