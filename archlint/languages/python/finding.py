"""Finds the definitions of a file that hold something worth reading, by its tree alone."""

import bisect
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import tree_sitter_python
from tree_sitter import Language, Node, Query, QueryCursor

from archlint.languages.python.source import Source
from archlint.terms.idioms import table, words

_COMPOUND = frozenset({"if_statement", "try_statement", "with_statement", "for_statement", "while_statement"})
_DEFINED = frozenset({"function_definition", "class_definition", "decorated_definition"})
_IMPORTS = frozenset({"import_statement", "import_from_statement"})
_SILENT = frozenset({"string", "concatenated_string", "ellipsis", "identifier"})
_BRANCHING = re.compile(rb"\b(?:if|for|while|try|match)\b")
_REFUSING = re.compile(rb"raise |abort\(|[45]\d\d|BAD_|FORBID|UNPROCESSABLE")
# Parameters whose types or defaults are more than names and literals.
_SAYING = re.compile(rb"Literal|Annotated|=\s*[\w.]+\(")
_SHORT = 12
# A literal of more lines than this is a table of data.
_LONGEST_TABLE = 150
_GLOBAL = re.compile(rb"^[ \t]+global[ \t]+([\w \t,]+)", re.M)
# Numbers that code is compared with for its own sake: nothing, one, both.
_COUNTING = frozenset({b"0", b"1", b"2", b"0.0", b"1.0"})

# What may state a rule. Whether it does, libcst tells.
_CANDIDATES = r"""
(if_statement consequence: (block [(raise_statement) (return_statement)] @refused))
(elif_clause consequence: (block [(raise_statement) (return_statement)] @refused))
(else_clause body: (block (raise_statement) @raised))
(case_clause) @case
(assert_statement) @assert
(comparison_operator [(string) (list) (set) (tuple) (call)]) @compared
(comparison_operator [(integer) (float)] @number)
(comparison_operator [(identifier) (attribute)] @constant (#match? @constant "(^|\\.)[A-Z][A-Z0-9_]{2,}$"))
(binary_operator
  left: [(integer) (float) (identifier) (attribute) (call) (parenthesized_expression) (subscript)]
  operator: ["*" "/" "//" "%"]
  right: [(integer) (float) (identifier) (attribute) (call) (parenthesized_expression) (subscript)]) @computed
(binary_operator
  left: [(identifier) (attribute) (call) (parenthesized_expression) (subscript)]
  operator: ["+" "-"]
  right: [(identifier) (attribute) (call) (parenthesized_expression) (subscript)]) @added
(comparison_operator operators: ["in" "not in"]) @among
(boolean_operator
  operator: "or"
  right: [(integer) (float) (string) (identifier) (attribute) (true) (false) (call)]) @fallback
(call
  function: (attribute attribute: (identifier) @got)
  arguments: (argument_list (string) (_)) (#eq? @got "get"))
(subscript value: (dictionary)) @looked
(subscript
  value: [(identifier) (attribute)] @table
  subscript: [(identifier) (attribute) (subscript)] (#match? @table "(^|\\.)[A-Z][A-Z0-9_]+$"))
(call function: (identifier) @bounded arguments: (argument_list (_) (_)) (#any-of? @bounded "min" "max"))
(call arguments: (argument_list (string) @setting [(integer) (float) (string)]) (#match? @setting "[A-Z]_[A-Z]"))
(conditional_expression [(integer) (float) (string)]) @chosen
"""


@cache
def _query() -> Query:
    return Query(Language(tree_sitter_python.language()), _CANDIDATES)


@cache
def _marks() -> tuple[bytes, ...]:
    """Pieces of text at which data is used, a request answered or a value converted, in bytes."""
    return tuple(sorted(word.encode() for word in words("python", "candidates")))


@cache
def _guards() -> re.Pattern[str]:
    return re.compile(table("python_web")["guards"])


class Definitions:
    """The parts of a module, as far as they are to be read."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.imports: list[Node] = []
        self.parts: list[Node] = []
        # The names that the module gives a value to, and how often.
        self.names: Counter[str] = Counter()
        self._candidates = self._found()
        self._look(source.root.named_children)
        for found in _GLOBAL.finditer(source.content):
            for name in found.group(1).decode("utf-8", "replace").split(","):
                if name.strip() in self.names:
                    self.names[name.strip()] += 1

    def _found(self) -> list[int]:
        """Where something stands that may state a rule, in order."""
        places: set[int] = set()
        for kind, nodes in QueryCursor(_query()).captures(self._source.root).items():
            for node in nodes:
                if kind == "number" and node.text in _COUNTING:
                    continue
                if kind == "refused" and node.type == "return_statement" and not self._answers(node):
                    continue
                places.add(node.start_byte)
        content = self._source.content
        for mark in _marks():
            position = content.find(mark)
            while position >= 0:
                places.add(position)
                position = content.find(mark, position + 1)
        return sorted(places)

    def _answers(self, node: Node) -> bool:
        """Whether a branch gives back something that may be a refusal or a case: a literal, an object, an answer."""
        value = node.named_children[0] if node.named_children else None
        if value is None:
            return False
        if value.type in ("string", "integer", "float", "false", "true", "dictionary", "expression_list", "tuple"):
            return True
        return value.type == "call" and _REFUSING.search(value.text or b"") is not None

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
            elif kind in _DEFINED:
                name = self._named(node)
                if name is not None:
                    self.names[self._source.raw(name)] += 1
                    self.parts.append(node)
            elif kind not in ("comment", "ERROR", "future_import_statement", "pass_statement"):
                self.parts.append(node)

    def _inside(self, node: Node) -> None:
        """The names of a branch of the module; its imports are read with it."""
        for child in node.named_children:
            if child.type == "expression_statement":
                self._assigned(child)
            elif child.type in _DEFINED:
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
        """Whether a statement of the module is more than a text or a bare name, and no table of data."""
        if node.end_point[0] - node.start_point[0] > _LONGEST_TABLE:
            return False
        return any(child.type not in _SILENT for child in node.named_children)

    def _named(self, node: Node) -> Node | None:
        return self.inner(node).child_by_field_name("name")

    def inner(self, node: Node) -> Node:
        """A definition without its decorators."""
        found = node.child_by_field_name("definition") if node.type == "decorated_definition" else None
        return found if found is not None else node

    def name_of(self, node: Node) -> str:
        """What a definition is called."""
        name = self._named(node)
        return self._source.raw(name) if name is not None else ""

    def is_class(self, node: Node) -> bool:
        """Whether a definition is a class."""
        return self.inner(node).type == "class_definition"

    def is_function(self, node: Node) -> bool:
        """Whether a part of the module is a function."""
        return self.inner(node).type == "function_definition"

    def is_static(self, node: Node) -> bool:
        """Whether a method has nothing to do with its object."""
        return any(self._source.raw(child) == "@staticmethod" for child in node.named_children[:-1])

    def holds(self, node: Node, method: bool = False) -> bool:
        """Whether a function is read whole: it answers somebody, is decorated, or its parameters say more."""
        inner = self.inner(node)
        body, listed = inner.child_by_field_name("body"), inner.child_by_field_name("parameters")
        if body is None or listed is None:
            return False
        if node.type == "decorated_definition" and not all(map(self._idle, node.named_children[:-1])):
            return True
        if self._entered(inner, listed, method):
            return True
        return _SAYING.search(listed.text or b"") is not None

    def between(self, start: int, end: int) -> bool:
        """Whether something that may state a rule stands in a piece of the file."""
        index = bisect.bisect_left(self._candidates, start)
        return index < len(self._candidates) and self._candidates[index] < end

    def _idle(self, decorator: Node) -> bool:
        name = self._source.raw(decorator).lstrip("@").split("(", 1)[0].strip()
        last = name.rsplit(".", 1)[-1]
        routed = "." in name and last in table("python_web")["methods"]
        listed = last in words("python_web", "markers") or last in words("python_web", "class_guards")
        return decorator.type == "comment" or not (routed or listed or _guards().match(last))

    def _entered(self, inner: Node, listed: Node, method: bool) -> bool:
        """Whether a platform, or the class around it, may call a function for a request."""
        name = self.name_of(inner)
        if method and name in table("python_web")["answering"]:
            return True
        first = listed.named_children[1 if method else 0 :][:1]
        text = self._source.raw(first[0]).split(":", 1)[0].strip() if first else ""
        return text in words("python_web", "events") or text in words("python_web", "requests")

    def methods(self, node: Node) -> list[Node]:
        """The methods of a class."""
        body = self.inner(node).child_by_field_name("body")
        return [child for child in body.named_children if self.is_function(child)] if body is not None else []

    def refusing(self) -> Iterator[tuple[Node, str]]:
        """The functions of the module that may do nothing but refuse: short, and with something raised or aborted."""
        for node in self.parts:
            if node.type != "function_definition" or node.end_point[0] - node.start_point[0] > _SHORT:
                continue
            text = self._source.content[node.start_byte : node.end_byte]
            if _REFUSING.search(text) and not _BRANCHING.search(text):
                yield node, self.name_of(node)


def _names(target: Node) -> Iterator[Node]:
    if target.type == "identifier":
        yield target
    elif target.type in ("pattern_list", "tuple_pattern", "list_pattern"):
        for child in target.named_children:
            yield from _names(child)
