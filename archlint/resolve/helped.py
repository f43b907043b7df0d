"""Names that take what a helper computes: the computation is stated at the call, too, with the call's own inputs."""

from collections.abc import Iterator

from archlint.model.expression import Call, Expression, Operation, Ref
from archlint.model.facts import FileFacts, FunctionFact, Statement
from archlint.resolve.draft import identifier
from archlint.resolve.symbols import Program

_ARITHMETIC = frozenset({"+", "-", "*", "/"})
_KEPT = frozenset({"value", "constant"})


def helped(program: Program, path: str, facts: FileFacts) -> Iterator[Statement]:
    """One `derive` for each name that is bound to a call of a function that is nothing but one computation.

    Stored routines are left out: which of their bodies are in force is known by their statements only.
    """
    if facts.language == "postgresql":
        return
    for binding in facts.bindings:
        call = binding.value
        if binding.kind not in _KEPT or not isinstance(call, Call) or call.callee is None or not call.arguments:
            continue
        callee = program.globalised(path, call.callee)
        found = program.function(callee) if isinstance(callee, Ref) else None
        if found is None or not _computes(found[1]):
            continue
        name = identifier(binding.target.path[-1] if binding.target.path else binding.target.name)
        yield Statement(
            kind="derive",
            span=binding.span,
            text=f"{name} = {found[1].name}(…)",
            scope=binding.scope,
            subject=binding.target,
            value=call,
            effect="assign",
            strength="soft",
            source="helper",
        )


def _computes(function: FunctionFact) -> bool:
    """Whether a function gives back one computation, whatever it is asked."""
    return len(function.returns) == 1 and not function.returns[0][0] and _arithmetic(function.returns[0][1])


def _arithmetic(value: Expression) -> bool:
    if isinstance(value, Operation):
        return value.operator in _ARITHMETIC or any(map(_arithmetic, value.operands))
    return isinstance(value, Call) and value.callee is None and any(map(_arithmetic, value.arguments))
