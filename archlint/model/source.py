"""Files, places in files, and the layers files belong to."""

from enum import StrEnum

import msgspec


class Layer(StrEnum):
    """Where a site lives; `SHARED` is resolved by who imports the file, before anything is reported."""

    FRONTEND = "frontend"
    SERVICE = "service"
    FUNCTION = "function"
    CONTRACT = "contract"
    DATABASE = "database"
    TRIGGER = "trigger"
    POLICY = "policy"
    AUTOMATION = "automation"
    SHARED = "shared"


TRUSTED = frozenset({Layer.SERVICE, Layer.FUNCTION, Layer.DATABASE, Layer.TRIGGER, Layer.POLICY})


class Span(msgspec.Struct, frozen=True, array_like=True, order=True, gc=False):
    """A place in a file; lines and columns start at 1, the end column is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class SourceFile(msgspec.Struct, frozen=True):
    """One file to read. `path` is POSIX and relative to the scanned root; `size` is in bytes."""

    path: str
    language: str
    layer: Layer
    size: int = 0


class Problem(msgspec.Struct, frozen=True, order=True):
    """Something archlint could not read; `line` is 1 where the whole file is meant."""

    path: str
    line: int
    reason: str
