"""Pages: plain HTML, and templates of servers read as HTML with holes where the server puts something in."""

import re
from collections.abc import Callable

from archlint.languages.templates import angular
from archlint.languages.templates.draft import HOLE, Draft
from archlint.languages.templates.elements import Template
from archlint.languages.templates.markup import Attribute, Element, Insert, Node, Scan
from archlint.languages.templates.script import balanced
from archlint.languages.templates.vue import Markup as VueMarkup

# What a server puts in, and what it only does: Jinja, Twig, Liquid, Handlebars, Blade, ERB, EJS, PHP, Razor; with the
# marks that begin and end it. One that nobody closes must not be looked for to the end of a long page again and again.
_PUT_IN = (
    ("{{{", "}}}", r"\{\{\{[\s\S]{0,2000}?\}\}\}"),
    ("{{", "}}", r"\{\{[\s\S]{0,2000}?\}\}"),
    ("{!!", "!!}", r"\{!![\s\S]{0,2000}?!!\}"),
    ("<%", "%>", r"<%[=-][\s\S]{0,4000}?%>"),
    ("<?=", "?>", r"<\?=[\s\S]{0,4000}?\?>"),
    ("@js", "", r"@(?:json|js)\s*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"),
)
_DONE = (
    ("@php", "@endphp", r"[ \t]*@php(?!\s*\()[\s\S]{0,20000}?@endphp"),
    ("{%", "%}", r"\{%[\s\S]{0,4000}?%\}"),
    ("{#", "#}", r"\{#[\s\S]{0,8000}?#\}"),
    ("<%", "%>", r"<%[\s\S]{0,20000}?%>"),
    ("<?", "", r"<\?(?:php)?\s[\s\S]{0,40000}?(?:\?>|\Z)"),
    (
        "@", "",
        r"^[ \t]*@(?:extends|section|include|csrf|method|foreach|forelse|if|elseif|unless|isset|empty|auth|guest|error"
        r"|push|php|can|cannot|end\w+|else|yield|stack|once|switch|case|break|default|props|model|using|inject)\b[^\n]*$",
    ),
)  # fmt: skip
_VALUE = (("{%", "%}", r"(?<=[=(:,\[]) *\{%-?\s*(?!(?:if|for|end\w+|else|elif|block|with|set)\b)[\s\S]{0,2000}?%\}"),)
_COMMENT = (
    ("<%--", "--%>", r"<%--[\s\S]{0,8000}?--%>"),
    ("{{--", "--}}", r"\{\{--[\s\S]{0,8000}?--\}\}"),
    ("{{!", "}}", r"\{\{![\s\S]{0,8000}?\}\}"),
)
_Rows = tuple[tuple[str, str, str], ...]
_VUE = re.compile(r"\sv-(?:if|for|model|bind|on|show)\b")
_WORTH = re.compile(r"<(?:form|input|select|textarea|script|button)\b", re.IGNORECASE)
_SCRIPT = re.compile(
    r"<!--[\s\S]*?-->|(?P<open><script\b(?P<told>[^>]*)>)(?P<code>[\s\S]*?)</script\s*>", re.IGNORECASE
)
_KIND = re.compile(r"\btype\s*=\s*[\"']?([^\s\"'>]*)", re.IGNORECASE)
_CODE = frozenset(
    {"", "module", "text/javascript", "application/javascript", "text/babel", "text/jsx", "text/ecmascript"}
)
_THIS = re.compile(r"\bthis\b")
_EVENT = re.compile(r"^on([a-z]+)$")


def lower(path: str, draft: Draft) -> str:
    """Writes a page: its scripts as they stand, then what it shows."""
    source = draft.source
    if not _WORTH.search(source) and not angular.is_template(source):
        return "javascript"
    if angular.is_template(source) and not _VUE.search(source):
        return angular.lower_page(path, draft)
    vue = _VUE.search(source) is not None
    scripts = [found.span("code") for found in _SCRIPT.finditer(source) if found.group("open") and _is_code(found)]
    draft.holes = _with_holes(source, scripts, vue)
    draft.source = _as_values(draft.holes, scripts)
    whole = [place for place in scripts if balanced(draft.source, *place)]
    for start, end in whole:
        draft.copy(start, end)
        draft.put("\n;\n", end)
    scan = Scan(draft.source, r"\{\{" if vue else r"(?!)", _hole)
    nodes = scan.read()
    markup = (VueMarkup if vue else Markup)(draft)
    draft.put("(<>", 0)
    markup.children(nodes)
    draft.put("</>);\n", len(source))
    for start, end in scripts:
        if (start, end) not in whole:
            # An open bracket would swallow all that follows, so nothing does.
            draft.copy(start, end)
            draft.put("\n", end)
    return "javascript"


def _is_code(script: re.Match[str]) -> bool:
    kind = _KIND.search(script.group("told"))
    return kind is None or kind.group(1).lower() in _CODE


def _with_holes(source: str, scripts: list[tuple[int, int]], vue: bool) -> str:
    """The page with something of the same length in place of what the server does."""
    text = _replaced(_COMMENT, _blank, source)
    # Between its elements, Vue writes its own expressions as servers write theirs.
    for start, end in scripts if vue else [(0, len(text))]:
        text = text[:start] + _replaced(_PUT_IN, _filled, text[start:end]) + text[end:]
    for start, end in scripts:
        # What stands where code waits for a value is one.
        text = text[:start] + _replaced(_VALUE, _filled, text[start:end]) + text[end:]
    return _replaced(_DONE, _blank, text)


def _replaced(rows: _Rows, by: Callable[[re.Match[str]], str], text: str) -> str:
    """All that fits one of the rows whose marks are closed about as often as they are opened."""
    fitting = [
        pattern
        for opens, closes, pattern in rows
        if opens.rstrip("s") in text and (not closes or 2 * text.count(closes) >= text.count(opens))
    ]
    return re.sub("|".join(fitting), by, text, flags=re.MULTILINE) if fitting else text


def _as_values(text: str, scripts: list[tuple[int, int]]) -> str:
    """In code, what is put in is a value."""
    for start, end in scripts:
        text = text[:start] + text[start:end].replace(HOLE, "_") + text[end:]
    return text


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found.group())


def _filled(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", HOLE, found.group())


def _hole(source: str, at: int) -> tuple[int, int, int] | None:
    stop = source.find("}}", at)
    return (at + 2, stop, stop + 2) if stop >= 0 else None


class Markup(Template):
    """HTML without a language of its own."""

    bare = frozenset({"template", "html", "body", "main", "center"})

    def arranged(self, nodes: list[Node]) -> list[Node]:
        return [node for node in nodes if not isinstance(node, Insert)]

    def attributes(self, element: Element) -> None:
        for attribute in element.attributes:
            self._attribute(attribute)

    def _attribute(self, attribute: Attribute) -> None:
        value = attribute.value
        if value is not None and HOLE in self.source[slice(*value)]:
            return
        if found := _EVENT.match(attribute.name.lower()):
            if value is not None and self.jsx.usable(*value):
                self._started(f"on{found.group(1).capitalize()}", attribute, *value)
            return
        self.jsx.text(attribute)

    def _started(self, label: str, attribute: Attribute, start: int, end: int) -> None:
        """What an event starts; `this` there is the form itself."""
        self.draft.put(f" {label}={{($event) => {{ ", attribute.start, start)
        position = start
        for found in _THIS.finditer(self.source, start, end):
            self.jsx.expression(position, found.start())
            self.draft.put("$event.elements", *found.span())
            position = found.end()
        self.jsx.expression(position, end)
        self.draft.put(" }}", end, attribute.end)
