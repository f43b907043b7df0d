"""How the places of one business rule are split, and how that is told: shared by the checks on drift."""

import msgspec

from archlint import algebra
from archlint.checks._common import advice, by_id, certainty, ends, layers_of, number, place, told_apart, trusted
from archlint.checks._found import Found
from archlint.checks._words import admits, at, speakers, who
from archlint.model.finding import Place, Severity
from archlint.model.predicate import Numbers
from archlint.model.rule import BusinessRule, Difference, Kind, Relation, Site
from archlint.model.source import TRUSTED

# Kinds whose sites admit values; the others have checks of their own.
JUDGED = frozenset(
    {
        Kind.BOUND, Kind.LENGTH, Kind.SIZE, Kind.PATTERN, Kind.COMPARISON, Kind.WINDOW, Kind.QUOTA, Kind.GATE,
        Kind.UNIQUE, Kind.CLASSIFICATION, Kind.CONDITIONAL,
    }
)  # fmt: skip
_SURE = 0.8
_APART = frozenset({Relation.STRICTER, Relation.LOOSER, Relation.OVERLAPPING})
# Two gates, tiers or limits on counts that share no value are different rules, not one that contradicts itself.
_NEVER_CONTRADICT = frozenset({Kind.GATE, Kind.CLASSIFICATION, Kind.QUOTA, Kind.UNIQUE})
_NICETIES = frozenset({Kind.LENGTH, Kind.PATTERN})

Apart = tuple[Difference, Site, Site]


class Split(msgspec.Struct, frozen=True):
    """How a rule is split: the check that tells it, and the differences that count, strongest first."""

    code: str
    differences: tuple[Apart, ...]


def split(rule: BusinessRule) -> Split | None:
    """Under which code a rule's differences are told: one finding per rule, and unsure ones only where none is sure."""
    if rule.kind not in JUDGED:
        return None
    found = list(told_apart(rule))
    found = [item for item in found if certainty(item[1], item[2]) >= _SURE] or found
    by_relation: dict[str, list[Apart]] = {}
    for item in found:
        by_relation.setdefault(_code(rule.kind, item[0].relation), []).append(item)
    for code in ("AL202", "AL201", "AL203", "AL208", "AL207"):
        if code in by_relation:
            return Split(code, tuple(by_relation[code]))
    return None


def _code(kind: Kind, relation: Relation) -> str:
    if relation is Relation.DISJOINT and kind not in _NEVER_CONTRADICT:
        return "AL202"
    if relation in _APART or relation is Relation.DISJOINT:
        return "AL201"
    return {Relation.BOUNDARY: "AL203", Relation.UNIT: "AL208", Relation.NULLS: "AL207"}.get(relation, "")


def describe(rule: BusinessRule, found: Split) -> Found:
    """The one finding about a rule that is split."""
    difference, left, right = found.differences[0]
    accepted, refused = _sides(difference, left, right)
    return Found(
        message=_message(rule, found, accepted, refused),
        places=_places(rule, found, accepted, refused),
        subject=str(rule.subject),
        rule=rule.id,
        kind=rule.kind,
        severity=_severity(rule.kind, found.code, accepted, refused),
        confidence=_confidence(rule, accepted, refused),
        witness=difference.witness,
        witness_words=witness_words(difference.witness, accepted, refused),
        fix=_fix(rule, found.code),
    )


def _sides(difference: Difference, left: Site, right: Site) -> tuple[Site, Site]:
    """The site that accepts the witness first."""
    return (right, left) if difference.accepted_by == right.id else (left, right)


def witness_words(witness: str, accepted: Site, refused: Site) -> str:
    """What the witness shows, as a sentence."""
    if not witness:
        return ""
    missing = {"null": "a missing value", '""': "an empty text"}
    shown = missing.get(witness, f"the step {witness}" if "→" in witness else witness)
    return (
        f"{shown} passes {who(accepted)} ({at(accepted.path, accepted.span.line)}) "
        f"and is refused by {who(refused)} ({at(refused.path, refused.span.line)})"
    )


def _message(rule: BusinessRule, found: Split, accepted: Site, refused: Site) -> str:
    subject, difference = rule.subject, found.differences[0][0]
    versions = _versions(rule, found, accepted, refused)
    if len(versions) > 2:
        told = ", ".join(f"{said} ({speakers(sites)})" for said, sites in versions.items())
        text = f"{subject}: {len(versions)} different rules: {told}"
    else:
        text = f"{subject}: {who(accepted)} admits {admits(accepted)}, {who(refused)} {admits(refused)}"
    if found.code == "AL208":
        return f"{text}; one of them seems to speak another unit"
    if found.code == "AL203":
        return f"{text}; they part at exactly {difference.witness}"
    if found.code == "AL202":
        return f"{text}; no value satisfies both"
    return f"{text}; {difference.witness} passes the one and fails the other" if difference.witness else text


def _versions(rule: BusinessRule, found: Split, accepted: Site, refused: Site) -> dict[str, list[Site]]:
    """What is said by whom, as far as it speaks of the end that is in question."""
    versions: dict[str, list[Site]] = {admits(accepted): [], admits(refused): []}
    for site in _relevant(rule, found, accepted, refused):
        versions.setdefault(admits(site), []).append(site)
    return {said: sites for said, sites in versions.items() if sites}


def _relevant(rule: BusinessRule, found: Split, accepted: Site, refused: Site) -> list[Site]:
    """The sites that speak of the ends on which the rule is split, of the groups that are split."""
    sites = by_id(rule)
    wanted = ends(accepted.predicate) & ends(refused.predicate) or ends(accepted.predicate) | ends(refused.predicate)
    split_sites = {site.id for _, left, right in found.differences for site in (left, right)}
    chosen = [accepted, refused]
    for group in rule.groups:
        if not split_sites & set(group):
            continue
        for number_ in group:
            site = sites.get(number_)
            if site is None or site in chosen:
                continue
            if not wanted or not isinstance(site.predicate.form, Numbers) or ends(site.predicate) & wanted:
                chosen.append(site)
    return chosen


def _places(rule: BusinessRule, found: Split, accepted: Site, refused: Site) -> tuple[Place, ...]:
    roles = {accepted.id: "accepts", refused.id: "refuses"}
    group_of = {site: index for index, group in enumerate(rule.groups) for site in group}
    for site, role in ((accepted, "accepts"), (refused, "refuses")):
        for other in rule.groups[group_of[site.id]] if site.id in group_of else ():
            roles.setdefault(other, role)
    witness = number(found.differences[0][0].witness)
    places = []
    for site in _relevant(rule, found, accepted, refused):
        role = roles.get(site.id, "")
        if not role:
            verdict = algebra.accepts(site.predicate, witness) if witness else None
            role = "states" if verdict is None else "accepts" if verdict else "refuses"
        places.append(place(site, role))
    return tuple(places)


def _severity(kind: Kind, code: str, accepted: Site, refused: Site) -> Severity | None:
    """A browser that is stricter than what is enforced, or a nicety of text, is a warning."""
    if code == "AL208":
        return None
    if not (trusted(accepted) or trusted(refused)) or not layers_of(refused) & TRUSTED:
        return Severity.WARNING
    if kind in _NICETIES and not (trusted(accepted) and trusted(refused)):
        return Severity.WARNING
    return None


def _confidence(rule: BusinessRule, accepted: Site, refused: Site) -> float:
    sure = certainty(accepted, refused)
    if rule.kind is Kind.GATE and "→" not in rule.sites[0].guard:
        sure *= 0.7
    if rule.subject.entity.startswith("~"):
        sure *= 0.8
    return sure


def _fix(rule: BusinessRule, code: str) -> str:
    if code == "AL208":
        return (
            "Find out which unit each place speaks, convert at one border, "
            "and name the unit in the column or the field (weight_grams, price_cents)."
        )
    if code == "AL203":
        return f"Decide whether the limit itself is allowed, and say so in {_home(rule)} and in each copy."
    return advice(rule)


def _home(rule: BusinessRule) -> str:
    return "the database" if rule.home == "database" else "one place"
