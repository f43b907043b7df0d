"""A search for a row with the same value before writing one is a rule of uniqueness, with all that the search asks."""

import pytest

from archlint.model.rule import Kind
from archlint.pipeline import Options, scan

SQL = """
create table addresses (
  id bigint generated always as identity primary key,
  email text not null,
  club bigint not null,
  verified boolean not null default false
);
create unique index addresses_verified on addresses (email) where (verified is true);

create function refuse_taken() returns trigger language plpgsql as $$
begin
  if exists (select 1 from addresses where email = new.email{condition}) then
    raise exception 'taken';
  end if;
  return new;
end;
$$;
create trigger refuse_taken before insert on addresses for each row execute function refuse_taken();
"""


def relation(tree, condition):
    report = scan(tree({"db/1.sql": SQL.replace("{condition}", condition)}), Options(jobs=1, cache=False))
    return next(
        (rule.relation, len(rule.sites))
        for rule in report.rules
        if rule.kind is Kind.UNIQUE and str(rule.subject) == "addresses.email"
    )


@pytest.mark.parametrize("condition", [" and verified is true", " and verified is true and id <> new.id"])
def test_a_search_for_what_the_index_holds_apart(tree, condition):
    assert relation(tree, condition) == ("equal", 2)


def test_a_search_among_all_rows_refuses_more_than_the_index(tree):
    assert relation(tree, "") == ("drifted", 2)


def test_a_search_that_asks_for_something_else_is_not_compared(tree):
    assert relation(tree, " and new.club > 3") == ("unknown", 2)
