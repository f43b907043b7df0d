"""What was worked out for each file the last time, and is taken again as long as nothing it asked for has changed."""

import hashlib
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar
from zlib import crc32

import msgspec

from archlint.model.facts import FileFacts
from archlint.model.memory import Memory
from archlint.model.schema import Schema
from archlint.model.source import Layer
from archlint.resolve.watching import Tables

Answer = TypeVar("Answer")
Kept = TypeVar("Kept")
Parts = Callable[[Any], Mapping[str, object]]

# Under what the names stand that the flow graph is asked for.
_FLOW = "flow"
# A state is written down whole again when more than one piece in so many is another.
_WHOLE_FROM = 10


class Piece(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A result, and the marks of all that was asked for it. Two things of one mark only cost some work in vain."""

    asked: bytes
    answer: bytes


class State(msgspec.Struct, frozen=True, array_like=True):
    """All that one run leaves for the next: by kind of work and by file.

    `added` are the digests of the facts to which other files added something.
    """

    digests: dict[str, bytes]
    added: dict[str, bytes]
    schema: bytes
    layers: dict[str, Layer]
    uses: dict[str, frozenset[Layer]]
    kept: dict[str, dict[str, Piece]]


class Since(msgspec.Struct, frozen=True, array_like=True):
    """What became of a state: `now` holds only the pieces that are others, `gone` names those that are no more."""

    base: bytes
    now: State
    gone: dict[str, list[str]]


class Past(msgspec.Struct, frozen=True):
    """The files as they were, and the layers and uses that went with them."""

    files: Mapping[str, FileFacts]
    layers: dict[str, Layer]
    uses: dict[str, frozenset[Layer]]


class Codec(msgspec.Struct, frozen=True):
    """How results of a kind of work are written down. `parts` names what of a result others may ask for."""

    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]
    parts: Parts | None = None


class Work:
    """Does pieces of work, or takes what they gave before; without a memory it does all of them."""

    def __init__(self, memory: Memory | None = None) -> None:
        self._memory = memory
        self._added: dict[str, bytes] = {}
        # The digest of the state that was written down whole, and that state.
        self._whole: tuple[bytes, State] | None = None
        self._before = self._remembered(memory) if memory is not None else None
        self._schema = b""
        self._changed: set[str] = set()
        self._touched: set[int] = set()
        self._tables: Tables | None = None
        self._sizes: dict[str, int] = {}
        self._asked_of_flow: set[Any] = set()
        self._after: dict[str, dict[str, Piece]] = defaultdict(dict)

    def _remembered(self, memory: Memory) -> State | None:
        whole = _decoded(memory.followed.before(), State)
        if whole is None:
            return None
        # A state follows from the contents of all files.
        self._whole = (_digest(msgspec.msgpack.encode(whole.digests, order="sorted")), whole)
        since = _decoded(memory.since.before(), Since)
        if since is None or since.base != self._whole[0]:
            return whole
        kept = {}
        for kind in whole.kept.keys() | since.now.kept.keys():
            gone = frozenset(since.gone.get(kind, ()))
            pieces = {name: piece for name, piece in whole.kept.get(kind, {}).items() if name not in gone}
            kept[kind] = {**pieces, **since.now.kept.get(kind, {})}
        return msgspec.structs.replace(since.now, kept=kept)

    @property
    def keeping(self) -> bool:
        """Whether results are kept at all."""
        return self._memory is not None

    def past(self, files: Mapping[str, FileFacts], in_force: Mapping[str, FileFacts], schema: Schema) -> Past | None:
        """How things were, if what is left of that can be of use. `in_force` are the files with what others add."""
        if self._memory is None:
            return None
        added = {path: facts for path, facts in in_force.items() if facts is not files.get(path)}
        self._added = {path: _digest(msgspec.msgpack.encode(facts)) for path, facts in added.items()}
        self._schema = _digest(msgspec.msgpack.encode(schema, order="deterministic"))
        before, digests = self._before, self._memory.digests
        if before is None or before.schema != self._schema:
            self._before = None
            return None
        if before.digests.keys() != digests.keys() or digests.keys() != files.keys():
            self._before = None
            return None
        edited = {path for path, digest in digests.items() if before.digests[path] != digest}
        others = before.added.keys() | self._added.keys()
        self._changed = edited | {path for path in others if before.added.get(path) != self._added.get(path)}
        earlier = self._memory.facts_of({path: before.digests[path] for path in edited})
        if earlier.keys() != edited:
            self._before = None
            return None
        return Past({path: earlier.get(path, facts) for path, facts in files.items()}, before.layers, before.uses)

    def begin(self, tables: Tables, asked: set[Any], before: Tables | None) -> None:
        """From here on the tables are asked. `asked` are the names that the flow graph is asked for."""
        self._tables = tables
        self._asked_of_flow = asked
        tables.complete()
        tables.forget()
        self._sizes = tables.sizes()
        if before is not None:
            before.forget()
        differences = tables.differences(before) if before is not None else None
        if differences is None:
            self._before = None
            return
        self._touched.update(_mark(_seed(name), key) for name, key in differences)

    def piece(self, kind: str, name: str, compute: Callable[[], Answer], codec: Codec) -> Answer:
        """The result of a piece of work on a file (or on none of them, under the empty name)."""
        if self._memory is None:
            return compute()
        was = self._before.kept.get(kind, {}).get(name) if self._before is not None else None
        if was is not None and name not in self._changed and self._untouched(was):
            self._after[kind][name] = was
            answer: Answer = codec.decode(was.answer)
            return answer
        self._forget()
        answer = compute()
        self._after[kind][name] = Piece(self._asked(), codec.encode(answer))
        if self._before is not None and codec.parts is not None:
            self._touch(codec.parts(codec.decode(was.answer)) if was is not None else {}, codec.parts(answer))
        return answer

    def keep(self, layers: dict[str, Layer], uses: dict[str, frozenset[Layer]]) -> None:
        """Leave what the next run may begin with; nothing where a table was a memory that nobody took for one."""
        if self._memory is not None and self._tables is not None and self._tables.sizes() == self._sizes:
            self._written(
                self._memory,
                State(self._memory.digests, self._added, self._schema, layers, uses, dict(self._after)),
            )
        self._before, self._tables, self._whole = None, None, None
        self._after.clear()

    def _written(self, memory: Memory, state: State) -> None:
        """Write a state down: what is other in it than in one that is written down already, or all of it."""
        if self._whole is not None and self._before is not None:
            digest, whole = self._whole
            now, gone = _others(whole, state)
            if sum(map(len, now.values())) < sum(map(len, state.kept.values())) // _WHOLE_FROM:
                since = Since(digest, msgspec.structs.replace(state, kept=now), gone)
                memory.since.keep(msgspec.msgpack.encode(since))
                return
        memory.followed.keep(msgspec.msgpack.encode(state))

    def _untouched(self, was: Piece) -> bool:
        if not self._touched:
            return True
        marks = array("I")
        marks.frombytes(was.asked)
        return self._touched.isdisjoint(marks)

    def _touch(self, one: Mapping[str, object], other: Mapping[str, object]) -> None:
        seed = _seed(_FLOW)
        for name in one.keys() | other.keys():
            if one.get(name) != other.get(name):
                self._touched.add(_mark(seed, name))

    def _forget(self) -> None:
        if self._tables is not None:
            self._tables.forget()
        self._asked_of_flow.clear()

    def _asked(self) -> bytes:
        marks = _marks(_FLOW, self._asked_of_flow)
        for name, asked in self._tables.asked() if self._tables is not None else ():
            if asked:
                marks |= _marks(name, asked)
        return array("I", sorted(marks)).tobytes()


def _marks(name: str, keys: Iterable[Any]) -> set[int]:
    seed = _seed(name)
    return {_mark(seed, key) for key in keys}


def _seed(name: str) -> int:
    return crc32(name.encode())


def _mark(seed: int, key: Any) -> int:
    text = key if type(key) is str else repr(key)
    return crc32(text.encode("utf-8", "surrogatepass"), seed)


def _digest(blob: bytes) -> bytes:
    return hashlib.blake2b(blob, digest_size=20).digest()


def _others(whole: State, state: State) -> tuple[dict[str, dict[str, Piece]], dict[str, list[str]]]:
    """The pieces of a state that are not those of another, and the names of those that only the other has."""
    now: dict[str, dict[str, Piece]] = {}
    gone: dict[str, list[str]] = {}
    for kind, pieces in state.kept.items():
        old = whole.kept.get(kind, {})
        now[kind] = {name: piece for name, piece in pieces.items() if old.get(name) is not piece}
    for kind, pieces in whole.kept.items():
        new = state.kept.get(kind, {})
        if missing := [name for name in pieces if name not in new]:
            gone[kind] = missing
    return now, gone


def _decoded(blob: bytes | None, kind: type[Kept]) -> Kept | None:
    try:
        return msgspec.msgpack.decode(blob, type=kind) if blob else None
    except msgspec.DecodeError:
        return None
