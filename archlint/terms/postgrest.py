"""What PostgREST is asked for, and in which words: the columns of a select, the filters of a query."""

import re
from collections.abc import Mapping, Sequence

from archlint.model.expression import (
    Boolean,
    Expression,
    Fields,
    Items,
    Null,
    Number,
    Opaque,
    Operation,
    Pattern,
    Ref,
    Text,
)
from archlint.terms.idioms import table, words

_TERM = re.compile(r"^([\w.>-]+)\.(not\.)?(eq|neq|gte?|lte?|is|in|i?like)\.(.*)$", re.DOTALL)


def named(value: Expression) -> str | Ref:
    """A table or function as its user names it; `` where it is neither a text nor a name."""
    if isinstance(value, Text):
        return value.value
    return value if isinstance(value, Ref) else ""


def column(value: Expression) -> Ref | None:
    """A column named by a text, `orders.status` and `status` alike."""
    if isinstance(value, Text) and value.value:
        return Ref("$row", (value.value.rsplit(".", 1)[-1],))
    return None


def all_of(conditions: list[Expression]) -> Expression | None:
    """All conditions together; None where there is none."""
    if not conditions:
        return None
    return conditions[0] if len(conditions) == 1 else Operation("and", tuple(conditions))


def equalities(value: Expression) -> list[Expression]:
    """`{ a: 1, b: x }` as a condition on the row."""
    if not isinstance(value, Fields):
        return []
    return [Operation("=", (Ref("$row", (name,)), item)) for name, item in value.entries if name]


def columns_of(text: str) -> tuple[str, ...]:
    """The plain columns of a PostgREST select; embedded tables are others' columns."""
    found, depth, word = [], 0, ""
    for sign in text + ",":
        if sign == "(":
            depth += 1
            word = "\0"
        elif sign == ")":
            depth -= 1
        elif sign == "," and depth == 0:
            name = word.strip().split("::", 1)[0].rsplit(":", 1)[-1].split("->", 1)[0].strip()
            if name.isidentifier():
                found.append(name)
            word = ""
        elif depth == 0:
            word += sign
    return tuple(found)


def condition(name: str, values: Sequence[Expression], operators: Mapping[str, str]) -> Expression | None:
    """What a filter asks of the row; `operators` are those of the methods, by name."""
    filters = table("supabase")["filters"]
    if name == "match" and values:
        return all_of(equalities(values[0]))
    if name == "or" and values:
        return _any(values[0].value) if isinstance(values[0], Text) else Opaque("or")
    if name in ("not", "filter") and len(values) == 3 and isinstance(values[1], Text):
        operator = filters.get(values[1].value)
        found = _test(operator, values[0], values[2]) if operator else Opaque(name)
        return Operation("not", (found,)) if name == "not" and found is not None else found
    if name in words("supabase", "opaque"):
        return Opaque(name)
    operator = operators.get(name)
    return _test(operator, values[0], values[1]) if operator and len(values) == 2 else None


def _test(operator: str, left: Expression, value: Expression) -> Expression | None:
    subject = column(left)
    if subject is None or (isinstance(left, Text) and "." in left.value.partition("->")[0]):
        # What is asked of an embedded table says nothing about the row itself.
        return Opaque("filter")
    if operator == "is":
        return Operation("is null", (subject,)) if isinstance(value, Null) else Operation("=", (subject, value))
    if operator == "in":
        return Operation("in", (subject, value))
    if operator in ("like", "ilike"):
        if isinstance(value, Text):
            value = Pattern(value.value, "i" if operator == "ilike" else "", "like", True)
        return Operation("matches", (subject, value))
    return Operation(operator, (subject, value))


def _any(text: str) -> Expression:
    """`status.eq.open,amount.gt.5`."""
    found: list[Expression] = []
    for term in re.split(r",(?![^()]*\))", text):
        match = _TERM.match(term.strip())
        operator = table("supabase")["filters"].get(match.group(3)) if match else None
        if match is None or operator is None or operator in ("like", "ilike"):
            return Opaque(text)
        value = _word(match.group(4), operator)
        test = _test(operator, Text(match.group(1)), value)
        if test is None:
            return Opaque(text)
        found.append(Operation("not", (test,)) if match.group(2) else test)
    return found[0] if len(found) == 1 else Operation("or", tuple(found))


def _word(text: str, operator: str) -> Expression:
    if operator == "in":
        return Items(tuple(_word(item.strip(), "=") for item in text.strip("()").split(",")))
    if text == "null":
        return Null()
    if text in ("true", "false"):
        return Boolean(text == "true")
    if re.fullmatch(r"-?\d+(?:\.\d+)?", text):
        return Number(text)
    return Text(text.strip('"'))
