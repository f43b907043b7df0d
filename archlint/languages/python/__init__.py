"""The reader of Python."""

from archlint.model.facts import FileFacts

NAME = "python"
SUFFIXES = {".py": "python"}


def read(path: str, source: bytes) -> FileFacts:
    """The facts of one file; a pure function of its path and bytes."""
    # The grammar and the syntax library are heavy, and most folders need neither.
    from archlint.languages.python import reader

    return reader.read(path, source)
