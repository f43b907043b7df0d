"""What the readers of schemas share: chains, links, and what is known of a schema while it is read."""

from typing import Any, NamedTuple, Protocol

from tree_sitter import Node

from archlint.languages.typescript.meanings import Stated
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.schema_names import Names
from archlint.model.expression import Expression, Ref
from archlint.terms.idioms import table
from archlint.terms.scope import Scope


class Link(NamedTuple):
    """One call of a chain: `.max(5)`."""

    name: str
    call: Node
    first: Node


class Root(NamedTuple):
    """Where a chain begins: a constructor of a library, or (without one) a schema that has a name."""

    library: str
    name: str
    node: Node


class State:
    """What is known of a schema while its chain is read.

    `required` is None where the library's rule for fields holds; `absent` says that nobody knows. `empty` says that
    an empty text is let through although the value is required.
    """

    __slots__ = ("absent", "empty", "kind", "library", "required", "start")

    def __init__(self, library: str, kind: str, start: int) -> None:
        self.library = library
        self.kind = kind
        self.start = start
        self.required: bool | None = None
        self.absent = False
        self.empty = False

    def take(self, inner: "State") -> None:
        """Becomes what the schema inside is."""
        self.kind, self.required, self.absent = inner.kind, inner.required, inner.absent


class Reading(Protocol):
    """The reader of schemas, as its parts see it."""

    reader: Reader
    names: Names

    def chain(self, node: Node, scope: Scope) -> tuple[Root, list[Link]]:
        """The root of a chain of calls and its links, first to last."""

    def read(self, node: Node, into: Stated, holder: Ref | None, selves: frozenset[str] = frozenset()) -> State:
        """States what a schema requires of a subject."""

    def apply(self, root: Root, links: list[Link], into: Stated, holder: Ref | None, selves: frozenset[str]) -> State:
        """The same for a schema taken apart."""

    def links(self, links: list[Link], state: State, into: Stated, holder: Ref | None) -> None:
        """States what the links of a chain require."""

    def say(
        self, clause: tuple[str, ...], given: list[Node], first: Node, call: Node, state: State, into: Stated,
        holder: Ref | None,
    ) -> None:  # fmt: skip
        """One clause of a link or constructor."""

    def write(
        self, clause: tuple[str, ...], values: tuple[Expression, ...], first: Node, call: Node, into: Stated
    ) -> None:
        """Writes a clause down, with its arguments read."""

    def fields(self, node: Node, library: str, into: Stated) -> None:
        """The fields of an object of schemas."""

    def element(self, node: Node, into: Stated) -> None:
        """The schema of a list's elements."""

    def given(self, call: Node) -> list[Node]:
        """The arguments of a call, unread."""

    def meaning(self, state: State, name: str) -> str:
        """The row of idioms for a link."""

    def visit(self, node: Node, into: Stated) -> None:
        """An argument that says nothing here; a function among them gets the value."""

    def inner(self, node: Node, into: Stated) -> Ref | None:
        """The name of a schema that another one is made from."""

    def keys(self, given: list[Node], into: Stated) -> tuple[Expression, ...]:
        """The keys that an argument lists."""


def picked(given: list[Node], words: tuple[str, ...]) -> list[Node]:
    """The arguments that a clause means by `$1` or `$*`."""
    word = words[-1] if words else ""
    if word == "$*":
        return given
    if not word.startswith("$"):
        return []
    index = int(word[1:]) - 1
    return given[index : index + 1]


def key_of(reader: Reader, node: Node) -> str:
    """The key of a property; empty where it is computed."""
    return reader.source.text(node).strip("'\"") if node.type != "computed_property_name" else ""


def rows_of(library: str) -> dict[str, Any]:
    """The idioms of a library; none for an unknown one."""
    library = "typebox_ajv" if library == "typebox" else library
    return table(library) if library in table("schemas")["libraries"] else {}


def source_of(library: str, otherwise: str) -> str:
    """The library's name as statements give it."""
    return {"typebox_ajv": "typebox"}.get(library, library) or otherwise
