"""One piece of syntax."""

from collections.abc import Iterator


class Node:
    """A piece of syntax; `start` and `end` are byte offsets in the file. A plain name has the kind `name`."""

    __slots__ = ("children", "end", "kind", "start")

    def __init__(self, kind: str, start: int, end: int, children: "list[Node]") -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.children = children

    def child(self, *kinds: str) -> "Node | None":
        """The first child of one of these kinds."""
        for item in self.children:
            if item.kind in kinds:
                return item
        return None

    def has(self, kind: str) -> bool:
        """Whether a child of the kind stands directly below."""
        return any(item.kind == kind for item in self.children)

    def all(self, *kinds: str) -> "list[Node]":
        """The children of these kinds."""
        return [item for item in self.children if item.kind in kinds]

    def find(self, *kinds: str) -> "Node | None":
        """The first node of one of these kinds at or below this one, in the order of the text."""
        return next(self.walk(*kinds), None)

    def walk(self, *kinds: str) -> "Iterator[Node]":
        """All nodes of these kinds (of any kind, if none is given) at or below this one, in the order of the text."""
        stack = [self]
        while stack:
            item = stack.pop()
            if not kinds or item.kind in kinds:
                yield item
            stack.extend(reversed(item.children))

    def after(self, kind: str) -> "Node | None":
        """The sibling that follows the first child of the kind."""
        for index, item in enumerate(self.children[:-1]):
            if item.kind == kind:
                return self.children[index + 1]
        return None


def elements(node: Node | None, kind: str) -> list[Node]:
    """The members of a list that may have been collapsed because it has only one."""
    if node is None:
        return []
    if node.kind != kind:
        return [node]
    return [item for item in node.children if item.kind != ","]
