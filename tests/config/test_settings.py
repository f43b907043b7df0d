"""Settings: what they change in a scan, and that every mistake is told at once, with its line."""

import json

import jsonschema
import pytest
import tomli

from archlint import data

FORM = """
import { supabase } from '../supabase';
export async function lend(amount: number) {
  if (amount > 10000) throw new Error('too much');
  await supabase.from('loans').insert({ id: 1, amount });
}
"""
SCHEMA = "create table loans (id int primary key, amount numeric not null check (amount <= 5000));\n"
LENDING = {"src/loans/lend.ts": FORM, "db/001_loans.sql": SCHEMA}
GOOD = """
architecture = "logic-first"
select = ["AL201"]
exclude = ["old/"]
fail-on = "error"
min-confidence = 0.5
[layers]
"src/**" = "service"
[dialects]
"db/" = "postgres"
[homes]
"loans.amount" = "contract"
[severity]
drifted-rule = "warning"
[aliases]
sum = "amount"
[[declared]]
subject = "loans.amount"
kind = "bound"
minimum = 100
where = "the bank"
"""


@pytest.fixture
def found(archlint, tree):
    """Scan the lending files, with others, and give the report."""

    def run(files, *arguments):
        done = archlint("scan", tree({**LENDING, **files}), "--format", "json", *arguments)
        assert done.returncode in (0, 1), done.stderr
        return json.loads(done.stdout)

    return run


def drift(report):
    (only,) = [finding for finding in report["findings"] if finding["code"] == "AL201"]
    return only


def test_a_layer_is_what_the_team_says(found):
    assert {site["layer"] for site in drift(found({}))["sites"]} == {"frontend", "database"}
    told = found({"archlint.toml": '[layers]\n"src/**" = "frontend"\n"src/loans/" = "service"\n'})
    assert {site["layer"] for site in drift(told)["sites"]} == {"service", "database"}


def test_a_change_of_settings_is_seen_at_once(found):
    first = drift(found({}))["severity"]
    assert first == "error"
    assert drift(found({"archlint.toml": '[severity]\nAL201 = "info"\n'}))["severity"] == "info"
    assert "AL201" not in {
        item["code"] for item in found({"archlint.toml": '[severity]\ndrifted-rule = "off"\n'})["findings"]
    }
    assert drift(found({"archlint.toml": ""}))["severity"] == first


def test_what_is_excluded_is_counted(found):
    report = found({"archlint.toml": 'exclude = ["src/loans/"]\n'})
    assert report["findings"] == []
    assert report["summary"]["skipped"] == {"excluded by the configuration": 1}


def test_checks_are_chosen_and_the_command_line_has_the_last_word(found):
    settings = {"archlint.toml": 'select = ["drifted-rule"]\nignore = ["AL301"]\n'}
    assert {item["code"] for item in found(settings)["findings"]} == {"AL201"}
    assert "AL201" not in {item["code"] for item in found(settings, "--select", "AL301")["findings"]}
    settings = {"archlint.toml": 'ignore = ["drifted-rule"]\n'}
    assert found(settings)["findings"] == []
    assert drift(found(settings, "--isolated"))


def test_the_failing_level_and_the_least_confidence(archlint, tree):
    root = tree({**LENDING, "archlint.toml": 'fail-on = "never"\n'})
    assert archlint("scan", root).returncode == 0
    assert archlint("scan", root, "--fail-on", "error").returncode == 1
    tree({"archlint.toml": "min-confidence = 1\n"})
    assert archlint("scan", root).returncode == 0


def test_the_architecture_moves_homes_and_judges_direct_writes(found):
    secured = {"db/002.sql": "alter table loans enable row level security;\n", "src/supabase.ts": CLIENT}
    assert "AL501" not in {item["code"] for item in found(secured)["findings"]}
    told = found({**secured, "archlint.toml": 'architecture = "logic-first"\n'})
    assert "AL501" in {item["code"] for item in told["findings"]}
    assert next(rule for rule in told["rules"] if rule["subject"] == "loans.amount")["home"] == "service"
    told = found({**secured, "archlint.toml": 'architecture = "logic-first"\n[homes]\nloans = "function"\n'})
    assert next(rule for rule in told["rules"] if rule["subject"] == "loans.amount")["home"] == "function"


CLIENT = """
import { createClient } from "@supabase/supabase-js";
export const supabase = createClient(import.meta.env.VITE_SUPABASE_URL, import.meta.env.VITE_SUPABASE_ANON_KEY);
"""


def test_a_declared_rule_is_a_copy_like_any_other(found):
    declared = '[[declared]]\nsubject = "loans.amount"\nkind = "bound"\nmaximum = 4000\nwhere = "the bank"\n'
    report = found({"archlint.toml": declared})
    assert ("archlint.toml", 1) in {(site["path"], site["line"]) for site in drift(report)["sites"]}


def test_an_alias_joins_two_names(found):
    form = """
import { z } from 'zod';
export const loanSchema = z.object({ wishedFor: z.number().max(9000) });
"""
    limits = [rule for rule in found({"src/form.ts": form})["rules"] if rule["subject"] == "loans.amount"]
    assert "src/form.ts" not in {site["path"] for rule in limits for site in rule["sites"]}
    told = found({"src/form.ts": form, "archlint.toml": '[aliases]\nwishedFor = "amount"\n'})
    limits = [rule for rule in told["rules"] if rule["subject"] == "loans.amount"]
    assert "src/form.ts" in {site["path"] for rule in limits for site in rule["sites"]}


def test_a_helper_of_the_project_rejects(found):
    form = FORM.replace("throw new Error('too much')", "stopRightThere('too much')").replace("10000", "9000")
    assert "AL201" not in {item["code"] for item in found({"src/loans/lend.ts": form})["findings"]}
    own = {"archlint.toml": 'idioms = ["lint/outcomes.toml"]\n', "lint/outcomes.toml": 'hard = ["stopRightThere"]\n'}
    assert "AL201" in {item["code"] for item in found({"src/loans/lend.ts": form, **own})["findings"]}
    own["lint/outcomes.toml"] = 'hard = ["stopSomewhereElse"]\n'
    assert "AL201" not in {item["code"] for item in found({"src/loans/lend.ts": form, **own})["findings"]}


ROWS = """
import { saveRow } from '@acme/rows';
export async function lend(amount: number) {
  if (amount > 9000) throw new Error('too much');
  await saveRow('loans', { amount });
}
"""
BANK = """
import { bank } from '@acme/bank';
export async function change(id: number, amount: number) {
  if (amount > 9000) throw new Error('too much');
  await bank.changeLoan(id, { amount });
}
"""


@pytest.mark.parametrize(
    ("source", "row"),
    [
        (ROWS, 'saveRow = { kind = "insert", table = 1, payload = 2 }'),
        (BANK, '"bank.changeLoan" = { kind = "update", table = "loans", payload = 2, key = 1 }'),
    ],
    ids=["named by an argument", "always the same"],
)
def test_a_wrapper_of_the_project_writes_a_table(found, source, row):
    assert "AL201" not in {item["code"] for item in found({"src/loans/lend.ts": source})["findings"]}
    own = {"archlint.toml": 'idioms = ["lint/wrappers.toml"]\n', "lint/wrappers.toml": f"[calls]\n{row}\n"}
    assert drift(found({"src/loans/lend.ts": source, **own}))["witness"] in ("5001", "7000", "9000")


def test_a_component_of_the_project_limits_its_value(found):
    screen = """
import { useState } from 'react';
import { supabase } from '../supabase';
import { MoneyBox } from '@acme/ui';
export function Loan() {
  const [amount, setAmount] = useState(1);
  const save = () => supabase.from('loans').insert({ amount });
  return <form onSubmit={save}><MoneyBox name="amount" most={9000} value={amount} onChange={setAmount} /></form>;
}
"""
    assert "AL201" not in {
        item["code"] for item in found({"src/loans/lend.ts": "", "src/Loan.tsx": screen})["findings"]
    }
    own = {
        "archlint.toml": 'idioms = ["lint/ui.toml"]\n',
        "lint/ui.toml": 'attributes = ["most"]\n[alike]\nmost = "max"\n',
    }
    assert drift(found({"src/loans/lend.ts": "", "src/Loan.tsx": screen, **own}))


def test_the_nearest_file_wins_and_extends_only_what_it_names(found, archlint, tree):
    root = tree(
        {
            **{f"app/{path}": text for path, text in LENDING.items()},
            "archlint.toml": '[severity]\nAL201 = "info"\n',
            "app/pyproject.toml": '[tool.archlint]\nfail-on = "info"\n',
        }
    )
    show = archlint("config", "show", root / "app")
    assert 'fail-on = "info"' in show.stdout
    assert "pyproject.toml:2" in show.stdout
    assert "AL201" not in show.stdout
    tree({"app/pyproject.toml": '[tool.archlint]\nextend = "../archlint.toml"\n'})
    show = archlint("config", "show", root / "app")
    assert "../archlint.toml:2" in show.stdout
    tree({"app/pyproject.toml": '[tool.other]\nname = "archlint"\n'})
    assert 'severity.AL201 = "info"' in archlint("config", "show", root / "app").stdout


def test_patterns_are_relative_to_the_file_that_states_them(archlint, tree):
    files = {f"app/{path}": text for path, text in LENDING.items()}
    root = tree({**files, "archlint.toml": 'exclude = ["app/src/"]\n'})
    assert json.loads(archlint("scan", root / "app", "--format", "json").stdout)["summary"]["files"] == 1


WRONG = """extend = "no.toml"
architecture = "logic-firs"
exclud = ["x"]
min-confidence = 7
exclude = "x"
idioms = ["lint/outcome.toml", "lint/gone.toml"]
[severity]
AL201 = "warn"
drifted-rul = "off"
[layers]
"db/" = "databse"
[[declared]]
subject = "loans"
kind = "bound"
minimum = "x"
[[declared]]
subject = "loans.amount"
kind = "presence"
maximum = 3
"""
TOLD = [
    "archlint.toml:1: extend names no.toml, which does not exist",
    "archlint.toml:2: architecture is one of database-first, logic-first, hybrid, not 'logic-firs'; "
    "did you mean 'logic-first'?",
    "archlint.toml:3: the key 'exclud' is not known; did you mean 'exclude'?",
    "archlint.toml:4: min-confidence is a number from 0 to 1, not 7",
    "archlint.toml:5: exclude is a list of texts",
    "archlint.toml:6: idioms: lint/outcome.toml adds to a file of that name; the file 'outcome' is not known; "
    "did you mean 'outcomes'?",
    "archlint.toml:6: idioms: lint/gone.toml does not exist",
    "archlint.toml:8: severity: the level 'warn' is not known; did you mean 'warning'?",
    "archlint.toml:9: severity: the check 'drifted-rul' is not known; did you mean 'drifted-rule'?",
    "archlint.toml:11: layers: the layer 'databse' is not known; did you mean 'database'?",
    "archlint.toml:13: declared: subject is a text like 'orders.discount'",
    "archlint.toml:15: declared: minimum is a number, not 'x'",
    "archlint.toml:19: declared: a rule of kind presence has no maximum",
    "archlint: 13 mistakes in the configuration (exit 2)",
]


def test_all_mistakes_are_told_at_once(archlint, tree):
    root = tree({**LENDING, "archlint.toml": WRONG, "lint/outcome.toml": ""})
    for command in (["scan", root], ["config", "show", root]):
        done = archlint(*command)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.splitlines() == TOLD


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("saveRow = 1", "calls.saveRow is a table like"),
        (
            'saveRow = { kind = "put", table = 1 }',
            "calls.saveRow: kind is one of insert, update, upsert, delete, select",
        ),
        ('saveRow = { kind = "insert" }', "calls.saveRow: table is the name of a table"),
        (
            'saveRow = { kind = "insert", table = 1, payloads = 2 }',
            "the key 'payloads' is not known; did you mean 'payload'?",
        ),
        ('saveRow = { kind = "insert", table = 1, payload = "2" }', "payload is the number of an argument, from 1"),
        ('saveRow = { kind = "insert", table = 1, rights = "all" }', "rights can only be 'service'"),
    ],
)
def test_a_mistake_in_a_wrapper(archlint, tree, row, told):
    files = {"archlint.toml": 'idioms = ["wrappers.toml"]\n', "wrappers.toml": f"[calls]\n{row}\n"}
    done = archlint("scan", tree({**LENDING, **files}))
    assert (done.returncode, done.stdout) == (2, "")
    assert "archlint.toml:1: idioms: wrappers.toml: calls.saveRow" in done.stderr
    assert told in done.stderr


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ('architecture = "', "is not valid TOML"),
        ('extend = "archlint.toml"', "leads in a circle"),
        ("severity = 3", "severity is a table"),
        ('baseline = ""', "baseline is a text"),
        ('idioms = ["outcomes.toml"]', "hard is a list, not a text"),
        ("select = [3]", "select is a list of texts"),
    ],
)
def test_a_single_mistake_is_the_last_line(archlint, tree, settings, told):
    done = archlint("scan", tree({"archlint.toml": settings, "outcomes.toml": 'hard = "x"'}))
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr.splitlines()[-1]


def test_the_file_may_be_named(archlint, tree, tmp_path):
    root = tree(LENDING)
    (tmp_path / "mine.toml").write_text('fail-on = "never"\n')
    assert archlint("scan", root, "--config", tmp_path / "mine.toml").returncode == 0
    assert archlint("scan", root, "--config", tmp_path / "no.toml").returncode == 2
    assert archlint("scan", root, "--config", tmp_path / "mine.toml", "--isolated").returncode == 2


def test_the_schema_for_editors_says_the_same(archlint):
    schema = json.loads(archlint("config", "schema").stdout)
    assert schema == json.loads((data.folder() / "schemas" / "archlint.schema.json").read_text("utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    assert list(validator.iter_errors(tomli.loads(GOOD))) == []
    assert len(list(validator.iter_errors(tomli.loads(WRONG)))) >= 8


def test_the_schema_names_the_keys_that_are_read(archlint, tree):
    root = tree({**LENDING, "archlint.toml": GOOD})
    shown = archlint("config", "show", root)
    assert shown.returncode == 0, shown.stderr
    keys = {line.split(" = ")[0].split(".")[0] for line in shown.stdout.splitlines()[1:]}
    schema = json.loads((data.folder() / "schemas" / "archlint.schema.json").read_text("utf-8"))
    assert keys == set(schema["properties"]) - {"extend"}
