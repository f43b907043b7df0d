"""AL205, of maps: numbers by key that several files write down, and that do not agree."""

from collections import defaultdict
from collections.abc import Iterator

from archlint.checks._common import certainty, place
from archlint.checks._found import Found
from archlint.checks._words import at, listed, short
from archlint.model.graph import Graph
from archlint.model.predicate import Constant
from archlint.model.rule import BusinessRule, Kind, Site


def maps(graph: Graph) -> Iterator[Found]:
    """One finding per map."""
    found: dict[str, list[BusinessRule]] = defaultdict(list)
    for rule in graph.rules:
        if rule.kind is Kind.CONSTANT and "." in rule.subject.field:
            found[rule.subject.field.rpartition(".")[0]].append(rule)
    for name, rules in sorted(found.items()):
        apart = [rule for rule in rules if rule.differences and len({site.path for site in rule.sites}) > 1]
        if apart and len(rules) > len(apart):
            # Where no key at all has one number, two things only share a name.
            yield _found(name, apart)


def _found(name: str, rules: list[BusinessRule]) -> Found:
    first = max(rules, key=lambda rule: (len(rule.sites), rule.id))
    versions: dict[str, list[Site]] = defaultdict(list)
    for site in first.sites:
        versions[_value(site)].append(site)
    told = [
        f"{value} in {listed(dict.fromkeys(short(site.path) for site in sites))}" for value, sites in versions.items()
    ]
    one, other = list(versions.values())[:2]
    key = first.subject.field.rpartition(".")[2]
    return Found(
        message=f"{name}: {len(rules)} of its numbers differ between files; {key} is {'; '.join(told)}",
        places=tuple(place(site, f"says {_value(site)}") for site in first.sites),
        subject=name,
        rule=first.id,
        kind=Kind.CONSTANT,
        mark=("map", *sorted(versions)),
        confidence=certainty(one[0]) * certainty(other[0]),
        witness=f"{_value(one[0])} / {_value(other[0])}",
        witness_words=(
            f"for {key}, {at(one[0].path, one[0].span.line)} takes {_value(one[0])} "
            f"and {at(other[0].path, other[0].span.line)} takes {_value(other[0])}"
        ),
        fix=f"Keep {name} in one module or one table, and say in its name which way the numbers convert.",
    )


def _value(site: Site) -> str:
    form = site.predicate.form
    return form.value if isinstance(form, Constant) else site.normal
