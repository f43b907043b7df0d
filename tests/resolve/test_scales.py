"""What is written in another unit, or computed from what was asked for."""

import pytest
from scenes import sites

from archlint import catalog
from archlint.languages.postgresql import read
from archlint.model.rule import Kind
from archlint.model.source import Layer
from archlint.resolve import resolve

TEXT = """
create table gifts (id bigint, amount integer, fee numeric);
create function give(p_amount integer) returns void language plpgsql as $$
begin
  if p_amount > 6 then raise exception 'too much'; end if;
  insert into gifts (fee) values (%s);
end; $$;
"""


def limit(written):
    files = {"1.sql": read("1.sql", (TEXT % written).encode())}
    found = resolve(files, catalog.build(files), {"1.sql": Layer.DATABASE}, lambda importer, module: None)
    return next(
        (site.normal, site.confidence)
        for site in found.sites
        if site.kind is Kind.BOUND and str(site.subject) == "gifts.fee"
    )


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("p_amount * 100", "value <= 600"),
        ("p_amount / 1000.0", "value <= 0.006"),
        ("p_amount * -1", "value >= -6"),
        ("p_amount", "value <= 6"),
    ],
)
def test_a_limit_follows_its_value_into_another_unit(written, normal):
    told, confidence = limit(written)
    assert told == normal
    assert confidence > 0.9


@pytest.mark.parametrize("written", ["p_amount * 0.035", "p_amount * 3", "(p_amount + 2) * 1.19"])
def test_a_limit_of_the_amount_is_hardly_one_of_the_fee(written):
    assert limit(written)[1] < 0.7


def test_what_is_computed_from_a_fallback_and_stored_again_is_no_other_fallback():
    files = {
        "1.sql": "create table attacks (id bigint, armour integer);",
        "a.ts": """
        export async function shield(id: number) {
          const { data: attack } = await supabase.from("attacks").select("armour").eq("id", id).single();
          const raised = (attack.armour ?? 10) + 5;
          await supabase.from("attacks").update({ armour: raised }).eq("id", id);
        }
        """,
    }
    assert [line for line in sites(files) if " default " in line] == ["attacks.armour default 10"]


def test_what_half_a_number_is_kept_above_limits_no_whole_one():
    files = {
        "1.sql": "create table heroes (id bigint, level integer);",
        "a.ts": """
        export async function rest(id: number) {
          const { data: hero } = await supabase.from("heroes").select("level").eq("id", id).single();
          return Math.max(1, Math.floor(hero.level / 2));
        }
        """,
    }
    assert [line for line in sites(files) if " bound " in line] == []
