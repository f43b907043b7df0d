"""Evidence about operations: which are plain, which decide, which drive outside systems or go through steps."""

import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterator

import msgspec

from archlint.advisor.deciding import decides
from archlint.advisor.evidence.systems import systems_by_file
from archlint.advisor.seen import SERVING, Evidence, Seen, is_one, many, package_of, some, words
from archlint.advisor.seen import place as at
from archlint.model.facts import FunctionFact
from archlint.model.rule import Kind
from archlint.model.source import TRUSTED, Layer, Span


class Operation(msgspec.Struct, frozen=True):
    """One function that uses tables for a client, and the rules that decide in it."""

    path: str
    line: int
    decides: bool
    writes: bool


def operations(seen: Seen) -> list[Operation]:
    """Functions of screens, services and functions that read or write tables themselves."""
    deciding = _deciding(seen)
    found: dict[tuple[str, int], bool] = {}
    spans: dict[tuple[str, int], Span] = {}
    for path, place, layer, writes in seen.uses:
        if layer is not Layer.FRONTEND and layer not in SERVING:
            continue
        function = _function_around(seen, path, place)
        span = function.span if function else place
        key = (path, span.line)
        spans[key] = span
        found[key] = found.get(key, False) or writes
    return [
        Operation(path, line, any(_within(span, spans[path, line]) for span in deciding[path]), found[path, line])
        for path, line in sorted(found)
    ]


def crud_share(seen: Seen) -> Evidence | None:
    """Operations in which no rule decides."""
    found = operations(seen)
    if len(found) < 5:
        return None
    plain = [item for item in found if not item.decides]
    places, total = some(at(item.path, item.line) for item in found if item.decides)
    return Evidence(
        measure="crud_share",
        value=len(plain) / len(found),
        trust="low" if seen.trust == "low" else "medium",
        says=f"{len(plain)} of {len(found)} operations are plain ({_percent(len(plain), len(found))})",
        numbers=(("plain", len(plain)), ("operations", len(found))),
        places=places,
        total=total,
        caveat=(
            "An operation is a function of a screen, a service or a serverless function that uses tables itself. It is "
            "plain when no rule beyond required fields, lengths and patterns is stated in it; who is calling "
            "is another question."
        ),
    )


def deciding_handlers(seen: Seen) -> Evidence | None:
    """Handlers of requests that hold a rule."""
    deciding = _deciding(seen)
    handlers = [
        (path, function)
        for path, facts in seen.files.items()
        if seen.layer(path) in SERVING
        for function in facts.functions
        if function.role == "handler"
    ]
    if len(handlers) < 3:
        return None
    found = [(path, item) for path, item in handlers if any(_within(span, item.span) for span in deciding[path])]
    places, total = some(at(path, item.span.line) for path, item in found)
    return Evidence(
        measure="deciding_handlers",
        value=len(found) / len(handlers),
        trust="medium",
        says=f"{len(found)} of {len(handlers)} handlers of requests state a rule that decides",
        numbers=(("deciding", len(found)), ("handlers", len(handlers))),
        places=places,
        total=total,
        caveat=(
            "A handler that calls a function elsewhere which decides counts as passing on, and so does one that only "
            "asks who is calling."
        ),
    )


def contracts(seen: Seen) -> Evidence | None:
    """Files with handlers that describe what they take."""
    described = seen.named(words()["files"]["contracts"])
    libraries = words()["packages"]["contracts"]
    files = [
        path
        for path, facts in seen.files.items()
        if seen.layer(path) in SERVING and any(function.role == "handler" for function in facts.functions)
    ]
    if not files:
        return None
    describing = {
        _stem(path)
        for path, facts in seen.files.items()
        if any(is_one(package_of(item.module), libraries) for item in facts.imports)
    }
    checked = [path for path in files if _stem(path) in describing or _imports_one(seen, path, describing)]
    share = 1.0 if described else len(checked) / len(files)
    places, total = some(at(path, 1) for path in (*described, *checked))
    return Evidence(
        measure="contracts",
        value=share,
        trust="medium",
        says=(
            f"{len(checked)} of {many(len(files), 'file')} of handlers import a library that validates, or schemas "
            f"made with one; {many(len(described), 'description')}"
        ),
        numbers=(("validated", len(checked)), ("files", len(files)), ("descriptions", len(described))),
        places=places,
        total=total,
        caveat="A generated description covers an operation without saying that anybody designed it.",
    )


def _stem(path: str) -> str:
    return posixpath.splitext(path)[0].removesuffix("/index")


def _imports_one(seen: Seen, path: str, stems: set[str]) -> bool:
    """Whether a file imports one of some files: beside it, or by a name that such a file's path ends in."""
    for item in seen.files[path].imports:
        name = item.module if "/" in item.module else item.module.replace(".", "/")
        if name.startswith("."):
            if _stem(posixpath.normpath(posixpath.join(posixpath.dirname(path), name))) in stems:
                return True
            continue
        tail = name.partition("/")[2] if name[:1] in "@~#$" else name
        if "/" in tail and any(f"/{stem}".endswith(f"/{tail}") for stem in stems):
            return True
    return False


def orchestration(seen: Seen) -> Evidence | None:
    """Files behind the screens that speak to two outside systems or more."""
    several = {path: names for path, names in systems_by_file(seen).items() if len(names) > 1}
    found = sorted(path for path in several if seen.layer(path) in SERVING)
    if not any(seen.layer(path) in SERVING for path in seen.files):
        return None
    places, total = some(at(path, 1) for path in found)
    return Evidence(
        measure="orchestration",
        value=float(len(found)),
        trust="medium",
        says=(
            f"{many(len(found), 'file of services or functions uses', 'files of services or functions use')} "
            "two outside systems or more"
        ),
        numbers=(("files", len(found)),),
        places=places,
        total=total,
        caveat="A service that drives several systems through helpers in other files is not seen.",
    )


def workflows(seen: Seen) -> Evidence:
    """Fields whose steps are guarded."""
    words_of = {rule.subject for rule in seen.stored_rules if rule.kind in (Kind.DOMAIN, Kind.WORDS)}
    # What nobody changes once it stands takes no steps: a kind, a provider.
    moved = {
        (way.entity, column) for way in seen.graph.writes if way.operation != "insert" for column, _ in way.columns
    }
    fields: dict[str, list[str]] = defaultdict(list)
    for rule in seen.stored_rules:
        stated = [site for site in rule.sites if site.layer in TRUSTED]
        stepping = rule.kind is Kind.TRANSITION or (
            rule.kind is Kind.GATE and rule.subject in words_of and (rule.subject.entity, rule.subject.field) in moved
        )
        if stepping and stated:
            fields[str(rule.subject)] += [at(site.path, site.span.line) for site in stated]
    places, total = some(item for found in fields.values() for item in found)
    listed = ", ".join(sorted(fields)[:6])
    return Evidence(
        measure="workflows",
        value=float(len(fields)),
        trust="medium",
        says=f"{many(len(fields), 'field has', 'fields have')} guarded steps{f' ({listed})' if listed else ''}",
        numbers=(("fields", len(fields)),),
        places=places,
        total=total,
        caveat="Steps that only screens or outside tools guard are not counted; waiting is not seen.",
    )


def _deciding(seen: Seen) -> dict[str, list[Span]]:
    """Places that refuse by a rule, or that compute what is stored; by file."""
    kinds = {*words()["rules"]["deciding"], Kind.DOMAIN.value}
    stored = {rule.id for rule in seen.stored_rules}
    found: dict[str, list[Span]] = defaultdict(list)
    for rule in seen.graph.rules:
        if rule.kind.value in kinds:
            for site in rule.sites:
                told = site.strength == "hard" or rule.kind in (Kind.FORMULA, Kind.CLASSIFICATION)
                if rule.id in stored and told and decides(site, seen.graph.schema) and not seen.is_key(rule):
                    found[site.path].append(site.span)
    return found


def _function_around(seen: Seen, path: str, span: Span) -> FunctionFact | None:
    """The handler around a place, else the smallest function with a name."""
    facts = seen.files.get(path)
    around = list(_around(facts.functions, span)) if facts else []
    handler = next((function for function in around if function.role == "handler"), None)
    return handler or next((function for function in around if function.name), around[0] if around else None)


def _around(functions: tuple[FunctionFact, ...], span: Span) -> Iterator[FunctionFact]:
    """The functions around a place, smallest first."""
    inside = [function for function in functions if function.scope and _within(span, function.span)]
    yield from sorted(inside, key=lambda function: (function.span.end_line - function.span.line, -function.span.line))


def _within(inner: Span, outer: Span) -> bool:
    start = (outer.line, outer.column) <= (inner.line, inner.column)
    return start and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %"


MEASURES: dict[str, Callable[[Seen], Evidence | None]] = {
    "crud_share": crud_share,
    "deciding_handlers": deciding_handlers,
    "contracts": contracts,
    "orchestration": orchestration,
    "workflows": workflows,
}
