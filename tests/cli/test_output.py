"""Several reports of one run, and mistakes in asking for them."""

import json

import pytest

from archlint.reporters import REPORTERS

LENDING = {
    "src/loans/lend.ts": """
import { supabase } from '../supabase';
export async function lend(amount: number) {
  if (amount > 10000) throw new Error('too much');
  await supabase.from('loans').insert({ amount });
}
""",
    "supabase/migrations/001_loans.sql": "create table loans (id serial, amount int check (amount <= 5000));\n",
}


def test_one_run_writes_every_format(archlint, tree, tmp_path):
    root = tree(LENDING)
    asked = [word for form in REPORTERS for word in ("--output", f"{form}={tmp_path / form}")]
    done = archlint("scan", root, "--format", "concise", *asked)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    for form in REPORTERS:
        alone = archlint("scan", root, "--format", form)
        assert (alone.returncode, alone.stderr) == (done.returncode, done.stderr)
        assert (tmp_path / form).read_text("utf-8") == alone.stdout
    assert (tmp_path / "concise").read_text("utf-8") == done.stdout


def test_a_file_for_the_report_and_others_beside_it(archlint, tree, tmp_path):
    done = archlint(
        "scan", tree(LENDING), "-f", "json", "-o", tmp_path / "report", "-o", f"junit={tmp_path / 'a=b.xml'}"
    )
    assert done.stdout == ""
    assert json.loads((tmp_path / "report").read_text("utf-8"))["schema"] == 1
    assert "<testsuites" in (tmp_path / "a=b.xml").read_text("utf-8")


@pytest.mark.parametrize(
    ("outputs", "told"),
    [
        (["sarf=x"], "'sarf' is not a format; did you mean sarif? (a file of that name: ./sarf=x)"),
        (["zzz=x"], f"'zzz' is not a format; known: {', '.join(REPORTERS)}"),
        (["one", "two"], "--output names two files for one report, one and two"),
        (["sarif=x", "json=x"], "two reports cannot be written to one file, x"),
        (["sarif=/no/such/folder/x"], "the report cannot be written to /no/such/folder/x"),
    ],
)
def test_a_mistake_is_told_in_one_line_and_nothing_is_written(archlint, tree, tmp_path, outputs, told):
    done = archlint("scan", tree(LENDING), *(word for output in outputs for word in ("-o", output)))
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("archlint c", {"ci", "checks", "config"}),
        ("archlint scan --fo", {"--format"}),
        ("archlint scan --format ", set(REPORTERS)),
        ("archlint ci --fail-on ", {"error", "warning", "info", "never"}),
    ],
)
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands_flags_and_values(archlint, shell, words, offered):
    given = {"COMP_WORDS": words, "COMP_CWORD": str(words.count(" ")), "_TYPER_COMPLETE_ARGS": words}
    given |= {"_TYPER_COMPLETE_FISH_ACTION": "get-args"} if shell == "fish" else {}
    done = archlint(_ARCHLINT_COMPLETE=f"complete_{shell}", **given)
    assert offered <= set(done.stdout.replace('"', " ").replace(":", " ").split())
