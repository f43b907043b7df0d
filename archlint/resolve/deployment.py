"""What is live: functions that a deployment names, the addresses they answer under, and twins that nobody deploys."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from archlint.model.facts import Deployed, FileFacts
from archlint.model.source import Problem
from archlint.resolve.symbols import Program

_SUFFIXES = (".ts", ".js", ".mts", ".mjs", ".cts", ".cjs", ".py")
# What is built lies beside what it is built from.
_BUILT = re.compile(r"(?:^|(?<=/))(?:build|dist|out|lib|\.build|\.aws-sam/build)/")
_LEAST = 2


class Live(NamedTuple):
    """The files that count, changed where a deployment says more of them; and what does not count, and why."""

    files: Mapping[str, FileFacts]
    problems: tuple[Problem, ...]


def live(program: Program) -> Live | None:
    """The files as they are deployed; None where no description names a function that was read."""
    named: dict[str, list[tuple[str, Deployed]]] = defaultdict(list)
    for path, facts in program.files.items():
        for item in facts.deployed:
            target = _file(program.files, item, path.rpartition("/")[0])
            if target is not None:
                named[target].append((path, item))
    if not named:
        return None
    idle = dict(_idle(program, named))
    files = {
        path: _routed(facts, [item for _, item in named[path]]) if path in named else facts
        for path, facts in program.files.items()
        if path not in idle
    }
    return Live(files, tuple(Problem(path, 1, reason) for path, reason in sorted(idle.items())))


def _file(files: Mapping[str, FileFacts], item: Deployed, folder: str) -> str | None:
    """The file of a function: as it is named, or where it is built from."""
    below = f"{folder}/" if folder else ""
    own = item.file.removeprefix(below)
    for stem in dict.fromkeys(
        (item.file, below + _BUILT.sub("src/", own, count=1), below + _BUILT.sub("", own, count=1))
    ):
        for suffix in _SUFFIXES:
            if stem + suffix in files:
                return stem + suffix
    return None


def _routed(facts: FileFacts, items: list[Deployed]) -> FileFacts:
    """A handler answers under the address that the deployment gives it."""
    routes = {item.function: item.routes for item in items}
    changed = []
    for function in facts.functions:
        if function.parent == 0 and function.name in routes:
            known = routes[function.name]
            route = function.route or (known[0] if known else "")
            function = msgspec.structs.replace(function, role="handler", route=route)
        changed.append(function)
    return msgspec.structs.replace(facts, functions=tuple(changed))


# Twins that nobody deploys ------------------------------------------------------------------------------------


def _idle(program: Program, named: Mapping[str, list[tuple[str, Deployed]]]) -> Iterator[tuple[str, str]]:
    """Files that lie beside deployed ones and look like them, but are named by no description and used by nobody."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for target, owners in named.items():
        for owner, item in owners:
            groups[owner, _around(target)].append(item.function)
    used = _used(program)
    for (owner, root), functions in sorted(groups.items()):
        if len(functions) < _LEAST:
            # One function alone does not say how the others would be named.
            continue
        for path, facts in program.files.items():
            if path in named or path in used or not path.startswith(root) or _around(path) != root:
                continue
            if any(function.parent == 0 and function.name in functions for function in facts.functions):
                yield path, f"{owner.rpartition('/')[2]} does not deploy this function, so that its rules do not count"


def _around(path: str) -> str:
    """The folder that holds the folder of each function."""
    return path.rpartition("/")[0].rpartition("/")[0] + "/"


def _used(program: Program) -> frozenset[str]:
    """Files that some other file imports."""
    found = set()
    for path, facts in program.files.items():
        for item in facts.imports:
            target = program.name(path, item.local).split("|", 1)[0]
            if target != path:
                found.add(target)
        for export in facts.exports:
            if export.module:
                found.add(program.module(path, export.module) or "")
    return frozenset(found)
