"""The reader of Dart: Flutter clients and Dart servers."""

from archlint.model.facts import FileFacts

NAME = "dart"
SUFFIXES = {".dart": "dart"}


def read(path: str, source: bytes) -> FileFacts:
    """The facts of one file; a pure function of its path and bytes."""
    # The grammar is heavy, and a folder without Dart needs none of it.
    from archlint.languages.dart import reader

    return reader.read(path, source)
