"""Every exit code, with the stream that each way of ending writes to, told by the real program."""

import os

import pytest

FORM = """
import { supabase } from '../supabase';
export async function lend(amount: number) {
  if (amount > 10000) throw new Error('too much');
  await supabase.from('loans').insert({ amount });
}
"""
SCHEMA = """create table loans (
  id int generated always as identity primary key,
  amount numeric not null check (amount <= 5000)
);
"""
DRIFTED = {"src/lend.ts": FORM, "db/1.sql": SCHEMA}
CLEAN = {"src/lend.ts": FORM.replace("10000", "5000"), "db/1.sql": SCHEMA}
UNUSED = {
    "src/lend.ts": FORM.replace("10000", "5000").replace("  if", "  // archlint: ignore[AL201] x\n  if"),
    "db/1.sql": SCHEMA,
}
NAMED = {**DRIFTED, "archlint.toml": "archtecture = 'hybrid'\n"}
GENTLE = {**DRIFTED, "archlint.toml": 'fail-on = "never"\n'}
KNOWN = {**DRIFTED, ".archlint-baseline.json": "{"}
NOTHING = {"notes.txt": "nothing\n"}
OUT, SILENT = True, False

# The command, the files it finds, the exit code, whether it writes to the standard output, and what its last line says.
ENDINGS = [
    ("scan .", CLEAN, 0, OUT, 'nothing at or above "warning"'),
    ("scan . --quiet", CLEAN, 0, SILENT, 'nothing at or above "warning"'),
    ("scan .", NOTHING, 0, OUT, "no source files"),
    ("scan .", GENTLE, 0, OUT, "none may fail the run"),
    ("scan . --exit-zero", DRIFTED, 0, OUT, "ignored by --exit-zero"),
    ("scan . --fail-on never", DRIFTED, 0, OUT, "none may fail the run"),
    ("scan . --format json", CLEAN, 0, OUT, 'nothing at or above "warning"'),
    ("scan . --format json --output report.json", CLEAN, 0, SILENT, 'nothing at or above "warning"'),
    ("scan . --min-confidence 1", DRIFTED, 0, OUT, 'nothing at or above "warning"'),
    ("scan . --ignore AL201", DRIFTED, 0, OUT, 'nothing at or above "warning"'),
    ("scan .", DRIFTED, 1, OUT, '1 finding at or above "warning"'),
    ("scan . --quiet", DRIFTED, 1, OUT, '1 finding at or above "warning"'),
    ("scan . --format json", DRIFTED, 1, OUT, '1 finding at or above "warning"'),
    ("scan . --format json --output report.json", DRIFTED, 1, SILENT, '1 finding at or above "warning"'),
    ("scan . --fail-on error", DRIFTED, 1, OUT, '1 finding at or above "error"'),
    ("scan . --isolated", GENTLE, 1, OUT, '1 finding at or above "warning"'),
    ("scan . --no-baseline", KNOWN, 1, OUT, '1 finding at or above "warning"'),
    ("scan .", UNUSED, 1, OUT, '1 finding at or above "warning"'),
    ("ci .", CLEAN, 0, OUT, 'nothing at or above "warning"'),
    ("ci .", DRIFTED, 1, OUT, '1 finding at or above "warning"'),
    ("scan nowhere", CLEAN, 2, SILENT, "does not exist"),
    ("scan src/lend.ts", CLEAN, 2, SILENT, "is a file"),
    ("scan . --format xml", CLEAN, 2, SILENT, "'xml' is not one of"),
    ("scan . --fail-on sometimes", CLEAN, 2, SILENT, "'sometimes' is not one of"),
    ("scan . --select AL999", CLEAN, 2, SILENT, "there is no check 'AL999'"),
    ("scan . --min-confidence 2", CLEAN, 2, SILENT, "min-confidence"),
    ("scan . --no-such-flag", CLEAN, 2, SILENT, "--no-such-flag"),
    ("scan . --config nowhere.toml", CLEAN, 2, SILENT, "nowhere.toml does not exist"),
    ("scan . --output no/such/folder", CLEAN, 2, SILENT, "cannot be written"),
    ("scan . --baseline nowhere.json", CLEAN, 2, SILENT, "does not exist"),
    ("scan . --changed", CLEAN, 2, SILENT, "is not in a git repository"),
    ("scan . --staged", CLEAN, 2, SILENT, "is not in a git repository"),
    ("scan .", NAMED, 2, SILENT, "did you mean 'architecture'?"),
    ("scan .", KNOWN, 2, SILENT, "is not valid"),
    ("scna", CLEAN, 2, SILENT, "scna"),
    ("checks", {}, 0, OUT, None),
    ("explain AL201", {}, 0, OUT, None),
    ("explain loans.amount .", DRIFTED, 0, OUT, None),
    ("explain AL999", {}, 2, SILENT, "there is no check 'AL999'"),
    ("explain loans.amounts .", DRIFTED, 2, SILENT, "did you mean loans.amount?"),
    ("config show .", GENTLE, 0, OUT, None),
    ("config show .", NAMED, 2, SILENT, "did you mean 'architecture'?"),
    ("config schema", {}, 0, OUT, None),
    ("init .", DRIFTED, 0, OUT, "nothing is written yet"),
    ("init . --ci jenkins", DRIFTED, 2, SILENT, "'jenkins' is not one of"),
    ("doctor .", DRIFTED, 0, OUT, "archlint can work here"),
    ("baseline create .", DRIFTED, 0, SILENT, "1 finding written"),
    ("baseline create .", KNOWN, 2, SILENT, "is there already"),
    ("baseline prune .", DRIFTED, 2, SILENT, "archlint baseline create makes it"),
    ("baseline show .", KNOWN, 2, SILENT, "is not valid"),
    ("--version", {}, 0, OUT, None),
    ("--help", {}, 0, OUT, None),
]


@pytest.mark.parametrize(("command", "files", "code", "writes", "last"), ENDINGS)
def test_an_ending(archlint, tree, monkeypatch, command, files, code, writes, last):
    monkeypatch.chdir(tree(files))
    settings = dict.fromkeys(("GITHUB_ACTIONS", "GITLAB_CI", "GITHUB_STEP_SUMMARY", "GITHUB_BASE_REF"), "")
    done = archlint(*command.split(), PYTHONPATH=os.environ.get("PYTHONPATH", ""), **settings)
    assert done.returncode == code, done.stderr
    assert bool(done.stdout) is writes
    assert "Traceback" not in done.stderr
    if last is None:
        assert done.stderr == ""
    else:
        line = done.stderr.splitlines()[-1]
        assert last in line
        assert line.startswith("archlint: ")
        assert line.endswith(f"(exit {code})")


def test_a_bug_of_ours_is_told_as_one(tree, archlint, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text(
        "import archlint.pipeline\n\n"
        "def bug(root, options):\n    raise KeyError('surprise')\n\n"
        "archlint.pipeline.scan = bug\n"
    )
    done = archlint("scan", tree(CLEAN), PYTHONPATH=str(broken))
    assert (done.returncode, done.stdout) == (2, "")
    assert "KeyError: 'surprise'" in done.stderr
    assert done.stderr.splitlines()[-1] == "archlint: internal error; this is a bug in archlint (exit 2)"
