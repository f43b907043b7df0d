"""The settings of a team: `archlint.toml`, or `[tool.archlint]` in `pyproject.toml`."""

from archlint.config.dialects import dialects
from archlint.config.finding import Instead, find_file, is_file, named_for_settings
from archlint.config.homes import settle_homes
from archlint.config.layers import Globs, excluded, pinned
from archlint.config.loading import Loaded, load

__all__ = [
    "Globs",
    "Instead",
    "Loaded",
    "dialects",
    "excluded",
    "find_file",
    "is_file",
    "load",
    "named_for_settings",
    "pinned",
    "settle_homes",
]
