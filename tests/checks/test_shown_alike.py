"""AL101: for which word of a row others see it, said by policies and by routines."""

import msgspec
import pytest
from graphs import SQL, codes, graph, only, places, span, table, word

from archlint.model.expression import Call, Expression, Operation, Ref, Text
from archlint.model.graph import Graph
from archlint.model.schema import Policy, Routine
from archlint.model.source import Layer, Span

OWN = Operation("=", (Call("current user", ()), Ref("table:loans", ("reader",))))
OPEN = Operation("=", (Ref("table:loans", ("state",)), Text("open")))


def shown(*conditions: Expression, returns: str = "setof loans", use: str = "filters") -> Graph:
    """Policies with these conditions from line 1 on, and a routine in lines 20 to 30 that looks for open loans."""
    policies = tuple(
        Policy(name=f"policy {line}", table="loans", path=SQL, span=span(line), command="select", using=condition)
        for line, condition in enumerate(conditions, 1)
    )
    routine = Routine(name="find", signature=(), path=SQL, span=Span(20, 1, 30, 1), scope=1, returns=returns)
    looking = word("open", use, SQL, 25, layer=Layer.TRIGGER)
    known = graph(tables=(table("loans"),), words=(looking,))
    return msgspec.structs.replace(
        known, schema=msgspec.structs.replace(known.schema, policies=policies, routines=(routine,))
    )


def test_two_policies_and_a_routine_that_returns_rows():
    found = only(shown(OPEN, Operation("or", (OPEN, OWN))), "AL101")
    assert found.message == (
        'loans.state: that others see a row where it is "open" is stated in 3 places: '
        "the policy “policy 1”, the policy “policy 2” and the routine find"
    )
    assert places(found) == {(SQL, 1): "states", (SQL, 2): "states", (SQL, 25): "states"}


@pytest.mark.parametrize(
    "knowledge",
    [
        shown(OPEN),
        shown(OPEN, OWN),
        shown(OPEN, Operation("and", (OPEN, OWN))),
        shown(OPEN, OPEN, returns="bigint"),
        shown(OPEN, OPEN, use="writes"),
    ],
)
def test_what_is_said_too_seldom_or_for_something_else(knowledge):
    assert "AL101" not in codes(knowledge)
