"""SQL in the texts and templates of calls."""

from tree_sitter import Node

from archlint.languages.typescript.chains import chain, given, read_all
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.supabase import client
from archlint.languages.typescript.syntax import field, parts, unwrapped
from archlint.model.expression import Call, Expression, Fields, Items, Opaque, Ref, Row, Text
from archlint.terms.idioms import words
from archlint.terms.scope import Scope
from archlint.terms.sql import looks_like_sql, uses
from archlint.terms.sql_terms import Parameters


def sql(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """A call whose text is SQL, or a template with a tag for it."""
    last = name.rsplit(".", 1)[-1]
    listed = field(node, "arguments")
    if listed is not None and listed.type == "template_string":
        return _tagged(reader, node, listed, scope) if last in words("sql", "tags") else None
    if last in words("sql", "later") and ".prepare()" in name:
        return _prepared(reader, node, scope)
    if last not in words("sql", "callers") or "." not in name:
        return None
    nodes = given(node)
    if not nodes:
        return None
    first = unwrapped(nodes[0])
    if first.type == "call_expression" and _tag(reader, first):
        value = reader.value(first, scope)
        read_all(nodes[1:], reader, scope)
        return _answer(value, last, node) if isinstance(value, (Row, Fields)) else Call(name, (value,))
    text, holes = _text(reader, first, scope)
    if text is None or not looks_like_sql(text):
        return None
    rights, through = _client(reader, node, scope)
    values = [_hole(item, reader, scope) for item in holes]
    parameters = read_all(nodes[1:], reader, scope)
    row = told(reader, first, text, _numbered(parameters), values, scope, rights, through)
    return _answer(row, last, node)


def _tag(reader: Reader, call: Node) -> bool:
    listed = field(call, "arguments")
    return listed is not None and listed.type == "template_string"


def _client(reader: Reader, node: Node, scope: Scope) -> tuple[str, Ref | None]:
    whole = chain(node, reader)
    return client(reader, whole.base, [link for link in whole.links[:-1] if link.name], scope)


def _text(reader: Reader, node: Node, scope: Scope) -> tuple[str | None, list[Node]]:
    """The text of a literal with `$1001`, `$1002`, … for its holes, or of a name that holds one."""
    if node.type == "string":
        return reader.source.text(node)[1:-1].replace("\\'", "'").replace("\\n", "\n"), []
    if node.type == "template_string":
        pieces, holes = [], []
        position = node.start_byte + 1
        for child in node.named_children:
            if child.type != "template_substitution":
                continue
            pieces.append(reader.source.content[position : child.start_byte].decode("utf-8", "replace"))
            position = child.end_byte
            holes.append(child)
            pieces.append(f"${1000 + len(holes)}")
        pieces.append(reader.source.content[position : node.end_byte - 1].decode("utf-8", "replace"))
        return "".join(pieces), holes
    if node.type == "identifier":
        known = reader.sheet.known.get(scope.lookup(reader.source.text(node)) or "")
        return (known.value, []) if isinstance(known, Text) else (None, [])
    return None, []


def _hole(node: Node, reader: Reader, scope: Scope) -> Expression:
    inner = parts(node)
    return reader.value(inner[0], scope) if inner else Opaque("hole")


def _numbered(parameters: list[Expression]) -> tuple[Expression, ...]:
    """Parameters by number: a list of them, or one after the other."""
    if len(parameters) == 1 and isinstance(parameters[0], Items):
        return parameters[0].items
    return tuple(parameters)


def _tagged(reader: Reader, node: Node, listed: Node, scope: Scope) -> Expression | None:
    text, holes = _text(reader, listed, scope)
    if text is None:
        return None
    if not looks_like_sql(text):
        values = [_hole(item, reader, scope) for item in holes]
        return Call("sql condition", (Text(text), *values))
    rights, through = _client(reader, node, scope)
    values = [_hole(item, reader, scope) for item in holes]
    return told(reader, listed, text, (), values, scope, rights, through)


def _prepared(reader: Reader, node: Node, scope: Scope) -> Expression | None:
    """`db.prepare('…').get(id)`."""
    whole = chain(node, reader)
    start = next((index for index, link in enumerate(whole.links) if link.name == "prepare" and link.given), None)
    if start is None:
        return None
    first = unwrapped((whole.links[start].given or ())[0])
    text, holes = _text(reader, first, scope)
    if text is None or not looks_like_sql(text):
        return None
    rights, through = client(reader, whole.base, [], scope)
    values = [_hole(item, reader, scope) for item in holes]
    parameters: list[Expression] = []
    for link in whole.links[start + 1 :]:
        parameters = read_all(link.given, reader, scope) or parameters
    return told(reader, first, text, _numbered(parameters), values, scope, rights, through)


def _answer(value: Expression, last: str, node: Node) -> Expression:
    """What a driver gives back: the rows in a member, or first of several."""
    if last not in words("sql", "rows"):
        return value
    outer = node.parent
    while outer is not None and outer.type in ("await_expression", "parenthesized_expression", "as_expression"):
        outer = outer.parent
    name = field(outer, "name") if outer is not None and outer.type == "variable_declarator" else None
    if name is not None and name.type != "object_pattern" and name.type != "identifier":
        return value
    count: Expression = Call("count", (value,)) if isinstance(value, Row) else Opaque("count")
    return Fields((("rows", value), ("rowCount", count)))


def told(
    reader: Reader, node: Node, text: str, numbered: tuple[Expression, ...], holes: list[Expression],
    scope: Scope, rights: str, through: Ref | None,
) -> Expression:  # fmt: skip
    """Writes down what the statements of a text do; gives the rows of the last one."""
    parameters = Parameters(numbered, tuple(holes))
    common = {"client": rights, "through": through, "library": "sql", "text": " ".join(text.split())[:160]}
    answer: Expression = Opaque("rows")
    for use in uses(text, parameters):
        row = reader.sheet.access(
            use.kind, use.target, node, scope,
            payload=use.payload, where=use.where, columns=use.columns, aggregate=use.aggregate, **common,
        )  # fmt: skip
        answer = use.shaped(row)
    return answer
