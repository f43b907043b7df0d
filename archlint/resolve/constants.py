"""Named numbers of modules: what a team writes down once per layer and means once."""

import re
from collections import defaultdict
from collections.abc import Iterator

from archlint import algebra
from archlint.model.expression import Expression, Fields, Number
from archlint.model.predicate import Constant, Predicate
from archlint.model.rule import Kind, Subject
from archlint.model.source import Span
from archlint.resolve.context import Context
from archlint.resolve.draft import Draft, identifier
from archlint.resolve.names import TEMPORARY, key

_SETTING = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_SHARED_KEYS = 2
# By the number of keys that two maps of one name have in common: how surely they mean one thing.
_BY_KEYS = {2: 0.75, 3: 0.87}
# By the number of words in a name: how surely it means one thing wherever it stands.
_BY_WORDS = {2: 0.75, 3: 0.85}


def named(context: Context) -> Iterator[tuple[str, Span, str, Draft]]:
    """Path, place, name and draft of the constants that several modules of code declare for themselves."""
    program = context.program
    files: dict[str, set[str]] = defaultdict(set)
    found = []
    for name, (path, expression) in sorted(program.constants.items()):
        if (name.endswith("@0") or _setting(name)) and program.files[path].language != "postgresql":
            word = key(identifier(name))
            files[word].add(path)
            found.append((word, name, path, expression))
    for word, name, path, expression in found:
        words = len(word.split("_"))
        if words < 2 or len(files[word]) < 2:
            # A number that one file knows is nobody's copy.
            continue
        value = context.conditions.value(path, expression)
        number = _number(value)
        if context.conditions.origins or number is None:
            continue
        yield (
            path,
            program.declared[name],
            identifier(name),
            Draft(
                kind=Kind.CONSTANT,
                subject=Subject("~", word),
                predicate=Predicate(number),
                confidence=_BY_WORDS[min(words, 3)],
                evidence=("named",),
                place=(name, ()),
                value=value,
            ),
        )


def mapped(context: Context) -> Iterator[tuple[str, Span, str, Draft]]:
    """The entries of maps of numbers that several files write down under one name and with the same keys."""
    found: dict[str, list[tuple[str, str, dict[str, Constant]]]] = defaultdict(list)
    for name, (path, expression) in sorted(context.program.constants.items()):
        if TEMPORARY.fullmatch(identifier(name)):
            continue
        if isinstance(expression, Fields) and not expression.spreads and len(expression.entries) > 1:
            numbers = {
                key(word): number for word, value in expression.entries if (number := _number(value)) is not None
            }
            if len(numbers) == len(expression.entries):
                found[key(identifier(name))].append((name, path, numbers))
    for word, maps in sorted(found.items()):
        for name, path, numbers in maps:
            others = [other for _, elsewhere, other in maps if elsewhere != path]
            shared = max((len(numbers.keys() & other.keys()) for other in others), default=0)
            if shared >= _SHARED_KEYS:
                sure = _BY_KEYS[min(shared, 3)]
                for entry, value in numbers.items():
                    yield path, context.program.declared[name], identifier(name), _entry(word, entry, value, name, sure)


def _setting(name: str) -> bool:
    """Whether a name inside of a function is written like one of a module."""
    return bool(_SETTING.fullmatch(identifier(name)))


def _number(value: Expression) -> Constant | None:
    """The number that a literal writes, in the one way to write it: 58.0 is 58."""
    return algebra.constant(value) if isinstance(value, Number) else None


def _entry(word: str, entry: str, value: Constant, name: str, sure: float) -> Draft:
    return Draft(
        kind=Kind.CONSTANT,
        subject=Subject("~", f"{word}.{entry}"),
        predicate=Predicate(value),
        confidence=sure,
        evidence=("named",),
        place=(name, (entry,)),
        value=Number(value.value),
    )
