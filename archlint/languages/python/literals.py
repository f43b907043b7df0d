"""Small questions about the syntax of Python: literals, dotted names, and what a target declares."""

import ast
import re
from collections.abc import Iterator

import libcst as cst

from archlint.model.expression import Expression, Items, Opaque, Operation, Ref, Text
from archlint.terms.neutral import numeral, whole
from archlint.terms.scope import Scope


def text(node: cst.SimpleString) -> Expression:
    """A text; bytes count as the text that they spell."""
    try:
        value = spelled(node)
    except (SyntaxError, ValueError):
        return Opaque(node.value)
    return Text(whole(value) if isinstance(value, str) else value.decode("utf-8", "replace"))


def spelled(node: cst.SimpleString) -> str | bytes:
    """What a literal spells."""
    written = node.value
    quote = written[0]
    if quote not in "'\"" or "\\" in written or "\r" in written:
        return node.evaluated_value
    # Most texts are what stands between their quotes.
    return written[3:-3] if len(written) > 5 and written.startswith(quote * 3) else written[1:-1]


def unescaped(raw: str, opening: str) -> str:
    """A piece of a formatted text as it will be."""
    plain = raw.replace("{{", "{").replace("}}", "}")
    if "\\" not in plain or "r" in opening.lower():
        return plain
    try:
        found = ast.literal_eval('"""' + plain.replace('"', '\\"') + '"""')
    except (SyntaxError, ValueError):
        return plain
    return whole(found) if isinstance(found, str) else plain


def number(node: cst.Integer | cst.Float) -> Expression:
    """A number as exact decimal text."""
    raw = node.value
    return numeral(raw.lstrip("0") or "0") if raw.isdigit() else numeral(raw)


def filled(pattern: Expression, values: Expression, hole: str) -> Expression:
    """A text with values put into its holes."""
    if not isinstance(pattern, Text):
        return Operation("concat", (pattern, Opaque("value")))
    given = list(values.items) if isinstance(values, Items) else [values]
    pieces: list[Expression] = []
    position = 0
    for found in re.finditer(hole, pattern.value):
        if found.start() > position:
            pieces.append(Text(pattern.value[position : found.start()]))
        pieces.append(given.pop(0) if given else Opaque("value"))
        position = found.end()
    if position < len(pattern.value):
        pieces.append(Text(pattern.value[position:]))
    return Operation("concat", tuple(pieces)) if len(pieces) > 1 else pattern


def column(key: Expression) -> Expression:
    """The key of a map, where it is a column as the class of its table names it: `{Order.state: "paid"}`."""
    return Text(key.path[-1]) if isinstance(key, Ref) and key.path and key.path[-1].islower() else key


def dotted(node: cst.BaseExpression) -> str:
    """`a.b.c` where an expression is made of names, else nothing."""
    pieces: list[str] = []
    while isinstance(node, cst.Attribute):
        pieces.append(node.attr.value)
        node = node.value
    return ".".join([node.value, *reversed(pieces)]) if isinstance(node, cst.Name) else ""


def declare(target: cst.BaseExpression, scope: Scope) -> None:
    """Declares the names of a target."""
    for name in names(target):
        scope.declare(name)


def names(target: cst.BaseExpression) -> Iterator[str]:
    """The names that a target gives a value to."""
    if isinstance(target, cst.Name):
        yield target.value
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from names(element.value)


def assigned(body: cst.BaseSuite | cst.BaseStatement | cst.BaseSmallStatement) -> Iterator[str]:
    """The names that statements give values to, with repeats, not looking into other functions or expressions."""
    if isinstance(body, (cst.IndentedBlock, cst.SimpleStatementLine, cst.SimpleStatementSuite)):
        for inner in body.body:
            yield from assigned(inner)
    elif isinstance(body, (cst.FunctionDef, cst.ClassDef)):
        yield body.name.value
    elif isinstance(body, cst.Assign):
        for target in body.targets:
            yield from names(target.target)
    elif isinstance(body, (cst.AnnAssign, cst.AugAssign)):
        yield from names(body.target)
    elif isinstance(body, (cst.Import, cst.ImportFrom)):
        if not isinstance(body.names, cst.ImportStar):
            for alias in body.names:
                yield alias.evaluated_alias or alias.evaluated_name.split(".", 1)[0]
    else:
        yield from _in_compound(body)


def _in_compound(body: cst.CSTNode) -> Iterator[str]:
    if isinstance(body, cst.For):
        yield from names(body.target)
    if isinstance(body, cst.With):
        for item in body.items:
            if item.asname is not None:
                yield from names(item.asname.name)
    if isinstance(body, cst.ExceptHandler) and body.name is not None:
        yield from names(body.name.name)
    if isinstance(body, cst.Match):
        for case in body.cases:
            yield from captured(case.pattern)
            yield from assigned(case.body)
        return
    for part in ("body", "orelse", "finalbody"):
        inner = getattr(body, part, None)
        if isinstance(inner, (cst.Else, cst.Finally)):
            inner = inner.body
        if inner is not None:
            yield from assigned(inner)
    for handler in getattr(body, "handlers", ()):
        yield from _in_compound(handler)


def captured(pattern: cst.MatchPattern | None) -> Iterator[str]:
    """The names that a pattern of `match` gives values to."""
    if isinstance(pattern, cst.MatchAs):
        yield from captured(pattern.pattern)
        if pattern.name is not None:
            yield pattern.name.value
    elif isinstance(pattern, (cst.MatchSequence, cst.MatchOr)):
        for element in pattern.patterns:
            yield from captured(getattr(element, "pattern", getattr(element, "value", None)))
    elif isinstance(pattern, cst.MatchMapping):
        for entry in pattern.elements:
            yield from captured(entry.pattern)
    elif isinstance(pattern, cst.MatchClass):
        for item in (*pattern.patterns, *pattern.kwds):
            yield from captured(getattr(item, "value", getattr(item, "pattern", None)))
