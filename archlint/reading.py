"""Reads all files into facts: from the cache what is known, over processes what is not."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import msgspec

from archlint import data, languages, suppressions
from archlint.cache import Mark, Store
from archlint.discover import Discovery, prepare
from archlint.discover.tree import reason_of
from archlint.model.facts import FileFacts
from archlint.model.source import Problem, SourceFile
from archlint.workers import available, spread

Watch = Callable[[int, int], None]

_KEEP_EVERY_BYTES = 8_000_000
_NOTHING: Mapping[str, bytes] = MappingProxyType({})
_UNSAID: Mapping[str, str] = MappingProxyType({})


class Reading(msgspec.Struct, frozen=True):
    """The facts of all files by path, in order. `final` is false where another try might read more."""

    facts: dict[str, FileFacts]
    digests: dict[str, bytes]
    skipped: dict[str, int]
    problems: tuple[Problem, ...]
    final: bool


class Outcome(msgspec.Struct, frozen=True, array_like=True):
    """What became of one file: facts, or the reason why it is left out, or the problem that kept it from being read."""

    facts: FileFacts | None = None
    skipped: str = ""
    problem: str = ""
    final: bool = True


class _Job(msgspec.Struct, frozen=True, array_like=True):
    root: str
    path: str
    language: str
    idioms: tuple[str, ...] = ()
    content: bytes | None = None
    dialect: str = ""


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Outcome)


def known_digests(root: str, found: Discovery, store: Store, given: Mapping[str, bytes] = _NOTHING) -> dict[str, bytes]:
    """The content digests of the files: by their stamp where the cache knows it, else by reading them.

    Of a tree that was never read all are left out: whoever reads the files next will digest them.
    """
    marks = store.marks(root)
    if marks is None:
        return {}
    digests: dict[str, bytes] = {}
    for file, stamp in zip(found.files, found.stamps, strict=True):
        if file.path in given:
            digests[file.path] = _digest(given[file.path])
            continue
        mark = marks.get(file.path)
        if mark and mark.stamp == stamp:
            digests[file.path] = mark.digest
            continue
        try:
            with open(f"{root}/{file.path}", "rb") as source:  # noqa: PTH123 - as many as there are files
                digests[file.path] = _digest(source.read())
        except OSError:
            continue
    return digests


def keep_digests(root: str, found: Discovery, digests: Mapping[str, bytes], store: Store) -> None:
    """Remember which content each file had, so that the next run need not read it."""
    stamps = {file.path: stamp for file, stamp in zip(found.files, found.stamps, strict=True)}
    store.keep_marks(root, {path: Mark(stamps[path], digest) for path, digest in digests.items()})


def read_all(
    root: str,
    found: Discovery,
    digests: Mapping[str, bytes],
    store: Store,
    code: bytes,
    jobs: int = 0,
    watch: Watch | None = None,
    idioms: tuple[str, ...] = (),
    given: Mapping[str, bytes] = _NOTHING,
    dialects: Mapping[str, str] = _UNSAID,
) -> Reading:
    """Read every file that was found; the same files give the same facts, whoever read them and when.

    `given` are contents to read instead of those on the disk; `dialects` is what the team says of files.
    """
    digests = {**digests, **{path: _digest(content) for path, content in given.items()}}
    keys = {
        file.path: _key(file.path, _spoken(file, dialects), digests[file.path], code)
        for file in found.files
        if file.path in digests
    }
    stored = store.facts(keys.values())
    outcomes: dict[str, Outcome] = {}
    for path, key in keys.items():
        if key in stored and (outcome := _decoded(stored[key])):
            outcomes[path] = outcome
    missing = [file for file in found.files if file.path not in outcomes]
    fresh: dict[bytes, bytes] = {}
    all_digests = dict(digests)
    total, done = sum(file.size for file in missing), 0
    sizes = {file.path: file.size for file in missing}
    work = [
        _Job(root, file.path, file.language, idioms, given.get(file.path), _dialect(file, dialects)) for file in missing
    ]
    spoken = {file.path: _spoken(file, dialects) for file in missing}
    for chunk, answers in spread(read_files, work, [file.size for file in missing], jobs or available()):
        for job, (digest, blob) in zip(chunk, answers or [_CRASHED] * len(chunk), strict=True):
            outcome = outcomes[job.path] = _DECODER.decode(blob)
            if outcome.final:
                all_digests[job.path] = digest
                fresh[_key(job.path, spoken[job.path], digest, code)] = blob
            done += sizes[job.path]
        if watch:
            watch(done, total)
        if sum(map(len, fresh.values())) > _KEEP_EVERY_BYTES:
            store.keep_facts(fresh)
            fresh = {}
    store.keep_facts(fresh)
    return _reading(outcomes, all_digests)


def earlier_facts(
    found: Discovery, digests: Mapping[str, bytes], store: Store, code: bytes, dialects: Mapping[str, str] = _UNSAID
) -> dict[str, FileFacts]:
    """The facts of files by contents that they had once, as far as they are remembered."""
    keys = {
        file.path: _key(file.path, _spoken(file, dialects), digests[file.path], code)
        for file in found.files
        if file.path in digests
    }
    stored = store.facts(keys.values())
    outcomes = {path: _decoded(stored[key]) for path, key in keys.items() if key in stored}
    return {path: outcome.facts for path, outcome in outcomes.items() if outcome is not None and outcome.facts}


def _dialect(file: SourceFile, dialects: Mapping[str, str]) -> str:
    return dialects.get(file.path, "") if file.language in languages.WITH_DIALECTS else ""


def _spoken(file: SourceFile, dialects: Mapping[str, str]) -> str:
    """What a file is read as."""
    return f"{file.language} {_dialect(file, dialects)}".strip()


def read_files(jobs: Sequence[_Job]) -> list[tuple[bytes, bytes]]:
    """The digest of each file's content, and its encoded `Outcome`. Runs in any process."""
    return [_read_file(job) for job in jobs]


def _read_file(job: _Job) -> tuple[bytes, bytes]:
    if job.content is not None:
        return _digest(job.content), _encoded(_outcome(job, job.content))
    try:
        with open(f"{job.root}/{job.path}", "rb") as file:  # noqa: PTH123 - as many as there are files
            raw = file.read()
    except OSError as error:
        return b"", _ENCODER.encode(Outcome(problem=f"the file cannot be read: {reason_of(error)}", final=False))
    return _digest(raw), _encoded(_outcome(job, raw))


def _encoded(outcome: Outcome) -> bytes:
    try:
        return _ENCODER.encode(outcome)
    except UnicodeEncodeError as error:
        return _ENCODER.encode(Outcome(problem=f"internal error while reading: {error.reason}", final=False))


def _outcome(job: _Job, raw: bytes) -> Outcome:
    data.add(job.idioms)
    if unread := data.table("dialects")["unread"].get(job.dialect):
        return Outcome(problem=f"nothing reads the SQL of {unread} yet; the file was not read")
    content = prepare(job.language, raw)
    if content.skip:
        return Outcome(skipped=content.skip)
    try:
        facts = languages.read(job.language, job.path, content.source, job.dialect)
    except RecursionError:
        return Outcome(problem="nested too deeply; the file was not read")
    except Exception as error:
        return Outcome(problem=f"internal error while reading: {type(error).__name__}: {error}", final=False)
    if comments := suppressions.find(content.source):
        facts = msgspec.structs.replace(facts, suppressions=comments)
    if content.hints:
        facts = msgspec.structs.replace(facts, hints=tuple(dict.fromkeys((*facts.hints, *content.hints))))
    if content.problem:
        problem = Problem(job.path, content.line, content.problem)
        facts = msgspec.structs.replace(facts, problems=(*facts.problems, problem))
    return Outcome(facts)


def _reading(outcomes: Mapping[str, Outcome], digests: dict[str, bytes]) -> Reading:
    facts: dict[str, FileFacts] = {}
    skipped: dict[str, int] = {}
    problems: list[Problem] = []
    for path in sorted(outcomes):
        outcome = outcomes[path]
        if outcome.facts:
            facts[path] = outcome.facts
        elif outcome.skipped:
            skipped[outcome.skipped] = skipped.get(outcome.skipped, 0) + 1
        else:
            problems.append(Problem(path, 1, outcome.problem))
    final = all(outcome.final for outcome in outcomes.values())
    return Reading(facts, digests, skipped, tuple(problems), final)


def _decoded(blob: bytes) -> Outcome | None:
    try:
        return _DECODER.decode(blob)
    except msgspec.DecodeError:
        return None


def _digest(raw: bytes) -> bytes:
    return hashlib.blake2b(raw, digest_size=20).digest()


def _key(path: str, language: str, digest: bytes, code: bytes) -> bytes:
    """The path is part of the key because facts name it."""
    return hashlib.blake2b(b"\0".join((path.encode(), language.encode(), digest, code)), digest_size=20).digest()


_CRASHED = (b"", _ENCODER.encode(Outcome(problem="internal error while reading: the process crashed", final=False)))
