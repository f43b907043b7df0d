"""Functions of other databases in neutral terms."""

from typing import Literal

from archlint import data
from archlint.languages.postgresql.dialects import Foreign
from archlint.model.expression import Call, Expression, Number, Operation

_UNITS = {
    "day": "days between", "month": "months between", "year": "years between", "second": "seconds between",
    "week": ("days between", "7"), "minute": ("seconds between", "60"), "hour": ("seconds between", "3600"),
}  # fmt: skip


def foreign_call(
    foreign: Foreign, name: str, values: tuple[Expression, ...], unit: str
) -> Expression | Literal["coalesce"] | None:
    """What a call means; `coalesce` where it is just that, None where the dialect has no function of the name."""
    functions = data.table("idioms/sql_dialects")[foreign.dialect].get("functions", {})
    meaning = functions.get(name)
    if meaning is None:
        return None
    if meaning == "coalesce":
        return "coalesce"
    if meaning == "if" and len(values) == 3:
        return Operation("if", values)
    if meaning == "difference" and len(values) == 3:
        return _difference(values, unit.lower())
    return Call(meaning or name, values)


def _difference(values: tuple[Expression, ...], unit: str) -> Expression:
    """`TIMESTAMPDIFF(HOUR, a, b)`: whole hours from a to b."""
    known = _UNITS.get(unit)
    later = (values[2], values[1])
    if isinstance(known, str):
        return Call(known, later)
    if known is None:
        return Call("timestampdiff", values)
    return Call("floor", (Operation("/", (Call(known[0], later), Number(known[1]))),))
