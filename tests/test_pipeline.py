"""The spine: what reading gives reaches the report, and trouble with one file stays with that file."""

import pytest

from archlint import languages, pipeline, reading
from archlint.pipeline import Options, scan

FILES = {
    "src/a.ts": "export const a = 1;\n",
    "src/b.ts": "export const b = 2;\n",
    "db/1.sql": "create table a (b int);\n",
}


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("ARCHLINT_CACHE_DIR", str(tmp_path / "cache"))


def test_counts(tree):
    summary = scan(tree({**FILES, "src/a.test.ts": "x"}), Options()).summary
    assert (summary.files, summary.lines, summary.skipped) == (3, 3, {"tests": 1})


def test_a_bug_in_a_reader_costs_one_file(tree, monkeypatch):
    read = languages.read

    def broken(language, path, source, dialect):
        if path == "src/a.ts":
            raise KeyError("surprise")
        return read(language, path, source, dialect)

    monkeypatch.setattr(reading.languages, "read", broken)
    report = scan(tree(FILES), Options())
    assert [(problem.path, problem.reason) for problem in report.problems] == [
        ("src/a.ts", "internal error while reading: KeyError: 'surprise'")
    ]
    assert report.summary.files == 2
    monkeypatch.undo()
    assert scan(tree(FILES), Options(cache=False)).problems == ()


def test_an_unchanged_tree_is_neither_read_nor_judged_again(tree, monkeypatch):
    root = tree(FILES)
    first = scan(root, Options())
    monkeypatch.setattr(pipeline, "judge", None)
    monkeypatch.setattr(reading.languages, "read", None)
    assert scan(root, Options()) == first


def test_one_changed_file_is_read_alone(tree, monkeypatch):
    root = tree(FILES)
    scan(root, Options())
    seen = []
    read = languages.read

    def noted(language, path, source, dialect):
        seen.append(path)
        return read(language, path, source, dialect)

    monkeypatch.setattr(reading.languages, "read", noted)
    tree({"src/b.ts": "export const b = 3;\n"})
    scan(root, Options())
    assert seen == ["src/b.ts"]


def test_another_archlint_reads_again(tree, monkeypatch):
    root = tree(FILES)
    scan(root, Options())
    seen = []
    read = languages.read

    def noted(language, path, source, dialect):
        seen.append(path)
        return read(language, path, source, dialect)

    monkeypatch.setattr(reading.languages, "read", noted)
    monkeypatch.setattr(pipeline, "code_digest", lambda *_: b"another")
    scan(root, Options())
    assert seen == sorted(FILES)


def test_a_moved_file_is_read_under_its_new_name(tree):
    root = tree(FILES)
    scan(root, Options())
    (root / "src/b.ts").rename(root / "src/c.ts")
    assert scan(root, Options()) == scan(root, Options(cache=False))
