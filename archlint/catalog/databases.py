"""Sorts the SQL files of a repository into databases, and finds the files that only restate one."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from archlint.catalog.ordering import Role, Unit, nearest, set_aside, units
from archlint.catalog.state import SQL
from archlint.model.facts import FileFacts
from archlint.model.schema import SchemaChange

_COPIES = re.compile(
    r"(?:^|[._/-])(?:old|backups?|bak|archived?|legacy|deprecated|obsolete)(?:$|[._/-])", re.IGNORECASE
)
_HALF = 0.5


class Plan(NamedTuple):
    """The files of each database in the order of their application; the files that count for none."""

    databases: tuple[tuple[str, ...], ...]
    mirrors: tuple[str, ...]


def plan(files: Mapping[str, FileFacts]) -> Plan:
    """Which files build which database."""
    paths = frozenset(files)
    aside = {path for path, facts in files.items() if set_aside(path, facts.hints, paths)}
    made = {path: _created(facts) for path, facts in files.items()}
    groups = units(path for path in paths if path not in aside)
    mirrors = aside | _restating(files, groups, made)
    groups = [unit._replace(paths=tuple(path for path in unit.paths if path not in mirrors)) for unit in groups]
    mirrors |= _copies(groups, made)
    groups = [unit for unit in groups if unit.paths and unit.paths[0] not in mirrors]
    return Plan(_databases(groups, files, made), tuple(sorted(mirrors)))


# What a file makes -----------------------------------------------------------------------------------------------


def thing(change: SchemaChange) -> tuple[str, str, str] | None:
    """What a change creates; None for all other changes."""
    kind, _, what = change.action.partition(" ")
    if kind != "create":
        return None
    if what in ("policy", "trigger", "index"):
        return what, change.table, change.name
    return what, "", change.table or change.name


def _created(facts: FileFacts) -> frozenset[tuple[str, str, str]]:
    return frozenset(found for change in facts.changes if (found := thing(change)) is not None)


def _tables(made: frozenset[tuple[str, str, str]]) -> frozenset[str]:
    return frozenset(name for kind, _, name in made if kind == "table")


def _united(unit: Unit, made: Mapping[str, frozenset[tuple[str, str, str]]]) -> frozenset[tuple[str, str, str]]:
    return frozenset().union(*(made[path] for path in unit.paths))


# Files that restate ----------------------------------------------------------------------------------------------


def _restating(
    files: Mapping[str, FileFacts], groups: list[Unit], made: Mapping[str, frozenset[tuple[str, str, str]]]
) -> set[str]:
    """Plain files (and dumps) that create again what migrations, or plain files before them, create."""
    migrated: set[tuple[str, str, str]] = set()
    for unit in groups:
        if unit.role is Role.MIGRATION:
            migrated |= _united(unit, made)
    found = set()
    for unit in groups:
        if unit.role is Role.MIGRATION:
            continue
        before: set[tuple[str, str, str]] = set()
        # Dumps are the most complete; next to them, other files of the folder restate. Of code, the file with the most
        # tables is the one in use.
        for path in sorted(unit.paths, key=lambda path: _completeness(files[path], made[path])):
            if _restates(made[path], migrated) or (not unit.numbered and _restates_tables(made[path], before)):
                found.add(path)
            else:
                before |= made[path]
    return found


def _completeness(facts: FileFacts, made: frozenset[tuple[str, str, str]]) -> tuple[bool, int]:
    return "dump" not in facts.hints, 0 if facts.language == SQL else -len(_tables(made))


def _restates(mine: frozenset[tuple[str, str, str]], others: set[tuple[str, str, str]]) -> bool:
    """Whether most tables of a file (or, without tables, most of all it creates) are created elsewhere."""
    tables = {item for item in mine if item[0] == "table"}
    wanted = tables or mine
    return bool(wanted) and len(wanted & others) >= _HALF * len(wanted)


def _restates_tables(mine: frozenset[tuple[str, str, str]], others: set[tuple[str, str, str]]) -> bool:
    return any(item[0] == "table" for item in mine) and _restates(mine, others)


def _copies(groups: list[Unit], made: Mapping[str, frozenset[tuple[str, str, str]]]) -> set[str]:
    """Folders that are named like a copy and hold the tables of another one."""
    found: set[str] = set()
    for unit in groups:
        mine = _united(unit, made)
        others: set[tuple[str, str, str]] = set()
        for other in groups:
            if other is not unit and other.root != unit.root:
                others |= _united(other, made)
        if _COPIES.search(unit.root) and _restates_tables(mine, others):
            found |= set(unit.paths)
    return found


# Databases -------------------------------------------------------------------------------------------------------


def _databases(
    groups: list[Unit], files: Mapping[str, FileFacts], made: Mapping[str, frozenset[tuple[str, str, str]]]
) -> tuple[tuple[str, ...], ...]:
    """Two folders that both create a table are two databases; a folder that collides with none joins the nearest."""
    homes: dict[int, list[Unit]] = {}
    tables: dict[int, set[str]] = {}
    # Migrations first: they say how many databases there are.
    for unit in sorted(groups, key=lambda unit: (unit.role is not Role.MIGRATION, unit.role, unit.root)):
        own = _tables(_united(unit, made))
        certain = own & _without_condition(unit, files)
        free = [
            number
            for number in homes
            if not (certain & tables[number]) and len(own & tables[number]) <= _HALF * len(own)
        ]
        if unit.role is not Role.MIGRATION and homes and not free:
            free = list(homes)
        number = nearest(unit, homes, free) if free else len(homes)
        homes.setdefault(number, []).append(unit)
        tables.setdefault(number, set()).update(own)
    return tuple(_sequence(homes[number], made, files) for number in sorted(homes))


def _without_condition(unit: Unit, files: Mapping[str, FileFacts]) -> frozenset[str]:
    """The tables that a folder creates without asking whether they exist."""
    return frozenset(
        change.table
        for path in unit.paths
        for change in files[path].changes
        if change.action == "create table" and not change.if_absent
    )


def _sequence(
    members: list[Unit], made: Mapping[str, frozenset[tuple[str, str, str]]], files: Mapping[str, FileFacts]
) -> tuple[str, ...]:
    """Plain schema files, then migrations, then plain files that only alter what migrations made, then seeds."""
    migrated = frozenset().union(*(_tables(_united(unit, made)) for unit in members if unit.role is Role.MIGRATION))
    base, patches, migrations, seeds = [], [], [], []
    for unit in sorted(members, key=lambda unit: (unit.role, unit.root)):
        for path in unit.paths if unit.numbered or unit.role is not Role.MIGRATION else _by_need(unit.paths, files):
            if unit.role is Role.MIGRATION:
                migrations.append(path)
            elif unit.role is Role.SEED:
                seeds.append(path)
            elif migrated and not made[path] and _altered(files[path]) & migrated:
                patches.append(path)
            else:
                base.append(path)
    ordered = base if not migrations and _numbered(members) else _by_need(base, files)
    return (*ordered, *migrations, *patches, *seeds)


def _numbered(members: list[Unit]) -> bool:
    plain = [unit for unit in members if unit.role is Role.PLAIN]
    return len(plain) == 1 and plain[0].numbered


def _altered(facts: FileFacts) -> frozenset[str]:
    """The tables and types that the changes of a file are about."""
    return frozenset(
        change.name if change.action in ("add word", "rename word") else change.table or change.to
        for change in facts.changes
        if change.action != "seed"
    ) - {""}


def _by_need(paths: Sequence[str], files: Mapping[str, FileFacts]) -> list[str]:
    """Plain files in their order, except that a file follows those that create the tables it alters."""
    makers: dict[str, str] = {}
    for path in paths:
        for change in files[path].changes:
            if change.action in ("create table", "create view", "create enum", "create domain"):
                makers.setdefault(change.table or change.name, path)
    done: list[str] = []
    begun: set[str] = set()

    def visit(path: str) -> None:
        if path in begun:
            return
        begun.add(path)
        for table in sorted(_altered(files[path])):
            if table in makers:
                visit(makers[table])
        done.append(path)

    for path in paths:
        visit(path)
    return done
