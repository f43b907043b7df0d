"""Holds findings against the known ones, by content and number, never by place."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from archlint.baseline.file import line_of
from archlint.model.configuration import Baseline, Entry, Unused
from archlint.model.finding import Finding, Place
from archlint.model.report import Accepted
from archlint.model.source import Layer, Span


class Held(msgspec.Struct, frozen=True):
    """The findings that are new, those that are known, and entries of which there are more than findings.

    `smaller` are entries of which only a part is left, with the finding that is left.
    """

    findings: list[Finding]
    known: list[Accepted]
    stale: list[Entry]
    unused: list[Unused]
    smaller: tuple[tuple[Entry, Finding], ...] = ()


def hold(findings: Sequence[Finding], baseline: Baseline) -> Held:
    """Each entry covers as many findings as it counts, the surest first."""
    room = Counter[str]()
    texts: dict[str, Entry] = {}
    for entry in baseline.entries:
        room[entry.fingerprint] += entry.count
        texts.setdefault(entry.fingerprint, entry)
    known: dict[int, Accepted] = {}
    for index in sorted(range(len(findings)), key=lambda index: -findings[index].confidence):
        fingerprint = plain(findings[index])
        if room[fingerprint] > 0:
            room[fingerprint] -= 1
            known[index] = _accepted(findings[index], texts[fingerprint], baseline)
    smaller = tuple(_smaller(findings, known, baseline, room))
    stale, unused = _left_over(baseline, room) if baseline.kept else ([], [])
    new = [finding for index, finding in enumerate(findings) if index not in known]
    return Held(new, [known[index] for index in sorted(known)], stale, unused, smaller)


def _smaller(
    findings: Sequence[Finding], known: dict[int, Accepted], baseline: Baseline, room: Counter[str]
) -> Iterator[tuple[Entry, Finding]]:
    """What is left of known findings when one of their places was mended is known as well."""
    for index, finding in enumerate(findings):
        if index in known:
            continue
        for entry in baseline.entries:
            same = (entry.check, entry.subject) == (finding.code, finding.subject)
            if same and room[entry.fingerprint] > 0 and finding.less_than(entry.parts):
                room[entry.fingerprint] -= 1
                known[index] = _accepted(finding, entry, baseline)
                yield entry, finding
                break


def _accepted(finding: Finding, entry: Entry, baseline: Baseline) -> Accepted:
    return Accepted(finding=finding, by="baseline", reason=entry.reason, owner=entry.owner, path=baseline.path)


def _left_over(baseline: Baseline, room: Counter[str]) -> tuple[list[Entry], list[Unused]]:
    stale, unused = [], []
    for number, entry in enumerate(baseline.entries):
        excess = min(entry.count, room[entry.fingerprint])
        if excess <= 0:
            continue
        room[entry.fingerprint] -= excess
        stale.append(msgspec.structs.replace(entry, count=excess))
        line = line_of(number)
        place = Place(baseline.path or baseline.origin, Span(line, 1, line, 1), Layer.SHARED, "unused", entry.message)
        unused.append(Unused(place=place, reason="stale", mark=(entry.fingerprint, str(excess))))
    return stale, unused


def entries_of(findings: Iterable[Finding]) -> tuple[Entry, ...]:
    """The entries that make the findings known."""
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[plain(finding)].append(finding)
    return tuple(
        sorted(
            Entry(
                check=group[0].code,
                subject=group[0].subject,
                fingerprint=fingerprint,
                parts=group[0].parts,
                count=len(group),
                message=group[0].message,
                paths=tuple(sorted({place.path for finding in group for place in finding.places})),
            )
            for fingerprint, group in groups.items()
        )
    )


def merged(fresh: Iterable[Entry], former: Iterable[Entry]) -> tuple[Entry, ...]:
    """The fresh entries, with the reasons and owners that people gave to the former ones."""
    told = {entry.fingerprint: entry for entry in former}
    return tuple(
        msgspec.structs.replace(entry, reason=told[entry.fingerprint].reason, owner=told[entry.fingerprint].owner)
        if entry.fingerprint in told
        else entry
        for entry in fresh
    )


def plain(finding: Finding) -> str:
    """The fingerprint without the number that tells equal findings apart."""
    return finding.fingerprint.partition("-")[0]
