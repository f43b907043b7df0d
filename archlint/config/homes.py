"""Where rules should be decided, under the architecture that the team chose."""

from collections.abc import Iterable

import msgspec

from archlint.model.configuration import Configuration
from archlint.model.rule import BusinessRule, Kind
from archlint.model.source import Layer

# What only a database can promise, whoever decides: that no two rows are alike, and that a value is there.
_OF_STORAGE = frozenset({Kind.UNIQUE, Kind.PRESENCE, Kind.IMMUTABILITY})
_COMPUTED = frozenset({Kind.FORMULA, Kind.CLASSIFICATION})


def settle_homes(
    rules: tuple[BusinessRule, ...], configuration: Configuration, layers: Iterable[Layer]
) -> tuple[BusinessRule, ...]:
    """The rules with the homes that the team wants for them; `layers` are those of the repository's files."""
    chosen = dict(configuration.homes)
    if not chosen and not configuration.architecture:
        return rules
    known = frozenset(layers)
    logic = Layer.FUNCTION if Layer.FUNCTION in known and Layer.SERVICE not in known else Layer.SERVICE
    settled = []
    for rule in rules:
        names = (str(rule.subject), rule.subject.entity, rule.kind.value)
        home = next((chosen[name].value for name in names if name in chosen), None)
        home = home or _by_architecture(rule, configuration.architecture, logic)
        settled.append(msgspec.structs.replace(rule, home=home) if home and home != rule.home else rule)
    return tuple(settled)


def _by_architecture(rule: BusinessRule, architecture: str, logic: Layer) -> str:
    if architecture == "logic-first" and rule.kind not in _OF_STORAGE | {Kind.CONSTANT}:
        return logic.value
    if architecture == "database-first" and rule.kind in _COMPUTED:
        return Layer.DATABASE.value
    return ""
