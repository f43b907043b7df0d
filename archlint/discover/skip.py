"""Decides by path which files are left out of a scan, and for which reason."""

import fnmatch
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec


class _Folder(msgspec.Struct, frozen=True):
    """Why the files of a folder are left out, which topmost folder says so, and what would prove it wrong."""

    reason: str = ""
    top: str = ""
    unless: tuple[str, ...] = ()
    counted_once: bool = False
    names: frozenset[str] = frozenset()


class _Rule(msgspec.Struct, frozen=True):
    reason: str
    counted_once: bool
    not_below: frozenset[str]
    unless: tuple[str, ...]


class Skips:
    """The `[[skip]]` table, ready to be asked about many paths."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.prunable = frozenset(table["version_control"]) | {
            name
            for row in table["skip"]
            if row.get("folder") and "unless_holding" not in row
            for name in row.get("folders", ())
        }
        self.version_control = frozenset(table["version_control"])
        self._folders: dict[str, list[_Rule]] = {}
        for row in table["skip"]:
            rule = _Rule(
                row["reason"],
                bool(row.get("folder")),
                frozenset(row.get("not_below", ())),
                tuple(row.get("unless_holding", ())),
            )
            for name in row.get("folders", ()):
                self._folders.setdefault(name, []).append(rule)
        patterns = [
            (row["reason"], "|".join(fnmatch.translate(name) for name in row["names"]))
            for row in table["skip"]
            if "names" in row
        ]
        self._names = [(reason, re.compile(pattern).match) for reason, pattern in patterns]
        self._any_name = re.compile("|".join(pattern for _, pattern in patterns)).match
        self._known: dict[str, _Folder] = {"": _Folder()}

    def select(self, paths: Iterable[str]) -> tuple[list[str], dict[str, int]]:
        """The paths to read, and the number of those left out by reason."""
        kept: list[str] = []
        undecided: dict[str, list[str]] = {}
        sources: set[str] = set()
        counts: dict[str, int] = {}
        tops: set[str] = set()
        for path in paths:
            folder, _, name = path.rpartition("/")
            state = self._folder(folder)
            if state.reason and state.unless:
                undecided.setdefault(state.top, []).append(path)
                if name.endswith(state.unless) and not name.endswith(".d.ts"):
                    sources.add(state.top)
            elif state.reason:
                self._count(state, counts, tops)
            else:
                self._keep(path, name, kept, counts)
        for top, held in undecided.items():
            if top in sources:
                for path in held:
                    self._keep(path, path.rpartition("/")[2], kept, counts)
            else:
                self._count(self._folder(top), counts, tops)
        return sorted(kept), counts

    def reason_of_folder(self, path: str) -> str:
        """Why a folder that was not entered is left out; empty for version control, which is no source at all."""
        state = self._folder(path)
        return state.reason

    def _keep(self, path: str, name: str, kept: list[str], counts: dict[str, int]) -> None:
        if self._any_name(name):
            reason = next(reason for reason, matches in self._names if matches(name))
            counts[reason] = counts.get(reason, 0) + 1
        else:
            kept.append(path)

    def _count(self, state: _Folder, counts: dict[str, int], tops: set[str]) -> None:
        if state.counted_once and state.top in tops:
            return
        tops.add(state.top)
        counts[state.reason] = counts.get(state.reason, 0) + 1

    def _folder(self, path: str) -> _Folder:
        state = self._known.get(path)
        if state is None:
            parent, _, name = path.rpartition("/")
            state = self._known[path] = self._step(self._folder(parent), path, name)
        return state

    def _step(self, above: _Folder, path: str, name: str) -> _Folder:
        if above.reason and not above.unless:
            return above
        for rule in self._folders.get(name, ()):
            if rule.not_below.isdisjoint(above.names) and not (rule.unless and above.reason):
                return _Folder(rule.reason, path, rule.unless, rule.counted_once, above.names)
        return msgspec.structs.replace(above, names=above.names | {name})
