"""The reader of TypeScript and JavaScript, with and without JSX."""

from archlint.model.facts import FileFacts

NAME = "typescript"
SUFFIXES = {
    ".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx",
    ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript", ".jsx": "jsx",
}  # fmt: skip


def read(path: str, source: bytes, grammar: str = "") -> FileFacts:
    """The facts of one file; a pure function of its path and bytes. The name says the grammar, unless it is given."""
    # The grammars are heavy, and a folder of SQL needs none of them.
    from archlint.languages.typescript import reader

    return reader.read(path, source, grammar)
