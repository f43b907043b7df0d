"""Finds the definitions of a file that hold something worth reading, by its tree alone."""

import re
from collections import Counter
from collections.abc import Iterator

from tree_sitter import Node

from archlint.languages.python.source import Source

_COMPOUND = frozenset({"if_statement", "try_statement", "with_statement", "for_statement", "while_statement"})
_IMPORTS = frozenset({"import_statement", "import_from_statement"})
_SILENT = frozenset({"string", "concatenated_string", "ellipsis", "identifier"})
_BRANCHING = re.compile(rb"\b(?:if|for|while|try|match)\b")
_REFUSING = re.compile(rb"raise |abort\(|[45]\d\d|BAD_|FORBID|UNPROCESSABLE")
_SHORT = 12
_GLOBAL = re.compile(rb"^[ \t]+global[ \t]+([\w \t,]+)", re.M)
# What a function must hold to state, hand on or ask for anything.
_TELLING = re.compile(
    rb"""(?x) \braise\b | \bassert\b | [<>]=? | [!=]= | \bin\b | \bmatch\b | \bis\b | [\w\])"'}]\s*[*/%]\s*[\w("']
    | \bor\b | \breturn\s+\S | \w\( | =\s*[\d"'] | \bself\.\w+\s*= """
)


class Definitions:
    """The parts of a module, as far as they are to be read."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.imports: list[Node] = []
        self.parts: list[Node] = []
        # The names that the module gives a value to, and how often.
        self.names: Counter[str] = Counter()
        self._look(source.root.named_children)
        for found in _GLOBAL.finditer(source.content):
            for name in found.group(1).decode("utf-8", "replace").split(","):
                if name.strip() in self.names:
                    self.names[name.strip()] += 1

    def _look(self, nodes: list[Node]) -> None:
        for node in nodes:
            kind = node.type
            if kind in _IMPORTS:
                self.imports.append(node)
            elif kind in _COMPOUND:
                self._inside(node)
                self.parts.append(node)
            elif kind == "expression_statement":
                self._assigned(node)
                if self._says(node):
                    self.parts.append(node)
            elif kind in ("function_definition", "class_definition", "decorated_definition"):
                name = self._named(node)
                if name is not None:
                    self.names[self._source.raw(name)] += 1
                    if self.is_class(node) or self.holds(node):
                        self.parts.append(node)
            elif kind not in ("comment", "ERROR", "future_import_statement", "pass_statement"):
                self.parts.append(node)

    def _inside(self, node: Node) -> None:
        """The names of a branch of the module; its imports are read with it."""
        for child in node.named_children:
            if child.type == "expression_statement":
                self._assigned(child)
            elif child.type in ("function_definition", "class_definition", "decorated_definition"):
                name = self._named(child)
                if name is not None:
                    self.names[self._source.raw(name)] += 1
            elif child.type in _IMPORTS:
                self.imports.append(child)
            elif child.type in _COMPOUND or child.type in ("block", "else_clause", "elif_clause", "except_clause"):
                self._inside(child)

    def _assigned(self, node: Node) -> None:
        for child in node.named_children:
            left: Node | None = child
            if child.type not in ("assignment", "augmented_assignment"):
                continue
            while left is not None and left.type in ("assignment", "augmented_assignment"):
                target = left.child_by_field_name("left")
                if target is not None:
                    for name in _names(target):
                        self.names[self._source.raw(name)] += 1
                left = left.child_by_field_name("right")

    def _says(self, node: Node) -> bool:
        """Whether a statement of the module is more than a text or a bare name."""
        return any(child.type not in _SILENT for child in node.named_children)

    def _named(self, node: Node) -> Node | None:
        inner = node.child_by_field_name("definition") if node.type == "decorated_definition" else node
        return inner.child_by_field_name("name") if inner is not None else None

    def is_class(self, node: Node) -> bool:
        """Whether a definition is a class."""
        inner = node.child_by_field_name("definition") if node.type == "decorated_definition" else node
        return inner is not None and inner.type == "class_definition"

    def holds(self, node: Node) -> bool:
        """Whether a function may state a rule or hand values on."""
        inner = node.child_by_field_name("definition") if node.type == "decorated_definition" else node
        body = inner.child_by_field_name("body") if inner is not None else None
        if inner is None or body is None:
            return False
        if node.type == "decorated_definition":
            return True
        header = self._source.content[inner.start_byte : body.start_byte]
        if b"=" in header or b"Literal" in header:
            return True
        return _TELLING.search(self._source.content, body.start_byte, body.end_byte) is not None

    def methods(self, node: Node) -> list[Node]:
        """The methods of a class."""
        inner = node.child_by_field_name("definition") if node.type == "decorated_definition" else node
        body = inner.child_by_field_name("body") if inner is not None else None
        found = []
        for child in body.named_children if body is not None else ():
            if child.type in ("function_definition", "decorated_definition") and not self.is_class(child):
                found.append(child)
        return found

    def refusing(self) -> Iterator[tuple[Node, str]]:
        """The functions of the module that may do nothing but refuse: short, and with something raised or aborted."""
        for node in self.parts:
            if node.type != "function_definition" or node.end_point[0] - node.start_point[0] > _SHORT:
                continue
            name, text = node.child_by_field_name("name"), self._source.content[node.start_byte : node.end_byte]
            if name is not None and _REFUSING.search(text) and not _BRANCHING.search(text):
                yield node, self._source.raw(name)


def _names(target: Node) -> Iterator[Node]:
    if target.type == "identifier":
        yield target
    elif target.type in ("pattern_list", "tuple_pattern", "list_pattern"):
        for child in target.named_children:
            yield from _names(child)
