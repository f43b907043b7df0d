"""Functions that components are handed as properties: what `onSave(order)` calls is said where the form is shown."""

from collections import defaultdict
from collections.abc import Iterator

from archlint.model.expression import Expression, Fields, Lambda, Ref
from archlint.model.facts import FileFacts, FunctionFact
from archlint.resolve.symbols import Program

Place = tuple[str, tuple[str, ...]]
Found = tuple[str, FunctionFact]

# What so many places hand in serves no single one of them: a button, a field of a form.
_MOST = 4


class Handed:
    """By property of a component, the functions that are handed in under it; and the names that stand for one."""

    def __init__(self, program: Program) -> None:
        self._program = program
        found: dict[Place, list[Found]] = defaultdict(list)
        for path, facts in program.files.items():
            for place, function in _given(program, path, facts):
                if function not in found[place]:
                    found[place].append(function)
        self._functions = {place: tuple(functions) for place, functions in found.items() if len(functions) <= _MOST}
        holders = {name for name, _ in self._functions}
        self._names = dict(_named(program, holders)) if holders else {}

    def functions(self, path: str, callee: Ref) -> tuple[Found, ...]:
        """What a call in a file may run: the function that it names, or all that are handed in under the name."""
        name, members = self._program.place(path, callee)
        found = self._program.function(Ref(name, members))
        if found is not None:
            return (found,)
        place = self._names.get(name) if not members else (name, members)
        return self._functions.get(place, ()) if place is not None else ()


def _given(program: Program, path: str, facts: FileFacts) -> Iterator[tuple[Place, Found]]:
    for invocation in facts.invocations:
        if not invocation.rendered:
            continue
        given = [item for item in invocation.arguments[:1] if isinstance(item, Fields)]
        functions = [item for item in given[0].entries if isinstance(item[1], (Ref, Lambda))] if given else []
        holder = _component(program, path, invocation.callee) if functions else ""
        if not holder:
            continue
        for key, value in functions:
            function = program.held(path, value)
            if function is not None:
                yield (holder, (key,)), function


def _component(program: Program, path: str, callee: Ref) -> str:
    """What a component's properties are members of: the parameter of a function, or an object of options itself."""
    name, members = program.place(path, callee)
    found = program.function(Ref(name, members))
    if found is not None:
        return f"{found[0]}|{found[1].parameters[0]}" if found[1].parameters else ""
    return name if not members and name.split("|", 1)[0] in program.files else ""


def _named(program: Program, holders: set[str]) -> Iterator[tuple[str, Place]]:
    """The names that properties are taken out under, where they never stand for anything else."""
    values: dict[str, list[Expression]] = defaultdict(list)
    for path, facts in program.files.items():
        for binding in facts.bindings:
            if binding.kind in ("value", "constant") and not binding.target.path:
                values[f"{path}|{binding.target.name}"].append(binding.value)
    for name, bound in values.items():
        value = bound[0]
        if len(bound) == 1 and isinstance(value, Ref) and len(value.path) == 1:
            holder = f"{name.split('|', 1)[0]}|{value.name}"
            if holder in holders:
                yield name, (holder, value.path)
