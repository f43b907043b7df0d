"""How the units of one rule lie to each other, each difference with its witness."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations, product

import msgspec

from archlint import algebra
from archlint.model.predicate import Constant, Numbers, Predicate
from archlint.model.rule import Difference, Kind, Relation, Site, Subject
from archlint.model.schema import Schema
from archlint.model.source import TRUSTED
from archlint.relate.units import Unit, holder
from archlint.relate.verdicts import Verdicts

_MOST_GROUPS = 12
_MOST_FORMS = 60
_NUMERIC = frozenset({Kind.BOUND, Kind.LENGTH, Kind.SIZE, Kind.QUOTA, Kind.GATE})
_COUNTED = frozenset({Kind.LENGTH, Kind.SIZE})
_LIMITS = frozenset({Kind.BOUND, Kind.LENGTH, Kind.SIZE})
_INTEGERS = frozenset(
    {"integer", "int", "int2", "int4", "int8", "bigint", "smallint", "serial", "bigserial", "smallserial"}
)
_TEXTS = frozenset({"text", "varchar", "character varying", "char", "character", "bpchar", "citext"})
_DATES = frozenset({"date"})
_SILENT = frozenset({Relation.EQUAL, Relation.UNKNOWN})

Group = list[Unit]
Beside = Mapping[tuple[str, ...], Predicate]
EMPTY: Beside = {}


class Comparer:
    """Compares units; knows the types of the columns they are about."""

    def __init__(self, schema: Schema, verdicts: Verdicts) -> None:
        self._schema = schema
        self._verdicts = verdicts

    def groups(self, units: Sequence[Unit], subject: Subject, kind: Kind) -> list[Group]:
        """Units of equal meaning together, the largest and surest group first.

        Equal to one another, that is: who states a lower limit only agrees with two who differ in the upper one.
        """
        alike: dict[Predicate, Group] = {}
        for unit in units:
            alike.setdefault(unit.predicate, []).append(unit)
        found: list[list[Predicate]] = []
        # Who says most comes first, so that those who say less do not stand between them.
        for predicate in sorted(alike, key=lambda item: -len(_ends(item))):
            for group in found if len(alike) <= _MOST_FORMS else ():
                if all(self._verdict(item, predicate, subject, kind).relation is Relation.EQUAL for item in group):
                    group.append(predicate)
                    break
            else:
                found.append([predicate])
        place = {unit.sites[0].id: number for number, unit in enumerate(units)}
        groups = [
            sorted((unit for item in group for unit in alike[item]), key=lambda unit: place[unit.sites[0].id])
            for group in found
        ]
        return sorted(groups, key=lambda group: (-max(_weight(unit) for unit in group), -len(group), _where(group[0])))

    def differences(
        self, groups: Sequence[Group], subject: Subject, kind: Kind, beside: Beside = EMPTY
    ) -> tuple[Difference, ...]:
        """One difference per pair of groups, but for those that cannot be told.

        `beside` is what each holder asks of the same value elsewhere: a witness must pass that on both sides.
        """
        pairs = combinations(groups[:_MOST_GROUPS], 2)
        found = (self._difference(left, right, subject, kind, beside) for left, right in pairs)
        return tuple(item for item in found if item is not None)

    def _difference(self, one: Group, other: Group, subject: Subject, kind: Kind, beside: Beside) -> Difference | None:
        """How two groups differ, told by the first of their units that do."""
        for left, right in product(_speakers(one), _speakers(other)):
            if kind is Kind.GATE and _one_function(left, right):
                continue
            verdict = self._verdict(left.predicate, right.predicate, subject, kind)
            known = [beside[name] for unit in (left, right) if (name := holder(unit.sites[0])) in beside]
            if known and verdict.relation not in (*_SILENT, Relation.NULLS):
                one_side, other_side = (algebra.conjoin((unit.predicate, *known)) for unit in (left, right))
                narrowed = self._verdict(one_side, other_side, subject, kind)
                verdict = narrowed if narrowed.relation is not Relation.UNKNOWN else verdict
            if verdict.relation not in _SILENT and _stands(verdict, left.predicate, right.predicate):
                return _told(left, right, verdict)
        return None

    def _verdict(self, left: Predicate, right: Predicate, subject: Subject, kind: Kind) -> algebra.Verdict:
        integer, decimals = self._numbers_of(subject, kind)
        if not self._may_be_empty(subject):
            left, right = (msgspec.structs.replace(item, empty="unknown") for item in (left, right))
        if kind in _COUNTED:
            left, right = _counted(left), _counted(right)
        if kind in _NUMERIC:
            verdict = self._verdicts.relate(left, right, integer, decimals, kind)
            if verdict.relation is Relation.EQUAL or (verdict.relation is Relation.DISJOINT and kind in _LIMITS):
                return verdict
            if not _share_an_end(left, right):
                return algebra.Verdict(Relation.UNKNOWN)
            left, right = _common_ends(left, right)
        return self._verdicts.relate(left, right, integer, decimals, kind)

    # Types ---------------------------------------------------------------------------------------------------

    def _numbers_of(self, subject: Subject, kind: Kind) -> tuple[bool, int | None]:
        """Whether the subject is a whole number (of days between two dates), or how many decimals it has."""
        names = subject.field.split(", ") if kind is Kind.COMPARISON else [subject.field]
        types = [self._type(subject.entity, name) for name in names]
        whole = _DATES if kind is Kind.COMPARISON else _INTEGERS
        if all(name in _INTEGERS for name, _ in types) or all(name in whole for name, _ in types):
            return True, None
        (name, size), *others = types
        if others or name not in ("numeric", "decimal") or not size:
            return False, None
        return False, size[1] if len(size) > 1 else 0

    def _may_be_empty(self, subject: Subject) -> bool:
        """Whether an empty text is among the values: no other type has one."""
        name, _ = self._type(subject.entity, subject.field)
        return not name or name in _TEXTS

    def _type(self, entity: str, field: str) -> tuple[str, tuple[int, ...]]:
        table = self._schema.tables.get(entity)
        column = table.column(field) if table else None
        if column is None or column.array:
            return "", ()
        domain = self._schema.domains.get(column.type)
        return (domain.type, domain.size) if domain else (column.type, column.size)


def _speakers(group: Group) -> list[Unit]:
    """One unit for each thing that is said in a group, the surest."""
    best: dict[Predicate, Unit] = {}
    for unit in group:
        known = best.get(unit.predicate)
        if known is None or _weight(unit) > _weight(known):
            best[unit.predicate] = unit
    return sorted(best.values(), key=lambda unit: (-len(_ends(unit.predicate)), -_weight(unit), _where(unit)))


def _told(left: Unit, right: Unit, verdict: algebra.Verdict) -> Difference:
    accepting, refusing = (left, right) if verdict.accepted_by == "left" else (right, left)
    refused = _refuses(refusing, verdict.witness)
    accepted = _counterpart(accepting, _passed(refused.predicate, verdict.witness), refusing)
    first, second = (accepted, refused) if verdict.accepted_by == "left" else (refused, accepted)
    return Difference(
        left=first.id,
        right=second.id,
        relation=verdict.relation,
        witness=verdict.witness,
        accepted_by=accepted.id if verdict.accepted_by else -1,
    )


def _weight(unit: Unit) -> float:
    site = unit.sites[0]
    return site.confidence + (1.0 if site.layer in TRUSTED else 0.0) + (0.5 if site.strength == "hard" else 0.0)


def _where(unit: Unit) -> tuple[object, ...]:
    return unit.sites[0].path, unit.sites[0].span


def _refuses(unit: Unit, witness: str) -> Site:
    """The site of a unit that turns the witness away."""
    value = _value(witness)
    refusing = (site for site in unit.sites if value is not None and algebra.accepts(site.predicate, value) is False)
    return next(refusing, unit.sites[0])


def _value(witness: str) -> Constant | None:
    """A witness as one value, where it is one."""
    if len(witness) > 1 and witness[0] == witness[-1] == '"':
        return Constant(witness[1:-1], "text")
    try:
        float(witness)
    except ValueError:
        return None
    return Constant(witness, "number")


def _passed(predicate: Predicate, witness: str) -> frozenset[str]:
    """Which end of a set of numbers the witness lies beyond; all it speaks of where that is not clear."""
    form, value = predicate.form, _value(witness)
    if isinstance(form, Numbers) and form.intervals and value is not None and value.of == "number":
        low, high, number = form.intervals[0].low, form.intervals[-1].high, Fraction(value.value)
        if high is not None and number >= Fraction(high):
            return frozenset({"high"})
        if low is not None and number <= Fraction(low):
            return frozenset({"low"})
    return _ends(predicate)


def _counterpart(unit: Unit, ends: frozenset[str], other: Unit) -> Site:
    """The site of a unit that speaks of one of the ends, else one that says what the other unit does not say."""
    for site in unit.sites:
        if ends and _ends(site.predicate) & ends:
            return site
    shared = {site.predicate for site in other.sites}
    return next((site for site in unit.sites if site.predicate not in shared), unit.sites[0])


def _ends(predicate: Predicate) -> frozenset[str]:
    """What a set of numbers speaks of: a lower limit, an upper one, a step, single numbers that are left out."""
    form = predicate.form
    if not isinstance(form, Numbers) or not form.intervals:
        return frozenset()
    first, last = form.intervals[0], form.intervals[-1]
    told = {
        "low": first.low is not None,
        "high": last.high is not None,
        "step": form.step is not None,
        "holes": len(form.intervals) > 1,
    }
    return frozenset(name for name, said in told.items() if said)


def _counted(predicate: Predicate) -> Predicate:
    """Without a lower end of 0: nothing is shorter."""
    form = predicate.form
    if not isinstance(form, Numbers) or not form.intervals:
        return predicate
    first, *others = form.intervals
    if first.low != "0" or first.low_open:
        return predicate
    intervals = (msgspec.structs.replace(first, low=None), *others)
    return msgspec.structs.replace(predicate, form=msgspec.structs.replace(form, intervals=intervals))


def _share_an_end(left: Predicate, right: Predicate) -> bool:
    """Whether two sets of numbers speak of the same; anything else is not asked."""
    if not (isinstance(left.form, Numbers) and isinstance(right.form, Numbers)):
        return True
    one, other = _ends(left), _ends(right)
    if {one - {"step"}, other - {"step"}} == {frozenset(), frozenset({"holes"})}:
        # That it is a number says nothing about the one that is left out.
        return False
    return bool(one & other) or "holes" in one | other or not one or not other


def _common_ends(left: Predicate, right: Predicate) -> tuple[Predicate, Predicate]:
    """Both with only the ends that both state: who states no upper bound says nothing about it."""
    first, second = left.form, right.form
    if not (isinstance(first, Numbers) and isinstance(second, Numbers) and first.intervals and second.intervals):
        return left, right
    shared = _ends(left) & _ends(right)
    return _narrowed(left, first, shared), _narrowed(right, second, shared)


def _narrowed(side: Predicate, form: Numbers, shared: frozenset[str]) -> Predicate:
    """A side by the ends that count; an empty text that only the other end refused is not refused by these."""
    empty = "unknown" if side.empty == "fail" and "low" in _ends(side) and "low" not in shared else side.empty
    return msgspec.structs.replace(side, form=_only(form, shared), empty=empty)


def _one_function(left: Unit, right: Unit) -> bool:
    """Whether one function asks both before it goes on: then both hold."""
    one, other = left.sites[0], right.sites[0]
    return bool(one.symbol) and (one.path, one.symbol) == (other.path, other.symbol)


def _stands(verdict: algebra.Verdict, left: Predicate, right: Predicate) -> bool:
    """Whether the witness parts the two sides, now that everything counts that they say.

    Limits are compared by the ends that both state; a number between those may be refused by another end.
    """
    value = _value(verdict.witness)
    if value is None or not verdict.accepted_by:
        return True
    accepting, refusing = (left, right) if verdict.accepted_by == "left" else (right, left)
    return algebra.accepts(accepting, value) is not False and algebra.accepts(refusing, value) is not True


def _only(form: Numbers, ends: frozenset[str]) -> Numbers:
    intervals = list(form.intervals)
    if "low" not in ends:
        intervals[0] = msgspec.structs.replace(intervals[0], low=None, low_open=False)
    if "high" not in ends:
        intervals[-1] = msgspec.structs.replace(intervals[-1], high=None, high_open=False)
    return Numbers(tuple(intervals), form.step if "step" in ends else None, form.unit)
