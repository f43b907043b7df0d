"""Columns that nothing but names point to."""

from collections import defaultdict
from functools import cache

import msgspec

from archlint import data
from archlint.model.expression import Call, Fields, Items, Operation, Ref
from archlint.model.facts import FileFacts
from archlint.model.rule import Subject
from archlint.resolve.flow import Place
from archlint.resolve.names import TEMPORARY, bare, key, noun, several, table_key, tokens
from archlint.resolve.reached import Reached
from archlint.resolve.symbols import Program

_TABLE_USES = frozenset({"select", "insert", "update", "upsert"})
_LISTED = 0.7


class Guesses:
    """Columns by the name of a field and of the object that holds it: the weakest evidence."""

    def __init__(self, program: Program) -> None:
        self._tables: dict[str, list[str]] = defaultdict(list)
        self._fields: dict[str, dict[str, str]] = {}
        self._owners: dict[str, list[Subject]] = defaultdict(list)
        self._members: dict[str, set[str]] = defaultdict(set)
        for table in program.schema.tables.values():
            if table.view:
                continue
            self._tables[table_key(table.name)].append(table.name)
            self._fields[table.name] = {key(column.name): column.name for column in table.columns}
            for column in table.columns:
                self._owners[key(column.name)].append(Subject(table.name, column.name))
        self._name_after_classes(program)
        self._said = {path: _spoken(facts) for path, facts in program.files.items()}
        self._observe(program)
        self._observe_tables(program)
        del self._said
        # All that guesses depend on is known by now.
        self._guesses: dict[Place, Reached | None] = {}
        self._shapes: dict[str, str] = {}

    def _name_after_classes(self, program: Program) -> None:
        """A table is known by the name of its class too: `shop_order` is what a class `Order` stands for."""
        for name, table in sorted(program.tables.items()):
            known = self._tables[table_key(name.rsplit("|", 1)[-1].split("@", 1)[0])]
            if table in self._fields and table not in known:
                known.append(table)

    def _observe_tables(self, program: Program) -> None:
        """Columns of tables that no file creates, as far as code uses them."""
        for path, facts in program.files.items():
            for access in facts.accesses:
                table = program.access_table(path, access) if access.kind in _TABLE_USES else None
                if table:
                    names = [*access.columns, *(_keys(access.payload) if access.payload is not None else ())]
                    self._learn(program, table, names)
            for name, members in self._said[path]:
                if name.startswith("table:") and members:
                    self._learn(program, name[6:], [members[0]])

    def _learn(self, program: Program, table: str, names: list[str]) -> None:
        known = program.schema.tables.get(table)
        if known is not None and (known.known or known.view):
            return
        fields = self._fields.get(table)
        if fields is None:
            fields = self._fields[table] = {}
            self._tables[table_key(table)].append(table)
        for name in names:
            if name.isidentifier() and key(name) not in fields:
                fields[key(name)] = name
                self._owners[key(name)].append(Subject(table, name))

    def _observe(self, program: Program) -> None:
        for path, facts in program.files.items():
            for name, members in self._said[path]:
                if len(members) == 1:
                    self._members[program.name(path, name)].add(members[0])
            for binding in facts.bindings:
                if len(binding.target.path) == 1:
                    self._members[program.name(path, binding.target.name)].add(binding.target.path[0])

    def guess(self, place: Place) -> Reached | None:
        """The column that names point to, if they point to just one."""
        if place not in self._guesses:
            found = self._guess(*place)
            if found is not None and several(place[1][-1] if place[1] else owner_of(place[0]), found.subject.field):
                # A list of them bears the name of one, and has its own length.
                found = msgspec.structs.replace(found, confidence=found.confidence * _LISTED)
            self._guesses[place] = found
        return self._guesses[place]

    def _guess(self, name: str, members: tuple[str, ...]) -> Reached | None:
        if name.startswith(("http:", "ret:", "fn:", "type:", "domain:", "$")):
            return None
        owner = owner_of(name)
        if TEMPORARY.fullmatch(owner):
            # An object that is made in passing, often for another system: its class says what it is, or nothing does.
            return None
        if members:
            return self._member(name, owner, members)
        return self._alone(owner)

    def _member(self, name: str, owner: str, members: tuple[str, ...]) -> Reached | None:
        holder = members[-2] if len(members) > 1 else owner
        field = key(members[-1])
        for candidate in (noun(holder), key(holder)):
            tables = self._tables.get(candidate, ())
            if len(tables) == 1 and field in self._fields[tables[0]]:
                column = self._fields[tables[0]][field]
                shared = sum(key(item) in self._fields[tables[0]] for item in self._members.get(name, ()))
                confidence = 0.84 if shared >= 3 else 0.82 if len(tokens(column)) > 1 or shared >= 2 else 0.75
                if len(members) > 1 and len(tokens(column)) == 1:
                    # A list inside of something else, such as another system's answer, only bears the name.
                    confidence = 0.6
                return Reached(
                    Subject(tables[0], column), confidence, True, (f"named after {tables[0]}",), place=(name, members)
                )
        found = self._alone(members[-1])
        if found:
            return found
        return self._by_shape(name, members)

    def _by_shape(self, name: str, members: tuple[str, ...]) -> Reached | None:
        if len(members) != 1:
            return None
        if name not in self._shapes:
            self._shapes[name] = self._shape({key(item) for item in self._members.get(name, ())})
        table = self._shapes[name]
        column = self._fields[table].get(key(members[0])) if table else None
        if column is None:
            return None
        return Reached(Subject(table, column), 0.75, True, (f"shaped like {table}",), place=(name, members))

    def _shape(self, fields: set[str]) -> str:
        """The one table that has most of these fields."""
        if len(fields) < 3:
            return ""
        scores = sorted(
            [(len(fields & columns.keys()), table) for table, columns in self._fields.items()], reverse=True
        )
        if not scores or scores[0][0] < 3 or scores[0][0] < 0.6 * len(fields):
            return ""
        return "" if len(scores) > 1 and scores[1][0] >= scores[0][0] else scores[0][1]

    def _alone(self, name: str) -> Reached | None:
        if bare(name) in _of_anything():
            return None
        for candidate, confidence in ((key(name), 0.85), (bare(name), 0.8)):
            owners = self._owners.get(candidate, ())
            if len(owners) == 1:
                certain = len(tokens(owners[0].field)) > 1
                confidence = confidence if certain else 0.5
                return Reached(owners[0], confidence, True, ("only column of that name",), place=("", ()))
        return None


@cache
def _of_anything() -> frozenset[str]:
    return data.words("vocabulary", "names_of_anything")


def owner_of(name: str) -> str:
    """The identifier of a global name."""
    return name.rsplit("|", 1)[-1].split("@", 1)[0]


def _keys(payload: object) -> list[str]:
    if isinstance(payload, Fields):
        return [name for name, _ in payload.entries]
    if isinstance(payload, Items):
        return [name for item in payload.items[:3] for name in _keys(item)]
    return []


def _spoken(facts: FileFacts) -> list[tuple[str, tuple[str, ...]]]:
    """The names that the statements of a file speak of, with their members."""
    found = []
    for statement in facts.statements:
        for said in (statement.subject, statement.condition):
            if said is not None:
                found += _refs(said)
    return found


def _refs(expression: object) -> list[tuple[str, tuple[str, ...]]]:
    found: list[tuple[str, tuple[str, ...]]] = []
    stack = [expression]
    while stack:
        item = stack.pop()
        if item is None:
            continue
        kind = type(item)
        if kind is Ref:
            found.append((item.name, item.path))  # type: ignore[attr-defined]
        elif kind is Operation:
            stack.extend(item.operands)  # type: ignore[attr-defined]
        elif kind is Call:
            stack.extend(item.arguments)  # type: ignore[attr-defined]
    return found
