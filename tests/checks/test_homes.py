"""AL503: SQL in screens."""

from graphs import FORM, SERVICE, codes, graph, only, places
from guarded import extended, query

from archlint.model.source import Layer


def test_a_screen_that_speaks_sql():
    found = only(extended(graph(), sql=(query(FORM, Layer.FRONTEND), query(FORM, Layer.FRONTEND, line=9))), "AL503")
    assert places(found) == {(FORM, 4): "speaks SQL", (FORM, 9): "speaks SQL"}
    assert "2 queries" in found.message


def test_a_server_is_the_home_of_sql():
    assert codes(extended(graph(), sql=(query(SERVICE, Layer.SERVICE), query("f.ts", Layer.FUNCTION)))) == []
