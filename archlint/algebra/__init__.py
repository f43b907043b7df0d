"""The algebra of predicates: normal forms of conditions, how they relate, and witnesses for how they differ."""

from archlint.algebra.accepting import accepts, empty
from archlint.algebra.canonical import canonical
from archlint.algebra.combining import conjoin, transform
from archlint.algebra.comparison import comparison
from archlint.algebra.constants import constant, words
from archlint.algebra.describing import describe, ends
from archlint.algebra.folding import Lookup, fold
from archlint.algebra.formulas import formula
from archlint.algebra.normalising import requirements
from archlint.algebra.partitions import partition
from archlint.algebra.premises import premises
from archlint.algebra.principals import principals
from archlint.algebra.relating import relate
from archlint.algebra.requirement import Requirement
from archlint.algebra.verdict import Verdict

__all__ = [
    "Lookup",
    "Requirement",
    "Verdict",
    "accepts",
    "canonical",
    "comparison",
    "conjoin",
    "constant",
    "describe",
    "empty",
    "ends",
    "fold",
    "formula",
    "partition",
    "premises",
    "principals",
    "relate",
    "requirements",
    "transform",
    "words",
]
