"""The reader of TypeScript, TSX, JavaScript and JSX."""

from archlint.model.facts import FileFacts

NAME = "typescript"
SUFFIXES = (".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx")


def read(path: str, source: bytes) -> FileFacts:
    """The facts of one file; a pure function of its path and bytes."""
    # The grammars are heavy, and a scan of migrations alone needs none of them.
    from archlint.languages.typescript import reader

    return reader.read(path, source)
