"""Dates, spans of time and the clock."""

from decimal import Decimal, InvalidOperation

import libcst as cst

from archlint.languages.python.protocol import Reader
from archlint.model.expression import Call, Duration, Expression, Number, Opaque, Operation
from archlint.terms.idioms import table, words
from archlint.terms.scope import Scope


def times(reader: Reader, node: cst.Call, name: str, scope: Scope) -> Expression | None:
    """A call about time; None where it is about something else."""
    if name in words("python", "now"):
        for argument in node.args:
            reader.value(argument.value, scope)
        return Call("today" if name.endswith("today") and "date.today" in name else "now", ())
    if name.rsplit(".", 1)[-1] in words("python", "spans"):
        return _span(reader, node, scope)
    return None


def _span(reader: Reader, node: cst.Call, scope: Scope) -> Expression:
    """`timedelta(days=14)`; with a name in it, that many seconds of a unit."""
    units = table("python")["units"]
    order = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")
    months, seconds = 0, Decimal(0)
    open_ended: list[Expression] = []
    for index, argument in enumerate(node.args):
        unit = argument.keyword.value if argument.keyword is not None else order[min(index, 6)]
        value = reader.value(argument.value, scope)
        size = units.get(unit)
        if size is None:
            return Opaque("span")
        if isinstance(value, Number):
            try:
                amount = Decimal(value.value)
            except InvalidOperation:
                return Opaque("span")
            if size.endswith("months"):
                if amount != int(amount):
                    return Opaque("span")
                months += int(amount) * int(size.split()[0])
            else:
                seconds += amount * Decimal(size)
        else:
            one = Duration(int(size.split()[0]), "0") if size.endswith("months") else Duration(0, size)
            open_ended.append(Operation("*", (value, one)))
    fixed = Duration(months, _plain(seconds))
    if not open_ended:
        return fixed
    found = open_ended[0]
    for other in (*open_ended[1:], *((fixed,) if months or seconds else ())):
        found = Operation("+", (found, other))
    return found


def _plain(seconds: Decimal) -> str:
    text = format(seconds, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
