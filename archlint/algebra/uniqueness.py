"""How two demands for uniqueness lie to each other."""

import re

from archlint.algebra.verdict import EQUAL, UNKNOWN, Verdict
from archlint.model.predicate import Columns
from archlint.model.rule import Relation

_FOLDED = re.compile(r"(?:lower|upper)\((.+)\)")


def relate_columns(left: Columns, right: Columns) -> Verdict:
    """The verdict: fewer columns, folded case and no condition are each stricter; mixtures are not decided."""
    one, other = _columns(left), _columns(right)
    verdicts = [_by_columns(one, other), _by_folding(one, other), _by_condition(left.condition, right.condition)]
    differing = [verdict for verdict in verdicts if verdict.relation is not Relation.EQUAL]
    if not differing:
        return EQUAL
    return differing[0] if len({verdict.relation for verdict in differing}) == 1 else UNKNOWN


def _columns(form: Columns) -> dict[str, bool]:
    result = {}
    for column in form.columns:
        folded = _FOLDED.fullmatch(column)
        result[folded[1] if folded else column] = folded is not None
    return result


def _by_columns(one: dict[str, bool], other: dict[str, bool]) -> Verdict:
    if set(one) == set(other):
        return EQUAL
    if set(one) < set(other):
        witness = (
            f"two rows with the same {', '.join(sorted(one))} and another {', '.join(sorted(set(other) - set(one)))}"
        )
        return Verdict(Relation.STRICTER, witness, "right")
    return _by_columns(other, one).mirrored() if set(other) < set(one) else UNKNOWN


def _by_folding(one: dict[str, bool], other: dict[str, bool]) -> Verdict:
    mine = {column for column in set(one) & set(other) if one[column] and not other[column]}
    theirs = {column for column in set(one) & set(other) if other[column] and not one[column]}
    if mine and theirs:
        return UNKNOWN
    if mine:
        return Verdict(Relation.STRICTER, _spellings(min(mine)), "right")
    return Verdict(Relation.LOOSER, _spellings(min(theirs)), "left") if theirs else EQUAL


def _spellings(column: str) -> str:
    return '"A@x" and "a@x"' if "mail" in column else '"A" and "a"'


def _by_condition(one: str, other: str) -> Verdict:
    if one == other:
        return EQUAL
    if not one:
        return Verdict(Relation.STRICTER, f"two equal rows outside {other}", "right")
    return _by_condition(other, one).mirrored() if not other else UNKNOWN
