"""The examples in the texts of the checks are what `explain` shows, and they are true."""

import msgspec
import pytest

from archlint.checks import CHECKS, LAST
from archlint.cli.settings import settings
from archlint.pipeline import Options, scan
from archlint.ruleset import load_checks

EXAMPLES = [
    pytest.param(check.code, example, id=f"{check.code} {example.name}")
    for check in load_checks().values()
    for example in check.examples
]
ALL = Options(jobs=1, cache=False)


@pytest.mark.parametrize(("code", "example"), EXAMPLES)
def test_an_example_is_what_it_says(code, example, tree):
    root = tree(example.files)
    report = scan(root, msgspec.structs.replace(ALL, configuration=settings(root).configuration))
    found = [finding for finding in report.findings if finding.code == code]
    if not example.broken:
        assert [finding.message for finding in found] == []
        return
    assert found, [(finding.code, finding.message) for finding in report.findings]
    named = {
        (place.path, line) for place in found[0].places for line in range(place.span.line, place.span.end_line + 1)
    }
    wanted = {(path, int(line)) for path, _, line in (place.rpartition(":") for place in example.broken)}
    assert wanted <= named, (sorted(named), found[0].message)


@pytest.mark.parametrize("check", load_checks().values(), ids=lambda check: check.code)
def test_a_check_shows_how_it_is_broken_and_how_it_is_kept(check):
    assert any(example.broken for example in check.examples)
    assert any(not example.broken for example in check.examples)
    for example in check.examples:
        for place in example.broken:
            path, _, line = place.rpartition(":")
            assert 0 < int(line) <= example.files[path].count("\n")


def test_every_check_is_made_by_a_function_and_every_function_is_told():
    assert {*CHECKS, LAST} == set(load_checks())
