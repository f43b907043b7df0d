"""Rows of idioms: which of their clauses hold for a call, each with the arguments that it speaks of."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import libcst as cst

from archlint.model.expression import Boolean, Expression, Opaque
from archlint.terms.clauses import clauses

_CONDITIONS = frozenset({"if", "unless", "if_false", "unless_false"})


class Given:
    """An argument of a call; it is read when somebody asks for it, and once."""

    __slots__ = ("_read", "_value", "keyword", "node", "shown")

    def __init__(self, keyword: str, node: cst.BaseExpression, shown: cst.CSTNode, read: Callable[[], Expression]):
        self.keyword = keyword
        self.node = node
        self.shown = shown
        self._read = read
        self._value: Expression | None = None

    @property
    def value(self) -> Expression:
        """What the argument says."""
        if self._value is None:
            self._value = self._read()
        return self._value

    def taken(self) -> cst.BaseExpression:
        """The node, for who reads it in another way."""
        self._value = self._value or Opaque("taken")
        return self.node

    def settle(self) -> None:
        """Reads what nobody asked for, for what is stated inside of it."""
        _ = self.value


class Bound(NamedTuple):
    """A clause that holds, its arguments, and the node that shows it."""

    clause: tuple[str, ...]
    given: tuple[Given, ...]
    node: cst.CSTNode


def bound(row: str, given: Sequence[Given], call: cst.CSTNode) -> Iterator[Bound]:
    """The clauses of a row that a call fulfils; one without its argument says nothing."""
    for clause in clauses(row):
        if not clause:
            continue
        shown = call
        if len(clause) > 2 and clause[-2] in _CONDITIONS:
            asked = argument(clause[-1], given)
            if not _holds(clause[-2], asked):
                continue
            clause = clause[:-2]
            shown = asked.shown if asked is not None else call
        found = _filled(clause, given, shown)
        if found is not None:
            yield found


def _filled(clause: tuple[str, ...], given: Sequence[Given], call: cst.CSTNode) -> Bound | None:
    words: list[str] = []
    taken: list[Given] = []
    for word in clause:
        if word == "$*":
            taken.extend(item for item in given if not item.keyword)
            words.append(word)
        elif word.startswith("$"):
            item = argument(word, given)
            if item is not None:
                taken.append(item)
                words.append(f"${len(taken)}")
            elif clause[0] != "type":
                return None
        else:
            words.append(word)
    if words[-1] == "$*" and not taken:
        return None
    shown = taken[-1].shown if len(taken) == 1 else call
    return Bound(tuple(words), tuple(taken), shown)


def argument(word: str, given: Sequence[Given]) -> Given | None:
    """The argument that `$1`, `$name` or `$1:name` means."""
    place, _, name = word[1:].partition(":")
    if not place.isdigit():
        place, name = "", place
    found = next((item for item in given if name and item.keyword == name), None)
    if found is None and place:
        plain = [item for item in given if not item.keyword]
        found = plain[int(place) - 1] if int(place) <= len(plain) else None
    return found


def _holds(word: str, given: Given | None) -> bool:
    if given is None:
        return word.startswith("unless")
    value = given.value
    if not isinstance(value, Boolean):
        return False
    return value.value is (word in ("if", "unless_false"))
