"""AL303: questions of role or ownership that only the screen asks."""

from collections.abc import Iterator

import msgspec

from archlint.checks._columns import known_table
from archlint.checks._common import writing
from archlint.checks._found import Found
from archlint.checks._policies import Policies, plain
from archlint.checks._words import at, listed, short
from archlint.model.finding import Place
from archlint.model.graph import AccessGuard, Graph, WritePath
from archlint.model.rule import Kind
from archlint.model.schema import Policy, Trigger
from archlint.model.source import TRUSTED, Layer

_SIGNED_IN = frozenset({"authenticated", "logged", "signed", "login", "session", "user"})
_OWN = "its owner"
_WRITING = frozenset({"insert", "update", "upsert", "delete"})


class _Gap(msgspec.Struct, frozen=True):
    """What a screen hides and nobody else guards: the target in words, and the places that let everybody in."""

    target: str
    told: str
    places: tuple[Place, ...]
    sure: float


def client_only_authorization(graph: Graph) -> Iterator[Found]:
    """AL303: one finding for each question of a screen."""
    judge = _Judge(graph)
    for guard in graph.access_guards:
        roles = _roles(guard)
        if guard.layer is not Layer.FRONTEND or not guard.soft or not roles:
            continue
        gaps = [gap for target in guard.guards if (gap := judge.gap(target, guard, roles)) is not None]
        if gaps:
            yield _found(guard, roles, gaps)


def _roles(guard: AccessGuard) -> tuple[str, ...]:
    """The roles and rights that the screen asks for, or that a row is the caller's; every way in asks for one."""
    found: set[str] = set()
    for clause in guard.clauses:
        asked = {role for atom in clause if (role := _asked_for(atom))}
        if not asked:
            return ()
        found |= asked
    return tuple(sorted(found))


def _asked_for(atom: str) -> str:
    """The role or right that an atom names; a sign-in is none."""
    if atom.startswith("role=") and " " not in atom:
        return atom.removeprefix("role=")
    if atom.startswith("flag(") and not _SIGNED_IN & set(atom[5:-1].split("_")):
        return atom[5:-1]
    return _OWN if atom.startswith("owner(") else ""


class _Judge:
    """Looks behind the screen."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._policies = Policies(graph)
        self._guards: dict[str, list[AccessGuard]] = {}
        for guard in graph.access_guards:
            if not guard.soft and guard.layer in TRUSTED and guard.source != "policy":
                for target in guard.guards:
                    self._guards.setdefault(target, []).append(guard)
        self._ways: dict[str, list[WritePath]] = {}
        for way in graph.writes:
            if way.entrance:
                self._ways.setdefault(way.entrance.partition("(")[0], []).append(way)
        self._words = {(word.path, word.word) for word in graph.words if word.layer is not Layer.FRONTEND}

    def gap(self, target: str, guard: AccessGuard, roles: tuple[str, ...]) -> _Gap | None:
        """What a target lets through although the screen asks for a role; None where it is guarded or not known."""
        table, colon, command = target.rpartition(":")
        if colon and command in _WRITING and " " not in table:
            return self._table(table, "insert" if command == "upsert" else command, roles)
        return self._entrance(target, roles)

    def _table(self, name: str, command: str, roles: tuple[str, ...]) -> _Gap | None:
        table = known_table(self._graph, name)
        if table is None or not table.security:
            return None
        letting = [policy for policy in self._policies.letting(table, command) if self._anybody(policy, roles)]
        if not letting or any(self._asked(trigger.function) for trigger in self._triggers(name, command)):
            return None
        names = listed([f"“{policy.name}”" for policy in letting[:2]])
        return _Gap(
            target=f"{name}:{command}",
            told=f"the policy {names} lets others {command} in {name}, too",
            places=tuple(Place(item.path, item.span, Layer.POLICY, "lets", item.name) for item in letting),
            sure=0.88,
        )

    def _anybody(self, policy: Policy, roles: tuple[str, ...]) -> bool:
        """Whether it asks for less than ownership: a sign-in, or being one of many members."""
        clauses = self._policies.open_clauses(policy)
        if roles == (_OWN,):
            # Members of what a function lists, say, may be its owners.
            return any(set(clause) <= {"authenticated"} for clause in clauses)
        return any(not any(atom.startswith("owner(") for atom in clause) for clause in clauses)

    def _triggers(self, table: str, command: str) -> list[Trigger]:
        return [item for item in self._graph.schema.triggers if item.table == table and command in item.events]

    def _asked(self, function: str) -> bool:
        return any(not all(map(plain, guard.principals)) for guard in self._guards.get(f"rpc {function}", ()))

    def _entrance(self, target: str, roles: tuple[str, ...]) -> _Gap | None:
        ways = self._ways.get(target, [])
        guards = self._guards.get(target, [])
        if any(not guard.principals or any(map(_special, guard.principals)) for guard in guards):
            return None
        if any((way.path, word) in self._words for way in ways for role in roles for word in (role, role[3:])):
            return None
        free = [way for way in ways if way.reachable and self._unguarded(way)]
        if not free:
            return None
        first = free[0]
        return _Gap(
            target=target,
            told=f"{_named(target)} ({at(first.path, first.span.line)}) asks nobody for it and writes {first.entity}",
            places=tuple(writing(way, "unguarded") for way in free[:4]),
            sure=0.82,
        )

    def _unguarded(self, way: WritePath) -> bool:
        """Whether the write happens with rights that no policy limits."""
        if way.client in ("service", "definer"):
            return True
        if way.client == "anon" or way.entrance.startswith("rpc "):
            return False
        return way.layer in (Layer.SERVICE, Layer.FUNCTION)


def _special(atom: str) -> bool:
    """Whether a question in code keeps ordinary people out, or was not understood."""
    return not plain(atom) or atom.startswith("owner(")


def _named(target: str) -> str:
    kind, _, name = target.partition(" ")
    return f"the routine {name}" if kind == "rpc" else f"the function {name}" if kind == "function" else target


def _found(guard: AccessGuard, roles: tuple[str, ...], gaps: list[_Gap]) -> Found:
    named = any(atom.startswith("role=") for atom in guard.principals)
    asked = listed([role if role == _OWN else f'"{role}"' for role in roles], "or")
    return Found(
        message=f"{short(guard.path)} asks for {'the role ' if named else ''}{asked}; {gaps[0].told}",
        places=(
            Place(guard.path, guard.span, guard.layer, "guards", guard.text),
            *(item for gap in gaps for item in gap.places),
        ),
        subject=gaps[0].target,
        kind=Kind.AUTHORIZATION,
        mark=(*sorted(guard.principals), *(gap.target for gap in gaps)),
        confidence=max(gap.sure for gap in gaps) * (1.0 if named else 0.9),
    )
