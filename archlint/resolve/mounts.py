"""Routers that other files put under an address: `app.use('/orders', orders)`."""

from collections import defaultdict
from collections.abc import Mapping

import msgspec

from archlint.model.facts import FileFacts, FunctionFact
from archlint.resolve.symbols import Program

_DEPTH = 5


def with_mounts(program: Program) -> Mapping[str, FileFacts]:
    """The files whose handlers answer under an address that another file gives them."""
    mounted: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for path, facts in program.files.items():
        for prefix, router in facts.mounts:
            target = program.name(path, router.name).split("|", 1)[0]
            if target != path and target in program.files:
                mounted[target].add((path, prefix))
    found = {}
    for path in sorted(mounted):
        prefix = _prefix(path, mounted, _DEPTH)
        if prefix:
            facts = program.files[path]
            functions = tuple(_under(prefix, function) for function in facts.functions)
            found[path] = msgspec.structs.replace(facts, functions=functions)
    return found


def _prefix(path: str, mounted: Mapping[str, set[tuple[str, str]]], depth: int) -> str:
    """The whole address of a file's router, if it has just one."""
    owners = mounted.get(path, set())
    if len(owners) != 1 or depth == 0:
        return ""
    ((owner, prefix),) = owners
    return f"{_prefix(owner, mounted, depth - 1)}/{prefix.strip('/')}".rstrip("/")


def _under(prefix: str, function: FunctionFact) -> FunctionFact:
    method, _, url = function.route.partition(" ")
    if function.role != "handler" or not url.startswith("/"):
        return function
    return msgspec.structs.replace(function, route=f"{method} {prefix}{url}".rstrip("/"))
