"""Reads a text as if it were a file, and shows facts as short lines."""

import textwrap

from archlint import languages
from archlint.algebra import canonical
from archlint.model.facts import FileFacts, Statement


def facts(text: str, path: str = "src/orders.ts") -> FileFacts:
    """The facts of a text; its file name says its dialect."""
    language = languages.language_of(path)
    assert language
    return languages.read(language, path, textwrap.dedent(text).encode())


def told(statement: Statement) -> str:
    """What a statement says, without its place."""
    said = [statement.kind]
    if statement.subject is not None:
        said.append(canonical(statement.subject))
    if statement.condition is not None:
        said.append(canonical(statement.condition))
    if statement.value is not None and statement.value != statement.subject:
        said.append("= " + canonical(statement.value))
    said += [f"{canonical(case)} -> {canonical(label)}" for case, label in statement.cases]
    said += [f"{before} -> {after}" for before, after in statement.edges]
    if statement.guards:
        said.append("where " + " and ".join(canonical(guard) for guard in statement.guards))
    return " | ".join(said)


def statements(text: str, *kinds: str, path: str = "src/orders.ts") -> list[str]:
    """All statements of some kinds, as lines."""
    return [told(item) for item in facts(text, path).statements if item.kind in kinds]
