"""Accounts of an auth service: which calls write them, and what is written where."""

from functools import cache

from archlint.model.expression import Expression, Fields, Ref
from archlint.terms.idioms import table


@cache
def account_methods() -> frozenset[str]:
    """The last words of all calls that write an account."""
    return frozenset(method.rsplit(".", 1)[-1] for method in table("supabase")["accounts"]["methods"])


def written(name: str, values: list[Expression]) -> tuple[str, Fields] | None:
    """The operation of a call and the columns it writes; None where the call writes no account."""
    methods = table("supabase")["accounts"]["methods"]
    method = next((method for suffix, method in methods.items() if name.endswith(f".{suffix}")), None)
    if method is None or len(values) <= method["argument"]:
        return None
    given = values[method["argument"]]
    if not isinstance(given, Fields) or given.spreads:
        return (method["operation"], Fields((), (given,))) if isinstance(given, Ref) else None
    knowledge = table("supabase")["accounts"]
    columns = [(key, value) for key, value in given.entries if key in knowledge["columns"]]
    for place, column in knowledge["metadata"].items():
        value = _at(given, place.split("."))
        if value is not None:
            columns.append((column, value))
    return method["operation"], Fields(tuple(columns))


def _at(value: Expression | None, keys: list[str]) -> Expression | None:
    for key in keys:
        value = value.get(key) if isinstance(value, Fields) else None
    return value
