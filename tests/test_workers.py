"""Work is spread without losing, doubling or reordering any of it away."""

import gc
import os

import pytest

from archlint import languages, workers
from archlint.workers import spread, without_collector


def doubled(items):
    return [item * 2 for item in items]


def deadly(items):
    if 13 in items:
        os._exit(9)
    return [item * 2 for item in items]


def failing(items):
    raise ValueError("a bug")


@pytest.fixture(autouse=True)
def eager(monkeypatch):
    """Start processes even for little work."""
    monkeypatch.setattr(workers, "_useful", lambda jobs, *_: jobs)


def results(work, items, jobs):
    found = {}
    for chunk, answers in spread(work, items, [item + 1 for item in items], jobs):
        for item, answer in zip(chunk, answers or [None] * len(chunk), strict=True):
            assert item not in found
            found[item] = answer
    return found


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_every_item_is_done_once(jobs):
    assert results(doubled, list(range(100)), jobs) == {item: item * 2 for item in range(100)}


def test_no_items_need_no_process():
    assert results(doubled, [], 2) == {}


def test_an_item_that_kills_its_process_costs_only_itself():
    found = results(deadly, list(range(40)), 2)
    assert found == {item: None if item == 13 else item * 2 for item in range(40)}


def test_a_bug_in_the_work_is_not_hidden():
    with pytest.raises(ValueError, match="a bug"):
        results(failing, list(range(10)), 2)


def test_the_collector_rests_while_facts_are_made_and_works_again_after_an_error():
    with pytest.raises(ValueError, match="a bug"), without_collector():
        assert not gc.isenabled()
        failing([])
    assert gc.isenabled()


def test_who_had_no_collector_has_none_afterwards():
    gc.disable()
    try:
        with without_collector():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_reading_leaves_nothing_behind_that_only_the_collector_could_free():
    source = b"export function f(a: number) { if (a > 3) throw new Error('no'); return [a].map((b) => b + 1) }"
    languages.read("typescript", "a.ts", source)
    gc.collect()
    with without_collector():
        languages.read("typescript", "b.ts", source)
        assert gc.collect() == 0
