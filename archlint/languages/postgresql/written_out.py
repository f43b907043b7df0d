"""SQL that a DO block puts together from texts, written out for each value of the loop around it."""

import re
from collections.abc import Iterator, Mapping

from archlint.languages.postgresql.node import Node

# A loop's variable, and all that it takes.
Taken = Mapping[str, tuple[str, ...]]

_TEXT = r"'(?:[^']|'')*'|(?P<mark>\$\w*\$)(?:(?!(?P=mark))[\s\S])*(?P=mark)"
_ANY_TEXT = re.compile(_TEXT)
_LIST = re.compile(r"array\s*\[\s*('(?:[^']|'')*'(?:\s*,\s*'(?:[^']|'')*')*)\s*\]", re.IGNORECASE)
_ROWS = re.compile(r"values\s*(\(\s*'(?:[^']|'')*'\s*\)(?:\s*,\s*\(\s*'(?:[^']|'')*'\s*\))*)", re.IGNORECASE)
_UNNESTED = re.compile(
    r"\s*(?:select\s+)?(?:\*\s+from\s+)?(?:unnest\s*\(\s*)?(?:array\b|\(?\s*values\b)", re.IGNORECASE
)
_FORMAT = re.compile(r"\s*format\s*\(\s*", re.IGNORECASE)
_HOLE = re.compile(r"%(?:(\d+)\$)?([IsL%])")
_QUOTED_NAME = re.compile(r"(?:quote_ident|quote_literal)\s*\(\s*([\w.]+)\s*\)|([\w.]+)(?:\s*::\s*\w+)?", re.IGNORECASE)
_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*(?:\.[a-z_][a-z0-9_$]*)?")
_MOST = 400


def executed(root: Node, content: bytes) -> Iterator[tuple[Node, tuple[str, ...] | None]]:
    """Each EXECUTE of a block with its statements; None where what is put together is not all written there."""
    lists: dict[str, tuple[str, ...]] = {}
    for item in root.walk("decl_statement"):
        text = content[item.start : item.end].decode("utf-8", "replace")
        found = _listed(text)
        if found:
            lists[text.split()[0].lower()] = found
    yield from _walk(root, content, {}, lists)


def _walk(node: Node, content: bytes, taken: Taken, lists: Taken) -> Iterator[tuple[Node, tuple[str, ...] | None]]:
    for child in node.children:
        if child.kind == "stmt_dynexecute":
            source = child.child("sql_expression")
            if source is not None and not child.has("kw_using"):
                yield child, _written(content[source.start : source.end].decode("utf-8", "replace"), taken)
            else:
                yield child, None
        elif child.kind in ("stmt_foreach_a", "stmt_for"):
            yield from _walk(child, content, {**taken, **_loop(child, content, lists)}, lists)
        else:
            yield from _walk(child, content, taken, lists)


def _loop(node: Node, content: bytes, lists: Taken) -> dict[str, tuple[str, ...]]:
    head = content[node.start : node.end].decode("utf-8", "replace")
    match = re.match(r"(?:foreach|for)\s+(\w+)\s+in\s+(?:array\s+)?([\s\S]*?)\bloop\b", head, re.IGNORECASE)
    if match is None:
        return {}
    name, source = match.group(1).lower(), match.group(2).strip()
    values = lists.get(source.lower()) or (_listed(source) if _UNNESTED.match(source) else ())
    return {name: values} if values else {}


def _listed(text: str) -> tuple[str, ...]:
    """The texts of an array or of rows, where nothing else is among them."""
    found = _LIST.search(text) or _ROWS.search(text)
    if found is None:
        return ()
    return tuple(_plain(item.group()) for item in _ANY_TEXT.finditer(found.group(1)))


def _plain(text: str) -> str:
    if text.startswith("'"):
        return text[1:-1].replace("''", "'")
    mark = text[: text.index("$", 1) + 1]
    return text[len(mark) : -len(mark)]


def _written(text: str, taken: Taken) -> tuple[str, ...] | None:
    """The statements that an expression stands for; a text may take several values of one loop."""
    pieces = _formatted(text) if _FORMAT.match(text) else _joined(text)
    if pieces is None:
        return None
    names = {name for kind, name in pieces if kind != "text"}
    if not names:
        return ("".join(name for _, name in pieces),)
    keys = {name.split(".")[0].lower() for name in names}
    if len(keys) != 1 or (key := next(iter(keys))) not in taken or len(taken[key]) > _MOST:
        return None
    return tuple("".join(_filled(kind, name, value) for kind, name in pieces) for value in taken[key])


def _filled(kind: str, name: str, value: str) -> str:
    if kind == "text":
        return name
    if kind == "literal":
        return "'" + value.replace("'", "''") + "'"
    return value if kind == "as it is" or _PLAIN.fullmatch(value) else f'"{value}"'


def _formatted(text: str) -> list[tuple[str, str]] | None:
    opening = _FORMAT.match(text)
    template = _ANY_TEXT.match(text, opening.end()) if opening else None
    if template is None:
        return None
    rest = text[template.end() :].strip()
    given = [item.strip() for item in rest.removesuffix(")").split(",")[1:]]
    if not rest.endswith(")") or not all(re.fullmatch(r"[\w.]+|" + _TEXT, item) for item in given):
        return None
    pieces: list[tuple[str, str]] = []
    form, position, turn = _plain(template.group()), 0, 0
    for hole in _HOLE.finditer(form):
        pieces.append(("text", form[position : hole.start()]))
        position = hole.end()
        if hole.group(2) == "%":
            pieces.append(("text", "%"))
            continue
        index = int(hole.group(1)) - 1 if hole.group(1) else turn
        turn = index + 1
        if index >= len(given):
            return None
        kind = {"I": "name", "L": "literal", "s": "as it is"}[hole.group(2)]
        literal = _ANY_TEXT.fullmatch(given[index])
        pieces.append(("text", _filled(kind, "", _plain(literal.group()))) if literal else (kind, given[index]))
    return [*pieces, ("text", form[position:])]


def _joined(text: str) -> list[tuple[str, str]] | None:
    """`'alter table ' || quote_ident(t) || ' …'`."""
    pieces: list[tuple[str, str]] = []
    position = 0
    while position < len(text.rstrip()):
        position += len(text[position:]) - len(text[position:].lstrip())
        literal, name = _ANY_TEXT.match(text, position), _QUOTED_NAME.match(text, position)
        if literal is not None:
            pieces.append(("text", _plain(literal.group())))
            position = literal.end()
        elif name is not None:
            kind = {"quote_i": "name", "quote_l": "literal"}.get(name.group().lower()[:7], "as it is")
            pieces.append((kind, name.group(1) or name.group(2)))
            position = name.end()
        else:
            return None
        following = re.compile(r"\s*\|\|").match(text, position)
        if following is None:
            return pieces if not text[position:].strip() else None
        position = following.end()
    return None
