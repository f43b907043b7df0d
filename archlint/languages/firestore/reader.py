"""Reads access rules into policies, and what they ask of the data."""

import re
from bisect import bisect_right
from collections.abc import Mapping

from archlint.languages.firestore.syntax import Allow, Function, Match, Node, Parser, Trouble
from archlint.languages.firestore.values import Part, Values, conjuncts
from archlint.model.expression import Boolean, Call, Expression, Operation, Ref, Row
from archlint.model.facts import Access, FileFacts, Statement
from archlint.model.schema import SchemaChange
from archlint.model.source import Problem, Span
from archlint.terms.idioms import table
from archlint.terms.neutral import both, within

_VERBS = {
    "get": ("select",),
    "list": ("select",),
    "read": ("select",),
    "create": ("insert",),
    "update": ("update",),
    "delete": ("delete",),
    "write": ("insert", "update", "delete"),
}
_CALLER = frozenset({"current user", "current role"})
_WILD = re.compile(r"\{(\w+)(?:=\*\*)?\}")


def read(path: str, content: bytes) -> FileFacts:
    """The facts of one file; what cannot be read becomes a problem, never an error."""
    text = content.decode("utf-8-sig", "replace")
    parser = Parser(text)
    reader = _Reader(path, text)
    try:
        for name, whole in parser.services():
            if name in table("firestore")["rules"]["services"]:
                reader.match(whole, {}, {}, "")
    except (Trouble, RecursionError):
        parser.trouble.append(parser.position)
    for offset in parser.trouble[:3]:
        reader.problems.append(Problem(path, reader.span(offset, offset).line, "a rule is not read (syntax error)"))
    return reader.facts()


class _Reader:
    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._text = text
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self._statements: list[Statement] = []
        self._accesses: list[Access] = []
        self._changes: list[SchemaChange] = []
        self._names: set[tuple[str, str]] = set()
        self._seen: set[str] = set()
        self._stated: dict[tuple[int, int, bool, str], int] = {}
        self._updates: dict[str, list[tuple[Span, list[Part]]]] = {}
        self.problems: list[Problem] = []

    def span(self, start: int, end: int) -> Span:
        """Where a piece of the text stands."""
        line, last = bisect_right(self._starts, start), bisect_right(self._starts, end)
        return Span(line, start - self._starts[line - 1] + 1, last, end - self._starts[last - 1] + 1)

    def match(self, block: Match, functions: Mapping[str, Function], wild: Mapping[str, str], collection: str) -> None:
        """A match with those inside; functions and wildcards are known to all of them."""
        functions = {**functions, **{item.name: item for item in block.functions}}
        wild = dict(wild)
        pieces = [piece for piece in block.path.strip("/").split("/") if piece]
        if pieces[:1] in (["databases"], ["b"]):
            # `/databases/{database}/documents` and `/b/{bucket}/o`
            pieces, collection = pieces[3:], ""
        for number, piece in enumerate(pieces):
            found = _WILD.match(piece)
            if found is None:
                collection = piece
            else:
                wild[found.group(1)] = collection if number == len(pieces) - 1 else ""
        deep = bool(pieces) and pieces[-1].endswith("=**}")
        if collection and not deep:
            for allow in block.allows:
                self._allow(allow, collection, functions, wild)
        for inner in block.matches:
            self.match(inner, functions, wild, collection)

    def _allow(self, allow: Allow, collection: str, functions: Mapping[str, Function], wild: Mapping[str, str]) -> None:
        span = self.span(allow.start, allow.end)
        if collection not in self._seen:
            self._seen.add(collection)
            self._changes.append(SchemaChange(action="enable security", span=span, table=collection))
        values = Values(collection, functions, wild, self._asked)
        parts = list(conjuncts(values, allow.condition)) if allow.condition is not None else []
        for command in dict.fromkeys(command for verb in allow.verbs for command in _VERBS.get(verb, ())):
            self._policy(allow, command, collection, parts, span)

    def _policy(self, allow: Allow, command: str, collection: str, parts: list[Part], span: Span) -> None:
        never = any(part.value == Boolean(False) for part in parts)
        statements: list[int] = []
        using: list[Expression] = []
        check: list[Expression] = []
        for part in parts:
            if isinstance(part.value, Boolean):
                continue
            new = command == "insert" or (command == "update" and part.new)
            (check if new else using).append(part.value)
            statements.append(
                self._state(part, new, command, collection, len(allow.verbs) > 1 or "write" in allow.verbs)
            )
        if command == "update" and not never:
            self._updates.setdefault(collection, []).append((span, parts))
        self._changes.append(
            SchemaChange(
                action="create policy",
                span=span,
                table=collection,
                name=self._named(collection, f"allow {', '.join(allow.verbs)}", command),
                command=command,
                permissive=not never,
                using=Boolean(False) if never else _joined(using, command != "insert"),
                check=None if never else _joined(check, command == "insert"),
                statements=tuple(dict.fromkeys(statements)),
            )
        )

    def _limit(self) -> None:
        """Fields that no client may change, whichever of the rules lets the change through."""
        for collection, allowed in sorted(self._updates.items()):
            span = allowed[0][0]
            kept = [frozenset(name for part in parts for name in part.kept) for _, parts in allowed]
            only = [next((part.only for part in parts if part.only is not None), None) for _, parts in allowed]
            for name in sorted(frozenset.intersection(*kept)):
                self._right("revoke", collection, span, name)
            if all(words is not None for words in only):
                self._right("revoke", collection, span, "")
                for name in sorted({name for words in only for name in words or ()}):
                    self._right("grant", collection, span, name)

    def _right(self, action: str, collection: str, span: Span, field: str) -> None:
        self._changes.append(
            SchemaChange(
                action=action,
                span=span,
                table=collection,
                words=("update",),
                roles=("anon", "authenticated"),
                name=field,
            )
        )

    def _named(self, collection: str, name: str, command: str) -> str:
        """A name of its own for each policy of a collection."""
        number, wanted = 1, f"{name} ({command})" if name.split()[-1] != command else name
        label = wanted
        while (collection, label) in self._names:
            number += 1
            label = f"{wanted} {number}"
        self._names.add((collection, label))
        return label

    def _state(self, part: Part, new: bool, command: str, collection: str, several: bool) -> int:
        node = part.node
        known = (node.start, node.end, new, collection)
        if known in self._stated:
            return self._stated[known]
        text = " ".join(self._text[node.start : node.end].split())
        self._statements.append(
            Statement(
                kind="authorize" if self._of_caller(part.value) else "require",
                span=self.span(node.start, node.end),
                text=text if len(text) <= 160 else text[:159] + "…",
                symbol=collection,
                condition=part.value,
                effect="reject" if new else "deny",
                operation="any" if several else command,
                source="policy",
                dialect="javascript",
            )
        )
        self._stated[known] = len(self._statements) - 1
        return self._stated[known]

    def _of_caller(self, part: Expression) -> bool:
        for item in within(part):
            if isinstance(item, Call) and item.callee is None and item.function in _CALLER:
                return True
            if isinstance(item, Row):
                where = self._accesses[item.access].where
                if where is not None and self._of_caller(where):
                    return True
        return False

    def _asked(self, collection: str, key: Expression, node: Node) -> Row:
        """A document that a rule looks up."""
        self._accesses.append(
            Access(
                kind="select",
                target=collection,
                span=self.span(node.start, node.end),
                where=Operation("=", (Ref("$row", ("id",)), key)),
                library="firestore",
            )
        )
        return Row(len(self._accesses) - 1)

    def facts(self) -> FileFacts:
        """Everything, as the other stages take it."""
        self._limit()
        return FileFacts(
            path=self._path,
            language="firestore",
            lines=self._text.count("\n") + (0 if self._text.endswith("\n") else 1),
            statements=tuple(self._statements),
            accesses=tuple(self._accesses),
            changes=tuple(self._changes),
            problems=tuple(self.problems),
        )


def _joined(parts: list[Expression], always: bool) -> Expression | None:
    if parts:
        return both(tuple(parts))
    return Boolean(True) if always else None
