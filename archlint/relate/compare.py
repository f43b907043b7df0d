"""How the units of one rule lie to each other, each difference with its witness."""

from collections.abc import Sequence
from itertools import combinations

import msgspec

from archlint import algebra
from archlint.model.predicate import Constant, Interval, Numbers, Predicate
from archlint.model.rule import Difference, Kind, Relation, Site, Subject
from archlint.model.schema import Column, Schema
from archlint.model.source import TRUSTED
from archlint.relate.units import Unit

_MOST_GROUPS = 12
_NUMERIC = frozenset({Kind.BOUND, Kind.LENGTH, Kind.SIZE, Kind.QUOTA, Kind.GATE})
_INTEGERS = frozenset(
    {"integer", "int", "int2", "int4", "int8", "bigint", "smallint", "serial", "bigserial", "smallserial"}
)


class Comparer:
    """Compares units; knows the types of the columns they are about."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def _column(self, subject: Subject) -> Column | None:
        table = self._schema.tables.get(subject.entity)
        return table.column(subject.field) if table else None

    def groups(self, units: Sequence[Unit], subject: Subject, kind: Kind) -> list[list[Unit]]:
        """Units of equal meaning together, the largest and surest group first."""
        found: list[list[Unit]] = []
        for unit in units:
            for group in found:
                if self._same(group[0], unit, subject, kind):
                    group.append(unit)
                    break
            else:
                found.append([unit])
        return sorted(found, key=lambda group: (-max(_weight(unit) for unit in group), -len(group), _where(group[0])))

    def _same(self, left: Unit, right: Unit, subject: Subject, kind: Kind) -> bool:
        if left.predicate == right.predicate:
            return True
        return self._verdict(left, right, subject, kind).relation is Relation.EQUAL

    def _verdict(self, left: Unit, right: Unit, subject: Subject, kind: Kind) -> algebra.Verdict:
        first, second = left.predicate, right.predicate
        if kind in _NUMERIC:
            first, second = _common_ends(first, second)
        column = self._column(subject)
        integer = column is not None and column.type in _INTEGERS and not column.array
        decimals = (
            column.size[1]
            if column is not None and column.type in ("numeric", "decimal") and len(column.size) == 2
            else None
        )
        return algebra.relate(first, second, integer=integer, decimals=decimals, kind=kind)

    def differences(self, groups: Sequence[Sequence[Unit]], subject: Subject, kind: Kind) -> tuple[Difference, ...]:
        """One difference per pair of groups, but for those that cannot be told."""
        found = []
        for first, second in combinations(groups[:_MOST_GROUPS], 2):
            left, right = first[0], second[0]
            verdict = self._verdict(left, right, subject, kind)
            if verdict.relation in (Relation.EQUAL, Relation.UNKNOWN):
                continue
            refusing = right if verdict.accepted_by == "left" else left
            refused = _refuses(refusing, verdict.witness)
            accepted = _counterpart(left if verdict.accepted_by == "left" else right, refused)
            sides = (accepted, refused) if verdict.accepted_by == "left" else (refused, accepted)
            found.append(
                Difference(
                    left=sides[0].id,
                    right=sides[1].id,
                    relation=verdict.relation,
                    witness=verdict.witness,
                    accepted_by=accepted.id if verdict.accepted_by else -1,
                )
            )
        return tuple(found)


def _weight(unit: Unit) -> float:
    site = unit.sites[0]
    return site.confidence + (1.0 if site.layer in TRUSTED else 0.0) + (0.5 if site.strength == "hard" else 0.0)


def _where(unit: Unit) -> tuple[object, ...]:
    return unit.sites[0].path, unit.sites[0].span


def _refuses(unit: Unit, witness: str) -> Site:
    number = _number(witness)
    for site in unit.sites:
        if number is not None and algebra.accepts(site.predicate, Constant(number, "number")) is False:
            return site
    return unit.sites[0]


def _number(witness: str) -> str | None:
    word = witness.split(" ", 1)[0]
    try:
        float(word)
    except ValueError:
        return None
    return word


def _counterpart(unit: Unit, other: Site) -> Site:
    """The site of a unit that speaks of the same end as the other one."""
    ends = _ends(other.predicate)
    for site in unit.sites:
        if ends and _ends(site.predicate) & ends:
            return site
    return unit.sites[0]


def _ends(predicate: Predicate) -> set[str]:
    form = predicate.form
    if not isinstance(form, Numbers) or not form.intervals:
        return set()
    ends = set()
    if form.intervals[0].low is not None:
        ends.add("low")
    if form.intervals[-1].high is not None:
        ends.add("high")
    if not ends and form.step is not None:
        ends.add("step")
    return ends


def _common_ends(left: Predicate, right: Predicate) -> tuple[Predicate, Predicate]:
    """Both with only the ends that both state: who states no upper bound says nothing about it."""
    first, second = left.form, right.form
    if not (isinstance(first, Numbers) and isinstance(second, Numbers)):
        return left, right
    if len(first.intervals) != 1 or len(second.intervals) != 1:
        return left, right
    a, b = first.intervals[0], second.intervals[0]
    low = a.low is not None and b.low is not None
    high = a.high is not None and b.high is not None
    step = first.step is not None and second.step is not None
    return (
        msgspec.structs.replace(left, form=_only(first, a, low, high, step)),
        msgspec.structs.replace(right, form=_only(second, b, low, high, step)),
    )


def _only(form: Numbers, interval: Interval, low: bool, high: bool, step: bool) -> Numbers:
    return Numbers(
        (
            Interval(
                interval.low if low else None,
                interval.high if high else None,
                interval.low_open if low else False,
                interval.high_open if high else False,
            ),
        ),
        form.step if step else None,
        form.unit,
    )
