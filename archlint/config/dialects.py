"""Which database the SQL files of a folder are written for, where the team says so."""

from collections.abc import Iterable
from functools import cache

from archlint import data
from archlint.config.layers import last_of
from archlint.config.mistakes import Source
from archlint.model.configuration import Configuration

HOME = "postgresql"


@cache
def known() -> dict[str, str]:
    """The dialects by each name that a team may use."""
    told = data.table("dialects")
    names = [HOME, *data.table("idioms/sql_dialects"), *told["unread"]]
    return {**{name: name for name in names}, **told["same"]}


def read_dialect(source: Source, pattern: str, value: object) -> str:
    """One value of the table."""
    word = str(value).lower()
    if isinstance(value, str) and word in known():
        return known()[word]
    source.unknown(("dialects", pattern), "dialects: the database", str(value), known())
    return ""


def dialects(configuration: Configuration, paths: Iterable[str]) -> dict[str, str]:
    """The dialects of the files of which the team has said one."""
    return last_of(configuration.dialects, configuration.prefix, paths)
