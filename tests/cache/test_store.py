"""The cache answers rightly or not at all, whatever happens to its file."""

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from archlint.cache import Mark, cache_folder, code_digest, open_store
from archlint.cache import store as store_module

LONG_AGO = time.time_ns() - 3_600_000_000_000


def mark(digest: bytes = b"d", changed: int = LONG_AGO) -> Mark:
    return Mark((12, changed, changed, 7), digest)


def test_what_is_kept_is_found_by_the_next_run(tmp_path):
    with open_store(tmp_path) as store:
        store.keep_facts({b"k": b"facts"})
        store.keep_report(b"r", b"report")
        store.keep_marks("/tree", {"a.ts": mark()})
    with open_store(tmp_path) as store:
        assert store.facts([b"k", b"other"]) == {b"k": b"facts"}
        assert store.report(b"r") == b"report"
        assert store.report(b"other") is None
        assert store.marks("/tree") == {"a.ts": mark()}
        assert store.marks("/other") is None


def test_more_facts_than_a_query_takes(tmp_path):
    facts = {number.to_bytes(2, "big"): b"x" for number in range(1203)}
    with open_store(tmp_path) as store:
        store.keep_facts(facts)
        assert store.facts(facts) == facts


def test_a_file_changed_just_now_is_not_trusted_by_its_stamp(tmp_path):
    with open_store(tmp_path) as store:
        store.keep_marks("/tree", {"old.ts": mark(), "new.ts": mark(changed=time.time_ns())})
        assert set(store.marks("/tree")) == {"old.ts"}


def test_without_a_folder_nothing_is_remembered():
    with open_store(None) as store:
        store.keep_facts({b"k": b"facts"})
        store.prune()
        assert store.facts([b"k"]) == {}
        assert store.marks("/tree") is None


@pytest.mark.parametrize("damage", [b"", b"this is no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_built_anew(tmp_path, damage):
    (tmp_path / "cache.sqlite").write_bytes(damage)
    with open_store(tmp_path) as store:
        assert store.facts([b"k"]) == {}
        store.keep_facts({b"k": b"facts"})
        assert store.facts([b"k"]) == {b"k": b"facts"}


def test_a_file_damaged_in_the_middle_gives_no_wrong_answer(tmp_path):
    with open_store(tmp_path) as store:
        store.keep_facts({number.to_bytes(2, "big"): b"x" * 3000 for number in range(200)})
    file = tmp_path / "cache.sqlite"
    content = bytearray(file.read_bytes())
    content[4096 : len(content) // 2] = b"\xaa" * (len(content) // 2 - 4096)
    file.write_bytes(content)
    with open_store(tmp_path) as store:
        assert set(store.facts(number.to_bytes(2, "big") for number in range(200)).values()) <= {b"x" * 3000}


def test_a_file_of_another_format_is_built_anew(tmp_path):
    with sqlite3.connect(tmp_path / "cache.sqlite") as connection:
        connection.execute("PRAGMA user_version = 999")
        connection.execute("CREATE TABLE facts (other TEXT)")
    connection.close()
    with open_store(tmp_path) as store:
        store.keep_facts({b"k": b"facts"})
        assert store.facts([b"k"]) == {b"k": b"facts"}


def test_a_folder_that_cannot_be_made_means_no_cache(tmp_path):
    (tmp_path / "file").write_text("")
    with open_store(tmp_path / "file" / "cache") as store:
        store.keep_facts({b"k": b"facts"})
        assert store.facts([b"k"]) == {}


def test_many_runs_write_at_once(tmp_path):
    def one(number: int) -> None:
        with open_store(tmp_path) as store:
            store.keep_facts({b"%d-%d" % (number, item): b"x" for item in range(50)})
            store.keep_marks(f"/tree/{number}", {"a.ts": mark()})

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(one, range(8)))
    with open_store(tmp_path) as store:
        assert len(store.facts(b"%d-%d" % (number, item) for number in range(8) for item in range(50))) == 400


def test_what_nobody_used_for_long_is_forgotten(tmp_path, monkeypatch):
    with open_store(tmp_path) as store:
        store.keep_facts({b"old": b"x"})
    later = time.time_ns() + 40 * 86_400_000_000_000
    monkeypatch.setattr(store_module.time, "time_ns", lambda: later)
    with open_store(tmp_path) as store:
        store.keep_facts({b"new": b"x"})
        store.prune()
        assert set(store.facts([b"old", b"new"])) == {b"new"}


def test_too_much_is_forgotten(tmp_path, monkeypatch):
    monkeypatch.setattr(store_module, "_BYTES_KEPT", 100_000)
    with open_store(tmp_path) as store:
        store.keep_facts({b"big": b"x" * 300_000})
        store.prune()
        assert store.facts([b"big"]) == {}
    assert (tmp_path / "cache.sqlite").stat().st_size < 200_000


def test_the_folder_follows_the_users_wish(monkeypatch, tmp_path):
    monkeypatch.setenv("ARCHLINT_CACHE_DIR", str(tmp_path / "mine"))
    assert cache_folder() == tmp_path / "mine"


def test_another_archlint_has_another_digest(tmp_path):
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "a.toml").write_text("x = 1")
    before = code_digest("1.0", rules)
    assert code_digest("1.0", rules) == before
    assert code_digest("1.1", rules) != before
    (rules / "a.toml").write_text("x = 12")
    assert code_digest("1.0", rules) != before
