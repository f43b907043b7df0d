"""Which entries of the program's tables a piece of work asks for, so that its result holds until one of them changes.

Whoever gives an object of this folder another table need do nothing: all tables of all objects are found here, and a
table that is empty when work begins is taken for a memory, which each piece of work starts without.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from archlint.model.schema import Schema

_PLAIN = (str, int, float, bytes, set, list, tuple, type(None), msgspec.Struct)
_HERE = __name__.rpartition(".")[0]
# Asked so often that even noting it would show; being memories, they are emptied for each piece of work.
_UNWATCHED = frozenset(
    {
        "_named",
        "_global_refs",
        "_called",
        "_settled_constants",
        "_known",
        "_answers",
        "_memory",
        "_guesses",
        "_shapes",
        "_translations",
    }
)
# What a module's name means depends on nothing but the set of files, and with another set nothing is kept at all. The
# arrows of the flow graph are drawn by pieces of work, which tell what became of them.
_LASTING = frozenset({"_located", "forward", "backward", "uses"})
EVERY = "*"


class Watched(dict[Any, Any]):
    """A table that notes what is asked of it."""

    __slots__ = ("_default", "asked")

    def __init__(self, table: dict[Any, Any], asked: set[Any] | None = None) -> None:
        super().__init__(table)
        self.asked: set[Any] = set() if asked is None else asked
        self._default: Callable[[], Any] | None = table.default_factory if isinstance(table, defaultdict) else None

    def get(self, key: Any, default: Any = None) -> Any:
        self.asked.add(key)
        return dict.get(self, key, default)

    def __getitem__(self, key: Any) -> Any:
        self.asked.add(key)
        if self._default is not None and not dict.__contains__(self, key):
            dict.__setitem__(self, key, self._default())
        return dict.__getitem__(self, key)

    def __contains__(self, key: object) -> bool:
        self.asked.add(key)
        return dict.__contains__(self, key)

    def __iter__(self) -> Iterator[Any]:
        self.asked.add(EVERY)
        return dict.__iter__(self)

    def __len__(self) -> int:
        self.asked.add(EVERY)
        return dict.__len__(self)

    def keys(self) -> Any:
        self.asked.add(EVERY)
        return dict.keys(self)

    def values(self) -> Any:
        self.asked.add(EVERY)
        return dict.values(self)

    def items(self) -> Any:
        self.asked.add(EVERY)
        return dict.items(self)


class WatchedSet(frozenset[Any]):
    """A set that notes what is asked of it."""

    asked: set[Any]

    def __contains__(self, key: object) -> bool:
        self.asked.add(key)
        return frozenset.__contains__(self, key)

    def __iter__(self) -> Iterator[Any]:
        self.asked.add(EVERY)
        return frozenset.__iter__(self)

    def __len__(self) -> int:
        self.asked.add(EVERY)
        return frozenset.__len__(self)


def _watched_set(values: frozenset[Any]) -> WatchedSet:
    watched = WatchedSet(values)
    watched.asked = set()
    return watched


class Tables:
    """All that some objects, and those that they hold, know beside each other.

    Each object is added as soon as it is made: what is empty then is a memory. `plain` is what is no table. `unknown`
    names what is neither, so that nobody can say when it changes. Objects of the types `apart` are not looked into.
    """

    def __init__(self, apart: tuple[type, ...], watch: bool) -> None:
        self.by_name: dict[str, dict[Any, Any]] = {}
        self.plain: dict[str, object] = {}
        self.unknown: list[str] = []
        self.sets: dict[str, frozenset[Any]] = {}
        self.memories: list[dict[Any, Any] | set[Any]] = []
        self._apart = apart
        self._watch = watch
        self._seen: set[int] = set()
        # With the table itself, as its number names it only while it lives.
        self._watched: dict[int, tuple[dict[Any, Any], Watched]] = {}

    def add(self, name: str, holder: object) -> None:
        """Look into an object, and into those that it holds."""
        if id(holder) in self._seen:
            return
        self._seen.add(id(holder))
        for attribute, value in list(vars(holder).items()):
            label = f"{name}.{attribute}"
            if isinstance(value, dict):
                self._table(label, holder, attribute, value)
            elif isinstance(value, frozenset):
                self._set(label, holder, attribute, value)
            elif isinstance(value, set) and not value:
                self.memories.append(value)
            elif isinstance(value, (Schema, *self._apart)) or callable(value):
                continue
            elif isinstance(value, _PLAIN):
                self.plain[label] = value
            elif type(value).__module__.startswith(_HERE):
                self.add(label, value)
            else:
                self.unknown.append(label)

    def _table(self, label: str, holder: object, attribute: str, table: dict[Any, Any]) -> None:
        if attribute in _LASTING or isinstance(table, Watched):
            return
        memory = not table
        if self._watch and not (memory and attribute in _UNWATCHED):
            if id(table) not in self._watched:
                self._watched[id(table)] = (table, Watched(table))
            table = self._watched[id(table)][1]
            setattr(holder, attribute, table)
        self.by_name[label] = table
        if memory:
            self.memories.append(table)

    def _set(self, label: str, holder: object, attribute: str, values: frozenset[Any]) -> None:
        if self._watch and not isinstance(values, WatchedSet):
            values = _watched_set(values)
            setattr(holder, attribute, values)
        self.sets[label] = values

    def complete(self) -> None:
        """No object is added any more, so that the tables that were taken out of them can go."""
        self._watched.clear()

    def sizes(self) -> dict[str, int]:
        """How much the tables hold that are no memories: nothing is added to them while work is done."""
        memories = {id(memory) for memory in self.memories}
        return {name: dict.__len__(table) for name, table in self.by_name.items() if id(table) not in memories}

    def forget(self) -> None:
        """Empty all memories, and what was asked."""
        for memory in self.memories:
            memory.clear()
        for _, asked in self.asked():
            asked.clear()

    def asked(self) -> Iterator[tuple[str, set[Any]]]:
        """What was asked of each table and each set."""
        for name, table in self.by_name.items():
            if isinstance(table, Watched):
                yield name, table.asked
        for name, values in self.sets.items():
            if isinstance(values, WatchedSet):
                yield name, values.asked

    def differences(self, other: "Tables") -> Iterator[tuple[str, Any]] | None:
        """The entries that are not the same in two sets of tables; None where more than entries differ."""
        if self.unknown or other.unknown or self.plain != other.plain:
            return None
        if self.by_name.keys() != other.by_name.keys() or self.sets.keys() != other.sets.keys():
            return None
        return self._differences(other)

    def _differences(self, other: "Tables") -> Iterator[tuple[str, Any]]:
        for name, table in self.by_name.items():
            was = other.by_name[name]
            changed = False
            for key, value in dict.items(table):
                old = dict.get(was, key, _NOTHING)
                if old is not value and old != value:
                    changed = True
                    yield name, key
            for key in dict.keys(was):
                if not dict.__contains__(table, key):
                    changed = True
                    yield name, key
            if changed:
                yield name, EVERY
        for name, values in self.sets.items():
            apart = frozenset.symmetric_difference(values, other.sets[name])
            yield from ((name, key) for key in apart)
            if apart:
                yield name, EVERY


_NOTHING = object()
