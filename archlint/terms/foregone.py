"""Questions about a name that always have one answer, because the name fell back to a value of its own before."""

from archlint.model.expression import Boolean, Expression, Number, Operation, Ref, Text
from archlint.model.facts import Foregone, Statement
from archlint.model.source import Span
from archlint.terms.scope import Scope

_ASKING = frozenset({"classify", "require"})


class Answers:
    """What a file asks of names after they fell back, told while it is read from top to bottom."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[int, Span, Expression]] = {}
        self._found: dict[str, list[Foregone]] = {}

    def bound(self, name: str, value: Expression, span: Span, scope: Scope) -> None:
        """A name takes a value: for good, as far as nothing else is bound to it and no branch can pass it by."""
        self._held.pop(name, None)
        # In a loop, what is bound further down comes before the question.
        self._found.pop(name, None)
        if isinstance(value, Operation) and value.operator == "fallback" and not scope.guards:
            last = value.operands[-1]
            if _always(last):
                self._held[name] = (scope.number, span, last)

    def asked(self, statement: Statement) -> None:
        """A statement may ask whether such a name holds anything."""
        if statement.kind not in _ASKING or not self._held:
            return
        first = statement.cases[0][0] if statement.cases else statement.condition
        name = _subject(first)
        held = self._held.get(name) if name is not None else None
        if name is None or held is None or held[0] != statement.scope:
            return
        labels = tuple(label.value for _, label in statement.cases if isinstance(label, Text))
        # Who asks whether there is nothing never gets his first case, else never what is behind it.
        never = labels[:1] if _denies(first) else labels[1:2]
        self._found.setdefault(name, []).append(
            Foregone(
                name=name.partition("@")[0],
                value=held[2],
                fallback=held[1],
                span=statement.span,
                text=statement.text,
                symbol=statement.symbol,
                never=never[0] if never and len(statement.cases) == 2 else "",
                refuses=statement.kind == "require",
            )
        )

    def all(self) -> tuple[Foregone, ...]:
        """Those that nothing spoke against in the end."""
        found = [item for items in self._found.values() for item in items]
        return tuple(sorted(found, key=lambda item: (item.span, item.fallback)))


def _always(value: Expression) -> bool:
    """Whether a literal counts as something in every language."""
    if isinstance(value, Text):
        return bool(value.value)
    if isinstance(value, Number):
        return float(value.value) != 0
    return isinstance(value, Boolean) and value.value


def _subject(condition: Expression | None) -> str | None:
    """The name that a condition asks about, where it asks only whether the name holds anything."""
    while isinstance(condition, Operation) and condition.operator in ("not", "truthy", "is null"):
        condition = condition.operands[0]
    return condition.name if isinstance(condition, Ref) and not condition.path else None


def _denies(condition: Expression | None) -> bool:
    denied = False
    while isinstance(condition, Operation):
        denied ^= condition.operator in ("not", "is null")
        condition = condition.operands[0]
    return denied
