"""Identifiers and literals as they are written, turned into what they mean."""

import re

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{1,2}|[0-7]{1,3}|[\s\S])")
_OWN_SCHEMAS = ("public", "pg_catalog")


def identifier(text: str) -> str:
    """The name that an identifier means: folded to lower case unless it is quoted."""
    if text.startswith('"'):
        return text[1:-1].replace('""', '"')
    return text.lower()


def qualified(parts: list[str]) -> str:
    """The name that facts use: with its schema, except for the one that is searched anyway."""
    if len(parts) > 1 and parts[0] in _OWN_SCHEMAS:
        parts = parts[1:]
    return ".".join(parts)


def literal(text: str) -> str:
    """The value of a text literal in any of its notations."""
    if text.startswith("$"):
        tag = text.index("$", 1) + 1
        return text[tag:-tag]
    if text[0] in "eE":
        return _ESCAPE.sub(_unescaped, text[2:-1].replace("''", "'"))
    if text[:2].lower() == "u&":
        return text[3:-1].replace("''", "'")
    first = text.find("'")
    parts = re.split(r"'\s*\n\s*'", text[first + 1 : -1])
    return "".join(parts).replace("''", "'")


def _unescaped(found: re.Match[str]) -> str:
    code = found.group(1)
    if code[0] in "uUx" and len(code) > 1:
        return chr(int(code[1:], 16))
    if code[0] in "01234567":
        return chr(int(code, 8))
    return _ESCAPES.get(code, code)
