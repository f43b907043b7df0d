"""The stable core: what must hold whatever changes around it."""

import msgspec

from archlint.advisor.seen import STORED, Seen, words
from archlint.model.rule import BusinessRule, Kind
from archlint.model.source import TRUSTED, Layer

_ALWAYS = frozenset({Kind.IMMUTABILITY, Kind.TRANSITION, Kind.QUOTA})
_LIMITS = frozenset(
    {Kind.BOUND, Kind.COMPARISON, Kind.FORMULA, Kind.DOMAIN, Kind.CONDITIONAL, Kind.UNIQUE, Kind.WINDOW}
)


class CoreRule(msgspec.Struct, frozen=True, order=True):
    """A rule that must always hold, why it is thought so, and where it is stated."""

    reason: str
    rule: str
    path: str
    line: int


def core_rules(seen: Seen) -> tuple[CoreRule, ...]:
    """Ownership and permissions, money, records of what was done, and steps: what must hold whatever changes."""
    found = [item for rule in seen.stored_rules if (item := _core_rule(seen, rule))]
    for policy in seen.asking_policies:
        found.append(CoreRule("who may do it", f"{policy.table}: {policy.name}", policy.path, policy.span.line))
    inside = [guard for guard in seen.graph.access_guards if guard.layer in STORED - {Layer.POLICY} and not guard.soft]
    for guard in (*seen.action_guards, *inside):
        if guard.principals not in ((), ("authenticated",)):
            found.append(CoreRule("who may do it", guard.symbol or guard.path, guard.path, guard.span.line))
    return tuple(sorted(set(found)))


def _core_rule(seen: Seen, rule: BusinessRule) -> CoreRule | None:
    settings = words()["rules"]
    # The field tells what a rule is about: not all that stands in a table of prices is money.
    names = set(rule.subject.field.lower().replace(", ", "_").replace(".", "_").split("_"))
    # A branch on a price refuses nothing, and so need not hold.
    site = seen.deciding_site(rule, TRUSTED)
    if site is None or seen.is_key(rule):
        return None
    if rule.kind in _ALWAYS:
        reason = "what may happen next"
    elif rule.kind in _LIMITS and names & set(settings["money_words"]):
        reason = "money"
    elif rule.kind in _LIMITS and names & set(settings["access_words"]):
        reason = "who may do it"
    elif rule.kind is Kind.GATE and names & {"status", "state", "stage", "phase"}:
        reason = "what may happen next"
    else:
        return None
    return CoreRule(reason, rule.id, site.path, site.span.line)


def core_files(seen: Seen) -> frozenset[str]:
    """The files behind the screens that state the core."""
    return frozenset(rule.path for rule in core_rules(seen) if seen.layer(rule.path) is not Layer.FRONTEND)
