"""Objects that stand for rows: what was written to their members before they are saved."""

import libcst as cst

from archlint.languages.python.protocol import Reader
from archlint.model.expression import Expression, Fields, Ref
from archlint.model.source import Span
from archlint.terms.scope import Scope


class Changed:
    """The members of one object that were given values in a function."""

    def __init__(self, reader: Reader, holder: str, scope: Scope, since: int = 0) -> None:
        self._reader = reader
        entries: dict[str, tuple[Expression, Span]] = {}
        for binding in reader.sheet.bindings[since:]:
            own = binding.target.name == holder and len(binding.target.path) == 1
            if own and binding.kind in ("value", "constant") and binding.scope == scope.number:
                entries[binding.target.path[0]] = (binding.value, binding.span)
        self.entries = entries

    @property
    def payload(self) -> Fields:
        """What is stored."""
        return Fields(tuple((name, value) for name, (value, _) in self.entries.items()))

    @property
    def places(self) -> tuple[tuple[str, Span, str], ...]:
        """Where each member was given its value."""
        return tuple((name, span, self._text(span)) for name, (_, span) in self.entries.items())

    def _text(self, span: Span) -> str:
        lines = self._reader.source.content.split(b"\n")[span.line - 1 : span.end_line]
        if not lines:
            return ""
        whole = [line.decode("utf-8", "replace") for line in lines]
        whole[-1] = whole[-1][: span.end_column - 1]
        whole[0] = whole[0][span.column - 1 :]
        return " ".join(" ".join(whole).split())[:160]


def saved(
    reader: Reader, kind: str, target: Ref, holder: Ref, node: cst.CSTNode, scope: Scope, library: str
) -> Expression | None:
    """Writes down that an object's changed members are stored; None where none of them is known."""
    changed = Changed(reader, holder.name, scope)
    if not changed.entries:
        return None
    return reader.sheet.access(
        kind,
        target,
        node,
        scope,
        payload=changed.payload,
        places=changed.places,
        library=library,
        loose=True,
    )
