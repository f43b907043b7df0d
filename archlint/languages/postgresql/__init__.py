"""The reader of PostgreSQL: schema files, migrations, functions and policies."""

from archlint.model.facts import FileFacts

NAME = "postgresql"
SUFFIXES = (".sql", ".pgsql")


def read(path: str, source: bytes, dialect: str = "") -> FileFacts:
    """The facts of one file; a pure function of its path, its bytes and the dialect that the team says it has."""
    # The grammar is heavy, and most scans of a frontend hold no SQL at all.
    from archlint.languages.postgresql import reader

    return reader.read(path, source, dialect)
