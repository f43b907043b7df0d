"""Scans markup of any kind into elements, texts and holes; nothing in it is ever an error that loses the rest."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

_VOID = frozenset(
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
    }
)  # fmt: skip
_RAW = frozenset({"script", "style"})
# Elements whose end tag may be left out where the next of their kind begins.
_REPEATED = frozenset({"li", "option", "p", "td", "th", "tr", "dt", "dd", "optgroup"})
_LOOSE = _REPEATED | frozenset({"html", "head", "body", "thead", "tbody", "tfoot", "colgroup"})
_NAME = re.compile(r"[A-Za-z][^\s/>]*")
_LABEL = re.compile(r"[^\s\"'<>/=]+")
_BARE = re.compile(r"[^\s\"'=<>`]+")
_SPACE = re.compile(r"[\s/]*")
# Of an expression or a mark that begins at an offset: where its content lies, and where it ends; None where it is none.
Hole = Callable[[str, int], tuple[int, int, int] | None]


@dataclass
class Attribute:
    """An attribute: its name, and where it and its value stand; `value` is None where it has none."""

    name: str
    start: int
    end: int
    value: tuple[int, int] | None = None
    braced: bool = False


@dataclass
class Words:
    """Plain text."""

    start: int
    end: int


@dataclass
class Insert:
    """An expression in the text: `{{ price }}`. `start` and `end` are those of the expression."""

    start: int
    end: int
    outer: tuple[int, int]


@dataclass
class Element:
    """An element with its attributes and what stands in it."""

    name: str
    start: int
    attributes: list[Attribute]
    children: "list[Node]" = field(default_factory=list)
    content: tuple[int, int] = (0, 0)
    end: int = 0
    closed: bool = False

    def get(self, *names: str) -> Attribute | None:
        """The first attribute of one of these names."""
        return next((item for item in self.attributes if item.name in names), None)

    def text(self, source: str, name: str) -> str:
        """The value of an attribute as it is written; empty where there is none."""
        found = self.get(name)
        return source[slice(*found.value)] if found is not None and found.value is not None else ""


# A piece of code: stretches of the file, and texts of our own between them.
Code = tuple["str | tuple[int, int]", ...]


@dataclass
class Choice:
    """The first branch whose condition holds is drawn; the last may have none."""

    branches: list[tuple[Code | None, "list[Node]"]]
    start: int
    end: int


@dataclass
class Loop:
    """Drawn once for each element of a list, under names of their own."""

    names: Code
    source: Code
    body: "list[Node]"
    start: int
    end: int


@dataclass
class Given:
    """Drawn by somebody else, who gives values for names."""

    names: Code
    body: "list[Node]"
    start: int
    end: int


Node = Element | Words | Insert | Choice | Loop | Given


class Scan:
    """One pass over a text. `marks` is a pattern of what `hole` is asked about; `braced`: attributes hold `{…}` too."""

    def __init__(self, source: str, marks: str, hole: Hole, braced: bool = False) -> None:
        self._source = source
        self._hole = hole
        self._braced = braced
        self.unclosed: list[tuple[int, str]] = []
        self._next = re.compile(rf"<!--|</|<!|<\?|<(?=[A-Za-z])|{marks}")

    def read(self, start: int = 0, end: int | None = None) -> list[Node]:
        """The nodes of a stretch."""
        source, limit = self._source, len(self._source) if end is None else end
        root = Element("", start, [])
        stack = [root]
        position = start
        while position < limit:
            found = self._next.search(source, position, limit)
            at = found.start() if found else limit
            if at > position:
                stack[-1].children.append(Words(position, at))
            if found is None:
                break
            position = self._one(found.group(), at, limit, stack)
        for open_ in stack[1:]:
            open_.end = limit
            open_.content = (open_.content[0], limit)
            self._missing(open_)
        return root.children

    def _one(self, mark: str, at: int, limit: int, stack: list[Element]) -> int:
        source = self._source
        if mark == "<!--":
            return _after(source, "-->", at + 4, limit)
        if mark in ("<!", "<?"):
            return _after(source, ">", at, limit)
        if mark == "</":
            return self._close(at, limit, stack)
        if mark == "<":
            return self._open(at, limit, stack)
        hole = self._hole(source, at)
        if hole is None:
            stack[-1].children.append(Words(at, at + 1))
            return at + 1
        stack[-1].children.append(Insert(hole[0], hole[1], (at, hole[2])))
        return hole[2]

    def _close(self, at: int, limit: int, stack: list[Element]) -> int:
        found = _NAME.match(self._source, at + 2, limit)
        behind = _after(self._source, ">", at, limit)
        name = found.group() if found else ""
        for index in range(len(stack) - 1, 0, -1):
            if stack[index].name == name:
                for open_ in stack[index + 1 :]:
                    open_.end, open_.content = at, (open_.content[0], at)
                    self._missing(open_)
                closed = stack[index]
                closed.end, closed.content, closed.closed = behind, (closed.content[0], at), True
                del stack[index:]
                break
        return behind

    def _missing(self, element: Element) -> None:
        if element.name not in _LOOSE:
            self.unclosed.append((element.start, element.name))

    def _open(self, at: int, limit: int, stack: list[Element]) -> int:
        source = self._source
        found = _NAME.match(source, at + 1, limit)
        if found is None:
            return at + 1
        element = Element(found.group(), at, [])
        position = self._attributes(element, found.end(), limit)
        if element.name in _REPEATED and stack[-1].name == element.name:
            stack[-1].end, stack[-1].content = at, (stack[-1].content[0], at)
            stack.pop()
        stack[-1].children.append(element)
        slashed = source.startswith("/>", position - 2) and position - 2 >= found.end()
        element.content, element.end = (position, position), position
        if slashed or element.name in _VOID:
            element.closed = True
            return position
        if element.name in _RAW:
            stop = re.compile(rf"</{element.name}\s*>", re.IGNORECASE).search(source, position, limit)
            if stop is None:
                self._missing(element)
            element.content = (position, stop.start() if stop else limit)
            element.end, element.closed = (stop.end() if stop else limit), stop is not None
            return element.end
        stack.append(element)
        return position

    def _attributes(self, element: Element, position: int, limit: int) -> int:
        source = self._source
        while position < limit:
            position = _space(source, position, limit)
            mark = source[position : position + 1]
            if mark == ">":
                return position + 1
            if mark in ("", "<"):
                # Half-written: the next element begins before this one's tag has ended.
                return position
            if mark == "{" and self._braced:
                hole = self._hole(source, position)
                if hole is None:
                    position += 1
                    continue
                element.attributes.append(Attribute("", position, hole[2], (hole[0], hole[1]), True))
                position = hole[2]
                continue
            found = _LABEL.match(source, position, limit)
            if found is None:
                position += 1
                continue
            position = self._valued(element, found.group(), found.start(), found.end(), limit)
        return limit

    def _valued(self, element: Element, name: str, start: int, position: int, limit: int) -> int:
        source = self._source
        equals = re.compile(r"\s*=\s*").match(source, position, limit)
        if equals is None:
            element.attributes.append(Attribute(name, start, position))
            return position
        position = equals.end()
        mark = source[position : position + 1]
        if mark in ("'", '"') and mark:
            stop = source.find(mark, position + 1, limit)
            stop = limit if stop < 0 else stop
            element.attributes.append(Attribute(name, start, min(stop + 1, limit), (position + 1, stop)))
            return min(stop + 1, limit)
        if mark == "{" and self._braced and (hole := self._hole(source, position)):
            element.attributes.append(Attribute(name, start, hole[2], (hole[0], hole[1]), True))
            return hole[2]
        found = _BARE.match(source, position, limit)
        stop = found.end() if found else position
        element.attributes.append(Attribute(name, start, stop, (position, stop)))
        return max(stop, position)


def mustache(source: str, at: int) -> tuple[int, int, int] | None:
    """`{{ price }}`."""
    stop = source.find("}}", at + 2)
    return (at + 2, stop, stop + 2) if stop >= 0 and source.startswith("{{", at) else None


def _space(source: str, position: int, limit: int) -> int:
    found = _SPACE.match(source, position, limit)
    return found.end() if found else position


def _after(source: str, mark: str, position: int, limit: int) -> int:
    stop = source.find(mark, position, limit)
    return limit if stop < 0 else stop + len(mark)
