"""The report for people."""

import re

import msgspec
import pytest
from loans import CHECK, DRIFTED, REPORT, SOURCES, UNSAFE, place

from archlint.model.finding import Place
from archlint.model.report import Report
from archlint.model.source import Layer, Span
from archlint.reporters import Context
from archlint.reporters.text import render

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def text(report: Report = REPORT, **settings) -> str:
    return render(report, Context(lines=lambda path: SOURCES.get(path, ()), **settings))


def findings(*chosen, **changes) -> Report:
    return msgspec.structs.replace(REPORT, findings=chosen, **changes)


def test_findings_of_one_rule_are_one_family_and_the_worst_comes_first():
    lines = text().splitlines()
    assert lines[0] == "── loans.amount bound  1 rule, 3 places, 2 values"
    order = [line for line in lines if line.startswith(("error", "warning", "info"))]
    assert order == [
        "error AL201 drifted-rule",
        "info AL101 scattered-rule",
        "warning AL502 table-without-row-security",
    ]


def test_a_range_in_one_line_is_underlined_where_it_stands():
    lines = text().splitlines()
    at = next(number for number, line in enumerate(lines) if "web/LoanForm.tsx:2:6  accepts" in line)
    assert lines[at + 1] == "   2 │ if (amount > 10000) return 'Höchstens 10.000 €';"
    assert lines[at + 2] == "     │     ^^^^^^^^^^^^^^ value <= 10000"


def test_wide_letters_do_not_shift_the_mark():
    source = ("if (名前.length > 20) return;",)
    at = Place("a.ts", Span(1, 5, 1, 19), Layer.FRONTEND, "refuses", normal="length <= 20")
    report = findings(msgspec.structs.replace(DRIFTED, places=(at,)))
    lines = render(report, Context(lines=lambda _: source)).splitlines()
    mark = next(line for line in lines if "^" in line)
    assert mark == "     │     " + "^" * 16 + " length <= 20"


def test_a_long_range_is_shortened_and_says_so():
    drawn = text(findings(DRIFTED))
    assert "┃ … 3 more lines" in drawn
    assert "┗ 0 < value <= 5000" in drawn


def test_a_place_that_says_the_same_again_takes_one_line():
    assert "function functions/lend.ts:1:7  accepts  the same: body.amount > 10_000" in text()
    assert "the same" not in text(detailed=True)


def test_source_that_cannot_be_read_again_is_quoted_from_the_report():
    assert "amount > 10000" in render(findings(DRIFTED), Context())


def test_the_end_says_what_was_read_and_what_was_not():
    end = text().splitlines()[-6:]
    assert end == [
        "read      1,210 files, 250,000 lines",
        "rules     1 rule in 3 places: database 1, frontend 1, function 1",
        "findings  3: 1 error, 1 warning, 1 info",
        "left out  dependency folders 1, tests 41",
        "unread    1 problem",
        "  db/dump.sql:1  2.4 MB is over the limit of 2 MB; the file was not read",
    ]


def test_what_to_type_next_names_the_folder_that_was_scanned():
    assert "archlint scan --all " in text()
    assert "archlint scan 'my shop' --all " in text(target="my shop")


def test_a_clean_report_still_says_what_was_read():
    clean = msgspec.structs.replace(
        REPORT, findings=(), problems=(), summary=msgspec.structs.replace(REPORT.summary, candidates=0)
    )
    assert text(clean).splitlines()[0].startswith("read ")
    assert "unread    nothing" in text(clean)


def test_brief_shows_findings_only():
    assert "read " not in text(brief=True)
    assert "drifted-rule" in text(brief=True)


def test_colour_adds_nothing_but_colour():
    coloured = text(colour=True)
    assert ANSI.search(coloured)
    assert ANSI.sub("", coloured) == text()


@pytest.mark.parametrize("width", [80, 100])
def test_no_line_is_wider_than_the_terminal(width):
    long = Place("db/loans.sql", Span(3, 5, 3, 19), Layer.DATABASE, "refuses", normal="value <= 5000 " * 3)
    report = findings(msgspec.structs.replace(DRIFTED, places=(*DRIFTED.places, long)), UNSAFE)
    wide = [line for line in text(report, width=width).splitlines() if "archlint " not in line]
    assert max(map(len, wide)) <= width


def test_what_a_range_says_gets_a_line_of_its_own_where_the_first_is_full():
    at = Place("a.ts", Span(1, 1, 1, 31), Layer.FRONTEND, "accepts", normal="value <= 10000")
    report = findings(msgspec.structs.replace(DRIFTED, places=(at,)))
    lines = render(report, Context(lines=lambda _: ("amount > 10000 && amount < 20000",), width=44)).splitlines()
    mark = next(number for number, line in enumerate(lines) if "^" in line)
    assert lines[mark].endswith("^")
    assert lines[mark + 1].strip("│ ") == "value <= 10000"


def test_nothing_is_cut_or_wrapped_but_on_a_terminal():
    assert max(map(len, text().splitlines())) > 80
    narrow = text(width=60)
    assert (
        max(
            len(line)
            for line in narrow.splitlines()
            if not line.lstrip().startswith("archlint ") and "next" not in line
        )
        <= 75
    )
    assert " ".join(DRIFTED.message.split()) in " ".join(narrow.split())


@pytest.mark.parametrize("poison", ["\x1b[31mred\x1b[0m", "a\rb", "[bold]x[/bold]", "[/nothing]", "\x07"])
def test_scanned_text_cannot_steer_the_terminal(poison):
    nasty = msgspec.structs.replace(UNSAFE, message=f"see {poison}", subject=poison)
    source = (f"create {poison} table loans (",)
    drawn = render(findings(nasty), Context(lines=lambda _: source, colour=True, width=100))
    plain = ANSI.sub("", drawn)
    assert "\x1b" not in plain
    assert "\r" not in plain
    assert "\x07" not in plain
    if poison.startswith("["):
        assert poison in plain


def test_the_same_report_gives_the_same_text():
    assert text() == text()
    assert place(CHECK, "refuses") == place(CHECK, "refuses")
