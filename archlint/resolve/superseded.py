"""What statements a later change took out of force."""

from archlint.model.facts import FileFacts
from archlint.model.schema import Superseded


def lost_statements(gone: Superseded, facts: FileFacts) -> tuple[int, ...]:
    """The indexes of the statements of a superseded change: its own, or those of the routine's body."""
    if gone.kind == "function":
        return tuple(index for index, item in enumerate(facts.statements) if item.scope and item.scope == gone.scope)
    return tuple(index for index in gone.statements if index < len(facts.statements))
