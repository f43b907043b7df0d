"""Libraries of dates: one date moved by a span, two dates compared, and the whole units between them."""

import re
from functools import cache
from typing import Any

from tree_sitter import Node

from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import field, parts, unwrapped
from archlint.model.expression import Call, Duration, Expression, Fields, Number, Operation, Ref, Row, Text
from archlint.terms.idioms import table
from archlint.terms.neutral import dated
from archlint.terms.scope import Scope


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(table("javascript")["times"][name])


def recognise(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """`addDays(day, 3)`, `isBefore(day, other)`, `dayjs(day).add(3, "day")`, `DateTime.now().minus({ years: 18 })`."""
    if node.type == "new_expression" or not any(
        _pattern("modules").match(item.module) for item in reader.sheet.imports
    ):
        return None
    callee = field(node, "function")
    listed = field(node, "arguments")
    given = parts(listed) if listed is not None and listed.type == "arguments" else []
    if callee is None:
        return None
    if unwrapped(callee).type == "identifier":
        return _function(reader, name, given, scope)
    holder = field(unwrapped(callee), "object")
    return _method(reader, holder, name.rsplit(".", 1)[-1], given, scope) if holder is not None else None


# Functions of a date ------------------------------------------------------------------------------------------


def _function(reader: Reader, name: str, given: list[Node], scope: Scope) -> Expression | None:
    scoped = scope.lookup(name)
    found = next((item for item in reader.sheet.imports if item.local == scoped), None)
    if found is None or not _pattern("functions").match(found.module):
        return None
    word, times = found.imported, _times()
    if len(given) == 1 and word in (*times["past"], *times["future"]):
        date = reader.value(given[0], scope)
        return Operation("<" if word in times["past"] else ">", (date, Call("now", ())))
    if len(given) != 2:
        return None
    comparison = table("javascript")["comparisons"].get(word)
    if comparison is not None:
        return Operation(comparison, (reader.value(given[0], scope), reader.value(given[1], scope)))
    sign = _sign(re.sub(r"[A-Z].*", "", word))
    if sign is None:
        return None
    unit = re.sub(r"^[a-z]+", "", word)
    date, amount = reader.value(given[0], scope), reader.value(given[1], scope)
    return _moved(sign, date, _spans(amount) if not unit else _span(amount, unit))


# Methods of a date --------------------------------------------------------------------------------------------


def _method(reader: Reader, holder: Node, word: str, given: list[Node], scope: Scope) -> Expression | None:
    sign = _sign(word)
    if (sign is None and word != "diff") or not 1 <= len(given) <= 2:
        return None
    if not _of_library(reader, holder):
        return None
    base = reader.value(holder, scope)
    if not _is_date(base):
        return None
    values = [reader.value(item, scope) for item in given]
    unit = _unit(values[1].value) if len(values) == 2 and isinstance(values[1], Text) else ""
    if sign is None:
        return Call(f"{unit}s between", (base, values[0])) if unit else None
    span = _spans(values[0]) if len(values) == 1 else _span(values[0], unit) if unit else None
    return _moved(sign, base, span)


def _of_library(reader: Reader, holder: Node) -> bool:
    """Whether a chain begins with the library, or with a name that may hold one of its dates."""
    text = reader.source.text(holder)
    return re.match(r"(?:dayjs|moment|DateTime)\b|[\w.]+$", text) is not None


def _is_date(base: Expression) -> bool:
    if isinstance(base, Operation):
        return base.operator in ("+", "-") and _is_date(base.operands[0])
    return dated(base)


# Spans --------------------------------------------------------------------------------------------------------


def _times() -> dict[str, Any]:
    found: dict[str, Any] = table("javascript")["times"]
    return found


def _sign(word: str) -> str | None:
    return "+" if word in _times()["later"] else "-" if word in _times()["earlier"] else None


def _unit(word: str) -> str:
    """The name of a unit, from any of its spellings; empty where it is none."""
    word = _times()["short"].get(word, word)
    known = word.lower().removesuffix("s")
    return known if known in _times()["units"] else ""


def _span(amount: Expression, unit: str) -> Expression | None:
    known = _unit(unit)
    if not known or not isinstance(amount, (Number, Ref, Row, Operation)):
        return None
    size, kind = _times()["units"][known].split()
    one = Duration(int(size), "0") if kind == "months" else Duration(0, size)
    return one if amount == Number("1") else Operation("*", (amount, one))


def _spans(given: Expression) -> Expression | None:
    """`{ days: 3, hours: 2 }`."""
    if not isinstance(given, Fields) or given.spreads or not given.entries:
        return None
    found: Expression | None = None
    for unit, amount in given.entries:
        span = _span(amount, unit)
        if span is None:
            return None
        found = span if found is None else Operation("+", (found, span))
    return found


def _moved(sign: str, date: Expression, span: Expression | None) -> Expression | None:
    return Operation(sign, (date, span)) if span is not None else None
