"""AL902: what was not read is said."""

from graphs import SQL, graph, judge, only, places
from guarded import LATER, extended

from archlint.model.finding import Severity
from archlint.model.source import Problem


def test_one_finding_for_each_reason():
    problems = (Problem(SQL, 3, "syntax error"), Problem(LATER, 8, "syntax error"), Problem(SQL, 1, "too large: 9 MB"))
    found = judge(extended(graph(), problems=problems))
    assert {(item.code, item.severity, len(item.places)) for item in found} == {
        ("AL902", Severity.INFO, 1),
        ("AL902", Severity.INFO, 2),
    }
    assert sorted(item.message for item in found) == ["2 files: syntax error", f"{SQL}: too large: 9 MB"]


def test_the_place():
    assert places(only(extended(graph(), problems=(Problem(SQL, 3, "x"),)), "AL902")) == {(SQL, 3): "unread"}


def test_everything_was_read():
    assert judge(graph()) == []
