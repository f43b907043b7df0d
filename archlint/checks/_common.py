"""What checks share: places of sites, who enforces what, and which sites may be held against each other."""

import posixpath
import re
from collections.abc import Iterable, Iterator

from archlint import algebra
from archlint.checks._vocabulary import words
from archlint.model.finding import Place
from archlint.model.graph import Word, WritePath
from archlint.model.predicate import Constant, Formula, Numbers, Predicate
from archlint.model.rule import BusinessRule, Difference, Kind, Relation, Site
from archlint.model.source import TRUSTED, Layer, Span

# A broken length or pattern is a nuisance; money and rights are not at stake.
NICETIES = frozenset({Kind.LENGTH, Kind.PATTERN})
# What a type says vanishes before anything is decided.
TYPES = frozenset({"type", "typescript"})
# Models run their validators before every write of their own.
MODELS = frozenset({"sequelize", "mongoose"})
# How `resolve` says that a subject was found by its name alone.
_BY_NAME = "only column of that name"
_SIDE_BY_SIDE = 0.75
_OTHER_ACT = 0.75
_STATE = 0.8
_NAMESAKE = 0.8
_SHOWN = 0.75
_TRIAL = 0.7
_TRIALS = words("trials")
# A schema is one file or many; that says nothing about what its parts are for.
_ONE_FILE = frozenset({Layer.DATABASE, Layer.TRIGGER, Layer.POLICY})
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SAYING_NOTHING = words("say_nothing")
_HOMES = {
    Kind.AUTHORIZATION: "a policy of {entity}",
    Kind.FORMULA: "one function that the others call",
    Kind.CLASSIFICATION: "one function that the others call",
    Kind.DEFAULT: "the column default, or one constant that all import",
    Kind.TRANSITION: "one trigger on {entity}",
    Kind.GATE: "the routine that makes the step",
    Kind.QUOTA: "a trigger on {entity}",
    Kind.SIZE: "the bucket's own limit",
    Kind.UNIQUE: "a unique index on {entity}",
    Kind.CONSTANT: "one module that the others import",
}
# Homes that a team chose over those of its database.
_LOGIC = {"service": "one module of the service", "function": "one module of the functions", "contract": "one contract"}
_OF_FUNCTIONS = frozenset({Kind.FORMULA, Kind.CLASSIFICATION, Kind.CONSTANT})


def place(site: Site, role: str = "states") -> Place:
    """A site as a place of a finding."""
    return Place(site.path, site.span, site.layer, role, site.text, site.normal, pieces(site))


def pieces(site: Site) -> tuple[str, ...]:
    """What a site states, a range by its ends: what makes a finding the same however the range is written."""
    return tuple(by_end(site).values())


def by_end(site: Site) -> dict[str, str]:
    """What a site states by what it limits."""
    if not isinstance(site.predicate.form, Numbers):
        return {"whole": site.normal}
    return algebra.ends(site.predicate, "length" if site.kind is Kind.LENGTH else "value")


def written(word: Word, role: str = "") -> Place:
    """A word as a place of a finding."""
    return Place(word.path, word.span, word.layer, role or word.use, word.text, f'"{word.word}"')


def writing(path: WritePath, role: str = "writes") -> Place:
    """A write path as a place of a finding."""
    return Place(path.path, path.span, path.layer, role, path.text)


def layers_of(site: Site) -> frozenset[Layer]:
    """The layers in which a site takes effect: its own, or those that apply a shared declaration."""
    if site.layer in (Layer.CONTRACT, Layer.SHARED) and site.enforced:
        return frozenset(site.enforced)
    if site.layer is Layer.FRONTEND:
        # A schema may lie with the browser's code and be what the server applies to all that it is sent.
        return frozenset({site.layer, *(layer for layer in site.enforced if layer in TRUSTED)})
    return frozenset({site.layer})


def trusted(site: Site) -> bool:
    """Whether the site is enforced where a client cannot get round it."""
    return bool(layers_of(site) & TRUSTED) and site.strength == "hard"


def of_clients(site: Site) -> bool:
    """Whether the site takes effect in the browser only."""
    return layers_of(site) <= {Layer.FRONTEND, Layer.SHARED} or (
        site.strength != "hard" and not layers_of(site) & TRUSTED
    )


def by_id(rule: BusinessRule) -> dict[int, Site]:
    """The sites of a rule by their number."""
    return {site.id: site for site in rule.sites}


def told_apart(rule: BusinessRule, *relations: Relation) -> Iterator[tuple[Difference, Site, Site]]:
    """The differences of a rule (of some relations) between sites that speak of the same act, surest first."""
    sites = by_id(rule)
    found = []
    for difference in rule.differences:
        left, right = sites.get(difference.left), sites.get(difference.right)
        if left is None or right is None or difference.relation is Relation.UNKNOWN:
            continue
        if relations and difference.relation not in relations:
            continue
        if comparable(left, right):
            found.append((difference, left, right))
    found.sort(key=lambda item: -_strength(item))
    yield from found


def _strength(item: tuple[Difference, Site, Site]) -> float:
    difference, left, right = item
    kinds = {Relation.DISJOINT: 0.4, Relation.OVERLAPPING: 0.3}
    across = 0.5 if layers_of(left) != layers_of(right) else 0.0
    hard = sum(trusted(site) for site in (left, right))
    return sameness(left, right) * (1 + across + 0.5 * hard + kinds.get(difference.relation, 0.0))


def comparable(left: Site, right: Site) -> bool:
    """Whether two sites can refuse the same act: not an insert against an update, not who may read a row."""
    operations = {left.operation, right.operation} - {"any", ""}
    if operations & {"select", "delete"} and left.layer != right.layer:
        return False
    if left.origin and left.origin == right.origin:
        return False
    if left.kind is Kind.CLASSIFICATION and left.symbol and (left.path, left.symbol) == (right.path, right.symbol):
        # One function that takes a thing apart twice decides two things by it.
        return False
    if left.layer is right.layer is Layer.POLICY:
        # One policy suffices to be let in; that another asks for more is their purpose.
        return False
    if "upsert" in operations:
        operations -= {"upsert", "insert", "update"}
    return len(operations) < 2


def certainty(*sites: Site) -> float:
    """How sure it is that the sites speak of the same thing."""
    result = 1.0
    for site in sites:
        result *= site.confidence * (1.0 if site.exact else 0.9)
    return result


def by_name_only(evidence: tuple[str, ...]) -> bool:
    """Whether nothing but a name links a place to its column."""
    return _BY_NAME in evidence


def sameness(left: Site, right: Site) -> float:
    """How sure it is that two sites mean to state one rule."""
    sure = certainty(left, right)
    if left.path == right.path and left.layer == right.layer and left.layer not in _ONE_FILE:
        # Two forms, drafts or roles side by side in one file differ on purpose more often than by accident.
        sure *= _SIDE_BY_SIDE
    if _asks_for_a_state(left) != _asks_for_a_state(right):
        sure *= _STATE
    if by_name_only(left.evidence) != by_name_only(right.evidence) and len(left.evidence) == len(right.evidence) == 1:
        # The only column of a name is not all that bears it: a key of another service is called a key, too.
        sure *= _NAMESAKE
    if _cuts_for_show(left) != _cuts_for_show(right):
        sure *= _SHOWN
    if on_trial(left) or on_trial(right):
        sure *= _TRIAL
    if not (left.stored or right.stored) and not _named_alike(left, right):
        # Both look at a row that is there already; without a common name they may guard two different acts.
        sure *= _OTHER_ACT
    return sure


def on_trial(site: Site) -> bool:
    """Whether code stands where data for trials are made. What a database is given first, it holds."""
    *folders, name = site.path.lower().split("/")
    parts = {*folders, *name.split(".", 1)[0].replace("-", "_").split("_")}
    return site.layer not in _ONE_FILE and not _TRIALS.isdisjoint(parts)


def _cuts_for_show(site: Site) -> bool:
    """What is cut or kept in a range after it was read, to be shown or sent on, limits nothing that is stored.

    Nor does it where nothing but names says that the result is stored at all.
    """
    return site.effect == "clamp" and not (site.stored and "written" in site.evidence)


def _asks_for_a_state(site: Site) -> bool:
    """`quota === 0`, far from any write: code that looks at a state more often than it limits an input."""
    form = site.predicate.form
    if not isinstance(form, Numbers) or "declared" in site.evidence:
        return False
    if len(form.intervals) == 1:
        only = form.intervals[0]
        return only.low is not None and only.low == only.high and site.effect == "skip"
    return len(site.evidence) > 2 or "written" not in site.evidence


def _named_alike(left: Site, right: Site) -> bool:
    return bool(_names(left) & _names(right))


def _names(site: Site) -> set[str]:
    """The words by which a site's function and file are called."""
    folder, name = posixpath.split(site.path)
    words = _WORD.findall(f"{site.symbol} {posixpath.basename(folder)} {name.split('.', 1)[0]}")
    return {word.lower() for word in words if len(word) > 3} - _SAYING_NOTHING


def ends(predicate: Predicate) -> frozenset[str]:
    """Which ends of a range a predicate states."""
    form = predicate.form
    if not isinstance(form, Numbers) or not form.intervals:
        return frozenset()
    first, last = form.intervals[0], form.intervals[-1]
    found = {name for name, end in (("low", first.low), ("high", last.high)) if end is not None}
    if form.step not in (None, "1"):
        found.add("step")
    return frozenset(found)


def homes(rule: BusinessRule) -> str:
    """Where a rule should be decided, in words."""
    if rule.home in _LOGIC and rule.kind not in _OF_FUNCTIONS:
        return _LOGIC[rule.home]
    pattern = _HOMES.get(rule.kind, "a constraint of {entity}")
    return pattern.format(entity=rule.subject.entity.removeprefix("bucket:") or "the table")


def advice(rule: BusinessRule) -> str:
    """What to do about copies that disagree."""
    return (
        f"Decide which one is meant, state it once in {homes(rule)}, "
        "and let the other places import it or repeat exactly that."
    )


def counts_on(site: Site) -> bool:
    """Whether a formula only moves what is there on (`balance - amount`): a step, not a result to agree on."""
    form = site.predicate.form
    field = site.subject.field
    # Leaves bear the singular of their names.
    return isinstance(form, Formula) and not {field, field.removesuffix("s")}.isdisjoint(form.leaves)


def within(inner: Span, outer: Span) -> bool:
    """Whether a place lies in another one of the same file."""
    return (outer.line, outer.column) <= (inner.line, inner.column) and (inner.end_line, inner.end_column) <= (
        outer.end_line,
        outer.end_column,
    )


def value_of(witness: str) -> Constant | None:
    """A witness as one value, where it is one."""
    if len(witness) > 1 and witness[0] == witness[-1] == '"':
        return Constant(witness[1:-1], "text")
    word = witness.split(" ", 1)[0]
    try:
        float(word)
    except ValueError:
        return None
    return Constant(word, "number")


def distinct(places: Iterable[Place]) -> tuple[Place, ...]:
    """Places without repetition, in their order."""
    return tuple({(item.path, item.span): item for item in reversed(list(places))}.values())[::-1]
