"""Triggers and stored routines of other databases."""

from archlint.languages.postgresql.bodies import Body
from archlint.languages.postgresql.dialects import Foreign
from archlint.languages.postgresql.mysql_bodies import MysqlRoutine, body_of
from archlint.languages.postgresql.refusals import state_refusals
from archlint.languages.postgresql.routines import Parameter, scope_of
from archlint.languages.postgresql.sheet import Sheet
from archlint.languages.postgresql.tree import parse_body
from archlint.model.expression import Ref
from archlint.model.facts import FunctionFact
from archlint.model.schema import SchemaChange


def read_routines(sheet: Sheet, foreign: Foreign) -> None:
    """Reads what was rewritten, and says which triggers and routines are not read."""
    for start, _ in foreign.unread:
        sheet.problem(start, f"a trigger or routine of {foreign.name} is not read")
    for routine in foreign.routines:
        try:
            _read(sheet, routine)
        except (RecursionError, ValueError, LookupError, AttributeError, TypeError) as error:
            sheet.problem(routine.start, f"a routine is not read ({type(error).__name__})")


def _read(sheet: Sheet, routine: MysqlRoutine) -> None:
    number = sheet.new_scope()
    trigger = routine.kind == "trigger"
    parameters = [Parameter(name, kind, way != "out", None) for way, name, kind in routine.parameters]
    scope = scope_of(number, routine.name, parameters, [], trigger)
    for name in routine.variables:
        scope.variables[name.lower()] = Ref(f"{name.lower()}@{number}")
    scope.procedural = True
    # Routines of MySQL run with the rights of who defined them unless they say otherwise.
    scope.client = "definer"
    reader = Body(sheet, scope, trigger, False)
    text, base = body_of(sheet.source.content, routine)
    root, error = parse_body(text, base)
    if error is not None:
        sheet.problem(max(error, routine.start), f"a part of {routine.kind} {routine.name} is not read")
    reader.read(root, routine.name)
    state_refusals(sheet, scope, reader.refusals, "trigger" if trigger else "routine")
    span = sheet.source.span(routine.start, routine.end)
    sheet.functions.append(
        FunctionFact(
            scope=number,
            parent=0,
            name=routine.name,
            span=span,
            parameters=tuple(f"{item.name}@{number}" for item in parameters if item.given),
            returns=tuple(reader.returns),
            role="trigger" if trigger else "",
        )
    )
    sheet.changes.append(
        SchemaChange(
            action="create function",
            span=span,
            name=routine.name,
            signature=tuple(item.kind for item in parameters if item.given),
            returns="trigger" if trigger else routine.returns,
            scope=number,
            language="plpgsql",
            definer=True,
            replace=True,
        )
    )
    if trigger:
        sheet.changes.append(
            SchemaChange(
                action="create trigger",
                span=span,
                table=routine.table,
                name=routine.name,
                timing=routine.timing,
                events=(routine.event,),
                function=routine.name,
                for_each="row",
                replace=True,
            )
        )
    if reader.dynamic:
        sheet.problem(reader.dynamic[0], f"dynamic SQL in {routine.kind} {routine.name} is not read")
