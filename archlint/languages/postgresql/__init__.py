"""The reader of PostgreSQL: schema files, migrations, functions and policies."""

from archlint.model.facts import FileFacts

NAME = "postgresql"
SUFFIXES = (".sql", ".pgsql")


def read(path: str, source: bytes) -> FileFacts:
    """The facts of one file; a pure function of its path and bytes."""
    # The grammar is heavy, and most scans of a frontend hold no SQL at all.
    from archlint.languages.postgresql import reader

    return reader.read(path, source)
