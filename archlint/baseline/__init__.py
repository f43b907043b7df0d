"""The known findings of a repository: a file that is read by people and kept in version control."""

from archlint.baseline.file import NAME, parse, read, written
from archlint.baseline.matching import Held, entries_of, hold, merged

__all__ = ["NAME", "Held", "entries_of", "hold", "merged", "parse", "read", "written"]
