"""Named numbers of modules: what a team writes down once per layer and means once."""

from collections import defaultdict
from collections.abc import Iterator

from archlint.model.expression import Number
from archlint.model.predicate import Constant, Predicate
from archlint.model.rule import Kind, Subject
from archlint.model.source import Span
from archlint.resolve.context import Context
from archlint.resolve.draft import Draft, identifier
from archlint.resolve.names import key

# By the number of words in a name: how surely it means one thing wherever it stands.
_BY_WORDS = {2: 0.75, 3: 0.85}


def named(context: Context) -> Iterator[tuple[str, Span, str, Draft]]:
    """Path, place, name and draft of the constants that several modules of code declare for themselves."""
    program = context.program
    files: dict[str, set[str]] = defaultdict(set)
    found = []
    for name, (path, expression) in sorted(program.constants.items()):
        if name.endswith("@0") and program.files[path].language != "postgresql":
            word = key(identifier(name))
            files[word].add(path)
            found.append((word, name, path, expression))
    for word, name, path, expression in found:
        words = len(word.split("_"))
        if words < 2 or len(files[word]) < 2:
            # A number that one file knows is nobody's copy.
            continue
        value = context.conditions.value(path, expression)
        if context.conditions.origins or not isinstance(value, Number):
            continue
        yield (
            path,
            program.declared[name],
            identifier(name),
            Draft(
                kind=Kind.CONSTANT,
                subject=Subject("~", word),
                predicate=Predicate(Constant(value.value, "number")),
                confidence=_BY_WORDS[min(words, 3)],
                evidence=("named",),
                place=(name, ()),
                value=value,
            ),
        )
