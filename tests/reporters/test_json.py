"""The JSON contract, schema 1."""

import json

from loans import REPORT
from strange import ACCEPTED

from archlint.reporters import Context
from archlint.reporters.json import render


def rendered():
    return json.loads(render(REPORT, Context()))


def test_the_keys_of_the_contract_in_their_order():
    value = rendered()
    assert list(value) == ["schema", "tool", "summary", "rules", "findings", "problems", "accepted", "base"]
    assert value["schema"] == 1
    assert value["tool"] == {"name": "archlint", "version": "1.2.3"}
    assert list(value["summary"])[:6] == ["files", "lines", "rules", "findings", "by_layer", "skipped"]


def test_a_rule_with_its_sites():
    (rule,) = rendered()["rules"]
    assert list(rule) == ["id", "subject", "kind", "relation", "home", "sites"]
    assert rule["id"] == "loans.amount:bound"
    assert rule["sites"][2] == {
        "path": "web/LoanForm.tsx",
        "line": 2,
        "column": 6,
        "end_line": 2,
        "end_column": 20,
        "layer": "frontend",
        "symbol": "validate",
        "text": "amount > 10000",
        "normal": "value <= 10000",
        "effect": "reject",
        "strength": "hard",
        "confidence": 0.93,
        "evidence": ["written to loans.amount"],
    }


def test_a_finding_names_every_place_and_its_part():
    drifted = next(finding for finding in rendered()["findings"] if finding["code"] == "AL201")
    told = {key: drifted[key] for key in ("name", "severity", "rule", "fingerprint", "confidence", "witness")}
    assert told == {
        "name": "drifted-rule",
        "severity": "error",
        "rule": "loans.amount:bound",
        "fingerprint": "f1",
        "confidence": 0.9,
        "witness": "7500",
    }
    assert [(place["path"], place["line"], place["role"]) for place in drifted["sites"]] == [
        ("web/LoanForm.tsx", 2, "accepts"),
        ("functions/lend.ts", 1, "accepts"),
        ("db/loans.sql", 2, "refuses"),
    ]


def test_problems_are_told():
    assert rendered()["problems"][0]["path"] == "db/dump.sql"


def test_letters_of_all_languages_are_kept():
    assert "2.4 MB" in render(REPORT, Context())
    assert render(REPORT, Context()).endswith("}\n")


def test_what_is_accepted_says_by_what_and_why():
    value = json.loads(render(ACCEPTED, Context()))
    assert [finding["code"] for finding in value["findings"]] == ["AL502"]
    commented, known = value["accepted"]
    assert commented["code"] == "AL201"
    assert commented["accepted"] == {
        "by": "comment",
        "reason": "until the bank agrees",
        "owner": "",
        "comment": {"path": "web/LoanForm.tsx", "line": 1},
    }
    assert known["accepted"] == {"by": "baseline", "reason": "old", "owner": "lending", "comment": None}
    counts = {key: value["summary"][key] for key in ("suppressed", "known", "stale", "unchanged")}
    assert counts == {"suppressed": 1, "known": 1, "stale": 2, "unchanged": 4}
    assert value["base"] == "main"
