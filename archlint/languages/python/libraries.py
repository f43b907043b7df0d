"""Which library a name belongs to, and what it means there: read off `rules/idioms`."""

from functools import cache
from typing import Any

from archlint.terms.idioms import table, words

_PLAIN = "python_models"


def libraries() -> tuple[str, ...]:
    """The libraries that declare data, the one that is asked first in front."""
    return tuple(table(_PLAIN)["libraries"])


@cache
def offers(library: str, name: str) -> bool:
    """Whether a qualified name is one of a library's modules."""
    return any(name.startswith(f"{module}.") for module in table(library)["modules"])


def rows(library: str, section: str) -> dict[str, Any]:
    """A section of a library's idioms."""
    found = table(library).get(section, {})
    return found if isinstance(found, dict) else {}


def row(library: str, section: str, name: str) -> str | None:
    """What a name of a library means; None where it is not known."""
    known = rows(library, section)
    found = known.get(name.rsplit(".", 1)[-1])
    if isinstance(found, str) and found.startswith("like "):
        found = known.get(found[5:])
    return found if isinstance(found, str) else None


def plain(name: str) -> str | None:
    """What an annotation of the language itself means."""
    return row(_PLAIN, "annotations", name)


def held(library: str, name: str) -> bool:
    """Whether a name is reached through an object that the project makes of the library: `db.Column`."""
    parts = name.split(".")
    return len(parts) > 1 and parts[-2] in words(library, "holders")


def speaks(library: str, section: str, name: str) -> str | None:
    """The row of a qualified name that is the library's."""
    return row(library, section, name) if offers(library, name) or held(library, name) else None


def maker(name: str) -> tuple[str, str] | None:
    """The library whose function a qualified name is, and its row, where it makes a field."""
    for library in libraries():
        found = speaks(library, "makers", name)
        if found is not None:
            return library, found
    return None
