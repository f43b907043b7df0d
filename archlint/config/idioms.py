"""A project's own idioms: files that add to those of the same name that archlint brings along."""

from collections.abc import Iterator
from typing import Any

import tomli

from archlint import data
from archlint.config.mistakes import Source, nearest

# What a project says of its own functions; nothing is shipped that would show what fits.
_WRAPPERS = "wrappers"
_OF_CALLS = ("kind", "table", "payload", "key", "rights")
_KINDS = ("insert", "update", "upsert", "delete", "select")


def idiom_files(source: Source, key: str, value: Any) -> tuple[str, ...]:
    """The absolute paths of the files; each is read, so that a mistake in it is told before the scan."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        source.wrong((key,), f"{key} is a list of files")
        return ()
    found = []
    for item in value:
        file = (source.file.parent / item).resolve()
        shipped = sorted(path.stem for path in (data.folder() / "idioms").glob("*.toml"))
        try:
            table = tomli.loads(file.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
            told = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read: {error}"
            source.wrong((key,), f"idioms: {item} {told}")
            continue
        if file.stem not in shipped:
            source.unknown((key,), f"idioms: {item} adds to a file of that name; the file", file.stem, shipped)
            continue
        mistakes = _unfit(table, data.table(f"idioms/{file.stem}"), "")
        if file.stem == _WRAPPERS and not mistakes:
            mistakes = [told for name, row in table.get("calls", {}).items() for told in _unfit_call(name, row)]
        for told in mistakes:
            source.wrong((key,), f"idioms: {item}: {told}")
        found.append(str(file))
    return tuple(found)


def _unfit_call(name: str, row: object) -> Iterator[str]:
    """What is wrong with a function that the project says writes a table."""
    if not isinstance(row, dict):
        yield f"calls.{name} is a table like {{ kind = 'insert', table = 1, payload = 2 }}"
        return
    for key in row:
        if key not in _OF_CALLS:
            yield f"calls.{name}: the key {key!r} is not known{nearest(key, _OF_CALLS)}"
    if row.get("kind") not in _KINDS:
        yield f"calls.{name}: kind is one of {', '.join(_KINDS)}, not {row.get('kind')!r}"
    if not isinstance(row.get("table"), str | int) or isinstance(row.get("table"), bool):
        yield f"calls.{name}: table is the name of a table, or the number of the argument that names it"
    for key in ("payload", "key"):
        if key in row and (not isinstance(row[key], int) or row[key] < 1):
            yield f"calls.{name}: {key} is the number of an argument, from 1"
    if row.get("rights", "service") != "service":
        yield f"calls.{name}: rights can only be 'service'"


def _unfit(added: dict[str, Any], shipped: dict[str, Any], above: str) -> list[str]:
    """Where values are of another kind than those that they join."""
    told = []
    for key, value in added.items():
        there = shipped.get(key)
        if there is None and not above and isinstance(value, list | dict):
            told.append(f"{key} is not known (known: {', '.join(shipped)})")
        elif there is not None and type(there) is not type(value):
            told.append(f"{above}{key} is a {_kind(there)}, not a {_kind(value)}")
        elif isinstance(value, dict) and isinstance(there, dict):
            told.extend(_unfit(value, there, f"{above}{key}."))
    return told


def _kind(value: object) -> str:
    names = {str: "text", list: "list", dict: "table", bool: "yes or no", int: "number", float: "number"}
    return names.get(type(value), "value")
