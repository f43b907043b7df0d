"""Markdown for a comment on a pull request: read back as the page that a code host makes of it."""

import re
from html.parser import HTMLParser

from loans import DRIFTED, REPORT
from markdown_it import MarkdownIt
from msgspec.structs import replace
from strange import ACCEPTED, DIFFICULT, NOTHING

from archlint.reporters import Context
from archlint.reporters.markdown import render


class _Page(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


def page(report, context=None):
    return _Page(render(report, context or Context()))


def test_a_table_with_a_row_for_each_finding_worst_first_and_details_that_unfold():
    shown = page(REPORT)
    assert shown.tags.count("table") == 1
    assert shown.tags.count("tr") == 4
    assert shown.tags.count("details") == shown.tags.count("summary") == 3
    assert shown.text.index("AL201") < shown.text.index("AL502") < shown.text.index("AL101")
    assert "1 error, 1 warning, 1 info" in shown.text
    assert "7500 passes in web/LoanForm.tsx:2" in shown.text
    for place in ("web/LoanForm.tsx:2:6", "functions/lend.ts:1:7", "db/loans.sql:2:18"):
        assert place in shown.text


def test_text_of_the_scanned_system_stays_text():
    shown = page(DIFFICULT)
    ours = {"h3", "table", "thead", "tbody", "tr", "th", "td", "code", "details", "summary", "p", "ul", "li", "strong"}
    assert set(shown.tags) <= ours | {"sub"}
    assert shown.tags.count("tr") == 3
    assert '% of <b> & "c" ]]> `x` ::error::' in shown.text
    # Neither a mention nor a reference to an issue, outside of code, where hosts make none.
    raw = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", render(DIFFICULT, Context()))
    assert "everyone" in raw and "@everyone" not in raw
    assert "#12" not in raw.replace("&#", "")


def test_nothing_found_is_said():
    assert "nothing found" in page(NOTHING).text
    assert "table" not in page(NOTHING).tags


def test_what_is_not_shown_is_counted():
    told = page(ACCEPTED).text
    assert "1 known in the baseline, 1 suppressed by a comment, 4 outside of this change" in told
    assert "1 problem in reading" in told


def test_a_comment_fits_and_says_what_it_leaves_out():
    many = replace(REPORT, findings=tuple(replace(DRIFTED, fingerprint=f"f{number}") for number in range(2_000)))
    text = render(many, Context())
    assert len(text) < 65_536
    rows = text.count("\n| error |")
    assert f"{2_000 - rows:,} more findings in the whole report" in text
    assert "The details of 2,000 findings are only in the whole report" in text


def test_the_same_comment_is_found_again():
    assert render(REPORT, Context()).startswith("<!-- archlint -->\n")
