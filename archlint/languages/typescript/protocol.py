"""What the readers of the parts of a file ask of each other."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from tree_sitter import Node

from archlint.languages.typescript.sheet import Sheet
from archlint.languages.typescript.syntax import Source
from archlint.model.expression import Expression, Lambda
from archlint.terms.scope import Scope

Helper = TypeVar("Helper")


class Reader(Protocol):
    """One file being read. Every expression node is given to `value` or `condition` exactly once."""

    sheet: Sheet
    source: Source

    def helper(self, kind: "Callable[[Reader], Helper]") -> Helper:
        """What knows of a library and remembers things of this one file: made when it is first asked for."""

    def value(self, node: Node, scope: Scope) -> Expression:
        """An expression where a value is wanted; comparisons with literals inside of it are written down."""

    def condition(self, node: Node, scope: Scope) -> Expression:
        """An expression where its truth is wanted; the caller says what follows from it."""

    def statement(self, node: Node, scope: Scope) -> None:
        """A statement or a block of them."""

    def define(self, node: Node, scope: Scope, name: str = "", symbol: str = "", instance: str = "") -> Lambda:
        """A function, read with its body."""

    def typed(self, node: Node, scope: Scope) -> Expression | None:
        """What values of a type hold."""

    def jsx(self, node: Node, scope: Scope) -> Expression:
        """An element."""

    def call(self, node: Node, scope: Scope) -> Expression:
        """A call or construction."""

    def arguments(self, node: Node, scope: Scope) -> tuple[Expression, ...]:
        """The arguments of a call, read."""

    def pattern(self, node: Node, value: Expression, scope: Scope, kind: str = "value") -> None:
        """Binds the names of a destructuring pattern."""

    def members(self, node: Node, scope: Scope, name: str) -> None:
        """A class."""
