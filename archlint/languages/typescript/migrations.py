"""Migrations by the schema builder of knex: tables as they are made and changed, in the order of the file."""

from tree_sitter import Node

from archlint.languages.typescript.chains import Link, chain, read_all
from archlint.languages.typescript.declaring import DeclaredTable
from archlint.languages.typescript.protocol import Reader
from archlint.languages.typescript.syntax import FUNCTIONS, field, parts, unwrapped
from archlint.model.expression import Boolean, Call, Expression, Items, Number, Opaque, Operation, Text
from archlint.model.schema import SchemaChange
from archlint.terms.idioms import table, words
from archlint.terms.scope import Scope

_FILE = "knex_migrations"
_OPERATORS = frozenset({"<", "<=", ">", ">=", "=", "!="})


def recognise(reader: Reader, node: Node, name: str, scope: Scope) -> Expression | None:
    """`knex.schema.createTable("orders", (t) => { t.integer("total").notNullable(); })`, also several in a chain."""
    if "schema." not in name or node.type == "new_expression":
        return None
    verbs = (*table(_FILE)["making"], *table(_FILE)["changing"], *table(_FILE)["dropping"], "renameTable")
    links = [link for link in chain(node, reader).links if link.given and link.name in verbs]
    if not links or links[-1].node.id != node.id:
        # What stands behind a change, such as `.then(…)`, is for others; the change itself is met on the way.
        return None
    if scope.function.symbol not in words(_FILE, "undoing"):
        for link in links:
            _change(reader, link, scope)
    return Opaque("schema")


def _change(reader: Reader, link: Link, scope: Scope) -> None:
    nodes = link.given or ()
    label = reader.value(nodes[0], scope)
    if not isinstance(label, Text):
        return
    if link.name in words(_FILE, "dropping"):
        _say(reader, link.node, action="drop table", table=label.value)
    elif link.name == "renameTable":
        later = reader.value(nodes[1], scope) if len(nodes) == 2 else None
        if isinstance(later, Text):
            _say(reader, link.node, action="rename table", table=label.value, to=later.value)
    elif unwrapped(nodes[-1]).type in FUNCTIONS:
        _Builder(reader, label.value, link.name in words(_FILE, "making"), scope).read(link.node, unwrapped(nodes[-1]))


def _say(reader: Reader, node: Node, action: str, table: str, name: str = "", to: str = "") -> None:
    change = SchemaChange(action=action, span=reader.source.span(node), table=table, name=name, to=to)
    reader.sheet.changes.append(change)


class _Builder:
    """Reads the function that makes or changes one table."""

    def __init__(self, reader: Reader, label: str, making: bool, scope: Scope) -> None:
        self._reader = reader
        self._label = label
        self._making = making
        self._scope = scope
        self._made = DeclaredTable(reader, label, scope)

    def read(self, node: Node, function: Node) -> None:
        listed = field(function, "parameters") or field(function, "parameter")
        names = parts(listed) if listed is not None and listed.type == "formal_parameters" else [listed]
        body = field(function, "body")
        if len(names) != 1 or names[0] is None or body is None:
            return
        parameter = self._reader.source.text(names[0]).split(":", 1)[0].strip()
        statements = parts(body) if body.type == "statement_block" else [body]
        for item in statements:
            inner = parts(item)[0] if item.type == "expression_statement" and parts(item) else item
            found = chain(inner, self._reader)
            if found.links and self._reader.source.text(found.base) == parameter:
                self._line(found.links, inner)
            elif item.type not in ("comment", "return_statement"):
                # Columns that are made in a loop or by a helper are not known.
                self._made.whole = False
        if self._making:
            self._made.done(node)

    def _line(self, links: list[Link], node: Node) -> None:
        first = links[0]
        values = read_all(first.given, self._reader, self._scope)
        texts = [item.value for item in values if isinstance(item, Text)]
        if self._is_column(first.name) and texts:
            self._column(first, links[1:], values, node)
        elif first.name == "timestamps":
            self._timestamps(values, node)
        elif first.name in ("dropColumn", "dropColumns"):
            for text in texts:
                _say(self._reader, node, action="drop column", table=self._label, name=text)
        elif first.name == "renameColumn" and len(texts) == 2:
            _say(self._reader, node, action="rename column", table=self._label, name=texts[0], to=texts[1])
        elif first.name in ("setNullable", "dropNullable") and texts:
            action = "drop required" if first.name == "setNullable" else "set required"
            _say(self._reader, node, action=action, table=self._label, name=texts[0])
        elif first.name in ("unique", "primary") and values:
            names = [item.value for item in _listed(values[0]) if isinstance(item, Text)]
            if names and self._making:
                self._made.unique(tuple(names), node, primary=first.name == "primary")
        elif first.name not in ("foreign", "index", "comment", "engine", "charset", "collate", "check", "unique"):
            self._made.whole = False

    def _is_column(self, name: str) -> bool:
        return name in table(_FILE)["types"] or name in words(_FILE, "columns")

    def _column(self, first: Link, rest: list[Link], values: list[Expression], node: Node) -> None:
        name = values[0].value if isinstance(values[0], Text) else ""
        called = {link.name for link in rest}
        if not name or "alter" in called:
            # What a column is changed to says all of it anew; what it was is not looked up.
            return
        made = self._made
        made.start()
        numbers = [int(item.value) for item in values[1:] if isinstance(item, Number) and item.value.isdecimal()]
        kind = table(_FILE)["types"].get(first.name, first.name)
        if first.name == "specificType":
            kind = next((item.value.lower() for item in values[1:] if isinstance(item, Text)), "")
        if kind == "varchar" and numbers:
            made.longest(name, Number(str(numbers[0])), node)
        if first.name in ("enu", "enum") and len(values) > 1 and isinstance(values[1], Items):
            made.words(name, values[1], node)
        if first.name in words(_FILE, "counting"):
            made.counts()
            made.unique((name,), node, primary=True)
        for link in rest:
            self._link(name, link, node)
        made.column(name, node, kind.removesuffix("[]"), tuple(numbers), array=kind.endswith("[]"))
        if not self._making:
            self._added(node)

    def _link(self, name: str, link: Link, node: Node) -> None:
        made, values = self._made, read_all(link.given, self._reader, self._scope)
        if link.name in ("notNullable", "notNull"):
            made.required(name, node)
        elif link.name == "defaultTo" and values:
            made.default(name, values[0], node)
        elif link.name in ("unique", "primary"):
            made.unique((name,), node, primary=link.name == "primary")
        elif link.name == "checkIn" and values and isinstance(values[0], Items):
            made.words(name, values[0], node)
        elif condition := self._checked(name, link.name, values):
            self._reader.sheet.state("require", node, self._scope, condition=condition, source="check")

    def _checked(self, name: str, method: str, values: list[Expression]) -> Expression | None:
        subject = self._made.subject(name)
        if method == "checkPositive":
            return Operation(">", (subject, Number("0")))
        if method == "checkNegative":
            return Operation("<", (subject, Number("0")))
        if method == "checkBetween" and values and len(_listed(values[0])) == 2:
            low, high = _listed(values[0])
            return Operation("and", (Operation(">=", (subject, low)), Operation("<=", (subject, high))))
        if method == "checkLength" and len(values) >= 2 and isinstance(values[0], Text):
            operator = values[0].value
            return Operation(operator, (Call("length", (subject,)), values[1])) if operator in _OPERATORS else None
        return None

    def _timestamps(self, values: list[Expression], node: Node) -> None:
        for name in ("created_at", "updated_at"):
            self._made.start()
            if len(values) > 1 and values[1] == Boolean(True):
                self._made.holds("required")
                self._made.holds("filled")
            self._made.column(name, node, "timestamp")
            if not self._making:
                self._added(node)

    def _added(self, node: Node) -> None:
        """One column more of a table that is there."""
        made = self._made
        self._reader.sheet.changes.append(
            SchemaChange(
                action="add column",
                span=self._reader.source.span(node),
                table=self._label,
                columns=tuple(made.columns[-1:]),
                constraints=tuple(made.constraints),
            )
        )
        made.constraints.clear()


def _listed(value: Expression) -> tuple[Expression, ...]:
    return value.items if isinstance(value, Items) else (value,)
