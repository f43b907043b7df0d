"""The effective schema: what is left when all SQL files have been applied in their order."""

from collections.abc import Mapping

from archlint.catalog.databases import plan
from archlint.catalog.folding import claims, fold
from archlint.catalog.merging import merge
from archlint.model.facts import FileFacts
from archlint.model.schema import Schema

_LANGUAGE = "postgresql"


def build(files: Mapping[str, FileFacts]) -> Schema:
    """Folds the schema changes of all files, database by database."""
    own = {path: facts for path, facts in files.items() if facts.changes or facts.language == _LANGUAGE}
    planned = plan(own)
    claimed = {path: claims(facts) for path, facts in own.items()}
    inside = {path: rest for path, (_, rest) in claimed.items()}
    named = {path: indexes for path, (indexes, _) in claimed.items()}
    states = [fold([own[path] for path in paths], inside) for paths in planned.databases]
    return merge(states, own, named, planned.mirrors)


__all__ = ["build"]
