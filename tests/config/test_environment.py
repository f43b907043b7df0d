"""Settings from the environment: between the command line and the files, with the same mistakes told."""

import json

import pytest

SCHEMA = "create table loans (id int primary key, amount numeric not null check (amount <= 5000));\n"
LEND = """import { supabase } from '../supabase';
export async function lend(amount: number) {
  if (amount > 10000) throw new Error('too much');
  await supabase.from('loans').insert({ id: 1, amount });
}
"""
FILES = {"src/lend.ts": LEND, "db/1.sql": SCHEMA}


@pytest.fixture
def shown(archlint, tree):
    """What `config show` prints, by key."""

    def of(settings, **variables):
        done = archlint("config", "show", tree(settings), **variables)
        assert done.returncode == 0, done.stderr
        rows = [line.split("  # ") for line in done.stdout.splitlines()[1:]]
        return {row[0].split(" = ")[0].strip(): (row[0].split(" = ")[1].strip(), row[1].strip()) for row in rows}

    return of


def test_the_environment_stands_between_the_command_line_and_the_files(archlint, tree):
    root = tree({**FILES, "archlint.toml": 'fail-on = "info"\n'})
    assert archlint("scan", root).returncode == 1
    assert archlint("scan", root, ARCHLINT_FAIL_ON="never").returncode == 0
    assert archlint("scan", root, "--fail-on", "error", ARCHLINT_FAIL_ON="never").returncode == 1
    assert archlint("scan", root, "--isolated", ARCHLINT_FAIL_ON="never").returncode == 1


def test_each_value_says_which_variable_it_comes_from(shown):
    files = {
        "base.toml": '[severity]\nAL101 = "error"\nAL102 = "error"\nAL103 = "error"\n',
        "archlint.toml": 'extend = "base.toml"\nexclude = ["old/"]\n[severity]\nAL102 = "info"\nAL103 = "info"\n',
    }
    rows = shown(files, ARCHLINT_SEVERITY="scattered-rule=off, AL103 = warning", ARCHLINT_EXCLUDE="a/,b/")
    assert rows["severity.AL101"] == ('"off"', "ARCHLINT_SEVERITY")
    assert rows["severity.AL102"] == ('"info"', "archlint.toml:4")
    assert rows["severity.AL103"] == ('"warning"', "ARCHLINT_SEVERITY")
    assert rows["exclude"] == ('["old/", "a/", "b/"]', "archlint.toml:2, ARCHLINT_EXCLUDE")


def test_a_value_comes_from_its_own_line_however_its_key_is_spelled(shown):
    declared = '[[declared]]\nsubject = "loans.amount"\nkind = "bound"\nmaximum = 4000\n'
    rows = shown({"archlint.toml": f'fail-on = "error"\n[severity]\nscattered-rule = "off"\n{declared}'})
    assert rows["severity.AL101"] == ('"off"', "archlint.toml:3")
    assert rows["declared"][1] == "archlint.toml:4"


def test_no_file_is_needed(shown):
    rows = shown({"a.ts": ""}, ARCHLINT_MIN_CONFIDENCE="0.4", ARCHLINT_SELECT="AL201,AL203", ARCHLINT_FAIL_ON="")
    assert rows["min-confidence"] == ("0.4", "ARCHLINT_MIN_CONFIDENCE")
    assert rows["select"] == ('["AL201", "AL203"]', "ARCHLINT_SELECT")
    assert rows["fail-on"] == ('"warning"', "default")


def test_the_file_may_be_named_by_a_variable(archlint, tree, tmp_path):
    (tmp_path / "mine.toml").write_text('fail-on = "never"\n')
    (tmp_path / "other.toml").write_text('fail-on = "info"\n')
    root = tree(FILES)
    assert archlint("scan", root, ARCHLINT_CONFIG=str(tmp_path / "mine.toml")).returncode == 0
    named = {"ARCHLINT_CONFIG": str(tmp_path / "mine.toml")}
    assert archlint("scan", root, "--config", tmp_path / "other.toml", **named).returncode == 1
    assert archlint("scan", root, "--isolated", **named).returncode == 1


def test_mistakes_are_told_at_once_with_their_variable_and_those_of_files(archlint, tree):
    wrong = {
        "ARCHLINT_FAIL_ON": "eror",
        "ARCHLINT_FAILON": "error",
        "ARCHLINT_MIN_CONFIDENCE": "much",
        "ARCHLINT_LAYERS": "src/",
        "ARCHLINT_DECLARED": "loans.amount",
        "ARCHLINT_IGNORE": "AL999",
    }
    done = archlint("scan", tree({**FILES, "archlint.toml": "exclud = []\n"}), **wrong)
    assert (done.returncode, done.stdout) == (2, "")
    told = done.stderr
    for line in (
        "archlint.toml:1: the key 'exclud' is not known; did you mean 'exclude'?",
        "ARCHLINT_FAIL_ON: fail-on is one of error, warning, info, never, not 'eror'; did you mean 'error'?",
        "ARCHLINT_FAILON: the variable is not known; did you mean 'ARCHLINT_FAIL_ON'?",
        "ARCHLINT_MIN_CONFIDENCE: min-confidence is a number from 0 to 1, not 'much'",
        "ARCHLINT_LAYERS: layers is written as name=value, with commas between",
        "ARCHLINT_DECLARED: declared can only be set in a file",
        "ARCHLINT_IGNORE: ignore: the check 'AL999' is not known",
    ):
        assert line in told
    assert told.splitlines()[-1].startswith("archlint: 7 mistakes in the configuration")


@pytest.mark.parametrize(
    "name", ["ARCHLINT_VERSION", "ARCHLINT_PACKAGE", "ARCHLINT_FOLDER", "ARCHLINT_OPTIONS", "ARCHLINT"]
)
def test_variables_of_other_programs_are_let_alone(archlint, tree, name):
    assert archlint("scan", tree(FILES), "--exit-zero", **{name: "1"}).returncode == 0


def test_a_layer_and_an_exception_of_one_run(archlint, tree):
    done = archlint("scan", tree(FILES), "--format", "json", ARCHLINT_LAYERS="src/=service")
    (finding,) = [item for item in json.loads(done.stdout)["findings"] if item["code"] == "AL201"]
    assert {site["layer"] for site in finding["sites"]} == {"service", "database"}
