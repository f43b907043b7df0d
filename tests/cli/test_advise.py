"""`archlint advise` as a user meets it: flags, files, exit codes, a decision that scan holds to, and a terminal."""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import pytest

FORM = """
import { supabase } from '../supabase';
export async function lend(amount: number) {
  if (amount > 10000) throw new Error('too much');
  await supabase.from('loans').insert({ amount });
}
"""
CLIENT = """
import { createClient } from '@supabase/supabase-js';
export const supabase = createClient(import.meta.env.VITE_URL, import.meta.env.VITE_ANON_KEY);
"""
SCHEMA = """create table loans (id int primary key, amount numeric not null check (amount <= 5000));
alter table loans enable row level security;
create policy own on loans using (auth.uid() is not null) with check (auth.uid() is not null);
"""
LENDING = {
    "src/loans/lend.ts": FORM,
    "src/supabase.ts": CLIENT,
    "supabase/migrations/001_loans.sql": SCHEMA,
    "package.json": '{"dependencies": {"react": "18"}, "devDependencies": {"vite": "5"}, "scripts": {"dev": "vite"}}',
}
LOGIC = ["A1=little", "A2=many", "A3=strong", "B10=never", "C1=many", "C3=central", "J3=process", "I2=none", "E2=none"]
DATA = ["A1=most", "A2=few", "A3=flat", "B10=direct", "C1=few", "C3=none", "J3=invariants", "I2=none", "E2=none"]
ANSWERS = "[answers]\n" + "".join(f'{key} = "{value}"\n' for key, value in (pair.split("=") for pair in LOGIC))


def sets(pairs):
    return [word for pair in pairs for word in ("--set", pair)]


def last_line(done):
    return done.stderr.rstrip("\n").rpartition("\n")[2]


def files_of(root):
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_answers_from_flags_and_from_a_file_give_the_same_bytes(archlint, tree, tmp_path):
    root = tree(LENDING)
    (tmp_path / "answers.toml").write_text(ANSWERS, "utf-8")
    for form in ("text", "json", "markdown"):
        flags = archlint("advise", root, "--no-input", "--format", form, *sets(LOGIC))
        turned = archlint("advise", root, "--no-input", "--format", form, *sets(LOGIC[::-1]))
        file = archlint("advise", root, "--no-input", "--format", form, "--answers", tmp_path / "answers.toml")
        assert flags.returncode == 0
        assert flags.stdout == file.stdout == turned.stdout
        assert last_line(flags) == "archlint: logic-first (exit 0)"


def test_nothing_is_written_unless_asked_for(archlint, tree):
    root = tree(LENDING)
    assert archlint("advise", root, "--no-input", "--accept-evidence", *sets(LOGIC)).returncode == 0
    assert files_of(root) == sorted(LENDING)


def test_evidence_is_accepted_where_trust_is_high_and_never_over_a_person(archlint, tree):
    root = tree(LENDING)
    done = archlint("advise", root, "--no-input", "--accept-evidence", "--set", "B10=never", "--format", "json")
    advice = json.loads(done.stdout)
    assert (advice["answers"]["B1"]["value"], advice["answers"]["B1"]["source"]) == ("one", "scan")
    assert advice["answers"]["B10"]["source"] == "person"
    assert {"question": "B10", "said": "never", "scanned": "direct"} in advice["conflicts"]
    assert advice["evidence"]["B10"]["places"] == ["src/loans/lend.ts:5"]
    trusted = {key for key, item in advice["evidence"].items() if item["trust"] == "high" and item["proposes"]}
    assert {key for key, item in advice["answers"].items() if item["source"] == "scan"} == trusted - {"B10"}


def test_saved_answers_are_replayed_to_the_same_advice(archlint, tree, tmp_path):
    root = tree(LENDING)
    saved, again = tmp_path / "a.toml", tmp_path / "b.toml"
    asked = ("advise", root, "--no-input", "--accept-evidence")
    first = archlint(*asked, *sets(LOGIC), "--save", saved)
    second = archlint(*asked, "--answers", saved, "--save", again)
    assert first.stdout == second.stdout
    assert saved.read_bytes() == again.read_bytes()


def test_what_if_shows_the_difference_and_saves_nothing(archlint, tree, tmp_path):
    root = tree(LENDING)
    done = archlint(
        "advise", root, "--no-input", *sets(LOGIC), "--what-if", "K1=no-server", "--save", tmp_path / "s.toml"
    )
    assert "verdict: logic-first → database-first" in done.stdout
    assert not (tmp_path / "s.toml").exists()
    asjson = archlint("advise", root, *sets(LOGIC), "--what-if", "K1=no-server", "--format", "json")
    verdicts = json.loads(asjson.stdout)
    assert (verdicts["before"]["architecture"], verdicts["after"]["architecture"]) == ("logic-first", "database-first")


def test_compare_tells_what_changed_since(archlint, tree, tmp_path):
    (tmp_path / "old.toml").write_text(ANSWERS, "utf-8")
    done = archlint("advise", tree(LENDING), "--no-input", *sets(DATA), "--compare", tmp_path / "old.toml")
    assert "verdict: logic-first → database-first" in done.stdout
    assert "few of them (one third or less) → most of them (two thirds or more)" in done.stdout


def test_weights_and_scores_are_visible_and_can_be_changed(archlint, tree, tmp_path):
    root = tree(LENDING)
    shown = archlint("advise", root, "--no-input", *sets(LOGIC), "--show-scoring").stdout
    assert re.search(r"A1 +little +-2 x 3 = -6", shown)
    (tmp_path / "w.toml").write_text("A1 = 7\n", "utf-8")
    other = archlint(
        "advise", root, "--no-input", *sets(LOGIC), "--show-scoring", "--weights", tmp_path / "w.toml"
    ).stdout
    assert re.search(r"A1 +little +-2 x 7 = -14", other)


def test_a_decision_that_is_emitted_changes_what_scan_finds(archlint, tree):
    root = tree(LENDING)

    def found():
        report = json.loads(archlint("scan", root, "--format", "json").stdout)
        return {finding["code"] for finding in report["findings"]}, {
            rule["id"]: rule["home"] for rule in report["rules"]
        }

    before, homes = found()
    assert "AL501" not in before and homes["loans.amount:bound"] == "database"
    (root / "archlint.toml").write_text('# ours\nfail-on = "error"\n\n[severity]\nAL201 = "warning"\n', "utf-8")
    done = archlint("advise", root, "--no-input", *sets(LOGIC), "--emit-config")
    assert done.returncode == 0, done.stderr
    settings = (root / "archlint.toml").read_text("utf-8")
    assert 'architecture = "logic-first"' in settings and "# ours" in settings and 'AL201 = "warning"' in settings
    after, homes = found()
    assert "AL501" in after and homes["loans.amount:bound"] == "service"
    done = archlint("advise", root, "--no-input", *sets(DATA), "--emit-config")
    after, homes = found()
    assert "AL501" not in after and homes["loans.amount:bound"] == "database"
    assert (root / "archlint.toml").read_text("utf-8").count("architecture") == 1


def test_no_settings_without_a_verdict(archlint, tree):
    root = tree(LENDING)
    done = archlint("advise", root, "--no-input", "--emit-config")
    assert done.returncode == 2 and "needs a clear verdict" in last_line(done)
    assert files_of(root) == sorted(LENDING)


def test_a_record_is_written_and_superseded_by_another_decision(archlint, tree):
    root = tree({**LENDING, "docs/adr/0004-use-a-queue.md": "# Use a queue\n\n## Considered Options\n"})
    archlint("advise", root, "--no-input", *sets(LOGIC), "--adr")
    first = root / "docs/adr/0005-where-business-rules-live.md"
    text = first.read_text("utf-8")
    assert text.startswith("---\nstatus: proposed\n---\n")
    assert 'architecture = "logic-first"' in text and "### Confirmation" in text
    archlint("advise", root, "--no-input", *sets(LOGIC), "--adr")
    assert first.read_text("utf-8") == text
    archlint("advise", root, "--no-input", *sets(DATA), "--adr")
    second = root / "docs/adr/0006-where-business-rules-live.md"
    assert "Supersedes [0005-where-business-rules-live.md]" in second.read_text("utf-8")
    told = first.read_text("utf-8")
    assert 'status: "superseded by [0006-where-business-rules-live.md](0006-where-business-rules-live.md)"' in told
    assert told.partition("\n---\n")[2] == text.partition("\n---\n")[2]


def test_all_mistakes_are_told_at_once_and_nothing_is_written(archlint, tree, tmp_path):
    root = tree(LENDING)
    (tmp_path / "bad.toml").write_text('schema = 9\n[answers]\nQ1 = "x"\nA1 = 4\n', "utf-8")
    (tmp_path / "w.json").write_text('{"Z9": 1}', "utf-8")
    wrong = [
        "--answers",
        tmp_path / "bad.toml",
        "--weights",
        tmp_path / "w.json",
        "--set",
        "A2=lots",
        "--compare",
        "none.toml",
    ]
    done = archlint("advise", root, "--no-input", *wrong, "--save", tmp_path / "s.toml", "--adr", "--emit-config")
    assert (done.returncode, done.stdout) == (2, "")
    for part in ("schema is 9", "'Q1'", "A1 is a number", "'Z9'", "A2 cannot be 'lots'", "none.toml cannot be read"):
        assert part in last_line(done), part
    assert files_of(root) == sorted(LENDING) and not (tmp_path / "s.toml").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["advise", "."], "needs a terminal"),
        (["advise", ".", "--no-input", "--only", "weather"], "no question fits --only weather"),
        (["advise", ".", "--format", "xml"], "'xml' is not one of text, json, markdown"),
        (["advise", ".", "--no-input", "--adr-dir", "../outside"], "lies outside"),
        (["advise", "nowhere", "--no-input"], "does not exist"),
    ],
)
def test_a_mistake_is_told_in_one_line(archlint, tree, arguments, told, monkeypatch):
    monkeypatch.chdir(tree(LENDING))
    done = archlint(*arguments, PYTHONPATH=os.pathsep.join(sys.path))
    assert done.returncode == 2 and done.stdout == ""
    assert "Traceback" not in done.stderr and told in last_line(done)


def test_the_questions_can_be_listed(archlint):
    listed = archlint("advise", "--list-questions")
    assert listed.returncode == 0 and "A1  What share of the operations" in listed.stdout
    questions = json.loads(archlint("advise", "--list-questions", "--format", "json").stdout)["questions"]
    assert len(questions) == 68 and {"id", "ask", "choices", "source", "weight"} <= set(questions[0])


def test_help_does_not_import_the_questionnaire():
    code = "import sys; from archlint.cli import run; run(['advise', '--help']); sys.exit('questionary' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


DOWN, UP, ENTER, INTERRUPT = "\x1b[B", "\x1b[A", "\r", "\x03"


class Terminal:
    """The program in a terminal of its own; `seen` is all that it wrote."""

    def __init__(self, tmp_path, *arguments):
        self.seen, self.position = "", 0
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
        environment = {**os.environ, "ARCHLINT_CACHE_DIR": str(tmp_path / "cache"), "TERM": "xterm"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "archlint", "advise", *map(str, arguments)],
            stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        os.close(slave)

    def read(self, until="", seconds=30.0):
        """Wait for a text after the one last waited for; positions of the cursor are told, as a terminal does."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            told = self.plain(self.seen)[self.position :]
            if until and until in told:
                self.position += told.index(until) + len(until)
                return told
            if not select.select([self.master], [], [], 0.1)[0]:
                continue
            try:
                data = os.read(self.master, 65536).decode("utf-8", "replace")
            except OSError:
                break
            if not data:
                break
            self.seen += data
            for _ in range(data.count("\x1b[6n")):
                os.write(self.master, b"\x1b[1;1R")
        told = self.plain(self.seen)[self.position :]
        assert not until or until in told, told
        return told

    def asked(self, question):
        """Wait until a question is asked and keys are taken."""
        told = self.read(f"· {question}")
        self.read("(arrows and Enter)")
        return told + self.plain(self.seen)[self.position :]

    @staticmethod
    def plain(text):
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)

    def keys(self, *keys):
        for key in keys:
            os.write(self.master, key.encode())
            time.sleep(0.05)

    def end(self):
        self.read(seconds=30)
        return self.process.wait(timeout=30)

    def close(self):
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self.master)


@pytest.fixture
def terminal(tmp_path):
    opened = []

    def start(*arguments):
        opened.append(Terminal(tmp_path, *arguments))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


def test_answer_help_go_back_skip_and_stop_in_a_terminal(terminal, tree, tmp_path):
    root = tree(LENDING)
    saved = tmp_path / "saved.toml"
    one = terminal(root, "--only", "B1,C1,F1", "--save", saved)
    one.asked("B1")
    # The scan's evidence comes first, and is selected where its trust is high.
    assert "scan says: 1 application" in one.plain(one.seen)
    one.keys(ENTER)
    one.asked("C1")
    # Choices: few, some, many, (line) skip, unknown, not applicable, back, help, stop; the scan proposes "few".
    one.keys(*[DOWN] * 7, ENTER)
    one.read("Source: An article")
    one.asked("C1")
    one.keys(*[DOWN] * 6, ENTER)
    one.asked("B1")
    one.keys(DOWN, ENTER)
    one.asked("C1")
    one.keys(*[DOWN] * 5, ENTER)
    one.read("Not applicable because")
    one.keys(*"nobody", ENTER)
    one.asked("F1")
    # A question on what people want has nothing selected but to skip it.
    one.keys(ENTER)
    assert one.end() == 0
    text = saved.read_text("utf-8")
    assert re.search(r'\[answers.B1\]\nvalue = "two"\nsource = "person"', text)
    assert 'value = "not-applicable"' in text and 'na_reason = "nobody"' in text
    assert "F1" not in text
    assert "CONFLICT with the scan" in one.plain(one.seen)


def test_an_interrupt_leaves_answers_that_the_next_run_goes_on_with(terminal, tree, tmp_path):
    root = tree(LENDING)
    one = terminal(root, "--only", "A1,A2,A3")
    one.asked("A1")
    one.keys(UP, UP, UP, ENTER)
    one.asked("A2")
    one.keys(INTERRUPT)
    assert one.end() == 130
    told = one.plain(one.seen)
    assert "Traceback" not in told and "the answers so far are in" in told
    assert files_of(root) == sorted(LENDING)
    kept = list((tmp_path / "cache" / "advise").glob("*.toml"))
    assert len(kept) == 1 and 'value = "most"' in kept[0].read_text("utf-8")
    two = terminal(root, "--only", "A1,A2,A3")
    two.asked("A2")
    assert "Continuing with 1 answers" in two.plain(two.seen)
    two.keys(ENTER)
    two.asked("A3")
    two.keys(ENTER)
    assert two.end() == 0
    assert not list((tmp_path / "cache" / "advise").glob("*.toml"))
    assert "you said    most of them" in two.plain(two.seen)
