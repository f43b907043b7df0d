"""Data types as they are written and as the server calls them."""

from typing import NamedTuple

from archlint.languages.postgresql.node import Node
from archlint.languages.postgresql.sheet import Sheet

_CALLED = {
    "int": "integer", "int4": "integer", "int8": "bigint", "int2": "smallint", "bool": "boolean",
    "varchar": "character varying", "char": "character", "bpchar": "character", "decimal": "numeric",
    "dec": "numeric", "float": "double precision", "float8": "double precision", "float4": "real",
    "timestamptz": "timestamp with time zone", "timetz": "time with time zone", "timestamp": "timestamp",
    "timestamp without time zone": "timestamp", "time without time zone": "time", "serial": "integer",
    "bigserial": "bigint", "smallserial": "smallint", "serial4": "integer", "serial8": "bigint",
}  # fmt: skip
_SERIAL = frozenset({"serial", "bigserial", "smallserial", "serial4", "serial8", "serial2"})


class Type(NamedTuple):
    """A type: its name without modifiers, the numbers in brackets, and whether it is an array."""

    name: str
    size: tuple[int, ...] = ()
    array: bool = False

    @property
    def official(self) -> str:
        """The server's own name, by which signatures are compared."""
        return _CALLED.get(self.name, self.name) + ("[]" if self.array else "")

    @property
    def serial(self) -> bool:
        return self.name in _SERIAL


def read_type(sheet: Sheet, node: Node) -> Type:
    """The type that a node writes."""
    array = node.find("opt_array_bounds", "kw_array") is not None
    setof = node.find("kw_setof")
    size: list[int] = []
    words: list[str] = []
    for leaf in node.walk():
        if leaf.children or leaf is setof:
            continue
        if leaf.kind == "integer_literal":
            size.append(int(sheet.text(leaf)))
        elif leaf.kind == "name":
            words.append(sheet.name(leaf))
        elif leaf.kind.startswith("kw_") and leaf.kind != "kw_array":
            words.append(leaf.kind[3:])
    if array and node.find("opt_array_bounds"):
        bounds = node.find("opt_array_bounds")
        inside = list(bounds.walk("integer_literal")) if bounds else []
        size = size[: len(size) - len(inside)]
    if node.find("attrs") is not None and words[:1] in (["public"], ["pg_catalog"]):
        words = words[1:]
    joined = ".".join(words) if node.find("attrs") is not None else " ".join(words)
    return Type(joined, tuple(size), array)
