"""Remembers what reading and judging gave, so that only what changed is done again."""

from archlint.cache.place import cache_folder, code_digest
from archlint.cache.store import Mark, Store, open_store

__all__ = ["Mark", "Store", "cache_folder", "code_digest", "open_store"]
