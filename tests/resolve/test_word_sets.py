"""Sets of words that code picks by, however the condition spells them."""

import pytest
from scenes import sites

SQL = "create table stays (id bigint, state text, until timestamptz);"
READ = "const { data: stay } = await supabase.from('stays').select('state, until').eq('id', id).single()"


def picked(condition):
    code = f'export async function open(id: string) {{ {READ}\n  if (!({condition})) throw new Error("no") }}'
    return [line for line in sites({"1.sql": SQL, "a.ts": code}) if " words " in line]


@pytest.mark.parametrize(
    "condition",
    [
        "['booked', 'paid', 'here'].includes(stay.state)",
        "['booked', 'paid'].includes(stay.state) || (stay.state === 'here' && !stay.until)",
        "(stay.state === 'here' && !stay.until) || ['booked', 'paid'].includes(stay.state)",
    ],
)
def test_a_word_under_a_further_condition_belongs_to_the_set(condition):
    assert picked(condition) == ["stays.state words value in {booked, here, paid} [booked here paid]"]


@pytest.mark.parametrize(
    "other",
    ["stay.until === 'here'", "!stay.until", "stay.state !== 'here'", "(stay.state === 'x' && stay.until === 'y')"],
)
def test_what_speaks_of_something_else_adds_no_word(other):
    assert picked(f"['booked', 'paid'].includes(stay.state) || {other}") == [
        "stays.state words value in {booked, paid} [booked paid]"
    ]


def test_the_body_of_a_trigger_says_it_alike():
    sql = f"""{SQL}
    create function mark() returns trigger language plpgsql as $$
    declare inside boolean;
    begin
      inside := new.state in ('booked', 'paid') or (new.state = 'here' and new.until is null);
      if inside then update rooms set taken = true where id = new.id; end if;
      return new;
    end $$;
    create trigger marks after update on stays for each row execute function mark();
    """
    assert "stays.state words value in {booked, here, paid} [booked here paid]" in sites({"1.sql": sql}, "1.sql")
