"""Numbers of rules: what is counted once, what is left to policies, and a place for each that was counted."""

from archlint.advisor import evidence_of, load
from archlint.advisor.evidence import blind_spots

CATALOGUE = load()
# Two rules of one line; a policy that asks for more than the caller; a table that another file must have created.
SCHEMA = """create table parcels (
  id uuid primary key, sender uuid not null, weight int check (weight > 0), height int check (height < 300), depot uuid
);
create table depots (id uuid primary key, town uuid, room int check (room >= 10), built int check (built > 1900));
create table towns (id uuid primary key, keeper uuid, people int check (people > 0));
alter table carriers add column note text;
alter table parcels enable row level security;
create policy own on parcels for all using (sender = auth.uid());
create policy kept on parcels for select using (
  depot in (select d.id from depots d join towns t on d.town = t.id where t.keeper = auth.uid())
);
"""
HEAD = """import { createClient } from 'npm:@supabase/supabase-js@2';
const client = createClient('u', Deno.env.get('SUPABASE_SERVICE_ROLE_KEY'));
Deno.serve(async (request) => {
"""
SEND = (
    HEAD
    + """  const { parcel_id, weight } = await request.json();
  if (!parcel_id) return new Response('which one?', { status: 400 });
  const { data: { user } } = await client.auth.getUser(request.headers.get('Authorization'));
  const { data: person } = await client.from('people').select('role').eq('id', user.id).single();
  if (person.role !== 'clerk') return new Response('no', { status: 403 });
  if (weight <= 0) return new Response('weigh it again', { status: 400 });
  await client.from('parcels').update({ weight }).eq('id', parcel_id);
  await client.from('parcel_logs').insert({ note: 'weighed' });
  return new Response('ok');
});
"""
)
FILES = {"supabase/migrations/001.sql": SCHEMA, "supabase/functions/send/index.ts": SEND}


def test_each_rule_that_is_counted_has_its_place_even_where_two_share_a_line(seen):
    found = evidence_of(seen(FILES), CATALOGUE)
    lines = [f"supabase/migrations/001.sql:{line}" for line in (2, 4, 4, 5)]
    # Weight is stated in the function too, which is the place shown for it.
    assert found["J3"].places == ("supabase/functions/send/index.ts:9", *lines)
    assert dict(found["J3"].numbers) == {"facts": 5, "processes": 0} and found["J3"].total == 5
    item = found["J6"]
    assert dict(item.numbers) == {"database rules": 5, "policies": 2, "service rules": 1, "service guards": 1}
    assert item.total == 9
    assert item.places[:2] == ("supabase/functions/send/index.ts:8", "supabase/functions/send/index.ts:9")


def test_what_a_policy_asks_and_which_row_is_meant_decide_nothing(seen):
    item = evidence_of(seen(FILES), CATALOGUE)["A2"]
    # Neither the depot of the second policy nor the missing id of the function.
    assert dict(item.numbers) == {"rules": 5, "sharing a table": 4} and item.total == 5
    assert "bound 5" in item.says


def test_records_count_where_only_code_knows_their_table(seen):
    item = evidence_of(seen(FILES), CATALOGUE)["D1"]
    assert item.places == ("supabase/functions/send/index.ts:11",)


def test_tables_that_no_file_creates_are_counted(seen):
    texts = [spot.text for spot in blind_spots(seen(FILES), {})]
    # One is altered and one is written; that others may have more columns than their files say does not count.
    assert "2 tables that are written or altered but created nowhere in the repository" in texts


def test_no_table_is_missing_where_files_create_them_all(seen):
    texts = [spot.text for spot in blind_spots(seen({"migrations/001.sql": SCHEMA.replace("carriers", "towns")}), {})]
    assert not any("created nowhere" in text for text in texts)


CENTS = (
    HEAD
    + """  const { id, weight, fee } = await request.json();
  const grams = Math.round(weight * 1000);
  const charge = fee * 3 + weight;
  await client.from('parcels').update({ weight: grams, charge }).eq('id', id);
  return new Response('ok');
});
"""
)


def test_the_same_value_in_another_unit_decides_nothing(seen):
    item = evidence_of(seen({**FILES, "supabase/functions/weigh/index.ts": CENTS}), CATALOGUE)["A2"]
    assert "formula 1" in item.says
    assert any(place == "supabase/functions/weigh/index.ts:6" for place in item.places)


def test_a_value_that_is_set_where_none_is_given_checks_nothing(seen):
    files = {"migrations/001.sql": "create table bins (id uuid primary key, size int not null default 3);\n"}
    assert dict(evidence_of(seen(files), CATALOGUE)["A8"].numbers) == {"database": 2}


def test_systems_are_known_by_the_packages_of_applications_for_phones(seen):
    page = "import 'package:google_maps_flutter/google_maps_flutter.dart';\nclass Page { int zoom() { return 3; } }\n"
    item = evidence_of(seen({"pubspec.yaml": "name: app\n", "lib/page.dart": page}), CATALOGUE)["C1"]
    assert dict(item.numbers) == {"systems": 1} and "google maps" in item.says
    assert item.places == ("lib/page.dart:1",)


def test_a_total_of_other_things_is_no_money(seen):
    files = {
        "migrations/001.sql": "create table guides (id uuid, total_reviews int, total_cents int, total int, fee int,\n"
        "  total_price numeric(9, 2), hit_rate int, tax_rate numeric);\n"
    }
    item = evidence_of(seen(files), CATALOGUE)["D9"]
    # Cents, the total alone, the fee, the price and the tax.
    assert dict(item.numbers) == {"payment systems": 0, "columns": 5}
