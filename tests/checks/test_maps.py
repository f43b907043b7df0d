"""AL205, of maps: numbers by key that several files write down."""

import pytest
from graphs import FORM, FUNCTION, SERVICE, graph, judge, places, site

from archlint.model.predicate import Constant
from archlint.model.rule import Kind


def entry(key: str, value: str, path: str, line: int):
    return site(Kind.CONSTANT, f"~.daily_rate.{key}", Constant(value, "number"), path, line, stored=False)


def told(*sites):
    return [item for item in judge(graph(*sites)) if item.code == "AL205"]


SAME = entry("bike", "12", FORM, 3), entry("bike", "12", FUNCTION, 8)


def test_one_finding_for_all_the_keys_that_differ():
    (found,) = told(
        *SAME,
        *(entry("van", value, path, 4) for value, path in (("90", FORM), ("85", FUNCTION))),
        *(entry("car", value, path, 5) for value, path in (("45", FORM), ("40", FUNCTION))),
    )
    assert found.message.startswith("daily_rate: 2 of its numbers differ between files; van is ")
    assert places(found) == {(FORM, 4): "says 90", (FUNCTION, 4): "says 85"}
    assert found.witness in ("90 / 85", "85 / 90")


@pytest.mark.parametrize(
    "others",
    [
        (entry("car", "45", FORM, 5), entry("car", "45", SERVICE, 5)),
        (entry("car", "45", FORM, 5),),
        (entry("car", "45", FORM, 5), entry("car", "40", FORM, 25)),
    ],
)
def test_equal_maps_one_map_and_two_in_one_file(others):
    assert told(*SAME, *others) == []


def test_maps_without_a_number_in_common_only_share_a_name():
    assert told(entry("car", "45", FORM, 5), entry("car", "40", FUNCTION, 5)) == []
