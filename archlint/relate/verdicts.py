"""How predicates lie to each other, as the last run found out: an answer depends on nothing but what is asked."""

import hashlib

import msgspec

from archlint import algebra
from archlint.model.memory import Kept
from archlint.model.predicate import Predicate
from archlint.model.rule import Kind

_ENCODE = msgspec.msgpack.Encoder().encode
_DECODER = msgspec.msgpack.Decoder(dict[bytes, algebra.Verdict])


class Verdicts:
    """Asks the algebra, or takes what it answered before."""

    def __init__(self, kept: Kept | None) -> None:
        self._kept = kept
        self._before = _decoded(kept.before()) if kept is not None else {}
        self._asked: dict[bytes, algebra.Verdict] = {}

    def relate(
        self, left: Predicate, right: Predicate, integer: bool, decimals: int | None, kind: Kind
    ) -> algebra.Verdict:
        """What the algebra says of two predicates."""
        if self._kept is None:
            return algebra.relate(left, right, integer=integer, decimals=decimals, kind=kind)
        asked = _ENCODE((left, right, integer, decimals, kind))
        mark = hashlib.blake2b(asked, digest_size=20).digest()
        verdict = self._asked.get(mark) or self._before.get(mark)
        if verdict is None:
            verdict = algebra.relate(left, right, integer=integer, decimals=decimals, kind=kind)
        self._asked[mark] = verdict
        return verdict

    def keep(self) -> None:
        """Leave to the next run what was asked in this one."""
        if self._kept is not None and self._asked.keys() != self._before.keys():
            self._kept.keep(_ENCODE(self._asked))


def _decoded(blob: bytes | None) -> dict[bytes, algebra.Verdict]:
    try:
        return _DECODER.decode(blob) if blob else {}
    except msgspec.DecodeError:
        return {}
