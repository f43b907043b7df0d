"""Regular expressions of the dialects read into one small tree; what is beyond regular languages is refused."""

import re
from dataclasses import dataclass

from archlint.algebra import characters
from archlint.algebra.characters import CharSet

LARGEST_REPEAT = 1000
_QUANTIFIER = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}
_LOOKS = {"(?=": False, "(?!": True}


class Unsupported(Exception):
    """The pattern uses something whose meaning is not a regular language here."""


@dataclass(frozen=True, slots=True)
class Chars:
    """One character of a set."""

    chars: CharSet


@dataclass(frozen=True, slots=True)
class Sequence:
    """Parts one after the other."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part `low` to `high` times (None: without end)."""

    part: "Node"
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Anchor:
    """The start or the end of the text."""

    end: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What follows here must match (or must not)."""

    part: "Node"
    negated: bool


Node = Chars | Sequence | Choice | Repeat | Anchor | Look
NOTHING = Sequence(())


@dataclass(frozen=True, slots=True)
class Regex:
    """A pattern as trees to search in a text, (tree, negated), all of which must hold."""

    parts: tuple[tuple[Node, bool], ...]
    ascii_only: bool


def literal(text: str, fold: bool) -> Node:
    """The tree of one word, from the start to the end of the text."""
    chars = (characters.of(char) for char in text)
    parts = tuple(Chars(characters.any_case(item) if fold else item) for item in chars)
    return Sequence((Anchor(False), *parts, Anchor(True)))


def read(source: str, flags: str, dialect: str) -> Regex:
    """The tree of a pattern of one of the dialects javascript, postgresql and like."""
    if set(flags) - set("gimsudn"):
        raise Unsupported(f"flags {flags}")
    if dialect == "like":
        return _like(source, "i" in flags)
    if dialect not in ("javascript", "postgresql", "python", ""):
        raise Unsupported(f"dialect {dialect}")
    reader = _Reader(source, flags, dialect)
    node = reader.all()
    return Regex(tuple(_without_looks(node)), reader.ascii_only)


def _like(source: str, fold: bool) -> Regex:
    parts: list[Node] = [Anchor(False)]
    position = 0
    while position < len(source):
        char = source[position]
        if char == "%":
            parts.append(Repeat(Chars(characters.ANY), 0, None))
        elif char == "_":
            parts.append(Chars(characters.ANY))
        else:
            if char == "\\":
                position += 1
                if position >= len(source):
                    raise Unsupported("escape at the end")
                char = source[position]
            chars = characters.of(char)
            parts.append(Chars(characters.any_case(chars) if fold else chars))
        position += 1
    return Regex(((Sequence((*parts, Anchor(True))), False),), fold)


def _without_looks(node: Node) -> list[tuple[Node, bool]]:
    """Lookaheads at the start of an anchored pattern become trees of their own."""
    if not isinstance(node, Sequence) or not any(isinstance(part, Look) for part in node.parts):
        if _has_look(node):
            raise Unsupported("lookahead inside")
        return [(node, False)]
    if node.parts[0] != Anchor(False):
        raise Unsupported("lookahead without anchor")
    looks: list[tuple[Node, bool]] = []
    rest: list[Node] = [node.parts[0]]
    for part in node.parts[1:]:
        if isinstance(part, Look) and len(rest) == 1:
            looks.append((Sequence((Anchor(False), part.part)), part.negated))
        else:
            rest.append(part)
    found = [*looks, (Sequence(tuple(rest)), False)]
    if any(_has_look(tree) for tree, _ in found):
        raise Unsupported("lookahead inside")
    return found


def _has_look(node: Node) -> bool:
    if isinstance(node, (Sequence, Choice)):
        return any(_has_look(part) for part in node.parts)
    return _has_look(node.part) if isinstance(node, Repeat) else isinstance(node, Look)


class _Reader:
    """A recursive-descent reader of one pattern."""

    def __init__(self, source: str, flags: str, dialect: str) -> None:
        self._source = source
        self._at = 0
        self._postgres = dialect == "postgresql"
        self._python = dialect == "python"
        self._fold = "i" in flags
        self._dot = characters.ANY if self._postgres or "s" in flags else characters.NO_LINE_END
        self._unicode = "u" in flags
        self.ascii_only = self._fold

    def all(self) -> Node:
        """The whole pattern."""
        if self._python and (found := re.match(r"\(\?([a-z]+)\)", self._source)):
            if found[1] != "i":
                raise Unsupported("embedded options")
            self._fold = self.ascii_only = True
            self._at = found.end()
        if self._postgres and (found := re.match(r"\(\?([a-z]+)\)", self._source)):
            if set(found[1]) - {"i", "c", "n", "s", "p", "w"}:
                raise Unsupported("embedded options")
            self._fold = self.ascii_only = "i" in found[1]
            self._at = found.end()
        if self._postgres and self._source.startswith("***"):
            raise Unsupported("director")
        node = self._choice()
        if self._at < len(self._source):
            raise Unsupported("unbalanced parenthesis")
        return node

    def _peek(self) -> str:
        return self._source[self._at] if self._at < len(self._source) else ""

    def _next(self) -> str:
        char = self._peek()
        if not char:
            raise Unsupported("unexpected end")
        self._at += 1
        return char

    def _taken(self, text: str) -> bool:
        if self._source.startswith(text, self._at):
            self._at += len(text)
            return True
        return False

    def _choice(self) -> Node:
        parts = [self._sequence()]
        while self._taken("|"):
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._peek() and self._peek() not in "|)":
            parts.append(self._repeated())
        return parts[0] if len(parts) == 1 and not isinstance(parts[0], Look) else Sequence(tuple(parts))

    def _repeated(self) -> Node:
        node = self._single()
        while True:
            bounds = self._quantifier()
            if bounds is None:
                return node
            if isinstance(node, (Anchor, Look)):
                raise Unsupported("repeated assertion")
            low, high = bounds
            if max(low, high or 0) > LARGEST_REPEAT or (high is not None and high < low):
                raise Unsupported("repetition too large")
            node = Repeat(node, low, high)
            if not self._taken("?") and self._peek() == "+":
                raise Unsupported("possessive repetition")

    def _quantifier(self) -> tuple[int, int | None] | None:
        simple = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(self._peek())
        if simple is not None:
            self._at += 1
            return simple
        found = _QUANTIFIER.match(self._source, self._at)
        if found is None:
            return None
        self._at = found.end()
        low = int(found[1])
        if not found[2]:
            return low, low
        return low, int(found[3]) if found[3] else None

    def _single(self) -> Node:
        for opening, negated in _LOOKS.items():
            if self._taken(opening):
                return Look(self._closed(), negated)
        char = self._next()
        if char == "(":
            return self._group()
        if char == "[":
            return self._chars(self._bracket())
        if char == ".":
            return Chars(self._dot)
        if char in "^$":
            return Anchor(char == "$")
        if char == "\\":
            return self._escape()
        if char in "*+?" or (char == "{" and (self._unicode or self._postgres)):
            raise Unsupported("nothing to repeat")
        return self._chars(characters.of(char))

    def _group(self) -> Node:
        if self._taken("?") and not self._taken(":"):
            named = r"P<\w+>" if self._python else r"<[A-Za-z_$][\w$]*>"
            name = re.match(named, self._source[self._at :])
            if name is None:
                raise Unsupported("special group")
            self._at += name.end()
        return self._closed()

    def _closed(self) -> Node:
        node = self._choice()
        if self._next() != ")":
            raise Unsupported("unbalanced parenthesis")
        return node

    def _chars(self, chars: CharSet) -> Chars:
        return Chars(characters.any_case(chars) if self._fold else chars)

    def _escape(self) -> Node:
        char = self._next()
        if (self._postgres or self._python) and char in "AZ":
            return Anchor(char == "Z")
        chars = self._class_escape(char)
        return self._chars(characters.of(self._char_escape(char)) if chars is None else chars)

    def _class_escape(self, char: str) -> CharSet | None:
        known = {"d": characters.DIGITS, "w": characters.WORD, "s": characters.SPACE}.get(char.lower())
        if known is None:
            return None
        self.ascii_only |= self._postgres or self._python
        return known if char.islower() else characters.inverse(known)

    def _char_escape(self, char: str) -> str:
        if char in _CONTROL:
            return _CONTROL[char]
        if char in "xu" and not (self._postgres and char == "x"):
            digits = 2 if char == "x" else 4
            found = re.match(rf"[0-9A-Fa-f]{{{digits}}}", self._source[self._at :])
            if found is None and char == "u" and self._unicode:
                found = re.match(r"\{([0-9A-Fa-f]{1,6})\}", self._source[self._at :])
            if found is None:
                raise Unsupported("escape")
            self._at += found.end()
            return chr(min(int(found[0].strip("{}"), 16), characters.LAST))
        if char.isalnum():
            raise Unsupported(f"escape {char}")
        return char

    def _bracket(self) -> CharSet:
        negated = self._taken("^")
        ranges: list[tuple[int, int]] = []
        first = True
        while not (self._peek() == "]" and not (first and (self._postgres or self._python))):
            first = False
            chars = self._member()
            if len(chars) == 1 and chars[0][0] == chars[0][1] and self._ranges_on():
                self._at += 1
                end = self._member()
                if len(end) != 1 or end[0][0] != end[0][1] or end[0][0] < chars[0][0]:
                    raise Unsupported("range")
                chars = ((chars[0][0], end[0][0]),)
            ranges.extend(chars)
        self._at += 1
        chars = characters.normal(ranges)
        if self._fold:
            chars = characters.any_case(chars)
        return characters.inverse(chars) if negated else chars

    def _ranges_on(self) -> bool:
        return self._peek() == "-" and self._source[self._at + 1 : self._at + 2] not in ("]", "")

    def _member(self) -> CharSet:
        char = self._next()
        if char == "[" and self._postgres and self._peek() in ":.=":
            found = re.match(r":(\w+):\]", self._source[self._at :])
            if found is None or found[1] not in characters.POSIX:
                raise Unsupported("bracket expression")
            self._at += found.end()
            self.ascii_only = True
            return characters.POSIX[found[1]]
        if char != "\\":
            return characters.of(char)
        char = self._next()
        if char == "b":
            return characters.of("\b")
        chars = self._class_escape(char)
        return characters.of(self._char_escape(char)) if chars is None else chars
