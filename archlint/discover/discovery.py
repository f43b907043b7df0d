"""Finds the source files of a tree, the layer of each, and how they may import one another."""

import os
import posixpath
import stat
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from archlint import data
from archlint.discover.layers import Layers
from archlint.discover.manifests import MANIFEST, PUBSPEC, dependencies, parse_json, parse_pubspec
from archlint.discover.modules import module_map
from archlint.discover.skip import Skips
from archlint.discover.tree import list_tree, reason_of
from archlint.model.errors import ArchlintError
from archlint.model.modules import ModuleMap
from archlint.model.source import Problem, SourceFile

_MANIFEST = "manifest"
_ENDINGS = ("json", "jsonc", PUBSPEC)
_EXCLUDED = "excluded by the configuration"
_NOTHING: Mapping[str, bytes] = MappingProxyType({})


class Discovery(msgspec.Struct, frozen=True):
    """What there is to read. `stamps` tell by size, time and inode whether a file of `files` may have changed."""

    files: tuple[SourceFile, ...]
    stamps: tuple[tuple[int, int, int], ...]
    skipped: dict[str, int]
    problems: tuple[Problem, ...]
    modules: ModuleMap


def discover(
    root: str,
    language_of: Callable[[str], str | None],
    excluded: Callable[[str], bool] | None = None,
    given: Mapping[str, bytes] = _NOTHING,
) -> Discovery:
    """List the files of a folder that have a language, sorted by path; nothing but manifests is opened.

    `excluded` tells what the team leaves out besides; `given` are files with another content than on the disk, or
    that are not there.
    """
    if not os.path.isdir(root):
        found = "is a file; name the folder that holds the system" if os.path.exists(root) else "does not exist"
        raise ArchlintError(f"{root} {found}")
    table = data.table("discover")
    skips = Skips(table)
    tree = list_tree(root, skips.prunable.__contains__)
    problems = list(tree.problems)
    paths = tuple(sorted({*tree.paths, *given})) if given else tree.paths
    languages = {path: language for path in _utf8(paths, problems) if (language := _kind(path, language_of))}
    chosen, skipped = skips.select(path for path in languages if not _version_control(path, skips))
    if excluded is not None:
        kept = [path for path in chosen if not excluded(path)]
        if len(kept) < len(chosen):
            skipped[_EXCLUDED] = len(chosen) - len(kept)
        chosen = kept
    unread = tuple(path for path in paths if path not in languages and not (excluded is not None and excluded(path)))
    _count_no_reader(unread, frozenset(table["no_reader"]), skips, skipped, problems)
    for folder in tree.pruned:
        if reason := skips.reason_of_folder(folder):
            skipped[reason] = skipped.get(reason, 0) + 1
    sources, stamps = _measure(root, chosen, languages, table["limit_bytes"], skipped, problems, given)
    manifests = _manifests(root, chosen, languages, problems, given)
    layers = Layers(_packages(manifests))
    files = tuple(
        SourceFile(path, language, layers.layer_of(path, language), stamp[0])
        for (path, language), stamp in zip(sources, stamps, strict=True)
    )
    modules = module_map((file.path for file in files), manifests, _links(root, tree.links))
    return Discovery(files, tuple(stamps), dict(sorted(skipped.items())), tuple(sorted(problems)), modules)


def _count_no_reader(
    paths: tuple[str, ...],
    suffixes: frozenset[str],
    skips: Skips,
    skipped: dict[str, int],
    problems: list[Problem],
) -> None:
    """Count by suffix the sources of the team that no reader takes, and say so at the first of each."""
    unread = [
        path for path in paths if path[path.rfind(".") :].lower() in suffixes and not _version_control(path, skips)
    ]
    found: dict[str, list[str]] = {}
    for path in _utf8(tuple(skips.select(unread)[0]), []):
        found.setdefault(path[path.rfind(".") :].lower(), []).append(path)
    for suffix, files in found.items():
        reason = f"no reader for {suffix}"
        skipped[reason] = len(files)
        told = "1 file is not judged" if len(files) == 1 else f"{len(files)} files are not judged"
        problems.append(Problem(min(files), 1, f"{reason}: {told}"))


def _kind(path: str, language_of: Callable[[str], str | None]) -> str | None:
    """The language of a file, or that it is a manifest."""
    return language_of(path) or (_MANIFEST if path.endswith(_ENDINGS) and MANIFEST.search(path) else None)


def _utf8(paths: tuple[str, ...], problems: list[Problem]) -> list[str]:
    """A report is UTF-8; a name that is not cannot be told in it."""
    good = []
    for path in paths:
        try:
            path.encode()
        except UnicodeEncodeError:
            told = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
            problems.append(Problem(told, 1, "the file's name is not UTF-8; the file was not read"))
        else:
            good.append(path)
    return good


def _version_control(path: str, skips: Skips) -> bool:
    return path.startswith(".") and path.partition("/")[0] in skips.version_control


def _measure(
    root: str,
    chosen: list[str],
    languages: Mapping[str, str],
    limit: int,
    skipped: dict[str, int],
    problems: list[Problem],
    given: Mapping[str, bytes],
) -> tuple[list[tuple[str, str]], list[tuple[int, int, int]]]:
    """Ask the system about each file; links, files that are gone and what is no plain file are not read."""
    sources, stamps = [], []
    for path in chosen:
        language = languages[path]
        if language == _MANIFEST:
            continue
        if path in given:
            if 0 < len(given[path]) <= limit:
                sources.append((path, language))
                stamps.append((len(given[path]), 0, 0))
            continue
        try:
            found = os.lstat(f"{root}/{path}")
        except FileNotFoundError:
            continue
        except OSError as error:
            problems.append(Problem(path, 1, f"the file cannot be read: {reason_of(error)}"))
            continue
        reason = _unfit(found, limit)
        if reason:
            skipped[reason] = skipped.get(reason, 0) + 1
            if reason == "too large":
                told = f"{found.st_size / 1e6:.1f} MB is over the limit of {limit / 1e6:.0f} MB; the file was not read"
                problems.append(Problem(path, 1, told))
        else:
            sources.append((path, language))
            stamps.append((found.st_size, found.st_mtime_ns, found.st_ino))
    return sources, stamps


def _unfit(found: os.stat_result, limit: int) -> str:
    if stat.S_ISLNK(found.st_mode):
        return "symbolic links"
    if not stat.S_ISREG(found.st_mode):
        return "not plain files"
    if found.st_size > limit:
        return "too large"
    return "empty" if found.st_size == 0 else ""


def _manifests(
    root: str, chosen: list[str], languages: Mapping[str, str], problems: list[Problem], given: Mapping[str, bytes]
) -> dict[str, dict[str, Any]]:
    found = {}
    for path in chosen:
        if languages[path] != _MANIFEST:
            continue
        try:
            parse = parse_pubspec if path.endswith(PUBSPEC) else parse_json
            found[path] = parse(given[path] if path in given else _content(f"{root}/{path}"))
        except FileNotFoundError:
            continue
        except OSError as error:
            problems.append(Problem(path, 1, f"the file cannot be read: {reason_of(error)}"))
        except (ValueError, msgspec.DecodeError, RecursionError):
            problems.append(Problem(path, 1, "not valid JSON; what it says about packages and imports is unknown"))
    return found


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _packages(manifests: Mapping[str, dict[str, Any]]) -> dict[str, frozenset[str]]:
    """The dependencies by folder. A package.json that only sets `type` describes no package."""
    packages: dict[str, frozenset[str]] = {}
    for path, manifest in manifests.items():
        name = posixpath.basename(path)
        names = dependencies(manifest)
        if name.startswith(("package.", "deno.", PUBSPEC)) and (names or manifest.get("name")):
            folder = posixpath.dirname(path)
            packages[folder] = packages.get(folder, frozenset()) | names
    return packages


def _links(root: str, links: tuple[str, ...]) -> dict[str, str]:
    """Links to folders inside the tree, so that an import through one can be followed; no link is ever walked."""
    inside = {}
    real_root = os.path.realpath(root)
    for link in links:
        target = os.path.realpath(os.path.join(root, link))
        if target.startswith(real_root + os.sep) and os.path.isdir(target):
            inside[link] = os.path.relpath(target, real_root).replace(os.sep, "/")
    return inside
