"""The languages that archlint reads; adding one is a folder here and a row in this table."""

from types import ModuleType

from archlint.languages import dart, deployment, firestore, postgresql, prisma, python, settings, templates, typescript
from archlint.model.facts import FileFacts

# By the name that discovery and the rules use. The dialects of one grammar share a folder.
LANGUAGES: dict[str, ModuleType] = {
    "postgresql": postgresql,
    "python": python,
    "typescript": typescript,
    "tsx": typescript,
    "javascript": typescript,
    "jsx": typescript,
    "dart": dart,
    "settings": settings,
    "firestore": firestore,
    "deployment": deployment,
    "prisma": prisma,
    # What `templates` writes as code, the reader of that code reads.
    "vue": templates,
    "svelte": templates,
    "html": templates,
}

# Files named `*.d.ts` are typescript like any other.
_NAMES = {
    ".sql": "postgresql",
    ".pgsql": "postgresql",
    ".py": "python",
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".tsx": "tsx",
    ".js": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".jsx": "jsx",
    ".rules": "firestore",
    ".prisma": "prisma",
    **templates.SUFFIXES,
    ".dart": "dart",
}


# What a team may say more of.
WITH_DIALECTS = frozenset({"postgresql"})


def language_of(path: str) -> str | None:
    """The language of a file by its name, or None where no reader takes it."""
    if path.endswith(".blade.php"):
        return "html"
    found = _NAMES.get(path[path.rfind(".") :].lower())
    return found or ("settings" if settings.reads(path) else "deployment" if deployment.reads(path) else None)


def read(language: str, path: str, source: bytes, dialect: str = "") -> FileFacts:
    """The facts of one file; each language imports its grammar when the first file of it is read.

    `dialect` is what the team says of the file, for a language that has dialects.
    """
    reader = LANGUAGES[language]
    if templates.holds(language, source):
        lowered = templates.lower(language, path, source)
        facts = typescript.read(path, lowered.source, lowered.grammar)
        again = lowered.mended() if facts.problems else None
        if again is not None:
            lowered, facts = again, typescript.read(path, again.source, again.grammar)
        if facts.problems and language in typescript.SUFFIXES.values():
            # A script may assert types in a way that elements leave no room for; it comes before its template.
            alone = typescript.read(path, source)
            if len(alone.problems) < len(facts.problems):
                return lowered.given_up(alone)
        return lowered.placed(facts)
    read_facts: FileFacts = reader.read(path, source, dialect) if dialect else reader.read(path, source)
    return read_facts


__all__ = ["LANGUAGES", "WITH_DIALECTS", "language_of", "read"]
