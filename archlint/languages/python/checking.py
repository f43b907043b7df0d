"""Methods of declared classes that look at values: which field their parameters hold."""

import libcst as cst

from archlint.languages.python import libraries
from archlint.languages.python.bodies import called, last
from archlint.languages.python.literals import dotted
from archlint.languages.python.protocol import Owner, Reader
from archlint.model.expression import Ref, Text
from archlint.model.facts import Binding
from archlint.terms.scope import Scope


def recognise(reader: Reader, owner: Owner, node: cst.FunctionDef, scope: Scope) -> bool:
    """A method that a library calls with values; it is read here then."""
    if owner.kind not in libraries.libraries():
        return False
    rows = libraries.rows(owner.kind, "methods")
    found = _by_decorator(reader, owner, node, scope, rows) or _by_name(node.name.value, rows)
    if found is None:
        return False
    row, fields = found
    words = row.split()
    if words[0] == "own":
        if len(words) > 1:
            _hand(reader, Ref(owner.here), Ref(owner.here, (words[1],)), node, scope)
        return False
    name = f"{owner.name}.{node.name.value}"
    function = reader.define(node, scope, name, name, owner)
    fact = next((item for item in reversed(reader.sheet.functions) if item.scope == function.scope), None)
    # The class or object itself is none of the parameters.
    place = int(words[1]) - 2
    if fact is None or place >= len(fact.parameters):
        return True
    value = Ref(fact.parameters[place], tuple(words[2:]))
    targets = [Ref(owner.here, (field,)) for field in fields] if words[0] != "whole" else [Ref(owner.here)]
    for target in targets:
        _hand(reader, target, value, node, scope)
    return True


def _hand(reader: Reader, target: Ref, value: Ref, node: cst.FunctionDef, scope: Scope) -> None:
    """What the method looks at is what the field will be."""
    reader.sheet.bindings.append(Binding(target, value, reader.source.span(node.name), "value", scope.number))


def _by_decorator(
    reader: Reader, owner: Owner, node: cst.FunctionDef, scope: Scope, rows: dict[str, str]
) -> tuple[str, list[str]] | None:
    for decorator in node.decorators:
        target = called(decorator.decorator)
        name = dotted(target)
        holder, _, member = name.rpartition(".")
        if holder and f"*.{member}" in rows:
            return rows[f"*.{member}"], [holder]
        row = rows.get(last(name))
        if row is None or not libraries.offers(owner.kind, reader.qualified(target, scope)):
            continue
        fields = []
        for item in decorator.decorator.args if isinstance(decorator.decorator, cst.Call) else ():
            value = reader.value(item.value, scope)
            if item.keyword is None and isinstance(value, Text) and value.value != "*":
                fields.append(value.value)
        return row, fields
    return None


def _by_name(name: str, rows: dict[str, str]) -> tuple[str, list[str]] | None:
    if name in rows:
        return rows[name], []
    for pattern, row in rows.items():
        if pattern.endswith("_*") and name.startswith(pattern[:-1]) and len(name) > len(pattern) - 1:
            return row, [name[len(pattern) - 1 :]]
    return None
