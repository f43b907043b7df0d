"""Questions that readers ask of the trees of tree-sitter, whatever their grammar."""

from collections.abc import Iterator

from tree_sitter import Node


def has_token(node: Node, token: str) -> bool:
    """Whether a child is this word or sign (`async`, `static`, `??`)."""
    return any(child.type == token for child in node.children)


def descendants(node: Node, kinds: frozenset[str], into: frozenset[str]) -> Iterator[Node]:
    """The nodes of some kinds below a node in order, not looking into nodes of the kinds `into`."""
    stack = list(reversed(node.children))
    while stack:
        item = stack.pop()
        if item.type in kinds:
            yield item
        if item.type not in into:
            stack.extend(reversed(item.children))


def errors(node: Node, most: int = 3) -> Iterator[Node]:
    """The first places that the grammar could not read."""
    stack = [node]
    while stack and most:
        item = stack.pop()
        if item.type == "ERROR" or item.is_missing:
            most -= 1
            yield _cause(item)
        elif item.has_error:
            stack.extend(reversed(item.children))


def _cause(error: Node) -> Node:
    """The first trouble within: an unclosed bracket spoils everything around it, up to the whole file."""
    while inner := next((item for item in error.children if item.has_error or item.is_missing), None):
        error = inner
    return error
