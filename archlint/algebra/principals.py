"""Who may: conditions about the caller as a disjunction of conjunctions of named atoms."""

from collections.abc import Callable

from archlint.algebra.canonical import canonical
from archlint.algebra.connectives import conjuncts, disjuncts
from archlint.algebra.verdict import EQUAL, UNKNOWN, Verdict, by_witnesses
from archlint.model.expression import Boolean, Expression, Items, Operation
from archlint.model.predicate import Predicate, Principals, Undecided

Name = Callable[[Expression], str | None]
Clause = frozenset[str]
_LARGEST = 64
_NOT = "not "
_IDENTIFIED = ("role=", "owner(", "member(", "claim(")


def principals(expression: Expression, name: Name) -> Predicate:
    """The normal form; atoms that the callback does not name are `opaque(text)`."""
    clauses = _clauses(expression, True, name)
    if clauses is None:
        return Predicate(Undecided(canonical(expression)))
    kept = {clause for clause in clauses if not any(other < clause for other in clauses)}
    return Predicate(Principals(tuple(sorted(tuple(sorted(clause)) for clause in kept))))


def _clauses(expression: Expression, positive: bool, name: Name) -> set[Clause] | None:
    parts = conjuncts(expression, positive)
    if not parts:
        return {frozenset()}
    if len(parts) > 1:
        result: set[Clause] = {frozenset()}
        for part in parts:
            found = _clauses(*part, name)
            if found is None or len(found) * len(result) > _LARGEST:
                return None
            result = {one | other for one in result for other in found if not _contradict(one, other)}
        return result
    choices = disjuncts(*parts[0])
    if len(choices) == 1:
        return _atom(*choices[0], name)
    united: set[Clause] = set()
    for choice in choices:
        found = _clauses(*choice, name)
        if found is None or len(found) + len(united) > _LARGEST:
            return None
        united |= found
    return united


def _atom(expression: Expression, positive: bool, name: Name) -> set[Clause] | None:
    if isinstance(expression, Boolean):
        return {frozenset()} if expression.value == positive else set()
    named = name(expression)
    if named is not None:
        return {frozenset({named if positive else _NOT + named})}
    if isinstance(expression, Operation) and len(expression.operands) == 2:
        left, right = expression.operands
        if expression.operator == "!=":
            named = name(Operation("=", (left, right)))
            if named is not None:
                return {frozenset({_NOT + named if positive else named})}
        if expression.operator == "in" and isinstance(right, Items) and right.items:
            return _listed(left, right, positive, name)
    text = f"opaque({canonical(expression)})"
    return {frozenset({text if positive else _NOT + text})}


def _listed(value: Expression, listed: Items, positive: bool, name: Name) -> set[Clause] | None:
    names = [name(Operation("=", (value, item))) for item in listed.items]
    known = [item for item in names if item is not None]
    if len(known) != len(names) or len(known) > _LARGEST:
        text = f"opaque({canonical(Operation('in', (value, listed)))})"
        return {frozenset({text if positive else _NOT + text})}
    if positive:
        return {frozenset({item}) for item in known}
    return {frozenset(_NOT + item for item in known)}


def _contradict(one: Clause, other: Clause) -> bool:
    return any(_NOT + atom in other for atom in one) or any(_NOT + atom in one for atom in other)


def relate_principals(left: Principals, right: Principals) -> Verdict:
    """The verdict; the witness is a clause: who is let in by one side only."""
    one, other = _sets(left), _sets(right)
    if _covers(one, other) and _covers(other, one):
        return EQUAL
    left_only, right_only = _beyond(one, other), _beyond(other, one)
    if _open(one, other) or _open(other, one):
        return UNKNOWN
    apart = left_only is not None and right_only is not None and not _share(one, other)
    return UNKNOWN if apart else by_witnesses(left_only, right_only, False)


def _sets(form: Principals) -> list[Clause]:
    return [frozenset(clause) for clause in form.clauses]


def _completed(clause: Clause) -> Clause:
    """A clause with what it implies: whoever has a role or owns something is signed in."""
    return clause | {"authenticated"} if any(atom.startswith(_IDENTIFIED) for atom in clause) else clause


def _covered(clause: Clause, others: list[Clause]) -> bool:
    return any(other <= _completed(clause) for other in others)


def _covers(inner: list[Clause], outer: list[Clause]) -> bool:
    return all(_covered(clause, outer) for clause in inner)


def _beyond(inner: list[Clause], outer: list[Clause]) -> str | None:
    found = [" and ".join(sorted(clause)) or "anyone" for clause in inner if not _covered(clause, outer)]
    return min(found) if found else None


def _open(inner: list[Clause], outer: list[Clause]) -> bool:
    """Whether something that is not understood may decide about a clause that the other side does not cover."""
    exposed = [clause for clause in inner if not _covered(clause, outer)]
    atoms = {atom for clause in (*exposed, *(outer if exposed else ())) for atom in clause}
    return any("opaque(" in atom or atom.startswith(_NOT) for atom in atoms)


def _share(one: list[Clause], other: list[Clause]) -> bool:
    """Whether both certainly let someone in: they have a clause, or part of one, in common."""
    return any(_covered(clause, other) for clause in one) or any(_covered(clause, one) for clause in other)
