"""What resolving yields: sites with subjects, and who reads, writes and guards what."""

import msgspec

from archlint.model.graph import AccessGuard, Claim, Edge, ReadPath, Run, SqlText, Word, WritePath
from archlint.model.rule import Site
from archlint.model.source import Layer, Problem


class Resolved(msgspec.Struct, frozen=True, kw_only=True):
    """All sites of the repository with their subjects. `lost` are sites of superseded statements.

    `problems` tell which files were read and do not count.
    """

    sites: tuple[Site, ...]
    lost: tuple[Site, ...] = ()
    writes: tuple[WritePath, ...] = ()
    reads: tuple[ReadPath, ...] = ()
    words: tuple[Word, ...] = ()
    access_guards: tuple[AccessGuard, ...] = ()
    claims: tuple[Claim, ...] = ()
    edges: tuple[Edge, ...] = ()
    runs: tuple[Run, ...] = ()
    sql: tuple[SqlText, ...] = ()
    layers: dict[str, Layer] = {}
    problems: tuple[Problem, ...] = ()
