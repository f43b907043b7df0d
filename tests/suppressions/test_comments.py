"""Ignore comments: what they accept, in every form of comment, and what is told of those that do nothing."""

import json

import pytest

from archlint.suppressions import find

SCHEMA = """create table loans (
  id int generated always as identity primary key,
  amount numeric not null,
  {before}
  constraint loans_limit check (amount <= 5000){behind}
);
"""
FORM = """
import {{ supabase }} from '../supabase';
{top}
export async function lend(amount: number) {{
  {before}
  if (amount > 10000) throw new Error('too much');{behind}
  await supabase.from('loans').insert({{ amount }});
}}
"""


@pytest.fixture
def found(archlint, tree):
    """The findings of the lending files with a comment somewhere, by code."""

    def run(form=None, sql=None, files=None):
        empty = {"before": "", "behind": "", "top": ""}
        sources = {
            "src/lend.ts": FORM.format(**{**empty, **(form or {})}),
            "db/1.sql": SCHEMA.format(**{**empty, **(sql or {})}),
        }
        done = archlint("scan", tree({**sources, **(files or {})}), "--format", "json")
        assert done.returncode in (0, 1), done.stderr
        report = json.loads(done.stdout)
        return {item["code"]: item for item in report["findings"]}, report["summary"]

    return run


def test_without_a_comment_it_is_found(found):
    findings, summary = found()
    assert set(findings) == {"AL201"}
    assert summary["suppressed"] == 0


@pytest.mark.parametrize(
    ("form", "sql"),
    [
        ({"before": "// archlint: ignore[AL201] the bank asked for it"}, {}),
        ({"before": "/* archlint: ignore[AL201] the bank asked for it */"}, {}),
        ({"before": "// archlint: ignore[AL201] asked for\n  // and more words\n"}, {}),
        ({"before": "// archlint: ignore-next[drifted-rule] asked for"}, {}),
        ({"before": "// archlint: ignore[AL301, AL201] asked for"}, {}),
        ({"behind": " // archlint: ignore[AL201] the bank asked for it"}, {}),
        ({"behind": " // archlint: ignore[AL201] asked for until=2999-12-31"}, {}),
        ({"top": "// archlint: ignore-file[AL201] the bank asked for it"}, {}),
        ({}, {"before": "-- archlint: ignore[AL201] the bank asked for it"}),
        ({}, {"before": "/* archlint: ignore[AL201] the bank asked for it */"}),
        ({}, {"behind": " -- archlint: ignore[AL201] the bank asked for it"}),
    ],
)
def test_any_place_may_carry_the_comment(found, form, sql):
    findings, summary = found(form, sql)
    assert set(findings) <= {"AL901"}
    assert summary["suppressed"] == 1


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"before": "// archlint: ignore[AL201]"}, "it gives no reason"),
        ({"before": "// archlint: ignore the bank asked for it"}, "it names no check"),
        ({"before": "// archlint: ignore-all[AL201] because"}, "it is none of ignore, ignore-next and ignore-file"),
        ({"before": "// archlint: ignore[AL999] because"}, "there is no check 'AL999'"),
        ({"before": "// archlint: ignore[AL201] because until=2001-01-31"}, "it held until 2001-01-31"),
        ({"before": "// archlint: ignore[AL201] because until=soon"}, "until=soon is no date like 2030-12-31"),
        ({"before": "// archlint: ignore[AL202] because"}, "nothing here breaks AL202"),
        ({"before": "// archlint: ignore[AL201] because\n  let a = 1;"}, "nothing here breaks AL201"),
    ],
)
def test_a_comment_that_does_nothing_is_told(found, form, told):
    findings, summary = found(form)
    assert set(findings) == {"AL201", "AL901"}
    assert told in findings["AL901"]["message"]
    assert (findings["AL901"]["sites"][0]["path"], findings["AL901"]["sites"][0]["line"]) == ("src/lend.ts", 5)
    assert summary["suppressed"] == 0


def test_a_comment_whose_finding_is_gone_is_told(found):
    gone = {
        "src/lend.ts": FORM.format(before="// archlint: ignore[AL201] meant", behind="", top="").replace(
            "10000", "5000"
        )
    }
    findings, _ = found(files=gone)
    assert set(findings) == {"AL901"}


def test_a_comment_in_the_markup_of_a_page(found):
    page = """
import { useState } from 'react';
import { supabase } from '../supabase';
export function Lend() {
  const [amount, setAmount] = useState(0);
  return (
    <form onSubmit={async () => { await supabase.from('loans').insert({ amount }); }}>
      {/* archlint: ignore[AL201] the bank asked for it */}
      <input type="number" max={9000} value={amount} onChange={(event) => setAmount(Number(event.target.value))} />
    </form>
  );
}
"""
    findings, summary = found(
        files={"src/lend.ts": "export {};\n", "src/Lend.tsx": page.replace("{/* arch", "{/* no: arch")}
    )
    assert "AL201" in findings
    findings, summary = found(files={"src/lend.ts": "export {};\n", "src/Lend.tsx": page})
    assert "AL201" not in findings
    assert summary["suppressed"] >= 1


def test_a_change_of_a_comment_alone_is_seen(found):
    assert found({"before": "// archlint: ignore[AL201] meant"})[1]["suppressed"] == 1
    assert found({"before": "// archlint: ignore[AL202] meant"})[1]["suppressed"] == 0


def test_a_text_is_no_comment():
    assert find(b'const help = "// archlint: ignore[AL201] like this";\n') == ()
    assert find(b"const help = `-- archlint: ignore[AL201] like this`;\n") == ()
    assert find(b"// a word about archlint: ignore it\n") == ()
    (only,) = find(b'print("a"); // archlint: ignore[AL201] one reason\n')
    assert (only.codes, only.reason, only.target) == (("AL201",), "one reason", 1)
