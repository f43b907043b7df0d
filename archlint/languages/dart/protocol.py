"""What the readers of the parts of a file ask of each other."""

from collections.abc import Callable
from typing import NamedTuple, Protocol, TypeVar

from tree_sitter import Node

from archlint.languages.dart.precedence import Spot
from archlint.languages.dart.sheet import Sheet
from archlint.languages.dart.syntax import Source
from archlint.model.expression import Expression, Fields, Lambda, Ref
from archlint.terms.scope import Scope

Helper = TypeVar("Helper")


class Arguments(NamedTuple):
    """What a call is given, read: by position, and by name."""

    positional: tuple[Expression, ...]
    named: tuple[tuple[str, Expression], ...]

    def get(self, name: str) -> Expression | None:
        """What is given under a name."""
        return next((value for key, value in self.named if key == name), None)

    def handed(self) -> tuple[Expression, ...]:
        """All of it as the parameters of a function take it: the named ones are one object at the end."""
        return (*self.positional, Fields(self.named)) if self.named else self.positional


class Reader(Protocol):
    """One file being read. Every expression is given to `value` or `condition` exactly once."""

    sheet: Sheet
    source: Source

    def helper(self, kind: "Callable[[Reader], Helper]") -> Helper:
        """What remembers things of this one file: made when it is first asked for."""

    def value(self, item: Spot, scope: Scope) -> Expression:
        """An expression where a value is wanted; comparisons with literals inside of it are written down."""

    def condition(self, item: Spot, scope: Scope) -> Expression:
        """An expression where its truth is wanted; the caller says what follows from it."""

    def statement(self, node: Node, scope: Scope) -> None:
        """A statement or a block of them."""

    def define(
        self, parameters: Node | None, body: Node | None, whole: Node, scope: Scope,
        name: str = "", symbol: str = "", instance: str = "", role: str = "",
    ) -> Lambda:  # fmt: skip
        """A function, read with its body."""

    def closure(self, node: Node, scope: Scope, symbol: str = "", role: str = "") -> Lambda:
        """A function that is written in place."""

    def typed(self, nodes: list[Node], scope: Scope) -> Ref | None:
        """The declared type that a row of nodes names; None where nothing can be said of its values."""

    def call(self, node: Node, scope: Scope) -> Expression:
        """A call or construction."""

    def arguments(self, node: Node, scope: Scope) -> Arguments:
        """The arguments of a call, read."""
