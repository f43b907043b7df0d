"""The spine: from a folder to a report, one line per stage."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec

from archlint import __version__, data
from archlint.cache import Store, cache_folder, code_digest, open_store
from archlint.discover import Discovery, discover, import_hints, refine_layer, settle_layers
from archlint.languages import language_of
from archlint.model.report import Report, Summary
from archlint.model.source import Layer
from archlint.reading import Reading, keep_digests, known_digests, read_all

DEFAULT_CONFIDENCE = 0.7


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How to scan and what to show. `jobs` 0 means as many as there are processors.

    `select` and `ignore` are codes of checks; `everything` shows candidates and checks that are off by default.
    """

    jobs: int = 0
    cache: bool = True
    everything: bool = False
    min_confidence: float | None = None
    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    watch: Callable[[int, int], None] | None = None


class _Judged(msgspec.Struct, frozen=True):
    """A report with all candidates, and the codes of the checks that are off by default."""

    report: Report
    off: frozenset[str]


def scan(root: Path, options: Options) -> Report:
    """Discover, read and judge a folder. What did not change since the last run is remembered, not done again."""
    place = str(root.resolve())
    found = discover(place, language_of)
    with open_store(_cache_outside(place) if options.cache else None) as store:
        code = code_digest(__version__, data.folder())
        digests = known_digests(place, found, store)
        judged = _remembered(store, _report_key(found, digests, code))
        if judged is None:
            reading = read_all(place, found, digests, store, code, options.jobs, options.watch)
            judged = judge(found, reading)
            keep_digests(place, found, reading.digests, store)
            if reading.final:
                store.keep_report(_report_key(found, reading.digests, code), msgspec.msgpack.encode(judged))
            store.prune()
    return _shown(judged, options)


def judge(found: Discovery, reading: Reading) -> _Judged:
    """Everything behind reading: catalog, resolve, relate, graph, check."""
    # These bring half of archlint with them, and an unchanged tree needs none of it.
    from archlint import catalog, checks, graph, relate, resolve, ruleset

    files = reading.facts
    layers = _layers(found, reading)
    schema = catalog.build(files)
    resolved = resolve.resolve(files, schema, layers, found.modules.locate)
    rules = relate.relate(resolved.sites, schema)
    knowledge = graph.build(files, schema, resolved, rules, (*found.problems, *reading.problems))
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
    return _Judged(report, frozenset(code for code, check in demands.items() if not check.default))


def _shown(judged: _Judged, options: Options) -> Report:
    """Keep the findings that were asked for; count the others as candidates."""
    floor = options.min_confidence
    if floor is None:
        floor = 0.0 if options.everything else DEFAULT_CONFIDENCE
    report = judged.report
    off = frozenset() if options.everything else judged.off - options.select
    chosen = [
        finding
        for finding in report.findings
        if finding.code not in options.ignore and (not options.select or finding.code in options.select)
    ]
    shown = tuple(finding for finding in chosen if finding.confidence >= floor and finding.code not in off)
    summary = msgspec.structs.replace(report.summary, findings=len(shown), candidates=len(chosen) - len(shown))
    return msgspec.structs.replace(report, findings=shown, summary=summary)


def _layers(found: Discovery, reading: Reading) -> dict[str, Layer]:
    """The layers after reading: a file's own words, and who imports it, may correct what its path suggests."""
    layers: dict[str, Layer] = {}
    imports: dict[str, list[str]] = {}
    hints: dict[str, set[str]] = {}
    for file in found.files:
        if facts := reading.facts.get(file.path):
            named = [item.module for item in facts.imports] + [item.module for item in facts.exports if item.module]
            imports[file.path] = list(dict.fromkeys(named))
            hints[file.path] = {*facts.hints, *import_hints(imports[file.path])}
            layers[file.path] = refine_layer(file.layer, hints[file.path])
    return settle_layers(layers, imports, hints, found.modules.locate)


def _remembered(store: Store, key: bytes) -> _Judged | None:
    blob = store.report(key)
    try:
        return msgspec.msgpack.decode(blob, type=_Judged) if blob else None
    except msgspec.DecodeError:
        return None


def _report_key(found: Discovery, digests: Mapping[str, bytes], code: bytes) -> bytes:
    """A digest of all that a report depends on."""
    asked = msgspec.msgpack.encode((found.files, found.skipped, found.problems, found.modules), order="deterministic")
    digest = hashlib.blake2b(code + asked, digest_size=20)
    for path in sorted(digests):
        digest.update(path.encode() + b"\0" + digests[path])
    return digest.digest()


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
