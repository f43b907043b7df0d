"""Steps that a trigger lists for some states only, and what a routine takes off a balance that another one looks at."""

import pytest

from archlint.pipeline import Options, scan

ALL = Options(jobs=1, cache=False)
TRIGGER = """
create {type};
create table loans (id serial primary key, stage {stage} not null default 'asked'{check});

create function keep_order() returns trigger language plpgsql as $$
begin
  if old.stage = 'asked' and new.stage not in ('lent', 'refused') then raise exception 'no'; end if;
  if old.stage = 'lent' and new.stage <> 'back' then raise exception 'no'; end if;
  if old.stage in ('back', 'refused') then raise exception 'over'; end if;
  return new;
end $$;
create trigger keep_order before update of stage on loans for each row execute function keep_order();
"""
BY_TYPE = TRIGGER.replace("{stage}", "stage").replace("{check}", "")
BY_CHECK = TRIGGER.replace("{type}", "schema if not exists app").replace("{stage}", "text")
FLOW = """
from fastapi import HTTPException
from .db import conn

STEPS = {'asked': ['lent', 'refused'], 'lent': [%s], 'back': [], 'refused': []}


def move(loan: int, stage: str) -> None:
    row = conn.execute('select stage from loans where id = %%s', (loan,)).fetchone()
    if stage not in STEPS[row['stage']]:
        raise HTTPException(409, 'not from here')
    conn.execute('update loans set stage = %%s where id = %%s', (stage, loan))
"""
WORDS = "'asked', 'lent', 'back', 'refused'"


def steps(tree, sql, ends="'back'"):
    report = scan(tree({"db/1.sql": sql, "app/flow.py": FLOW % ends}), ALL)
    return [finding.message for finding in report.findings if finding.code == "AL206"]


@pytest.mark.parametrize(
    "sql",
    [
        BY_TYPE.replace("{type}", f"type stage as enum ({WORDS})"),
        BY_CHECK.replace("{check}", f" check (stage in ({WORDS}))"),
    ],
)
def test_the_words_of_the_column_close_the_list(tree, sql):
    assert steps(tree, sql) == []
    (told,) = steps(tree, sql, "'back', 'asked'")
    assert "lent → asked" in told


def test_a_state_that_only_the_column_names_may_lead_anywhere(tree):
    sql = BY_TYPE.replace("{type}", f"type stage as enum ({WORDS}, 'lost')")
    (told,) = steps(tree, sql)
    assert "lost → " in told


def test_without_the_words_of_the_column_nothing_is_compared(tree):
    assert steps(tree, BY_CHECK.replace("{check}", ""), "'back', 'asked'") == []


TAKING = """
create table purses (id uuid primary key, keeper uuid not null, coins numeric not null default 0);
create function take(purse uuid, sum numeric) returns void language plpgsql security definer as $$
begin
  if (select coins from purses where id = purse) < sum then raise exception 'not enough'; end if;
  update purses set coins = coins - sum where id = purse;
end $$;
create function grab(purse uuid, sum numeric) returns void language plpgsql security definer as $$
begin
  {asked}
  update purses set coins = {value} where id = purse;
end $$;
"""


@pytest.mark.parametrize(
    ("asked", "value", "count"),
    [
        ("", "coins - sum", 1),
        ("if sum > (select coins from purses where id = purse) then raise exception 'no'; end if;", "coins - sum", 0),
        ("", "0", 0),
        ("", "coins - 1", 0),
        ("", "coins + sum", 0),
    ],
)
def test_what_is_taken_off_without_a_look_at_what_is_there(tree, asked, value, count):
    report = scan(tree({"db/1.sql": TAKING.replace("{asked}", asked).replace("{value}", value)}), ALL)
    assert len([finding for finding in report.findings if finding.code == "AL302"]) == count


def test_what_only_some_callers_take_off(tree):
    asked = "if not exists (select 1 from keepers where id = auth.uid()) then raise exception 'keepers only'; end if;"
    sql = TAKING.replace("{asked}", asked).replace("{value}", "coins - sum") + "create table keepers (id uuid);"
    assert not any(finding.code == "AL302" for finding in scan(tree({"db/1.sql": sql}), ALL).findings)
