"""The languages that archlint reads; adding one is a folder here and a row in this table."""

from types import ModuleType

from archlint.languages import postgresql, settings, typescript
from archlint.model.facts import FileFacts

# By the name that discovery and the rules use. The dialects of one grammar share a folder.
LANGUAGES: dict[str, ModuleType] = {
    "postgresql": postgresql,
    "typescript": typescript,
    "tsx": typescript,
    "javascript": typescript,
    "jsx": typescript,
    "settings": settings,
}

# Files named `*.d.ts` are typescript like any other.
_NAMES = {
    ".sql": "postgresql",
    ".pgsql": "postgresql",
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".tsx": "tsx",
    ".js": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".jsx": "jsx",
}


def language_of(path: str) -> str | None:
    """The language of a file by its name, or None where no reader takes it."""
    found = _NAMES.get(path[path.rfind(".") :].lower())
    return found or ("settings" if settings.reads(path) else None)


def read(language: str, path: str, source: bytes) -> FileFacts:
    """The facts of one file; each language imports its grammar when the first file of it is read."""
    facts: FileFacts = LANGUAGES[language].read(path, source)
    return facts


__all__ = ["LANGUAGES", "language_of", "read"]
