"""Writes the nodes of a template as JSX; what conditions, loops and properties are, each kind of template says."""

from abc import ABC, abstractmethod

from archlint.languages.templates.draft import Draft
from archlint.languages.templates.jsx import DRAWN, Writer
from archlint.languages.templates.markup import Choice, Element, Given, Insert, Loop, Node, Words
from archlint.languages.templates.script import piped

# Deeper trees are half-written ones, of which the rest of the file must not pay for the depth.
_DEEPEST = 150


class Template(ABC):
    """One template; kinds of templates say how its nodes belong together and what its attributes mean."""

    # Elements that draw only what stands in them.
    bare = frozenset({"template"})
    # What its expressions hold besides code.
    left_out = ""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.source = draft.source
        self.jsx = Writer(draft, self.left_out)
        self._depth = 0

    @abstractmethod
    def arranged(self, nodes: list[Node]) -> list[Node]:
        """The nodes with their conditions and loops around them."""

    @abstractmethod
    def attributes(self, element: Element) -> None:
        """Writes the attributes of an element."""

    def given(self, element: Element) -> tuple[int, int] | None:
        """The names that an element's content is given by whoever draws it."""
        return None

    def children(self, nodes: list[Node]) -> None:
        """Nodes as they were scanned."""
        for node in self.arranged(nodes):
            self._child(node)

    def _child(self, node: Node) -> None:
        if isinstance(node, Words):
            self.jsx.words(node)
        elif isinstance(node, Insert):
            self.jsx.child(node.start, piped(self.source, node.start, node.end))
        elif isinstance(node, Element):
            self.element(node)
        else:
            self.draft.put("{", node.start)
            self._drawn(node)
            self.draft.put("}", node.end)

    def _drawn(self, node: Choice | Loop | Given) -> None:
        """What draws elements, where an expression stands."""
        if isinstance(node, Choice):
            self._choice(node, 0)
            return
        if isinstance(node, Loop):
            if not self.jsx.sound(node.names, node.source):
                self._plain(node.body, node)
                return
            self.draft.put("(", node.start)
            self.jsx.code(node.source, node.start)
            self.draft.put(").map(", node.start)
        elif not self.jsx.sound(node.names):
            self._plain(node.body, node)
            return
        self.draft.put("(", node.start)
        self.jsx.code(node.names, node.start)
        self.draft.put(") => ", node.start)
        self._plain(node.body, node)
        if isinstance(node, Loop):
            self.draft.put(")", node.end)

    def _choice(self, node: Choice, index: int) -> None:
        condition, body = node.branches[index]
        last = index + 1 == len(node.branches)
        if condition is None or not self.jsx.sound(condition):
            self._plain(body, node)
            if not last:
                self.draft.put(" || ", node.start)
                self._choice(node, index + 1)
            return
        self.draft.put("(", next((piece[0] for piece in condition if not isinstance(piece, str)), node.start))
        self.jsx.code(condition, node.start)
        at = next((piece[1] for piece in reversed(condition) if not isinstance(piece, str)), node.start)
        self.draft.put(") && " if last else ") ? ", at)
        self._plain(body, node)
        if not last:
            self.draft.put(" : ", at)
            self._choice(node, index + 1)

    def _plain(self, body: list[Node], within: Choice | Loop | Given) -> None:
        self.draft.put("(<>", within.start)
        for node in body:
            self._child(node)
        self.draft.put("</>)", within.end)

    def element(self, element: Element) -> None:
        """An element whose conditions and loops have been written."""
        if element.name in DRAWN:
            return
        if self._depth >= _DEEPEST:
            self.draft.broken.append((element.start, "elements are nested too deeply"))
            return
        self._depth += 1
        self._written(element)
        self._depth -= 1

    def _written(self, element: Element) -> None:
        name = "" if element.name in self.bare else self.jsx.tag(element)
        self.draft.put(f"<{name}", element.start, element.start + len(element.name) + 1)
        if name:
            self.attributes(element)
        self.draft.put(">", element.content[0])
        given = self.given(element)
        if given is not None:
            self._child(Given((given,), self.arranged(element.children), *element.content))
        else:
            self.children(element.children)
        self.draft.put(f"</{name}>", element.content[1], element.end)
