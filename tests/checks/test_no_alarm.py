"""Code that looks like a broken rule and is none; each case beside one that is broken."""

import pytest

from archlint.pipeline import Options, scan

SHOWN = Options(jobs=1, cache=False)

CASES = {
    "a text that the column cannot hold is no fallback of it": (
        "AL209",
        {
            "1.sql": """
create table boats (id bigint primary key, kind text default 'canoe' check (kind in ('canoe', 'yacht')));
""",
            "api/kinds.ts": """
export async function kindOf(id: number) {
  const { data } = await supabase.from("boats").select("kind").eq("id", id).single();
  return data?.kind ?? "%s";
}
""",
        },
        "every",
        "yacht",
    ),
    "what people read where there is no flag is no flag": (
        "AL209",
        {
            "1.sql": "create table boats (id bigint primary key, flag text default 'GB');",
            "api/flags.ts": """
export async function flagOf(id: number) {
  const { data } = await supabase.from("boats").select("flag").eq("id", id).single();
  return data?.flag ?? "%s";
}
""",
        },
        "No flag",
        "NL",
    ),
    "a value for each state is not one parameter in several versions": (
        "AL209",
        {
            "1.sql": """
create table boats (id bigint primary key, state text not null, chance int default 5);
create function chances() returns trigger language plpgsql as $$
begin
  case new.state
    when 'seen' then new.chance = coalesce(new.chance, %s);
    when 'tried' then new.chance = coalesce(new.chance, 40);
    when 'sold' then new.chance = coalesce(new.chance, 90);
    else null;
  end case;
  return new;
end $$;
create trigger chances before update on boats for each row execute function chances();
""",
            "2.sql": """
create function reset() returns trigger language plpgsql as $$
begin
  new.chance = coalesce(new.chance, %s);
  return new;
end $$;
create trigger reset before insert on boats for each row execute function reset();
""",
        },
        "5",
        "15",
    ),
    "that nothing in a list is as wanted is no missing value": (
        "AL209",
        {
            "1.sql": "create table boats (id bigint primary key, stage text default 'hull');",
            "api/stages.ts": """
const STAGES = ["hull", "mast", "sail"];
export async function next(id: number, done: string[], stage?: string) {
  await supabase.from("boats").update({ stage: %s ?? "afloat" }).eq("id", id);
}
""",
        },
        "STAGES.find((item) => !done.includes(item))",
        "stage",
    ),
    "the room of a column is no limit": (
        "AL201",
        {
            "1.sql": "create table boats (id bigint primary key, berth varchar(%s) not null);",
            "api/boats.ts": """
import { z } from "zod";
const boat = z.object({ berth: z.string().max(20) });
export async function POST(request: Request) {
  const { berth } = boat.parse(await request.json());
  await supabase.from("boats").insert({ berth });
}
""",
        },
        "255",
        "40",
    ),
    "what was taken out of an object is not written with the rest": (
        "AL210",
        {
            "1.sql": "create table shops (id text primary key, colour text, size int);",
            "api/shops.ts": """
import { z } from "zod";
const shop = z.object({ title: z.string(), colour: z.string(), size: z.number() });
export async function POST(request: Request) {
  const input = shop.parse(await request.json());
  const { %s, ...rest } = input;
  await supabase.from("shops").upsert({ id: "1", ...rest });
}
""",
        },
        "title: _title",
        "size: _size",
    ),
    "a document of a column is no row of another table": (
        "AL210",
        {
            "schema.prisma": """
datasource db { provider = "postgresql" }
model Run {
  id     String @id @default(uuid())
  result Json
}
""",
            "api/runs.ts": """
import { PrismaClient } from "@prisma/client";
const prisma = new PrismaClient();
export async function start(id: string) {
  await prisma.run.create({ data: { id, %s } });
}
""",
        },
        "result: { total: 1, done: true }",
        "",
    ),
    "who hires others lets them in to what is the employer's": (
        "AL304",
        {
            "1.sql": """
create table crews (
  id bigint generated always as identity primary key, captain uuid not null, sailor uuid, state text not null
);
create table logs (id bigint generated always as identity primary key, captain uuid not null, entry text);
alter table crews enable row level security;
alter table logs enable row level security;
create policy "captains keep their crew" on crews for all to authenticated
  using (%s = auth.uid()) with check (%s = auth.uid());
create policy "the crew reads the log" on logs for select to authenticated using (exists (
  select 1 from crews where crews.sailor = auth.uid() and crews.captain = logs.captain and crews.state = 'hired'
));
""",
        },
        "captain",
        "sailor",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_looks_broken_and_what_is(name, tree):
    code, files, kept, broken = CASES[name]
    for value, expected in ((kept, False), (broken, True)):
        root = tree({path: text.replace("%s", value) for path, text in files.items()})
        found = [finding.message for finding in scan(root, SHOWN).findings if finding.code == code]
        assert bool(found) is expected, (value, found)
