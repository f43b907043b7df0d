"""Reads the small JSON files by which packages and compilers describe a repository."""

import re
from typing import Any

import msgspec

MANIFEST = re.compile(
    r"(?:^|/)(?:package\.json|deno\.jsonc?|import_map\.json|(?:ts|js)config(?:\.[\w.-]+)?\.json|pubspec\.yaml)$"
)
PUBSPEC = "pubspec.yaml"
# What a package of Dart depends on is kept apart from packages of the same name elsewhere.
_OF_PUB = "pub:"
_ENTRY = re.compile(r"^(\s*)([\w-]+):\s*(.*?)\s*$")

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


def parse_pubspec(source: bytes) -> dict[str, Any]:
    """The name of a package of Dart and what it depends on; the rest of the file is not looked at."""
    name, section, depth = "", "", 0
    found: dict[str, str] = {}
    for line in source.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").splitlines():
        match = _ENTRY.match(line.partition(" #")[0]) if not line.lstrip().startswith("#") else None
        if match is None:
            continue
        indent, key, value = len(match.group(1)), match.group(2), match.group(3)
        if indent == 0:
            section, depth = key, 0
            name = value.strip("'\"") if key == "name" else name
        elif section == "dependencies":
            depth = depth or indent
            if indent == depth:
                found[f"{_OF_PUB}{key}"] = value
    return {"name": name, "dependencies": found}


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
