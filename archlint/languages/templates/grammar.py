"""Asks the grammar of the scripts whether a piece of a template is code at all."""

from functools import cache
from html import unescape

import tree_sitter_typescript
from tree_sitter import Language, Parser

# As a value, as what an event starts, and as the names that a loop or a slot gives.
_FRAMES = ((b"(", b")"), (b"async () => { ", b" }"), (b"async (", b") => 0"))


@cache
def _parser() -> Parser:
    return Parser(Language(tree_sitter_typescript.language_tsx()))


def is_code(text: str) -> bool:
    """Whether a text can stand in one of the places that a template has for code."""
    said = unescape(text).encode()
    return any(not _parser().parse(before + said + after).root_node.has_error for before, after in _FRAMES)
