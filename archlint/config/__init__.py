"""The settings of a team: `archlint.toml`, or `[tool.archlint]` in `pyproject.toml`."""

from archlint.config.dialects import dialects
from archlint.config.finding import find_file
from archlint.config.homes import settle_homes
from archlint.config.layers import Globs, excluded, pinned
from archlint.config.loading import Loaded, load

__all__ = ["Globs", "Loaded", "dialects", "excluded", "find_file", "load", "pinned", "settle_homes"]
