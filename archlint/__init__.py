"""archlint: where does this business rule actually live?"""

__version__ = "0.1.0"
