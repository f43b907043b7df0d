"""Reads what the comment of a column lists: the words that its author says the column may hold."""

import re

from archlint.languages.postgresql.node import Node
from archlint.languages.postgresql.sheet import Sheet
from archlint.languages.postgresql.words import identifier, literal
from archlint.model.expression import Items, Ref, Text

_WORD = r"""["'`]?[^\W\d_][\w-]*["'`]?"""
_LIST = re.compile(rf"\s*{_WORD}(?:\s*[,|/]\s*{_WORD})+\s*")
# A list in brackets, or one behind a colon up to the end of a sentence.
_PLACES = re.compile(r"[(\[](?P<inner>[^()\[\]]*)[)\]]|:(?P<behind>[^:.()\[\]]+)(?=\.?\s*$)")
# Who gives examples names some of the words only.
_EXAMPLES = re.compile(r"\b(?:e\.\s?g|eg|ex|etc|i\.\s?e|such as|for example|for instance)\b|\.\.\.|…", re.IGNORECASE)


def comment(sheet: Sheet, node: Node) -> None:
    """COMMENT ON COLUMN."""
    named, text = node.child("any_name"), node.child("string_literal")
    if named is None or not node.has("kw_column"):
        return
    parts = [identifier(sheet.text(item)) for item in named.walk("name")]
    if len(parts) < 2:
        return
    table, column = ".".join(part for part in parts[:-1] if part != "public"), parts[-1]
    words = _listed(literal(sheet.text(text))) if text is not None else ()
    statements: tuple[int, ...] = ()
    if words and text is not None:
        index = sheet.state(
            "values",
            text,
            subject=Ref(f"table:{table}", (column,)),
            condition=Items(tuple(Text(word) for word in words)),
            effect="hint",
            strength="hint",
            source="comment",
            symbol=f"{table}.{column}",
        )
        statements = (index,)
    sheet.change("comment", node, table=table, name=column, statements=statements)


def _listed(text: str) -> tuple[str, ...]:
    """The words that a remark lists, all of them written alike; none where it lists no words, or only some."""
    if _EXAMPLES.search(text):
        return ()
    found = [match.group("inner") or match.group("behind") or "" for match in _PLACES.finditer(text)]
    lists = [item for item in found if _LIST.fullmatch(item)]
    if len(lists) != 1:
        return ()
    words = tuple(dict.fromkeys(word.strip(" \n\t\"'`") for word in re.split(r"[,|/]", lists[0])))
    alike = all(word == word.lower() for word in words) or all(word == word.upper() for word in words)
    return words if alike and len(words) > 1 else ()
