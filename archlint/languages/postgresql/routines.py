"""Reads CREATE FUNCTION and CREATE PROCEDURE with their bodies, and DO blocks."""

import re
from collections.abc import Callable

from archlint.languages.postgresql.bodies import Body
from archlint.languages.postgresql.node import Node, elements
from archlint.languages.postgresql.queries import CHANGES, SELECTS
from archlint.languages.postgresql.refusals import state_refusals
from archlint.languages.postgresql.scope import Scope
from archlint.languages.postgresql.sheet import Sheet
from archlint.languages.postgresql.slicing import slices
from archlint.languages.postgresql.tree import parse_body, parse_sql
from archlint.languages.postgresql.types import read_type
from archlint.languages.postgresql.words import identifier
from archlint.languages.postgresql.written_out import executed
from archlint.model.expression import Boolean, Ref, Row
from archlint.model.facts import HIDDEN_SECURITY, FunctionFact
from archlint.model.schema import SchemaChange

_ROW_SECURITY = re.compile(rb"(?i)\brow\s+level\s+security\b")
_QUOTE = re.compile(rb"''")
_TRIGGERS = re.compile(
    r"create\s+(?:or\s+replace\s+)?(?:constraint\s+)?trigger\s+\S+\s+(before|after|instead\s+of)\b[^;]*?"
    r"execute\s+(?:function|procedure)\s+([\w.\"]+)",
    re.IGNORECASE | re.DOTALL,
)


class Parameter:
    """A parameter of a routine: its name (empty if it has none), type and direction."""

    def __init__(self, name: str, kind: str, given: bool, default: Node | None) -> None:
        self.name = name
        self.kind = kind
        self.given = given
        self.default = default


def before_triggers(content: bytes) -> frozenset[str]:
    """The functions of a file that its own BEFORE triggers run, and no other trigger."""
    timings: dict[str, set[str]] = {}
    for found in _TRIGGERS.finditer(content.decode("utf-8", "replace")):
        name = found.group(2).replace('"', "").lower().removeprefix("public.")
        timings.setdefault(name, set()).add(found.group(1).lower())
    return frozenset(name for name, when in timings.items() if when == {"before"})


def create_function(sheet: Sheet, node: Node, silent: frozenset[str], absent: bool = False) -> None:
    """Reads a routine: its declaration as a change, its body as a function with all that happens in it."""
    header = next((item for item in node.children if item.kind == "func_args_with_defaults"), None)
    if header is None:
        return
    name = sheet.name(node.children[node.children.index(header) - 1])
    parameters = _parameters(sheet, header)
    options = [item for part in node.children for item in elements(part, "createfunc_opt_list")]
    language, definer, body = _options(sheet, options)
    outputs, returns = _returns(sheet, node)
    number = sheet.new_scope()
    trigger = returns == "trigger"
    scope = scope_of(number, name, parameters, outputs, trigger)
    scope.procedural = language == "plpgsql"
    scope.client = "definer" if definer else ""
    reader = Body(sheet, scope, trigger, name in silent)
    for parameter in parameters:
        if parameter.default is not None:
            _default(reader, parameter.default, parameter.name)
    _body(sheet, reader, node, body, language, name)
    state_refusals(sheet, scope, reader.refusals, "trigger" if trigger else "routine")
    sheet.functions.append(
        FunctionFact(
            scope=number,
            parent=0,
            name=name,
            span=sheet.span(node),
            parameters=tuple(f"{item.name or f'${n + 1}'}@{number}" for n, item in enumerate(parameters) if item.given),
            returns=tuple(reader.returns),
            role="trigger" if trigger else "",
        )
    )
    sheet.changes.append(
        SchemaChange(
            action="create function",
            span=sheet.span(node),
            name=name,
            signature=tuple(item.kind for item in parameters if item.given),
            returns=returns,
            scope=number,
            language=language,
            definer=definer,
            replace=any(item.kind in ("opt_or_replace", "kw_replace") for item in node.children),
            if_absent=absent,
        )
    )
    if reader.dynamic:
        sheet.problem(reader.dynamic[0], f"dynamic SQL in function {name} is not read")


def scope_of(number: int, name: str, parameters: list[Parameter], outputs: list[str], trigger: bool) -> Scope:
    """The names that a routine's body may use."""
    scope = Scope(number, name)
    for position, item in enumerate(parameters):
        place = Ref(f"{item.name or f'${position + 1}'}@{number}")
        if item.name:
            scope.variables[item.name] = place
        scope.variables[f"${position + 1}"] = place
    for column in outputs:
        scope.variables.setdefault(column, Ref(f"{column}@{number}"))
    if trigger:
        scope.variables["new"] = Ref(f"new@{number}")
        scope.variables["old"] = Ref(f"old@{number}")
        scope.variables["tg_op"] = Ref("$operation")
    scope.parameters = frozenset(value.name for value in scope.variables.values() if isinstance(value, Ref))
    scope.outputs = set(outputs)
    return scope


def _default(reader: Body, node: Node, name: str) -> None:
    value = reader.value(node)
    if isinstance(value, Boolean) or not hasattr(value, "value"):
        return
    reader.sheet.state(
        "default",
        node,
        scope=reader.scope.number,
        symbol=reader.scope.symbol,
        subject=Ref(f"{name}@{reader.scope.number}"),
        value=value,
        effect="assign",
        source="parameter",
        strength="soft",
    )


def _body(sheet: Sheet, reader: Body, node: Node, body: Node | None, language: str, name: str) -> None:
    if body is not None and language in ("plpgsql", "sql"):
        text, start = quoted(sheet, body)
        if language == "plpgsql":
            root, error = parse_body(text, start)
            if error is not None:
                sheet.problem(error, f"a part of function {name} is not read")
            reader.read(root, name)
        else:
            _sql_body(sheet, reader, text, start)
        return
    returned = node.child("ReturnStmt")
    if returned is not None:
        value = sheet.rows(reader.value(returned.children[1]))
        reader.returns.append(((), value))
        reader.read_result(name, returned.children[1], value)
    atomic = node.child("opt_routine_body")
    if atomic is not None:
        queries = [item for part in atomic.children for item in elements(part, "routine_body_stmt_list")]
        _queries(reader, [item for item in queries if item.kind in SELECTS or item.kind in CHANGES], name)


def quoted(sheet: Sheet, node: Node) -> tuple[bytes, int]:
    """The text of a body and where it starts. Doubled quotes become single ones of the same length."""
    whole = sheet.source.content[node.start : node.end]
    if whole.startswith(b"$"):
        tag = whole.index(b"$", 1) + 1
        return whole[tag:-tag], node.start + tag
    opening = whole.index(b"'") + 1
    marks = [b" '", b"' "]
    turn = iter(range(len(whole)))
    return _QUOTE.sub(lambda found: marks[next(turn) % 2], whole[opening:-1]), node.start + opening


def _sql_body(sheet: Sheet, reader: Body, text: bytes, start: int) -> None:
    found = []
    for piece in slices(text):
        root, error = parse_sql(text[piece.start : piece.end], start + piece.start)
        if error is not None:
            sheet.problem(error, f"a statement in function {reader.scope.symbol} is not read")
            continue
        query = root.find(*SELECTS, *CHANGES)
        if query is not None:
            found.append(query)
    _queries(reader, found, reader.scope.symbol)


def _queries(reader: Body, queries: list[Node], name: str) -> None:
    """The statements of an SQL routine; the last one is what it returns."""
    for number, query in enumerate(queries):
        found = reader.query(query)
        if number + 1 < len(queries):
            continue
        if len(found.columns) == 1 and not found.whole:
            value = found.columns[0][1]
            reader.returns.append(((), value))
            if found.items:
                reader.read_result(name, found.items[0], value)
        elif found.access >= 0:
            reader.returns.append(((), Row(found.access)))


def _parameters(sheet: Sheet, node: Node) -> list[Parameter]:
    found = []
    for part in node.children:
        if part.kind in ("(", ")"):
            continue
        for item in elements(part, "func_args_with_defaults_list"):
            default = item.children[-1] if item.kind == "func_arg_with_default" else None
            argument = item.children[0] if item.kind == "func_arg_with_default" else item
            found.append(_parameter(sheet, argument, default))
    return found


def _parameter(sheet: Sheet, node: Node, default: Node | None) -> Parameter:
    if node.kind != "func_arg":
        return Parameter("", read_type(sheet, node).official, True, default)
    parts = list(node.children)
    direction = ""
    if parts[0].kind in ("kw_in", "kw_out", "kw_inout", "kw_variadic", "arg_class"):
        direction = sheet.text(parts.pop(0)).lower()
    elif len(parts) > 1 and parts[1].kind in ("kw_in", "kw_out", "kw_inout", "kw_variadic", "arg_class"):
        direction = sheet.text(parts.pop(1)).lower()
    name = identifier(sheet.text(parts[0])) if len(parts) > 1 else ""
    return Parameter(name, read_type(sheet, parts[-1]).official, direction != "out", default)


def _options(sheet: Sheet, options: list[Node]) -> tuple[str, bool, Node | None]:
    language, definer, body = "sql", False, None
    for item in options:
        if item.kind == "createfunc_opt_item" and item.children[0].kind == "kw_language":
            language = sheet.text(item.children[1]).strip("'").lower()
        elif item.kind == "createfunc_opt_item" and item.children[0].kind == "kw_as":
            body = item.find("dollar_quoted_string", "string_literal", "escape_string_literal")
        elif item.has("kw_definer"):
            definer = True
    return language, definer, body


def _returns(sheet: Sheet, node: Node) -> tuple[list[str], str]:
    listed = [item for part in node.children for item in elements(part, "table_func_column_list")]
    columns = [item for item in listed if item.kind == "table_func_column"]
    if columns:
        return [identifier(sheet.text(item.children[0])) for item in columns], "table"
    kind = node.after("kw_returns")
    return [], read_type(sheet, kind).official if kind is not None else ""


def read_block(
    sheet: Sheet,
    node: Node,
    statement: Callable[[bytes, int, bool], None],
    written: Callable[[str, int, bool], None],
) -> None:
    """A DO block: the schema statements that stand in it plainly, or are put together from what stands in it.

    What it computes is a matter of one day.
    """
    body = node.find("dollar_quoted_string", "string_literal")
    if body is None:
        return
    text, start = quoted(sheet, body)
    root, error = parse_body(text, start)
    if error is not None:
        sheet.problem(error, "a part of a DO block is not read")
    content = sheet.source.content
    guarded = {
        id(inner)
        for outer in root.walk("stmt_if", "exception_sect")
        for inner in (root if outer.kind == "exception_sect" else outer).walk("sql_expression")
    }
    texts = {item.start: found for item, found in executed(root, content)}
    for item in root.walk("stmt_execsql", "stmt_dynexecute"):
        source = item.child("sql_expression")
        if source is None:
            continue
        absent = id(source) in guarded
        if item.kind == "stmt_execsql":
            statement(content[source.start : source.end], source.start, absent)
            continue
        found = texts.get(item.start)
        for line in found or ():
            written(line, item.start, absent)
        if found is None:
            if _ROW_SECURITY.search(content, item.start, item.end):
                sheet.hints.append(HIDDEN_SECURITY)
            sheet.problem(source.start, "dynamic SQL in a DO block is not read")
