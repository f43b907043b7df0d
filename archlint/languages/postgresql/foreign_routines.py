"""Triggers and stored routines of other databases."""

from archlint.languages.postgresql.dialects import Foreign
from archlint.languages.postgresql.sheet import Sheet


def read_routines(sheet: Sheet, foreign: Foreign) -> None:
    """Says which triggers and routines are not read."""
    for start, _ in foreign.routines:
        sheet.problem(start, f"a trigger or routine of {foreign.name} is not read")
