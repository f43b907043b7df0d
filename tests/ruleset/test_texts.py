"""Texts of checks: what is shipped, and that a mistake in one is named with its file."""

import pytest

from archlint.model.errors import ArchlintError
from archlint.model.finding import Severity
from archlint.ruleset import load_checks
from archlint.ruleset.checks import read_checks

GOOD = """
code = "AL999"
name = "some-check"
title = "Something is wrong."
severity = "warning"
why = "Because."
fix = "Repair it."

[[examples]]
name = "broken"
broken = ["a.ts:1"]
[examples.files]
"a.ts" = "x"
"""


def read(folder, text, name="AL999.toml"):
    (folder / name).write_text(text, "utf-8")
    return read_checks(folder)


def test_a_text_is_read(tmp_path):
    check = read(tmp_path, GOOD)["AL999"]
    assert (check.name, check.severity, check.default) == ("some-check", Severity.WARNING, True)
    assert check.examples[0].files == {"a.ts": "x"}
    assert check.examples[0].broken == ("a.ts:1",)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("severity", "level"), "AL999.toml: level is not a field"),
        (('"warning"', '"bad"'), "AL999.toml: Invalid enum value 'bad'"),
        (("AL999", "AL998"), "code is 'AL998', but the file is called 'AL999'"),
        (('why = "Because."', ""), "AL999.toml: Object missing required field why"),
        (('broken = ["a.ts:1"]', 'broke = ["a.ts:1"]'), r"examples\[0\].broke is not a field"),
        (('"a.ts" = "x"', ""), r"examples\[0\].files is empty"),
        (('code = "AL999"', "code = "), "AL999.toml: not readable as TOML"),
    ],
)
def test_a_mistake_is_named(tmp_path, change, reason):
    with pytest.raises(ArchlintError, match=reason):
        read(tmp_path, GOOD.replace(*change))


def test_the_shipped_texts_are_in_order_and_have_names_of_their_own():
    known = load_checks()
    assert list(known) == sorted(known)
    assert len({check.name for check in known.values()}) == len(known)


@pytest.mark.parametrize("check", load_checks().values(), ids=lambda check: check.code)
def test_a_text_is_said_in_sentences(check):
    assert check.title.endswith(".")
    assert check.why.strip().endswith(".")
    assert check.fix.strip().endswith(".")
    assert check.name == check.name.lower()
    assert " " not in check.name
