"""Whose rights an access has: the caller's own, or those of a service that no row security stops."""

import re
from functools import cache

from archlint import data
from archlint.model.expression import Call, Expression, Fields, Operation, Ref, Text
from archlint.model.facts import Access
from archlint.resolve.symbols import Program

_DEPTH = 6


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(data.table("idioms/supabase")["clients"][name])


def rights(program: Program, path: str, access: Access) -> str:
    """`service`, `anon` or, where nobody says so, ``."""
    if access.client or access.through is None:
        return access.client
    return _of(program, path, access.through, _DEPTH)


def of_one_table(access: Access) -> bool:
    """Whether the plain names of an access are columns of the table that it names, as its library has it."""
    return _of_one_table(access.library)


@cache
def _of_one_table(library: str) -> bool:
    known = bool(library) and (data.folder() / "idioms" / f"{library}.toml").is_file()
    return known and bool(data.table(f"idioms/{library}").get("one_table"))


def _of(program: Program, path: str, value: Expression, depth: int) -> str:
    if depth == 0:
        return ""
    if isinstance(value, Ref):
        return _named(program, path, value, depth)
    if isinstance(value, Operation) and value.operator in ("coalesce", "fallback"):
        return next((found for item in value.operands[::-1] if (found := _of(program, path, item, depth - 1))), "")
    if not isinstance(value, Call):
        return ""
    if value.function == "client" and value.arguments:
        return _key(program, path, value.arguments[0], depth)
    if value.callee is not None:
        return _made(program, path, value.callee, depth)
    return ""


def _named(program: Program, path: str, ref: Ref, depth: int) -> str:
    if ref.path and ref.path[-1] == "()":
        return _made(program, path, Ref(ref.name, ref.path[:-1]), depth)
    name, members = program.place(path, ref)
    where, value = program.constants.get(name, ("", None))
    for key in members:
        value = value.get(key) if isinstance(value, Fields) else None
    return _of(program, where, value, depth - 1) if value is not None else ""


def _made(program: Program, path: str, callee: Ref, depth: int) -> str:
    found = program.function(Ref(*program.place(path, callee)))
    if found is None:
        return ""
    where, function = found
    return next((right for _, value in function.returns if (right := _of(program, where, value, depth - 1))), "")


def _key(program: Program, path: str, key: Expression, depth: int) -> str:
    """What a client's key says of its rights."""
    if isinstance(key, Text):
        return key.value if key.value in ("service", "anon") else ""
    if isinstance(key, Call) and key.function == "environment" and isinstance(key.arguments[0], Text):
        name = key.arguments[0].value
        return (
            "service" if _pattern("service_key").search(name) else "anon" if _pattern("anon_key").search(name) else ""
        )
    if isinstance(key, Operation) and key.operator in ("coalesce", "fallback"):
        return _key(program, path, key.operands[0], depth - 1)
    if isinstance(key, Ref) and depth:
        name, _ = program.place(path, key)
        where, value = program.constants.get(name, ("", None))
        return _key(program, where, value, depth - 1) if value is not None else ""
    return ""
