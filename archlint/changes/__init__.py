"""What git knows of a change: its base, its lines, and the files of another state."""

from archlint.changes.base import BETWEEN, find_base, merging
from archlint.changes.diff import changed_since, staged
from archlint.changes.git import Git
from archlint.changes.touched import narrowed
from archlint.changes.trees import past, untracked, write_tree

__all__ = [
    "BETWEEN",
    "Git",
    "changed_since",
    "find_base",
    "merging",
    "narrowed",
    "past",
    "staged",
    "untracked",
    "write_tree",
]
