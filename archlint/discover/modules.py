"""Builds the map by which an import is followed to a file: path aliases, workspace packages, import maps."""

import posixpath
from collections.abc import Iterable, Mapping
from typing import Any

from archlint import data
from archlint.discover.manifests import PUBSPEC, mapping, texts
from archlint.model.modules import Alias, AliasScope, ModuleMap, Package

_EXTENDS_AT_MOST = 8
_BUILT = ("dist", "build", "lib", "out", "esm", "cjs")


def module_map(files: Iterable[str], manifests: Mapping[str, dict[str, Any]], links: Mapping[str, str]) -> ModuleMap:
    """`manifests` are the parsed package.json, deno.json, import maps and ts/jsconfig files by path."""
    folders: dict[str, list[Alias]] = {}
    packages: dict[str, Package] = {}
    roots: list[str] = []
    for path in sorted(manifests, key=_main_first):
        manifest, folder = manifests[path], posixpath.dirname(path)
        name = posixpath.basename(path)
        if name == "package.json":
            roots.append(folder)
            folders.setdefault(folder, []).extend(_imports(folder, manifest))
            if isinstance(manifest.get("name"), str) and manifest["name"]:
                packages.setdefault(manifest["name"], _package(folder, manifest))
        elif name == PUBSPEC:
            packages.setdefault(f"package:{manifest['name']}", Package(folder, ()))
        elif name.startswith(("deno.", "import_map.")):
            folders.setdefault(folder, []).extend(_imports(folder, manifest))
        else:
            folders.setdefault(folder, []).extend(_paths(path, manifests))
    scopes = [AliasScope(folder, _specific_first(aliases)) for folder, aliases in folders.items() if aliases]
    return ModuleMap(
        files=frozenset(files),
        scopes=tuple(sorted(scopes, key=lambda scope: (-_depth(scope.folder), scope.folder))),
        packages=packages,
        links=dict(links),
        roots=tuple(sorted(roots, key=lambda folder: (-_depth(folder), folder))),
        fallbacks=tuple((row["prefix"], tuple(row["places"])) for row in data.table("modules")["fallback"]),
    )


def locate(modules: ModuleMap, importer: str, specifier: str) -> str | None:
    """The scanned file that `specifier` means in the file `importer`, if it is one of the repository."""
    return modules.locate(importer, specifier)


def _main_first(path: str) -> tuple[str, bool, str]:
    """`tsconfig.json` speaks before `tsconfig.app.json` of the same folder."""
    name = posixpath.basename(path)
    return posixpath.dirname(path), name.count(".") > 1, name


def _paths(path: str, manifests: Mapping[str, dict[str, Any]]) -> list[Alias]:
    """The aliases of a tsconfig: `paths` and `baseUrl`, each from the nearest file of its `extends` chain."""
    paths: list[Alias] | None = None
    base: str | None = None
    for config_path in _chain(path, manifests):
        options = mapping(manifests[config_path].get("compilerOptions"))
        folder = posixpath.dirname(config_path)
        own_base = options.get("baseUrl")
        if base is None and isinstance(own_base, str):
            base = posixpath.normpath(posixpath.join(folder, own_base))
        if paths is None and isinstance(options.get("paths"), dict):
            start = base if base is not None else folder
            paths = [_alias(key, start, targets) for key, targets in options["paths"].items()]
    return [*(paths or ()), *([Alias("", "", True, (posixpath.join(base, "*"),))] if base is not None else ())]


def _chain(path: str, manifests: Mapping[str, dict[str, Any]]) -> list[str]:
    chain: list[str] = []
    pending = [path]
    while pending and len(chain) < _EXTENDS_AT_MOST:
        current = pending.pop(0)
        if current in chain or current not in manifests:
            continue
        chain.append(current)
        for extended in reversed(texts(manifests[current].get("extends"))):
            if extended.startswith("."):
                target = posixpath.normpath(posixpath.join(posixpath.dirname(current), extended))
                pending.append(target if target.endswith(".json") else f"{target}.json")
    return chain


def _alias(key: str, start: str, targets: object) -> Alias:
    prefix, star, suffix = key.partition("*")
    return Alias(prefix, suffix, bool(star), tuple(posixpath.join(start, target) for target in texts(targets)))


def _imports(folder: str, manifest: dict[str, Any]) -> list[Alias]:
    """The `imports` of a package.json or a Deno import map that lead to files of the repository."""
    aliases = []
    for key, value in mapping(manifest.get("imports")).items():
        for target in _leaves(value):
            if target.startswith("."):
                joined = posixpath.join(folder, target)
                if key.endswith("/"):
                    aliases.append(Alias(key, "", True, (posixpath.join(joined, "*"),)))
                else:
                    aliases.append(_alias(key, folder, target))
    return aliases


def _package(folder: str, manifest: dict[str, Any]) -> Package:
    entries = [
        posixpath.join(folder, target)
        for field in ("source", "types", "typings", "module", "main", "svelte")
        for target in _leaves(manifest.get(field))
    ]
    exports: list[Alias] = []
    declared = manifest.get("exports")
    if isinstance(declared, dict) and any(key.startswith(".") for key in declared):
        for key, value in declared.items():
            targets = [path for leaf in _leaves(value) for path in _sources(leaf)]
            exports.append(_alias(key.removeprefix(".").removeprefix("/"), folder, targets))
    else:
        entries[:0] = [posixpath.join(folder, target) for target in _leaves(declared)]
    return Package(folder, tuple(path for entry in entries for path in _sources(entry)), _specific_first(exports))


def _sources(path: str) -> list[str]:
    """The file itself, and where its source would lie if the file is built from one."""
    head, *rest = path.removeprefix("./").split("/")
    parts = [head, *rest]
    found = [path]
    for index, part in enumerate(parts[:-1]):
        if part in _BUILT:
            built = "/".join([*parts[:index], "src", *parts[index + 1 :]])
            found.append(built.removesuffix(".d.ts"))
            break
    return found


def _leaves(value: object) -> list[str]:
    """The texts at the ends of a conditional export."""
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    return texts(value)


def _specific_first(aliases: list[Alias]) -> tuple[Alias, ...]:
    return tuple(sorted(aliases, key=lambda alias: (alias.star, -len(alias.prefix))))


def _depth(folder: str) -> int:
    return folder.count("/") + 1 if folder else 0
