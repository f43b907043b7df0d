"""The reader of settings that tell a platform what to ask of values."""

from functools import cache

from archlint.model.facts import FileFacts
from archlint.terms.idioms import table

NAME = "settings"
# Such files are known by their whole names, see `reads`.
SUFFIXES: tuple[str, ...] = ()


def reads(path: str) -> bool:
    """Whether a file is one of settings."""
    return f"/{path}".endswith(_ends())


@cache
def _ends() -> tuple[str, ...]:
    return tuple(sorted({f"/{row['file']}" for row in table("settings")["setting"]}))


def read(path: str, source: bytes) -> FileFacts:
    """The facts of one file; a pure function of its path and bytes."""
    # Most scans meet no such file.
    from archlint.languages.settings import reader

    return reader.read(path, source)
