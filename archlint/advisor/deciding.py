"""Which rules decide something: not that a value must be there, and not that it is told in another unit."""

import re

from archlint.model.predicate import Anything, Undecided
from archlint.model.rule import Kind, Site
from archlint.model.schema import Schema, Table

# Columns whose being there is a state: a flag that is set, a time at which something happened.
_STATES = ("bool", "date", "time")
# What only says which value is meant, in a condition as the algebra writes it.
_MEANS = frozenset({"coalesce", "fallback", "not", "is text", "is number", "is integer"})
_CALL = re.compile(r"(\w[\w ]*)\(", re.ASCII)
# A value told in hundredths or thousandths, or back: `round(100*amount)`.
_CONVERTS = re.compile(r"(?:round\()?(?:0\.00?1|1000?)\*(?:\w+|\w+\([^()]*\))\)?", re.ASCII)
_COMPARES = re.compile(r" (?:!?=|[<>]=?|in|and|like|matches) ", re.ASCII)


# What a site does that refuses nothing itself: it computes a value, or holds it within limits.
_COMPUTES = ("assign", "clamp")


def decides(site: Site, schema: Schema) -> bool:
    """Whether a site refuses or computes: more than that a value is there, or is the same one in another unit."""
    if site.strength != "hard" and site.effect not in _COMPUTES:
        return False
    if site.kind is Kind.FORMULA:
        return not _CONVERTS.fullmatch(site.normal)
    if site.kind is Kind.CONDITIONAL:
        form = site.predicate.form
        return not (isinstance(form, Undecided) and _only_names_values(form.text))
    if site.kind is not Kind.GATE or not isinstance(site.predicate.form, Anything) or site.predicate.nulls != "fail":
        return True
    table = schema.tables.get(site.subject.entity)
    return table is None or not table.known or not table.columns or _is_a_state(table, site.subject.field)


def _is_a_state(table: Table, field: str) -> bool:
    column = table.column(field)
    return column is not None and column.type.startswith(_STATES)


def _only_names_values(text: str) -> bool:
    """Whether a condition is a value, or one of several, and compares or calls nothing: `coalesce(form.name, "")`."""
    return not _COMPARES.search(text) and all(name in _MEANS for name in _CALL.findall(text))
