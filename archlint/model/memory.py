"""What one run leaves to the next one over the same tree."""

from collections.abc import Callable, Mapping

import msgspec

from archlint.model.facts import FileFacts


class Memory(msgspec.Struct, frozen=True):
    """What an earlier run left, and where this one leaves the same.

    `digests` tell the contents of all files, by path. `before` is what was kept, or None; `facts_of` gives the facts of
    files by earlier digests, as far as they are still known.
    """

    digests: dict[str, bytes]
    before: bytes | None
    facts_of: Callable[[Mapping[str, bytes]], Mapping[str, FileFacts]]
    keep: Callable[[bytes], None]
