"""Required conditions as requirements: conjunctions split, disjunctions turned into sets or guards."""

from archlint.algebra.atoms import atom, excluding_zero, only_zero, present
from archlint.algebra.canonical import canonical, first_reference
from archlint.algebra.connectives import Signed, bare, conjuncts, disjuncts, literally, signed
from archlint.algebra.draft import Draft, is_set, opaque
from archlint.algebra.forms import NOTHING, join, make_words, meet, points, unrestricted
from archlint.algebra.missing import admitted
from archlint.algebra.quantities import show
from archlint.algebra.requirement import Requirement
from archlint.model.expression import Expression, Operation
from archlint.model.predicate import Anything, Form, Numbers, Predicate, Words
from archlint.model.rule import Kind

_PAIRED = frozenset({Kind.BOUND, Kind.LENGTH, Kind.SIZE, Kind.QUOTA, Kind.WINDOW, Kind.DOMAIN})


def requirements(condition: Expression, dialect: str = "", unknown_passes: bool = True) -> tuple[Requirement, ...]:
    """What a condition that must hold requires, one subject at a time.

    `dialect` decides what missing values do; `unknown_passes` says whether a condition that is neither true nor false
    lets the row through (a CHECK does, a row policy does not).
    """
    context = _Context(dialect, unknown_passes)
    drafts = [draft for part, positive in conjuncts(condition, True) for draft in context.clause(part, positive)]
    return tuple(_finished(draft) for draft in _paired(drafts) if not _idle(draft))


def _idle(draft: Draft) -> bool:
    """Whether a required presence refuses nothing that can be named: a test of the type says no more."""
    return draft.kind is Kind.PRESENCE and draft.form == Anything() and "fail" not in (draft.nulls, draft.empty)


class _Context:
    """Turns clauses into drafts under one dialect."""

    def __init__(self, dialect: str, unknown_passes: bool) -> None:
        self._dialect = dialect
        self._unknown_passes = unknown_passes

    def clause(self, part: Expression, positive: bool) -> list[Draft]:
        """What one conjunct requires."""
        choices = disjuncts(part, positive)
        if len(choices) <= 1:
            return [draft for item in choices for draft in self._single(*item)]
        united = self._united(choices)
        if united is not None:
            return [self._measured(united, _any(choices))]
        split = self._by_discriminator(choices)
        if split is not None:
            return split
        conditional = self._conditional(choices)
        return self._undecided((part, positive)) if conditional is None else conditional

    def _single(self, condition: Expression, positive: bool) -> list[Draft]:
        found = atom(*bare(condition, positive), self._dialect)
        if found is None:
            return self._undecided((condition, positive))
        return [self._measured(found, literally((condition, positive)))]

    def _measured(self, draft: Draft, condition: Expression) -> Draft:
        if draft.kind is Kind.QUOTA:
            return draft
        draft.nulls, draft.empty = admitted(condition, (draft.subject,), self._dialect, self._unknown_passes)
        if draft.kind is Kind.PRESENCE and draft.form == Anything() and draft.truthy:
            draft.nulls, draft.empty = "fail", "fail"
        return draft

    def _undecided(self, part: Signed) -> list[Draft]:
        expression = signed(part)
        subject = first_reference(expression)
        return [] if subject is None else [opaque(subject, canonical(expression))]

    # One set -------------------------------------------------------------------------------------------------

    def _united(self, choices: list[Signed]) -> Draft | None:
        """The union of what the choices admit, where all are about one subject (a missing one may be among them)."""
        absent: list[Draft] = []
        result: Draft | None = None
        for expression, positive in choices:
            gone = present(*bare(expression, not positive), self._dialect)
            if gone is not None:
                absent.append(gone)
                continue
            piece = self.piece(expression, positive)
            if piece is None:
                return None
            if result is None:
                result = piece
                continue
            form = join(result.form, piece.form) if result.key == piece.key else None
            if form is None:
                return None
            result.form, result.exact = form, result.exact and piece.exact
        if result is None or any(gone.subject != result.subject for gone in absent):
            return None
        if result.kind is Kind.BOUND and any(gone.truthy for gone in absent):
            # In such a language zero is as good as missing.
            result.form = join(result.form, only_zero()) or result.form
        return result

    def piece(self, expression: Expression, positive: bool) -> Draft | None:
        """What a condition over one subject admits."""
        parts = conjuncts(expression, positive)
        if len(parts) == 1:
            choices = disjuncts(*parts[0])
            if len(choices) > 1:
                return self._united(choices)
            found = atom(*bare(*parts[0]), self._dialect)
            return found if found is not None and is_set(found.form) else None
        result: Draft | None = None
        there: list[Draft] = []
        for part in parts:
            presence = present(*bare(*part), self._dialect)
            if presence is not None:
                there.append(presence)
                continue
            piece = self.piece(*part)
            if piece is None or (result is not None and result.key != piece.key):
                return None
            form = piece.form if result is None else meet(result.form, piece.form)
            if form is None:
                return None
            result = piece if result is None else result
            result.form = form
        if result is None or any(presence.subject != result.subject for presence in there):
            return None
        if result.kind is Kind.BOUND and any(presence.truthy for presence in there):
            result.form = meet(result.form, excluding_zero()) or result.form
        return result

    # Conditions of requirements ------------------------------------------------------------------------------

    def _conditional(self, choices: list[Signed]) -> list[Draft] | None:
        weights = [self._weight(part) for part in choices]
        rest = [part for part, weight in zip(choices, weights, strict=True) if not weight]
        guards = [part for part, weight in zip(choices, weights, strict=True) if weight]
        if not rest:
            rest, guards = self._least(choices, weights)
        found = self._consequent(rest)
        if not found or not guards:
            return None
        for draft, own in found:
            absorbed = [part for part in guards if self._absorbs(draft, part)]
            others = [part for part in guards if part not in absorbed]
            if not others and len(found) == 1:
                return None
            if absorbed:
                self._measured(draft, _any([*own, *absorbed]))
            draft.guards = tuple(sorted((signed((part[0], not part[1])) for part in others), key=canonical))
        return [draft for draft, _ in found]

    def _weight(self, part: Signed) -> int:
        if len(conjuncts(*part)) > 1:
            return 0
        found = atom(*bare(*part), self._dialect)
        return 0 if found is None else found.weight

    def _absorbs(self, draft: Draft, part: Signed) -> bool:
        """Whether a condition only says that the value of a requirement is missing; then the requirement can say so."""
        expression, positive = bare(*part)
        gone = present(expression, not positive, self._dialect)
        if gone is None or canonical(gone.subject) != canonical(draft.subject):
            return False
        if gone.truthy and draft.kind is Kind.BOUND:
            draft.form = join(draft.form, only_zero()) or draft.form
        return True

    def _least(self, choices: list[Signed], weights: list[int]) -> tuple[list[Signed], list[Signed]]:
        """The choice that serves worst as a condition becomes the consequent; a required presence before all."""

        def rank(index: int) -> tuple[bool, int, str]:
            required = present(*bare(*choices[index]), self._dialect) is not None
            return not required, weights[index], canonical(signed(choices[index]))

        chosen = min(range(len(choices)), key=rank)
        subject = atom(*bare(*choices[chosen]), self._dialect)
        group = [chosen]
        for index, part in enumerate(choices):
            other = atom(*bare(*part), self._dialect)
            if index != chosen and subject and other and subject.key == other.key:
                group.append(index)
        group.sort()
        return [choices[index] for index in group], [part for at, part in enumerate(choices) if at not in group]

    def _consequent(self, rest: list[Signed]) -> list[tuple[Draft, list[Signed]]]:
        """What is required under a condition, each with the parts that say so."""
        if len(rest) > 1:
            united = self._united(rest)
            return [] if united is None else [(self._measured(united, _any(rest)), rest)]
        return [(draft, [part]) for part in conjuncts(*rest[0]) for draft in self._united_or_single(part)]

    def _united_or_single(self, part: Signed) -> list[Draft]:
        choices = disjuncts(*part)
        if len(choices) == 1:
            return self._single(*choices[0])
        united = self._united(choices)
        return self._undecided(part) if united is None else [self._measured(united, _any(choices))]

    def _by_discriminator(self, choices: list[Signed]) -> list[Draft] | None:
        """`(kind = a and P) or (kind = b and Q)`: the kinds there are, and what each requires."""
        cases: list[tuple[Draft, Signed, list[Signed]]] = []
        for choice in choices:
            parts = conjuncts(*choice)
            tests = [(atom(*bare(*part), self._dialect), part) for part in parts]
            chosen = [(draft, part) for draft, part in tests if draft is not None and _names_words(draft)]
            if len(chosen) != 1:
                return None
            draft, test = chosen[0]
            if draft is None:
                return None
            cases.append((draft, test, [part for part in parts if part is not test]))
        first = cases[0][0]
        seen: set[str] = set()
        for draft, _, _ in cases:
            if draft.key != first.key or not isinstance(draft.form, Words) or seen & set(draft.form.words):
                return None
            seen |= set(draft.form.words)
        fold = isinstance(first.form, Words) and first.form.fold
        first.form = make_words(seen, False, fold)
        result = [self._measured(first, _any(choices))]
        for _, test, rest in cases:
            for part in rest:
                for draft in self._united_or_single(part):
                    draft.guards = (signed(test),)
                    result.append(draft)
        return result


def piece(part: Signed, dialect: str = "") -> Draft | None:
    """What a condition over one subject admits; None where it is about several, or no set."""
    return _Context(dialect, True).piece(*part)


def one_set(condition: Expression, dialect: str = "") -> tuple[Expression, Form] | None:
    """The subject of a condition over one value, and the set that it admits; None for anything else."""
    found = piece((condition, True), dialect)
    if found is None or not isinstance(found.form, (Numbers, Words)) or found.aspect == "presence":
        return None
    return found.subject, found.form


def _names_words(draft: Draft) -> bool:
    return draft.kind is Kind.DOMAIN and isinstance(draft.form, Words) and not draft.form.excluded


def _any(parts: list[Signed]) -> Expression:
    literal = tuple(literally(part) for part in parts)
    return literal[0] if len(literal) == 1 else Operation("or", literal)


def _paired(drafts: list[Draft]) -> list[Draft]:
    """Bounds of one subject as one requirement; what one conjunct says about null holds for all."""
    result: list[Draft] = []
    for draft in drafts:
        partner = next((item for item in result if _pairs(item, draft)), None)
        form = None if partner is None else meet(partner.form, draft.form)
        if partner is None or form is None:
            if not any(_same(item, draft) for item in result):
                result.append(draft)
            continue
        partner.form = form
        partner.exact = partner.exact and draft.exact
        partner.nulls, partner.empty = both(partner.nulls, draft.nulls), both(partner.empty, draft.empty)
    _spread_presence(result)
    return result


def _pairs(one: Draft, other: Draft) -> bool:
    return one.kind in _PAIRED and one.kind == other.kind and one.key == other.key and one.guards == other.guards


def _same(one: Draft, other: Draft) -> bool:
    if one.key != other.key or one.guards != other.guards or one.form != other.form or one.operator != other.operator:
        return False
    one.nulls, one.empty = both(one.nulls, other.nulls), both(one.empty, other.empty)
    return True


def both(one: str, other: str) -> str:
    """What two requirements together do with a missing value."""
    if "fail" in (one, other):
        return "fail"
    return "pass" if one == other == "pass" else "unknown"


def _spread_presence(drafts: list[Draft]) -> None:
    for presence in drafts:
        if presence.kind is not Kind.PRESENCE or presence.form != Anything():
            continue
        for draft in drafts:
            if draft is presence or draft.subject != presence.subject or draft.guards != presence.guards:
                continue
            draft.nulls = both(presence.nulls, draft.nulls)
            if presence.empty == "fail":
                draft.empty = "fail"
            if presence.truthy and draft.kind is Kind.BOUND:
                draft.form = meet(draft.form, excluding_zero()) or draft.form


def _finished(draft: Draft) -> Requirement:
    kind, form = draft.kind, draft.form
    if kind is Kind.BOUND and isinstance(form, Numbers) and len(form.intervals) > 1:
        listed = points(form)
        if listed is not None:
            kind, form = Kind.DOMAIN, make_words(set(listed))
    return Requirement(
        draft.subject,
        draft.aspect,
        kind,
        Predicate(_simplest(form), draft.nulls, draft.empty),
        draft.guards,
        draft.other,
        draft.operator,
        show(draft.offset),
        draft.unit,
        draft.exact,
        draft.folded,
        draft.trimmed,
    )


def _simplest(form: Form) -> Form:
    if isinstance(form, Numbers) and not form.intervals:
        return NOTHING
    return Anything() if unrestricted(form) and not isinstance(form, Words) else form
