"""A field of a declared class while it is read: what the clauses of its row say of it."""

from collections.abc import Sequence
from typing import Any

import libcst as cst

from archlint.languages.python import libraries
from archlint.languages.python.protocol import Reader
from archlint.languages.python.rows import Bound, Given, bound
from archlint.model.expression import Boolean, Call, Expression, Items, Null, Number, Operation, Pattern, Ref, Text
from archlint.terms.clauses import said
from archlint.terms.idioms import table
from archlint.terms.scope import Scope

KINDS = frozenset({"text", "number", "list", "date", "boolean", "any", "file", "nothing"})
_PRESENCE = frozenset({"required", "filled", "optional", "nullable", "default"})


class Field:
    """What is known of a field. `required` is None as long as nothing was said; `filled` is said of texts."""

    def __init__(self, subject: Ref, library: str, strength: str = "hard") -> None:
        self.subject = subject
        self.library = library
        self.strength = strength
        self.kind = "any"
        self.presence = ""
        self.blank = False
        self.hidden = False
        self.annotated = False
        self.stored = False
        # Whether it has been said already if the field may be missing.
        self.told = False
        # The names of the value outside of the class, and of where it goes.
        self.outside: list[str] = []
        self.inside: list[str] = []
        # What only tables ask: the type and its size, and what the database holds to.
        self.type = ""
        self.size: tuple[int, ...] = ()
        self.array = False
        self.column = ""
        self.target: Expression | None = None
        self.unique: cst.CSTNode | None = None
        self.primary: cst.CSTNode | None = None
        self.provided = False
        self.elsewhere = False
        self.default: tuple[Expression, cst.CSTNode] | None = None
        self.held: list[tuple[str, dict[str, Any], cst.CSTNode]] = []
        self.nullable: bool | None = None


class Clauses:
    """Says what rows of idioms mean for a field."""

    def __init__(self, reader: Reader, scope: Scope) -> None:
        self._reader = reader
        self._scope = scope

    # Calls -----------------------------------------------------------------------------------------------

    def given(self, call: cst.Call) -> list[Given]:
        """The arguments of a call, still unread."""
        return [
            Given(
                item.keyword.value if item.keyword is not None else "",
                item.value,
                item,
                lambda node=item.value: self._reader.value(node, self._scope),  # type: ignore[misc]
            )
            for item in call.args
            if not item.star
        ]

    def row(self, field: Field, row: str, given: Sequence[Given], call: cst.CSTNode) -> None:
        """All clauses of a row."""
        for item in bound(row, given, call):
            self.say(field, item)

    def called(self, field: Field, library: str, section: str, node: cst.BaseExpression) -> bool:
        """A function or class of the library by its row, called or only named; false where it is not known."""
        named = node.func if isinstance(node, cst.Call) else node
        name = self._reader.qualified(named, self._scope)
        row = libraries.speaks(library, section, name)
        if row is None:
            return False
        given = self.given(node) if isinstance(node, cst.Call) else []
        self.row(field, row, given, node)
        for item in given:
            item.settle()
        return True

    # Clauses ---------------------------------------------------------------------------------------------

    def say(self, field: Field, item: Bound) -> None:
        """One clause."""
        verb = item.clause[0]
        saying = _SAYING.get(verb)
        if item.clause == ("filled", "in"):
            field.provided = True
        elif verb in KINDS:
            field.kind = verb
        elif saying is not None:
            saying(self, field, item)
        else:
            self.state(field, item.clause, tuple(each.value for each in item.given), item.node)

    def state(
        self, field: Field, clause: tuple[str, ...], values: tuple[Expression, ...], node: cst.CSTNode,
        held: bool = False,
    ) -> None:  # fmt: skip
        """Writes a clause down: as the class's own demand, or as one that the database holds to."""
        found = said(clause, values, field.subject, (), "reject", field.strength, "python")
        if found is None:
            return
        if clause[0] not in _PRESENCE:
            found.fields["dialect"] = "declared"
        if found.kind == "optional" and table(field.library).get("fills"):
            # What need not be sent is often filled in before it is stored.
            found.fields["strength"] = "hint"
        if field.strength == "hint":
            found.fields["effect"] = "hint"
        if held:
            field.held.append((found.kind, found.fields, node))
        else:
            self._reader.sheet.state(found.kind, node, self._scope, source=field.library, **found.fields)

    def _presence(self, field: Field, item: Bound) -> None:
        word = item.clause[0]
        if word == "nullable":
            field.nullable = True
        elif word == "required" and field.stored:
            field.nullable = False
        if field.stored:
            return
        if word == "filled" and (field.kind != "text" or field.blank):
            word = "required"
        if not (word == "required" and field.presence == "filled"):
            field.presence, field.told = word, True
            self.state(field, (word,), (), item.node)

    def _extent(self, field: Field, item: Bound) -> None:
        measure = {"text": "length", "list": "count"}.get(field.kind)
        if measure is not None:
            self.state(field, (measure, *item.clause[1:]), (item.given[0].value,), item.node)

    def _pattern(self, field: Field, item: Bound) -> None:
        value = item.given[0].value
        if isinstance(value, Text):
            source = value.value
            if item.clause[0] == "match" and not source.startswith(("^", "\\A")):
                source = f"^(?:{source})"
            value = Pattern(source, "", "python", item.clause[0] == "whole")
        self.state(field, ("matches", "$1"), (value,), item.node)

    def _one(self, field: Field, item: Bound, held: bool = False) -> None:
        if item.clause[-1] == "$*":
            values = tuple(each.value for each in item.given)
            if not values:
                return
            if any(not isinstance(value, Text) for value in values):
                # Of an enumeration, the database may hold the names or the values.
                return
            value: Expression = Items(values)
        else:
            value = item.given[0].value
        words = self.choices(value)
        if words is not None:
            self.state(field, ("one", "of", "$1"), (words,), item.node, held)

    def choices(self, value: Expression) -> Expression | None:
        """The values of a list of choices, of pairs with labels, or of an enumeration."""
        if isinstance(value, Ref) and value.path and value.path[-1] in ("choices", "values"):
            value = Ref(value.name, value.path[:-1])
        if isinstance(value, Ref):
            known = self._reader.sheet.known.get(value.name) if not value.path else None
            if known is None or not isinstance(known, Items):
                local = value.name.split("@", 1)[0]
                # A class is an enumeration, a plain name is a list.
                listed = value.path[-1].isupper() if value.path else local.isupper() or local.islower()
                return Call("keys", (value if listed else Call("values", (value,)),))
            value = known
        if isinstance(value, Items):
            firsts = tuple(item.items[0] if isinstance(item, Items) and item.items else item for item in value.items)
            kept = tuple(item for item in firsts if not isinstance(item, Null) and item != Text(""))
            plain = all(isinstance(item, (Text, Number, Ref)) for item in kept)
            return Items(kept) if kept and plain else None
        return value if isinstance(value, Call) and value.function in ("keys", "values") else None

    def _each(self, field: Field, item: Bound) -> None:
        inner = Field(Ref(field.subject.name, (*field.subject.path, "[]")), field.library, field.strength)
        self.say(inner, item._replace(clause=item.clause[1:]))

    def _validators(self, field: Field, item: Bound) -> None:
        for argument in item.given:
            self.validators(field, argument.taken())

    def validators(self, field: Field, node: cst.BaseExpression) -> None:
        """Validators in a list, or one alone; what is no validator of the library is a function with the value."""
        if isinstance(node, (cst.List, cst.Tuple)):
            for element in node.elements:
                self.validators(field, element.value)
            return
        if self.called(field, table(field.library).get("validators_of", field.library), "validators", node):
            return
        function = self._reader.value(node, self._scope)
        self._reader.sheet.applied(function, (field.subject,), node, self._scope)

    def _default(self, field: Field, item: Bound) -> None:
        argument = item.given[0]
        if isinstance(argument.node, cst.Ellipsis):
            argument.taken()
            field.presence = "required"
            return
        value = argument.value
        if isinstance(value, Null):
            field.presence = field.presence or "optional"
            field.nullable = True if field.nullable is None else field.nullable
            return
        field.presence = "default"
        field.default = (value, item.node)
        self.state(field, ("default", "$1"), (value,), item.node)

    def _held(self, field: Field, item: Bound) -> None:
        clause = item.clause[1:]
        if clause[0] == "default":
            value = self.server_value(item.given[0].value)
            if value is not None:
                field.default = (value, item.node)
                field.held.append(
                    ("default", {"subject": field.subject, "value": value, "effect": "assign"}, item.node)
                )
            field.provided = True
        elif clause[0] == "one":
            self._one(field, item._replace(clause=clause), held=True)
        else:
            self.state(field, clause, tuple(each.value for each in item.given), item.node, held=True)

    def server_value(self, value: Expression) -> Expression | None:
        """What a text of SQL gives: `server_default="0"`, `server_default=text("now()")`."""
        if isinstance(value, Call) and value.function == "sql condition":
            value = value.arguments[0]
        if not isinstance(value, Text):
            return value if isinstance(value, (Number, Boolean)) else None
        plain = value.value.strip()
        if plain.lower() in ("true", "false"):
            return Boolean(plain.lower() == "true")
        if plain.lstrip("-").replace(".", "", 1).isdigit():
            return Number(plain)
        return Text(plain.strip("'")) if plain.isidentifier() or plain.startswith("'") else None

    def _named(self, field: Field, item: Bound) -> None:
        value = item.given[0].value
        if isinstance(value, Text) and value.value.isidentifier():
            (field.outside if item.clause[0] == "named" else field.inside).append(value.value)

    def _type(self, field: Field, item: Bound) -> None:
        field.type = item.clause[1]
        sizes = [each.value for each in item.given]
        field.size = tuple(int(size.value) for size in sizes if isinstance(size, Number) and size.value.isdigit())
        if field.type == "array":
            field.array = True

    def _types(self, field: Field, item: Bound) -> None:
        """`Column("total", Numeric(10, 2), CheckConstraint(…))`."""
        for argument in item.given:
            node = argument.node
            if isinstance(node, (cst.Call, cst.Name, cst.Attribute)):
                if not self.called(field, field.library, "types", node):
                    self._piece(field, argument)
                else:
                    argument.taken()
            else:
                self._piece(field, argument)

    def _piece(self, field: Field, argument: Given) -> None:
        node = argument.node
        if isinstance(node, cst.SimpleString):
            value = argument.value
            field.column = value.value if isinstance(value, Text) else ""
            return
        name = self._reader.qualified(node.func if isinstance(node, cst.Call) else node, self._scope)
        if name.rsplit(".", 1)[-1] == "ForeignKey" and isinstance(node, cst.Call) and node.args:
            field.target = self._reader.value(node.args[0].value, self._scope)
            argument.taken()

    def _column(self, field: Field, item: Bound) -> None:
        value = item.given[0].value
        if isinstance(value, Text):
            field.column = value.value

    def _key(self, field: Field, item: Bound) -> None:
        field.target = item.given[0].value
        field.type = "integer"
        field.column = f"{field.subject.path[-1]}_id"

    def _unique(self, field: Field, item: Bound) -> None:
        field.unique = item.node

    def _primary(self, field: Field, item: Bound) -> None:
        field.primary = item.node

    def _elsewhere(self, field: Field, item: Bound) -> None:
        field.elsewhere = True

    def _given(self, field: Field, item: Bound) -> None:
        field.presence = field.presence or "default"
        field.provided = True

    def _blank(self, field: Field, item: Bound) -> None:
        field.blank = True

    def _read_only(self, field: Field, item: Bound) -> None:
        field.hidden = True

    def _keep(self, field: Field, item: Bound) -> None:
        """Says nothing, but belongs to the library."""

    def _same(self, field: Field, item: Bound) -> None:
        value = item.given[0].value
        if isinstance(value, Text):
            other = Ref(field.subject.name, (*field.subject.path[:-1], value.value))
            self._reader.sheet.state(
                "require", item.node, self._scope, condition=Operation("=", (field.subject, other)),
                strength=field.strength, source=field.library,
            )  # fmt: skip


_SAYING = {
    "required": Clauses._presence,
    "filled": Clauses._presence,
    "optional": Clauses._presence,
    "nullable": Clauses._presence,
    "extent": Clauses._extent,
    "match": Clauses._pattern,
    "search": Clauses._pattern,
    "whole": Clauses._pattern,
    "one": Clauses._one,
    "each": Clauses._each,
    "validators": Clauses._validators,
    "default": Clauses._default,
    "held": Clauses._held,
    "named": Clauses._named,
    "inside": Clauses._named,
    "type": Clauses._type,
    "types": Clauses._types,
    "column": Clauses._column,
    "key": Clauses._key,
    "unique": Clauses._unique,
    "primary": Clauses._primary,
    "elsewhere": Clauses._elsewhere,
    "blank": Clauses._blank,
    "given": Clauses._given,
    "read": Clauses._read_only,
    "keep": Clauses._keep,
    "same": Clauses._same,
}
