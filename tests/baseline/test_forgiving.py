"""A baseline forgives what changes nothing, whatever it moves, and nothing that makes a rule drift."""

import pytest
from test_no_change import CASES, DRIFTS, files_of

from archlint.baseline import entries_of, hold
from archlint.model.configuration import Baseline
from archlint.pipeline import Options, scan


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    """What is found in files, each tree looked at once."""
    known = {}

    def of(files):
        mark = tuple(sorted(files.items()))
        if mark not in known:
            root = tmp_path_factory.mktemp("edited")
            for path, text in files.items():
                target = root / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(text.encode())
            known[mark] = scan(root, Options(jobs=1, cache=False)).findings
        return known[mark]

    return of


def held(findings, name, edit):
    baseline = Baseline(origin="", entries=entries_of(findings(files_of(name))))
    return hold(findings(edit(files_of(name))), baseline)


@pytest.mark.parametrize(("name", "edit"), CASES)
def test_an_edit_that_changes_nothing_is_known(name, edit, findings):
    result = held(findings, name, edit)
    assert [(item.code, item.message) for item in result.findings] == []
    assert [(entry.check, entry.message) for entry in result.stale] == []
    assert result.smaller == ()


@pytest.mark.parametrize(("name", "subject", "edit"), DRIFTS.values(), ids=DRIFTS)
def test_an_edit_that_makes_a_rule_drift_is_new(name, subject, edit, findings):
    new = held(findings, name, edit).findings
    assert subject in {item.subject.partition(":")[0] for item in new}, [(item.code, item.subject) for item in new]
