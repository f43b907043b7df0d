"""Reads the small JSON files by which packages and compilers describe a repository."""

import re
from typing import Any

import msgspec

MANIFEST = re.compile(r"(?:^|/)(?:package\.json|deno\.jsonc?|import_map\.json|(?:ts|js)config(?:\.[\w.-]+)?\.json)$")

# A string is kept whole, so that what looks like a comment inside it survives.
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*[\s\S]*?\*/|,(?=(?:\s|//[^\n]*|/\*[\s\S]*?\*/)*[\]}])')


def parse_json(source: bytes) -> dict[str, Any]:
    """An object of JSON with comments and trailing commas; ValueError for anything else."""
    source = source.removeprefix(b"\xef\xbb\xbf")
    try:
        value = msgspec.json.decode(source)
    except (msgspec.DecodeError, UnicodeDecodeError):
        text = source.decode("utf-8")
        value = msgspec.json.decode(_TOKENS.sub(_keep_strings, text).encode())
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _keep_strings(token: re.Match[str]) -> str:
    text = token.group()
    return text if text.startswith('"') else " "


def texts(value: object) -> list[str]:
    """The texts in a value that should be a text or a list of texts; whatever else somebody wrote is left out."""
    if isinstance(value, str):
        return [value]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def mapping(value: object) -> dict[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def dependencies(manifest: dict[str, Any]) -> frozenset[str]:
    """The names of all packages that a package.json or deno.json builds on."""
    groups = ("dependencies", "devDependencies", "peerDependencies")
    names = {name for group in groups for name in mapping(manifest.get(group))}
    for target in mapping(manifest.get("imports")).values():
        if isinstance(target, str) and target.startswith("npm:"):
            names.add(re.sub(r"(?<=.)@.*$", "", target.removeprefix("npm:").lstrip("/")))
    return frozenset(names)
