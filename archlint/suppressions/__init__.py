"""Comments that accept a finding where it stands: `archlint: ignore[AL201] reason`."""

from archlint.suppressions.matching import Matched, match
from archlint.suppressions.scanning import find

__all__ = ["Matched", "find", "match"]
