"""AL205, AL206: one computation or one flow of states, written in two ways."""

import re
from collections.abc import Iterator

from archlint.checks._common import advice, by_id, certainty, counts_on, place, sameness, told_apart
from archlint.checks._copies import statements
from archlint.checks._drift import witness_words
from archlint.checks._found import Found
from archlint.checks._vocabulary import words
from archlint.checks._words import admits, at, who
from archlint.model.graph import Graph
from archlint.model.predicate import Formula, Steps
from archlint.model.rule import BusinessRule, Difference, Kind, Relation, Site

_RELATIONS = (
    Relation.STRICTER, Relation.LOOSER, Relation.OVERLAPPING, Relation.DISJOINT, Relation.BOUNDARY, Relation.UNIT,
)  # fmt: skip
_LEAST_SHARED = 0.5
# Copies found by what they compute: equal by construction, whatever they are called.
_TWINS = "[same computation]"
_LONGEST = 60
_PLUMBING = words("plumbing")
_OPERATOR = re.compile(r"[-+*/(?]")


def formula(graph: Graph) -> Iterator[Found]:
    """AL205: the same result computed with another constant, operator or rounding."""
    for rule in graph.rules:
        if rule.kind is not Kind.FORMULA or rule.id.endswith(_TWINS) or _PLUMBING & set(rule.subject.field.split("_")):
            continue
        alike = [
            item
            for item in told_apart(rule, *_RELATIONS)
            if _shared(item[1], item[2]) >= _LEAST_SHARED
            and not _pages(item[1])
            and not (counts_on(item[1]) or counts_on(item[2]))
            and len(statements(item[1:])) > 1
        ]
        if alike:
            yield _formula(rule, alike)


def _pages(site: Site) -> bool:
    """Whether a computation is about pages, pixels and the like."""
    form = site.predicate.form
    return isinstance(form, Formula) and any(_PLUMBING & set(leaf.split("_")) for leaf in form.leaves)


def _formula(rule: BusinessRule, alike: list[tuple[Difference, Site, Site]]) -> Found:
    difference, left, right = alike[0]
    sites = by_id(rule)
    chosen = {site.id for _, first, second in alike for site in (first, second)}
    chosen |= {number for group in rule.groups if chosen & set(group) for number in group}
    name = rule.subject.field or str(rule.subject)
    subject = name if rule.subject.entity.startswith("~") else str(rule.subject)
    what = _what_differs(left, right)
    at_point = f"; they part at {difference.witness}" if difference.witness else ""
    return Found(
        message=(f"{subject}: {who(left)} computes {_cut(left)}, {who(right)} {_cut(right)} ({what}){at_point}"),
        places=tuple(place(sites[number], "computes") for number in sorted(chosen) if number in sites),
        subject=str(rule.subject),
        rule=rule.id,
        kind=Kind.FORMULA,
        confidence=_formula_confidence(rule, left, right),
        witness=difference.witness,
        witness_words=_point_words(difference.witness, left, right),
        fix=f"Keep the computation of {subject} in one function or generated column; let the others call or read it.",
    )


def _formula_confidence(rule: BusinessRule, left: Site, right: Site) -> float:
    """A shared name alone proves little: then the inputs must be the same too."""
    sure = sameness(left, right)
    shared = _shared(left, right)
    if rule.subject.entity.startswith("~"):
        if shared < 1.0 or not _several(left):
            return sure * 0.7
        # `percent` and `a_0` are computed everywhere, and everywhere of something else.
        return sure * (1.2 if _telling(rule.subject.field) else 0.9)
    if shared == 1.0 and _several(left):
        # The same column of the same inputs is no accident of names.
        return min(1.0, sure * 1.1)
    return sure * (1.0 if shared >= 0.6 else 0.85)


def _telling(name: str) -> bool:
    """Whether a name says what is computed: it has two words at least."""
    return sum(len(word) > 1 and word.isalpha() for word in name.split("_")) > 1


def _several(site: Site) -> bool:
    form = site.predicate.form
    return isinstance(form, Formula) and len(set(form.leaves)) >= 2


def _shared(left: Site, right: Site) -> float:
    one, other = left.predicate.form, right.predicate.form
    if not isinstance(one, Formula) or not isinstance(other, Formula):
        return 0.0
    first, second = set(one.leaves), set(other.leaves)
    return len(first & second) / len(first | second) if first | second else 0.0


def _what_differs(left: Site, right: Site) -> str:
    one, other = left.predicate.form, right.predicate.form
    if isinstance(one, Formula) and isinstance(other, Formula):
        if one.shape == other.shape and one.constants != other.constants:
            first = [value for value in one.constants if value not in other.constants]
            second = [value for value in other.constants if value not in one.constants]
            if first and second:
                return f"{', '.join(first)} against {', '.join(second)}"
            return "other constants"
        if set(one.leaves) != set(other.leaves):
            return "other inputs"
    return "another way to compute or to round"


def _cut(site: Site) -> str:
    # A step of a sum (`rest -= part`) shows only a part of what is computed.
    text = site.text if _OPERATOR.search(site.text) else site.normal
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _point_words(witness: str, left: Site, right: Site) -> str:
    if not witness:
        return ""
    return f"with {witness} the results of {at(left.path, left.span.line)} and {at(right.path, right.span.line)} differ"


def transition(graph: Graph) -> Iterator[Found]:
    """AL206: two state machines of one field allow different steps."""
    for rule in graph.rules:
        if rule.kind is not Kind.TRANSITION:
            continue
        apart = [item for item in told_apart(rule, *_RELATIONS) if _whole(item[1]) and _whole(item[2])]
        if apart:
            yield _transition(rule, apart)


def _whole(site: Site) -> bool:
    """A routine that makes one of the steps does not define the flow."""
    form = site.predicate.form
    return isinstance(form, Steps) and not form.partial


def _transition(rule: BusinessRule, apart: list[tuple[Difference, Site, Site]]) -> Found:
    difference, left, right = apart[0]
    accepted, refused = (right, left) if difference.accepted_by == right.id else (left, right)
    more, fewer = _extra(accepted, refused), _extra(refused, accepted)
    parts = [f"{who(accepted)} allows {_steps(more)}, {who(refused)} does not"] if more else []
    parts += [f"{who(refused)} allows {_steps(fewer)}, {who(accepted)} does not"] if fewer else []
    sites = by_id(rule)
    chosen = [accepted, refused]
    chosen += [sites[number] for number in sorted(sites) if sites[number] not in chosen and _whole(sites[number])]
    roles = {accepted.id: "accepts", refused.id: "refuses"}
    return Found(
        message=f"{rule.subject}: " + ("; ".join(parts) or f"{admits(accepted)} against {admits(refused)}"),
        places=tuple(place(site, roles.get(site.id, "states")) for site in chosen),
        subject=str(rule.subject),
        rule=rule.id,
        kind=Kind.TRANSITION,
        confidence=certainty(accepted, refused),
        witness=difference.witness,
        witness_words=witness_words(difference.witness, accepted, refused),
        fix=advice(rule),
    )


def _extra(site: Site, other: Site) -> list[tuple[str, str]]:
    mine, theirs = site.predicate.form, other.predicate.form
    if not isinstance(mine, Steps) or not isinstance(theirs, Steps):
        return []
    return [edge for edge in mine.edges if edge not in theirs.edges and "*" not in edge]


def _steps(edges: list[tuple[str, str]]) -> str:
    told = ", ".join(f"{before} → {after}" for before, after in edges[:3])
    return f"{told} and {len(edges) - 3} more steps" if len(edges) > 3 else told
