"""How long Python takes to read against its parsing, and how much of it libcst sees: `python_reading.py FOLDER`."""

import gc
import sys
import time
from pathlib import Path

from archlint.languages.python.reader import FileReader
from archlint.languages.python.sheet import Sheet
from archlint.languages.python.source import Source


def main(folder: str) -> None:
    """Reads all files below a folder in one process."""
    files = [(str(path), path.read_bytes()) for path in sorted(Path(folder).rglob("*.py"))]
    gc.disable()
    start = time.process_time()
    sources = [Source(path, content) for path, content in files]
    floor = time.process_time() - start
    start = time.process_time()
    for source in sources:
        reader = FileReader(Sheet(source))
        reader.read()
        reader.part()
    reading = time.process_time() - start
    size = sum(len(content) for _, content in files)
    lines = sum(source.lines for source in sources)
    seen = sum(source.seen for source in sources) / max(size, 1)
    print(f"{len(files)} files, {lines} lines: parsed in {floor:.2f} s, read in {reading:.2f} s; libcst saw {seen:.0%}")


if __name__ == "__main__":
    main(sys.argv[1])
