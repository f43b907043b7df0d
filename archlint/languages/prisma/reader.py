"""Reads models and enums of a Prisma schema as the tables that they stand for."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from archlint.languages.prisma.blocks import Block, Field, attributes, blocks, fields, words_of
from archlint.model.expression import Boolean, Call, Expression, Number, Opaque, Operation, Ref, Text
from archlint.model.facts import FileFacts, Statement, TableUse
from archlint.model.schema import Column, Constraint, SchemaChange
from archlint.model.source import Problem, Span
from archlint.terms.idioms import table
from archlint.terms.neutral import negated

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?$")
_BY_CLIENT = frozenset({"cuid", "uuid", "nanoid", "ulid"})
_COUNTING = frozenset({"autoincrement", "sequence"})


def read(path: str, content: bytes) -> FileFacts:
    """The facts of one file; what cannot be read becomes a problem, never an error."""
    reader = _Reader(path, content.decode("utf-8-sig", "replace"))
    return reader.read()


class _Made(NamedTuple):
    """A model: what it is called here and there, and its fields by the names that code uses."""

    block: Block
    table: str
    columns: dict[str, str]


class _Reader:
    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._text = text
        self._statements: list[Statement] = []
        self._changes: list[SchemaChange] = []
        self._tables: list[TableUse] = []
        self._problems: list[Problem] = []

    def read(self) -> FileFacts:
        """The whole file: enums first, since fields speak of them."""
        found, torn = blocks(self._text)
        if torn:
            self._problems.append(Problem(self._path, torn, "a block is not closed"))
        enums = {block.name: _called(block) for block in found if block.kind == "enum"}
        models = {block.name: _called(block) for block in found if block.kind in ("model", "view")}
        for block in found:
            if block.kind == "enum":
                self._enum(block)
        for block in found:
            if block.kind in ("model", "view"):
                self._model(block, enums, models)
        return FileFacts(
            path=self._path,
            language="prisma",
            lines=self._text.count("\n") + (0 if self._text.endswith("\n") or not self._text else 1),
            statements=tuple(self._statements),
            tables=tuple(self._tables),
            changes=tuple(self._changes),
            problems=tuple(self._problems),
        )

    def _enum(self, block: Block) -> None:
        words = tuple(words_of(block))
        if words:
            self._changes.append(SchemaChange(action="create enum", span=block.span, name=_called(block), words=words))

    def _model(self, block: Block, enums: dict[str, str], models: dict[str, str]) -> None:
        named = _called(block)
        listed = [item for item in fields(block) if item.type not in models]
        made = _Made(block, named, {item.name: _column(item) for item in listed})
        columns = []
        constraints: list[Constraint] = []
        for item in listed:
            columns.append(self._field(item, made, enums, constraints))
        for item in fields(block):
            constraints.extend(self._relation(item, made, models))
        constraints.extend(self._whole(made))
        keys = {name for item in constraints if item.kind == "primary" for name in item.columns}
        self._changes.append(
            SchemaChange(
                action="create table",
                span=block.span,
                table=named,
                columns=tuple(_with_key(column, keys) for column in columns),
                constraints=tuple(constraints),
            )
        )
        filled = tuple(made.columns[item.name] for item in listed if _by_client(item))
        self._tables.append(
            TableUse(
                name=block.name,
                table=named,
                span=block.span,
                fields=tuple(made.columns.items()),
                filled=filled,
                relations=tuple((item.name, Ref(f"{item.type}@0")) for item in fields(block) if item.type in models),
            )
        )

    # Fields ----------------------------------------------------------------------------------------------

    def _field(self, item: Field, made: _Made, enums: dict[str, str], constraints: list[Constraint]) -> Column:
        name = made.columns[item.name]
        subject = Ref(f"table:{made.table}", (name,))
        symbol = f"{made.table}.{name}"
        first = len(self._statements)
        kind, size = _type(item, enums)
        limit = size[0] if kind in ("varchar", "char") and size else 0
        if limit:
            condition: Expression = Operation("<=", (Call("length", (subject,)), Number(str(limit))))
            self._state("require", item.span, item.text, symbol, "type", condition=condition)
        required = not item.optional and not item.list
        default, identity = None, False
        for attribute in item.attributes:
            if attribute.name == "default":
                default = _value(attribute.arguments, item.type in enums)
                identity = identity or attribute.arguments.partition("(")[0] in _COUNTING
                if isinstance(default, (Text, Number, Boolean)):
                    self._state(
                        "default", attribute.span, attribute.text, symbol, "default", subject=subject, value=default,
                        effect="assign",
                    )  # fmt: skip
            elif attribute.name == "updatedAt":
                default = Call("now", ())
            elif attribute.name in ("id", "unique"):
                constraints.append(self._unique((name,), made, attribute.span, attribute.text, attribute.name == "id"))
        if required:
            condition = negated(Operation("is null", (subject,)))
            self._state("require", item.span, item.text, symbol, "not null", condition=condition)
        return Column(
            name=name,
            type=kind,
            span=item.span,
            size=size,
            array=item.list,
            required=required,
            default=default,
            identity=identity,
            statements=tuple(range(first, len(self._statements))),
        )

    def _state(self, kind: str, span: Span, text: str, symbol: str, source: str, **more: object) -> None:
        self._statements.append(
            Statement(kind=kind, span=span, text=text, symbol=symbol, source=source, dialect="postgresql", **more)  # type: ignore[arg-type]
        )

    # Constraints -----------------------------------------------------------------------------------------

    def _unique(self, names: tuple[str, ...], made: _Made, span: Span, text: str, primary: bool) -> Constraint:
        refs = tuple(Ref(f"table:{made.table}", (name,)) for name in names)
        source = "primary key" if primary else "unique"
        self._state("unique", span, text, made.table, source, columns=refs)
        return Constraint(
            kind="primary" if primary else "unique",
            name=f"{made.table}_{'pkey' if primary else '_'.join(names) + '_key'}",
            span=span,
            columns=names,
            statements=(len(self._statements) - 1,),
        )

    def _whole(self, made: _Made) -> Iterator[Constraint]:
        """`@@unique([a, b])` and `@@id([a, b])`."""
        for attribute in attributes(made.block):
            if attribute.name not in ("unique", "id"):
                continue
            listed = re.search(r"\[([^\]]*)\]", attribute.arguments)
            names = [part.partition("(")[0].strip() for part in listed.group(1).split(",")] if listed else []
            if names and all(name in made.columns for name in names):
                columns = tuple(made.columns[name] for name in names)
                yield self._unique(columns, made, attribute.span, attribute.text, attribute.name == "id")

    def _relation(self, item: Field, made: _Made, models: dict[str, str]) -> Iterator[Constraint]:
        """`customer Customer @relation(fields: [customerId], references: [id])`."""
        if item.type not in models:
            return
        for attribute in item.attributes:
            own = re.search(r"\bfields:\s*\[([^\]]*)\]", attribute.arguments)
            theirs = re.search(r"\breferences:\s*\[([^\]]*)\]", attribute.arguments)
            if attribute.name != "relation" or own is None or theirs is None:
                continue
            names = tuple(made.columns.get(name.strip(), name.strip()) for name in own.group(1).split(","))
            yield Constraint(
                kind="foreign",
                name=f"{made.table}_{'_'.join(names)}_fkey",
                span=item.span,
                columns=names,
                target=models[item.type],
                target_columns=tuple(name.strip() for name in theirs.group(1).split(",")),
            )


def _called(block: Block) -> str:
    """The name in the database: `@@map("orders")`, else the model's own."""
    for attribute in attributes(block):
        found = re.match(r'(?:name:\s*)?"([^"]+)"', attribute.arguments) if attribute.name == "map" else None
        if found is not None:
            return found.group(1)
    return block.name


def _by_client(item: Field) -> bool:
    """Whether the client gives the field a value, though no column has such a default."""
    return any(
        attribute.name == "updatedAt"
        or (attribute.name == "default" and attribute.arguments.partition("(")[0].strip() in _BY_CLIENT)
        for attribute in item.attributes
    )


def _column(item: Field) -> str:
    for attribute in item.attributes:
        found = re.match(r'(?:name:\s*)?"([^"]+)"', attribute.arguments) if attribute.name == "map" else None
        if found is not None:
            return found.group(1)
    return item.name


def _type(item: Field, enums: dict[str, str]) -> tuple[str, tuple[int, ...]]:
    """The type as PostgreSQL calls it, and its numbers."""
    knowledge = table("prisma")
    for attribute in item.attributes:
        if attribute.name.startswith("db."):
            numbers = tuple(int(number) for number in re.findall(r"\d+", attribute.arguments))
            native = knowledge["native"].get(attribute.name[3:])
            if native:
                return native, numbers
    if item.type in enums:
        return enums[item.type], ()
    return knowledge["types"].get(item.type, item.type.lower()), ()


def _value(written: str, word: bool) -> Expression:
    """The argument of `@default`."""
    text = written.strip()
    if text in ("true", "false"):
        return Boolean(text == "true")
    if _NUMBER.match(text):
        return Number(text)
    if text.startswith('"') and text.endswith('"'):
        return Text(text[1:-1].replace('\\"', '"'))
    if text.startswith("now("):
        return Call("now", ())
    return Text(text) if word and text.isidentifier() else Opaque(text or "default")


def _with_key(column: Column, keys: set[str]) -> Column:
    return msgspec.structs.replace(column, required=True) if column.name in keys and not column.required else column
