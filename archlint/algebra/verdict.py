"""The outcome of comparing two predicates."""

import msgspec

from archlint.model.rule import Relation

_MIRRORED = {Relation.STRICTER: Relation.LOOSER, Relation.LOOSER: Relation.STRICTER}
_SIDES = {"left": "right", "right": "left"}


class Verdict(msgspec.Struct, frozen=True):
    """How two admissible sets lie; `witness` is a value that only `accepted_by` (left or right) accepts."""

    relation: Relation
    witness: str = ""
    accepted_by: str = ""

    def mirrored(self) -> "Verdict":
        """The same verdict with the sides exchanged."""
        side = _SIDES.get(self.accepted_by, "")
        return Verdict(_MIRRORED.get(self.relation, self.relation), self.witness, side)


EQUAL = Verdict(Relation.EQUAL)
UNKNOWN = Verdict(Relation.UNKNOWN)


def by_witnesses(left_only: str | None, right_only: str | None, disjoint: bool) -> Verdict:
    """The verdict of two sets given a value of each that the other lacks (None where there is none)."""
    if left_only is None and right_only is None:
        return EQUAL
    if right_only is None:
        relation = Relation.DISJOINT if disjoint else Relation.LOOSER
        return Verdict(relation, left_only or "", "left")
    if left_only is None:
        relation = Relation.DISJOINT if disjoint else Relation.STRICTER
        return Verdict(relation, right_only, "right")
    relation = Relation.DISJOINT if disjoint else Relation.OVERLAPPING
    if (len(left_only), left_only) <= (len(right_only), right_only):
        return Verdict(relation, left_only, "left")
    return Verdict(relation, right_only, "right")
