"""Evidence about who uses the backend: frontends, direct access, and callers from outside."""

import posixpath
from collections.abc import Callable

from archlint.advisor.seen import SERVING, Evidence, Seen, is_one, many, some, words
from archlint.advisor.seen import place as at
from archlint.model.source import Layer


def frontends(seen: Seen) -> Evidence:
    """Applications with a manifest of their own."""
    settings = words()["frontends"]
    found: list[str] = []
    for path, asked in seen.manifests.items():
        screens = any(is_one(name, settings["screens"]) for name in asked)
        runners = any(is_one(name, settings["runners"]) for name in asked)
        if screens and runners and seen.starts(path) and _holds_screens(seen, posixpath.dirname(path)):
            found.append(path)
    for path in seen.named(("pubspec.yaml",)):
        folder = posixpath.dirname(path)
        if posixpath.join(folder, "lib/main.dart") in seen.tree:
            found.append(path)
    # An application's platform folders and a workspace's root name what the applications in them name.
    roots = [path for path in found if not _is_workspace_root(seen, path, found)]
    value = float(len(roots)) if roots else None
    return Evidence(
        measure="frontends",
        value=value,
        trust="high" if len(roots) == 1 else "medium",
        says=f"{many(len(roots), 'application')} with screens and a manifest of their own",
        numbers=(("applications", float(len(roots))),),
        places=tuple(roots),
        total=len(roots),
        caveat="A package of a monorepo is not always an application, and one application may hold an admin panel.",
    )


def _holds_screens(seen: Seen, folder: str) -> bool:
    below = f"{folder}/" if folder else ""
    if any(path.startswith(below) and layer is Layer.FRONTEND for path, layer in seen.graph.layers.items()):
        return True
    return any(path.startswith(below) and path.endswith((".vue", ".svelte", ".astro")) for path in seen.tree)


def _is_workspace_root(seen: Seen, path: str, found: list[str]) -> bool:
    folder = posixpath.dirname(path)
    below = f"{folder}/" if folder else ""
    inner = [other for other in found if other != path and other.startswith(below)]
    if not inner:
        return False
    folders = [f"{posixpath.dirname(other)}/" for other in inner]
    own = [name for name, layer in seen.graph.layers.items() if name.startswith(below) and layer is Layer.FRONTEND]
    return all(any(name.startswith(item) for item in folders) for name in own)


def direct_access(seen: Seen) -> Evidence | None:
    """Places in screens that use tables or call procedures, against places in services and functions that do."""
    used = [(path, span.line, layer) for path, span, layer, _ in seen.uses]
    used += [(path, span.line, layer) for path, span, layer in seen.procedure_calls]
    clients = {(path, line) for path, line, layer in used if layer is Layer.FRONTEND}
    servers = {(path, line) for path, line, layer in used if layer in SERVING}
    generated = seen.packages(words()["frontends"]["generated"])
    total = len(clients) + len(servers)
    if not total:
        return None
    places, count = some(at(path, line) for path, line in clients)
    writing = len({(path, span.line) for path, span, layer, writes in seen.uses if writes and layer is Layer.FRONTEND})
    says = (
        f"{len(clients)} of {many(total, 'place')} that use tables or call procedures are in screens "
        f"({writing} of them write tables)"
    )
    if generated:
        says += "; an interface that is generated over the tables is in use, and what goes through it is not counted"
    return Evidence(
        measure="direct_access",
        value=None if generated else len(clients) / total,
        trust="medium" if generated else seen.trust,
        says=says,
        numbers=(("in screens", len(clients)), ("writing in screens", writing), ("all", total)),
        places=places,
        total=count,
        caveat="Uses inside the database do not count. That code does it today does not say that it should.",
    )


def partners(seen: Seen) -> Evidence:
    """Signs of callers from outside: interface descriptions, tables of keys, webhooks."""
    described = [at(path, 1) for path in seen.named(words()["files"]["contracts"])]
    keys = [
        at(table.path, table.span.line)
        for name, table in seen.graph.schema.tables.items()
        if table.span and name.rpartition(".")[2] in ("api_keys", "api_tokens", "webhooks", "webhook_endpoints")
    ]
    hooks = _handlers(seen, "webhook")
    places, total = some([*described, *keys, *hooks])
    return Evidence(
        measure="partners",
        trust="low",
        says=(
            f"{many(len(described), 'interface description')}, {many(len(keys), 'table of keys', 'tables of keys')}, "
            f"{many(len(hooks), 'webhook')}"
        ),
        numbers=(("descriptions", len(described)), ("tables", len(keys)), ("webhooks", len(hooks))),
        places=places,
        total=total,
        caveat="A webhook is a call from a system that you chose; a partner is one that chose you.",
    )


def versions(seen: Seen) -> Evidence:
    """Routes that carry a version."""
    found = [*_handlers(seen, "/v1/"), *_handlers(seen, "/v2/")]
    places, total = some(found)
    return Evidence(
        measure="versions",
        trust="low",
        says=f"{many(total, 'route carries', 'routes carry')} a version",
        numbers=(("routes", total),),
        places=places,
        total=total,
    )


def agents(seen: Seen) -> Evidence:
    """Packages that offer operations to agents."""
    places, total = some(seen.packages(words()["packages"]["agents"]))
    return Evidence(
        measure="agents",
        trust="low",
        says=f"{many(total, 'place names', 'places name')} a package for agents or their tools",
        numbers=(("places", total),),
        places=places,
        total=total,
        caveat="A package that calls a model is not yet an agent that calls you.",
    )


def _handlers(seen: Seen, word: str) -> list[str]:
    return [
        at(path, function.span.line)
        for path, facts in seen.files.items()
        for function in facts.functions
        if function.role == "handler" and word in f"{function.route.lower()}/"
    ]


MEASURES: dict[str, Callable[[Seen], Evidence | None]] = {
    "frontends": frontends,
    "direct_access": direct_access,
    "partners": partners,
    "versions": versions,
    "agents": agents,
}
