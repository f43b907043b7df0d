"""What one run leaves to the next one over the same tree."""

from collections.abc import Callable, Mapping

import msgspec

from archlint.model.facts import FileFacts


class Kept(msgspec.Struct, frozen=True):
    """How to ask for what an earlier run left, which may be None, and where this one leaves the same.

    It is asked for when it is needed, so that nobody holds it longer.
    """

    before: Callable[[], bytes | None]
    keep: Callable[[bytes], None]


class Memory(msgspec.Struct, frozen=True):
    """All that is left by an earlier run: what was followed for each file, and the verdicts on predicates.

    `since` keeps what of `followed` is no longer so, as most runs change little of it.

    `located` keeps which file each module's name means, which depends on nothing but the set of files.

    `digests` tell the contents of all files, by path. `facts_of` gives the facts of files by earlier digests, as far as
    they are still known.
    """

    digests: dict[str, bytes]
    facts_of: Callable[[Mapping[str, bytes]], Mapping[str, FileFacts]]
    followed: Kept
    since: Kept
    verdicts: Kept
    located: Kept
