"""The exit codes, and the last line on the standard error stream that explains them."""

import sys
from enum import IntEnum


class Exit(IntEnum):
    """What the program says to the shell."""

    CLEAN = 0
    FINDINGS = 1
    FAILED = 2
    INTERRUPTED = 130


def leave(code: Exit, why: str) -> Exit:
    """Say why the program ends as it does."""
    print(f"archlint: {why} (exit {code.value})", file=sys.stderr)
    return code
