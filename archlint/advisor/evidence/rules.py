"""Evidence from the business rules: how many there are, where they live, and how they agree."""

from collections import Counter
from collections.abc import Callable

from archlint.advisor.core import core_rules
from archlint.advisor.seen import BEHIND, SERVING, STORED, Evidence, Seen, each, many, some, words
from archlint.advisor.seen import place as at
from archlint.model.rule import BusinessRule, Kind, Site
from archlint.model.source import Layer


def rule_complexity(seen: Seen) -> Evidence:
    """Rules that decide, and how many of them share a table with another."""
    rules = seen.deciding_rules
    entities = Counter(rule.subject.entity for rule in rules)
    shared = sum(count for count in entities.values() if count > 1)
    kinds = Counter(rule.kind.value for rule in rules)
    listed = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
    places, total = seen.rule_places(rules)
    return Evidence(
        measure="rule_complexity",
        value=float(len(rules)),
        trust=seen.trust_behind,
        says=f"{many(len(rules), 'rule')} about stored data decide ({listed or 'none'}); {shared} share a table",
        numbers=(("rules", len(rules)), ("sharing a table", shared)),
        places=places,
        total=total,
        caveat=(
            "Only rules about tables count that archlint could read, stated where no client can pass them by; they "
            "refuse or compute, and count for each field. Shape does not count, nor that a value must be there or is "
            "told in another unit, nor row policies."
        ),
    )


def rule_ownership(seen: Seen) -> Evidence:
    """Scattered and drifted rules, from the findings."""
    scattered = [finding for finding in seen.findings if finding.code.startswith("AL1")]
    drifted = [finding for finding in seen.findings if finding.code.startswith("AL2")]
    found = [finding.places[0] for finding in (*drifted, *scattered) if finding.places]
    places, _ = some(at(item.path, item.span.line) for item in found)
    return Evidence(
        measure="rule_ownership",
        value=float(len(scattered) + len(drifted)),
        trust=seen.trust,
        says=f"{many(len(drifted), 'finding')} of copies that disagree, {len(scattered)} of scattered copies",
        numbers=(("drifted", len(drifted)), ("scattered", len(scattered))),
        places=places,
        total=len(found),
        caveat="These are the findings of archlint scan at its usual confidence.",
    )


def rule_layers(seen: Seen) -> Evidence:
    """Layers that check rules about stored data."""
    layers: Counter[str] = Counter()
    for rule in seen.stored_rules:
        layers.update(
            {
                site.layer.value
                for site in rule.sites
                if site.strength == "hard" and rule.kind not in (Kind.WORDS, Kind.DEFAULT)
            }
        )
    listed = ", ".join(f"{layer} {count}" for layer, count in sorted(layers.items()))
    return Evidence(
        measure="rule_layers",
        value=float(len(layers)),
        trust=seen.trust,
        says=f"rules about stored data are checked in {many(len(layers), 'layer')} ({listed or 'none'})",
        numbers=tuple((layer, float(count)) for layer, count in sorted(layers.items())),
        caveat=(
            "A rule that is stated in two layers counts in both. Required fields and lengths count too. "
            "“trigger” stands for triggers and stored functions."
        ),
    )


def existing_home(seen: Seen) -> Evidence | None:
    """Where enforced rules live today, of the layers that no client can pass by."""
    counted = {*words()["rules"]["deciding"], "domain", "unique"}
    rules = [rule for rule in seen.stored_rules if rule.kind.value in counted and not seen.is_key(rule)]
    stored = _sites(seen, STORED, rules)
    serving = _sites(seen, SERVING, rules)
    policies, guards = seen.asking_policies, seen.action_guards
    left, right = len(stored) + len(policies), len(serving) + len(guards)
    if left + right < 5:
        return None
    # One place for each that was counted: the sum of the four numbers.
    counted_at = [(item.path, item.span) for group in (stored, policies, serving, guards) for item in group]
    places, total = each(at(path, span.line) for path, span in counted_at)
    return Evidence(
        measure="existing_home",
        value=left / (left + right),
        trust=seen.trust_behind,
        says=(
            f"{left} enforced rules in the database ({len(stored)} on data, {len(policies)} policies), "
            f"{right} in services and functions ({len(serving)} on data, {len(guards)} on callers)"
        ),
        numbers=(
            ("database rules", len(stored)), ("policies", len(policies)), ("service rules", len(serving)),
            ("service guards", len(guards)),
        ),
        places=places,
        total=total,
        caveat=(
            "Keys, required fields, lengths, checks that somebody is signed in and policies that let everybody pass "
            "are left out on both sides. A rule that both sides state counts on both."
        ),
    )  # fmt: skip


def integrity_kind(seen: Seen) -> Evidence | None:
    """Facts that always hold against rules on what may happen next."""
    settings = words()["rules"]
    behind = [rule for rule in seen.stored_rules if not seen.is_key(rule) and seen.deciding_site(rule, BEHIND)]
    facts = [rule for rule in behind if rule.kind.value in settings["invariants"]]
    steps = [rule for rule in behind if rule.kind.value in settings["processes"]]
    if len(facts) + len(steps) < 5:
        return None
    places, total = seen.rule_places([*facts, *steps])
    return Evidence(
        measure="integrity_kind",
        value=len(facts) / (len(facts) + len(steps)),
        trust="medium",
        says=(
            f"{many(len(facts), 'rule is a fact', 'rules are facts')} about rows, "
            f"{many(len(steps), 'is a condition', 'are conditions')} on what may happen"
        ),
        numbers=(("facts", len(facts)), ("processes", len(steps))),
        places=places,
        total=total,
        caveat=(
            "Formulas and row policies are neither. What code decides without refusing or writing anything is not "
            "counted."
        ),
    )


def critical_rules(seen: Seen) -> Evidence:
    """Rules about money, access and records of what was done."""
    settings = words()["rules"]
    critical = {word for key in ("money_words", "audit_words", "access_words") for word in settings[key]}
    rules = [rule for rule in seen.deciding_rules if critical & set(_parts(rule))]
    places, total = seen.rule_places(rules)
    return Evidence(
        measure="critical_rules",
        trust="low",
        says=f"{len(rules)} of {len(seen.deciding_rules)} deciding rules name money, access or records",
        numbers=(("critical", len(rules)), ("deciding", len(seen.deciding_rules))),
        places=places,
        total=total,
        caveat="Words in names only; English ones.",
    )


def core_facts(seen: Seen) -> Evidence:
    """How many rules would stand on the list of what must always hold."""
    rules = core_rules(seen)
    places, total = some(at(item.path, item.line) for item in rules)
    return Evidence(
        measure="core_facts",
        trust="medium",
        says=f"{many(len(rules), 'rule')} stand on the proposed list of what must always hold",
        numbers=(("rules", len(rules)),),
        places=places,
        total=total,
        caveat="The list is printed with the advice; only people know whether it is whole.",
    )


def client_drift(seen: Seen) -> Evidence:
    """Findings of copies that disagree, one of them in a screen."""
    drifted = [
        finding
        for finding in seen.findings
        if finding.code.startswith("AL2") and any(place.layer is Layer.FRONTEND for place in finding.places)
    ]
    places, _ = some(at(item.path, item.span.line) for item in (finding.places[0] for finding in drifted))
    return Evidence(
        measure="client_drift",
        trust=seen.trust,
        says=f"{many(len(drifted), 'finding')} of copies that disagree, at least one of them in a screen",
        numbers=(("findings", len(drifted)),),
        places=places,
        total=len(drifted),
        caveat="These are the findings of archlint scan at its usual confidence.",
    )


def _parts(rule: BusinessRule) -> list[str]:
    return str(rule.subject).lower().replace(".", "_").split("_")


def _sites(seen: Seen, layers: frozenset[Layer], rules: list[BusinessRule]) -> list[Site]:
    """The first site in some layers of each rule that decides something there."""
    return [site for rule in rules if (site := seen.deciding_site(rule, layers))]


MEASURES: dict[str, Callable[[Seen], Evidence | None]] = {
    "rule_complexity": rule_complexity,
    "rule_ownership": rule_ownership,
    "rule_layers": rule_layers,
    "existing_home": existing_home,
    "integrity_kind": integrity_kind,
    "critical_rules": critical_rules,
    "core_facts": core_facts,
    "client_drift": client_drift,
}
