"""Parses access rules: services, matches, what they allow, and the functions between them."""

import re

import msgspec

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*[\s\S]*?\*/)
    |(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<word>[A-Za-z_]\w*)
    |(?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,;(){}\[\]=$])""",
    re.VERBOSE,
)
_LEVELS = (("||",), ("&&",), ("==", "!="), ("<", "<=", ">", ">=", "in", "is"), ("+", "-"), ("*", "/", "%"))
_PATH = re.compile(r"(?:/(?:\{[^}]*\}|\$\([^()]*(?:\([^()]*\)[^()]*)*\)|[\w.-]+))+/?")


class Node(msgspec.Struct, frozen=True):
    """A piece of an expression.

    `kind`: name, member, call, index, infix, prefix, choice, text, number, list, map or path.
    """

    kind: str
    start: int
    end: int
    text: str = ""
    parts: tuple["Node", ...] = ()


class Function(msgspec.Struct, frozen=True):
    """A function: its parameters, the names it sets, and what it returns."""

    name: str
    parameters: tuple[str, ...]
    names: tuple[tuple[str, Node], ...]
    result: Node


class Allow(msgspec.Struct, frozen=True):
    """`allow read, write: if condition;`"""

    verbs: tuple[str, ...]
    condition: Node | None
    start: int
    end: int


class Match(msgspec.Struct):
    """`match /orders/{id} { … }`, with what stands inside."""

    path: str
    start: int
    allows: list[Allow] = []
    functions: list[Function] = []
    matches: list["Match"] = []


class Trouble(Exception):
    """The text is not what the rules' language has there."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class Parser:
    """Reads one file from left to right; what cannot be read is left out as a whole statement."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.trouble: list[int] = []

    def services(self) -> list[tuple[str, Match]]:
        """The services of the file, each as a match around everything."""
        found = []
        while self._peek():
            if self._peek() == "service":
                start = self.position
                self._next()
                name = self._until("{").strip()
                whole = Match("", start)
                self._block(whole)
                found.append((name, whole))
            else:
                self._next()
        return found

    # Statements ------------------------------------------------------------------------------------------

    def _block(self, into: Match) -> None:
        self._expect("{")
        while (word := self._peek()) and word != "}":
            before = self.position
            try:
                self._statement(word, into)
            except Trouble as trouble:
                self.trouble.append(trouble.offset)
                self._recover(before)
        if self._peek() == "}":
            self._next()

    def _statement(self, word: str, into: Match) -> None:
        if word == "match":
            into.matches.append(self._match())
        elif word == "allow":
            into.allows.append(self._allow())
        elif word == "function":
            into.functions.append(self._function())
        else:
            raise Trouble(self.position)

    def _match(self) -> Match:
        start = self._skip()
        self._next()
        self._skip()
        found = _PATH.match(self.text, self.position)
        if found is None:
            raise Trouble(self.position)
        self.position = found.end()
        made = Match(found.group(), start)
        self._block(made)
        return made

    def _allow(self) -> Allow:
        start = self._skip()
        self._next()
        verbs = [self._word()]
        while self._peek() == ",":
            self._next()
            verbs.append(self._word())
        condition = None
        if self._peek() == ":":
            self._next()
            if self._peek() == "if":
                self._next()
            condition = self.expression()
        end = self.position
        if self._peek() == ";":
            self._next()
            end = self.position
        elif self._peek() not in ("}", "allow", "match", "function"):
            raise Trouble(self.position)
        return Allow(tuple(verbs), condition, start, end)

    def _function(self) -> Function:
        self._next()
        name = self._word()
        self._expect("(")
        parameters = []
        while self._peek() not in (")", ""):
            parameters.append(self._word())
            if self._peek() == ",":
                self._next()
        self._expect(")")
        self._expect("{")
        names: list[tuple[str, Node]] = []
        while self._peek() == "let":
            self._next()
            label = self._word()
            self._expect("=")
            names.append((label, self.expression()))
            self._expect(";")
        if self._peek() != "return":
            raise Trouble(self.position)
        self._next()
        result = self.expression()
        if self._peek() == ";":
            self._next()
        self._expect("}")
        return Function(name, tuple(parameters), tuple(names), result)

    # Expressions -----------------------------------------------------------------------------------------

    def expression(self) -> Node:
        """A whole expression, with its choice."""
        test = self._level(0)
        if self._peek() != "?":
            return test
        self._next()
        chosen = self.expression()
        self._expect(":")
        other = self.expression()
        return Node("choice", test.start, other.end, "", (test, chosen, other))

    def _level(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._prefix()
        left = self._level(level + 1)
        while self._peek() in _LEVELS[level]:
            sign = self._next()
            right = self._level(level + 1)
            left = Node("infix", left.start, right.end, sign, (left, right))
        return left

    def _prefix(self) -> Node:
        if self._peek() in ("!", "-"):
            start = self._skip()
            sign = self._next()
            inner = self._prefix()
            return Node("prefix", start, inner.end, sign, (inner,))
        return self._postfix(self._primary())

    def _postfix(self, node: Node) -> Node:
        while self._peek() in (".", "[", "("):
            sign = self._next()
            if sign == ".":
                name = self._word()
                node = Node("member", node.start, self.position, name, (node,))
            elif sign == "[":
                inner = self.expression()
                self._expect("]")
                node = Node("index", node.start, self.position, "", (node, inner))
            else:
                given = self._list(")")
                node = Node("call", node.start, self.position, "", (node, *given))
        return node

    def _primary(self) -> Node:
        start = self._skip()
        if self.text.startswith("/", start):
            found = _PATH.match(self.text, start)
            if found is None:
                raise Trouble(start)
            self.position = found.end()
            return Node("path", start, found.end(), found.group())
        kind, text = self._token()
        if text == "(":
            inner = self.expression()
            self._expect(")")
            return inner
        if text == "[":
            given = self._list("]")
            return Node("list", start, self.position, "", tuple(given))
        if text == "{":
            return self._map(start)
        if kind in ("text", "number", "word"):
            return Node("name" if kind == "word" else kind, start, self.position, text)
        self.position = start
        raise Trouble(start)

    def _list(self, end: str) -> list[Node]:
        given = []
        while self._peek() not in (end, ""):
            given.append(self.expression())
            if self._peek() == ",":
                self._next()
        self._expect(end)
        return given

    def _map(self, start: int) -> Node:
        given = []
        while self._peek() not in ("}", ""):
            given.append(self.expression())
            self._expect(":")
            given.append(self.expression())
            if self._peek() == ",":
                self._next()
        self._expect("}")
        return Node("map", start, self.position, "", tuple(given))

    # Tokens ----------------------------------------------------------------------------------------------

    def _skip(self) -> int:
        while (found := _TOKEN.match(self.text, self.position)) and found.lastgroup == "space":
            self.position = found.end()
        return self.position

    def _token(self) -> tuple[str, str]:
        self._skip()
        found = _TOKEN.match(self.text, self.position)
        if found is None:
            if self.position < len(self.text):
                self.position += 1
            return "", ""
        self.position = found.end()
        return str(found.lastgroup), found.group()

    def _peek(self) -> str:
        before = self._skip()
        _, text = self._token()
        self.position = before
        if not text and before < len(self.text):
            return self.text[before]
        return text

    def _next(self) -> str:
        return self._token()[1]

    def _word(self) -> str:
        kind, text = self._token()
        if kind != "word":
            raise Trouble(self.position)
        return text

    def _expect(self, sign: str) -> None:
        if self._peek() != sign:
            raise Trouble(self.position)
        self._next()

    def _until(self, sign: str) -> str:
        end = self.text.find(sign, self.position)
        end = len(self.text) if end < 0 else end
        found, self.position = self.text[self.position : end], end
        return found

    def _recover(self, before: int) -> None:
        """Goes on behind the statement that was not read."""
        self.position = max(self.position, before + 1)
        depth = 0
        while text := self._peek():
            if depth == 0 and text == "}":
                return
            self._next()
            depth += (text == "{") - (text == "}")
            if depth == 0 and text in (";", "}"):
                return
