"""What the advisor sees of a repository, and what a piece of evidence is."""

import fnmatch
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from archlint import data
from archlint.advisor.deciding import decides
from archlint.advisor.history import History, read_history
from archlint.model.expression import Boolean, Expression, Ref
from archlint.model.facts import FileFacts
from archlint.model.finding import Finding
from archlint.model.graph import AccessGuard, Graph
from archlint.model.rule import BusinessRule, Kind, Site
from archlint.model.schema import Policy
from archlint.model.source import TRUSTED, Layer, Span

SHOWN_PLACES = 5
SERVING = frozenset({Layer.SERVICE, Layer.FUNCTION})
STORED = frozenset({Layer.DATABASE, Layer.TRIGGER})
# What only a policy states is a permission, and counts as a policy.
BEHIND = TRUSTED - {Layer.POLICY}
_USES = frozenset({"select", "insert", "update", "upsert", "delete"})


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """A number from the scan for one question.

    `value` is compared with the bands of the question; None proposes nothing. `proposes` is the answer it leads to.
    `places` are the first of `total` places as `path:line`.
    """

    measure: str
    says: str
    value: float | None = None
    trust: str = "medium"
    numbers: tuple[tuple[str, float], ...] = ()
    places: tuple[str, ...] = ()
    total: int = 0
    caveat: str = ""
    proposes: str = ""


class BlindSpot(msgspec.Struct, frozen=True, order=True):
    """Something that the scan cannot see."""

    text: str


def words() -> dict[str, Any]:
    """What the scan looks for, as `rules/advisor/evidence.toml` lists it."""
    return data.table("advisor/evidence")


def many(count: int, noun: str, plural: str = "") -> str:
    """A number with its noun: `1 rule`, `2 rules`."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


def place(path: str, line: int) -> str:
    """A place as people and editors write it."""
    return f"{path}:{line}"


def some(places: Iterable[str]) -> tuple[tuple[str, ...], int]:
    """The first places, and how many there are."""
    unique = sorted(dict.fromkeys(places), key=_natural)
    return tuple(unique[:SHOWN_PLACES]), len(unique)


def each(places: Iterable[str]) -> tuple[tuple[str, ...], int]:
    """The first places of what was counted, and how many were: a line that holds two of them stands there twice."""
    listed = sorted(places, key=_natural)
    return tuple(listed[:SHOWN_PLACES]), len(listed)


def _natural(text: str) -> tuple[str, int]:
    path, _, line = text.rpartition(":")
    return (path, int(line)) if line.isdigit() else (text, 0)


class Seen:
    """One scanned repository."""

    def __init__(
        self,
        root: Path,
        graph: Graph,
        findings: tuple[Finding, ...],
        files: Mapping[str, FileFacts],
        skipped: Mapping[str, int],
    ) -> None:
        self.root = root
        self.graph = graph
        self.findings = findings
        self.files = files
        self.skipped = skipped

    @cached_property
    def history(self) -> History:
        """What git tells about the tree."""
        settings = words()["history"]
        return read_history(self.root, settings["days"], settings["least_commits"])

    @cached_property
    def unread_share(self) -> float:
        """Which share of the files that may hold rules has no reader yet."""
        return self._unread(())

    @property
    def trust(self) -> str:
        """How far a count over all files can be trusted."""
        return self._trusted(self.unread_share)

    @property
    def trust_behind(self) -> str:
        """How far a count over what lies behind the screens can be trusted: unread screens do not change it."""
        return self._trusted(self._unread(words()["unread"]["screens"]))

    def _trusted(self, unread: float) -> str:
        return "high" if unread <= 0.1 and self.files else "medium" if unread < 0.5 else "low"

    def _unread(self, but: Iterable[str]) -> float:
        prefix = "no reader for "
        left_out = {f"{prefix}{ending}" for ending in (*words()["unread"]["without_rules"], *but)}
        skipped = self.skipped.items()
        count = sum(number for reason, number in skipped if reason.startswith(prefix) and reason not in left_out)
        return count / (count + len(self.files)) if count else 0.0

    def layer(self, path: str) -> Layer | None:
        """The layer of a file."""
        return self.graph.layers.get(path)

    @cached_property
    def accounts(self) -> frozenset[str]:
        """Tables of accounts that an auth service keeps: who speaks to the service uses no table."""
        sheets = [data.table(name) for name in words()["accounts"]["idioms"]]
        return frozenset(str(sheet["accounts"]["table"]) for sheet in sheets)

    @cached_property
    def uses(self) -> tuple[tuple[str, Span, Layer, bool], ...]:
        """The places that use tables, each with its layer, and whether it writes."""
        kept = self.accounts
        return (
            *((item.path, item.span, item.layer, True) for item in self.graph.writes if item.entity not in kept),
            *((item.path, item.span, item.layer, False) for item in self.graph.reads if item.entity not in kept),
            *self._unnamed_uses(),
        )

    @cached_property
    def asking_policies(self) -> tuple[Policy, ...]:
        """Policies that ask for something: one that is always true lets everybody pass."""
        return tuple(policy for policy in self.graph.schema.policies if _asks(policy.using) or _asks(policy.check))

    @cached_property
    def action_guards(self) -> tuple[AccessGuard, ...]:
        """Conditions on callers around actions behind the screens, beyond being signed in.

        What a function asks for counts where it is called, and not once more where it is written.
        """
        found = [
            guard
            for guard in self.graph.access_guards
            if guard.layer in SERVING
            and not guard.soft
            and set(guard.principals) - {"authenticated", "not authenticated"}
        ]
        called = {(guard.text.partition("(")[0].rpartition(".")[2], guard.principals) for guard in found}
        return tuple(guard for guard in found if (guard.symbol.rpartition(".")[2], guard.principals) not in called)

    @cached_property
    def procedure_calls(self) -> tuple[tuple[str, Span, Layer], ...]:
        """The places that call stored procedures; in a text of SQL, those that the schema has, not what is built in."""
        known = {routine.name.rpartition(".")[2] for routine in self.graph.schema.routines}
        return tuple(
            (path, item.span, layer)
            for path, facts in self.files.items()
            if (layer := self.layer(path))
            for item in facts.accesses
            if item.kind == "rpc" and (item.library != "sql" or str(item.target).rpartition(".")[2] in known)
        )

    def _unnamed_uses(self) -> Iterator[tuple[str, Span, Layer, bool]]:
        """Uses of a table that a variable names, over a client that is known for one."""
        for path, facts in self.files.items():
            layer = self.layer(path)
            for item in facts.accesses:
                if layer and isinstance(item.target, Ref) and item.through and item.kind in _USES:
                    yield path, item.span, layer, item.kind != "select"

    @cached_property
    def stored_rules(self) -> tuple[BusinessRule, ...]:
        """Rules about what is stored: their subject is a table that the schema or an access names."""
        known = {*self.graph.schema.tables, *(path.entity for path in self.graph.writes)}
        known |= {path.entity for path in self.graph.reads}
        return tuple(rule for rule in self.graph.rules if rule.subject.entity in known)

    @cached_property
    def deciding_rules(self) -> tuple[BusinessRule, ...]:
        """Rules about stored things that decide something, stated where no client can pass them by."""
        kinds = set(words()["rules"]["deciding"])
        return tuple(
            rule
            for rule in self.stored_rules
            if rule.kind.value in kinds and not self.is_key(rule) and self.deciding_site(rule, BEHIND)
        )

    @cached_property
    def tree(self) -> tuple[str, ...]:
        """The files below the root, but for those in folders that a scan leaves out."""
        return tuple(sorted(_walk(str(self.root))))

    def named(self, patterns: Iterable[str]) -> tuple[str, ...]:
        """The files whose name or path fits one of some patterns."""
        wanted = list(patterns)
        return tuple(
            path
            for path in self.tree
            if any(fnmatch.fnmatchcase(path.rpartition("/")[2], item) or path == item for item in wanted)
        )

    @cached_property
    def _manifest_files(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for path in self.named(("package.json",)):
            try:
                manifest = json.loads((self.root / path).read_text("utf-8-sig"))
            except (OSError, ValueError):
                continue
            if isinstance(manifest, dict):
                found[path] = manifest
        return found

    @cached_property
    def manifests(self) -> dict[str, frozenset[str]]:
        """The packages that each `package.json` asks for, by its path."""
        found: dict[str, frozenset[str]] = {}
        for path, manifest in self._manifest_files.items():
            groups = [manifest.get(key) for key in ("dependencies", "devDependencies", "peerDependencies")]
            found[path] = frozenset(name for group in groups if isinstance(group, dict) for name in group)
        return found

    def starts(self, path: str) -> bool:
        """Whether a manifest has a command that starts something; a library only builds and tests."""
        scripts = self._manifest_files[path].get("scripts")
        settings = words()["frontends"]
        if not isinstance(scripts, dict):
            return False
        named = any(name.partition(":")[0] in settings["scripts"] for name in scripts)
        return named or any(command in str(text) for text in scripts.values() for command in settings["commands"])

    def packages(self, names: Iterable[str]) -> tuple[str, ...]:
        """Places that import or ask for one of some packages."""
        wanted = tuple(names)
        found = [
            place(path, 1) for path, asked in self.manifests.items() if any(is_one(item, wanted) for item in asked)
        ]
        for path, facts in self.files.items():
            found += [place(path, item.line) for item in facts.imports if is_one(package_of(item.module), wanted)]
        return tuple(found)

    def first_site(self, rule: BusinessRule) -> Site:
        """The site to show for a rule: the first that no client can pass by, outside of policies if there is one."""
        return self.site_in(BEHIND, rule) or self.site_in(TRUSTED, rule) or rule.sites[0]

    def site_in(self, layers: frozenset[Layer], rule: BusinessRule) -> Site | None:
        """The first site of a rule in some layers."""
        return next((site for site in rule.sites if site.layer in layers), None)

    def is_key(self, rule: BusinessRule) -> bool:
        """Whether a rule is about the key that identifies a row; that one is asked for decides nothing."""
        if rule.kind in (Kind.UNIQUE, Kind.GATE) and rule.subject.field in ("id", ""):
            return True
        table = self.graph.schema.tables.get(rule.subject.entity) if rule.kind is Kind.UNIQUE else None
        keys = [set(item.columns) for item in table.constraints if item.kind == "primary"] if table else []
        return set(rule.subject.field.split(", ")) in keys

    def deciding_site(self, rule: BusinessRule, layers: frozenset[Layer]) -> Site | None:
        """The first site of a rule in some layers that asks for more than that a value is there."""
        found = (site for site in rule.sites if site.layer in layers and decides(site, self.graph.schema))
        return next(found, None)

    def rule_places(self, rules: Iterable[BusinessRule]) -> tuple[tuple[str, ...], int]:
        """The places of some rules, one for each, so that two rules of one line are two places."""
        sites = [self.first_site(rule) for rule in rules]
        return each(place(site.path, site.span.line) for site in sites)


def _asks(condition: Expression | None) -> bool:
    return condition is not None and condition != Boolean(True)


def package_of(module: str) -> str:
    """The package of an import: `stripe` of `npm:stripe@14` and of `https://esm.sh/stripe@14?target=deno`."""
    name = module.partition("?")[0]
    for prefix in ("npm:", "jsr:", "node:", "package:"):
        name = name.removeprefix(prefix)
    if "://" in name:
        host, _, rest = name.partition("://")[2].partition("/")
        name = rest.removeprefix("v135/").removeprefix("npm/") if host.startswith(("esm.", "cdn.", "unpkg")) else ""
    parts = name.split("/")
    size = 2 if name.startswith("@") else 1
    parts[size - 1 : size] = [part.partition("@")[0] for part in parts[size - 1 : size]]
    return "/".join(parts[:size])


def is_one(package: str, names: Iterable[str]) -> bool:
    """Whether a package is one of some names or lies in a scope of that name."""
    return any(package == name or package.startswith(f"{name}/") for name in names)


def _walk(root: str) -> Iterator[str]:
    rules = data.table("discover")
    left_out = set(rules["version_control"])
    for entry in rules["skip"]:
        if entry.get("folder") and not entry.get("unless_holding"):
            left_out.update(entry.get("folders", ()))
    left_out |= {"dist", "build", "vendor"}
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in left_out)
        below = os.path.relpath(folder, root).replace(os.sep, "/")
        yield from names if below == "." else (f"{below}/{name}" for name in names)
