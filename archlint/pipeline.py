"""The spine: from a folder to a report, one line per stage."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import msgspec

from archlint import __version__, config, data
from archlint.cache import Store, cache_folder, code_digest, open_store
from archlint.discover import Discovery, discover, import_hints, refine_layer, settle_layers
from archlint.gate import Gate, Judged, narrow
from archlint.languages import language_of
from archlint.located import Located
from archlint.model.configuration import Configuration, Past
from archlint.model.errors import ArchlintError
from archlint.model.facts import FileFacts
from archlint.model.graph import Graph
from archlint.model.memory import Kept, Memory
from archlint.model.report import Report, Summary
from archlint.model.resolved import Resolved
from archlint.model.rule import Site
from archlint.model.source import Layer
from archlint.reading import Reading, earlier_facts, keep_digests, known_digests, read_all
from archlint.workers import without_collector


class Options(Gate, frozen=True, kw_only=True):
    """How to scan and what to show.

    `jobs` 0 means as many as there are processors; `leave_out` are paths not to read; `given` are contents, by path,
    that an editor has not saved yet, `staged` those of the index where it differs from the disk; `past` gives what a
    tree was before the change that is asked about.
    """

    leave_out: frozenset[str] = frozenset()
    given: dict[str, bytes] = msgspec.field(default_factory=dict)
    staged: dict[str, bytes] = msgspec.field(default_factory=dict)
    jobs: int = 0
    cache: bool = True
    watch: Callable[[int, int], None] | None = None
    past: Callable[[], Past] | None = None


class Survey(msgspec.Struct, frozen=True):
    """A report, the graph that it was judged from, and the facts of all files."""

    report: Report
    graph: Graph
    files: dict[str, FileFacts]


@without_collector()
def scan(root: Path, options: Options) -> Report:
    """Discover, read and judge a folder. What did not change since the last run is remembered, not done again."""
    place = str(root.resolve())
    configuration = options.configuration
    # What an editor has not saved yet may not be there at all.
    unsaved = {path: content for path, content in options.given.items() if not (root / path).exists()}
    fresh = {**options.staged, **unsaved}
    given = {**options.staged, **options.given}
    found = discover(place, language_of, _excluded(options), fresh)
    _expect(options.given, found)
    with open_store(_cache_outside(place) if options.cache else None) as store:
        asked = _asked(configuration)
        digests = known_digests(place, found, store, given)
        judged = _remembered(store, _report_key(found, digests, asked))
        if judged is None:
            reading = _read(place, found, digests, store, options, given)
            # Who scans a tree for the first time may never come back, and need not pay for what the next run spares.
            again = bool(digests) and options.cache
            judged = _anew(place, found, reading, store, options) if again else judge(found, reading, configuration)
            keep_digests(place, found, {path: it for path, it in reading.digests.items() if path not in given}, store)
            if reading.final:
                store.keep_report(_report_key(found, reading.digests, asked), msgspec.msgpack.encode(judged))
            store.prune()
        past = options.past
        return narrow(judged, options, (lambda: _before(place, options, past(), store)) if past else None)


def _anew(place: str, found: Discovery, reading: Reading, store: Store, options: Options) -> Judged:
    """What is to be said of a tree that was never judged as it is now, but perhaps much like it."""
    configuration = options.configuration
    if not reading.final:
        return judge(found, reading, configuration)
    code, dialects = _reading_code(configuration), config.dialects(configuration, (file.path for file in found.files))
    memory = Memory(
        {path: reading.digests[path] for path in reading.facts},
        lambda digests: earlier_facts(found, digests, store, code, dialects),
        *(_kept(store, key) for key in _work_keys(place, found, configuration)),
    )
    return judge(found, reading, configuration, memory)


def _kept(store: Store, key: bytes) -> Kept:
    return Kept(lambda: store.report(key), lambda blob: store.keep_report(key, blob))


def _before(place: str, options: Options, past: Past, store: Store) -> Judged:
    """What was to be said of the tree as it was before a change; most of it was said when that state was scanned."""
    configuration = options.configuration
    leave_out = options.leave_out | past.added
    contents = {**options.staged, **past.contents}
    found = discover(place, language_of, _excluded(msgspec.structs.replace(options, leave_out=leave_out)), contents)
    digests = known_digests(place, found, store, contents)
    key = _report_key(found, digests, _asked(configuration))
    judged = _remembered(store, key)
    if judged is None:
        reading = _read(place, found, digests, store, options, contents)
        judged = judge(found, reading, configuration)
        if reading.final:
            store.keep_report(key, msgspec.msgpack.encode(judged))
    return judged


def _read(
    place: str,
    found: Discovery,
    digests: Mapping[str, bytes],
    store: Store,
    options: Options,
    given: Mapping[str, bytes] = MappingProxyType({}),
) -> Reading:
    configuration = options.configuration
    code, idioms = _reading_code(configuration), configuration.idioms
    dialects = config.dialects(configuration, (file.path for file in found.files))
    return read_all(place, found, digests, store, code, options.jobs, options.watch, idioms, given, dialects)


def _expect(given: Iterable[str], found: Discovery) -> None:
    """Contents are of files that are scanned, or nobody would know their layer."""
    files = {file.path for file in found.files}
    for path in given:
        if path not in files:
            raise ArchlintError(f"{path} is not among the files that are scanned, so its content cannot be judged")


def _excluded(options: Options) -> Callable[[str], bool] | None:
    by_pattern = config.excluded(options.configuration)
    if not options.leave_out:
        return by_pattern
    return lambda path: path in options.leave_out or (by_pattern is not None and by_pattern(path))


def _reading_code(configuration: Configuration) -> bytes:
    """A digest of what reads: archlint itself, and the idioms that the project adds."""
    data.add(configuration.idioms)
    code = code_digest(__version__, data.folder())
    for file in configuration.idioms:
        code = hashlib.blake2b(code + Path(file).read_bytes(), digest_size=16).digest()
    return code


def _asked(configuration: Configuration) -> bytes:
    """What a report depends on beside the files."""
    return _reading_code(configuration) + msgspec.msgpack.encode(_judging(configuration), order="deterministic")


def _judging(configuration: Configuration) -> Configuration:
    """The part of the settings that judging depends on; the rest only chooses what is shown."""
    return msgspec.structs.replace(
        configuration, severity=(), select=(), ignore=(), fail_on="", min_confidence=None, baseline=""
    )


@without_collector()
def survey(root: Path, options: Options) -> Survey:
    """The report of a folder together with the graph and the facts that it comes from."""
    place = str(root.resolve())
    configuration = options.configuration
    found = discover(place, language_of, _excluded(options))
    with open_store(_cache_outside(place) if options.cache else None) as store:
        reading = _read(place, found, known_digests(place, found, store), store, options)
        keep_digests(place, found, reading.digests, store)
    knowledge, layers = _known(found, reading, configuration)
    return Survey(narrow(_judged(found, reading, knowledge, layers), options), knowledge, reading.facts)


def judge(found: Discovery, reading: Reading, configuration: Configuration, memory: Memory | None = None) -> Judged:
    """Everything behind reading: catalog, resolve, relate, graph, check. `memory` spares what did not change."""
    return _judged(found, reading, *_known(found, reading, configuration, memory))


def _known(
    found: Discovery, reading: Reading, configuration: Configuration, memory: Memory | None = None
) -> tuple[Graph, dict[str, Layer]]:
    """The graph, and the layers of all files."""
    # These bring half of archlint with them, and an unchanged tree needs none of it.
    from archlint import catalog, graph, relate, resolve

    files = reading.facts
    locate = Located(found.modules.locate, memory.located if memory else None)
    layers = _layers(found, reading, config.pinned(configuration, reading.facts), locate)
    resolve.learn(configuration.aliases)
    schema = catalog.build(files)
    resolved = resolve.resolve(files, schema, layers, locate, memory)
    locate.keep()
    rules = relate.relate(
        (*resolved.sites, *_declared(configuration, resolved)), schema, memory.verdicts if memory else None
    )
    rules = config.settle_homes(rules, configuration, layers.values())
    problems = (*found.problems, *reading.problems)
    return graph.build(files, schema, resolved, rules, problems, configuration.architecture), resolved.layers


def _judged(found: Discovery, reading: Reading, knowledge: Graph, layers: Mapping[str, Layer]) -> Judged:
    """What the checks make of the graph."""
    from archlint import checks, ruleset

    files, rules = reading.facts, knowledge.rules
    demands = ruleset.load_checks()
    findings = checks.run(knowledge, demands)
    summary = Summary(
        files=len(files),
        lines=sum(facts.lines for facts in files.values()),
        rules=len(rules),
        findings=len(findings),
        by_layer=_counted(site.layer.value for rule in rules for site in rule.sites),
        skipped=_added(found.skipped, reading.skipped),
    )
    report = Report(version=__version__, summary=summary, rules=rules, findings=findings, problems=knowledge.problems)
    return Judged(
        report,
        frozenset(code for code, check in demands.items() if not check.default),
        {path: facts.suppressions for path, facts in files.items() if facts.suppressions},
        {spelling.lower(): code for code, check in demands.items() for spelling in (code, check.name)},
        {path: layers.get(path, Layer.SHARED) for path, facts in files.items() if facts.suppressions},
    )


def _declared(configuration: Configuration, resolved: Resolved) -> tuple[Site, ...]:
    """The declared sites under numbers that no other has."""
    last = max((site.id for site in (*resolved.sites, *resolved.lost)), default=0)
    return tuple(msgspec.structs.replace(site, id=last + site.id) for site in configuration.declared)


def _layers(
    found: Discovery, reading: Reading, pinned: Mapping[str, Layer], locate: Callable[[str, str], str | None]
) -> dict[str, Layer]:
    """The layers after reading: a file's own words, and who imports it, may correct what its path suggests.

    What the team says is corrected by nothing.
    """
    layers: dict[str, Layer] = {}
    imports: dict[str, list[str]] = {}
    hints: dict[str, set[str]] = {}
    for file in found.files:
        if facts := reading.facts.get(file.path):
            named = [item.module for item in facts.imports] + [item.module for item in facts.exports if item.module]
            imports[file.path] = list(dict.fromkeys(named))
            hints[file.path] = {*facts.hints, *import_hints(imports[file.path])}
            layers[file.path] = pinned.get(file.path) or refine_layer(file.layer, hints[file.path])
    return {**settle_layers(layers, imports, hints, locate), **pinned}


def _remembered(store: Store, key: bytes) -> Judged | None:
    blob = store.report(key)
    try:
        return msgspec.msgpack.decode(blob, type=Judged) if blob else None
    except msgspec.DecodeError:
        return None


def _report_key(found: Discovery, digests: Mapping[str, bytes], code: bytes) -> bytes:
    """A digest of all that a report depends on."""
    asked = msgspec.msgpack.encode((found.files, found.skipped, found.problems, found.modules), order="deterministic")
    digest = hashlib.blake2b(code + asked, digest_size=20)
    for path in sorted(digests):
        digest.update(path.encode() + b"\0" + digests[path])
    return digest.digest()


def _work_keys(place: str, found: Discovery, configuration: Configuration) -> Iterator[bytes]:
    """Under what the work of the last run over a tree is kept: all that it depends on beside the files' contents."""
    asked = _asked(configuration) + msgspec.msgpack.encode((place, found.modules), order="deterministic")
    for what in (b"followed", b"since", b"verdicts", b"located"):
        yield hashlib.blake2b(what + asked, digest_size=20).digest()


def _cache_outside(place: str) -> Path | None:
    """The cache's folder, unless it lies in the scanned tree, where nothing is ever written."""
    try:
        folder = cache_folder()
    except RuntimeError:
        # A user without a home, as in many containers, scans without a cache.
        return None
    return None if folder.resolve().is_relative_to(place) else folder


def _counted(layers: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for layer in layers:
        counts[layer] = counts.get(layer, 0) + 1
    return dict(sorted(counts.items()))


def _added(first: Mapping[str, int], second: Mapping[str, int]) -> dict[str, int]:
    return {reason: first.get(reason, 0) + second.get(reason, 0) for reason in sorted({*first, *second})}
