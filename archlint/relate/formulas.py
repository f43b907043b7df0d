"""Formulas that stand under different names: found by what they compute."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from archlint.model.predicate import Formula
from archlint.model.rule import Kind, Site, Subject

Family = tuple[Subject, Kind, str]
SAME = "same computation"
_LEAST_OPERANDS = 4
_OPERAND = re.compile(r'\["[vn]"')


def twins(families: Mapping[Family, list[Site]]) -> Iterator[tuple[Family, list[Site]]]:
    """Families of formula sites that compute the same from the same leaves under different names in different files.

    Their forms are equal, so they are copies and never drift. A short formula proves nothing: quantity times price
    is written by people who never saw each other's code.
    """
    by_form: dict[str, list[tuple[Family, Site]]] = defaultdict(list)
    for family, sites in families.items():
        if family[1] is not Kind.FORMULA:
            continue
        for site in sites:
            form = site.predicate.form
            if isinstance(form, Formula) and len(_OPERAND.findall(form.tree)) >= _LEAST_OPERANDS:
                by_form[form.canonical].append((family, site))
    for _, found in sorted(by_form.items()):
        names = {family for family, _ in found}
        paths = {site.path for _, site in found}
        if len(names) > 1 and len(paths) > 1:
            yield (min(names)[0], Kind.FORMULA, SAME), [site for _, site in found]
