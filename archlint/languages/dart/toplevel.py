"""What stands in a file outside of everything: directives, variables, functions, classes."""

from tree_sitter import Node

from archlint.languages.dart.chains import kinds
from archlint.languages.dart.classes import Classes
from archlint.languages.dart.enums import Enums
from archlint.languages.dart.modules import Modules
from archlint.languages.dart.protocol import Reader
from archlint.languages.dart.statements import Statements
from archlint.languages.dart.syntax import child, field, parts, unwrapped
from archlint.languages.dart.types import is_type, split
from archlint.model.expression import Ref
from archlint.model.source import Problem
from archlint.terms.idioms import words
from archlint.terms.scope import Scope

_CLASSES = frozenset({"class_definition", "mixin_declaration", "extension_declaration", "extension_type_declaration"})
_LISTS = frozenset({"static_final_declaration_list", "initialized_identifier_list"})
_DIRECTIVES = frozenset({"import_or_export", "part_directive", "part_of_directive"})
_FIXED = frozenset({"const_builtin", "final_builtin"})


class Toplevel:
    """Reads the declarations of one file."""

    def __init__(
        self, reader: Reader, statements: Statements, classes: Classes, enums: Enums, modules: Modules
    ) -> None:
        self._reader = reader
        self._statements = statements
        self._classes = classes
        self._enums = enums
        self._modules = modules

    def read(self, root: Node, scope: Scope) -> None:
        """The whole file; a declaration that cannot be read costs no other."""
        nodes = parts(root)
        names = [name for node in nodes for name in self._declared(node)]
        for name in names:
            scope.declare(name)
        # An extension has no name of its own where nobody gave it one.
        self._modules.declared(list(dict.fromkeys(names)))
        waiting: list[Node] = []
        for node in nodes:
            try:
                waiting = self._one(node, waiting, scope)
            except RecursionError:
                line = node.start_point[0] + 1
                problem = Problem(self._reader.source.path, line, "a piece of code is nested too deeply")
                self._reader.sheet.problems.append(problem)

    def _one(self, node: Node, waiting: list[Node], scope: Scope) -> list[Node]:
        """One node; gives what belongs to the one after it: a variable's type and its `final` come in front of it."""
        if node.type in _DIRECTIVES:
            self._modules.read(node, scope)
        elif node.type in _LISTS:
            self._variables(node, waiting, scope)
        elif node.type == "enum_declaration":
            self._enums.read(node, scope)
        elif node.type in _CLASSES:
            self._classes.read(node, scope)
        elif node.type == "function_declaration":
            self._function(node, scope)
        elif is_type(node) or node.type in (*_FIXED, "annotation", "inferred_type", "late"):
            return [*waiting, node]
        elif node.type == "ERROR":
            self._rest(node, scope)
        return []

    def _rest(self, node: Node, scope: Scope) -> None:
        """What is whole within a piece of code that is broken."""
        for inner in parts(node):
            if inner.type in _CLASSES or inner.type in ("enum_declaration", "function_declaration"):
                self._one(inner, [], scope)

    def _declared(self, node: Node) -> list[str]:
        text = self._reader.source.text
        if node.type in _LISTS:
            return [text(parts(item)[0]) for item in parts(node) if parts(item)]
        if node.type == "function_declaration":
            signature = field(node, "signature")
            name = field(signature, "name") if signature is not None else None
        elif node.type in _CLASSES or node.type == "enum_declaration":
            name = field(node, "name") or child(node, "identifier")
        elif node.type == "type_alias":
            name = child(node, "type_identifier")
        else:
            return []
        return [text(name)] if name is not None else []

    def _variables(self, node: Node, waiting: list[Node], scope: Scope) -> None:
        fixed = any(item.type in _FIXED for item in waiting)
        types = [item for item in waiting if is_type(item)]
        for item in parts(node):
            inner = parts(item)
            if not inner:
                continue
            value = inner[1] if len(inner) > 1 else None
            self._statements.variable(inner[0], value, types, fixed, item, scope)
            if value is not None:
                self._provided(inner[0], unwrapped(value), scope)

    def _provided(self, name: Node, value: Node, scope: Scope) -> None:
        """`final orders = StateNotifierProvider<OrderNotifier, OrderState>(…)` gives a state, and who changes it."""
        maker = self._reader.source.text(value).split("<", 1)[0].split("(", 1)[0].split(".", 1)[0]
        if maker not in words("dart", "types", "providers"):
            return
        listed = kinds(value) or next(iter(_type_arguments(value)), None)
        if listed is None:
            return
        found = [self._reader.typed(nodes, scope) for nodes in split(listed)]
        subject = Ref(scope.declare(self._reader.source.text(name)))
        sheet = self._reader.sheet
        if found[-1] is not None and (len(found) > 1 or maker != "ChangeNotifierProvider"):
            sheet.bind(subject, found[-1], value, scope, "type")
        if found[0] is not None and (len(found) > 1 or maker == "ChangeNotifierProvider"):
            sheet.bind(Ref(subject.name, ("notifier",)), found[0], value, scope, "type")
            if len(found) == 1:
                sheet.bind(subject, found[0], value, scope, "type")

    def _function(self, node: Node, scope: Scope) -> None:
        signature, body = field(node, "signature"), field(node, "body")
        name = field(signature, "name") if signature is not None else None
        if signature is None or name is None:
            return
        text = self._reader.source.text(name)
        if signature.type == "getter_signature":
            function = self._reader.define(None, body, node, scope, symbol=text)
            self._reader.sheet.bind(Ref(scope.declare(text)), self._reader.sheet.result(function), node, scope)
            return
        self._reader.define(child(signature, "formal_parameter_list"), body, node, scope, name=text, symbol=text)


def _type_arguments(node: Node) -> list[Node]:
    stack: list[Node] = [node]
    found: list[Node] = []
    while stack and not found:
        item = stack.pop(0)
        if item.type == "type_arguments":
            found.append(item)
        elif item.type not in ("arguments", "function_expression"):
            stack.extend(item.named_children)
    return found
