"""AL202: a fallback that takes the meaning from what is asked afterwards."""

import msgspec
import pytest
from graphs import SERVICE, codes, graph, only, places, span

from archlint.model.expression import Text
from archlint.model.facts import Foregone
from archlint.model.finding import Severity
from archlint.model.graph import Graph


def asked(**more: object) -> Graph:
    common: dict[str, object] = {"name": "reader", "value": Text("somebody"), "fallback": span(2), "text": "reader"}
    question = Foregone(span=span(5), **(common | more))
    return msgspec.structs.replace(graph(), foregone=((SERVICE, question),))


def test_the_label_that_is_never_chosen():
    found = only(asked(never="free"), "AL202")
    assert found.message == (
        'reader falls back to "somebody", so that it always holds something where lend.ts:5 asks: '
        '"free" is never chosen'
    )
    assert places(found) == {(SERVICE, 2): "states", (SERVICE, 5): "asks"}
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize(("refuses", "expected"), [(True, ["AL202"]), (False, [])])
def test_a_guard_that_never_refuses(refuses, expected):
    assert codes(asked(refuses=refuses)) == expected
