"""Columns that decide who sees a row: a policy shows it to others for one word, and code writes another."""

from collections.abc import Iterator

import msgspec

from archlint.checks._policies import Policies, for_clients
from archlint.model.expression import Boolean, Expression, Items, Null, Number, Operation, Ref, Text
from archlint.model.graph import Graph, Word, WritePath
from archlint.model.schema import Policy, Table
from archlint.model.source import TRUSTED, Layer

_PLAIN = (Ref, Text, Number, Boolean, Null)
_ROUTINES = frozenset({Layer.TRIGGER, Layer.POLICY})


class Shown(msgspec.Struct, frozen=True):
    """The column, the words for which others see the row, who tests them, and who writes other words."""

    field: str
    words: tuple[str, ...]
    policies: tuple[Policy, ...]
    pins: tuple[WritePath, ...]
    tests: tuple[Word, ...]


def deciding(graph: Graph, policies: Policies, table: Table) -> Iterator[Shown]:
    """The columns of a table that decide whether others see a row, and that clients are not offered to change."""
    tested: dict[str, dict[str, list[Policy]]] = {}
    for policy in policies.of(table.name, "select"):
        for field, word in _alternatives(policy.using, table.name) if for_clients(policy) else ():
            tested.setdefault(field, {}).setdefault(word, []).append(policy)
    for field, words in sorted(tested.items()):
        writes = [path for path in graph.writes if path.entity == table.name and field in dict(path.columns)]
        pins = [path for path in writes if dict(path.columns)[field] not in (None, *words) and _live(path)]
        if not pins or any(_offered(path, field, words) for path in writes):
            continue
        if not any(path.layer in TRUSTED for path in writes):
            # Nobody but the owner's own screens decides about it: drafts and private things are theirs to show.
            continue
        yield Shown(
            field,
            tuple(sorted(words)),
            tuple({(item.path, item.span): item for found in words.values() for item in found}.values()),
            tuple(pins),
            tuple(
                word
                for word in graph.words
                if (word.subject.entity, word.subject.field) == (table.name, field)
                if word.word in words and word.use in ("filters", "compares") and word.layer in _ROUTINES
            ),
        )


def _live(path: WritePath) -> bool:
    """A statement of a migration wrote once."""
    return path.layer is not Layer.DATABASE


def _offered(path: WritePath, field: str, words: dict[str, list[Policy]]) -> bool:
    """Whether a screen lets the owner choose the word, or sets it: then they are meant to."""
    if path.layer is not Layer.FRONTEND:
        return False
    word = dict(path.columns)[field]
    return word is None or word in words


def _alternatives(condition: Expression | None, table: str) -> Iterator[tuple[str, str]]:
    """The columns and words for which a row is shown to people who do not own it."""
    for branch in _parts(condition, "or"):
        parts = list(_parts(branch, "and"))
        if any(_about_the_caller(part) for part in parts):
            continue
        for part in parts:
            yield from _tests(part, table)


def alternatives(condition: Expression | None, table: str) -> Iterator[tuple[str, str]]:
    """The columns and words that alone suffice for a row to be shown, whoever asks."""
    for branch in _parts(condition, "or"):
        if not isinstance(branch, Operation) or branch.operator == "=":
            yield from _tests(branch, table)


def _parts(condition: Expression | None, operator: str) -> Iterator[Expression]:
    if isinstance(condition, Operation) and condition.operator == operator:
        for item in condition.operands:
            yield from _parts(item, operator)
    elif condition is not None:
        yield condition


def _about_the_caller(condition: Expression) -> bool:
    """Whether it asks who is there; whatever is not understood may do so."""
    if isinstance(condition, Operation):
        return any(_about_the_caller(item) for item in condition.operands)
    if isinstance(condition, Items):
        return any(_about_the_caller(item) for item in condition.items)
    return not isinstance(condition, _PLAIN)


def _tests(condition: Expression, table: str) -> Iterator[tuple[str, str]]:
    if not isinstance(condition, Operation) or condition.operator not in ("=", "in"):
        return
    left, right = condition.operands
    if isinstance(left, Text):
        left, right = right, left
    if not isinstance(left, Ref) or len(left.path) != 1:
        return
    if left.name not in ("$row", f"table:{table}", f"table:{table.rsplit('.', 1)[-1]}"):
        return
    words = right.items if isinstance(right, Items) and condition.operator == "in" else (right,)
    yield from ((left.path[0], word.value) for word in words if isinstance(word, Text))
