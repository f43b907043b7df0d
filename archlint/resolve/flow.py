"""The flow graph: which named place hands its value to which other place."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache, partial

import msgspec

from archlint import data
from archlint.model.expression import (
    Boolean,
    Call,
    Expression,
    Fields,
    Items,
    Null,
    Number,
    Operation,
    Ref,
    Text,
)
from archlint.model.facts import Access, Binding, FileFacts, FunctionFact, Invocation
from archlint.model.rule import HASHED
from archlint.resolve.arrows import DRAWN, ONE, ZERO, Drawn, Flow, Place
from archlint.resolve.handed import Handed
from archlint.resolve.names import key
from archlint.resolve.routes import Routes
from archlint.resolve.symbols import Program
from archlint.resolve.work import Work

# What the arrow to a handler says first.
OVER_THE_WIRE = "sent to "
_SAME = frozenset(
    {"number", "text", "integer", "boolean", "date", "trim", "lower", "upper", "element", "values", "array"}
)
_ROUNDING = frozenset({"round", "floor", "ceil", "truncate"})
_HOLDERS = (Call, Operation, Fields)
_STAND_IN = 0.65
_PASSED = 0.95
_OF_HASH = 0.97
_CHOICES = frozenset({"if", "coalesce", "fallback"})


class Source(msgspec.Struct, frozen=True, gc=False):
    """A place that an expression takes its value from, with the affine map applied on the way."""

    place: Place
    factor: Fraction = ONE
    offset: Fraction = ZERO
    presence: bool = True
    trust: float = 1.0


def sources(expression: Expression, depth: int = 6) -> Iterator[Source]:
    """The places whose value a (global) expression hands on, unchanged but for an affine map."""
    if depth == 0:
        return
    if isinstance(expression, Ref):
        yield Source((expression.name, expression.path))
    elif isinstance(expression, Call):
        yield from _call_sources(expression, depth)
    elif isinstance(expression, Operation):
        yield from _operation_sources(expression, depth)
    elif isinstance(expression, Items):
        for item in expression.items[:3]:
            yield from sources(item, depth - 1)


def hashed(expression: Expression) -> Iterator[Expression]:
    """The texts of which a value is the hash: `bcrypt.hash(password, 10)`."""
    if isinstance(expression, Call):
        if _hashes(expression.function) and expression.arguments:
            yield expression.arguments[0]
        elif expression.callee is None and expression.function in _SAME and expression.arguments:
            yield from hashed(expression.arguments[0])
    elif isinstance(expression, Operation) and expression.operator in _CHOICES:
        for operand in expression.operands:
            yield from hashed(operand)


@cache
def _hashes(function: str) -> bool:
    return re.search(data.table("vocabulary")["hashing"], function) is not None


def _call_sources(call: Call, depth: int) -> Iterator[Source]:
    arguments = call.arguments
    if call.callee is not None:
        yield Source((f"ret:{'.'.join((call.callee.name, *call.callee.path))}", ()))
    elif call.function == "validated":
        for item in arguments:
            yield from sources(item, depth - 1)
    elif (call.function in _SAME or call.function in _ROUNDING) and arguments:
        yield from sources(arguments[0], depth - 1)
    elif call.function in ("minimum", "maximum"):
        open_ended = [item for item in arguments if not isinstance(item, Number)]
        # The smaller of two computed values is a computation; only a limit lets the value itself through.
        if len(open_ended) == 1:
            yield from sources(open_ended[0], depth - 1)


def _operation_sources(operation: Operation, depth: int) -> Iterator[Source]:
    operands = operation.operands
    if operation.operator in ("coalesce", "fallback"):
        # `note || null` hands a missing value on as missing; any other fallback takes its place.
        kept = all(isinstance(other, Null) for other in operands[1:])
        for item in sources(operands[0], depth - 1):
            yield Source(item.place, item.factor, item.offset, item.presence and kept, item.trust)
        for other in operands[1:]:
            if not isinstance(other, (Null, Text, Number, Boolean)):
                # What stands in for a missing value is another thing with rules of its own.
                for item in sources(other, depth - 1):
                    yield Source(item.place, item.factor, item.offset, False, item.trust * _STAND_IN)
    elif operation.operator == "if":
        for branch in operands[1:]:
            yield from sources(branch, depth - 1)
    elif operation.operator in ("*", "/", "+", "-") and len(operands) == 2:
        yield from _affine(operation, depth)


def _affine(operation: Operation, depth: int) -> Iterator[Source]:
    left, right = operation.operands
    number = _number(right)
    if number is not None:
        for item in sources(left, depth - 1):
            yield _mapped(item, operation.operator, number)
        return
    number = _number(left)
    if number is not None and operation.operator in ("*", "+"):
        for item in sources(right, depth - 1):
            yield _mapped(item, operation.operator, number)


def _mapped(item: Source, operator: str, number: Fraction) -> Source:
    if operator == "*":
        return Source(item.place, item.factor * number, item.offset * number, item.presence, item.trust)
    if operator == "/":
        if number == 0:
            return item
        return Source(item.place, item.factor / number, item.offset / number, item.presence, item.trust)
    delta = number if operator == "+" else -number
    return Source(item.place, item.factor, item.offset + delta, item.presence, item.trust)


def _number(expression: Expression) -> Fraction | None:
    if isinstance(expression, Number):
        try:
            return Fraction(expression.value)
        except (ValueError, ZeroDivisionError):
            return None
    return None


class FlowGraph:
    """All flows, looked up from either end."""

    def __init__(
        self, program: Program, routes: Routes, handed: Handed, fold: Callable[[Expression], Expression]
    ) -> None:
        self.program = program
        self._handed = handed
        self.routes = routes
        self._fold = fold
        self.forward: dict[str, list[Flow]] = defaultdict(list)
        self.backward: dict[str, list[Flow]] = defaultdict(list)
        # By a type: the values that are declared to be of it.
        self.uses: dict[str, list[Flow]] = defaultdict(list)
        # The names whose arrows were looked at.
        self.asked: set[str] = set()
        self._drawn = Drawn([], [])

    def draw(self, work: Work) -> None:
        """Draws the arrows of all files, then those of the schema. Until then the graph is empty."""
        for path, facts in self.program.files.items():
            self._take(work.piece("flow", path, partial(self._of_file, path, facts), DRAWN))
        self._take(work.piece("flow", "", self._of_schema, DRAWN))

    def _of_file(self, path: str, facts: FileFacts) -> Drawn:
        drawn = self._drawn = Drawn([], [])
        self._add_file(path, facts)
        return drawn

    def _of_schema(self) -> Drawn:
        drawn = self._drawn = Drawn([], [])
        self._add_schema()
        return drawn

    def _take(self, drawn: Drawn) -> None:
        for flow in drawn.flows:
            self.forward[flow.source[0]].append(flow)
            self.backward[flow.target[0]].append(flow)
        for flow in drawn.uses:
            self.uses[flow.target[0]].append(flow)

    def add(self, flow: Flow) -> None:
        """Adds an arrow, both ways."""
        if flow.source[0] != flow.target[0] or flow.source[1] != flow.target[1]:
            self._drawn.flows.append(flow)

    def connect(self, expression: Expression, target: Place, confidence: float, why: str) -> None:
        """Adds what an expression hands to a place, key by key where it is an object."""
        if isinstance(expression, Fields):
            for name, value in expression.entries:
                self.connect(value, (target[0], (*target[1], name)), confidence, why)
            for spread in expression.spreads:
                self.connect(spread, target, confidence, why)
            return
        if isinstance(expression, Items):
            for element in expression.items[:8]:
                self.connect(element, target, confidence, why)
            return
        if type(expression) is Ref:
            self.add(Flow((expression.name, expression.path), target, confidence, why))
            return
        for text in hashed(expression):
            # A rule of the text is none of the hash that the column keeps, but it is about nothing else.
            self.connect(text, (target[0], (*target[1], HASHED)), confidence * _OF_HASH, "hashed")
        for item in sources(expression):
            sure = confidence * item.trust
            self.add(Flow(item.place, target, sure, why, item.factor, item.offset, presence=item.presence))

    def _add_file(self, path: str, facts: FileFacts) -> None:
        for binding in facts.bindings:
            self._add_binding(path, binding)
        for index, access in enumerate(facts.accesses):
            self._add_access(path, index, access)
        for invocation in facts.invocations:
            self._add_invocation(path, invocation)
        for function in facts.functions:
            self._add_function(path, function)

    def _check(self, value: Expression) -> None:
        """What a schema is applied to has its fields."""
        for call in _validations(value):
            for schema in sources(call.arguments[0]):
                for checked in call.arguments[1:]:
                    self.connect(checked, schema.place, 0.96, "checked")

    def _add_binding(self, path: str, binding: Binding) -> None:
        program = self.program
        target = program.place(path, binding.target)
        value = program.globalised(path, binding.value)
        self._check(value)
        if binding.kind == "derived" and isinstance(value, Ref):
            # Another name for a schema: what is checked by one is checked by the other.
            self.add(Flow(target, (value.name, value.path), 0.99, "schema"))
        if binding.kind == "type":
            self._add_type(value, target)
        elif isinstance(value, Call) and value.callee is None and value.function in _DERIVED:
            self._add_derived(value, target)
        elif isinstance(value, Fields) and binding.kind == "constant" and target[0].startswith("table:"):
            # Constants of the class that stands for a table are none of its columns.
            return
        elif isinstance(value, Fields) and binding.kind == "constant":
            self.connect(value, target, 0.98, "object")
        else:
            self.connect(value, target, 0.98, "assigned")

    def _add_type(self, value: Expression, target: Place) -> None:
        if isinstance(value, Call) and value.function in _DERIVED:
            self._add_derived(value, target)
            return
        for item in sources(value):
            read = item.place[0].startswith("table:")
            if self._outside(item.place[0]):
                # All that is made from one class of a library has nothing else in common; its name may tell.
                alias = (f"{item.place[0]}@{target[0].replace('|', '/')}", item.place[1])
                self.add(Flow(alias, target, 0.95, "typed"))
                continue
            self.add(Flow(item.place, target, 0.95, "typed", presence=not read, read=read))
            if not read:
                self._drawn.uses.append(Flow(target, item.place, 0.95, "typed"))

    def _outside(self, name: str) -> bool:
        """Whether a name is declared in none of the scanned files."""
        owner, bar, _ = name.partition("|")
        return bool(bar) and ":" not in owner and owner not in self.program.files

    def _add_derived(self, call: Call, target: Place) -> None:
        keys = frozenset(item.value for item in call.arguments[1:] if isinstance(item, Text))
        for item in sources(call.arguments[0]) if call.arguments else ():
            self.add(
                Flow(
                    item.place,
                    target,
                    0.98,
                    call.function,
                    only=keys if call.function == "pick" else frozenset(),
                    without=keys if call.function == "omit" else frozenset(),
                    presence=call.function != "partial",
                )
            )
        if call.function in ("merge", "extend"):
            for other in call.arguments[1:]:
                self.connect(other, target, 0.98, call.function)

    def _add_access(self, path: str, index: int, access: Access) -> None:
        program = self.program
        row: Place = (f"{path}|row:{index}", ())
        payload = self._fold(program.globalised(path, access.payload)) if access.payload is not None else None
        if access.kind in ("insert", "update", "upsert", "select", "delete"):
            table = program.access_table(path, access)
            if table is None:
                return
            if payload is not None and access.payload is not None and access.kind != "select":
                self._write(path, payload, table, access)
                stated = program.globalised(path, access.payload)
                if stated != payload:
                    # A name that holds a computed value hands it on, though its computation was put in its place.
                    self._write(path, stated, table, access)
            if not access.aggregate:
                self.add(Flow((f"table:{table}", ()), row, 0.97, "read", presence=False, read=True))
        elif access.kind == "rpc" and isinstance(access.target, str):
            self._call_routine(access.target, payload, row)
        elif access.kind in ("http", "invoke") and isinstance(access.target, str):
            for handler in self.routes.handlers(access.kind, access.target):
                if payload is not None and handler.body:
                    self.connect(payload, (handler.body, ()), 0.93, f"{OVER_THE_WIRE}{access.target}")
                self.add(Flow((f"ret:{handler.name}", ()), row, 0.7, "answered"))
        elif access.kind == "upload" and isinstance(access.target, str) and payload is not None:
            self.connect(payload, (f"bucket:{access.target}", ()), 0.97, "uploaded")

    def _write(self, path: str, payload: Expression, table: str, access: Access) -> None:
        for target, value in _columns(payload):
            column = self.written(path, access, table, target) if target else ""
            place: Place = (f"table:{table}", (column,) if column else ())
            self.connect(value, place, 0.98, "written")

    def written(self, path: str, access: Access, table: str, name: str) -> str:
        """The column that a key of an access's payload names; a table object may call it otherwise."""
        if not isinstance(access.target, Ref):
            fields = self.program.members.get(table, {}) if access.library == "prisma" else {}
            return self.column(table, fields.get(name, name))
        fields = self.program.columns.get(self.program.name(path, access.target.name), {})
        return self.column(table, fields.get(name, name))

    def column(self, table: str, name: str) -> str:
        """The column of a table that a key names, in the table's own spelling where it is known."""
        known = self.program.schema.tables.get(table)
        if known is None or known.column(name) is not None:
            return name
        wanted = key(name)
        return next((column.name for column in known.columns if key(column.name) == wanted), name)

    def _call_routine(self, name: str, payload: Expression | None, row: Place) -> None:
        keys = tuple(given for given, _ in payload.entries) if isinstance(payload, Fields) else ()
        for path, function in self.routes.routines(name, keys):
            names = [parameter.rsplit("@", 1)[0] for parameter in function.parameters]
            if isinstance(payload, Fields):
                for given, value in payload.entries:
                    if given in names:
                        self.connect(
                            value, (f"{path}|{function.parameters[names.index(given)]}", ()), 0.96, f"passed to {name}"
                        )
            elif isinstance(payload, Items):
                for parameter, value in zip(function.parameters, payload.items, strict=False):
                    self.connect(value, (f"{path}|{parameter}", ()), 0.96, f"passed to {name}")

    def _add_invocation(self, path: str, invocation: Invocation) -> None:
        name, members = self.program.place(path, invocation.callee)
        for where, function in self._handed.functions(path, invocation.callee):
            self._add_call(path, invocation, (name, members), where, function)

    def _add_call(self, path: str, invocation: Invocation, callee: Place, where: str, function: FunctionFact) -> None:
        program = self.program
        name, members = callee
        result, asked = f"ret:{where}|{function.name}@{function.parent}", f"ret:{'.'.join((name, *members))}"
        if result != asked:
            self.add(Flow((result, ()), (asked, ()), 0.98, f"returned by {function.name}"))
        for parameter, argument in zip(function.parameters, invocation.arguments, strict=False):
            value = program.globalised(path, argument)
            self.connect(value, (f"{where}|{parameter}", ()), _PASSED, f"passed to {function.name}")
        parameters = {parameter.split("@", 1)[0]: parameter for parameter in function.parameters}
        for given, argument in invocation.named:
            if given in parameters:
                value = program.globalised(path, argument)
                self.connect(value, (f"{where}|{parameters[given]}", ()), _PASSED, f"passed to {function.name}")

    def _add_function(self, path: str, function: FunctionFact) -> None:
        program = self.program
        if not function.returns:
            return
        target: Place = (f"ret:{path}|{function.name}@{function.parent}", ())
        for _, value in function.returns[:12]:
            returned = program.globalised(path, value)
            self._check(returned)
            self.connect(returned, target, 0.95, f"returned by {function.name}")

    def _add_schema(self) -> None:
        schema = self.program.schema
        for table in schema.tables.values():
            for column in table.columns:
                place: Place = (f"table:{table.name}", (column.name,))
                if column.type in schema.enums:
                    self.add(Flow((f"type:{column.type}", ()), place, 1.0, "column type"))
                if column.type in schema.domains:
                    self.add(Flow((f"domain:{column.type}", ()), place, 1.0, "column type"))
                if table.view and isinstance(column.generated, Ref):
                    self.add(Flow((column.generated.name, column.generated.path), place, 0.95, "view", read=True))
        for trigger in schema.triggers:
            for path, function in self.routes.routines(trigger.function, ()):
                self.add(Flow((f"{path}|new@{function.scope}", ()), (f"table:{trigger.table}", ()), 1.0, "trigger"))
                self.add(
                    Flow(
                        (f"table:{trigger.table}", ()), (f"{path}|old@{function.scope}", ()), 1.0, "trigger", read=True
                    )
                )


def _validations(value: Expression) -> Iterator[Call]:
    stack: list[Expression] = [value] if isinstance(value, _HOLDERS) else []
    while stack:
        item = stack.pop()
        if isinstance(item, Call):
            if item.function == "validated" and len(item.arguments) > 1:
                yield item
            stack.extend(item.arguments)
        elif isinstance(item, Operation):
            stack.extend(item.operands)
        elif isinstance(item, Fields):
            stack.extend(inner for _, inner in item.entries)


_DERIVED = frozenset({"partial", "pick", "omit", "extend", "merge", "required", "array"})


def _columns(payload: Expression) -> Iterator[tuple[str, Expression]]:
    """Column and value of what is written; the empty column stands for the whole row."""
    if isinstance(payload, Fields):
        yield from payload.entries
        for spread in payload.spreads:
            yield from _columns(spread)
    elif isinstance(payload, Items):
        for item in payload.items[:8]:
            yield from _columns(item)
    elif isinstance(payload, Operation) and payload.operator == "if":
        for item in payload.operands[1:]:
            yield from _columns(item)
    else:
        yield "", payload


__all__ = ["Flow", "FlowGraph", "Place", "Source", "sources"]
