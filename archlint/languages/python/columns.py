"""Tables that classes declare: their columns and constraints, as changes of the schema."""

import re
from itertools import takewhile
from typing import Any

import libcst as cst

from archlint.languages.python.bodies import assignments, last, meta
from archlint.languages.python.fields import Clauses, Field
from archlint.languages.python.lookups import Lookups
from archlint.languages.python.protocol import Owner, Reader
from archlint.model.expression import Call, Expression, Items, Operation, Ref, Text
from archlint.model.facts import TableUse
from archlint.model.schema import Column, Constraint, SchemaChange
from archlint.model.source import Span
from archlint.terms import sql_terms
from archlint.terms.idioms import table, words
from archlint.terms.neutral import negated, within
from archlint.terms.scope import Scope

_FOLDERS = frozenset({"models"})
_STORING = re.compile(r"\bdef (?:save|asave|__init__)\(")
_GIVEN = re.compile(r"\bself\.(\w+)(?:, self\.\w+)* = ")


class Tables:
    """The tables of one file."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        # By the scoped name of a class, the fields that its children take over.
        self.fields: dict[str, list[tuple[Field, cst.CSTNode]]] = {}

    def declare(
        self, owner: Owner, library: str, own: list[tuple[Field, cst.CSTNode]], calls: Clauses, scope: Scope
    ) -> None:
        """A class that is a table, or that only tables are made from."""
        inherited, whole = self._inherited(owner, library, scope)
        self.fields[owner.here] = [*inherited, *own]
        name = self._name(owner, library, scope)
        if not name or any(folder in words("python_models", "histories") for folder in self._folders()):
            return
        writer = _Writer(self._reader, owner, name, scope)
        columns = [
            writer.column(field, node, library, stated=False) for field, node in inherited if not field.elsewhere
        ]
        columns += [writer.column(field, node, library, stated=True) for field, node in own if not field.elsewhere]
        if library == "django_models" and not any(field.primary for field, _ in self.fields[owner.here]):
            columns.insert(0, Column(name="id", type="bigint", span=writer.span, required=True, identity=True))
        writer.constraints(library)
        pairs = list(writer.names.items())
        self._reader.sheet.tables.append(
            TableUse(
                name=owner.here,
                table=name,
                span=writer.span,
                fields=(*pairs, *writer.key()),
                filled=tuple(dict(pairs)[item] for item in self._filled(owner) if item in dict(pairs)),
                relations=tuple(writer.relations),
            )
        )
        self._reader.sheet.changes.append(
            SchemaChange(
                action="create table", span=writer.span, table=name, columns=tuple(columns),
                constraints=tuple(writer.made), to="" if whole else "?",
            )
        )  # fmt: skip

    def _inherited(self, owner: Owner, library: str, scope: Scope) -> tuple[list[tuple[Field, cst.CSTNode]], bool]:
        """The fields of parents in the same file; whether all parents are known."""
        found: list[tuple[Field, cst.CSTNode]] = []
        whole = True
        own = {*table(library)["bases"], *words(library, "own_bases")}
        for item, base in zip(owner.node.bases, owner.bases, strict=False):
            name = item.value.value if isinstance(item.value, cst.Name) else ""
            local = scope.lookup(name) if name else None
            if local in self.fields:
                found.extend(self.fields[local])
            elif last(base) not in own:
                whole = False
        return found, whole

    def _name(self, owner: Owner, library: str, scope: Scope) -> str:
        """What the database calls the table; empty where the class is none by itself."""
        settings = dict(meta(owner.node))
        named = settings.get("db_table") or dict(assignments(owner.node)).get("__tablename__")
        if named is not None:
            value = self._reader.value(named, scope)
            return value.value.lower() if isinstance(value, Text) else ""
        if any(_true(settings.get(word)) for word in ("abstract", "proxy")):
            return ""
        if library == "django_models":
            return f"{self._application(settings, scope)}_{owner.name}".lower().lstrip("_")
        abstract = _true(dict(assignments(owner.node)).get("__abstract__"))
        if library == "pydantic":
            return owner.name.lower()
        keyed = any(field.primary is not None for field, _ in self.fields[owner.here])
        # Flask-SQLAlchemy names a table after its class.
        return _snake(owner.name) if keyed and not abstract else ""

    def _application(self, settings: dict[str, cst.BaseExpression], scope: Scope) -> str:
        label = settings.get("app_label")
        value = self._reader.value(label, scope) if label is not None else None
        if isinstance(value, Text):
            return value.value
        folders = self._folders()
        while folders and folders[-1] in _FOLDERS:
            folders.pop()
        return folders[-1] if folders else ""

    def _folders(self) -> list[str]:
        return self._reader.source.path.split("/")[:-1]

    def _filled(self, owner: Owner) -> tuple[str, ...]:
        """The members that a class gives values to in its methods, where it has its own way to store a row."""
        # The methods are read apart from their class, so that it is its text that is looked at.
        first, *rest = self._reader.source.content.split(b"\n")[self._reader.source.span(owner.node).line - 1 :]
        margin = len(first) - len(first.lstrip())
        inside = takewhile(lambda line: not line.strip() or len(line) - len(line.lstrip()) > margin, rest)
        text = b"\n".join(inside).decode("utf-8", "replace")
        return tuple(sorted(set(_GIVEN.findall(text)))) if _STORING.search(text) else ()


class _Writer:
    """Writes down one table."""

    def __init__(self, reader: Reader, owner: Owner, name: str, scope: Scope) -> None:
        self._reader = reader
        self._owner = owner
        self._table = name
        self._scope = scope
        self.span: Span = reader.source.span(owner.node)
        self.names: dict[str, str] = {}
        self.relations: list[tuple[str, Ref]] = []
        self.made: list[Constraint] = []

    def column(self, field: Field, node: cst.CSTNode, library: str, stated: bool) -> Column:
        """A column, and what the database holds to about it; `stated` where it is this class that says so."""
        label = field.subject.path[-1]
        name = self.names[label] = field.column or label
        subject = Ref(f"table:{self._table}", (name,))
        if isinstance(field.target, Ref):
            self.relations.append((label, field.target))
        self.names.setdefault(name, name)
        required = self._required(field, library)
        statements: list[int] = []
        for kind, fields, place in field.held if stated else ():
            source = "default" if kind == "default" else "type" if _measured(fields) else "check"
            statements.append(self._state(kind, place, source, fields))
        if required and stated and field.primary is None:
            condition = negated(Operation("is null", (subject,)))
            statements.append(self._state("require", node, "not null", {"condition": condition}))
        if stated and field.unique is not None:
            self.unique((name,), field.unique)
        if stated and field.primary is not None:
            self.unique((name,), field.primary, primary=True)
        default: Expression | None = field.default[0] if field.default is not None else None
        if default is None and required and library == "django_models" and field.kind in ("text", "file"):
            # A text that is not given is stored as an empty one.
            default = Text("")
        return Column(
            name=name, type=field.type, size=field.size, array=field.array, span=self._reader.source.span(node),
            required=required, default=default,
            identity=field.provided or (field.primary is not None and default is None),
            statements=tuple(statements),
        )  # fmt: skip

    def key(self) -> list[tuple[str, str]]:
        """`pk` is the primary key, whatever it is called."""
        found = next((item.columns[0] for item in self.made if item.kind == "primary"), "id")
        return [("pk", found)]

    def _required(self, field: Field, library: str) -> bool:
        if field.primary is not None:
            return True
        if field.nullable is not None:
            return not field.nullable
        if field.presence == "required":
            return True
        return table(library)["absent"] == "required" or field.annotated

    def _state(self, kind: str, node: cst.CSTNode | Span, source: str, fields: dict[str, Any]) -> int:
        fields = {
            key: self._placed(value) if key in ("condition", "subject") else value for key, value in fields.items()
        }
        fields = {**fields, "effect": fields.get("effect") or "reject", "strength": "hard", "dialect": "postgresql"}
        if fields["effect"] == "hint":
            fields["effect"] = "reject"
        self._reader.sheet.state(kind, node, self._scope, source=source, **fields)
        return len(self._reader.sheet.statements) - 1

    def _placed(self, value: Expression) -> Expression:
        """The fields of the class as columns of the table."""
        if isinstance(value, Ref) and value.name in (self._owner.here, "$row") and value.path:
            return Ref(f"table:{self._table}", (self.names.get(value.path[0], value.path[0]), *value.path[1:]))
        if isinstance(value, Operation):
            return Operation(value.operator, tuple(self._placed(item) for item in value.operands))
        if isinstance(value, Call):
            return Call(value.function, tuple(self._placed(item) for item in value.arguments), value.callee)
        if isinstance(value, Items):
            return Items(tuple(self._placed(item) for item in value.items))
        return value

    # Constraints -----------------------------------------------------------------------------------------

    def unique(
        self, columns: tuple[str, ...], node: cst.CSTNode, name: str = "", condition: Expression | None = None,
        primary: bool = False,
    ) -> None:  # fmt: skip
        """No two rows agree in these columns."""
        placed = tuple(self.names.get(column, column) for column in columns)
        refs = tuple(Ref(f"table:{self._table}", (column,)) for column in placed)
        given = {"columns": refs, "condition": self._placed(condition) if condition is not None else None}
        index = self._state("unique", node, "primary key" if primary else "unique", given)
        self.made.append(
            Constraint(
                kind="primary" if primary else "unique", name=name or f"{self._table}_{'_'.join(placed)}_key",
                span=self._reader.source.span(node), columns=placed, statements=(index,),
            )
        )  # fmt: skip

    def check(self, condition: Expression, node: cst.CSTNode, name: str = "") -> None:
        """A condition that the database holds to for each row."""
        placed = self._placed(condition)
        mine = f"table:{self._table}"
        read = {item.path[0] for item in within(placed) if isinstance(item, Ref) and item.name == mine and item.path}
        indexes = tuple(self._state("require", node, "check", {"condition": part}) for part in _conjuncts(placed))
        self.made.append(
            Constraint(
                kind="check", name=name or f"{self._table}_check{len(self.made)}", span=self._reader.source.span(node),
                columns=tuple(sorted(read)), statements=indexes,
            )
        )  # fmt: skip

    def constraints(self, library: str) -> None:
        """Those of `class Meta`, of `__table_args__` and among the arguments of columns."""
        for name, value in (*meta(self._owner.node), *assignments(self._owner.node)):
            if name == "unique_together":
                self._together(value)
            elif name in ("constraints", "__table_args__"):
                for element in value.elements if isinstance(value, (cst.List, cst.Tuple)) else ():
                    if isinstance(element.value, cst.Call):
                        self._constraint(element.value)
        for node in (item for _, item in assignments(self._owner.node) if isinstance(item, cst.Call)):
            for argument in node.args:
                if isinstance(argument.value, cst.Call) and argument.keyword is None:
                    self._constraint(argument.value)

    def _together(self, value: cst.BaseExpression) -> None:
        found = self._reader.value(value, self._scope)
        groups = found.items if isinstance(found, Items) else ()
        if groups and all(isinstance(item, Text) for item in groups):
            groups = (Items(groups),)
        for group in groups:
            names = (
                tuple(item.value for item in group.items if isinstance(item, Text)) if isinstance(group, Items) else ()
            )
            if names:
                self.unique(names, value)

    def _constraint(self, node: cst.Call) -> None:
        kind = last(self._reader.qualified(node.func, self._scope))
        given = {item.keyword.value: item.value for item in node.args if item.keyword is not None}
        plain = [item.value for item in node.args if item.keyword is None and not item.star]
        named = self._text(given.get("name"))
        if kind == "CheckConstraint":
            shown = (
                given.get("condition") or given.get("check") or given.get("sqltext") or (plain[0] if plain else None)
            )
            condition = self._condition(shown) if shown is not None else None
            if condition is not None:
                self.check(condition, node, named)
        elif kind == "UniqueConstraint" or (kind == "Index" and _true(given.get("unique"))):
            asked = given.get("fields")
            listed = (
                self._reader.value(asked, self._scope)
                if asked is not None
                else Items(
                    tuple(self._reader.value(item, self._scope) for item in plain[1 if kind == "Index" else 0 :])
                )
            )
            columns = (
                tuple(item.value for item in listed.items if isinstance(item, Text))
                if isinstance(listed, Items)
                else ()
            )
            under = given.get("condition")
            if columns and isinstance(listed, Items) and len(columns) == len(listed.items):
                self.unique(columns, node, named, self._condition(under) if under is not None else None)

    def _condition(self, node: cst.BaseExpression) -> Expression | None:
        if isinstance(node, (cst.SimpleString, cst.ConcatenatedString)):
            text = self._text(node)
            return sql_terms.condition(text, ()) if text else None
        if isinstance(node, cst.Call) and last(self._reader.qualified(node.func, self._scope)) == "text":
            text = self._text(node.args[0].value) if node.args else ""
            return sql_terms.condition(text, ()) if text else None
        found = Lookups(self._reader, self._scope, Ref(self._owner.here)).condition(node)
        return found if isinstance(found, (Operation, Call)) else None

    def _text(self, node: cst.BaseExpression | None) -> str:
        found = self._reader.value(node, self._scope) if node is not None else None
        return found.value if isinstance(found, Text) else ""


def _measured(fields: dict[str, Any]) -> bool:
    """Whether a demand is the length that a type brings along."""
    condition = fields.get("condition")
    return isinstance(condition, Operation) and any(
        isinstance(item, Call) and item.function == "length" for item in condition.operands
    )


def _conjuncts(value: Expression) -> list[Expression]:
    if isinstance(value, Operation) and value.operator == "and":
        return [part for item in value.operands for part in _conjuncts(item)]
    return [value]


def _true(node: cst.BaseExpression | None) -> bool:
    return isinstance(node, cst.Name) and node.value == "True"


def _snake(name: str) -> str:
    """`OrderItem` as Flask-SQLAlchemy calls its table."""
    found = ""
    for index, sign in enumerate(name):
        if sign.isupper() and index and (name[index - 1].islower() or name[index + 1 : index + 2].islower()):
            found += "_"
        found += sign.lower()
    return found
