"""The homes that an architecture gives to the kinds of rules."""

import pytest

from archlint.config import settle_homes
from archlint.model.configuration import Configuration
from archlint.model.rule import BusinessRule, Kind, Subject
from archlint.model.source import Layer

DEFAULTS = {Kind.TRANSITION: "trigger", Kind.AUTHORIZATION: "policy", Kind.FORMULA: "service"}


def homes(architecture, *layers, **chosen):
    rules = tuple(
        BusinessRule(
            id=kind.value, subject=Subject("loans", "amount"), kind=kind, sites=(), relation="single",
            home=DEFAULTS.get(kind, "database"), groups=(),
        )
        for kind in Kind
    )  # fmt: skip
    settings = Configuration(architecture=architecture, homes=tuple(chosen.items()))
    return {rule.kind: rule.home for rule in settle_homes(rules, settings, layers or (Layer.SERVICE,))}


@pytest.mark.parametrize(
    ("architecture", "kind", "home"),
    [
        ("database-first", Kind.FORMULA, "database"),
        ("database-first", Kind.TRANSITION, "trigger"),
        ("database-first", Kind.AUTHORIZATION, "policy"),
        ("logic-first", Kind.BOUND, "service"),
        ("logic-first", Kind.TRANSITION, "service"),
        ("logic-first", Kind.AUTHORIZATION, "service"),
        ("logic-first", Kind.QUOTA, "database"),
        ("logic-first", Kind.DEFAULT, "database"),
        ("logic-first", Kind.UNIQUE, "database"),
        ("hybrid", Kind.TRANSITION, "service"),
        ("hybrid", Kind.GATE, "service"),
        ("hybrid", Kind.PRESENCE, "database"),
        # Whether the core is in the database or in services, the architecture's name does not say.
        ("hybrid", Kind.FORMULA, "service"),
        ("hybrid", Kind.BOUND, "database"),
        ("hybrid", Kind.AUTHORIZATION, "policy"),
        ("", Kind.TRANSITION, "trigger"),
    ],
)
def test_a_kind_has_its_home(architecture, kind, home):
    assert homes(architecture)[kind] == home


def test_code_of_ones_own_is_where_the_repository_has_it():
    assert homes("hybrid", Layer.FUNCTION, Layer.DATABASE)[Kind.TRANSITION] == "function"
    assert homes("logic-first", Layer.FUNCTION, Layer.SERVICE)[Kind.BOUND] == "service"


def test_what_the_team_says_comes_first():
    found = homes("logic-first", bound=Layer.DATABASE)
    assert (found[Kind.BOUND], found[Kind.LENGTH]) == ("database", "service")
    assert set(homes("hybrid", loans=Layer.CONTRACT).values()) == {"contract"}
