"""A project's own idioms: files that add to those of the same name that archlint brings along."""

from typing import Any

import tomli

from archlint import data
from archlint.config.mistakes import Source


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
        for told in _unfit(table, data.table(f"idioms/{file.stem}"), ""):
            source.wrong((key,), f"idioms: {item}: {told}")
        found.append(str(file))
    return tuple(found)


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
