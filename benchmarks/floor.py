"""The parse floor: one process that reads and tree-sitter-parses the files named on its standard input."""

import json
import sys
import time
from pathlib import Path

import tree_sitter_javascript
import tree_sitter_postgres
import tree_sitter_typescript
from tree_sitter import Language, Parser

GRAMMARS = {
    ".ts": tree_sitter_typescript.language_typescript,
    ".mts": tree_sitter_typescript.language_typescript,
    ".cts": tree_sitter_typescript.language_typescript,
    ".tsx": tree_sitter_typescript.language_tsx,
    ".sql": tree_sitter_postgres.language,
}


def main() -> None:
    """Print the seconds taken and what was read, as JSON."""
    root, paths = Path(sys.argv[1]), sys.stdin.read().splitlines()
    parsers: dict[str, Parser] = {}
    started, size, lines = time.perf_counter(), 0, 0
    for path in paths:
        source = (root / path).read_bytes()
        suffix = Path(path).suffix
        if suffix not in parsers:
            parsers[suffix] = Parser(Language(GRAMMARS.get(suffix, tree_sitter_javascript.language)()))
        parsers[suffix].parse(source)
        size += len(source)
        lines += source.count(b"\n")
    print(json.dumps({"seconds": time.perf_counter() - started, "files": len(paths), "bytes": size, "lines": lines}))


if __name__ == "__main__":
    main()
