"""Reads settings: every key checked, every mistake told at once, every value with the place it came from."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from archlint.config.dialects import read_dialect
from archlint.config.environment import Variables
from archlint.config.finding import Instead, find_file, is_file, settings_of
from archlint.config.idioms import idiom_files
from archlint.config.mistakes import Source, nearest, tell
from archlint.model.configuration import ARCHITECTURES, OFF, Configuration
from archlint.model.errors import ArchlintError
from archlint.model.finding import Severity
from archlint.model.rule import Site
from archlint.model.source import Layer

Checks = Callable[[], Mapping[str, str]]
"""Gives the codes of all checks by every accepted spelling in lower case."""

_LAYERS = {layer.value: layer for layer in Layer if layer is not Layer.SHARED}
_LEVELS = tuple(level.value for level in Severity)
_ADDED = frozenset({"exclude", "ignore", "idioms", "declared"})


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """The settings, the file they come from (empty where there is none), and the origin of each value by its key."""

    configuration: Configuration
    file: str = ""
    origins: dict[str, str] = {}


def load(root: Path, checks: Checks, chosen: Path | None = None, instead: Instead | None = None) -> Loaded:
    """The settings for a scanned folder: of the environment, then of the chosen file, else of the nearest one.

    `instead` are contents of files that count in place of those on the disk.
    """
    contents = instead or {}
    file = chosen or find_file(root, contents)
    if file is not None and not is_file(file.resolve(), contents):
        raise ArchlintError(f"the configuration {file} does not exist")
    return _Loader(root.resolve(), file.resolve() if file else None, checks, contents).load()


class _Loader:
    """One run over a file, those it extends, and the environment."""

    def __init__(self, root: Path, file: Path | None, checks: Checks, instead: Instead) -> None:
        self._root = root
        self._instead = instead
        self._file = file
        self._checks = checks
        self._sources: list[Source] = []
        self._values: dict[str, Any] = {}
        self._origins: dict[str, str] = {}
        self._readers: dict[str, Callable[[Source, str, Any], Any]] = {
            "architecture": self._choice(ARCHITECTURES),
            "layers": self._table(lambda source, key, value: self._layer(source, ("layers", key), value)),
            "dialects": self._table(read_dialect),
            "homes": self._table(lambda source, key, value: self._layer(source, ("homes", key), value)),
            "severity": self._table(self._severity, self._check_key),
            "select": self._check_list,
            "ignore": self._check_list,
            "exclude": self._texts,
            "fail-on": self._choice((*_LEVELS, "never")),
            "min-confidence": self._confidence,
            "aliases": self._table(lambda source, key, value: self._text(source, ("aliases", key), value)),
            "idioms": idiom_files,
            "declared": self._declared,
            "baseline": lambda source, key, value: self._text(source, (key,), value),
        }

    def load(self) -> Loaded:
        if self._file is not None:
            self._read(self._file, ())
        self._read_environment()
        tell(self._sources)
        values = {key.replace("-", "_"): _frozen(value) for key, value in self._values.items()}
        folder = self._file.parent if self._file else self._root
        prefix = self._root.relative_to(folder).as_posix() if self._root.is_relative_to(folder) else ""
        if "declared" in values:
            values["declared"] = _numbered(values["declared"])
        configuration = Configuration(prefix="" if prefix == "." else prefix, **values)
        return Loaded(
            configuration=configuration, file=self._shown(self._file) if self._file else "", origins=self._origins
        )

    def _read(self, file: Path, below: tuple[Path, ...]) -> None:
        """What a file extends first, so that the file itself has the last word."""
        table, text, above = settings_of(file, self._instead)
        source = Source(file, text, above, self._shown(file))
        self._sources.append(source)
        if not isinstance(table, dict):
            source.wrong((), "the settings are no table")
            return
        extended = table.get("extend")
        if extended is not None:
            self._extend(source, extended, (*below, file))
        for key, value in table.items():
            if key in self._readers:
                self._take(source, key, self._readers[key](source, key, value))
            elif key != "extend":
                source.unknown((key,), "the key", key, [*self._readers, "extend"])

    def _read_environment(self) -> None:
        """The environment joins tables and adds to lists, as the nearest file does with those that it extends."""
        source = Variables(os.environ, self._readers)
        self._sources.append(source)
        for key, value in source.settings():
            self._take(source, key, self._readers[key](source, key, value))

    def _extend(self, source: Source, extended: object, below: tuple[Path, ...]) -> None:
        if not isinstance(extended, str):
            source.wrong(("extend",), "extend is the path of one other file")
            return
        file = (source.file.parent / extended).resolve()
        if file in below:
            source.wrong(("extend",), f"extend leads in a circle, back to {extended}")
        elif not is_file(file, self._instead):
            source.wrong(("extend",), f"extend names {extended}, which does not exist")
        else:
            self._read(file, below)

    def _take(self, source: Source, key: str, value: Any) -> None:
        if isinstance(value, dict):
            merged = self._values.setdefault(key, {})
            for name, item in value.items():
                merged.pop(name, None)
                merged[name] = item
                self._origins[f"{key}.{name}"] = source.where((key, name))
        elif key in _ADDED:
            self._values[key] = (*self._values.get(key, ()), *value)
            before = self._origins.get(key)
            self._origins[key] = f"{before}, {source.where((key,))}" if before else source.where((key,))
        else:
            self._values[key] = value
            self._origins[key] = source.where((key,))

    def _shown(self, file: Path) -> str:
        return Path(os.path.relpath(file, self._root)).as_posix()

    # Kinds of values ---------------------------------------------------------------------------------------

    def _choice(self, words: tuple[str, ...]) -> Callable[[Source, str, Any], str]:
        def read(source: Source, key: str, value: Any) -> str:
            if isinstance(value, str) and value in words:
                return value
            source.wrong((key,), f"{key} is one of {', '.join(words)}, not {value!r}{_hint(value, words)}")
            return ""

        return read

    def _table(
        self,
        read_value: Callable[[Source, str, Any], Any],
        read_key: Callable[[Source, str, str], str] = lambda source, key, name: name,
    ) -> Callable[[Source, str, Any], dict[str, Any]]:
        def read(source: Source, key: str, value: Any) -> dict[str, Any]:
            if not isinstance(value, dict):
                source.wrong((key,), f"{key} is a table")
                return {}
            return {read_key(source, key, name): read_value(source, name, item) for name, item in value.items()}

        return read

    def _layer(self, source: Source, keys: tuple[str, str], value: Any) -> Layer:
        if isinstance(value, str) and value in _LAYERS:
            return _LAYERS[value]
        source.unknown(keys, f"{keys[0]}: the layer", str(value), _LAYERS)
        return Layer.SHARED

    def _severity(self, source: Source, key: str, value: Any) -> str:
        if value in (*_LEVELS, OFF):
            return str(value)
        source.unknown(("severity", key), "severity: the level", str(value), (*_LEVELS, OFF))
        return OFF

    def _check_key(self, source: Source, key: str, name: str) -> str:
        code = self._check(source, (key, name), name)
        source.spell((key, name), code)
        return code

    def _check(self, source: Source, keys: tuple[str, ...], name: object) -> str:
        known = self._checks()
        if isinstance(name, str) and name.lower() in known:
            return known[name.lower()]
        spellings = [name.upper() if name.startswith("al") and name[2:].isdigit() else name for name in known]
        source.unknown(keys, f"{keys[0]}: the check", str(name), spellings)
        return ""

    def _check_list(self, source: Source, key: str, value: Any) -> tuple[str, ...]:
        return tuple(self._check(source, (key,), name) for name in self._texts(source, key, value))

    def _texts(self, source: Source, key: str, value: Any) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        source.wrong((key,), f"{key} is a list of texts")
        return ()

    def _text(self, source: Source, keys: tuple[str, ...], value: Any) -> str:
        if isinstance(value, str) and value:
            return value
        source.wrong(keys, f"{'.'.join(keys)} is a text")
        return ""

    def _declared(self, source: Source, _key: str, value: Any) -> tuple[Site, ...]:
        # It brings the algebra with it, which few settings need.
        from archlint.config.declared import declared_sites

        return declared_sites(source, value, self._shown(source.file), _LAYERS)

    def _confidence(self, source: Source, key: str, value: Any) -> float:
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
            return float(value)
        source.wrong((key,), f"{key} is a number from 0 to 1, not {value!r}")
        return 0.0


def _hint(value: object, words: tuple[str, ...]) -> str:
    told = nearest(str(value), words)
    return told if "did you mean" in told else ""


def _frozen(value: Any) -> Any:
    return tuple(value.items()) if isinstance(value, dict) else value


def _numbered(sites: tuple[Site, ...]) -> tuple[Site, ...]:
    return tuple(msgspec.structs.replace(site, id=number) for number, site in enumerate(sites, 1))
