"""What row security lets clients do: which policies are open to whom, and which columns cannot be changed."""

import re
from collections.abc import Iterator

from archlint.model.expression import Boolean, Call, Expression, Fields, Items, Operation, Ref
from archlint.model.graph import AccessGuard, Graph
from archlint.model.rule import Kind, Subject
from archlint.model.schema import CLIENT_ROLES, Policy, Table
from archlint.model.source import Layer, Span

_OPEN = ("owner(", "member(")
_COMMANDS = {"upsert": "insert"}


class Policies:
    """The policies of a graph, by table and command."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._guards: dict[tuple[str, Span], AccessGuard] = {
            (guard.path, guard.span): guard for guard in graph.access_guards if guard.source == "policy"
        }
        self._by_table: dict[str, list[Policy]] = {}
        for policy in graph.schema.policies:
            self._by_table.setdefault(policy.table, []).append(policy)
        self._frozen: dict[tuple[str, str], bool] = {}

    def of(self, table: str, command: str) -> list[Policy]:
        """The permissive policies of a table for a command that are meant for clients."""
        return [
            policy
            for policy in self._by_table.get(table, ())
            if policy.permissive and _for(policy, command) and for_clients(policy)
        ]

    def clauses(self, policy: Policy) -> tuple[tuple[str, ...], ...]:
        """Who is let in, as alternatives; empty where the policy could not be read."""
        guard = self._guards.get((policy.path, policy.span))
        return guard.clauses if guard is not None else ()

    def open_clauses(self, policy: Policy) -> list[tuple[str, ...]]:
        """The alternatives that ask for nothing but a sign-in, ownership or membership."""
        return [clause for clause in self.clauses(policy) if all(plain(atom) for atom in clause)]

    def given_to_oneself(self, policy: Policy, free: frozenset[Subject]) -> list[tuple[str, ...]]:
        """The alternatives that ask for a role beside ownership, where everybody may write that role themselves."""
        guard = self._guards.get((policy.path, policy.span))
        if guard is None or not guard.decided or not {*guard.decided} <= free:
            return []
        return [
            clause
            for clause in guard.clauses
            if any(atom.startswith("owner(") for atom in clause)
            and all(plain(atom) or atom.startswith("role=") for atom in clause)
        ]

    def restricted(self, table: str, command: str) -> bool:
        """Whether a restrictive policy narrows what the permissive ones let through."""
        return any(not policy.permissive and _for(policy, command) for policy in self._by_table.get(table, ()))

    def letting(self, table: Table, command: str) -> list[Policy]:
        """The policies under which an ordinary client may do it."""
        if (table.known and not table.security) or self.restricted(table.name, command):
            return []
        return [policy for policy in self.of(table.name, command) if self.open_clauses(policy)]

    def writable(self, entity: str, operation: str) -> bool:
        """Whether ordinary clients may write a table at all, as far as is known."""
        table = self._graph.schema.tables.get(entity)
        if table is None or not table.known or not table.security:
            return True
        return bool(self.letting(table, _COMMANDS.get(operation, operation)))

    def pins(self, policy: Policy, table: str, field: str) -> bool:
        """Whether the policy says what the new row may hold in the column."""
        condition = policy.check if policy.check is not None else policy.using
        return condition is not None and mentions(condition, table, field)

    def frozen(self, table: Table, field: str) -> bool:
        """Whether something other than the policy keeps clients from changing the column."""
        found = self._frozen.get((table.name, field))
        if found is None:
            found = self._guarded_by_trigger(table.name, field) or not granted(table, field)
            self._frozen[table.name, field] = found
        return found

    def _guarded_by_trigger(self, table: str, field: str) -> bool:
        """A BEFORE UPDATE trigger that speaks of the column, in whatever words."""
        triggers = [item for item in self._graph.schema.triggers if item.table == table and "update" in item.events]
        if not triggers:
            return False
        if any(field in trigger.columns for trigger in triggers):
            return True
        functions = {trigger.function.rsplit(".", 1)[-1] for trigger in triggers}
        word = re.compile(rf"\b{re.escape(field)}\b", re.IGNORECASE)
        for guard in self._graph.access_guards:
            if guard.symbol.rsplit(".", 1)[-1] in functions and (not guard.text or word.search(guard.text)):
                return True
        for rule in self._graph.rules:
            if rule.subject.entity != table or field not in rule.subject.field.split(", "):
                continue
            for site in rule.sites:
                stated = site.layer is Layer.TRIGGER and site.symbol.rsplit(".", 1)[-1] in functions
                if stated and rule.kind is not Kind.WORDS:
                    return True
        return False


def for_clients(policy: Policy) -> bool:
    """Whether the policy applies to requests of clients."""
    return not policy.roles or bool(CLIENT_ROLES & {role.lower() for role in policy.roles})


def for_everybody(policy: Policy) -> bool:
    """Whether the policy applies to those who are not signed in, too."""
    return not policy.roles or bool({"public", "anon"} & {role.lower() for role in policy.roles})


def plain(atom: str) -> bool:
    """Whether an atom asks for no special right."""
    return atom == "authenticated" or atom.startswith(_OPEN)


def always(expression: Expression | None) -> bool:
    """Whether a condition is literally true."""
    return isinstance(expression, Boolean) and expression.value


def mentions(expression: Expression, table: str, field: str) -> bool:
    """Whether a condition speaks of a column of the row itself."""
    return any(
        item.path[:1] == (field,) and item.name in ("$row", f"table:{table}", f"table:{table.rsplit('.', 1)[-1]}")
        for item in _refs(expression)
    )


def granted(table: Table, field: str) -> bool:
    """Whether clients may update the column as far as rights go; hosts give them all rights unless files say otherwise.

    A right on some columns, or one that is taken, is believed even where a wider one may still stand.
    """
    rights = [(role.lower(), column, words) for role, column, words in table.grants if role.lower() in CLIENT_ROLES]
    if any(column == field and "-update" in words for _, column, words in rights):
        return False
    if any(column == field and "update" in words for _, column, words in rights):
        return True
    if any(not column and "update" in words for _, column, words in rights):
        return True
    return not any("-update" in words if not column else "update" in words for _, column, words in rights)


def _for(policy: Policy, command: str) -> bool:
    return policy.command in ("all", command)


def _refs(expression: Expression) -> Iterator[Ref]:
    stack: list[Expression] = [expression]
    while stack:
        item = stack.pop()
        if isinstance(item, Ref):
            yield item
        elif isinstance(item, Operation):
            stack.extend(item.operands)
        elif isinstance(item, Call):
            stack.extend(item.arguments)
        elif isinstance(item, Items):
            stack.extend(item.items)
        elif isinstance(item, Fields):
            stack.extend(value for _, value in item.entries)
