"""Classes: enumerations, constants, declared fields and methods."""

import re

import libcst as cst

from archlint.languages.python.functions import Functions
from archlint.languages.python.outcomes import flat
from archlint.languages.python.protocol import ClassRecogniser, MethodRecogniser, Owner, Reader
from archlint.languages.python.routes import permissions
from archlint.languages.python.types import Types
from archlint.model.expression import Call, Expression, Fields, Items, Null, Ref, Text
from archlint.terms.idioms import table, words
from archlint.terms.neutral import LITERALS
from archlint.terms.scope import Scope


class Classes:
    """Reads the classes of one file."""

    def __init__(
        self,
        reader: Reader,
        functions: Functions,
        types: Types,
        classes: tuple[ClassRecogniser, ...],
        methods: tuple[MethodRecogniser, ...],
    ) -> None:
        self._reader = reader
        self._functions = functions
        self._types = types
        self._classes = classes
        self._methods = methods

    def whole(self, node: cst.ClassDef, scope: Scope) -> Owner:
        """A class with all that is in it."""
        owner, inner = self.opened(node, scope)
        for item in flat(node.body):
            if isinstance(item, cst.FunctionDef):
                self.method(item, owner, inner)
        return owner

    def opened(self, node: cst.ClassDef, scope: Scope) -> tuple[Owner, Scope]:
        """A class without its methods, and the scope in which they are read."""
        name = node.name.value
        here = scope.lookup(name) or scope.declare(name)
        bases = tuple(self._reader.qualified(item.value, scope) for item in node.bases)
        owner = Owner(name, here, tuple(base for base in bases if base), node)
        inner = Scope(scope, scope.function, self._reader.sheet.block())
        inner.guards, inner.around = scope.guards, scope.around
        if self.is_enumeration(owner):
            owner.kind = "enumeration"
            self._enumeration(owner, scope)
            return owner, inner
        self._parents(owner, scope)
        self._held(owner, inner)
        self._guards(owner, inner)
        if not any(told(self._reader, owner, inner) for told in self._classes):
            self._fields(owner, inner)
        return owner, inner

    def is_enumeration(self, owner: Owner) -> bool:
        """Whether a class lists values."""
        return any(base.rsplit(".", 1)[-1] in words("python", "enumerations") for base in owner.bases)

    def method(self, node: cst.FunctionDef, owner: Owner, scope: Scope) -> None:
        """A method of a class that has been opened."""
        if any(told(self._reader, owner, node, scope) for told in self._methods):
            return
        name = f"{owner.name}.{node.name.value}"
        self._functions.decorated(node, scope, name=name, symbol=name, owner=owner)

    def _guards(self, owner: Owner, scope: Scope) -> None:
        """`permission_classes = [IsAdminUser]`, and parents that ask who is calling."""
        source = self._reader.source
        for item in owner.node.bases:
            if re.search(table("python_web")["mixins"], self._reader.qualified(item.value, scope)):
                owner.guards.append((source.span(item), source.snippet(item), Call("current user", ())))
        for statement in flat(owner.node.body):
            if not isinstance(statement, cst.Assign) or not isinstance(statement.targets[0].target, cst.Name):
                continue
            if statement.targets[0].target.value in words("python_web", "class_guards"):
                for condition in permissions(self._reader, statement.value, scope):
                    owner.guards.append((source.span(statement), source.snippet(statement), condition))

    def _parents(self, owner: Owner, scope: Scope) -> None:
        """What a class inherits is its own."""
        for item in owner.node.bases:
            if isinstance(item.value, (cst.Name, cst.Attribute)):
                kind = self._types.typed(item.value, scope)
                if isinstance(kind, Ref) and kind.name != owner.here:
                    self._reader.sheet.bind(Ref(owner.here), kind, item, scope, "type")

    def _enumeration(self, owner: Owner, scope: Scope) -> None:
        """`class Status(StrEnum): DRAFT = "draft"`."""
        entries: list[tuple[str, Expression]] = []
        places: list[cst.CSTNode] = []
        for item in flat(owner.node.body):
            if not isinstance(item, cst.Assign) or not isinstance(item.targets[0].target, cst.Name):
                continue
            name = item.targets[0].target.value
            value = self._member(name, self._reader.value(item.value, scope), owner)
            if not name.startswith("_") and value is not None:
                entries.append((name, value))
                places.append(item)
        found = Fields(tuple(entries))
        self._reader.sheet.bind(Ref(owner.here), found, owner.node, scope, "constant")
        if entries and all(isinstance(value, Text) for _, value in entries):
            self._types.state(Ref(owner.here), Items(tuple(value for _, value in entries)), owner.node, scope)

    def _member(self, name: str, value: Expression, owner: Owner) -> Expression | None:
        if isinstance(value, Items) and value.items:
            # `DRAFT = "draft", "Not sent yet"`: what is stored, and what is shown.
            value = value.items[0]
        if isinstance(value, Call) and value.function.rsplit(".", 1)[-1] == "auto":
            texts = any(base.rsplit(".", 1)[-1] == "StrEnum" for base in owner.bases)
            return Text(name.lower()) if texts else None
        return value if isinstance(value, LITERALS) else None

    def _held(self, owner: Owner, scope: Scope) -> None:
        """What a class holds beside its fields: classes inside of it, and constants; its fields may speak of them."""
        sheet = self._reader.sheet
        held: list[tuple[str, Expression]] = []
        for item in flat(owner.node.body):
            if isinstance(item, cst.ClassDef) and item.name.value not in words("python_models", "settings"):
                held.append((item.name.value, Ref(self.whole(item, scope).here)))
            elif isinstance(item, cst.Assign) and (name := _constant(item)):
                value = self._reader.value(item.value, scope)
                sheet.bind(Ref(scope.declare(name)), value, item, scope, "constant")
                held.append((name, value))
        if held:
            sheet.bind(Ref(owner.here), Fields(tuple(held)), owner.node, scope, "constant")

    def _fields(self, owner: Owner, scope: Scope) -> None:
        """The fields of a plain class: their types and their defaults."""
        for item in flat(owner.node.body):
            if isinstance(item, cst.AnnAssign) and isinstance(item.target, cst.Name):
                subject = Ref(owner.here, (item.target.value,))
                self._types.declared(subject, item.annotation.annotation, item, scope)
                if item.value is not None:
                    self._field(subject, self._reader.value(item.value, scope), item, scope)
            elif isinstance(item, cst.Assign) and isinstance(item.targets[0].target, cst.Name) and not _constant(item):
                subject = Ref(owner.here, (item.targets[0].target.value,))
                self._field(subject, self._reader.value(item.value, scope), item, scope)

    def _field(self, subject: Ref, value: Expression, node: cst.CSTNode, scope: Scope) -> None:
        if isinstance(value, (*LITERALS, Ref)) and value != Text("") and isinstance(node, cst.AnnAssign):
            self._reader.sheet.state(
                "default", node, scope, subject=subject, value=value, effect="assign", strength="soft",
                source="parameter",
            )  # fmt: skip
        if not isinstance(value, Null):
            self._reader.sheet.bind(subject, value, node, scope)


def _constant(item: cst.Assign) -> str:
    """The name of a constant; empty for anything else."""
    target = item.targets[0].target
    return target.value if isinstance(target, cst.Name) and target.value.isupper() else ""
