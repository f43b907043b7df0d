"""Formats of one line each: concise, JSON Lines, and the annotations of GitHub."""

import json
import re

import pytest
from loans import DRIFTED, REPORT
from msgspec.structs import replace
from strange import ACCEPTED, ALL, DIFFICULT, NOTHING

from archlint.reporters import REPORTERS, Context, concise, github, jsonl, reporter
from archlint.reporters import json as whole

PLAIN = Context()


@pytest.mark.parametrize("form", REPORTERS)
@pytest.mark.parametrize("name", ALL)
def test_every_format_writes_every_report_and_twice_the_same(form, name):
    first = reporter(form)(ALL[name], PLAIN)
    assert first == reporter(form)(ALL[name], PLAIN)
    assert first == "" or first.endswith("\n")
    # No text of the scanned tree may steer a terminal or a reader of lines.
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", first)


def test_concise_names_every_place_on_one_line():
    lines = concise.render(replace(REPORT, findings=(DRIFTED,)), PLAIN).splitlines()
    assert lines == [
        "web/LoanForm.tsx:2:6: error AL201 The largest loan is 10000 in the browser and the function, 5000 in the "
        "database. [also functions/lend.ts:1:7, db/loans.sql:2:18]"
    ]


def test_concise_keeps_one_line_whatever_a_message_holds():
    strange, nowhere = concise.render(DIFFICULT, PLAIN).splitlines()
    assert re.match(r"[^:]+:b #1 <é>\.tsx:3:2: error AL204 a \| b % of ", strange)
    assert nowhere == "info AL101 One limit is stated in three places."


def test_json_lines_say_what_the_json_report_says():
    rows = [json.loads(line) for line in jsonl.render(ACCEPTED, PLAIN).splitlines()]
    report = json.loads(whole.render(ACCEPTED, PLAIN))
    head, *rest = rows
    assert head.pop("type") == "summary"
    assert head == {"schema": 1, "tool": report["tool"], "base": "main"} | report["summary"]
    told = {}
    for row in rest:
        told.setdefault(row.pop("type"), []).append(row)
    assert told == {
        "finding": report["findings"],
        "accepted": report["accepted"],
        "rule": report["rules"],
        "problem": report["problems"],
    }


COMMAND = re.compile(r"::(?P<level>error|warning|notice) (?P<fields>[^:]*)::(?P<text>.*)")


def commands(report, context=PLAIN):
    """Read the commands as a runner does."""

    def plain(text):
        for code, letter in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
            text = text.replace(code, letter)
        return text

    for line in github.render(report, context).splitlines():
        found = COMMAND.fullmatch(line)
        assert found, line
        fields = dict(field.split("=", 1) for field in found["fields"].split(","))
        yield found["level"], {key: plain(value) for key, value in fields.items()}, plain(found["text"])


def test_the_annotations_of_github_stand_at_every_place_of_an_error():
    told = list(commands(replace(REPORT, findings=(DRIFTED,))))
    assert [(level, fields["file"], fields["line"]) for level, fields, _ in told] == [
        ("error", "web/LoanForm.tsx", "2"),
        ("notice", "functions/lend.ts", "1"),
        ("notice", "db/loans.sql", "2"),
    ]
    _, fields, text = told[0]
    assert fields["title"] == "AL201 drifted-rule"
    assert (fields["col"], fields["endColumn"]) == ("6", "20")
    assert "Also db/loans.sql:2:18 (database refuses: 0 < value <= 5000)" in text.splitlines()
    # GitHub refuses columns of a range over several lines.
    assert "col" not in told[2][1]
    assert "web/LoanForm.tsx:2:6" in told[2][2]


def test_the_worst_comes_first_because_github_shows_ten():
    levels = [level for level, fields, _ in commands(REPORT) if ": " not in fields["title"]]
    assert levels == ["error", "warning", "notice"]


def test_nothing_in_a_name_or_a_text_becomes_a_command():
    (first, second, third) = commands(DIFFICULT)
    assert first[1]["file"] == "web/[id]/50% off, a:b #1 <é>.tsx"
    assert "::error::" in first[2]
    assert [first[0], second[0], third[0]] == ["error", "notice", "notice"]
    assert second[1]["file"] == "db/t.sql"
    assert list(third[1]) == ["title"]
    assert list(commands(NOTHING)) == []


def test_paths_start_at_the_root_of_the_repository():
    files = {fields["file"] for _, fields, _ in commands(REPORT, Context(prefix="services/loans/"))}
    assert files == {f"services/loans/{path}" for path in ("web/LoanForm.tsx", "functions/lend.ts", "db/loans.sql")}
