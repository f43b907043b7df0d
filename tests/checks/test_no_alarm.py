"""Code that looks like a broken rule and is none; each case beside one that is broken."""

import shutil

import pytest

from archlint.pipeline import Options, scan

SHOWN = Options(jobs=1, cache=False)

SERVER = """
import { createClient } from "@supabase/supabase-js";
const supabase = createClient(process.env.SUPABASE_URL!, process.env.SUPABASE_SERVICE_ROLE_KEY!);
"""
LOOK = """
export async function load() {
  const { data } = await supabase.from("crews").select("rank");
  return data.map((row) => lookOf(row.rank));
}
const lookOf = (rank: string) => rank === "captain" ? "destructive" : rank === "mate" ? "%s" : "default";
"""

TIDE = """
export function Tide() {
  const [rise, setRise] = useState(0);
  const save = () => supabase.from("tides").insert({ rise });
  const change = (event) => setRise(+event.target.value);
  return <form onSubmit={save}><input type="number" value={rise} onChange={change} %s /></form>;
}
"""

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
    "that none may hang on what goes says nothing about how many may be added": (
        "AL302",
        {
            "1.sql": """
create table moorings (id bigint generated always as identity primary key, pier bigint not null, boat text not null);
""",
            "api/moorings.ts": SERVER
            + """
export async function POST(request: Request) {
  const { pier, boat } = await request.json();
  await supabase.from("moorings").insert({ pier, boat });
}
async function move(pier: number, boat: string) {
  await supabase.from("moorings").insert({ pier, boat });
}
export async function PUT(request: Request) {
  const { pier, boat } = await request.json();
  const { count } = await supabase.from("moorings").select("*", { count: "exact", head: true }).eq("pier", pier);
  if ((count ?? 0) > 0) throw new Error("boats are lying here");
  await %s;
}
""",
        },
        "move(pier, boat)",
        'supabase.from("moorings").insert({ pier, boat })',
    ),
    "whose row it is limits nothing that is written into others": (
        "AL302",
        {
            "1.sql": """
create table stays (id bigint generated always as identity primary key, pier bigint not null, boat text not null);
create table orders (id bigint generated always as identity primary key, pier bigint not null, mark text not null);
""",
            "api/stays.ts": SERVER
            + """
export async function POST(request: Request) {
  const { pier, boat } = await request.json();
  await supabase.from("stays").insert({ pier, boat });
}
export async function PUT(request: Request) {
  const { mark, pier, boat } = await request.json();
  const { data: known } = await supabase.from("orders").select("*").eq("mark", mark).single();
  if (%s) throw new Error("this mark belongs to another order");
  await supabase.from("stays").insert({ pier, boat });
}
""",
        },
        "known.pier !== pier",
        "boat.length > 12",
    ),
    "a key is there or it is not": (
        "AL302",
        {
            "1.sql": """
create table moorings (id bigint generated always as identity primary key, pier text not null);
""",
            "api/moorings.ts": SERVER
            + """
import { z } from "zod";
const wanted = z.object({ pier: z.string()%s });
export async function POST(request: Request) {
  const { pier } = wanted.parse(await request.json());
  await supabase.from("moorings").insert({ pier });
}
export async function PUT(request: Request) {
  const { pier } = await request.json();
  await supabase.from("moorings").insert({ pier });
}
""",
        },
        ".uuid()",
        ".max(12)",
    ),
    "a column that was made anew has rules of its own": (
        "AL305",
        {
            "1.sql": "create table piers (id bigint primary key, code text, constraint piers_code_key unique (code));",
            "2.sql": "alter table piers drop constraint piers_code_key; %s",
            "3.sql": "alter table piers add column if not exists code text;",
        },
        "alter table piers drop column code;",
        "",
    ),
    "what trusted code puts in the place of a missing value arrives": (
        "AL207",
        {
            "1.sql": "create table piers (id bigint generated always as identity primary key, kind text not null);",
            "api/piers.ts": SERVER
            + """
import { z } from "zod";
const wanted = z.object({ kind: z.string().optional() });
export async function POST(request: Request) {
  await add(wanted.parse(await request.json()));
}
async function add({ kind%s }: { kind?: string }) {
  await supabase.from("piers").insert({ kind });
}
""",
        },
        ' = "wood"',
        "",
    ),
    "that it is a number says nothing about the one left out": (
        "AL201",
        {
            "1.sql": "create table tides (id bigint generated always as identity primary key, rise numeric not null);",
            "api/tides.ts": SERVER
            + """
import { z } from "zod";
const wanted = z.object({ rise: z.number()%s });
export async function POST(request: Request) {
  const { rise } = wanted.parse(await request.json());
  await supabase.from("tides").insert({ rise });
}
""",
            "api/rises.ts": SERVER
            + """
export async function add(rise: number) {
  if (rise === 0) throw new Error("nothing moves");
  await supabase.from("tides").insert({ rise });
}
""",
        },
        ".int()",
        ".min(0)",
    ),
    "how a badge looks is up to each screen": (
        "AL201",
        {
            "1.sql": "create table crews (id bigint generated always as identity primary key, rank text not null);",
            "src/List.tsx": LOOK.replace("%s", "outline"),
            "src/Card.tsx": LOOK,
        },
        "secondary",
        "hired",
    ),
    "the beginning of a longer text is no length": (
        "AL201",
        {
            "1.sql": """
create table piers (
  id bigint generated always as identity primary key, code text not null check (length(code) <= 50)
);
""",
            "api/piers.ts": SERVER
            + """
export async function POST(request: Request) {
  const { name } = await request.json();
  await supabase.from("piers").insert({ code: codeOf(name) });
}
function codeOf(name: string) {
  let code = name.slice(0, 50);
  while (taken(code)) code = %s;
  return code;
}
""",
        },
        "`${name.slice(0, 40)}-${Math.random()}`",
        "name.slice(0, 40)",
    ),
    "no text is shorter than none": (
        "AL201",
        {
            "1.sql": "create table piers (id bigint generated always as identity primary key, code text not null);",
            "api/piers.ts": SERVER
            + """
import { z } from "zod";
const wanted = z.object({ code: z.string().min(%s).max(50) });
export async function POST(request: Request) {
  const { code } = wanted.parse(await request.json());
  await supabase.from("piers").insert({ code });
}
""",
            "api/codes.ts": SERVER
            + """
export async function add(code: string) {
  if (code.length < 4) throw new Error("too short");
  await supabase.from("piers").insert({ code });
}
""",
        },
        "0",
        "2",
    ),
    "a limit of numbers is not about texts": (
        "AL301",
        {
            "1.sql": """
create table piers (id bigint generated always as identity primary key, note %s);
""",
            "src/Pier.tsx": """
export function Pier() {
  const [note, setNote] = useState(0);
  const save = async () => {
    if (note < 3) return alert("too few");
    await supabase.from("piers").insert({ note });
  };
  return <button onClick={save} />;
}
""",
        },
        "text",
        "integer",
    ),
    "the names of an enum in code are not its words": (
        "AL204",
        {
            "1.sql": """
create table crews (id bigint generated always as identity primary key, rank text check (rank in ('mate', 'cook')));
""",
            "api/crews.ts": SERVER
            + """
import { z } from "zod";
enum Rank { MATE = "mate", COOK = "%s" }
const wanted = z.object({ rank: z.nativeEnum(Rank) });
export async function POST(request: Request) {
  const { rank } = wanted.parse(await request.json());
  await supabase.from("crews").insert({ rank });
}
""",
        },
        "cook",
        "COOK",
    ),
    "that something was done is kept with a row, but not done to it": (
        "AL302",
        {
            "1.sql": """
create table chats (
  id bigint generated always as identity primary key, owner uuid not null, heard_at timestamptz, told_at timestamptz,
  open boolean
);
alter table chats enable row level security;
create policy "own chats" on chats for update to authenticated
  using (owner = auth.uid()) with check (owner = auth.uid());
""",
            "supabase/functions/tell/index.ts": """
import { createClient } from "npm:@supabase/supabase-js@2";
Deno.serve(async (request) => {
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { id } = await request.json();
  const { data: chat } = await supabase.from("chats").select("*").eq("id", id).single();
  if (Date.now() - new Date(chat.heard_at).getTime() > 24 * 60 * 60 * 1000) {
    return new Response("too late", { status: 422 });
  }
  await supabase.from("chats").update({ %s }).eq("id", id);
  return new Response("told");
});
""",
        },
        "told_at: new Date().toISOString()",
        "open: true",
    ),
    "a dump that knows all columns and more is newer than the migrations": (
        "AL210",
        {
            "db/migrations/1_piers.sql": "create table piers (id int primary key, name text, code text, place text);",
            "db/schema.sql": "create table piers (id int primary key, name text, %s place text, tide numeric);",
            "api/tides.ts": SERVER
            + """
export async function tides() {
  return supabase.from("piers").select("name, tide");
}
""",
        },
        "code text,",
        "",
    ),
    "how far one press of an arrow goes is up to each screen": (
        "AL201",
        {
            "1.sql": "create table tides (id bigint generated always as identity primary key, rise numeric not null);",
            "src/Tide.tsx": TIDE.replace("%s", 'step="0.5" max="7"'),
            "src/Flood.tsx": TIDE,
        },
        'step="5"',
        'max="9"',
    ),
    "data for trials have numbers of their own": (
        "AL209",
        {
            "1.sql": "create table tides (id bigint generated always as identity primary key, rise int default 3);",
            "api/%s_tides.ts": SERVER
            + """
export async function tides(rows: { rise?: number }[]) {
  for (const row of rows) await supabase.from("tides").insert({ rise: row.rise ?? 7 });
}
""",
        },
        "fake",
        "read",
    ),
    "what makes rows unique is put in the place of what did": (
        "AL305",
        {
            "1.sql": "create table berths (pier int, spot int, boat text, constraint one_spot unique (pier, spot));",
            "2.sql": "alter table berths drop constraint one_spot; %s",
        },
        "create unique index one_boat on berths (pier, spot, boat);",
        "create index one_boat on berths (pier, spot, boat);",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_looks_broken_and_what_is(name, tree, tmp_path):
    code, files, kept, broken = CASES[name]
    for value, expected in ((kept, False), (broken, True)):
        shutil.rmtree(tmp_path / "repository", ignore_errors=True)
        root = tree({path.replace("%s", value): text.replace("%s", value) for path, text in files.items()})
        found = [finding.message for finding in scan(root, SHOWN).findings if finding.code == code]
        assert bool(found) is expected, (value, found)
