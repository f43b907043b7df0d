"""Escapes may write half a character; no half of one may cost the scan."""

import pytest

from archlint import reading
from archlint.model.facts import FileFacts
from archlint.pipeline import Options, scan


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.ts", 'export const A = "\\ud83d\\ude00";\nexport const B = "x\\ud800";\n'),
        ("a.ts", "export const A = `\\ud83d\\ude00 ${B} \\ud800`;\nexport const B = 5;\n"),
        ("a.py", 'A = "\\ud83d\\ude00"\nB = "x\\ud800"\nC = f"{A} \\ud800"\n'),
    ],
)
def test_half_a_character_costs_nothing(tree, path, text):
    report = scan(tree({path: text}), Options(jobs=1, cache=False))
    assert report.problems == ()
    assert report.summary.files == 1


def test_what_cannot_be_written_down_is_a_problem():
    facts = FileFacts(path="a.py", language="python", hints=("\ud800",))
    assert b"internal error" in reading._encoded(reading.Outcome(facts))
