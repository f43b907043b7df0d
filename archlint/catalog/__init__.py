"""The effective schema: what is left when all SQL files have been applied in their order."""

from collections.abc import Mapping

import msgspec

from archlint.catalog.claims import claims
from archlint.catalog.databases import plan
from archlint.catalog.folding import fold
from archlint.catalog.merging import merge
from archlint.catalog.state import SQL
from archlint.model.facts import FileFacts
from archlint.model.schema import Schema

# Languages that speak of nothing but the schema.
_SCHEMAS = frozenset({SQL, "prisma"})


def build(files: Mapping[str, FileFacts]) -> Schema:
    """Folds the schema changes of all files, database by database."""
    own = _counting(files)
    planned = plan(own)
    # What is all about the schema is set aside whole; of code that declares a table once more, just that.
    mirrors = tuple(path for path in planned.mirrors if own[path].language in _SCHEMAS)
    mirrors = tuple(
        sorted({*mirrors, *(path for path in files if files[path].language in _SCHEMAS and path not in own)})
    )
    claimed = {path: claims(facts) for path, facts in own.items()}
    states = [fold([own[path] for path in paths], claimed) for paths in planned.databases]
    named = {path: found.named for path, found in claimed.items()}
    schema = merge(states, own, named, mirrors)
    return msgspec.structs.replace(schema, ahead=_ahead(files, schema))


def _ahead(files: Mapping[str, FileFacts], schema: Schema) -> dict[str, frozenset[str]]:
    """The columns of mirrors that have all that a table has, and more."""
    found: dict[str, frozenset[str]] = {}
    for path in schema.mirrors:
        for change in files[path].changes if files[path].language == SQL else ():
            table = schema.tables.get(change.table) if change.action == "create table" else None
            known = frozenset(column.name for column in table.columns) if table is not None else frozenset()
            stated = frozenset(column.name for column in change.columns)
            if known and known < stated:
                found[change.table] = found.get(change.table, frozenset()) | (stated - known)
    return found


def _counting(files: Mapping[str, FileFacts]) -> dict[str, FileFacts]:
    """All SQL files, and code that declares tables which no SQL creates; beside SQL, such code is only a copy."""
    own = {path: facts for path, facts in files.items() if facts.language == SQL}
    created = {table for facts in own.values() for table in _tables(facts)}
    for path, facts in files.items():
        if path not in own and facts.changes and not (_tables(facts) & created):
            own[path] = facts
    return own


def _tables(facts: FileFacts) -> frozenset[str]:
    return frozenset(change.table for change in facts.changes if change.action == "create table")


__all__ = ["build"]
