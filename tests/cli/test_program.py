"""The program as a user meets it: exit codes, streams, and what it says of bad input."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time

import pytest

FORM = """
import { supabase } from '../supabase';
export async function lend(amount: number) {
  if (amount > 10000) throw new Error('too much');
  await supabase.from('loans').insert({ amount });
}
"""
SCHEMA = "create table loans (id int primary key, amount numeric not null check (amount <= 5000));\n"
LENDING = {"src/loans/lend.ts": FORM, "supabase/migrations/001_loans.sql": SCHEMA}


def report_of(done):
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)


def last_line(done):
    return done.stderr.rstrip("\n").rpartition("\n")[2]


def test_version_and_help(archlint):
    for flag in ("--version", "-V"):
        done = archlint(flag)
        assert (done.returncode, done.stdout[:9]) == (0, "archlint ")
    done = archlint("--help")
    assert done.returncode == 0
    assert {"scan", "checks", "explain"} <= set(done.stdout.split())
    assert archlint().stdout == done.stdout


def test_a_drifted_rule_fails_the_run(archlint, tree):
    done = archlint("scan", tree(LENDING), "--format", "json")
    assert done.returncode == 1
    (drifted,) = [finding for finding in json.loads(done.stdout)["findings"] if finding["code"] == "AL201"]
    assert 5000 < float(drifted["witness"]) <= 10000
    assert last_line(done).endswith('at or above "warning" (exit 1)')


def test_a_clean_tree_does_not(archlint, tree):
    done = archlint("scan", tree({"src/a.ts": "export const name = 'Ada';\n"}))
    assert done.returncode == 0
    assert last_line(done) == 'archlint: nothing at or above "warning" (exit 0)'


def test_the_failing_level_moves(archlint, tree):
    root = tree(LENDING)
    assert archlint("scan", root, "--fail-on", "never").returncode == 0
    assert archlint("scan", root, "--exit-zero").returncode == 0
    assert archlint("scan", root, "--select", "unread-source").returncode == 0
    assert archlint("scan", root, "--select", "drifted-rule,AL301", "--fail-on", "error").returncode == 1


def test_the_report_can_go_to_a_file(archlint, tree, tmp_path):
    root = tree(LENDING)
    done = archlint("scan", root, "--format", "json", "--output", tmp_path / "report.json")
    assert done.stdout == ""
    assert (tmp_path / "report.json").read_text("utf-8") == archlint("scan", root, "--format", "json").stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["scan", "nowhere-at-all"], "does not exist"),
        (["scan", __file__], "is a file"),
        (["scan", "--format", "xml"], "'xml' is not one of text, concise, json"),
        (["scan", "--fail-on", "sometimes"], "'sometimes' is not one of"),
        (["scan", "--jobs", "many"], "--jobs"),
        (["scan", "--no-such-flag"], "--no-such-flag"),
        (["scan", "--select", "drifted-rules"], "did you mean drifted-rule?"),
        (["explain", "AL999"], "there is no check 'AL999'"),
        (["scna"], "scna"),
        (["scan", ".", "--output", "/no/such/folder/report.json"], "cannot be written"),
    ],
)
def test_a_mistake_of_the_user_is_told_in_one_line(archlint, tree, arguments, told, monkeypatch):
    monkeypatch.chdir(tree({"a.ts": "export {}"}))
    done = archlint(*arguments, PYTHONPATH=os.pathsep.join(sys.path))
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert told in last_line(done)
    assert last_line(done).endswith("(exit 2)")


def test_an_empty_repository(archlint, tmp_path):
    (tmp_path / "empty").mkdir()
    done = archlint("scan", tmp_path / "empty", "--format", "json")
    assert report_of(done)["summary"]["files"] == 0
    assert "no source files" in last_line(done)


@pytest.mark.parametrize(
    ("path", "content", "told"),
    [
        ("db/dump.sql", b"-- x\n" * 500_000, "over the limit of 2 MB"),
        ("src/old.ts", b"// caf\xe9\nexport const a = 1;\n", "is not UTF-8"),
        ("src/half.ts", b"export function lend(amount: number) {\n  if (amount >", ""),
        ("db/half.sql", b"create table loans (amount numeric check (amount <", ""),
        ("src/deep.ts", b"export const a = " + b"!f(\n" * 20_000 + b"1" + b")\n" * 20_000 + b";\n", "deeply"),
        ("db/deep.sql", b"create table deep (a int check (" + b"(" * 30_000 + b"a > 1" + b")" * 30_000 + b"));\n", ""),
        ("package.json", b"{ not json", "not valid JSON"),
    ],
)
def test_what_cannot_be_read_is_a_problem_and_the_rest_is_scanned(archlint, tree, path, content, told):
    report = report_of(archlint("scan", tree({**LENDING, path: content}), "--format", "json"))
    problems = {problem["path"]: problem for problem in report["problems"]}
    assert told in problems[path]["reason"]
    assert problems[path]["line"] >= 1
    assert "AL201" in {finding["code"] for finding in report["findings"]}


@pytest.mark.parametrize(
    ("path", "content", "reason"),
    [
        ("src/logo.ts", b"\x00\x01\x02\x03", "binary"),
        ("src/empty.ts", b"", "empty"),
        ("src/blank.ts", b" \r\n", "empty"),
    ],
)
def test_what_holds_no_source_is_counted(archlint, tree, path, content, reason):
    report = report_of(archlint("scan", tree({**LENDING, path: content}), "--format", "json"))
    assert report["summary"]["skipped"] == {reason: 1}
    assert report["problems"] == []


@pytest.mark.parametrize("dress", ["\ufeff{}", "{}"])
def test_marks_and_line_ends_change_nothing(archlint, tree, dress):
    plain = report_of(archlint("scan", tree(LENDING), "--format", "json"))
    dressed = {path: dress.format(text).replace("\n", "\r\n").encode() for path, text in LENDING.items()}
    other = report_of(archlint("scan", tree(dressed), "--format", "json"))
    for report in (plain, other):
        for finding in report["findings"]:
            finding.pop("fingerprint")
    assert other["findings"] == plain["findings"]


def test_a_circle_of_links(archlint, tree):
    root = tree(LENDING)
    (root / "src/again").symlink_to(root)
    (root / "src/self").symlink_to(root / "src/self")
    report = report_of(archlint("scan", root, "--format", "json"))
    assert report["summary"]["files"] == 2


def as_a_user_who_may_not_read_everything():
    """Where the tests run as root, take away what lets root read what nobody may read."""
    if sys.platform == "linux" and os.geteuid() == 0:
        drop_from_bounding_set, override, read_search = 24, 1, 2
        for capability in (override, read_search):
            ctypes.CDLL(None).prctl(drop_from_bounding_set, capability, 0, 0, 0)


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of another kind")
def test_an_unreadable_file_and_an_unreadable_folder(tree, tmp_path):
    root = tree({**LENDING, "src/secret.ts": "export {}", "src/closed/a.ts": "export {}"})
    (root / "src/secret.ts").chmod(0)
    (root / "src/closed").chmod(0)
    done = subprocess.run(
        [sys.executable, "-m", "archlint", "scan", root, "--format", "json"],
        env=os.environ | {"ARCHLINT_CACHE_DIR": str(tmp_path / "cache")},
        preexec_fn=as_a_user_who_may_not_read_everything,
        capture_output=True,
        text=True,
        check=False,
    )
    (root / "src/closed").chmod(0o700)
    report = report_of(done)
    assert report["problems"] == [
        {"path": "src/closed", "line": 1, "reason": "the folder cannot be listed: permission denied"},
        {"path": "src/secret.ts", "line": 1, "reason": "the file cannot be read: permission denied"},
    ]
    assert report["summary"]["files"] == 2


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes with names")
def test_a_pipe_in_the_tree_does_not_stop_the_scan(archlint, tree):
    root = tree(LENDING)
    os.mkfifo(root / "src/pipe.ts")
    assert report_of(archlint("scan", root, "--format", "json"))["summary"]["files"] == 2


def test_text_of_another_encoding_is_read_by_its_mark(archlint, tree):
    plain = report_of(archlint("scan", tree(LENDING), "--format", "json"))
    wide = {path: ("\ufeff" + text).encode("utf-16-le") for path, text in LENDING.items()}
    assert report_of(archlint("scan", tree(wide), "--format", "json"))["rules"] == plain["rules"]


def test_without_git_the_same_is_found(archlint, tree):
    root = tree({**LENDING, ".gitignore": "scratch/\n", "scratch/a.ts": "export {}"})
    plain = archlint("scan", root, "--format", "json")
    assert archlint("scan", root, "--format", "json", PATH="").stdout == plain.stdout
    subprocess.run(["git", "init", "-q", root], check=True)
    assert archlint("scan", root, "--format", "json").stdout == plain.stdout


def test_a_link_to_the_repository_will_do(archlint, tree, tmp_path):
    root = tree(LENDING)
    (tmp_path / "link").symlink_to(root)
    plain = archlint("scan", root, "--format", "json")
    assert archlint("scan", tmp_path / "link", "--format", "json").stdout == plain.stdout


def test_a_user_without_a_home_scans_without_a_cache(tree, tmp_path):
    environment = {"PATH": os.environ["PATH"], "HOME": "", "XDG_CACHE_HOME": str(tmp_path / "no" / "where")}
    (tmp_path / "no").write_text("")
    command = [sys.executable, "-m", "archlint", "scan", tree(LENDING), "--format", "json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert report_of(done)["summary"]["files"] == 2


def test_runs_at_the_same_time_share_a_cache(tree, tmp_path):
    files = {f"src/part{number}/lend.ts": FORM.replace("10000", str(10000 + number)) for number in range(40)}
    command = [sys.executable, "-m", "archlint", "scan", tree({**LENDING, **files}), "--format", "json"]
    environment = os.environ | {"ARCHLINT_CACHE_DIR": str(tmp_path / "cache")}
    runs = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    told = {run.communicate(timeout=60)[0] for run in runs}
    assert len(told) == 1
    assert json.loads(told.pop())["summary"]["files"] == 42


def test_the_same_tree_gives_the_same_report(archlint, tree, tmp_path, monkeypatch):
    files = {f"src/part{number}/lend.ts": FORM.replace("10000", str(10000 + number)) for number in range(40)}
    root = tree({**LENDING, **files})
    first = archlint("scan", root, "--format", "json", "--no-cache", "--jobs", "1")
    assert first.returncode == 1
    (tmp_path / "elsewhere").mkdir()
    runs = [
        archlint("scan", root, "--format", "json", "--no-cache", "--jobs", "8"),
        archlint("scan", root, "--format", "json"),
        archlint("scan", root, "--format", "json"),
        archlint("scan", root, "--format", "json", "--no-cache", PYTHONHASHSEED="1"),
    ]
    monkeypatch.chdir(root)
    runs.append(archlint("scan", "--format", "json", PYTHONPATH=os.pathsep.join(sys.path)))
    assert all(run.stdout == first.stdout for run in runs)


def test_a_change_is_seen_at_once(archlint, tree):
    root = tree(LENDING)
    assert archlint("scan", root).returncode == 1
    tree({"src/loans/lend.ts": FORM.replace("10000", "5000")})
    changed = archlint("scan", root, "--format", "json")
    assert "AL201" not in {finding["code"] for finding in json.loads(changed.stdout)["findings"]}


def test_the_scanned_tree_is_never_written(archlint, tree):
    root = tree(LENDING)
    before = sorted((path, path.stat().st_mtime_ns) for path in root.rglob("*"))
    archlint("scan", root)
    archlint("scan", root, ARCHLINT_CACHE_DIR=str(root / "cache"))
    assert sorted((path, path.stat().st_mtime_ns) for path in root.rglob("*")) == before


def test_piped_text_is_plain_and_whole(archlint, tree):
    done = archlint("scan", tree(LENDING), COLUMNS="40")
    assert "\x1b" not in done.stdout
    assert any(len(line) > 60 for line in done.stdout.splitlines())
    assert "\x1b" in archlint("scan", tree(LENDING), FORCE_COLOR="1").stdout
    assert "\x1b" not in archlint("scan", tree(LENDING), FORCE_COLOR="1", NO_COLOR="1").stdout
    assert "\x1b" not in archlint("scan", tree(LENDING), "--no-color", FORCE_COLOR="1").stdout


def test_checks_are_listed_and_explained(archlint):
    listed = archlint("checks")
    assert listed.returncode == 0
    assert "AL201  drifted-rule" in listed.stdout
    for word in ("AL201", "al201", "drifted-rule"):
        done = archlint("explain", word)
        assert done.returncode == 0
        assert done.stdout.startswith("AL201 drifted-rule (")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of another kind")
def test_an_interrupt_ends_with_130(tree, tmp_path):
    root = tree({f"src/part{number}.ts": FORM * 200 for number in range(60)})
    environment = os.environ | {"ARCHLINT_CACHE_DIR": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "archlint", "scan", str(root)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(0.7)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    if process.returncode != 130:
        pytest.skip("this machine was done before it could be interrupted")
    assert told.rstrip().endswith("archlint: interrupted (exit 130)")


def test_a_reader_of_the_report_may_leave_early(archlint, tree, tmp_path):
    environment = os.environ | {"ARCHLINT_CACHE_DIR": str(tmp_path / "cache")}
    command = f"{sys.executable} -m archlint scan {tree(LENDING)} --format json | head -c 1"
    done = subprocess.run(command, shell=True, env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
