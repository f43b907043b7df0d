"""Formulas that stand under different names: found by what they compute."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from archlint import data
from archlint.model.predicate import Formula
from archlint.model.rule import Kind, Site, Subject

Family = tuple[Subject, Kind, str]
SAME = "same computation"
_Stated = tuple[Family, Site]
# Functions that few computations need.
_RARE = re.compile(r'"(?:power|sqrt)"')
_LEAST_OPERANDS = 4
_UNORDERED = frozenset({"+", "*", "minimum", "maximum"})
_OPERAND = re.compile(r'\["[vn]"')


def twins(families: Mapping[Family, list[Site]]) -> Iterator[tuple[Family, list[Site]]]:
    """Families of formula sites that compute the same from the same leaves under different names in different files.

    Their forms are equal, so they are copies and never drift. A short formula proves nothing: quantity times price
    is written by people who never saw each other's code.
    """
    common = data.words("vocabulary", "plain_factors")
    by_form: dict[str, list[_Stated]] = defaultdict(list)
    by_shape: dict[str, list[_Stated]] = defaultdict(list)
    for family, sites in families.items():
        if family[1] is not Kind.FORMULA:
            continue
        for site in sites:
            form = site.predicate.form
            if isinstance(form, Formula) and len(_OPERAND.findall(form.tree)) >= _LEAST_OPERANDS:
                by_form[form.canonical].append((family, site))
                if set(form.constants) - common or _RARE.search(form.tree):
                    by_shape[_nameless(json.loads(form.tree))].append((family, site))
    for _, found in sorted(by_form.items()):
        yield from _told(found)
    for _, found in sorted(by_shape.items()):
        if len({_form(site).canonical for _, site in found}) > 1:
            first = found[0][1]
            alike = [(family, _renamed(site, first)) for family, site in found if _alike(site, first)]
            yield from _told(alike)


def _nameless(tree: list[Any]) -> str:
    """A computation without the names in it; the order of what is added or multiplied does not matter."""
    operator = tree[0]
    if operator == "v":
        return "_"
    if operator in ("n", "t", "b"):
        return str(tree[1])
    parts = [_nameless(item) for item in _flat(tree)]
    if operator in _UNORDERED:
        parts.sort()
    return f"{operator}({', '.join(parts)})"


def _flat(tree: list[Any]) -> Iterator[list[Any]]:
    for item in tree[1:]:
        if item[0] == tree[0] and tree[0] in _UNORDERED:
            yield from _flat(item)
        else:
            yield item


def _told(found: list[_Stated]) -> Iterator[tuple[Family, list[Site]]]:
    names = {family for family, _ in found}
    paths = {site.path for _, site in found}
    if len(names) > 1 and len(paths) > 1:
        yield (min(names)[0], Kind.FORMULA, SAME), [site for _, site in found]


def _form(site: Site) -> Formula:
    form = site.predicate.form
    assert isinstance(form, Formula)
    return form


def _alike(site: Site, other: Site) -> bool:
    """Whether each leaf of either has a namesake in the other: `daily_rate` and `rate`, `days` and `days_late`."""
    left, right = (_words(item) for item in (site, other))
    return (
        len(left) == len(right)
        and all(any(one & two for two in right) for one in left)
        and all(any(one & two for two in left) for one in right)
    )


def _words(site: Site) -> list[set[str]]:
    return [{word.removesuffix("s") for word in leaf.split("_")} for leaf in _form(site).leaves]


def _renamed(site: Site, other: Site) -> Site:
    """The site with the names of the other one: what it computes is the same but for them."""
    return msgspec.structs.replace(site, predicate=other.predicate)
