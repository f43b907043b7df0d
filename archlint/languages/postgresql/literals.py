"""Values that are written as text, and functions that only write a value in other words."""

import re
from decimal import Decimal, InvalidOperation

from archlint.languages.postgresql import functions
from archlint.model.expression import (
    Boolean,
    Call,
    Expression,
    Fields,
    Items,
    Null,
    Number,
    Operation,
    Pattern,
    Text,
)


def decimal(text: str) -> str | None:
    """A number as exact decimal text; None where the text is none."""
    try:
        number = Decimal(text.strip().replace("_", ""))
    except InvalidOperation:
        return None
    return functions.plain(number) if number.is_finite() else None


def array(text: str) -> Items | None:
    """The elements of an array literal: `{a,"b c"}`."""
    inner = text.strip()
    if not (inner.startswith("{") and inner.endswith("}")) or "{" in inner[1:]:
        return None
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"|([^,{}\s][^,{}]*)', inner)
    return Items(tuple(Text(re.sub(r"\\(.)", r"\1", quoted) or plain.strip()) for quoted, plain in parts))


def from_json(value: object) -> Expression:
    """What a JSON value is."""
    if isinstance(value, bool):
        return Boolean(value)
    if isinstance(value, (int, float)):
        return Number(decimal(str(value)) or "0")
    if isinstance(value, str):
        return Text(value)
    if isinstance(value, list):
        return Items(tuple(from_json(item) for item in value))
    if isinstance(value, dict):
        return Fields(tuple((str(key), from_json(item)) for key, item in value.items()))
    return Null()


def concatenated(left: Expression, right: Expression) -> Expression:
    """Texts joined by `||`, as one list."""
    parts = left.operands if isinstance(left, Operation) and left.operator == "concat" else (left,)
    return Operation("concat", (*parts, right))


def measured(value: Expression) -> Expression | None:
    """`(n || ' days')::interval` is n days."""
    if isinstance(value, Operation) and value.operator == "concat" and len(value.operands) == 2:
        amount, unit = value.operands
        one = functions.duration(f"1 {unit.value.strip()}") if isinstance(unit, Text) else None
        if isinstance(amount, Call) and amount.function == "text":
            amount = amount.arguments[0]
        return Operation("*", (amount, one)) if one else None
    return None


def interval(entries: list[tuple[str, Expression]]) -> Expression | None:
    """`make_interval(days => 3)`."""
    if len(entries) != 1:
        return None
    unit, amount = entries[0]
    if isinstance(amount, Number):
        return functions.duration(f"{amount.value} {unit}")
    one = functions.duration(f"1 {unit}")
    return Operation("*", (amount, one)) if one else None


def similar(value: Expression, pattern: str) -> Expression:
    """`SIMILAR TO`: a regular expression for the whole text, in which `%` and `_` stand for any characters."""
    parts = re.findall(r"\\.|\[[^\]]*\]|[\s\S]", pattern)
    translated = "".join(_SIMILAR.get(part, part) for part in parts)
    return Operation("matches", (value, Pattern(translated, "", "postgresql", True)))


_SIMILAR = {"%": ".*", "_": ".", ".": r"\.", "^": r"\^", "$": r"\$"}


def built(name: str, values: tuple[Expression, ...]) -> Expression | None:
    """Functions that are an operator or a literal in other words."""
    if name in ("jsonb_build_object", "json_build_object"):
        keys = [key.value for key in values[::2] if isinstance(key, Text)]
        return Fields(tuple(zip(keys, values[1::2], strict=True))) if 2 * len(keys) == len(values) else None
    if name in ("jsonb_build_array", "json_build_array"):
        return Items(values)
    if name in ("to_jsonb", "to_json", "row_to_json") and len(values) == 1:
        return values[0]
    if name == "concat":
        return Operation("concat", values)
    if name == "mod" and len(values) == 2:
        return Operation("%", values)
    if name == "regexp_like" and len(values) > 1 and isinstance(values[1], Text):
        flags = values[2].value if len(values) > 2 and isinstance(values[2], Text) else ""
        return Operation("matches", (values[0], Pattern(values[1].value, flags, "postgresql")))
    if name == "nullif" and len(values) == 2:
        return Operation("case", (Operation("=", values), Null(), values[0]))
    return None
