"""Who may, read from policies and routines: atoms, what they stand before, and the columns that decide."""

import pytest

from archlint import catalog
from archlint.languages.postgresql import read
from archlint.model.rule import Kind, Subject
from archlint.model.source import Layer
from archlint.resolve import resolve

TABLES = """
create table staff (club_id uuid, user_id uuid, role text, active boolean);
create table events (id uuid, club_id uuid, organiser uuid, title text);
alter table events enable row level security;
"""
HELPERS = """
create function is_coach() returns boolean language sql stable security definer as $$
  select exists (select 1 from staff where user_id = auth.uid() and role = 'coach');
$$;
create function my_club() returns uuid language sql stable security definer as $$
  select club_id from staff where user_id = auth.uid();
$$;
"""


def resolved(*texts):
    files = {}
    for number, text in enumerate(texts):
        path = f"migrations/{number}.sql"
        files[path] = read(path, text.encode())
    return resolve(files, catalog.build(files), dict.fromkeys(files, Layer.DATABASE), lambda importer, module: None)


def policy(condition, command="delete"):
    found = resolved(TABLES + HELPERS + f"create policy p on events for {command} using ({condition});")
    return next(guard for guard in found.access_guards if guard.source == "policy")


@pytest.mark.parametrize(
    ("condition", "clauses"),
    [
        ("true", ((),)),
        ("organiser = auth.uid()", (("owner(organiser)",),)),
        ("auth.uid() is not null", (("authenticated",),)),
        ("auth.role() = 'authenticated'", (("authenticated",),)),
        (
            "exists (select 1 from staff s where s.club_id = events.club_id and s.user_id = auth.uid())",
            (("member(staff)",),),
        ),
        ("exists (select 1 from staff s where s.user_id = auth.uid() and s.role = 'coach')", (("role=coach",),)),
        ("is_coach()", (("role=coach",),)),
        ("organiser = auth.uid() or is_coach()", (("owner(organiser)",), ("role=coach",))),
        ("club_id = my_club()", (("member(staff)",),)),
        ("club_id in (select club_id from staff where user_id = auth.uid())", (("member(staff)",),)),
        ("club_id = my_club() and is_coach()", (("member(staff)", "role=coach"),)),
    ],
)  # fmt: skip
def test_clauses(condition, clauses):
    assert policy(condition).clauses == clauses


def test_a_subquery_with_another_condition_is_no_plain_membership():
    found = policy("exists (select 1 from staff s where s.user_id = auth.uid() and s.active)")
    assert found.clauses != (("member(staff)",),)
    assert not any(atom.startswith("member(") for atom in found.principals)


def test_both_conditions_of_a_policy_must_hold():
    text = "create policy p on events for update using (is_coach()) with check (organiser = auth.uid());"
    guard = next(item for item in resolved(TABLES + HELPERS + text).access_guards if item.source == "policy")
    assert guard.clauses == (("owner(organiser)", "role=coach"),)
    assert guard.guards == ("events:update",)


@pytest.mark.parametrize(
    ("condition", "decided"),
    [
        ("is_coach()", (Subject("staff", "role"),)),
        (
            "exists (select 1 from staff s where s.user_id = auth.uid() and s.role in ('coach', 'head'))",
            (Subject("staff", "role"),),
        ),
        ("exists (select 1 from staff s where s.user_id = auth.uid() and s.active)", (Subject("staff", "active"),)),
        ("(select role from staff where user_id = auth.uid()) = 'coach'", (Subject("staff", "role"),)),
        ("organiser = auth.uid() and title = 'x'", ()),
        ("club_id = my_club()", ()),
        ("exists (select 1 from staff s where s.club_id = events.club_id and s.role = 'coach')", ()),
    ],
)  # fmt: skip
def test_the_columns_about_the_caller_that_decide(condition, decided):
    assert policy(condition).decided == decided


def test_a_guard_of_a_routine_stands_before_the_routine_and_what_calls_it():
    found = resolved(
        TABLES
        + HELPERS
        + """
        create function must_coach() returns void language plpgsql as $$
        begin
          if not is_coach() then raise exception 'coaches only'; end if;
        end; $$;
        create function cancel(p_id uuid) returns void language plpgsql security definer as $$
        begin
          perform must_coach();
          delete from events where id = p_id;
        end; $$;
        """
    )
    guard = next(item for item in found.access_guards if item.symbol == "must_coach")
    assert guard.clauses == (("role=coach",),)
    assert "rpc must_coach" in guard.guards
    assert "rpc cancel" in guard.guards


def test_the_question_that_a_replaced_body_asked():
    body = """
    create or replace function cancel(p_id uuid) returns void language plpgsql security definer as $$
    begin {guard} delete from events where id = p_id; end; $$;
    """
    asked = body.format(guard="if not is_coach() then raise exception 'no'; end if;")
    lost = resolved(TABLES + HELPERS + asked, body.format(guard="")).lost
    assert [(site.subject.entity, site.normal) for site in lost if site.kind is Kind.AUTHORIZATION] == [
        ("cancel", "role=coach")
    ]
    assert resolved(TABLES + HELPERS + asked).lost == ()
