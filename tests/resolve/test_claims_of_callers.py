"""Where in the caller's token rights are looked up."""

from scenes import resolved

SCHEMA = """
create function claim_of_mine(name text) returns jsonb language sql stable as $$
  select nullif(current_setting('request.jwt.claims', true), '')::jsonb -> name
$$;
create function is_staff() returns boolean language sql stable as $$
  select coalesce(claim_of_mine('staff')::boolean, false)
$$;
create table loans (id bigint primary key, owner uuid);
alter table loans enable row level security;
create policy "staff read" on loans for select using ((auth.jwt() -> 'app_metadata' ->> 'staff')::boolean is true);
create policy "own" on loans for update using (auth.uid() = owner and auth.role() = 'authenticated');
"""
ROUTE = """
export default defineEventHandler(async (event) => {
  const user = await serverSupabaseUser(event);
  if (!user || user.app_metadata?.staff !== true) throw createError({ statusCode: 403 });
  return [];
});
"""


def test_routines_policies_and_code():
    found = resolved({"supabase/migrations/1.sql": SCHEMA, "server/api/loans.get.ts": ROUTE}).claims
    assert [(item.symbol, item.claim) for item in found if item.path.endswith(".sql")] == [
        ("is_staff", ("staff",)),
        ("staff read", ("app_metadata", "staff")),
    ]
    assert [item.claim for item in found if item.path.endswith(".ts")] == [("app_metadata", "staff")]
