"""Where the nodes of libcst stand, told from the lengths of what they are made of."""

from collections.abc import Callable
from operator import attrgetter
from types import NoneType
from typing import Any

import libcst as cst

from archlint.languages.python.places import Recorder

# Writes nothing, and says where what a node spans ends when it begins here.
_Measure = Callable[[Any, int, "_Walk"], int]


_ABSENT = cst.MaybeSentinel.DEFAULT


class _Walk:
    """What holds for a whole text while it is gone through."""

    __slots__ = ("found", "indent", "module", "newline")

    def __init__(self, module: cst.Module) -> None:
        self.module = module
        self.newline = len(module.default_newline)
        self.indent = 0
        self.found: dict[int, tuple[int, int]] = {}


def offsets(module: cst.Module) -> dict[int, tuple[int, int]]:
    """By the identity of each node, where it begins and ends in the module's text, white space around it left out.

    Tokens that only hold others together, and white space, are not among them.
    """
    walk = _Walk(module)
    at = _each(module.header, 0, walk)
    at = _each(module.body, at, walk)
    walk.found[id(module)] = (0, _each(module.footer, at, walk))
    return walk.found


# What stands between -------------------------------------------------------------------------------------


def _nothing(node: Any, at: int, walk: _Walk) -> int:
    return at


def _written(node: str, at: int, walk: _Walk) -> int:
    return at + len(node)


def _each(nodes: Any, at: int, walk: _Walk) -> int:
    for node in nodes:
        at = _MEASURES.get(type(node), _other)(node, at, walk)
    return at


def _token(node: Any, at: int, walk: _Walk) -> int:
    return at + len(node.value)


def _line(node: Any, at: int, walk: _Walk) -> int:
    """The rest of a line, or a line of its own that holds no code."""
    at += len(node.whitespace.value)
    if node.comment is not None:
        at += len(node.comment.value)
    value = node.newline.value
    return at + (walk.newline if value is None else len(value))


def _empty(node: cst.EmptyLine, at: int, walk: _Walk) -> int:
    return _line(node, at + walk.indent if node.indent else at, walk)


def _lines(node: cst.ParenthesizedWhitespace, at: int, walk: _Walk) -> int:
    at = _line(node.first_line, at, walk)
    for line in node.empty_lines:
        at = _empty(line, at, walk)
    return at + len(node.last_line.value) + (walk.indent if node.indent else 0)


def _white(node: Any, at: int, walk: _Walk) -> int:
    kind = type(node)
    return at + len(node.value) if kind is cst.SimpleWhitespace else _MEASURES[kind](node, at, walk)


def _other(node: Any, at: int, walk: _Walk) -> int:
    """A node that is not known here, as libcst itself writes it."""
    recorder = Recorder(walk.module.default_indent, walk.module.default_newline)
    recorder.indent_tokens.append(" " * walk.indent)
    recorder.offset = at
    recorder.found = walk.found
    node._codegen(recorder)
    return recorder.offset


# What is made of parts -----------------------------------------------------------------------------------


def _parts(written: str) -> _Measure:
    """Measures the members of a node one after the other, and the tokens between them, which stand behind a quote."""
    lengths: list[int] = []
    names: list[str] = []
    length = 0
    for word in written.split():
        if word[0] == "'":
            length += len(word) - 1
        else:
            names.append(word)
            lengths.append(length)
            length = 0
    rest, get = length, attrgetter(*names) if names else _none
    if len(names) == 1:
        first, before = names[0], lengths[0]

        def measured_one(node: Any, at: int, walk: _Walk) -> int:
            part = getattr(node, first)
            return (_MEASURES.get(type(part), _other)(part, at + before, walk) if part else at + before) + rest

        return measured_one

    def measured(node: Any, at: int, walk: _Walk) -> int:
        for before, part in zip(lengths, get(node), strict=True):
            at += before
            kind = type(part)
            if kind is cst.SimpleWhitespace:
                at += len(part.value)
            elif part and part is not _ABSENT:
                at = _MEASURES.get(kind, _other)(part, at, walk)
        return at + rest

    return measured


def _none(node: Any) -> tuple[Any, ...]:
    return ()


def _node(written: str, after: str = "", before: str = "") -> _Measure:
    """A node that stands where its parts do; what comes before and after is no part of it."""
    ahead, inside, behind = (_parts(part) if part else _nothing for part in (before, written, after))

    def measure(node: Any, at: int, walk: _Walk) -> int:
        at = ahead(node, at, walk)
        end = inside(node, at, walk)
        walk.found[id(node)] = (at, end)
        return behind(node, end, walk)

    return measure


def _expression(written: str) -> _Measure:
    """A node that may stand in parentheses, which are no part of it."""
    inside = _parts(written)

    def measure(node: Any, at: int, walk: _Walk) -> int:
        if not node.lpar:
            end = inside(node, at, walk)
            walk.found[id(node)] = (at, end)
            return end
        at = _each(node.lpar, at, walk)
        end = inside(node, at, walk)
        walk.found[id(node)] = (at, end)
        return _each(node.rpar, end, walk)

    return measure


def _operator(kind: Any) -> _Measure:
    """White space, a token, and white space again; the token is what stands somewhere."""
    length = len(kind()._get_token())

    def measure(node: Any, at: int, walk: _Walk) -> int:
        at = _white(node.whitespace_before, at, walk)
        walk.found[id(node)] = (at, at + length)
        return _white(node.whitespace_after, at + length, walk)

    return measure


def _statement(written: str, ends: tuple[str, ...] = (), above: str = "leading_lines", after: str = "") -> _Measure:
    """A node on lines of its own; it ends where the last of its members that is there ends."""
    inside, before, behind = _parts(written), _parts(above), _parts(after) if after else _nothing

    def measure(node: Any, at: int, walk: _Walk) -> int:
        at = before(node, at, walk) + walk.indent
        end = stop = inside(node, at, walk)
        for name in ends:
            last = getattr(node, name)
            last = last[-1] if isinstance(last, (tuple, list)) and last else last
            if last:
                stop = walk.found[id(last)][1]
                break
        walk.found[id(node)] = (at, stop)
        return behind(node, end, walk)

    return measure


def _block(node: cst.IndentedBlock, at: int, walk: _Walk) -> int:
    at = _line(node.header, at, walk)
    outer = walk.indent
    walk.indent += len(walk.module.default_indent if node.indent is None else node.indent)
    end = _each(node.body, at, walk)
    found = walk.found
    found[id(node)] = (found[id(node.body[0])][0], found[id(node.body[-1])][1])
    end = _each(node.footer, end, walk)
    walk.indent = outer
    return end


def _inline(node: cst.SimpleStatementSuite, at: int, walk: _Walk) -> int:
    """`if late: return`."""
    at += len(node.leading_whitespace.value)
    end = _each(node.body, at, walk)
    walk.found[id(node)] = (at, walk.found[id(node.body[-1])][1])
    return _line(node.trailing_whitespace, end, walk)


def _decision(node: cst.If, at: int, walk: _Walk, length: int = len("if")) -> int:
    if node.leading_lines:
        at = _each(node.leading_lines, at, walk)
    at += walk.indent
    end = _TESTED(node, at + length, walk)
    last: cst.CSTNode = node.body
    if node.orelse is not None:
        last = node.orelse
        end = _decision(last, end, walk, len("elif")) if isinstance(last, cst.If) else _ELSE(last, end, walk)
    walk.found[id(node)] = (at, walk.found[id(last)][1])
    return end


def _function(node: cst.FunctionDef, at: int, walk: _Walk) -> int:
    return (_DEFINED if node.returns is None else _ANSWERING)(node, at, walk)


# The nodes that most text is made of ---------------------------------------------------------------------


def _leaf(node: Any, at: int, walk: _Walk) -> int:
    if node.lpar:
        at = _each(node.lpar, at, walk)
    end = at + len(node.value)
    walk.found[id(node)] = (at, end)
    return _each(node.rpar, end, walk) if node.rpar else end


def _attribute(node: cst.Attribute, at: int, walk: _Walk) -> int:
    if node.lpar:
        at = _each(node.lpar, at, walk)
    end = _MEASURES.get(type(node.value), _other)(node.value, at, walk)
    end = _leaf(node.attr, _DOT(node.dot, end, walk), walk)
    walk.found[id(node)] = (at, end)
    return _each(node.rpar, end, walk) if node.rpar else end


def _argument(node: cst.Arg, at: int, walk: _Walk) -> int:
    end = at
    if node.star:
        end = _white(node.whitespace_after_star, end + len(node.star), walk)
    if node.keyword is not None:
        end = _leaf(node.keyword, end, walk)
        end = _MEASURES[type(node.equal)](node.equal, end, walk)
    end = _MEASURES.get(type(node.value), _other)(node.value, end, walk)
    walk.found[id(node)] = (at, end)
    if isinstance(node.comma, cst.Comma):
        end = _COMMA(node.comma, end, walk)
    return _white(node.whitespace_after_arg, end, walk)


_DOT, _COMMA = _operator(cst.Dot), _operator(cst.Comma)
_TESTED = _parts("whitespace_before_test test whitespace_after_test ': body")
_ELSE = _statement("'else whitespace_before_colon ': body", ("body",))
_DECORATED = "leading_lines decorators lines_after_decorators"
_HEAD = (
    "asynchronous 'def whitespace_after_def name whitespace_after_name type_parameters "
    "whitespace_after_type_parameters '( whitespace_before_params params ')"
)
_DEFINED = _statement(f"{_HEAD} whitespace_before_colon ': body", ("body",), _DECORATED)
_ANSWERING = _statement(f"{_HEAD} '- returns whitespace_before_colon ': body", ("body",), _DECORATED)
_OPERATORS = (
    cst.Dot, cst.Comma, cst.Colon, cst.Semicolon, cst.AssignEqual, cst.And, cst.Or, cst.Equal, cst.LessThan,
    cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual, cst.In, cst.Is, cst.Add, cst.Subtract, cst.Multiply,
    cst.Divide, cst.FloorDivide, cst.Modulo, cst.Power, cst.BitOr, cst.BitAnd, cst.AddAssign, cst.SubtractAssign,
    cst.MultiplyAssign, cst.DivideAssign,
)  # fmt: skip

_MEASURES: dict[type, _Measure] = {
    NoneType: _nothing,
    cst.MaybeSentinel: _nothing,
    str: _written,
    tuple: _each,
    list: _each,
    cst.SimpleWhitespace: _token,
    cst.ParenthesizedWhitespace: _lines,
    cst.TrailingWhitespace: _line,
    cst.EmptyLine: _empty,
    cst.LeftParen: _parts("'( whitespace_after"),
    cst.RightParen: _parts("whitespace_before ')"),
    cst.LeftSquareBracket: _parts("'[ whitespace_after"),
    cst.RightSquareBracket: _parts("whitespace_before ']"),
    cst.LeftCurlyBrace: _parts("'{ whitespace_after"),
    cst.RightCurlyBrace: _parts("whitespace_before '}"),
    # Expressions
    cst.Name: _leaf,
    cst.Integer: _leaf,
    cst.Float: _leaf,
    cst.SimpleString: _leaf,
    cst.Ellipsis: _expression("'..."),
    cst.ConcatenatedString: _expression("left whitespace_between right"),
    cst.FormattedString: _expression("start parts end"),
    cst.FormattedStringText: _node("value"),
    cst.Attribute: _attribute,
    cst.Call: _expression("func whitespace_after_func '( whitespace_before_args args ')"),
    cst.Arg: _argument,
    cst.Subscript: _expression("value whitespace_after_value lbracket slice rbracket"),
    cst.SubscriptElement: _node("slice", "comma"),
    cst.Index: _node("star whitespace_after_star value"),
    cst.Comparison: _expression("left comparisons"),
    cst.ComparisonTarget: _node("operator comparator"),
    cst.BooleanOperation: _expression("left operator right"),
    cst.BinaryOperation: _expression("left operator right"),
    cst.UnaryOperation: _expression("operator expression"),
    cst.Not: _node("'not whitespace_after"),
    cst.Minus: _node("'- whitespace_after"),
    cst.Await: _expression("'await whitespace_after_await expression"),
    cst.IfExp: _expression(
        "body whitespace_before_if 'if whitespace_after_if test whitespace_before_else 'else whitespace_after_else "
        "orelse"
    ),
    cst.NamedExpr: _expression("target whitespace_before_walrus ':= whitespace_after_walrus value"),
    cst.Tuple: _expression("elements"),
    cst.List: _expression("lbracket elements rbracket"),
    cst.Set: _expression("lbrace elements rbrace"),
    cst.Dict: _expression("lbrace elements rbrace"),
    cst.Element: _node("value", "comma"),
    cst.DictElement: _node("key whitespace_before_colon ': whitespace_after_colon value", "comma"),
    cst.StarredDictElement: _node("'** whitespace_before_value value", "comma"),
    cst.ListComp: _expression("lbracket elt for_in rbracket"),
    cst.SetComp: _expression("lbrace elt for_in rbrace"),
    cst.GeneratorExp: _expression("elt for_in"),
    cst.DictComp: _expression("lbrace key whitespace_before_colon ': whitespace_after_colon value for_in rbrace"),
    cst.CompFor: _node(
        "whitespace_before asynchronous 'for whitespace_after_for target whitespace_before_in 'in whitespace_after_in "
        "iter ifs inner_for_in"
    ),
    cst.CompIf: _node("whitespace_before 'if whitespace_before_test test"),
    cst.Lambda: _expression("'lambda whitespace_after_lambda params colon body"),
    cst.Parameters: _node("posonly_params posonly_ind params star_arg kwonly_params star_kwarg"),
    cst.Param: _node("star whitespace_after_star name", "annotation equal default comma whitespace_after_param"),
    # Small statements
    cst.Expr: _node("value", "semicolon"),
    cst.Assign: _node("targets value", "semicolon"),
    cst.AssignTarget: _node("target", "whitespace_before_equal '= whitespace_after_equal"),
    cst.AugAssign: _node("target operator value", "semicolon"),
    cst.AnnAssign: _node("target annotation equal value", "semicolon"),
    cst.Return: _node("'return whitespace_after_return value", "semicolon"),
    cst.Raise: _node("'raise whitespace_after_raise exc cause", "semicolon"),
    cst.Assert: _node("'assert whitespace_after_assert test comma msg", "semicolon"),
    cst.Pass: _node("'pass", "semicolon"),
    cst.Break: _node("'break", "semicolon"),
    cst.Continue: _node("'continue", "semicolon"),
    cst.Import: _node("'import whitespace_after_import names", "semicolon"),
    cst.ImportAlias: _node("name asname", "comma"),
    cst.AsName: _node("whitespace_before_as 'as whitespace_after_as name"),
    # Statements
    cst.SimpleStatementLine: _statement("body", ("body",), after="trailing_whitespace"),
    cst.SimpleStatementSuite: _inline,
    cst.IndentedBlock: _block,
    cst.If: _decision,
    cst.Else: _ELSE,
    cst.For: _statement(
        "asynchronous 'for whitespace_after_for target whitespace_before_in 'in whitespace_after_in iter "
        "whitespace_before_colon ': body orelse",
        ("orelse", "body"),
    ),
    cst.While: _statement(
        "'while whitespace_after_while test whitespace_before_colon ': body orelse", ("orelse", "body")
    ),
    cst.Try: _statement(
        "'try whitespace_before_colon ': body handlers orelse finalbody", ("finalbody", "orelse", "handlers", "body")
    ),
    cst.ExceptHandler: _statement(
        "'except whitespace_after_except type name whitespace_before_colon ': body", ("body",)
    ),
    cst.Finally: _statement("'finally whitespace_before_colon ': body", ("body",)),
    cst.With: _statement(
        "asynchronous 'with whitespace_after_with lpar items rpar whitespace_before_colon ': body", ("body",)
    ),
    cst.WithItem: _node("item asname", "comma"),
    cst.FunctionDef: _function,
    cst.ClassDef: _statement(
        "'class whitespace_after_class name whitespace_after_name type_parameters whitespace_after_type_parameters "
        "lpar bases keywords rpar whitespace_before_colon ': body",
        ("body",),
        above=_DECORATED,
    ),
    cst.Decorator: _statement("'@ whitespace_after_at decorator", after="trailing_whitespace"),
    # Before what a function gives back, the mark is one character longer; that is told with the function.
    cst.Annotation: _node("annotation", before="whitespace_before_indicator ': whitespace_after_indicator"),
    **{kind: _operator(kind) for kind in _OPERATORS},
}
