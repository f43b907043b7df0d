"""The arrows of the flow graph, and how those of a file are kept until the next run."""

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction

import msgspec

from archlint.resolve.work import Codec

Place = tuple[str, tuple[str, ...]]

ONE = Fraction(1)
ZERO = Fraction(0)


class Flow(msgspec.Struct, frozen=True, gc=False):
    """An arrow between places: the target is `factor` times the source's + `offset`; keys limit what travels."""

    source: Place
    target: Place
    confidence: float
    why: str
    factor: Fraction = ONE
    offset: Fraction = ZERO
    only: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    presence: bool = True
    read: bool = False

    @property
    def plain(self) -> bool:
        """Whether it is known at a glance that the value travels unchanged, which spares most exact arithmetic."""
        return self.factor is ONE and self.offset is ZERO


class Drawn(msgspec.Struct, frozen=True):
    """The arrows of one file, and those from a type to the values that are declared to be of it."""

    flows: list[Flow]
    uses: list[Flow]


_Names = dict[str, int]
# The number of a name, the members, the same of the target, confidence, the number of the reason, presence, read, rest.
_Arrow = tuple[
    int,
    tuple[str, ...],
    int,
    tuple[str, ...],
    float,
    int,
    bool,
    bool,
    tuple[str, str, tuple[str, ...], tuple[str, ...]] | None,
]
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(tuple[list[str], list[_Arrow], list[_Arrow]])


def _encode(drawn: Drawn) -> bytes:
    """Names are long and stand at many arrows, so they are numbered."""
    names: _Names = {}
    flows = [_written(flow, names) for flow in drawn.flows]
    uses = [_written(flow, names) for flow in drawn.uses]
    return _ENCODER.encode((list(names), flows, uses))


def _decode(blob: bytes) -> Drawn:
    names, flows, uses = _DECODER.decode(blob)
    return Drawn([_read(item, names) for item in flows], [_read(item, names) for item in uses])


def _written(flow: Flow, names: _Names) -> _Arrow:
    rest = None
    if not flow.plain or flow.only or flow.without:
        factor = "" if flow.factor is ONE else str(flow.factor)
        offset = "" if flow.offset is ZERO else str(flow.offset)
        rest = (factor, offset, tuple(sorted(flow.only)), tuple(sorted(flow.without)))
    (source, members), (target, inner) = flow.source, flow.target
    return (
        names.setdefault(source, len(names)),
        members,
        names.setdefault(target, len(names)),
        inner,
        flow.confidence,
        names.setdefault(flow.why, len(names)),
        flow.presence,
        flow.read,
        rest,
    )


def _read(arrow: _Arrow, names: list[str]) -> Flow:
    source, members, target, inner, confidence, why, presence, read, rest = arrow
    start, end = (names[source], members), (names[target], inner)
    if rest is None:
        return Flow(start, end, confidence, names[why], presence=presence, read=read)
    factor, offset, only, without = rest
    return Flow(
        start,
        end,
        confidence,
        names[why],
        Fraction(factor) if factor else ONE,
        Fraction(offset) if offset else ZERO,
        frozenset(only),
        frozenset(without),
        presence,
        read,
    )


def _parts(drawn: Drawn) -> Mapping[str, object]:
    """The arrows by the names at their ends: a list changes if one of its arrows does, or their order."""
    found: dict[str, tuple[list[Flow], list[Flow], list[Flow]]] = defaultdict(lambda: ([], [], []))
    for flow in drawn.flows:
        found[flow.source[0]][0].append(flow)
        found[flow.target[0]][1].append(flow)
    for flow in drawn.uses:
        found[flow.target[0]][2].append(flow)
    return found


DRAWN = Codec(_encode, _decode, _parts)
