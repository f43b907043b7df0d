"""One SQLite file: stamps of files, facts by content, whole reports by everything they depend on.

It may be deleted at any time, read and written by several runs at once, or damaged: then it is built anew. Every
answer is either right or missing, since what an answer depends on is in its key.
"""

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

_FORMAT = 1
_DAYS_KEPT = 30
_BYTES_KEPT = 600_000_000
_TOUCH_AFTER_DAYS = 5
_BATCH = 500
_WAIT_SECONDS = 10
# A file changed again within the resolution of its time stamp would look unchanged; so the freshest are not trusted.
_RACY_NANOSECONDS = 2_000_000_000

_TABLES = """
CREATE TABLE IF NOT EXISTS trees (root TEXT PRIMARY KEY, marks BLOB NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (key BLOB PRIMARY KEY, value BLOB NOT NULL, used INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS reports (key BLOB PRIMARY KEY, value BLOB NOT NULL, used INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS pruned (day INTEGER PRIMARY KEY);
"""


class Mark(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The digest of a file's content when its stamp was as here."""

    stamp: tuple[int, ...]
    digest: bytes


_MARKS = msgspec.msgpack.Decoder(dict[str, Mark])


class Store:
    """The cache of one run; without a connection it remembers nothing."""

    def __init__(self, connection: sqlite3.Connection | None) -> None:
        self._connection = connection
        self._opened = time.time_ns()
        self._today = self._opened // 86_400_000_000_000

    def marks(self, root: str) -> dict[str, Mark] | None:
        """What is known of the files of a tree since it was last read; None where it never was."""
        for (blob,) in self._select("SELECT marks FROM trees WHERE root = ?", (root,)):
            with contextlib.suppress(msgspec.DecodeError):
                return _MARKS.decode(blob)
        return None

    def facts(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """The stored facts among `keys`."""
        found: dict[bytes, bytes] = {}
        stale: list[bytes] = []
        wanted = list(keys)
        for start in range(0, len(wanted), _BATCH):
            batch = wanted[start : start + _BATCH]
            holes = ",".join("?" * len(batch))
            for key, value, used in self._select(f"SELECT key, value, used FROM facts WHERE key IN ({holes})", batch):
                found[key] = value
                if used < self._today - _TOUCH_AFTER_DAYS:
                    stale.append(key)
        if stale:
            touched = [(self._today, key) for key in stale]
            self._write(lambda db: db.executemany("UPDATE facts SET used = ? WHERE key = ?", touched))
        return found

    def report(self, key: bytes) -> bytes | None:
        """A stored report."""
        return next((value for (value,) in self._select("SELECT value FROM reports WHERE key = ?", (key,))), None)

    def keep_marks(self, root: str, marks: Mapping[str, Mark]) -> None:
        """Remember the stamps of a tree, but for files so fresh that they may change within the same stamp."""
        trusted = self._opened - _RACY_NANOSECONDS
        blob = msgspec.msgpack.encode({path: mark for path, mark in marks.items() if max(mark.stamp[1:3]) < trusted})
        self._write(lambda db: db.execute("INSERT OR REPLACE INTO trees VALUES (?, ?, ?)", (root, blob, self._today)))

    def keep_facts(self, facts: Mapping[bytes, bytes]) -> None:
        """Remember what reading gave."""
        rows = [(key, value, self._today) for key, value in facts.items()]
        self._write(lambda db: db.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", rows))

    def keep_report(self, key: bytes, report: bytes) -> None:
        """Remember a report."""
        row = (key, report, self._today)
        self._write(lambda db: db.execute("INSERT OR REPLACE INTO reports VALUES (?, ?, ?)", row))

    def prune(self) -> None:
        """Once a day forget what nobody used for long, and what is too much."""
        if self._select("SELECT day FROM pruned WHERE day = ?", (self._today,)):
            return
        self._write(lambda db: db.execute("INSERT OR REPLACE INTO pruned VALUES (?)", (self._today,)))
        self._forget_before(self._today - _DAYS_KEPT)
        if self._size() > _BYTES_KEPT:
            self._forget_before(self._today)
        if self._size() > _BYTES_KEPT:
            self._forget_before(self._today + 1)

    def _forget_before(self, day: int) -> None:
        for name in ("trees", "facts", "reports"):
            self._delete(name, day)
        with contextlib.suppress(sqlite3.Error):
            if self._connection and self._free() > _BYTES_KEPT // 10:
                self._connection.execute("VACUUM")

    def _delete(self, name: str, day: int) -> None:
        self._write(lambda db: db.execute(f"DELETE FROM {name} WHERE used < ?", (day,)))

    def _size(self) -> int:
        return self._pragma("page_count") * self._pragma("page_size") - self._free()

    def _free(self) -> int:
        return self._pragma("freelist_count") * self._pragma("page_size")

    def _pragma(self, name: str) -> int:
        return next((int(value) for (value,) in self._select(f"PRAGMA {name}", ())), 0)

    def _select(self, query: str, values: Iterable[object]) -> list[tuple[Any, ...]]:
        if self._connection is None:
            return []
        try:
            return self._connection.execute(query, tuple(values)).fetchall()
        except sqlite3.Error:
            return []

    def _write(self, change: Callable[[sqlite3.Connection], object]) -> None:
        """A cache that cannot be written is a slower cache, not a failed scan."""
        if self._connection is None:
            return
        with contextlib.suppress(sqlite3.Error), self._connection:
            change(self._connection)


@contextmanager
def open_store(folder: Path | None) -> Iterator[Store]:
    """The cache in `folder`, or one that remembers nothing where there is no folder or it cannot be used."""
    connection = _connect(folder / "cache.sqlite") if folder else None
    try:
        yield Store(connection)
    finally:
        if connection:
            with contextlib.suppress(sqlite3.Error):
                connection.close()


def _connect(file: Path) -> sqlite3.Connection | None:
    """Open the file, building it anew once if it is damaged or of another format."""
    for _attempt in range(2):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(file, timeout=_WAIT_SECONDS)
        except (OSError, sqlite3.Error):
            return None
        try:
            _set_up(connection)
        except sqlite3.OperationalError:
            # Busy, read-only or out of space: nothing is wrong with the file itself.
            connection.close()
            return None
        except (sqlite3.DatabaseError, _OtherFormat):
            connection.close()
            if not _remove(file):
                return None
        else:
            return connection
    return None


class _OtherFormat(Exception):
    """The file was written by an archlint that laid out its tables differently."""


def _set_up(connection: sqlite3.Connection) -> None:
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found not in (0, _FORMAT):
        raise _OtherFormat
    connection.execute("PRAGMA synchronous = NORMAL")
    if found == 0:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(_TABLES)
        connection.execute(f"PRAGMA user_version = {_FORMAT}")
    else:
        # Damage shows itself only when pages are read; the first page of each table is enough to trust the rest.
        for name in ("trees", "facts", "reports", "pruned"):
            connection.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone()


def _remove(file: Path) -> bool:
    try:
        for ending in ("", "-wal", "-shm"):
            file.with_name(file.name + ending).unlink(missing_ok=True)
    except OSError:
        return False
    return True
