"""The advice as text, Markdown and JSON: what a reader must find in each."""

import json

from archetypes import answers_of

from archlint.advisor import advise, evidence_of, load, markdown, text, to_json

CATALOGUE = load()
FILES = {
    "src/supabase.ts": (
        "import { createClient } from '@supabase/supabase-js';\nexport const supabase = createClient('u', 'k');\n"
    ),
    "src/lend.tsx": (
        "import { supabase } from './supabase';\nexport async function lend(amount: number) {\n"
        "  if (amount > 900) throw new Error('no');\n  await supabase.from('loans').insert({ amount });\n}\n"
    ),
    "db/migrations/001.sql": "create table loans (id serial primary key, amount numeric check (amount <= 500));\n",
}


def test_the_text_says_all_that_makes_a_recommendation_trustworthy(seen):
    scanned = seen(FILES)
    told = text(advise(answers_of("content management"), CATALOGUE, "1", scanned, evidence_of(scanned, CATALOGUE)))
    for part in (
        "Verdict       Database-first",
        "Confidence    high (answered 100% x margin",
        "For           +6  most operations are plain reads and writes  [you answered this]",
        "Against       nothing that was answered",
        "What would change this",
        "weights at random by ±50%: database-first 100% of 2000 draws (seed 7)",
        "      you said    most of them",
        "Order of moves, smallest first",
        "loans.amount:bound → the database",
        "src/lend.tsx:3",
        "Stable core and dynamic edges",
        "must always hold, money: 1",
        "Consequences of each option",
        "Decide now    the data model",
        "Platforms that offer this home",
        "Blind spots   flows of automation tools",
        "there is no git history",
        "It was published by a vendor",
    ):
        assert part in told, part


def test_platforms_fit_the_verdict_in_alphabetical_order():
    names = json.loads(to_json(advise(answers_of("logistics"), CATALOGUE, "1")))["platforms"]
    assert names == sorted(names, key=str.lower)
    assert "NestJS" in names and "PostgREST" not in names
    assert "PostgREST" in json.loads(to_json(advise(answers_of("internal dashboard"), CATALOGUE, "1")))["platforms"]
    hybrid = json.loads(to_json(advise(answers_of("bank core with changing channels"), CATALOGUE, "1")))["platforms"]
    assert {"NestJS", "PostgREST", "Temporal"} <= set(hybrid)


def test_json_holds_the_whole_of_it(seen):
    scanned = seen(FILES)
    tree = json.loads(
        to_json(advise(answers_of("logistics"), CATALOGUE, "1", scanned, evidence_of(scanned, CATALOGUE)))
    )
    assert tree["schema"] == 1
    assert tree["verdict"]["architecture"] == "logic-first" and tree["verdict"]["core"] == "services"
    assert tree["reasons"]["for"][0]["points"] == -6
    assert len(tree["verdict"]["axes"]["core"]["contributions"]) == 12
    assert {"flips", "weights", "shares", "draws", "seed", "noise"} == set(tree["sensitivity"])
    assert tree["homes"] and tree["moves"] and tree["core_and_edges"]["core"]
    assert all(item["places"] or not item["total"] for item in tree["evidence"].values())


def test_markdown_tables_hold_whatever_a_rule_is_called(seen):
    scanned = seen(FILES)
    told = markdown(advise(answers_of("logistics"), CATALOGUE, "1", scanned))
    table = [line for line in told.splitlines() if line.startswith("| ")]
    assert any("`loans.amount:bound`" in line for line in table)
    assert {line.replace("\\|", "").count("|") for line in table} <= {5, 6}


def test_a_conflict_between_a_person_and_the_scan_is_shown_as_one(seen):
    scanned = seen({**FILES, "src/more.tsx": FILES["src/lend.tsx"].replace("lend", "borrow")})
    answers = {**answers_of("logistics")}
    advice = advise(answers, CATALOGUE, "1", scanned, evidence_of(scanned, CATALOGUE))
    assert ("B10", "never", "direct") in [(item.question, item.said, item.scanned) for item in advice.conflicts]
    assert "no, or hardly: through an interface — CONFLICT with the scan" in text(advice)
