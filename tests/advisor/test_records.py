"""Homes, moves, records and settings: what a verdict turns into."""

import pytest
import tomli
from archetypes import ALL, answers_of

from archlint.advisor import advise, load, merged, record, snippet
from archlint.advisor.records import folder_of
from archlint.model.errors import ArchlintError

CATALOGUE = load()
FILES = {
    "src/supabase.ts": (
        "import { createClient } from '@supabase/supabase-js';\nexport const supabase = createClient('u', 'k');\n"
    ),
    "src/lend.tsx": (
        "import { supabase } from './supabase';\nexport async function lend(amount: number) {\n"
        "  if (amount > 900) throw new Error('no');\n  await supabase.from('loans').insert({ amount });\n}\n"
    ),
    "db/migrations/001.sql": (
        "create table loans (id serial primary key, amount numeric check (amount <= 500), code text unique);\n"
    ),
    "server/index.ts": "export const port = 3000;\n",
}


def advice_of(name, seen=None):
    return advise(answers_of(name), CATALOGUE, "1", seen)


def homes_of(advice):
    return {home.rule: home.home for home in advice.homes}


def test_every_rule_has_a_home_that_follows_the_verdict(seen):
    scanned = seen(FILES)
    database, logic = advice_of("internal dashboard", scanned), advice_of("logistics", scanned)
    assert homes_of(database)["loans.amount:bound"] == "database"
    assert homes_of(logic)["loans.amount:bound"] == "service"
    # What only storage can promise stays there.
    unique = next(rule for rule in homes_of(logic) if rule.endswith(":unique") and "code" in rule)
    assert homes_of(logic)[unique] == homes_of(database)[unique] == "database"
    assert set(homes_of(logic)) == {rule.id for rule in scanned.stored_rules}
    assert all(home.why for home in logic.homes)


def test_moves_are_ordered_smallest_first_and_name_their_places(seen):
    advice = advice_of("logistics", seen(FILES))
    move = next(move for move in advice.moves if move.rule == "loans.amount:bound")
    assert move.drifted and move.home == "service"
    assert [item.files for item in advice.moves] == sorted(item.files for item in advice.moves)
    assert not advise({}, CATALOGUE, "1", seen(FILES)).moves


@pytest.mark.parametrize("name", ALL)
def test_the_settings_are_ones_that_archlint_reads(name, tmp_path):
    from archlint.cli.settings import settings

    advice = advice_of(name)
    (tmp_path / "archlint.toml").write_text(snippet(advice), "utf-8")
    found = settings(tmp_path).configuration
    assert found.architecture == advice.verdict.architecture
    assert found.homes


def test_settings_are_merged_into_a_file_that_has_others():
    advice = advice_of("logistics")
    before = (
        '# ours\nfail-on = "error"\narchitecture = "hybrid" # old\n\n'
        '[homes]\nloans = "database"\nbound = "policy"\n\n[severity]\nAL201 = "info"\n'
    )
    after = merged(before, advice, "f")
    table = tomli.loads(after)
    assert table["architecture"] == "logic-first" and table["fail-on"] == "error"
    assert table["homes"]["loans"] == "database" and table["homes"]["bound"] == "service"
    assert table["severity"] == {"AL201": "info"} and after.startswith("# ours\n")
    assert merged(after, advice, "f") == after
    assert tomli.loads(merged("", advice, "f"))["architecture"] == "logic-first"
    assert tomli.loads(merged("[severity]\nAL201 = 'info'\n", advice, "f"))["architecture"] == "logic-first"


@pytest.mark.parametrize("text", ["a = = 1", 'homes = { bound = "policy" }\n', 'homes.bound = "policy"\n'])
def test_a_file_that_cannot_be_changed_safely_is_left_alone(text):
    with pytest.raises(ArchlintError):
        merged(text, advice_of("logistics"), "f")


@pytest.mark.parametrize(
    ("files", "folder"),
    [
        ({}, "docs/decisions"),
        ({".adr-dir": "doc/arch\n"}, "doc/arch"),
        ({".log4brains.yml": "project:\n  adrFolder: ./docs/log\n"}, "docs/log"),
        ({"doc/adr/0001-x.md": "x", "docs/decisions/index.md": "x"}, "doc/adr"),
        ({"docs/adrs/README.md": "x"}, "docs/adrs"),
    ],
)
def test_the_folder_in_use_is_found(tree, files, folder):
    assert folder_of(tree(files or {"a": ""}), "", "madr") == folder


def test_a_madr_record_has_all_its_sections_and_a_dated_name_where_dates_are_used(tree):
    root = tree({"docs/adr/20240102-first.md": "# First\n"})
    made = record(advice_of("logistics"), root, "", "madr", "accepted", lambda: "20260304")
    assert made.path == "docs/adr/20260304-where-business-rules-live.md"
    sections = [line for line in made.text.splitlines() if line.startswith("## ")]
    assert sections == [
        "## Context and Problem Statement",
        "## Decision Drivers",
        "## Considered Options",
        "## Decision Outcome",
        "## Pros and Cons of the Options",
        "## More Information",
    ]
    assert made.text.startswith("---\nstatus: accepted\n---\n") and "### Confirmation" in made.text


def test_a_nygard_record_supersedes_the_one_before(tree):
    root = tree({".adr-dir": "doc/adr"})
    first = record(advice_of("logistics"), root, "", "", "accepted", str)
    assert first.path == "doc/adr/0001-where-business-rules-live.md"
    assert first.text.startswith("# 1. Where business rules live\n") and "\n## Status\n\nAccepted\n" in first.text
    (root / "doc/adr").mkdir(parents=True)
    (root / first.path).write_text(first.text, "utf-8")
    assert record(advice_of("logistics"), root, "", "", "accepted", str).text == first.text
    second = record(advice_of("internal dashboard"), root, "", "", "accepted", str)
    assert second.path == "doc/adr/0002-where-business-rules-live.md"
    assert "Supersedes [0001-where-business-rules-live.md]" in second.text
    assert "\n## Status\n\nSuperseded by [0002-where-business-rules-live.md]" in second.superseded_text
    (root / second.path).write_text(second.text, "utf-8")
    (root / second.superseded).write_text(second.superseded_text, "utf-8")
    # Written again, the second stays what it is, and the first stays superseded.
    again = record(advice_of("internal dashboard"), root, "", "", "accepted", str)
    assert (again.path, again.text, again.superseded) == (second.path, second.text, "")


def test_a_record_without_a_verdict_decides_nothing(tree):
    made = record(advise({}, CATALOGUE, "1"), tree({"a": ""}), "", "", "proposed", str)
    assert "Not enough answers." in made.text and "architecture =" not in made.text
