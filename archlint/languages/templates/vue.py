"""Vue components: their scripts stand as code, their template is written as JSX."""

import re

from archlint.languages.templates.draft import Draft
from archlint.languages.templates.elements import Template
from archlint.languages.templates.jsx import DRAWN, event_name
from archlint.languages.templates.markup import Attribute, Choice, Code, Element, Loop, Node, Scan, Words, mustache
from archlint.languages.templates.names import camel, of_file
from archlint.languages.templates.script import balanced, piped

IMPORT = re.compile(
    r"^[ \t]*import\b(?!\s*[(.])(?:(?![;\n]\s*import\b)[\s\S])*?[\"'][^\"'\n]+[\"'][ \t]*"
    r"(?:with\s*\{[^}]*\})?;?",
    re.MULTILINE,
)
_BLOCK = re.compile(r"<!--[\s\S]*?-->|(?P<script><script\b[^>]*>[\s\S]*?(?:</script\s*>|\Z))")
_OPTIONS = re.compile(r"^[ \t]*export\s+default\b", re.MULTILINE)
_LOOP = re.compile(r"^\s*(?:\(([\s\S]*?)\)|([\w$]+)|(\{[\s\S]*?\}))\s+(?:in|of)\s+")
_CONDITIONS = ("v-if", "v-else-if", "v-else")
_BOUND = re.compile(r"^(?:v-bind:|:|\.)([^.\[]+)(?:\..*)?$")
_EVENT = re.compile(r"^(?:v-on:|@)([^.\[]+)(?:\..*)?$")
_MODEL = re.compile(r"^v-model(?::([^.]+))?(?:\..*)?$")
_SLOT = re.compile(r"^(?:v-slot(?::|$)|#|slot-scope$)")


def lower(path: str, draft: Draft) -> str:
    """Writes a whole component; gives the grammar of what was written."""
    # Scripts are found first: what is wrong with the template must not cost them.
    scan = Scan(draft.source, r"\{\{", mustache)
    top: list[Node] = []
    scripts: list[Element] = []
    position = 0
    for found in _BLOCK.finditer(draft.source):
        if found.group("script") is not None:
            top.extend(scan.read(position, found.start()))
            scripts.extend(node for node in scan.read(found.start(), found.end()) if isinstance(node, Element))
            position = found.end()
    top.extend(scan.read(position))
    blocks = [node for node in top if isinstance(node, Element) and node.name == "template"]
    templates = [node for node in blocks if not _foreign(node, draft.source)]
    component = _Component(path, draft)
    component.write(scripts, templates)
    draft.broken.extend((start, f"the element <{name}> is not closed") for start, name in scan.unclosed)
    for node in blocks:
        if node not in templates:
            draft.broken.append((node.start, "a template in another language than HTML is not read"))
    typed = any(script.text(draft.source, "lang") in ("ts", "tsx") for script in scripts)
    return "tsx" if typed else "javascript"


def _foreign(template: Element, source: str) -> bool:
    return template.text(source, "lang") not in ("html", "")


class _Component:
    def __init__(self, path: str, draft: Draft) -> None:
        self.name = of_file(path)
        self.draft = draft
        self.writer = Markup(draft)

    def write(self, scripts: list[Element], templates: list[Element]) -> None:
        setup = next((script for script in scripts if script.get("setup")), None)
        options = False
        for script in scripts:
            if script is not setup:
                options = self._plain(script) or options
        if not scripts and templates and all(template.get("id") for template in templates):
            self._anchored(templates)
            return
        if setup is not None or not options:
            self._setup(setup, templates)
            return
        end = len(self.draft.source)
        self.draft.put(f"\n;export default {self.name};\n", end)
        for template in templates:
            self.draft.put(f"with ({self.name}) {{ (<>", template.start, template.start)
            self.writer.children(template.children)
            self.draft.put("</>); }\n", template.end, template.end)

    def _anchored(self, templates: list[Element]) -> None:
        """Templates that stand alone, each found by its mark: their components lie in scripts elsewhere."""
        for number, template in enumerate(templates, 1):
            mark = template.text(self.draft.source, "id")
            self.draft.put(f"import Owner{number} from '#{mark}';\nwith (Owner{number}) {{ (<>", template.start)
            self.writer.children(template.children)
            self.draft.put("</>); }\n", template.end)

    def _plain(self, script: Element) -> bool:
        """A script without setup; whether it exports the component's options."""
        start, end = script.content
        found = _OPTIONS.search(self.draft.source, start, end)
        if found is None:
            self.draft.copy(start, end)
            self.draft.put("\n", end)
            return False
        self.draft.copy(start, found.start())
        self.draft.put(f"const {self.name} =", found.start(), found.end())
        self.draft.copy(found.end(), end)
        self.draft.put("\n", end)
        return True

    def _setup(self, script: Element | None, templates: list[Element]) -> None:
        """The script runs once for each component, so it is the body of a function; its imports stand before it."""
        source, draft = self.draft.source, self.draft
        start, end = script.content if script is not None else (0, 0)
        imports = list(IMPORT.finditer(source, start, end)) if script is not None else []
        for found in imports:
            draft.copy(found.start(), found.end())
            draft.put("\n", found.end())
        outer = script.start if script is not None else templates[0].start if templates else 0
        if script is not None and not balanced(source, start, end):
            # An open bracket would swallow the template; so the code stands alone, as far as it goes.
            self._code(start, end, imports)
            draft.put(f"\nexport default async function {self.name}(__props) {{", outer)
        else:
            draft.put(f"export default async function {self.name}(__props) {{", outer)
            self._code(start, end, imports)
        draft.put("\n", end)
        handed = script is None or "defineProps" in source[start:end]
        for template in templates:
            # Only properties need no declaration to be seen by the template.
            draft.put("with (__props) { return (<>" if handed else "{ return (<>", template.start)
            self.writer.children(template.children)
            draft.put("</>); }\n", template.end)
        draft.put("}\n", len(source))

    def _code(self, start: int, end: int, imports: list[re.Match[str]]) -> None:
        position = start
        for found in imports:
            self.draft.copy(position, found.start())
            position = found.end()
        self.draft.copy(position, end)


class Markup(Template):
    """A template of Vue."""

    def arranged(self, nodes: list[Node]) -> list[Node]:
        """A chain of `v-if` and `v-else` is one choice; a loop is around the condition of its element."""
        found: list[Node] = []
        index = 0
        while index < len(nodes):
            node = nodes[index]
            index += 1
            if isinstance(node, Element) and node.name not in DRAWN:
                chain, index = self._chain(node, nodes, index)
                node = self._around(chain)
            found.append(node)
        return found

    def _chain(self, first: Element, nodes: list[Node], index: int) -> tuple[list[Element], int]:
        chain = [first]
        while first.get("v-if") is not None and index < len(nodes):
            node = nodes[index]
            if isinstance(node, Words) and not self.source[node.start : node.end].strip():
                index += 1
                continue
            if not isinstance(node, Element) or node.get("v-else-if", "v-else") is None:
                break
            chain.append(node)
            index += 1
        return chain, index

    def _around(self, chain: list[Element]) -> Node:
        first, last = chain[0], chain[-1]
        inner: Node = first
        if first.get("v-if", "v-show", "v-else-if") is not None:
            inner = Choice([(_condition(item), [item]) for item in chain], first.start, last.end)
        loop = first.get("v-for")
        head = _loop(self.source, loop) if loop is not None else None
        return Loop(*head, [inner], first.start, last.end) if head is not None else inner

    def given(self, element: Element) -> tuple[int, int] | None:
        slot = next((item for item in element.attributes if _SLOT.match(item.name) and item.value), None)
        return slot.value if slot is not None and slot.value is not None and self.jsx.usable(*slot.value) else None

    def attributes(self, element: Element) -> None:
        for attribute in element.attributes:
            self._attribute(attribute, element)

    def _attribute(self, attribute: Attribute, element: Element) -> None:
        name, value = attribute.name, attribute.value
        if name in _CONDITIONS or name in ("v-for", "v-show") or _SLOT.match(name):
            return
        if model := _MODEL.match(name):
            if value is not None:
                self._model(attribute, value, element, model.group(1))
        elif found := _BOUND.match(name):
            start, end = value if value is not None else (attribute.start + 1, attribute.end)
            self.jsx.bound(camel(found.group(1)), attribute, start, piped(self.source, start, end))
        elif found := _EVENT.match(name):
            if value is not None:
                self.jsx.handler(event_name(found.group(1)), attribute, *value)
        elif name in ("v-bind", "v-on") and value is not None:
            self.jsx.spread(attribute, *value)
        elif name in ("v-text", "v-html") and value is not None:
            self.jsx.bound("children", attribute, *value)
        elif not name.startswith(("v-", "@", ":", "#")):
            self.jsx.text(attribute)

    def _model(self, attribute: Attribute, value: tuple[int, int], element: Element, argument: str | None) -> None:
        checked = element.name == "input" and element.text(self.source, "type") in ("checkbox", "radio")
        label = camel(argument) if argument else "checked" if checked else "value"
        if argument and argument not in ("modelValue", "value", "checked"):
            self.jsx.bound(label, attribute, *value)
            return
        if self.jsx.tag(element) != element.name or not element.name.islower():
            # A component is handed the value under the name that its version of Vue has for it.
            self.jsx.bound("modelValue", attribute, *value)
        self.jsx.edits(label, attribute, *value)


def _condition(element: Element) -> Code | None:
    found = element.get("v-if", "v-else-if", "v-show")
    return (found.value,) if found is not None and found.value is not None else None


def _loop(source: str, loop: Attribute) -> tuple[Code, Code] | None:
    """`(item, index) in items`: the names, and the list."""
    if loop.value is None:
        return None
    start, end = loop.value
    found = _LOOP.match(source[start:end])
    if found is None:
        return None
    group = found.lastindex or 1
    return ((start + found.start(group), start + found.end(group)),), ((start + found.end(), end),)
