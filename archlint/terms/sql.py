"""SQL in texts: parsed with sqlglot, and told in the same terms as the calls of any other library."""

import logging
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from archlint import data
from archlint.model.expression import Call, Expression, Fields, Items, Ref, Row
from archlint.terms import sql_terms
from archlint.terms.sql_terms import Parameters, Use

_SQL = re.compile(
    r"^\s*(?:--[^\n]*\n\s*)*(?:insert\s+(?:ignore\s+|or\s+\w+\s+)?into|update\s+\S+\s+set|delete\s+from|select\s|with\s+\w+.*\bas\b|call\s+\w)",
    re.I | re.S,
)
_WHOLE = re.compile(
    r"^\s*insert\s+(?:ignore\s+)?into\s+([\w.\"]+)\s+(?:set\s+)?(\$\d+|\?)(?P<rest>.*)$|^\s*update\s+([\w.\"]+)\s+set\s+(\$\d+|\?)\s+(?P<where>where.*)$",
    re.I | re.S,
)


def looks_like_sql(text: str) -> bool:
    """Whether a text opens as a statement; the parser decides. Sentences begin with one capital, keywords do not."""
    found = _SQL.match(text)
    word = found.group().split()[-1 if found.group().lstrip().startswith("--") else 0] if found else ""
    return bool(word) and (word.islower() or word.isupper())


def uses(text: str, parameters: Parameters) -> Iterator[Use]:
    """What the statements of a text do, one after the other; nothing where it is not SQL after all."""
    found = _whole(text, parameters)
    if found is not None:
        yield found
        return
    for statement in _parsed(text) or ():
        if _prose(statement, text):
            continue
        clause = statement.args.get("with_") or statement.args.get("with")
        named = clause.expressions if clause is not None else ()
        names = {item.alias for item in named}
        for part in (*(item.this for item in named), statement):
            use = sql_terms.use(part, parameters)
            # What a query inside of the statement is called is no table.
            if use is not None and use.target not in names:
                yield use._replace(inner=part is not statement)


@cache
def _parsed(text: str) -> Any:
    """The statements of a text, or None where it is not SQL after all."""
    # The parser is heavy, and most files hold no SQL.
    import sqlglot
    from sqlglot.errors import SqlglotError

    # What it does not know it gives back as it is, which is of no interest, and tells everybody.
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    for dialect in _dialects(text):
        try:
            return tuple(item for item in sqlglot.parse(text, read=dialect) if item is not None)
        except (SqlglotError, RecursionError, ValueError):
            continue
    return None


def _dialects(text: str) -> tuple[str, ...]:
    """The dialects to try, the likeliest first: code seldom says which database it talks to."""
    others = tuple(data.table("idioms/sql_dialects"))
    # Names between backticks are MySQL's.
    return ("mysql",) if "`" in text else ("postgres", *others)


def _prose(statement: Any, text: str) -> bool:
    """`select a date from the calendar` parses, because SQL may leave out AS."""
    if type(statement).__name__ != "Select" or re.search(r"(?i)\bas\b|\bwhere\b|[*(=$?]", text):
        return False
    return any(item.alias for item in statement.expressions)


def _whole(text: str, parameters: Parameters) -> Use | None:
    """`insert into orders ${sql(order)}` and `UPDATE orders SET ? WHERE id = ?` write an object whole."""
    match = _WHOLE.match(text)
    if match is None:
        return None
    table, mark = (match.group(1), match.group(2)) if match.group(1) else (match.group(4), match.group(5))
    payload: Expression = parameters.next() if mark == "?" else parameters.at(int(mark[1:]))
    if isinstance(payload, Call) and payload.arguments:
        payload = payload.arguments[0]
    if not isinstance(payload, (Ref, Fields, Items, Row)):
        return None
    where = None
    if match.group("where"):
        found = _parsed(f"delete from {table} {match.group('where')}")
        use = sql_terms.use(found[0], parameters) if found else None
        where = use.where if use is not None else None
    kind = "update" if match.group("where") else "insert"
    return Use(kind, table.replace('"', "").removeprefix("public."), payload, where)
