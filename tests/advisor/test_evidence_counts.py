"""Numbers that a reader would count otherwise: what is no table, who is spoken to, and what a test is."""

import pytest

from archlint.advisor import evidence_of, load

CATALOGUE = load()
CLIENT = "import { createClient } from '@supabase/supabase-js';\nexport const supabase = createClient('u', 'k');\n"
SCHEMA = """create table notes (id int primary key, owner uuid not null, size int check (size <= 9));
alter table notes enable row level security;
create policy own on notes for all using (owner = auth.uid());
"""


def numbers(found, question):
    return dict(found[question].numbers)


def test_who_signs_up_at_the_auth_service_uses_no_table(seen):
    page = """import { supabase } from '../supabase';
export async function join(email: string, password: string) { return supabase.auth.signUp({ email, password }); }
export async function change(password: string) { return supabase.auth.updateUser({ password }); }
export async function list() { return supabase.from('notes').select('*'); }
"""
    job = """import { createClient } from 'npm:@supabase/supabase-js@2';
const supabase = createClient('u', Deno.env.get('SUPABASE_SERVICE_ROLE_KEY'));
Deno.serve(async (request) => {
  const { id, admin } = await request.json();
  await supabase.auth.admin.updateUserById(id, { app_metadata: { admin } });
  await supabase.from('notes').insert({ owner: id });
  return new Response('ok');
});
"""
    files = {"src/supabase.ts": CLIENT, "src/pages/Join.tsx": page, "supabase/functions/admit/index.ts": job}
    found = evidence_of(seen({**files, "supabase/migrations/1.sql": SCHEMA}), CATALOGUE)
    assert numbers(found, "B10") == {"in screens": 1, "writing in screens": 0, "all": 2}
    assert found["B10"].places == ("src/pages/Join.tsx:4",)
    assert numbers(found, "J2") == {"several": 0, "written": 1}


def test_a_table_that_a_variable_names_and_a_procedure_count_on_both_sides(seen):
    page = """import { supabase } from '../supabase';
export async function rows(table: string) { return supabase.from(table).select('*'); }
export async function close(id: number) { return supabase.rpc('close_note', { id }); }
"""
    job = """import { createClient } from 'npm:@supabase/supabase-js@2';
const supabase = createClient('u', Deno.env.get('SUPABASE_SERVICE_ROLE_KEY'));
Deno.serve(async (request) => {
  const { table, id } = await request.json();
  await supabase.from(table).update({ size: 1 }).eq('id', id);
  await supabase.rpc('close_note', { id });
  return new Response('ok');
});
"""
    files = {"src/supabase.ts": CLIENT, "src/pages/Notes.tsx": page, "supabase/functions/fix/index.ts": job}
    found = evidence_of(seen({**files, "supabase/migrations/1.sql": SCHEMA}), CATALOGUE)
    assert numbers(found, "B10") == {"in screens": 2, "writing in screens": 0, "all": 4}


@pytest.mark.parametrize(
    ("code", "named"),
    [
        # The address of a setting is that of a system where something is called below it.
        ("const base = process.env.RATES || 'https://sandbox.rates-of-ours.com';\n"
         "export const ask = () => fetch(`${base}/latest`);\n", "rates-of-ours"),
        ("const page = 'https://www.rates-of-ours.com';\nexport const link = () => page;\n", ""),
        ("export const a = () => fetch('https://weather.googleapis.com/v1/now');\n"
         "export const b = () => fetch('https://maps.googleapis.com/maps/api/geocode/json');\n", "google maps"),
        ("import { Strategy } from 'passport-github2';\nexport const made = new Strategy();\n", "github"),
    ],
)  # fmt: skip
def test_a_system_is_told_by_what_is_called_and_counts_once(seen, code, named):
    found = evidence_of(seen({"server/services/outside.ts": code}), CATALOGUE)
    assert numbers(found, "C1") == {"systems": int(bool(named))}
    assert named in found["C1"].says


def test_settings_and_helpers_beside_tests_are_no_tests(seen):
    files = {
        "tsconfig.spec.json": "{}", "src/__tests__/README.md": "# Tests\n", "src/__tests__/helpers.ts": "export {};\n",
        "src/__tests__/list.test.ts": "export {};\n", "e2e/join.cy.ts": "export {};\n", "jest.setup.ts": "export {};\n",
        "db/migrations/2_drop_test.sql": "select 1;\n", "db/tests/own.sql": "select 1;\n",
        "src/notes.ts": "export {};\n",
    }  # fmt: skip
    item = evidence_of(seen(files), CATALOGUE)["D8"]
    # No SQL file has the name of a test, so that one in a folder of tests is one.
    assert dict(item.numbers) == {"tests": 3, "in SQL": 1}
    assert item.places == ("db/tests/own.sql:1",)


def test_both_questions_about_the_server_get_the_same_answer(seen):
    """A rule that clients can walk around is not refused, and is not a sign that nothing is checked either."""
    route = """import { createClient } from '@supabase/supabase-js';
const supabase = createClient('u', process.env.SUPABASE_SERVICE_ROLE_KEY!);
export async function POST(request: Request) {
  const { owner } = await request.json();
  const { count } = await supabase.from('notes').select('*', { count: 'exact', head: true }).eq('owner', owner);
  if ((count ?? 0) >= 5) return Response.json({ error: 'too many' }, { status: 400 });
  await supabase.from('notes').insert({ owner, size: 1 });
  return Response.json({ ok: true });
}
"""
    files = {"app/api/notes/route.ts": route, "supabase/migrations/1.sql": SCHEMA}
    found = evidence_of(seen(files), CATALOGUE)
    assert numbers(found, "D6") == {"only in screens": 0, "walked around": 1}
    # The key, NOT NULL, the limit, the number of rows, and the policy.
    assert numbers(found, "D10") == {"findings": 1, "enforced": 5}
    assert (found["D6"].proposes, found["D10"].proposes) == ("partly", "partly")
    guarded = evidence_of(seen({"supabase/migrations/1.sql": SCHEMA, "app/api/notes/route.ts": ""}), CATALOGUE)
    assert (guarded["D6"].proposes, guarded["D10"].proposes) == ("yes", "yes")


def test_that_a_value_must_be_there_decides_nothing(seen):
    schema = """create table orders (
  id int primary key, plan text, paid_at timestamptz, active boolean not null, total int check (total > 0)
);
"""
    function = """import { createClient } from 'npm:@supabase/supabase-js@2';
const supabase = createClient('u', Deno.env.get('SUPABASE_SERVICE_ROLE_KEY'));
Deno.serve(async (request) => {
  const { id } = await request.json();
  const { data: order } = await supabase.from('orders').select('*').eq('id', id).single();
  if (!order.plan) return new Response('no', { status: 400 });
  GUARDS
  await supabase.from('orders').update({ total: 5 }).eq('id', id);
  return new Response('ok');
});
"""
    states = """if (!order.active) return new Response('no', { status: 409 });
  if (!order.paid_at) return new Response('no', { status: 409 });"""
    others = {
        f"supabase/functions/f{number}/index.ts": function.replace("GUARDS", "").replace("if (!order.plan)", "if (!id)")
        for number in range(4)
    }
    files = {"supabase/migrations/1.sql": schema, **others}

    def found(guards):
        return evidence_of(
            seen({**files, "supabase/functions/close/index.ts": function.replace("GUARDS", guards)}), CATALOGUE
        )

    missing = found("")
    assert numbers(missing, "A2")["rules"] == 1 and missing["A2"].places == ("supabase/migrations/1.sql:2",)
    assert numbers(missing, "A1") == {"plain": 5, "operations": 5} and numbers(missing, "B11")["deciding"] == 0
    # A flag, and a time at which something happened, are states.
    decided = found(states)
    assert numbers(decided, "A2")["rules"] == 3
    assert numbers(decided, "A1") == {"plain": 4, "operations": 5} and numbers(decided, "B11")["deciding"] == 1


def test_what_is_built_into_sql_is_no_procedure_and_a_dump_is_not_written(seen):
    schema = """create table notes (id int primary key, size int);
create function close_note(note int) returns void language sql as $$ update notes set size = 0 where id = note $$;
"""
    server = """import { Pool } from 'pg';
const pool = new Pool();
export async function close(id: number) {
  await pool.query("select set_config('role', 'admin', true)");
  await pool.query('select close_note($1)', [id]);
}
"""
    files = {"db/migrations/1.sql": schema, "server/services/notes.ts": server, "db/schema.sql": schema}
    found = evidence_of(seen(files), CATALOGUE)
    assert numbers(found, "B10") == {"in screens": 0, "writing in screens": 0, "all": 1}
    assert numbers(found, "J4") == {"SQL": 2, "other": 6}


def test_a_guard_counts_where_it_is_called_and_being_signed_in_is_none(seen):
    guard = """import { createClient } from '@supabase/supabase-js';
export async function requireAdmin() {
  const supabase = createClient('u', process.env.SUPABASE_SERVICE_ROLE_KEY!);
  const { data: { user } } = await supabase.auth.getUser();
  if (!user) throw new Error('no');
  const { data: profile } = await supabase.from('profiles').select('role').eq('id', user.id).single();
  if (profile.role !== 'admin') throw new Error('no');
  return user;
}
"""
    route = """import { requireAdmin } from '../../../lib/server/guard';
export async function POST(request: Request) {
  await requireAdmin();
  return Response.json({ ok: true });
}
"""
    schema = """create table profiles (id uuid primary key, role text not null);
alter table profiles enable row level security;
create policy own on profiles for select using (id = auth.uid());
create policy mine on profiles for delete using (id = auth.uid());
"""
    files = {"lib/server/guard.ts": guard, "supabase/migrations/1.sql": schema}
    files |= {f"app/api/{name}/route.ts": route for name in ("close", "open")}
    found = evidence_of(seen(files), CATALOGUE)
    assert numbers(found, "D3") == {"row policies": 2, "action conditions": 2}
    assert "lib/server/guard.ts:7" not in found["D3"].places


def test_a_branch_that_refuses_nothing_is_no_decision_and_a_permission_is_another_question(seen):
    schema = "create table notes (id int primary key, size int);\n"
    function = """import { createClient } from 'npm:@supabase/supabase-js@2';
const supabase = createClient('u', Deno.env.get('SUPABASE_SERVICE_ROLE_KEY'));
Deno.serve(async (request) => {
  const { data: { user } } = await supabase.auth.getUser(request.headers.get('Authorization') ?? '');
  const { size } = await request.json();
  const { data: profile } = await supabase.from('profiles').select('role').eq('id', user.id).single();
  CHECK
  await supabase.from('notes').insert({ size });
  return new Response('ok');
});
"""
    branch = "if (size > 3) console.log('large');"
    role = "if (profile.role !== 'admin') return new Response('no', { status: 403 });"
    limit = "if (size > 3) return new Response('no', { status: 400 });"
    checks = {"one": branch, "two": branch, "three": branch, "four": role, "five": limit}
    files = {f"supabase/functions/{name}/index.ts": function.replace("CHECK", text) for name, text in checks.items()}
    found = evidence_of(seen({**files, "supabase/migrations/1.sql": schema}), CATALOGUE)
    assert numbers(found, "A2")["rules"] == 1 and found["A2"].places == ("supabase/functions/five/index.ts:7",)
    assert numbers(found, "A1") == {"plain": 4, "operations": 5}
    assert numbers(found, "B11") == {"deciding": 1, "handlers": 5}


def test_a_policy_that_lets_everybody_pass_enforces_nothing(seen):
    schema = f"""{SCHEMA}create policy all_read on notes for select using (true);
create policy all_add on notes for insert with check (true);
create table parts (id int primary key, size int check (size > 1), width int check (width > 1),
  name text unique, kind text check (kind in ('a', 'b')));
create table covers (part int, side text, width int, primary key (part, side), unique (part, width));
create table words (word text primary key);
"""
    found = evidence_of(seen({"supabase/migrations/1.sql": schema}), CATALOGUE)
    # A key is none, whatever its columns are called.
    assert numbers(found, "J6") == {"database rules": 6, "policies": 1, "service rules": 0, "service guards": 0}
    assert numbers(found, "I1") == {"rules": 1}
    # Four keys, NOT NULL, the rules of J6, and the policy.
    assert numbers(found, "D10")["enforced"] == 12


def test_texts_and_choices_of_screens_that_differ_from_a_column_are_no_copies_that_disagree(seen):
    page = """import { supabase } from '../supabase';
export function Page({ note, filters }: any) {
  const kind = filters.kind ?? 'all';
  return <h1>{note?.name ?? 'Edit note'} {kind}</h1>;
}
export async function add(row: any) { return supabase.from('lines').insert({ name: row.name, size: row.size }); }
"""
    form = """import { z } from 'zod';
import { supabase } from '../supabase';
const schema = z.object({ size: z.number().max(SIZE) });
export async function save(input: unknown) {
  const row = schema.parse(input);
  return supabase.from('lines').insert({ size: row.size });
}
"""
    sql = "create table lines (id serial primary key, name text, kind text default 'x', size int check (size <= 9));\n"
    files = {"src/supabase.ts": CLIENT, "src/pages/Page.tsx": page, "supabase/migrations/1.sql": sql}
    for size, count in (("9", 0), ("12", 1)):
        found = evidence_of(seen({**files, "src/pages/save.ts": form.replace("SIZE", size)}), CATALOGUE)
        assert numbers(found, "B3") == {"findings": count} and numbers(found, "A7")["drifted"] == count


def test_a_handler_that_imports_a_schema_describes_what_it_takes(seen):
    schemas = "import { z } from 'zod';\nexport const note = z.object({ size: z.number().max(9) });\n"
    route = """import { MODULE } from 'FROM';
export async function POST(request: Request) { return Response.json(await request.json()); }
"""
    imports = {
        "own": ("z", "zod"), "alias": ("note", "@/lib/schemas/note"), "near": ("note", "../../../lib/schemas/note"),
        "none": ("other", "@/lib/other"), "named": ("note", "note"),
    }  # fmt: skip
    files = {
        f"app/api/{name}/route.ts": route.replace("MODULE", what).replace("FROM", module)
        for name, (what, module) in imports.items()
    }
    item = evidence_of(
        seen({**files, "lib/schemas/note.ts": schemas, "lib/other.ts": "export const other = 1;\n"}), CATALOGUE
    )["B12"]
    assert dict(item.numbers) == {"validated": 3, "files": 5, "descriptions": 0}
    assert item.places == ("app/api/alias/route.ts:1", "app/api/near/route.ts:1", "app/api/own/route.ts:1")


def test_a_field_that_nobody_changes_takes_no_steps(seen):
    schema = """create table orders (id int primary key, status text not null check (status in ('new', 'paid')),
  provider text not null check (provider in ('a', 'b')));
"""
    function = """import { createClient } from 'npm:@supabase/supabase-js@2';
const supabase = createClient('u', Deno.env.get('SUPABASE_SERVICE_ROLE_KEY'));
Deno.serve(async (request) => {
  const { id } = await request.json();
  const { data: order } = await supabase.from('orders').select('*').eq('id', id).single();
  if (order.provider !== 'a') return new Response('no', { status: 400 });
  if (order.status !== 'new') return new Response('no', { status: 409 });
  await supabase.from('orders').update({ status: 'paid' }).eq('id', id);
  return new Response('ok');
});
"""
    files = {"supabase/migrations/1.sql": schema, "supabase/functions/pay/index.ts": function}
    item = evidence_of(seen(files), CATALOGUE)["C3"]
    assert dict(item.numbers) == {"fields": 1} and "(orders.status)" in item.says


def test_jobs_of_a_database_and_of_a_platform_are_background_work(seen):
    sql = "-- select cron.schedule('old', '* * * * *', '');\nselect cron.schedule('tidy', '0 3 * * *', 'select 1');\n"
    files = {"supabase/migrations/1.sql": SCHEMA, "src/notes.ts": "export {};\n"}
    assert numbers(evidence_of(seen(files), CATALOGUE), "C4") == {"places": 0}
    files |= {
        "supabase/migrations/2.sql": sql,
        "vercel.json": '{\n  "crons": [{"path": "/api/tidy", "schedule": "0 3 * * *"}]\n}\n',
    }
    item = evidence_of(seen(files), CATALOGUE)["C4"]
    assert item.places == ("supabase/migrations/2.sql:2", "vercel.json:2") and item.proposes == "yes"


def test_a_branch_on_a_price_need_not_always_hold(seen):
    function = """import { createClient } from 'npm:@supabase/supabase-js@2';
const supabase = createClient('u', Deno.env.get('SUPABASE_SERVICE_ROLE_KEY'));
Deno.serve(async (request) => {
  const { price } = await request.json();
  if (price > 100) EFFECT;
  await supabase.from('parts').insert({ price });
  return new Response('ok');
});
"""
    # Nor is all money that stands in a table of prices.
    sql = "create table parts (id serial primary key, price numeric);\n"
    sql += "create table price_alerts (id serial primary key, adults int check (adults <= 9));\n"
    for effect, count in (("console.log('dear')", 0), ("return new Response('no', { status: 400 })", 1)):
        files = {
            "supabase/functions/add/index.ts": function.replace("EFFECT", effect),
            "supabase/migrations/1.sql": sql,
        }
        assert numbers(evidence_of(seen(files), CATALOGUE), "I1") == {"rules": count}
