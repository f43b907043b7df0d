"""The sample repositories: what a whole scan finds in each, and what it leaves alone."""

import json
import re
import shutil
import tomllib
from fractions import Fraction
from pathlib import Path

import pytest

from archlint.pipeline import Options, scan

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
SAMPLES = sorted(path.parent.name for path in FIXTURES.glob("*/STORY.md"))
PLACE = re.compile(r'\[\s+"[^\[\]\n]+",\s+\d+,\s+"[^\[\]\n]*"\s+\]')
OWN = ("STORY.md", "claims.toml", "expected.json")

every_sample = pytest.mark.parametrize("name", SAMPLES)


@pytest.fixture(scope="session")
def scanned(tmp_path_factory):
    """The report on a sample, from a copy of it, with the tree it was made from."""
    known = {}

    def report(name):
        if name not in known:
            root = tmp_path_factory.mktemp("samples") / name
            shutil.copytree(FIXTURES / name, root, ignore=shutil.ignore_patterns(*OWN))
            if name == "broken":
                # Too large to be kept in the repository.
                (root / "dump.sql").write_bytes(b"insert into lanterns (price) values (20);\n" * 50_000)
            known[name] = scan(root, Options(jobs=1, cache=False)), root
        return known[name]

    return report


def claims(name):
    return tomllib.loads((FIXTURES / name / "claims.toml").read_text("utf-8"))


def line_of(root, place, nth=0):
    """The file and line of `path: a piece of the line`; with `nth`, which of several such lines."""
    path, _, piece = place.partition(": ")
    lines = (root / path).read_text("utf-8-sig", "replace").split("\n")
    found = [number for number, line in enumerate(lines, 1) if piece in line]
    assert len(found) == 1 or nth, f"{place} is on lines {found}"
    return path, found[nth - 1 if nth else 0]


def covers(finding, path, line):
    return any(
        place.path == path and place.span.line <= line <= max(place.span.line, place.span.end_line)
        for place in finding.places
    )


def satisfies(finding, claim, root):
    """Whether a finding says what a claim demands."""
    if finding.code != claim["code"] or ("subject" in claim and not about(finding, claim["subject"])):
        return False
    if "witness" in claim and finding.witness.strip('"') != claim["witness"]:
        return False
    if "between" in claim:
        low, high = map(Fraction, claim["between"])
        if not low < Fraction(finding.witness) <= high:
            return False
    if any(f'"{word}"' not in finding.message for word in claim.get("words", ())):
        return False
    return all(covers(finding, *line_of(root, place, claim.get("nth", 0))) for place in claim["places"])


def about(finding, subject):
    """Findings about rows and rights name the table, perhaps with the command that is meant."""
    return finding.subject == subject or finding.subject.partition(":")[0] == subject


@every_sample
def test_what_must_be_found_is_found(name, scanned):
    report, root = scanned(name)
    missing = [
        f"{claim['code']} {claim.get('subject', '')}: {claim['why']}"
        for claim in claims(name).get("found", ())
        if not claim.get("optional") and not any(satisfies(item, claim, root) for item in report.findings)
    ]
    assert missing == [], [(item.code, item.subject, item.message) for item in report.findings]


@every_sample
def test_what_is_found_was_claimed_by_a_person(name, scanned):
    report, root = scanned(name)
    demanded = claims(name).get("found", ())
    unclaimed = [
        (item.code, item.message)
        for item in report.findings
        if not any(satisfies(item, claim, root) for claim in demanded)
    ]
    assert unclaimed == []


@every_sample
def test_what_is_right_is_left_alone(name, scanned):
    report, root = scanned(name)
    quiet = claims(name)["quiet"]
    assert [item.message for item in report.findings if item.code in quiet.get("codes", ())] == []
    for subject in quiet.get("subjects", ()):
        assert [item.message for item in report.findings if about(item, subject)] == []
    for place in quiet.get("places", ()):
        where = line_of(root, place)
        assert [item.message for item in report.findings if covers(item, *where)] == [], place


@every_sample
def test_silence_is_not_for_want_of_reading(name, scanned):
    report, root = scanned(name)
    rules = {rule.id: rule for rule in report.rules}
    for read in claims(name).get("read", ()):
        assert read["rule"] in rules, sorted(rules)
        found = {
            (site.path, line)
            for site in rules[read["rule"]].sites
            for line in range(site.span.line, site.span.end_line + 1)
        }
        assert {line_of(root, place) for place in read["places"]} <= found


@every_sample
def test_what_was_not_read_is_said(name, scanned):
    report, root = scanned(name)
    demanded = claims(name)
    assert {item.path for item in report.problems} == {item["path"] for item in demanded.get("problem", ())}
    for item in demanded.get("problem", ()):
        if "line" in item:
            where = line_of(root, f"{item['path']}: {item['line']}")
            assert where in {(problem.path, problem.line) for problem in report.problems}
    assert report.summary.skipped == demanded.get("skipped", {})


@every_sample
def test_the_report_is_as_expected(name, scanned, pytestconfig):
    report, _ = scanned(name)
    path = FIXTURES / name / "expected.json"
    text = json.dumps(stable(report), indent=2, ensure_ascii=False) + "\n"
    text = PLACE.sub(lambda found: " ".join(found.group().split()).replace("[ ", "[").replace(" ]", "]"), text)
    if pytestconfig.getoption("--regenerate"):
        path.write_text(text, "utf-8", newline="\n")
    assert json.loads(path.read_text("utf-8")) == json.loads(text)


def stable(report):
    """The part of a report that changes only when archlint judges differently."""
    return {
        "files": report.summary.files,
        "rules": report.summary.rules,
        "skipped": report.summary.skipped,
        "problems": [[item.path, item.line, item.reason] for item in report.problems],
        "findings": [
            {
                "code": item.code,
                "severity": item.severity.value,
                "subject": item.subject,
                "message": item.message,
                "witness": item.witness,
                "sites": [[place.path, place.span.line, place.role] for place in item.places],
            }
            for item in report.findings
        ],
    }


@every_sample
def test_a_sample_tells_its_story(name):
    story = (FIXTURES / name / "STORY.md").read_text("utf-8")
    assert story.startswith(f"# {name}: ")
    assert "Shows: " in story
    assert story.count("\n") <= 18
    for claim in claims(name).get("found", ()):
        assert claim["why"]


def test_the_tour_is_short():
    files = [path for path in (FIXTURES / "tour").rglob("*") if path.is_file() and path.name not in OWN]
    assert len(files) <= 7
    assert sum(path.read_text("utf-8").count("\n") for path in files) < 250


def test_bytes_that_matter_survive():
    """Version control must not mend what the sample of broken files is about."""
    source = FIXTURES / "broken/src"
    assert (source / "LanternForm.tsx").read_bytes().startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in (source / "LanternForm.tsx").read_bytes()
    assert b"\xf6" in (source / "labels.ts").read_bytes()
    assert b"\0" in (source / "logo.ts").read_bytes()
    assert (source / "later.ts").read_bytes() == b""
