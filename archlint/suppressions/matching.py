"""Holds findings against ignore comments: what is accepted, and which comments do nothing."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from archlint.model.configuration import Unused
from archlint.model.facts import Suppression
from archlint.model.finding import Finding, Place
from archlint.model.report import Accepted
from archlint.model.source import Layer, Span


class Matched(msgspec.Struct, frozen=True):
    """What is left of the findings, what is accepted, and the comments that do nothing."""

    findings: list[Finding]
    accepted: list[Accepted]
    unused: list[Unused]


class _Comment:
    """One comment: what of it holds, and what of it was needed."""

    def __init__(self, path: str, said: Suppression, names: Mapping[str, str], today: str) -> None:
        self.path = path
        self.said = said
        self.codes = {names[word.lower()]: word for word in said.codes if word.lower() in names}
        self.unknown = [word for word in said.codes if word.lower() not in names]
        self.used: set[str] = set()
        self.wrong = _wrong(said, today)

    def holds(self, code: str, place: Place) -> bool:
        """Whether the comment accepts findings of a check at a place."""
        if self.wrong or code not in self.codes:
            return False
        return self.said.scope == "file" or place.span.line <= self.said.target <= place.span.end_line

    def idle(self) -> Iterable[str]:
        """Why the comment, or a code of it, does nothing."""
        if self.wrong:
            yield self.wrong
            return
        for word in self.unknown:
            yield f"there is no check {word!r}"
        for code, word in self.codes.items():
            if code not in self.used:
                yield f"nothing here breaks {word}"


def match(
    findings: Sequence[Finding],
    comments: Mapping[str, Sequence[Suppression]],
    names: Mapping[str, str],
    layers: Mapping[str, Layer],
    today: str,
) -> Matched:
    """A finding is accepted where any of its places carries a comment. `names` are codes by spelling in lower case."""
    known = {path: [_Comment(path, said, names, today) for said in told] for path, told in comments.items()}
    left, accepted = [], []
    for finding in findings:
        comment = _accepting(finding, known)
        if comment is None:
            left.append(finding)
        else:
            reason, line = comment.said.reason, comment.said.line
            accepted.append(Accepted(finding=finding, by="comment", reason=reason, path=comment.path, line=line))
    unused = [
        Unused(place=_place(comment, layers), reason=told, mark=(comment.said.scope, *comment.said.codes, told))
        for path in sorted(known)
        for comment in known[path]
        for told in comment.idle()
    ]
    return Matched(left, accepted, unused)


def _accepting(finding: Finding, known: Mapping[str, list[_Comment]]) -> _Comment | None:
    """The first comment that accepts a finding; all that would are in use."""
    first = None
    for place in finding.places:
        for comment in known.get(place.path, ()):
            if comment.holds(finding.code, place):
                comment.used.add(finding.code)
                first = first or comment
    return first


def _wrong(said: Suppression, today: str) -> str:
    if said.scope == "?":
        return "it is none of ignore, ignore-next and ignore-file"
    if not said.codes:
        return "it names no check: ignore[AL201] reason"
    if not said.reason:
        return "it gives no reason"
    if said.until and not _date(said.until):
        return f"until={said.until} is no date like 2030-12-31"
    return f"it held until {said.until}" if said.until and said.until < today else ""


def _date(text: str) -> bool:
    parts = text.split("-")
    return [len(part) for part in parts] == [4, 2, 2] and all(part.isdigit() for part in parts)


def _place(comment: _Comment, layers: Mapping[str, Layer]) -> Place:
    said = comment.said
    span = Span(said.line, said.column, said.line, said.column)
    text = f"archlint: ignore[{', '.join(said.codes)}] {said.reason}".strip()
    return Place(comment.path, span, layers.get(comment.path, Layer.SHARED), "unused", text)
