"""Parameters of handlers whose defaults are fields: `limit: int = Query(20, ge=1, le=100)`."""

import libcst as cst

from archlint.languages.python import libraries
from archlint.languages.python.annotations import Annotations
from archlint.languages.python.fields import Clauses, Field
from archlint.languages.python.protocol import Reader
from archlint.model.expression import Ref
from archlint.terms.idioms import table
from archlint.terms.scope import Function, Scope


def recognise(reader: Reader, param: cst.Param, name: str, function: Function, scope: Scope) -> bool:
    """A parameter that a library's maker of fields describes."""
    if not isinstance(param.default, cst.Call):
        return False
    found = libraries.maker(reader.qualified(param.default.func, scope))
    if found is None or table(found[0])["style"] != "annotated":
        return False
    library, row = found
    field = Field(Ref(name), library)
    outer = scope.parent or scope
    calls = Clauses(reader, outer)
    if param.annotation is not None:
        Annotations(reader, calls, outer).read(field, param.annotation.annotation, param)
    given = calls.given(param.default)
    calls.row(field, row, given, param.default)
    for item in given:
        item.settle()
    return True
