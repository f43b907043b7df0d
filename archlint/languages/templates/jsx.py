"""Writes elements of a template as elements of JSX."""

import json
import re

from archlint.languages.templates.draft import Draft
from archlint.languages.templates.markup import Attribute, Code, Element, Words
from archlint.languages.templates.names import pascal
from archlint.languages.templates.script import balanced

_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|#39|#x27|#34|nbsp);")
_AMPERSAND = re.compile(r"&(?!(?:\w+|#\d+|#x[\da-fA-F]+);)")
_ENTITIES = {
    "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&#39;": "'", "&#x27;": "'", "&#34;": '"',
    "&nbsp;": " ",
}  # fmt: skip
_UNSAFE = re.compile(r"[{}<>&\ufffc]+")
_LABEL = re.compile(r"[A-Za-z_$][\w$-]*(?::[A-Za-z_$][\w$-]*)?")
_TAG = re.compile(r"[A-Za-z_$][\w$.]*")
_PATH = re.compile(r"\s*[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*|\[(?:'[^']*'|\d+)\])*\s*")
_FUNCTION = re.compile(r"\s*(?:async\s*)?(?:\([^)]*\)|[A-Za-z_$][\w$]*)\s*=>|\s*(?:async\s+)?function\b")
# They decide how something looks, or only name a place in the page.
SILENT = frozenset(
    {"class", "style", "id", "key", "slot", "ref", "role", "tabindex", "for", "alt", "src", "href", "is"}
)
_SILENT = re.compile(r"^(?:data|aria)-")
# What no rule stands in.
DRAWN = frozenset({"svg", "style", "script", "noscript", "canvas", "iframe", "video", "audio"})


class Writer:
    """Writes JSX for the nodes of one template."""

    def __init__(self, draft: Draft, left_out: str = "") -> None:
        """`left_out` is a pattern of what a kind of template writes in its expressions and code does not know."""
        self.draft = draft
        self.source = draft.source
        self._rewritten = re.compile(f"{_ENTITY.pattern}|{left_out}") if left_out else _ENTITY

    def tag(self, element: Element) -> str:
        """What an element is called in JSX: native ones as they are, the team's own in their code's style."""
        name = element.name.replace(":", ".")
        if "-" in name or (name[:1].islower() and "." in name):
            return pascal(name)
        return name if _TAG.fullmatch(name) else "div"

    # Pieces ----------------------------------------------------------------------------------------------

    def usable(self, start: int, end: int) -> bool:
        """Whether an expression can stand in JSX without tearing down what is around it."""
        text = self.source[start:end].strip()
        if start in self.draft.dropped or not text:
            return False
        if text.startswith(("{{", "{%", "<%")):
            self.draft.broken.append((start, "an expression that the server puts in is not read"))
            return False
        if balanced(self.source, start, end):
            self.draft.expressions.append((start, end))
            return True
        self.draft.broken.append((start, "an expression is not read (brackets or quotes do not match)"))
        return False

    def expression(self, start: int, end: int) -> None:
        """An expression of the file; what markup writes for `<` and quotes is read as what it means."""
        position = start
        for found in self._rewritten.finditer(self.source, start, end):
            self.draft.copy(position, found.start())
            self.draft.put(_ENTITIES.get(found.group(), ""), found.start(), found.end())
            position = found.end()
        self.draft.copy(position, end)

    def code(self, code: Code, at: int) -> None:
        """Pieces of the file with texts of our own between them."""
        at = next((piece[0] for piece in code if not isinstance(piece, str)), at)
        for piece in code:
            if isinstance(piece, str):
                self.draft.put(piece, at)
            else:
                self.expression(*piece)
                at = piece[1]

    def sound(self, *codes: Code) -> bool:
        """Whether every stretch of some pieces of code can be used."""
        return all(self.usable(*piece) for code in codes for piece in code if not isinstance(piece, str))

    def child(self, start: int, end: int) -> None:
        """An expression between elements."""
        if self.usable(start, end):
            self.draft.put("{", start)
            self.expression(start, end)
            self.draft.put("}", end)

    def words(self, node: Words) -> None:
        """Plain text, without the marks that mean something in JSX."""
        position = node.start
        for found in _UNSAFE.finditer(self.source, node.start, node.end):
            self.draft.copy(position, found.start())
            self.draft.put(" ", found.start(), found.end())
            position = found.end()
        self.draft.copy(position, node.end)

    # Attributes ------------------------------------------------------------------------------------------

    def text(self, attribute: Attribute) -> None:
        """An attribute as it stands; those that only say how things look are left out."""
        name = attribute.name
        if name in SILENT or _SILENT.match(name) or not _LABEL.fullmatch(name):
            return
        self.draft.put(" ", attribute.start)
        self.draft.copy(attribute.start, attribute.start + len(name))
        if attribute.value is None:
            return
        start, end = attribute.value
        if _AMPERSAND.search(self.source, start, end):
            # JSX takes a bare ampersand for the begin of an entity.
            self.draft.put(f"={{{json.dumps(self.source[start:end])}}}", attribute.start + len(name), attribute.end)
            return
        mark = "'" if '"' in self.source[start:end] else '"'
        if mark == "'" and "'" in self.source[start:end]:
            return
        self.draft.put(f"={mark}", attribute.start + len(name), start)
        self.expression(start, end)
        self.draft.put(mark, end, attribute.end)

    def bound(self, label: str, attribute: Attribute, start: int, end: int) -> None:
        """An attribute whose value is an expression."""
        if not _LABEL.fullmatch(label) or label in SILENT - {"class", "style"} or not self.usable(start, end):
            return
        # The grammar of JavaScript takes the bare word for the keyword.
        label = "className" if label == "class" else label
        self.draft.put(f" {label}={{", attribute.start, start)
        self.expression(start, end)
        self.draft.put("}", end, attribute.end)

    def spread(self, attribute: Attribute, start: int, end: int) -> None:
        """All members of an object as attributes."""
        if self.usable(start, end):
            self.draft.put(" {...(", attribute.start, start)
            self.expression(start, end)
            self.draft.put(")}", end, attribute.end)

    def handler(self, label: str, attribute: Attribute, start: int, end: int) -> None:
        """What an event starts: a function, or statements."""
        if not _LABEL.fullmatch(label) or not self.usable(start, end):
            return
        text = self.source[start:end]
        if _PATH.fullmatch(text) or _FUNCTION.match(text):
            self.bound(label, attribute, start, end)
            return
        self.draft.put(f" {label}={{($event) => {{ ", attribute.start, start)
        self.expression(start, end)
        self.draft.put(" }}", end, attribute.end)

    def edits(self, label: str, attribute: Attribute, start: int, end: int, event: str = "onChange") -> None:
        """A value that a field shows and changes."""
        if not self.usable(start, end):
            return
        self.draft.put(f" {label}={{", attribute.start, start)
        self.expression(start, end)
        self.draft.put("}", end, attribute.end)
        if _PATH.fullmatch(self.source[start:end]):
            self.draft.put(f" {event}={{($event) => {{ ", attribute.start, start)
            self.expression(start, end)
            self.draft.put(" = $event }}", end, attribute.end)


def event_name(name: str) -> str:
    """`row-click` as `onRowClick`."""
    head, _, rest = name.partition(":")
    label = f"on{pascal(head)}" if "-" in head else f"on{head[:1].upper()}{head[1:]}"
    return f"{label}:{rest}" if rest else label
