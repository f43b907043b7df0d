"""Syntax trees without the grammar's scaffolding.

Chains of single children are collapsed, recursive lists made flat, and operators bound as the server binds them:
the grammar gives `->>` a weaker hold than `=`.
"""

import re
from functools import cache
from typing import Any

from archlint.languages.postgresql.node import Node
from archlint.languages.postgresql.operators import arranged

# What the grammar wraps a plain name in; keywords below these are names too.
_NAMES = frozenset(
    {
        "ColId", "ColLabel", "BareColLabel", "type_function_name", "NonReservedWord", "columnref", "attr_name",
        "func_name", "param_name", "any_identifier", "name", "role_list", "RoleSpec",
    }
)  # fmt: skip
_FLAT = frozenset({"indirection", "alter_table_cmds", "values_clause", "opt_array_bounds"})
_OPERATIONS = frozenset({"a_expr", "a_expr_prec", "b_expr", "b_expr_prec"})
_ENVELOPES = frozenset({"qual_all_Op", "all_Op", "MathOp", "subquery_Op"})
_MARKS = frozenset({"identifier", "quoted_identifier"})


@cache
def _parser(procedural: bool) -> Any:
    # The grammars take a tenth of a second to load, and most repositories hold no SQL.
    import tree_sitter
    import tree_sitter_postgres

    made = tree_sitter_postgres.language_plpgsql() if procedural else tree_sitter_postgres.language()
    return tree_sitter.Parser(tree_sitter.Language(made))


def parse_sql(text: bytes, base: int) -> tuple[Node, int | None]:
    """The tree of statements that stand at `base` of the file, and where the first error is."""
    root, error = _parse(text, base, False)
    if error is not None:
        mended = _mended(text)
        if mended != text:
            return _parse(mended, base, False)
    return root, error


def parse_body(text: bytes, base: int) -> tuple[Node, int | None]:
    """The tree of a PL/pgSQL block; its expressions and queries stay text."""
    return _parse(text, base, True)


def parse_expression(text: bytes, base: int) -> Node | None:
    """The tree of a value (of several, a `target_list`); None where it has an error."""
    root, error = parse_sql(_SELECT + text, base - len(_SELECT))
    if error is not None or not root.children:
        return None
    found = root.find("simple_select", "select_no_parens")
    if found is None or len(found.children) != 2:
        return None
    return found.children[1]


_SELECT = b"select "

# What the grammar does not know, written so that it does; every piece keeps its length.
_VARIABLE = re.compile(rb"(?<![:\w\]'\"]):(?=['\"A-Za-z_])|\$\{(?=\w+\})|(?<=\w)\}")
_ANY = re.compile(rb"=(\s*)(?:any|some)(\s*\(\s*(?:select|with)\b)", re.IGNORECASE)
_CONTINUED = re.compile(rb"'\s*\n\s*'")


def _mended(text: bytes) -> bytes:
    text = _ANY.sub(lambda m: b" " + m.group(1) + b"in".ljust(len(m.group()) - 1 - len(m[1]) - len(m[2])) + m[2], text)
    text = _CONTINUED.sub(lambda found: b" " * len(found.group()), text)
    return _VARIABLE.sub(lambda found: b" " * len(found.group()), text)


def _parse(text: bytes, base: int, procedural: bool) -> tuple[Node, int | None]:
    tree = _parser(procedural).parse(text)
    root = tree.root_node
    error = _first_error(root) if root.has_error else None
    return _convert(root, base), None if error is None else base + error


def _first_error(root: Any) -> int:
    node = root
    while not (node.type == "ERROR" or node.is_missing):
        inner = next((item for item in node.children if item.has_error or item.is_missing), None)
        if inner is None:
            break
        node = inner
    return int(node.start_byte)


def _convert(raw: Any, base: int) -> Node:
    named = False
    kind = raw.type
    children = _without_comments(raw.children)
    while len(children) == 1:
        if kind in _NAMES:
            named = True
        raw = children[0]
        kind = raw.type
        children = _without_comments(raw.children)
    if not children:
        if kind in _MARKS or (named and kind.startswith("kw_")):
            kind = "name"
        elif kind == "operator":
            kind = raw.text.decode()
        return Node(kind, base + raw.start_byte, base + raw.end_byte, [])
    if kind in _OPERATIONS:
        return arranged(_sequence(children, base))
    first = children[0]
    if first.type == kind and (kind[-4:].lower() == "list" or kind in _FLAT):
        parts = []
        while first.type == kind:
            parts.append(children[1:])
            children = _without_comments(first.children)
            first = children[0]
        parts.append(children)
        children = [item for part in reversed(parts) for item in part]
    return Node(kind, base + raw.start_byte, base + raw.end_byte, [_convert(item, base) for item in children])


def _sequence(children: list[Any], base: int) -> list[Node]:
    """The operands and operators of nested operations, from left to right."""
    found: list[Node] = []
    stack = children[::-1]
    while stack:
        item = stack.pop()
        inner = _without_comments(item.children) if item.type in _OPERATIONS or item.type in _ENVELOPES else None
        if inner and (item.type in _OPERATIONS or len(inner) == 1):
            stack.extend(reversed(inner))
        else:
            found.append(_convert(item, base))
    return found


def _without_comments(children: list[Any]) -> list[Any]:
    if len(children) > 1:
        for item in children:
            if item.type == "comment":
                return [item for item in children if item.type != "comment"]
    return children
