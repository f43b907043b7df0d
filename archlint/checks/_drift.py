"""How the places of one business rule are split, and how that is told: shared by the checks on drift."""

import msgspec

from archlint import algebra
from archlint.checks._common import (
    NICETIES,
    advice,
    by_end,
    by_id,
    by_name_only,
    ends,
    layers_of,
    pieces,
    place,
    sameness,
    told_apart,
    trusted,
    value_of,
)
from archlint.checks._found import Found
from archlint.checks._vocabulary import words
from archlint.checks._words import admits, at, speakers, who
from archlint.model.finding import Place, Severity
from archlint.model.predicate import Numbers, Partition
from archlint.model.rule import BusinessRule, Difference, Kind, Relation, Site
from archlint.model.source import TRUSTED

# Kinds whose sites admit values; the others have checks of their own.
JUDGED = frozenset(
    {
        Kind.BOUND, Kind.LENGTH, Kind.SIZE, Kind.PATTERN, Kind.COMPARISON, Kind.WINDOW, Kind.LIFETIME, Kind.QUOTA,
        Kind.GATE,
        Kind.UNIQUE, Kind.CLASSIFICATION, Kind.CONDITIONAL,
    }
)  # fmt: skip
_SURE = 0.8
_APART = frozenset({Relation.STRICTER, Relation.LOOSER, Relation.OVERLAPPING})
# Two gates, tiers or limits on counts that share no value are different rules, not one that contradicts itself.
_STORAGE = words("storage_lengths")
_ROOM = 0.7
_SCREENS = frozenset({"jsx"})
_LOOKS = words("looks")
_ONLY_LOOKS = words("only_looks")
_LIMITS = frozenset({Kind.BOUND, Kind.LENGTH, Kind.SIZE})
_NEVER_CONTRADICT = frozenset({Kind.GATE, Kind.CLASSIFICATION, Kind.QUOTA, Kind.UNIQUE})

# A column in which each writer keeps things for a time of its own has no one rule.
_MOST_TIMES = 3
Apart = tuple[Difference, Site, Site]


class Split(msgspec.Struct, frozen=True):
    """How a rule is split: the check that tells it, its differences, and all that count; strongest first."""

    code: str
    differences: tuple[Apart, ...]
    all: tuple[Apart, ...]


def split(rule: BusinessRule) -> Split | None:
    """Under which code a rule's differences are told: one finding per rule, and unsure ones only where none is sure."""
    if rule.kind not in JUDGED or _looks(rule) or (rule.kind is Kind.LIFETIME and len(rule.groups) > _MOST_TIMES):
        return None
    found = [item for item in told_apart(rule) if not _by_arrows(item[1], item[2])]
    found = [item for item in found if sameness(item[1], item[2]) >= _SURE] or found
    by_code: dict[str, list[Apart]] = {}
    for item in found:
        by_code.setdefault(_code(rule.kind, item[0].relation), []).append(item)
    if rule.kind in _LIMITS or rule.kind is Kind.PATTERN:
        # Whether a value may be missing or empty is a rule of its own: a limit or a pattern says nothing about it.
        by_code.pop("AL207", None)
    for code in ("AL202", "AL201", "AL203", "AL208", "AL207"):
        if code in by_code:
            return Split(code, tuple(by_code[code]), tuple(found))
    return None


def _by_arrows(left: Site, right: Site) -> bool:
    """Whether two fields of screens part only in how far one press of their arrows goes."""
    on_screens = {left.library, right.library} <= _SCREENS and not (trusted(left) or trusted(right))
    return on_screens and ends(left.predicate) & ends(right.predicate) == {"step"}


def _looks(rule: BusinessRule) -> bool:
    """Whether a value only chooses how something looks: screens may differ in that."""
    labels = {label for site in rule.sites for label in _labels(site)}
    return bool(labels) and labels <= _LOOKS and not labels.isdisjoint(_ONLY_LOOKS)


def _labels(site: Site) -> set[str]:
    form = site.predicate.form
    return {label for _, label in form.cases} if isinstance(form, Partition) else set()


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
    versions = _versions(rule, found, accepted, refused)
    return Found(
        message=_message(rule, found, accepted, refused, versions),
        places=_places(rule, found, accepted, refused, versions),
        subject=str(rule.subject),
        rule=rule.id,
        kind=rule.kind,
        stated=_apart(rule, found),
        severity=_severity(rule.kind, found.code, accepted, refused),
        confidence=_confidence(rule, found.code, accepted, refused),
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


def _message(
    rule: BusinessRule, found: Split, accepted: Site, refused: Site, versions: tuple[tuple[Site, ...], ...]
) -> str:
    subject, witness = rule.subject, found.differences[0][0].witness
    if len(versions) > 2:
        told = "; ".join(f"{speakers(sites)}: {admits(sites[0])}" for sites in versions)
        text = f"{subject}: {len(versions)} different rules: {told}"
    else:
        first, second = versions if len(versions) == 2 else ((accepted,), (refused,))
        text = f"{subject}: {speakers(first)} {_verb(first)} {admits(accepted)}, {speakers(second)} {admits(refused)}"
    if found.code == "AL208":
        return f"{text}; one of them seems to speak another unit"
    if found.code == "AL203":
        return f"{text}; they part at exactly {witness}"
    if found.code == "AL202":
        return f"{text}; no value satisfies both"
    return text


def _apart(rule: BusinessRule, found: Split) -> tuple[str, ...]:
    """What the sites say about the ends at which the rule is split; what they agree on may be written in any way."""
    told: set[str] = set()
    apart = [item for item in found.all if item[0].relation is not Relation.NULLS] or found.all
    for _, left, right in apart:
        first, second = by_end(left), by_end(right)
        differing = {end for end in first.keys() & second.keys() if first[end] != second[end]}
        wanted = differing or first.keys() | second.keys()
        told |= {text for said in (first, second) for end, text in said.items() if end in wanted}
    involved = {site.id for _, left, right in apart for site in (left, right)}
    split_in = {number for group in rule.groups if involved & set(group) for number in group} | involved
    sites = [site for site in rule.sites if site.id in split_in]
    return tuple(sorted({f"{site.layer}:{text}" for site in sites for text in pieces(site) if text in told}))


def _verb(sites: tuple[Site, ...]) -> str:
    return "admits" if len({who(site) for site in sites}) == 1 else "admit"


def _versions(rule: BusinessRule, found: Split, accepted: Site, refused: Site) -> tuple[tuple[Site, ...], ...]:
    """The sites of all groups that are split, by what they say; those of the witness first.

    Only sites that speak of the end in question count: who states an upper limit has no opinion on the lower one.
    """
    sites = by_id(rule)
    wanted = ends(accepted.predicate) & ends(refused.predicate) or ends(accepted.predicate) | ends(refused.predicate)
    involved = {site.id for _, left, right in found.all for site in (left, right)}
    said: dict[str, list[Site]] = {}
    for group in _ordered(rule.groups, accepted, refused):
        members = [sites[number] for number in group if number in sites]
        if not involved & set(group):
            continue
        chief = next((site for site in members if site in (accepted, refused)), None)
        chosen = [site for site in members if _speaks(site, wanted) or site == chief]
        if chosen:
            first = chief or chosen[0]
            said.setdefault(admits(first), []).extend([first, *(site for site in chosen if site != first)])
    return tuple(tuple(found_sites) for found_sites in said.values())


def _ordered(groups: tuple[tuple[int, ...], ...], accepted: Site, refused: Site) -> list[tuple[int, ...]]:
    return sorted(groups, key=lambda group: 0 if accepted.id in group else 1 if refused.id in group else 2)


def _speaks(site: Site, wanted: frozenset[str]) -> bool:
    return not wanted or not isinstance(site.predicate.form, Numbers) or bool(ends(site.predicate) & wanted)


def _places(
    rule: BusinessRule, found: Split, accepted: Site, refused: Site, versions: tuple[tuple[Site, ...], ...]
) -> tuple[Place, ...]:
    roles = {accepted.id: "accepts", refused.id: "refuses"}
    group_of = {site: index for index, group in enumerate(rule.groups) for site in group}
    for site, role in ((accepted, "accepts"), (refused, "refuses")):
        for other in rule.groups[group_of[site.id]] if site.id in group_of else ():
            roles.setdefault(other, role)
    witness = value_of(found.differences[0][0].witness)
    places = []
    for site in (site for sites in versions for site in sites):
        role = roles.get(site.id, "")
        if not role:
            verdict = algebra.accepts(site.predicate, witness) if witness else None
            role = "states" if verdict is None else "accepts" if verdict else "refuses"
        places.append(place(site, role))
    return tuple(places)


def _severity(kind: Kind, code: str, accepted: Site, refused: Site) -> Severity | None:
    """Direction matters: a browser that is stricter than what is enforced loses nothing but a rule nobody keeps."""
    if code not in ("AL201", "AL202"):
        return None
    nicety = kind in NICETIES
    if not layers_of(refused) & TRUSTED:
        return Severity.INFO if nicety and trusted(accepted) else Severity.WARNING
    if nicety and not (trusted(accepted) and trusted(refused)):
        return Severity.WARNING
    return None


def _confidence(rule: BusinessRule, code: str, accepted: Site, refused: Site) -> float:
    sure = sameness(accepted, refused)
    if code == "AL202" and by_name_only(accepted.evidence) and by_name_only(refused.evidence):
        # Two limits that only names bring together, and that no value meets, are more likely about two things.
        sure *= 0.7
    if rule.kind is Kind.GATE and "→" not in accepted.guard:
        sure *= 0.7
    if rule.kind is Kind.LENGTH and _roomy(accepted):
        sure *= _ROOM
    if rule.subject.entity.startswith("~"):
        sure *= 0.8
    return sure


def _roomy(site: Site) -> bool:
    """`varchar(255)`: the room that tables have by habit is no opinion on how long a text may be."""
    form = site.predicate.form
    return "declared" in site.evidence and isinstance(form, Numbers) and form.intervals[-1].high in _STORAGE


def _fix(rule: BusinessRule, code: str) -> str:
    if code == "AL208":
        return (
            "Find out which unit each place speaks, convert at one border, "
            "and name the unit in the column or the field (weight_grams, price_cents)."
        )
    if code == "AL203":
        home = "the database" if rule.home == "database" else "one place"
        return f"Decide whether the limit itself is allowed, and say so in {home} and in each copy."
    return advice(rule)
