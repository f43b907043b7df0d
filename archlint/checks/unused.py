"""AL901: comments and baseline entries that accept what is no longer there."""

from collections.abc import Iterable, Iterator

from archlint.checks._found import Found
from archlint.checks._words import short
from archlint.model.configuration import Unused
from archlint.model.finding import Severity


def unused(comments: Iterable[Unused], entries: Iterable[Unused]) -> Iterator[Found]:
    """AL901: one finding for each comment, and one for the whole baseline, which is pruned with one command."""
    for item in comments:
        yield Found(
            message=f"{short(item.place.path)}: the ignore comment does nothing: {item.reason}",
            places=(item.place,),
            subject="",
            mark=item.mark,
        )
    stale = sorted(entries)
    if stale:
        first = stale[0].place.path
        noun = "entry" if len(stale) == 1 else "entries"
        yield Found(
            message=f"{short(first)}: {len(stale)} {noun} more than there are such findings",
            places=tuple(item.place for item in stale),
            mark=tuple(part for item in stale for part in item.mark),
            severity=Severity.INFO,
            fix="archlint baseline prune takes them out.",
        )
