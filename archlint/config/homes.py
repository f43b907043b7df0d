"""Where rules should be decided, under the architecture that the team chose."""

from collections.abc import Iterable

import msgspec

from archlint import data
from archlint.model.configuration import Configuration
from archlint.model.rule import BusinessRule
from archlint.model.source import Layer

# The columns of the table of homes that an architecture stands for. A hybrid has its core in the database or in
# services; without a word of the team under [homes], only what both have in common is settled.
_COLUMNS = {
    "database-first": ("database-first",),
    "logic-first": ("logic-first",),
    "hybrid": ("hybrid-database", "hybrid-services"),
}
_CODE = "code"
_STORED = frozenset({Layer.DATABASE.value, Layer.TRIGGER.value, Layer.POLICY.value})


def settle_homes(
    rules: tuple[BusinessRule, ...], configuration: Configuration, layers: Iterable[Layer]
) -> tuple[BusinessRule, ...]:
    """The rules with the homes that the team wants for them; `layers` are those of the repository's files."""
    chosen = dict(configuration.homes)
    if not chosen and not configuration.architecture:
        return rules
    known = frozenset(layers)
    logic = Layer.FUNCTION if Layer.FUNCTION in known and Layer.SERVICE not in known else Layer.SERVICE
    by_kind = _by_kind(configuration.architecture, logic)
    settled = []
    for rule in rules:
        names = (str(rule.subject), rule.subject.entity, rule.kind.value)
        home = next((chosen[name].value for name in names if name in chosen), None)
        home = home or _within_storage(rule.home, by_kind.get(rule.kind.value, ""))
        settled.append(msgspec.structs.replace(rule, home=home) if home and home != rule.home else rule)
    return tuple(settled)


def _by_kind(architecture: str, logic: Layer) -> dict[str, str]:
    """The home of each kind of rule, as far as the architecture alone says it; the first sort with the kind counts."""
    found: dict[str, str] = {}
    for sort in data.table("advisor/homes")["sort"]:
        homes = {sort["home"][column] for column in _COLUMNS.get(architecture, ())}
        for kind in sort["kinds"] if len(homes) == 1 else ():
            home = next(iter(homes))
            found.setdefault(kind, logic.value if home == _CODE else home)
    return found


def _within_storage(present: str, wanted: str) -> str:
    """A trigger or a policy is a place in the database already."""
    return present if wanted == Layer.DATABASE.value and present in _STORED else wanted
