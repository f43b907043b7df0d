"""How the modules of a repository name each other, and which scanned file a name means."""

import posixpath
from collections.abc import Iterable

import msgspec

_SCRIPTS = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte", ".d.ts")
_INDEXES = tuple(f"/index{ending}" for ending in _SCRIPTS)
_MODULES = (".py", "/__init__.py")
# Below a folder of its own, source is found as if it lay where the folder lies.
_PYTHON_PLACES = ("", "src", "python")
# TypeScript sources import each other under the name of the compiled file.
_COMPILED = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}


class Alias(msgspec.Struct, frozen=True, array_like=True):
    """Specifiers `prefix*suffix` mean one of `targets` with the star filled in; without `star`, exactly `prefix`."""

    prefix: str
    suffix: str
    star: bool
    targets: tuple[str, ...]

    def expand(self, specifier: str) -> tuple[str, ...]:
        """The paths that a specifier may mean."""
        if not self.star:
            return self.targets if specifier == self.prefix else ()
        if len(specifier) < len(self.prefix) + len(self.suffix):
            return ()
        if not (specifier.startswith(self.prefix) and specifier.endswith(self.suffix)):
            return ()
        middle = specifier[len(self.prefix) : len(specifier) - len(self.suffix)]
        return tuple(target.replace("*", middle, 1) for target in self.targets)


class AliasScope(msgspec.Struct, frozen=True, array_like=True):
    """The aliases that hold below `folder`, most specific first."""

    folder: str
    aliases: tuple[Alias, ...]


class Package(msgspec.Struct, frozen=True, array_like=True):
    """A package of the repository: where it lies, its entry files in order of trust, and the subpaths it exports."""

    folder: str
    entries: tuple[str, ...]
    exports: tuple[Alias, ...] = ()


class ModuleMap(msgspec.Struct, frozen=True):
    """What `locate` needs: the scanned files, alias scopes (deepest first), packages, links and package folders."""

    files: frozenset[str] = frozenset()
    scopes: tuple[AliasScope, ...] = ()
    packages: dict[str, Package] = {}
    links: dict[str, str] = {}
    roots: tuple[str, ...] = ()
    fallbacks: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def locate(self, importer: str, specifier: str) -> str | None:
        """The scanned file that `specifier` means in the file `importer`; None for what is not of this repository."""
        folder = posixpath.dirname(importer)
        if importer.endswith(".py"):
            return self._dotted(folder, specifier)
        specifier = specifier.partition("?")[0]
        if specifier.startswith("."):
            return self._probe(posixpath.join(folder, specifier))
        if specifier.startswith("package:"):
            return self._of_pub(specifier)
        if ":" in specifier:
            return None
        for scope in self.scopes:
            if _contains(scope.folder, folder):
                found = self._first(path for alias in scope.aliases for path in alias.expand(specifier))
                if found:
                    return found
        return self._packaged(specifier) or self._guessed(folder, specifier)

    def _dotted(self, folder: str, name: str) -> str | None:
        """The module that a dotted name of Python means: from here upwards, or below a folder for source."""
        dots = len(name) - len(name.lstrip("."))
        rest = name[dots:].replace(".", "/")
        if dots:
            for _ in range(dots - 1):
                folder = posixpath.dirname(folder)
            return self._module(posixpath.join(folder, rest) if rest else folder)
        while True:
            for place in _PYTHON_PLACES:
                found = self._module(posixpath.join(folder, place, rest))
                if found:
                    return found
            if not folder:
                return None
            folder = posixpath.dirname(folder)

    def _module(self, path: str) -> str | None:
        path = path.strip("/")
        named = [f"{path}{ending}" if path else ending[1:] for ending in _MODULES]
        return next((found for found in named if found in self.files), None)

    def _of_pub(self, specifier: str) -> str | None:
        """`package:shop/models/order.dart` lies in the folder `lib` of the package `shop`."""
        name, _, rest = specifier.partition("/")
        package = self.packages.get(name)
        return self._probe(f"{package.folder}/lib/{rest}") if package is not None and rest else None

    def _packaged(self, specifier: str) -> str | None:
        parts = specifier.split("/")
        size = 2 if specifier.startswith("@") else 1
        package = self.packages.get("/".join(parts[:size]))
        if package is None:
            return None
        rest = "/".join(parts[size:])
        exported = [path for alias in package.exports for path in alias.expand(rest)]
        if not rest:
            return self._first([*exported, *package.entries, f"{package.folder}/src/index", f"{package.folder}/index"])
        return self._first([*exported, f"{package.folder}/{rest}", f"{package.folder}/src/{rest}"])

    def _guessed(self, folder: str, specifier: str) -> str | None:
        """Conventional prefixes (`@/`, `~/`, `$lib/`) where no configuration explains them."""
        for prefix, places in self.fallbacks:
            if specifier.startswith(prefix):
                rest = specifier[len(prefix) :]
                roots = [root for root in self.roots if _contains(root, folder)]
                return self._first(f"{root}/{place}/{rest}" for root in [*roots, ""] for place in places)
        return None

    def _first(self, paths: Iterable[str]) -> str | None:
        return next((found for path in paths if (found := self._probe(path))), None)

    def _probe(self, path: str) -> str | None:
        path = posixpath.normpath(path).lstrip("/")
        if path.startswith("../"):
            return None
        return self._exists(path) or self._exists(self._unlinked(path))

    def _exists(self, path: str) -> str | None:
        files = self.files
        if path == ".":
            path = "index"
        if not path:
            return None
        if path in files:
            return path
        stem, ending = posixpath.splitext(path)
        for source in _COMPILED.get(ending, ()):
            if stem + source in files:
                return stem + source
        for ending in _SCRIPTS:
            if path + ending in files:
                return path + ending
        for ending in _INDEXES:
            if path + ending in files:
                return path + ending
        return None

    def _unlinked(self, path: str) -> str:
        for link, target in self.links.items():
            if _contains(link, path):
                return posixpath.normpath(target + path[len(link) :])
        return ""


def _contains(folder: str, path: str) -> bool:
    return not folder or path == folder or path.startswith(folder + "/")
