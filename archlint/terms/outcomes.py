"""What a branch does, and what a branch that refuses requires: the same in every language."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from archlint.model.expression import Expression
from archlint.terms.callers import about_caller, normal
from archlint.terms.neutral import negated, tells
from archlint.terms.plumbing import plumbing, relevant
from archlint.terms.scope import Scope
from archlint.terms.sheet import Notes

_EFFECTS = {
    "reject": ("reject", "hard"),
    "soft": ("reject", "soft"),
    "skip": ("skip", "soft"),
    "away": ("redirect", "soft"),
    "hide": ("hide", "soft"),
}
# Branches that go on elsewhere without a word.
_SILENT = ("skip", "away")
Node = TypeVar("Node")


class Outcome(NamedTuple):
    """`kind` is reject, soft, skip, away, hide or ``; `ends` says whether nothing behind the branch runs after it."""

    kind: str
    ends: bool
    message: str = ""


NOTHING = Outcome("", False)


def state_refusal(
    sheet: Notes[Node],
    node: Node,
    condition: Expression,
    outcome: Outcome,
    scope: Scope,
    weighty: Callable[[Expression], bool] = tells,
) -> None:
    """`if (C) { refuse }`: what is not about the machinery must not be so; `weighty` conditions count in silence."""
    asked = outcome.kind != "skip" and about_caller(condition, sheet)
    if asked or (not plumbing(condition) and (outcome.kind not in _SILENT or weighty(condition))):
        state_requirement(sheet, node, negated(condition), outcome, scope)


def state_requirement(sheet: Notes[Any], node: Any, condition: Expression, outcome: Outcome, scope: Scope) -> None:
    """What must hold for a branch with this outcome not to be taken."""
    effect, strength = _EFFECTS[outcome.kind]
    asked = about_caller(condition, sheet)
    sheet.state(
        "authorize" if asked else "require",
        node,
        scope,
        condition=normal(condition, sheet) if asked else condition,
        guards=relevant(scope.guards, condition),
        effect=effect,
        strength=strength,
        message=outcome.message,
        source="guard",
    )
