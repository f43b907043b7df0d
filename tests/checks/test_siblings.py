"""AL302: handlers that ask nothing beside handlers that ask for a role."""

import msgspec
import pytest
from graphs import SERVICE, graph, judge, places, table, write
from guarded import extended, guard

from archlint.model.finding import Severity
from archlint.model.source import Layer

TABLES = table("tags"), table("topics"), table("settings")
ASKED = guard(
    "server/api/staff/settings.ts", 4, ("flag(is_staff)",), layer=Layer.SERVICE, before=("POST /api/staff/settings",)
)


def handler(route: str, entity: str, line: int, operation: str = "update", **more: object):
    path = f"server{route.partition(' ')[2]}.ts"
    settings = {"layer": Layer.SERVICE, "client": "service", "entrance": route} | more
    return write(entity, "name", operation=operation, path=path, line=line, **settings)


SETTINGS = handler("POST /api/staff/settings", "settings", 9, "insert")
TAGS = handler("PUT /api/staff/tags", "tags", 12)
TOPICS = handler("DELETE /api/staff/topics", "topics", 15, "delete")


def told(*writes, guards=(ASKED,), floor=0.7):
    knowledge = extended(graph(tables=TABLES, writes=writes), guards=guards)
    return [item for item in judge(knowledge, floor) if item.code == "AL302"]


def test_two_handlers_ask_nobody_where_the_third_asks_for_a_right():
    (found,) = told(SETTINGS, TAGS, TOPICS)
    assert found.subject == "/api/staff"
    assert found.message == (
        "/api/staff: server/api/staff/settings.ts asks for is_staff; DELETE /api/staff/topics and PUT /api/staff/tags "
        "ask nobody and write with the rights of the service (server/api/staff/tags.ts:12)"
    )
    assert places(found) == {
        ("server/api/staff/settings.ts", 4): "guards",
        ("server/api/staff/tags.ts", 12): "bypasses",
        ("server/api/staff/topics.ts", 15): "bypasses",
    }
    assert found.severity is Severity.ERROR


def test_the_page_that_asks_the_same_shows_what_the_handlers_are_for():
    page = guard("middleware/staff.ts", 2, ("flag(is_staff)",), soft=True)
    (found,) = told(SETTINGS, TAGS, guards=(ASKED, page))
    assert places(found)["middleware/staff.ts", 2] == "hides"


@pytest.mark.parametrize(
    "other",
    [
        handler("PUT /api/staff/tags", "tags", 12, client=""),
        handler("PUT /api/staff/tags", "tags", 12, client="anon"),
        handler("PUT /api/staff/tags", "tags", 12, reachable=False),
        handler("PUT /api/public/tags", "tags", 12),
        handler("PUT /api/tags", "tags", 12),
        handler("PUT /api/staff", "tags", 12),
        handler("function tags", "tags", 12),
    ],
)
def test_what_is_not_the_same_part_or_has_not_everybodys_rights(other):
    assert told(SETTINGS, other, floor=0.0) == []


def test_a_part_that_is_about_one_thing_may_be_open_in_parts():
    guarded = guard("server/x.ts", 4, ("role=editor",), layer=Layer.SERVICE, before=("POST /api/tags/new",))
    made = handler("POST /api/tags/new", "tags", 9, "insert")
    seen = handler("POST /api/tags/seen", "tags", 12)
    counted = handler("POST /api/tags/topics", "topics", 15)
    assert told(made, seen, guards=(guarded,), floor=0.0) == []
    assert told(made, seen, counted, guards=(guarded,), floor=0.0) == []


@pytest.mark.parametrize(
    "more",
    [
        guard("server/api/staff/tags.ts", 3, ("authenticated",), layer=Layer.SERVICE, before=("PUT /api/staff/tags",)),
        guard("server/api/staff/tags.ts", 3, ("opaque(x)",), layer=Layer.SERVICE),
        guard("server/middleware/auth.ts", 3, ("authenticated",), layer=Layer.SERVICE),
        guard("src/proxy.ts", 3, ("authenticated",), layer=Layer.SERVICE, soft=True),
    ],
)
def test_any_question_counts_for_the_handler_it_may_stand_before(more):
    assert told(SETTINGS, TAGS, guards=(ASKED, more), floor=0.0) == []


def test_a_sign_in_is_no_role():
    signed = msgspec.structs.replace(ASKED, principals=("authenticated",), clauses=(("authenticated",),))
    assert told(SETTINGS, TAGS, guards=(signed,), floor=0.0) == []
    either = msgspec.structs.replace(ASKED, clauses=(("flag(is_staff)",), ("authenticated",)))
    assert told(SETTINGS, TAGS, guards=(either,), floor=0.0) == []


def test_all_ask():
    assert told(SETTINGS, floor=0.0) == []
    assert SERVICE not in {place.path for item in told(SETTINGS, TAGS) for place in item.places}
