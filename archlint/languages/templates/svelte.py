"""Svelte components: their scripts stand as code, their markup is written as JSX."""

import re

from archlint.languages.templates.draft import Draft
from archlint.languages.templates.elements import Template
from archlint.languages.templates.jsx import event_name
from archlint.languages.templates.markup import Attribute, Choice, Code, Element, Given, Insert, Loop, Node, Scan
from archlint.languages.templates.names import of_file, route_of
from archlint.languages.templates.script import balanced, closing, marks
from archlint.languages.templates.vue import IMPORT

# A brace that nobody closes must not be looked for to the end of a long file.
_LONGEST = 20_000
_MOST = 20
_LOADING = ("+page.server", "+page")
_SCRIPT = re.compile(r"<!--[\s\S]*?-->|(?P<script><script\b[^>]*>[\s\S]*?(?:</script\s*>|\Z))")
_PROPERTY = re.compile(r"^(?P<space>[ \t]*)export\s+let\s+(?P<name>[A-Za-z_$][\w$]*)", re.MULTILINE)
_REACTIVE = re.compile(r"^[ \t]*\$:\s*(?P<name>[A-Za-z_$][\w$]*\s*=(?![=>]))?", re.MULTILINE)
_OPEN = re.compile(r"\s*([#:/@])(\w+)(?:\s+(if)\b)?\s*")
_EACH = re.compile(r"\s+as\s+")
_THEN = re.compile(r"\s+then\s+([A-Za-z_$][\w$]*|\{[^}]*\})\s*$")
_SNIPPET = re.compile(r"\s*[A-Za-z_$][\w$]*\s*\(")
_EVENT = re.compile(r"^(?:on:([A-Za-z][\w:-]*)(?:\|.*)?|on([a-z]+))$")
_BIND = re.compile(r"^bind:([A-Za-z]\w*)$")
_OTHER = re.compile(r"^(?:use|transition|in|out|animate|let|style):")
_SPREAD = re.compile(r"\s*\.\.\.\s*([A-Za-z_$][\w$]*)")
_ACTION = re.compile(r"^(?:\?/(\w+))?$")


def lower(path: str, draft: Draft) -> str:
    """Writes a whole component; gives the grammar of what was written."""
    source, position = draft.source, 0
    scan = Scan(source, r"\{", _Braces().hole, braced=True)
    shown: list[Node] = []
    scripts: list[Element] = []
    for found in _SCRIPT.finditer(source):
        if found.group("script") is not None:
            shown.extend(scan.read(position, found.start()))
            scripts.extend(node for node in scan.read(found.start(), found.end()) if isinstance(node, Element))
            position = found.end()
    shown.extend(scan.read(position))
    draft.broken.extend((start, f"the element <{name}> is not closed") for start, name in scan.unclosed)
    _write(path, draft, scripts, shown)
    return "tsx" if any(script.text(source, "lang") == "ts" for script in scripts) else "javascript"


class _Braces:
    """Finds the ends of braces; where many are never closed, the rest is taken for text."""

    def __init__(self) -> None:
        self._open = 0

    def hole(self, source: str, at: int) -> tuple[int, int, int] | None:
        """What stands in the braces that begin at an offset."""
        if self._open > _MOST:
            return None
        found = _hole(source, at)
        self._open += found is None
        return found


def _hole(source: str, at: int) -> tuple[int, int, int] | None:
    # The end of a block looks like the begin of a pattern.
    stop = (
        source.find("}", at) + 1
        if source.startswith("{/", at)
        else closing(source, at, min(len(source), at + _LONGEST))
    )
    return (at + 1, stop - 1, stop) if stop > 0 else None


def _write(path: str, draft: Draft, scripts: list[Element], shown: list[Node]) -> None:
    source = draft.source
    shared = [item for item in scripts if item.get("module") or item.text(source, "context") == "module"]
    own = [item for item in scripts if item not in shared]
    for script in shared:
        draft.copy(*script.content)
        draft.put("\n", script.content[1])
    imports = [found for script in own for found in IMPORT.finditer(source, *script.content)]
    for found in imports:
        draft.copy(*found.span())
        draft.put("\n", found.end())
    page = route_of(path) is not None
    if page:
        # What a page is given as its data, the functions beside it load.
        for number, module in enumerate(_LOADING):
            draft.put(f"import {{ load as __load{number} }} from './{module}';\n", 0)
    head = f"export default async function {of_file(path)}(__props) {{"
    whole = all(balanced(source, *script.content) for script in own)
    if page:
        head += "".join(f" __props.data = __load{number}();" for number in range(len(_LOADING)))
    if whole:
        draft.put(head, own[0].start if own else 0)
    for script in own:
        _code(draft, *script.content)
        draft.put("\n", script.content[1])
    if not whole:
        # An open bracket would swallow the markup; so the code stands alone, as far as it goes.
        draft.put(head, own[0].start)
    draft.put("{ return (<>", 0)
    Markup(draft, path).children(shown)
    draft.put("</>); }\n}\n", len(source))


def _code(draft: Draft, start: int, end: int) -> None:
    """The code of one component: its properties are what it is given, its reactive statements are declarations."""
    source, position = draft.source, start
    found = [*IMPORT.finditer(source, start, end), *_PROPERTY.finditer(source, start, end)]
    found.extend(_REACTIVE.finditer(source, start, end))
    for item in sorted(found, key=re.Match.start):
        if item.start() < position:
            continue
        draft.copy(position, item.start())
        position = item.end()
        if item.re is _REACTIVE:
            if item.group("name"):
                draft.put("let ", item.start())
                draft.copy(*item.span("name"))
        elif item.re is _PROPERTY:
            position = _property(draft, item, end)
    draft.copy(position, end)


def _property(draft: Draft, item: "re.Match[str]", end: int) -> int:
    """`export let price: number = 0` is a member of the properties, with a value where it is left out."""
    source = draft.source
    stops = [place for place, _ in marks(source, item.end(), end, ";\n")] or [end]
    stop = stops[0]
    signs = [place for place, _ in marks(source, item.end(), stop, "=")]
    equals = next((place for place in signs if source[place + 1 : place + 2] != ">"), -1)
    if equals >= 0 and not source[equals + 1 : stop].strip():
        # The value begins on the next line.
        stop = next((place for place in stops[1:] if source[equals + 1 : place].strip()), end)
    draft.put("let { ", item.start())
    draft.copy(*item.span("name"))
    if equals >= 0:
        draft.put(" = ", equals)
        draft.copy(equals + 1, stop)
    draft.put(" } = __props", stop)
    return stop


class Markup(Template):
    """The markup of one component."""

    bare = frozenset({"svelte:fragment", "svelte:head", "svelte:window", "svelte:body", "svelte:boundary"})

    def __init__(self, draft: Draft, path: str) -> None:
        super().__init__(draft)
        self._route = route_of(path)

    # Blocks ----------------------------------------------------------------------------------------------

    def arranged(self, nodes: list[Node]) -> list[Node]:
        """Blocks (`{#if …}`, `{#each …}`) as choices and loops."""
        found, _, _ = self._run(nodes, 0)
        return found

    def _mark(self, node: Node) -> "re.Match[str] | None":
        return _OPEN.match(self.source, node.start, node.end) if isinstance(node, Insert) else None

    def _run(self, nodes: list[Node], index: int) -> tuple[list[Node], int, Insert | None]:
        """The nodes up to the next mark of the block that they stand in, where that is, and the mark."""
        found: list[Node] = []
        while index < len(nodes):
            node = nodes[index]
            index += 1
            mark = self._mark(node)
            if mark is None or not isinstance(node, Insert):
                found.append(node)
            elif mark.group(1) in (":", "/"):
                return found, index, node
            elif mark.group(1) == "#":
                index = self._block(node, mark, nodes, index, found)
            elif mark.group(2) == "const":
                index = self._const(node, mark, nodes, index, found)
                return found, index, self._closed
            elif mark.group(2) in ("html", "render"):
                found.append(Insert(mark.end(), node.end, node.outer))
        return found, index, None

    _closed: Insert | None = None

    def _const(self, node: Insert, mark: "re.Match[str]", nodes: list[Node], index: int, found: list[Node]) -> int:
        """`{@const total = price * count}`: what follows sees the name."""
        rest, index, self._closed = self._run(nodes, index)
        equals = self.source.find("=", mark.end(), node.end)
        if equals < 0:
            found.extend(rest)
        else:
            names: Code = ((mark.end(), equals),)
            found.append(Loop(names, ("[", (equals + 1, node.end), "]"), rest, *node.outer))
        return index

    def _block(self, node: Insert, mark: "re.Match[str]", nodes: list[Node], index: int, found: list[Node]) -> int:
        parts: list[tuple[Insert, list[Node]]] = []
        current: Insert | None = node
        while current is not None:
            body, index, ending = self._run(nodes, index)
            parts.append((current, body))
            following = self._mark(ending) if ending is not None else None
            current = ending if following is not None and following.group(1) == ":" else None
        word = mark.group(2)
        if word == "if":
            found.append(Choice([self._branch(head, body) for head, body in parts], *node.outer))
        elif word == "each":
            found.extend(self._each(mark.end(), *parts[0]))
            found.extend(other for _, body in parts[1:] for other in body)
        elif word == "await":
            found.extend(self._awaited(mark.end(), parts))
        elif word == "snippet":
            found.append(self._snippet(mark.end(), *parts[0]))
        else:
            found.extend(parts[0][1])
        return index

    def _branch(self, head: Insert, body: list[Node]) -> tuple[Code | None, list[Node]]:
        mark = self._mark(head)
        if mark is None or (mark.group(2) == "else" and mark.group(3) is None):
            return None, body
        return ((mark.end(), head.end),), body

    def _each(self, start: int, head: Insert, body: list[Node]) -> list[Node]:
        """`{#each orders as { id, price }, index (id)}`."""
        named = list(_EACH.finditer(self.source, start, head.end))
        if not named:
            return [Loop(("_",), ((start, head.end),), body, *head.outer)]
        at = named[-1]
        stop = head.end
        for place, _ in marks(self.source, at.end(), head.end, ",("):
            stop = place
            break
        names: Code = ((at.end(), stop),)
        return [Loop(names, ((start, at.start()),), body, *head.outer)]

    def _awaited(self, start: int, parts: list[tuple[Insert, list[Node]]]) -> list[Node]:
        """`{#await load() then orders}`: what is drawn then sees the value under a name."""
        head, body = parts[0]
        then = _THEN.search(self.source, start, head.end)
        value: Code = ((start, then.start() if then else head.end),)
        found: list[Node] = []
        if then is not None:
            found.append(Loop((then.span(1),), ("[", *value, "]"), body, *head.outer))
        else:
            found.extend(body)
        for other, inner in parts[1:]:
            mark = self._mark(other)
            if mark is not None and mark.group(2) == "then" and self.source[mark.end() : other.end].strip():
                found.append(Loop(((mark.end(), other.end),), ("[", *value, "]"), inner, *other.outer))
            else:
                found.extend(inner)
        return found

    def _snippet(self, start: int, head: Insert, body: list[Node]) -> Node:
        opened = _SNIPPET.match(self.source, start, head.end)
        stop = closing(self.source, opened.end() - 1, head.end) if opened is not None else -1
        names: Code = ((opened.end(), stop - 1),) if opened is not None and stop > opened.end() + 1 else ()
        return Given(names, body, *head.outer)

    # Attributes ------------------------------------------------------------------------------------------

    def attributes(self, element: Element) -> None:
        """All attributes; a form that is sent to an action of its page names it."""
        for attribute in element.attributes:
            self._attribute(attribute, element)
        if element.name == "form" and self._route is not None:
            self._sent(element, self._route)

    def _attribute(self, attribute: Attribute, element: Element) -> None:
        name, value = attribute.name, attribute.value
        if name == "" and value is not None:
            self._bare(attribute, *value)
            if element.name == "form":
                self._called(attribute, *value)
        elif _OTHER.match(name) or (element.name == "form" and name == "action"):
            return
        elif found := _BIND.match(name):
            label = {"group": "checked", "checked": "checked"}.get(found.group(1), "value")
            start, end = self._inner(attribute) or (attribute.start + 5, attribute.end)
            if found.group(1) not in ("this", "files", "open", "clientWidth", "clientHeight"):
                self.jsx.edits(label, attribute, start, end)
        elif found := _EVENT.match(name):
            inner = self._inner(attribute)
            if inner is not None:
                self.jsx.handler(event_name(found.group(1) or found.group(2)), attribute, *inner)
        elif name.startswith("class:"):
            inner = self._inner(attribute)
            if inner is not None:
                self.jsx.bound("class", attribute, *inner)
        elif inner := self._inner(attribute):
            self.jsx.bound(name, attribute, *inner)
        elif value is None or "{" not in self.source[slice(*value)]:
            self.jsx.text(attribute)

    def _inner(self, attribute: Attribute) -> tuple[int, int] | None:
        """The expression that an attribute holds, in braces or in quotes around braces."""
        if attribute.value is None:
            return None
        start, end = attribute.value
        if attribute.braced:
            return start, end
        hole = _hole(self.source, start) if self.source.startswith("{", start) else None
        return (hole[0], hole[1]) if hole is not None and hole[2] == end else None

    def _bare(self, attribute: Attribute, start: int, end: int) -> None:
        """`{price}` and `{...rest}`."""
        text = self.source[start:end].strip()
        if text.startswith("..."):
            self.jsx.spread(attribute, start + self.source[start:end].index("...") + 3, end)
        elif text.isidentifier():
            self.jsx.bound(text, attribute, start, end)

    def _called(self, attribute: Attribute, start: int, end: int) -> None:
        """`<form {...createOrder}>` is sent to a function of the server."""
        found = _SPREAD.match(self.source, start, end)
        if found is not None:
            self.jsx.bound("action", attribute, *found.span(1))

    def _sent(self, element: Element, route: str) -> None:
        action = element.get("action")
        written = element.text(self.source, "action")
        found = _ACTION.match(written)
        spread = any(item.name == "" for item in element.attributes)
        if (action is not None and action.braced) or spread:
            return
        if found is not None:
            written = f"{route.rstrip('/')}/~{found.group(1) or 'default'}"
        at = action.start if action is not None else element.start
        self.draft.put(f' action="{written}"', at, action.end if action is not None else at)
