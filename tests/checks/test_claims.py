"""AL201: one right that is looked up in different parts of the token."""

import msgspec
import pytest
from graphs import FORM, SERVICE, SQL, codes, graph, only, places, span

from archlint.model.graph import Claim, Graph
from archlint.model.schema import Routine
from archlint.model.source import Layer

POLICY = Claim(SQL, span(4), Layer.POLICY, "staff read", ("app_metadata", "is_staff"))
ROUTINE = Claim(SQL, span(9), Layer.TRIGGER, "is_staff", ("is_staff",))
SCREEN = Claim(FORM, span(2), Layer.FRONTEND, "Menu", ("user_metadata", "is_staff"))


def known(*claims: Claim) -> Graph:
    return msgspec.structs.replace(graph(), claims=claims)


def test_a_policy_and_a_routine_that_look_in_different_parts():
    found = only(known(POLICY, ROUTINE), "AL201")
    assert found.message == (
        "is_staff of the caller is looked up in 2 parts of the token: "
        "at its root by the routine is_staff and in app_metadata by the policy “staff read”"
    )
    assert places(found) == {(SQL, 9): "reads is_staff", (SQL, 4): "reads app_metadata.is_staff"}


@pytest.mark.parametrize(
    "claims",
    [
        (POLICY, msgspec.structs.replace(POLICY, span=span(6))),
        (POLICY, msgspec.structs.replace(ROUTINE, claim=("is_owner",))),
        # Who looks in both knows of both.
        (POLICY, msgspec.structs.replace(POLICY, claim=("is_staff",))),
        # Screens alone decide nothing.
        (SCREEN, msgspec.structs.replace(SCREEN, span=span(8), claim=("is_staff",))),
    ],
)
def test_what_agrees(claims):
    assert codes(known(*claims)) == []


def test_a_hook_copies_from_one_part_to_another():
    hook = Routine(name="access_token_hook", signature=("jsonb",), path=SQL, span=span(20), scope=1, returns="jsonb")
    knowledge = known(POLICY, ROUTINE)
    assert (
        codes(msgspec.structs.replace(knowledge, schema=msgspec.structs.replace(knowledge.schema, routines=(hook,))))
        == []
    )
    assert codes(known(POLICY, msgspec.structs.replace(SCREEN, path=SERVICE, layer=Layer.SERVICE))) == ["AL201"]
