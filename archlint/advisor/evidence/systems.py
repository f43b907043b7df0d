"""Which outside systems the code speaks to, by the packages it imports and the hosts it calls."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from archlint.advisor.seen import Seen, package_of, words
from archlint.model.expression import Call, Expression, Fields, Operation, Text
from archlint.model.facts import Access, FileFacts

_HOST = re.compile(r"https?://([A-Za-z0-9.-]+)", re.ASCII)
_BASE = re.compile(r"(?:[A-Z]+ )?\$\{(\w+)\}", re.ASCII)
_TWO_PART_ENDINGS = frozenset({"co", "com", "org", "net", "gov", "ac"})


def systems_by_file(seen: Seen) -> dict[str, dict[str, int]]:
    """The systems that each file speaks to, with the first line that does."""
    settings = words()["systems"]
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for path, facts in seen.files.items():
        named = [(system_of_package(item.module, settings), item.line) for item in facts.imports]
        for access in facts.accesses:
            if access.kind == "http" and isinstance(access.target, str):
                named.append((system_of_url(access.target, settings), access.span.line))
            named += [(system_of_url(text, settings), access.span.line) for text in _called(access, facts)]
        for binding in facts.bindings:
            for text in _addresses(binding.value):
                named.append((system_of_url(text, settings) if _is_interface(text) else "", binding.span.line))
        for name, line in sorted(named, key=lambda item: item[1]):
            if name:
                found[path].setdefault(name, line)
    return dict(found)


def systems(seen: Seen) -> dict[str, list[tuple[str, int]]]:
    """The places that speak to each system."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for path, names in systems_by_file(seen).items():
        for name, line in names.items():
            found[name].append((path, line))
    return {name: sorted(found[name]) for name in sorted(found)}


def system_of_package(module: str, settings: dict[str, Any]) -> str:
    """The system of an imported package."""
    package = package_of(module)
    names: dict[str, str] = settings["packages"]
    return names.get(package) or names.get(package.partition("/")[0], "")


def system_of_url(text: str, settings: dict[str, Any]) -> str:
    """The system of an address: by the longest listed ending of its host, else the name before the ending."""
    match = _HOST.search(text)
    host = match.group(1).lower().strip(".") if match else ""
    if "." not in host or any(host == item or host.endswith(f".{item}") for item in settings["skip"]["hosts"]):
        return ""
    listed = [item for item in settings["hosts"] if host == item or host.endswith(f".{item}")]
    if listed:
        return str(settings["hosts"][max(listed, key=len)])
    parts = host.split(".")
    if all(part.isdigit() for part in parts):
        return ""
    cut = 3 if len(parts) > 2 and len(parts[-1]) == 2 and parts[-2] in _TWO_PART_ENDINGS else 2
    return parts[-cut]


def _called(access: Access, facts: FileFacts) -> Iterator[str]:
    """The literal addresses behind the name that a called address begins with: `${base}/orders`."""
    match = _BASE.match(access.target) if access.kind == "http" and isinstance(access.target, str) else None
    for binding in facts.bindings if match else ():
        if match and not binding.target.path and binding.target.name.partition("@")[0] == match.group(1):
            yield from _addresses(binding.value)


def _is_interface(text: str) -> bool:
    """Whether a literal address looks like that of an interface; a link to a page is no integration."""
    match = _HOST.match(text)
    if match is None:
        return False
    host = match.group(1).lower()
    return host.startswith(("api.", "api-")) or ".api." in host or "/api/" in text or "/v1" in text


def _addresses(value: Expression) -> Iterator[str]:
    """Literal addresses in a value, also where a text is put together after its host."""
    if isinstance(value, Text):
        if value.value.startswith("http"):
            yield value.value
    elif isinstance(value, Operation | Call):
        for inner in value.operands if isinstance(value, Operation) else value.arguments:
            yield from _addresses(inner)
    elif isinstance(value, Fields):
        for _, inner in value.entries:
            yield from _addresses(inner)
