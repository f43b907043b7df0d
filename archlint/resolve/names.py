"""Names compared across writing styles: camel, snake, plural, prefixes and usual abbreviations."""

import re
from collections.abc import Iterable
from functools import lru_cache

from archlint import data

# Names that readers give to what has none.
TEMPORARY = re.compile(r"_value\d+")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_]+", re.UNICODE)
_KEPT = data.words("names", "singular")
_SHORT: dict[str, str] = data.table("names")["abbreviations"]
_PREFIXES = data.words("names", "prefixes")
_WRAPPERS = data.words("names", "wrappers")


@lru_cache(maxsize=65536)
def tokens(name: str) -> tuple[str, ...]:
    """Lower-case words of a name, the last one singular, abbreviations written out."""
    parts = [part.lower() for part in _PARTS.findall(name)]
    if not parts:
        return (name.lower(),)
    parts[-1] = singular(parts[-1])
    return tuple(_SHORT.get(part, part) for part in parts)


def singular(word: str) -> str:
    """The singular of an English plural; other words stay."""
    if word in _KEPT or len(word) < 4 or word.endswith(("ss", "us")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


_ALIASES: dict[str, str] = {}


def learn(aliases: Iterable[tuple[str, str]]) -> None:
    """Names that the team says mean others; whole names only, in any style, and only these for all that follows."""
    known = {"_".join(tokens(name)): "_".join(tokens(meant)) for name, meant in aliases}
    if known != _ALIASES:
        _ALIASES.clear()
        _ALIASES.update(known)
        for cached in (key, bare, noun):
            cached.cache_clear()


def _meant(parts: Iterable[str]) -> str:
    name = "_".join(parts)
    return _ALIASES.get(name, name)


def several(name: str, column: str) -> bool:
    """Whether a name is the plural of a column's: `emails` beside `email`."""
    low, other = name.lower(), column.lower()
    return singular(low) != low and singular(other) == other


@lru_cache(maxsize=65536)
def key(name: str) -> str:
    """A name without its style: `orderItems`, `order_items` and `OrderItem` are one."""
    return _meant(tokens(name))


@lru_cache(maxsize=65536)
def bare(name: str) -> str:
    """A field's or parameter's key without a calling-convention prefix: `p_amount` is `amount`."""
    parts = tokens(name)
    while len(parts) > 1 and parts[0] in _PREFIXES:
        parts = parts[1:]
    return _meant(parts)


@lru_cache(maxsize=65536)
def noun(name: str) -> str:
    """The entity that a type, schema or form is named after: `CreateOrderDto` and `orderFormSchema` say `order`."""
    parts = [part for part in tokens(name) if part not in _WRAPPERS]
    if not parts:
        return ""
    parts[-1] = singular(parts[-1])
    return _meant(parts)


def table_key(name: str) -> str:
    """A table's name without its schema, in key form."""
    return key(name.rsplit(".", 1)[-1])
