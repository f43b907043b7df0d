"""Tells conditions about the machinery (errors, loading, transport) from those about the business."""

import re
from functools import cache

from archlint.model.expression import Call, Expression, Number, Opaque, Operation, Ref, Row
from archlint.terms.idioms import table, words
from archlint.terms.neutral import within


@cache
def _names() -> re.Pattern[str]:
    return re.compile(table("outcomes")["plumbing"]["names"])


@cache
def _holders() -> re.Pattern[str]:
    return re.compile(table("outcomes")["plumbing"]["holders"])


def plumbing(condition: Expression) -> bool:
    """Whether a condition says nothing about the business: every name in it is one of the machinery's."""
    names = [item for item in within(condition) if isinstance(item, (Ref, Row))]
    if not names:
        return True
    if _about_transport(condition):
        return True
    return all(_mechanical(item) for item in names)


def _mechanical(item: Ref | Row) -> bool:
    if isinstance(item, Row):
        return False
    if item.path:
        return bool(_names().match(item.path[-1])) or bool(_names().match(_first(item)) and _first(item) != "page")
    return bool(_names().match(_first(item)))


def _first(item: Ref) -> str:
    return item.name.split("@", 1)[0]


def _about_transport(condition: Expression) -> bool:
    """`response.status !== 200`, `error.code === 'PGRST116'`."""
    for item in within(condition):
        if isinstance(item, Operation) and len(item.operands) == 2:
            for side, other in (item.operands, item.operands[::-1]):
                if isinstance(side, Ref) and side.path and side.path[-1] in words("outcomes", "plumbing", "statuses"):
                    numeric = isinstance(other, Number) and other.value.isdigit() and 100 <= int(other.value) < 600
                    if _holders().match(side.path[-2] if len(side.path) > 1 else _first(side)) or numeric:
                        return True
    return False


def presence_only(condition: Expression) -> bool:
    """Whether a condition only asks whether something is there."""
    if isinstance(condition, (Ref, Row)):
        return True
    if isinstance(condition, Call):
        return condition.callee is None and condition.function in ("trim", "length", "count", "is text", "is number")
    if isinstance(condition, Opaque):
        return True
    if isinstance(condition, Operation):
        if condition.operator in ("not", "and", "or", "truthy", "is null"):
            return all(presence_only(item) for item in condition.operands)
        if condition.operator in ("=", "!=", ">", "<=") and isinstance(condition.operands[1], Number):
            return isinstance(condition.operands[0], Call) and condition.operands[1].value == "0"
    return False


def relevant(guards: tuple[Expression, ...], condition: Expression) -> tuple[Expression, ...]:
    """The conditions of enclosing branches that are about something else than the requirement itself."""
    own = {item for item in within(condition) if isinstance(item, (Ref, Row))}
    kept = []
    for guard in guards:
        for part in guard.operands if isinstance(guard, Operation) and guard.operator == "and" else (guard,):
            names = {item for item in within(part) if isinstance(item, (Ref, Row))}
            denied = isinstance(part, Operation) and part.operator in ("not", "or")
            if plumbing(part) or names <= own or (presence_only(part) and not denied):
                continue
            kept.append(part)
    return tuple(dict.fromkeys(kept))
