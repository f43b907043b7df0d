"""What the readers of the parts of a file ask of each other."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import libcst as cst
from tree_sitter import Node

from archlint.languages.python.sheet import Sheet
from archlint.languages.python.source import Source
from archlint.model.expression import Expression, Lambda
from archlint.model.source import Span
from archlint.terms.scope import Function, Scope

Helper = TypeVar("Helper")
Defined = cst.FunctionDef | cst.Lambda


class Owner:
    """A class while it is being read. `kind` is set by whoever knows what its parents make of it."""

    def __init__(self, name: str, here: str, bases: tuple[str, ...], node: cst.ClassDef) -> None:
        self.name = name
        # Its scoped name; members are read from it, and `self` is it.
        self.here = here
        # Its parents by their qualified names.
        self.bases = bases
        self.node = node
        self.kind = ""
        # What is asked of the caller before any of its methods answers, and where that is written.
        self.guards: list[tuple[Span, str, Expression]] = []


class Reader(Protocol):
    """One file being read. Every expression node is given to `value` or `condition` exactly once."""

    sheet: Sheet
    source: Source

    def helper(self, kind: "Callable[[Reader], Helper]") -> Helper:
        """What knows of a library and remembers things of this one file: made when it is first asked for."""

    def value(self, node: cst.BaseExpression, scope: Scope) -> Expression:
        """An expression where a value is wanted; comparisons with literals inside of it are written down."""

    def condition(self, node: cst.BaseExpression, scope: Scope) -> Expression:
        """An expression where its truth is wanted; the caller says what follows from it."""

    def block(self, body: cst.BaseSuite, scope: Scope) -> None:
        """The statements of a block."""

    def define(
        self,
        node: Defined,
        scope: Scope,
        name: str = "",
        symbol: str = "",
        owner: Owner | None = None,
    ) -> Lambda:
        """A function, read with its body."""

    def typed(self, node: cst.BaseExpression, scope: Scope) -> Expression | None:
        """What values of a type hold."""

    def call(self, node: cst.Call, scope: Scope) -> Expression:
        """A call or construction."""

    def arguments(self, node: cst.Call, scope: Scope) -> tuple[Expression, ...]:
        """The positional arguments of a call, read; those with names are read too and left out."""

    def named(self, node: cst.Call, scope: Scope) -> tuple[tuple[str, Expression], ...]:
        """The arguments of a call that have names, read."""

    def target(
        self, node: cst.BaseExpression, value: Expression, place: cst.CSTNode, scope: Scope, kind: str = "value"
    ) -> None:
        """Binds what stands left of an equals sign, after `for` or after `as`."""

    def qualified(self, node: cst.BaseExpression, scope: Scope) -> str:
        """The dotted name of what is called or decorated with, in terms of the modules it comes from."""

    def given(self, node: Node, without: Sequence[Node], scope: Scope) -> bool:
        """A statement of the tree, read with libcst; what is left out of it is read by `resumed` in its place."""

    def resumed(self, name: str, scope: Scope) -> bool:
        """Whether a name stands for a part of a statement, which is then read."""

    def body(self, scope: Scope) -> Expression:
        """The body of the request that the function around here answers."""


# A recogniser takes a call whose arguments are still unread, under its qualified name; None leaves it to the next.
Recogniser = Callable[[Reader, cst.Call, str, Scope], Expression | None]
# Takes a class before its fields are read; True where it has told all that the fields say.
ClassRecogniser = Callable[[Reader, Owner, Scope], bool]
# Takes a method of a class before it is read; True where nothing is left to say.
MethodRecogniser = Callable[[Reader, Owner, cst.FunctionDef, Scope], bool]
# Takes a parameter that has a default, under its scoped name, before the default is read; True where all is said.
ParameterRecogniser = Callable[[Reader, cst.Param, str, Function, Scope], bool]

__all__ = [
    "ClassRecogniser", "Defined", "Function", "Helper", "MethodRecogniser", "Owner", "ParameterRecogniser", "Reader",
    "Recogniser",
]  # fmt: skip
