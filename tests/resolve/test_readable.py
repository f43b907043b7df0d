"""Normal forms in names that people know."""

from scenes import resolved

SCHEMA = """
create table bids (id bigint primary key, amount int not null, person uuid);
create function check_bid() returns trigger language plpgsql as $$
declare allowed record;
begin
  if new.amount < old.amount then raise exception 'lower'; end if;
  if new.amount > old.amount * 2 then raise exception 'too high'; end if;
  if exists (select 1 from bids where person = new.person and amount > 10) then raise exception 'twice'; end if;
  return new;
end $$;
create trigger check_bid before update on bids for each row execute function check_bid();
"""


def test_a_trigger_tells_what_a_column_was_from_what_it_becomes():
    found = [site for site in resolved({"db/@new/1 bids.sql": SCHEMA}).sites if site.library == "trigger"]
    told = [f"{site.subject} {site.kind.value} {site.normal}" for site in found]
    assert told[:2] == [
        "bids.amount comparison amount >= old amount",
        "bids.amount conditional (new.amount <= (2 * old.amount))",
    ]
    assert not any("|" in site.normal for site in found)


def test_names_of_code_are_told_without_their_file():
    code = """
    export function check(bid: Bid, round: { step: number }) {
      if (bid.amount % round.step !== 0) throw new Error("no step");
    }
    """
    found = resolved({"src/[id]/a b.ts": code}).sites
    assert [site.normal for site in found] == ["((bid.amount % round.step) = 0)"]
