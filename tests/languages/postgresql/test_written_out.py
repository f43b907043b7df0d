"""Statements that a DO block puts together from texts that stand in it."""

import pytest

from archlint.languages.postgresql import read
from archlint.model.facts import HIDDEN_SECURITY

TABLES = "create table apples (id int);\ncreate table pears (id int);\n"


def facts(body, declared="t text;"):
    return read("1.sql", (TABLES + f"do $$\ndeclare {declared}\nbegin\n{body}\nend $$;").encode())


def changes(found):
    return [(change.action, change.table) for change in found.changes if not change.action.startswith("create table")]


BOTH = [("enable security", "apples"), ("enable security", "pears")]


@pytest.mark.parametrize(
    "loop",
    [
        "foreach t in array array['apples', 'pears'] loop",
        "for t in select unnest(array['apples', 'pears']) loop",
        "for t in select * from (values ('apples'), ('pears')) as v(name) loop",
        "foreach t in array names loop",
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "format('alter table %I enable row level security', t)",
        "format('alter table public.%s enable row level security;', t)",
        "'alter table ' || quote_ident(t) || ' enable row level security'",
        "'alter table ' || t || ' enable row level security'",
        "format($f$alter table %1$I enable row level security$f$, t)",
    ],
)
def test_a_loop_over_texts_is_written_out(loop, text):
    found = facts(f"{loop}\n  execute {text};\nend loop;", "t text; names text[] := array['apples', 'pears'];")
    assert changes(found) == BOTH
    assert found.problems == ()
    assert HIDDEN_SECURITY not in found.hints


def test_what_is_put_together_stands_where_it_is_executed():
    body = (
        "foreach t in array array['apples'] loop\n  execute format('alter table %I add check (id > 0)', t);\nend loop;"
    )
    found = facts(body)
    assert [(item.kind, item.span.line) for item in found.statements] == [("require", 7)]


def test_names_from_the_catalogue_are_not_guessed():
    loop = "for t in select tablename from pg_tables where schemaname = 'public' loop"
    found = facts(f"{loop}\n  execute format('alter table %I enable row level security', t);\nend loop;")
    assert changes(found) == []
    assert [problem.line for problem in found.problems] == [7]
    assert HIDDEN_SECURITY in found.hints


@pytest.mark.parametrize(
    "text",
    [
        "format('drop table %I', other)",
        "'drop table ' || lower(t)",
        "format(template, t)",
        "'drop table ' || t || other",
    ],
)
def test_what_else_is_put_together_stays_unread(text):
    found = facts(f"foreach t in array array['apples'] loop\n  execute {text};\nend loop;")
    assert changes(found) == []
    assert len(found.problems) == 1


def test_a_text_without_holes_is_a_statement():
    found = facts("execute 'alter table apples enable row level security';")
    assert changes(found) == BOTH[:1]
