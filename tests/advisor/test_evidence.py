"""Numbers from a scan: each counted by hand in a small repository, and said with its places."""

import json
import os
import subprocess

import pytest

from archlint.advisor import evidence_of, load
from archlint.advisor.evidence import blind_spots
from archlint.advisor.evidence.systems import system_of_package, system_of_url
from archlint.advisor.seen import package_of, words

CATALOGUE = load()
CLIENT = "import { createClient } from '@supabase/supabase-js';\nexport const supabase = createClient('u', 'k');\n"
APPLICATION = json.dumps(
    {"dependencies": {"react": "18"}, "devDependencies": {"vite": "5"}, "scripts": {"dev": "vite"}}
)
SCHEMA = """create table orders (
  id int primary key, owner uuid not null, total numeric(10,2) check (total <= 500),
  status text not null check (status in ('new', 'paid', 'sent'))
);
alter table orders enable row level security;
create policy own on orders for all using (owner = auth.uid());
"""
PAGE = """import { supabase } from '../supabase';
export async function list() { return supabase.from('orders').select('*'); }
export async function add(row: any) { return supabase.from('orders').insert({ total: row.total }); }
"""
FUNCTION = """import { createClient } from 'npm:@supabase/supabase-js@2';
import Stripe from 'npm:stripe@14';
const supabase = createClient('u', Deno.env.get('SUPABASE_SERVICE_ROLE_KEY'));
Deno.serve(async (request) => {
  const { id } = await request.json();
  const { data: order } = await supabase.from('orders').select('*').eq('id', id).single();
  if (order.status !== 'new') return new Response('no', { status: 409 });
  await fetch('https://api.mailer-of-ours.com/v1/send', { method: 'POST' });
  await supabase.from('orders').update({ status: 'paid' }).eq('id', id);
  return new Response('ok');
});
"""
SHOP = {
    "package.json": APPLICATION,
    "src/supabase.ts": CLIENT,
    "src/pages/Orders.tsx": PAGE,
    "supabase/migrations/001.sql": SCHEMA,
    "supabase/functions/pay/index.ts": FUNCTION,
}


def test_a_shop_counted_by_hand(seen):
    shop = seen(SHOP)
    found = evidence_of(shop, CATALOGUE)

    def numbers(question):
        return dict(found[question].numbers)

    assert numbers("B1") == {"applications": 1} and found["B1"].places == ("package.json",)
    assert numbers("B10") == {"in screens": 2, "writing in screens": 1, "all": 4}
    assert found["B10"].places == ("src/pages/Orders.tsx:2", "src/pages/Orders.tsx:3")
    assert (found["B10"].proposes, found["B10"].trust) == ("either", "high")
    assert numbers("C1") == {"systems": 2} and "mailer-of-ours, stripe" in found["C1"].says
    assert numbers("C2") == {"files": 1}
    assert numbers("C3") == {"fields": 1} and "orders.status" in found["C3"].says
    assert numbers("J2") == {"several": 1, "written": 1} and found["J2"].proposes == "yes"
    assert numbers("D9") == {"payment systems": 1, "columns": 1}
    # One policy and one handler are too few for a share.
    assert not {"D3", "B11", "A1"} & set(found)
    # The limit, and the step from "new".
    assert numbers("A2")["rules"] == 2
    assert {"supabase/migrations/001.sql:2", "supabase/functions/pay/index.ts:7"} == set(found["A2"].places)


def test_every_piece_of_evidence_proposes_a_choice_of_its_question_and_none_where_people_want(seen):
    found = evidence_of(seen(SHOP), CATALOGUE)
    assert len(found) > 20
    for key, item in found.items():
        question = CATALOGUE.find(key)
        assert not item.proposes or question.choice(item.proposes)
        assert item.trust in ("high", "medium", "low")
        assert not (question.value_question and item.proposes)


def test_nothing_is_proposed_for_an_empty_folder(seen):
    nothing = seen({"README.md": "# Empty\n"})
    assert evidence_of(nothing, CATALOGUE) == {}
    assert any("everything" in spot.text for spot in blind_spots(nothing, {}))


def test_a_package_of_screens_that_nobody_starts_is_no_application(seen):
    library = json.dumps({"dependencies": {"react": "18", "next": "14"}, "scripts": {"build": "tsc -b"}})
    site = json.dumps({"dependencies": {"react": "18", "next": "14"}, "scripts": {"build": "next build"}})
    screen = "export function Page() { return <p>hello</p>; }\n"
    files = {"apps/site/package.json": site, "apps/site/src/Page.tsx": screen}
    files |= {"packages/ui/package.json": library, "packages/ui/src/Button.tsx": screen}
    item = evidence_of(seen(files), CATALOGUE)["B1"]
    assert item.places == ("apps/site/package.json",)


def test_two_applications_are_shown_and_not_taken_on_trust(seen):
    screen = "export function Page() { return <p>hello</p>; }\n"
    files = {f"{name}/{path}": text for name in ("web", "admin") for path, text in
             (("package.json", APPLICATION), ("src/Page.tsx", screen))}  # fmt: skip
    item = evidence_of(seen(files), CATALOGUE)["B1"]
    assert (item.proposes, item.trust) == ("two", "medium")


def test_a_generated_interface_hides_direct_access(seen):
    files = {**SHOP, "server/package.json": '{"dependencies": {"postgraphile": "4"}}'}
    item = evidence_of(seen(files), CATALOGUE)["B10"]
    assert (item.proposes, item.value) == ("", None)


def test_unread_languages_lower_trust_where_they_matter(seen):
    unread = {f"mobile/app/Page{number}.kt": "class Page\n" for number in range(20)}
    found = evidence_of(seen({**SHOP, **unread}), CATALOGUE)
    assert found["B10"].trust == "low" and found["C1"].trust == "low"
    assert found["A2"].trust == "high"
    servers = {f"server/page{number}.go": "package main\n" for number in range(20)}
    assert evidence_of(seen({**SHOP, **servers}), CATALOGUE)["A2"].trust == "low"


@pytest.mark.parametrize(
    ("module", "package"),
    [
        ("stripe", "stripe"),
        ("npm:stripe@14", "stripe"),
        ("https://esm.sh/stripe@14.5.0?target=deno", "stripe"),
        ("https://esm.sh/@supabase/supabase-js@2", "@supabase/supabase-js"),
        ("@aws-sdk/client-ses/dist", "@aws-sdk/client-ses"),
        ("https://deno.land/std@0.168.0/http/server.ts", ""),
    ],
)
def test_the_package_of_an_import(module, package):
    assert package_of(module) == package


def test_the_systems_of_packages_and_addresses():
    settings = words()["systems"]
    assert system_of_package("@aws-sdk/client-ses", settings) == "amazonaws"
    assert system_of_package("react", settings) == ""
    for url, name in (
        ("https://api.stripe.com/v1/charges", "stripe"),
        ("POST https://pay.example-bank.co.uk/x", "example-bank"),
        ("https://maps.googleapis.com/maps/api/x", "google maps"),
        ("http://localhost:3000/api", ""),
        ("https://abc.supabase.co/rest/v1", ""),
        ("https://10.0.0.1/api", ""),
        ("/api/orders", ""),
    ):
        assert system_of_url(url, settings) == name


def git(root, *arguments):
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for role in ("AUTHOR", "COMMITTER"):
        settings |= {f"GIT_{role}_NAME": "a", f"GIT_{role}_EMAIL": "a@b.c", f"GIT_{role}_DATE": "1700000000 +0000"}
    subprocess.run(["git", "-C", root, *arguments], check=True, capture_output=True, env={**os.environ, **settings})


def test_history_tells_what_churns_and_what_changes_together(seen, tree):
    root = tree(SHOP)
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "start")
    page, function = root / "src/pages/Orders.tsx", root / "supabase/functions/pay/index.ts"
    for number in range(60):
        page.write_text(f"{PAGE}// {number}\n", "utf-8")
        if number % 10 == 0:
            function.write_text(f"{FUNCTION}// {number}\n", "utf-8")
        git(root, "commit", "-q", "-a", "-m", "c\n\nCo-Authored-By: Claude <x@y.z>" if number < 6 else "c")
    shop = seen({})
    found = evidence_of(shop, CATALOGUE)
    assert shop.history.reason == "" and len(shop.history.commits) == 61
    # The first commit touches all; six of the others touch both.
    assert dict(found["I3"].numbers) == {"both": 7, "edges": 61} and found["I3"].proposes == "no"
    assert dict(found["B5"].numbers) == {"alone": 54, "commits": 61}
    assert dict(found["E1"].numbers)["marked"] == 6
    assert dict(found["E2"].numbers) == {"marked": 6, "screens": 6, "behind": 1}
    assert found["E2"].proposes == "" and found["E2"].trust == "low"


def test_a_short_history_proves_nothing(seen, tree):
    root = tree(SHOP)
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "start")
    shop = seen({})
    found = evidence_of(shop, CATALOGUE)
    assert "too short: 1 commits" in shop.history.reason
    assert not {"I2", "I3", "B4", "B5", "A3"} & set(found)
    assert any("too short" in spot.text for spot in blind_spots(shop, found))
