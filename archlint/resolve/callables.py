"""Calls of functions that stand for a handler elsewhere: `const pay = payCall(); await pay({ amount })`."""

from collections.abc import Mapping

import msgspec

from archlint.model.expression import Call, Expression, Fields, Ref, Text
from archlint.model.facts import Access, FileFacts
from archlint.resolve.symbols import Program

_DEPTH = 4


def with_callables(program: Program) -> Mapping[str, FileFacts]:
    """The files in which such calls stand, with an access for each of them."""
    if not any(_makes(facts) for facts in program.files.values()):
        return {}
    found = {}
    for path, facts in program.files.items():
        more = []
        for invocation in facts.invocations:
            target = _target(program, path, invocation.callee, _DEPTH)
            if target:
                payload = invocation.arguments[0] if invocation.arguments else Fields(())
                more.append(
                    Access(
                        kind="invoke",
                        target=target,
                        span=invocation.span,
                        scope=invocation.scope,
                        payload=payload,
                        client="anon",
                        library="firebase",
                    )
                )
        if more:
            found[path] = msgspec.structs.replace(facts, accesses=(*facts.accesses, *more))
    return found


def _makes(facts: FileFacts) -> bool:
    values = [value for function in facts.functions for _, value in function.returns]
    values.extend(binding.value for binding in facts.bindings)
    return any(isinstance(value, Call) and value.function == "callable" for value in values)


def _target(program: Program, path: str, value: Expression | None, depth: int) -> str:
    """The name of the handler that a value calls, or ``."""
    if depth == 0 or value is None:
        return ""
    if isinstance(value, Ref):
        name, members = program.place(path, value)
        where, held = program.constants.get(name, ("", None))
        for key in members:
            held = held.get(key) if isinstance(held, Fields) else None
        return _target(program, where, held, depth - 1) if isinstance(held, (Ref, Call)) else ""
    if not isinstance(value, Call):
        return ""
    if value.function == "callable" and value.arguments and isinstance(value.arguments[0], Text):
        return value.arguments[0].value
    if value.callee is None:
        return ""
    found = program.function(Ref(*program.place(path, value.callee)))
    if found is None:
        return ""
    where, function = found
    return next((name for _, item in function.returns if (name := _target(program, where, item, depth - 1))), "")
