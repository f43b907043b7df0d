"""The reader of Prisma's schema files."""

from archlint.model.facts import FileFacts

NAME = "prisma"
SUFFIXES = (".prisma",)


def read(path: str, source: bytes) -> FileFacts:
    """The facts of one file; a pure function of its path and bytes."""
    # Most scans meet no such file.
    from archlint.languages.prisma import reader

    return reader.read(path, source)
