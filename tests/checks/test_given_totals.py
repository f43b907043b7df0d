"""AL301, of computations: a total that the browser sends and a server stores as it comes."""

import pytest
from graphs import FORM, FUNCTION, column, formula, graph, judge, places, table, trigger, write

from archlint.model.expression import Operation, Ref
from archlint.model.finding import Severity

TOTAL = Operation("*", (Ref("nights"), Ref("rate")))
HERE = formula(TOTAL, FORM, 4)
LOANS = table("loans", column("total", "numeric"))


def stores(*given: str, path: str = FUNCTION, entrance: str = "function lend"):
    return write("loans", "total", path=path, line=12, given=given, entrance=entrance, client="service")


def told(*sites, writes, triggers=()):
    knowledge = graph(*sites, tables=(LOANS,), writes=writes, triggers=triggers)
    return [item for item in judge(knowledge) if item.code == "AL301"]


def test_computed_in_the_browser_and_taken_on_trust():
    (found,) = told(HERE, writes=(stores("total"),))
    assert found.message == (
        "loans.total: LoanForm.tsx computes it in the browser, "
        f"and lend/index.ts ({FUNCTION}:12) stores what it is sent"
    )
    assert places(found) == {(FORM, 4): "computes", (FUNCTION, 12): "writes"}
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize(
    "knowledge",
    [
        {"writes": (stores(),)},
        {"writes": (stores("note"),)},
        {"writes": (stores("total", path=FORM),)},
        {"writes": (stores("total", entrance=""),)},
        {"writes": (stores("total"),), "triggers": (trigger("loans"),)},
    ],
)
def test_what_the_server_does_not_take_from_its_caller(knowledge):
    assert told(HERE, **knowledge) == []


def test_a_server_that_computes_it_too_needs_no_word():
    assert told(HERE, formula(TOTAL, FUNCTION, 9), writes=(stores("total"),)) == []


def test_a_counter_is_no_price():
    counter = formula(Operation("+", (Ref("total"), Ref("step"))), FORM, 4)
    assert told(counter, writes=(stores("total"),)) == []
