"""The ends of a range have the same texts, however the range is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archlint.algebra import describe, ends
from archlint.model.predicate import Interval, Numbers, Predicate, Words

NUMBERS = st.integers(-1000, 1000)


def said(low=None, high=None, low_open=False, high_open=False, step=None, unit=""):
    return Predicate(Numbers((Interval(low, high, low_open, high_open),), step, unit))


@given(NUMBERS, st.integers(1, 1000), st.booleans(), st.booleans(), st.sampled_from([None, "1", "5"]))
def test_one_condition_has_the_ends_of_two(low, more, low_open, high_open, step):
    first, last = str(low), str(low + more)
    whole = ends(said(first, last, low_open, high_open, step))
    lower, upper = ends(said(low=first, low_open=low_open)), ends(said(high=last, high_open=high_open))
    steps = ends(said(step=step)) if step else {}
    assert whole == {**lower, **upper, **steps}
    assert set(whole) == {"low", "high"} | ({"step"} if step else set())


@pytest.mark.parametrize(
    "predicate",
    [
        Predicate(Words(("draft", "paid"))),
        Predicate(Numbers((Interval("1", "3"), Interval("7", None)))),
        Predicate(Numbers(())),
        said(),
    ],
)
def test_what_is_no_single_range_stays_whole(predicate):
    assert ends(predicate) == {"whole": describe(predicate)}


def test_the_aspect_and_the_unit_are_part_of_what_is_said():
    assert ends(said("3", "200"), "length") == {"low": "length >= 3", "high": "length <= 200"}
    assert ends(said("60", "86400", unit="seconds")) != ends(said("60", "86400"))
