"""Normal forms as people read them: names as they stand in the code, without the file and the scope they belong to."""

import re

from archlint.resolve.symbols import Program

_NAME = re.compile(r"\|(row:(?P<row>\d+)|(?P<name>[\w$]+)@\d+(?:\.\d+)*)")
_BEFORE = re.compile(r"[\s(\[,\"`]")


class Readable:
    """Shortens the global names of a text."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def text(self, text: str, path: str) -> str:
        """The text with short names; most of them belong to the file at hand."""
        if "|" not in text:
            return text
        pieces: list[str] = []
        start = 0
        for found in _NAME.finditer(text):
            before = text[start : found.start()]
            owner = path if before.endswith(path) else self._owner(before)
            if owner is not None:
                pieces.append(before[: len(before) - len(owner)])
                pieces.append(found["name"] or self._row(owner, int(found["row"])))
                start = found.end()
        return "".join((*pieces, text[start:]))

    def _owner(self, before: str) -> str | None:
        """The file whose path a text ends with; a path may hold the very marks that part names."""
        starts = [0, *(mark.end() for mark in _BEFORE.finditer(before))]
        return next((before[start:] for start in starts if before[start:] in self._program.files), None)

    def _row(self, path: str, number: int) -> str:
        """The row that a query gives, by its table."""
        accesses = self._program.files[path].accesses
        table = self._program.access_table(path, accesses[number]) if number < len(accesses) else None
        return f"a row of {table}" if table else "a row"
