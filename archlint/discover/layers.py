"""Finds the layer of a file from its path, its package and, once it is read, its own words."""

import fnmatch
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import msgspec

from archlint import data
from archlint.model.source import Layer


class _Rule(msgspec.Struct, frozen=True):
    layer: Layer
    below: tuple[str, ...]
    names: re.Pattern[str] | None
    packages: frozenset[str]
    alone: bool

    def holds_in(self, folder: str, package: str, depends_on: frozenset[str]) -> bool:
        """Whether a folder of a package meets all but the names and `alone`."""
        if self.packages and self.packages.isdisjoint(depends_on):
            return False
        return not self.below or any(_runs_below(run, folder, package) for run in self.below)


class Layers:
    """The path part of `rules/layers.toml`, ready to be asked about many files."""

    def __init__(self, packages: Mapping[str, frozenset[str]]) -> None:
        """`packages`: the dependencies of each package by the package's folder."""
        table = data.table("layers")
        self._languages = {name: Layer(layer) for name, layer in table["language"].items()}
        self._rules = [_rule(row) for row in table["path"]]
        self._guesses = [_rule(row) for row in table["guess"]]
        self._kinds = {kind: frozenset(names) for kind, names in table["packages"].items()}
        self._packages = packages
        self._known: dict[str, tuple[list[_Rule], Layer | None, list[_Rule]]] = {}

    def layer_of(self, path: str, language: str) -> Layer:
        """The layer of a file that nobody has read yet."""
        if language in self._languages:
            return self._languages[language]
        folder, _, name = path.rpartition("/")
        if folder not in self._known:
            self._known[folder] = self._candidates(folder)
        rules, of_package, guesses = self._known[folder]
        return _first(rules, name) or of_package or _first(guesses, name) or Layer.SHARED

    def _candidates(self, folder: str) -> tuple[list[_Rule], Layer | None, list[_Rule]]:
        package = _nearest(folder, self._packages)
        depends_on = self._packages.get(package, frozenset())
        fitting = [rule for rule in self._rules if rule.holds_in(folder, package, depends_on)]
        kinds = [kind for kind, names in self._kinds.items() if not names.isdisjoint(depends_on)]
        guesses = [rule for rule in self._guesses if rule.holds_in(folder, package, depends_on)]
        guesses = [rule for rule in guesses if not (rule.alone and kinds)]
        return fitting, _of_package(kinds), guesses


def _of_package(kinds: list[str]) -> Layer | None:
    """The layer of a package by the kinds of its dependencies, in the order of `[packages]`."""
    if "both" in kinds or ("frontend" in kinds and len(kinds) > 1):
        return None
    # A package for a functions platform is one, whatever router it uses.
    return Layer("function" if "function" in kinds else kinds[0]) if kinds else None


def refine_layer(layer: Layer, hints: Iterable[str]) -> Layer:
    """The layer after reading: `hints` are the reader's, and `import:NAME` for each imported package."""
    said = frozenset(hints)
    for target, overruled, words in _hints():
        if layer in overruled and not words.isdisjoint(said):
            return target
    return layer


def import_hints(modules: Iterable[str]) -> Iterable[str]:
    """What the imports of a file hint at: the module itself, and the package it belongs to."""
    for module in modules:
        if module.startswith("."):
            continue
        bare = module.removeprefix("npm:").removeprefix("node:").removeprefix("jsr:")
        parts = bare.split("/")
        yield f"import:{bare}"
        yield f"import:{'/'.join(parts[:2]) if bare.startswith('@') else parts[0]}"


@cache
def _hints() -> tuple[tuple[Layer, frozenset[Layer], frozenset[str]], ...]:
    return tuple(
        (Layer(row["layer"]), frozenset(Layer(name) for name in row["from"]), frozenset(row["any"]))
        for row in data.table("layers")["hint"]
    )


def _rule(row: Mapping[str, Any]) -> _Rule:
    names = "|".join(fnmatch.translate(name) for name in row.get("names", ()))
    return _Rule(
        Layer(row["layer"]),
        tuple(row.get("below", ())),
        re.compile(names) if names else None,
        frozenset(row.get("packages", ())),
        bool(row.get("alone")),
    )


def _first(rules: list[_Rule], name: str) -> Layer | None:
    return next((rule.layer for rule in rules if rule.names is None or rule.names.match(name)), None)


def _runs_below(run: str, folder: str, package: str) -> bool:
    if run.startswith("/"):
        anchored = (package + run).lstrip("/")
        return folder == anchored or folder.startswith(anchored + "/")
    return f"/{run}/" in f"/{folder}/"


def _nearest(folder: str, packages: Mapping[str, frozenset[str]]) -> str:
    while folder and folder not in packages:
        folder = folder.rpartition("/")[0]
    return folder
