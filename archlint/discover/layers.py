"""Finds the layer of a file from its path, its package and, once it is read, its own words."""

import fnmatch
import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from archlint import data
from archlint.model.source import Layer

# A module behind that many others that are all undecided says little about who uses it.
_ROUNDS = 3
# Only one runtime takes an address or a registry for a module.
_DENO = ("https://", "npm:", "jsr:")
_ORIGIN = re.compile(r"^(?:npm:|jsr:|node:|https://(?:esm\.sh|cdn\.skypack\.dev|cdn\.jsdelivr\.net/npm|unpkg\.com)/)")
_VERSION = re.compile(r"(?<=.)@[\d^~][^/]*")


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
        self._among = {name: tuple(map(Layer, layers)) for name, layers in table["among"].items()}
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
        among = self._among.get(language)
        if among is not None:
            found = (rule.layer for rule in (*rules, *guesses) if rule.names is None or rule.names.match(name))
            return next((layer for layer in found if layer in among), among[0])
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


def settle_layers(
    layers: Mapping[str, Layer],
    imports: Mapping[str, Sequence[str]],
    hints: Mapping[str, Iterable[str]],
    locate: Callable[[str, str], str | None],
) -> dict[str, Layer]:
    """The layers of all files, once it is known who imports whom.

    A shared file belongs to the only layer that imports it, or is a contract between several. Whom nobody imports runs
    where the server's code runs that it imports, else where the names of what it imports say.
    """
    if Layer.SHARED not in layers.values():
        return dict(layers)
    imported = {
        path: [target for module in modules if (target := locate(path, module)) and target in layers and target != path]
        for path, modules in imports.items()
    }
    settled = _by_importers(layers, imported)
    for path, layer in layers.items():
        if settled[path] is Layer.SHARED and Layer.SERVICE in {layers[target] for target in imported.get(path, ())}:
            settled[path] = Layer.SERVICE
        elif settled[path] is Layer.SHARED:
            settled[path] = refine_layer(layer, hints.get(path, ()), "last")
    return _by_importers(settled, imported)


def _by_importers(layers: Mapping[str, Layer], imported: Mapping[str, Sequence[str]]) -> dict[str, Layer]:
    """Shared files with the layer of those who import them, as far as that is known."""
    settled = dict(layers)
    for _ in range(_ROUNDS):
        importers: dict[str, set[Layer]] = defaultdict(set)
        for path, targets in imported.items():
            for target in targets:
                importers[target].add(settled[path])
        changed = False
        for path, layer in settled.items():
            found = importers.get(path, set()) - {Layer.SHARED}
            if layer is Layer.SHARED and found:
                settled[path] = next(iter(found)) if len(found) == 1 else Layer.CONTRACT
                changed = True
        if not changed:
            break
    return settled


def refine_layer(layer: Layer, hints: Iterable[str], table: str = "hint") -> Layer:
    """The layer after reading: `hints` are the reader's, and `import:NAME` for each imported package."""
    said = frozenset(hints)
    for target, overruled, words in _hints(table):
        if layer in overruled and not words.isdisjoint(said):
            return target
    return layer


def import_hints(modules: Iterable[str]) -> Iterable[str]:
    """What the imports of a file hint at: the module itself, and the package it belongs to."""
    for module in modules:
        # What a file of the project is called counts too: a path alias looks like a package.
        yield f"named:{posixpath.splitext(posixpath.basename(module))[0]}"
        if module.startswith("."):
            continue
        if module.startswith(_DENO):
            yield "deno"
        bare = _VERSION.sub("", _ORIGIN.sub("", module))
        parts = bare.split("/")
        yield f"import:{bare}"
        yield f"import:{'/'.join(parts[:2]) if bare.startswith('@') else parts[0]}"


@cache
def _hints(table: str) -> tuple[tuple[Layer, frozenset[Layer], frozenset[str]], ...]:
    return tuple(
        (Layer(row["layer"]), frozenset(Layer(name) for name in row["from"]), frozenset(row["any"]))
        for row in data.table("layers")[table]
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
    if run[0] == "/":
        anchored = (package + run).lstrip("/")
        return folder == anchored or folder.startswith(anchored + "/")
    # Where the words do not stand at all, they do not stand as names of folders.
    return run in folder and f"/{run}/" in f"/{folder}/"


def _nearest(folder: str, packages: Mapping[str, frozenset[str]]) -> str:
    while folder and folder not in packages:
        folder = folder.rpartition("/")[0]
    return folder
