"""The reader of access rules for Firestore and Cloud Storage."""

from archlint.model.facts import FileFacts

NAME = "firestore"
SUFFIXES = (".rules",)


def read(path: str, source: bytes) -> FileFacts:
    """The facts of one file; a pure function of its path and bytes."""
    # Most scans meet no such file.
    from archlint.languages.firestore import reader

    return reader.read(path, source)
