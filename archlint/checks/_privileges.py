"""Which columns decide rights, money or approval: seen in guards first, in names last."""

import re
from collections import defaultdict
from functools import cache

import msgspec

from archlint import data
from archlint.checks._common import counts_on
from archlint.checks._policies import Policies
from archlint.checks._visibility import Shown, deciding
from archlint.model.graph import AccessGuard, Graph
from archlint.model.rule import Kind, Site, Subject
from archlint.model.schema import Column, Table
from archlint.model.source import TRUSTED, Layer, Span

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_NUMBERS = re.compile(r"(?:big|small)?int|numeric|decimal|money|real|double|float")
_SEEN = 0.8
# An amount in a row that people make for themselves may be their own price as well as what they are owed.
_THEIRS = 0.6
_STATE = frozenset({Kind.GATE, Kind.COMPARISON, Kind.BOUND, Kind.QUOTA})


class Deciding(msgspec.Struct, frozen=True):
    """A column that decides something, how sure that is, why, and the places that show it."""

    field: str
    sure: float
    what: str
    guard: AccessGuard | None = None
    site: Site | None = None
    guards: tuple[AccessGuard, ...] = ()
    sites: tuple[Site, ...] = ()
    shown: Shown | None = None


class Privileges:
    """What the guards of a graph look at, by column."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._guards: dict[Subject, list[AccessGuard]] = defaultdict(list)
        self._screens: dict[Subject, list[AccessGuard]] = defaultdict(list)
        for guard in graph.access_guards:
            asking = self._guards if not guard.soft and guard.layer in TRUSTED else self._screens
            for subject in guard.decided:
                asking[subject].append(guard)
        self._read_back: dict[Subject, list[Site]] = defaultdict(list)
        for rule in graph.rules:
            if rule.kind is Kind.FORMULA:
                # What a server counts on from what is there (`balance - amount`) it believes.
                for site in rule.sites:
                    if site.layer in TRUSTED and site.confidence >= 0.8 and counts_on(site):
                        self._read_back[rule.subject].append(site)
            if rule.kind not in _STATE:
                continue
            for site in rule.sites:
                if not site.stored and site.layer in TRUSTED and site.strength == "hard" and site.confidence >= 0.8:
                    for field in rule.subject.field.split(", "):
                        self._read_back[Subject(rule.subject.entity, field)].append(site)
        self._enums = graph.schema.enums
        self._listed = {(rule.subject.entity, rule.subject.field) for rule in graph.rules if rule.kind is Kind.DOMAIN}
        self._by_clients = {
            (path.entity, name)
            for path in graph.writes
            if path.layer is Layer.FRONTEND or path.client == "anon"
            for name, _ in path.columns
        }

    def of(self, table: Table, policies: Policies) -> list[Deciding]:
        """The columns of a table that decide, surest first."""
        columns = {column.name: column for column in table.columns}
        if not table.known:
            seen = sorted(
                subject.field for subject in (*self._guards, *self._read_back) if subject.entity == table.name
            )
            columns |= {name: Column(name=name, type="", span=Span(1, 1, 1, 1)) for name in seen if name not in columns}
        theirs = any(
            atom.startswith("owner(")
            for policy in policies.of(table.name, "insert")
            for clause in policies.open_clauses(policy)
            for atom in clause
        )
        found = [item for column in columns.values() if (item := self._column(table, column, theirs)) is not None]
        for shown in deciding(self._graph, policies, table):
            found = [item for item in found if item.field != shown.field or item.sure > _SEEN]
            if all(item.field != shown.field for item in found):
                found.append(Deciding(shown.field, _SEEN, "visibility", shown=shown))
        return sorted(found, key=lambda item: (-item.sure, item.field))

    def _column(self, table: Table, column: Column, theirs: bool) -> Deciding | None:
        """How a column decides; `theirs` are rows that owners make themselves, with whatever is in them."""
        field = column.name
        subject = Subject(table.name, field)
        word = named(field)
        guards = self._guards.get(subject)
        if guards:
            screens = tuple(self._screens.get(subject, ()))
            return Deciding(field, 0.92, "rights", guard=guards[0], guards=(*guards, *screens))
        if not word:
            return None
        sites = self._read_back.get(subject)
        if sites:
            return Deciding(field, 0.85, word, site=sites[0], sites=tuple(sites))
        sure = self._by_name(table, column, word)
        return Deciding(field, sure if word != "money" or not theirs else min(sure, _THEIRS), word)

    def _by_name(self, table: Table, column: Column, word: str) -> float:
        """How sure a name alone is. An owner who is offered a form for the column is meant to change it."""
        if (table.name, column.name) in self._by_clients or word == "plan":
            return 0.55
        if word == "money":
            return 0.72 if _NUMBERS.match(column.type) else 0.5
        listed = column.type in self._enums or (table.name, column.name) in self._listed
        if listed or (column.type.startswith("bool") and column.default is not None):
            return 0.78
        return 0.6


def named(field: str) -> str:
    """The sort of privilege that a column is named after, or ``."""
    parts = {part.lower() for part in _PARTS.findall(field)}
    parts |= {part.removesuffix("s") for part in parts}
    if "at" in parts or "date" in parts:
        return ""
    return next((sort for sort, words in _words().items() if parts & words), "")


@cache
def _words() -> dict[str, frozenset[str]]:
    raw = data.table("privileges")
    return {sort: frozenset(words) for sort, words in raw.items()}
