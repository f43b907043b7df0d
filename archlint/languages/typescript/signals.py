"""Values that are read by calling them, and set by a member: signals of Angular, Solid and their kin."""

from tree_sitter import Node

from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.routes import decorators_of
from archlint.languages.typescript.syntax import field, parts, unwrapped
from archlint.model.expression import Expression, Lambda, Null, Opaque, Ref
from archlint.model.facts import Export
from archlint.terms.idioms import words
from archlint.terms.neutral import LITERALS
from archlint.terms.scope import Scope


def recognise(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """`signal(0)` holds what it is given, until it is set."""
    if name not in words("angular", "signals") or not _imported(reader, name, scope):
        return None
    arguments = reader.arguments(node, scope)
    if not arguments or isinstance(arguments[0], Null):
        # What it holds at first is often nothing yet, and that says nothing of what it holds later.
        return Opaque("nothing yet")
    return arguments[0]


def keep(reader: Reader, subject: Ref, value: Node, scope: Scope) -> bool:
    """Remembers a name that is read by calling it; whether what it holds may change."""
    callee = field(value, "function") if value.type == "call_expression" else None
    name = reader.source.text(callee).split("<", 1)[0] if callee is not None else ""
    changing = name in words("angular", "signals")
    if not (changing or name in words("angular", "derived")) or not _imported(reader, name, scope):
        return False
    reader.sheet.signals.add((subject.name, subject.path))
    return changing


def default(reader: Reader, subject: Ref, value: Node, found: Expression, scope: Scope) -> None:
    """What a property (`max = input<number>(10)`) is where nothing is handed in."""
    callee, listed = field(value, "function"), field(value, "arguments")
    name = reader.source.text(callee).split("<", 1)[0] if callee is not None else ""
    if name in words("angular", "inputs") and listed is not None and parts(listed) and isinstance(found, LITERALS):
        reader.sheet.state(
            "default", value, scope, subject=subject, value=found, effect="assign", strength="soft", source="parameter"
        )


def called(
    reader: Reader, target: Ref, arguments: tuple[Expression, ...], node: Node, scope: Scope
) -> Expression | None:
    """A signal that is read or set; None for any other call."""
    sheet = reader.sheet
    if not arguments and ((target.name, target.path) in sheet.signals or _outside(target, scope)):
        return target
    if len(target.path) and (target.name, target.path[:-1]) in sheet.signals and len(arguments) == 1:
        subject = Ref(target.name, target.path[:-1])
        if target.path[-1] == "set":
            sheet.bind(subject, arguments[0], node, scope)
            return Opaque("set")
        if target.path[-1] == "update" and isinstance(arguments[0], Lambda):
            reader.sheet.applied(arguments[0], (subject,), node, scope)
            sheet.bind(subject, reader.sheet.result(arguments[0]), node, scope)
            return Opaque("set")
    return None


def _outside(target: Ref, scope: Scope) -> bool:
    """Whether a template reads a member of a class that stands in another file; there these are signals by far most."""
    holder = scope.within.holder if scope.within is not None else None
    return holder is not None and holder.name == "Component@0" and target.name == holder.name and len(target.path) == 1


def _imported(reader: Reader, name: str, scope: Scope) -> bool:
    head = name.split(".", 1)[0]
    scoped = scope.lookup(head)
    return scoped is not None and any(
        item.local == scoped and item.module.startswith("@angular/") for item in reader.sheet.imports
    )


def tied(reader: Reader, node: Node, name: str, scope: Scope) -> None:
    """`templateUrl: './order.component.html'`: the template beside the script reads the members of this class."""
    for label, _, decorator in decorators_of(reader, node):
        listed = field(unwrapped(parts(decorator)[0]), "arguments")
        options = unwrapped(parts(listed)[0]) if listed is not None and parts(listed) else None
        if label != "Component" or options is None:
            continue
        stem = reader.source.path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        for pair in parts(options):
            key, value = field(pair, "key"), field(pair, "value")
            if key is None or value is None or reader.source.text(key) != "templateUrl":
                continue
            if reader.source.text(value).strip("'\"`").removeprefix("./") == f"{stem}.html":
                reader.sheet.exports.append(Export("$template", scope.lookup(name) or f"{name}@0"))
