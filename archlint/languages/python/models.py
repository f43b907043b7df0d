"""Classes that declare data: schemas, forms and tables of any library that the idioms know."""

import libcst as cst

from archlint.languages.python import libraries
from archlint.languages.python.annotations import Annotations
from archlint.languages.python.bodies import assignments, called, last, members, meta
from archlint.languages.python.columns import Tables
from archlint.languages.python.fields import Clauses, Field
from archlint.languages.python.literals import dotted
from archlint.languages.python.protocol import Owner, Reader
from archlint.model.expression import Expression, Ref
from archlint.model.facts import Binding
from archlint.terms.idioms import table, words
from archlint.terms.scope import Scope


def recognise(reader: Reader, owner: Owner, scope: Scope) -> bool:
    """A class that a library makes something of; its fields are then told."""
    return reader.helper(Models).declare(owner, scope)


class Models:
    """The declared classes of one file."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._tables = Tables(reader)
        # By their scoped names, the libraries of the classes that the file declares.
        self.known: dict[str, str] = {}

    def declare(self, owner: Owner, scope: Scope) -> bool:
        """States what the fields of a class say; false for a class of no library."""
        library = self._library(owner, scope)
        if not library:
            return False
        owner.kind = library
        self.known[owner.here] = library
        stored = table(library)["kind"] == "table" or self._stored(owner)
        strength = "hint" if table(library)["kind"] == "type" or (stored and library == "pydantic") else "hard"
        calls = Clauses(self._reader, scope)
        annotations = Annotations(self._reader, calls, scope)
        found: list[tuple[Field, cst.CSTNode]] = []
        for name, annotation, value, node in members(owner.node):
            field = Field(Ref(owner.here, (name,)), library, strength)
            field.stored = stored
            if self._field(field, annotation, value, node, calls, annotations, scope):
                found.append((field, node))
        if stored:
            self._tables.declare(owner, library, found, calls, scope)
        else:
            for field, node in found:
                self._close(field, node, calls, scope)
            self._of_model(owner, scope)
        return True

    # Whose class it is -----------------------------------------------------------------------------------

    def _library(self, owner: Owner, scope: Scope) -> str:
        names = [self._reader.qualified(called(item.decorator), scope) for item in owner.node.decorators]
        for library in libraries.libraries():
            idioms = table(library)
            if any(libraries.offers(library, name) and last(name) in idioms["decorators"] for name in names):
                return library
        for base in owner.bases:
            for library in libraries.libraries():
                if libraries.offers(library, base) and last(base) in table(library)["bases"]:
                    return library
        for argument in owner.node.bases:
            local = scope.lookup(dotted(argument.value))
            if local in self.known:
                return self.known[local]
        return self._by_fields(owner, scope) if owner.bases else ""

    def _by_fields(self, owner: Owner, scope: Scope) -> str:
        """The parents are the project's own: the makers of its fields tell, or a name that all projects use alike."""
        written = list(members(owner.node))
        for _, _, value, _ in written:
            if isinstance(value, cst.Call):
                found = libraries.maker(self._reader.qualified(value.func, scope))
                if found is not None:
                    return found[0]
        annotated = any(annotation is not None for _, annotation, _, _ in written)
        if annotated and any(last(base) in words("pydantic", "own_bases") for base in owner.bases):
            return "pydantic"
        tabled = any(name == "__tablename__" for name, _ in assignments(owner.node))
        if tabled and (annotated or any(last(base) in words("sqlalchemy", "own_bases") for base in owner.bases)):
            return "sqlalchemy"
        return ""

    def _stored(self, owner: Owner) -> bool:
        """`class Order(SQLModel, table=True)`."""
        return any(
            item.keyword is not None and item.keyword.value == "table" and dotted(item.value) == "True"
            for item in owner.node.keywords
        )

    # Fields ----------------------------------------------------------------------------------------------

    def _field(
        self, field: Field, annotation: cst.BaseExpression | None, value: cst.BaseExpression | None, node: cst.CSTNode,
        calls: Clauses, annotations: Annotations, scope: Scope,
    ) -> bool:  # fmt: skip
        """One field; false where it is no field of the library."""
        style = table(field.library)["style"]
        if annotation is not None and style != "assigned":
            if last(dotted(annotation.value if isinstance(annotation, cst.Subscript) else annotation)) == "ClassVar":
                return False
            field.annotated = True
            annotations.read(field, annotation, node)
        elif style == "annotated" and field.library != "attrs":
            return False
        if value is None:
            return annotation is not None
        written = annotation is not None and style != "assigned"
        return self._made(field, value, written, calls, scope) or written

    def _made(
        self, field: Field, value: cst.BaseExpression, annotated: bool, calls: Clauses, scope: Scope
    ) -> bool:  # fmt: skip
        """What the maker of a field says, or the value that stands for one that is not given."""
        row = None
        if isinstance(value, cst.Call):
            row = libraries.speaks(field.library, "makers", self._reader.qualified(value.func, scope))
        if isinstance(value, cst.Call) and row is not None:
            given = calls.given(value)
            before = len(self._reader.sheet.statements)
            calls.row(field, row, given, value)
            calls.row(field, table(field.library)["keywords"], given, value)
            calls.row(field, table(field.library).get("stored", "") if field.stored else "", given, value)
            for item in given:
                item.settle()
            if field.hidden:
                # Nobody can send what is only shown.
                del self._reader.sheet.statements[before:]
            return True
        if isinstance(value, cst.Ellipsis):
            field.presence = "required"
            return False
        found = self._reader.value(value, scope)
        if not annotated:
            # A field of the project's own making is one, though nobody knows what it says.
            field.provided = True
            return isinstance(value, cst.Call) and last(dotted(value.func)).endswith(("Field", "Column"))
        if dotted(value) == "None":
            field.presence, field.nullable = "optional", True
        else:
            field.presence = "default"
            field.default = (found, value)
            calls.state(field, ("default", "$1"), (found,), value)
        return False

    def _close(self, field: Field, node: cst.CSTNode, calls: Clauses, scope: Scope) -> None:
        """What holds of a field about which nothing was said, and the names that it has elsewhere."""
        library = table(field.library)
        for name in field.outside:
            self._flow(field.subject, Ref(field.subject.name, (*field.subject.path[:-1], name)), node, scope)
        for name in field.inside:
            self._flow(Ref(field.subject.name, (*field.subject.path[:-1], name)), field.subject, node, scope)
        member = library.get("member")
        if member:
            self._flow(field.subject, Ref(field.subject.name, (*field.subject.path, member)), node, scope)
        if field.hidden:
            return
        word = field.presence or ("nullable" if field.nullable else library["absent"])
        if word == "required" and field.nullable:
            word = "nullable"
        if word == "filled" and (field.kind != "text" or field.blank):
            word = "required"
        if word in ("required", "filled", "optional", "nullable") and not field.told:
            shown = "optional" if word == "optional" else word
            calls.state(field, (shown,), (), node)

    def _flow(self, target: Ref, source: Expression, node: cst.CSTNode, scope: Scope) -> None:
        """One name of a value hands it to another."""
        self._reader.sheet.bindings.append(
            Binding(target, source, self._reader.source.span(node), "value", scope.number)
        )

    def _of_model(self, owner: Owner, scope: Scope) -> None:
        """A form or serializer of a model: what it lets through is stored there."""
        for name, value in meta(owner.node):
            if name == "model" and isinstance(value, (cst.Name, cst.Attribute)):
                model = self._reader.value(value, scope)
                if isinstance(model, Ref):
                    self._flow(model, Ref(owner.here), value, scope)
