"""Entrances of the program: handlers by route, functions by name, routines by name and arguments."""

import re
from collections import defaultdict

import msgspec

from archlint.model.facts import FunctionFact
from archlint.resolve.symbols import Program

_HOLE = re.compile(r":[A-Za-z_]\w*\??|\[\[?\.{0,3}\w+\]?\]|\{\w+\}|\$\{[^}]*\}|\*")

# A client's common beginning is as short as `/api/v1`.
_BASE = 2
_ANYTHING = re.compile(r":\w+\*|\(\.\*\)|\*\*?")
_SPLAT = re.compile(r":splat|:\w+\*?|\$1")


class Handler(msgspec.Struct, frozen=True):
    """A function that answers requests. `body` is the global name of the request's body, or ``."""

    path: str
    scope: int
    name: str
    body: str
    route: str


class Routes:
    """Handlers and routines, found by what callers write."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._functions: dict[str, list[Handler]] = defaultdict(list)
        self._routes: dict[str, list[Handler]] = defaultdict(list)
        self._routines: dict[str, list[tuple[str, FunctionFact]]] = defaultdict(list)
        self.by_scope: dict[tuple[str, int], Handler] = {}
        self._rewrites: list[tuple[re.Pattern[str], str]] = []
        for path, facts in program.files.items():
            self._rewrites.extend((_asked(source), target) for source, target in facts.rewrites)
            for function in facts.functions:
                if function.route:
                    self._add(path, function)
        for routine in program.schema.routines:
            fact = program.scopes.get((routine.path, routine.scope))
            if fact:
                self._routines[routine.name].append((routine.path, fact))

    def _add(self, path: str, function: FunctionFact) -> None:
        body = f"{path}|{function.body}" if function.body else ""
        name = f"{path}|{function.name}@{function.parent}"
        handler = Handler(path, function.scope, name, body, function.route)
        self.by_scope[path, function.scope] = handler
        if function.route.startswith("function "):
            self._functions[function.route[9:]].append(handler)
        else:
            self._routes[_plain(function.route)].append(handler)

    def handlers(self, kind: str, target: str) -> list[Handler]:
        """Who answers a request: an edge function by name, or a handler by method and path (or its unique ending)."""
        if kind == "invoke":
            return self._functions.get(target, [])
        wanted = _plain(target)
        if wanted in self._routes:
            return self._routes[wanted]
        method, _, url = wanted.partition(" ")
        name = url.rsplit("/functions/v1/", 1)[-1] if "/functions/v1/" in url else ""
        if name in self._functions:
            return self._functions[name]
        near = [
            handlers
            for route, handlers in self._routes.items()
            if route.partition(" ")[0] in (method, "all") and _meets(url, route.partition(" ")[2])
        ]
        if len(near) == 1:
            return near[0]
        if near:
            return self._rewritten(kind, target) if self._rewrites else []
        return (self._rewritten(kind, target) if self._rewrites else []) or self._based(method, url)

    def _based(self, method: str, url: str) -> list[Handler]:
        """Who answers where the client that asks puts one beginning before all its addresses, such as `/api`."""
        if not _speaks(url):
            return []
        heads: dict[int, list[list[Handler]]] = defaultdict(list)
        for route, handlers in self._routes.items():
            asked, _, full = route.partition(" ")
            head = full.removesuffix(url)
            if head != full and asked in (method, "all") and "*" not in head and head.count("/") <= _BASE:
                heads[head.count("/")].append(handlers)
        found = heads[min(heads)] if heads else []
        return found[0] if len(found) == 1 else []

    def _rewritten(self, kind: str, target: str) -> list[Handler]:
        """Who answers where the host hands a request on to another address."""
        method, _, url = target.partition(" ")
        url = re.sub(r"^https?://[^/]+", "", url).split("?", 1)[0]
        for pattern, answered in self._rewrites:
            found = pattern.fullmatch(url)
            if found is None:
                continue
            if answered.startswith("function "):
                return self._functions.get(answered[9:], [])
            rest = (found.groups() or ("",))[-1] or ""
            wanted = _plain(f"{method} {rest.join(_SPLAT.split(answered))}")
            return self._routes.get(wanted) or self._routes.get(f"all {wanted.partition(' ')[2]}") or []
        return []

    def routines(self, name: str, keys: tuple[str, ...]) -> list[tuple[str, FunctionFact]]:
        """The routines of that name which take exactly the named arguments, else all of that name."""
        found = self._routines.get(name) or self._routines.get(name.rsplit(".", 1)[-1])
        if not found:
            found = [
                item for full, items in self._routines.items() if full.rsplit(".", 1)[-1] == name for item in items
            ]
        if len(found) > 1 and keys:
            exact = [item for item in found if {p.rsplit("@", 1)[0] for p in item[1].parameters} == set(keys)]
            return exact or found
        return found


def _asked(source: str) -> re.Pattern[str]:
    """An address with places for anything, as hosts write it: `/api/*`, `/api/:path*`, `/api/(.*)`, `/api/**`."""
    plain = _ANYTHING.sub("\0", source)
    plain = re.sub(r":\w+", "\1", plain)
    return re.compile(re.escape(plain).replace(re.escape("\0"), "(.*)").replace(re.escape("\1"), "([^/]+)"))


def _plain(route: str) -> str:
    method, _, url = route.partition(" ")
    url = url.split("?", 1)[0].rstrip("/")
    url = re.sub(r"^https?://[^/]+", "", url)
    return f"{method.lower()} {_HOLE.sub('*', url).lower()}"


def _speaks(url: str) -> bool:
    """Whether an address from the root names something."""
    return url.startswith("/") and any(part not in ("", "*") for part in url.split("/"))


def _meets(url: str, route: str) -> bool:
    """Whether a request's address may be answered under a route: either may lack what the other begins with."""
    return _tail(url, route) or (url.startswith("*/") and _tail(route, url[1:]))


def _tail(longer: str, shorter: str) -> bool:
    """Whether a mounted router's own path is the end of a full path (at least one word of it)."""
    return (
        bool(shorter)
        and shorter != "/*"
        and any(part not in ("", "*") for part in shorter.split("/"))
        and (longer.endswith(shorter) and (longer == shorter or shorter.startswith("/")))
    )
