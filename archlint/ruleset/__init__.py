"""What archlint is told by data: the checks it makes and the idioms of libraries it knows."""

from archlint.ruleset.checks import load_checks

__all__ = ["load_checks"]
