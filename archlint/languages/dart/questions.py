"""Questions about neutral expressions that only Dart asks."""

import re
from collections.abc import Iterator

from archlint.languages.dart.sheet import Sheet
from archlint.model.expression import Boolean, Call, Expression, Number, Operation, Ref, Text
from archlint.terms.idioms import table
from archlint.terms.neutral import COMPARISONS, LITERALS, LOGICAL, is_formula, tells, within


def is_word(value: Expression, sheet: Sheet) -> bool:
    """Whether a value is one of an enum, or another constant of a class: `Status.paid`."""
    if not isinstance(value, Ref) or len(value.path) != 1 or value in sheet.members:
        return False
    return value.name.lstrip("_")[:1].isupper()


def constant(value: Expression, sheet: Sheet) -> bool:
    """Whether a value stands for the same thing wherever it is written."""
    if isinstance(value, Operation):
        return value.operator in ("*", "/", "+", "-", "negate") and all(
            constant(item, sheet) for item in value.operands
        )
    return isinstance(value, LITERALS) or is_word(value, sheet) or (isinstance(value, Ref) and _global_constant(value))


def _global_constant(value: Ref) -> bool:
    name = value.name.split("@", 1)[0]
    shouts = name.isupper() and len(name) > 1
    return value.name.endswith("@0") and not value.path and (shouts or (name[:1] == "k" and name[1:2].isupper()))


def telling(condition: Expression, sheet: Sheet) -> bool:
    """Whether a condition compares something with a literal, a word of an enum or a named set."""
    return tells(condition) or any(True for _ in _compared_words(condition, sheet))


def _compared_words(condition: Expression, sheet: Sheet) -> Iterator[Expression]:
    for item in within(condition):
        if isinstance(item, Operation) and item.operator in COMPARISONS:
            yield from (side for side in item.operands if is_word(side, sheet))


def truth(value: Expression) -> bool:
    """Whether a value is the outcome of a condition."""
    if isinstance(value, Operation):
        return value.operator in LOGICAL
    return isinstance(value, Boolean) or (
        isinstance(value, Call) and value.function.startswith(("is ", "starts", "ends", "contains"))
    )


def plain(value: Expression, sheet: Sheet) -> bool:
    """Whether a value is a word, a number or one of an enum."""
    return isinstance(value, (Text, Number)) or is_word(value, sheet)


def classifies(cases: tuple[tuple[Expression, Expression], ...], sheet: Sheet) -> bool:
    """Whether cases draw a line somewhere: a label for each word of an enum is a map, of which there are many."""
    return len(cases) > 1 and not all(_names(test, sheet) for test, _ in cases)


def _names(test: Expression, sheet: Sheet) -> bool:
    """Whether a test asks only which word a value is."""
    if isinstance(test, Boolean):
        return True
    if not isinstance(test, Operation):
        return False
    if test.operator in ("and", "or", "not"):
        return all(_names(item, sheet) for item in test.operands)
    if test.operator in ("=", "!="):
        return any(isinstance(side, Text) or is_word(side, sheet) for side in test.operands)
    return test.operator == "is null"


def computed(value: Expression) -> bool:
    """Whether a value is computed in a way that somebody decided, and not where something is drawn or how it moves."""
    return is_formula(value) and not any(drawing(item) for item in within(value) if isinstance(item, (Ref, Call)))


def drawing(item: Ref | Call) -> bool:
    """Whether a name is one of geometry or of a moving picture."""
    names = (item.function,) if isinstance(item, Call) else (item.name.split("@", 1)[0], *item.path)
    return any(re.match(table("flutter")["geometry"], name.lstrip("_")) for name in names)


def of_session(name: str) -> bool:
    """Whether a provider, or a class, of this name holds who is signed in."""
    return re.match(table("dart")["sessions"], name.split("@", 1)[0]) is not None
