"""Lets libcst parse without examining each node it makes, which is a fifth of its parsing."""

from collections.abc import Iterator
from contextlib import contextmanager

import libcst as cst


@contextmanager
def unexamined() -> Iterator[None]:
    """libcst examines nodes for the sake of programs that make some; those of its parser are in order."""
    before = cst.CSTNode.__post_init__
    cst.CSTNode.__post_init__ = _made  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        cst.CSTNode.__post_init__ = before  # type: ignore[method-assign]


def _made(node: cst.CSTNode) -> None:
    # The only thing its parser lets through: bytes put next to a text.
    if type(node) is cst.ConcatenatedString:
        node._validate()
