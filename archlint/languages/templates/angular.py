"""Angular: templates written inside of a component's class, and those that stand in a file beside it."""

import re

from archlint.languages.templates.draft import Draft
from archlint.languages.templates.elements import Template
from archlint.languages.templates.jsx import event_name
from archlint.languages.templates.markup import (
    Attribute,
    Choice,
    Code,
    Element,
    Given,
    Insert,
    Loop,
    Node,
    Scan,
    Words,
    mustache,
)
from archlint.languages.templates.names import camel
from archlint.languages.templates.script import closing, marks, piped

_COMPONENT = re.compile(r"@Component\s*\(")
_TEMPLATE = re.compile(r"\btemplate\s*:\s*(?=[`'\"])")
_CLASS = re.compile(r"\bclass\s+([A-Za-z_$][\w$]*)")
_TEXT = {
    "`": re.compile(r"`((?:\\[\s\S]|[^`\\])*)`"),
    "'": re.compile(r"'((?:\\.|[^'\\\n])*)'"),
    '"': re.compile(r'"((?:\\.|[^"\\\n])*)"'),
}
_BLOCK = re.compile(
    r"@(?P<word>if|else\s+if|for|switch|case)\s*(?=\()|@(?P<plain>else|default|empty|defer|placeholder|loading|error)\b"
    r"|@let\s+(?P<name>[A-Za-z_$][\w$]*)\s*="
)
_MARKS = r"\{\{|\}|@(?=(?:if|else|for|switch|case|default|empty|defer|placeholder|loading|error|let)\b)"
_FOR = re.compile(r"\s*(?:let\s+)?([A-Za-z_$][\w$]*)\s+of\s+")
_STAR_FOR = re.compile(r"\s*let\s+([A-Za-z_$][\w$]*)\s+of\s+|\s*let\s+([A-Za-z_$][\w$]*)\s*;\s*of\s*:\s*")
_STAR_LET = re.compile(r"\s*let\s+([A-Za-z_$][\w$]*)")
_AS = re.compile(r"\bas\s+([A-Za-z_$][\w$]*)\s*$")
_BOUND = re.compile(r"^\[(?:attr\.)?([A-Za-z][\w-]*)\]$|^bind-([A-Za-z][\w-]*)$")
_STYLED = re.compile(r"^\[(?:class|style)(?:\.[\w.%-]+)?\]$|^\[ng(?:Class|Style)\]$")
_EVENT = re.compile(r"^\(([A-Za-z][\w-]*)(?:\.[\w.]+)?\)$|^on-([A-Za-z][\w-]*)$")
_EVENTS = {"ngSubmit": "onSubmit", "ngModelChange": "onChange"}
_BOTH = re.compile(r"^\[\(([A-Za-z]\w*)\)\]$")
_LET = re.compile(r"^let-([A-Za-z_]\w*)$")
_SYNTAX = re.compile(
    r"\s(?:\*ng\w+|\[\(?[A-Za-z][\w.-]*\)?\]|\([A-Za-z][\w.-]*\)|formControlName|formGroupName)=|@(?:if|for|switch)\s*\("
)


def is_template(source: str) -> bool:
    """Whether a page is written for Angular."""
    return _SYNTAX.search(source) is not None


def lower_script(draft: Draft) -> str:
    """A script as it stands, and behind it the templates of its components, which see the members of their class."""
    source, position = draft.source, 0
    found = list(_inline(source))
    draft.copy(position, len(source))
    for name, start, end in found:
        draft.put(f"\n;with ({name}) {{ (<>", start)
        _write(draft, start, end)
        draft.put("</>); }\n", end)
    return "tsx"


def lower_page(path: str, draft: Draft) -> str:
    """A template of its own: what it names are members of the class in the script of the same name."""
    stem = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    draft.put(f"import {{ $template as Component }} from './{stem}';\nwith (Component) {{ (<>", 0)
    _write(draft, 0, len(draft.source))
    draft.put("</>); }\n", len(draft.source))
    return "tsx"


def _inline(source: str) -> list[tuple[str, int, int]]:
    """The templates of a script: the class, and where the text lies."""
    found = []
    for component in _COMPONENT.finditer(source):
        end = closing(source, component.end() - 1)
        if end < 0:
            continue
        named = _CLASS.search(source, end)
        key = _TEMPLATE.search(source, component.end(), end)
        text = _TEXT[source[key.end()]].match(source, key.end()) if key is not None else None
        if named is not None and text is not None:
            found.append((named.group(1), text.start(1), text.end(1)))
    return found


def _write(draft: Draft, start: int, end: int) -> None:
    scan = Scan(draft.source, _MARKS, _hole)
    nodes = scan.read(start, end)
    draft.broken.extend((place, f"the element <{name}> is not closed") for place, name in scan.unclosed)
    Markup(draft).children(nodes)


def _hole(source: str, at: int) -> tuple[int, int, int] | None:
    if source[at] == "{":
        return mustache(source, at)
    if source[at] == "}":
        return at, at + 1, at + 1
    found = _BLOCK.match(source, at)
    if found is None:
        return None
    if found.group("name"):
        stop = source.find(";", found.end())
        return (at, stop, stop + 1) if stop >= 0 else None
    end = found.end()
    if found.group("word"):
        end = closing(source, end)
    elif source[end : end + 1] != "{" and (inner := re.compile(r"\s*(?=\()").match(source, end)):
        end = closing(source, inner.end())
    opened = re.compile(r"\s*\{").match(source, end) if end >= 0 else None
    return (at, end, opened.end()) if opened is not None else None


class Markup(Template):
    """A template of Angular."""

    bare = frozenset({"ng-container", "ng-template"})
    # That a value is there, and pipes inside of brackets: `total!.gross`, `(orders | async)`.
    left_out = (
        r"(?<=[\w)\]])!(?=[.\[),;]|\s*$|\s+[|?&])(?!=)"
        r"|(?<!\|)\|(?!\|)\s*\w+(?:\s*:(?:[^()|]|\([^()]*\))*)?(?=\))"
    )

    def __init__(self, draft: Draft) -> None:
        super().__init__(draft)
        self._groups: list[Code] = []

    # Blocks ----------------------------------------------------------------------------------------------

    def arranged(self, nodes: list[Node]) -> list[Node]:
        """Blocks (`@if (…) { … }`) and structural directives (`*ngIf`) as choices and loops."""
        found, _ = self._run(nodes, 0, False)
        return found

    def _run(self, nodes: list[Node], index: int, inside: bool) -> tuple[list[Node], int]:
        """The nodes up to the end of the block that they stand in, and where that is."""
        found: list[Node] = []
        while index < len(nodes):
            node = nodes[index]
            index += 1
            if not isinstance(node, Insert):
                found.append(self._starred(node) if isinstance(node, Element) else node)
                continue
            mark = self.source[node.outer[0]]
            if mark == "}":
                if inside:
                    return found, index
            elif mark == "@":
                index = self._block(node, nodes, index, found)
            else:
                found.append(node)
        return found, index

    def _block(self, node: Insert, nodes: list[Node], index: int, found: list[Node]) -> int:
        head = _BLOCK.match(self.source, node.start)
        if head is None:
            return index
        if head.group("name"):
            value = self.source.index("=", node.start) + 1
            rest, index = self._run(nodes, index, True)
            names: Code = ((head.start("name"), head.end("name")),)
            found.append(Loop(names, ("[", (value, piped(self.source, value, node.end)), "]"), rest, *node.outer))
            # What follows sees the name, and the end of the block was read with it.
            return index - 1 if index <= len(nodes) and self._closes(nodes[index - 1]) else index
        body, index = self._run(nodes, index, True)
        word = " ".join((head.group("word") or head.group("plain") or "").split())
        inner = (head.end() + 1, node.end - 1) if head.group("word") else (node.end, node.end)
        if word == "for":
            found.append(self._for(inner, body, node))
        elif word == "switch":
            found.append(self._switch(inner, body, node))
        elif word in ("case", "default"):
            code: Code | None = (inner,) if word == "case" else None
            found.append(Choice([(code, body)], *node.outer))
        elif word == "if":
            branches: list[tuple[Code | None, list[Node]]] = [self._branch(inner, body, node)]
            index = self._others(nodes, index, branches)
            found.append(Choice(branches, node.outer[0], node.outer[1]))
        else:
            found.extend(body)
        return index

    def _closes(self, node: Node) -> bool:
        return isinstance(node, Insert) and self.source[node.outer[0]] == "}"

    def _branch(self, inner: tuple[int, int], body: list[Node], node: Insert) -> tuple[Code, list[Node]]:
        """`@if (order(); as shown)`: the branch sees the value under a name."""
        start, end = inner
        parts = [place for place, _ in marks(self.source, start, end, ";")]
        stop = parts[0] if parts else end
        value: Code = ((start, piped(self.source, start, stop)),)
        named = _AS.search(self.source, stop, end) if parts else None
        if named is not None:
            body = [Loop((named.span(1),), ("[", *value, "]"), body, *node.outer)]
        return value, body

    def _others(self, nodes: list[Node], index: int, branches: list[tuple[Code | None, list[Node]]]) -> int:
        while index < len(nodes):
            ahead = index
            while ahead < len(nodes) and isinstance(blank := nodes[ahead], Words):
                if self.source[blank.start : blank.end].strip():
                    return index
                ahead += 1
            node = nodes[ahead] if ahead < len(nodes) else None
            if not isinstance(node, Insert) or not self.source.startswith("@else", node.outer[0]):
                return index
            head = _BLOCK.match(self.source, node.start)
            body, index = self._run(nodes, ahead + 1, True)
            if head is not None and head.group("word"):
                branches.append(self._branch((head.end() + 1, node.end - 1), body, node))
            else:
                branches.append((None, body))
                return index
        return index

    def _for(self, inner: tuple[int, int], body: list[Node], node: Insert) -> Node:
        head = _FOR.match(self.source, inner[0], inner[1])
        if head is None:
            return Choice([(None, body)], *node.outer)
        parts = [place for place, _ in marks(self.source, head.end(), inner[1], ";")]
        stop = piped(self.source, head.end(), parts[0] if parts else inner[1])
        return Loop((head.span(1),), ((head.end(), stop),), body, *node.outer)

    def _switch(self, inner: tuple[int, int], body: list[Node], node: Insert) -> Node:
        branches: list[tuple[Code | None, list[Node]]] = []
        for item in body:
            if isinstance(item, Choice):
                code, drawn = item.branches[0]
                # It is the case that says something, so it is what is shown.
                tested = self.source[slice(*inner)]
                branches.append(((f"({tested}) === ", *code) if code is not None else None, drawn))
        return Choice(branches, *node.outer) if branches else Choice([(None, [])], *node.outer)

    # Directives ------------------------------------------------------------------------------------------

    def _starred(self, element: Element) -> Node:
        """`*ngIf`, `*ngFor` and the names that a template is given."""
        loop, test = element.get("*ngFor"), element.get("*ngIf", "[ngIf]", "[hidden]")
        inner: Node = element
        if test is not None and test.value is not None and test.name != "[hidden]":
            inner = Choice([self._tested(test.value, element)], element.start, element.end)
        if loop is not None and loop.value is not None:
            start, end = loop.value
            head = _STAR_FOR.match(self.source, start, end)
            if head is not None:
                parts = [place for place, _ in marks(self.source, head.end(), end, ";")]
                stop = piped(self.source, head.end(), parts[0] if parts else end)
                names: Code = (head.span(head.lastindex or 1),)
                inner = Loop(names, ((head.end(), stop),), [inner], element.start, element.end)
        for other in element.attributes:
            # Any other directive may give names too: `*matCellDef="let row"`.
            if other.name.startswith("*") and other.name not in ("*ngFor", "*ngIf") and other.value is not None:
                given = _STAR_LET.match(self.source, *other.value)
                if given is not None:
                    inner = Given((given.span(1),), [inner], element.start, element.end)
        return inner

    def _tested(self, value: tuple[int, int], element: Element) -> tuple[Code, list[Node]]:
        start, end = value
        parts = [place for place, _ in marks(self.source, start, end, ";")]
        stop = parts[0] if parts else end
        named = _AS.search(self.source, start, stop)
        code: Code = ((start, piped(self.source, start, named.start() if named else stop)),)
        body: list[Node] = [element]
        if named is not None:
            body = [Loop((named.span(1),), ("[", *code, "]"), body, element.start, element.end)]
        return code, body

    def given(self, element: Element) -> tuple[int, int] | None:
        """`let-row` on a template."""
        found = next((item for item in element.attributes if _LET.match(item.name)), None)
        return (found.start + 4, found.start + len(found.name)) if found is not None else None

    # Attributes ------------------------------------------------------------------------------------------

    def element(self, element: Element) -> None:
        """Forms and groups of fields tell the fields inside where they belong."""
        form = element.get("[formGroup]")
        named = element.get("formGroupName", "[formGroupName]", "formArrayName")
        group: Code | None = None
        if form is not None and form.value is not None:
            group = (form.value, ".value")
        elif named is not None and named.value is not None and self._groups and not named.name.startswith("["):
            group = (*self._groups[-1], ".", named.value)
        if group is not None:
            self._groups.append(group)
        super().element(element)
        if group is not None:
            self._groups.pop()

    def attributes(self, element: Element) -> None:
        """All attributes; those of fields of a form also say which value they edit."""
        for attribute in element.attributes:
            self._attribute(attribute, element)

    def _attribute(self, attribute: Attribute, element: Element) -> None:
        name, value = attribute.name, attribute.value
        if name == "formControlName" and value is not None and self._groups:
            self._edits((*self._groups[-1], ".", value), attribute)
        elif name == "[formControl]" and value is not None:
            self._edits((value, ".value"), attribute)
        elif name == "[(ngModel)]" and value is not None:
            self._edits((value,), attribute)
        elif value is None or name.startswith(("*", "#", "@", "[@", "(@", "let-")):
            if value is None and not name.startswith(("*", "#", "@", "let-")):
                self.jsx.text(attribute)
        elif _STYLED.match(name):
            self.jsx.bound("class", attribute, value[0], piped(self.source, *value))
        elif both := _BOTH.match(name):
            self._edits((value,), attribute, both.group(1))
        elif found := _BOUND.match(name):
            label = camel(found.group(1) or found.group(2))
            label = {"ngValue": "value", "ngModel": "value", "readonly": "readOnly"}.get(label, label)
            if label not in ("formGroup", "ngIf", "ngForOf", "ngModelOptions", "hidden"):
                self.jsx.bound(label, attribute, value[0], piped(self.source, *value))
        elif found := _EVENT.match(name):
            event = found.group(1) or found.group(2)
            self.jsx.handler(_EVENTS.get(event) or event_name(event), attribute, *value)
        elif not name.startswith(("[", "(", "form")) or name == "formaction":
            self._text(attribute, value)

    def _text(self, attribute: Attribute, value: tuple[int, int]) -> None:
        """An attribute as it stands; with an expression in it, as that expression."""
        text = self.source[slice(*value)]
        if "{{" not in text:
            self.jsx.text(attribute)
            return
        hole = mustache(self.source, value[0]) if text.startswith("{{") else None
        if hole is not None and hole[2] == value[1]:
            self.jsx.bound(camel(attribute.name), attribute, hole[0], piped(self.source, hole[0], hole[1]))

    def _edits(self, code: Code, attribute: Attribute, label: str = "value") -> None:
        if not self.jsx.sound(code):
            return
        start, end = attribute.start, attribute.end
        shown = label if label == "checked" else "value"
        self.draft.put(f" {shown}={{", start)
        self.jsx.code(code, start)
        self.draft.put("} onChange={($event) => { ", start, end)
        self.jsx.code(code, start)
        self.draft.put(" = $event }}", end)
