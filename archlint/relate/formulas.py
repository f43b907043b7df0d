"""Formulas and classifications that stand under different names: found by what they compute."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from archlint.model.predicate import Formula
from archlint.model.rule import Kind, Site, Subject

Family = tuple[Subject, Kind, str]
_LEAST_OPERATIONS = 3


def twins(families: Mapping[Family, list[Site]]) -> Iterator[tuple[Family, list[Site]]]:
    """Families of formula sites that compute the same from alike-named leaves in different files."""
    by_shape: dict[str, list[tuple[Family, Site]]] = defaultdict(list)
    for family, sites in families.items():
        if family[1] is not Kind.FORMULA:
            continue
        for site in sites:
            form = site.predicate.form
            if isinstance(form, Formula) and form.shape.count("(") >= _LEAST_OPERATIONS:
                by_shape[form.shape + "|" + ",".join(form.constants)].append((family, site))
    for found in by_shape.values():
        names = {family for family, _ in found}
        paths = {site.path for _, site in found}
        if len(names) < 2 or len(paths) < 2:
            continue
        sites = [site for _, site in found]
        if all(_alike(sites[0], other) for other in sites[1:]):
            first = min(names)
            yield (first[0], Kind.FORMULA, "same computation"), sites


def _alike(left: Site, right: Site) -> bool:
    a, b = left.predicate.form, right.predicate.form
    if not (isinstance(a, Formula) and isinstance(b, Formula)) or len(a.leaves) != len(b.leaves):
        return False
    shared = sum(any(set(x.split("_")) & set(y.split("_")) for y in b.leaves) for x in a.leaves)
    return shared >= 0.6 * len(a.leaves)
